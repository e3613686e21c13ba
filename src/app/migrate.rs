//! Bringing a database of an older release up to date, and saying before what that would do. It must not change a
//! SQLite database of which no copy lies beside it.

use std::path::{Path, PathBuf};

use super::identity::{self, Looked};
use super::{DRAFTS_FILE, May, PUBLIC_FILE, Parts, cannot_open, lock, open_library, restrict};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::value::DatabaseAddress;
use crate::editing::{CLOSED_FILES, Desk, upgrade};
use crate::error::{Error, Result};
use crate::filename;
use crate::published::Follower;
use crate::store::{self, Store};

/// A step as people are told of it: by its name, and what it does.
fn words(step: &str) -> String {
    format!("{step}: {}", store::about(step))
}

/// Brings the database that was looked at up to date; a SQLite database is copied beside itself before. `tell` is
/// told each step.
pub(super) async fn bring_up_to_date(
    address: &DatabaseAddress,
    looked: &Looked,
    tell: &(dyn Fn(String) + Sync),
) -> Result<()> {
    let Some(first) = looked.pending.first() else { return Ok(()) };
    if let Some(file) = address.file() {
        let copy = filename::free(&filename::with_end(file, &format!(".before-{first}")), "")?;
        store::copy(address.expose(), &copy).await?;
        restrict(&copy)?;
        tell(format!("Copied the database to {}.", copy.display()));
    }
    store::migrate(address.expose(), &|step| tell(words(step))).await
}

async fn look(config: &Config) -> Result<Looked> {
    let address = config.database_address();
    let looked = identity::look(config).await.map_err(|error| cannot_open(&address, error))?;
    looked.judge(&address)?;
    if looked.is_new() {
        return Err(Error::Refused(format!(
            "There is no database at {address} yet. ‘recto serve’ makes one of this release."
        )));
    }
    Ok(looked)
}

/// Brings the database up to date, and what it has published, and both read stores. `tell` is told each step in a
/// line.
///
/// # Errors
/// Where it cannot: says which step, and what to do.
pub async fn migrate(config: &Config, tell: &(dyn Fn(String) + Sync)) -> Result<()> {
    let looked = look(config).await?;
    if looked.pending.is_empty() {
        tell("The schema is up to date.".to_owned());
    }
    let address = config.database_address();
    {
        let _alone = lock::alone(config.data_dir.path())?;
        bring_up_to_date(&address, &looked, tell).await?;
        // Files of earlier releases do not give empty pages back. The file itself says so: whoever was ended before
        // this, or whose database a start has brought up to date, comes here again.
        if let Some(file) = address.file()
            && !store::gives_back(file).await?
        {
            let store::Compacted { before, after } = store::compact(file).await?;
            tell(format!("Wrote the database anew: {} kB, before {} kB.", after / 1_000, before / 1_000));
        }
    }
    let lists = closed_lists(config.data_dir.path());
    let looked = Looked { pending: Vec::new(), ..looked };
    Parts::open_looked(config, Clock::system(), &looked, May::Nothing).await?.close().await;
    for list in closed_lists(config.data_dir.path()).into_iter().filter(|list| !lists.contains(list)) {
        tell(format!("Files were closed that are public by mistake; look through {}.", list.display()));
    }
    Ok(())
}

/// Says in lines what [`migrate`] would do. A SQLite database is copied into a directory of its own for that, and
/// brought up to date there: what is told has been seen to work.
///
/// # Errors
/// As [`migrate`].
pub async fn plan(config: &Config, tell: &(dyn Fn(String) + Sync)) -> Result<()> {
    let looked = look(config).await?;
    if looked.pending.is_empty() {
        tell("The schema is up to date.".to_owned());
        return Ok(());
    }
    let address = config.database_address();
    if address.file().is_none() {
        looked.pending.iter().for_each(|step| tell(words(step)));
        return Ok(());
    }
    let dir = config.data_dir.path().join(format!("plan-{}", uuid::Uuid::new_v4().simple()));
    let planned = on_a_copy(config, &address, &dir, tell).await;
    std::fs::remove_dir_all(&dir).map_err(Error::internal)?;
    planned
}

async fn on_a_copy(
    config: &Config,
    address: &DatabaseAddress,
    dir: &Path,
    tell: &(dyn Fn(String) + Sync),
) -> Result<()> {
    super::make_data_dir(dir)?;
    let file = dir.join("recto.db");
    store::copy(address.expose(), &file).await?;
    store::migrate(&format!("sqlite:{}", file.display()), &|step| tell(words(step))).await?;
    let desk = Desk {
        store: Store::open(&format!("sqlite:{}", file.display()), None).await?,
        published: Follower::open(&dir.join(PUBLIC_FILE)).await?,
        drafts: Follower::open(&dir.join(DRAFTS_FILE)).await?,
        media: open_library(config)?,
        clock: Clock::system(),
    };
    upgrade(&desk, dir).await?;
    desk.published.close().await;
    desk.drafts.close().await;
    desk.store.close().await;
    for list in closed_lists(dir) {
        let closed = std::fs::read_to_string(&list).map_err(Error::internal)?;
        tell("These files would be taken from the public:".to_owned());
        closed.lines().for_each(|line| tell(line.to_owned()));
    }
    Ok(())
}

/// The lists of closed files in a data directory.
pub(super) fn closed_lists(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_list = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(CLOSED_FILES))
    };
    entries.filter(is_list).collect()
}
