//! Whether a backup can be put back: all of it is read, and its database opened in a scratch place and published
//! from. It must not change the backup.

use std::fs;
use std::path::Path;

use super::manifest::{Manifest, hex};
use super::take::paths_of;
use super::{DATABASE, MEDIA};
use crate::app::{PUBLIC_FILE, make_data_dir};
use crate::content::document::Place;
use crate::editing::follow_publications;
use crate::error::{Error, Result};
use crate::published::Follower;
use crate::store::Store;

/// Verifies a backup; the scratch place is made in `scratch`. Gives what is wrong, a sentence each. `told` is told how
/// many files were read.
///
/// # Errors
/// [`Error::Refused`] where it is no backup, or the scratch place cannot be made.
pub async fn verify(backup: &Path, scratch: &Path, told: &(dyn Fn(u64) + Sync)) -> Result<Vec<String>> {
    let manifest = Manifest::read(backup)?;
    let wrong = manifest.unlike(backup, told);
    if !wrong.is_empty() || !manifest.files.contains_key(DATABASE) {
        return Ok(if wrong.is_empty() { vec![format!("{DATABASE} is missing")] } else { wrong });
    }
    let dir = scratch.join(format!("recto-verify-{}", uuid::Uuid::new_v4().simple()));
    make_data_dir(&dir)?;
    let found = database(&manifest, backup, &dir).await;
    fs::remove_dir_all(&dir).map_err(Error::internal)?;
    found
}

async fn database(manifest: &Manifest, backup: &Path, dir: &Path) -> Result<Vec<String>> {
    let file = dir.join(DATABASE);
    fs::copy(backup.join(DATABASE), &file)
        .map_err(|error| Error::Refused(format!("{} cannot be written: {error}.", file.display())))?;
    let store = match Store::open(&format!("sqlite:{}", file.display()), None).await {
        Ok(store) => store,
        Err(error) => return Ok(vec![format!("{DATABASE} cannot be opened: {error}")]),
    };
    let mut wrong = store.check().await.unwrap_or_else(|error| vec![error.to_string()]);
    if wrong.is_empty() {
        wrong = content(manifest, &store, &dir.join(PUBLIC_FILE)).await?;
    }
    store.close().await;
    Ok(wrong)
}

async fn content(manifest: &Manifest, store: &Store, public: &Path) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let identity = store.identity().await?;
    if identity != manifest.identity {
        wrong.push(format!("the database is {identity}, and the manifest says {}", manifest.identity));
    }
    let (publications, changes) = store.places().await?;
    let is_other = |place: Place, told: &super::manifest::Reached| {
        place.sequence != told.sequence || place.nonce != told.nonce
    };
    if is_other(publications, &manifest.publications) || is_other(changes, &manifest.changes) {
        wrong.push("the database has reached another place than the manifest says".to_owned());
    }
    if let Some(first) = store.disagreements().await?.first() {
        wrong.push(format!("the database does not agree with itself whether {first} is public"));
    }
    let digests = store.public_digests().await?;
    for (name, told) in &manifest.public {
        match digests.get(name) {
            Some((items, digest)) if *items == told.items && hex(digest) == told.digest => {}
            _ => wrong.push(format!("what is public of the type {name} is not what was backed up")),
        }
    }
    if digests.len() != manifest.public.len() {
        wrong.push("types are public that the manifest does not name".to_owned());
    }
    for upload in store.uploads().await? {
        let missing = paths_of(&upload)
            .into_iter()
            .map(|path| Path::new(MEDIA).join(path))
            .find(|path| !manifest.files.contains_key(&path.display().to_string()));
        if let Some(path) = missing {
            wrong.push(format!("{} is missing", path.display()));
        }
    }
    // As a start would.
    let follower = Follower::open(public).await?;
    follow_publications(store, &follower, &|_| ()).await?;
    if follower.reader().all_sequences().await? != store.all_public().await? {
        wrong
            .push("the public store that is built from the database does not hold what is public".to_owned());
    }
    follower.close().await;
    Ok(wrong)
}
