//! Where forms are read that hold much markup: away from the threads that answer, few at a time, and one of
//! each account, so that nobody's texts keep others waiting. It must not know what is read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task;
use tokio::time::timeout;

use crate::error::{Error, Result};

/// How many forms are read at a time: each takes a processor for a while.
const AT_ONCE: usize = 2;

/// How long a form waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many forms of one account may be here, with the one that is read: each holds what was sent.
const OF_ONE: usize = 8;

const BUSY: &str = "The server is busy with other texts. Nothing was saved; please try again in a moment.";

/// The places.
#[derive(Clone, Debug)]
pub struct DecodePool {
    places: Arc<Semaphore>,
    accounts: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
    patience: Duration,
}

impl Default for DecodePool {
    fn default() -> Self {
        Self::new(PATIENCE)
    }
}

impl DecodePool {
    /// A pool in which a form waits so long for its turn.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), accounts: Arc::default(), patience }
    }

    /// Does work for an account when it is its turn.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it is not its turn for too long.
    pub async fn run<T: Send + 'static>(
        &self,
        account: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let own = self.own(account).ok_or(Error::Unavailable(BUSY))?;
        // One's own first: whoever sends many forms waits for themselves alone.
        let turn =
            async { Ok((own.acquire_owned().await?, Arc::clone(&self.places).acquire_owned().await?)) };
        let turn: Result<(OwnedSemaphorePermit, OwnedSemaphorePermit), tokio::sync::AcquireError> =
            timeout(self.patience, turn).await.map_err(|_| Error::Unavailable(BUSY))?;
        let turn = turn.map_err(Error::internal)?;
        // The turn goes along: a caller who gives up meanwhile must not free it while the work still runs.
        let worked = task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        worked.await.map_err(Error::internal)
    }

    /// The place of an account; none where it has too many forms here already.
    fn own(&self, account: &str) -> Option<Arc<Semaphore>> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody waits for or works in.
        accounts.retain(|_, place| Arc::strong_count(place) > 1);
        let own = accounts.entry(account.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(1)));
        (Arc::strong_count(own) <= OF_ONE).then(|| Arc::clone(own))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Work that takes until it is told to end; the second says that it has begun.
    fn held() -> (impl FnOnce() + Send + 'static, mpsc::Sender<()>, tokio::sync::oneshot::Receiver<()>) {
        let (end, ended) = mpsc::channel();
        let (begin, begun) = tokio::sync::oneshot::channel();
        let work = move || {
            let _ = begin.send(());
            let _ = ended.recv();
        };
        (work, end, begun)
    }

    fn start(pool: &DecodePool, account: &str) -> (task::JoinHandle<Result<()>>, mpsc::Sender<()>, Begun) {
        let (work, end, begun) = held();
        let (pool, account) = (pool.clone(), account.to_owned());
        (tokio::spawn(async move { pool.run(&account, work).await }), end, begun)
    }

    type Begun = tokio::sync::oneshot::Receiver<()>;

    #[tokio::test]
    async fn one_of_each_account_and_two_in_all() {
        let pool = DecodePool::new(Duration::ZERO);
        let (ana, end_ana, begun) = start(&pool, "ana");
        begun.await.unwrap();
        assert!(matches!(pool.run("ana", || ()).await, Err(Error::Unavailable(_))));
        pool.run("ben", || ()).await.unwrap();
        let (ben, end_ben, begun) = start(&pool, "ben");
        begun.await.unwrap();
        assert!(matches!(pool.run("cy", || ()).await, Err(Error::Unavailable(_))));
        end_ana.send(()).unwrap();
        ana.await.unwrap().unwrap();
        pool.run("cy", || ()).await.unwrap();
        pool.run("ana", || ()).await.unwrap();
        end_ben.send(()).unwrap();
        ben.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn whoever_waits_has_their_turn_and_not_more_than_so_many_wait() {
        let pool = DecodePool::new(Duration::from_secs(600));
        let (first, end, begun) = start(&pool, "ana");
        begun.await.unwrap();
        let waiting: Vec<_> = (1..OF_ONE)
            .map(|number| {
                let pool = pool.clone();
                tokio::spawn(async move { pool.run("ana", move || number).await })
            })
            .collect();
        while Arc::strong_count(pool.accounts.lock().unwrap().get("ana").unwrap()) <= OF_ONE {
            task::yield_now().await;
        }
        assert!(matches!(pool.run("ana", || ()).await, Err(Error::Unavailable(_))), "one too many");
        end.send(()).unwrap();
        first.await.unwrap().unwrap();
        for (number, one) in waiting.into_iter().enumerate() {
            assert_eq!(one.await.unwrap().unwrap(), number + 1);
        }
        pool.run("ben", || ()).await.unwrap();
        assert_eq!(pool.accounts.lock().unwrap().len(), 1, "who is gone is forgotten");
    }

    #[tokio::test]
    async fn who_gives_up_keeps_the_place_until_the_work_ends() {
        let pool = DecodePool::new(Duration::ZERO);
        let (ana, end, begun) = start(&pool, "ana");
        begun.await.unwrap();
        ana.abort();
        assert!(ana.await.unwrap_err().is_cancelled());
        assert!(matches!(pool.run("ana", || ()).await, Err(Error::Unavailable(_))));
        end.send(()).unwrap();
    }
}
