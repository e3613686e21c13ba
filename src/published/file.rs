//! A read store's file, opened for reading. It can be exchanged for one that was built anew while
//! requests run. It must not know what is in it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};

use super::readers::Readers;
use super::schema;
use crate::error::{Error, Result};

/// How long a statement may take. What is declared takes milliseconds; this is for what nobody has
/// thought of.
const LONGEST: Option<Duration> = Some(Duration::from_secs(10));

/// An open file.
#[derive(Debug)]
pub(super) struct File {
    /// The file and its write-ahead log.
    names: [PathBuf; 2],
    readers: RwLock<Arc<Readers>>,
    statements: AtomicU64,
    suspect: AtomicBool,
}

impl File {
    /// Opens it.
    ///
    /// # Errors
    /// Where there is none, or one of another schema.
    pub(super) async fn open(file: &Path) -> Result<Self> {
        let readers = RwLock::new(Arc::new(connect(file).await?));
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let names = [file.to_owned(), PathBuf::from(log)];
        Ok(Self { names, readers, statements: AtomicU64::default(), suspect: AtomicBool::default() })
    }

    /// Reads from this file from now on.
    pub(super) async fn exchange(&self, file: &Path) -> Result<()> {
        let readers = Arc::new(connect(file).await?);
        let old =
            std::mem::replace(&mut *self.readers.write().unwrap_or_else(PoisonError::into_inner), readers);
        self.suspect.store(false, Ordering::Relaxed);
        old.close().await;
        Ok(())
    }

    /// The file and its write-ahead log.
    pub(super) fn names(&self) -> &[PathBuf; 2] {
        &self.names
    }

    fn readers(&self) -> Arc<Readers> {
        self.readers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs a statement that takes no longer than this.
    async fn run<T>(
        &self,
        longest: Option<Duration>,
        statement: impl AsyncFnOnce(&mut SqliteConnection) -> sqlx::Result<T>,
    ) -> sqlx::Result<T> {
        self.readers().lend(longest).await?.run(statement).await
    }

    /// All rows of a statement.
    pub(super) async fn all(&self, query: Query<'_, Sqlite, SqliteArguments>) -> Result<Vec<SqliteRow>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.noticing(self.run(LONGEST, async |connection| query.fetch_all(connection).await).await)
    }

    /// The first row of a statement, if it has one.
    pub(super) async fn first(&self, query: Query<'_, Sqlite, SqliteArguments>) -> Result<Option<SqliteRow>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.noticing(self.run(LONGEST, async |connection| query.fetch_optional(connection).await).await)
    }

    /// All rows of a statement whose parameters stay unbound.
    pub(super) async fn raw(&self, sql: String) -> Result<Vec<SqliteRow>> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql));
        self.noticing(self.run(LONGEST, async |connection| query.fetch_all(connection).await).await)
    }

    /// How many statements have run.
    pub(super) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Whether a statement has failed as it does where the file is damaged.
    pub(super) fn is_suspect(&self) -> bool {
        self.suspect.load(Ordering::Relaxed)
    }

    /// Whether the file is whole. Reads all of it.
    ///
    /// # Errors
    /// Where it cannot be read, for another reason than that it is damaged.
    pub(super) async fn is_whole(&self) -> Result<bool> {
        let check = sqlx::query_scalar::<_, String>("PRAGMA quick_check(1)");
        // However long that takes.
        let checked = self.run(None, async |connection| check.fetch_one(connection).await).await;
        match checked {
            Ok(said) => {
                self.suspect.store(false, Ordering::Relaxed);
                Ok(said == "ok")
            }
            Err(error) if is_damage(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes note of what a damaged file causes.
    pub(super) fn noticing<T>(&self, outcome: sqlx::Result<T>) -> Result<T> {
        outcome.map_err(|error| {
            if is_damage(&error) {
                self.suspect.store(true, Ordering::Relaxed);
            }
            Error::from(error)
        })
    }

    pub(super) async fn close(&self) {
        self.readers().close().await;
    }
}

/// `SQLITE_CORRUPT` and `SQLITE_NOTADB` (<https://sqlite.org/rescode.html>), with their extensions.
fn is_damage(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

async fn connect(file: &Path) -> Result<Readers> {
    let readers = Readers::open(file).await?;
    let query = sqlx::query_scalar("SELECT value FROM mark WHERE name = 'schema'");
    let schema: String =
        readers.lend(LONGEST).await?.run(async |connection| query.fetch_one(connection).await).await?;
    if schema != schema::fingerprint() {
        return Err(Error::Unavailable("The public store is of another release; run ‘recto rebuild’."));
    }
    Ok(readers)
}
