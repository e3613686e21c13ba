//! Waiting for what is published next. It must not look while nobody waits, and no more often for
//! many than for one.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::PublishedStore;
use crate::error::Result;

/// How often the store is looked at for what another process has written into it.
const LOOK: Duration = Duration::from_millis(250);

/// What those who wait share: the newest number that anybody saw, and when it was looked up.
#[derive(Clone, Debug, Default)]
pub(super) struct Lookout {
    told: watch::Sender<i64>,
    looked: Arc<Mutex<Option<Instant>>>,
}

impl PublishedStore {
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
