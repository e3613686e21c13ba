//! Merging two items that are about one person, or one organisation: what links to the one links to the
//! other, what only the one says can be taken over, and readers of the one are led to the other. It must
//! not lose anything: the merged item lies in the trash as it was.

use super::Desk;
use super::bind::{known_as, learned};
use super::deed::{Doing, NOT_PUBLIC};
use super::meant::{self, Candidate, Match};
use super::permission::{self, User, Verb};
use super::save::EDITS_MAX;
use crate::content::parsed::name_key;
use crate::content::relink::relink;
use crate::content::types::{CREDITED_AS, ORGANISATION, PERSON};
use crate::content::{ContentType, Field, Id, Item, TYPES, Value, validate};
use crate::error::{Error, Result};
use crate::published::Document;
use crate::store::{Deed, Reason, State, Stored};

/// How many items that link to one are named.
const NAMED: i64 = 50;

/// How many items are offered as alike.
const ALIKE: i64 = 8;

/// The most mentions in texts that are looked at, beyond what a merge takes.
const MENTIONS: i64 = 10_000;

/// Whether items of this type can be merged.
#[must_use]
pub fn is_mergeable(content_type: &ContentType) -> bool {
    [PERSON.name, ORGANISATION.name].contains(&content_type.name)
}

/// Whether somebody may merge items of this type.
#[must_use]
pub fn may_merge(user: &User, content_type: &ContentType) -> bool {
    let verbs = [Verb::Save, Verb::Publish, Verb::Trash];
    is_mergeable(content_type) && verbs.iter().all(|verb| user.may(*verb, content_type.name))
}

/// What a merge would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What stays.
    pub kept: Stored,
    /// What goes into the trash.
    pub merged: Stored,
    /// Where the merged one says something that the kept one says otherwise or not at all.
    pub offers: Vec<Offer>,
    /// What links to the merged one, the first of it.
    pub linking: Vec<Document>,
    /// How much that is in all.
    pub linking_number: i64,
    /// How much links to the kept one.
    pub kept_linking: i64,
}

/// A field that can be taken over from the merged item.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The field.
    pub field: &'static Field,
    /// What the kept item says.
    pub kept: Value,
    /// What the merged item says.
    pub merged: Value,
    /// Whether it is taken unless somebody says otherwise: the kept item says nothing.
    pub lacking: bool,
}

/// What somebody has decided.
#[derive(Clone, Debug)]
pub struct Merge {
    /// What stays, and in which version it was seen.
    pub keep: (Id, i64),
    /// What goes, and in which version it was seen.
    pub merge: (Id, i64),
    /// The fields that are taken over, by name.
    pub take: Vec<String>,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The number under which it can be taken back.
    pub batch: String,
    /// What stays.
    pub kept: Stored,
    /// How many items link to it now instead of the other.
    pub relinked: usize,
}

/// Other items that may be about the same, the likeliest first.
///
/// # Errors
/// Where a store fails.
pub async fn alike(desk: &Desk, item: &Item) -> Result<Vec<Candidate>> {
    let mut found = if item.content_type.name == PERSON.name {
        let name = format!("{}, {}", item.text("family_name"), item.text("given_names"));
        let mut name = [Match::of(&name, name_key(&name))];
        meant::people(desk, &mut name).await?;
        let [name] = name;
        name.candidates
    } else {
        let titles = [item.title()];
        let alike = desk.lists().alike(item.content_type, &titles, ALIKE).await?;
        let candidate = |document: Document| {
            let subtitle = document.json.get("short_name").and_then(|name| name.as_str()).unwrap_or_default();
            let subtitle = subtitle.to_owned();
            Some(Candidate { id: document.id.parse().ok()?, title: document.title, subtitle })
        };
        alike.into_iter().filter_map(|(_, document)| candidate(document)).collect()
    };
    found.retain(|one| one.id != item.id);
    Ok(found)
}

/// Looks at what merging two items would do.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`]; [`Error::Refused`] where the two cannot be merged.
pub async fn plan(desk: &Desk, user: &User, keep: Id, merge: Id) -> Result<Plan> {
    let found = desk.lists().get(&keep.to_string()).await?.ok_or(Error::NotFound)?;
    let content_type = found.content_type;
    allow(user, content_type)?;
    let mut both = desk.store.items(content_type, &[keep, merge]).await?.into_iter();
    let (Some(kept), Some(merged)) = (both.next(), both.next()) else { return Err(Error::NotFound) };
    check(&kept, &merged)?;
    let lists = desk.lists();
    let ids = lists.linking(&merge.to_string(), NAMED).await?.into_iter().map(|(_, id)| id);
    let mut linking: Vec<Document> = lists.titles(&ids.collect::<Vec<_>>()).await?.into_values().collect();
    linking.sort_by(|one, other| {
        let key = |document: &Document| (document.content_type.labels, document.title.clone());
        key(one).cmp(&key(other))
    });
    let linking_number = lists.linking_count(&merge.to_string()).await?;
    let kept_linking = lists.linking_count(&keep.to_string()).await?;
    let offers = offers(&kept.item, &merged.item);
    Ok(Plan { offers, kept, merged, linking, linking_number, kept_linking })
}

/// Lets somebody merge items of this type, or says why not.
///
/// # Errors
/// [`Error::Denied`].
pub fn allow(user: &User, content_type: &ContentType) -> Result<()> {
    if may_merge(user, content_type) {
        return Ok(());
    }
    Err(Error::Denied(match is_mergeable(content_type) {
        true => "Only editors can merge. Ask one of them.",
        false => "Only people and organisations can be merged.",
    }))
}

fn check(kept: &Stored, merged: &Stored) -> Result<()> {
    if kept.item.id == merged.item.id {
        return Err(Error::Refused("These are the same. Choose another one.".to_owned()));
    }
    if [kept, merged].iter().any(|stored| stored.state() == State::Trashed) {
        return Err(Error::Refused(
            "One of the two is in the trash. Take it out before you merge.".to_owned(),
        ));
    }
    Ok(())
}

fn offers(kept: &Item, merged: &Item) -> Vec<Offer> {
    let fields = kept.content_type.fields.iter().zip(kept.values.iter().zip(&merged.values));
    fields
        .filter(|(field, (kept, merged))| {
            // Spellings are learned in any case.
            let told = !merged.is_none() && **merged != Value::Flag(false) && field.name != CREDITED_AS;
            told && kept != merged
        })
        .map(|(field, (kept, merged))| Offer {
            field,
            kept: kept.clone(),
            merged: merged.clone(),
            lacking: kept.is_none(),
        })
        .collect()
}

/// Merges, all of it or nothing. What the public sees of the items that link follows at once, without
/// what else is changed in their drafts.
///
/// # Errors
/// [`Error::Conflict`] where somebody has saved one of the two since; [`Error::Invalid`] where the kept
/// one has to become public, and lacks something; [`Error::Refused`] where too much links; as [`plan`].
pub async fn merge(desk: &Desk, user: &User, merge: &Merge) -> Result<Merged> {
    let batch = Id::new(desk.clock.now()).to_string();
    let mut doing = Doing::begin(desk, user, Some(batch.clone()), Reason::Merge).await?;
    let kept = permission::load(&doing.tx, user, Verb::Save, merge.keep.0).await?;
    let merged = permission::load(&doing.tx, user, Verb::Trash, merge.merge.0).await?;
    allow(user, kept.item.content_type)?;
    if kept.item.content_type != merged.item.content_type {
        return Err(Error::Refused("A person and an organisation cannot be merged.".to_owned()));
    }
    check(&kept, &merged)?;
    let stale = [(&kept, merge.keep), (&merged, merge.merge)];
    let stale: Vec<Id> = stale
        .into_iter()
        .filter(|(stored, (_, seen))| stored.meta.version != *seen)
        .map(|(stored, _)| stored.item.id)
        .collect();
    if !stale.is_empty() {
        return Err(Error::Conflict(stale));
    }
    let linking = linking(&doing, &merged, kept.item.id).await?;
    let gone = set_aside(&mut doing, &merged, merge).await?;
    let kept = take_over(&mut doing, &kept, &merged, merge).await?;
    let (from, to) = (merged.item.id, kept.item.id);
    // What was public for nobody is not opened by taking it over.
    if merged.meta.published_version.is_some() {
        doing.carry(from, to).await?;
    }
    let mut relinked = 0;
    for stored in linking {
        permission::allow(user, Verb::Save, &stored)?;
        let publish = user.may_with(Verb::Publish, &stored);
        if doing.rewrite(&stored, Deed::RELINK, publish, &|item| relink(item, from, to)).await?.is_some() {
            relinked += 1;
        }
    }
    let gone = doing.set_trashed(gone, true).await?;
    // Whatever was public once leads on from now on.
    let public = gone.meta.published_version;
    let gone = match gone.meta.first_published_at {
        Some(_) => doing.hide(gone, Some(to)).await?,
        None => gone,
    };
    doing.note(&merged, &gone, Deed::MERGE, public).await?;
    doing.finish().await?;
    Ok(Merged { batch, kept, relinked })
}

/// Everything that links to an item, in whatever field, but for the kept one.
async fn linking(doing: &Doing<'_>, to: &Stored, kept: Id) -> Result<Vec<Stored>> {
    // Fields by the database; texts, which name items too, by what the drafts store has read in them.
    let mentions = doing.desk.lists().linking(&to.item.id.to_string(), MENTIONS).await?;
    let mut all = Vec::new();
    for from in TYPES {
        let mut ids: Vec<Id> = Vec::new();
        for field in from.fields.iter().filter(|field| field.target() == Some(to.item.content_type.name)) {
            ids.extend(doing.tx.linking(from, field, to.item.id).await?);
        }
        let mentioned = mentions.iter().filter(|(content_type, _)| *content_type == from);
        ids.extend(mentioned.filter_map(|(_, id)| id.parse::<Id>().ok()));
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| *id != to.item.id && *id != kept);
        all.extend(doing.tx.items(from, &ids).await?);
        if all.len() > EDITS_MAX {
            return Err(Error::Refused(format!(
                "More than {EDITS_MAX} items link to ‘{}’. Keep that one, and merge the other into it.",
                to.item.title()
            )));
        }
    }
    Ok(all)
}

/// The merged item without what must be unique and is taken over.
async fn set_aside(doing: &mut Doing<'_>, merged: &Stored, merge: &Merge) -> Result<Stored> {
    let mut item = merged.item.clone();
    for field in item.content_type.fields.iter().filter(|field| field.unique) {
        if merge.take.iter().any(|name| name == field.name) {
            item.set(field.name, Value::None);
        }
    }
    if item == merged.item {
        return Ok(merged.clone());
    }
    doing.update(merged, &item).await
}

/// The kept item with what is taken over. It becomes public where the merged one is.
async fn take_over(doing: &mut Doing<'_>, kept: &Stored, merged: &Stored, merge: &Merge) -> Result<Stored> {
    let from = merged.item.clone();
    let names: Vec<&'static str> = offers(&kept.item, &from)
        .iter()
        .map(|offer| offer.field.name)
        .filter(|name| merge.take.iter().any(|one| one == name))
        .collect();
    let id = from.id;
    let how = move |item: &Item| {
        let mut item = relink(item, id, kept.item.id);
        for name in &names {
            item.set(name, from.get(name).clone());
        }
        if item.content_type.name != PERSON.name {
            return item;
        }
        let spellings = known_as(&from);
        learned(&item, &spellings.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let problems = validate::draft(&how(&kept.item));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let becomes_public = merged.meta.published_version.is_some() && kept.meta.published_version.is_none();
    if !becomes_public {
        return Ok(doing.rewrite(kept, Deed::KEEP, true, &how).await?.unwrap_or_else(|| kept.clone()));
    }
    let item = how(&kept.item);
    let lacking = validate::publication(&item);
    if !lacking.is_empty() {
        return Err(Error::Invalid(lacking));
    }
    let stored = if item == kept.item { kept.clone() } else { doing.update(kept, &item).await? };
    let stored = doing.show(stored).await?;
    doing.note(kept, &stored, Deed::KEEP, Some(NOT_PUBLIC)).await?;
    Ok(stored)
}
