//! Office documents, as far as they do anything but being read: macros, controls, programs, parts that
//! are fetched from elsewhere. What a document says of its parts counts, not what they are called, and
//! every rule holds for every package: a file may be one kind to one program and another to the next.
//! It must not look at what a document is about.

mod archive;
mod object;
mod part;
mod xml;

use self::archive::{Archive, Budget};
use self::part::Part;

/// How a ZIP file begins, and with it the formats of Office since 2007 and OpenDocument (APPNOTE 6.3.10,
/// §4.3.7).
pub const ZIP: &[u8] = b"PK\x03\x04";

/// How a compound file begins, and with it the formats of Office before 2007, and what it encrypts since
/// ([MS-CFB] §2.2).
pub const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// How programs begin, of Windows and of Unix.
const PROGRAMS: [&[u8]; 2] = [b"MZ", b"\x7fELF"];

/// How deep documents may lie in documents: a text in slides, with a chart, with its table.
const DEPTH: usize = 3;

/// Why a document is not taken, with what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is no document of this kind.
    #[error("It is no file of this kind. Open it in its own program and save it again.")]
    Other,
    /// It cannot be read, or programs would disagree about what is in it.
    #[error("It is damaged, or packed in an unusual way. Open it in its own program and save it again.")]
    Broken,
    /// There is more in it than is looked through.
    #[error("It holds more than can be looked through. Make it smaller, or save it as PDF.")]
    TooMuch,
    /// Nobody can look into it.
    #[error("It is protected by a password. Save it without one and upload that.")]
    Locked,
    /// Visual Basic, macro sheets of Excel 4, scripts of OpenDocument.
    #[error("It holds macros, which are programs. Save it without them and upload that.")]
    Macros,
    /// An ActiveX control.
    #[error("It holds an ActiveX control, which is a program. Take it out and upload it again.")]
    Control,
    /// A program, or a file of which we cannot know what it is.
    #[error("A program or another file is embedded in it. Take that out and upload it again.")]
    Attached,
    /// A template, frame or object that is fetched when it is opened.
    #[error(
        "It fetches its template or another part from the network when it is opened. Attach a template of your \
         own computer, or save it as PDF."
    )]
    Remote,
}

/// Looks through a document of Office Open XML (ISO/IEC 29500-2) whose media type is this.
///
/// # Errors
/// Why it is not taken.
pub fn open_xml(bytes: &[u8], media_type: &str) -> Result<(), Unfit> {
    if !bytes.starts_with(ZIP) {
        return Err(Unfit::Other);
    }
    // What the main part is, each of them says (ISO/IEC 29500-1, §11.3.10, §12.3.23, §13.3.6).
    let main = format!("{media_type}.main+xml");
    let is_main = look(bytes, &main, &mut Budget::default(), 0)?;
    if is_main { Ok(()) } else { Err(Unfit::Other) }
}

/// Looks through a document of OpenDocument 1.3 whose media type is this.
///
/// # Errors
/// Why it is not taken.
pub fn open_document(bytes: &[u8], media_type: &str) -> Result<(), Unfit> {
    // Part 2, §3.3: the first file is called `mimetype`, not compressed. Templates and others have a
    // longer type.
    let first = bytes.get(30..).unwrap_or_default().strip_prefix(b"mimetype");
    let rest = first.and_then(|rest| rest.strip_prefix(media_type.as_bytes()));
    if !bytes.starts_with(ZIP) || rest.is_none_or(|rest| rest.starts_with(b"-")) {
        return Err(Unfit::Other);
    }
    look(bytes, "", &mut Budget::default(), 0).map(|_| ())
}

/// Looks through a package and what is embedded in it; gives whether one of its parts is of this type.
fn look(bytes: &[u8], main: &str, budget: &mut Budget, depth: usize) -> Result<bool, Unfit> {
    if depth > DEPTH {
        return Err(Unfit::TooMuch);
    }
    let mut archive = Archive::open(bytes)?;
    let mut is_main = false;
    for at in 0..archive.len() {
        let Some(name) = archive.name(at) else { continue };
        let kind = Part::named(name)?;
        let head = archive.head(at)?;
        if PROGRAMS.iter().any(|program| head.starts_with(program)) {
            return Err(Unfit::Attached);
        }
        match kind {
            Part::ContentTypes => is_main |= part::content_types(&archive.read(at, budget)?, main)?,
            Part::Relationships => part::relationships(&archive.read(at, budget)?)?,
            Part::Manifest => part::manifest(&archive.read(at, budget)?)?,
            Part::OpenDocument => part::scripts(&archive.read(at, budget)?)?,
            Part::Other if head.starts_with(COMPOUND) => object::look(&archive.read(at, budget)?)?,
            Part::Other if head.starts_with(ZIP) => {
                let embedded = archive.read(at, budget)?;
                look(&embedded, "", budget, depth + 1)?;
            }
            Part::Other => {}
        }
    }
    Ok(is_main)
}
