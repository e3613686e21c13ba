//! What the verbs work with: the store, the two read stores that follow it, the files, the clock. It must
//! not hold anything about who works.

use crate::clock::Clock;
use crate::content::document::{Change, Place};
use crate::error::{Error, Result};
use crate::media::Library;
use crate::published::{Batch, Follower, PublishedStore};
use crate::store::{Before, Store};

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

    /// Takes over into both read stores what they have not seen; a store that tells another history, as where a
    /// copy of the database was put back, is built anew. `progress` is told how many changes were taken and how
    /// many there are.
    ///
    /// # Errors
    /// Where a store fails; what was committed stays committed and is taken over later. [`Error::Refused`] where
    /// a store belongs to another database.
    pub async fn catch_up(&self, progress: &(dyn Fn(i64, i64) + Sync)) -> Result<()> {
        let (published, changed) = self.store.newest().await?;
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
        fill(Feed::Publications(&self.store), &self.published, &told).await?;
        fill(Feed::Drafts(&self.store), &self.drafts, &|seen| told(2 * published + seen)).await
    }

    /// Takes over what a verb has just committed, and where both feeds stood before. Also takes what an earlier
    /// failure left behind: a store never skips a change.
    pub(super) async fn take_over(
        &self,
        before: &Before,
        publications: &[Change],
        drafts: &[Change],
    ) -> Result<()> {
        let took = async {
            let follows = async |store: &Follower, before: &Option<Place>| match before {
                Some(before) => Ok::<bool, Error>(store.place().await? == *before),
                None => Ok(true),
            };
            let gapless = follows(&self.published, &before.publications).await?
                && follows(&self.drafts, &before.changes).await?;
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
/// Where the database or the store fails; it goes on from there the next time. [`Error::Refused`] where the
/// store belongs to another database.
pub async fn follow_publications(
    store: &Store,
    published: &Follower,
    took: &(dyn Fn(i64) + Sync),
) -> Result<()> {
    follow(Feed::Publications(store), published, took).await?;
    while published.prepare(FACES).await? > 0 {}
    Ok(())
}

/// Takes over what was saved and a store of drafts has not seen.
///
/// # Errors
/// As [`follow_publications`].
pub async fn follow_drafts(store: &Store, drafts: &Follower, took: &(dyn Fn(i64) + Sync)) -> Result<()> {
    follow(Feed::Drafts(store), drafts, took).await
}

/// What a read store follows.
#[derive(Clone, Copy)]
enum Feed<'store> {
    Publications(&'store Store),
    Drafts(&'store Store),
}

impl Feed<'_> {
    const fn store(&self) -> &Store {
        match self {
            Self::Publications(store) | Self::Drafts(store) => store,
        }
    }

    /// Whether a place is one of it.
    async fn knows(self, place: &Place) -> Result<bool> {
        match self {
            Self::Publications(store) => store.knows_publication(place).await,
            Self::Drafts(store) => store.knows_change(place).await,
        }
    }

    /// What comes after a number, at most so many.
    async fn after(self, reached: i64, most: u64) -> Result<Vec<Change>> {
        match self {
            Self::Publications(store) => store.publications_after(reached, most).await,
            Self::Drafts(store) => store.drafts_after(reached, most).await,
        }
    }
}

/// Takes over what a read store has not seen.
async fn follow(feed: Feed<'_>, follower: &Follower, took: &(dyn Fn(i64) + Sync)) -> Result<()> {
    let (identity, followed) = (feed.store().identity().await?, follower.identity().await?);
    let place = follower.place().await?;
    // Another process may have written it.
    follower.reader().tell(place.sequence);
    if followed.is_empty() && place.sequence == 0 {
        follower.belong(&identity).await?;
    } else if followed != identity {
        return Err(Error::Refused(format!(
            "{} belongs to the database {followed}, and this is the database {identity}. It is left as it is.",
            follower.file().display()
        )));
    } else if !feed.knows(&place).await? {
        tracing::error!(
            file = %follower.file().display(),
            reached = place.sequence,
            "the database tells another history than this store, as after a restore; building the store anew"
        );
        return fill(feed, follower, took).await;
    }
    let mut reached = place.sequence;
    loop {
        let batch = feed.after(reached, BATCH).await?;
        let Some(newest) = batch.last().map(|change| change.sequence) else { return Ok(()) };
        // An empty store with more before it than one batch is quicker built at once.
        if reached == 0 && batch.len() as u64 == BATCH {
            return fill(feed, follower, took).await;
        }
        follower.apply(&batch).await?;
        reached = newest;
        took(reached);
    }
}

/// Builds a store from the beginning of its feed. `took` is told how many changes were taken and, on top of that,
/// how many faces were prepared. While a batch is written the next one is read and made ready.
async fn fill(feed: Feed<'_>, follower: &Follower, took: &(dyn Fn(i64) + Sync)) -> Result<()> {
    let store = feed.store();
    let identity = store.identity().await?;
    let mut anew = follower.anew(&identity, &store.published_numbers().await?).await?;
    let after = async |reached| Batch::of(feed.after(reached, MANY).await?).await;
    let mut reached = 0;
    let mut batch = after(reached).await?;
    while let Some(newest) = batch.newest() {
        let (written, next) = tokio::join!(anew.apply(&batch), after(newest));
        reached = written?;
        batch = next?;
        took(reached);
    }
    // Nobody asks for faces of drafts.
    let faces = matches!(feed, Feed::Publications(_));
    anew.finish(faces, &|prepared| took(reached + prepared)).await
}
