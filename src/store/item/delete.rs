//! What stays of an item that is deleted for good: a row that says that it was there, so that whoever follows
//! the database hears of it and nothing gets its number. It must not ask what needs the item.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::Stored;
use super::write::linked_away;
use crate::content::document::{Change, Place};
use crate::content::{ContentType, Id, by_name};
use crate::error::{Error, Result};
use crate::store::entity::{deed, due, item, media_ground, revision};
use crate::store::revision::texts;
use crate::store::{Write, working};

/// What the drafts store is told of an item that is gone.
pub(super) fn gone(row: &item::Model, place: Place) -> Result<Change> {
    Ok(tombstone(
        working::id_of(&row.id)?,
        by_name(&row.r#type).ok_or(Error::NotFound)?,
        place,
        row.updated_at,
    ))
}

fn tombstone(id: Id, content_type: &'static ContentType, place: Place, at: DateTime<Utc>) -> Change {
    let (slugs, gone) = Default::default();
    let Place { sequence, nonce } = place;
    Change { sequence, nonce, id, content_type, document: None, slugs, gone, successor: None, at }
}

impl Write {
    /// Deletes an item that lies in the trash: its values, its revisions, for whose sake it was public and what
    /// was due to it. Its publications and what was done to it stay in their logs. Gives what the drafts store is
    /// to be told.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it is another version by now, or out of the trash; [`Error::Refused`] where
    /// something links to it.
    pub async fn delete(&self, stored: &Stored, now: DateTime<Utc>, by: Option<&str>) -> Result<Change> {
        let (id, content_type) = (stored.item.id, stored.item.content_type);
        let (key, change) = (id.to_string(), self.next_change().await?);
        let row = item::ActiveModel {
            // Somebody else may have its address now.
            slug: Set(key.clone()),
            updated_at: Set(now),
            updated_by: Set(by.map(str::to_owned)),
            deleted_at: Set(Some(now)),
            change: Set(change.sequence),
            ..Default::default()
        };
        let done = item::Entity::update_many()
            .set(row)
            .filter(item::Column::Id.eq(&key))
            .filter(item::Column::Version.eq(stored.meta.version))
            .filter(item::Column::TrashedAt.is_not_null())
            .filter(item::Column::DeletedAt.is_null())
            .exec(&self.tx)
            .await?;
        if done.rows_affected != 1 {
            return Err(Error::Conflict(vec![id]));
        }
        let mut values = Query::delete();
        values.from_table(Alias::new(content_type.name)).and_where(Expr::col(Alias::new("id")).eq(&key));
        self.tx.execute(&values).await.map_err(|error| linked_away(error.into()))?;
        revision::Entity::delete_many().filter(revision::Column::ItemId.eq(&key)).exec(&self.tx).await?;
        let grounds = Condition::any()
            .add(media_ground::Column::MediaId.eq(&key))
            .add(media_ground::Column::GroundId.eq(&key));
        media_ground::Entity::delete_many().filter(grounds).exec(&self.tx).await?;
        due::Entity::delete_many().filter(due::Column::Key.eq(&key)).exec(&self.tx).await?;
        Ok(tombstone(id, content_type, change, now))
    }

    /// The numbers under which one of these verbs was done to an item.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn batches_of(&self, id: Id, verbs: &[&str]) -> Result<Vec<String>> {
        let rows = deed::Entity::find()
            .select_only()
            .column(deed::Column::BatchId)
            .filter(deed::Column::ItemId.eq(id.to_string()))
            .filter(deed::Column::Verb.is_in(verbs.iter().copied()))
            .order_by_asc(deed::Column::BatchId)
            .into_tuple::<String>();
        Ok(rows.all(&self.tx).await?)
    }

    /// What items of these types but one were before a change to many since a moment: the change's number, the
    /// item, the version.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn versions_before(
        &self,
        types: &[&str],
        since: DateTime<Utc>,
        but: Id,
    ) -> Result<Vec<(String, Id, i64)>> {
        let rows = deed::Entity::find()
            .select_only()
            .columns([deed::Column::BatchId, deed::Column::ItemId, deed::Column::Before])
            .filter(deed::Column::Type.is_in(types.iter().copied()))
            .filter(deed::Column::At.gte(since))
            .filter(deed::Column::ItemId.ne(but.to_string()))
            .filter(deed::Column::Before.is_not_null())
            .order_by_desc(deed::Column::At)
            .into_tuple::<(String, String, i64)>();
        let rows = rows.all(&self.tx).await?.into_iter();
        rows.map(|(batch, id, version)| Ok((batch, working::id_of(&id)?, version))).collect()
    }

    /// One of these versions that names an item.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn first_naming(&self, versions: &[(Id, i64)], named: Id) -> Result<Option<(Id, i64)>> {
        let wanted: Vec<(String, i64)> =
            versions.iter().map(|(id, version)| (id.to_string(), *version)).collect();
        // Within quotation marks, as fields name it: of a link in a text the words stay.
        let named = format!("\"{named}\"");
        for ((id, version), text) in texts(&self.tx, &wanted).await? {
            if text.contains(&named) {
                return Ok(Some((working::id_of(&id)?, version)));
            }
        }
        Ok(None)
    }
}
