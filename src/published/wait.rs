//! Waiting for what is published next. It must not look while nobody waits, and no more often for
//! many than for one.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::PublishedStore;
use crate::error::Result;

/// How often the store is looked at for what another process has written into it.
const LOOK: Duration = Duration::from_millis(250);

/// How old a file's time must be for the next write to have another: several ticks of the clock
/// that file systems take their times from.
const TICK: Duration = Duration::from_millis(50);

/// What those who wait share: the newest number that anybody saw, and when it was looked up.
#[derive(Clone, Debug, Default)]
pub(super) struct Lookout {
    told: watch::Sender<i64>,
    looked: Arc<Mutex<Option<Instant>>>,
    /// Whether this process writes the store, and tells of everything that it writes.
    own: Arc<AtomicBool>,
    /// What another process's store had reached when its files looked like this.
    seen: Arc<std::sync::Mutex<Option<(Stamp, i64)>>>,
}

/// Where a store's files stand: writing into one moves its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    times: [Option<SystemTime>; 2],
    sizes: [u64; 2],
}

impl Stamp {
    fn of(files: &[PathBuf; 2]) -> Self {
        let found = files.each_ref().map(|file| std::fs::metadata(file).ok());
        Self {
            times: found.each_ref().map(|found| found.as_ref().and_then(|found| found.modified().ok())),
            sizes: found.each_ref().map(|found| found.as_ref().map_or(0, std::fs::Metadata::len)),
        }
    }

    /// Whether another write would show: the file system's clock ticks in milliseconds.
    fn is_settled(&self) -> bool {
        let old = |time: &SystemTime| time.elapsed().is_ok_and(|age| age > TICK);
        self.times.iter().flatten().all(old)
    }
}

impl PublishedStore {
    /// The number that the store has reached, without a statement where it can be known without:
    /// this process has written it, or nobody has since it was last looked up.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn reached(&self) -> Result<i64> {
        let lookout = self.lookout();
        if lookout.own.load(Ordering::Acquire) {
            return Ok(*lookout.told.borrow());
        }
        let stamp = Stamp::of(self.file().names());
        let seen = *lookout.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, reached)) = seen.filter(|(seen, _)| *seen == stamp) {
            return Ok(reached);
        }
        // Looked at before the number: what is written in between shows the next time.
        let settled = stamp.is_settled();
        let reached = self.sequence().await?;
        *lookout.seen.lock().unwrap_or_else(PoisonError::into_inner) = settled.then_some((stamp, reached));
        Ok(reached)
    }

    /// Says that this process writes the store, which has reached this number.
    pub(super) fn own(&self, sequence: i64) {
        self.announce(sequence);
        self.lookout().own.store(true, Ordering::Release);
    }

    /// Tells those who wait, and this process's own answers, that the store was found at this number.
    pub fn tell(&self, sequence: i64) {
        if *self.lookout().told.borrow() != sequence {
            self.announce(sequence);
        }
    }

    /// Tells those who wait that the store has reached this number.
    pub(super) fn announce(&self, sequence: i64) {
        self.lookout().told.send_replace(sequence);
    }

    /// Comes back when the store has gone beyond this number, with the one that it has reached:
    /// at once where this process wrote it, else within a quarter of a second.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn beyond(&self, sequence: i64) -> Result<i64> {
        let mut told = self.lookout().told.subscribe();
        loop {
            self.look().await?;
            let reached = *told.borrow_and_update();
            if reached > sequence {
                return Ok(reached);
            }
            // The sender lives as long as the store: waiting for it cannot fail.
            let _ = tokio::time::timeout(LOOK, told.changed()).await;
        }
    }

    async fn look(&self) -> Result<()> {
        let mut looked = self.lookout().looked.lock().await;
        if looked.is_some_and(|at| at.elapsed() < LOOK) {
            return Ok(());
        }
        let reached = self.sequence().await?;
        self.lookout().told.send_if_modified(|told| std::mem::replace(told, reached) != reached);
        *looked = Some(Instant::now());
        Ok(())
    }
}
