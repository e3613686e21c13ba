//! The trash: an item leaves the lists and the public, and can come back as it was.

use super::Desk;
use super::deed::Doing;
use super::permission::{self, User, Verb};
use crate::content::Id;
use crate::error::{Error, Result};
use crate::store::{Reason, Stored};

/// Puts an item into the trash; the public no longer sees it. Links to it stay.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`]; [`Error::Refused`] for what the site needs.
pub async fn trash(desk: &Desk, user: &User, id: Id) -> Result<Stored> {
    let mut doing = Doing::begin(desk, user, None, Reason::Trash).await?;
    let mut stored = permission::load(&doing.tx, user, Verb::Trash, id).await?;
    if stored.item.content_type.single {
        return Err(Error::Refused("The public site needs this; change it instead.".to_owned()));
    }
    stored = doing.put_away(stored).await?;
    doing.audit("trash", id, "").await?;
    doing.finish().await?;
    Ok(stored)
}

/// Takes an item out of the trash, as a draft.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`]; [`Error::Refused`] where it is not in the trash.
pub async fn untrash(desk: &Desk, user: &User, id: Id) -> Result<Stored> {
    let mut doing = Doing::begin(desk, user, None, Reason::Trash).await?;
    let stored = permission::load(&doing.tx, user, Verb::Trash, id).await?;
    if stored.meta.trashed_at.is_none() {
        return Err(Error::Refused("This is not in the trash.".to_owned()));
    }
    let stored = doing.set_trashed(stored, false).await?;
    doing.audit("untrash", id, "").await?;
    doing.finish().await?;
    Ok(stored)
}
