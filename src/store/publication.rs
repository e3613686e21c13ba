//! The compacted log of publications: one row per item, its public document or a tombstone,
//! under a sequence number that only grows. It must not build documents.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::Value as Json;

use super::entity::publication;
use super::{Store, Write, working};
use crate::content::document::Change;
use crate::content::{ContentType, Id, Item, by_name};
use crate::error::{Error, Result};

/// What was last published of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// The document; `None` where it was withdrawn.
    pub document: Option<Json>,
    /// Every slug under which the public has known it.
    pub slugs: Vec<String>,
}

fn change(row: &publication::Model) -> Result<Change> {
    let document = row.document.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)?;
    Ok(Change {
        sequence: row.sequence,
        id: working::id_of(&row.item_id)?,
        content_type: by_name(&row.r#type)
            .ok_or_else(|| Error::internal(format!("unknown type {}", row.r#type)))?,
        document,
        slugs: serde_json::from_str(&row.slugs).map_err(Error::internal)?,
        successor: row.successor.as_deref().map(working::id_of).transpose()?,
        at: row.at,
    })
}

/// The number of the newest publication; nought where there is none.
async fn newest(db: &impl ConnectionTrait) -> Result<i64> {
    let newest = publication::Entity::find()
        .select_only()
        .column_as(publication::Column::Sequence.max(), "newest")
        .into_tuple::<Option<i64>>();
    Ok(newest.one(db).await?.flatten().unwrap_or(0))
}

impl Store {
    /// The publications and withdrawals after `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn publications_after(&self, after: i64, limit: u64) -> Result<Vec<Change>> {
        let rows = publication::Entity::find()
            .filter(publication::COLUMN.sequence.gt(after))
            .order_by_asc(publication::COLUMN.sequence)
            .limit(limit)
            .all(&self.read)
            .await?;
        rows.iter().map(change).collect()
    }

    /// How many items of each type were ever published.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn published_numbers(&self) -> Result<HashMap<&'static str, i64>> {
        let rows = publication::Entity::find()
            .select_only()
            .column(publication::Column::Type)
            .column_as(publication::Column::ItemId.count(), "number")
            .group_by(publication::Column::Type)
            .into_tuple::<(String, i64)>();
        let rows = rows.all(&self.read).await?;
        Ok(rows.iter().filter_map(|(name, number)| Some((by_name(name)?.name, *number))).collect())
    }

    /// What was last published of an item.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn publication(&self, id: Id) -> Result<Option<Publication>> {
        let row = publication::Entity::find_by_id(id.to_string()).one(&self.read).await?;
        row.map(|row| {
            let change = change(&row)?;
            Ok(Publication { document: change.document, slugs: change.slugs })
        })
        .transpose()
    }

    /// The newest sequence numbers: of the publications, and of all changes.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn newest(&self) -> Result<(i64, i64)> {
        Ok((newest(&self.read).await?, super::item::newest(&self.read).await?))
    }
}

impl Write {
    /// Puts an item's document, or its tombstone, at the end of the log.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn publish(
        &self,
        content_type: &'static ContentType,
        id: Id,
        slug: &str,
        document: Option<Json>,
        at: DateTime<Utc>,
    ) -> Result<Change> {
        self.log(content_type, id, slug, document, None, at).await
    }

    /// Withdraws an item in favour of another: readers who ask for it are led there.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn withdraw_for(&self, item: &Item, successor: Id, at: DateTime<Utc>) -> Result<Change> {
        self.log(item.content_type, item.id, &item.slug, None, Some(successor), at).await
    }

    async fn log(
        &self,
        content_type: &'static ContentType,
        id: Id,
        slug: &str,
        document: Option<Json>,
        successor: Option<Id>,
        at: DateTime<Utc>,
    ) -> Result<Change> {
        let before = publication::Entity::find_by_id(id.to_string()).one(&self.tx).await?;
        let mut slugs: Vec<String> = match &before {
            Some(row) => serde_json::from_str(&row.slugs).map_err(Error::internal)?,
            None => Vec::new(),
        };
        // A withdrawal must not make an address known that only a draft had.
        if document.is_some() {
            slugs.retain(|known| known != slug);
            slugs.push(slug.to_owned());
        }
        let sequence = newest(&self.tx).await? + 1;
        let row = publication::Model {
            item_id: id.to_string(),
            r#type: content_type.name.to_owned(),
            sequence,
            document: document.as_ref().map(Json::to_string),
            slugs: Json::from(slugs.clone()).to_string(),
            successor: successor.map(|id| id.to_string()),
            at,
        };
        publication::Entity::insert(publication::ActiveModel::from(row))
            .on_conflict(
                OnConflict::column(publication::Column::ItemId)
                    .update_columns([
                        publication::Column::Sequence,
                        publication::Column::Document,
                        publication::Column::Slugs,
                        publication::Column::Successor,
                        publication::Column::At,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(&self.tx)
            .await?;
        Ok(Change { sequence, id, content_type, document, slugs, successor, at })
    }
}
