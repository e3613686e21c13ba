//! A list of identifiers with what was found out about them. It must not ask anybody.

use std::collections::HashMap;

use super::{Column, Format, Line, ROWS_MAX, Sheet, WORK, label};

/// Of each DOI the cells of its work, of each ORCID iD those of the works of its person, in the columns
/// that every work has. What nobody knows keeps its row.
#[must_use]
pub fn completed(
    sheet: &Sheet,
    known: &HashMap<String, Vec<String>>,
    works: &HashMap<String, Vec<Vec<String>>>,
) -> Sheet {
    let columns = WORK.iter().chain(&["orcid"]);
    let columns = columns.map(|name| Column { heading: label(name).to_owned(), meaning: (*name).to_owned() });
    let mut completed = Sheet { format: Format::Identifiers, columns: columns.collect(), ..Sheet::default() };
    completed.skipped.clone_from(&sheet.skipped);
    let cell = |line: &Line, meaning: &str| {
        sheet.column(meaning).and_then(|at| line.cells.get(at)).cloned().unwrap_or_default()
    };
    let mut push = |number: usize, mut cells: Vec<String>, orcid: String| {
        if completed.rows.len() < ROWS_MAX {
            cells.resize(WORK.len(), String::new());
            cells.push(orcid);
            completed.rows.push(Line { number, cells });
        }
    };
    for line in &sheet.rows {
        let (doi, orcid) = (cell(line, "doi"), cell(line, "orcid"));
        let found = known.get(&doi).map(std::slice::from_ref).or(works.get(&orcid).map(Vec::as_slice));
        match found {
            Some(works) if !works.is_empty() => {
                works.iter().for_each(|cells| push(line.number, cells.clone(), String::new()));
            }
            _ => {
                let own = |meaning: &str| match meaning {
                    "title" => cell(line, "title"),
                    "doi" => doi.clone(),
                    _ => String::new(),
                };
                push(line.number, WORK.map(own).into(), orcid);
            }
        }
    }
    completed
}
