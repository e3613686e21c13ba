//! Who works on a data directory: whoever serves or changes holds a lock that others may share, whoever replaces the
//! files holds it alone. The system lets go of it with the process, however that ends. It must not guard what several
//! may do at once: the database does.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::make_data_dir;
use crate::error::{Error, Result};

/// The file that is locked; there is nothing in it.
const LOCK: &str = "recto.lock";

fn open(dir: &Path) -> Result<File> {
    make_data_dir(dir)?;
    let file = dir.join(LOCK);
    File::options().create(true).truncate(false).write(true).open(&file).map_err(|error| {
        Error::Refused(format!(
            "{} cannot be written to: {error}. Check that this user may write in the data directory {}.",
            file.display(),
            dir.display()
        ))
    })
}

/// Works on a data directory beside others.
///
/// # Errors
/// [`Error::Refused`] while somebody replaces what is in it.
pub(super) fn share(dir: &Path) -> Result<File> {
    let file = open(dir)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Refused(format!(
            "A backup is being put back into {}. Wait until that is done.",
            dir.display()
        ))),
        Err(TryLockError::Error(error)) => Err(Error::internal(error)),
    }
}

/// Works on a data directory alone.
///
/// # Errors
/// [`Error::Refused`] while somebody serves from it.
pub(super) fn alone(dir: &Path) -> Result<File> {
    let file = open(dir)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Error::Refused(format!("A Recto is working on {}. Stop it first.", dir.display())))
        }
        Err(TryLockError::Error(error)) => Err(Error::internal(error)),
    }
}
