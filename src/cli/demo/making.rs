//! An item of the demonstration in the making. It must take values only as an editor would type
//! them, so that what cannot be typed cannot be loaded.

use crate::content::{Id, Item, Row, Value, text};
use crate::error::{Error, Result};

/// An item in the making, values given as an editor would type them.
pub(super) struct Making(pub(super) Item);

impl Making {
    fn set(&mut self, name: &str, typed: &str) -> Result<()> {
        let field = self.0.content_type.field(name).ok_or(Error::NotFound)?;
        let value = text::parse(&field.kind, typed)
            .map_err(|(message, _)| Error::internal(format!("{} ‘{typed}’: {message}", field.name)))?;
        self.0.set(name, value);
        Ok(())
    }

    pub(super) fn with(mut self, name: &str, typed: impl AsRef<str>) -> Result<Self> {
        self.set(name, typed.as_ref())?;
        Ok(self)
    }

    pub(super) fn maybe(mut self, name: &str, typed: Option<&String>) -> Result<Self> {
        if let Some(typed) = typed {
            self.set(name, typed)?;
        }
        Ok(self)
    }

    pub(super) fn one(mut self, name: &str, id: Option<Id>) -> Self {
        self.0.set(name, id.map_or(Value::None, Value::One));
        self
    }

    pub(super) fn flag(mut self, name: &str, flag: bool) -> Self {
        self.0.set(name, Value::Flag(flag));
        self
    }

    pub(super) fn rows(mut self, name: &str, rows: Vec<Row>) -> Self {
        self.0.set(name, Value::Many(rows));
        self
    }
}
