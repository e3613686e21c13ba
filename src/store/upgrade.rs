//! What bringing the publications of an earlier release up to date asks of the database beside the log
//! (`editing/upgrade.rs`): which files outputs ever named, and what was ever public. It must not decide what of it
//! stays public.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, ExprTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _,
};
use serde_json::Value as Json;

use super::entity::{item, publication, revision};
use super::revision::{Reader, texts};
use super::{Write, working};
use crate::content::types::{OPEN, OUTPUT};
use crate::content::{ContentType, Id};
use crate::error::{Error, Result};

/// How many revisions are read at a time.
const PART: u64 = 500;

/// An output that named a file of the library in one of its versions.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The output.
    pub output: Id,
    /// The version.
    pub version: i64,
    /// The media item.
    pub media: Id,
    /// Whether it said that it is open.
    pub open: bool,
}

impl Write {
    /// Which media items outputs have named as their file, in whatever version, and how open they were then.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn files_ever_named(&self) -> Result<Vec<Named>> {
        let mut named = Vec::new();
        let mut after = (String::new(), 0_i64);
        let mut reader = Reader::default();
        loop {
            let outputs = item::Entity::find()
                .select_only()
                .column(item::Column::Id)
                .filter(item::COLUMN.r#type.eq(OUTPUT.name));
            let columns = [revision::Column::ItemId, revision::Column::Version].map(Expr::col);
            let names_file = revision::Column::Snapshot.contains("\"file\":\"");
            let rows = revision::Entity::find()
                .filter(revision::Column::ItemId.in_subquery(outputs.into_query()))
                // Links of a chain are read one after the other.
                .filter(names_file.or(revision::Column::Packed.is_not_null()))
                .filter(Expr::tuple(columns).gt(Expr::tuple([after.0.into(), after.1.into()])))
                .order_by_asc(revision::Column::ItemId)
                .order_by_asc(revision::Column::Version)
                .limit(PART)
                .all(&self.tx)
                .await?;
            let Some(last) = rows.last() else { return Ok(named) };
            after = (last.item_id.clone(), last.version);
            for row in &rows {
                let snapshot: Json = serde_json::from_str(reader.read(row)?).map_err(Error::internal)?;
                let said = |name: &str| snapshot.get(name).and_then(Json::as_str).unwrap_or_default();
                if let Ok(media) = said("file").parse::<Id>() {
                    let (output, version) = (working::id_of(&row.item_id)?, row.version);
                    named.push(Named { output, version, media, open: said("availability") == OPEN });
                }
            }
        }
    }

    /// The files that media items had in these versions, as hashes.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn hashes_of(&self, versions: &[(Id, i64)]) -> Result<Vec<(Id, String)>> {
        let wanted: Vec<(String, i64)> =
            versions.iter().map(|(id, version)| (id.to_string(), *version)).collect();
        let mut hashes = Vec::new();
        for ((id, _), snapshot) in self.snapshots(&wanted).await? {
            let file = snapshot.get("file").and_then(Json::as_str).unwrap_or_default();
            let hash = file.split('/').next().unwrap_or_default();
            if !hash.is_empty() {
                hashes.push((working::id_of(&id)?, hash.to_owned()));
            }
        }
        Ok(hashes)
    }

    /// Notes by what files that an item has or had in public are known once they are gone.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn note_traces(&self, id: Id, traces: &[String]) -> Result<()> {
        let gone =
            publication::ActiveModel { gone: Set(Json::from(traces).to_string()), ..Default::default() };
        let row = publication::Entity::update_many().set(gone);
        row.filter(publication::Column::ItemId.eq(id.to_string())).exec(&self.tx).await?;
        Ok(())
    }

    /// The items of a type that the public sees, each with the version that it sees, and those that it saw.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn ever_published(&self, content_type: &ContentType) -> Result<Vec<Id>> {
        let rows = publication::Entity::find()
            .select_only()
            .column(publication::Column::ItemId)
            .filter(publication::Column::Type.eq(content_type.name))
            .order_by_asc(publication::Column::Sequence)
            .into_tuple::<String>();
        rows.all(&self.tx).await?.iter().map(|id| working::id_of(id)).collect()
    }

    /// The snapshots of these versions.
    pub(super) async fn snapshots(&self, wanted: &[(String, i64)]) -> Result<Vec<((String, i64), Json)>> {
        let texts = texts(&self.tx, wanted).await?;
        texts
            .into_iter()
            .map(|(key, text)| Ok((key, serde_json::from_str(&text).map_err(Error::internal)?)))
            .collect()
    }
}
