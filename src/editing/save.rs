//! Saving: new items and new versions of items, several at once where they stand on one form. It
//! must never overwrite what it was not shown.

use std::collections::{HashMap, HashSet};

use super::permission::{self, User, Verb};
use super::{Desk, upload};
use crate::content::document::Change;
use crate::content::parsed::{Slug, slugify};
use crate::content::{ContentType, Id, Item, Kind, Problems, TYPES, diff, validate};
use crate::error::{Error, Result};
use crate::store::{Deed, Line, Stored, Write};

/// The most items that one save takes.
pub const EDITS_MAX: usize = 3_000;

/// An item as somebody wants it to be.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The whole item.
    pub item: Item,
    /// The version that they saw; `None` where the item is new.
    pub seen: Option<i64>,
    /// Where it stands on their form, put before the fields of problems: `outputs.3`, or empty.
    pub place: String,
}

impl Edit {
    /// A new item on a form of its own.
    #[must_use]
    pub fn new(item: Item) -> Self {
        Self { item, seen: None, place: String::new() }
    }

    /// A new version of the item that was seen, on a form of its own.
    #[must_use]
    pub fn of(seen: &Stored, item: Item) -> Self {
        Self { item, seen: Some(seen.meta.version), place: String::new() }
    }
}

/// Saves all edits or none, and gives the items as they are now, in the order of the edits. An
/// edit that changes nothing against what its editor saw is passed over, so that a form may carry
/// rows that somebody else has saved meanwhile.
///
/// # Errors
/// [`Error::Conflict`] with the items that somebody else has saved since; [`Error::Invalid`] with
/// the problems at their places; [`Error::Refused`] where two edits are of one item; [`Error::Denied`],
/// [`Error::NotFound`].
pub async fn save(desk: &Desk, user: &User, edits: &[Edit]) -> Result<Vec<Stored>> {
    save_in(desk, user, edits, None).await
}

/// What the audit says of a save that nobody pressed for.
const BY_ITSELF: &str = "autosave";

/// The verb of a save in the audit log.
const SAVE: &str = "save";

/// The lines of the audit log about saves that nobody pressed for.
pub(super) const BY_THEMSELVES: Line<'static> = Line { verb: SAVE, begins: BY_ITSELF };

/// Saves what somebody is writing, without their asking: as [`save`], and the audit tells the two apart.
///
/// # Errors
/// As [`save`].
pub async fn autosave(desk: &Desk, user: &User, edit: Edit) -> Result<Stored> {
    save_marked(desk, user, &[edit], None, BY_ITSELF).await?.pop().ok_or(Error::NotFound)
}

/// The same, as a part of what is done under a number where one is named, with the verb: it can be taken
/// back.
///
/// # Errors
/// As [`save`].
pub(super) async fn save_in(
    desk: &Desk,
    user: &User,
    edits: &[Edit],
    batch: Option<(&str, &'static str)>,
) -> Result<Vec<Stored>> {
    save_marked(desk, user, edits, batch, "").await
}

async fn save_marked(
    desk: &Desk,
    user: &User,
    edits: &[Edit],
    batch: Option<(&str, &'static str)>,
    mark: &'static str,
) -> Result<Vec<Stored>> {
    if edits.len() > EDITS_MAX {
        return Err(Error::Refused(format!(
            "At most {EDITS_MAX} items can be saved at once; save in parts."
        )));
    }
    let mut once = HashSet::with_capacity(edits.len());
    if !edits.iter().all(|edit| once.insert(edit.item.id)) {
        return Err(Error::Refused(
            "The same item stands here twice. Take one of the two out, or open the page anew.".to_owned(),
        ));
    }
    let bases = stale_bases(desk, edits).await?;
    let now = desk.clock.now();
    let by = user.account.as_deref();
    let tx = desk.store.write().await?;
    let mut current = load_all(&tx, edits).await?;

    let mut problems = Problems::default();
    let mut conflicts = Vec::new();
    let mut saved = Vec::with_capacity(edits.len());
    let mut changes: Vec<Change> = Vec::new();
    for edit in edits {
        let mut item = edit.item.clone();
        let before = match edit.seen {
            None => {
                permission::allow_new(user, &item)?;
                // The same new form sent twice; the first one stands.
                if current.contains_key(&item.id) {
                    conflicts.push(item.id);
                    continue;
                }
                None
            }
            Some(seen) => {
                let before = current.remove(&item.id).ok_or(Error::NotFound)?;
                permission::allow(user, Verb::Read, &before)?;
                let unchanged = before.item == item || bases.get(&item.id).is_some_and(|base| *base == item);
                if unchanged {
                    saved.push(before);
                    continue;
                }
                permission::allow(user, Verb::Save, &before)?;
                if before.meta.version != seen {
                    conflicts.push(item.id);
                    continue;
                }
                if before.meta.trashed_at.is_some() {
                    return Err(Error::Refused(
                        "This is in the trash. Take it out before you change it.".to_owned(),
                    ));
                }
                Some(before)
            }
        };
        permission::allow_links(user, before.as_ref().map(|before| &before.item), &item)?;
        let mut wrong = validate::draft(&item);
        settle_slug(&tx, before.as_ref(), &mut item, &mut wrong).await?;
        check_unique(&tx, before.as_ref(), &item, &mut wrong).await?;
        upload::use_uploads(&tx, before.as_ref().map(|before| &before.item), &item, &mut wrong).await?;
        if !wrong.is_empty() {
            problems.extend(if edit.place.is_empty() { wrong } else { wrong.below(&edit.place) });
            continue;
        }
        let (stored, change, verb, detail) = match &before {
            None => {
                let (stored, change) = tx.insert(&item, now, by).await?;
                (stored, change, "create", String::new())
            }
            Some(before) => {
                let changed = diff::diff(&before.item, &item).into_iter().map(|change| change.field);
                let fields: Vec<&str> =
                    Some(mark).filter(|mark| !mark.is_empty()).into_iter().chain(changed).collect();
                let (stored, change) = tx.update(before, &item, now, by).await?;
                (stored, change, SAVE, fields.join(" "))
            }
        };
        match batch {
            Some((batch, verb)) => {
                let deed = Deed {
                    id: item.id,
                    content_type: item.content_type,
                    verb,
                    before: before.as_ref().map(|before| before.meta.version),
                    after: stored.meta.version,
                    public: None,
                    account: user.account.clone(),
                    at: now,
                    grounds: Vec::new(),
                };
                tx.note_deed(batch, &deed).await?;
                tx.audit(now, by, verb, Some(item.id), batch).await?;
            }
            None => tx.audit(now, by, verb, Some(item.id), &detail).await?,
        }
        changes.push(stored.draft(change));
        saved.push(stored);
    }
    if !conflicts.is_empty() {
        return Err(Error::Conflict(conflicts));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if !changes.is_empty() {
        let before = tx.before();
        tx.commit().await?;
        desk.take_over(&before, &[], &changes).await?;
    }
    Ok(saved)
}

/// What the editors of stale edits saw: an edit that equals it changes nothing.
async fn stale_bases(desk: &Desk, edits: &[Edit]) -> Result<HashMap<Id, Item>> {
    let mut bases = HashMap::new();
    for content_type in TYPES {
        let seen: HashMap<Id, i64> = of_type(edits, content_type)
            .filter_map(|edit| edit.seen.map(|seen| (edit.item.id, seen)))
            .collect();
        let ids: Vec<Id> = seen.keys().copied().collect();
        for stored in desk.store.items(content_type, &ids).await? {
            let version = seen.get(&stored.item.id).copied().unwrap_or_default();
            if stored.meta.version != version
                && let Some(base) = desk.store.revision(content_type, stored.item.id, version).await?
            {
                bases.insert(base.id, base);
            }
        }
    }
    Ok(bases)
}

fn of_type<'edit>(
    edits: &'edit [Edit],
    content_type: &'static ContentType,
) -> impl Iterator<Item = &'edit Edit> {
    edits.iter().filter(move |edit| edit.item.content_type == content_type)
}

async fn load_all(tx: &Write, edits: &[Edit]) -> Result<HashMap<Id, Stored>> {
    let mut current = HashMap::new();
    for content_type in TYPES {
        let ids: Vec<Id> = of_type(edits, content_type).map(|edit| edit.item.id).collect();
        for stored in tx.items(content_type, &ids).await? {
            current.insert(stored.item.id, stored);
        }
    }
    Ok(current)
}

/// Gives an item without address one made of its title; checks the address of one that has it.
async fn settle_slug(
    tx: &Write,
    before: Option<&Stored>,
    item: &mut Item,
    wrong: &mut Problems,
) -> Result<()> {
    let untitled = format!("untitled-{}", item.content_type.name);
    let never_public = before.is_none_or(|before| before.meta.first_published_at.is_none());
    let unnamed =
        never_public && item.slug.starts_with(&untitled) && !(item.content_type.title)(item).is_empty();
    if !item.slug.is_empty() && !unnamed {
        if before.is_some_and(|before| before.item.slug == item.slug) {
            return Ok(());
        }
        match item.slug.parse::<Slug>() {
            Err(error) => wrong.add("slug", "malformed", error.to_string()),
            Ok(slug) => {
                item.slug = slug.to_string();
                if tx.slugs_taken(item.content_type, &item.slug, item.id).await?.contains(&item.slug) {
                    let message = format!(
                        "Another {} has this address; choose another.",
                        item.content_type.label.to_lowercase()
                    );
                    wrong.add("slug", "taken", message);
                }
            }
        }
        return Ok(());
    }
    // Addresses without codes and honorifics last longer.
    let words = match item.content_type.name {
        "person" => format!("{} {}", item.text("given_names"), item.text("family_name")),
        _ if item.content_type.field("title").is_some() => item.text("title").to_owned(),
        _ => (item.content_type.title)(item),
    };
    let slug = slugify(&words).map_or(untitled, |slug| slug.to_string());
    let taken = tx.slugs_taken(item.content_type, &slug, item.id).await?;
    item.slug = (1..)
        .map(|number| if number == 1 { slug.clone() } else { format!("{slug}-{number}") })
        .find(|slug| !taken.contains(slug))
        .unwrap_or(slug);
    Ok(())
}

/// Says who holds a value that must be unique. The write lock makes the answer last.
async fn check_unique(tx: &Write, before: Option<&Stored>, item: &Item, wrong: &mut Problems) -> Result<()> {
    for (at, field) in item.content_type.fields.iter().enumerate().filter(|(_, field)| field.unique) {
        let Some(value) = item.values.get(at).filter(|value| !value.is_none()) else { continue };
        if before.is_some_and(|before| before.item.values.get(at) == Some(value)) {
            continue;
        }
        debug_assert!(!matches!(field.kind, Kind::Many { .. }), "rows cannot be unique");
        if let Some(holder) = tx.holder(item, field, value).await? {
            let trash = if holder.meta.trashed_at.is_some() { ", which is in the trash" } else { "" };
            wrong.add(field.name, "taken", format!("‘{}’ has this already{trash}.", holder.item.title()));
        }
    }
    Ok(())
}
