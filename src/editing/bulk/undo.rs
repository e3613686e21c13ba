//! Taking back what was done to many items at once: each is again what it was, in drafts and in public.
//! What somebody has worked on since stays, and is told.

use std::collections::HashMap;

use super::super::Desk;
use super::super::deed::{Doing, NOT_PUBLIC};
use super::super::import::{NOT_KEPT, Stayed, Undone};
use super::super::permission::{User, Verb};
use super::super::take_back::{Sides, VERB};
use crate::content::Id;
use crate::content::types::MEDIA;
use crate::error::{Error, Result};
use crate::store::{Deed, Reason, State, Stored};

/// What taking this back needs; none where it was not done to many items alike.
pub(in crate::editing) fn needs(deed: &Deed) -> Option<Verb> {
    match deed.verb {
        Deed::PUBLISH => Some(Verb::Unpublish),
        Deed::UNPUBLISH => Some(Verb::Publish),
        Deed::TRASH | Deed::UNTRASH => Some(Verb::Trash),
        Deed::SET => Some(Verb::Save),
        _ => None,
    }
}

/// Takes back what was done under one number, to items of one type, in one transaction. Permission for the
/// whole was asked before; it is asked again for each.
pub(in crate::editing) async fn undo(desk: &Desk, user: &User, deeds: &[Deed]) -> Result<Undone> {
    let content_type = deeds.first().ok_or(Error::NotFound)?.content_type;
    let mut doing = Doing::begin(desk, user, None, Reason::Undo).await?;
    let mut undone = Undone::default();
    let ids: Vec<Id> = deeds.iter().map(|deed| deed.id).collect();
    let found = doing.tx.items(content_type, &ids).await?;
    let mut found: HashMap<Id, Stored> = found.into_iter().map(|stored| (stored.item.id, stored)).collect();
    for deed in deeds {
        let Some(stored) = found.remove(&deed.id) else { continue };
        if !needs(deed).is_some_and(|verb| user.may_with(verb, &stored)) {
            undone.stayed.push(Stayed { stored, why: "It is not yours to change any more." });
            continue;
        }
        let back = match (deed.verb, deed.before) {
            (Deed::PUBLISH, _) => unpublish(&mut doing, deed, &stored).await?,
            (Deed::UNPUBLISH, _) => publish(&mut doing, deed, &stored).await?,
            (Deed::TRASH, _) => untrash(&mut doing, deed, &stored).await?,
            (Deed::UNTRASH, _) => trash(&mut doing, deed, &stored).await?,
            (_, Some(before)) => unset(&mut doing, deed, before, &stored).await?,
            (_, None) => continue,
        };
        match back {
            Back::Done => undone.restored += 1,
            Back::Before => {}
            Back::Stays(why) => undone.stayed.push(Stayed { stored, why }),
        }
    }
    doing.finish().await?;
    Ok(undone)
}

/// What taking back comes to for one item.
enum Back {
    /// It is as it was.
    Done,
    /// It was so already.
    Before,
    /// It stays as it is.
    Stays(&'static str),
}

async fn done(doing: &Doing<'_>, deed: &Deed) -> Result<Back> {
    doing.audit(VERB, deed.id, "").await?;
    Ok(Back::Done)
}

/// A file is public for the sake of those again for whose it was.
async fn again(doing: &mut Doing<'_>, deed: &Deed) -> Result<Back> {
    match doing.hold_again(deed).await? {
        false => done(doing, deed).await,
        true => Ok(Back::Stays(
            "It is the file of an output that is not open by now; publish it from its own page.",
        )),
    }
}

/// The version that the public saw before.
fn saw(deed: &Deed) -> Option<i64> {
    deed.public.filter(|version| *version != NOT_PUBLIC)
}

/// What was published: the public sees again what it saw, or nothing.
async fn unpublish(doing: &mut Doing<'_>, deed: &Deed, stored: &Stored) -> Result<Back> {
    let meta = &stored.meta;
    match (meta.published_version, saw(deed)) {
        (now, before) if now == before => Ok(Back::Before),
        (None, _) => Ok(Back::Stays("The public does not see it any more.")),
        (Some(now), _) if now != deed.after || meta.published_at != Some(deed.at) => {
            Ok(Back::Stays("It was published again since."))
        }
        (_, before) if stored.item.content_type == &MEDIA => {
            let back = again(doing, deed).await?;
            if let (Back::Done, Some(before)) = (&back, before) {
                doing.show_version(stored.clone(), before).await?;
            }
            Ok(back)
        }
        (_, Some(before)) => {
            doing.show_version(stored.clone(), before).await?;
            done(doing, deed).await
        }
        (_, None) => {
            doing.hide(stored.clone(), None).await?;
            doing.audit("unpublish", deed.id, "").await?;
            done(doing, deed).await
        }
    }
}

/// What was unpublished: the public sees again what it saw.
async fn publish(doing: &mut Doing<'_>, deed: &Deed, stored: &Stored) -> Result<Back> {
    match (stored.meta.published_version, saw(deed)) {
        (Some(now), Some(before)) if now != before => Ok(Back::Stays("It was published again since.")),
        (Some(_), _) | (_, None) => Ok(Back::Before),
        _ if stored.state() == State::Trashed => Ok(Back::Stays("It was moved to the trash since.")),
        _ if doing.decided_since(deed.id, deed).await? => {
            Ok(Back::Stays("It was published and withdrawn again since."))
        }
        (None, Some(_)) if stored.item.content_type == &MEDIA => again(doing, deed).await,
        (None, Some(before)) => {
            doing.show_version(stored.clone(), before).await?;
            done(doing, deed).await
        }
    }
}

/// What went into the trash: it comes out, and the public sees again what it saw.
async fn untrash(doing: &mut Doing<'_>, deed: &Deed, stored: &Stored) -> Result<Back> {
    match stored.meta.trashed_at {
        None => return Ok(Back::Before),
        Some(at) if at != deed.at => return Ok(Back::Stays("It was moved to the trash again since.")),
        Some(_) => {}
    }
    let stored = doing.set_trashed(stored.clone(), false).await?;
    let may = doing.user.may_with(Verb::Publish, &stored);
    if stored.item.content_type == &MEDIA {
        return if may { again(doing, deed).await } else { done(doing, deed).await };
    } else if let Some(before) = saw(deed).filter(|_| may)
        && !doing.decided_since(deed.id, deed).await?
    {
        doing.show_version(stored, before).await?;
    }
    done(doing, deed).await
}

/// What came out of the trash: it goes back.
async fn trash(doing: &mut Doing<'_>, deed: &Deed, stored: &Stored) -> Result<Back> {
    Ok(match stored.state() {
        State::Trashed => Back::Before,
        _ if stored.meta.version != deed.after => Back::Stays("It was changed since."),
        State::Draft => {
            doing.put_away(stored.clone()).await?;
            done(doing, deed).await?
        }
        State::Published | State::Changed => Back::Stays("It was published since."),
    })
}

/// What was set: the field is what it was, unless somebody has changed it since.
async fn unset(doing: &mut Doing<'_>, deed: &Deed, before: i64, stored: &Stored) -> Result<Back> {
    let Some(sides) = Sides::of(doing.desk, deed, before).await? else { return Ok(Back::Stays(NOT_KEPT)) };
    if sides.clashes(&stored.item) {
        return Ok(Back::Stays("Somebody has changed the same field since."));
    }
    let item = sides.back(&stored.item);
    let mut stored = stored.clone();
    // Again what the public sees, and so without changes.
    if stored.meta.published_version == Some(before) && item == sides.before {
        stored.meta.published_version = Some(stored.meta.version + 1);
    }
    let back = doing.rewrite(&stored, VERB, false, &|_| item.clone()).await?;
    Ok(if back.is_some() { Back::Done } else { Back::Before })
}
