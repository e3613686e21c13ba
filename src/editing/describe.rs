//! Saying what an image of the library shows, from wherever it is seen. It must not change what the
//! library says already.

use super::permission::User;
use super::{Desk, Edit, save};
use crate::content::types::MEDIA;
use crate::content::{Id, Kind, Value, text};
use crate::error::{Error, Result};
use crate::store::Stored;

/// Says what an image shows of which nobody has said it, or that it only decorates where `words` are
/// empty.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] where it is said already; as [`save()`].
pub async fn describe(desk: &Desk, user: &User, id: Id, words: &str) -> Result<Stored> {
    let stored = desk.store.items(&MEDIA, &[id]).await?.pop().ok_or(Error::NotFound)?;
    if !stored.item.text("alternative_text").is_empty() || stored.item.flag("decorative") {
        return Err(Error::Refused("The library says already what this shows.".to_owned()));
    }
    let mut item = stored.item.clone();
    let words = words.trim();
    if words.is_empty() {
        item.set("decorative", Value::Flag(true));
    } else {
        let said = text::parse(&Kind::Line(300), words)
            .map_err(|(why, code)| Error::invalid("alternative_text", code, why))?;
        item.set("alternative_text", said);
    }
    let saved = save(desk, user, &[Edit::of(&stored, item)]).await?.pop();
    saved.ok_or_else(|| Error::internal("a description was not saved"))
}
