//! What an import's form says: the table that it carries, the cells that were mended in it, and what
//! was decided. It must not trust the table: it has been in somebody's browser.

use std::collections::{HashMap, HashSet};

use axum::RequestExt as _;
use axum::extract::{Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::Response;

use crate::admin::form::posted::{Posted, version};
use crate::admin::{State, failure};
use crate::content::validate;
use crate::editing::import::{Choices, Chosen};
use crate::import::{Hints, Sheet, label};

/// The most inputs that a form with a file has; a start page has three.
const PARTS_MAX: usize = 20;

/// A form, as far as it is about the import.
pub(super) struct Asked {
    /// The table, with what was mended in it.
    pub(super) sheet: Sheet,
    /// What was decided.
    pub(super) choices: Choices,
}

/// The inputs of a form, and its file: a start page sends files, a preview does not.
pub(super) async fn read_form(
    state: &State,
    request: Request,
) -> Result<(Posted, Option<Vec<u8>>), Box<Response>> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        return Ok((request.extract_with_state(state).await.map_err(Box::new)?, None));
    }
    let unreadable = |status: StatusCode| Box::new(failure::unreadable(status));
    let mut parts: Multipart =
        request.extract_with_state(state).await.map_err(|_| unreadable(StatusCode::BAD_REQUEST))?;
    let (mut pairs, mut file) = (Vec::new(), None);
    loop {
        let part = parts.next_field().await.map_err(|error| unreadable(error.status()))?;
        let Some(part) = part else { break };
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(|error| unreadable(error.status()))?;
        if name == "file" {
            file = Some(bytes.to_vec());
        } else if pairs.len() < PARTS_MAX {
            pairs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        } else {
            return Err(Box::new(failure::too_many_inputs(PARTS_MAX)));
        }
    }
    Ok((Posted::of(pairs), file))
}

impl Asked {
    /// A table about which nothing was decided.
    pub(super) fn of(sheet: Sheet) -> Self {
        Self { sheet, choices: Choices::default() }
    }

    /// What a preview's form says; `None` where it is none.
    pub(super) fn read(posted: &Posted, hints: Hints<'_>) -> Option<Self> {
        let mut sheet: Sheet = serde_json::from_str(posted.get("sheet")?).ok()?;
        sheet.tidy();
        if !sheet.is_sound() || sheet.rows.len() > validate::ROWS_MAX {
            return None;
        }
        let mut choices = Choices::default();
        let mut taken = HashSet::new();
        let mut columns: Vec<(usize, &str)> = Vec::new();
        let keys: HashMap<&str, &str> = posted
            .pairs()
            .iter()
            .filter_map(|(name, value)| Some((name.strip_suffix(".key")?, value.as_str())))
            .collect();
        for (name, value) in posted.pairs() {
            let mut parts = name.split('.');
            let (what, at) = (parts.next(), parts.next());
            let number = at.and_then(|at| at.parse::<usize>().ok());
            match (what, number, parts.next()) {
                (Some("cell"), Some(row), Some(column)) => mend_cell(&mut sheet, row, column, value),
                (Some("take"), Some(row), None) => {
                    taken.insert(row);
                }
                (Some("seen"), Some(row), None) => {
                    choices.seen.extend(version(value).map(|version| (row, version)));
                }
                (Some("twin"), Some(row), None) if value == "new" => {
                    choices.made_new.insert(row);
                }
                (Some("column"), Some(at), None) => columns.push((at, value)),
                (Some(kind @ ("person" | "type")), Some(at), Some("is")) => {
                    let key = keys.get(format!("{kind}.{at}").as_str()).copied().unwrap_or_default();
                    if let Some(chosen) = chosen(value) {
                        let list = if kind == "person" { &mut choices.people } else { &mut choices.types };
                        list.insert(key.to_owned(), chosen);
                    }
                }
                _ => {}
            }
        }
        // What was mended too.
        sheet.tidy();
        choices.left_out = (0..sheet.rows.len()).filter(|row| !taken.contains(row)).collect();
        set_columns(&mut sheet, &columns);
        if let Some(headed) = posted.get("headed") {
            let before = sheet.headed;
            sheet.set_headed(headed == "true", hints);
            if sheet.headed != before {
                // All rows have other places now.
                choices = Choices { people: choices.people, types: choices.types, ..Choices::default() };
            }
        }
        Some(Self { sheet, choices })
    }
}

/// Writes what was typed into a cell; one that is not there takes nothing.
fn mend_cell(sheet: &mut Sheet, row: usize, column: &str, value: &str) {
    let cells = sheet.rows.get_mut(row).map(|row| &mut row.cells);
    let cell = cells.zip(column.parse::<usize>().ok()).and_then(|(cells, at)| cells.get_mut(at));
    if let Some(cell) = cell {
        value.trim().clone_into(cell);
    }
}

/// What a menu of meanings says.
fn chosen(value: &str) -> Option<Chosen> {
    match value {
        "" => None,
        "new" => Some(Chosen::New),
        "none" => Some(Chosen::Nothing),
        id => id.parse().ok().map(Chosen::Item),
    }
}

/// Lets columns mean what was chosen; of two with one meaning the one that was changed has it.
fn set_columns(sheet: &mut Sheet, columns: &[(usize, &str)]) {
    if !sheet.format.is_table() {
        return;
    }
    let changed: Vec<(usize, String)> = columns
        .iter()
        .filter(|(at, meaning)| sheet.columns.get(*at).is_some_and(|column| column.meaning != *meaning))
        .filter(|(_, meaning)| meaning.is_empty() || !label(meaning).is_empty())
        .map(|(at, meaning)| (*at, (*meaning).to_owned()))
        .collect();
    for (at, meaning) in &changed {
        for (other, column) in sheet.columns.iter_mut().enumerate() {
            if other != *at && column.meaning == *meaning {
                column.meaning.clear();
            }
        }
        if let Some(column) = sheet.columns.get_mut(*at) {
            column.meaning.clone_from(meaning);
        }
    }
}
