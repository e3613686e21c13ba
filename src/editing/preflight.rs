//! Before publishing: what is missing, what will change in public, what else is not public yet.
//! It changes nothing.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::Desk;
use super::files::{self, OtherGround};
use super::permission::{self, User, Verb};
use crate::content::diff::{self, Change};
use crate::content::types::{MEDIA, OUTPUT, embargo};
use crate::content::{ContentType, Field, Id, Item, Problems, by_name, validate};
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
    let Linked { mut candidates, kept } = linked(desk, &stored).await?;
    candidates.extend(rows(desk, &stored).await?);
    candidates.retain(|candidate| user.may_with(Verb::Publish, &candidate.stored));
    let closed =
        stored.item.content_type == &OUTPUT && files::is_closed(&stored.item, files::today(desk).await?);
    say_of_files(desk, &stored.item, closed, &mut candidates).await?;
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

/// What an item links to, as far as it could be published with it, and the files that were before.
struct Linked {
    candidates: Vec<Candidate>,
    kept: Vec<Stored>,
}

/// Looks at what the item links to, of each type at once.
async fn linked(desk: &Desk, stored: &Stored) -> Result<Linked> {
    let (item, id) = (&stored.item, stored.item.id);
    let mut found = Linked { candidates: Vec::new(), kept: Vec::new() };
    let grounds = desk.store.grounds_around(&[id]).await?;
    let links: Vec<(&str, Id)> = item.links().collect();
    // What rich text links to may be of any type.
    let texts = |name: &str| item.content_type.field(name).filter(|field| field.target().is_none());
    let in_text: Vec<String> =
        links.iter().filter(|(field, _)| texts(field).is_some()).map(|(_, id)| id.to_string()).collect();
    let in_text = if in_text.is_empty() { HashMap::new() } else { desk.lists().titles(&in_text).await? };
    for content_type in crate::content::TYPES {
        let mut ids: Vec<Id> = Vec::new();
        for (field, target) in &links {
            let fits = match item.content_type.field(field).and_then(Field::target) {
                Some(name) => name == content_type.name,
                None => in_text.get(&target.to_string()).is_some_and(|one| one.content_type == content_type),
            };
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
                found.kept.push(linked);
            } else if offered {
                let by = links.iter().find(|(_, target)| *target == linked.item.id);
                let by = by.and_then(|(name, _)| item.content_type.field(name));
                found.candidates.push(candidate(linked, Some(by.map_or("", |field| field.label))));
            }
        }
    }
    Ok(found)
}

/// The rows of a project's table that are new or changed.
async fn rows(desk: &Desk, stored: &Stored) -> Result<Vec<Candidate>> {
    let mut rows = Vec::new();
    for inverse in stored.item.content_type.inverses.iter().filter(|inverse| inverse.order == "position") {
        let Some(from) = by_name(inverse.from) else { continue };
        let Some(field) = from.field(inverse.field) else { continue };
        let linking = desk.store.linking(from, field, stored.item.id).await?;
        let news = linking.into_iter().filter(|row| matches!(row.state(), State::Draft | State::Changed));
        rows.extend(news.map(|row| candidate(row, None)));
    }
    Ok(rows)
}

/// Says of each file among the candidates what it means to the public; `closed` is whether the item will be
/// an output that is not open.
async fn say_of_files(desk: &Desk, item: &Item, closed: bool, candidates: &mut [Candidate]) -> Result<()> {
    let media = candidates.iter().filter(|one| one.stored.item.content_type == &MEDIA);
    let media: Vec<Id> = media.map(|one| one.stored.item.id).collect();
    let mut held = files::held_back(desk, &media, Some(item.id)).await?;
    for candidate in candidates.iter_mut().filter(|one| one.stored.item.content_type == &MEDIA) {
        candidate.file = match held.remove(&candidate.stored.item.id) {
            _ if closed => Sake::Waits(embargo(item)),
            _ if candidate.stored.meta.published_version.is_some() => Sake::Public,
            Some(title) => Sake::HeldBack(title),
            None => Sake::Plain,
        };
    }
    Ok(())
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
