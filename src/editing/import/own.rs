//! Our own CSV: a row with the id or slug of an output changes that output, any other makes a new
//! one. A cell that says what is there already changes nothing, whatever a table cannot express.

use std::collections::{HashMap, HashSet};

use super::{Choices, Desk, Fate, Names, SAVED_SINCE, Understood, join, names};
use crate::content::types::OUTPUT;
use crate::content::{Id, Item, Value, table, validate};
use crate::error::Result;
use crate::import::Sheet;
use crate::store::{State, Stored};

/// The outputs that the rows come to.
pub(super) async fn rows(
    desk: &Desk,
    sheet: &Sheet,
    project: Option<Id>,
    choices: &Choices,
) -> Result<Vec<Understood>> {
    let names = names(desk).await?;
    let there = There::load(desk, sheet).await?;
    let mut taken = HashSet::new();
    let mut dois: HashMap<String, usize> = HashMap::new();
    let mut rows = Vec::with_capacity(sheet.rows.len());
    for at in 0..sheet.rows.len() {
        let item = Item::new(&OUTPUT, Id::new(desk.clock.now()));
        let mut row = read(sheet, at, item, &there, &names);
        if let Some(project) = project {
            join(&mut row.item, project);
        }
        if !taken.insert(row.item.id) {
            row.wrong(None, "An earlier row is the same output.");
        }
        let doi = row.item.text("doi");
        if row.problems.is_empty()
            && !doi.is_empty()
            && let Some(first) = dois.insert(doi.to_owned(), row.number)
        {
            let message = format!("Row {first} has the DOI {doi} already.");
            row.wrong(sheet.column("doi"), message);
        }
        if choices.left_out.contains(&at) {
            row.fate = Fate::LeftOut;
        } else if let Some(before) = &row.before {
            let same = before.item == row.item && row.problems.is_empty();
            row.fate = if same { Fate::Same } else { Fate::Change };
            let version = before.meta.version;
            // What they would overwrite is not what they have seen.
            if !same && choices.seen.get(&at).is_some_and(|seen| *seen != version) {
                row.wrong(None, SAVED_SINCE);
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The outputs that a sheet names.
struct There {
    by_id: HashMap<Id, Stored>,
    by_slug: HashMap<String, Id>,
}

impl There {
    async fn load(desk: &Desk, sheet: &Sheet) -> Result<Self> {
        let cells = |meaning: &str| -> Vec<String> {
            let Some(column) = sheet.column(meaning) else { return Vec::new() };
            let cells = sheet.rows.iter().filter_map(|row| row.cells.get(column));
            cells.map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty()).collect()
        };
        let mut ids: Vec<Id> = cells("id").iter().filter_map(|id| id.parse().ok()).collect();
        let slugs = cells("slug");
        if !slugs.is_empty() {
            let found = desk.lists().ids(&OUTPUT, &slugs).await?;
            ids.extend(found.iter().filter_map(|id| id.parse::<Id>().ok()));
        }
        ids.sort_unstable();
        ids.dedup();
        let found = desk.store.items(&OUTPUT, &ids).await?;
        let by_slug = found.iter().map(|stored| (stored.item.slug.clone(), stored.item.id)).collect();
        Ok(Self { by_id: found.into_iter().map(|stored| (stored.item.id, stored)).collect(), by_slug })
    }
}

fn read(sheet: &Sheet, at: usize, new: Item, there: &There, names: &Names) -> Understood {
    let mut row = Understood {
        at,
        number: 0,
        item: new,
        before: None,
        fate: Fate::New,
        twin: None,
        kind: None,
        authors: Vec::new(),
        problems: Vec::new(),
    };
    let Some(line) = sheet.rows.get(at) else { return row };
    row.number = line.number;
    let cell = |name: &str| {
        sheet.column(name).and_then(|at| line.cells.get(at)).map(|cell| cell.trim()).unwrap_or_default()
    };
    let stored = match cell("id") {
        "" => there.by_slug.get(cell("slug")).and_then(|id| there.by_id.get(id)),
        id => match id.parse::<Id>().ok().and_then(|id| there.by_id.get(&id)) {
            Some(stored) => Some(stored),
            None => {
                let message = "No output has this id. Leave the cell empty to make a new one.";
                row.wrong(sheet.column("id"), message);
                return row;
            }
        },
    };
    if let Some(stored) = stored {
        row.item = stored.item.clone();
        row.before = Some(stored.clone());
        if stored.state() == State::Trashed {
            row.wrong(None, "This output lies in the trash. Take it out in the admin first.");
            return row;
        }
    }
    fill(&mut row, sheet, &line.cells, names);
    match stored {
        Some(stored) => keep_links(&stored.item, &mut row.item),
        None if row.item.text("title").is_empty() => {
            row.wrong(sheet.column("title"), "A new output needs a title.");
        }
        None => {}
    }
    for problem in validate::draft(&row.item).0 {
        row.wrong(super::at_column(sheet, &problem), problem.message);
    }
    row
}

/// Puts the cells into the output.
fn fill(row: &mut Understood, sheet: &Sheet, cells: &[String], names: &Names) {
    let written = row.before.as_ref().map(|stored| table::write(&stored.item, names));
    let header = table::header(&OUTPUT);
    for (at, (column, cell)) in sheet.columns.iter().zip(cells).enumerate() {
        let name = column.meaning.as_str();
        let same = written.as_ref().is_some_and(|written| {
            let at = header.iter().position(|one| *one == name);
            at.and_then(|at| written.get(at)).is_some_and(|was| alike(was, cell))
        });
        let kept = name == "id" || (name == "slug" && cell.trim().is_empty());
        if same || kept {
            continue;
        }
        if let Err(message) = table::read(&mut row.item, name, cell, names) {
            let hint = match names.take_ambiguous().last() {
                Some(name) => format!("Several are called ‘{name}’; write the id of the one you mean."),
                None => message,
            };
            row.wrong(Some(at), hint);
        }
        names.take_ambiguous();
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
