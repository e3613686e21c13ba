//! The registry of content types, one file per type. A new type is one file, one line here, and
//! one migration; `docs/ADDING-A-CONTENT-TYPE.md` shows it.

mod event;
pub mod media;
mod news;
mod organisation;
mod output;
mod page;
mod person;
mod project;
mod site;
mod term;
mod theme;

pub use event::EVENT;
pub use media::MEDIA;
pub use news::NEWS;
pub use organisation::ORGANISATION;
pub use output::{EMBARGOED, ON_REQUEST, OPEN, OUTPUT, UNAVAILABLE, embargo};
pub use page::PAGE;
pub use person::{CREDITED_AS, PERSON};
pub use project::PROJECT;
pub use site::{SITE, usual_path};
pub use term::TERM;
pub use theme::THEME;

use super::ContentType;

/// Every content type. A type stands after those it links to, so that a loader can follow the
/// order; only pages link to their own kind.
pub static TYPES: [&ContentType; 11] =
    [&SITE, &TERM, &MEDIA, &THEME, &ORGANISATION, &PERSON, &PROJECT, &OUTPUT, &NEWS, &EVENT, &PAGE];

/// The type of this singular name (`project`).
#[must_use]
pub fn by_name(name: &str) -> Option<&'static ContentType> {
    TYPES.into_iter().find(|one| one.name == name)
}

/// The type of this plural name (`projects`).
#[must_use]
pub fn by_plural(plural: &str) -> Option<&'static ContentType> {
    TYPES.into_iter().find(|one| one.plural == plural)
}

/// No rule beyond the fields' own.
fn no_check(_: &super::Item, _: bool, _: &mut super::Problems) {}

/// The document says what the item says.
fn as_it_is(_: &mut serde_json::Map<String, serde_json::Value>, _: chrono::NaiveDate) {}

/// No second line.
fn no_subtitle(_: &super::Item) -> String {
    String::new()
}

/// The end may not come before the start.
fn check_order(item: &super::Item, start: &str, end: &str, problems: &mut super::Problems) {
    let earlier = match (item.get(start), item.get(end)) {
        (super::Value::Date(start), super::Value::Date(end)) => end < start,
        (super::Value::Time(start), super::Value::Time(end)) => end < start,
        _ => false,
    };
    if earlier {
        problems.add(end, "before_start", "The end comes before the start; change one of them.");
    }
}
