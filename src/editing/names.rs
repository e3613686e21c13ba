//! How linked items are called in tables, and which item a name means. It must not guess: a name
//! that several items have means none of them.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::content::{ContentType, Id, TYPES, by_name, table};
use crate::error::{Error, Result};
use crate::published::{PublishedStore, Select};

/// More than any centre has; a list must have some limit.
const ALL: i64 = 10_000_000;

/// The names of everything that items of a type can link to.
#[derive(Debug, Default)]
pub struct Names {
    /// Of each item what it is called, the best name first.
    called: HashMap<Id, Called>,
    /// Of each type and name, in lower case, the items that have it.
    meant: HashMap<(&'static str, String), Vec<Id>>,
    /// Names that were looked up and that several items have.
    ambiguous: RefCell<Vec<String>>,
}

#[derive(Debug)]
struct Called {
    content_type: &'static ContentType,
    vocabulary: Option<String>,
    names: Vec<String>,
}

impl Names {
    /// Reads the names from the drafts store.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn read(drafts: &PublishedStore, content_type: &ContentType) -> Result<Self> {
        let mut names = Self::default();
        for linked in TYPES {
            if content_type.fields.iter().any(|field| field.target() == Some(linked.name)) {
                names.read_type(drafts, linked).await?;
            }
        }
        Ok(names)
    }

    async fn read_type(&mut self, drafts: &PublishedStore, content_type: &'static ContentType) -> Result<()> {
        let page = drafts.list(&Select { limit: ALL, ..Select::of(content_type) }).await?;
        for document in page.items {
            let text =
                |name: &str| document.json.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
            if text("_state").as_deref() == Some("trashed") {
                continue;
            }
            let id: Id = document.id.parse().map_err(Error::internal)?;
            // A project is called '3.07 Organisational learning': spreadsheets make 3.1 of 3.10.
            let named =
                ["_title", "label", "code", "title", "citation_name", "display_name", "name", "short_name"];
            let mut names: Vec<String> = named.into_iter().filter_map(text).collect();
            names.push(document.slug.clone());
            names.dedup();
            for name in &names {
                let ids = self.meant.entry((content_type.name, name.to_lowercase())).or_default();
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            self.called.insert(id, Called { content_type, vocabulary: text("vocabulary"), names });
        }
        Ok(())
    }

    /// Takes the names that several items have out of what was looked up since.
    pub fn take_ambiguous(&self) -> Vec<String> {
        self.ambiguous.take()
    }

    fn meant(&self, to: &str, vocabulary: Option<&str>, text: &str) -> Vec<Id> {
        let of_type = |id: &Id| {
            self.called.get(id).is_some_and(|called| {
                called.content_type.name == to
                    && (vocabulary.is_none() || called.vocabulary.as_deref() == vocabulary)
            })
        };
        if let Ok(id) = text.parse::<Id>() {
            return Some(id).filter(of_type).into_iter().collect();
        }
        let Some(to) = by_name(to) else { return Vec::new() };
        let ids = self.meant.get(&(to.name, text.trim().to_lowercase()));
        ids.map(|ids| ids.iter().copied().filter(of_type).collect()).unwrap_or_default()
    }
}

impl table::Names for Names {
    /// The best name that means this item alone and survives a cell; else its id.
    fn name(&self, id: Id) -> String {
        let found = self.called.get(&id).and_then(|called| {
            called.names.iter().find(|name| {
                let vocabulary = called.vocabulary.as_deref();
                is_plain(name) && self.meant(called.content_type.name, vocabulary, name) == [id]
            })
        });
        found.cloned().unwrap_or_else(|| id.to_string())
    }

    fn find(&self, to: &str, vocabulary: Option<&str>, text: &str) -> Option<Id> {
        match self.meant(to, vocabulary, text).as_slice() {
            [one] => Some(*one),
            [] => None,
            _ => {
                self.ambiguous.borrow_mut().push(text.to_owned());
                None
            }
        }
    }
}

/// Whether a name can be read from a cell again: nothing in it looks like the marks between and
/// behind the names, or like a formula.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.trim() == name
        && !name.contains([';', '\n', '\r'])
        && !name.ends_with(['*', ')'])
        && !name.starts_with(['=', '+', '-', '@', '\''])
}
