//! What a list may be asked for. Names come from declarations. It must not say how it is found; that
//! is in `statement`.

use serde::{Deserialize, Serialize};

use super::schema;
use crate::content::{ContentType, Inverse, by_name};

/// A value that a key is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// A number.
    Integer(i64),
    /// Text in the key's spelling.
    Text(String),
}

/// One condition; all of a list's conditions hold together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// The key is one of these.
    Key(&'static str, Vec<Scalar>),
    /// The key lies between these, both included.
    Range(&'static str, Option<Scalar>, Option<Scalar>),
    /// The field links to one of these ids.
    Link(&'static str, Vec<String>),
    /// The field links to this one item. Once in a list at most; it can then be sorted by
    /// [`Order::PLACE`].
    Of(&'static str, String),
    /// The person is known by one of these names, by key.
    Called(Vec<String>),
    /// This finding is true of the item on this day.
    Found {
        /// Its name.
        name: String,
        /// The day.
        today: String,
        /// Whether it is true of so many that walking the list in its order finds a page of them sooner.
        common: bool,
    },
    /// Nothing links to it but what lies in the trash.
    Unused,
    /// The field links to something whose own field links to one of these ids.
    Through {
        /// The field of the listed type.
        field: &'static str,
        /// The type that it links to.
        next: &'static str,
        /// The field of that type.
        next_field: &'static str,
        /// What that links to.
        ids: Vec<String>,
    },
}

impl Filter {
    /// How many values it compares with.
    pub(super) fn values(&self) -> usize {
        match self {
            Self::Key(_, any) => any.len(),
            Self::Range(..) => 2,
            Self::Link(_, ids) | Self::Through { ids, .. } => ids.len(),
            Self::Of(..) | Self::Found { .. } | Self::Unused => 1,
            Self::Called(names) => names.len(),
        }
    }
}

/// What a list is sorted by; ties are broken by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The key's name.
    pub key: &'static str,
    /// Largest first.
    pub descending: bool,
}

impl Order {
    /// The place that each row gives itself in the list of the item that it links to.
    pub const PLACE: Self = Self { key: "$place", descending: false };

    /// The declared order of the items that link to one.
    #[must_use]
    pub fn of(inverse: &Inverse) -> Option<Self> {
        let from = by_name(inverse.from)?;
        let columns = from.field(inverse.field)?.columns();
        if inverse.order == "position" && columns.iter().any(|column| column.name == "position") {
            return Some(Self::PLACE);
        }
        Self::parse(from, inverse.order)
    }

    pub(super) fn expression(self) -> String {
        if self.key == Self::PLACE.key { "link.position".to_owned() } else { schema::key(self.key) }
    }

    /// A sort key as it is written, `-year`, if lists of the type can be sorted by it.
    #[must_use]
    pub fn parse(content_type: &'static ContentType, text: &str) -> Option<Self> {
        let (name, descending) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text, false),
        };
        let key = Self::names(content_type).into_iter().find(|key| *key == name)?;
        Some(Self { key, descending })
    }

    /// The names by which lists of the type can be sorted.
    #[must_use]
    pub fn names(content_type: &'static ContentType) -> Vec<&'static str> {
        let fields = content_type.fields.iter().filter(|field| field.sort).map(|field| field.name);
        let computed =
            content_type.computed.iter().filter(|computed| computed.sort).map(|computed| computed.name);
        let mut names: Vec<&'static str> = fields.chain(computed).collect();
        names.extend(["title", "updated_at"].iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
        names
    }
}

/// A place in a sorted list: after this key and id, or before them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The key of the item at the edge; `None` sorts first.
    pub key: Option<Scalar>,
    /// Its id.
    pub id: String,
    /// Whether the wanted items come before it.
    pub before: bool,
}

/// So many of what words find are enough to find the best among them, for [`Select::near`].
pub const NEAR: i64 = 5_000;

/// A list that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// Of which type.
    pub content_type: &'static ContentType,
    /// Which of them.
    pub filters: Vec<Filter>,
    /// Words that they hold.
    pub search: Option<String>,
    /// Of what words find, only so many, those that came last, are put in order of how well they fit.
    /// What is found beyond them is not in the list: for who looks at its beginning, however common a word.
    pub near: Option<i64>,
    /// In which order; where words are searched for and nothing is said, the best first.
    pub order: Option<Order>,
    /// From where on.
    pub cursor: Option<Cursor>,
    /// How many are passed over; for numbered pages.
    pub offset: i64,
    /// How many at most.
    pub limit: i64,
    /// Whether the text around the words that are searched for is wanted.
    pub snippets: bool,
}

impl Select {
    /// The first fifty of a type in its own order.
    #[must_use]
    pub fn of(content_type: &'static ContentType) -> Self {
        Self {
            content_type,
            filters: Vec::new(),
            search: None,
            near: None,
            order: Order::parse(content_type, content_type.order),
            cursor: None,
            offset: 0,
            limit: 50,
            snippets: false,
        }
    }

    /// Whether nothing but words decides what is in the list, and in which order.
    pub(super) fn is_words_alone(&self) -> bool {
        self.search.is_some() && self.filters.is_empty() && self.order.is_none()
    }
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Page<Item> {
    /// The items.
    pub items: Vec<Item>,
    /// How many the whole list has.
    pub total: i64,
    /// Where the next part begins.
    pub next: Option<Cursor>,
    /// Where the part before ends.
    pub prev: Option<Cursor>,
}

impl<Item> Page<Item> {
    /// The rows that a list's statement gave, of which the last may only tell that there are more.
    /// `at` says where an item stands: the value it is sorted by, and its id.
    pub(super) fn of(
        select: &Select,
        mut items: Vec<Item>,
        total: i64,
        at: fn(&Item) -> (Option<Scalar>, String),
    ) -> Self {
        let more = i64::try_from(items.len()).is_ok_and(|found| found > select.limit);
        if more {
            items.pop();
        }
        let before = select.cursor.as_ref().is_some_and(|cursor| cursor.before);
        if before {
            items.reverse();
        }
        let cursor = |item: Option<&Item>, before: bool| {
            select.order?;
            let (key, id) = item.map(at)?;
            Some(Cursor { key, id, before })
        };
        let (more_after, more_before) = if before { (true, more) } else { (more, select.cursor.is_some()) };
        let next = if more_after { cursor(items.last(), false) } else { None };
        let prev = if more_before { cursor(items.first(), true) } else { None };
        Self { next, prev, items, total }
    }
}
