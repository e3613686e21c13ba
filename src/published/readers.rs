//! The connections that a read store is read through: a few, each for one statement at a time, and
//! none of these for longer than anybody waits. It must not know what is asked.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many statements run at the same time.
const MOST: usize = 4;
const MOST_PERMITS: u32 = 4;

/// How long a statement waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// After how many steps of its virtual machine SQLite asks whether to go on: about a millisecond.
const STEPS: i32 = 10_000;

/// A moment that never comes.
const NEVER: u64 = u64::MAX;

/// All connections to a file.
#[derive(Debug)]
pub(super) struct Readers {
    options: SqliteConnectOptions,
    free: Mutex<Vec<Reader>>,
    places: Arc<Semaphore>,
    /// From when on moments are counted.
    epoch: Instant,
}

/// A connection, and when what runs on it is to end, in milliseconds since the epoch.
#[derive(Debug)]
struct Reader {
    connection: SqliteConnection,
    until: Arc<AtomicU64>,
}

/// A connection as it is lent for one statement.
#[derive(Debug)]
pub(super) struct Lent {
    readers: Arc<Readers>,
    reader: Option<Reader>,
    until: Arc<AtomicU64>,
    _place: OwnedSemaphorePermit,
}

/// A connection as it is lent for several statements, all of which read the file as it is at the
/// first of them.
#[derive(Debug)]
pub(super) struct Moment {
    lent: Option<Lent>,
}

impl Readers {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// Where there is none, or no database.
    pub(super) async fn open(file: &Path) -> sqlx::Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .busy_timeout(Duration::from_secs(5))
            .statement_cache_capacity(200)
            .pragma("query_only", "ON")
            .pragma("mmap_size", "268435456");
        let places = Arc::new(Semaphore::new(MOST));
        let readers = Self { options, free: Mutex::default(), places, epoch: Instant::now() };
        let first = readers.connect().await?;
        readers.give_back(first);
        Ok(readers)
    }

    async fn connect(&self) -> sqlx::Result<Reader> {
        let mut connection = self.options.connect().await?;
        let until = Arc::new(AtomicU64::new(NEVER));
        let (told, epoch) = (until.clone(), self.epoch);
        let goes_on = move || told.load(Ordering::Relaxed) > passed(epoch);
        connection.lock_handle().await?.set_progress_handler(STEPS, goes_on);
        Ok(Reader { connection, until })
    }

    /// A connection for one statement, which is interrupted if it takes longer than that.
    ///
    /// # Errors
    /// `PoolTimedOut` where others have them all, `PoolClosed`, or why the file cannot be opened.
    pub(super) async fn lend(self: &Arc<Self>, longest: Option<Duration>) -> sqlx::Result<Lent> {
        let place = match self.places.clone().try_acquire_owned() {
            Ok(place) => place,
            Err(_) => {
                let place = tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned()).await;
                place.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?
            }
        };
        let reader = match self.take() {
            Some(reader) => reader,
            None => self.connect().await?,
        };
        let until = reader.until.clone();
        let lent = Lent { readers: self.clone(), reader: Some(reader), until, _place: place };
        lent.bound(longest);
        Ok(lent)
    }

    /// A connection for several statements of one moment, which begins with the first.
    ///
    /// # Errors
    /// As [`Readers::lend`].
    pub(super) async fn moment(self: &Arc<Self>, longest: Option<Duration>) -> sqlx::Result<Moment> {
        let mut moment = Moment { lent: Some(self.lend(longest).await?) };
        moment.run(longest, async |connection| sqlx::raw_sql("BEGIN").execute(connection).await).await?;
        Ok(moment)
    }

    fn take(&self) -> Option<Reader> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn give_back(&self, reader: Reader) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
    }

    /// Closes all connections, once what runs on them has ended.
    pub(super) async fn close(&self) {
        let all = self.places.acquire_many(MOST_PERMITS).await;
        self.places.close();
        drop(all);
        while let Some(reader) = self.take() {
            if let Err(error) = reader.connection.close().await {
                tracing::debug!(%error, "a connection could not be closed in order");
            }
        }
    }
}

fn passed(epoch: Instant) -> u64 {
    u64::try_from(epoch.elapsed().as_millis()).unwrap_or(NEVER)
}

impl Moment {
    /// Runs one of its statements. Dropped before its end, that is interrupted when the moment goes.
    ///
    /// # Errors
    /// Whatever the statement says.
    pub(super) async fn run<T>(
        &mut self,
        longest: Option<Duration>,
        statement: impl AsyncFnOnce(&mut SqliteConnection) -> sqlx::Result<T>,
    ) -> sqlx::Result<T> {
        let lent = self.lent.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        lent.bound(longest);
        let reader = lent.reader.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        statement(&mut reader.connection).await
    }
}

impl Drop for Moment {
    fn drop(&mut self) {
        // Without a runtime nothing can run any more: the connection goes.
        let (Some(lent), Ok(runtime)) = (self.lent.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        // What still runs was given up; ending the transaction takes too few steps to be interrupted.
        lent.until.store(0, Ordering::Relaxed);
        runtime.spawn(async move {
            let ended =
                lent.run(async |connection| sqlx::raw_sql("ROLLBACK").execute(connection).await).await;
            if let Err(error) = ended {
                tracing::debug!(%error, "a moment could not be ended in order");
            }
        });
    }
}

impl Lent {
    /// Says how long what runs on it may take from now on.
    fn bound(&self, longest: Option<Duration>) {
        let millis = |longest: Duration| u64::try_from(longest.as_millis()).unwrap_or(NEVER);
        let until =
            longest.map_or(NEVER, |longest| passed(self.readers.epoch).saturating_add(millis(longest)));
        self.until.store(until, Ordering::Relaxed);
    }

    /// Runs a statement through to its end. Dropped before, it is interrupted, and its connection
    /// goes: nobody else waits for what nobody waits for.
    ///
    /// # Errors
    /// Whatever the statement says.
    pub(super) async fn run<T>(
        mut self,
        statement: impl AsyncFnOnce(&mut SqliteConnection) -> sqlx::Result<T>,
    ) -> sqlx::Result<T> {
        let Some(mut reader) = self.reader.take() else { return Err(sqlx::Error::WorkerCrashed) };
        let outcome = statement(&mut reader.connection).await;
        if !matches!(outcome, Err(sqlx::Error::WorkerCrashed)) {
            self.readers.give_back(reader);
        }
        outcome
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // What still runs was given up. Who gave the connection back has nothing left that runs.
        self.until.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts for ever.
    const ENDLESS: &str =
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";

    async fn readers() -> (Arc<Readers>, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("store.db");
        let made = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut made = made.connect().await.unwrap();
        sqlx::raw_sql("CREATE TABLE one (x); INSERT INTO one VALUES (1)").execute(&mut made).await.unwrap();
        made.close().await.unwrap();
        (Arc::new(Readers::open(&file).await.unwrap()), dir)
    }

    async fn number(
        readers: &Arc<Readers>,
        sql: &'static str,
        longest: Option<Duration>,
    ) -> sqlx::Result<i64> {
        let lent = readers.lend(longest).await?;
        lent.run(async |connection| sqlx::query_scalar(sql).fetch_one(connection).await).await
    }

    #[tokio::test]
    async fn what_takes_too_long_is_interrupted_and_nothing_else() {
        let (readers, _dir) = readers().await;
        for _ in 0..2 * MOST {
            let error = number(&readers, ENDLESS, Some(Duration::from_millis(20))).await.unwrap_err();
            let code = error.as_database_error().unwrap().code().unwrap().into_owned();
            assert_eq!(code, "9", "{error}");
            assert!(matches!(crate::error::Error::from(error), crate::error::Error::Unavailable(_)));
            assert_eq!(number(&readers, "SELECT x FROM one", None).await.unwrap(), 1);
        }
        assert_eq!(readers.free.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_given_up() {
        let (readers, _dir) = readers().await;
        let lent = readers.lend(None).await.unwrap();
        let until = lent.until.clone();
        let endless =
            lent.run(async |connection| sqlx::query_scalar::<_, i64>(ENDLESS).fetch_one(connection).await);
        assert!(tokio::time::timeout(Duration::from_millis(50), endless).await.is_err());
        // Others go on, and the statement has ended when its connection is gone.
        assert_eq!(number(&readers, "SELECT x FROM one", None).await.unwrap(), 1);
        let gone = async {
            while Arc::strong_count(&until) > 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), gone).await.unwrap();
        readers.close().await;
        assert!(matches!(number(&readers, "SELECT x FROM one", None).await, Err(sqlx::Error::PoolClosed)));
    }

    #[tokio::test]
    async fn all_who_wait_get_a_turn() {
        let (readers, _dir) = readers().await;
        let asked = (0..50).map(|_| {
            let readers = readers.clone();
            tokio::spawn(async move { number(&readers, "SELECT x FROM one", None).await.unwrap() })
        });
        for one in asked.collect::<Vec<_>>() {
            assert_eq!(one.await.unwrap(), 1);
        }
        assert!(readers.free.lock().unwrap().len() <= MOST);
        assert_eq!(readers.places.available_permits(), MOST);
    }
}
