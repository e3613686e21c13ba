//! What was done to several items at once, an import, a merge, names bound to a person, many published or
//! changed alike, so that it can be taken back as a whole. Only ever added to.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::entity::deed;
use super::{Store, Write, working};
use crate::content::{ContentType, Id, by_name};
use crate::error::{Error, Result};

/// What was done to one item.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// Which one.
    pub id: Id,
    /// Its type.
    pub content_type: &'static ContentType,
    /// What: `import`, `bind`, `keep`, `merge` …
    pub verb: &'static str,
    /// Its version before; none where it was made.
    pub before: Option<i64>,
    /// Its version then.
    pub after: i64,
    /// The version that the public saw before, where what the public sees was changed too; nought where
    /// it saw none.
    pub public: Option<i64>,
    /// Whose account; none for the command line.
    pub account: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// Of a media item: for whose sake it was public before, each item with the version that was looked
    /// at.
    pub grounds: Vec<(Id, i64)>,
}

/// The verbs that are kept.
const VERBS: [&str; 10] = [
    Deed::IMPORT,
    Deed::BIND,
    Deed::KEEP,
    Deed::MERGE,
    Deed::RELINK,
    Deed::PUBLISH,
    Deed::UNPUBLISH,
    Deed::TRASH,
    Deed::UNTRASH,
    Deed::SET,
];

impl Deed {
    /// Made or changed by an import.
    pub const IMPORT: &str = "import";
    /// A name in it was bound to a person, or it is that person.
    pub const BIND: &str = "bind";
    /// Another item was merged into it.
    pub const KEEP: &str = "keep";
    /// It was merged into another item.
    pub const MERGE: &str = "merge";
    /// Its links lead to the kept item instead of the merged one.
    pub const RELINK: &str = "relink";
    /// Its newest version was shown to the public, with others.
    pub const PUBLISH: &str = "publish";
    /// It was taken from the public, with others.
    pub const UNPUBLISH: &str = "unpublish";
    /// It was put into the trash, with others.
    pub const TRASH: &str = "trash";
    /// It was taken out of the trash, with others.
    pub const UNTRASH: &str = "untrash";
    /// One field of it was set, as in others.
    pub const SET: &str = "set";
}

impl Write {
    /// As [`Store::deeds`], within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn deeds(&self, batch: &str) -> Result<Vec<Deed>> {
        find(&self.tx, batch).await
    }

    /// Notes what was done to an item.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn note_deed(&self, batch: &str, deed: &Deed) -> Result<()> {
        let row = deed::Model {
            batch_id: batch.to_owned(),
            item_id: deed.id.to_string(),
            r#type: deed.content_type.name.to_owned(),
            verb: deed.verb.to_owned(),
            before: deed.before,
            after: deed.after,
            public: deed.public,
            account_id: deed.account.clone(),
            at: deed.at,
            grounds: grounds(deed).map_err(Error::internal)?,
        };
        deed::Entity::insert(deed::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        Ok(())
    }
}

impl Store {
    /// What was done under this number, in the order of the items' ids.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn deeds(&self, batch: &str) -> Result<Vec<Deed>> {
        find(&self.read, batch).await
    }
}

/// A media item's grounds as they are kept; nothing where there are none.
fn grounds(deed: &Deed) -> serde_json::Result<Option<String>> {
    (!deed.grounds.is_empty()).then(|| serde_json::to_string(&deed.grounds)).transpose()
}

async fn find(db: &impl ConnectionTrait, batch: &str) -> Result<Vec<Deed>> {
    let rows = deed::Entity::find()
        .filter(deed::COLUMN.batch_id.eq(batch))
        .order_by_asc(deed::COLUMN.item_id)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Deed {
                id: working::id_of(&row.item_id)?,
                content_type: by_name(&row.r#type).ok_or(Error::NotFound)?,
                verb: VERBS.into_iter().find(|verb| *verb == row.verb).ok_or(Error::NotFound)?,
                before: row.before,
                after: row.after,
                public: row.public,
                account: row.account_id,
                at: row.at,
                grounds: match &row.grounds {
                    Some(grounds) => serde_json::from_str(grounds).map_err(Error::internal)?,
                    None => Vec::new(),
                },
            })
        })
        .collect()
}
