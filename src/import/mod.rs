//! What other programs write, as tables whose columns mean something: the readers of `recto_reader` know
//! the formats, this module our words. Pure: it must not know the database, and guesses no person and no
//! type. It is called in a process of its own; see `reading`.

mod completed;
mod meaning;
pub mod words;

use serde::{Deserialize, Serialize};

pub use completed::completed;
pub use meaning::{MEANINGS, Meaning, label};
pub use recto_reader::import::{BYTES_MAX, CELL_MAX, COLUMNS_MAX, Format, ROWS_MAX, Skipped, Source};
use recto_reader::import::{Known, SKIPPED_MAX, Table, WORK};
use recto_reader::{clean, import as reader};

use crate::content::table;
use crate::content::types::OUTPUT;

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

/// What a reader is told of the world, to guess what columns without headings mean.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'hints> {
    /// The labels of the types of outputs.
    pub types: &'hints [String],
}

impl Sheet {
    /// What was read, with what its columns mean.
    fn of(table: Table, hints: Hints<'_>) -> Self {
        if table.columns.is_empty() {
            return meaning::sheet(table, hints);
        }
        let heading = |name: &String| match (table.format, label(name)) {
            (Format::Own, _) | (_, "") => name.clone(),
            (_, label) => label.to_owned(),
        };
        let columns =
            table.columns.iter().map(|name| Column { heading: heading(name), meaning: name.clone() });
        let columns: Vec<Column> = columns.collect();
        let rows = table.rows.into_iter().map(|row| {
            let mut cells = row.cells;
            cells.resize(columns.len(), String::new());
            Line { number: row.number, cells }
        });
        let rows = rows.collect();
        Self { format: table.format, columns, rows, skipped: table.skipped, headed: table.headed }
    }

    /// Cleans and cuts its texts. For tables that came back from somebody's browser.
    pub fn tidy(&mut self) {
        let own = self.format == Format::Own;
        let most = if own { reader::OWN_CELL_MAX } else { CELL_MAX };
        let tidy = |text: &mut String, lines: bool, most: usize| {
            let clean = if lines { clean::lines(text) } else { clean::line(text) };
            clean::shorten(&clean, most).clone_into(text);
        };
        self.columns.iter_mut().for_each(|column| tidy(&mut column.heading, false, CELL_MAX));
        self.rows.iter_mut().flat_map(|row| &mut row.cells).for_each(|cell| tidy(cell, own, most));
        for skipped in &mut self.skipped {
            tidy(&mut skipped.place, false, CELL_MAX);
            tidy(&mut skipped.why, false, CELL_MAX);
        }
    }

    /// Where the column of this meaning stands.
    #[must_use]
    pub fn column(&self, meaning: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.meaning == meaning)
    }

    /// Notes what was left out; beyond a hundred things only that there are more.
    pub fn skip(&mut self, place: impl AsRef<str>, why: impl AsRef<str>) {
        recto_reader::import::skip(&mut self.skipped, place.as_ref(), why.as_ref());
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
    let own = table::header(&OUTPUT);
    let known = Known { own: &own, is_heading: &meaning::is_heading };
    let table = reader::read(source, format, known)?;
    let format = table.format;
    let sheet = Sheet::of(table, hints);
    if sheet.rows.is_empty() && sheet.skipped.is_empty() {
        return Err(format!("This was read as {}, and there is no row in it.", format.label()));
    }
    Ok(sheet)
}

#[cfg(test)]
mod tests;
