//! The log of publications filled once from what an earlier release kept: the audit, in its order, and the
//! last publication of each item. It must not guess: what does not fit together is not known.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use serde_json::Value as Json;

use super::entity::{audit, item, publication, publication_log};
use super::publication::{Logged, Reason, nonce};
use super::{Store, Write, working};
use crate::content::Id;
use crate::error::{Error, Result};

/// How many lines are written at a time.
const PART: usize = 500;

/// What the log was filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// How many lines it has.
    pub lines: usize,
    /// The number from which on every publication is known; of those before, only the last of each item.
    pub known_from: i64,
}

/// The last publication of an item.
#[derive(Clone, Debug)]
struct Last {
    sequence: i64,
    public: bool,
    slug: String,
    successor: Option<String>,
    at: DateTime<Utc>,
    /// The version that the public sees.
    version: Option<i64>,
}

/// A publication or a withdrawal, as the audit tells it.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    item: String,
    version: Option<i64>,
    reason: Reason,
    at: DateTime<Utc>,
    by: Option<String>,
}

/// What the audit has told of an item so far.
#[derive(Clone, Copy, Default)]
struct Told {
    public: bool,
    ever: bool,
    /// Whether it was withdrawn by a merge last.
    merged: bool,
}

/// The publications and withdrawals that these lines of the audit tell of, in their order. Of what moved to
/// the trash only the public is told; what was merged away is withdrawn if it ever was public, and again
/// when that is taken back without its becoming public.
fn replay(lines: impl Iterator<Item = audit::Model>) -> Vec<Step> {
    let mut told: HashMap<String, Told> = HashMap::new();
    let mut steps = Vec::new();
    for line in lines {
        let Some(id) = line.item_id else { continue };
        let now = told.entry(id.clone()).or_default();
        let version = line.detail.strip_prefix("version ").and_then(|version| version.parse::<i64>().ok());
        let (version, reason) = match (line.verb.as_str(), version) {
            ("publish", Some(version)) => (Some(version), Reason::Publish),
            ("unpublish", _) if now.public => (None, Reason::Unpublish),
            ("trash", _) if now.public => (None, Reason::Trash),
            ("merge", _) if now.ever => (None, Reason::Merge),
            ("take_back", _) if now.merged => (None, Reason::Undo),
            _ => continue,
        };
        *now = Told { public: version.is_some(), ever: true, merged: reason == Reason::Merge };
        steps.push(Step { item: id, version, reason, at: line.at, by: line.account_id });
    }
    steps
}

/// Gives the newest steps their numbers, backwards from the newest, as far as they fit the last publication
/// of each item. Gives how many of the steps fit, which are the last ones.
fn fitting(steps: &[Step], last: &HashMap<String, Last>, newest: i64) -> usize {
    let by_sequence: HashMap<i64, &String> = last.iter().map(|(id, last)| (last.sequence, id)).collect();
    let mut seen: HashSet<&String> = HashSet::new();
    for (fit, (step, sequence)) in steps.iter().rev().zip((1..=newest).rev()).enumerate() {
        let fits = match (by_sequence.get(&sequence), last.get(&step.item)) {
            (Some(id), Some(last)) => {
                // Changes that the public does not see have raised the version since, without a publication.
                let same = match (step.version, last.version) {
                    (Some(step), Some(now)) => last.public && step <= now,
                    (None, None) => !last.public,
                    _ => false,
                };
                **id == step.item && same && !seen.contains(&step.item)
            }
            (None, Some(_)) => seen.contains(&step.item),
            (_, None) => false,
        };
        if !fits {
            return fit;
        }
        seen.insert(&step.item);
    }
    steps.len().min(usize::try_from(newest).unwrap_or(0))
}

impl Store {
    /// Whether there are publications of an earlier release, which have no line in the log.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn has_unlogged(&self) -> Result<bool> {
        has_unlogged(&self.read).await
    }
}

async fn has_unlogged(db: &impl ConnectionTrait) -> Result<bool> {
    let logged =
        publication_log::Entity::find().select_only().column(publication_log::Column::Sequence).into_query();
    let unlogged = publication::Entity::find().filter(publication::Column::Sequence.not_in_subquery(logged));
    Ok(unlogged.limit(1).count(db).await? > 0)
}

impl Write {
    /// As [`Store::has_unlogged`], within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn has_unlogged(&self) -> Result<bool> {
        has_unlogged(&self.tx).await
    }

    /// Writes a line for each publication that has none, where the log is there already: a process of release
    /// 0.1.0 has gone on publishing. Gives the items.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn log_missing(&self) -> Result<Vec<Id>> {
        let logged: HashSet<i64> = self.logged().await?.into_iter().map(|line| line.sequence).collect();
        let mut ids = Vec::new();
        for (id, last) in self.last_publications().await? {
            if logged.contains(&last.sequence) {
                continue;
            }
            let line = self.known(&id, &last)?;
            ids.push(line.id);
            let row = publication_log::ActiveModel::from(line.row());
            publication_log::Entity::insert(row).exec_without_returning(&self.tx).await?;
        }
        Ok(ids)
    }

    /// The line for a publication of which only the last state is known.
    fn known(&self, id: &str, last: &Last) -> Result<Logged> {
        Ok(Logged {
            sequence: last.sequence,
            nonce: nonce(),
            batch: self.batch.clone(),
            id: working::id_of(id)?,
            version: last.version.filter(|_| last.public),
            slug: last.slug.clone(),
            successor: last.successor.as_deref().map(working::id_of).transpose()?,
            reason: Reason::Known,
            at: last.at,
            by: None,
        })
    }

    /// Whether the log has any line.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn has_log(&self) -> Result<bool> {
        Ok(publication_log::Entity::find().limit(1).count(&self.tx).await? > 0)
    }

    /// Fills the log. Its end is what was last published of each item, row by row; what the audit tells of
    /// earlier publications comes before it, as far as it fits.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn fill_log(&self) -> Result<Filled> {
        let last = self.last_publications().await?;
        let newest = last.values().map(|last| last.sequence).max().unwrap_or(0);
        let lines = audit::Entity::find()
            .filter(audit::COLUMN.verb.is_in(["publish", "unpublish", "trash", "merge", "take_back"]))
            .order_by_asc(audit::COLUMN.seq)
            .all(&self.tx)
            .await?;
        let steps = replay(lines.into_iter());
        let fit = fitting(&steps, &last, newest);
        let known = steps.get(steps.len() - fit..).unwrap_or_default();
        let known_from = newest + 1 - i64::try_from(known.len()).unwrap_or(0);
        let mut lines = Vec::new();
        for (id, last) in last.iter().filter(|(_, last)| last.sequence < known_from) {
            lines.push(self.known(id, last)?);
        }
        let slugs = self.slugs_of(known).await?;
        for (step, sequence) in known.iter().zip(known_from..) {
            let last = last.get(&step.item).filter(|last| last.sequence == sequence);
            let slug = match (last, step.version) {
                (Some(last), _) => last.slug.clone(),
                (None, Some(version)) => {
                    slugs.get(&(step.item.clone(), version)).cloned().unwrap_or_default()
                }
                (None, None) => String::new(),
            };
            let successor =
                last.and_then(|last| last.successor.as_deref()).map(working::id_of).transpose()?;
            lines.push(Logged {
                sequence,
                nonce: nonce(),
                batch: self.batch.clone(),
                id: working::id_of(&step.item)?,
                version: step.version,
                slug,
                successor,
                reason: step.reason,
                at: step.at,
                by: step.by.clone(),
            });
        }
        for part in lines.chunks(PART) {
            let rows = part.iter().map(|line| publication_log::ActiveModel::from(line.row()));
            publication_log::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        Ok(Filled { lines: lines.len(), known_from })
    }

    async fn last_publications(&self) -> Result<HashMap<String, Last>> {
        let versions: HashMap<String, Option<i64>> = item::Entity::find()
            .select_only()
            .columns([item::Column::Id, item::Column::PublishedVersion])
            .into_tuple::<(String, Option<i64>)>()
            .all(&self.tx)
            .await?
            .into_iter()
            .collect();
        // Without the documents, which may be hundreds of megabytes.
        let rows = publication::Entity::find()
            .select_only()
            .columns([
                publication::Column::ItemId,
                publication::Column::Sequence,
                publication::Column::Slugs,
                publication::Column::Successor,
                publication::Column::At,
            ])
            .column_as(publication::Column::Document.is_not_null(), "public")
            .into_tuple::<(String, i64, String, Option<String>, DateTime<Utc>, bool)>()
            .all(&self.tx)
            .await?;
        let mut last = HashMap::with_capacity(rows.len());
        for (id, sequence, slugs, successor, at, public) in rows {
            let slugs: Vec<String> = serde_json::from_str(&slugs).map_err(Error::internal)?;
            let slug = slugs.into_iter().next_back().unwrap_or_default();
            let version = versions.get(&id).copied().flatten();
            last.insert(id, Last { sequence, public, slug, successor, at, version });
        }
        Ok(last)
    }

    /// Under which slug each version was published.
    async fn slugs_of(&self, steps: &[Step]) -> Result<HashMap<(String, i64), String>> {
        let wanted: Vec<(String, i64)> =
            steps.iter().filter_map(|step| Some((step.item.clone(), step.version?))).collect();
        let mut slugs = HashMap::new();
        for ((id, version), snapshot) in self.snapshots(&wanted).await? {
            let slug = snapshot.get("slug").and_then(Json::as_str).unwrap_or_default().to_owned();
            slugs.insert((id, version), slug);
        }
        Ok(slugs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seq: i64, verb: &str, item: &str, detail: &str) -> audit::Model {
        audit::Model {
            seq,
            at: DateTime::from_timestamp(seq, 0).unwrap(),
            account_id: None,
            verb: verb.to_owned(),
            item_id: Some(item.to_owned()),
            detail: detail.to_owned(),
        }
    }

    fn last(sequence: i64, version: Option<i64>) -> Last {
        let (slug, successor) = (String::new(), None);
        Last { sequence, public: version.is_some(), slug, successor, at: DateTime::default(), version }
    }

    #[test]
    fn the_audit_says_what_was_published_and_withdrawn() {
        let lines = [
            line(1, "create", "a", ""),
            line(2, "publish", "a", "version 1"),
            line(3, "trash", "b", ""),
            line(4, "trash", "a", ""),
            line(5, "merge", "c", "x"),
            line(6, "publish", "c", "version 2"),
            line(7, "merge", "c", "x"),
            line(8, "take_back", "c", ""),
            line(9, "take_back", "c", ""),
        ];
        let steps = replay(lines.into_iter());
        let told: Vec<_> = steps.iter().map(|step| (step.item.as_str(), step.version, step.reason)).collect();
        let expected = [
            ("a", Some(1), Reason::Publish),
            ("a", None, Reason::Trash),
            ("c", Some(2), Reason::Publish),
            ("c", None, Reason::Merge),
            ("c", None, Reason::Undo),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn steps_fit_as_far_back_as_the_last_publications_do_not_contradict() {
        let step = |item: &str, version| Step {
            item: item.to_owned(),
            version,
            reason: Reason::Publish,
            at: DateTime::default(),
            by: None,
        };
        let steps = [step("a", Some(1)), step("b", Some(1)), step("a", Some(3)), step("b", None)];
        let of = |rows: &[(&str, i64, Option<i64>)]| -> HashMap<String, Last> {
            rows.iter().map(|(id, sequence, version)| ((*id).to_owned(), last(*sequence, *version))).collect()
        };
        assert_eq!(fitting(&steps, &of(&[("a", 3, Some(3)), ("b", 4, None)]), 4), 4);
        // A version that hidden changes have raised since.
        assert_eq!(fitting(&steps, &of(&[("a", 3, Some(5)), ("b", 4, None)]), 4), 4);
        // The audit knows of one more than there were numbers, or of one less.
        assert_eq!(fitting(&steps, &of(&[("a", 4, Some(3)), ("b", 5, None)]), 5), 4);
        assert_eq!(fitting(&steps, &of(&[("a", 2, Some(3)), ("b", 3, None)]), 3), 3);
        // One that the audit does not tell of.
        assert_eq!(fitting(&steps, &of(&[("a", 3, Some(3)), ("b", 4, None), ("c", 5, Some(1))]), 5), 0);
        assert_eq!(fitting(&steps, &of(&[("a", 3, None), ("b", 4, None)]), 4), 1);
        assert_eq!(fitting(&steps, &of(&[("c", 2, Some(1)), ("a", 3, Some(3)), ("b", 4, None)]), 4), 2);
    }
}
