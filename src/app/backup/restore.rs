//! Putting a backup back. All of it is copied beside what is there, which is then kept aside; the database comes last.
//! Ended at any moment, what was there stands, or nothing does and the way on is said, or the backup. Who was erased
//! since the backup is not put back. It must not remove anything but what it has copied itself.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::manifest::Manifest;
use super::{DATABASE, MEDIA, ready};
use crate::app::ledger::Ledger;
use crate::app::{DRAFTS_FILE, PUBLIC_FILE, lock, make_data_dir};
use crate::clock::Clock;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::media::Files;
use crate::store;

/// How directories are called in which what was there is kept, before the moment.
const ASIDE: &str = "before-restore-";

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

/// Puts a backup back where the settings say, but for whoever `ledger` names as erased. `told` is told what is worked
/// on and how far that is.
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
    ready::allow(config, ledger)?;
    let address = config.database_address();
    if address.file().is_none() && !store::inspect(address.expose()).await?.is_bare() {
        return Err(Error::Refused(format!(
            "There is something in the database {address} already. Nothing was changed; make an empty one, and name that."
        )));
    }
    let media = config.media_dir();
    let database = address.file().map(Path::to_owned);
    // All of it beside what is there: ended until here, that stands as it was.
    told("database", 0);
    let made = dir.join(ready::READY);
    let erased = ready::make(&backup.join(DATABASE), &made, ledger, clock).await?;
    let fresh_media = with(&media, ".restoring");
    let files = copy_library(&manifest, backup, &fresh_media, &erased.files, told)?;
    let from = made.join(DATABASE);
    let fresh = database.as_deref().map(|file| with(file, ".new"));
    if let Some(fresh) = &fresh {
        copy_file(&from, fresh)?;
    }
    if let Some(ledger) = ledger {
        ledger.copy_into(dir)?;
    }
    let aside = take_place(dir, &media, &fresh_media, database.as_deref(), clock)?;
    match database.as_deref().zip(fresh) {
        Some((file, fresh)) => fs::rename(&fresh, file).map_err(|error| cannot(file, &error))?,
        None => store::load_file(&from, address.expose(), &|rows| told("rows of the database", rows)).await?,
    }
    ready::remove(&made)?;
    Ok(Restored { aside, files, erased: erased.people })
}

/// Moves what is there aside, and the copied library into its place. Gives where what was there lies now. Until the
/// database is there nothing starts: without one, the files beside it say whose they are.
fn take_place(
    dir: &Path,
    media: &Path,
    fresh_media: &Path,
    database: Option<&Path>,
    clock: &Clock,
) -> Result<Vec<PathBuf>> {
    let stamp = stamp(dir, media, clock);
    let kept = aside_of(dir, database, &stamp)?;
    if let Some(file) = database {
        keep_aside(file, &kept)?;
    }
    let media_aside = with(media, &format!(".{ASIDE}{stamp}"));
    let had_media = media.exists();
    if had_media {
        fs::rename(media, &media_aside).map_err(|error| cannot(media, &error))?;
    }
    fs::rename(fresh_media, media).map_err(|error| cannot(media, &error))?;
    // Last, so that there is always something beside.
    for name in [PUBLIC_FILE, DRAFTS_FILE] {
        keep_aside(&dir.join(name), &kept)?;
    }
    let kept = Some(kept).filter(|kept| kept.exists());
    Ok(kept.into_iter().chain(Some(media_aside).filter(|_| had_media)).collect())
}

/// Copies the library's files of a backup, but those of some hashes, into a directory of their own, which says whose
/// they are. Gives how many.
fn copy_library(
    manifest: &Manifest,
    backup: &Path,
    to: &Path,
    but: &[String],
    told: &(dyn Fn(&'static str, u64) + Sync),
) -> Result<usize> {
    // What a run left that was ended is copied again.
    match fs::remove_dir_all(to) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(cannot(to, &error)),
        _ => {}
    }
    make_data_dir(to)?;
    let is_left_out =
        |path: &Path| path.components().any(|part| but.iter().any(|hash| part.as_os_str() == hash.as_str()));
    let paths = manifest.files.keys().filter(|path| Path::new(path).starts_with(MEDIA));
    let paths: Vec<&String> = paths.filter(|path| !is_left_out(Path::new(path))).collect();
    for (number, path) in (1..).zip(&paths) {
        let below = Path::new(path).strip_prefix(MEDIA).map_err(Error::internal)?;
        copy_file(&backup.join(path), &to.join(below))?;
        told("files of the library", number);
    }
    Files::at(to).set_owner(&manifest.identity)?;
    Ok(paths.len())
}

/// The moment in the names of what is kept aside, which nothing has yet: nothing that was kept is replaced.
fn stamp(dir: &Path, media: &Path, clock: &Clock) -> String {
    let moment = clock.now().format("%Y%m%dT%H%M%SZ").to_string();
    let is_free = |stamp: &String| {
        let named = format!("{ASIDE}{stamp}");
        !dir.join(&named).exists() && !with(media, &format!(".{named}")).exists()
    };
    let numbered = (1..1_000).map(|number| format!("{moment}-{number}"));
    std::iter::once(moment.clone()).chain(numbered).find(is_free).unwrap_or(moment)
}

/// Where what is there is kept aside: a new directory, or that of a run which was ended between a database and its
/// log, for the log to come where its database lies.
fn aside_of(dir: &Path, database: Option<&Path>, stamp: &str) -> Result<PathBuf> {
    let log = database.map(|file| with(file, "-wal"));
    let is_split = database.is_some_and(|file| !file.exists()) && log.is_some_and(|log| log.exists());
    let name = database.and_then(Path::file_name).filter(|_| is_split);
    let mut ended = Vec::new();
    if let Some(name) = name {
        for entry in fs::read_dir(dir).map_err(|error| cannot(dir, &error))?.flatten() {
            let kept = entry.path();
            let is_ours = entry.file_name().to_string_lossy().starts_with(ASIDE);
            let file = kept.join(name);
            if is_ours && file.exists() && !with(&file, "-wal").exists() {
                ended.push(kept);
            }
        }
    }
    // Their names end with when they were made.
    Ok(ended.into_iter().max().unwrap_or_else(|| dir.join(format!("{ASIDE}{stamp}"))))
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

pub(super) fn copy_file(from: &Path, to: &Path) -> Result<()> {
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

pub(super) fn cannot(path: &Path, error: &std::io::Error) -> Error {
    Error::Refused(format!(
        "{} cannot be written: {error}. The database was not put back; what was there before stands, or lies beside. \
         Make room or give this user the right to write there, then run the command again.",
        path.display()
    ))
}
