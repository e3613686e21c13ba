//! Sessions as rows. It must not know what a session holds, and never sees a session's id, only
//! its hash.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{EntityTrait as _, QueryFilter as _};

use super::entity::session;
use super::{Store, Write};
use crate::error::Result;

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of its id, in hexadecimal.
    pub id_hash: String,
    /// Whose it is, once signed in.
    pub account: Option<String>,
    /// What it holds, JSON.
    pub data: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// The session of this hash, if it has not ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn session(&self, id_hash: &str, now: DateTime<Utc>) -> Result<Option<SessionRow>> {
        let row = session::Entity::find_by_id(id_hash)
            .filter(session::COLUMN.expires_at.gt(now))
            .one(&self.read)
            .await?;
        Ok(row.map(|row| SessionRow {
            id_hash: row.id_hash,
            account: row.account_id,
            data: row.data,
            expires_at: row.expires_at,
        }))
    }
}

impl Write {
    /// Writes a new session. Gives whether its id was free.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn insert_session(&self, row: SessionRow) -> Result<bool> {
        if session::Entity::find_by_id(row.id_hash.as_str()).one(&self.tx).await?.is_some() {
            return Ok(false);
        }
        let row = session::Model {
            id_hash: row.id_hash,
            account_id: row.account,
            data: row.data,
            expires_at: row.expires_at,
        };
        session::Entity::insert(session::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        Ok(true)
    }

    /// Writes an existing session; one that was deleted or ran out meanwhile stays ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn update_session(&self, row: SessionRow, now: DateTime<Utc>) -> Result<()> {
        session::Entity::update_many()
            .set(session::ActiveModel {
                account_id: Set(row.account),
                data: Set(row.data),
                expires_at: Set(row.expires_at),
                ..Default::default()
            })
            .filter(session::COLUMN.id_hash.eq(row.id_hash))
            .filter(session::COLUMN.expires_at.gt(now))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn delete_session(&self, id_hash: &str) -> Result<()> {
        session::Entity::delete_by_id(id_hash).exec(&self.tx).await?;
        Ok(())
    }

    /// Removes the sessions that have ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn delete_ended_sessions(&self, now: DateTime<Utc>) -> Result<()> {
        session::Entity::delete_many().filter(session::COLUMN.expires_at.lte(now)).exec(&self.tx).await?;
        Ok(())
    }
}
