//! Publications, one row per item: its public document or a tombstone, under a sequence number that only grows;
//! each with its line in the log. It must not build documents.

mod log;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, RuntimeErr,
};
use serde_json::Value as Json;

use super::entity::{item, publication, publication_log};
use super::{Store, Write, feed, working};
use crate::content::document::{Change, trace};
use crate::content::parsed::Zone;
use crate::content::types::SITE;
use crate::content::{Id, Item, by_name};
use crate::error::{Error, Result};
pub(super) use log::nonce;
pub use log::{Logged, Reason};

/// What was last published of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// The document; `None` where it was withdrawn.
    pub document: Option<Json>,
    /// Every slug under which the public has known it.
    pub slugs: Vec<String>,
}

fn change(row: &publication::Model, nonce: String) -> Result<Change> {
    let document = row.document.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)?;
    Ok(Change {
        sequence: row.sequence,
        nonce,
        id: working::id_of(&row.item_id)?,
        content_type: by_name(&row.r#type)
            .ok_or_else(|| Error::internal(format!("unknown type {}", row.r#type)))?,
        document,
        slugs: serde_json::from_str(&row.slugs).map_err(Error::internal)?,
        gone: serde_json::from_str(&row.gone).map_err(Error::internal)?,
        successor: row.successor.as_deref().map(working::id_of).transpose()?,
        at: row.at,
    })
}

/// What a role needs that follows the publications on PostgreSQL.
pub(super) const RIGHTS: &str = "GRANT SELECT ON publication, identity TO its name; \
                                 GRANT SELECT (sequence, nonce, batch) ON publication_log TO its name; \
                                 GRANT SELECT (version) ON seaql_migrations TO its name.";

/// An error that says which right is missing, where one is (PostgreSQL, appendix A: 42501).
pub(super) fn without_right(error: DbErr) -> Error {
    let code = match &error {
        DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            cause.as_database_error().and_then(|cause| cause.code())
        }
        _ => None,
    };
    if code.as_deref() == Some("42501") {
        return Error::Refused(format!(
            "The role that follows the publications may not read all of them. {RIGHTS}"
        ));
    }
    error.into()
}

/// The number of the newest publication; nought where there is none.
async fn newest(db: &impl ConnectionTrait) -> Result<i64> {
    let newest = publication::Entity::find()
        .select_only()
        .column_as(publication::Column::Sequence.max(), "newest")
        .into_tuple::<Option<i64>>();
    Ok(newest.one(db).await?.flatten().unwrap_or(0))
}

async fn site_zone(db: &impl ConnectionTrait) -> Result<Zone> {
    let site =
        item::Entity::find().select_only().column(item::Column::Id).filter(item::COLUMN.r#type.eq(SITE.name));
    let row = publication::Entity::find()
        .filter(publication::Column::ItemId.in_subquery(site.into_query()))
        .one(db)
        .await?;
    let document = row.and_then(|row| serde_json::from_str::<Json>(&row.document?).ok());
    let zone = document.as_ref().and_then(|site| site.get("time_zone")?.as_str()?.parse().ok());
    Ok(zone.unwrap_or(Zone(chrono_tz::UTC)))
}

impl Store {
    /// As [`Write::site_zone`], outside of a transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn site_zone(&self) -> Result<Zone> {
        site_zone(&self.read).await
    }

    /// The publications and withdrawals after `after`, in order, at most `limit`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn publications_after(&self, after: i64, limit: u64) -> Result<Vec<Change>> {
        // What has no line in the log is of an earlier release, and not judged yet by this one.
        let logged = publication_log::Entity::find()
            .select_only()
            .column(publication_log::Column::Sequence)
            .filter(publication_log::Column::Sequence.gt(after));
        let rows = publication::Entity::find()
            .filter(publication::COLUMN.sequence.gt(after))
            .filter(publication::Column::Sequence.in_subquery(logged.into_query()))
            .order_by_asc(publication::COLUMN.sequence)
            .limit(limit)
            .all(&self.read)
            .await
            .map_err(without_right)?;
        let sequences = rows.iter().map(|row| row.sequence).collect();
        let mut nonces = feed::publication_nonces(&self.read, sequences).await?;
        rows.iter().map(|row| change(row, nonces.remove(&row.sequence).unwrap_or_default())).collect()
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

    /// What is public: each item's id with the number of its publication.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn all_public(&self) -> Result<HashMap<String, i64>> {
        let rows = publication::Entity::find()
            .select_only()
            .columns([publication::Column::ItemId, publication::Column::Sequence])
            .filter(publication::Column::Document.is_not_null())
            .into_tuple::<(String, i64)>();
        Ok(rows.all(&self.read).await?.into_iter().collect())
    }

    /// What was last published of an item.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn publication(&self, id: Id) -> Result<Option<Publication>> {
        let row = publication::Entity::find_by_id(id.to_string()).one(&self.read).await?;
        row.map(|row| {
            let change = change(&row, String::new())?;
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

/// A publication, or a withdrawal, to be written.
#[derive(Clone, Copy, Debug)]
pub struct Publish<'item> {
    /// The item as the public is to see it, or saw it.
    pub item: &'item Item,
    /// Its document and the version that it is of; none where it is withdrawn.
    pub document: Option<(&'item Json, i64)>,
    /// Where it is withdrawn: the item in whose place readers are led.
    pub successor: Option<Id>,
    /// Why.
    pub reason: Reason,
    /// When.
    pub at: DateTime<Utc>,
    /// Whose account; none for what happens by itself and for the command line.
    pub by: Option<&'item str>,
}

/// What the files of a document are known by once they are gone: nobody learns a hash from it who does
/// not have it.
fn traces(document: &Json, gone: &mut Vec<String>) {
    if let Some(file) = document.get("_file").and_then(Json::as_str) {
        let trace = trace(file.split('/').next().unwrap_or_default());
        if !gone.contains(&trace) {
            gone.push(trace);
        }
    }
}

impl Write {
    /// The time zone of the site as the public is told it; UTC where nobody has said.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn site_zone(&self) -> Result<Zone> {
        site_zone(&self.tx).await
    }

    /// The public documents of these items; those that are withdrawn have none.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn documents(&self, ids: &[Id]) -> Result<HashMap<Id, Json>> {
        let rows = publication::Entity::find()
            .filter(publication::Column::ItemId.is_in(ids.iter().map(Id::to_string)))
            .all(&self.tx)
            .await?;
        let mut documents = HashMap::new();
        for row in rows {
            if let Some(document) = row.document {
                let document = serde_json::from_str(&document).map_err(Error::internal)?;
                documents.insert(working::id_of(&row.item_id)?, document);
            }
        }
        Ok(documents)
    }

    /// Puts an item's document, or its tombstone, at the end of the log. Gives what the public saw before, as
    /// JSON text, too.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn publish(&self, publish: &Publish<'_>) -> Result<(Change, Option<String>)> {
        let Publish { item, document, successor, reason, at, by } = *publish;
        let before = publication::Entity::find_by_id(item.id.to_string()).one(&self.tx).await?;
        let (mut slugs, mut gone): (Vec<String>, Vec<String>) = match &before {
            Some(row) => (
                serde_json::from_str(&row.slugs).map_err(Error::internal)?,
                serde_json::from_str(&row.gone).map_err(Error::internal)?,
            ),
            None => Default::default(),
        };
        // A withdrawal must not make an address known that only a draft had.
        if let Some((document, _)) = document {
            slugs.retain(|known| *known != item.slug);
            slugs.push(item.slug.clone());
            traces(document, &mut gone);
        }
        let sequence = self.next_publication().await?;
        let nonce = nonce();
        let row = publication::Model {
            item_id: item.id.to_string(),
            r#type: item.content_type.name.to_owned(),
            sequence,
            document: document.map(|(document, _)| document.to_string()),
            slugs: Json::from(slugs.clone()).to_string(),
            successor: successor.map(|id| id.to_string()),
            at,
            gone: Json::from(gone.clone()).to_string(),
        };
        self.put_publication(row).await?;
        let logged = Logged {
            sequence,
            nonce: nonce.clone(),
            batch: self.batch.clone(),
            id: item.id,
            version: document.map(|(_, version)| version),
            slug: item.slug.clone(),
            successor,
            reason,
            at,
            by: by.map(str::to_owned),
        };
        let row = publication_log::ActiveModel::from(logged.row());
        publication_log::Entity::insert(row).exec_without_returning(&self.tx).await?;
        let (id, content_type) = (item.id, item.content_type);
        let document = document.map(|(document, _)| document.clone());
        let change = Change { sequence, nonce, id, content_type, document, slugs, gone, successor, at };
        Ok((change, before.and_then(|row| row.document)))
    }
    /// Writes what is public of an item in the place of what was.
    async fn put_publication(&self, row: publication::Model) -> Result<()> {
        let columns = [
            publication::Column::Sequence,
            publication::Column::Document,
            publication::Column::Slugs,
            publication::Column::Successor,
            publication::Column::At,
            publication::Column::Gone,
        ];
        let mut place = OnConflict::column(publication::Column::ItemId);
        publication::Entity::insert(publication::ActiveModel::from(row))
            .on_conflict(place.update_columns(columns).to_owned())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}
