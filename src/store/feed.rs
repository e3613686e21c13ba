//! Which history the two feeds of a database tell: the publications, one nonce each, and the changes, one nonce
//! for each transaction. Two databases that were one once have the same numbers, and other nonces from where
//! they parted. It must not read what was published or changed.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement,
};

use super::entity::{change_log, identity, publication_log};
use super::publication::without_right;
use super::{Store, Write};
use crate::content::Id;
use crate::content::document::Place;
use crate::error::{Error, Result};

/// Where the feed of publications stands.
const LAST_PUBLICATION: &str = "SELECT sequence AS number, \
    (SELECT nonce FROM publication_log WHERE publication_log.sequence = publication.sequence) AS nonce \
    FROM publication ORDER BY sequence DESC LIMIT 1";

/// Where the feed of changes stands: a transaction's nonce is kept under its last number.
const LAST_CHANGE: &str = "SELECT change AS number, \
    (SELECT nonce FROM change_log WHERE change_log.change >= item.change ORDER BY change_log.change LIMIT 1) AS nonce \
    FROM item ORDER BY change DESC LIMIT 1";

async fn last(db: &impl ConnectionTrait, sql: &str) -> Result<Place> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let Some(row) = row else { return Ok(Place::default()) };
    let nonce: Option<String> = row.try_get("", "nonce")?;
    Ok(Place { sequence: row.try_get("", "number")?, nonce: nonce.unwrap_or_default() })
}

/// The nonce of each of these changes: that of the transaction that made it, which lies under the number of its
/// last change.
pub(super) async fn change_nonces(
    db: &impl ConnectionTrait,
    changes: &[i64],
) -> Result<HashMap<i64, String>> {
    let (Some(first), Some(last)) = (changes.iter().min(), changes.iter().max()) else {
        return Ok(HashMap::new());
    };
    // The last of them may be in the middle of its transaction.
    let covering = change_log::Entity::find()
        .filter(change_log::Column::Change.gte(*last))
        .order_by_asc(change_log::Column::Change)
        .one(db)
        .await?;
    let mut log = change_log::Entity::find()
        .filter(change_log::Column::Change.between(*first, *last))
        .order_by_asc(change_log::Column::Change)
        .all(db)
        .await?;
    log.extend(covering);
    let nonce = |change: i64| {
        let at = log.partition_point(|row| row.change < change);
        log.get(at).map(|row| row.nonce.clone()).unwrap_or_default()
    };
    Ok(changes.iter().map(|change| (*change, nonce(*change))).collect())
}

/// The nonces of these publications.
pub(super) async fn publication_nonces(
    db: &impl ConnectionTrait,
    sequences: Vec<i64>,
) -> Result<HashMap<i64, String>> {
    let log = publication_log::Entity::find()
        .select_only()
        .columns([publication_log::Column::Sequence, publication_log::Column::Nonce])
        .filter(publication_log::Column::Sequence.is_in(sequences))
        .into_tuple::<(i64, String)>();
    Ok(log.all(db).await.map_err(without_right)?.into_iter().collect())
}

impl Store {
    /// Which database it is: 32 hexadecimal digits that no other has.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn identity(&self) -> Result<String> {
        let row = identity::Entity::find().one(&self.read).await.map_err(without_right)?;
        row.map(|row| row.id).ok_or_else(|| Error::internal("the database has no identity"))
    }

    /// The places that the feed of publications and that of changes have reached.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn places(&self) -> Result<(Place, Place)> {
        Ok((last(&self.read, LAST_PUBLICATION).await?, last(&self.read, LAST_CHANGE).await?))
    }

    /// Whether a place in the feed of publications is one of this history.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn knows_publication(&self, place: &Place) -> Result<bool> {
        if place.sequence == 0 {
            return Ok(true);
        }
        let nonces = publication_nonces(&self.read, vec![place.sequence]).await?;
        Ok(nonces.get(&place.sequence).is_some_and(|nonce| *nonce == place.nonce))
    }

    /// Whether a place in the feed of changes is one of this history.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn knows_change(&self, place: &Place) -> Result<bool> {
        if place.sequence == 0 {
            return Ok(true);
        }
        let nonces = change_nonces(&self.read, &[place.sequence]).await?;
        Ok(nonces.get(&place.sequence).is_some_and(|nonce| *nonce == place.nonce))
    }
}

/// How far a feed is in a transaction that writes.
#[derive(Debug, Default)]
pub(super) struct Counter {
    before: OnceLock<Place>,
    /// The last number that was given; nought before the first.
    last: AtomicI64,
}

impl Counter {
    /// The next number. Nothing else writes: they go on from where the transaction is.
    async fn next(&self, tx: &DatabaseTransaction, sql: &str) -> Result<i64> {
        let last = match self.before.get() {
            Some(_) => self.last.load(Ordering::Relaxed),
            None => {
                let place = self::last(tx, sql).await?;
                self.before.get_or_init(|| place).sequence
            }
        };
        self.last.store(last + 1, Ordering::Relaxed);
        Ok(last + 1)
    }
}

/// Where both feeds stood before a transaction; none for a feed that it adds nothing to.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The publications.
    pub publications: Option<Place>,
    /// The changes.
    pub changes: Option<Place>,
}

impl Write {
    /// The next number of a publication.
    pub(super) async fn next_publication(&self) -> Result<i64> {
        self.publications.next(&self.tx, LAST_PUBLICATION).await
    }

    /// The next place in the feed of changes.
    pub(super) async fn next_change(&self) -> Result<Place> {
        let sequence = self.changes.next(&self.tx, LAST_CHANGE).await?;
        Ok(Place { sequence, nonce: self.batch.clone() })
    }

    /// Where both feeds stood before.
    #[must_use]
    pub fn before(&self) -> Before {
        Before {
            publications: self.publications.before.get().cloned(),
            changes: self.changes.before.get().cloned(),
        }
    }

    /// When an item was last published or withdrawn, if it ever was.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn last_published(&self, item: Id) -> Result<Option<DateTime<Utc>>> {
        let line = publication_log::Entity::find()
            .filter(publication_log::Column::ItemId.eq(item.to_string()))
            .order_by_desc(publication_log::Column::Sequence)
            .one(&self.tx)
            .await?;
        Ok(line.map(|line| line.at))
    }

    /// Keeps the transaction's nonce under its last change.
    pub(super) async fn log_changes(&self) -> Result<()> {
        let last = self.changes.last.load(Ordering::Relaxed);
        if last > 0 {
            let row = change_log::ActiveModel { change: Set(last), nonce: Set(self.batch.clone()) };
            change_log::Entity::insert(row).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }
}
