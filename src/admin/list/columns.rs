//! Which columns a list shows: those that its address names, else those that the declaration puts there.
//! It must not know what a list is filtered or sorted by.

use std::collections::HashMap;

use maud::{Markup, html};
use serde_json::Value as Json;

use super::Asked;
use crate::content::types::MEDIA;
use crate::content::{ContentType, Field, Kind};
use crate::published::Document;

/// The parameter that names them, with commas between.
pub(super) const COLUMNS: &str = "columns";

/// How many names of a field of rows stand in one cell.
const NAMES: usize = 3;
/// The most characters of a text in one cell.
const LETTERS: usize = 160;

/// The fields that a list of the type can show beside the title; none where it is no table.
fn offered(content_type: &'static ContentType) -> impl Iterator<Item = &'static Field> {
    content_type.fields.iter().filter(|field| {
        content_type.name != MEDIA.name
            && field.name != content_type.title_name
            && !field.detail
            && !matches!(field.kind, Kind::Html | Kind::File | Kind::Position)
    })
}

/// What the address names, where there is such a thing: a form of boxes names each by itself.
pub(super) fn joined(mut asked: Vec<(String, String)>) -> Asked {
    let named = |(name, _): &(String, String)| name == COLUMNS;
    let names: Vec<String> =
        asked.iter().filter(|pair| named(pair)).map(|(_, value)| value.clone()).collect();
    asked.retain(|pair| !named(pair));
    if !names.is_empty() {
        asked.push((COLUMNS.to_owned(), names.join(",")));
    }
    Asked(asked)
}

/// The columns that were chosen, in the order of the declaration; none where nothing was, and an empty
/// list where the title was alone.
fn chosen(content_type: &'static ContentType, asked: &Asked) -> Option<Vec<&'static Field>> {
    let names: Vec<&str> = asked.get(COLUMNS).split(',').collect();
    let fields: Vec<&Field> = offered(content_type).filter(|field| names.contains(&field.name)).collect();
    let alone = names.contains(&content_type.title_name) && offered(content_type).next().is_some();
    (alone || !fields.is_empty()).then_some(fields)
}

/// The columns that are shown when nobody says otherwise, but for the title.
fn usual(content_type: &'static ContentType) -> Vec<&'static Field> {
    offered(content_type).filter(|field| field.list).collect()
}

/// The columns of a list; the title among them where the declaration lists it.
pub(super) fn shown(content_type: &'static ContentType, asked: &Asked) -> Vec<&'static Field> {
    let chosen = chosen(content_type, asked).unwrap_or_else(|| usual(content_type));
    let title = |field: &Field| field.name == content_type.title_name && field.list;
    let is_chosen = |field: &Field| chosen.iter().any(|one| one.name == field.name);
    content_type.fields.iter().filter(|field| title(field) || is_chosen(field)).collect()
}

/// The parameter in one spelling; empty where the columns are the usual ones.
pub(super) fn spelled(content_type: &'static ContentType, asked: &Asked) -> String {
    let names = |fields: Vec<&Field>| fields.iter().map(|field| field.name).collect::<Vec<_>>().join(",");
    let usual = names(usual(content_type));
    match chosen(content_type, asked) {
        Some(fields) if fields.is_empty() => content_type.title_name.to_owned(),
        Some(fields) => Some(names(fields)).filter(|names| *names != usual).unwrap_or_default(),
        None => String::new(),
    }
}

/// The whole list with the columns that it has.
pub(super) fn alone(asked: &Asked) -> String {
    Asked(vec![(COLUMNS.to_owned(), asked.get(COLUMNS).to_owned())]).with("", "")
}

/// The form in which they are chosen. The list stays what it is otherwise, but begins again.
pub(super) fn form(content_type: &'static ContentType, asked: &Asked) -> Markup {
    let shown = shown(content_type, asked);
    let usual = spelled(content_type, asked).is_empty();
    html! {
        details.menu #columns {
            summary.button { "Columns" }
            form.menu-box method="get" {
                @for (name, value) in &asked.0 {
                    @if !matches!(name.as_str(), COLUMNS | "page" | "done") && !value.is_empty() {
                        input type="hidden" name=(name) value=(value);
                    }
                }
                // So that no box ticked is an answer too.
                input type="hidden" name=(COLUMNS) value=(content_type.title_name);
                fieldset {
                    legend { "Columns beside the name" }
                    div.choices {
                        @for field in offered(content_type) {
                            label.choice {
                                input type="checkbox" name=(COLUMNS) value=(field.name) checked[shown.iter().any(|one| one.name == field.name)];
                                " " (field.label)
                            }
                        }
                    }
                }
                div.actions {
                    button.button.button-main type="submit" { "Show these" }
                    @if !usual { a.text-button href=(asked.with(COLUMNS, "")) { "The usual ones" } }
                }
            }
        }
    }
}

/// The ids of what a field names in a cell.
pub(super) fn linked(document: &Document, field: &Field) -> Vec<String> {
    let value = document.json.get(field.name);
    match field.kind {
        Kind::One { .. } => reference(value).map(str::to_owned).into_iter().collect(),
        Kind::Many { to, .. } => rows(value)
            .iter()
            .take(NAMES)
            .filter(|row| row.get("name").is_none())
            .filter_map(|row| reference(Some(row)).or_else(|| reference(row.get(to))))
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

fn rows(value: Option<&Json>) -> &[Json] {
    value.and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn reference(value: Option<&Json>) -> Option<&str> {
    value?.get("$ref")?.as_str()
}

/// The names in a field of rows: as credited, else what the items are called.
pub(super) fn names(field: &Field, value: Option<&Json>, titles: &HashMap<String, Document>) -> String {
    let rows = rows(value);
    let name = |row: &Json| -> Option<String> {
        if let Some(name) = row.get("name") {
            return name.as_str().map(str::to_owned);
        }
        let id = reference(Some(row)).or_else(|| reference(row.get(field.target()?)))?;
        titles.get(id).map(|found| found.title.clone())
    };
    let mut names: Vec<String> = rows.iter().take(NAMES).filter_map(name).collect();
    if rows.len() > NAMES {
        names.push(format!("and {} more", rows.len() - NAMES));
    }
    names.join("; ")
}

/// As much of a text as fits into a cell.
pub(super) fn short(text: String) -> String {
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => text.get(..end).unwrap_or_default().trim_end().to_owned() + "…",
        None => text,
    }
}
