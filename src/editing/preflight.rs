//! Before publishing: what is missing, what will change in public, what else is not public yet.
//! It changes nothing.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::Desk;
use super::files::{self, OtherGround};
use super::permission::{self, User, Verb};
use crate::content::diff::{self, Change};
use crate::content::types::{MEDIA, OUTPUT, embargo};
use crate::content::{ContentType, Id, Item, Problems, by_name, validate};
use crate::error::{Error, Result};
use crate::store::{Ground, State, Stored};

/// What somebody should know before they publish an item.
#[derive(Clone, Debug)]
pub struct Preflight {
    /// The item.
    pub stored: Stored,
    /// What publishing needs and it lacks.
    pub missing: Problems,
    /// What the public will see differently; everything, where it sees nothing yet.
    pub changes: Vec<Change>,
    /// What hangs together with it and is not public in its newest version.
    pub candidates: Vec<Candidate>,
    /// Files that were published with it before and that readers do not have: from when on they get them.
    pub files: Vec<(Stored, Sake)>,
    /// For whose sake the file of an output that will not be open is public beside it.
    pub elsewhere: Vec<OtherGround>,
    /// The title of an output that is not open, whose file this media item is.
    pub held_back: Option<String>,
}

/// Something that could be published together with an item.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The item.
    pub stored: Stored,
    /// How it hangs together: the label of the field that links to it; none where it stands in
    /// the item's table.
    pub link: Option<&'static str>,
    /// What publishing it needs and it lacks.
    pub missing: Problems,
    /// Of a file: what the public's getting it hangs on.
    pub file: Sake,
}

/// What a file that could be published together with an item means to the public.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sake {
    /// It is no file, or there is nothing to say of it.
    #[default]
    Plain,
    /// It will be public when the item is open, and not before: from this day on, where there is one.
    Waits(Option<NaiveDate>),
    /// The public has it already, because of something else.
    Public,
    /// It is the file of an output of this title that is not open: published with this it is open.
    HeldBack(String),
}

/// Looks at what publishing an item would do.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`].
pub async fn preflight(desk: &Desk, user: &User, id: Id) -> Result<Preflight> {
    let title = desk.lists().get(&id.to_string()).await?.ok_or(Error::NotFound)?;
    let stored = desk.store.items(title.content_type, &[id]).await?.pop().ok_or(Error::NotFound)?;
    permission::allow(user, Verb::Publish, &stored)?;
    let public = match stored.meta.published_version {
        Some(version) => desk.store.revision(stored.item.content_type, id, version).await?,
        None => None,
    };
    let before = public.unwrap_or_else(|| Item::new(stored.item.content_type, id));
    let (mut candidates, mut kept) = (Vec::new(), Vec::new());
    let grounds = desk.store.grounds_around(&[id]).await?;
    // What the item links to, of each type at once.
    let links: Vec<(&str, Id)> = stored.item.links().collect();
    // What rich text links to may be of any type.
    let texts = |name: &str| stored.item.content_type.field(name).filter(|field| field.target().is_none());
    let in_text: Vec<String> =
        links.iter().filter(|(field, _)| texts(field).is_some()).map(|(_, id)| id.to_string()).collect();
    let in_text = if in_text.is_empty() { HashMap::new() } else { desk.lists().titles(&in_text).await? };
    for content_type in crate::content::TYPES {
        let fields: Vec<_> = stored
            .item
            .content_type
            .fields
            .iter()
            .filter(|field| field.target() == Some(content_type.name))
            .collect();
        let mut ids: Vec<Id> = Vec::new();
        for (field, target) in &links {
            let said = texts(field).is_some()
                && in_text.get(&target.to_string()).is_some_and(|found| found.content_type == content_type);
            let fits = said || fields.iter().any(|one| one.name == *field);
            if fits && !ids.contains(target) && *target != id {
                ids.push(*target);
            }
        }
        for linked in desk.store.items(content_type, &ids).await? {
            // A link shows only whether its target is public; newer changes of it are its own. A file is
            // public for the sake of what it was published with.
            let offered = match content_type.name {
                "media" => linked.state() != State::Trashed && !holds(&grounds, id, &linked),
                _ => linked.state() == State::Draft,
            };
            if linked.item.content_type == &MEDIA && linked.state() == State::Draft && !offered {
                kept.push(linked);
            } else if offered {
                let by = links.iter().find(|(_, target)| *target == linked.item.id);
                let by = by.and_then(|(name, _)| stored.item.content_type.field(name));
                candidates.push(candidate(linked, Some(by.map_or("", |field| field.label))));
            }
        }
    }
    // A project's table: rows that are new or changed.
    for inverse in stored.item.content_type.inverses.iter().filter(|inverse| inverse.order == "position") {
        let Some(from) = by_name(inverse.from) else { continue };
        let Some(field) = from.field(inverse.field) else { continue };
        for linking in desk.store.linking(from, field, id).await? {
            if matches!(linking.state(), State::Draft | State::Changed) {
                candidates.push(candidate(linking, None));
            }
        }
    }
    candidates.retain(|candidate| user.may_with(Verb::Publish, &candidate.stored));
    let media = candidates.iter().filter(|one| one.stored.item.content_type == &MEDIA);
    let media: Vec<Id> = media.map(|one| one.stored.item.id).collect();
    let closed =
        stored.item.content_type == &OUTPUT && files::is_closed(&stored.item, files::today(desk).await?);
    let mut held = files::held_back(desk, &media, Some(id)).await?;
    for candidate in candidates.iter_mut().filter(|one| one.stored.item.content_type == &MEDIA) {
        candidate.file = match held.remove(&candidate.stored.item.id) {
            _ if closed => Sake::Waits(embargo(&stored.item)),
            _ if candidate.stored.meta.published_version.is_some() => Sake::Public,
            Some(title) => Sake::HeldBack(title),
            None => Sake::Plain,
        };
    }
    let sake = if closed { Sake::Waits(embargo(&stored.item)) } else { Sake::Plain };
    let elsewhere = files::elsewhere(desk, &[&stored.item]).await?.remove(&id).unwrap_or_default();
    let own = [id].into_iter().filter(|_| stored.item.content_type == &MEDIA).collect::<Vec<_>>();
    let held_back = files::held_back(desk, &own, None).await?.remove(&id);
    Ok(Preflight {
        files: kept.into_iter().map(|file| (file, sake.clone())).collect(),
        elsewhere,
        held_back,
        missing: validate::publication(&stored.item),
        changes: diff::diff(&before, &stored.item),
        stored,
        candidates,
    })
}

/// Looks at what some items of one type lack before they can be published, in the given order and in
/// a number of statements that does not grow with them. What does not exist is left out.
///
/// # Errors
/// [`Error::Denied`] where one of them is not theirs to publish.
pub async fn lacking(
    desk: &Desk,
    user: &User,
    content_type: &'static ContentType,
    ids: &[Id],
) -> Result<Vec<Candidate>> {
    let items = desk.store.items(content_type, ids).await?;
    for stored in &items {
        permission::allow(user, Verb::Publish, stored)?;
    }
    Ok(items.into_iter().map(|stored| candidate(stored, None)).collect())
}

/// Whether a media item, as it is now, is or will be public for the sake of an item.
fn holds(grounds: &[Ground], item: Id, media: &Stored) -> bool {
    let mut own = grounds.iter().filter(|one| one.item == item && one.media == media.item.id);
    own.any(|one| one.version == media.meta.version || media.meta.published_version.is_some())
}

fn candidate(stored: Stored, link: Option<&'static str>) -> Candidate {
    Candidate { missing: validate::publication(&stored.item), stored, link, file: Sake::Plain }
}
