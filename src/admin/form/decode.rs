//! From what was posted to a typed form, and from there to an item, or to what is wrong with it. It must not
//! ask the database.

use std::collections::BTreeMap;

use super::posted::Posted;
use super::rich::Rich;
use super::{Draft, row_of};
use crate::admin::State;
use crate::content::{ContentType, Id, Item, Kind, Problems, Value, text};
use crate::editing::User;
use crate::error::Result;

/// How many bytes of rich text are read at once, where it takes no longer than handing them over.
const SHORT: usize = 2_048;

/// The form of an item out of what was posted. Its rich texts are read here, once and for all that is done
/// with the form.
///
/// # Errors
/// [`Error::Unavailable`](crate::error::Error::Unavailable) where too many texts are being read.
pub(in crate::admin) async fn draft(
    state: &State,
    user: &User,
    posted: &Posted,
    content_type: &'static ContentType,
    id: Id,
) -> Result<Draft> {
    let texts = content_type.fields.iter().filter(|field| matches!(field.kind, Kind::Html));
    let texts: Vec<(&'static str, String)> =
        texts.map(|field| (field.name, posted.text(field.name))).collect();
    let length: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let read = || -> BTreeMap<&'static str, Rich> {
        texts.into_iter().map(|(name, text)| (name, Rich::read(text))).collect()
    };
    let rich = match length {
        ..=SHORT => read(),
        _ => state.pool.run(user.account.as_deref().unwrap_or_default(), read).await?,
    };
    Ok(posted.draft(content_type, id, rich))
}

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
                let read = self.rich.get(field.name).map(Rich::value);
                match read.unwrap_or_else(|| text::parse(&field.kind, self.text(field.name))) {
                    Ok(value) => item.set(field.name, value),
                    Err((message, code)) => problems.add(field.name, code, message),
                }
            }
        }
        (item, problems)
    }
}
