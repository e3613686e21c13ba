//! An item's form. What stands on it is kept as typed, text by text, so that nothing is lost
//! whatever is wrong with it; see [`Draft`]. It must not save: `items` does, through the verbs.

pub(super) mod action;
mod aside;
mod controls;
pub(super) mod decode;
pub(super) mod links;
pub(super) mod lookup;
pub(super) mod merge;
pub(super) mod outputs;
pub(super) mod outputs_table;
pub(super) mod posted;
mod reach;
pub(super) mod rich;
pub(super) mod standing;
pub(super) mod uses;
pub(super) mod view;

use std::collections::BTreeMap;

use crate::content::{ContentType, Field, Id, Item, Kind, Row, Value, text};

pub(super) use controls::{Theirs, field as control};
use outputs::Outputs;
use rich::Rich;

/// A form as it was typed.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub content_type: &'static ContentType,
    pub id: Id,
    /// The version that the form was made from; none for a new item.
    pub version: Option<i64>,
    pub slug: String,
    /// What stands in each plain field, by its name.
    pub texts: BTreeMap<&'static str, String>,
    /// What stands in each field of rich text.
    pub rich: BTreeMap<&'static str, Rich>,
    /// The rows of each field of rows.
    pub rows: BTreeMap<&'static str, Vec<DraftRow>>,
    /// What was typed into the search box of a linking field.
    pub finds: BTreeMap<&'static str, String>,
    /// The table of a project; none where its rows are saved apart from the form.
    pub outputs: Option<Outputs>,
}

/// A row as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DraftRow {
    pub target: Option<Id>,
    /// One text per column.
    pub cells: Vec<String>,
}

impl DraftRow {
    /// A row of this field about this item, its columns empty.
    pub(super) fn new(field: &Field, target: Option<Id>) -> Self {
        Self { target, cells: vec![String::new(); field.columns().len()] }
    }
}

/// Whether a link of this kind is chosen from a short list rather than searched for.
pub(super) fn is_short_list(kind: &Kind) -> bool {
    matches!(kind, Kind::One { to: "theme" | "term", .. })
}

impl Draft {
    /// The form of an item as it stands.
    pub(super) fn of(item: &Item, version: Option<i64>) -> Self {
        let mut draft = Self {
            content_type: item.content_type,
            id: item.id,
            version,
            slug: item.slug.clone(),
            texts: BTreeMap::new(),
            rich: BTreeMap::new(),
            rows: BTreeMap::new(),
            finds: BTreeMap::new(),
            outputs: None,
        };
        for (field, value) in item.content_type.fields.iter().zip(&item.values) {
            match value {
                Value::Many(rows) => {
                    let rows = rows.iter().map(|row| DraftRow {
                        target: row.target,
                        cells: row.values.iter().map(cell).collect(),
                    });
                    draft.rows.insert(field.name, rows.collect());
                }
                Value::Html(html) => {
                    draft.rich.insert(field.name, Rich::stored(html));
                }
                Value::None if matches!(field.kind, Kind::Html) => {
                    draft.rich.insert(field.name, Rich::default());
                }
                other => {
                    draft.texts.insert(field.name, cell(other));
                }
            }
        }
        draft
    }

    /// What stands in a field that has no rows.
    pub(super) fn text(&self, name: &str) -> &str {
        let plain = self.texts.get(name).map(String::as_str);
        plain.or_else(|| self.rich.get(name).map(Rich::typed)).unwrap_or_default()
    }

    /// The rows of a field.
    pub(super) fn rows(&self, name: &str) -> &[DraftRow] {
        self.rows.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The ids of all items that the form names.
    pub(super) fn named(&self) -> Vec<String> {
        let mut ids: Vec<String> = self
            .content_type
            .fields
            .iter()
            .filter(|field| matches!(field.kind, Kind::One { .. }))
            .map(|field| self.text(field.name).to_owned())
            .chain(self.rich.values().flat_map(Rich::named))
            .chain(self.rows.values().flatten().filter_map(|row| row.target).map(|id| id.to_string()))
            .chain(self.outputs.iter().flat_map(|outputs| &outputs.rows).map(|row| row.id.to_string()))
            .filter(|id| !id.is_empty())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The fields in which two forms of one item differ, with what editors call them.
    pub(super) fn differing(&self, other: &Self) -> Vec<(&'static str, &'static str)> {
        let mut names = Vec::new();
        for field in self.content_type.fields {
            let same = match field.kind {
                Kind::Many { .. } => self.rows(field.name) == other.rows(field.name),
                _ => self.text(field.name) == other.text(field.name),
            };
            if !same {
                names.push((field.name, field.label));
            }
        }
        if self.slug != other.slug {
            names.push(("slug", "Address"));
        }
        let cells = |draft: &Self| -> Vec<(Id, [String; 6])> {
            let rows = draft.outputs.iter().flat_map(|outputs| &outputs.rows);
            rows.map(|row| (row.id, row.cells.clone())).collect()
        };
        // Not the versions: what somebody else did to a row is not unsaved here.
        if cells(self) != cells(other) {
            names.push(("outputs", "Outputs"));
        }
        names
    }
}

fn cell(value: &Value) -> String {
    match value {
        // An unticked box sends nothing.
        Value::Flag(false) => String::new(),
        other => text::print(other),
    }
}

/// A row of values from its typed cells, or what is wrong with them by column.
pub(super) fn row_of(
    field: &Field,
    row: &DraftRow,
) -> Result<Row, Vec<(&'static str, &'static str, String)>> {
    let mut values = Vec::new();
    let mut wrong = Vec::new();
    for (column, typed) in field.columns().iter().zip(&row.cells) {
        match text::parse(&column.kind, typed) {
            Ok(value) => values.push(value),
            Err((message, code)) => wrong.push((column.name, code, message)),
        }
    }
    if wrong.is_empty() { Ok(Row { target: row.target, values }) } else { Err(wrong) }
}
