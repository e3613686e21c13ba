//! The kinds of files that the library keeps. What is not here is never accepted and never served:
//! neither SVG nor HTML, which are programs to a browser, nor archives. Office's formats of before 2007
//! are served where they were taken once; they are taken no more, for they may hold macros unseen.

use super::Malformed;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// A photograph.
    Jpeg,
    /// A drawing, a screenshot, a picture with transparency.
    Png,
    /// Either.
    Webp,
    /// A moving picture. One that does not move is kept as PNG.
    Gif,
    /// Portable Document Format.
    Pdf,
    /// Word, since 2007.
    Docx,
    /// Excel, since 2007.
    Xlsx,
    /// PowerPoint, since 2007.
    Pptx,
    /// Word, before.
    Doc,
    /// Excel, before.
    Xls,
    /// PowerPoint, before.
    Ppt,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument presentation.
    Odp,
    /// A table as text.
    Csv,
    /// Plain text.
    Txt,
}

impl MediaType {
    /// All of them, pictures first.
    pub const ALL: [Self; 16] = [
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Gif,
        Self::Pdf,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Doc,
        Self::Xls,
        Self::Ppt,
        Self::Odt,
        Self::Ods,
        Self::Odp,
        Self::Csv,
        Self::Txt,
    ];

    /// Whether it is taken no more: what to save it as instead.
    #[must_use]
    pub const fn successor(self) -> Option<Self> {
        match self {
            Self::Doc => Some(Self::Docx),
            Self::Xls => Some(Self::Xlsx),
            Self::Ppt => Some(Self::Pptx),
            _ => None,
        }
    }

    /// The kinds that are taken.
    #[must_use]
    pub fn taken() -> Vec<Self> {
        Self::ALL.into_iter().filter(|one| one.successor().is_none()).collect()
    }

    /// How its files' names end.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Doc => "doc",
            Self::Xls => "xls",
            Self::Ppt => "ppt",
            Self::Odt => "odt",
            Self::Ods => "ods",
            Self::Odp => "odp",
            Self::Csv => "csv",
            Self::Txt => "txt",
        }
    }

    /// The type of files whose names end like this, in either case, without the dot.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        let extension = extension.to_ascii_lowercase();
        match extension.as_str() {
            "jpeg" | "jpe" | "jfif" => Some(Self::Jpeg),
            other => Self::ALL.into_iter().find(|one| one.extension() == other),
        }
    }

    /// Its name in the IANA registry of media types.
    #[must_use]
    pub const fn essence(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Csv => "text/csv",
            Self::Txt => "text/plain",
        }
    }

    /// What editors call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Pdf => "PDF",
            Self::Docx | Self::Doc => "Word",
            Self::Xlsx | Self::Xls => "Excel",
            Self::Pptx | Self::Ppt => "PowerPoint",
            Self::Odt | Self::Ods | Self::Odp => "OpenDocument",
            Self::Csv => "CSV",
            Self::Txt => "Text",
        }
    }

    /// The kind of picture whose bytes begin like this.
    #[must_use]
    pub fn of_picture(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ => None,
        }
    }

    /// Whether it is a picture.
    #[must_use]
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp | Self::Gif)
    }
}

impl std::str::FromStr for MediaType {
    type Err = Malformed;

    fn from_str(extension: &str) -> Result<Self, Malformed> {
        Self::of_extension(extension.trim()).ok_or(Malformed("The library does not know this kind of file."))
    }
}
