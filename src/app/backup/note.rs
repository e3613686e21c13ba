//! What is remembered of the last backup: a file in the data directory, which no backup takes along. It must not be
//! what a backup is trusted by; that is its manifest.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Manifest;
use crate::app::restrict;
use crate::error::{Error, Result};

/// The file's name.
const NOTE: &str = "last-backup.json";

/// The longest note that is read, in bytes: paths have 4,096 at most, each written as six in JSON.
const LONGEST: u64 = 50_000;

/// What is remembered of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Which database it is of.
    pub identity: String,
    /// When it was begun: what was saved later is not in it.
    pub made_at: DateTime<Utc>,
    /// Where it was made.
    pub directory: PathBuf,
    /// Whether it has been verified.
    pub verified: Option<Verified>,
}

/// What came of verifying it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it could be put back.
    pub is_whole: bool,
}

impl Note {
    /// The note in a data directory, where there is one.
    ///
    /// # Errors
    /// [`Error::Refused`] where it cannot be read: says why, without a full stop.
    pub fn read(data_dir: &Path) -> Result<Option<Self>> {
        let path = data_dir.join(NOTE);
        let unfit = |why: String| Error::Refused(format!("{} cannot be read: {why}", path.display()));
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unfit(error.to_string())),
        };
        let mut text = String::new();
        file.take(LONGEST).read_to_string(&mut text).map_err(|error| unfit(error.to_string()))?;
        serde_json::from_str(&text).map(Some).map_err(|error| unfit(error.to_string()))
    }

    /// Notes that a backup was made.
    ///
    /// # Errors
    /// [`Error::Refused`] where it has no manifest, or the note cannot be written.
    pub fn made(data_dir: &Path, backup: &Path) -> Result<()> {
        let Manifest { identity, made_at, .. } = Manifest::read(backup)?;
        let directory = std::path::absolute(backup).map_err(Error::internal)?;
        Self { identity, made_at, directory, verified: None }.write(data_dir)
    }

    /// Notes what came of verifying a backup, where it is the one that is remembered.
    ///
    /// # Errors
    /// [`Error::Refused`] where the note cannot be read or written.
    pub fn verified(data_dir: &Path, backup: &Path, verified: Verified) -> Result<()> {
        let directory = std::path::absolute(backup).map_err(Error::internal)?;
        match Self::read(data_dir)?.filter(|note| note.directory == directory) {
            Some(note) => Self { verified: Some(verified), ..note }.write(data_dir),
            None => Ok(()),
        }
    }

    /// How long ago it was made.
    #[must_use]
    pub fn age(&self, now: DateTime<Utc>) -> chrono::TimeDelta {
        // A clock that was put back makes it no younger than new.
        (now - self.made_at).max(chrono::TimeDelta::zero())
    }

    fn write(&self, data_dir: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(Error::internal)?;
        let (path, fresh) = (data_dir.join(NOTE), data_dir.join(format!("{NOTE}.new")));
        let written = fs::write(&fresh, text).and_then(|()| File::open(&fresh)?.sync_all());
        let written = written.and_then(|()| fs::rename(&fresh, &path));
        written.map_err(|error| {
            // Half a note is none.
            let _ = fs::remove_file(&fresh);
            Error::Refused(format!("{} cannot be written: {error}", path.display()))
        })?;
        restrict(&path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written_or_said_to_be_unfit() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Note::read(dir.path()).unwrap(), None);
        let at = DateTime::from_timestamp(1_764_000_000, 0).unwrap();
        let note =
            Note { identity: "a1".into(), made_at: at, directory: "/backup/one".into(), verified: None };
        note.write(dir.path()).unwrap();
        assert_eq!(Note::read(dir.path()).unwrap().as_ref(), Some(&note));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside");

        let told = Verified { at, is_whole: true };
        Note::verified(dir.path(), Path::new("/backup/other"), told).unwrap();
        assert_eq!(Note::read(dir.path()).unwrap().unwrap().verified, None, "another backup was verified");
        Note::verified(dir.path(), Path::new("/backup/one"), told).unwrap();
        assert_eq!(Note::read(dir.path()).unwrap().unwrap().verified, Some(told));

        assert_eq!(note.age(at + chrono::TimeDelta::seconds(90)).num_seconds(), 90);
        assert_eq!(note.age(at - chrono::TimeDelta::days(400)).num_seconds(), 0);
        for unfit in [b"{".to_vec(), b"{}".to_vec(), vec![0xff; 9], vec![b' '; 60_000], Vec::new()] {
            fs::write(dir.path().join(NOTE), unfit).unwrap();
            let said = Note::read(dir.path()).unwrap_err().to_string();
            assert!(said.contains("last-backup.json cannot be read"), "{said}");
        }
    }
}
