//! Writing SQLite's file anew, without what it holds no longer, so that from then on it gives empty pages
//! back. For a database that nobody has open. It must not leave anything but the old file or the new one.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};

use crate::error::{Error, Result};
use crate::filename;

/// What SQLite calls a file that gives empty pages back when it is asked to.
const INCREMENTAL: &str = "2";

/// How long another program is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// What writing a file anew came to, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// How long it was.
    pub before: u64,
    /// How long it is.
    pub after: u64,
}

/// Whether an SQLite database gives empty pages back, or has to be written anew for that.
///
/// # Errors
/// Where it cannot be read.
pub async fn gives_back(file: &Path) -> Result<bool> {
    let mut db = SqliteConnectOptions::new().filename(file).read_only(true).connect().await?;
    let mode = asked(&mut db, "PRAGMA auto_vacuum").await?;
    db.close().await?;
    Ok(mode == [INCREMENTAL])
}

/// Writes an SQLite database anew: a copy aside, which is looked through and then takes the file's place. Ended
/// at any moment, the database is what it was or the copy; a copy that was not finished is removed the next time.
///
/// # Errors
/// [`Error::Refused`] where another program has it open, it is damaged, or there is no room for a copy.
pub async fn compact(file: &Path) -> Result<Compacted> {
    let before = length(file)?;
    let aside = filename::with_end(file, ".compact");
    for leftover in [aside.clone(), filename::with_end(&aside, "-journal")] {
        remove(&leftover)?;
    }
    // Without its log beside it a database is one file. SQLite does that for nobody but the last who has it open.
    let options = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(PATIENCE)
        .journal_mode(SqliteJournalMode::Delete)
        // The copy gets this; of the old file it changes nothing.
        .auto_vacuum(SqliteAutoVacuum::Incremental);
    let mut old = options.connect().await.map_err(in_use)?;
    let copied = copy(&mut old, &aside).await;
    let copied = match copied {
        // Its place is taken while nobody else can write into the file that goes.
        Ok(()) => take_place(&aside, file).map_err(Error::internal),
        Err(error) => Err(error),
    };
    // What is left is closed with the process.
    let _ = old.close().await;
    if let Err(error) = copied {
        remove(&aside)?;
        return Err(error);
    }
    Ok(Compacted { before, after: length(file)? })
}

/// Copies what is in the database into a file of its own and makes sure that it is all there.
async fn copy(old: &mut SqliteConnection, aside: &Path) -> Result<()> {
    for lock in ["PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "COMMIT"] {
        run(old, lock).await.map_err(in_use)?;
    }
    if asked(old, "PRAGMA journal_mode").await?.iter().any(|mode| mode != "delete") {
        return Err(Error::Refused(IN_USE.to_owned()));
    }
    sqlx::query("VACUUM INTO ?").bind(aside.display().to_string()).execute(&mut *old).await?;
    let mut new = SqliteConnectOptions::new().filename(aside).connect().await?;
    let checked = ensure_same(old, &mut new).await;
    new.close().await?;
    checked?;
    // Before it gets its name it is on the disk.
    std::fs::File::open(aside).and_then(|file| file.sync_all()).map_err(Error::internal)
}

/// Makes sure that the copy is whole, has as many rows in every table, and gives empty pages back.
async fn ensure_same(old: &mut SqliteConnection, new: &mut SqliteConnection) -> Result<()> {
    let tables =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let names = asked(old, tables).await?;
    let mut whole = asked(new, "PRAGMA quick_check").await? == ["ok"]
        && asked(new, "PRAGMA auto_vacuum").await? == [INCREMENTAL]
        && asked(new, tables).await? == names;
    for name in names {
        let rows = format!("SELECT count(*) FROM \"{}\"", name.replace('"', "\"\""));
        whole &= asked(old, &rows).await? == asked(new, &rows).await?;
    }
    match whole {
        true => Ok(()),
        false => Err(Error::Refused(
            "The copy of the database is not what the database is, so nothing was changed. Run ‘recto check’."
                .to_owned(),
        )),
    }
}

const IN_USE: &str = "Another program has the database open. Stop Recto first.";

fn in_use(error: sqlx::Error) -> Error {
    match Error::from(error) {
        Error::Unavailable(_) => Error::Refused(IN_USE.to_owned()),
        error => error,
    }
}

async fn run(db: &mut SqliteConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(db).await.map(drop)
}

/// The first column of what a statement gives, as text.
async fn asked(db: &mut SqliteConnection, sql: &str) -> Result<Vec<String>> {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    let rows = sqlx::query(sql).fetch_all(db).await?;
    rows.iter()
        .map(|row| match row.try_get_unchecked::<String, _>(0) {
            Ok(text) => Ok(text),
            Err(_) => Ok(row.try_get_unchecked::<i64, _>(0)?.to_string()),
        })
        .collect()
}

fn length(file: &Path) -> Result<u64> {
    std::fs::metadata(file).map(|found| found.len()).map_err(|error| {
        Error::Refused(format!("The database {} cannot be looked at: {error}.", file.display()))
    })
}

fn remove(file: &Path) -> Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::internal(error)),
        _ => Ok(()),
    }
}

/// Puts the copy into the place of the file, with its rights. Only once the directory is on the disk, the copy
/// keeps that name through a power cut.
fn take_place(aside: &Path, file: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(aside, std::fs::metadata(file)?.permissions())?;
    std::fs::rename(aside, file)?;
    let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(dir)?.sync_all()
}
