//! The audit log: who did what to what, and when. Only ever added to.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::entity::audit;
use super::{Store, Write};
use crate::content::Id;
use crate::error::Result;

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose account; none for the set-up and the command line.
    pub account: Option<String>,
    /// What: `save`, `publish`, `sign_in` …
    pub verb: String,
    /// To which item.
    pub item: Option<String>,
    /// What else matters; never anything secret.
    pub detail: String,
}

impl Write {
    /// Notes what was done, in the same transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn audit(
        &self,
        at: DateTime<Utc>,
        account: Option<&str>,
        verb: &str,
        item: Option<Id>,
        detail: &str,
    ) -> Result<()> {
        let row = audit::ActiveModel {
            at: Set(at),
            account_id: Set(account.map(str::to_owned)),
            verb: Set(verb.to_owned()),
            item_id: Set(item.map(|id| id.to_string())),
            detail: Set(detail.to_owned()),
            ..Default::default()
        };
        audit::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }
}

impl Store {
    /// The newest lines, of one item or of all, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn audit(&self, item: Option<Id>, limit: u64) -> Result<Vec<Entry>> {
        let mut select = audit::Entity::find();
        if let Some(id) = item {
            select = select.filter(audit::COLUMN.item_id.eq(id.to_string()));
        }
        let rows = select.order_by_desc(audit::COLUMN.seq).limit(limit).all(&self.read).await?;
        Ok(rows
            .into_iter()
            .map(|row| Entry {
                at: row.at,
                account: row.account_id,
                verb: row.verb,
                item: row.item_id,
                detail: row.detail,
            })
            .collect())
    }
}
