//! For whose sake a file of the library is public: each ground is an item that somebody published
//! together with it, or the media item itself. It must not judge whether a ground is open.

use std::collections::HashSet;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, Statement,
};
use serde_json::Value as Json;

use super::entity::{media_ground, publication};
use super::{Store, Write, working};
use crate::content::Id;
use crate::content::types::{OPEN, OUTPUT};
use crate::error::{Error, Result};

/// How many documents are looked into at a time.
const PART: usize = 500;

/// A media item is public for the sake of an item; for its own where both are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ground {
    /// The media item.
    pub media: Id,
    /// The item for whose sake.
    pub item: Id,
    /// The version of the media item that was looked at then.
    pub version: i64,
}

impl Ground {
    /// Whether the media item is public for its own sake.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.media == self.item
    }
}

/// The grounds of these media items, and of every media item that has one of these items as a ground.
async fn around(db: &impl ConnectionTrait, ids: &[Id]) -> Result<Vec<Ground>> {
    let ids: Vec<String> = ids.iter().map(Id::to_string).collect();
    let media = media_ground::Entity::find()
        .select_only()
        .column(media_ground::Column::MediaId)
        .filter(media_ground::Column::MediaId.is_in(&ids).or(media_ground::Column::GroundId.is_in(&ids)));
    let rows = media_ground::Entity::find()
        .filter(media_ground::Column::MediaId.in_subquery(media.into_query()))
        .all(db)
        .await?;
    rows.iter()
        .map(|row| {
            let (media, item) = (working::id_of(&row.media_id)?, working::id_of(&row.ground_id)?);
            Ok(Ground { media, item, version: row.version })
        })
        .collect()
}

/// Which of these items the public sees and, where they are outputs, may have.
async fn open(db: &impl ConnectionTrait, ids: &[Id]) -> Result<HashSet<Id>> {
    let mut open = HashSet::new();
    for part in ids.chunks(PART) {
        let rows = publication::Entity::find()
            .select_only()
            .columns([publication::Column::ItemId, publication::Column::Type, publication::Column::Document])
            .filter(publication::Column::ItemId.is_in(part.iter().map(Id::to_string)))
            .filter(publication::Column::Document.is_not_null())
            .into_tuple::<(String, String, String)>()
            .all(db)
            .await?;
        for (id, of, document) in rows {
            if of == OUTPUT.name {
                let document: Json = serde_json::from_str(&document).map_err(Error::internal)?;
                if document.get("availability").and_then(Json::as_str) != Some(OPEN) {
                    continue;
                }
            }
            open.insert(working::id_of(&id)?);
        }
    }
    Ok(open)
}

impl Store {
    /// The grounds of these media items, and of every media item that has one of these items as a
    /// ground.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn grounds_around(&self, ids: &[Id]) -> Result<Vec<Ground>> {
        around(&self.read, ids).await
    }

    /// Which of these items the public sees and, where they are outputs, may have.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn open_among(&self, ids: &[Id]) -> Result<HashSet<Id>> {
        open(&self.read, ids).await
    }
}

impl Store {
    /// Media items, of any state, whose file has the same bytes as that of one of these: pairs of the one that was
    /// asked for and another.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn same_files(&self, media: &[Id]) -> Result<Vec<(Id, Id)>> {
        let backend = self.read.get_database_backend();
        // A file's value begins with the 64 digits of its hash.
        let listed: Vec<String> = media.iter().map(|id| format!("'{id}'")).collect();
        if listed.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT one.id AS one, other.id AS other FROM media AS one \
             JOIN media AS other ON substr(other.file, 1, 64) = substr(one.file, 1, 64) AND other.id <> one.id \
             WHERE one.id IN ({})",
            listed.join(", ")
        );
        let rows = self.read.query_all_raw(Statement::from_string(backend, sql)).await?;
        rows.iter()
            .map(|row| {
                let (one, other): (String, String) = (row.try_get("", "one")?, row.try_get("", "other")?);
                Ok((working::id_of(&one)?, working::id_of(&other)?))
            })
            .collect()
    }
}

impl Write {
    /// As [`Store::grounds_around`], within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn grounds_around(&self, ids: &[Id]) -> Result<Vec<Ground>> {
        around(&self.tx, ids).await
    }

    /// As [`Store::open_among`], within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn open_among(&self, ids: &[Id]) -> Result<HashSet<Id>> {
        open(&self.tx, ids).await
    }

    /// Adds a ground, or the version to one that is there.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn add_ground(&self, ground: Ground) -> Result<()> {
        let row = media_ground::Model {
            media_id: ground.media.to_string(),
            ground_id: ground.item.to_string(),
            version: ground.version,
        };
        media_ground::Entity::insert(media_ground::ActiveModel::from(row))
            .on_conflict(
                OnConflict::columns([media_ground::Column::MediaId, media_ground::Column::GroundId])
                    .update_column(media_ground::Column::Version)
                    .to_owned(),
            )
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Notes on all grounds of a media item that a newer version of it was published: if it is opened again, it
    /// is in no older one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn raise_grounds(&self, media: Id, version: i64) -> Result<()> {
        let raised = media_ground::ActiveModel { version: Set(version), ..Default::default() };
        let older = media_ground::Entity::update_many()
            .set(raised)
            .filter(media_ground::Column::MediaId.eq(media.to_string()))
            .filter(media_ground::Column::Version.lt(version));
        older.exec(&self.tx).await?;
        Ok(())
    }

    /// Takes a ground away, where it is there.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn drop_ground(&self, media: Id, item: Id) -> Result<()> {
        media_ground::Entity::delete_by_id((media.to_string(), item.to_string())).exec(&self.tx).await?;
        Ok(())
    }
}
