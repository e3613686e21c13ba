//! The two levels of validation: a draft may be incomplete, a publication may not. What a value
//! must look like is checked earlier, when it is parsed. It must not ask the database; links to
//! things that do not exist and values that must be unique are the store's to refuse.

use super::{Item, Problems, Value};

/// The most rows one field takes.
pub const ROWS_MAX: usize = 2_000;

/// What is wrong with the item as a draft.
#[must_use]
pub fn draft(item: &Item) -> Problems {
    let mut problems = Problems::default();
    for (field, value) in item.content_type.fields.iter().zip(&item.values) {
        if let Value::Many(rows) = value
            && rows.len() > ROWS_MAX
        {
            let message = format!("At most {ROWS_MAX} rows fit here; take out {}.", rows.len() - ROWS_MAX);
            problems.add(field.name, "too_many", message);
        }
    }
    (item.content_type.check)(item, false, &mut problems);
    problems
}

/// What is wrong with the item, or missing, before it can be published.
#[must_use]
pub fn publication(item: &Item) -> Problems {
    let mut problems = Problems::default();
    for (field, value) in item.content_type.fields.iter().zip(&item.values) {
        if field.required && value.is_none() {
            problems.add(field.name, "missing", format!("{} is needed to publish.", field.label));
        }
        if let Value::Many(rows) = value {
            for (at, row) in rows.iter().enumerate() {
                for (column, value) in field.columns().iter().zip(&row.values) {
                    if column.required && value.is_none() {
                        let message = format!(
                            "{}, row {}: {} is needed to publish.",
                            field.label,
                            at + 1,
                            column.label
                        );
                        problems.add(format!("{}.{at}.{}", field.name, column.name), "missing", message);
                    }
                }
            }
        }
    }
    if item.slug.is_empty() {
        problems.add("slug", "missing", "The address is needed to publish.");
    }
    (item.content_type.check)(item, true, &mut problems);
    problems
}
