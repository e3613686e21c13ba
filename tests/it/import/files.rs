//! Files and clipboards as Excel, Word, Google Sheets, LibreOffice, browsers, Zotero, EndNote and
//! years of work by hand leave them.

use recto::editing::import::{Choices, Fate};
use recto::import::{Format, Hints, Sheet, Source, read};

use super::{PAGE, look, project, sheet};
use crate::support::{Backend, TestDesk};

fn path(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import").join(name)
}

fn file(name: &str) -> Sheet {
    let bytes = std::fs::read(path(name)).unwrap();
    read(Source::File(&bytes), None, Hints::default()).unwrap()
}

/// What a sheet says under these meanings, row by row.
fn cells(sheet: &Sheet, meanings: &[&str]) -> Vec<Vec<String>> {
    let at = |meaning: &&str| {
        sheet.column(meaning).unwrap_or_else(|| panic!("no {meaning} in {:?}", sheet.columns))
    };
    let columns: Vec<usize> = meanings.iter().map(at).collect();
    sheet.rows.iter().map(|row| columns.iter().map(|at| row.cells[*at].clone()).collect()).collect()
}

const TABLE: [&str; 5] = ["title", "type", "lead", "year", "to_note"];

#[test]
fn tables_of_all_programs_say_the_same() {
    let wanted = cells(&sheet(PAGE), &TABLE);
    assert_eq!(wanted.len(), 6);
    let types: Vec<String> =
        ["Action research report", "Academic paper", "Board report"].map(str::to_owned).into();
    for name in ["excel.html", "word.html", "google-sheets.html", "libreoffice.html", "web-page.html"] {
        let html = std::fs::read_to_string(path(name)).unwrap();
        // Browsers hand over text as well; the table says more.
        let source = Source::Clipboard { html: &html, text: "Title Outputs type" };
        let sheet = read(source, None, Hints { types: &types }).unwrap();
        assert_eq!(sheet.format, Format::Html, "{name}");
        assert_eq!(cells(&sheet, &TABLE), wanted, "{name}");
        assert_eq!(sheet.headed, name != "libreoffice.html", "{name}");
        let saved = read(Source::File(html.as_bytes()), None, Hints { types: &types }).unwrap();
        assert_eq!(saved, sheet, "{name} as a file");
    }
    for name in ["excel.txt", "semicolon-bom.csv"] {
        assert_eq!(cells(&file(name), &TABLE), wanted, "{name}");
    }
    let links = cells(&file("web-page.html"), &["link"]);
    assert_eq!(links[0], ["https://www.example.org/files/output-1.pdf"]);
    assert_eq!(links[5], [""]);
    let latin = cells(&file("latin1.csv"), &["title", "lead"]);
    assert_eq!(latin[5], ["Führung – ‘leadership’ à la carte", "Müller, Ö"]);
}

#[test]
fn zotero_writes_four_formats() {
    let meanings = ["title", "type", "authors", "year", "doi", "container", "volume", "issue", "issn"];
    for (name, authors) in [
        ("zotero.csv", "Tomkins, Leah; Hartley, Jean; Bristow, Alexandra"),
        ("zotero.ris", "Tomkins, Leah; Hartley, Jean"),
        ("zotero.bib", "Tomkins, Leah; Hartley, Jean"),
        ("zotero.json", "Tomkins, Leah; van Beethoven, Ludwig"),
    ] {
        let rows = cells(&file(name), &meanings);
        let and = if name == "zotero.json" { "&" } else { "and" };
        assert_eq!(rows[0][0], format!("Asymmetries of leadership: Agency, response {and} reason"), "{name}");
        assert!(["Journal article", "journalArticle"].contains(&rows[0][1].as_str()), "{name}");
        assert_eq!(rows[0][2], authors, "{name}");
        assert!(rows[0][3].starts_with("2020"), "{name}");
        assert_eq!(rows[0][4], "10.1177/1742715019885763", "{name}");
        assert_eq!(rows[0][5], "Leadership", "{name}");
        assert_eq!((rows[0][6].as_str(), rows[0][7].as_str()), ("16", "1"), "{name}");
        assert!(rows[0][8].starts_with("1742-7150"), "{name}");
    }
    assert_eq!(cells(&file("zotero.bib"), &["type", "to_note"])[1], ["Board report", "Available on request"]);
    assert_eq!(
        cells(&file("zotero.ris"), &["type", "to_note"]),
        [["Journal article", ""], ["Board report", ""]]
    );
    let json = file("zotero.json");
    assert_eq!(
        cells(&json, &["type", "authors", "year"])[1],
        ["Board report", "Home Office", "December 2019"]
    );
    assert_eq!(cells(&json, &["title", "type", "year"])[2], ["Without a type", "", "2017"]);
    assert_eq!(json.skipped[0].place, "Item 4");
}

#[test]
fn endnote_breaks_lines_and_forgets_ends() {
    let rows = cells(&file("endnote.ris"), &["title", "type", "authors", "year", "pages", "abstract"]);
    assert_eq!(rows[0][1], "Article");
    assert_eq!(rows[0][4], "87-106");
    assert!(rows[0][5].ends_with("goes on over a second line without a tag."), "{}", rows[0][5]);
    assert_eq!(rows[1][..4], ["Führung in der Polizei", "Thesis", "Müller, Österreich", "2018/05//"]);
    assert_eq!(rows[2][..4], ["Never ended", "", "Bristow, A", "2017"]);
}

#[test]
fn bibtex_of_years_is_read_but_for_what_is_broken() {
    let sheet = file("accents.bib");
    let rows = cells(&sheet, &["title", "type", "authors", "year", "container", "publisher", "pages"]);
    assert_eq!(rows[0][0], "The DNA of naïve policing: Études & more");
    assert_eq!(rows[0][2], "Müller, Özlem; García Lorca, María; Ødegaard, Søren; Novák, Jiří");
    assert_eq!((rows[0][4].as_str(), rows[0][6].as_str()), ("Journal of Policing and More", "1–9"));
    assert_eq!(rows[1][..2], ["Århus, straße, ça va", "Thesis"]);
    assert_eq!(rows[1][5], "The Open University");
    let strange = rows.iter().find(|row| row[0] == "A type that nobody knows").unwrap();
    assert_eq!((strange[1].as_str(), strange[2].as_str()), ("", "Home Office"));
    let titles: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert!(titles.contains(&"After the broken one"), "{titles:?}");
    let broken: Vec<&str> = sheet.skipped.iter().map(|skipped| skipped.place.as_str()).collect();
    assert_eq!(broken, ["Entry 5 (broken)"]);
}

#[tokio::test]
async fn every_file_can_be_taken_over() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let project = project(&desk, "3.07").await;
    let mut files: Vec<_> =
        std::fs::read_dir(path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    for name in files {
        let name = name.to_str().unwrap();
        let sheet = file(name);
        let preview = look(&desk, &sheet, Some(project.item.id), &Choices::default()).await;
        let wrong: Vec<_> = preview.rows.iter().flat_map(|row| &row.problems).collect();
        assert_eq!(preview.blocked(), 0, "{name}: {wrong:?}");
        super::take(&desk, &preview).await;
        let again = look(&desk, &sheet, Some(project.item.id), &Choices::default()).await;
        assert_eq!(again.count(Fate::Same), sheet.rows.len(), "{name} is there now");
    }
}
