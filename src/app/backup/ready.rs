//! Making the database of a backup ready: a copy of it in a directory of its own, in which whoever was erased since is
//! erased again before it takes its place. It must not touch what it is to replace.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::restore::{cannot, copy_file};
use super::{DATABASE, MEDIA};
use crate::accounts::{Accounts, Passwords};
use crate::app::ledger::{LEDGER, Ledger};
use crate::app::{DRAFTS_FILE, PUBLIC_FILE, erasure, make_data_dir};
use crate::clock::Clock;
use crate::config::Config;
use crate::editing::{Desk, Erased};
use crate::error::{Error, Result};
use crate::media::{Library, Limits};
use crate::published::Follower;
use crate::store::{self, Store};

/// The directory in which a database is made ready, in the data directory.
pub(super) const READY: &str = "restoring";

/// What a restore has left that was ended, where one was.
#[must_use]
pub fn unfinished_restore(config: &Config) -> Option<PathBuf> {
    Some(config.data_dir.path().join(READY)).filter(|dir| dir.is_dir())
}

/// Refuses to put somebody back who was erased here, as where the list that lies here is not the one that is named.
pub(super) fn allow(config: &Config, ledger: Option<&Ledger>) -> Result<()> {
    if ledger.is_none_or(|ledger| ledger.lines().is_empty())
        && let Some(why) = Ledger::is_needed(config)
    {
        return Err(Error::Refused(format!("Nothing was put back: {why}")));
    }
    let own = config.data_dir.path().join(LEDGER);
    if !own.is_file() {
        return Ok(());
    }
    let own = Ledger::at(&own, config)?;
    let named = ledger.map(Ledger::lines).unwrap_or_default();
    match own.lines().iter().all(|line| named.contains(line)) {
        true => Ok(()),
        false => Err(Error::Refused(format!(
            "{} names somebody who was erased here and whom the list that you name does not. Nothing was changed; name \
             this one: --ledger {}",
            own.file().display(),
            own.file().display()
        ))),
    }
}

/// Copies the database of a backup into a directory of its own and erases there whoever the list names.
pub(super) async fn make(
    from: &Path,
    ready: &Path,
    ledger: Option<&Ledger>,
    clock: &Clock,
) -> Result<Erased> {
    // What an earlier try has left.
    remove(ready)?;
    make_data_dir(ready)?;
    let file = ready.join(DATABASE);
    copy_file(from, &file)?;
    let Some(ledger) = ledger.filter(|ledger| !ledger.lines().is_empty()) else {
        return Ok(Erased::default());
    };
    let address = format!("sqlite:{}", file.display());
    store::migrate(&address, &|step| tracing::info!(step, "bringing the backup up to date")).await?;
    let store = Store::open(&address, None).await?;
    let desk = Desk {
        store: store.clone(),
        published: Follower::open(&ready.join(PUBLIC_FILE)).await?,
        drafts: Follower::open(&ready.join(DRAFTS_FILE)).await?,
        // Its files are copied later, and without those that are erased.
        media: Library::open(&ready.join(MEDIA), Limits::default())?,
        clock: clock.clone(),
    };
    let accounts = Accounts::new(store, clock.clone(), Passwords::default());
    let erased = erasure::replay(&desk, &accounts, ledger).await;
    desk.published.close().await;
    desk.drafts.close().await;
    desk.store.close().await;
    erased
}

/// Removes what was made ready.
pub(super) fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(cannot(dir, &error)),
        _ => Ok(()),
    }
}
