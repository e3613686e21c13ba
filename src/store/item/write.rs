//! Items within a transaction: loading them, asking what must be unique, writing them with their
//! revisions. It must not commit.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, SqlErr, sea_query::ExprTrait as _,
};

use super::read::{any, find, linking_to};
use super::{Meta, Stored, meta};
use crate::content::document::Place;
use crate::content::{ContentType, Field, Id, Item, Kind, Value};
use crate::error::{Error, Result};
use crate::store::entity::item;
use crate::store::{Write, working};

impl Write {
    /// As [`crate::store::Store::items`], within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn items(&self, content_type: &'static ContentType, ids: &[Id]) -> Result<Vec<Stored>> {
        find(&self.tx, content_type, ids).await
    }

    /// An item of any type.
    ///
    /// # Errors
    /// [`Error::NotFound`], or where the database fails.
    pub async fn item(&self, id: Id) -> Result<Stored> {
        any(&self.tx, id).await
    }

    /// As [`crate::store::Store::linking`], the ids alone, within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn linking(&self, from: &'static ContentType, field: &Field, to: Id) -> Result<Vec<Id>> {
        let ids = working::linking(&self.tx, from, field, &to.to_string()).await?;
        ids.iter().map(|id| working::id_of(id)).collect()
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
        linking_to(&self.tx, from, field, to).await
    }

    /// Which of these slugs of the type are taken by other items.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn slugs_taken(
        &self,
        content_type: &ContentType,
        slug: &str,
        except: Id,
    ) -> Result<Vec<String>> {
        // Slugs hold no character that LIKE reads as a pattern.
        let mut wanted = item::Entity::find().filter(item::COLUMN.r#type.eq(content_type.name));
        if self.tx.get_database_backend() == DbBackend::Sqlite {
            // The same as a range, in which the index finds them: of what slugs are made of only the
            // hyphen comes before the full stop. PostgreSQL may sort otherwise.
            let range = item::COLUMN.slug.gte(slug).and(item::COLUMN.slug.lt(format!("{slug}.")));
            wanted = wanted.filter(range);
        }
        let rows = wanted
            .filter(item::COLUMN.slug.eq(slug).or(item::COLUMN.slug.like(format!("{slug}-%"))))
            .filter(item::COLUMN.id.ne(except.to_string()))
            .all(&self.tx)
            .await?;
        Ok(rows.into_iter().map(|row| row.slug).collect())
    }

    /// The item that already holds a value that must be unique, if there is one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn holder(&self, item: &Item, field: &Field, value: &Value) -> Result<Option<Stored>> {
        match working::holder(&self.tx, item.content_type, field, value, Some(item.id)).await? {
            Some(id) => Ok(self.items(item.content_type, &[working::id_of(&id)?]).await?.pop()),
            None => Ok(None),
        }
    }

    /// Writes a new item with its first revision. Gives its place in the feed of changes.
    ///
    /// # Errors
    /// [`Error::Refused`] where the id is taken, by whatever type, or a linked item does not exist.
    pub async fn insert(&self, item: &Item, now: DateTime<Utc>, by: Option<&str>) -> Result<(Stored, Place)> {
        let change = self.next_change().await?;
        let row = item::Model {
            id: item.id.to_string(),
            r#type: item.content_type.name.to_owned(),
            slug: item.slug.clone(),
            version: 1,
            created_at: now,
            created_by: by.map(str::to_owned),
            updated_at: now,
            updated_by: by.map(str::to_owned),
            trashed_at: None,
            published_version: None,
            first_published_at: None,
            published_at: None,
            change: change.sequence,
            deleted_at: None,
        };
        let meta = meta(&row);
        let insert = item::Entity::insert(item::ActiveModel::from(row));
        insert.exec_without_returning(&self.tx).await.map_err(|error| taken(error.into()))?;
        working::insert(&self.tx, item).await.map_err(linked_away)?;
        self.revise(item, 1, None, now, by).await?;
        Ok((Stored { item: item.clone(), meta }, change))
    }

    /// Saves an item over the version that `before` is, with a revision. Gives its new state and
    /// its place in the feed of changes.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it is another version by now.
    pub async fn update(
        &self,
        before: &Stored,
        item: &Item,
        now: DateTime<Utc>,
        by: Option<&str>,
    ) -> Result<(Stored, Place)> {
        let mut meta = before.meta.clone();
        meta.version += 1;
        meta.updated_at = now;
        meta.updated_by = by.map(str::to_owned);
        let change = self.touch(before, &item.slug, &meta).await?;
        working::update(&self.tx, &before.item, item).await.map_err(linked_away)?;
        self.revise(item, meta.version, Some(&before.item), now, by).await?;
        Ok((Stored { item: item.clone(), meta }, change))
    }

    /// Writes what is true of an item beside its content: its state, not its values.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it is another version by now.
    pub async fn set_meta(&self, before: &Stored, meta: Meta) -> Result<(Stored, Place)> {
        let change = self.touch(before, &before.item.slug, &meta).await?;
        Ok((Stored { item: before.item.clone(), meta }, change))
    }

    async fn touch(&self, before: &Stored, slug: &str, meta: &Meta) -> Result<Place> {
        let change = self.next_change().await?;
        let done = item::Entity::update_many()
            .set(item::ActiveModel {
                slug: Set(slug.to_owned()),
                version: Set(meta.version),
                updated_at: Set(meta.updated_at),
                updated_by: Set(meta.updated_by.clone()),
                trashed_at: Set(meta.trashed_at),
                published_version: Set(meta.published_version),
                first_published_at: Set(meta.first_published_at),
                published_at: Set(meta.published_at),
                change: Set(change.sequence),
                ..Default::default()
            })
            .filter(item::COLUMN.id.eq(before.item.id.to_string()))
            .filter(item::COLUMN.version.eq(before.meta.version))
            .exec(&self.tx)
            .await?;
        if done.rows_affected == 1 { Ok(change) } else { Err(Error::Conflict(vec![before.item.id])) }
    }

    /// The columns of a content type's tables, for the test that holds declaration and tables
    /// together: the type's own table first, then one per field of rows.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn columns(&self, content_type: &ContentType) -> Result<Vec<Vec<String>>> {
        let mut tables = vec![working::table_columns(&self.tx, content_type.name).await?];
        for field in content_type.fields.iter().filter(|field| matches!(field.kind, Kind::Many { .. })) {
            let table = format!("{}_{}", content_type.name, field.name);
            tables.push(working::table_columns(&self.tx, &table).await?);
        }
        Ok(tables)
    }
}

/// The constraint that a statement broke.
fn broken(error: &Error) -> Option<SqlErr> {
    match error {
        Error::Internal(cause) => cause.downcast_ref::<sea_orm::DbErr>()?.sql_err(),
        _ => None,
    }
}

/// An id that something has already; addresses are settled before.
fn taken(error: Error) -> Error {
    match broken(&error) {
        Some(SqlErr::UniqueConstraintViolation(_)) => Error::Refused(
            "Something else is kept under this form’s number already. Copy what you typed, and open a new form."
                .to_owned(),
        ),
        _ => error,
    }
}

/// A foreign key that is refused means that something linked is gone; the editor can mend that.
pub(super) fn linked_away(error: Error) -> Error {
    match broken(&error) {
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => {
            Error::Refused("Something that is linked here does not exist; take the link out.".to_owned())
        }
        _ => error,
    }
}
