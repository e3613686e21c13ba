//! What the list's form says, and what later forms carry on: which items, or the list itself, and what is
//! wanted. It must not trust any of it: it has been in somebody's browser.

use std::collections::HashSet;

use maud::{Markup, html};

use crate::admin::State;
use crate::admin::form::posted::Posted;
use crate::admin::list;
use crate::admin::look;
use crate::content::{ContentType, Field, Id};
use crate::editing::bulk::{MOST, settable};
use crate::error::{Error, Result};

/// The longest query of a list that is carried along, in bytes.
const LIST_MAX: usize = 4_000;

/// How many items are read from a list at a time.
const PART: i64 = 500;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Publish,
    Unpublish,
    Trash,
    Untrash,
    Edit,
}

impl What {
    /// All of it, in the order of the buttons.
    pub const ALL: [Self; 5] = [Self::Publish, Self::Unpublish, Self::Edit, Self::Trash, Self::Untrash];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Unpublish => "unpublish",
            Self::Trash => "trash",
            Self::Untrash => "untrash",
            Self::Edit => "edit",
        }
    }
}

/// What was asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub content_type: &'static ContentType,
    pub what: What,
    /// The field that is to be set.
    pub field: Option<&'static Field>,
    /// What was ticked.
    ones: Vec<Id>,
    /// Whether all that the list has is meant.
    all: bool,
    /// The list from which somebody comes, as its query: `?stage=draft`, or nothing.
    pub list: String,
}

/// What was chosen.
pub(super) struct Chosen {
    pub ids: Vec<Id>,
    /// How many the list has, where that is more than is taken.
    pub of: Option<i64>,
}

/// A list's query in the one spelling that is put into addresses; nothing where it says nothing.
pub(in crate::admin) fn list_of(query: &str) -> String {
    if query.len() > LIST_MAX {
        return String::new();
    }
    let query = list::Asked::of(pairs(query)).with("", "");
    if query == "?" { String::new() } else { query }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).into_owned().collect()
}

impl Asked {
    /// Reads a form, or an address.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it asks for what there is not.
    pub fn read(content_type: &'static ContentType, posted: &Posted) -> Result<Self> {
        let name = posted.get("verb").unwrap_or_default();
        let what = What::ALL.into_iter().find(|what| what.name() == name).ok_or(Error::NotFound)?;
        let field = match posted.get("field").filter(|_| what == What::Edit) {
            Some(name) => {
                Some(settable(content_type).find(|field| field.name == name).ok_or(Error::NotFound)?)
            }
            None => None,
        };
        let mut once = HashSet::new();
        let ones = posted.all("one").into_iter().filter_map(|id| id.parse::<Id>().ok());
        Ok(Self {
            content_type,
            what,
            field,
            ones: ones.filter(|id| once.insert(*id)).take(MOST).collect(),
            all: posted.get("all").is_some(),
            list: list_of(posted.get("list").unwrap_or_default()),
        })
    }

    /// Where somebody comes from.
    pub fn back(&self) -> String {
        format!("/admin/{}{}", self.content_type.plural, self.list)
    }

    /// What was chosen: what was ticked, or what the list has by now, as far as that is taken.
    pub async fn chosen(&self, state: &State) -> Result<Chosen> {
        if !self.all {
            return Ok(Chosen { ids: self.ones.clone(), of: None });
        }
        let asked = list::Asked::of(pairs(&self.list));
        let mut select = list::select(self.content_type, &asked, 1);
        select.filters.extend(look::filter(state, self.content_type, &asked).await?);
        select.limit = PART;
        let mut ids: Vec<Id> = Vec::new();
        loop {
            let page = state.desk.lists().list(&select).await?;
            for document in &page.items {
                ids.push(document.id.parse().map_err(Error::internal)?);
            }
            select.offset += PART;
            if select.offset >= page.total || ids.len() >= MOST {
                ids.truncate(MOST);
                let of = Some(page.total).filter(|total| usize::try_from(*total).is_ok_and(|all| all > MOST));
                return Ok(Chosen { ids, of });
            }
        }
    }

    /// All of it as hidden inputs of the next form, but for the field.
    pub fn carried(&self) -> Markup {
        html! {
            input type="hidden" name="verb" value=(self.what.name());
            input type="hidden" name="list" value=(self.list);
            @if self.all { input type="hidden" name="all" value="true"; }
            @else { @for id in &self.ones { input type="hidden" name="one" value=(id); } }
        }
    }

    /// The address at which a field is chosen.
    pub fn with_field(&self, field: &Field) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("verb", self.what.name()).append_pair("field", field.name);
        if self.all {
            query.append_pair("all", "true");
        } else {
            query.extend_pairs(self.ones.iter().map(|id| ("one", id.to_string())));
        }
        if !self.list.is_empty() {
            query.append_pair("list", &self.list);
        }
        format!("{}?{}", super::path(self.content_type), query.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::TYPES;

    #[test]
    fn no_field_is_called_as_what_is_carried() {
        for content_type in TYPES {
            for field in settable(content_type) {
                let ours = ["verb", "list", "all", "one", "field", "clear", "do"];
                assert!(!ours.contains(&field.name), "{}.{}", content_type.name, field.name);
            }
        }
    }

    #[test]
    fn a_list_is_carried_in_one_spelling() {
        assert_eq!(list_of("?q=a b&page=3&type=&done=saved"), "?q=a+b");
        assert_eq!(list_of("//example.org/\"><x>=1"), "?%2F%2Fexample.org%2F%22%3E%3Cx%3E=1");
        assert_eq!(list_of(""), "");
        assert_eq!(list_of(&"x".repeat(LIST_MAX + 1)), "");
    }
}
