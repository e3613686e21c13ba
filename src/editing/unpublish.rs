//! Unpublishing: the public no longer sees an item; its draft stays.

use super::Desk;
use super::deed::Doing;
use super::permission::{self, User, Verb};
use crate::content::Id;
use crate::error::{Error, Result};
use crate::store::{Reason, Stored};

/// Takes an item from the public, and with it the files that are public for its sake alone.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`], and [`Error::Refused`] where the public does not see it.
pub async fn unpublish(desk: &Desk, user: &User, id: Id) -> Result<Stored> {
    let mut doing = Doing::begin(desk, user, None, Reason::Unpublish).await?;
    let stored = permission::load(&doing.tx, user, Verb::Unpublish, id).await?;
    if stored.meta.published_version.is_none() {
        return Err(Error::Refused(
            "The public does not see this; there is nothing to take back.".to_owned(),
        ));
    }
    if stored.item.content_type.single {
        return Err(Error::Refused("The public site needs this; change it instead.".to_owned()));
    }
    let stored = doing.hide(stored, None).await?;
    doing.audit("unpublish", id, "").await?;
    doing.finish().await?;
    Ok(stored)
}
