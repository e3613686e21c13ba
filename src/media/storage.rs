//! Where the bytes lie: `ab/abcdef…/original`, and `ab/abcdef…/640` for the variant of 640 pixels,
//! in one directory. The only one that knows object_store and the directory. A file is there whole
//! or not at all: it is written under another name, synced and renamed.

use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use axum::body::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, GetResult, ObjectStore as _, ObjectStoreExt as _};

use super::removed::{NAME, REMOVED, last_written};
use crate::content::parsed::Upload;
use crate::content::parsed::upload::is_hash;
use crate::error::{Error, Result};

/// What is being received lies here.
const INCOMING: &str = "incoming";

/// The files of a library.
#[derive(Clone, Debug)]
pub struct Files {
    dir: PathBuf,
    store: Arc<OnceLock<LocalFileSystem>>,
}

/// The files of one hash on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// The hash that their directory is called by.
    pub hash: String,
    /// When the newest of them was written.
    pub written: SystemTime,
}

fn key(hash: &str, width: Option<u32>) -> Key {
    let part = width.map_or_else(|| "original".to_owned(), |width| width.to_string());
    Key::from_iter([group(hash), hash, &part])
}

/// The directories of files are spread over others, called by the first letters of their hashes.
fn group(hash: &str) -> &str {
    hash.get(..2).unwrap_or("xx")
}

/// Where the files of a hash lie in a library's directory.
pub(super) fn place(dir: &Path, hash: &str) -> PathBuf {
    dir.join(group(hash)).join(hash)
}

fn failed(error: object_store::Error) -> Error {
    tracing::error!(%error, "a file of the library cannot be used");
    Error::Unavailable(
        "The library’s files cannot be read or written at the moment. Nothing was lost; please try again.",
    )
}

pub(super) fn io_error(error: std::io::Error) -> Error {
    tracing::error!(%error, "a file of the library cannot be used");
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Error::Unavailable("There is no room left for files. Ask whoever runs this server.")
        }
        _ => Error::Unavailable(
            "The library’s files cannot be read or written at the moment. Please try again.",
        ),
    }
}

impl Files {
    /// The files in this directory, which may be made later.
    #[must_use]
    pub fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), store: Arc::default() }
    }

    /// The same; the directory is made, for its owner alone, where it is missing.
    pub(super) fn make(dir: &Path) -> Result<Self> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(dir.join(INCOMING)).map_err(|error| {
            Error::Refused(format!(
                "The directory {} for the library’s files cannot be made: {error}. Make it and give it to this user, \
                 or choose another with media_dir.",
                dir.display()
            ))
        })?;
        Ok(Self::at(dir))
    }

    /// The directory as a store of objects; `None` where it is missing still.
    fn store(&self) -> Option<&LocalFileSystem> {
        if let Some(store) = self.store.get() {
            return Some(store);
        }
        let opened = LocalFileSystem::new_with_prefix(&self.dir).ok()?.with_fsync(true);
        Some(self.store.get_or_init(|| opened))
    }

    fn need(&self) -> Result<&LocalFileSystem> {
        self.store().ok_or_else(|| io_error(ErrorKind::NotFound.into()))
    }

    /// The directories that files are written in.
    #[must_use]
    pub fn written(&self) -> [PathBuf; 2] {
        [self.dir.clone(), self.dir.join(INCOMING)]
    }

    /// A new file that something is received into.
    pub(super) fn incoming(&self) -> PathBuf {
        self.dir.join(INCOMING).join(uuid::Uuid::new_v4().to_string())
    }

    /// Keeps these bytes; `width` says of which variant they are.
    pub(super) async fn put(&self, hash: &str, width: Option<u32>, bytes: Bytes) -> Result<()> {
        self.need()?.put(&key(hash, width), bytes.into()).await.map(drop).map_err(failed)
    }

    /// Whether a file is here with all its variants.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub async fn has(&self, file: &Upload) -> Result<bool> {
        let Some(store) = self.store() else { return Ok(false) };
        let widths = file.picture().map(|picture| picture.widths.as_slice()).unwrap_or_default();
        for width in std::iter::once(None).chain(widths.iter().copied().map(Some)) {
            match store.head(&key(file.hash(), width)).await {
                Ok(found) if width.is_some() || found.size == file.size() => {}
                Ok(_) | Err(object_store::Error::NotFound { .. }) => return Ok(false),
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(true)
    }

    /// A part of a file; `None` where there is none. A range that it does not have is refused by
    /// object_store with [`object_store::Error::Generic`]; whoever asks has checked it.
    pub(super) async fn get(
        &self,
        hash: &str,
        width: Option<u32>,
        range: Option<GetRange>,
    ) -> Result<Option<GetResult>> {
        let Some(store) = self.store().filter(|_| is_hash(hash)) else { return Ok(None) };
        match store.get_opts(&key(hash, width), GetOptions { range, ..GetOptions::default() }).await {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// How long a file or variant is; `None` where there is none.
    pub(super) async fn length(&self, hash: &str, width: Option<u32>) -> Result<Option<u64>> {
        let Some(store) = self.store().filter(|_| is_hash(hash)) else { return Ok(None) };
        match store.head(&key(hash, width)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Keeps the name of a file beside it, as it was sent: who looks through what was moved aside knows it by that.
    pub(super) async fn put_name(&self, hash: &str, name: &str) -> Result<()> {
        let key = Key::from_iter([group(hash), hash, NAME]);
        self.need()?.put(&key, Bytes::from(name.to_owned()).into()).await.map(drop).map_err(failed)
    }

    /// The directory.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Everything that is kept, whole or not. Reads all directories: not for the threads that answer.
    pub(super) fn kept(&self) -> std::io::Result<Vec<Kept>> {
        let mut kept = Vec::new();
        for group in entries(&self.dir)? {
            if !group.is_dir() || group.ends_with(INCOMING) || group.ends_with(REMOVED) {
                continue;
            }
            for dir in entries(&group)? {
                let hash =
                    dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                if is_hash(&hash) && dir.is_dir() {
                    let written = last_written(&dir)?;
                    kept.push(Kept { hash, written });
                }
            }
        }
        Ok(kept)
    }

    /// Removes what somebody began to send before this moment and never ended.
    pub(super) fn remove_incoming(&self, before: SystemTime) -> std::io::Result<()> {
        for file in entries(&self.dir.join(INCOMING))? {
            if std::fs::metadata(&file).and_then(|found| found.modified()).is_ok_and(|at| at < before) {
                std::fs::remove_file(file)?;
            }
        }
        Ok(())
    }
}

/// What lies in a directory; nothing where it is missing.
pub(super) fn entries(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    match std::fs::read_dir(dir) {
        Ok(found) => found.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
