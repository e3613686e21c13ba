//! Tidying the library: what nothing names is moved aside, comes back when something names it again, and is
//! deleted after a month. It must not delete what anything names, nor trust the database where that names so
//! little that it may be the wrong one.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::Desk;
use crate::error::Result;
use crate::media::{PutBack, Removed, is_too_much};
use crate::store::Write;

/// Moves files aside that have lain in the library for a day and that no item has in any version, and deletes those
/// for good that were moved aside long ago. Does neither where too much of the library would go.
///
/// # Errors
/// Where the database or the directory fails; what is left is done the next time.
pub async fn tidy_uploads(desk: &Desk) -> Result<()> {
    desk.media.need()?;
    restore_named(desk).await?;
    let files = desk.media.files();
    let old = files.old().await?;
    let removed = files.removed().await?;
    if old.hashes.is_empty() && removed.is_empty() {
        return Ok(());
    }
    let now = desk.clock.now();
    let tx = desk.store.write().await?;
    tx.forget_uploads(now - TimeDelta::days(1)).await?;
    let nameless = without_name(&tx, &old.hashes).await?.len();
    if is_too_much(nameless, old.kept) {
        tracing::error!(
            nameless,
            files = old.kept,
            "NOTHING IS TIDIED: so many files of the library have no name in this database that it may be another \
             than theirs. See that database and media_dir belong together; recto check says more"
        );
        return Ok(());
    }
    tx.commit().await?;
    // Again within the lock: somebody may be sending one of them at this moment.
    let tx = desk.store.write().await?;
    let nameless = without_name(&tx, &old.hashes).await?;
    if !nameless.is_empty() {
        let moved = files.move_aside(nameless, old.before, now.date_naive()).await?;
        tracing::info!(files = moved, "moved files of the library that nothing names to removed/");
    }
    let due: Vec<Removed> = removed.into_iter().filter(|one| one.kept_until() < now.date_naive()).collect();
    delete_for_good(desk, &tx, due).await?;
    drop(tx);
    Ok(())
}

/// Puts back what was moved aside and is named by now: a backup was restored, or another database.
///
/// # Errors
/// Where the database or the directory fails.
pub async fn restore_named(desk: &Desk) -> Result<()> {
    let files = desk.media.files();
    let removed: Vec<String> = files.removed().await?.into_iter().map(|one| one.hash).collect();
    if removed.is_empty() {
        return Ok(());
    }
    let mut back = 0;
    for hash in desk.store.known_uploads(&removed).await? {
        back += usize::from(files.put_back(&hash).await? == PutBack::Back);
    }
    if back > 0 {
        tracing::info!(files = back, "put files back into the library that are named again");
    }
    Ok(())
}

/// Those of these files that no item has in any version.
async fn without_name(tx: &Write, hashes: &[String]) -> Result<Vec<String>> {
    let known = tx.known_uploads(hashes).await?;
    Ok(hashes.iter().filter(|hash| !known.contains(*hash)).cloned().collect())
}

/// Deletes for good what was moved aside and is not needed there: nothing names it, or the library has it as well.
async fn delete_for_good(desk: &Desk, tx: &Write, due: Vec<Removed>) -> Result<()> {
    let hashes: Vec<String> = due.iter().map(|one| one.hash.clone()).collect();
    let named = tx.known_uploads(&hashes).await?;
    let mut needed: HashSet<String> = HashSet::new();
    for hash in named {
        let twice = match desk.store.upload(&hash).await? {
            Some(file) => desk.media.files().has(&file).await?,
            None => false,
        };
        if !twice {
            needed.insert(hash);
        }
    }
    let due: Vec<Removed> = due.into_iter().filter(|one| !needed.contains(&one.hash)).collect();
    if !due.is_empty() {
        tracing::info!(files = due.len(), "deleting files that were moved to removed/ a month ago");
        desk.media.files().delete_removed(due).await?;
    }
    Ok(())
}
