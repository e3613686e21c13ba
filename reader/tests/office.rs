//! Documents of Office that are taken and that are not, written here.
#![allow(missing_docs, reason = "tests explain themselves by their names")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that fails stops")]

use std::io::{Cursor, Write as _};

use recto_reader::office::{COMPOUND, Unfit, open_document, open_xml};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const TEXT: &str = "application/vnd.oasis.opendocument.text";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MICROSOFT: &str = "http://schemas.microsoft.com/office/2006/relationships";

type Parts = Vec<(String, Vec<u8>)>;

fn part(name: &str, bytes: impl Into<Vec<u8>>) -> (String, Vec<u8>) {
    (name.to_owned(), bytes.into())
}

fn zip(parts: &Parts) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        // As it must be; and packing tens of megabytes takes long.
        let is_stored = name == "mimetype" || bytes.len() > 10_000_000;
        let method = if is_stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        zip.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn types(types: &[&str]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
        <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
        <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
        <Default Extension=\"bin\" ContentType=\"application/vnd.openxmlformats-officedocument.oleObject\"/>"
        .to_owned();
    for (at, one) in types.iter().enumerate() {
        xml += &format!("<Override PartName=\"/part{at}.xml\" ContentType=\"{one}\"/>");
    }
    xml + "</Types>"
}

fn relations(kind: &str, target: &str, mode: &str) -> String {
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"r1\" Type=\"{kind}\" Target=\"{target}\"{mode}/></Relationships>"
    )
}

/// A document of Word, with this besides.
fn word_of(also_types: &[&str], also: Parts) -> Vec<u8> {
    let main = format!("{WORD}.main+xml");
    let all: Vec<&str> = [main.as_str()].into_iter().chain(also_types.iter().copied()).collect();
    let mut parts = vec![
        part("[Content_Types].xml", types(&all)),
        part("_rels/.rels", relations(&format!("{RELATIONS}/officeDocument"), "word/document.xml", "")),
        part("word/document.xml", "<w:document xmlns:w=\"w\"><w:p>vbaProject.bin</w:p></w:document>"),
        part("word/media/image1.png", b"\x89PNG\r\n\x1a\n".repeat(50)),
    ];
    parts.extend(also);
    zip(&parts)
}

fn word(also: Parts) -> Vec<u8> {
    word_of(&[], also)
}

fn related(kind: &str, target: &str, mode: &str) -> Vec<u8> {
    word(vec![part("word/_rels/document.xml.rels", relations(kind, target, mode))])
}

fn template(target: &str) -> Vec<u8> {
    let kind = format!("{RELATIONS}/attachedTemplate");
    word(vec![part("word/_rels/settings.xml.rels", relations(&kind, target, " TargetMode=\"External\""))])
}

/// A compound file with these streams.
fn compound(streams: &[&str]) -> Vec<u8> {
    let mut bytes = COMPOUND.to_vec();
    bytes.resize(512, 0);
    for name in streams {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(128, 0);
        bytes.extend(entry);
    }
    bytes
}

fn text_of(content: &str, also: Parts) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:script=\"urn:oasis:names:tc:opendocument:xmlns:script:1.0\">{content}</office:document-content>"
    );
    let mut parts = vec![
        part("mimetype", TEXT),
        part("content.xml", content),
        part("META-INF/manifest.xml", manifest("content.xml", "")),
    ];
    parts.extend(also);
    zip(&parts)
}

fn manifest(path: &str, inner: &str) -> String {
    format!(
        "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">\
         <manifest:file-entry manifest:full-path=\"{path}\">{inner}</manifest:file-entry></manifest:manifest>"
    )
}

fn check(cases: Vec<(&str, Vec<u8>, Result<(), Unfit>)>, look: impl Fn(&[u8]) -> Result<(), Unfit>) {
    for (what, bytes, wanted) in cases {
        assert_eq!(look(&bytes), wanted, "{what}");
    }
}

#[test]
fn documents_of_office_are_judged_by_what_they_say_of_their_parts() {
    let vba = compound(&["Root Entry", "VBA", "_VBA_PROJECT", "dir"]);
    let formula = compound(&["Root Entry", "\u{1}CompObj", "Equation Native"]);
    let excel =
        |main: &str| zip(&vec![part("[Content_Types].xml", types(&[main])), part("xl/workbook.xml", "<w/>")]);
    let sheet = excel(&format!("{EXCEL}.main+xml"));
    let with_macros = excel("application/vnd.ms-excel.sheet.macroEnabled.main+xml");
    let utf16: Vec<u8> =
        types(&["application/vnd.ms-office.vbaProject"]).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let external = " TargetMode=\"External\"";
    let embedded = |bytes: &[u8]| word(vec![part("word/embeddings/some.thing", bytes)]);
    let (main, macros) = (format!("{WORD}.main+xml"), Err(Unfit::Macros));
    let deep = (0..5).fold(word(Vec::new()), |inner, _| embedded(&inner));
    check(
        vec![
            ("a plain one", word(Vec::new()), Ok(())),
            ("a formula", embedded(&formula), Ok(())),
            ("a table of Excel's", embedded(&sheet), Ok(())),
            ("a text in a text with a table", embedded(&embedded(&embedded(&sheet))), Ok(())),
            ("a link", related(&format!("{RELATIONS}/hyperlink"), "https://example.org/", external), Ok(())),
            (
                "form controls",
                word_of(&["application/vnd.ms-excel.controlproperties+xml"], Vec::new()),
                Ok(()),
            ),
            (
                "a main part by its ending, of another name",
                zip(&vec![
                    part(
                        "[Content_Types].xml",
                        format!("<Types><Default ContentType='{main}' Extension='xml'/></Types>"),
                    ),
                    part("word/document2.xml", "<d/>"),
                ]),
                Ok(()),
            ),
            // Macros, by what is said.
            (
                "a type with macros",
                word_of(&["application/vnd.ms-word.document.macroEnabled.main+xml"], Vec::new()),
                macros,
            ),
            (
                "in other letters",
                word_of(&["application/vnd.ms-word.document.MACROENABLED.main+xml"], Vec::new()),
                macros,
            ),
            ("a project", word_of(&["application/vnd.ms-office.vbaProject"], Vec::new()), macros),
            (
                "in references to characters",
                word_of(&["application/vnd.ms-office.vba&#80;roject"], Vec::new()),
                macros,
            ),
            ("what belongs to one", word_of(&["application/vnd.ms-word.vbaData+xml"], Vec::new()), macros),
            ("toolbars", word_of(&["application/vnd.ms-word.attachedToolbars"], Vec::new()), macros),
            ("a macro sheet", word_of(&["application/vnd.ms-excel.macrosheet+xml"], Vec::new()), macros),
            (
                "an international one",
                word_of(&["application/vnd.ms-excel.intlmacrosheet+xml"], Vec::new()),
                macros,
            ),
            (
                "a binary workbook",
                word_of(&["application/vnd.ms-excel.sheet.binary.macroEnabled.main"], Vec::new()),
                macros,
            ),
            (
                "a project's relationship",
                related(&format!("{MICROSOFT}/vbaProject"), "image1.png", ""),
                macros,
            ),
            ("toolbars'", related(&format!("{MICROSOFT}/attachedToolbars"), "x.bin", ""), macros),
            ("a macro sheet's", related(&format!("{MICROSOFT}/xlMacrosheet"), "x.xml", ""), macros),
            (
                "an international one's",
                related(&format!("{MICROSOFT}/XLINTLMACROSHEET"), "x.xml", ""),
                macros,
            ),
            (
                "relationships of a part of any name",
                word(vec![part(
                    "any/where/_rels/x.xml.rels",
                    relations(&format!("{MICROSOFT}/vbaProject"), "x", ""),
                )]),
                macros,
            ),
            ("a macro sheet by its place", word(vec![part("xl/macrosheets/sheet1.xml", "<x/>")]), macros),
            ("a project by what it is", word(vec![part("word/theme/theme9.png", vba.clone())]), macros),
            ("an object with a project", embedded(&compound(&["_vba_project_cur"])), macros),
            ("a workbook with macros in it", embedded(&with_macros), macros),
            ("and one further in", embedded(&embedded(&with_macros)), macros),
            ("scripts for another program", word(vec![part("Basic/Standard/Module1.xml", "<x/>")]), macros),
            // Controls.
            (
                "a control",
                word_of(&["application/vnd.ms-office.activeX+xml"], Vec::new()),
                Err(Unfit::Control),
            ),
            (
                "a control's relationship",
                related(&format!("{RELATIONS}/control"), "x.xml", ""),
                Err(Unfit::Control),
            ),
            (
                "a control by its place",
                word(vec![part("word/activeX/activeX1.xml", "<x/>")]),
                Err(Unfit::Control),
            ),
            // Files in boxes, and programs.
            (
                "a file in a box",
                embedded(&compound(&["Root Entry", "\u{1}Ole10Native"])),
                Err(Unfit::Attached),
            ),
            (
                "a document in an object",
                embedded(&compound(&["Root Entry", "Package"])),
                Err(Unfit::Attached),
            ),
            ("a program", embedded(b"MZ\x90\0\x03\0\0\0"), Err(Unfit::Attached)),
            // From elsewhere.
            (
                "a linked object",
                related(&format!("{RELATIONS}/oleObject"), "https://example.org/x", external),
                Err(Unfit::Remote),
            ),
            (
                "a frame",
                related(&format!("{RELATIONS}/frame"), "https://example.org/x", external),
                Err(Unfit::Remote),
            ),
            // What is no such document, or cannot be looked at.
            ("another kind", sheet.clone(), Err(Unfit::Other)),
            ("a template of this kind", word_template(), Err(Unfit::Other)),
            ("no ZIP", b"%PDF-1.7".to_vec(), Err(Unfit::Other)),
            ("nothing", Vec::new(), Err(Unfit::Other)),
            ("the beginning of one", word(Vec::new())[..200].to_vec(), Err(Unfit::Broken)),
            (
                "half of one",
                {
                    let whole = word(Vec::new());
                    whole[whole.len() / 2..].to_vec()
                },
                Err(Unfit::Other),
            ),
            ("types in UTF-16", zip(&vec![part("[Content_Types].xml", utf16)]), Err(Unfit::Broken)),
            (
                "an encoding that we do not read",
                zip(&vec![part("[Content_Types].xml", types(&[&main]).replace("UTF-8", "UTF-7"))]),
                Err(Unfit::Broken),
            ),
            (
                "entities of its own",
                zip(&vec![part(
                    "[Content_Types].xml",
                    format!("<!DOCTYPE x [<!ENTITY p 'P'>]>{}", types(&["vba&p;roject"])),
                )]),
                Err(Unfit::Broken),
            ),
            ("the same part twice", word(vec![part("WORD\\document.xml", "<x/>")]), Err(Unfit::Broken)),
            ("deeper than anybody nests", deep, Err(Unfit::TooMuch)),
        ],
        |bytes| open_xml(bytes, WORD),
    );
}

fn word_template() -> Vec<u8> {
    let main = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml";
    zip(&vec![part("[Content_Types].xml", types(&[main])), part("word/document.xml", "<x/>")])
}

#[test]
fn a_template_of_the_authors_computer_is_no_reason_and_one_of_the_network_is() {
    for (target, is_remote) in [
        ("file:///C:\\Users\\somebody\\Templates\\Report.dotm", false),
        ("file:///C:/Templates/Report.dotx", false),
        ("file:///Users/somebody/Report.dotx", false),
        ("file://localhost/Users/somebody/Report.dotx", false),
        ("C:\\Templates\\Report.dotx", false),
        ("Normal.dotm", false),
        ("/Users/somebody/Report.dotx", false),
        ("https://example.org/t.dotm", true),
        ("HTTP://example.org/t.dotm", true),
        (" https://example.org/t.dotm", true),
        ("ftp://example.org/t.dotm", true),
        ("mhtml:https://example.org/t", true),
        ("\\\\example.org\\share\\t.dotm", true),
        ("//example.org/share/t.dotm", true),
        ("file://example.org/share/t.dotm", true),
        ("file:////example.org/share/t.dotm", true),
        ("file:///\\\\example.org\\share\\t.dotm", true),
        ("file:///%5C%5Cexample.org\\share\\t.dotm", true),
    ] {
        let wanted = if is_remote { Err(Unfit::Remote) } else { Ok(()) };
        assert_eq!(open_xml(&template(target), WORD), wanted, "{target}");
    }
    // A template that lies in the document is no other document.
    let inside = related(&format!("{RELATIONS}/attachedTemplate"), "https://example.org/", "");
    assert_eq!(open_xml(&inside, WORD), Ok(()));
}

#[test]
fn documents_of_open_document_have_no_scripts() {
    let listener = |prefix: &str, event: &str| {
        format!("<office:event-listeners><{prefix}:event-listener {event}/></office:event-listeners>")
    };
    let macros = Err(Unfit::Macros);
    let other_prefix = "<x:event-listener xmlns:x='urn:oasis:names:tc:opendocument:xmlns:script:1.0'/>";
    // The list is written last; an empty one says that it begins where the file does.
    let mut unlisted = text_of("", vec![part("Basic/Standard/Module1.xml", "<x/>")]);
    unlisted.truncate(unlisted.windows(4).position(|window| window == b"PK\x01\x02").unwrap());
    unlisted.extend(b"PK\x05\x06".iter().chain(&[0; 18]));
    check(
        vec![
            ("a plain one", text_of("<office:scripts/>", Vec::new()), Ok(())),
            (
                "a click that leads to the next slide",
                text_of(
                    &listener(
                        "presentation",
                        "presentation:action='next-page' script:event-name='dom:click'",
                    ),
                    Vec::new(),
                ),
                Ok(()),
            ),
            (
                "prose about scripts",
                text_of("<text:p>&lt;script:event-listener&gt; in Basic/</text:p>", Vec::new()),
                Ok(()),
            ),
            (
                "a formula",
                text_of(
                    "",
                    vec![part("Object 1/content.xml", "<math/>"), part("ObjectReplacements/Object 1", "x")],
                ),
                Ok(()),
            ),
            (
                "an old manifest",
                text_of("", vec![part("META-INF/other.xml", "<!DOCTYPE x SYSTEM 'M.dtd'><x/>")]),
                Ok(()),
            ),
            ("parts that are in no list", unlisted, Err(Unfit::Broken)),
            ("Basic", text_of("", vec![part("Basic/Standard/Module1.xml", "<x/>")]), macros),
            ("Python", text_of("", vec![part("Scripts/python/x.py", "x")]), macros),
            ("in an object", text_of("", vec![part("Object 1/Basic/script-lc.xml", "<x/>")]), macros),
            ("a listener", text_of(&listener("script", "script:language='ooo:script'"), Vec::new()), macros),
            ("by another prefix", text_of(other_prefix, Vec::new()), macros),
            (
                "by none",
                text_of(&other_prefix.replace("x:event", "event").replace("xmlns:x", "xmlns"), Vec::new()),
                macros,
            ),
            (
                "a script",
                text_of(
                    "<office:scripts><script:script script:language='Basic'/></office:scripts>",
                    Vec::new(),
                ),
                macros,
            ),
            ("a field", text_of("<text:script xlink:href='x'/>", Vec::new()), macros),
            (
                "a link to a macro",
                text_of("<text:a xlink:href='vnd.sun.star.script:a.b?language=Basic'/>", Vec::new()),
                macros,
            ),
            (
                "in references to characters",
                text_of("<text:a xlink:href='VND.sun.star.scr&#105;pt:a.b'/>", Vec::new()),
                macros,
            ),
            ("in styles", text_of("", vec![part("styles.xml", other_prefix)]), macros),
            (
                "listed and not there",
                text_of(
                    "",
                    vec![part(
                        "Pictures/x/_rels/a.rels",
                        relations(&format!("{MICROSOFT}/vbaProject"), "x", ""),
                    )],
                ),
                macros,
            ),
            ("a project of Office", text_of("", vec![part("Object 2", compound(&["_VBA_PROJECT"]))]), macros),
            ("another kind", zip(&vec![part("mimetype", format!("{TEXT}-template"))]), Err(Unfit::Other)),
            ("a document of Office", word(Vec::new()), Err(Unfit::Other)),
            (
                "with a password",
                zip(&vec![
                    part("mimetype", TEXT),
                    part("META-INF/manifest.xml", manifest("content.xml", "<manifest:encryption-data/>")),
                ]),
                Err(Unfit::Locked),
            ),
            (
                "a manifest that lists Basic",
                zip(&vec![
                    part("mimetype", TEXT),
                    part("META-INF/manifest.xml", manifest("Basic/Standard/script-lb.xml", "")),
                ]),
                macros,
            ),
        ],
        |bytes| open_document(bytes, TEXT),
    );
}

#[test]
fn what_is_read_is_bounded() {
    let large = |name: &str, bytes: usize| word(vec![part(name, vec![b' '; bytes])]);
    assert_eq!(open_xml(&large("_rels/a.rels", 33_000_000), WORD), Err(Unfit::TooMuch));
    // Pictures are not read.
    assert_eq!(open_xml(&large("word/media/a.bmp", 35_000_000), WORD), Ok(()));
    let many: Parts = (0..3).map(|at| part(&format!("_rels/{at}.rels"), vec![b' '; 20_000_000])).collect();
    assert_eq!(open_xml(&word(many), WORD), Err(Unfit::TooMuch));
    let many: Parts = (0..10_001).map(|at| part(&format!("word/{at}"), "")).collect();
    assert_eq!(open_xml(&word(many), WORD), Err(Unfit::TooMuch));
    for (depth, wanted) in [(900, Ok(())), (1_100, Err(Unfit::TooMuch))] {
        let deep = format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert_eq!(open_xml(&word(vec![part("_rels/a.rels", deep)]), WORD), wanted);
    }
    let wide = format!("<x {}/>", (0..20_000).map(|at| format!("a{at}='' ")).collect::<String>());
    assert_eq!(open_xml(&word(vec![part("_rels/a.rels", wide)]), WORD), Ok(()));
}

#[test]
fn half_a_document_is_no_fault_of_ours() {
    let whole = word(vec![part("word/embeddings/a.bin", compound(&["Root Entry"]))]);
    for length in 0..whole.len() {
        assert!(open_xml(&whole[..length], WORD).is_err(), "{length}");
    }
    for at in 0..whole.len() {
        let mut other = whole.clone();
        other[at] ^= 0xff;
        // Whatever it says; but it says something.
        let _ = open_xml(&other, WORD);
    }
}

#[test]
fn a_list_that_hides_a_part_is_refused() {
    // What one program reads in the list and another where the parts lie.
    let first = word(Vec::new());
    let mut hidden = zip(&vec![part("word/vbaProject.bin", compound(&["_VBA_PROJECT"]))]);
    let list = hidden.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    hidden.truncate(list);
    let mut both = hidden;
    both.extend(first);
    assert!(open_xml(&both, WORD).is_err());
    // A part whose list entry has another name than it has itself.
    let whole = word(vec![part("word/vbaProject.bin", "x")]);
    let at = whole.windows(14).rposition(|window| window == b"vbaProject.bin").unwrap();
    let mut renamed = whole.clone();
    renamed[at..at + 14].copy_from_slice(b"ordinaries.bin");
    assert_eq!(open_xml(&renamed, WORD), Err(Unfit::Broken));
}

#[test]
fn every_refusal_says_what_to_do() {
    for unfit in [
        Unfit::Other,
        Unfit::Broken,
        Unfit::TooMuch,
        Unfit::Locked,
        Unfit::Macros,
        Unfit::Control,
        Unfit::Attached,
        Unfit::Remote,
    ] {
        let said = unfit.to_string();
        assert!(said.ends_with('.') && said.matches(". ").count() == 1, "{said}");
    }
}
