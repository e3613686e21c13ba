//! What was done to many items, told afterwards. It must not take anything back.

use super::words;
use crate::admin::State;
use crate::content::{Field, Id, Item, Value, diff};
use crate::error::Result;
use crate::store::Deed;

/// What was done to many items alike, in a sentence without its full stop; none where something else was.
pub(in crate::admin) fn told(deeds: &[Deed]) -> Option<String> {
    let first = deeds.first()?;
    let things = words::things(first.content_type, deeds.len());
    Some(match first.verb {
        Deed::PUBLISH => format!("Published {things}"),
        Deed::UNPUBLISH => format!("Unpublished {things}"),
        Deed::TRASH => format!("Moved {things} to the trash"),
        Deed::UNTRASH => format!("Took {things} out of the trash"),
        Deed::SET => format!("Changed {things}"),
        _ => return None,
    })
}

/// Where it is told, now and later; `list` is the query of the list to which that page leads back.
pub(in crate::admin) fn told_at(batch: &str, list: &str) -> String {
    let mut address = format!("/admin/changes/{batch}");
    if !list.is_empty() {
        address.push('?');
        let start = address.len();
        address = form_urlencoded::Serializer::for_suffix(address, start).append_pair("list", list).finish();
    }
    address
}

/// What is to be known beside that: what a field was set to, or where the public stands.
pub(in crate::admin) async fn more(state: &State, deeds: &[Deed]) -> Result<Option<String>> {
    let Some(first) = deeds.first() else { return Ok(None) };
    let said = match first.verb {
        Deed::PUBLISH => "The public sees them now.",
        Deed::UNPUBLISH => "The public no longer sees them; the drafts are still here.",
        Deed::TRASH => "Nothing is lost: they can be taken out again.",
        Deed::UNTRASH => "They are drafts; the public does not see them until they are published.",
        Deed::SET => return what_was_set(state, first).await,
        _ => return Ok(None),
    };
    Ok(Some(said.to_owned()))
}

/// The same field was set to the same value in all of them: one of them tells.
async fn what_was_set(state: &State, deed: &Deed) -> Result<Option<String>> {
    let before = deed.before.unwrap_or_default();
    let sides = state.desk.store.revisions(deed.content_type, deed.id, &[before, deed.after]).await?;
    let (Some(before), Some(after)) = (sides.get(&before), sides.get(&deed.after)) else { return Ok(None) };
    let Some((field, value)) = changed(before, after) else { return Ok(None) };
    let name = match value {
        Value::One(id) => state.desk.lists().get(&id.to_string()).await?.map(|found| found.title),
        _ => None,
    };
    let said = words::said(field, value, &|_: Id| name.clone().unwrap_or_default());
    Ok(Some(match value.is_none() {
        true => format!("‘{}’ is empty now. The public sees that when they are published.", field.label),
        false => {
            format!("‘{}’ is ‘{said}’ now. The public sees that when they are published.", field.label)
        }
    }))
}

fn changed<'item>(before: &Item, after: &'item Item) -> Option<(&'static Field, &'item Value)> {
    let change = diff::diff(before, after).into_iter().next()?;
    let field = after.content_type.field(change.field)?;
    Some((field, after.get(field.name)))
}
