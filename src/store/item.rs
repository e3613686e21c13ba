//! Items with what is true of every item: version, who and when, state; and their revisions. It
//! must not judge who may change them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::ExprTrait as _,
};

use super::entity::{item, revision};
use super::{Store, Write, working};
use crate::content::document::Change;
use crate::content::{ContentType, Field, Id, Item, Kind, Value, by_name, document, snapshot};
use crate::error::{Error, Result};

/// What is true of an item beside its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Counts the saves from 1; a save names the version that it saw.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it; none for what came with the set-up.
    pub created_by: Option<String>,
    /// When it was last saved.
    pub updated_at: DateTime<Utc>,
    /// Who saved it last.
    pub updated_by: Option<String>,
    /// Since when it lies in the trash.
    pub trashed_at: Option<DateTime<Utc>>,
    /// The version that the public sees.
    pub published_version: Option<i64>,
    /// When the public first saw it.
    pub first_published_at: Option<DateTime<Utc>>,
    /// When it was last published.
    pub published_at: Option<DateTime<Utc>>,
}

/// Where an item stands between draft and public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The public does not see it.
    Draft,
    /// The public sees what the editors see.
    Published,
    /// The public sees an older version.
    Changed,
    /// It lies in the trash.
    Trashed,
}

impl State {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Changed => "changed",
            Self::Trashed => "trashed",
        }
    }

    /// What editors read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Published => "Published",
            Self::Changed => "Published, with changes",
            Self::Trashed => "In the trash",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Draft, Self::Published, Self::Changed, Self::Trashed]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// An item as the database keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Its content.
    pub item: Item,
    /// The rest.
    pub meta: Meta,
}

impl Stored {
    /// Where it stands between draft and public.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.meta.trashed_at, self.meta.published_version) {
            (Some(_), _) => State::Trashed,
            (None, None) => State::Draft,
            (None, Some(version)) if version == self.meta.version => State::Published,
            (None, Some(_)) => State::Changed,
        }
    }

    /// What the drafts store is told of it.
    #[must_use]
    pub fn draft(&self, sequence: i64) -> Change {
        let by = self.meta.updated_by.as_deref();
        let document = document::draft(&self.item, self.state().name(), self.meta.updated_at, by);
        Change {
            sequence,
            id: self.item.id,
            content_type: self.item.content_type,
            document: Some(document),
            slugs: vec![self.item.slug.clone()],
        }
    }
}

fn meta(row: &item::Model) -> Meta {
    Meta {
        version: row.version,
        created_at: row.created_at,
        created_by: row.created_by.clone(),
        updated_at: row.updated_at,
        updated_by: row.updated_by.clone(),
        trashed_at: row.trashed_at,
        published_version: row.published_version,
        first_published_at: row.first_published_at,
        published_at: row.published_at,
    }
}

async fn assemble(
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

async fn find(
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
            .filter(item::COLUMN.r#type.eq(content_type.name));
        rows.extend(found.all(db).await?);
    }
    let mut found: HashMap<Id, Stored> =
        assemble(db, content_type, &rows).await?.into_iter().map(|stored| (stored.item.id, stored)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// The newest place in the feed of changes; nought where there is none.
pub(super) async fn newest(db: &impl ConnectionTrait) -> Result<i64> {
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

    /// The items of type `from` whose `field` links to `to`, by the place they give themselves.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn linking(&self, from: &'static ContentType, field: &Field, to: Id) -> Result<Vec<Stored>> {
        let ids = working::linking(&self.read, from, field, &to.to_string()).await?;
        let ids: Result<Vec<Id>> = ids.iter().map(|id| working::id_of(id)).collect();
        find(&self.read, from, &ids?).await
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

    /// An earlier version of an item.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn revision(
        &self,
        content_type: &'static ContentType,
        id: Id,
        version: i64,
    ) -> Result<Option<Item>> {
        let row = revision::Entity::find_by_id((id.to_string(), version)).one(&self.read).await?;
        row.map(|row| {
            let json = serde_json::from_str(&row.snapshot).map_err(Error::internal)?;
            Ok(snapshot::read(content_type, id, &json))
        })
        .transpose()
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
        let mut changes = Vec::with_capacity(rows.len());
        for content_type in crate::content::TYPES {
            let of_type: Vec<item::Model> =
                rows.iter().filter(|row| row.r#type == content_type.name).cloned().collect();
            if of_type.is_empty() {
                continue;
            }
            let stored = assemble(&self.read, content_type, &of_type).await?;
            changes.extend(stored.iter().zip(&of_type).map(|(stored, row)| stored.draft(row.change)));
        }
        changes.sort_by_key(|change| change.sequence);
        Ok(changes)
    }
}

impl Write {
    /// As [`Store::items`], within the transaction.
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
        let row = item::Entity::find_by_id(id.to_string()).one(&self.tx).await?.ok_or(Error::NotFound)?;
        let content_type = by_name(&row.r#type).ok_or(Error::NotFound)?;
        assemble(&self.tx, content_type, &[row]).await?.pop().ok_or(Error::NotFound)
    }

    /// As [`Store::linking`], the ids alone, within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn linking(&self, from: &'static ContentType, field: &Field, to: Id) -> Result<Vec<Id>> {
        let ids = working::linking(&self.tx, from, field, &to.to_string()).await?;
        ids.iter().map(|id| working::id_of(id)).collect()
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
        let rows = item::Entity::find()
            .filter(item::COLUMN.r#type.eq(content_type.name))
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
        match working::holder(&self.tx, item.content_type, field, value, item.id).await? {
            Some(id) => Ok(self.items(item.content_type, &[working::id_of(&id)?]).await?.pop()),
            None => Ok(None),
        }
    }

    /// Writes a new item with its first revision. Gives its place in the feed of changes.
    ///
    /// # Errors
    /// Where a linked item does not exist, or the database fails.
    pub async fn insert(&self, item: &Item, now: DateTime<Utc>, by: Option<&str>) -> Result<(Stored, i64)> {
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
            change,
        };
        let meta = meta(&row);
        item::Entity::insert(item::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        working::insert(&self.tx, item).await.map_err(linked_away)?;
        self.revise(item, 1, now, by).await?;
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
    ) -> Result<(Stored, i64)> {
        let mut meta = before.meta.clone();
        meta.version += 1;
        meta.updated_at = now;
        meta.updated_by = by.map(str::to_owned);
        let change = self.touch(before, &item.slug, &meta).await?;
        working::update(&self.tx, &before.item, item).await.map_err(linked_away)?;
        self.revise(item, meta.version, now, by).await?;
        Ok((Stored { item: item.clone(), meta }, change))
    }

    /// Writes what is true of an item beside its content: its state, not its values.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it is another version by now.
    pub async fn set_meta(&self, before: &Stored, meta: Meta) -> Result<(Stored, i64)> {
        let change = self.touch(before, &before.item.slug, &meta).await?;
        Ok((Stored { item: before.item.clone(), meta }, change))
    }

    async fn touch(&self, before: &Stored, slug: &str, meta: &Meta) -> Result<i64> {
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
                change: Set(change),
                ..Default::default()
            })
            .filter(item::COLUMN.id.eq(before.item.id.to_string()))
            .filter(item::COLUMN.version.eq(before.meta.version))
            .exec(&self.tx)
            .await?;
        if done.rows_affected == 1 { Ok(change) } else { Err(Error::Conflict(vec![before.item.id])) }
    }

    async fn revise(&self, item: &Item, version: i64, now: DateTime<Utc>, by: Option<&str>) -> Result<()> {
        let row = revision::Model {
            item_id: item.id.to_string(),
            version,
            snapshot: snapshot::write(item).to_string(),
            saved_at: now,
            saved_by: by.map(str::to_owned),
        };
        revision::Entity::insert(revision::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// The next place in the feed of changes; the write lock makes it safe to count by hand.
    async fn next_change(&self) -> Result<i64> {
        Ok(newest(&self.tx).await? + 1)
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

/// A foreign key that is refused means that something linked is gone; the editor can mend that.
fn linked_away(error: Error) -> Error {
    match &error {
        Error::Internal(cause) => {
            let foreign = cause
                .downcast_ref::<sea_orm::DbErr>()
                .and_then(sea_orm::DbErr::sql_err)
                .is_some_and(|error| matches!(error, sea_orm::SqlErr::ForeignKeyConstraintViolation(_)));
            if foreign {
                return Error::Refused(
                    "Something that is linked here does not exist; take the link out.".to_owned(),
                );
            }
            error
        }
        _ => error,
    }
}
