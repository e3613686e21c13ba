//! Making a backup while Recto serves: first the database, then the files that it names, last the manifest. It must
//! not change what it backs up.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::manifest::{Manifest, Part, Public, hex};
use super::{DATABASE, MEDIA};
use crate::app::{cannot_open, restrict};
use crate::clock::Clock;
use crate::config::Config;
use crate::content::parsed::Upload;
use crate::error::{Error, Result};
use crate::store::{self, Store, inspect};

/// What was backed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// How many items are public in it.
    pub public: u64,
    /// How many files of the library.
    pub files: usize,
    /// How many bytes in all.
    pub bytes: u64,
}

/// Backs up what the settings name into a directory that is not there yet, or empty. `told` is told what is worked on
/// and how far that is.
///
/// # Errors
/// [`Error::Refused`] where something cannot be read or written; what was made stays, and is no backup without its
/// manifest.
pub async fn backup(
    config: &Config,
    to: &Path,
    clock: &Clock,
    told: &(dyn Fn(&'static str, u64) + Sync),
) -> Result<Taken> {
    let address = config.database_address();
    let seen = inspect(address.expose()).await.map_err(|error| cannot_open(&address, error))?;
    if !seen.pending.is_empty() || !seen.unknown.is_empty() {
        return Err(Error::Refused(format!(
            "The database {address} is not of this release. Back it up with the release that it belongs to, or bring it \
             up to date with ‘recto migrate’, which copies it before."
        )));
    }
    make_empty(to)?;
    let made_at = clock.now();
    let file = to.join(DATABASE);
    store::save_as_file(address.expose(), &file, &|rows| told("rows of the database", rows)).await?;
    restrict(&file)?;
    let copied = Store::open(&format!("sqlite:{}", file.display()), None).await?;
    let (publications, changes) = copied.places().await?;
    let mut manifest = Manifest::new(made_at, copied.identity().await?, publications, changes);
    for (name, (items, digest)) in copied.public_digests().await? {
        manifest.public.insert(name, Public { items, digest: hex(&digest) });
    }
    let uploads = copied.uploads().await?;
    copied.close().await;
    for suffix in ["-wal", "-shm"] {
        // Folded into the file by closing it.
        let _ = fs::remove_file(to.join(format!("{DATABASE}{suffix}")));
    }
    let (media, target) = (config.media_dir(), to.to_owned());
    let paths: Vec<PathBuf> = uploads.iter().flat_map(paths_of).collect();
    for (number, path) in (1..).zip(&paths) {
        copy_file(&media, &target, path).await?;
        told("files of the library", number);
    }
    let mut taken =
        Taken { public: manifest.public.values().map(|one| one.items).sum(), files: paths.len(), bytes: 0 };
    for path in paths.iter().map(|path| Path::new(MEDIA).join(path)).chain([PathBuf::from(DATABASE)]) {
        let part = Part::of(&to.join(&path)).map_err(|error| cannot_write(&path, &error))?;
        taken.bytes += part.bytes;
        manifest.files.insert(path.display().to_string(), part);
    }
    manifest.write(to)?;
    Ok(taken)
}

/// Where the files of an upload lie in a library.
pub(super) fn paths_of(upload: &Upload) -> Vec<PathBuf> {
    let hash = upload.hash();
    let dir = Path::new(hash.get(..2).unwrap_or_default()).join(hash);
    let widths = upload.picture().map(|picture| picture.widths.as_slice()).unwrap_or_default();
    let mut paths: Vec<PathBuf> = widths.iter().map(|width| dir.join(width.to_string())).collect();
    paths.push(dir.join("original"));
    paths
}

async fn copy_file(media: &Path, to: &Path, path: &Path) -> Result<()> {
    let (from, to) = (media.join(path), to.join(MEDIA).join(path));
    let copied = tokio::task::spawn_blocking(move || {
        if let Some(dir) = to.parent() {
            make_dir(dir)?;
        }
        fs::copy(&from, &to)?;
        fs::File::open(&to)?.sync_all()
    });
    copied.await.map_err(Error::internal)?.map_err(|error| cannot_write(path, &error))
}

fn make_dir(dir: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Makes the directory for its owner alone; one that is there must be empty.
fn make_empty(dir: &Path) -> Result<()> {
    let shown = dir.display();
    make_dir(dir)
        .map_err(|error| Error::Refused(format!("The directory {shown} cannot be made: {error}.")))?;
    let mut entries = fs::read_dir(dir)
        .map_err(|error| Error::Refused(format!("{shown} cannot be looked into: {error}.")))?;
    if entries.next().is_some() {
        return Err(Error::Refused(format!(
            "There is something in {shown} already. Name a directory that is empty or not there yet, one for each backup."
        )));
    }
    Ok(())
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Error {
    Error::Refused(format!(
        "The file {} cannot be copied: {error}. What was begun is no backup; remove it, and ask ‘recto check’ which \
         files are missing.",
        path.display()
    ))
}
