//! What runs beside the requests: following what other nodes and `recto` processes have done, doing what
//! is due, and housekeeping. It must never clear a store: a number read too early would empty it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::{Parts, open_publications};
use crate::accounts::Sessions;
use crate::config::Config;
use crate::editing::{do_due, follow_drafts, follow_publications, restore_named, tidy_uploads};
use crate::error::Result;
use crate::published::Follower;
use crate::store::Store;

/// How often a node looks for what others have done.
const LOOK: Duration = Duration::from_secs(2);
/// How often sessions that have ended are removed and the library is tidied.
const TIDY: Duration = Duration::from_secs(3_600);

/// How often the public store is written anew where something was taken from it: for some seconds, where it is
/// large, nothing else is written into it.
const SCRUB: Duration = Duration::from_secs(600);

/// How long a node sleeps at most before it looks for what is due, and how long at least.
const LONGEST: Duration = Duration::from_secs(30);
const SHORTEST: Duration = Duration::from_millis(20);
/// How long where it should be due by now: by the database's clock it is not yet.
const LATE: Duration = Duration::from_secs(1);

/// Takes over into both read stores what others do, does what is due, removes ended sessions and tidies the
/// library. Says in `follows` whether it can. Runs until it is dropped.
pub(super) async fn run(parts: Parts, follows: Arc<AtomicBool>) {
    let sessions = Sessions::new(parts.desk.store.clone(), parts.desk.clock.clone());
    let tidying = async {
        let mut due = interval(TIDY);
        let mut failing = Failing::default();
        // Not at the start: whoever has started it over the wrong database has an hour to see that.
        let mut is_start = true;
        loop {
            due.tick().await;
            let tidied = async {
                sessions.delete_ended().await?;
                match is_start {
                    true => restore_named(&parts.desk).await,
                    false => tidy_uploads(&parts.desk).await,
                }
            };
            failing.note("ended sessions and unused files cannot be removed", tidied.await);
            is_start = false;
        }
    };
    let following = async {
        let mut due = interval(LOOK);
        let mut failing = Failing::default();
        let mut checked = (false, false);
        loop {
            due.tick().await;
            let desk = &parts.desk;
            let took = async {
                mend(&desk.published, &mut checked.0).await?;
                mend(&desk.drafts, &mut checked.1).await?;
                follow_publications(&desk.store, &desk.published, &|_| ()).await?;
                follow_drafts(&desk.store, &desk.drafts, &|_| ()).await
            };
            let took = took.await;
            // What fails may be damaged: looked through again before the next try.
            checked = (checked.0 && took.is_ok(), checked.1 && took.is_ok());
            follows.store(took.is_ok(), Ordering::Relaxed);
            failing.note("the read stores cannot follow the database", took);
        }
    };
    let doing = async {
        let (store, clock) = (&parts.desk.store, &parts.desk.clock);
        let mut failing = Failing::default();
        loop {
            let next = do_due(&parts.desk).await;
            let left = next.as_ref().ok().copied().flatten().map(|next| (next - clock.now()).to_std());
            failing.note("what is due cannot be done", next.map(drop));
            // The machine's clock may jump, and another node may set something.
            let sleep = left.map_or(LONGEST, |left| left.unwrap_or(LATE).clamp(SHORTEST, LONGEST));
            tokio::select! {
                () = tokio::time::sleep(sleep) => {}
                () = store.due_set() => {}
            }
        }
    };
    tokio::join!(tidying, following, doing, scrub(&parts.desk.published));
}

/// The same for a node that serves the public alone.
pub(super) async fn run_public(
    config: &Config,
    mut store: Option<Store>,
    published: Follower,
    follows: Arc<AtomicBool>,
) {
    let scrubbing = scrub(&published);
    let following = follow_public(config, &mut store, &published, follows);
    tokio::join!(scrubbing, following);
}

async fn follow_public(
    config: &Config,
    store: &mut Option<Store>,
    published: &Follower,
    follows: Arc<AtomicBool>,
) {
    let mut due = interval(LOOK);
    let mut failing = Failing::default();
    let mut checked = false;
    loop {
        due.tick().await;
        let took = async {
            mend(published, &mut checked).await?;
            let store = match store {
                Some(store) => store,
                None => store.insert(open_publications(config).await?),
            };
            // What a newer release has written there, this one may understand wrongly.
            store.is_of_this_release().await?;
            follow_publications(store, published, &|_| ()).await
        };
        let took = took.await;
        // What fails may be damaged: looked through again before the next try.
        checked = checked && took.is_ok();
        follows.store(took.is_ok(), Ordering::Relaxed);
        failing.note("the public store cannot follow the database", took);
    }
}

/// Leaves nothing in the public store's file of what is public no more.
async fn scrub(published: &Follower) {
    let mut due = interval(SCRUB);
    let mut failing = Failing::default();
    loop {
        due.tick().await;
        failing.note("the public store cannot be written anew", published.scrub().await.map(drop));
    }
}

/// Looks through a store once after the start, when nobody waits for it, and whenever it fails as
/// damaged files do. One that is damaged is empty then, and is filled like a new one.
async fn mend(store: &Follower, checked: &mut bool) -> Result<()> {
    if !*checked || store.is_suspect() {
        store.mend().await?;
        *checked = true;
    }
    Ok(())
}

fn interval(period: Duration) -> tokio::time::Interval {
    let mut due = tokio::time::interval(period);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    due
}

/// Logs a failure once, not every time until it is mended.
#[derive(Default)]
struct Failing(bool);

impl Failing {
    fn note(&mut self, what: &'static str, outcome: Result<()>) {
        match outcome {
            Err(error) if !self.0 => {
                tracing::error!(?error, "{what}; trying on");
                self.0 = true;
            }
            Ok(()) if self.0 => {
                tracing::info!("no longer: {what}");
                self.0 = false;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions as _, Connection as _};

    use super::*;
    use crate::content::Id;
    use crate::content::document::Change;
    use crate::content::types::OUTPUT;

    /// An output that is public no more.
    fn withdrawal(sequence: i64) -> Change {
        Change {
            sequence,
            nonce: String::new(),
            id: Id::nil(),
            content_type: &OUTPUT,
            document: None,
            slugs: Vec::new(),
            gone: Vec::new(),
            successor: None,
            at: DateTime::default(),
        }
    }

    /// Whether the file is still to be written anew.
    async fn is_unclean(published: &Follower) -> bool {
        let options = SqliteConnectOptions::new().filename(published.file()).read_only(true);
        let mut store = options.connect().await.unwrap();
        let sql = "SELECT EXISTS (SELECT 1 FROM mark WHERE name = 'unclean')";
        let unclean = sqlx::query_scalar(sql).fetch_one(&mut store).await.unwrap();
        store.close().await.unwrap();
        unclean
    }

    async fn until_clean(published: &Follower) {
        let clean = async {
            while is_unclean(published).await {
                tokio::time::sleep(SHORTEST).await;
            }
        };
        tokio::time::timeout(LONGEST, clean).await.expect("it is never written anew");
    }

    /// Lets a time pass in which nothing else is done.
    async fn passes(time: Duration) {
        tokio::time::pause();
        tokio::time::sleep(time).await;
        tokio::time::resume();
    }

    #[tokio::test]
    async fn what_was_taken_away_is_written_out_of_the_public_store_at_the_start_and_then_in_intervals() {
        let dir = tempfile::tempdir().unwrap();
        let published = Follower::open(&dir.path().join("public.db")).await.unwrap();
        published.apply(&[withdrawal(1)]).await.unwrap();
        assert!(is_unclean(&published).await);
        let scrubbing = tokio::spawn({
            let published = published.clone();
            async move { scrub(&published).await }
        });
        until_clean(&published).await;
        published.apply(&[withdrawal(2)]).await.unwrap();
        passes(SCRUB / 2).await;
        assert!(is_unclean(&published).await, "large stores are not written anew for each withdrawal");
        passes(SCRUB).await;
        until_clean(&published).await;
        scrubbing.abort();
    }
}
