//! The log of publications: one line for each that ever was, and why. It must not hold what was published.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use crate::content::Id;
use crate::error::Result;
use crate::store::entity::publication_log;
use crate::store::{Store, Write, working};

/// Why something was published or withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Somebody published it, or what belongs to it.
    Publish,
    /// Somebody took it from the public.
    Unpublish,
    /// Somebody moved it to the trash.
    Trash,
    /// It was merged into another item, or another into it.
    Merge,
    /// Something in it was changed for many items at once.
    Batch,
    /// What was done was taken back.
    Undo,
    /// Its embargo ended.
    Embargo,
    /// A file for whose sake became public or ceased to be.
    File,
    /// The same version in the shape of another release.
    Shape,
    /// It was erased, or something that it names was.
    Erase,
    /// It was known to be so when the log was begun.
    Known,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Publish,
        Self::Unpublish,
        Self::Trash,
        Self::Merge,
        Self::Batch,
        Self::Undo,
        Self::Embargo,
        Self::File,
        Self::Shape,
        Self::Erase,
        Self::Known,
    ];

    /// Its name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Unpublish => "unpublish",
            Self::Trash => "trash",
            Self::Merge => "merge",
            Self::Batch => "batch",
            Self::Undo => "undo",
            Self::Embargo => "embargo",
            Self::File => "file",
            Self::Shape => "shape",
            Self::Erase => "erase",
            Self::Known => "known",
        }
    }

    /// The reason of this name; what is not known was known when the log was begun.
    #[must_use]
    pub fn by_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|reason| reason.name() == name).unwrap_or(Self::Known)
    }
}

/// One line of the log of publications.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// Its number.
    pub sequence: i64,
    /// Tells it from the line of this number in another history.
    pub nonce: String,
    /// Names the transaction.
    pub batch: String,
    /// Which item.
    pub id: Id,
    /// The version that became public; none where it was withdrawn.
    pub version: Option<i64>,
    /// Under which slug.
    pub slug: String,
    /// The item in whose place readers were led.
    pub successor: Option<Id>,
    /// Why.
    pub reason: Reason,
    /// When.
    pub at: DateTime<Utc>,
    /// Whose account.
    pub by: Option<String>,
}

impl Logged {
    pub(in crate::store) fn row(&self) -> publication_log::Model {
        publication_log::Model {
            sequence: self.sequence,
            nonce: self.nonce.clone(),
            batch: self.batch.clone(),
            item_id: self.id.to_string(),
            version: self.version,
            slug: self.slug.clone(),
            successor: self.successor.map(|id| id.to_string()),
            reason: self.reason.name().to_owned(),
            at: self.at,
            account_id: self.by.clone(),
        }
    }

    pub(in crate::store) fn read(row: publication_log::Model) -> Result<Self> {
        Ok(Self {
            sequence: row.sequence,
            nonce: row.nonce,
            batch: row.batch,
            id: working::id_of(&row.item_id)?,
            version: row.version,
            slug: row.slug,
            successor: row.successor.as_deref().map(working::id_of).transpose()?,
            reason: Reason::by_name(&row.reason),
            at: row.at,
            by: row.account_id,
        })
    }
}

/// Something random that names a line or a transaction, in 32 hexadecimal digits.
pub(in crate::store) fn nonce() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

impl Store {
    /// The lines of the log after `after`, in order, at most `limit`; of one item or of all.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn publication_log(&self, item: Option<Id>, after: i64, limit: u64) -> Result<Vec<Logged>> {
        let mut lines = publication_log::Entity::find().filter(publication_log::Column::Sequence.gt(after));
        if let Some(id) = item {
            lines = lines.filter(publication_log::Column::ItemId.eq(id.to_string()));
        }
        let lines = lines.order_by_asc(publication_log::Column::Sequence).limit(limit);
        lines.all(&self.read).await?.into_iter().map(Logged::read).collect()
    }
}

impl Write {
    /// The lines of the log, within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn logged(&self) -> Result<Vec<Logged>> {
        let lines = publication_log::Entity::find().order_by_asc(publication_log::Column::Sequence);
        lines.all(&self.tx).await?.into_iter().map(Logged::read).collect()
    }
}
