//! A read store's file, opened for reading. It can be exchanged for one that was built anew while
//! requests run. It must not know what is in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Execute as _, Sqlite, SqliteConnection};

use super::readers::{Moment, Readers};
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
    /// Where all is read as of one moment: that one.
    moment: Option<tokio::sync::Mutex<Moment>>,
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
        let readers = RwLock::new(connect(file).await?);
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let names = [file.to_owned(), PathBuf::from(log)];
        Ok(Self { names, readers, moment: None, noticed: Arc::default() })
    }

    /// The same file, all of it as it is at the first reading from it, whatever is written meanwhile.
    /// Takes a connection for as long as it is there.
    pub(super) async fn at_one_moment(&self) -> Result<Self> {
        let readers = self.readers();
        let moment = self.noticing(readers.moment(LONGEST).await)?;
        Ok(Self {
            names: self.names.clone(),
            readers: RwLock::new(readers),
            moment: Some(tokio::sync::Mutex::new(moment)),
            noticed: self.noticed.clone(),
        })
    }

    /// Reads from this file from now on.
    pub(super) async fn exchange(&self, file: &Path) -> Result<()> {
        let readers = connect(file).await?;
        let old =
            std::mem::replace(&mut *self.readers.write().unwrap_or_else(PoisonError::into_inner), readers);
        self.noticed.suspect.store(false, Ordering::Relaxed);
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
    pub(super) async fn run<T>(
        &self,
        longest: Option<Duration>,
        statement: impl AsyncFnOnce(&mut SqliteConnection) -> sqlx::Result<T>,
    ) -> sqlx::Result<T> {
        match &self.moment {
            Some(moment) => moment.lock().await.run(longest, statement).await,
            None => self.readers().lend(longest).await?.run(statement).await,
        }
    }

    /// All rows of a statement.
    pub(super) async fn all(&self, query: Query<'_, Sqlite, SqliteArguments>) -> Result<Vec<SqliteRow>> {
        let query = self.note(query)?;
        self.noticing(self.run(LONGEST, async |connection| query.fetch_all(connection).await).await)
    }

    /// The first row of a statement, if it has one.
    pub(super) async fn first(&self, query: Query<'_, Sqlite, SqliteArguments>) -> Result<Option<SqliteRow>> {
        let query = self.note(query)?;
        self.noticing(self.run(LONGEST, async |connection| query.fetch_optional(connection).await).await)
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
        let query = sqlx::raw_sql(AssertSqlSafe(sql));
        self.noticing(self.run(LONGEST, async |connection| query.fetch_all(connection).await).await)
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
        let check = sqlx::query_scalar::<_, String>("PRAGMA quick_check(1)");
        // However long that takes.
        let checked = self.run(None, async |connection| check.fetch_one(connection).await).await;
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
        self.readers().close().await;
    }
}

/// `SQLITE_CORRUPT` and `SQLITE_NOTADB` (<https://sqlite.org/rescode.html>), with their extensions.
fn is_damage(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

async fn connect(file: &Path) -> Result<Arc<Readers>> {
    let readers = Arc::new(Readers::open(file).await?);
    let query = sqlx::query_scalar("SELECT value FROM mark WHERE name = 'schema'");
    let schema: String =
        readers.lend(LONGEST).await?.run(async |connection| query.fetch_one(connection).await).await?;
    if schema != schema::fingerprint() {
        return Err(Error::Unavailable("The public store is of another release; run ‘recto rebuild’."));
    }
    Ok(readers)
}
