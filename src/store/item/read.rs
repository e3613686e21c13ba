//! Reading items. It must not write.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{Stored, delete, meta};
use crate::content::document::{Change, Place};
use crate::content::{ContentType, Field, Id, Item, Value, by_name};
use crate::error::{Error, Result};
use crate::store::entity::item;
use crate::store::{Store, feed, working};

pub(super) async fn assemble(
    db: &impl ConnectionTrait,
    content_type: &'static ContentType,
    rows: &[item::Model],
) -> Result<Vec<Stored>> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut values = working::load(db, content_type, &ids).await?;
    rows.iter()
        .map(|row| {
            let id = working::id_of(&row.id)?;
            let values =
                values.remove(&id).ok_or_else(|| Error::internal(format!("{id} has no working row")))?;
            let item = Item { content_type, id, slug: row.slug.clone(), values };
            Ok(Stored { item, meta: meta(row) })
        })
        .collect()
}

pub(super) async fn find(
    db: &impl ConnectionTrait,
    content_type: &'static ContentType,
    ids: &[Id],
) -> Result<Vec<Stored>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(10_000) {
        let found = item::Entity::find()
            .filter(item::COLUMN.id.is_in(chunk.iter().map(Id::to_string)))
            .filter(item::COLUMN.r#type.eq(content_type.name))
            .filter(item::Column::DeletedAt.is_null());
        rows.extend(found.all(db).await?);
    }
    let mut found: HashMap<Id, Stored> =
        assemble(db, content_type, &rows).await?.into_iter().map(|stored| (stored.item.id, stored)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// An item of any type.
pub(super) async fn any(db: &impl ConnectionTrait, id: Id) -> Result<Stored> {
    let row = item::Entity::find_by_id(id.to_string()).filter(item::Column::DeletedAt.is_null());
    let row = row.one(db).await?.ok_or(Error::NotFound)?;
    let content_type = by_name(&row.r#type).ok_or(Error::NotFound)?;
    assemble(db, content_type, &[row]).await?.pop().ok_or(Error::NotFound)
}

/// The items of type `from` whose `field` links to one of these, each with what it links to.
pub(super) async fn linking_to(
    db: &impl ConnectionTrait,
    from: &'static ContentType,
    field: &Field,
    to: &[Id],
) -> Result<Vec<(Id, Id)>> {
    let to: Vec<String> = to.iter().map(Id::to_string).collect();
    let found = working::linking_to(db, from, field, &to).await?;
    found.iter().map(|(owner, target)| Ok((working::id_of(owner)?, working::id_of(target)?))).collect()
}

/// The newest place in the feed of changes; nought where there is none.
pub(in crate::store) async fn newest(db: &impl ConnectionTrait) -> Result<i64> {
    let newest = item::Entity::find()
        .select_only()
        .column_as(item::Column::Change.max(), "newest")
        .into_tuple::<Option<i64>>();
    Ok(newest.one(db).await?.flatten().unwrap_or(0))
}

impl Store {
    /// These items, in this order; those that do not exist are left out. The number of statements
    /// does not grow with the number of items.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn items(&self, content_type: &'static ContentType, ids: &[Id]) -> Result<Vec<Stored>> {
        find(&self.read, content_type, ids).await
    }

    /// An item of any type.
    ///
    /// # Errors
    /// [`Error::NotFound`], or where the database fails.
    pub async fn item(&self, id: Id) -> Result<Stored> {
        any(&self.read, id).await
    }

    /// The items of type `from` whose `field` links to one of these, each with what it links to.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn linking_to(
        &self,
        from: &'static ContentType,
        field: &Field,
        to: &[Id],
    ) -> Result<Vec<(Id, Id)>> {
        linking_to(&self.read, from, field, to).await
    }

    /// The items of type `from` whose `field` links to `to`, by the place they give themselves.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn linking(&self, from: &'static ContentType, field: &Field, to: Id) -> Result<Vec<Stored>> {
        let ids = working::linking(&self.read, from, field, &to.to_string()).await?;
        let ids: Result<Vec<Id>> = ids.iter().map(|id| working::id_of(id)).collect();
        find(&self.read, from, &ids?).await
    }

    /// The item that holds this value in a field that must be unique, if there is one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn holder(
        &self,
        content_type: &'static ContentType,
        field: &Field,
        value: &Value,
    ) -> Result<Option<Stored>> {
        match working::holder(&self.read, content_type, field, value, None).await? {
            Some(id) => Ok(self.items(content_type, &[working::id_of(&id)?]).await?.pop()),
            None => Ok(None),
        }
    }

    /// The items that hold one of these texts in a field that must be unique, by text. The number
    /// of statements does not grow with the number of texts.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn holders(
        &self,
        content_type: &'static ContentType,
        field: &Field,
        texts: &[String],
    ) -> Result<HashMap<String, Id>> {
        let found = working::holders(&self.read, content_type, field, texts).await?;
        found.into_iter().map(|(text, id)| Ok((text, working::id_of(&id)?))).collect()
    }

    /// The one item of a single type, if the set-up has made it.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn single(&self, content_type: &'static ContentType) -> Result<Option<Stored>> {
        let row =
            item::Entity::find().filter(item::COLUMN.r#type.eq(content_type.name)).one(&self.read).await?;
        Ok(assemble(&self.read, content_type, row.as_slice()).await?.pop())
    }

    /// What the drafts store has not seen yet: the newest state of each item that changed after
    /// `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn drafts_after(&self, after: i64, limit: u64) -> Result<Vec<Change>> {
        let rows = item::Entity::find()
            .filter(item::COLUMN.change.gt(after))
            .order_by_asc(item::COLUMN.change)
            .limit(limit)
            .all(&self.read)
            .await?;
        let numbers: Vec<i64> = rows.iter().map(|row| row.change).collect();
        let nonces = feed::change_nonces(&self.read, &numbers).await?;
        let place = |row: &item::Model| {
            let nonce = nonces.get(&row.change).cloned().unwrap_or_default();
            Place { sequence: row.change, nonce }
        };
        let (gone, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.deleted_at.is_some());
        let mut changes: Vec<Change> =
            gone.iter().map(|row| delete::gone(row, place(row))).collect::<Result<_>>()?;
        for content_type in crate::content::TYPES {
            let of_type: Vec<item::Model> =
                rows.iter().filter(|row| row.r#type == content_type.name).cloned().collect();
            if of_type.is_empty() {
                continue;
            }
            let stored = assemble(&self.read, content_type, &of_type).await?;
            changes.extend(stored.iter().zip(&of_type).map(|(stored, row)| stored.draft(place(row))));
        }
        changes.sort_by_key(|change| change.sequence);
        Ok(changes)
    }
}
