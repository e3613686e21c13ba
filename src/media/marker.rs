//! Whose library a directory is: a file in it that holds the id of the database. It must not be written by a
//! start that finds it missing: the volume with the files may not be there.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Files;
use super::storage::io_error;
use crate::error::{Error, Result};

/// The file's name.
const MARKER: &str = "recto-database";

/// The longest marker that is read, in bytes.
const LONGEST: usize = 100;

impl Files {
    fn marker(&self) -> PathBuf {
        self.dir().join(MARKER)
    }

    /// The id of the database whose library this is; none where the directory does not say.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn owner(&self) -> Result<Option<String>> {
        match std::fs::read(self.marker()) {
            Ok(text) if text.len() > LONGEST => Ok(Some(String::new())),
            Ok(text) => Ok(Some(String::from_utf8_lossy(&text).trim().to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error(error)),
        }
    }

    /// Says whose library this is, whatever it was before.
    ///
    /// # Errors
    /// Where the directory cannot be written to.
    pub fn set_owner(&self, identity: &str) -> Result<()> {
        let fresh = self.dir().join(format!("{MARKER}.new"));
        let written = std::fs::write(&fresh, format!("{identity}\n"))
            .and_then(|()| std::fs::File::open(&fresh)?.sync_all())
            .and_then(|()| std::fs::rename(&fresh, self.marker()));
        written.map_err(|error| cannot_mark(self.dir(), &error))
    }

    /// How many files lie here.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub fn number(&self) -> Result<usize> {
        match self.kept() {
            Ok(kept) => Ok(kept.len()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => Err(io_error(error)),
        }
    }
}

fn cannot_mark(dir: &Path, error: &std::io::Error) -> Error {
    Error::Refused(format!(
        "The directory {} for the library’s files cannot be written to: {error}. Give it to this user, or choose \
         another with media_dir.",
        dir.display()
    ))
}
