//! From a typed form to an item, or to what is wrong with it. It must not ask the database.

use super::{Draft, row_of};
use crate::content::{Item, Kind, Problems, Value, text};

impl Draft {
    /// The item that the form describes. Where there are problems, the item lacks what they are
    /// about.
    pub(in crate::admin) fn item(&self) -> (Item, Problems) {
        let mut item = Item::new(self.content_type, self.id);
        let mut problems = Problems::default();
        self.slug.trim().clone_into(&mut item.slug);
        for field in self.content_type.fields {
            if let Kind::Many { .. } = field.kind {
                let mut rows = Vec::new();
                for (at, typed) in self.rows(field.name).iter().enumerate() {
                    match row_of(field, typed) {
                        Ok(row) => rows.push(row),
                        Err(wrong) => {
                            for (column, code, message) in wrong {
                                problems.add(format!("{}.{at}.{column}", field.name), code, message);
                            }
                        }
                    }
                }
                item.set(field.name, Value::Many(rows));
            } else {
                match text::parse(&field.kind, self.text(field.name)) {
                    Ok(value) => item.set(field.name, value),
                    Err((message, code)) => problems.add(field.name, code, message),
                }
            }
        }
        (item, problems)
    }
}
