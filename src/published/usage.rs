//! Where an item is used: what links to it, of all types. It must not tell of links that are gone.

use sqlx::Row as _;

use super::read::{COLUMNS, document};
use super::{Document, PublishedStore};
use crate::error::Result;

/// Something that links to an item.
#[derive(Clone, Debug)]
pub struct Use {
    /// What links.
    pub by: Document,
    /// The field that does.
    pub field: String,
}

impl PublishedStore {
    /// What links to this item and does not lie in the trash, at most `limit`, and how many there
    /// are: one statement.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn uses(&self, id: &str, limit: i64) -> Result<(Vec<Use>, i64)> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS}, NULL AS sort, link.field AS by_field, count(*) OVER () AS total \
             FROM link JOIN document ON document.key = link.source \
             WHERE link.target = ? AND document.state <> 'trashed' ORDER BY document.object, document.title LIMIT ?"
        ));
        let rows = self.file().all(sqlx::query(sql).bind(id).bind(limit)).await?;
        let total = rows.first().map_or(Ok(0), |row| row.try_get("total"))?;
        let uses = rows.iter().map(|row| {
            let field: String = row.try_get("by_field")?;
            let field = field.rsplit('.').next().unwrap_or_default().to_owned();
            Ok(Use { by: document(row)?, field })
        });
        Ok((uses.collect::<Result<_>>()?, total))
    }
}
