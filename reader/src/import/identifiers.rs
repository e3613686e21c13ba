//! Lists of DOIs and ORCID iDs, one a line. What they stand for is looked up elsewhere.

use super::{Format, Table};
use crate::identifier::{Doi, Orcid};

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
pub(super) fn read(text: &str) -> Table {
    let mut table = Table::of(Format::Identifiers, &["title", "doi", "orcid"], text);
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let cells = match identifier(line) {
            Some(Identifier::Doi(doi)) => [String::new(), doi.to_string(), String::new()],
            Some(Identifier::Orcid(orcid)) => [String::new(), String::new(), orcid.to_string()],
            None => {
                table.skip(format!("Line {}", at + 1), "This is neither a DOI nor an ORCID iD.");
                continue;
            }
        };
        if !table.push(at + 1, cells) {
            break;
        }
    }
    table
}
