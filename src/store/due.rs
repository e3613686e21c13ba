//! Work that is due at a moment: rows that a verb writes in its own transaction, and that are done later
//! in a transaction of their own. It must not know what the work is.

use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, ExprTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement,
};

use super::entity::due;
use super::{Store, Write};
use crate::content::Id;
use crate::error::Result;

/// The longest text of an error that is kept, in characters.
const ERROR_MAX: usize = 500;

/// A piece of work.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// Its own number.
    pub id: String,
    /// What is to be done.
    pub kind: String,
    /// To what; of one kind there is one row for each.
    pub key: String,
    /// From when on.
    pub at: DateTime<Utc>,
    /// How often it was tried in vain.
    pub attempts: i64,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

fn read(row: due::Model) -> Due {
    let due::Model { id, kind, key, at, attempts, last_error, .. } = row;
    Due { id, kind, key, at, attempts, last_error }
}

impl Store {
    /// The present moment by the database's own clock, which all its nodes share; none on SQLite, which
    /// has no other clock than the machine's.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn moment(&self) -> Result<Option<DateTime<Utc>>> {
        if self.read.get_database_backend() == DbBackend::Sqlite {
            return Ok(None);
        }
        let now = "SELECT date_trunc('milliseconds', clock_timestamp()) AS now";
        let row = self.read.query_one_raw(Statement::from_string(DbBackend::Postgres, now)).await?;
        row.map(|row| Ok(row.try_get("", "now")?)).transpose()
    }

    /// When the next piece of work is to be begun, if there is any: those that failed wait longer.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>> {
        let first = |column: due::Column| due::Entity::find().select_only().column_as(column.min(), "first");
        let fresh = first(due::Column::At).filter(due::Column::ClaimedUntil.is_null());
        let mut next = Vec::new();
        for first in [fresh, first(due::Column::ClaimedUntil)] {
            next.extend(first.into_tuple::<Option<DateTime<Utc>>>().one(&self.read).await?.flatten());
        }
        Ok(next.into_iter().min())
    }

    /// All of it, in its order, at most `limit`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn all_due(&self, limit: u64) -> Result<Vec<Due>> {
        let rows = due::Entity::find()
            .order_by_asc(due::Column::At)
            .order_by_asc(due::Column::Id)
            .limit(limit)
            .all(&self.read)
            .await?;
        Ok(rows.into_iter().map(read).collect())
    }
}

impl Write {
    /// Sets work of this kind for `key` at a moment, in the place of what was set for it before.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_due(&self, kind: &str, key: &str, at: DateTime<Utc>) -> Result<()> {
        self.sets_due.store(true, Ordering::Relaxed);
        let row = due::ActiveModel {
            id: Set(Id::new(at).to_string()),
            kind: Set(kind.to_owned()),
            key: Set(key.to_owned()),
            at: Set(at),
            payload: Set(String::new()),
            attempts: Set(0),
            last_error: Set(None),
            claimed_until: Set(None),
        };
        due::Entity::insert(row)
            .on_conflict(
                OnConflict::columns([due::Column::Kind, due::Column::Key])
                    .update_columns([
                        due::Column::At,
                        due::Column::Attempts,
                        due::Column::LastError,
                        due::Column::ClaimedUntil,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Cancels work of this kind for `key`, where there is any.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn cancel_due(&self, kind: &str, key: &str) -> Result<()> {
        let one =
            due::Entity::delete_many().filter(due::Column::Kind.eq(kind)).filter(due::Column::Key.eq(key));
        one.exec(&self.tx).await?;
        Ok(())
    }

    /// The first piece of work that is due by now. As all writes queue, no other node can have it too.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn first_due(&self, now: DateTime<Utc>) -> Result<Option<Due>> {
        let row = due::Entity::find()
            .filter(due::Column::At.lte(now))
            .filter(due::Column::ClaimedUntil.is_null().or(due::Column::ClaimedUntil.lte(now)))
            .order_by_asc(due::Column::At)
            .order_by_asc(due::Column::Id)
            .one(&self.tx)
            .await?;
        Ok(row.map(read))
    }

    /// All work of a kind, in its order.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn due_of(&self, kind: &str) -> Result<Vec<Due>> {
        let rows = due::Entity::find()
            .filter(due::Column::Kind.eq(kind))
            .order_by_asc(due::Column::At)
            .order_by_asc(due::Column::Id)
            .all(&self.tx)
            .await?;
        Ok(rows.into_iter().map(read).collect())
    }

    /// Strikes a piece of work off.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn done(&self, id: &str) -> Result<()> {
        due::Entity::delete_by_id(id.to_owned()).exec(&self.tx).await?;
        Ok(())
    }

    /// Notes that a piece of work failed, and until when it waits.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn put_off(&self, due: &Due, until: DateTime<Utc>, error: &str) -> Result<()> {
        let failed = due::ActiveModel {
            id: Set(due.id.clone()),
            attempts: Set(due.attempts + 1),
            last_error: Set(Some(error.chars().take(ERROR_MAX).collect())),
            claimed_until: Set(Some(until)),
            ..Default::default()
        };
        due::Entity::update_many().set(failed).filter(due::Column::Id.eq(&due.id)).exec(&self.tx).await?;
        Ok(())
    }
}
