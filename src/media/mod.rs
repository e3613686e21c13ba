//! The media library's files: taking them in, making variants of pictures, keeping them on disk,
//! answering with them. It must not know who asks, nor which item has which file.
//!
//! A file is known by the SHA-256 of its bytes as they are kept. Pictures are never kept as they
//! came: they are decoded, turned upright, brought into the sRGB colour space and encoded anew, so
//! that nothing but what is seen is left of them.

mod answer;
mod marker;
mod picture;
mod removed;
mod sniff;
mod storage;
mod take;
mod tidy;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::Semaphore;

pub use answer::{Asked, Caching, answer};
pub use removed::{PutBack, Removed, Seen};
pub use storage::Files;
pub use tidy::{Findings, Old, is_too_much};

use crate::content::parsed::MediaType;
use crate::content::parsed::upload::bytes as readable;
use crate::error::{Error, Result};

/// How many files are decoded at the same time: each may take hundreds of megabytes.
const AT_ONCE: usize = 2;

/// What the library takes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The longest file, in bytes.
    pub bytes: u64,
    /// The largest picture, in pixels; of a moving one all its frames together.
    pub pixels: u64,
    /// The kinds of files.
    pub types: Vec<MediaType>,
}

impl Limits {
    /// What is said of a file that is longer than is taken.
    #[must_use]
    pub fn too_long(&self) -> String {
        format!("It is longer than {}; make it smaller.", readable(self.bytes))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 50_000_000, pixels: 60_000_000, types: MediaType::taken() }
    }
}

/// The library: where files are kept, and what is taken.
#[derive(Clone, Debug)]
pub struct Library {
    files: Files,
    limits: Arc<Limits>,
    permits: Arc<Semaphore>,
    /// The database whose files these must be, where that is asked.
    owner: Option<String>,
}

impl Library {
    /// A library in this directory, which is made where it is missing.
    ///
    /// # Errors
    /// Where the directory cannot be made.
    pub fn open(dir: &Path, limits: Limits) -> Result<Self> {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        Ok(Self { files: Files::make(dir)?, limits: Arc::new(limits), permits, owner: None })
    }

    /// The same library, if it is that of the database with this id.
    #[must_use]
    pub fn of(self, identity: &str) -> Self {
        Self { owner: Some(identity.to_owned()), ..self }
    }

    /// Whether the files may be taken for the database's: a directory that does not say so may be the place of a
    /// volume that is not mounted.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where they may not.
    pub fn need(&self) -> Result<()> {
        let Some(owner) = &self.owner else { return Ok(()) };
        if self.files.owner()?.as_ref() == Some(owner) {
            return Ok(());
        }
        Err(Error::Unavailable(
            "The library’s files are not there at the moment, so none can be added. Ask whoever runs this server.",
        ))
    }

    /// The files, for reading.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// What is taken.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}
