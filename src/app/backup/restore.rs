//! Putting a backup back. What was there is kept aside; the database comes last, so that whoever is killed in between
//! has no database rather than half of one. Who was erased since the backup is erased in a copy before that. It must
//! not remove anything else.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::manifest::Manifest;
use super::{DATABASE, MEDIA};
use crate::accounts::{Accounts, Passwords};
use crate::app::ledger::{LEDGER, Ledger};
use crate::app::{DRAFTS_FILE, PUBLIC_FILE, erasure, lock, make_data_dir, open_library};
use crate::clock::Clock;
use crate::config::Config;
use crate::editing::{Desk, Erased};
use crate::error::{Error, Result};
use crate::published::Follower;
use crate::store::{self, Store};

/// What was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where what was there before lies now; empty where nothing was.
    pub aside: Vec<PathBuf>,
    /// How many files of the library were put back.
    pub files: usize,
    /// How many records of people were erased again.
    pub erased: usize,
}

/// The directory in which a database is made ready, in the data directory.
const READY: &str = "restoring";

/// Puts a backup back where the settings say, but for whoever `ledger` names as erased. `told` is told what is worked on and how far that is.
///
/// # Errors
/// [`Error::Refused`] where somebody serves from there, the backup or the list is not whole, or something cannot be
/// written.
pub async fn restore(
    config: &Config,
    backup: &Path,
    ledger: Option<&Ledger>,
    clock: &Clock,
    told: &(dyn Fn(&'static str, u64) + Sync),
) -> Result<Restored> {
    let dir = config.data_dir.path();
    let _alone = lock::alone(dir)?;
    let manifest = Manifest::read(backup)?;
    let wrong = manifest.unlike(backup, &|files| told("files of the backup", files));
    if let Some(first) = wrong.first() {
        return Err(Error::Refused(format!(
            "The backup is damaged in {} places: {first}. Nothing was changed; take another backup.",
            wrong.len()
        )));
    }
    allow_ledger(config, ledger)?;
    let address = config.database_address();
    if address.file().is_none() && !store::inspect(address.expose()).await?.is_new {
        return Err(Error::Refused(format!(
            "There is something in the database {address} already. Nothing was changed; make an empty one, and name that."
        )));
    }
    told("database", 0);
    let ready = dir.join(READY);
    let erased = make_ready(config, &backup.join(DATABASE), &ready, ledger, clock).await?;
    let stamp = clock.now().format("%Y%m%dT%H%M%SZ").to_string();
    let mut aside = Vec::new();
    let kept = dir.join(format!("before-restore-{stamp}"));
    let database = address.file().map(Path::to_owned);
    let stores = [dir.join(PUBLIC_FILE), dir.join(DRAFTS_FILE)];
    // The database first: without it nothing starts.
    for file in database.iter().chain(&stores) {
        keep_aside(file, &kept)?;
    }
    aside.extend(Some(kept.clone()).filter(|kept| kept.exists()));
    let media = config.media_dir();
    let media_aside = with(&media, &format!(".before-restore-{stamp}"));
    if media.exists()
        && fs::rename(&media, &media_aside).map(|()| true).map_err(|error| cannot(&media, &error))?
    {
        aside.push(media_aside);
    }
    let library = open_library(config)?;
    let is_erased = |path: &Path| {
        path.components().any(|part| erased.files.iter().any(|hash| part.as_os_str() == hash.as_str()))
    };
    let paths = manifest.files.keys().filter(|path| Path::new(path).starts_with(MEDIA));
    let paths: Vec<&String> = paths.filter(|path| !is_erased(Path::new(path))).collect();
    for (number, path) in (1..).zip(&paths) {
        let to = Path::new(path).strip_prefix(MEDIA).map_err(Error::internal)?;
        copy_file(&backup.join(path), &media.join(to))?;
        told("files of the library", number);
    }
    library.files().set_owner(&manifest.identity)?;
    if let Some(ledger) = ledger {
        ledger.copy_into(dir)?;
    }
    let from = ready.join(DATABASE);
    match &database {
        Some(file) => move_into(&from, file)?,
        None => store::load_file(&from, address.expose(), &|rows| told("rows of the database", rows)).await?,
    }
    remove(&ready)?;
    Ok(Restored { aside, files: paths.len(), erased: erased.people })
}

/// Refuses to put somebody back who was erased here, as where the list that lies here is not the one that is named.
fn allow_ledger(config: &Config, ledger: Option<&Ledger>) -> Result<()> {
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
async fn make_ready(
    config: &Config,
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
        media: open_library(config)?,
        clock: clock.clone(),
    };
    let accounts = Accounts::new(store, clock.clone(), Passwords::default());
    let erased = erasure::replay(&desk, &accounts, ledger).await;
    desk.published.close().await;
    desk.drafts.close().await;
    desk.store.close().await;
    erased
}

/// Moves a file to its place, also from one file system to another.
fn move_into(from: &Path, to: &Path) -> Result<()> {
    if fs::rename(from, to).is_ok() {
        return Ok(());
    }
    let fresh = with(to, ".new");
    copy_file(from, &fresh)?;
    fs::rename(&fresh, to).map_err(|error| cannot(to, &error))
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Moves a database with its log into a directory.
fn keep_aside(file: &Path, to: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let from = with(file, suffix);
        if !from.exists() {
            continue;
        }
        make_data_dir(to)?;
        let Some(name) = from.file_name() else { continue };
        fs::rename(&from, to.join(name)).map_err(|error| cannot(&from, &error))?;
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    let copied = (|| {
        if let Some(dir) = to.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        }
        let mut source = fs::File::open(from)?;
        let mut target =
            fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(to)?;
        std::io::copy(&mut source, &mut target)?;
        target.sync_all()
    })();
    copied.map_err(|error| cannot(to, &error))
}

/// Removes what was made ready.
fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(cannot(dir, &error)),
        _ => Ok(()),
    }
}

fn cannot(path: &Path, error: &std::io::Error) -> Error {
    Error::Refused(format!(
        "{} cannot be written: {error}. The database was not put back; what was there before lies beside. Make room or \
         give this user the right to write there, then run the command again.",
        path.display()
    ))
}
