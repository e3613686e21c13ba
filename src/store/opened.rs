//! Whether a SQLite database is still the file that was opened: one that was removed or replaced takes what is
//! written to it along. It must not open it.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The file that was opened.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    file: PathBuf,
    number: Option<(u64, u64)>,
}

impl Opened {
    /// Notes which file lies there now.
    pub(super) fn of(file: &Path) -> Self {
        Self { file: file.to_owned(), number: number(file) }
    }

    /// Whether it still lies there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it does not.
    pub(super) fn check(&self) -> Result<()> {
        if number(&self.file) == self.number {
            return Ok(());
        }
        tracing::error!(
            file = %self.file.display(),
            "the database’s file was removed or replaced while it is open; nothing is saved until Recto is started again"
        );
        Err(Error::Unavailable(
            "Nothing was saved: the database’s file was removed or replaced. Keep this page open, and ask whoever runs \
             this server to start it again.",
        ))
    }
}

/// Which file it is, whatever its name.
fn number(file: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(file).ok().map(|found| (found.dev(), found.ino()))
}
