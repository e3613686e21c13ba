//! What an import has made and changed. Only ever added to.

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::entity::import;
use super::{Store, Write, working};
use crate::content::{ContentType, Id, by_name};
use crate::error::{Error, Result};

/// An item that an import has made or changed.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedItem {
    /// Which one.
    pub id: Id,
    /// Its type.
    pub content_type: &'static ContentType,
    /// Its version before; none where the import has made it.
    pub before: Option<i64>,
    /// Its version then.
    pub after: i64,
    /// Whose account; none for the command line.
    pub account: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Write {
    /// Notes that an import has made or changed an item.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn note_import(&self, batch: &str, imported: &ImportedItem) -> Result<()> {
        let row = import::Model {
            batch_id: batch.to_owned(),
            item_id: imported.id.to_string(),
            r#type: imported.content_type.name.to_owned(),
            before: imported.before,
            after: imported.after,
            account_id: imported.account.clone(),
            at: imported.at,
        };
        let insert = import::Entity::insert(import::ActiveModel::from(row));
        insert.exec_without_returning(&self.tx).await?;
        Ok(())
    }
}

impl Store {
    /// What an import has made and changed, in the order of the ids.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn imported(&self, batch: &str) -> Result<Vec<ImportedItem>> {
        let rows = import::Entity::find()
            .filter(import::COLUMN.batch_id.eq(batch))
            .order_by_asc(import::COLUMN.item_id)
            .all(&self.read)
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(ImportedItem {
                    id: working::id_of(&row.item_id)?,
                    content_type: by_name(&row.r#type).ok_or(Error::NotFound)?,
                    before: row.before,
                    after: row.after,
                    account: row.account_id,
                    at: row.at,
                })
            })
            .collect()
    }
}
