//! What was moved out of the library because nothing named it: looking at it, and putting it back. It must
//! not delete anything.

use super::Desk;
use super::permission::{self, User};
use crate::content::parsed::MediaType;
use crate::content::parsed::upload::is_hash;
use crate::error::{Error, Result};
use crate::media::{PutBack, Removed, Seen};

/// The most files that are listed.
pub const LISTED: usize = 200;

/// What was moved aside, the newest first and at most [`LISTED`] files of it, and how many there are in all.
///
/// # Errors
/// [`Error::Denied`]; where the directory cannot be read.
pub async fn list(desk: &Desk, user: &User) -> Result<(Vec<(Removed, Seen)>, usize)> {
    permission::allow_removed(user)?;
    let mut removed = desk.media.files().removed().await?;
    let all = removed.len();
    removed.truncate(LISTED);
    let seen = desk.media.files().look_at(removed.clone()).await?;
    Ok((removed.into_iter().zip(seen).collect(), all))
}

/// A small picture of a file that was moved aside, with its kind.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] where it lies there no more, or is no picture.
pub async fn picture(desk: &Desk, user: &User, hash: &str) -> Result<(MediaType, Vec<u8>)> {
    permission::allow_removed(user)?;
    desk.media.files().removed_picture(hash).await?.ok_or(Error::NotFound)
}

/// Puts a file back into the library, where it stays for a day, and longer once something names it.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Refused`] where it lies there no more.
pub async fn put_back(desk: &Desk, user: &User, hash: &str) -> Result<()> {
    permission::allow_removed(user)?;
    if !is_hash(hash) {
        return Err(Error::NotFound);
    }
    // Nobody tidies while this transaction is open.
    let tx = desk.store.write().await?;
    match desk.media.files().put_back(hash).await? {
        PutBack::Back => {}
        PutBack::There => return Err(Error::Refused("The library has this file already.".to_owned())),
        PutBack::Unknown => {
            return Err(Error::Refused(
                "This file does not lie here any more. Somebody has put it back, or its time was over."
                    .to_owned(),
            ));
        }
    }
    tx.audit(desk.clock.now(), user.account.as_deref(), "put_back", None, hash).await?;
    tx.commit().await
}
