//! What a backup says of itself: which database it is of, how far that was, what was public, and the digest of each
//! of its files. It must not name a file outside the backup.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::MANIFEST;
use crate::content::document::Place;
use crate::error::{Error, Result};

/// The format that this release writes and reads.
const FORMAT: u32 = 1;

/// The longest manifest that is read, in bytes: half a million files.
const LONGEST: u64 = 100_000_000;

/// A manifest, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of the backup.
    pub format: u32,
    /// The release that made it.
    pub release: String,
    /// When, in UTC.
    pub made_at: DateTime<Utc>,
    /// Which database it is of.
    pub identity: String,
    /// The last publication that is in it.
    pub publications: Reached,
    /// The last change that is in it.
    pub changes: Reached,
    /// What was public then, by type.
    pub public: BTreeMap<String, Public>,
    /// Its files by their paths below the backup's directory.
    pub files: BTreeMap<String, Part>,
}

/// A place in a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The number.
    pub sequence: i64,
    /// What tells it from that number in another history.
    pub nonce: String,
}

impl From<Place> for Reached {
    fn from(place: Place) -> Self {
        Self { sequence: place.sequence, nonce: place.nonce }
    }
}

/// What is public of a type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Public {
    /// How many items.
    pub items: u64,
    /// SHA-256 over `<id> <number> <document>` of each, a line each, in the order of their ids.
    pub digest: String,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

impl Part {
    /// What a file is.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of(file: &Path) -> std::io::Result<Self> {
        let (mut file, mut hash, mut bytes) = (File::open(file)?, Sha256::new(), 0);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            hash.update(buffer.get(..read).unwrap_or_default());
            bytes += read as u64;
        }
        Ok(Self { bytes, sha256: hex(&hash.finalize()) })
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Manifest {
    /// A manifest of this release.
    pub(super) fn new(made_at: DateTime<Utc>, identity: String, publications: Place, changes: Place) -> Self {
        Self {
            format: FORMAT,
            release: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            identity,
            publications: publications.into(),
            changes: changes.into(),
            public: BTreeMap::new(),
            files: BTreeMap::new(),
        }
    }

    /// Reads that of a backup.
    ///
    /// # Errors
    /// [`Error::Refused`] where there is none, or none that this release reads.
    pub fn read(backup: &Path) -> Result<Self> {
        let path = backup.join(MANIFEST);
        let shown = path.display();
        let file = File::open(&path).map_err(|error| {
            Error::Refused(format!(
                "{shown} cannot be read ({error}): this is no backup, or one that was not finished."
            ))
        })?;
        let mut text = String::new();
        let unfit = |why: String| Error::Refused(format!("{shown} is no manifest of a backup: {why}."));
        let read =
            file.take(LONGEST + 1).read_to_string(&mut text).map_err(|error| unfit(error.to_string()))?;
        if read as u64 > LONGEST {
            return Err(unfit("it is too long".to_owned()));
        }
        let manifest: Self = serde_json::from_str(&text).map_err(|error| unfit(error.to_string()))?;
        if manifest.format != FORMAT {
            return Err(Error::Refused(format!(
                "The backup has the format {}, and this release reads {FORMAT}. Use the release {} or a later one.",
                manifest.format, manifest.release
            )));
        }
        let leads_out =
            |path: &&String| !Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        match manifest.files.keys().find(leads_out) {
            Some(path) => Err(unfit(format!("it names {path:?}"))),
            None => Ok(manifest),
        }
    }

    /// Writes it as the last file of a backup.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn write(&self, backup: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(Error::internal)?;
        let fresh = backup.join(format!("{MANIFEST}.new"));
        let written = std::fs::write(&fresh, text)
            .and_then(|()| File::open(&fresh)?.sync_all())
            .and_then(|()| std::fs::rename(&fresh, backup.join(MANIFEST)));
        written.map_err(|error| Error::Refused(format!("{} cannot be written: {error}.", fresh.display())))
    }

    /// The files of a backup that are not what it says of them, each with why.
    pub(super) fn unlike(&self, backup: &Path, told: &(dyn Fn(u64) + Sync)) -> Vec<String> {
        let mut wrong = Vec::new();
        for (number, (path, part)) in (1..).zip(&self.files) {
            match Part::of(&backup.join(path)) {
                Ok(found) if found == *part => {}
                Ok(_) => wrong.push(format!("{path} is not what was backed up")),
                Err(error) => wrong.push(format!("{path} cannot be read: {error}")),
            }
            told(number);
        }
        wrong
    }
}
