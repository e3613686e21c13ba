//! What other programs write, as rows of texts: tables from the clipboard, CSV, bibliographies, lists of
//! identifiers, answers of registries. It must not know what a column means beyond its name, and guesses
//! no person and no type.

pub mod answers;
mod bibtex;
mod csl;
mod datacite;
mod delimited;
mod format;
mod html;
mod identifiers;
mod json;
mod ris;
mod sniff;
mod table;

use crate::clean::{self, shorten};
pub use format::Format;
pub use table::{Row, SKIPPED_MAX, Skipped, Table, skip};

/// The largest file that is read, in bytes.
pub const BYTES_MAX: usize = 20 * 1024 * 1024;
/// The most rows that are read.
pub const ROWS_MAX: usize = 50_000;
/// The most columns that are read; further ones are left out.
pub const COLUMNS_MAX: usize = 60;
/// The most characters of one cell; the rest is cut off.
pub const CELL_MAX: usize = 20_000;
/// The same for tables that Recto has written: as much as its longest field takes.
pub const OWN_CELL_MAX: usize = 200_000;

/// What is read of a work, whatever describes it.
pub const WORK: [&str; 15] = [
    "title",
    "type",
    "authors",
    "year",
    "to_note",
    "doi",
    "link",
    "container",
    "publisher",
    "volume",
    "issue",
    "pages",
    "isbn",
    "issn",
    "abstract",
];

/// What was handed over.
#[derive(Clone, Copy, Debug)]
pub enum Source<'source> {
    /// A file as it stands on a disk, of whatever encoding.
    File(&'source [u8]),
    /// The clipboard's two faces; either may be empty.
    Clipboard {
        /// As HTML.
        html: &'source str,
        /// As text.
        text: &'source str,
    },
}

/// What a reader is told of tables: it knows none of these words itself.
#[derive(Clone, Copy)]
pub struct Known<'known> {
    /// What the columns of Recto's own tables are called.
    pub own: &'known [&'known str],
    /// Whether a cell reads like the heading of a column.
    pub is_heading: &'known dyn Fn(&str) -> bool,
}

/// Reads what was handed over, in this format or in the one that it looks like.
///
/// # Errors
/// A sentence that says why there is nothing to import, and what to do.
pub fn read(source: Source<'_>, format: Option<Format>, known: Known<'_>) -> Result<Table, String> {
    read_any(source, format, known).map_err(|why| clean::line(shorten(&why, 1_000)))
}

fn read_any(source: Source<'_>, format: Option<Format>, known: Known<'_>) -> Result<Table, String> {
    let decoded;
    let (html, text) = match source {
        Source::Clipboard { html, text } => (html, text),
        Source::File(bytes) => {
            if bytes.len() > BYTES_MAX {
                return Err("This is larger than 20 MB. Split it and import the parts.".to_owned());
            }
            decoded = sniff::decode(bytes)?;
            ("", decoded.as_str())
        }
    };
    if html.len() + text.len() > BYTES_MAX {
        return Err("This is larger than 20 MB. Split it and import the parts.".to_owned());
    }
    if html.trim().is_empty() && text.trim().is_empty() {
        return Err("There is nothing in it. Copy the rows of a table, or choose a file.".to_owned());
    }
    // A table is richer as HTML; a bibliography that was copied from a page is text.
    let format = format.unwrap_or_else(|| sniff::format(html, text, known));
    let table = match format {
        Format::Html => html::read(if html.trim().is_empty() { text } else { html })?,
        Format::Tabs => delimited::read(text, b'\t', Format::Tabs, known)?,
        Format::Csv | Format::Own => delimited::read_csv(text, known)?,
        Format::Bibtex => bibtex::read(text)?,
        Format::Ris => ris::read(text),
        Format::Csl => csl::read(text)?,
        Format::Identifiers => identifiers::read(text),
        Format::Lines => delimited::read_lines(text),
    };
    if table.rows.is_empty() && table.skipped.is_empty() {
        return Err(format!("This was read as {}, and there is no row in it.", format.label()));
    }
    Ok(table)
}

#[cfg(test)]
mod tests;
