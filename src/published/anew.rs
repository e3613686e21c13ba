//! Building a read store anew, all of it in one transaction: readers see what was there until all of
//! it is there again, and whoever ends early has changed nothing. It must not do one by one what is
//! quicker done for all at the end: places, indexes, faces, links at what is not public.

use std::collections::{HashMap, HashSet};

use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, Transaction};

use super::placing::place;
use super::prepare::Preparing;
use super::put::{Written, written};
use super::sync::{Taken, reached_by, sequence, take_in};
use super::{Follower, health, schema};
use crate::content::document::{Change, Place};
use crate::content::{ContentType, TYPES};
use crate::error::{Error, Result};

/// How many items are placed or prepared at a time.
const SOME: i64 = 1_000;

/// More than this part of everything is many.
const PART: i64 = 10;

/// How much of the file is kept in memory meanwhile, as SQLite counts it: negative numbers are KiB
/// (SQLite, PRAGMA cache_size). A page that many rows are written to is so written once.
const MUCH: i64 = -65_536;
const USUAL: i64 = -2_000;

/// Some of the feed with what is written of it.
#[derive(Debug)]
pub struct Batch {
    changes: Vec<Change>,
    written: Vec<Option<Written>>,
}

impl Batch {
    /// Makes what is written of these changes, apart from whatever else goes on.
    ///
    /// # Errors
    /// Where that cannot be made.
    pub async fn of(changes: Vec<Change>) -> Result<Self> {
        let made = move || Ok(Self { written: written(&changes)?, changes });
        tokio::task::spawn_blocking(made).await.map_err(Error::internal)?
    }

    /// The newest of its numbers; none where nothing is in it.
    #[must_use]
    pub fn newest(&self) -> Option<i64> {
        self.changes.last().map(|change| change.sequence)
    }
}

/// A store that is built anew and is not seen yet.
#[derive(Debug)]
pub struct Anew {
    tx: Transaction<'static, Sqlite>,
    identity: String,
    reached: Place,
    follower: Follower,
    /// The types whose lists have no indexes yet.
    unindexed: Vec<&'static ContentType>,
}

impl Follower {
    /// Begins to build the store anew, from the feed of the database of this identity. Nothing else is written
    /// meanwhile. The indexes of types of which there are many are made at the end, those of the others as they
    /// come: to make one takes a walk through everything.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn anew(&self, identity: &str, numbers: &HashMap<&'static str, i64>) -> Result<Anew> {
        let mut tx = self.begin().await?;
        cache(&mut tx, MUCH).await?;
        // What is not public any more may not be left in the file.
        let holds_something = sequence(&mut tx).await? > 0;
        overwrite(&mut tx, holds_something).await?;
        drop_tables(&mut tx).await?;
        sqlx::raw_sql(AssertSqlSafe(schema::tables())).execute(&mut *tx).await?;
        let all: i64 = numbers.values().sum();
        let is_many = |one: &&ContentType| numbers.get(one.name).is_some_and(|number| number * PART > all);
        let (unindexed, indexed): (Vec<_>, Vec<_>) = TYPES.into_iter().partition(is_many);
        sqlx::raw_sql(AssertSqlSafe(schema::list_indexes(&indexed))).execute(&mut *tx).await?;
        let (identity, reached) = (identity.to_owned(), Place::default());
        Ok(Anew { tx, identity, reached, follower: self.clone(), unindexed })
    }
}

impl Anew {
    /// Takes a batch of the feed over, and gives the number it has reached.
    ///
    /// # Errors
    /// Where the store fails; it then stays what it was.
    pub async fn apply(&mut self, batch: &Batch) -> Result<i64> {
        let Taken { newest, .. } =
            take_in(&mut self.tx, self.reached.sequence, &batch.changes, &batch.written).await?;
        if newest > self.reached.sequence {
            self.reached = reached_by(&batch.changes);
        }
        Ok(newest)
    }

    /// Puts it in the place of what was there. With `faces`, those are prepared, and `prepared` is told how
    /// many are; without, they are made for each answer.
    ///
    /// # Errors
    /// Where the store fails; it then stays what it was.
    pub async fn finish(mut self, faces: bool, prepared: &(dyn Fn(i64) + Sync)) -> Result<()> {
        self.place().await?;
        if faces {
            let mut preparing = Preparing::begin();
            while let Some(number) = preparing.some(&mut self.tx, SOME).await? {
                prepared(number);
            }
        }
        let indexes = schema::list_indexes(&self.unindexed) + schema::common_indexes();
        sqlx::raw_sql(AssertSqlSafe(indexes)).execute(&mut *self.tx).await?;
        health::note_all_links(&mut self.tx).await?;
        schema::mark(&mut self.tx, &self.identity, &self.reached).await?;
        cache(&mut self.tx, USUAL).await?;
        overwrite(&mut self.tx, true).await?;
        self.tx.commit().await?;
        self.follower.forget().await;
        self.follower.reader().announce(self.reached.sequence);
        Ok(())
    }

    /// Says of all where they live.
    async fn place(&mut self) -> Result<()> {
        let mut last = i64::MIN;
        loop {
            let rows: Vec<(i64, String)> =
                sqlx::query_as("SELECT key, id FROM document WHERE key > ? ORDER BY key LIMIT ?")
                    .bind(last)
                    .bind(SOME)
                    .fetch_all(&mut *self.tx)
                    .await?;
            let Some((key, _)) = rows.last() else { break };
            last = *key;
            let ids: Vec<String> = rows.into_iter().map(|(_, id)| id).collect();
            place(&mut self.tx, &ids, &HashSet::new()).await?;
        }
        place(&mut self.tx, &[], &HashSet::from(["page"])).await?;
        Ok(())
    }
}

/// Takes everything away. Tables are dropped, not emptied: that walks through no rows.
async fn drop_tables(tx: &mut SqliteConnection) -> Result<()> {
    for table in [
        "words",
        "link",
        "name",
        "credit",
        "finding",
        "found",
        "address",
        "withdrawn",
        "gone",
        "face",
        "source",
        "document",
        "tally",
        "mark",
    ] {
        sqlx::query(AssertSqlSafe(format!("DROP TABLE {table}"))).execute(&mut *tx).await?;
    }
    Ok(())
}

async fn overwrite(tx: &mut SqliteConnection, on: bool) -> Result<()> {
    sqlx::query(if on { "PRAGMA secure_delete = ON" } else { "PRAGMA secure_delete = OFF" })
        .execute(tx)
        .await?;
    Ok(())
}

async fn cache(tx: &mut SqliteConnection, size: i64) -> Result<()> {
    sqlx::query(AssertSqlSafe(format!("PRAGMA cache_size = {size}"))).execute(tx).await?;
    Ok(())
}
