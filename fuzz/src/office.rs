//! Documents of Office: any bytes, and packages that are well packed of parts that are not.

use std::collections::HashSet;
use std::io::{Cursor, Read as _, Write as _};

use recto_reader::office::{Unfit, ZIP, open_document, open_xml};
use zip::read::{ArchiveOffset, Config, read_zipfile_from_stream};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::markup::sentence;

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const TEXT: &str = "application/vnd.oasis.opendocument.text";

/// What is between one part and the next where parts are written one after the other.
const PART: &str = "\n=== ";

/// The most parts of a package.
const PARTS: usize = 20;

fn xml(bytes: &[u8]) -> Result<(), Unfit> {
    told(open_xml(bytes, WORD))
}

fn document(bytes: &[u8]) -> Result<(), Unfit> {
    told(open_document(bytes, TEXT))
}

fn told(looked: Result<(), Unfit>) -> Result<(), Unfit> {
    if let Err(why) = looked {
        sentence(&why.to_string());
    }
    looked
}

/// What is taken has the same parts for a program that reads the list and for one that reads the parts
/// where they lie.
pub fn office_archive(bytes: &[u8]) {
    if xml(bytes).is_err() && document(bytes).is_err() {
        return;
    }
    assert!(bytes.starts_with(ZIP), "no package");
    let archive =
        ZipArchive::with_config(Config { archive_offset: ArchiveOffset::Known(0) }, Cursor::new(bytes))
            .expect("it was taken");
    let listed: HashSet<String> =
        archive.file_names().filter_map(Result::ok).map(|name| name.to_string()).collect();
    let mut stream = Cursor::new(bytes);
    // Where its length is written behind a part only, this reader gives up.
    while let Ok(Some(mut part)) = read_zipfile_from_stream(&mut stream) {
        let name = part.name().map(|name| name.to_string()).unwrap_or_default();
        assert!(listed.contains(&name), "a part that is not in the list: {name:?}");
        if part.by_ref().take(1_000_000).read_to_end(&mut Vec::new()).is_err() {
            return;
        }
    }
}

/// Parts as text: `=== NAME` on a line and what is in it behind. What is found does not depend on how
/// the package is packed, on the order or the letters of its names, or on whether it stands in another.
pub fn office_parts(bytes: &[u8]) {
    let text = super::text(bytes);
    let parts: Vec<(String, Vec<u8>)> = format!("\n{text}")
        .split(PART)
        .skip(1)
        .take(PARTS)
        .filter_map(|part| part.split_once('\n'))
        .map(|(name, inside)| (name.trim().to_owned(), inside.as_bytes().to_vec()))
        .collect();
    let Some(package) = packed(&parts, CompressionMethod::Stored) else { return };
    let (found_xml, found_document) = (xml(&package), document(&package));
    let deflated = packed(&parts, CompressionMethod::Deflated).expect("it was packed before");
    assert_eq!(xml(&deflated), found_xml, "otherwise when compressed");
    // The first says what it is in OpenDocument, under this name.
    let (first, others) = parts.split_at(1.min(parts.len()));
    let turned: Vec<(String, Vec<u8>)> = first.iter().chain(others.iter().rev()).cloned().collect();
    let turned = packed(&turned, CompressionMethod::Stored).expect("it was packed before");
    assert_eq!(xml(&turned).is_ok(), found_xml.is_ok(), "otherwise in another order");
    assert_eq!(document(&turned).is_ok(), found_document.is_ok(), "otherwise in another order");
    let loud: Vec<(String, Vec<u8>)> = parts
        .iter()
        .map(|(name, inside)| (name.to_ascii_uppercase().replace('/', "\\"), inside.clone()))
        .collect();
    if let Some(loud) = packed(&loud, CompressionMethod::Stored) {
        assert_eq!(xml(&loud).is_ok(), found_xml.is_ok(), "otherwise in other letters");
    }
    if package.starts_with(ZIP) {
        let outer = packed(&around(package), CompressionMethod::Stored).expect("its names are good");
        match (xml(&outer), found_xml) {
            (Ok(()), Ok(()) | Err(Unfit::Other)) | (Err(Unfit::TooMuch), Ok(())) | (Err(_), Err(_)) => {}
            (outer, inner) => panic!("{inner:?} alone, {outer:?} embedded"),
        }
    }
}

/// A document of Word in which a package is embedded.
fn around(package: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let types =
        format!("<Types><Override PartName=\"/word/document.xml\" ContentType=\"{WORD}.main+xml\"/></Types>");
    vec![
        ("[Content_Types].xml".to_owned(), types.into_bytes()),
        ("word/document.xml".to_owned(), b"<w:document/>".to_vec()),
        ("word/embeddings/one.bin".to_owned(), package),
    ]
}

/// A package of parts; nothing where no program would write one of these names.
fn packed(parts: &[(String, Vec<u8>)], method: CompressionMethod) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, inside) in parts {
        let method = if name == "mimetype" { CompressionMethod::Stored } else { method };
        zip.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).ok()?;
        zip.write_all(inside).ok()?;
    }
    zip.finish().ok().map(Cursor::into_inner)
}
