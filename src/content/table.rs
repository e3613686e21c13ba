//! Items as a table: one CSV row each, a column per field. Rows within an item are written into
//! one cell, `; ` between them; linked items are named. It must not read or write files.

use super::{Field, Id, Item, Kind, Value, text};

/// How linked items are written and found again.
pub trait Names {
    /// What a cell says for this item.
    fn name(&self, id: Id) -> String;
    /// The item of that type which a cell means.
    fn find(&self, to: &str, vocabulary: Option<&str>, text: &str) -> Option<Id>;
}

/// The columns: id, slug, then the fields.
#[must_use]
pub fn header(content_type: &super::ContentType) -> Vec<&'static str> {
    ["id", "slug"].into_iter().chain(content_type.fields.iter().map(|field| field.name)).collect()
}

/// The item's cells, in the order of [`header`].
#[must_use]
pub fn write(item: &Item, names: &dyn Names) -> Vec<String> {
    let mut cells = vec![item.id.to_string(), item.slug.clone()];
    for (field, value) in item.content_type.fields.iter().zip(&item.values) {
        cells.push(defuse(match value {
            Value::One(id) => names.name(*id),
            Value::Many(rows) => {
                rows.iter().map(|row| cell_of(field, row, names)).collect::<Vec<_>>().join("; ")
            }
            other => text::print(other),
        }));
    }
    cells
}

/// Spreadsheets run cells that begin like a formula (OWASP, CSV injection): an apostrophe in
/// front makes them text. [`fuse`] takes it off again.
fn defuse(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

fn fuse(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

/// One row in a cell: `name`, and a mark for a flag (`Tomkins, L*` is the lead).
fn cell_of(field: &Field, row: &super::Row, names: &dyn Names) -> String {
    let mut text = String::new();
    let credited = field.columns().iter().zip(&row.values).find(|(column, _)| column.name == "name");
    match (credited, row.target) {
        (Some((_, Value::Text(name))), _) => text.push_str(name),
        (_, Some(id)) => text.push_str(&names.name(id)),
        _ => {}
    }
    for (column, value) in field.columns().iter().zip(&row.values) {
        match (column.name, value) {
            ("name" | "position", _) | (_, Value::None | Value::Flag(false)) => {}
            (_, Value::Flag(true)) => text.push('*'),
            (_, other) => text.push_str(&format!(" ({})", text::print(other))),
        }
    }
    text
}

/// Puts one cell into an item.
///
/// # Errors
/// A sentence that says what the cell should hold.
pub fn read(item: &mut Item, name: &str, cell: &str, names: &dyn Names) -> Result<(), String> {
    let cell = fuse(cell.trim());
    if name == "slug" {
        cell.clone_into(&mut item.slug);
        return Ok(());
    }
    let Some(field) = item.content_type.field(name) else {
        return Err(format!("There is no column {name}."));
    };
    let value = match field.kind {
        Kind::One { to, vocabulary } if !cell.is_empty() => {
            let found = names.find(to, vocabulary, cell);
            Value::One(found.ok_or_else(|| format!("{}: nothing is called ‘{cell}’.", field.label))?)
        }
        Kind::Many { to, free, columns } => {
            let mut rows = Vec::new();
            for part in cell.split(';').map(str::trim).filter(|part| !part.is_empty()) {
                rows.push(read_row(field, to, free, columns, part, names)?);
            }
            Value::Many(rows)
        }
        _ => text::parse(&field.kind, cell).map_err(|(message, _)| format!("{}: {message}", field.label))?,
    };
    item.set(name, value);
    Ok(())
}

fn read_row(
    field: &Field,
    to: &str,
    free: bool,
    columns: &'static [Field],
    part: &str,
    names: &dyn Names,
) -> Result<super::Row, String> {
    let (part, marked) = match part.strip_suffix('*') {
        Some(rest) => (rest.trim(), true),
        None => (part, false),
    };
    let (name, note) = match part.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")) {
        Some((name, note)) if columns.iter().any(is_note) => (name, Some(note)),
        _ => (part, None),
    };
    let target = names.find(to, None, name);
    if target.is_none() && !free {
        return Err(format!("{}: nothing is called ‘{name}’.", field.label));
    }
    let mut values = Vec::new();
    for column in columns {
        values.push(match (column.name, &column.kind, note) {
            ("name", kind, _) => text::parse(kind, name).map_err(|(message, _)| message)?,
            (_, Kind::Flag, _) => Value::Flag(marked),
            (_, kind, Some(note)) if is_note(column) => {
                text::parse(kind, note).map_err(|(message, _)| message)?
            }
            (_, kind, _) => Value::empty(kind),
        });
    }
    Ok(super::Row { target, values })
}

fn is_note(column: &Field) -> bool {
    column.name != "name" && !matches!(column.kind, Kind::Flag | Kind::Position)
}
