//! Deleting something for good, out of the trash: what it said is gone, in every version. It must not take
//! away what anything else needs, and says what that is.

use super::Desk;
use super::permission::{self, User};
use crate::content::types::MEDIA;
use crate::content::{ContentType, Field, Id, Kind, TYPES};
use crate::error::{Error, Result};
use crate::store::{Deed, Stored, Write};

/// The verb in the audit log.
const VERB: &str = "delete";

/// How many items are named that link to it.
const NAMED: usize = 5;

/// How many changes to many items are looked through at a time.
const PART: usize = 200;

/// What deleting an item would come to.
#[derive(Clone, Debug)]
pub struct Deletion {
    /// The item.
    pub stored: Stored,
    /// How many versions of it are kept.
    pub versions: usize,
    /// Why it cannot be deleted, whole sentences.
    pub needed: Vec<Need>,
}

/// Something that needs an item.
#[derive(Clone, Debug)]
pub enum Need {
    /// These link to it, the first of so many.
    Links(Vec<Stored>, usize),
    /// What the public sees of these links to it, though their drafts do not.
    Public(Vec<Stored>, usize),
    /// It takes part in this merge, which can still be taken back.
    Merge(String),
    /// Taken back, this change would link to it again.
    Change(String),
}

impl Need {
    /// Why it stays, in sentences that name nothing.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Links(..) => {
                "Something still links to it. Take the links out first; what lies in the trash has them too."
            }
            Self::Public(..) => {
                "Readers still see something with a link to it. Publish the changes there first, or unpublish it."
            }
            Self::Merge(_) => "It takes part in a merge, which could not be undone then.",
            Self::Change(_) => {
                "Several items that linked to it were changed together, which could not be undone then."
            }
        }
    }

    /// The items that need it, the first of so many.
    #[must_use]
    pub fn items(&self) -> (&[Stored], usize) {
        match self {
            Self::Links(items, number) | Self::Public(items, number) => (items, *number),
            Self::Merge(_) | Self::Change(_) => (&[], 0),
        }
    }

    /// Why it stays, with what needs it by name.
    #[must_use]
    pub fn words(&self) -> String {
        let (items, number) = self.items();
        let titles: Vec<String> = items.iter().map(|one| format!("‘{}’", one.item.title())).collect();
        match (titles.is_empty(), number - items.len()) {
            (true, _) => self.reason().to_owned(),
            (false, 0) => format!("{} ({})", self.reason(), titles.join(", ")),
            (false, more) => format!("{} ({} and {more} more)", self.reason(), titles.join(", ")),
        }
    }

    /// The number of the change that needs it.
    #[must_use]
    pub fn batch(&self) -> Option<&str> {
        match self {
            Self::Merge(batch) | Self::Change(batch) => Some(batch),
            Self::Links(..) | Self::Public(..) => None,
        }
    }
}

/// Looks at what deleting an item would come to. Changes nothing.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`]; [`Error::Refused`] where it is not in the trash.
pub async fn look_at_deletion(desk: &Desk, user: &User, id: Id) -> Result<Deletion> {
    permission::allow_for_good(user)?;
    // As deleting itself sees it.
    let tx = desk.store.write().await?;
    let stored = tx.item(id).await?;
    in_trash(&stored)?;
    let needed = needs(desk, &tx, &stored).await?;
    let versions = desk.store.revision_marks(id).await?.0.len();
    Ok(Deletion { stored, versions, needed })
}

/// Deletes an item that lies in the trash, with all its versions. What stays is that it was there: who deleted
/// it and when, its title, and that its addresses are gone.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`]; [`Error::Conflict`] where it is another version than was seen;
/// [`Error::Refused`] where it is not in the trash, or something needs it.
pub async fn delete(desk: &Desk, user: &User, id: Id, seen: i64) -> Result<Stored> {
    permission::allow_for_good(user)?;
    let now = desk.clock.now();
    let by = user.account.as_deref();
    let tx = desk.store.write().await?;
    let stored = tx.item(id).await?;
    in_trash(&stored)?;
    if stored.meta.version != seen {
        return Err(Error::Conflict(vec![id]));
    }
    let needed = needs(desk, &tx, &stored).await?;
    if !needed.is_empty() {
        return Err(Error::Refused(needed.iter().map(Need::words).collect::<Vec<_>>().join(" ")));
    }
    for hash in files(desk, &stored).await? {
        tx.forget_upload(&hash).await?;
    }
    let gone = tx.delete(&stored, now, by).await?;
    let detail = format!("{} ‘{}’", stored.item.content_type.name, stored.item.title());
    tx.audit(now, by, VERB, Some(id), &detail).await?;
    let before = tx.before();
    tx.commit().await?;
    desk.take_over(&before, &[], &[gone]).await?;
    Ok(stored)
}

/// The files that a media item has or had and no other has or had: nothing names them then, so they are moved aside
/// in time.
async fn files(desk: &Desk, stored: &Stored) -> Result<Vec<String>> {
    let mut files = Vec::new();
    if stored.item.content_type != &MEDIA {
        return Ok(files);
    }
    for said in desk.store.said_ever(stored.item.id, "file").await? {
        let hash = said.split('/').next().unwrap_or_default().to_owned();
        let holding = desk.store.holding(&[&MEDIA], std::slice::from_ref(&hash)).await?;
        if !files.contains(&hash) && holding.iter().all(|id| *id == stored.item.id) {
            files.push(hash);
        }
    }
    Ok(files)
}

fn in_trash(stored: &Stored) -> Result<()> {
    match stored.meta.trashed_at {
        Some(_) => Ok(()),
        None => Err(Error::Refused(
            "Only what lies in the trash can be deleted permanently. Move it there first.".to_owned(),
        )),
    }
}

/// Everything that needs an item.
async fn needs(desk: &Desk, tx: &Write, stored: &Stored) -> Result<Vec<Need>> {
    let mut needs = Vec::new();
    let linking = linking(tx, stored).await?;
    if !linking.is_empty() {
        needs.push(Need::Links(named(tx, &linking).await?, linking.len()));
    }
    let id = stored.item.id;
    let public = desk.published.reader().uses(stored.item.content_type, &id.to_string(), 1_000).await?;
    // Of a link in a text that leads nowhere the words stay.
    let public = public.iter().filter(|one| !matches!(one.field.kind, Kind::Html)).flat_map(|one| &one.by);
    let public: Vec<Id> = public.filter_map(|document| document.id.parse().ok()).collect();
    let public: Vec<Id> = public.into_iter().filter(|one| !linking.contains(one)).collect();
    if !public.is_empty() {
        needs.push(Need::Public(named(tx, &public).await?, public.len()));
    }
    needs.extend(merge(tx, id).await?.map(Need::Merge));
    needs.extend(change(tx, stored).await?.map(Need::Change));
    Ok(needs)
}

/// The fields by which items can link to one of this type.
fn fields(to: &ContentType) -> impl Iterator<Item = (&'static ContentType, &'static Field)> {
    TYPES.into_iter().flat_map(move |from| {
        from.fields
            .iter()
            .filter(move |field| field.target() == Some(to.name))
            .map(move |field| (from, field))
    })
}

/// What links to an item, whatever state it is in: the database keeps no link that leads nowhere.
async fn linking(tx: &Write, stored: &Stored) -> Result<Vec<Id>> {
    let id = stored.item.id;
    let mut linking = Vec::new();
    for (from, field) in fields(stored.item.content_type) {
        for (owner, _) in tx.linking_to(from, field, &[id]).await? {
            if owner != id && !linking.contains(&owner) {
                linking.push(owner);
            }
        }
    }
    Ok(linking)
}

/// The first of these items.
async fn named(tx: &Write, ids: &[Id]) -> Result<Vec<Stored>> {
    let mut named = Vec::new();
    for id in ids.iter().take(NAMED) {
        named.push(tx.item(*id).await?);
    }
    Ok(named)
}

/// A merge in which the item takes part and which was not taken back.
async fn merge(tx: &Write, id: Id) -> Result<Option<String>> {
    for batch in tx.batches_of(id, &[Deed::MERGE, Deed::KEEP]).await? {
        for deed in tx.deeds(&batch).await?.iter().filter(|deed| deed.verb == Deed::MERGE) {
            match tx.item(deed.id).await {
                Ok(merged) if merged.meta.trashed_at == Some(deed.at) => return Ok(Some(batch)),
                Ok(_) | Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(None)
}

/// A change to many items before which one of them linked to the item.
async fn change(tx: &Write, stored: &Stored) -> Result<Option<String>> {
    let mut types: Vec<&'static str> = fields(stored.item.content_type).map(|(from, _)| from.name).collect();
    types.dedup();
    let id = stored.item.id;
    let deeds = tx.versions_before(&types, stored.meta.created_at, id).await?;
    for part in deeds.chunks(PART) {
        let versions: Vec<(Id, i64)> = part.iter().map(|(_, id, version)| (*id, *version)).collect();
        if let Some(naming) = tx.first_naming(&versions, id).await? {
            let batch = part.iter().find(|(_, id, version)| (*id, *version) == naming);
            return Ok(batch.map(|(batch, ..)| batch.clone()));
        }
    }
    Ok(None)
}
