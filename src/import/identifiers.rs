//! Lists of DOIs and ORCID iDs, one a line. What they stand for is looked up elsewhere.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::{Format, Line, ROWS_MAX, Sheet, csl};
use crate::content::parsed::{Doi, Orcid};

/// A line of such a list.
enum Identifier {
    Doi(Doi),
    Orcid(Orcid),
}

fn identifier(line: &str) -> Option<Identifier> {
    let line = line.trim().trim_end_matches([',', ';', '.']);
    let doi = line.parse().ok().map(Identifier::Doi);
    doi.or_else(|| line.parse().ok().map(Identifier::Orcid))
}

/// Whether every line is an identifier.
pub(super) fn is_list(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    lines.peek().is_some() && lines.all(|line| identifier(line).is_some())
}

/// The list as a table without titles.
pub(super) fn read(text: &str) -> Sheet {
    let mut sheet = Sheet::of(Format::Identifiers, &["title", "doi", "orcid"]);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).take(ROWS_MAX);
    for (at, line) in lines {
        let cells = match identifier(line) {
            Some(Identifier::Doi(doi)) => vec![String::new(), doi.to_string(), String::new()],
            Some(Identifier::Orcid(orcid)) => vec![String::new(), String::new(), orcid.to_string()],
            None => {
                sheet.skip(format!("Line {}", at + 1), "This is neither a DOI nor an ORCID iD.");
                continue;
            }
        };
        sheet.rows.push(Line { number: at + 1, cells });
    }
    sheet
}

/// A list of identifiers with what was found out: of each DOI an item of CSL-JSON, of each ORCID iD
/// the works of its person. What nobody knows keeps its row.
#[must_use]
pub fn completed(sheet: &Sheet, known: &HashMap<String, Json>, works: &HashMap<String, Vec<Json>>) -> Sheet {
    let columns: Vec<&str> = csl::COLUMNS.into_iter().chain(["orcid"]).collect();
    let mut completed = Sheet::of(Format::Identifiers, &columns);
    completed.skipped.clone_from(&sheet.skipped);
    let cell = |line: &Line, meaning: &str| {
        sheet.column(meaning).and_then(|at| line.cells.get(at)).cloned().unwrap_or_default()
    };
    let mut push = |number: usize, mut cells: Vec<String>, orcid: String| {
        if completed.rows.len() < ROWS_MAX {
            cells.push(orcid);
            completed.rows.push(Line { number, cells });
        }
    };
    for line in &sheet.rows {
        let (doi, orcid) = (cell(line, "doi"), cell(line, "orcid"));
        let found = known.get(&doi).map(std::slice::from_ref).or(works.get(&orcid).map(Vec::as_slice));
        match found {
            Some(items) if !items.is_empty() => {
                items.iter().for_each(|item| push(line.number, csl::cells(item), String::new()));
            }
            _ => {
                let own = |meaning: &str| match meaning {
                    "title" => cell(line, "title"),
                    "doi" => doi.clone(),
                    _ => String::new(),
                };
                push(line.number, csl::COLUMNS.map(own).into(), orcid);
            }
        }
    }
    completed
}
