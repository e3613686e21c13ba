//! Taking revisions away, part by part, so that those that stay can be read. It must not decide which may
//! go: it is told, and keeps what is a pin whatever it is told.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::entity::{deed, item, media_ground, publication_log, revision};
use super::revision::{Reader, chains};
use super::{Store, Write, chain};
use crate::content::Id;
use crate::error::{Error, Result};

/// How many revisions of an item one step looks at. As a chain has half as many, at least one ends in it.
const STEP: u64 = 2 * chain::LINKS_MAX as u64;

/// Something that somebody saved at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its number: the version of an item, or the line of the audit log.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Whose account.
    pub by: Option<String>,
}

/// What a step did to the revisions of one item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thinned {
    /// Up to which version it went.
    pub reached: i64,
    /// How many were removed.
    pub removed: u64,
    /// How many of those that were named stay, because something needs them.
    pub pinned: u64,
    /// How many were written anew, chained to another one.
    pub rewritten: u64,
    /// How many bytes fewer the texts take.
    pub saved: i64,
    /// Why some of them cannot be read; then all stay as they are.
    pub broken: Option<String>,
}

/// The last revision that stays, as far as a step has come.
struct Tail {
    keyframe: i64,
    links: usize,
    text: String,
}

/// What becomes of a revision that stays and is written anew.
struct Rewritten {
    version: i64,
    keyframe: i64,
    packed: Vec<u8>,
    digest: Vec<u8>,
}

/// The versions of an item that must stay: the first and the newest, what the public sees and ever saw, what
/// a change to many items needs to be taken back, and what a file is public in.
///
/// # Errors
/// Where the database fails.
async fn pins(db: &impl ConnectionTrait, id: &str) -> Result<HashSet<i64>> {
    let mut pins = HashSet::new();
    if let Some(item) = item::Entity::find_by_id(id).one(db).await? {
        pins.insert(item.version);
        pins.extend(item.published_version);
    }
    let first = revision::Entity::find()
        .select_only()
        .column_as(revision::Column::Version.min(), "first")
        .filter(revision::Column::ItemId.eq(id))
        .into_tuple::<Option<i64>>();
    pins.extend(first.one(db).await?.flatten());
    let logged = publication_log::Entity::find()
        .select_only()
        .column(publication_log::Column::Version)
        .filter(publication_log::Column::ItemId.eq(id))
        .filter(publication_log::Column::Version.is_not_null())
        .into_tuple::<i64>();
    pins.extend(logged.all(db).await?);
    for deed in deed::Entity::find().filter(deed::Column::ItemId.eq(id)).all(db).await? {
        pins.insert(deed.after);
        pins.extend(deed.before.into_iter().chain(deed.public));
        if let Some(grounds) = &deed.grounds {
            let grounds: Vec<(Id, i64)> = serde_json::from_str(grounds).map_err(Error::internal)?;
            pins.extend(grounds.iter().map(|(_, version)| *version));
        }
    }
    let grounds = media_ground::Entity::find()
        .select_only()
        .column(media_ground::Column::Version)
        .filter(media_ground::Column::MediaId.eq(id))
        .into_tuple::<i64>();
    pins.extend(grounds.all(db).await?);
    Ok(pins)
}

impl Store {
    /// The items with something to thin or to pack: those with more revisions than a first and a newest one, and
    /// those with revisions that an earlier release kept as plain text. In the order of their ids, after `after`,
    /// at most `limit`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn revised(&self, after: Option<Id>, limit: u64) -> Result<Vec<Id>> {
        let (all, packed) = (revision::Column::Version.count(), revision::Column::Packed.count());
        let rows = revision::Entity::find()
            .select_only()
            .column(revision::Column::ItemId)
            .filter(revision::Column::ItemId.gt(after.map(|id| id.to_string()).unwrap_or_default()))
            .group_by(revision::Column::ItemId)
            .having(all.clone().gt(2).or(packed.lt(all)))
            .order_by_asc(revision::Column::ItemId)
            .limit(limit)
            .into_tuple::<String>();
        rows.all(&self.read).await?.iter().map(|id| super::working::id_of(id)).collect()
    }

    /// The revisions of an item in their order, and the versions of those that an earlier release kept as plain
    /// text.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn revision_marks(&self, id: Id) -> Result<(Vec<Mark>, Vec<i64>)> {
        let rows = revision::Entity::find()
            .select_only()
            .columns([
                revision::Column::Version,
                revision::Column::SavedAt,
                revision::Column::SavedBy,
                revision::Column::Keyframe,
            ])
            .filter(revision::Column::ItemId.eq(id.to_string()))
            .order_by_asc(revision::Column::Version)
            .into_tuple::<(i64, DateTime<Utc>, Option<String>, Option<i64>)>()
            .all(&self.read)
            .await?;
        let plain = rows.iter().filter(|row| row.3.is_none()).map(|row| row.0).collect();
        Ok((rows.into_iter().map(|(number, at, by, _)| Mark { number, at, by }).collect(), plain))
    }

    /// The versions of an item that must stay.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn pins(&self, id: Id) -> Result<HashSet<i64>> {
        pins(&self.read, &id.to_string()).await
    }
}

impl Write {
    /// Removes those of an item's revisions after `after` that are named and are no pins, and packs those that an
    /// earlier release kept as plain text, as far as one step goes. What stays is chained to what stays.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn thin(&self, id: Id, after: i64, named: &HashSet<i64>) -> Result<Thinned> {
        let pins = pins(&self.tx, &id.to_string()).await?;
        let goes = |version: i64| named.contains(&version) && !pins.contains(&version);
        let mut done = self.rewrite_step(id, after, &goes, &|_| None).await?;
        let reached = |version: &&i64| (after + 1..=done.reached).contains(*version);
        done.pinned = named.iter().filter(reached).filter(|version| pins.contains(version)).count() as u64;
        Ok(done)
    }

    /// One step through an item's revisions: those that go are removed, those of which `change` gives another text
    /// are written anew, and so is what was chained to either.
    pub(super) async fn rewrite_step(
        &self,
        id: Id,
        after: i64,
        goes: &(dyn Fn(i64) -> bool + Sync),
        change: &(dyn Fn(&str) -> Option<String> + Sync),
    ) -> Result<Thinned> {
        let key = id.to_string();
        let before = self.rows_before(&key, after).await?;
        let rows = self.step(&key, after).await?;
        let mut done =
            Thinned { reached: rows.last().map_or(after, |row| row.version), ..Thinned::default() };
        let (gone, rewritten) = match plan(&before, &rows, goes, change) {
            Ok(plan) => plan,
            Err(Error::Internal(cause)) => return Ok(Thinned { broken: Some(cause.to_string()), ..done }),
            Err(error) => return Err(error),
        };
        let size =
            |row: &revision::Model| length(row.snapshot.len() + row.packed.as_ref().map_or(0, Vec::len));
        let sizes: HashMap<i64, i64> = rows.iter().map(|row| (row.version, size(row))).collect();
        done.removed = gone.len() as u64;
        done.rewritten = rewritten.len() as u64;
        for version in gone.iter().copied().chain(rewritten.iter().map(|row| row.version)) {
            done.saved += sizes.get(&version).copied().unwrap_or_default();
        }
        done.saved -= rewritten.iter().map(|row| length(row.packed.len())).sum::<i64>();
        if !gone.is_empty() {
            revision::Entity::delete_many()
                .filter(revision::Column::ItemId.eq(&key))
                .filter(revision::Column::Version.is_in(gone))
                .exec(&self.tx)
                .await?;
        }
        for row in rewritten {
            let packed = revision::ActiveModel {
                snapshot: Set(String::new()),
                packed: Set(Some(row.packed)),
                keyframe: Set(Some(row.keyframe)),
                digest: Set(Some(row.digest)),
                ..Default::default()
            };
            revision::Entity::update_many()
                .set(packed)
                .filter(revision::Column::ItemId.eq(&key))
                .filter(revision::Column::Version.eq(row.version))
                .exec(&self.tx)
                .await?;
        }
        Ok(done)
    }

    /// The chain of the revision before a step, up to it.
    async fn rows_before(&self, key: &str, after: i64) -> Result<Vec<revision::Model>> {
        let last = revision::Entity::find()
            .select_only()
            .column_as(revision::Column::Version.max(), "last")
            .filter(revision::Column::ItemId.eq(key))
            .filter(revision::Column::Version.lte(after))
            .into_tuple::<Option<i64>>();
        match last.one(&self.tx).await?.flatten() {
            Some(version) => chains(&self.tx, &[(key.to_owned(), version)]).await,
            None => Ok(Vec::new()),
        }
    }

    /// The revisions that one step looks at: whole chains, but for the one that goes on from before.
    async fn step(&self, key: &str, after: i64) -> Result<Vec<revision::Model>> {
        let mut rows = revision::Entity::find()
            .filter(revision::Column::ItemId.eq(key))
            .filter(revision::Column::Version.gt(after))
            .order_by_asc(revision::Column::Version)
            .limit(STEP)
            .all(&self.tx)
            .await?;
        if rows.len() as u64 == STEP {
            // The last chain may go on behind them.
            let whole = rows.iter().rposition(begins_chain).filter(|at| *at > 0);
            rows.truncate(whole.unwrap_or(rows.len()));
        }
        Ok(rows)
    }
}

/// Whether a revision is read without the one before it.
fn begins_chain(row: &revision::Model) -> bool {
    row.keyframe.is_none_or(|keyframe| keyframe == row.version)
}

/// Which revisions go, and what becomes of those that stay and say something else now, or were chained to what
/// does or goes.
fn plan(
    before: &[revision::Model],
    rows: &[revision::Model],
    goes: &dyn Fn(i64) -> bool,
    change: &dyn Fn(&str) -> Option<String>,
) -> Result<(Vec<i64>, Vec<Rewritten>)> {
    let mut reader = Reader::default();
    let mut tail = None;
    for row in before {
        let text = reader.read(row)?.to_owned();
        tail = row.keyframe.map(|keyframe| Tail { keyframe, links: reader.links(), text });
    }
    let (mut gone, mut rewritten) = (Vec::new(), Vec::new());
    // Whether the revision to which the next one is chained goes or is written anew.
    let mut loose = false;
    for row in rows {
        let text = reader.read(row)?.to_owned();
        loose &= !begins_chain(row);
        if goes(row.version) {
            gone.push(row.version);
            loose = true;
            continue;
        }
        let changed = change(&text);
        loose |= changed.is_some();
        let text = changed.unwrap_or(text);
        tail = Some(match row.keyframe {
            Some(keyframe) if !loose => Tail { keyframe, links: reader.links(), text },
            _ => {
                let (row, tail) = rewrite(row.version, text, tail)?;
                rewritten.push(row);
                tail
            }
        });
    }
    Ok((gone, rewritten))
}

/// A revision chained to the last one that stays, where there is room.
fn rewrite(version: i64, text: String, tail: Option<Tail>) -> Result<(Rewritten, Tail)> {
    let tail = tail.filter(|tail| tail.links < chain::LINKS_MAX);
    let packed = chain::pack(&text, tail.as_ref().map(|tail| tail.text.as_str())).map_err(Error::internal)?;
    let (keyframe, links) =
        tail.filter(|_| packed.linked).map_or((version, 1), |tail| (tail.keyframe, tail.links + 1));
    let row = Rewritten { version, keyframe, packed: packed.bytes, digest: chain::digest(&text) };
    Ok((row, Tail { keyframe, links, text }))
}

fn length(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
