//! Putting a backup back. What was there is kept aside; the database comes last, so that whoever is killed in between
//! has no database rather than half of one. It must not remove anything.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::manifest::Manifest;
use super::{DATABASE, MEDIA};
use crate::app::{DRAFTS_FILE, PUBLIC_FILE, lock, make_data_dir, open_library};
use crate::clock::Clock;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::store;

/// What was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where what was there before lies now; empty where nothing was.
    pub aside: Vec<PathBuf>,
    /// How many files of the library were put back.
    pub files: usize,
}

/// Puts a backup back where the settings say. `told` is told what is worked on and how far that is.
///
/// # Errors
/// [`Error::Refused`] where somebody serves from there, the backup is not whole, or something cannot be written.
pub async fn restore(
    config: &Config,
    backup: &Path,
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
    let address = config.database_address();
    if address.file().is_none() && !store::inspect(address.expose()).await?.is_new {
        return Err(Error::Refused(format!(
            "There is something in the database {address} already. Nothing was changed; make an empty one, and name that."
        )));
    }
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
    let paths: Vec<&String> =
        manifest.files.keys().filter(|path| Path::new(path).starts_with(MEDIA)).collect();
    for (number, path) in (1..).zip(&paths) {
        let to = Path::new(path).strip_prefix(MEDIA).map_err(Error::internal)?;
        copy_file(&backup.join(path), &media.join(to))?;
        told("files of the library", number);
    }
    library.files().set_owner(&manifest.identity)?;
    let from = backup.join(DATABASE);
    match &database {
        Some(file) => {
            let fresh = with(file, ".new");
            remove(&fresh)?;
            copy_file(&from, &fresh)?;
            fs::rename(&fresh, file).map_err(|error| cannot(file, &error))?;
        }
        None => store::load_file(&from, address.expose(), &|rows| told("rows of the database", rows)).await?,
    }
    Ok(Restored { aside, files: paths.len() })
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

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(cannot(file, &error)),
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
