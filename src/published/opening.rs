//! The file of a read store, opened or made by its one writer. It must not make one anew that may be whole.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, SqlitePool};

use super::schema;
use crate::content::document::Place;
use crate::error::{Error, Result};
use crate::filename;
use crate::sqlite;

/// SQLite’s codes for want of room: FULL, and of IOERR those of writing, syncing and of the index of the log
/// (<https://sqlite.org/rescode.html>).
const NO_ROOM: [&str; 4] = ["13", "778", "1034", "4874"];

/// Opens a store of our schema; none where one is to be made, whatever is there.
///
/// # Errors
/// Where there is no room on the disk: the store is whole then, as far as can be told.
pub(super) async fn open_known(file: &Path) -> Result<Option<SqlitePool>> {
    if !file.exists() {
        return Ok(None);
    }
    let opened = async {
        let write = connect(file).await?;
        let sql = "SELECT value FROM mark WHERE name = 'schema'";
        let schema = sqlx::query_scalar::<_, String>(sql).fetch_one(&write).await;
        if !schema.as_ref().is_ok_and(|schema| *schema == schema::fingerprint()) {
            write.close().await;
        }
        sqlx::Result::Ok((write, schema?))
    };
    let why = match opened.await {
        Ok((write, schema)) if schema == schema::fingerprint() => return Ok(Some(write)),
        Ok(_) => "it is of another schema".to_owned(),
        Err(error) if lacks_room(&error) => return Err(error.into()),
        Err(error) => error.to_string(),
    };
    tracing::warn!(file = %file.display(), why, "building a read store anew");
    Ok(None)
}

/// Whether a store could not be opened because the disk is full.
fn lacks_room(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| NO_ROOM.contains(&code.as_ref()))
}

/// Makes an empty store in place of whatever is there.
pub(super) async fn make(file: &Path) -> Result<SqlitePool> {
    remove(file)?;
    let write = connect(file).await?;
    let mut tx = write.begin().await?;
    sqlx::raw_sql(AssertSqlSafe(schema::statements())).execute(&mut *tx).await?;
    schema::mark(&mut tx, "", &Place::default()).await?;
    tx.commit().await?;
    Ok(write)
}

async fn connect(file: &Path) -> sqlx::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .busy_timeout(Duration::from_secs(5))
        .journal_mode(SqliteJournalMode::Wal)
        // Whatever a power cut takes is taken over again from the feed.
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        // What is taken away is not left in the file.
        .pragma("secure_delete", "ON")
        // Many rows are read at a time here.
        .row_buffer_size(1_000)
        // What a store that was built anew has left of its log is given back.
        .pragma("journal_size_limit", "16777216")
        .statement_cache_capacity(100)
        // A store that is made or built anew is one long statement; whoever reads the log can do nothing with it.
        .disable_statement_logging();
    let pool = sqlite::settled(SqlitePoolOptions::new())
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // So long a publication waits while a store is built anew.
        .acquire_timeout(Duration::from_secs(30));
    pool.connect_with(options).await
}

/// Removes a store with its write-ahead log.
fn remove(file: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::remove_file(filename::with_end(file, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::internal(error)),
            _ => {}
        }
    }
    Ok(())
}
