//! Outputs as CSV (RFC 4180) in UTF-8, one row each under a row of names. A cell that a
//! spreadsheet would run as a formula has an apostrophe in front (OWASP, CSV injection).

use crate::content::bibliography::Record;
use crate::error::{Error, Result};

/// The columns.
pub(super) const COLUMNS: [&str; 24] = [
    "id",
    "slug",
    "title",
    "type",
    "authors",
    "lead",
    "year",
    "availability",
    "to_note",
    "projects",
    "container",
    "volume",
    "issue",
    "pages",
    "publisher",
    "isbn",
    "issn",
    "doi",
    "link",
    "file",
    "licence",
    "abstract",
    "page",
    "updated_at",
];

fn row(record: &Record) -> [String; COLUMNS.len()] {
    COLUMNS.map(|name| {
        let cell = match name {
            "type" => record.type_label.clone(),
            "authors" => {
                let names: Vec<String> = record.authors.iter().map(|author| author.inverted()).collect();
                names.join("; ")
            }
            "lead" => {
                let lead = record.face.get("lead").and_then(|lead| lead.get("name")?.as_str());
                lead.unwrap_or_default().to_owned()
            }
            "year" => record.year().map(|year| year.to_string()).unwrap_or_default(),
            "projects" => {
                let codes: Vec<&str> = record.projects().iter().map(|(code, ..)| *code).collect();
                codes.join("; ")
            }
            "file" => record.file().unwrap_or_default().to_owned(),
            "page" => record.page.clone(),
            name => record.text(name).unwrap_or_default().to_owned(),
        };
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if formula { format!("'{cell}") } else { cell }
    })
}

/// The row of names.
pub(super) fn names() -> String {
    COLUMNS.join(",") + "\r\n"
}

/// The row of an output.
pub(super) fn entry(record: &Record) -> Result<String> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(row(record)).map_err(Error::internal)?;
    let bytes = writer.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    String::from_utf8(bytes).map_err(Error::internal)
}
