//! Making what lies beside a database its own. It must not change the database, nor remove anything.

use std::path::{Path, PathBuf};

use super::identity::{self, Database, Looked, short};
use super::{cannot_open, lock, open_library};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::filename;
use crate::media::Library;

/// What would be adopted.
#[derive(Debug)]
pub struct Adoption {
    looked: Looked,
    identity: String,
    address: String,
    media: Library,
    media_dir: PathBuf,
    dir: PathBuf,
}

impl Adoption {
    /// Looks at the database and at what lies beside it.
    ///
    /// # Errors
    /// [`Error::Refused`] where there is no database with an id; where something cannot be looked at.
    pub async fn look(config: &Config) -> Result<Self> {
        let address = config.database_address();
        let looked = identity::look(config).await.map_err(|error| cannot_open(&address, error))?;
        let Database::Of(identity) = &looked.database else {
            return Err(Error::Refused(format!(
                "There is no database of this release at {address}, so nothing can be made its own."
            )));
        };
        let identity = identity.clone();
        let media_dir = config.media_dir();
        let media = open_library(config)?;
        let dir = config.data_dir.path().to_owned();
        Ok(Self { looked, identity, address: address.to_string(), media, media_dir, dir })
    }

    /// Both sides in lines.
    #[must_use]
    pub fn tell(&self) -> Vec<String> {
        let mut lines =
            vec![format!("Database  {}  {}: {}", short(&self.identity), self.address, self.looked.holds)];
        lines.extend(self.looked.beside.iter().map(|one| {
            let owner = one.owner.as_deref().map_or("no id   ", short);
            format!("Beside    {owner}  {}: {}", one.place.display(), one.holds)
        }));
        lines
    }

    /// Whether all of it is the database's own already.
    #[must_use]
    pub fn is_needless(&self) -> bool {
        self.looked.is_marked(&self.media_dir)
            && self.looked.beside.iter().all(|one| one.owner.as_ref() == Some(&self.identity))
    }

    /// Marks the library and moves the read stores aside. Says in lines what it did.
    ///
    /// # Errors
    /// Where something cannot be written; what was done stays done and is done the next time, too.
    pub fn carry_out(&self) -> Result<Vec<String>> {
        let _alone = lock::alone(&self.dir)?;
        let mut done = Vec::new();
        let others = self.looked.beside.iter().filter(|one| one.owner.as_ref() != Some(&self.identity));
        for one in others.filter(|one| one.place != self.media_dir) {
            let aside = move_aside(&one.place, one.owner.as_deref().map_or("unknown", short))?;
            done.push(format!("Moved {} to {}; it is built anew.", one.place.display(), aside.display()));
        }
        self.media.files().set_owner(&self.identity)?;
        done.push(format!(
            "{} is the library of the database {}.",
            self.media_dir.display(),
            short(&self.identity)
        ));
        Ok(done)
    }
}

/// Moves a store with its write-ahead log to a name that is free.
fn move_aside(file: &Path, owner: &str) -> Result<PathBuf> {
    let aside = filename::free(&filename::with_end(file, &format!(".of-{owner}")), "")?;
    // The log first: without its file it is nothing, with another one it would be played into that.
    for suffix in ["-wal", "-shm", ""] {
        match std::fs::rename(filename::with_end(file, suffix), filename::with_end(&aside, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Refused(format!("{} cannot be moved aside: {error}.", file.display())));
            }
            _ => {}
        }
    }
    Ok(aside)
}
