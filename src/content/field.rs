//! The declaration language: what a content type and a field can say of themselves. Plain data;
//! it must not hold behaviour beyond the few functions a type names for itself.

use chrono::NaiveDate;
use serde_json::Map;

use super::{Item, Problems};

/// What a public document says otherwise than its item, on the day on which it is published, in the
/// site's time zone.
pub type OnDay = fn(&mut Map<String, serde_json::Value>, NaiveDate);

/// One type of content: its names, its fields and the few things that are its own.
pub struct ContentType {
    /// Singular, `snake_case`: the table's name, the API's component, the `type` in documents.
    pub name: &'static str,
    /// Plural, `kebab-case`: the segment in paths (`/admin/projects`, `/api/v1/projects`).
    pub plural: &'static str,
    /// What editors call one of them.
    pub label: &'static str,
    /// What editors call several of them.
    pub labels: &'static str,
    /// Shown where there is none yet: what goes here.
    pub help: &'static str,
    /// The fields, in the order of the form and of the public document.
    pub fields: &'static [Field],
    /// Public values that follow from the fields.
    pub computed: &'static [Computed],
    /// What the item is called in lists, pickers and messages.
    pub title: fn(&Item) -> String,
    /// A second line that tells two items of the same title apart; may be empty.
    pub subtitle: fn(&Item) -> String,
    /// The public property that is the title.
    pub title_name: &'static str,
    /// Public names that stand for the item inside another item's document.
    pub embedded: &'static [&'static str],
    /// Rules that need more than one field. The flag says whether the item is to be published.
    pub check: fn(&Item, bool, &mut Problems),
    /// Makes a public document what it is on a day: an output whose embargo is over is open, and of
    /// one that is not open no file is named.
    pub on_day: OnDay,
    /// What the list is sorted by when nobody says otherwise: a sort key, `-` for descending.
    pub order: &'static str,
    /// Lists of other items that link to this one, told in its public document.
    pub inverses: &'static [Inverse],
    /// Filters across a link, by name: (`theme`, through the field `projects`, its field `theme`).
    pub through: &'static [(&'static str, &'static str, &'static str)],
    /// Exactly one exists, made at the first start, and it has no list.
    pub single: bool,
}

impl ContentType {
    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Where the field of this name stands among the values.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The fields that are ordered rows of their own.
    pub fn many(&self) -> impl Iterator<Item = (usize, &'static Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| matches!(field.kind, Kind::Many { .. }))
    }
}

impl std::fmt::Debug for ContentType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for ContentType {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Items of another type that link to this one: `outputs` of a project.
#[derive(Debug)]
pub struct Inverse {
    /// The name in the public document.
    pub name: &'static str,
    /// What editors and readers of the API are told.
    pub label: &'static str,
    /// The type that holds the link.
    pub from: &'static str,
    /// The field of that type that holds it.
    pub field: &'static str,
    /// A sort key of that type, or `position` for the place that each row gives itself.
    pub order: &'static str,
    /// At most so many in the document; the rest is a request of its own.
    pub limit: usize,
}

/// A public value that follows from the fields.
pub struct Computed {
    /// The name in the public document.
    pub name: &'static str,
    /// What it is, for the API's description.
    pub help: &'static str,
    /// Its JSON Schema type; an array is one of objects.
    pub json_type: &'static str,
    /// For an object, or each of an array, its properties.
    pub parts: &'static [(&'static str, Part)],
    /// The value; `Null` leaves it out.
    pub value: fn(&Item) -> serde_json::Value,
    /// Whether lists may be sorted by it.
    pub sort: bool,
}

impl std::fmt::Debug for Computed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// What a property of a computed object holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// An item of the named type.
    Item(&'static str),
}

/// One of a closed set of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Stable, `snake_case`, in the database and in the API.
    pub value: &'static str,
    /// What people read.
    pub label: &'static str,
}

/// What kind of value a field holds. A closed set: a new kind is a tour led by the compiler.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text of one line, at most so many characters.
    Line(usize),
    /// Plain text of several lines, at most so many characters.
    Lines(usize),
    /// Rich text: sanitised HTML.
    Html,
    /// A whole number between two others.
    Integer(i64, i64),
    /// A place among others, kept by reordering; forms carry it along unseen.
    Position,
    /// A year, 1000 to 2999.
    Year,
    /// Yes or no; never missing.
    Flag,
    /// One of a closed set.
    Choice(&'static [Choice]),
    /// A day.
    Date,
    /// A day and a time of day as a clock on the wall shows it; its zone is another field.
    WallTime,
    /// An IANA time zone.
    Zone,
    /// A project code: `3.07`.
    Code,
    /// An ORCID iD.
    Orcid,
    /// A DOI without its resolver.
    Doi,
    /// A ROR id, as its address.
    Ror,
    /// An ISBN, 13 digits.
    Isbn,
    /// An ISSN.
    Issn,
    /// An e-mail address.
    Email,
    /// A web address, http or https.
    Url,
    /// An uploaded file; see [`super::parsed::Upload`].
    File,
    /// An ISO 3166-1 alpha-2 country code.
    Country,
    /// A path pattern of the public site: `/research/{theme}/{slug}`.
    Pattern,
    /// One other item of the named type; for terms, of the named vocabulary.
    One {
        /// The other item's type.
        to: &'static str,
        /// For terms: which list they come from.
        vocabulary: Option<&'static str>,
    },
    /// Ordered rows, each with an item of the named type and columns of its own.
    Many {
        /// The other items' type.
        to: &'static str,
        /// Whether a row may stand without an item (an author who has no record).
        free: bool,
        /// What each row says beside its item.
        columns: &'static [Field],
    },
}

/// How much a field counts in full-text search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// As much as a title.
    Title,
    /// As the text.
    Text,
}

/// One field of a type, or one column of its rows.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// `snake_case`; the one name everywhere: column, form input, JSON key, CSV header.
    pub name: &'static str,
    /// What editors read.
    pub label: &'static str,
    /// Said below the label; may be empty.
    pub help: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether publishing needs it. A draft never does.
    pub required: bool,
    /// Whether the public document shows it.
    pub public: bool,
    /// Whether two items may not share its value.
    pub unique: bool,
    /// Whether it stands in the admin's list.
    pub list: bool,
    /// Whether lists can be filtered by it (equality).
    pub filter: bool,
    /// Whether lists can be filtered by a range of it.
    pub range: bool,
    /// Whether lists can be sorted by it.
    pub sort: bool,
    /// Whether only an item's own page shows it: too long for lists.
    pub detail: bool,
    /// Whether and how full-text search knows it.
    pub search: Option<Weight>,
    /// The heading under which the form puts it, when a new group begins here.
    pub group: Option<&'static str>,
}

impl Field {
    /// A field of this kind: public, not required, in no list.
    #[must_use]
    pub const fn new(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self {
            name,
            label,
            help: "",
            kind,
            required: false,
            public: true,
            unique: false,
            list: false,
            filter: false,
            range: false,
            sort: false,
            detail: false,
            search: None,
            group: None,
        }
    }

    /// Says what the editor should know.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// Publishing needs it.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The public never sees it.
    #[must_use]
    pub const fn private(mut self) -> Self {
        self.public = false;
        self
    }

    /// No two items share it.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Stands in the admin's list.
    #[must_use]
    pub const fn list(mut self) -> Self {
        self.list = true;
        self
    }

    /// Lists can be filtered by it.
    #[must_use]
    pub const fn filter(mut self) -> Self {
        self.filter = true;
        self
    }

    /// Lists can be filtered by a range of it.
    #[must_use]
    pub const fn range(mut self) -> Self {
        self.range = true;
        self
    }

    /// Lists can be sorted by it.
    #[must_use]
    pub const fn sort(mut self) -> Self {
        self.sort = true;
        self
    }

    /// Only the item's own page shows it.
    #[must_use]
    pub const fn detail(mut self) -> Self {
        self.detail = true;
        self
    }

    /// Full-text search knows it.
    #[must_use]
    pub const fn search(mut self, weight: Weight) -> Self {
        self.search = Some(weight);
        self
    }

    /// A new group of the form begins here.
    #[must_use]
    pub const fn group(mut self, heading: &'static str) -> Self {
        self.group = Some(heading);
        self
    }

    /// The columns of its rows; none for other kinds.
    #[must_use]
    pub const fn columns(&self) -> &'static [Field] {
        match self.kind {
            Kind::Many { columns, .. } => columns,
            _ => &[],
        }
    }

    /// The type it links to, if it links.
    #[must_use]
    pub const fn target(&self) -> Option<&'static str> {
        match self.kind {
            Kind::One { to, .. } | Kind::Many { to, .. } => Some(to),
            _ => None,
        }
    }
}
