//! Many items of one type at once: published, unpublished, moved into the trash or out of it, one field of
//! them set. Part by part under one number, so that all of it can be taken back; what cannot be done to one
//! item is told, and done to the others. It must not do what the verb for a single item would refuse.

mod judge;
mod undo;

use std::collections::{HashMap, HashSet};

use super::deed::{Doing, NOT_PUBLIC};
use super::permission::{self, User, Verb};
use super::{Desk, files};
use crate::content::types::MEDIA;
use crate::content::{ContentType, Field, Id, Item, Kind, Value};
use crate::error::{Error, Result};
use crate::store::{Deed, Reason, State, Stored};

pub use judge::Fate;
pub(super) use undo::{needs, undo};

/// The most items that are chosen at once.
pub const MOST: usize = 1_000;

/// How many are done in one transaction.
pub const PART: usize = 50;

/// What somebody wants done with many items.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Their newest versions shown to the public.
    Publish,
    /// Taken from the public.
    Unpublish,
    /// Moved to the trash.
    Trash,
    /// Taken out of the trash.
    Untrash,
    /// A field of their drafts set to this, or emptied.
    Set(&'static Field, Value),
}

impl Wish {
    /// What somebody must be allowed to do with each of them.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Publish => Verb::Publish,
            Self::Unpublish => Verb::Unpublish,
            Self::Trash | Self::Untrash => Verb::Trash,
            Self::Set(..) => Verb::Save,
        }
    }

    const fn deed(&self) -> &'static str {
        match self {
            Self::Publish => Deed::PUBLISH,
            Self::Unpublish => Deed::UNPUBLISH,
            Self::Trash => Deed::TRASH,
            Self::Untrash => Deed::UNTRASH,
            Self::Set(..) => Deed::SET,
        }
    }
}

/// An item that was chosen, in the version that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Which one.
    pub id: Id,
    /// Its version then.
    pub seen: i64,
}

/// An item, and what a wish comes to for it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The item.
    pub stored: Stored,
    /// What comes of the wish.
    pub fate: Fate,
}

/// The fields that can be set in many items of a type: what is chosen rather than written, and may be the
/// same in two of them.
pub fn settable(content_type: &'static ContentType) -> impl Iterator<Item = &'static Field> {
    content_type.fields.iter().filter(|field| is_settable(field))
}

fn is_settable(field: &Field) -> bool {
    let chosen = match field.kind {
        Kind::Flag | Kind::Choice(_) | Kind::Year | Kind::Date | Kind::Zone | Kind::Country => true,
        // A picture is of one thing.
        Kind::One { to, .. } => to != MEDIA.name,
        _ => false,
    };
    chosen && !field.unique
}

/// What setting a field makes of an item.
fn with(item: &Item, field: &Field, value: &Value) -> Item {
    let mut item = item.clone();
    item.set(field.name, value.clone());
    item
}

/// Whether a wish can be had at all.
async fn allow(desk: &Desk, user: &User, content_type: &'static ContentType, wish: &Wish) -> Result<()> {
    if content_type.single {
        return Err(Error::NotFound);
    }
    permission::allow_type(user, wish.verb(), content_type)?;
    let Wish::Set(field, value) = wish else { return Ok(()) };
    if !is_settable(field) || content_type.field(field.name).is_none() {
        return Err(Error::NotFound);
    }
    if field.required && value.is_none() {
        return Err(Error::invalid(
            field.name,
            "missing",
            "Choose what it should be: it is needed to publish.",
        ));
    }
    let (Value::One(id), Kind::One { to, vocabulary }) = (value, field.kind) else { return Ok(()) };
    let target = desk.lists().get(&id.to_string()).await?;
    let fits = target.is_some_and(|target| {
        let says = |name: &str| target.json.get(name).and_then(|text| text.as_str());
        target.content_type.name == to
            && says("_state") != Some(State::Trashed.name())
            && vocabulary.is_none_or(|list| says("vocabulary") == Some(list))
    });
    if !fits {
        return Err(Error::invalid(field.name, "unknown", "This cannot be chosen any more; choose another."));
    }
    Ok(())
}

/// Looks at what a wish comes to for each of these, in their order and in a number of statements that does
/// not grow with them. What does not exist is left out. Changes nothing.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Invalid`] where a field cannot be set to this; [`Error::Refused`] beyond
/// [`MOST`].
pub async fn look(
    desk: &Desk,
    user: &User,
    content_type: &'static ContentType,
    wish: &Wish,
    ids: &[Id],
) -> Result<Vec<Judged>> {
    allow(desk, user, content_type, wish).await?;
    if ids.len() > MOST {
        return Err(too_many());
    }
    let items = desk.store.items(content_type, ids).await?;
    let kept = kept_back(desk, wish, &items).await?;
    let judged = |stored: Stored| Judged { fate: judge::judge(user, wish, &stored, None, &kept), stored };
    Ok(items.into_iter().map(judged).collect())
}

/// Does it to a part of them, at most [`PART`], in one transaction. What was done under the number before is
/// passed over, taken back or not: the same part may be sent twice.
///
/// # Errors
/// As [`look`]; [`Error::Refused`] where the number stands for something else.
pub async fn act(
    desk: &Desk,
    user: &User,
    batch: Id,
    content_type: &'static ContentType,
    wish: &Wish,
    part: &[Chosen],
) -> Result<()> {
    allow(desk, user, content_type, wish).await?;
    if part.len() > PART {
        return Err(too_many());
    }
    let batch = batch.to_string();
    let reason = match wish {
        Wish::Publish => Reason::Publish,
        Wish::Unpublish => Reason::Unpublish,
        Wish::Trash | Wish::Untrash => Reason::Trash,
        Wish::Set(..) => Reason::Batch,
    };
    let mut doing = Doing::begin(desk, user, Some(batch.clone()), reason).await?;
    let before = doing.tx.deeds(&batch).await?;
    let own = |deed: &Deed| {
        deed.account == user.account && deed.verb == wish.deed() && deed.content_type == content_type
    };
    if !before.iter().all(own) {
        return Err(Error::Refused("This form is of something else. Begin again from the list.".to_owned()));
    }
    let before: HashSet<Id> = before.into_iter().map(|deed| deed.id).collect();
    let part: Vec<Chosen> = part.iter().copied().filter(|chosen| !before.contains(&chosen.id)).collect();
    if before.len() + part.len() > MOST {
        return Err(too_many());
    }
    let ids: Vec<Id> = part.iter().map(|chosen| chosen.id).collect();
    let items = doing.tx.items(content_type, &ids).await?;
    let kept = kept_back(desk, wish, &items).await?;
    for stored in items {
        let seen = part.iter().find(|chosen| chosen.id == stored.item.id).map(|chosen| chosen.seen);
        if matches!(judge::judge(user, wish, &stored, seen, &kept), Fate::Happens) {
            one(&mut doing, wish, stored).await?;
        }
    }
    doing.finish().await
}

/// What of all that was chosen was not done under this number, and why.
///
/// # Errors
/// As [`look`].
pub async fn left(
    desk: &Desk,
    user: &User,
    batch: Id,
    content_type: &'static ContentType,
    wish: &Wish,
    chosen: &[Chosen],
) -> Result<Vec<Judged>> {
    let done: HashSet<Id> =
        desk.store.deeds(&batch.to_string()).await?.into_iter().map(|deed| deed.id).collect();
    let left: Vec<Chosen> =
        chosen.iter().copied().filter(|chosen| !done.contains(&chosen.id)).take(MOST).collect();
    let ids: Vec<Id> = left.iter().map(|chosen| chosen.id).collect();
    let found = desk.store.items(content_type, &ids).await?;
    let kept = kept_back(desk, wish, &found).await?;
    let judged = found.into_iter().map(|stored| {
        let seen = left.iter().find(|chosen| chosen.id == stored.item.id).map(|chosen| chosen.seen);
        let fate = match judge::judge(user, wish, &stored, seen, &kept) {
            Fate::Happens => Fate::Stays("It could not be done at that moment; try again.".to_owned()),
            fate => fate,
        };
        Judged { stored, fate }
    });
    Ok(judged.collect())
}

/// What is not published with many others because of a file, with the reason: what opens a file, or leaves one
/// open, is decided for one item at a time.
async fn kept_back(desk: &Desk, wish: &Wish, items: &[Stored]) -> Result<HashMap<Id, String>> {
    if !matches!(wish, Wish::Publish) {
        return Ok(HashMap::new());
    }
    let outputs: Vec<&Item> = items.iter().map(|stored| &stored.item).collect();
    let elsewhere = files::elsewhere(desk, &outputs).await?.into_iter();
    let mut kept: HashMap<Id, String> =
        elsewhere.filter_map(|(id, others)| Some((id, files::asks(&others)?))).collect();
    let media: Vec<Id> =
        items.iter().filter(|one| one.item.content_type == &MEDIA).map(|one| one.item.id).collect();
    for (id, title) in files::held_back(desk, &media, None).await? {
        kept.insert(
            id,
            format!(
                "It is the file of ‘{title}’, which is not open. Publish it from its own page if it is to be."
            ),
        );
    }
    Ok(kept)
}

fn too_many() -> Error {
    Error::Refused(format!("At most {MOST} items can be done at once. Filter the list, and do it in parts."))
}

/// Does it to one item, which may be done.
async fn one(doing: &mut Doing<'_>, wish: &Wish, stored: Stored) -> Result<()> {
    let public = stored.meta.published_version;
    let seen = Some(public.unwrap_or(NOT_PUBLIC));
    match wish {
        Wish::Publish => {
            let now = doing.show(stored.clone()).await?;
            doing.keep(&stored, &now, wish.deed(), seen).await
        }
        Wish::Unpublish => {
            let now = doing.hide(stored.clone(), None).await?;
            doing.note(&stored, &now, wish.deed(), seen).await
        }
        Wish::Trash => {
            let now = doing.put_away(stored.clone()).await?;
            doing.note(&stored, &now, wish.deed(), seen).await
        }
        Wish::Untrash => {
            let now = doing.set_trashed(stored.clone(), false).await?;
            doing.note(&stored, &now, wish.deed(), None).await
        }
        Wish::Set(field, value) => {
            doing.rewrite(&stored, wish.deed(), false, &|item| with(item, field, value)).await.map(drop)
        }
    }
}
