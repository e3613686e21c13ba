//! What links to an item, and what stands in the place of one that was merged. It must not say how.

use sqlx::Row as _;

use super::{Document, PublishedStore};
use crate::content::{ContentType, by_name};
use crate::error::{Error, Result};

/// How many merges are followed from an item that was merged.
const MERGES: usize = 10;

impl PublishedStore {
    /// What links to this item, in whatever field: type and id, at most `limit`.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn linking(&self, id: &str, limit: i64) -> Result<Vec<(&'static ContentType, String)>> {
        let sql = sqlx::query(
            "SELECT DISTINCT document.object, document.id FROM link CROSS JOIN document ON document.key = link.source \
             WHERE link.target = ? LIMIT ?",
        );
        let rows = self.file().all(sql.bind(id).bind(limit)).await?;
        let links = rows.iter().map(|row| {
            let object: String = row.try_get("object")?;
            let content_type =
                by_name(&object).ok_or_else(|| Error::internal(format!("unknown type {object}")))?;
            Ok((content_type, row.try_get("id")?))
        });
        links.collect()
    }

    /// How many items link to this one, in whatever field.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn linking_count(&self, id: &str) -> Result<i64> {
        let sql = sqlx::query("SELECT count(DISTINCT source) FROM link WHERE target = ?").bind(id);
        Ok(self.file().first(sql).await?.map_or(Ok(0), |row| row.try_get(0))?)
    }

    /// What is public in the place of an item that was withdrawn: what it was merged into, or what that
    /// was merged into.
    pub(super) async fn successor(&self, id: &str) -> Result<Option<Document>> {
        let mut id = id.to_owned();
        for _ in 0..MERGES {
            let next = sqlx::query("SELECT successor FROM withdrawn WHERE id = ?").bind(&id);
            let Some(row) = self.file().first(next).await? else { break };
            let Some(next) = row.try_get::<Option<String>, _>(0)? else { break };
            if let Some(found) = self.get(&next).await? {
                return Ok(Some(found));
            }
            id = next;
        }
        Ok(None)
    }
}
