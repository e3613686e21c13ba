//! Reading the rows: each becomes an output as it should be, or problems that say where. A cell
//! that says what is there already changes nothing, whatever a table cannot express.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::super::names::Names;
use super::{OUTPUT, Row, State, table};
use crate::content::{Id, Item, Problems, Row as Link, Value, validate};
use crate::error::{Error, Result};
use crate::store::Stored;

/// Notes a problem at a row and column.
pub(super) fn wrong(problems: &mut Problems, row: impl std::fmt::Display, column: &str, message: &str) {
    let place = if column.is_empty() { String::new() } else { format!(", column {column}") };
    problems.add(format!("{row}.{column}"), "row", format!("Row {row}{place}: {message}"));
}

/// Puts an output into a project's table, unless it stands there.
pub(super) fn join(item: &mut Item, project: Id) {
    let mut rows = item.rows("projects").to_vec();
    if rows.iter().all(|row| row.target != Some(project)) {
        rows.push(Link { target: Some(project), values: vec![Value::None] });
        item.set("projects", Value::Many(rows));
    }
}

/// Reads a file's rows.
pub(super) struct Reader<'there> {
    columns: Vec<String>,
    records: Vec<csv::StringRecord>,
    names: &'there Names,
    there: HashMap<Id, &'there Stored>,
    by_slug: HashMap<&'there str, Id>,
    now: DateTime<Utc>,
    problems: Problems,
}

impl<'there> Reader<'there> {
    /// Reads the file as a table and its header as columns.
    pub(super) fn new(
        csv: &[u8],
        names: &'there Names,
        there: &'there [Stored],
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let csv = csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv);
        if std::str::from_utf8(csv).is_err() {
            return Err(Error::Refused(
                "The file is not UTF-8. In a spreadsheet, save it as ‘CSV UTF-8’; nothing was imported."
                    .to_owned(),
            ));
        }
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(csv);
        let mut records = Vec::new();
        for record in reader.records() {
            records
                .push(record.map_err(|error| Error::Refused(format!("The file is no CSV table: {error}.")))?);
        }
        if records.is_empty() {
            return Err(Error::Refused("The file is empty. Its first row must name the columns.".to_owned()));
        }
        let columns = columns(&records.remove(0))?;
        Ok(Self {
            columns,
            records,
            names,
            by_slug: there.iter().map(|stored| (stored.item.slug.as_str(), stored.item.id)).collect(),
            there: there.iter().map(|stored| (stored.item.id, stored)).collect(),
            now,
            problems: Problems::default(),
        })
    }

    /// What was wrong, once everything was read.
    pub(super) fn into_problems(self) -> Problems {
        self.problems
    }

    /// The rows, those without problems.
    pub(super) fn read(&mut self) -> Vec<Row<'there>> {
        let mut rows = Vec::with_capacity(self.records.len());
        let mut taken = HashSet::new();
        for (at, record) in std::mem::take(&mut self.records).iter().enumerate() {
            let number = at + 2;
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if record.len() != self.columns.len() {
                let message = format!(
                    "It has {} cells, but the header names {} columns.",
                    record.len(),
                    self.columns.len()
                );
                wrong(&mut self.problems, number, "", &message);
                continue;
            }
            let before = self.problems.0.len();
            let Some(row) = self.row(number, record) else { continue };
            if !taken.insert(row.item.id) {
                wrong(&mut self.problems, number, "", "An earlier row is the same output.");
            }
            if self.problems.0.len() == before {
                rows.push(row);
            }
        }
        rows
    }

    fn row(&mut self, number: usize, record: &csv::StringRecord) -> Option<Row<'there>> {
        let cell = |name: &str| {
            self.columns
                .iter()
                .position(|column| column == name)
                .and_then(|at| record.get(at))
                .unwrap_or("")
                .trim()
        };
        let stored = match cell("id") {
            "" => self.by_slug.get(cell("slug")).and_then(|id| self.there.get(id)).copied(),
            id => match id.parse::<Id>().ok().and_then(|id| self.there.get(&id)).copied() {
                Some(stored) => Some(stored),
                None => {
                    let message = "No output has this id. Leave the cell empty to make a new one.";
                    wrong(&mut self.problems, number, "id", message);
                    return None;
                }
            },
        };
        if stored.is_some_and(|stored| stored.state() == State::Trashed) {
            wrong(
                &mut self.problems,
                number,
                "",
                "This output lies in the trash. Take it out in the admin first.",
            );
            return None;
        }
        let mut item = match stored {
            Some(stored) => stored.item.clone(),
            None => Item::new(&OUTPUT, Id::new(self.now)),
        };
        let written = stored.map(|stored| table::write(&stored.item, self.names));
        let header = table::header(&OUTPUT);
        for (column, cell) in self.columns.iter().zip(record) {
            let same = written.as_ref().is_some_and(|written| {
                let at = header.iter().position(|name| name == column);
                at.and_then(|at| written.get(at)).is_some_and(|was| alike(was, cell))
            });
            let kept = column == "id" || (column == "slug" && cell.trim().is_empty());
            if same || kept {
                continue;
            }
            if let Err(message) = table::read(&mut item, column, cell, self.names) {
                let ambiguous = self.names.take_ambiguous();
                let hint = match ambiguous.last() {
                    Some(name) => format!("Several are called ‘{name}’; write the id of the one you mean."),
                    None => message,
                };
                wrong(&mut self.problems, number, column, &hint);
            }
            self.names.take_ambiguous();
        }
        if let Some(stored) = stored {
            keep_links(&stored.item, &mut item);
        } else if item.text("title").is_empty() {
            wrong(&mut self.problems, number, "title", "A new output needs a title.");
        }
        for problem in validate::draft(&item).0 {
            wrong(&mut self.problems, number, &problem.field, &problem.message);
        }
        Some(Row { number, item, stored })
    }
}

/// Whether a cell says what was written: spreadsheets change the ends of lines, and trim.
fn alike(written: &str, cell: &str) -> bool {
    written == cell || written.replace("\r\n", "\n").trim() == cell.replace("\r\n", "\n").trim()
}

/// What a cell cannot say stays: which person a credited name is, and the place in a table.
fn keep_links(before: &Item, after: &mut Item) {
    let mut authors = after.rows("authors").to_vec();
    for row in authors.iter_mut().filter(|row| row.target.is_none()) {
        let name = after.cell("authors", row, "name");
        let known = before.rows("authors").iter().find(|was| before.cell("authors", was, "name") == name);
        row.target = known.and_then(|was| was.target);
    }
    after.set("authors", Value::Many(authors));
    let mut projects = after.rows("projects").to_vec();
    for row in &mut projects {
        if let Some(was) = before.rows("projects").iter().find(|was| was.target == row.target) {
            row.values.clone_from(&was.values);
        }
    }
    after.set("projects", Value::Many(projects));
}

/// The header's columns, all of them known and none twice.
fn columns(header: &csv::StringRecord) -> Result<Vec<String>> {
    let known = table::header(&OUTPUT);
    let mut columns: Vec<String> = Vec::new();
    for cell in header {
        let name = cell.trim();
        if !known.contains(&name) {
            return Err(Error::Refused(format!(
                "There is no column ‘{name}’. The columns are: {}.",
                known.join(", ")
            )));
        }
        if columns.iter().any(|column| column == name) {
            return Err(Error::Refused(format!("The column ‘{name}’ is there twice.")));
        }
        columns.push(name.to_owned());
    }
    Ok(columns)
}
