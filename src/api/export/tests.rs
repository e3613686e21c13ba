//! What is written is read back by others: generated titles and names, through a parser of BibTeX
//! that is not ours, a reader of RIS that knows lines alone, and the citation processor.

use biblatex::{Bibliography, ChunksExt as _, Person};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::Format;
use crate::content::bibliography::{Author, Kind, Record, bibtex, csl, ris};

/// Any text as a field of one line may hold it: no control characters, no white space at the ends
/// or twice, something in it.
fn line() -> impl Strategy<Value = String> {
    let words = prop_oneof![
        4 => r#"[\\{}%$&#_~^`'"<>|A-Za-z0-9:,.=@/()!?-]{1,9}"#,
        2 => "[A-Z][a-zäöüßéñ]{1,8}",
        1 => "\\PC{1,6}",
        1 => Just("--".to_owned()),
        1 => Just("and".to_owned()),
    ];
    prop::collection::vec(words, 1..8)
        .prop_map(|words| words.join(" ").split_whitespace().collect::<Vec<_>>().join(" "))
        .prop_filter("empty", |text| !text.is_empty())
}

/// A name as credited; capitals begin it, so that no part of it is a particle.
fn credited() -> impl Strategy<Value = String> {
    let part = r"[A-ZÄÖÜÉ][a-zäöüßé&%#_{}$]{0,8}(-[A-Z][a-z]{1,5})?";
    let pair = (part, "[A-Z]{1,3}|[A-Z][a-zé]{1,6}( [A-Z])?")
        .prop_map(|(family, given)| format!("{family}, {given}"));
    prop_oneof![4 => pair, 1 => line().prop_map(|name| name.replace([',', '='], "x"))]
        .prop_filter("empty", |name| !name.trim().is_empty())
}

fn doi() -> impl Strategy<Value = String> {
    // The reader makes a dash of two hyphens even where nothing is LaTeX.
    r"10\.[0-9]{4}/[a-z0-9<>();:_.\\{}%&#-]{1,20}".prop_map(|doi| doi.replace("--", "-").replace("--", "-"))
}

fn record(title: &str, names: &[String], year: i64, doi: &str, kind: Kind, container: &str) -> Record {
    let mut face = Map::new();
    face.insert("slug".to_owned(), json!("a-slug-2"));
    face.insert("title".to_owned(), json!(title));
    face.insert("year".to_owned(), json!(year));
    face.insert("doi".to_owned(), json!(doi));
    face.insert("container".to_owned(), json!(container));
    face.insert("to_note".to_owned(), json!(title));
    face.insert("abstract".to_owned(), json!(format!("{title}\n\n{title}")));
    face.insert("pages".to_owned(), json!("12–34"));
    Record {
        file: None,
        face,
        kind,
        csl_type: None,
        coar_type: None,
        type_label: title.to_owned(),
        authors: names.iter().map(|name| Author::read(name)).collect(),
        page: "https://www.example.org/outputs/a-slug-2".to_owned(),
    }
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![
        Kind::Article,
        Kind::Book,
        Kind::Chapter,
        Kind::Paper,
        Kind::Report,
        Kind::Thesis,
        Kind::Dataset,
        Kind::Post,
        Kind::Other,
    ])
}

/// The family and the given name, as one text each.
fn parts(person: &Person) -> (String, String) {
    let family = [person.prefix.as_str(), person.name.as_str()].join(" ");
    (family.trim().to_owned(), person.given_name.clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bibtex_is_read_back(
        title in line(),
        names in prop::collection::vec(credited(), 1..4),
        year in 1000..2999_i64,
        doi in doi(),
        kind in kinds(),
        container in line(),
    ) {
        let record = record(&title, &names, year, &doi, kind, &container);
        let mut written = String::new();
        let mut other = record.clone();
        other.face.insert("slug".to_owned(), json!("1-other"));
        Format::Bibtex.write(&[other, record.clone()], &mut written).unwrap();
        let read = Bibliography::parse(&written).map_err(|error| TestCaseError::fail(format!("{error}: {written}")))?;
        prop_assert_eq!(read.len(), 2, "{}", written);
        let entry = read.get("a-slug-2").unwrap();
        let text = |name: &str| entry.get(name).map(|chunks| chunks.format_verbatim());
        prop_assert_eq!(text("title").unwrap(), title.clone(), "{}", written);
        prop_assert_eq!(text("note").unwrap(), title, "{}", written);
        prop_assert_eq!(text("year").unwrap(), year.to_string());
        prop_assert_eq!(text("doi").unwrap(), doi, "{}", written);
        let authors: Vec<(String, String)> = entry.author().unwrap().iter().map(parts).collect();
        let wanted: Vec<(String, String)> = record
            .authors
            .iter()
            .map(|author| (author.family.clone(), author.given.clone().unwrap_or_default()))
            .collect();
        prop_assert_eq!(authors, wanted, "{}", written);
        // Whoever counts braces alone, as BibTeX does, gets to the end.
        let depth = bibtex(&record).chars().try_fold(0_i32, |depth, c| match c {
            '{' => Some(depth + 1),
            '}' => Some(depth - 1).filter(|depth| *depth >= 0),
            _ => Some(depth),
        });
        let unpaired = record.text("doi").unwrap().contains(['{', '}']);
        prop_assert!(unpaired || depth == Some(0), "{}", written);
    }

    #[test]
    fn ris_is_read_back(title in line(), names in prop::collection::vec(credited(), 1..4), doi in doi(), kind in kinds()) {
        let record = record(&title, &names, 2020, &doi, kind, &title);
        let written = ris(&record);
        let lines: Vec<&str> = written.split("\r\n").collect();
        prop_assert!(lines.iter().all(|line| !line.contains(['\r', '\n'])));
        let values = |tag: &str| {
            let found = lines.iter().filter_map(|line| line.strip_prefix(&format!("{tag}  - ")));
            found.map(str::to_owned).collect::<Vec<String>>()
        };
        prop_assert!(lines[0].starts_with("TY  - "));
        prop_assert_eq!(&lines[lines.len() - 3..], &["ER  - ", "", ""]);
        prop_assert_eq!(values("TI"), vec![title]);
        prop_assert_eq!(values("DO"), vec![doi]);
        prop_assert_eq!(values("PY"), vec!["2020".to_owned()]);
        prop_assert_eq!(values("SP"), vec!["12".to_owned()]);
        prop_assert_eq!(values("EP"), vec!["34".to_owned()]);
        let wanted: Vec<String> = record.authors.iter().map(Author::inverted).collect();
        prop_assert_eq!(values("AU"), wanted);
    }

    #[test]
    fn csl_json_is_read_back(title in line(), names in prop::collection::vec(credited(), 1..4), kind in kinds()) {
        let record = record(&title, &names, 2020, "10.1234/x", kind, &title);
        let mut written = String::new();
        Format::Csl.write(std::slice::from_ref(&record), &mut written).unwrap();
        Format::Csl.write(&[record], &mut written).unwrap();
        Format::Csl.end(&mut written);
        let read: Vec<hayagriva::citationberg::json::Item> = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(read.len(), 2);
        prop_assert_eq!(read[0].0["title"].to_str().unwrap(), title);
    }
}

#[test]
fn capitals_are_kept_where_styles_would_take_them() {
    let titled = |title: &str| {
        let record = record(title, &[], 2020, "", Kind::Report, "");
        let entry = bibtex(&record);
        entry
            .lines()
            .find_map(|line| Some(line.strip_prefix("  title = {")?.strip_suffix("},")?.to_owned()))
            .unwrap()
    };
    assert_eq!(
        titled("From blame to praise: Implications for all"),
        "From blame to praise: Implications for all"
    );
    assert_eq!(
        titled("DNA in the UK: iPhones and (Welsh) police"),
        "{DNA} in the {UK:} {iPhones} and {(Welsh)} police"
    );
}

#[test]
fn kinds_need_what_they_are_in() {
    let kind = |kind, container: &str| {
        let record = record("T", &[], 2020, "", kind, container);
        let entry = bibtex(&record);
        let ris = ris(&record);
        format!("{} {}", entry.split('{').next().unwrap(), ris.get(6..).unwrap().split('\r').next().unwrap())
    };
    assert_eq!(kind(Kind::Article, "Journal"), "@article JOUR");
    assert_eq!(kind(Kind::Article, ""), "@misc GEN");
    assert_eq!(kind(Kind::Chapter, "Book"), "@incollection CHAP");
    assert_eq!(kind(Kind::Paper, "Proceedings"), "@inproceedings CPAPER");
    assert_eq!(kind(Kind::Book, ""), "@book BOOK");
    assert_eq!(kind(Kind::Report, ""), "@techreport RPRT");
    assert_eq!(kind(Kind::Thesis, ""), "@phdthesis THES");
    assert_eq!(kind(Kind::Dataset, ""), "@misc DATA");
    assert_eq!(kind(Kind::Post, ""), "@misc BLOG");
}

#[test]
fn csl_json_uses_the_names_of_its_schema() {
    // The properties of an item in csl-data.json that we write.
    let known = [
        "id",
        "type",
        "title",
        "author",
        "issued",
        "container-title",
        "publisher",
        "volume",
        "issue",
        "page",
        "genre",
        "ISBN",
        "ISSN",
        "DOI",
        "URL",
        "note",
        "abstract",
    ];
    for csl_type in [Some("report"), Some("no such type"), None] {
        let mut record = record("T", &["A, B".to_owned()], 2020, "10.1/2", Kind::Other, "C");
        record.csl_type = csl_type.map(str::to_owned);
        let item = csl(&record);
        assert!(item.keys().all(|name| known.contains(&name.as_str())), "{item:?}");
        assert_eq!(item["type"], Json::from(if csl_type == Some("report") { "report" } else { "document" }));
    }
}
