//! Taking an import back: what it made goes into the trash, what it changed is as it was before. What
//! somebody has worked on since stays, and is told.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::super::bulk;
use super::super::permission::{self, User, Verb};
use super::Desk;
use crate::content::document::Change;
use crate::content::{ContentType, Id, TYPES};
use crate::error::{Error, Result};
use crate::store::{Deed, Stored, Write};

/// Why something stays that nobody can make what it was.
pub(in crate::editing) const NOT_KEPT: &str = "What it said before is no longer kept.";

/// What taking an import back came to.
#[derive(Clone, Debug, Default)]
pub struct Undone {
    /// How many new items went into the trash.
    pub trashed: usize,
    /// How many changed items are as they were.
    pub restored: usize,
    /// What stayed.
    pub stayed: Vec<Stayed>,
}

/// An item that was left as it is.
#[derive(Clone, Debug)]
pub struct Stayed {
    /// The item.
    pub stored: Stored,
    /// Why, a whole sentence.
    pub why: &'static str,
}

/// Whether somebody may take this back: whoever has done it, and who may put things into the trash.
#[must_use]
pub fn may_undo(user: &User, items: &[Deed]) -> bool {
    let own = user.account.is_some() && items.iter().all(|item| item.account == user.account);
    let each = |item: &Deed| bulk::needs(item).is_none_or(|verb| user.may(verb, item.content_type.name));
    user.may(Verb::Save, "output") && (own || user.may(Verb::Trash, "output")) && items.iter().all(each)
}

/// Takes an import back, in one transaction. What was taken back already is passed over.
///
/// # Errors
/// [`Error::NotFound`] where there is no such import; [`Error::Denied`].
pub async fn undo(desk: &Desk, user: &User, batch: &str) -> Result<Undone> {
    let items = desk.store.deeds(batch).await?;
    if items.first().is_none_or(|item| item.verb != Deed::IMPORT) {
        return Err(Error::NotFound);
    }
    if !may_undo(user, &items) {
        return Err(Error::Denied("Only whoever has imported this, or an editor, can take it back."));
    }
    let tx = desk.store.write().await?;
    let (undone, changes) = (Undone::default(), Vec::new());
    let mut undoing = Undoing { desk, user, tx: &tx, batch, now: desk.clock.now(), undone, changes };
    // Outputs first: what only they link to can then go.
    let mut order: Vec<&'static ContentType> = TYPES.to_vec();
    order.sort_by_key(|content_type| content_type.name != "output");
    let mut gone: HashSet<Id> = HashSet::new();
    for content_type in order {
        let of_type: HashMap<Id, &Deed> = items
            .iter()
            .filter(|item| item.content_type == content_type)
            .map(|item| (item.id, item))
            .collect();
        if of_type.is_empty() {
            continue;
        }
        let ids: Vec<Id> = items.iter().map(|item| item.id).filter(|id| of_type.contains_key(id)).collect();
        let needed = needed(&tx, content_type, &ids, &gone).await?;
        for stored in tx.items(content_type, &ids).await? {
            let Some(imported) = of_type.get(&stored.item.id) else { continue };
            let is_needed = needed.contains(&stored.item.id);
            gone.extend(undoing.one(stored, imported, is_needed).await?);
        }
    }
    let Undoing { undone, changes, .. } = undoing;
    if !changes.is_empty() {
        let before = tx.before();
        tx.commit().await?;
        desk.take_over(&before, &[], &changes).await?;
    }
    Ok(undone)
}

/// An import that is being taken back.
struct Undoing<'undo> {
    desk: &'undo Desk,
    user: &'undo User,
    tx: &'undo Write,
    batch: &'undo str,
    now: DateTime<Utc>,
    undone: Undone,
    changes: Vec<Change>,
}

impl Undoing<'_> {
    /// Takes back what was done to one item, or notes why it stays. Gives its id where it went into the trash.
    async fn one(&mut self, stored: Stored, imported: &Deed, is_needed: bool) -> Result<Option<Id>> {
        if stored.meta.trashed_at.is_some() {
            return Ok(None);
        }
        // Contributors may take their own drafts back, though not put others into the trash.
        permission::allow(self.user, Verb::Save, &stored)?;
        let why = match imported.before {
            _ if stored.meta.version != imported.after => Some("It was changed since."),
            None if stored.meta.published_version.is_some() => Some("It was published since."),
            None if is_needed => Some("Something else links to it by now."),
            _ => None,
        };
        if let Some(why) = why {
            self.undone.stayed.push(Stayed { stored, why });
            return Ok(None);
        }
        let (now, by) = (self.now, self.user.account.as_deref());
        let (id, content_type) = (stored.item.id, stored.item.content_type);
        let (stored, change) = match imported.before {
            None => {
                let mut meta = stored.meta.clone();
                meta.trashed_at = Some(now);
                self.undone.trashed += 1;
                self.tx.set_meta(&stored, meta).await?
            }
            Some(version) => {
                let Some(base) = self.desk.store.revision(content_type, id, version).await? else {
                    self.undone.stayed.push(Stayed { stored, why: NOT_KEPT });
                    return Ok(None);
                };
                self.undone.restored += 1;
                self.tx.update(&stored, &base, now, by).await?
            }
        };
        self.tx.audit(now, by, "undo_import", Some(id), self.batch).await?;
        self.changes.push(stored.draft(change));
        Ok(imported.before.is_none().then_some(id))
    }
}

/// Which of these items something links to that stays.
pub(in crate::editing) async fn needed(
    tx: &Write,
    content_type: &ContentType,
    ids: &[Id],
    gone: &HashSet<Id>,
) -> Result<HashSet<Id>> {
    let mut needed = HashSet::new();
    if content_type.name == "output" {
        return Ok(needed);
    }
    for from in TYPES {
        for field in from.fields.iter().filter(|field| field.target() == Some(content_type.name)) {
            let links = tx.linking_to(from, field, ids).await?;
            let owners: Vec<Id> =
                links.iter().map(|(owner, _)| *owner).filter(|id| !gone.contains(id)).collect();
            let there: HashSet<Id> = tx
                .items(from, &owners)
                .await?
                .into_iter()
                .filter(|stored| stored.meta.trashed_at.is_none())
                .map(|stored| stored.item.id)
                .collect();
            needed.extend(links.iter().filter(|(owner, _)| there.contains(owner)).map(|(_, target)| *target));
        }
    }
    Ok(needed)
}
