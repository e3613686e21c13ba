//! The audit log: who did what to what, and when. Only ever added to, but for lines that are older than
//! they are to be kept.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, ExprTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
};

use super::entity::audit;
use super::{Mark, Store, Write, working};
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

    /// The items after `after` about which more than one line is older than `before` whose verb and beginning are
    /// these, by their ids, at most `limit`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn lined(
        &self,
        line: Line<'_>,
        before: DateTime<Utc>,
        after: Option<Id>,
        limit: u64,
    ) -> Result<Vec<Id>> {
        let rows = line
            .select(before)
            .select_only()
            .column(audit::Column::ItemId)
            .filter(audit::Column::ItemId.gt(after.map(|id| id.to_string()).unwrap_or_default()))
            .group_by(audit::Column::ItemId)
            .having(audit::Column::Seq.count().gt(1))
            .order_by_asc(audit::Column::ItemId)
            .limit(limit)
            .into_tuple::<String>();
        rows.all(&self.read).await?.iter().map(|id| working::id_of(id)).collect()
    }

    /// The same lines about one item, in their order.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn lines_of(&self, line: Line<'_>, before: DateTime<Utc>, id: Id) -> Result<Vec<Mark>> {
        let rows = line
            .select(before)
            .select_only()
            .columns([audit::Column::Seq, audit::Column::At, audit::Column::AccountId])
            .filter(audit::Column::ItemId.eq(id.to_string()))
            .order_by_asc(audit::Column::Seq)
            .into_tuple::<(i64, DateTime<Utc>, Option<String>)>();
        let marks = rows.all(&self.read).await?.into_iter();
        Ok(marks.map(|(number, at, by)| Mark { number, at, by }).collect())
    }

    /// How many lines are older than this.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn lines_before(&self, before: DateTime<Utc>) -> Result<u64> {
        Ok(audit::Entity::find().filter(audit::COLUMN.at.lt(before)).count(&self.read).await?)
    }
}

/// Lines of one kind: their verb, and how their detail begins.
#[derive(Clone, Copy, Debug)]
pub struct Line<'text> {
    /// The verb.
    pub verb: &'text str,
    /// The beginning.
    pub begins: &'text str,
}

impl Line<'_> {
    fn select(self, before: DateTime<Utc>) -> Select<audit::Entity> {
        audit::Entity::find()
            .filter(audit::COLUMN.verb.eq(self.verb))
            .filter(audit::COLUMN.detail.starts_with(self.begins))
            .filter(audit::COLUMN.at.lt(before))
    }
}

impl Write {
    /// Removes these lines.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn remove_lines(&self, lines: &[i64]) -> Result<u64> {
        let these = audit::Entity::delete_many().filter(audit::Column::Seq.is_in(lines.iter().copied()));
        Ok(these.exec(&self.tx).await?.rows_affected)
    }

    /// Removes lines that are older than this, the oldest first, at most `limit`. Gives how many.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn remove_lines_before(&self, before: DateTime<Utc>, limit: u64) -> Result<u64> {
        let oldest = audit::Entity::find()
            .select_only()
            .column(audit::Column::Seq)
            .filter(audit::COLUMN.at.lt(before))
            .order_by_asc(audit::Column::Seq)
            .limit(limit);
        let these = audit::Entity::delete_many().filter(audit::Column::Seq.in_subquery(oldest.into_query()));
        Ok(these.exec(&self.tx).await?.rows_affected)
    }
}
