//! RIS (Research Information Systems, "RIS Format Specifications", 2011) as Zotero, EndNote and
//! databases write it: one value a line, but for values that go on without a tag.

use super::{Format, Table, WORK};
use crate::identifier::Doi;

/// The most values of a reference.
const VALUES_MAX: usize = 10_000;

/// The tag and the value of a line, `TY  - JOUR`. Some programs write one space, or none behind.
pub(super) fn tag(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches('\u{feff}').trim_end();
    let (tag, rest) = (line.get(..2)?, line.get(2..)?);
    let mut letters = tag.bytes();
    let shaped = letters.next().is_some_and(|b| b.is_ascii_uppercase())
        && letters.next().is_some_and(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let rest = rest.strip_prefix(' ')?.trim_start_matches(' ').strip_prefix('-')?;
    (shaped && (rest.is_empty() || rest.starts_with(' '))).then(|| (tag, rest.trim()))
}

/// All references.
pub(super) fn read(text: &str) -> Table {
    let mut table = Table::of(Format::Ris, &WORK, text);
    let mut values: Vec<(&str, String)> = Vec::new();
    let mut number = 0;
    let mut finish = |table: &mut Table, values: &mut Vec<(&str, String)>| {
        if values.is_empty() {
            return true;
        }
        number += 1;
        let values = std::mem::take(values);
        if values.iter().all(|(tag, _)| *tag == "TY") {
            table.skip(format!("Reference {number}"), "It is empty.");
            return true;
        }
        if values.len() == VALUES_MAX {
            table.skip(
                format!("Reference {number}"),
                "It has 10,000 values or more; further ones are left out.",
            );
        }
        table.push(number, cells(&values))
    };
    for line in text.lines() {
        match tag(line) {
            Some(("ER", _)) => {
                if !finish(&mut table, &mut values) {
                    return table;
                }
            }
            Some(("TY", kind)) => {
                // The one before was never ended.
                if !finish(&mut table, &mut values) {
                    return table;
                }
                values.push(("TY", kind.to_owned()));
            }
            Some((tag, value)) if !values.is_empty() => {
                if values.len() < VALUES_MAX {
                    values.push((tag, value.to_owned()));
                }
            }
            Some(_) => {}
            None => {
                if let Some((_, value)) = values.last_mut().filter(|_| !line.trim().is_empty()) {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            }
        }
    }
    finish(&mut table, &mut values);
    table
}

fn cells(values: &[(&str, String)]) -> [String; WORK.len()] {
    let all = |tags: &[&str]| -> Vec<&str> {
        let found = values.iter().filter(|(tag, value)| tags.contains(tag) && !value.is_empty());
        found.map(|(_, value)| value.as_str()).collect()
    };
    // The first of the tags that has a value: which of two means more differs between programs.
    let first = |tags: &[&str]| tags.iter().find_map(|tag| all(&[tag]).first().copied()).unwrap_or_default();
    let said = first(&["M3"]);
    // Some databases put the DOI where the kind of work belongs.
    let doi_said = said.parse::<Doi>().is_ok();
    let kind = if said.is_empty() || doi_said { kind(first(&["TY"])) } else { said };
    let doi = match first(&["DO", "DI"]) {
        "" if doi_said => said,
        doi => doi,
    };
    let pages = match (first(&["SP"]), first(&["EP"])) {
        (start, end) if end.is_empty() || start.contains('-') => start.to_owned(),
        (start, end) => format!("{start}–{end}"),
    };
    let note =
        Some(first(&["N1"])).filter(|note| note.len() <= 300 && !note.contains('<')).unwrap_or_default();
    let authors = all(&["AU", "A1"]).join("; ");
    // One tag for both numbers: the shorter one is a serial's.
    let is_issn = |number: &&str| number.chars().filter(|c| c.is_ascii_alphanumeric()).take(9).count() == 8;
    let numbers = all(&["SN"]);
    let issn = numbers.iter().copied().find(is_issn).unwrap_or_default();
    let isbn = numbers.iter().copied().find(|number| !is_issn(number)).unwrap_or_default();
    [
        first(&["TI", "T1", "CT", "BT"]),
        kind,
        &authors,
        first(&["PY", "Y1", "DA", "Y2"]),
        note,
        doi,
        first(&["UR", "L1", "L2"]),
        first(&["T2", "JF", "JO", "JA", "J2", "T3"]),
        first(&["PB"]),
        first(&["VL"]),
        first(&["IS"]),
        &pages,
        isbn,
        issn,
        first(&["AB", "N2"]),
    ]
    .map(str::to_owned)
}

/// A type of reference in words; nothing for those that say nothing.
fn kind(tag: &str) -> &'static str {
    match tag {
        "JOUR" | "JFULL" | "EJOUR" | "INPR" => "Journal article",
        "MGZN" => "Magazine article",
        "NEWS" => "Newspaper article",
        "BOOK" | "EBOOK" | "EDBOOK" => "Book",
        "CHAP" | "ECHAP" => "Book chapter",
        "CONF" | "CPAPER" => "Conference paper",
        "RPRT" | "GOVDOC" => "Report",
        "THES" => "Thesis",
        "DATA" | "AGGR" | "DBASE" => "Dataset",
        "BLOG" => "Blog post",
        "ELEC" | "WEB" => "Web page",
        _ => "",
    }
}
