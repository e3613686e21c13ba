//! Unpublishing: the public no longer sees an item; its draft stays.

use super::Desk;
use super::permission::{self, User, Verb};
use crate::content::Id;
use crate::error::{Error, Result};
use crate::store::Stored;

/// Takes an item from the public.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`], and [`Error::Refused`] where the public does not see it.
pub async fn unpublish(desk: &Desk, user: &User, id: Id) -> Result<Stored> {
    let now = desk.clock.now();
    let tx = desk.store.write().await?;
    let stored = permission::load(&tx, user, Verb::Unpublish, id).await?;
    if stored.meta.published_version.is_none() {
        return Err(Error::Refused(
            "The public does not see this; there is nothing to take back.".to_owned(),
        ));
    }
    if stored.item.content_type.single {
        return Err(Error::Refused("The public site needs this; change it instead.".to_owned()));
    }
    let mut meta = stored.meta.clone();
    meta.published_version = None;
    let item = &stored.item;
    let withdrawn = tx.publish(item.content_type, id, &item.slug, None, now).await?;
    let (stored, change) = tx.set_meta(&stored, meta).await?;
    tx.audit(now, user.account.as_deref(), "unpublish", Some(id), "").await?;
    tx.commit().await?;
    desk.take_over(&[withdrawn], &[stored.draft(change)]).await?;
    Ok(stored)
}
