//! Formats as programs write them, and anything at all: what is read is bounded, and nothing panics.

use proptest::prelude::*;

use super::*;
use crate::content::parsed::{is_compatible, name_parts};

fn text(text: &str) -> Sheet {
    read(Source::Clipboard { html: "", text }, None, Hints::default()).unwrap()
}

fn meanings(sheet: &Sheet) -> Vec<&str> {
    sheet.columns.iter().map(|column| column.meaning.as_str()).collect()
}

#[test]
fn headings_are_known_in_any_order_and_spelling() {
    let sheet = text(
        "YEAR\tTo Note:\tTitle\tLead academic\tOutputs type\n2019\t\tEmpowering learning\tBristow, A\tBoard report\n",
    );
    assert_eq!(meanings(&sheet), ["year", "to_note", "title", "lead", "type"]);
    assert_eq!(sheet.rows.len(), 1);
    assert_eq!(sheet.rows[0].number, 2);
    let zotero = text(
        "Key,Item Type,Publication Year,Author,Title,Publication Title,DOI,Url,Abstract Note,Date\nA,journalArticle,2019,\"Tomkins, Leah\",T,J,10.5555/1,https://x.org,About,2019-03\n",
    );
    assert_eq!(
        meanings(&zotero),
        ["", "type", "year", "authors", "title", "container", "doi", "link", "abstract", ""]
    );
}

#[test]
fn columns_without_headings_are_guessed() {
    let sheet = text(
        "2019\tBoard report\tTomkins, L\tLearning and well-being: Safety, failure, fault and blame\tAvailable on request\n2020\tReport\tBristow, A\tEmpowering learning\t\n",
    );
    assert!(!sheet.headed);
    assert_eq!(meanings(&sheet), ["year", "type", "lead", "title", "to_note"]);
    let types = ["Board report".to_owned()];
    let hints = Hints { types: &types };
    let source = Source::Clipboard {
        html: "",
        text: "Board report\tLeah Tomkins\tEmpowering learning in policing\nBoard report\tAnn Bristow\tOn learning of all kinds\n",
    };
    assert_eq!(meanings(&read(source, None, hints).unwrap()), ["type", "lead", "title"]);
}

#[test]
fn headings_can_be_taken_for_a_row_and_back() {
    let mut sheet = text("Title\tYear\nOne\t2019\n");
    let before = sheet.clone();
    sheet.set_headed(false, Hints::default());
    assert_eq!(sheet.rows.len(), 2);
    assert_eq!(sheet.rows[0].cells, ["Title", "Year"]);
    sheet.set_headed(true, Hints::default());
    assert_eq!(sheet, before);
}

#[test]
fn rows_above_the_headings_are_told() {
    let sheet = text("Outputs of 3.07\t\t\nTitle\tYear\tTo note\nOne\t2019\t\n");
    assert_eq!(sheet.rows.len(), 1);
    assert_eq!(sheet.skipped[0].place, "Row 1");
}

#[test]
fn cells_that_span_are_spread() {
    let html = "<table><tr><th>Title</th><th>Year</th><th colspan=2>To note</th></tr>\
        <tr><td><a href='https://example.org/one'>One</a></td><td rowspan=2>2019</td><td>On request</td><td></td></tr>\
        <tr><td>Two<style>x</style><span style='mso-hide: all'>no</span></td><td></td></tr></table>";
    let sheet = read(Source::Clipboard { html, text: "" }, None, Hints::default()).unwrap();
    assert_eq!(meanings(&sheet), ["title", "year", "to_note", "link"]);
    assert_eq!(sheet.rows[0].cells, ["One", "2019", "On request", "https://example.org/one"]);
    assert_eq!(sheet.rows[1].cells, ["Two", "2019", "", ""]);
}

#[test]
fn encodings_are_told_apart() {
    let file =
        |bytes: &[u8]| read(Source::File(bytes), None, Hints::default()).unwrap().rows[0].cells[0].clone();
    assert_eq!(file("\u{feff}Title;Year\r\nÜber uns;2019\r\n".as_bytes()), "Über uns");
    assert_eq!(file(b"Title,Year\nCaf\xe9 \x96 society,2019\n"), "Café – society");
    let wide: Vec<u8> =
        "\u{feff}Title\tYear\nÜber\t2019\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(file(&wide), "Über");
    assert!(read(Source::File(b"PK\x03\x04rest"), None, Hints::default()).unwrap_err().contains("workbook"));
}

#[test]
fn availability_is_understood() {
    let said = |text: &str| {
        let note = words::availability(text);
        (note.availability.unwrap_or(""), note.until.map(|day| day.to_string()), note.note)
    };
    assert_eq!(said("Available on request"), ("on_request", None, String::new()));
    assert_eq!(
        said("available upon request; summary only."),
        ("on_request", None, "summary only".to_owned())
    );
    assert_eq!(
        said("Embargoed until 4 March 2027"),
        ("embargoed", Some("2027-03-04".to_owned()), String::new())
    );
    assert_eq!(
        said("Second edition. With a foreword"),
        ("", None, "Second edition. With a foreword".to_owned())
    );
}

#[test]
fn authors_are_told_apart() {
    let names = |cell: &str| words::authors(cell).into_iter().map(|credit| credit.name).collect::<Vec<_>>();
    assert_eq!(names("Tomkins, L; Hartley, J"), ["Tomkins, L", "Hartley, J"]);
    assert_eq!(
        names("Tomkins, L., Hartley, J. & Bristow, A."),
        ["Tomkins, L.", "Hartley, J.", "Bristow, A."]
    );
    assert_eq!(
        names("Leah Tomkins, Jean Hartley and Ann Bristow"),
        ["Leah Tomkins", "Jean Hartley", "Ann Bristow"]
    );
    assert_eq!(names("Tomkins, L et al."), ["Tomkins, L"]);
    assert_eq!(names("Tomkins, Leah"), ["Tomkins, Leah"]);
    assert!(words::authors("Bristow, A*; Tomkins, L")[0].lead);
}

#[test]
fn names_come_apart() {
    let name = |credited: &str| {
        let (family, given) = name_parts(credited);
        format!("{family}/{}", given.join(" "))
    };
    assert_eq!(name("Tomkins, L"), "tomkins/l");
    assert_eq!(name("Tomkins, L.A."), "tomkins/l a");
    assert_eq!(name("Dr Leah Tomkins"), "tomkins/leah");
    assert_eq!(name("Prof. Jean Anne Hartley"), "hartley/jean anne");
    assert_eq!(name("Leah de Vries"), "de vries/leah");
    assert_eq!(name("Tomkins LA"), "tomkins/l a");
    assert_eq!(name("L Tomkins"), "tomkins/l");
    let both = |one: &str, other: &str| is_compatible(&name_parts(one).1, &name_parts(other).1);
    assert!(both("Tomkins, L", "Leah Tomkins") && both("Tomkins, L A", "Leah Tomkins"));
    assert!(!both("Tomkins, Lara", "Leah Tomkins") && !both("Tomkins, J", "Leah Tomkins"));
}

#[test]
fn lists_of_identifiers_are_known() {
    let sheet = text("https://doi.org/10.5555/ABC\n10.5555/2\n\nhttps://orcid.org/0000-0002-1825-0097\n");
    assert_eq!(sheet.format, Format::Identifiers);
    assert_eq!(sheet.rows[0].cells, ["", "10.5555/abc", ""]);
    assert_eq!(sheet.rows[2].number, 4);
}

/// Bits that formats trip over.
fn odd() -> impl Strategy<Value = String> {
    let bits = prop::sample::select(vec![
        "a",
        "Ä",
        "\"",
        "'",
        ";",
        ",",
        "\t",
        "\n",
        "\r\n",
        "@article{k,",
        "title={",
        "}",
        "{",
        "=",
        "TY  - JOUR\n",
        "ER  - \n",
        "AU  - ",
        "<table>",
        "<tr>",
        "<td rowspan=3>",
        "</table>",
        "<td>",
        "[",
        "]",
        "{\"title\":",
        "10.5555/1",
        "\u{feff}",
        "Title",
        "2019",
        "\\\"",
        "\\'",
        "#",
        "\u{0}",
        "漢",
    ]);
    prop::collection::vec(bits, 0..60).prop_map(|bits| bits.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_read_or_refused(text in prop_oneof![odd(), "\\PC{0,300}"], html in odd(), at in 0..Format::ALL.len()) {
        for format in [None, Some(Format::ALL[at])] {
            for source in [Source::Clipboard { html: &html, text: &text }, Source::File(text.as_bytes())] {
                if let Ok(mut sheet) = read(source, format, Hints::default()) {
                    prop_assert!(sheet.is_sound(), "{:?}", sheet);
                    let written = serde_json::to_string(&sheet).unwrap();
                    prop_assert_eq!(&serde_json::from_str::<Sheet>(&written).unwrap(), &sheet);
                    sheet.set_headed(!sheet.headed, Hints::default());
                    prop_assert!(sheet.is_sound());
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(sheet) = read(Source::File(&bytes), None, Hints::default()) {
            prop_assert!(sheet.is_sound());
        }
    }

    #[test]
    fn cells_survive_the_clipboard(cells in prop::collection::vec("[A-Za-zäß0-9 ,;'\"]{1,20}", 2..6)) {
        let cells: Vec<String> = cells.iter().map(|text| clean::line(text)).collect();
        prop_assume!(cells.iter().all(|cell| cell.chars().any(char::is_alphabetic)));
        let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
        let headings: Vec<String> = (0..cells.len()).map(|at| if at == 0 { "Title".to_owned() } else { format!("Column {at}") }).collect();
        writer.write_record(&headings).unwrap();
        writer.write_record(&cells).unwrap();
        let written = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let sheet = read(Source::Clipboard { html: "", text: &written }, Some(Format::Tabs), Hints::default()).unwrap();
        prop_assert_eq!(&sheet.rows.last().unwrap().cells, &cells);
    }
}
