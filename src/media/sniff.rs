//! What a file is, by its name and by its first bytes; both must agree. It must not decode.

use image::ImageFormat;

use super::Limits;
use crate::content::parsed::MediaType;
use crate::content::parsed::upload::last_part;

/// How a ZIP file begins, and with it Office's and OpenDocument's (APPNOTE 6.3.10, §4.3.7).
const ZIP: &[u8] = b"PK\x03\x04";
/// How a compound file begins, and with it Office's of before 2007 ([MS-CFB] §2.2).
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// The kind that a file's name says.
///
/// # Errors
/// A sentence: why files of that name are not taken, and what to do.
pub(super) fn by_name(name: &str, limits: &Limits) -> Result<MediaType, String> {
    let last = last_part(name);
    let extension =
        last.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    if let Some(known) = MediaType::of_extension(&extension).filter(|known| limits.types.contains(known)) {
        return Ok(known);
    }
    let mend = match extension.as_str() {
        "" => "Its name has no ending that tells what it is; give it one, such as .jpg or .pdf.".to_owned(),
        "svg" | "svgz" => "SVG drawings can hold programs; export it as PNG.".to_owned(),
        "html" | "htm" | "xhtml" | "xml" | "mht" => "Web pages are not taken; print it as PDF.".to_owned(),
        "heic" | "heif" | "avif" | "tif" | "tiff" | "bmp" | "psd" | "raw" | "dng" => {
            "Images of this kind are not taken; save it as JPEG or PNG.".to_owned()
        }
        "zip" | "rar" | "7z" | "gz" | "tar" | "tgz" => {
            "Archives are not taken; upload the files that are in it.".to_owned()
        }
        "docm" | "xlsm" | "pptm" | "dotm" => {
            "Files with macros are not taken; save it without them.".to_owned()
        }
        "mp4" | "mov" | "mp3" | "wav" | "m4a" | "avi" | "webm" => {
            "Films and recordings are not taken; put it where your institution keeps them, and link to it."
                .to_owned()
        }
        _ => format!("Files that end in .{extension} are not taken. {}", taken(limits)),
    };
    Err(mend)
}

/// What is taken, in a sentence.
fn taken(limits: &Limits) -> String {
    let names: Vec<&str> = limits.types.iter().map(|one| one.extension()).collect();
    format!("The library takes {}.", names.join(", "))
}

/// Whether the bytes are what the name says; gives what they are. Of pictures the bytes decide:
/// programs call them by the wrong name often.
///
/// # Errors
/// A sentence: what is wrong, and what to do.
pub(super) fn by_content(bytes: &[u8], named: MediaType, limits: &Limits) -> Result<MediaType, String> {
    if bytes.is_empty() {
        return Err("It is empty; choose the file again.".to_owned());
    }
    if named.is_image() {
        let found = match image::guess_format(bytes) {
            Ok(ImageFormat::Jpeg) => Some(MediaType::Jpeg),
            Ok(ImageFormat::Png) => Some(MediaType::Png),
            Ok(ImageFormat::WebP) => Some(MediaType::Webp),
            Ok(ImageFormat::Gif) => Some(MediaType::Gif),
            _ => None,
        };
        return found.filter(|found| limits.types.contains(found)).ok_or_else(|| {
            "It is no image that can be taken, whatever its name says. Open it in a program for images, and save it \
             as JPEG or PNG."
                .to_owned()
        });
    }
    let fits = match named {
        MediaType::Pdf => bytes.starts_with(b"%PDF-"),
        MediaType::Docx => office(bytes, b"word/document.xml"),
        MediaType::Xlsx => office(bytes, b"xl/workbook.xml") || office(bytes, b"xl/workbook.bin"),
        MediaType::Pptx => office(bytes, b"ppt/presentation.xml"),
        MediaType::Doc | MediaType::Xls | MediaType::Ppt => bytes.starts_with(COMPOUND),
        MediaType::Odt | MediaType::Ods | MediaType::Odp => open_document(bytes, named),
        MediaType::Csv | MediaType::Txt => return text(bytes).map(|()| named),
        _ => false,
    };
    if fits {
        Ok(named)
    } else {
        Err(format!(
            "It is no {} file, whatever its name says. Open it in its own program and save it again.",
            named.label()
        ))
    }
}

/// Office Open XML (ISO/IEC 29500-2): a ZIP whose parts have these names, which stand in it in the
/// clear.
fn office(bytes: &[u8], part: &[u8]) -> bool {
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    bytes.starts_with(ZIP) && has(b"[Content_Types].xml") && has(part) && !has(b"vbaProject.bin")
}

/// OpenDocument 1.3, part 2, §3.3: the first file of the ZIP is called `mimetype`, not compressed.
fn open_document(bytes: &[u8], named: MediaType) -> bool {
    let first = bytes.get(30..).unwrap_or_default();
    let rest = first.strip_prefix(b"mimetype").and_then(|rest| rest.strip_prefix(named.essence().as_bytes()));
    // Templates and others have a longer type.
    bytes.starts_with(ZIP) && rest.is_some_and(|rest| !rest.starts_with(b"-"))
}

/// Text without control characters that does not look like a web page.
fn text(bytes: &[u8]) -> Result<(), String> {
    let odd = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    if bytes.iter().any(|byte| odd(byte) || *byte == 0x7f) {
        return Err("It is no plain text, whatever its name says. Save it as text, in UTF-8.".to_owned());
    }
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let head = start.get(..start.len().min(64)).unwrap_or_default().to_ascii_lowercase();
    let page =
        [&b"<!doctype"[..], b"<html", b"<svg", b"<?xml", b"<script", b"<!--", b"<head", b"<body", b"<iframe"];
    if page.iter().any(|tag| head.starts_with(tag)) {
        return Err("It is a web page or a drawing, whatever its name says; print it as PDF.".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniff(name: &str, bytes: &[u8]) -> Result<MediaType, String> {
        let limits = Limits::default();
        by_content(bytes, by_name(name, &limits)?, &limits)
    }

    fn zip(first: &str, content: &str) -> Vec<u8> {
        let mut bytes = ZIP.to_vec();
        bytes.resize(30, 0);
        bytes.extend(first.bytes().chain(content.bytes()));
        bytes
    }

    #[test]
    fn names_and_bytes_must_agree() {
        assert_eq!(sniff("a.PDF", b"%PDF-1.7"), Ok(MediaType::Pdf));
        assert_eq!(sniff("a.jpg", b"\x89PNG\r\n\x1a\n"), Ok(MediaType::Png));
        assert_eq!(sniff("a.csv", "name;größe\r\n".as_bytes()), Ok(MediaType::Csv));
        assert_eq!(sniff("latin.txt", b"gr\xf6\xdfe"), Ok(MediaType::Txt));
        let word = zip("[Content_Types].xml", "word/document.xml");
        assert_eq!(sniff("a.docx", &word), Ok(MediaType::Docx));
        let odt = zip("mimetype", "application/vnd.oasis.opendocument.text");
        assert_eq!(sniff("a.odt", &odt), Ok(MediaType::Odt));
        for (name, bytes) in [
            ("a.pdf", &b"<html>"[..]),
            ("a.pdf", b""),
            ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("a.jpg", b"<!doctype html>"),
            ("a.jpg", b"BM\0\0"),
            ("a.txt", b" \n<HTML>"),
            ("a.csv", b"\xEF\xBB\xBF<svg>"),
            ("a.txt", b"a\0b"),
            ("a.zip", &word),
            ("a.xlsx", &word),
            ("a.docx", &odt),
            ("a.docx", &zip("[Content_Types].xml", "word/document.xml word/vbaProject.bin")),
            ("a.ods", &odt),
            ("a.odt", &zip("mimetype", "application/vnd.oasis.opendocument.text-template")),
            ("a.doc", &odt),
            ("a.svg", b"<svg/>"),
            ("a.pdf.exe", b"%PDF-1.7"),
            ("pdf", b"%PDF-1.7"),
            ("", b"x"),
        ] {
            let said = sniff(name, bytes).expect_err(name);
            assert!(said.ends_with('.') && said.len() > 30, "{name}: {said}");
        }
        let few = Limits { types: vec![MediaType::Pdf], ..Limits::default() };
        assert!(by_name("a.docx", &few).unwrap_err().ends_with("The library takes pdf."));
    }
}
