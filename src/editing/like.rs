//! A new item like one that there is: the next meeting of a series, the second report of a study. Not
//! saved yet. It must not copy what one item alone has.

use chrono::NaiveDate;

use super::Desk;
use super::permission::{self, User, Verb};
use crate::content::{ContentType, Id, Item, Kind, Row, Value};
use crate::error::{Error, Result};
use crate::store::Role;

/// The types of which there are many that resemble each other.
const TYPES: [&str; 4] = ["event", "news", "output", "project"];

/// What happened to one item, and is no property of those like it.
const ITS_OWN: [(&str, &str); 1] = [("event", "state")];

/// A new item, and how it came to be.
#[derive(Clone, Debug)]
pub struct Like {
    /// The new item.
    pub item: Item,
    /// What the other is called.
    pub title: String,
    /// What editors call the fields that were not taken over, or not as a whole.
    pub left_out: Vec<&'static str>,
}

/// Whether somebody can begin new items of a type with one that there is.
#[must_use]
pub fn may_begin(user: &User, content_type: &ContentType) -> bool {
    TYPES.contains(&content_type.name) && user.may(Verb::Create, content_type.name)
}

/// A new item with the values of another, but for what must not be twice, days that are over, and what
/// whoever begins may not link.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] where there is no such item, or its type has none alike.
pub async fn like(
    desk: &Desk,
    user: &User,
    content_type: &'static ContentType,
    id: Id,
    today: NaiveDate,
) -> Result<Like> {
    if !TYPES.contains(&content_type.name) {
        return Err(Error::NotFound);
    }
    let other = desk.store.items(content_type, &[id]).await?.pop().ok_or(Error::NotFound)?;
    permission::allow(user, Verb::Read, &other)?;
    let other = other.item;
    if !may_begin(user, content_type) {
        return Err(Error::Denied("Your account cannot make new ones of these. Ask an editor."));
    }
    let mut item = Item::new(content_type, Id::new(desk.clock.now()));
    let mut left_out = Vec::new();
    for (field, value) in content_type.fields.iter().zip(&other.values) {
        let over = matches!(value, Value::Date(day) if *day < today);
        let its_own = ITS_OWN.contains(&(content_type.name, field.name));
        let taken = match (&field.kind, value) {
            _ if field.unique || over || its_own => None,
            (Kind::Many { .. }, Value::Many(rows)) => {
                let kept: Vec<Row> =
                    rows.iter().filter(|row| may_link(user, field.name, row)).map(begun(field)).collect();
                if kept.len() < rows.len() {
                    left_out.push(field.label);
                }
                Some(Value::Many(kept))
            }
            _ => Some(value.clone()),
        };
        match taken {
            Some(taken) => item.set(field.name, taken),
            None if !value.is_none() && !its_own => left_out.push(field.label),
            None => {}
        }
    }
    Ok(Like { title: other.title(), item, left_out })
}

/// A contributor begins things only in projects of theirs.
fn may_link(user: &User, field: &str, row: &Row) -> bool {
    user.role != Role::Contributor
        || field != "projects"
        || row.target.is_some_and(|project| user.assigned.contains(&project))
}

/// The row as a new item has it: its place in another's table is still to be found.
fn begun(field: &crate::content::Field) -> impl Fn(&Row) -> Row {
    let columns = field.columns();
    move |row| Row {
        target: row.target,
        values: columns
            .iter()
            .zip(&row.values)
            .map(|(column, value)| match column.kind {
                Kind::Position => Value::empty(&column.kind),
                _ => value.clone(),
            })
            .collect(),
    }
}
