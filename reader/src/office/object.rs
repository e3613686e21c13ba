//! Objects that other programs made, embedded as compound files ([MS-CFB]): formulas, drawings, and
//! whatever somebody dropped there. Those whose program draws them are taken; macros are not, nor files
//! that were put in a box. It must not read what an object shows.

use super::Unfit;

/// An entry of a compound file's directory, in bytes ([MS-CFB] §2.6.1). Entries lie at multiples of it:
/// sectors, and the header, are longer.
const ENTRY: usize = 128;

/// Streams of Visual Basic: each project has the first ([MS-OVBA] §2.3.1).
const MACROS: [&str; 2] = ["_VBA_PROJECT", "_VBA_PROJECT_CUR"];

/// Streams that hold a file: of any kind (Packager), a document, one that is encrypted.
const FILES: [&str; 4] = ["\u{1}Ole10Native", "Package", "EmbeddedOdf", "EncryptedPackage"];

/// Looks through an object.
pub(super) fn look(bytes: &[u8]) -> Result<(), Unfit> {
    for entry in bytes.chunks_exact(ENTRY) {
        if MACROS.iter().any(|name| is_called(entry, name)) {
            return Err(Unfit::Macros);
        }
        if FILES.iter().any(|name| is_called(entry, name)) {
            return Err(Unfit::Attached);
        }
    }
    Ok(())
}

/// Whether an entry has this name: UTF-16 that ends with a zero, in either case.
fn is_called(entry: &[u8], name: &str) -> bool {
    let wanted = name.bytes().chain([0]);
    let mut found = entry.chunks_exact(2);
    wanted.into_iter().all(|wanted| {
        found.next().is_some_and(|unit| matches!(unit, [low, 0] if low.eq_ignore_ascii_case(&wanted)))
    })
}
