//! Documents of Office: what is taken, and what is refused with what to do. What says a document has
//! macros is tried in `reader/tests/office.rs`; here, that uploads go through it.

use std::io::{Cursor, Write as _};

use axum::body::Body;
use axum::http::Request;
use recto::content::by_name;
use recto::content::parsed::{MediaType, Upload};
use recto::editing::{User, keep_upload, publish};
use recto::error::Error;
use recto::media::{Library, Limits};
use rust_xlsxwriter::Workbook;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::api::Client;
use crate::support::build::item;
use crate::support::{TestDesk, backends};

/// How a file of Office's old formats begins.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and the rest";

fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(*name, stored).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A document whose main part has this content type.
fn document(main: &str) -> Vec<u8> {
    let types = format!("<Types><Override PartName=\"/x.xml\" ContentType=\"{main}\"/></Types>");
    zip(&[("[Content_Types].xml", &types), ("x.xml", "<x/>")])
}

fn open(media_type: &str, also: &[(&str, &str)]) -> Vec<u8> {
    zip(&[&[("mimetype", media_type), ("content.xml", "<x/>")], also].concat())
}

#[tokio::test]
async fn documents_are_taken_without_macros_alone() {
    let dir = tempfile::tempdir().unwrap();
    let library = Library::open(&dir.path().join("media"), Limits::default()).unwrap();
    let main = |kind: MediaType| format!("{}.main+xml", kind.essence());
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write(0, 0, "x").unwrap();
    let workbook = workbook.save_to_buffer().unwrap();
    for (name, bytes) in [
        ("a.docx", document(&main(MediaType::Docx))),
        ("a.pptx", document(&main(MediaType::Pptx))),
        ("a.xlsx", workbook.clone()),
        ("a.odt", open(MediaType::Odt.essence(), &[])),
        ("a.ods", open(MediaType::Ods.essence(), &[])),
        ("a.odp", open(MediaType::Odp.essence(), &[])),
    ] {
        let taken = library.take_bytes(name, bytes).await.unwrap();
        assert_eq!(taken.name(), name);
    }
    let old = "Save it as .docx and upload that.";
    let locked = "It is protected by a password or of an old format.";
    for (name, bytes, said) in [
        ("a.doc", COMPOUND.to_vec(), old),
        ("a.DOC", workbook.clone(), old),
        ("a.xls", COMPOUND.to_vec(), "Save it as .xlsx and upload that."),
        ("a.ppt", COMPOUND.to_vec(), "Save it as .pptx and upload that."),
        ("a.docx", COMPOUND.to_vec(), locked),
        ("a.docx", COMPOUND.to_vec(), "save it as .docx without a password"),
        ("a.odt", COMPOUND.to_vec(), locked),
        ("a.pdf", COMPOUND.to_vec(), "save it as .docx, .xlsx or .pptx without"),
        ("a.jpg", COMPOUND.to_vec(), locked),
        ("a.csv", COMPOUND.to_vec(), locked),
        ("a.docm", document(&main(MediaType::Docx)), "Save it as .docx"),
        ("a.xlsb", workbook.clone(), "Save it as .xlsx"),
        ("a.docx", document("application/vnd.ms-word.document.macroEnabled.main+xml"), "It holds macros"),
        ("a.xlsx", document("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "It holds macros"),
        ("a.odt", open(MediaType::Odt.essence(), &[("Basic/Standard/x.xml", "<x/>")]), "It holds macros"),
        ("a.docx", workbook.clone(), "It is no Word file"),
        ("a.pptx", workbook, "It is no PowerPoint file"),
        ("a.ods", open(MediaType::Odt.essence(), &[]), "It is no OpenDocument file"),
        ("a.docx", b"PK\x03\x04".to_vec(), "It is damaged"),
    ] {
        match library.take_bytes(name, bytes).await {
            Err(Error::Refused(text)) => assert!(text.contains(said), "{name}: {text}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    // Settings cannot ask for what is not taken.
    let limits = Limits { types: MediaType::ALL.into(), ..Limits::default() };
    let library = Library::open(&dir.path().join("other"), limits).unwrap();
    assert!(matches!(library.take_bytes("a.doc", COMPOUND.to_vec()).await, Err(Error::Refused(_))));
}

#[tokio::test]
async fn what_was_taken_once_is_served_still() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let hash: String = Sha256::digest(COMPOUND).iter().map(|byte| format!("{byte:02x}")).collect();
        let dir = desk.dir.path().join("media").join(&hash[..2]).join(&hash);
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("original"), COMPOUND).unwrap();
        let length = COMPOUND.len() as u64;
        let file = Upload::new(hash, "old.doc", MediaType::Doc, length, None).unwrap();
        keep_upload(&desk, &User::system(), &file, "old.doc").await.unwrap();
        let stored = item(&desk, by_name("media").unwrap())
            .text("title", "Old")
            .text("file", &file.to_string())
            .draft(&desk)
            .await;
        publish(&desk, &User::system(), stored.item.id, None, &[]).await.unwrap();
        let request = Request::get(format!("/media/{}", file.path())).body(Body::empty()).unwrap();
        let answer = Client::new(&desk).send_raw(request).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/msword"));
        assert_eq!(answer.bytes, COMPOUND);
    }
}
