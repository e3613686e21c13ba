//! Cache tags: what a cache in front must drop when something is published. They name the items that
//! an answer shows, and the types whose lists it tells; what `/changes` says of an item names the
//! same. They must not let the header grow beyond what proxies take.

use std::collections::BTreeSet;

use crate::content::types::SITE;
use crate::content::{ContentType, TYPES, by_name};
use crate::published::tag;

/// The most items that are named one by one. Proxies refuse headers of more than 4 to 8 kilobytes in
/// all; beyond this the types of what is shown are named instead, which drops more than is needed and
/// never less.
const MOST: usize = 60;

/// The tags of one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tags {
    /// What the answer is about; always named.
    own: BTreeSet<String>,
    /// What else it shows.
    shown: BTreeSet<String>,
}

impl Default for Tags {
    /// Of an answer that anything can change.
    fn default() -> Self {
        Self::lists(TYPES.into_iter())
    }
}

impl Tags {
    /// Of an answer about one item.
    pub(super) fn item(content_type: &ContentType, id: &str) -> Self {
        // Where everything lives depends on the site.
        let own = [tag(content_type.name, id), SITE.plural.to_owned()].into();
        Self { own, shown: BTreeSet::new() }
    }

    /// Of a list of this type.
    pub(super) fn list(content_type: &ContentType) -> Self {
        let own = [content_type.plural.to_owned(), SITE.plural.to_owned()].into();
        Self { own, shown: BTreeSet::new() }
    }

    /// Of an answer that tells what there is of these types: whatever of them comes, goes or changes
    /// changes it, so that no item of them needs to be named.
    pub(super) fn lists(types: impl Iterator<Item = &'static ContentType>) -> Self {
        let types = types.map(|content_type| content_type.plural.to_owned());
        let own = types.chain([SITE.plural.to_owned()]).collect();
        Self { own, shown: BTreeSet::new() }
    }

    /// The answer is about this item too.
    pub(super) fn of(mut self, content_type: &ContentType, id: &str) -> Self {
        self.own.insert(tag(content_type.name, id));
        self
    }

    /// Adds what is shown beside: tags as they are kept, with commas between them.
    pub(super) fn show(&mut self, tags: &str) {
        self.shown.extend(tags.split(',').filter(|tag| !tag.is_empty()).map(str::to_owned));
    }

    /// As a header.
    pub(super) fn header(&self) -> String {
        let shown: BTreeSet<&str> = match self.shown.len() {
            0..=MOST => self.shown.iter().map(String::as_str).collect(),
            _ => self.shown.iter().map(|tag| plural(tag)).collect(),
        };
        let shown = shown.into_iter().filter(|tag| !self.own.contains(*tag));
        self.own.iter().map(String::as_str).chain(shown).collect::<Vec<_>>().join(",")
    }
}

/// The tag of the lists in which the item of this tag stands.
fn plural(tag: &str) -> &str {
    let object = tag.split_once(':').map_or(tag, |(object, _)| object);
    by_name(object).map_or(tag, |content_type| content_type.plural)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::types::{OUTPUT, PROJECT};

    #[test]
    fn what_an_answer_is_about_is_always_named() {
        let mut tags = Tags::item(&PROJECT, "1").of(&OUTPUT, "2");
        tags.show("person:1,term:1,,project:1");
        assert_eq!(tags.header(), "output:2,project:1,site,person:1,term:1");
        for number in 0..MOST {
            tags.show(&format!("person:{number},output:{number}"));
        }
        assert_eq!(tags.header(), "output:2,project:1,site,outputs,people,projects,terms");
    }

    #[test]
    fn anything_changes_what_says_nothing() {
        let tags = Tags::default().header();
        assert!(TYPES.iter().all(|one| tags.split(',').any(|tag| tag == one.plural)), "{tags}");
    }
}
