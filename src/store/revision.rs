//! Revisions as they are kept: in chains of at most fifty, which begin with a keyframe. It must not decide
//! which of them are kept, and never gives a text of which it is not sure.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait as _, Func, JoinType, Order, Query};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult as _, QueryFilter as _,
    QuerySelect as _,
};

use super::entity::revision;
use super::{Store, Write, chain};
use crate::content::{ContentType, Id, Item, snapshot};
use crate::error::{Error, Result};

/// How many revisions one statement names at most.
const PART: usize = 500;

/// How many versions a chain spans at most while it grows by saves; its links need not be counted then.
const SPAN_MAX: i64 = chain::LINKS_MAX as i64;

/// Reads texts out of rows that come in the order of their versions, each chain from its keyframe on.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The chain that is being read: of which item, from which version on.
    chain: Option<(String, i64)>,
    links: usize,
    text: String,
}

impl Reader {
    /// The text of a row.
    ///
    /// # Errors
    /// Where its chain is broken or too long, or it is damaged: names item and version.
    pub(super) fn read(&mut self, row: &revision::Model) -> Result<&str> {
        let broken = |why: &dyn std::fmt::Display| {
            Error::internal(format!("version {} of item {} cannot be read: {why}", row.version, row.item_id))
        };
        let (Some(packed), Some(keyframe)) = (&row.packed, row.keyframe) else {
            if row.snapshot.is_empty() {
                return Err(broken(&"nothing is kept of it"));
            }
            self.chain = None;
            self.text.clone_from(&row.snapshot);
            return Ok(&self.text);
        };
        let before = if keyframe == row.version {
            (self.chain, self.links) = (Some((row.item_id.clone(), keyframe)), 1);
            None
        } else if self.chain.as_ref().is_some_and(|(id, from)| *id == row.item_id && *from == keyframe) {
            self.links += 1;
            Some(self.text.as_str())
        } else {
            return Err(broken(&format_args!("its chain, which begins with version {keyframe}, is broken")));
        };
        if self.links > chain::LINKS_MAX {
            return Err(broken(&"its chain is too long"));
        }
        let known = row.digest.as_deref().unwrap_or_default();
        self.text = chain::unpack(packed, before, known).map_err(|error| broken(&error))?;
        Ok(&self.text)
    }

    /// How many texts of its chain were read, this one included.
    pub(super) const fn links(&self) -> usize {
        self.links
    }
}

/// The rows of these revisions and of what stands before each in its chain, in their order.
pub(super) async fn chains(
    db: &impl ConnectionTrait,
    wanted: &[(String, i64)],
) -> Result<Vec<revision::Model>> {
    let (asked, link) = (Alias::new("asked"), Alias::new("link"));
    let of = |table: &Alias, column: revision::Column| Expr::col((table.clone(), column));
    let keyframe =
        Func::coalesce([of(&asked, revision::Column::Keyframe), of(&asked, revision::Column::Version)]);
    let before = Condition::all()
        .add(of(&link, revision::Column::ItemId).equals((asked.clone(), revision::Column::ItemId)))
        .add(of(&link, revision::Column::Version).lte(of(&asked, revision::Column::Version)))
        .add(of(&link, revision::Column::Version).gte(keyframe));
    let columns = [revision::Column::ItemId, revision::Column::Version];
    let mut select = Query::select();
    select
        .column((link.clone(), sea_orm::sea_query::Asterisk))
        .from_as(revision::Entity, asked.clone())
        .join_as(JoinType::InnerJoin, revision::Entity, link.clone(), before)
        .and_where(Expr::tuple(columns.map(|column| of(&asked, column))).in_tuples(wanted.iter().cloned()));
    for column in columns {
        select.order_by((link.clone(), column), Order::Asc);
    }
    let rows = db.query_all(&select).await?;
    let rows: Result<Vec<_>, _> =
        rows.iter().map(|row| revision::Model::from_query_result(row, "")).collect();
    let mut rows = rows?;
    // Two of one chain have its beginning in common.
    rows.dedup_by(|one, other| one.item_id == other.item_id && one.version == other.version);
    Ok(rows)
}

/// The texts of these revisions, as far as they are there. One statement for each few hundred, however
/// long their chains are.
///
/// # Errors
/// Where the database fails or one of them is broken.
pub(super) async fn texts(
    db: &impl ConnectionTrait,
    wanted: &[(String, i64)],
) -> Result<HashMap<(String, i64), String>> {
    let mut texts = HashMap::with_capacity(wanted.len());
    for part in wanted.chunks(PART) {
        let mut reader = Reader::default();
        for row in chains(db, part).await? {
            let text = reader.read(&row)?;
            let key = (row.item_id, row.version);
            if part.contains(&key) {
                texts.insert(key, text.to_owned());
            }
        }
    }
    Ok(texts)
}

impl Store {
    /// An earlier version of an item.
    ///
    /// # Errors
    /// Where the database fails, or its chain is broken.
    pub async fn revision(
        &self,
        content_type: &'static ContentType,
        id: Id,
        version: i64,
    ) -> Result<Option<Item>> {
        Ok(self.revisions(content_type, id, &[version]).await?.remove(&version))
    }

    /// Several versions of an item, by their numbers; those that are not kept are left out. The number of
    /// statements does not grow with the number of versions.
    ///
    /// # Errors
    /// Where the database fails, or a chain is broken.
    pub async fn revisions(
        &self,
        content_type: &'static ContentType,
        id: Id,
        versions: &[i64],
    ) -> Result<HashMap<i64, Item>> {
        let wanted: Vec<(String, i64)> = versions.iter().map(|version| (id.to_string(), *version)).collect();
        let mut items = HashMap::with_capacity(wanted.len());
        for ((_, version), text) in texts(&self.read, &wanted).await? {
            let json = serde_json::from_str(&text).map_err(Error::internal)?;
            items.insert(version, snapshot::read(content_type, id, &json));
        }
        Ok(items)
    }

    /// The text of a version as it was written, for tests and tools that compare it byte for byte.
    ///
    /// # Errors
    /// As [`Store::revision`].
    pub async fn revision_text(&self, id: Id, version: i64) -> Result<Option<String>> {
        let wanted = (id.to_string(), version);
        Ok(texts(&self.read, std::slice::from_ref(&wanted)).await?.remove(&wanted))
    }
}

/// What a row says of a revision without its text.
struct InChain {
    keyframe: i64,
    digest: Vec<u8>,
}

impl Write {
    /// Appends a revision, chained to that of the version before, which says `before`.
    pub(super) async fn revise(
        &self,
        item: &Item,
        version: i64,
        before: Option<&Item>,
        now: DateTime<Utc>,
        by: Option<&str>,
    ) -> Result<()> {
        let text = snapshot::write(item).to_string();
        let mut chained = None;
        if let (Some(before), Some(last)) = (before, self.in_chain(item.id, version - 1).await?) {
            // The working rows say what the revision does, so its chain need not be read; where they say it in
            // other words, as after an upgrade, a new chain begins.
            let before = snapshot::write(before).to_string();
            let room = version - last.keyframe < SPAN_MAX;
            if room && chain::digest(&before) == last.digest {
                chained = Some((last.keyframe, before));
            }
        }
        let packed = chain::pack(&text, chained.as_ref().map(|(_, before)| before.as_str()));
        let packed = packed.map_err(Error::internal)?;
        let keyframe = chained.filter(|_| packed.linked).map_or(version, |(keyframe, _)| keyframe);
        let row = revision::Model {
            item_id: item.id.to_string(),
            version,
            snapshot: String::new(),
            saved_at: now,
            saved_by: by.map(str::to_owned),
            packed: Some(packed.bytes),
            keyframe: Some(keyframe),
            digest: Some(chain::digest(&text)),
        };
        revision::Entity::insert(revision::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Where a revision stands in its chain; none where it is not kept, or not in a chain.
    async fn in_chain(&self, id: Id, version: i64) -> Result<Option<InChain>> {
        let row = revision::Entity::find_by_id((id.to_string(), version))
            .select_only()
            .columns([revision::Column::Keyframe, revision::Column::Digest])
            .filter(revision::Column::Keyframe.is_not_null())
            .into_tuple::<(i64, Option<Vec<u8>>)>()
            .one(&self.tx)
            .await?;
        Ok(row.map(|(keyframe, digest)| InChain { keyframe, digest: digest.unwrap_or_default() }))
    }
}
