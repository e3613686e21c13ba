//! Who may read now: two at a time, one of each account, so that what one person imports keeps nobody
//! else waiting for long.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use crate::error::{Error, Result};

/// How many are read at a time.
const AT_ONCE: usize = 2;
/// How many may wait.
const WAITING_MAX: usize = 16;
/// How long each of them waits.
const WAIT: Duration = Duration::from_secs(5);
const BUSY: &str = "Other imports are being read. Try again in a moment; a file has to be chosen again.";

/// The places.
#[derive(Debug)]
pub(super) struct Places {
    all: Semaphore,
    waiting: Semaphore,
    reading: Mutex<HashSet<String>>,
    freed: Notify,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            all: Semaphore::new(AT_ONCE),
            waiting: Semaphore::new(WAITING_MAX),
            reading: Mutex::default(),
            freed: Notify::new(),
        }
    }
}

/// A place; free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place<'places> {
    _all: SemaphorePermit<'places>,
    _own: Own<'places>,
}

/// That an account reads.
#[derive(Debug)]
struct Own<'places> {
    places: &'places Places,
    who: String,
}

impl Drop for Own<'_> {
    fn drop(&mut self) {
        self.places.reading.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.who);
        self.places.freed.notify_waiters();
    }
}

impl Places {
    /// Waits for a place.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where too many wait already, or for too long.
    pub(super) async fn take(&self, who: &str) -> Result<Place<'_>> {
        let _waiting = self.waiting.try_acquire().map_err(|_| Error::Unavailable(BUSY))?;
        let place = async {
            let own = self.own(who).await;
            let all = self.all.acquire().await.map_err(Error::internal)?;
            Ok(Place { _all: all, _own: own })
        };
        tokio::time::timeout(WAIT, place).await.unwrap_or(Err(Error::Unavailable(BUSY)))
    }

    async fn own(&self, who: &str) -> Own<'_> {
        loop {
            // Listens before it looks, so that nothing is missed in between.
            let freed = self.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            if self.reading.lock().unwrap_or_else(PoisonError::into_inner).insert(who.to_owned()) {
                return Own { places: self, who: who.to_owned() };
            }
            freed.await;
        }
    }
}
