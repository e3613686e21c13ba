//! Items with what is true of every item: version, who and when, state. It must not judge who may
//! change them.

mod delete;
mod read;
mod write;

use chrono::{DateTime, Utc};

use super::entity::item;
use crate::content::Item;
use crate::content::document::{self, Change, Place};

pub(super) use read::newest;

/// What is true of an item beside its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Counts the saves from 1; a save names the version that it saw.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it; none for what came with the set-up.
    pub created_by: Option<String>,
    /// When it was last saved.
    pub updated_at: DateTime<Utc>,
    /// Who saved it last.
    pub updated_by: Option<String>,
    /// Since when it lies in the trash.
    pub trashed_at: Option<DateTime<Utc>>,
    /// The version that the public sees.
    pub published_version: Option<i64>,
    /// When the public first saw it.
    pub first_published_at: Option<DateTime<Utc>>,
    /// When it was last published.
    pub published_at: Option<DateTime<Utc>>,
}

/// Where an item stands between draft and public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The public does not see it.
    Draft,
    /// The public sees what the editors see.
    Published,
    /// The public sees an older version.
    Changed,
    /// It lies in the trash.
    Trashed,
}

impl State {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Changed => "changed",
            Self::Trashed => "trashed",
        }
    }

    /// What editors read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Published => "Published",
            Self::Changed => "Published, with changes",
            Self::Trashed => "In the trash",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Draft, Self::Published, Self::Changed, Self::Trashed]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// An item as the database keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Its content.
    pub item: Item,
    /// The rest.
    pub meta: Meta,
}

impl Stored {
    /// Where it stands between draft and public.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.meta.trashed_at, self.meta.published_version) {
            (Some(_), _) => State::Trashed,
            (None, None) => State::Draft,
            (None, Some(version)) if version == self.meta.version => State::Published,
            (None, Some(_)) => State::Changed,
        }
    }

    /// What the drafts store is told of it.
    #[must_use]
    pub fn draft(&self, place: Place) -> Change {
        let by = self.meta.updated_by.as_deref();
        let document = document::draft(&self.item, self.state().name(), self.meta.updated_at, by);
        Change {
            sequence: place.sequence,
            nonce: place.nonce,
            id: self.item.id,
            content_type: self.item.content_type,
            document: Some(document),
            slugs: vec![self.item.slug.clone()],
            gone: Vec::new(),
            successor: None,
            at: self.meta.updated_at,
        }
    }
}

fn meta(row: &item::Model) -> Meta {
    Meta {
        version: row.version,
        created_at: row.created_at,
        created_by: row.created_by.clone(),
        updated_at: row.updated_at,
        updated_by: row.updated_by.clone(),
        trashed_at: row.trashed_at,
        published_version: row.published_version,
        first_published_at: row.first_published_at,
        published_at: row.published_at,
    }
}
