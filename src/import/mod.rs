//! What other programs write, as rows of texts: tables from the clipboard, CSV, bibliographies,
//! lists of identifiers. Pure: it must not know the database, and guesses no person and no type.

mod bibtex;
mod csl;
mod delimited;
mod html;
mod identifiers;
mod meaning;
mod ris;
mod sniff;
pub mod words;

use serde::{Deserialize, Serialize};

pub use identifiers::completed;
pub use meaning::{MEANINGS, Meaning, label};

use crate::content::table;
use crate::content::types::OUTPUT;

/// The largest file that is read, in bytes.
pub const BYTES_MAX: usize = 20 * 1024 * 1024;
/// The most rows that are read.
pub const ROWS_MAX: usize = 50_000;
/// The most columns that are read; further ones are left out.
pub const COLUMNS_MAX: usize = 60;
/// The most characters of one cell; the rest is cut off.
pub const CELL_MAX: usize = 20_000;
/// How many of the entries that were left out are told one by one.
const SKIPPED_MAX: usize = 100;

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

/// A format that can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A table in HTML.
    Html,
    /// Cells with tabs between them.
    #[default]
    Tabs,
    /// Cells with commas or semicolons between them.
    Csv,
    /// CSV as `recto export` writes it: its columns are called as the fields are.
    Own,
    /// BibTeX or BibLaTeX.
    Bibtex,
    /// RIS.
    Ris,
    /// CSL-JSON.
    Csl,
    /// One DOI or ORCID iD a line.
    Identifiers,
    /// One title a line.
    Lines,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Html,
        Self::Tabs,
        Self::Csv,
        Self::Own,
        Self::Bibtex,
        Self::Ris,
        Self::Csl,
        Self::Identifiers,
        Self::Lines,
    ];

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Html => "a table",
            Self::Tabs => "a table of text",
            Self::Csv => "CSV",
            Self::Own => "CSV as Recto writes it",
            Self::Bibtex => "BibTeX",
            Self::Ris => "RIS",
            Self::Csl => "CSL-JSON",
            Self::Identifiers => "a list of identifiers",
            Self::Lines => "a list of titles",
        }
    }

    /// Its name in forms and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Tabs => "tabs",
            Self::Csv => "csv",
            Self::Own => "own",
            Self::Bibtex => "bibtex",
            Self::Ris => "ris",
            Self::Csl => "csl",
            Self::Identifiers => "identifiers",
            Self::Lines => "lines",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether its columns are somebody's own, so that their meaning can be guessed wrong.
    #[must_use]
    pub const fn is_table(self) -> bool {
        matches!(self, Self::Html | Self::Tabs | Self::Csv | Self::Lines)
    }
}

/// A table as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// What it was read from.
    pub format: Format,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
    /// Its rows, each with as many cells as there are columns.
    pub rows: Vec<Line>,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
    /// Whether the first row was taken for headings.
    pub headed: bool,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// What stands above it; may be empty.
    pub heading: String,
    /// The name of a [`Meaning`]; empty where the column is left out.
    pub meaning: String,
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Where it stands in what was read: as a spreadsheet counts rows, or a bibliography its entries.
    pub number: usize,
    /// Its cells, without white space around them.
    pub cells: Vec<String>,
}

/// Something that was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Where: ‘Entry 3 (tomkins2019)’.
    pub place: String,
    /// Why, a whole sentence.
    pub why: String,
}

/// What a reader is told of the world, to guess what columns without headings mean.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'hints> {
    /// The labels of the types of outputs.
    pub types: &'hints [String],
}

impl Sheet {
    /// A table of fixed columns, of these meanings.
    fn of(format: Format, meanings: &[&str]) -> Self {
        let columns = meanings
            .iter()
            .map(|meaning| Column { heading: label(meaning).to_owned(), meaning: (*meaning).to_owned() });
        Self { format, columns: columns.collect(), ..Self::default() }
    }

    /// Where the column of this meaning stands.
    #[must_use]
    pub fn column(&self, meaning: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.meaning == meaning)
    }

    /// Notes what was left out; beyond a hundred things only that there are more.
    pub fn skip(&mut self, place: impl Into<String>, why: impl Into<String>) {
        match self.skipped.len() {
            0..SKIPPED_MAX => self.skipped.push(Skipped { place: place.into(), why: why.into() }),
            SKIPPED_MAX => self.skipped.push(Skipped {
                place: "And more".to_owned(),
                why: "There are more like these; only the first hundred are told.".to_owned(),
            }),
            _ => {}
        }
    }

    /// Takes the headings for a row like the others, or the first row for headings.
    pub fn set_headed(&mut self, headed: bool, hints: Hints<'_>) {
        if headed == self.headed || !self.format.is_table() {
            return;
        }
        self.headed = headed;
        if headed {
            if self.rows.is_empty() {
                return;
            }
            let first = self.rows.remove(0);
            for (column, heading) in self.columns.iter_mut().zip(first.cells) {
                column.heading = heading;
            }
        } else {
            let number = self.rows.first().map_or(1, |row| row.number.saturating_sub(1));
            let cells = self.columns.iter_mut().map(|column| std::mem::take(&mut column.heading));
            self.rows.insert(0, Line { number, cells: cells.collect() });
        }
        meaning::assign(self, hints);
    }

    /// Whether the table is one: every row has a cell for each column, columns mean what is known,
    /// and no bound is broken. For tables that came back from somebody's browser.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let known = |column: &Column| column.meaning.is_empty() || !label(&column.meaning).is_empty();
        self.columns.len() <= COLUMNS_MAX
            && self.rows.len() <= ROWS_MAX
            && self.skipped.len() <= SKIPPED_MAX + 1
            && self.columns.iter().all(known)
            && self.rows.iter().all(|row| row.cells.len() == self.columns.len())
    }
}

/// Reads what was handed over, in this format or in the one that it looks like.
///
/// # Errors
/// A sentence that says why there is nothing to import, and what to do.
pub fn read(source: Source<'_>, format: Option<Format>, hints: Hints<'_>) -> Result<Sheet, String> {
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
    let sniffed = sniff::format(html, text);
    let format = format.unwrap_or(sniffed);
    let sheet = match format {
        Format::Html => {
            let from = if html.trim().is_empty() { text } else { html };
            html::read(from, hints)?
        }
        Format::Tabs => delimited::read(text, b'\t', Format::Tabs, hints)?,
        Format::Csv | Format::Own => delimited::read_csv(text, hints)?,
        Format::Bibtex => bibtex::read(text),
        Format::Ris => ris::read(text),
        Format::Csl => csl::read(text)?,
        Format::Identifiers => identifiers::read(text),
        Format::Lines => delimited::read_lines(text, hints),
    };
    if sheet.rows.is_empty() && sheet.skipped.is_empty() {
        return Err(format!("This was read as {}, and there is no row in it.", format.label()));
    }
    Ok(sheet)
}

/// Whether these headings are those of our own CSV.
fn is_own(headings: &[String]) -> bool {
    let known = table::header(&OUTPUT);
    !headings.is_empty() && headings.iter().all(|heading| known.contains(&heading.as_str()))
}

/// A cell's text: white space collapsed, no longer than a cell may be.
fn cell(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.len() <= CELL_MAX { words } else { words.chars().take(CELL_MAX).collect() }
}

#[cfg(test)]
mod tests;
