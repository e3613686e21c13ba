//! Following a feed of changes. The one writer of a read store; every batch is one transaction
//! with the sequence number that it reaches, so a process killed anywhere goes on from there.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};

use super::glance::PLACE;
use super::opening::{make, open_known};
use super::placing::place;
use super::put::{Put, Written, put, written};
use super::withdraw::{forgets, takes_away, withdraw};
use super::{PublishedStore, health, prepare, schema};
use crate::content::document::{Change, Place};
use crate::error::Result;

/// The writer of a read store.
#[derive(Clone, Debug)]
pub struct Follower {
    file: PathBuf,
    /// The one connection that writes; another one after the file was built anew.
    write: Arc<RwLock<SqlitePool>>,
    reader: PublishedStore,
}

impl Follower {
    /// Opens the store in this file; makes it where it is missing, of another schema or plainly no
    /// database. What is damaged further in, [`Follower::mend`] finds.
    ///
    /// # Errors
    /// Where the file cannot be written; for want of room on the disk a store that is there stays.
    pub async fn open(file: &Path) -> Result<Self> {
        let write = match open_known(file).await? {
            Some(write) => write,
            None => make(file).await?,
        };
        let reader = PublishedStore::open(file).await?;
        reader.own(reader.sequence().await?);
        Ok(Self { file: file.to_owned(), write: Arc::new(RwLock::new(write)), reader })
    }

    /// Whether a statement has failed as it does where the file is damaged.
    #[must_use]
    pub fn is_suspect(&self) -> bool {
        self.reader.file().is_suspect()
    }

    /// Looks through the whole file, and puts an empty one in its place where it is damaged. Says
    /// whether it did: whoever asked fills it then.
    ///
    /// # Errors
    /// Where the file can be neither read nor made anew.
    pub async fn mend(&self) -> Result<bool> {
        if self.reader.file().is_whole().await? {
            return Ok(false);
        }
        tracing::error!(file = %self.file.display(), "a read store is damaged; building it anew");
        self.write().close().await;
        let write = make(&self.file).await?;
        *self.write.write().unwrap_or_else(PoisonError::into_inner) = write;
        self.reader.file().exchange(&self.file).await?;
        self.reader.announce(0);
        Ok(true)
    }

    fn write(&self) -> SqlitePool {
        self.write.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The file that the store lies in.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The handle for reading.
    #[must_use]
    pub fn reader(&self) -> &PublishedStore {
        &self.reader
    }

    /// The sequence number that the store has reached.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn sequence(&self) -> Result<i64> {
        sequence(&mut *self.write().acquire().await?).await
    }

    /// The place in the feed that the store has reached.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn place(&self) -> Result<Place> {
        let (sequence, nonce) = sqlx::query_as(PLACE).fetch_one(&self.write()).await?;
        Ok(Place { sequence, nonce })
    }

    /// Which database the store follows; empty before it has begun.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn identity(&self) -> Result<String> {
        let sql = "SELECT value FROM mark WHERE name = 'identity'";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.write()).await?)
    }

    /// Begins to follow a database, where the store follows none yet.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn belong(&self, identity: &str) -> Result<()> {
        let sql = "UPDATE mark SET value = ? WHERE name = 'identity' AND value = ''";
        sqlx::query(sql).bind(identity).execute(&self.write()).await?;
        Ok(())
    }

    /// Takes a batch of the feed over, all or nothing, and gives the number it has reached. A batch
    /// that was taken before changes nothing.
    ///
    /// # Errors
    /// Where the store fails; it then stands where it stood.
    pub async fn apply(&self, updates: &[Change]) -> Result<i64> {
        let mut tx = self.begin().await?;
        let reached = sequence(&mut tx).await?;
        let newest = take(&mut tx, reached, updates).await?;
        if newest > reached {
            for (mark, is) in [("unclean", takes_away as fn(&Change) -> bool), ("forgotten", forgets)] {
                if updates.iter().any(is) {
                    let sql = "INSERT OR REPLACE INTO mark VALUES (?, 1)";
                    sqlx::query(sql).bind(mark).execute(&mut *tx).await?;
                }
            }
            tx.commit().await?;
            self.reader.announce(newest);
            if updates.iter().any(takes_away) {
                self.forget().await;
            }
        }
        Ok(newest)
    }

    /// Folds the log into the file, so that neither says any more what was taken away. While somebody reads an
    /// older state this cannot be; the next withdrawal does it then.
    pub(super) async fn forget(&self) {
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.write()).await {
            tracing::debug!(%error, "a read store's log cannot be folded into its file");
        }
    }

    /// Writes the file anew where something was taken away since it was written so the last time: SQLite overwrites
    /// what is deleted, but not what it has moved from page to page before. Says whether it did.
    ///
    /// # Errors
    /// Where the store fails; it is done the next time.
    pub async fn scrub(&self) -> Result<bool> {
        let mut store = self.write().acquire().await?;
        let marks = "SELECT name FROM mark WHERE name IN ('unclean', 'forgotten')";
        let marks: Vec<String> = sqlx::query_scalar(marks).fetch_all(&mut *store).await?;
        if marks.is_empty() {
            return Ok(false);
        }
        // The words of earlier texts of it stay in the index until that is written as one.
        if marks.iter().any(|mark| mark == "forgotten") {
            sqlx::query("INSERT INTO words (words) VALUES ('optimize')").execute(&mut *store).await?;
        }
        sqlx::query("VACUUM").execute(&mut *store).await?;
        sqlx::query("DELETE FROM mark WHERE name IN ('unclean', 'forgotten')").execute(&mut *store).await?;
        drop(store);
        self.forget().await;
        Ok(true)
    }

    /// Prepares at most `most` of the faces that are missing, and gives how many there were. Until then
    /// they are made for each answer anew.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn prepare(&self, most: u32) -> Result<usize> {
        if !prepare::missing(&self.write()).await? {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let prepared = prepare::prepare(&mut tx, most).await?;
        tx.commit().await?;
        Ok(prepared)
    }

    pub(super) async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        self.reader.file().noticing(self.write().begin_with("BEGIN IMMEDIATE").await)
    }

    /// Closes the store.
    pub async fn close(&self) {
        self.reader.file().close().await;
        self.write().close().await;
    }
}

/// What came of a batch.
pub(super) struct Taken {
    /// The number that is reached.
    pub(super) newest: i64,
    /// The names of the types that something came of.
    touched: HashSet<&'static str>,
    /// Whose face in others' documents is another one now.
    turned: HashSet<String>,
    /// What became public, or ceased to be.
    states: HashSet<String>,
    /// What the editors see of it; nothing in a store of the public's.
    drafts: Vec<String>,
}

/// Takes over what of a batch lies beyond a number, and all that follows from it.
async fn take(tx: &mut SqliteConnection, reached: i64, updates: &[Change]) -> Result<i64> {
    let Taken { newest, touched, mut turned, states, drafts } =
        take_in(tx, reached, updates, &written(updates)?).await?;
    if newest > reached {
        health::note_links(tx, &drafts, &states).await?;
        let ids: Vec<String> = updates.iter().map(|update| update.id.to_string()).collect();
        turned.extend(place(tx, &ids, &touched).await?);
        prepare::outdate(tx, &turned).await?;
        let withdrawn = updates.iter().filter(|update| takes_away(update));
        let withdrawn: Vec<String> = withdrawn.map(|update| update.id.to_string()).collect();
        if !withdrawn.is_empty() {
            prepare::forget(tx, &withdrawn, &ids).await?;
        }
        schema::reach(tx, &reached_by(updates)).await?;
    }
    Ok(newest)
}

pub(super) async fn sequence(tx: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT value FROM mark WHERE name = 'sequence'").fetch_one(tx).await?)
}

/// The place that a batch leads to.
pub(super) fn reached_by(updates: &[Change]) -> Place {
    let last = updates.iter().max_by_key(|update| update.sequence);
    last.map_or_else(Place::default, |last| Place { sequence: last.sequence, nonce: last.nonce.clone() })
}

/// Writes what of a batch, whose texts these are, lies beyond a number; where it lives and what refers to
/// it is not looked at.
pub(super) async fn take_in(
    tx: &mut SqliteConnection,
    reached: i64,
    updates: &[Change],
    written: &[Option<Written>],
) -> Result<Taken> {
    let newest = updates.iter().map(|update| update.sequence).max().unwrap_or(0).max(reached);
    let mut taken = Taken {
        newest,
        touched: HashSet::new(),
        turned: HashSet::new(),
        states: HashSet::new(),
        drafts: Vec::new(),
    };
    let mut puts = Vec::new();
    let mut seen = HashSet::new();
    // Of an item that comes twice the later counts.
    for (update, written) in updates.iter().zip(written).rev() {
        if update.sequence <= reached || !seen.insert(update.id) {
            continue;
        }
        match update.document.as_ref().zip(written.as_ref()) {
            Some((document, written)) => puts.push((update, document, written)),
            None => {
                if withdraw(tx, update).await? {
                    taken.turned.insert(update.id.to_string());
                }
            }
        }
        taken.touched.insert(update.content_type.name);
    }
    puts.reverse();
    let Put { faces, states } = put(tx, &puts).await?;
    taken.turned.extend(faces);
    taken.states = states;
    taken.drafts = health::note(tx, &puts).await?;
    Ok(taken)
}

/// A link's name: two types may have a field of the same name.
pub(super) fn field(object: &str, field: &str) -> String {
    format!("{object}.{field}")
}
