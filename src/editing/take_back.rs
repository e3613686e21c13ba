//! Taking a deed back: what was bound, merged, moved and done to many is as it was, in drafts and in public. What
//! somebody has worked on since stays, field by field, and is told.

use std::collections::HashSet;

use super::deed::{Doing, NOT_PUBLIC};
use super::import::{self, NOT_KEPT, Stayed, Undone, may_undo, needed};
use super::permission::{self, User, Verb};
use super::{Desk, bulk};
use crate::content::{Id, Item, Value};
use crate::error::{Error, Result};
use crate::store::{Deed, Reason, State, Stored};

/// The verb in the audit log.
pub(super) const VERB: &str = "take_back";

/// Takes back what was done under this number, in one transaction. What was taken back already is passed
/// over.
///
/// # Errors
/// [`Error::NotFound`] where nothing was; [`Error::Denied`].
pub async fn take_back(desk: &Desk, user: &User, batch: &str) -> Result<Undone> {
    let mut deeds = desk.store.deeds(batch).await?;
    if deeds.first().ok_or(Error::NotFound)?.verb == Deed::IMPORT {
        return import::undo(desk, user, batch).await;
    }
    if !may_undo(user, &deeds) {
        return Err(Error::Denied("Only whoever has done this, or an editor, can take it back."));
    }
    if deeds.iter().all(|deed| bulk::needs(deed).is_some()) {
        return bulk::undo(desk, user, &deeds).await;
    }
    // The kept item gives back what must be unique before the merged one takes it; what was made goes
    // last, when nothing links to it any more.
    deeds.sort_by_key(|deed| match deed.verb {
        Deed::KEEP => 0,
        Deed::MERGE => 1,
        _ if deed.before.is_some() => 2,
        _ => 3,
    });
    let mut doing = Doing::begin(desk, user, None, Reason::Undo).await?;
    let mut undone = Undone::default();
    for deed in &deeds {
        let stored = match doing.tx.item(deed.id).await {
            // Deleted for good since.
            Err(Error::NotFound) => continue,
            stored => stored?,
        };
        match (deed.verb, deed.before) {
            // Named, and not changed.
            (Deed::BIND, Some(before)) if before == deed.after => {}
            (_, None) => remove(&mut doing, deed, stored, &mut undone).await?,
            (Deed::MERGE, Some(before)) => part(&mut doing, deed, before, stored, &mut undone).await?,
            (_, Some(before)) => restore(&mut doing, deed, before, stored, &mut undone).await?,
        }
    }
    doing.finish().await?;
    Ok(undone)
}

/// What one item was before and after the deed.
pub(super) struct Sides {
    pub before: Item,
    after: Item,
}

impl Sides {
    /// Both sides; none where one of them is not kept any more.
    pub async fn of(desk: &Desk, deed: &Deed, before: i64) -> Result<Option<Self>> {
        let mut found = desk.store.revisions(deed.content_type, deed.id, &[before, deed.after]).await?;
        // Where nothing was changed both are the same version.
        let after = found.get(&deed.after).cloned();
        Ok(found.remove(&before).zip(after).map(|(before, after)| Self { before, after }))
    }

    /// The item with every field as it was that the deed has changed and nobody since.
    pub fn back(&self, item: &Item) -> Item {
        let mut item = item.clone();
        let sides = self.before.values.iter().zip(&self.after.values);
        for (value, (before, after)) in item.values.iter_mut().zip(sides) {
            if before != after && value == after {
                value.clone_from(before);
            }
        }
        item
    }

    /// The fields that the deed has changed and somebody else since.
    pub fn clashes(&self, item: &Item) -> bool {
        let sides = self.before.values.iter().zip(&self.after.values);
        let mut all = item.values.iter().zip(sides);
        let clash = |(value, (before, after)): (&Value, (&Value, &Value))| {
            before != after && value != after && value != before
        };
        all.any(clash)
    }
}

/// A person who was made goes into the trash, unless somebody has need of them.
async fn remove(doing: &mut Doing<'_>, deed: &Deed, stored: Stored, undone: &mut Undone) -> Result<()> {
    if stored.state() == State::Trashed {
        return Ok(());
    }
    permission::allow(doing.user, Verb::Save, &stored)?;
    let needed = needed(&doing.tx, deed.content_type, &[deed.id], &HashSet::new()).await?;
    let why = match stored.meta.published_version {
        _ if stored.meta.version != deed.after => Some("It was changed since."),
        Some(_) => Some("It was published since."),
        None if needed.contains(&deed.id) => Some("Something else links to it by now."),
        None => None,
    };
    if let Some(why) = why {
        undone.stayed.push(Stayed { stored, why });
        return Ok(());
    }
    doing.set_trashed(stored, true).await?;
    doing.audit(VERB, deed.id, "").await?;
    undone.trashed += 1;
    Ok(())
}

/// An item says again what it said.
async fn restore(
    doing: &mut Doing<'_>,
    deed: &Deed,
    before: i64,
    stored: Stored,
    undone: &mut Undone,
) -> Result<()> {
    permission::allow(doing.user, Verb::Save, &stored)?;
    let Some(sides) = Sides::of(doing.desk, deed, before).await? else {
        undone.stayed.push(Stayed { stored, why: NOT_KEPT });
        return Ok(());
    };
    let clashes = sides.clashes(&stored.item);
    let mut stored = stored;
    // Public for the merged one’s sake alone, and not published since.
    let lent = deed.public == Some(NOT_PUBLIC) && stored.meta.published_version == Some(deed.after);
    let mut changed = false;
    if lent && doing.user.may_with(Verb::Publish, &stored) {
        stored = doing.hide(stored, None).await?;
        doing.audit("unpublish", deed.id, "").await?;
        changed = true;
    }
    let publish = deed.public.is_some() && doing.user.may_with(Verb::Publish, &stored);
    if let Some(restored) = doing.rewrite(&stored, VERB, publish, &|item| sides.back(item)).await? {
        stored = restored;
        changed = true;
    }
    undone.restored += usize::from(changed);
    if clashes {
        let why = "Somebody has changed the same field since; put back there what you need.";
        undone.stayed.push(Stayed { stored, why });
    }
    Ok(())
}

/// The merged item comes out of the trash, and is public again where it was.
async fn part(
    doing: &mut Doing<'_>,
    deed: &Deed,
    before: i64,
    stored: Stored,
    undone: &mut Undone,
) -> Result<()> {
    permission::allow(doing.user, Verb::Trash, &stored)?;
    if stored.state() != State::Trashed {
        return Ok(());
    }
    if stored.meta.trashed_at != Some(deed.at) {
        undone.stayed.push(Stayed { stored, why: "It was moved to the trash again since." });
        return Ok(());
    }
    let Some(sides) = Sides::of(doing.desk, deed, before).await? else {
        undone.stayed.push(Stayed { stored, why: NOT_KEPT });
        return Ok(());
    };
    let whole = sides.back(&stored.item);
    let mut stored = if whole == stored.item { stored } else { doing.update(&stored, &whole).await? };
    stored = doing.set_trashed(stored, false).await?;
    let id: Id = deed.id;
    match deed.public {
        // What the public saw was the newest version.
        Some(seen) if seen == before && whole == sides.before => doing.show(stored).await.map(drop)?,
        Some(seen) => {
            let older = doing.desk.store.revision(deed.content_type, id, seen).await?;
            stored.meta.published_version = Some(seen);
            doing.show_as(stored, &older.ok_or(Error::NotFound)?).await?;
        }
        None => {
            // It was public once: nobody is led on any more.
            if stored.meta.first_published_at.is_some() {
                doing.hide(stored, None).await?;
            }
        }
    }
    doing.audit(VERB, id, "").await?;
    undone.restored += 1;
    Ok(())
}
