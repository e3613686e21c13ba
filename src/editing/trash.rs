//! The trash: an item leaves the lists and the public, and can come back as it was.

use super::Desk;
use super::permission::{self, User, Verb};
use crate::content::Id;
use crate::error::{Error, Result};
use crate::store::Stored;

/// Puts an item into the trash; the public no longer sees it. Links to it stay.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`]; [`Error::Refused`] for what the site needs.
pub async fn trash(desk: &Desk, user: &User, id: Id) -> Result<Stored> {
    let now = desk.clock.now();
    let tx = desk.store.write().await?;
    let stored = permission::load(&tx, user, Verb::Trash, id).await?;
    if stored.item.content_type.single {
        return Err(Error::Refused("The public site needs this; change it instead.".to_owned()));
    }
    let mut withdrawn = Vec::new();
    let mut meta = stored.meta.clone();
    if meta.published_version.take().is_some() {
        let item = &stored.item;
        withdrawn.push(tx.publish(item.content_type, id, &item.slug, None, now).await?);
    }
    meta.trashed_at = Some(now);
    let (stored, change) = tx.set_meta(&stored, meta).await?;
    tx.audit(now, user.account.as_deref(), "trash", Some(id), "").await?;
    tx.commit().await?;
    desk.take_over(&withdrawn, &[stored.draft(change)]).await?;
    Ok(stored)
}

/// Takes an item out of the trash, as a draft.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`]; [`Error::Refused`] where it is not in the trash.
pub async fn untrash(desk: &Desk, user: &User, id: Id) -> Result<Stored> {
    let now = desk.clock.now();
    let tx = desk.store.write().await?;
    let stored = permission::load(&tx, user, Verb::Trash, id).await?;
    if stored.meta.trashed_at.is_none() {
        return Err(Error::Refused("This is not in the trash.".to_owned()));
    }
    let mut meta = stored.meta.clone();
    meta.trashed_at = None;
    let (stored, change) = tx.set_meta(&stored, meta).await?;
    tx.audit(now, user.account.as_deref(), "untrash", Some(id), "").await?;
    tx.commit().await?;
    desk.take_over(&[], &[stored.draft(change)]).await?;
    Ok(stored)
}
