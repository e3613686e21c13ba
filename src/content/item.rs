//! An item and its values. It must not know where they are kept or how they are shown.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::parsed::{Html, Malformed, Text};
use super::{ContentType, Kind};

/// An item's id: a UUIDv7, written in lower case with hyphens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(Uuid);

impl Id {
    /// A new id that sorts after those made before `now`.
    #[must_use]
    pub fn new(now: DateTime<Utc>) -> Self {
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        let time = uuid::Timestamp::from_unix_time(seconds, now.timestamp_subsec_nanos(), 0, 0);
        Self(Uuid::new_v7(time))
    }
}

impl Id {
    /// The id of nothing.
    #[must_use]
    pub const fn nil() -> Self {
        Self(Uuid::nil())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        // Only the one spelling that we write: an id is also a cache key and a path.
        let id = Uuid::try_parse(text).map(Self).ok();
        id.filter(|id| id.to_string() == text).ok_or(Malformed("This is not an id."))
    }
}

/// One value. Which variant a field holds follows from its [`Kind`]; `None` is 'not given'.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not given.
    None,
    /// Text, and everything whose canonical spelling is text (codes, addresses, identifiers).
    Text(Text),
    /// Sanitised rich text.
    Html(Html),
    /// A number or a year.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Date(NaiveDate),
    /// A wall-clock time.
    Time(NaiveDateTime),
    /// Another item.
    One(Id),
    /// Ordered rows.
    Many(Vec<Row>),
}

impl Value {
    /// Whether nothing was given.
    #[must_use]
    pub fn is_none(&self) -> bool {
        match self {
            Self::None => true,
            Self::Many(rows) => rows.is_empty(),
            _ => false,
        }
    }

    /// What a new item holds in a field of this kind.
    #[must_use]
    pub fn empty(kind: &Kind) -> Self {
        match kind {
            Kind::Flag => Self::Flag(false),
            Kind::Many { .. } => Self::Many(Vec::new()),
            _ => Self::None,
        }
    }
}

/// One row of a [`Kind::Many`] field.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The item that the row is about.
    pub target: Option<Id>,
    /// The row's columns, in the order of their declaration.
    pub values: Vec<Value>,
}

/// One item of content, complete or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is.
    pub content_type: &'static ContentType,
    /// Which one.
    pub id: Id,
    /// Its last path segment in public; unique within the type.
    pub slug: String,
    /// The fields' values, in the order of their declaration.
    pub values: Vec<Value>,
}

impl Item {
    /// An item in which nothing is filled in yet.
    #[must_use]
    pub fn new(content_type: &'static ContentType, id: Id) -> Self {
        let values = content_type.fields.iter().map(|field| Value::empty(&field.kind)).collect();
        Self { content_type, id, slug: String::new(), values }
    }

    /// The value of a field. A name that the type does not declare is a slip in our own code,
    /// caught by the registry's tests; it reads as 'not given'.
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        let found = self.content_type.position(name).and_then(|at| self.values.get(at));
        debug_assert!(found.is_some(), "{} has no field {name}", self.content_type.name);
        found.unwrap_or(&Value::None)
    }

    /// Sets a field's value.
    pub fn set(&mut self, name: &str, value: Value) {
        let slot = self.content_type.position(name).and_then(|at| self.values.get_mut(at));
        debug_assert!(slot.is_some(), "{} has no field {name}", self.content_type.name);
        if let Some(slot) = slot {
            *slot = value;
        }
    }

    /// A field's text; empty when not given.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Value::Text(text) => text.as_str(),
            Value::Html(html) => html.as_str(),
            _ => "",
        }
    }

    /// A field's number.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether a flag is set.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Value::Flag(true))
    }

    /// The item that a field names.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<Id> {
        match self.get(name) {
            Value::One(id) => Some(*id),
            _ => None,
        }
    }

    /// A field's rows.
    #[must_use]
    pub fn rows(&self, name: &str) -> &[Row] {
        match self.get(name) {
            Value::Many(rows) => rows,
            _ => &[],
        }
    }

    /// A column's value in one of a field's rows.
    #[must_use]
    pub fn cell<'row>(&self, field: &str, row: &'row Row, column: &str) -> &'row Value {
        let at = self
            .content_type
            .field(field)
            .and_then(|field| field.columns().iter().position(|one| one.name == column));
        debug_assert!(at.is_some(), "{}.{field} has no column {column}", self.content_type.name);
        at.and_then(|at| row.values.get(at)).unwrap_or(&Value::None)
    }

    /// What the item is called.
    #[must_use]
    pub fn title(&self) -> String {
        let title = (self.content_type.title)(self);
        if title.trim().is_empty() {
            format!("Untitled {}", self.content_type.label.to_lowercase())
        } else {
            title
        }
    }

    /// The items that this one links to, with the field that links, in order and with repeats.
    pub fn links(&self) -> impl Iterator<Item = (&'static str, Id)> + '_ {
        self.content_type.fields.iter().zip(&self.values).flat_map(|(field, value)| {
            let ids: Vec<Id> = match value {
                Value::One(id) => vec![*id],
                Value::Many(rows) => rows
                    .iter()
                    .flat_map(|row| {
                        row.target.into_iter().chain(row.values.iter().filter_map(|value| match value {
                            Value::One(id) => Some(*id),
                            _ => None,
                        }))
                    })
                    .collect(),
                Value::Html(html) => html.own().collect(),
                _ => Vec::new(),
            };
            ids.into_iter().map(move |id| (field.name, id))
        })
    }
}
