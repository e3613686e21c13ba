//! Connections: one door for writing, a pool for reading, on SQLite and PostgreSQL alike. It
//! must not know what is written.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use sea_orm_migration::MigratorTrait as _;
use tokio::sync::Notify;

use super::feed::Counter;
use super::opened::Opened;
use super::publication;
use crate::error::{Error, Result};
use crate::sqlite;

/// The key of PostgreSQL's advisory lock that makes writes queue, as SQLite's one writer does.
/// So sequence numbers are committed in their order and a follower never skips one.
const WRITE_LOCK: i64 = 0x5245_4354_4f00;

/// How long a write waits for another program's that has the database locked.
const PATIENCE: Duration = Duration::from_secs(5);

/// What SQLite calls a file whose empty pages can be given back.
const INCREMENTAL: i64 = 2;

/// How many pages are given back at a time: four megabytes, some hundredths of a second.
const GIVEN_BACK: u32 = 1_000;

/// How long others may write in between.
const BETWEEN: Duration = Duration::from_millis(20);

/// The editorial database.
#[derive(Clone, Debug)]
pub struct Store {
    write: DatabaseConnection,
    pub(super) read: DatabaseConnection,
    /// Told when something was set to be done at a moment.
    due_set: Arc<Notify>,
    /// The file of a SQLite database.
    file: Option<Arc<Opened>>,
}

/// Called with each statement that runs; for counting in tests and benchmarks.
pub type Statement = Arc<dyn Fn(&str) + Send + Sync>;

/// A transaction that writes. Dropped without [`Write::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Write {
    pub(super) tx: DatabaseTransaction,
    /// Names the transaction in the log of publications.
    pub(super) batch: String,
    /// How far the transaction is in the two feeds.
    pub(super) publications: Counter,
    pub(super) changes: Counter,
    due_set: Arc<Notify>,
    /// Whether this transaction has set something to be done.
    pub(super) sets_due: AtomicBool,
    file: Option<Arc<Opened>>,
}

impl Write {
    /// Makes everything durable at once.
    ///
    /// # Errors
    /// Where the database cannot; then nothing was written. [`Error::Unavailable`] also where the database's file
    /// is no longer the one that was opened: what was written went with that.
    pub async fn commit(self) -> Result<()> {
        self.log_changes().await?;
        self.tx.commit().await?;
        if let Some(file) = &self.file {
            file.check()?;
        }
        if self.sets_due.into_inner() {
            self.due_set.notify_one();
        }
        Ok(())
    }
}

impl Store {
    /// Opens the database that `url` names, `sqlite:FILE` or `postgres://…`, and brings its schema
    /// up to date. `watch` is called with each statement.
    ///
    /// # Errors
    /// Where it cannot be opened or is of a newer release.
    pub async fn open(url: &str, watch: Option<Statement>) -> Result<Self> {
        Self::open_patient(url, watch, PATIENCE).await
    }

    /// The same; a write waits `patience` for another's lock, and any work twice as long for a
    /// connection.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_patient(url: &str, watch: Option<Statement>, patience: Duration) -> Result<Self> {
        let (mut write, mut read) = match url.strip_prefix("sqlite:") {
            Some(file) => open_sqlite(Path::new(file.trim_start_matches("//")), patience).await?,
            None => open_postgres(url, patience).await?,
        };
        if let Some(watch) = watch {
            let again = watch.clone();
            write.set_metric_callback(move |info| watch(&info.statement.sql));
            read.set_metric_callback(move |info| again(&info.statement.sql));
        }
        let file = url.strip_prefix("sqlite:").map(|file| Path::new(file.trim_start_matches("//")));
        let file = file.map(|file| Arc::new(Opened::of(file)));
        Ok(Self { write, read, due_set: Arc::default(), file })
    }

    /// Whether a SQLite database is still the file that was opened.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it was removed or replaced.
    pub fn stands(&self) -> Result<()> {
        self.file.as_ref().map_or(Ok(()), |file| file.check())
    }

    /// Opens a PostgreSQL database to read publications alone, with a role that may do no more: its
    /// schema stays as it is.
    ///
    /// # Errors
    /// Where it cannot be reached; [`Error::Refused`] where its schema or the role is not fit.
    pub async fn open_publications(url: &str) -> Result<Self> {
        let read = connect_postgres(url, 2, PATIENCE, "default_transaction_read_only", "on").await?;
        let due_set = Arc::default();
        let store = Self { write: DatabaseConnection::default(), read, due_set, file: None };
        let readable = async {
            store.is_of_this_release().await?;
            store.identity().await?;
            store.publications_after(i64::MAX, 1).await
        };
        match readable.await {
            Ok(_) if store.has_unlogged().await? => Err(Error::Refused(
                "The publications in the database are those of release 0.1.0. Start ‘recto serve’ of this release on it \
                 first, which closes files that are public by mistake."
                    .to_owned(),
            )),
            Ok(_) => Ok(store),
            Err(Error::Internal(cause)) => {
                tracing::debug!(%cause, "the publications cannot be read");
                Err(Error::Refused(format!(
                    "The publications in the database cannot be read. Start ‘recto serve’ of this release on it \
                     first, which brings its schema up to date, and let this role read them: {}",
                    publication::RIGHTS
                )))
            }
            Err(error) => Err(error),
        }
    }

    /// Begins to write. On SQLite `BEGIN IMMEDIATE`: a deferred transaction that reads first fails
    /// with SQLITE_BUSY_SNAPSHOT, which no timeout helps against.
    ///
    /// # Errors
    /// Where the database is busy for longer than its timeout, or away.
    pub async fn write(&self) -> Result<Write> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = self.write.begin_with_options(options).await?;
        if self.write.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({WRITE_LOCK})")).await?;
        }
        let (due_set, sets_due) = (self.due_set.clone(), AtomicBool::new(false));
        let (publications, changes) = Default::default();
        let (batch, file) = (publication::nonce(), self.file.clone());
        Ok(Write { tx, batch, publications, changes, due_set, sets_due, file })
    }

    /// Waits until this process sets something to be done at a moment.
    pub async fn due_set(&self) {
        self.due_set.notified().await;
    }

    /// Whether the database answers and is whole. Names what is wrong otherwise.
    ///
    /// # Errors
    /// Where it does not answer.
    pub async fn check(&self) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        if self.read.get_database_backend() == DbBackend::Sqlite {
            for (pragma, column) in [("quick_check", "quick_check"), ("foreign_key_check", "table")] {
                let statement =
                    sea_orm::Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {pragma}"));
                for row in self.read.query_all_raw(statement).await? {
                    let said: String = row.try_get("", column)?;
                    if said != "ok" {
                        wrong.push(format!("{pragma}: {said}"));
                    }
                }
            }
        } else {
            self.read.ping().await?;
        }
        Ok(wrong)
    }

    /// Gives pages of SQLite's file back that hold nothing any more, a few at a time, where the file was made for
    /// that. Gives how many bytes.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn give_back(&self) -> Result<u64> {
        if self.write.get_database_backend() != DbBackend::Sqlite {
            return Ok(0);
        }
        let pragma = async |name: &str| -> Result<i64> {
            let statement = sea_orm::Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
            let row = self.write.query_one_raw(statement).await?;
            Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0))
        };
        if pragma("auto_vacuum").await? != INCREMENTAL {
            return Ok(0);
        }
        let (size, pages) = (pragma("page_size").await?, pragma("page_count").await?);
        let mut free = pragma("freelist_count").await?;
        while free > 0 {
            self.write.execute_unprepared(&format!("PRAGMA incremental_vacuum({GIVEN_BACK})")).await?;
            let left = pragma("freelist_count").await?;
            if left >= free {
                break;
            }
            free = left;
            tokio::time::sleep(BETWEEN).await;
        }
        let given = (pages - pragma("page_count").await?).saturating_mul(size);
        Ok(u64::try_from(given).unwrap_or(0))
    }

    /// Writes the whole database anew without what was deleted from it, and folds SQLite's log into its file.
    /// Others wait meanwhile.
    ///
    /// # Errors
    /// Where the database fails, or somebody uses it for too long.
    pub async fn write_anew(&self) -> Result<()> {
        match self.write.get_database_backend() {
            DbBackend::Sqlite => {
                self.write.execute_unprepared("VACUUM").await?;
                let fold =
                    sea_orm::Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
                let busy = self.write.query_one_raw(fold).await?;
                match busy.map(|row| row.try_get_by_index::<i64>(0)).transpose()? {
                    Some(0) | None => Ok(()),
                    Some(_) => Err(Error::Unavailable("Somebody reads the database at the moment.")),
                }
            }
            _ => self.write.execute_unprepared("VACUUM (FULL)").await.map(drop).map_err(Error::from),
        }
    }

    /// Closes all connections; SQLite then folds its write-ahead log into the file.
    pub async fn close(self) {
        // What is left is closed with the process.
        let _ = self.read.close().await;
        let _ = self.write.close().await;
    }
}

async fn open_sqlite(file: &Path, patience: Duration) -> Result<(DatabaseConnection, DatabaseConnection)> {
    let common =
        SqliteConnectOptions::new().filename(file).busy_timeout(patience).statement_cache_capacity(300);
    let writing = common
        .clone()
        .create_if_missing(true)
        // Of a new file alone; an older one gets it by `compact`.
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged save survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY")
        .optimize_on_close(true, 400);
    let write = Database::connect(sqlite_pool(1, writing, patience)).await?;
    migrate(&write).await?;
    // SQLite opens for reading what may not be written, and begins to write it, too; that is better
    // told now than at a save.
    write.execute_unprepared("DELETE FROM item WHERE 0").await?;
    // A feed is read by many rows at a time.
    let reading = common.row_buffer_size(1_000).read_only(true).pragma("query_only", "ON");
    let read = Database::connect(sqlite_pool(4, reading, patience)).await?;
    Ok((write, read))
}

/// A pool whose connections stay: each opens the file, and there is no server to lose.
fn sqlite_pool(connections: u32, file: SqliteConnectOptions, patience: Duration) -> ConnectOptions {
    // Only the scheme of this address counts; `file` says the rest.
    let mut options = ConnectOptions::new("sqlite::memory:");
    options
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(patience * 2)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |_| file.clone())
        .map_sqlx_sqlite_pool_opts(sqlite::settled);
    options
}

async fn open_postgres(url: &str, patience: Duration) -> Result<(DatabaseConnection, DatabaseConnection)> {
    let wait = patience.as_millis().to_string();
    let write = connect_postgres(url, 4, patience, "lock_timeout", &wait).await?;
    migrate(&write).await?;
    let read = connect_postgres(url, 8, patience, "default_transaction_read_only", "on").await?;
    Ok((write, read))
}

/// A pool whose sessions have one setting of their own.
async fn connect_postgres(
    url: &str,
    connections: u32,
    patience: Duration,
    setting: &'static str,
    value: &str,
) -> Result<DatabaseConnection> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(Error::Refused(
            "The database's address must begin with sqlite: or postgres://.".to_owned(),
        ));
    }
    let value = value.to_owned();
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(patience * 2)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(move |options| options.options([(setting, &value)]));
    Ok(Database::connect(options).await?)
}

async fn migrate(write: &DatabaseConnection) -> Result<()> {
    recto_migrations::Migrator::up(write, None).await.map_err(|error| match Error::from(error) {
        Error::Internal(cause) if cause.to_string().contains("missing") => Error::Refused(
            "The database belongs to a newer release of Recto; start that release, or restore a backup."
                .to_owned(),
        ),
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_save_is_synced_before_it_is_acknowledged() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("recto.db").display());
        let store = Store::open(&url, None).await.unwrap();
        let asked = sea_orm::Statement::from_string(DbBackend::Sqlite, "PRAGMA synchronous");
        let row = store.write.query_one_raw(asked).await.unwrap().unwrap();
        // FULL: the log is synced with each commit (SQLite, PRAGMA synchronous).
        assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 2);
        store.close().await;
    }
}
