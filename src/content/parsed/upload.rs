//! An uploaded file as an item names it: which bytes, what kind, how large. One line of text, so
//! that it is kept, compared and carried through forms like any other value. It must not say where
//! the bytes lie.
//!
//! `SHA-256/name.jpg?size=BYTES&width=PIXELS&height=PIXELS&widths=320,640`; what follows the size
//! only for pictures. The name's end tells the type.

use std::fmt;
use std::str::FromStr;

use super::{Malformed, MediaType, slugify};

/// The widths in pixels in which a picture is kept beside its own, where it is wider.
pub const WIDTHS: [u32; 4] = [320, 640, 1280, 1920];

/// The largest picture's side, in pixels.
pub const SIDE_MAX: u32 = 30_000;

/// An uploaded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    hash: String,
    name: String,
    media_type: MediaType,
    size: u64,
    picture: Option<Picture>,
}

/// What a picture has beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The widths of its smaller variants, the smallest first; of [`WIDTHS`].
    pub widths: Vec<u32>,
}

impl Picture {
    /// How high the variant of this width is: at least one pixel.
    #[must_use]
    pub fn height_at(&self, width: u32) -> u32 {
        let height = (u64::from(self.height) * u64::from(width) + u64::from(self.width) / 2)
            / u64::from(self.width.max(1));
        u32::try_from(height).unwrap_or(u32::MAX).max(1)
    }
}

const MALFORMED: Malformed = Malformed("This names no uploaded file. Choose the file again.");

impl Upload {
    /// The file of these bytes. `hash` is their SHA-256 in lower-case hexadecimal; of `typed`, a
    /// file's name as a browser sends it, what an address can hold is kept.
    ///
    /// # Errors
    /// Where the parts cannot be of one file.
    pub fn new(
        hash: String,
        typed: &str,
        media_type: MediaType,
        size: u64,
        picture: Option<Picture>,
    ) -> Result<Self, Malformed> {
        let name = file_name(typed, media_type);
        let upload = Self { hash, name, media_type, size, picture };
        // The one place where the parts are judged.
        if upload.to_string().parse::<Self>()? == upload { Ok(upload) } else { Err(MALFORMED) }
    }

    /// The SHA-256 of its bytes, 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Its name in addresses: lower-case letters, digits and hyphens, and the type's extension.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of file it is.
    #[must_use]
    pub fn media_type(&self) -> MediaType {
        self.media_type
    }

    /// How many bytes it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What a picture has beside.
    #[must_use]
    pub fn picture(&self) -> Option<&Picture> {
        self.picture.as_ref()
    }

    /// Where it is below the place that serves files: `HASH/name.jpg`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.hash, self.name)
    }

    /// The same for a smaller variant: `HASH/640/name.jpg`.
    #[must_use]
    pub fn path_at(&self, width: u32) -> String {
        format!("{}/{width}/{}", self.hash, self.name)
    }

    /// The path of the smallest variant that is at least so wide; a picture that is smaller itself.
    #[must_use]
    pub fn path_for(&self, width: u32) -> String {
        let widths = self.picture.iter().flat_map(|picture| &picture.widths);
        widths.copied().find(|one| *one >= width).map_or_else(|| self.path(), |width| self.path_at(width))
    }
}

impl fmt::Display for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}?size={}", self.hash, self.name, self.size)?;
        if let Some(Picture { width, height, widths }) = &self.picture {
            write!(f, "&width={width}&height={height}&widths=")?;
            for (at, width) in widths.iter().enumerate() {
                write!(f, "{}{width}", if at == 0 { "" } else { "," })?;
            }
        }
        Ok(())
    }
}

impl FromStr for Upload {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let text = text.trim();
        let upload = read(text).ok_or(MALFORMED)?;
        // One spelling: what is written differently is something else.
        if upload.to_string() == text { Ok(upload) } else { Err(MALFORMED) }
    }
}

fn read(text: &str) -> Option<Upload> {
    let (hash, rest) = text.split_once('/')?;
    let (name, facts) = rest.split_once('?')?;
    let (stem, extension) = name.rsplit_once('.')?;
    let media_type = MediaType::of_extension(extension)?;
    let mut facts = facts.split('&').map(|fact| fact.split_once('='));
    let mut next = |wanted: &str| facts.next()?.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
    let size: u64 = next("size")?.parse().ok().filter(|size| *size > 0)?;
    let side = |text: &str| text.parse::<u32>().ok().filter(|side| (1..=SIDE_MAX).contains(side));
    let picture = if media_type.is_image() {
        let (width, height, widths) = (side(next("width")?)?, side(next("height")?)?, next("widths")?);
        let widths: Option<Vec<u32>> =
            widths.split(',').filter(|one| !one.is_empty()).map(|one| one.parse().ok()).collect();
        let widths = widths?;
        let fits = |one: &u32| WIDTHS.contains(one) && *one < width;
        if !widths.iter().all(fits) || !widths.is_sorted_by(|one, other| one < other) {
            return None;
        }
        Some(Picture { width, height, widths })
    } else {
        None
    };
    let known = is_hash(hash) && stem.parse::<super::Slug>().is_ok() && facts.next().is_none();
    let (hash, name) = (hash.to_owned(), name.to_owned());
    known.then_some(Upload { hash, name, media_type, size, picture })
}

/// Whether a text can be a SHA-256 as we write it.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The last part of a file's name as it was sent, without the folders before it.
#[must_use]
pub fn last_part(typed: &str) -> &str {
    typed.rsplit(['/', '\\']).next().unwrap_or_default().trim()
}

/// A file's name without its extension, where it has one that is one.
#[must_use]
pub fn stem(typed: &str) -> &str {
    let last = last_part(typed);
    match last.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && MediaType::of_extension(extension).is_some() => stem,
        _ => last,
    }
}

/// A name for an address: what was typed, transliterated, with the extension of the type.
fn file_name(typed: &str, media_type: MediaType) -> String {
    let stem = slugify(stem(typed)).map_or_else(|| "file".to_owned(), |slug| slug.to_string());
    format!("{stem}.{}", media_type.extension())
}

/// A number of bytes as people read it: `340 KB`, `1.2 MB`.
#[must_use]
pub fn bytes(size: u64) -> String {
    match size {
        0..1_000 => format!("{size} bytes"),
        1_000..1_000_000 => format!("{} KB", (size + 500) / 1_000),
        _ => {
            let tenths = (size + 50_000) / 100_000;
            match tenths % 10 {
                0 => format!("{} MB", tenths / 10),
                tenth => format!("{}.{tenth} MB", tenths / 10),
            }
        }
    }
}

/// What a file is, as people read it: `JPEG, 1200 × 800, 340 KB`.
#[must_use]
pub fn described(upload: &Upload) -> String {
    let size = bytes(upload.size);
    match &upload.picture {
        Some(Picture { width, height, .. }) => {
            format!("{}, {width} × {height}, {size}", upload.media_type.label())
        }
        None => format!("{}, {size}", upload.media_type.label()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hash() -> String {
        "0123456789abcdef".repeat(4)
    }

    #[test]
    fn names_are_made_fit_for_addresses() {
        let name = |typed: &str, of| Upload::new(hash(), typed, of, 9, None).unwrap().name;
        assert_eq!(name("Annual Report 2024 (final).PDF", MediaType::Pdf), "annual-report-2024-final.pdf");
        assert_eq!(name("../../etc/passwd", MediaType::Txt), "passwd.txt");
        assert_eq!(name("C:\\Users\\me\\Größe.docx", MediaType::Docx), "grosse.docx");
        assert_eq!(name("研究.pdf", MediaType::Pdf), "yan-jiu.pdf");
        assert_eq!(name("", MediaType::Csv), "file.csv");
        assert_eq!(name(".htaccess", MediaType::Txt), "htaccess.txt");
        assert_eq!(name("page.html", MediaType::Txt), "page-html.txt");
        assert_eq!(name("x\0\r\n\u{202e}gpj.exe", MediaType::Pdf), "x-gpj-exe.pdf");
    }

    #[test]
    fn what_was_written_is_read_again() {
        let picture = Picture { width: 1200, height: 801, widths: vec![320, 640] };
        assert_eq!([320, 640].map(|width| picture.height_at(width)), [214, 427]);
        let upload = Upload::new(hash(), "A.JPG", MediaType::Jpeg, 340_123, Some(picture)).unwrap();
        assert_eq!(
            upload.to_string(),
            format!("{}/a.jpg?size=340123&width=1200&height=801&widths=320,640", hash())
        );
        assert_eq!(upload.to_string().parse(), Ok(upload.clone()));
        assert_eq!(upload.path_for(300), format!("{}/320/a.jpg", hash()));
        assert_eq!(upload.path_for(900), format!("{}/a.jpg", hash()));
        assert_eq!(described(&upload), "JPEG, 1200 × 801, 340 KB");
        for wrong in [
            "",
            "x",
            "https://example.org/a.jpg",
            &format!("{}/a.svg?size=9", hash()),
            &format!("{}/../a.pdf?size=9", hash()),
            &format!("{}/a.pdf?size=0", hash()),
            &format!("{}/a.pdf?size=09", hash()),
            &format!("{}/A.pdf?size=9", hash()),
            &format!("{}/a.pdf?size=9&width=3", hash()),
            &format!("{}/a.jpg?size=9", hash()),
            &format!("{}/a.jpg?size=9&width=300&height=2&widths=320", hash()),
            &format!("{}/a.jpg?size=9&width=900&height=2&widths=640,320", hash()),
            &format!("{}/a.jpg?size=9&width=0&height=2&widths=", hash()),
            &format!("{}/a.pdf?size=9", hash().to_uppercase()),
        ] {
            assert!(wrong.parse::<Upload>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_name_is_safe(typed in any::<String>(), at in 0_usize..16) {
            let media_type = MediaType::ALL[at];
            let name = file_name(&typed, media_type);
            let (stem, extension) = name.split_once('.').unwrap();
            prop_assert_eq!(extension, media_type.extension());
            prop_assert!(stem.parse::<super::super::Slug>().is_ok());
            // It is the same when it comes back.
            prop_assert_eq!(file_name(&name, media_type), name);
        }

        #[test]
        fn nothing_that_is_read_is_written_otherwise(text in "[0-9a-f]{64}/[a-z]{1,3}\\.(jpg|pdf|svg)\\?size=[0-9]{1,3}(&width=[0-9]{1,4}&height=[0-9]{1,3}&widths=(320)?)?") {
            if let Ok(upload) = text.parse::<Upload>() {
                prop_assert_eq!(upload.to_string(), text);
            }
        }
    }
}
