//! Which files of the library the public may have. A media item is public while one of its grounds is open:
//! itself, where somebody published it alone, or an item that somebody published together with it, while
//! that is public and, if it is an output, open. Nothing else makes a file public: neither that nobody names
//! it, nor that somebody does.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::deed::Doing;
use super::permission::{User, Verb};
use super::{Desk, embargo};
use crate::content::types::{MEDIA, OPEN, OUTPUT};
use crate::content::{Id, Item};
use crate::error::{Error, Result};
use crate::store::{Deed, Ground, Reason, Stored};

/// What becomes of the file of an output that is not open, where it is public for the sake of something
/// else too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Elsewhere {
    /// Nothing is published; whoever wants it is told, and asked again.
    #[default]
    Ask,
    /// It ceases to be public there.
    Close,
    /// It stays public there.
    Keep,
}

/// For whose sake a file is public beside the output that has it.
#[derive(Clone, Debug)]
pub struct OtherGround {
    /// The media item.
    pub media: Stored,
    /// The item for whose sake it is public; the media item itself where that is for its own.
    pub item: Stored,
}

impl OtherGround {
    /// In words, ‘for its own sake’ or with the item's name.
    #[must_use]
    pub fn words(&self) -> String {
        if self.item.item.id == self.media.item.id {
            return "it was published by itself".to_owned();
        }
        let label = self.item.item.content_type.label.to_lowercase();
        let shows = match self.item.meta.published_version {
            Some(_) => "shows it",
            None => "would show it again if it were published again",
        };
        format!("the {label} ‘{}’ {shows}", self.item.item.title())
    }
}

impl Doing<'_> {
    /// From now on a media item, as it is, is public for this item's sake, while that is open.
    pub(super) async fn hold(&mut self, media: &Stored, item: Id) -> Result<()> {
        self.note_grounds(media.item.id).await?;
        self.tx.add_ground(Ground { media: media.item.id, item, version: media.meta.version }).await
    }

    /// From now on a media item is public for nobody's sake.
    pub(super) async fn release(&mut self, media: &Stored) -> Result<()> {
        let id = media.item.id;
        for (item, _) in self.note_grounds(id).await? {
            self.tx.drop_ground(id, item).await?;
        }
        Ok(())
    }

    /// Notes for whose sake a media item was public before this deed, so that it can be taken back.
    async fn note_grounds(&mut self, media: Id) -> Result<Vec<(Id, i64)>> {
        self.touched.insert(media);
        let grounds = self.tx.grounds_around(&[media]).await?.into_iter();
        let grounds: Vec<_> =
            grounds.filter(|one| one.media == media).map(|one| (one.item, one.version)).collect();
        self.held.entry(media).or_insert_with(|| grounds.clone());
        Ok(grounds)
    }

    /// A media item is public for the sake of those again for whose it was before a deed, beside those that
    /// came since. Not for what does not show it any more or was published since, when somebody has decided
    /// anew; and for nobody's where an output keeps it back by now: gives whether that is so.
    pub(super) async fn hold_again(&mut self, deed: &Deed) -> Result<bool> {
        self.touched.insert(deed.id);
        let own = deed.grounds.iter().any(|(item, _)| *item == deed.id);
        if deed.verb == Deed::PUBLISH && !own {
            self.tx.drop_ground(deed.id, deed.id).await?;
        }
        if held_back(self.desk, &[deed.id], None).await?.contains_key(&deed.id) {
            return Ok(true);
        }
        for (item, version) in &deed.grounds {
            let holds = *item == deed.id
                || self.shows(*item, deed.id).await? && !self.decided_since(*item, deed).await?;
            if holds {
                self.tx.add_ground(Ground { media: deed.id, item: *item, version: *version }).await?;
            }
        }
        Ok(false)
    }

    /// Whether an item was published or withdrawn after a deed.
    pub(super) async fn decided_since(&self, item: Id, deed: &Deed) -> Result<bool> {
        Ok(self.tx.last_published(item).await?.is_some_and(|at| at > deed.at))
    }

    /// Whether an item shows a media item: as the public sees it, or as it is where the public does not.
    async fn shows(&self, item: Id, media: Id) -> Result<bool> {
        let stored = match self.tx.item(item).await {
            // Deleted for good since.
            Err(Error::NotFound) => return Ok(false),
            stored => stored?,
        };
        let seen = match stored.meta.published_version {
            Some(seen) if seen != stored.meta.version => {
                self.desk.store.revision(stored.item.content_type, item, seen).await?
            }
            _ => Some(stored.item),
        };
        Ok(seen.is_some_and(|seen| seen.links().any(|(_, to)| to == media)))
    }

    /// What was public for the sake of one item is so for another's that shows it now in its place.
    pub(super) async fn carry(&mut self, from: Id, to: Id) -> Result<()> {
        let Some(links) = self.shown.get(&to).cloned() else { return Ok(()) };
        for ground in self.tx.grounds_around(&[from]).await? {
            if ground.item == from && links.contains(&ground.media) {
                self.touched.insert(ground.media);
                self.tx.add_ground(Ground { item: to, ..ground }).await?;
            }
        }
        Ok(())
    }

    /// Opens the files that have an open ground now and closes those that have none any more, after
    /// everything else that a transaction does.
    pub(super) async fn settle_files(&mut self) -> Result<()> {
        let changed: Vec<Id> = self.shown.keys().chain(&self.touched).copied().collect();
        if changed.is_empty() {
            return Ok(());
        }
        let mut grounds: HashMap<Id, Vec<Ground>> = HashMap::new();
        for ground in self.tx.grounds_around(&changed).await? {
            // What an item does not show any more is not public for its sake.
            let fell = self.shown.get(&ground.item).is_some_and(|links| !links.contains(&ground.media));
            if fell && !ground.is_own() {
                self.tx.drop_ground(ground.media, ground.item).await?;
                grounds.entry(ground.media).or_default();
            } else {
                grounds.entry(ground.media).or_default().push(ground);
            }
        }
        // And those that have no ground left.
        let ids: Vec<Id> =
            grounds.keys().chain(&self.touched).copied().collect::<HashSet<_>>().into_iter().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let items: Vec<Id> =
            grounds.values().flatten().filter(|one| !one.is_own()).map(|one| one.item).collect();
        let open = self.tx.open_among(&items).await?;
        let reason = std::mem::replace(&mut self.reason, Reason::File);
        for media in self.tx.items(&MEDIA, &ids).await? {
            let grounds = grounds.remove(&media.item.id).unwrap_or_default();
            let mut opening = grounds.iter().filter(|one| one.is_own() || open.contains(&one.item));
            // What was looked at for the sake of something that is closed is not shown because of another.
            let newest = opening.by_ref().map(|ground| ground.version).max();
            match (media.meta.published_version, newest) {
                (seen, Some(version))
                    if media.meta.trashed_at.is_none() && seen.is_none_or(|seen| seen < version) =>
                {
                    self.show_version(media, version).await?;
                }
                (Some(_), None) => {
                    let id = media.item.id;
                    self.withdraw(media, None).await?;
                    self.audit("unpublish", id, "nothing shows it any more").await?;
                }
                _ => {}
            }
        }
        self.reason = reason;
        Ok(())
    }
}

/// The day that it is in the site's time zone.
pub(super) async fn today(desk: &Desk) -> Result<NaiveDate> {
    Ok(desk.clock.now().with_timezone(&desk.store.site_zone().await?.0).date_naive())
}

/// Whether the public may not have the file of this item, once it is published.
pub(super) fn is_closed(item: &Item, today: NaiveDate) -> bool {
    let over = embargo::until(item).is_some_and(|day| day <= today);
    item.content_type == &OUTPUT && item.text("availability") != OPEN && !over
}

/// For whose sake the files of these outputs are public beside them, where they are not open themselves.
///
/// # Errors
/// Where the database fails.
pub(super) async fn elsewhere(desk: &Desk, outputs: &[&Item]) -> Result<HashMap<Id, Vec<OtherGround>>> {
    let mut found: HashMap<Id, Vec<OtherGround>> = HashMap::new();
    let mut files: Vec<(&Item, Id)> = outputs
        .iter()
        .filter(|item| item.content_type == &OUTPUT)
        .filter_map(|item| Some((*item, item.one("file")?)))
        .collect();
    if files.is_empty() {
        return Ok(found);
    }
    // The day is asked for only where it matters.
    let today = today(desk).await?;
    files.retain(|(item, _)| is_closed(item, today));
    let files: Vec<(Id, Id)> = files.into_iter().map(|(item, media)| (item.id, media)).collect();
    if files.is_empty() {
        return Ok(found);
    }
    let media: Vec<Id> = files.iter().map(|(_, media)| *media).collect();
    let mut grounds = desk.store.grounds_around(&media).await?;
    grounds.retain(|ground| media.contains(&ground.media));
    let items: Vec<Id> = grounds.iter().map(|ground| ground.item).collect();
    let open = desk.store.open_among(&items).await?;
    let mut known: HashMap<Id, Stored> =
        desk.store.items(&MEDIA, &media).await?.into_iter().map(|one| (one.item.id, one)).collect();
    for ground in &grounds {
        if let Entry::Vacant(place) = known.entry(ground.item) {
            place.insert(desk.store.item(ground.item).await?);
        }
    }
    // What is public and does not open the file keeps it back, as this one does. What is withdrawn would open it
    // when it is published again.
    grounds.retain(|ground| {
        let public = known.get(&ground.item).is_some_and(|one| one.meta.published_version.is_some());
        ground.is_own() || open.contains(&ground.item) || !public
    });
    for (output, media) in files {
        for ground in grounds.iter().filter(|ground| ground.media == media && ground.item != output) {
            if let (Some(media), Some(item)) = (known.get(&media), known.get(&ground.item)) {
                let other = OtherGround { media: media.clone(), item: item.clone() };
                found.entry(output).or_default().push(other);
            }
        }
    }
    Ok(found)
}

/// Why an output cannot be published as it is, where its file is public elsewhere.
pub(super) fn asks(others: &[OtherGround]) -> Option<String> {
    let first = others.first()?;
    let said: Vec<String> = others.iter().map(OtherGround::words).collect();
    Some(format!(
        "Its file ‘{}’ is public although this is not open: {}. Publish it from its own page, where you can close \
         the file.",
        first.media.item.title(),
        said.join(", ")
    ))
}

/// Takes the file of an output from where it is public beside it.
///
/// # Errors
/// [`Error::Refused`] where one of these is not theirs to publish, by its name.
pub(super) async fn close(doing: &mut Doing<'_>, user: &User, others: &[OtherGround]) -> Result<()> {
    for other in others {
        if !user.may_with(Verb::Publish, &other.item) {
            return Err(Error::Refused(format!(
                "Its file is public because {}, and only editors of that can close it. Ask one of them.",
                other.words()
            )));
        }
        doing.touched.insert(other.media.item.id);
        doing.tx.drop_ground(other.media.item.id, other.item.item.id).await?;
    }
    Ok(())
}

/// Which of these media items are files of outputs that are not open, but for one, with the title of one such
/// output.
///
/// # Errors
/// Where the database fails.
pub(super) async fn held_back(desk: &Desk, media: &[Id], except: Option<Id>) -> Result<HashMap<Id, String>> {
    let mut held = HashMap::new();
    if media.is_empty() {
        return Ok(held);
    }
    let Some(field) = OUTPUT.field("file") else { return Ok(held) };
    let today = today(desk).await?;
    // The same bytes in another item are the same file.
    let twins = desk.store.same_files(media).await?;
    let asked = media;
    let media: Vec<Id> = asked.iter().copied().chain(twins.iter().map(|(_, twin)| *twin)).collect();
    let media = media.as_slice();
    // As the public sees it: a draft that says otherwise opens nothing.
    let mut grounds = desk.store.grounds_around(media).await?;
    grounds.retain(|one| media.contains(&one.media) && !one.is_own() && Some(one.item) != except);
    let open = desk.store.open_among(&grounds.iter().map(|one| one.item).collect::<Vec<_>>()).await?;
    for ground in grounds.iter().filter(|one| !open.contains(&one.item)) {
        let stored = desk.store.item(ground.item).await?;
        if stored.meta.published_version.is_some() {
            held.entry(ground.media).or_insert_with(|| stored.item.title());
        }
    }
    let pairs = desk.store.linking_to(&OUTPUT, field, media).await?;
    let outputs: Vec<Id> = pairs.iter().map(|(output, _)| *output).collect();
    let outputs = desk.store.items(&OUTPUT, &outputs).await?;
    for (output, media) in pairs {
        let output = outputs.iter().find(|one| one.item.id == output && Some(output) != except);
        if let Some(output) =
            output.filter(|one| one.meta.trashed_at.is_none() && is_closed(&one.item, today))
        {
            held.entry(media).or_insert_with(|| output.item.title());
        }
    }
    for (media, twin) in twins {
        if let Some(title) = held.get(&twin).cloned() {
            held.entry(media).or_insert(title);
        }
    }
    held.retain(|media, _| asked.contains(media));
    Ok(held)
}
