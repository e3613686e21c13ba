//! Publishing: the newest version of some items becomes what the public sees, all or none.

use super::Desk;
use super::deed::Doing;
use super::files::{self, Elsewhere};
use super::permission::{self, User, Verb};
use super::save::EDITS_MAX;
use crate::content::types::{MEDIA, OUTPUT};
use crate::content::{Id, Problems, validate};
use crate::error::{Error, Result};
use crate::store::{Reason, Stored};

/// What is to be published, and what was looked at before.
#[derive(Clone, Copy, Debug)]
pub struct Publish<'ids> {
    /// The item.
    pub id: Id,
    /// The version that was looked at; none takes the newest.
    pub seen: Option<i64>,
    /// What is published together with it, each with the version that was looked at; none takes the newest.
    /// Files among it are public for the sake of what shows them, and no longer than that is.
    pub together: &'ids [(Id, Option<i64>)],
    /// What becomes of the file of an output that is not open, where it is public elsewhere.
    pub elsewhere: Elsewhere,
}

/// Publishes an item, and others together with it, asking nothing; see [`publish_as`].
///
/// # Errors
/// As [`publish_as`].
pub async fn publish(
    desk: &Desk,
    user: &User,
    id: Id,
    seen: Option<i64>,
    together: &[Id],
) -> Result<Vec<Stored>> {
    let together: Vec<_> = together.iter().map(|id| (*id, None)).collect();
    publish_as(desk, user, Publish { id, seen, together: &together, elsewhere: Elsewhere::Ask }).await
}

/// Publishes an item, and others together with it, and gives them but for the files among those. What is public
/// already in its newest version is passed over.
///
/// # Errors
/// [`Error::Invalid`] where something is missing: problems of others than the first stand below
/// their id. [`Error::Refused`] beyond [`EDITS_MAX`] others, and where the file of an output that is not open
/// is public elsewhere and nobody has said what becomes of that. [`Error::Conflict`] where somebody has saved
/// since; [`Error::Denied`].
pub async fn publish_as(desk: &Desk, user: &User, wish: Publish<'_>) -> Result<Vec<Stored>> {
    if wish.together.len() > EDITS_MAX {
        return Err(Error::Refused(format!(
            "At most {EDITS_MAX} items can be published at once; publish in parts."
        )));
    }
    let mut doing = Doing::begin(desk, user, None, Reason::Publish).await?;
    let all = load(&doing, wish).await?.into_iter();
    let (items, together): (Vec<_>, Vec<_>) =
        all.partition(|stored| stored.item.id == wish.id || stored.item.content_type != &MEDIA);
    close_elsewhere(&mut doing, &items, wish.elsewhere).await?;
    let mut done = Vec::with_capacity(items.len());
    for stored in &items {
        if stored.item.content_type == &MEDIA {
            // By itself: somebody has said so.
            doing.hold(stored, stored.item.id).await?;
        }
        let is_seen = stored.meta.published_version == Some(stored.meta.version);
        done.push(if is_seen { stored.clone() } else { doing.show_newest(stored.clone()).await? });
    }
    for file in together {
        let shows = |stored: &&Stored| stored.item.links().any(|(_, to)| to == file.item.id);
        let mut sakes: Vec<&Stored> = items.iter().filter(shows).collect();
        if sakes.is_empty() {
            return Err(Error::Refused(format!(
                "Nothing that is published now shows ‘{}’. Publish it from its own page.",
                file.item.title()
            )));
        }
        // What one of them keeps back is not opened by the others, unless somebody has said so.
        let today = files::today(desk).await?;
        let is_file = |stored: &Stored| {
            stored.item.content_type == &OUTPUT && stored.item.one("file") == Some(file.item.id)
        };
        let keeps = |stored: &Stored| is_file(stored) && files::is_closed(&stored.item, today);
        if wish.elsewhere != Elsewhere::Keep && sakes.iter().any(|stored| keeps(stored)) {
            sakes.retain(|stored| keeps(stored));
        }
        for stored in sakes {
            doing.hold(&file, stored.item.id).await?;
        }
    }
    doing.finish().await?;
    Ok(done)
}

/// Everything that is to be published, the item itself first.
async fn load(doing: &Doing<'_>, wish: Publish<'_>) -> Result<Vec<Stored>> {
    let mut problems = Problems::default();
    let mut all: Vec<Stored> = Vec::new();
    let others = wish.together.iter().copied().filter(|(other, _)| *other != wish.id);
    for (at, (one, seen)) in std::iter::once((wish.id, wish.seen)).chain(others).enumerate() {
        let stored = permission::load(&doing.tx, doing.user, Verb::Publish, one).await?;
        if seen.is_some_and(|seen| seen != stored.meta.version) {
            return Err(Error::Conflict(vec![one]));
        }
        if stored.meta.trashed_at.is_some() {
            return Err(Error::Refused(
                "This is in the trash. Take it out before you publish it.".to_owned(),
            ));
        }
        let wrong = validate::publication(&stored.item);
        problems.extend(if at == 0 { wrong } else { wrong.below(&one.to_string()) });
        if all.iter().all(|known| known.item.id != one) {
            all.push(stored);
        }
    }
    if problems.is_empty() { Ok(all) } else { Err(Error::Invalid(problems)) }
}

/// Sees to the files of outputs that are not open.
async fn close_elsewhere(doing: &mut Doing<'_>, items: &[Stored], wish: Elsewhere) -> Result<()> {
    if wish == Elsewhere::Keep {
        return Ok(());
    }
    let items: Vec<_> = items.iter().map(|stored| &stored.item).collect();
    let (desk, user) = (doing.desk, doing.user);
    for others in files::elsewhere(desk, &items).await?.values() {
        match (wish, files::asks(others)) {
            (Elsewhere::Close, _) => files::close(doing, user, others).await?,
            (_, Some(asks)) => return Err(Error::Refused(asks)),
            (_, None) => {}
        }
    }
    Ok(())
}
