//! For whose sake readers get a file of the library, or why they do not: what editors are told about it. It must
//! not decide anything; `editing::files` does.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::Desk;
use crate::content::types::{EMBARGOED, ON_REQUEST, OPEN, OUTPUT};
use crate::content::{ContentType, Id};
use crate::error::Result;
use crate::published::Document;
use crate::store::{State, Stored};

/// What a file of the library has to do with an item, or with itself.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The item; none where the file was published by itself.
    pub item: Option<Named>,
    /// What comes of it.
    pub why: Why,
}

/// An item by its name.
#[derive(Clone, Debug)]
pub struct Named {
    /// The item.
    pub id: Id,
    /// Its type.
    pub content_type: &'static ContentType,
    /// What it is called.
    pub title: String,
}

/// Why readers get a file because of an item, or why not. Those that open it come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It was published by itself.
    Itself,
    /// The item shows it.
    Shown,
    /// It was published together with the item, whose embargo ends on this day.
    Embargo(NaiveDate),
    /// The item is an output that readers have to ask for.
    OnRequest,
    /// The item is an output that cannot be had.
    Unavailable,
    /// It was not published together with the item, whose embargo ends on this day.
    LeftOutUntil(NaiveDate),
    /// Readers see the item, and the file was not published together with it.
    LeftOut,
    /// Readers saw the item once, and do not any more.
    Withdrawn,
    /// The item was public once and lies in the trash.
    Trashed,
    /// The item, whose file it is, was not published yet.
    Draft,
}

impl Why {
    /// Whether readers get the file for this reason now.
    #[must_use]
    pub fn opens(self) -> bool {
        matches!(self, Self::Itself | Self::Shown)
    }
}

/// Everything that a media item is public for, was or will be, and the outputs whose file it is; first what
/// opens it. The same number of statements, however many these are.
///
/// # Errors
/// Where the database or a read store fails.
pub async fn reach(desk: &Desk, media: &Stored) -> Result<Vec<Reach>> {
    let id = media.item.id;
    let mut grounds = desk.store.grounds_around(&[id]).await?;
    grounds.retain(|ground| ground.media == id);
    let mut found: Vec<Reach> = Vec::new();
    if media.meta.published_version.is_some() && grounds.iter().any(|ground| ground.is_own()) {
        found.push(Reach { item: None, why: Why::Itself });
    }
    // Whether it was published together with each of them.
    let mut around: HashMap<Id, bool> =
        grounds.iter().filter(|ground| !ground.is_own()).map(|ground| (ground.item, true)).collect();
    if let Some(field) = OUTPUT.field("file") {
        for (output, _) in desk.store.linking_to(&OUTPUT, field, &[id]).await? {
            around.entry(output).or_insert(false);
        }
    }
    let ids: Vec<String> = around.keys().map(Id::to_string).collect();
    let open = desk.store.open_among(&around.keys().copied().collect::<Vec<_>>()).await?;
    let drafts = desk.lists().titles(&ids).await?;
    let public = desk.published.reader().titles(&ids).await?;
    for (item, together) in around {
        let key = item.to_string();
        let Some(draft) = drafts.get(&key) else { continue };
        let why = match public.get(&key) {
            Some(_) if open.contains(&item) && together => Some(Why::Shown),
            Some(public) => Some(closed(public, together)),
            None => gone(draft, together),
        };
        if let Some(why) = why {
            let (content_type, title) = (draft.content_type, draft.title.clone());
            found.push(Reach { item: Some(Named { id: item, content_type, title }), why });
        }
    }
    found.sort_by(|a, b| {
        (a.why, a.item.as_ref().map(|one| &one.title)).cmp(&(b.why, b.item.as_ref().map(|one| &one.title)))
    });
    Ok(found)
}

/// Why readers do not get the file because of something that they see.
fn closed(public: &Document, together: bool) -> Why {
    let read = |name: &str| public.json.get(name).and_then(|text| text.as_str()).unwrap_or_default();
    match (read("availability"), read("embargo_until").parse().ok()) {
        (EMBARGOED, Some(day)) if together => Why::Embargo(day),
        (EMBARGOED, Some(day)) => Why::LeftOutUntil(day),
        (ON_REQUEST, _) => Why::OnRequest,
        (availability, _) if public.content_type == &OUTPUT && availability != OPEN => Why::Unavailable,
        _ => Why::LeftOut,
    }
}

/// The same of something that they do not see.
fn gone(draft: &Document, together: bool) -> Option<Why> {
    let state = draft.json.get("_state").and_then(|state| state.as_str()).and_then(State::by_name);
    match (state, together) {
        (Some(State::Trashed), true) => Some(Why::Trashed),
        (Some(State::Trashed), false) => None,
        (_, true) => Some(Why::Withdrawn),
        (_, false) => Some(Why::Draft),
    }
}
