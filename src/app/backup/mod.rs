//! Backups: the database at one moment as a SQLite file, whatever kind it is, the library's files that it names, and
//! a manifest that says what is there. One format, so that a backup of either kind of database can be put back into
//! the other. It must not know what is in the database, nor where it lies; the store and the settings do.

mod manifest;
mod note;
mod ready;
mod restore;
mod take;
mod verify;

pub use manifest::{Manifest, Part};
pub use note::{Note, Verified};
pub use ready::unfinished_restore;
pub use restore::{Restored, restore};
pub use take::{Taken, backup};
pub use verify::verify;

/// The database in a backup.
const DATABASE: &str = "database.db";
/// The library's files in a backup.
const MEDIA: &str = "media";
/// What is written last: without it a backup is none.
const MANIFEST: &str = "manifest.json";
