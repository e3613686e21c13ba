//! Descriptions of works: bibliographies, answers of registries, identifiers.

use std::fmt::Display;
use std::str::FromStr;

use recto_reader::identifier::{Doi, Isbn, Issn, Malformed, Orcid, Ror};
use recto_reader::import::answers::{self, Service};
use recto_reader::import::{Format, Table, WORK};

use super::tables::{holds, of};

/// Rows of as many cells as a work has.
fn works(table: &Table) {
    assert!(table.columns == WORK && table.rows.iter().all(|row| row.cells.len() == WORK.len()));
}

/// Bounded, whatever refers to what; a good entry behind whatever is broken is read or told.
pub fn bibtex(bytes: &[u8]) {
    let text = super::text(bytes);
    if let Some(table) = of(Format::Bibtex, &text) {
        works(&table);
    }
    if let Some(table) = of(Format::Bibtex, &format!("{text}\n\n@misc{{good, title={{Good}}}}\n")) {
        works(&table);
        let read = table.rows.last().is_some_and(|row| row.cells.iter().any(|cell| cell == "Good"));
        assert!(read || !table.skipped.is_empty(), "a good entry is lost");
    }
}

/// A good reference behind the end of whatever is broken is read.
pub fn ris(bytes: &[u8]) {
    let text = super::text(bytes);
    if let Some(table) = of(Format::Ris, &text) {
        works(&table);
    }
    let good = "\nER  - \nTY  - JOUR\nTI  - Good\nER  - \n";
    let table = of(Format::Ris, &format!("{text}{good}")).expect("it holds a reference");
    let last = table.rows.last().and_then(|row| row.cells.first());
    assert!(last.is_some_and(|title| title == "Good") || text.len() > 1_000_000, "{:?}", table.skipped);
}

/// A list says the same whether it stands alone or in an object.
pub fn csl(bytes: &[u8]) {
    let text = super::text(bytes);
    let alone = of(Format::Csl, &text);
    if let Some(table) = &alone {
        works(table);
    }
    // As one text in an item.
    let quoted = serde_json::json!([{ "title": text, "abstract": text, "author": [{ "family": text }] }]);
    if let Some(table) = of(Format::Csl, &quoted.to_string()) {
        works(&table);
        assert!(table.rows.len() == 1 || !table.skipped.is_empty());
    }
    if text.trim_start_matches('\u{feff}').trim().starts_with('[') {
        let list = text.trim_start_matches('\u{feff}').trim();
        let wrapped = of(Format::Csl, &format!("{{\"items\":{list}}}"));
        if let (Some(alone), Some(wrapped)) = (&alone, &wrapped) {
            assert!(
                alone.rows == wrapped.rows && alone.skipped == wrapped.skipped,
                "other rows in an object"
            );
        }
    }
}

/// An answer of a registry, or what may stand in one.
pub fn answers(bytes: &[u8]) {
    let text = super::text(bytes);
    for service in [Service::Crossref, Service::Datacite] {
        let answer = answer(service, &text);
        if let Some(table) = &answer {
            works(table);
        }
    }
    let list = text.trim_start_matches('\u{feff}').trim();
    if !list.starts_with('[') {
        return;
    }
    let _ = answer(Service::Datacite, &format!("{{\"data\":{list}}}"));
    let crossref = answer(Service::Crossref, &format!("{{\"message\":{{\"items\":{list}}}}}"));
    if let (Some(crossref), Some(csl)) = (crossref, of(Format::Csl, list)) {
        assert!(crossref.rows == csl.rows && crossref.skipped == csl.skipped, "other rows than as CSL-JSON");
    }
}

fn answer(service: Service, text: &str) -> Option<Table> {
    let table = answers::read(service, text).ok()?;
    holds(&table, text.len());
    Some(table)
}

/// What is an identifier has one spelling, of which it is an identifier again, and which is clean.
pub fn identifiers(bytes: &[u8]) {
    let text = super::text(bytes);
    for text in text.lines().chain([&*text]) {
        let letters = |allowed: &'static str| move |c: char| c.is_ascii_digit() || allowed.contains(c);
        spelling::<Orcid>(text, 19, letters("-X"));
        spelling::<Ror>(text, 25, |c| c.is_ascii_lowercase() || letters(":/.")(c));
        spelling::<Isbn>(text, 13, letters(""));
        spelling::<Issn>(text, 9, letters("-X"));
        spelling::<Doi>(text, 300, |c| !recto_reader::text::is_unfit(c) && !c.is_whitespace());
    }
    let Some(table) = of(Format::Identifiers, &text) else { return };
    for row in &table.rows {
        let [title, doi, orcid] = row.cells.as_slice() else { panic!("{:?}", row.cells) };
        assert!(title.is_empty() && doi.is_empty() != orcid.is_empty(), "{row:?}");
        assert!(doi.is_empty() || spelled::<Doi>(doi).as_ref() == Some(doi), "{doi:?}");
        assert!(orcid.is_empty() || spelled::<Orcid>(orcid).as_ref() == Some(orcid), "{orcid:?}");
    }
}

fn spelled<T: FromStr<Err = Malformed> + Display>(text: &str) -> Option<String> {
    text.parse::<T>().ok().map(|value| value.to_string())
}

fn spelling<T: FromStr<Err = Malformed> + Display>(text: &str, most: usize, may: impl Fn(char) -> bool) {
    let Some(canonical) = spelled::<T>(text) else { return };
    assert!(canonical.len() <= most && canonical.chars().all(may), "{canonical:?}");
    assert_eq!(spelled::<T>(&canonical), Some(canonical.clone()));
}
