//! What is public, counted and digested by type, and whether the tables that say so agree. It must not load all of it
//! at once.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Statement,
};
use sha2::{Digest as _, Sha256};

use super::Store;
use super::entity::publication;
use crate::error::Result;

/// How many documents are read at a time.
const ROWS: u64 = 500;

/// How many items of a type are public, and SHA-256 over a line for each.
pub type Digests = BTreeMap<String, (u64, [u8; 32])>;

/// Items for which one table says that they are public and another that they are not.
const DISAGREE: &str = "SELECT item.id AS id FROM item LEFT JOIN publication ON publication.item_id = item.id \
    LEFT JOIN publication_log ON publication_log.sequence = publication.sequence \
    WHERE (item.published_version IS NOT NULL) <> (publication.document IS NOT NULL) \
    OR (publication.item_id IS NOT NULL AND \
        (publication_log.sequence IS NULL OR publication_log.item_id <> item.id \
         OR (publication_log.version IS NOT NULL) <> (publication.document IS NOT NULL))) \
    OR (publication.item_id IS NULL AND EXISTS (SELECT 1 FROM publication_log AS line WHERE line.item_id = item.id)) \
    ORDER BY item.id LIMIT 100";

impl Store {
    /// What is public by type: how many items, and SHA-256 over `<id> <number> <document>`, a line for each, in the
    /// order of their ids.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn public_digests(&self) -> Result<Digests> {
        let mut all: BTreeMap<String, (u64, Sha256)> = BTreeMap::new();
        let mut last = String::new();
        loop {
            let rows = publication::Entity::find()
                .filter(publication::Column::ItemId.gt(&last))
                .order_by_asc(publication::Column::ItemId)
                .limit(ROWS)
                .all(&self.read)
                .await?;
            let Some(row) = rows.last() else { break };
            last.clone_from(&row.item_id);
            for row in rows {
                let Some(document) = row.document else { continue };
                let (number, digest) = all.entry(row.r#type).or_default();
                *number += 1;
                digest.update(format!("{} {} {document}\n", row.item_id, row.sequence));
            }
        }
        Ok(all
            .into_iter()
            .map(|(name, (number, digest))| (name, (number, digest.finalize().into())))
            .collect())
    }

    /// The ids of items for which the tables do not agree whether they are public; at most a hundred.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn disagreements(&self) -> Result<Vec<String>> {
        let statement = Statement::from_string(self.read.get_database_backend(), DISAGREE);
        let rows = self.read.query_all_raw(statement).await?;
        rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
    }
}
