//! What was read, as rows of clean texts. Everything that a reader hands on goes through [`Table::push`]
//! and [`Table::skip`]: there texts are cleaned, and what is too much is cut and told. It must not know
//! any format.

use serde::{Deserialize, Serialize};

use super::{CELL_MAX, COLUMNS_MAX, Format, OWN_CELL_MAX, ROWS_MAX};
use crate::clean::{self, shorten};

/// How many of the things that were left out are told one by one.
pub const SKIPPED_MAX: usize = 100;
/// The most characters of where something was left out, and of why.
const TOLD_MAX: (usize, usize) = (200, 1_000);
/// The most rows whose cells are said to be cut.
const CUT_MAX: usize = 20;

/// A table as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it was read from.
    pub format: Format,
    /// What its columns are called, where the format says so itself; else the first row may say it.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Whether the first row says itself that it holds headings.
    pub headed: bool,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
    /// How many bytes its cells may still have.
    left: usize,
    /// How many rows were cut.
    cut: usize,
    /// Whether it is said already that columns are left out.
    wide: bool,
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Where it stands in what was read: as a spreadsheet counts rows, or a bibliography its entries.
    pub number: usize,
    /// Its cells.
    pub cells: Vec<String>,
    /// The addresses that its cells lead to; shorter than the cells where the last lead nowhere.
    pub links: Vec<Option<String>>,
}

/// Something that was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Where: ‘Entry 3 (tomkins2019)’.
    pub place: String,
    /// Why, a whole sentence.
    pub why: String,
}

impl Table {
    /// An empty table of these columns, to be read from a text: what refers to things again and again can
    /// become longer than the text, but not by much.
    pub(super) fn of(format: Format, columns: &[&str], text: &str) -> Self {
        Self {
            format,
            columns: columns.iter().map(|name| clean::line(name)).collect(),
            left: text.len().saturating_mul(2).saturating_add(1_000_000),
            ..Self::default()
        }
    }

    /// A row more; `false` where there is no room for it: then it is told, and nothing more is read.
    pub(super) fn push(&mut self, number: usize, cells: impl IntoIterator<Item = impl AsRef<str>>) -> bool {
        self.push_linked(number, cells.into_iter().map(|cell| (cell, None)))
    }

    /// The same with the addresses that the cells lead to.
    pub(super) fn push_linked<T: AsRef<str>>(
        &mut self,
        number: usize,
        cells: impl IntoIterator<Item = (T, Option<String>)>,
    ) -> bool {
        if self.rows.len() >= ROWS_MAX {
            self.stop("At most 50,000 rows are read at once.");
            return false;
        }
        let mut row = Row { number, ..Row::default() };
        let mut was_cut = false;
        for (text, link) in cells {
            if row.cells.len() == COLUMNS_MAX {
                self.say_wide();
                break;
            }
            let (text, whole) = self.tidy(text.as_ref());
            was_cut |= !whole;
            let size = text.len() + link.as_ref().map_or(0, String::len);
            let Some(left) = self.left.checked_sub(size) else {
                self.stop("Written out, these rows are too long. Split them and import the parts.");
                return false;
            };
            self.left = left;
            row.cells.push(text);
            if let Some(link) = link {
                row.links.resize(row.cells.len(), None);
                if let Some(slot) = row.links.last_mut() {
                    *slot = Some(clean::line(&link));
                }
            }
        }
        self.rows.push(row);
        if was_cut {
            self.say_cut(number);
        }
        true
    }

    /// A cell's text, and whether it is all of it. Our own cells keep their lines.
    fn tidy(&self, text: &str) -> (String, bool) {
        let (text, most) = match self.format {
            Format::Own => (clean::lines(text), OWN_CELL_MAX),
            _ => (clean::line(text), CELL_MAX),
        };
        let kept = shorten(&text, most).len();
        let whole = kept == text.len();
        (if whole { text } else { shorten(&text, most).trim_end().to_owned() }, whole)
    }

    fn say_cut(&mut self, number: usize) {
        self.cut += 1;
        if self.cut <= CUT_MAX {
            let most = if self.format == Format::Own { "200,000" } else { "20,000" };
            self.skip(
                format!("Row {number}"),
                format!("A cell is longer than {most} characters; the rest of it is left out."),
            );
        }
    }

    fn say_wide(&mut self) {
        if !std::mem::replace(&mut self.wide, true) {
            self.skip("The columns", "At most 60 columns are read; those after them are left out.");
        }
    }

    /// Notes why the rest is left out, before all else that is told.
    pub(super) fn stop(&mut self, why: &str) {
        self.skipped.insert(0, Skipped { place: "The end".to_owned(), why: why.to_owned() });
        self.skipped.truncate(SKIPPED_MAX + 1);
    }

    /// Notes what was left out.
    pub fn skip(&mut self, place: impl AsRef<str>, why: impl AsRef<str>) {
        skip(&mut self.skipped, place.as_ref(), why.as_ref());
    }
}

/// Notes what was left out; beyond a hundred things only that there are more.
pub fn skip(skipped: &mut Vec<Skipped>, place: &str, why: &str) {
    let told = |text: &str, most: usize| clean::line(shorten(text, most));
    match skipped.len() {
        0..SKIPPED_MAX => {
            skipped.push(Skipped { place: told(place, TOLD_MAX.0), why: told(why, TOLD_MAX.1) });
        }
        SKIPPED_MAX => skipped.push(Skipped {
            place: "And more".to_owned(),
            why: "There are more like these; only the first hundred are told.".to_owned(),
        }),
        _ => {}
    }
}
