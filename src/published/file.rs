//! A read store's file, opened for reading. It can be exchanged for one that was built anew while
//! requests run. It must not know what is in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Execute as _, Sqlite, SqlitePool, Transaction};

use super::schema;
use crate::error::{Error, Result};

/// An open file.
#[derive(Debug)]
pub(super) struct File {
    /// The file and its write-ahead log.
    names: [PathBuf; 2],
    pool: RwLock<SqlitePool>,
    /// Where all is read in one transaction: that one.
    moment: Option<tokio::sync::Mutex<Transaction<'static, Sqlite>>>,
    noticed: Arc<Noticed>,
}

/// What is noticed of statements, whichever way they run.
#[derive(Debug, Default)]
struct Noticed {
    statements: AtomicU64,
    suspect: AtomicBool,
    /// Their texts, once somebody wants to know them.
    texts: OnceLock<Mutex<BTreeSet<String>>>,
}

impl File {
    /// Opens it.
    ///
    /// # Errors
    /// Where there is none, or one of another schema.
    pub(super) async fn open(file: &Path) -> Result<Self> {
        let pool = RwLock::new(connect(file).await?);
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let names = [file.to_owned(), PathBuf::from(log)];
        Ok(Self { names, pool, moment: None, noticed: Arc::default() })
    }

    /// The same file, all of it as it is at the first reading from it, whatever is written meanwhile.
    /// Takes a connection for as long as it is there.
    pub(super) async fn at_one_moment(&self) -> Result<Self> {
        let pool = self.pool();
        let moment = self.noticing(pool.begin().await)?;
        Ok(Self {
            names: self.names.clone(),
            pool: RwLock::new(pool),
            moment: Some(tokio::sync::Mutex::new(moment)),
            noticed: self.noticed.clone(),
        })
    }

    /// Reads from this file from now on.
    pub(super) async fn exchange(&self, file: &Path) -> Result<()> {
        let pool = connect(file).await?;
        let old = std::mem::replace(&mut *self.pool.write().unwrap_or_else(PoisonError::into_inner), pool);
        self.noticed.suspect.store(false, Ordering::Relaxed);
        old.close().await;
        Ok(())
    }

    /// The file and its write-ahead log.
    pub(super) fn names(&self) -> &[PathBuf; 2] {
        &self.names
    }

    pub(super) fn pool(&self) -> SqlitePool {
        self.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All rows of a statement.
    pub(super) async fn all(&self, query: Query<'_, Sqlite, SqliteArguments>) -> Result<Vec<SqliteRow>> {
        let query = self.note(query)?;
        self.noticing(match &self.moment {
            Some(moment) => query.fetch_all(&mut **moment.lock().await).await,
            None => query.fetch_all(&self.pool()).await,
        })
    }

    /// The first row of a statement, if it has one.
    pub(super) async fn first(&self, query: Query<'_, Sqlite, SqliteArguments>) -> Result<Option<SqliteRow>> {
        let query = self.note(query)?;
        self.noticing(match &self.moment {
            Some(moment) => query.fetch_optional(&mut **moment.lock().await).await,
            None => query.fetch_optional(&self.pool()).await,
        })
    }

    /// Takes note of a statement before it runs.
    fn note<'query>(
        &self,
        mut query: Query<'query, Sqlite, SqliteArguments>,
    ) -> Result<Query<'query, Sqlite, SqliteArguments>> {
        self.noticed.statements.fetch_add(1, Ordering::Relaxed);
        let Some(texts) = self.noticed.texts.get() else { return Ok(query) };
        let arguments = query.take_arguments().map_err(Error::internal)?;
        let text = query.sql();
        texts.lock().unwrap_or_else(PoisonError::into_inner).insert(text.as_str().to_owned());
        Ok(sqlx::query_with(text, arguments.unwrap_or_default()))
    }

    /// Keeps the texts of statements from now on.
    pub(super) fn note_texts(&self) {
        self.noticed.texts.get_or_init(Mutex::default);
    }

    /// The texts of the statements that have run since this was last asked.
    pub(super) fn noted_texts(&self) -> BTreeSet<String> {
        let texts = self.noticed.texts.get();
        texts
            .map(|texts| std::mem::take(&mut *texts.lock().unwrap_or_else(PoisonError::into_inner)))
            .unwrap_or_default()
    }

    /// All rows of a statement whose parameters stay unbound.
    pub(super) async fn raw(&self, sql: String) -> Result<Vec<SqliteRow>> {
        self.noticing(sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&self.pool()).await)
    }

    /// How many statements have run.
    pub(super) fn statements(&self) -> u64 {
        self.noticed.statements.load(Ordering::Relaxed)
    }

    /// Whether a statement has failed as it does where the file is damaged.
    pub(super) fn is_suspect(&self) -> bool {
        self.noticed.suspect.load(Ordering::Relaxed)
    }

    /// Whether the file is whole. Reads all of it.
    ///
    /// # Errors
    /// Where it cannot be read, for another reason than that it is damaged.
    pub(super) async fn is_whole(&self) -> Result<bool> {
        let checked = sqlx::query_scalar::<_, String>("PRAGMA quick_check(1)").fetch_one(&self.pool()).await;
        match checked {
            Ok(said) => {
                self.noticed.suspect.store(false, Ordering::Relaxed);
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
                self.noticed.suspect.store(true, Ordering::Relaxed);
            }
            Error::from(error)
        })
    }

    pub(super) async fn close(&self) {
        self.pool().close().await;
    }
}

/// `SQLITE_CORRUPT` and `SQLITE_NOTADB` (<https://sqlite.org/rescode.html>), with their extensions.
fn is_damage(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

async fn connect(file: &Path) -> Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(200)
        .pragma("query_only", "ON")
        .pragma("mmap_size", "268435456");
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options)
        .await?;
    let schema: String =
        sqlx::query_scalar("SELECT value FROM mark WHERE name = 'schema'").fetch_one(&pool).await?;
    if schema != schema::fingerprint() {
        return Err(Error::Unavailable("The public store is of another release; run ‘recto rebuild’."));
    }
    Ok(pool)
}
