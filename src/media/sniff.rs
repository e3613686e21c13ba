//! What a file is, by its name and by its bytes; both must agree. It must not decode: documents of
//! Office are looked through by `recto-reader`.

use image::ImageFormat;
use recto_reader::office::{self, COMPOUND, Unfit};

use super::Limits;
use crate::content::parsed::MediaType;
use crate::content::parsed::upload::last_part;

/// The kind that a file's name says.
///
/// # Errors
/// A sentence: why files of that name are not taken, and what to do.
pub(super) fn by_name(name: &str, limits: &Limits) -> Result<MediaType, String> {
    let last = last_part(name);
    let extension =
        last.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    let known = MediaType::of_extension(&extension);
    if let Some(instead) = known.and_then(MediaType::successor) {
        let instead = instead.extension();
        return Err(format!(
            "Files of Office’s old formats can hold macros that nobody sees. Save it as .{instead} and upload that."
        ));
    }
    if let Some(known) = known.filter(|known| limits.types.contains(known)) {
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
        "docm" | "dotm" => with_macros(MediaType::Docx),
        "xlsm" | "xltm" | "xlam" | "xlsb" => with_macros(MediaType::Xlsx),
        "pptm" | "potm" | "ppsm" | "ppam" => with_macros(MediaType::Pptx),
        "mp4" | "mov" | "mp3" | "wav" | "m4a" | "avi" | "webm" => {
            "Films and recordings are not taken; put it where your institution keeps them, and link to it."
                .to_owned()
        }
        _ => format!("Files that end in .{extension} are not taken. {}", taken(limits)),
    };
    Err(mend)
}

fn with_macros(instead: MediaType) -> String {
    format!("Files with macros are not taken. Save it as .{} and upload that.", instead.extension())
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
    if bytes.starts_with(COMPOUND) {
        return Err(compound(named));
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
    let looked = match named {
        MediaType::Pdf if bytes.starts_with(b"%PDF-") => Ok(()),
        MediaType::Docx | MediaType::Xlsx | MediaType::Pptx => office::open_xml(bytes, named.essence()),
        MediaType::Odt | MediaType::Ods | MediaType::Odp => office::open_document(bytes, named.essence()),
        MediaType::Csv | MediaType::Txt => return text(bytes).map(|()| named),
        _ => Err(Unfit::Other),
    };
    match looked {
        Ok(()) => Ok(named),
        Err(Unfit::Other) => Err(format!(
            "It is no {} file, whatever its name says. Open it in its own program and save it again.",
            named.label()
        )),
        Err(unfit) => Err(unfit.to_string()),
    }
}

/// What is said of a compound file, whatever it is called.
fn compound(named: MediaType) -> String {
    let instead = match named {
        MediaType::Docx | MediaType::Xlsx | MediaType::Pptx => format!(".{}", named.extension()),
        _ => ".docx, .xlsx or .pptx".to_owned(),
    };
    format!(
        "It is protected by a password or of an old format. Open it in its own program, save it as {instead} without \
         a password, and upload that."
    )
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

    #[test]
    fn names_and_bytes_must_agree() {
        assert_eq!(sniff("a.PDF", b"%PDF-1.7"), Ok(MediaType::Pdf));
        assert_eq!(sniff("a.jpg", b"\x89PNG\r\n\x1a\n"), Ok(MediaType::Png));
        assert_eq!(sniff("a.csv", "name;größe\r\n".as_bytes()), Ok(MediaType::Csv));
        assert_eq!(sniff("latin.txt", b"gr\xf6\xdfe"), Ok(MediaType::Txt));
        // Documents of Office are tried where they are written: see `tests/it/media/office.rs`.
        let zip = &b"PK\x03\x04"[..];
        for (name, bytes) in [
            ("a.pdf", &b"<html>"[..]),
            ("a.pdf", b""),
            ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("a.jpg", b"<!doctype html>"),
            ("a.jpg", b"BM\0\0"),
            ("a.txt", b" \n<HTML>"),
            ("a.csv", b"\xEF\xBB\xBF<svg>"),
            ("a.txt", b"a\0b"),
            ("a.zip", zip),
            ("a.docx", zip),
            ("a.odt", zip),
            ("a.doc", zip),
            ("a.doc", COMPOUND),
            ("a.docx", COMPOUND),
            ("a.odt", COMPOUND),
            ("a.pdf", COMPOUND),
            ("a.png", COMPOUND),
            ("a.txt", COMPOUND),
            ("a.XLS", COMPOUND),
            ("a.docm", zip),
            ("a.xlsb", zip),
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
