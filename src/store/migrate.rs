//! Bringing a database's schema up to date, step by step, and copying a SQLite database before. It must not be
//! called for a look.

use std::path::{Path, PathBuf};

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};
use sea_orm_migration::MigratorTrait as _;

use super::inspect;
use crate::error::{Error, Result};

/// What a step of the schema does, in words; empty where this release does not know it.
#[must_use]
pub fn about(step: &str) -> &'static str {
    recto_migrations::about(step)
}

pub(super) async fn connect(url: &str, read_only: bool) -> Result<DatabaseConnection> {
    let Some(file) = url.strip_prefix("sqlite:") else {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        return Ok(Database::connect(options).await?);
    };
    let file = Path::new(file.trim_start_matches("//")).to_owned();
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |_| {
        SqliteConnectOptions::new().filename(&file).foreign_keys(true).read_only(read_only)
    });
    Ok(Database::connect(options).await?)
}

/// Brings the database that `url` names up to date; `tell` is told each step before it is done. Each is whole or
/// not done.
///
/// # Errors
/// [`Error::Refused`] where a step fails: names it and the cause.
pub async fn migrate(url: &str, tell: &(dyn Fn(&str) + Sync)) -> Result<()> {
    let db = connect(url, false).await?;
    for step in inspect(url).await?.pending {
        tell(&step);
        recto_migrations::Migrator::up(&db, Some(1)).await.map_err(|error| {
            Error::Refused(format!(
                "The step {step} of the schema failed: {error}. The database is as it was before this step."
            ))
        })?;
    }
    // What is left is closed with the process.
    let _ = db.close().await;
    Ok(())
}

/// Copies a SQLite database, also one in use, into a file that is not there yet. It gets its name when it is whole:
/// ended at any moment, what was begun is called otherwise, and goes the next time.
///
/// # Errors
/// [`Error::Refused`] where it cannot be written.
pub async fn copy(url: &str, to: &Path) -> Result<()> {
    if to.symlink_metadata().is_ok() {
        return Err(Error::Refused(format!("There is something at {} already.", to.display())));
    }
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let cannot = |error: &dyn std::fmt::Display| {
        Error::Refused(format!(
            "The database cannot be copied to {}: {error}. Make room there.",
            to.display()
        ))
    };
    remove(&part).map_err(|error| cannot(&error))?;
    let db = connect(url, true).await?;
    let quoted = part.display().to_string().replace('\'', "''");
    let copied = db.execute_unprepared(&format!("VACUUM INTO '{quoted}'")).await;
    // What is left is closed with the process.
    let _ = db.close().await;
    let named = copied.map_err(|error| cannot(&error)).and_then(|_| {
        let synced = std::fs::File::open(&part).and_then(|file| file.sync_all());
        synced.and_then(|()| std::fs::rename(&part, to)).map_err(|error| cannot(&error))
    });
    if named.is_err() {
        // What was begun is no copy; where it stays, it does not say that it is one.
        let _ = remove(&part);
    }
    named
}

/// Removes what was begun of a copy, if there is something.
fn remove(part: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
