//! What differs between two states of one item, field by field. It must not merge.

use super::{Field, Item, Value, text};

/// One field that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The field's name; `slug` for the address.
    pub field: &'static str,
    /// What editors call it.
    pub label: &'static str,
    /// What stood there.
    pub before: Value,
    /// What stands there now.
    pub after: Value,
}

/// The fields in which `after` differs from `before`, in the order of the form. Items of two
/// types have nothing to compare.
#[must_use]
pub fn diff(before: &Item, after: &Item) -> Vec<Change> {
    let mut changes = Vec::new();
    if before.slug != after.slug {
        changes.push(Change {
            field: "slug",
            label: "Address",
            before: Value::Text(before.slug.as_str().into()),
            after: Value::Text(after.slug.as_str().into()),
        });
    }
    let fields = if before.content_type == after.content_type { before.content_type.fields } else { &[] };
    for ((field, old), new) in fields.iter().zip(&before.values).zip(&after.values) {
        if old != new {
            changes.push(Change {
                field: field.name,
                label: field.label,
                before: old.clone(),
                after: new.clone(),
            });
        }
    }
    changes
}

/// Sets in `item` what the changes say.
pub fn apply(item: &mut Item, changes: &[Change]) {
    for change in changes {
        match (change.field, &change.after) {
            ("slug", Value::Text(slug)) => slug.as_str().clone_into(&mut item.slug),
            (name, value) => item.set(name, value.clone()),
        }
    }
}

/// A value as people read it in a comparison; linked items are called by `name`.
#[must_use]
pub fn read(field: &Field, value: &Value, name: &dyn Fn(super::Id) -> String) -> String {
    match value {
        Value::One(id) => name(*id),
        Value::Html(html) => html.told(name),
        Value::Many(rows) => rows
            .iter()
            .map(|row| {
                let mut parts: Vec<String> = row.target.iter().map(|id| name(*id)).collect();
                for (column, value) in field.columns().iter().zip(&row.values) {
                    match value {
                        Value::None | Value::Flag(false) => {}
                        Value::Flag(true) => parts.push(column.label.to_lowercase()),
                        Value::One(id) => parts.push(name(*id)),
                        other => parts.push(text::read(&column.kind, other)),
                    }
                }
                parts.join(", ")
            })
            .collect::<Vec<_>>()
            .join("\n"),
        other => text::read(&field.kind, other),
    }
}
