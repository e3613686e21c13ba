//! What was moved aside: files that nothing named lie in `removed/YYYY-MM-DD/HASH/` as they lay in the
//! library, for a while. A file lies in one place or in the other, whatever is killed: it goes there and comes
//! back by being renamed, with its variants. This must not decide what is moved or deleted: whoever asks has
//! looked who names what.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Result as IoResult};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{NaiveDate, TimeDelta};

use super::storage::{Files, entries, io_error, place};
use crate::content::parsed::MediaType;
use crate::content::parsed::upload::is_hash;
use crate::error::{Error, Result};

/// What was moved aside lies here.
pub(super) const REMOVED: &str = "removed";

/// The name as it was sent, beside the bytes.
pub(super) const NAME: &str = "name";

/// For how many days it is kept.
const KEPT_DAYS: i64 = 30;

/// The longest name that is read, in bytes.
const NAME_MAX: u64 = 1_024;

/// The largest picture that is shown of a file, in bytes: of a picture without variants itself.
const SHOWN_MAX: u64 = 2_000_000;

/// A file that was moved aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The SHA-256 of its bytes.
    pub hash: String,
    /// The day on which it was moved.
    pub day: NaiveDate,
}

/// What it is, as far as can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The name as it was sent; empty where none was kept.
    pub name: String,
    /// How many bytes it has; none where it is not whole.
    pub size: Option<u64>,
    /// Its kind, where it is a picture.
    pub picture: Option<MediaType>,
}

impl Removed {
    /// The last day on which it is kept.
    #[must_use]
    pub fn kept_until(&self) -> NaiveDate {
        self.day.checked_add_signed(TimeDelta::days(KEPT_DAYS)).unwrap_or(NaiveDate::MAX)
    }
}

/// Whether a file came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutBack {
    /// It lies in the library again, as if it were written just now.
    Back,
    /// The library has it already.
    There,
    /// It was not moved aside, or is deleted by now.
    Unknown,
}

impl Files {
    /// Everything that was moved aside, the newest first.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub async fn removed(&self) -> Result<Vec<Removed>> {
        self.blocking(Self::read_removed).await
    }

    /// What these are, in their order.
    ///
    /// # Errors
    /// Where one of them cannot be read.
    pub async fn look_at(&self, removed: Vec<Removed>) -> Result<Vec<Seen>> {
        self.blocking(move |files| removed.iter().map(|one| look_at(&files.aside(one))).collect()).await
    }

    /// The picture that shows what was moved aside, where it is one: its smallest variant.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn removed_picture(&self, hash: &str) -> Result<Option<(MediaType, Vec<u8>)>> {
        let hash = hash.to_owned();
        self.blocking(move |files| {
            let Some(found) = files.read_removed()?.into_iter().find(|one| one.hash == hash) else {
                return Ok(None);
            };
            picture(&files.aside(&found))
        })
        .await
    }

    /// Moves the files of these hashes aside, but for what was written since `old`. Gives how many were moved.
    ///
    /// # Errors
    /// Where one cannot be moved; those before it were.
    pub async fn move_aside(&self, hashes: Vec<String>, old: SystemTime, day: NaiveDate) -> Result<usize> {
        self.blocking(move |files| {
            let mut moved = 0;
            for hash in hashes {
                moved += usize::from(files.move_one(&Removed { hash, day }, old)?);
            }
            Ok(moved)
        })
        .await
    }

    /// Puts a file back that was moved aside.
    ///
    /// # Errors
    /// Where it cannot be moved.
    pub async fn put_back(&self, hash: &str) -> Result<PutBack> {
        let hash = hash.to_owned();
        self.blocking(move |files| files.put_one_back(&hash)).await
    }

    /// Deletes what was moved aside, for good.
    ///
    /// # Errors
    /// Where one cannot be deleted.
    pub async fn delete_removed(&self, removed: Vec<Removed>) -> Result<()> {
        self.blocking(move |files| {
            for one in &removed {
                let dir = files.aside(one);
                delete_dir(&dir)?;
                // The day's directory stays while something lies in it.
                let _ = dir.parent().map(std::fs::remove_dir);
            }
            Ok(())
        })
        .await
    }

    /// Deletes what was moved aside of a file that the library has whole, as whoever asks has seen.
    ///
    /// # Errors
    /// Where it cannot be deleted.
    pub async fn delete_second(&self, hash: &str) -> Result<()> {
        let seconds = self.removed().await?.into_iter().filter(|one| one.hash == hash).collect();
        self.delete_removed(seconds).await
    }

    /// Deletes these files for good, in the library and where they were moved aside.
    ///
    /// # Errors
    /// Where one cannot be deleted; those before it were.
    pub async fn erase(&self, hashes: Vec<String>) -> Result<()> {
        self.blocking(move |files| {
            let aside = files.read_removed()?;
            for hash in hashes.iter().filter(|hash| is_hash(hash)) {
                let seconds = aside.iter().filter(|one| one.hash == *hash).map(|one| files.aside(one));
                for dir in std::iter::once(place(files.dir(), hash)).chain(seconds) {
                    delete_dir(&dir)?;
                }
            }
            Ok(())
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> IoResult<T> + Send + 'static,
    ) -> Result<T> {
        let files = self.clone();
        tokio::task::spawn_blocking(move || work(&files)).await.map_err(Error::internal)?.map_err(io_error)
    }

    fn aside(&self, removed: &Removed) -> PathBuf {
        self.dir().join(REMOVED).join(removed.day.format("%Y-%m-%d").to_string()).join(&removed.hash)
    }

    fn read_removed(&self) -> IoResult<Vec<Removed>> {
        let mut removed = Vec::new();
        for dir in entries(&self.dir().join(REMOVED))? {
            let Some(day) = file_name(&dir).parse().ok().filter(|_| dir.is_dir()) else { continue };
            let hashes = entries(&dir)?.into_iter().map(|dir| file_name(&dir)).filter(|name| is_hash(name));
            removed.extend(hashes.map(|hash| Removed { hash, day }));
        }
        removed.sort_by(|one, other| (other.day, &one.hash).cmp(&(one.day, &other.hash)));
        Ok(removed)
    }

    fn move_one(&self, removed: &Removed, old: SystemTime) -> IoResult<bool> {
        let (from, to) = (place(self.dir(), &removed.hash), self.aside(removed));
        // Somebody may have sent it again since it was looked at.
        if last_written(&from)? >= old {
            return Ok(false);
        }
        make_parent(&to)?;
        match std::fs::rename(&from, &to) {
            Ok(()) => sync_parents(&from, &to).map(|()| true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) if is_taken(&error) => {
                tracing::warn!(
                    hash = removed.hash,
                    "a file lies in the library and in removed/; it stays in both"
                );
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    fn put_one_back(&self, hash: &str) -> IoResult<PutBack> {
        let Some(removed) = self.read_removed()?.into_iter().find(|one| one.hash == hash) else {
            return Ok(PutBack::Unknown);
        };
        let (from, to) = (self.aside(&removed), place(self.dir(), hash));
        make_parent(&to)?;
        // Before it is back: whoever tidies is to find it as written just now.
        match touch(&from).and_then(|()| std::fs::rename(&from, &to)) {
            Ok(()) => {
                sync_parents(&from, &to)?;
                // The day's directory stays while something lies in it.
                let _ = from.parent().map(std::fs::remove_dir);
                Ok(PutBack::Back)
            }
            // Somebody else has put it back.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(PutBack::Unknown),
            Err(error) if is_taken(&error) => Ok(PutBack::There),
            Err(error) => Err(error),
        }
    }
}

fn delete_dir(dir: &Path) -> IoResult<()> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Marks all files of a directory as written just now.
fn touch(dir: &Path) -> IoResult<()> {
    let now = SystemTime::now();
    entries(dir)?.iter().try_for_each(|file| File::options().append(true).open(file)?.set_modified(now))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Whether something lies already where a directory was to go.
fn is_taken(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists)
}

/// When the newest file of a directory was written.
pub(super) fn last_written(dir: &Path) -> IoResult<SystemTime> {
    let mut written = SystemTime::UNIX_EPOCH;
    for file in entries(dir)? {
        let at = match std::fs::metadata(file) {
            Ok(found) => found.modified()?,
            // It has got its name between these two looks: somebody is writing.
            Err(error) if error.kind() == ErrorKind::NotFound => SystemTime::now(),
            Err(error) => return Err(error),
        };
        written = written.max(at);
    }
    Ok(written)
}

fn make_parent(path: &Path) -> IoResult<()> {
    let Some(parent) = path.parent() else { return Ok(()) };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)
}

/// What was renamed is so after a power cut, too.
fn sync_parents(from: &Path, to: &Path) -> IoResult<()> {
    for dir in [to.parent(), from.parent()].into_iter().flatten() {
        match File::open(dir) {
            Ok(dir) => dir.sync_all()?,
            // Empty by now, and removed.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn look_at(dir: &Path) -> IoResult<Seen> {
    let mut name = Vec::new();
    if let Some(file) = open(&dir.join(NAME))? {
        file.take(NAME_MAX).read_to_end(&mut name)?;
    }
    let name = String::from_utf8_lossy(&name).chars().filter(|c| !c.is_control()).collect();
    let Some(original) = open(&dir.join("original"))? else {
        return Ok(Seen { name, size: None, picture: None });
    };
    let size = Some(original.metadata()?.len());
    let mut first = Vec::new();
    original.take(16).read_to_end(&mut first)?;
    Ok(Seen { name, size, picture: MediaType::of_picture(&first) })
}

/// The smallest of a picture's files.
fn picture(dir: &Path) -> IoResult<Option<(MediaType, Vec<u8>)>> {
    let mut sized = Vec::new();
    for file in entries(dir)?.into_iter().filter(|file| file_name(file) != NAME) {
        sized.push((std::fs::metadata(&file)?.len(), file));
    }
    let Some((size, file)) = sized.into_iter().min() else { return Ok(None) };
    if size > SHOWN_MAX {
        return Ok(None);
    }
    let bytes = std::fs::read(file)?;
    Ok(MediaType::of_picture(&bytes).map(|media_type| (media_type, bytes)))
}

fn open(path: &Path) -> IoResult<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
