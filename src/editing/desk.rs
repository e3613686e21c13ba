//! What the verbs work with: the store, the two read stores that follow it, the files, the clock. It must
//! not hold anything about who works.

use crate::clock::Clock;
use crate::content::document::Change;
use crate::error::{Error, Result};
use crate::media::Library;
use crate::published::{Anew, Batch, Follower, PublishedStore};
use crate::store::Store;

/// How many changes are taken over at a time.
const BATCH: u64 = 500;

/// How many where a store is built from the beginning.
const MANY: u64 = 1_000;

/// How many faces are prepared at a time. What refers to a busy theme is more; whoever follows the
/// database prepares the rest.
const FACES: u32 = 200;

/// The editors' desk.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The editorial database.
    pub store: Store,
    /// Follows the publications; what the public sees.
    pub published: Follower,
    /// Follows the newest drafts; what the admin lists and searches.
    pub drafts: Follower,
    /// The files of the media library.
    pub media: Library,
    /// The time.
    pub clock: Clock,
}

impl Desk {
    /// What the admin lists and searches.
    #[must_use]
    pub fn lists(&self) -> &PublishedStore {
        self.drafts.reader()
    }

    /// Takes over into both read stores what they have not seen. `progress` is told how many
    /// changes were taken and how many there are.
    ///
    /// # Errors
    /// Where a store fails; what was committed stays committed and is taken over later.
    pub async fn catch_up(&self, progress: &(dyn Fn(i64, i64) + Sync)) -> Result<()> {
        // Asked before the database: somebody may publish in between, and a store that only seems to
        // be ahead must not be emptied.
        let (reached, seen) = (self.published.sequence().await?, self.drafts.sequence().await?);
        let (published, changed) = self.store.newest().await?;
        // Where the database is older than a store, a backup was restored.
        if reached > published {
            self.published.clear().await?;
        }
        if seen > changed {
            self.drafts.clear().await?;
        }
        let all = 2 * published + changed;
        let told = |reached| progress(reached, all);
        follow_publications(&self.store, &self.published, &told).await?;
        follow_drafts(&self.store, &self.drafts, &|seen| progress(2 * published + seen, all)).await
    }

    /// Builds both read stores anew from the database. Readers see what was there until all of it is
    /// there again.
    ///
    /// # Errors
    /// Where a store fails; each is then what it was, or built anew.
    pub async fn rebuild(&self, progress: &(dyn Fn(i64, i64) + Sync)) -> Result<()> {
        let (published, changed) = self.store.newest().await?;
        let all = 2 * published + changed;
        let told = |taken| progress(taken, all);
        fill_publications(&self.store, &self.published, &told).await?;
        fill_drafts(&self.store, &self.drafts, &|seen| told(2 * published + seen)).await
    }

    /// Takes over what a verb has just committed. Also takes what an earlier failure left behind:
    /// a store never skips a number.
    pub(super) async fn take_over(&self, publications: &[Change], drafts: &[Change]) -> Result<()> {
        let took = async {
            let follows = |reached: i64, changes: &[Change]| {
                changes.iter().map(|change| change.sequence).min().is_none_or(|first| first == reached + 1)
            };
            let gapless = follows(self.published.sequence().await?, publications)
                && follows(self.drafts.sequence().await?, drafts);
            if gapless {
                if !publications.is_empty() {
                    self.published.apply(publications).await?;
                    self.published.prepare(FACES).await?;
                }
                if !drafts.is_empty() {
                    self.drafts.apply(drafts).await?;
                }
                return Ok(());
            }
            self.catch_up(&|_, _| ()).await
        };
        took.await.map_err(|error: Error| {
            tracing::error!(%error, "saved, but a read store could not follow");
            Error::Unavailable(
                "Your work is saved, but lists and the public site cannot be brought up to date at the moment. \
                 They will be as soon as the server can write again.",
            )
        })
    }
}

/// Takes the publications over that a public store has not seen, and prepares the faces that are
/// missing. `took` is told which number was reached.
///
/// # Errors
/// Where the database or the store fails; it goes on from there the next time.
pub async fn follow_publications(
    store: &Store,
    published: &Follower,
    took: &(dyn Fn(i64) + Sync),
) -> Result<()> {
    let mut reached = published.sequence().await?;
    loop {
        let batch = store.publications_after(reached, BATCH).await?;
        let Some(newest) = batch.last().map(|change| change.sequence) else { break };
        if is_long(reached, &batch) {
            return fill_publications(store, published, took).await;
        }
        published.apply(&batch).await?;
        reached = newest;
        took(reached);
    }
    while published.prepare(FACES).await? > 0 {}
    Ok(())
}

/// Takes over what was saved and a store of drafts has not seen.
///
/// # Errors
/// As [`follow_publications`].
pub async fn follow_drafts(store: &Store, drafts: &Follower, took: &(dyn Fn(i64) + Sync)) -> Result<()> {
    let mut reached = drafts.sequence().await?;
    loop {
        let batch = store.drafts_after(reached, BATCH).await?;
        let Some(newest) = batch.last().map(|change| change.sequence) else { return Ok(()) };
        if is_long(reached, &batch) {
            return fill_drafts(store, drafts, took).await;
        }
        drafts.apply(&batch).await?;
        reached = newest;
        took(reached);
    }
}

/// What a read store follows.
#[derive(Clone, Copy)]
enum Feed<'store> {
    Publications(&'store Store),
    Drafts(&'store Store),
}

impl Feed<'_> {
    /// What comes after a number, at most so many.
    async fn after(self, reached: i64, most: u64) -> Result<Vec<Change>> {
        match self {
            Self::Publications(store) => store.publications_after(reached, most).await,
            Self::Drafts(store) => store.drafts_after(reached, most).await,
        }
    }
}

/// Whether an empty store has more before it than one batch: it is then quicker built at once.
fn is_long(reached: i64, batch: &[Change]) -> bool {
    reached == 0 && batch.len() as u64 == BATCH
}

/// Builds a public store from the beginning. `took` is told how many publications were taken and, on
/// top of that, how many faces were prepared.
async fn fill_publications(store: &Store, published: &Follower, took: &(dyn Fn(i64) + Sync)) -> Result<()> {
    let mut anew = published.anew(&store.published_numbers().await?).await?;
    let reached = fill(&mut anew, Feed::Publications(store), took).await?;
    anew.finish(true, &|prepared| took(reached + prepared)).await
}

/// Builds a store of drafts from the beginning. Nobody asks for faces of drafts.
async fn fill_drafts(store: &Store, drafts: &Follower, took: &(dyn Fn(i64) + Sync)) -> Result<()> {
    let mut anew = drafts.anew(&store.published_numbers().await?).await?;
    fill(&mut anew, Feed::Drafts(store), took).await?;
    anew.finish(false, &|_| ()).await
}

/// Takes a whole feed over, and gives the number it has reached. While a batch is written the next one is
/// read and made ready.
async fn fill(anew: &mut Anew, feed: Feed<'_>, took: &(dyn Fn(i64) + Sync)) -> Result<i64> {
    let after = async |reached| Batch::of(feed.after(reached, MANY).await?).await;
    let mut reached = 0;
    let mut batch = after(reached).await?;
    while let Some(newest) = batch.newest() {
        let (written, next) = tokio::join!(anew.apply(&batch), after(newest));
        reached = written?;
        batch = next?;
        took(reached);
    }
    Ok(reached)
}
