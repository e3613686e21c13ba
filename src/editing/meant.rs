//! Whom a credited name means: ‘Tomkins, L’, ‘Dr Leah Tomkins’, or a spelling that was learned. The one
//! place that matches names. It must not choose between two people.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::Desk;
use crate::content::document::names;
use crate::content::parsed::{fold, is_compatible, name_parts};
use crate::content::types::PERSON;
use crate::content::{Id, Item};
use crate::error::Result;
use crate::published::{Document, Filter, Scalar, Select};

/// How many names are looked up in one statement.
const PART: usize = 500;

/// More people of the names of one part than anybody has.
const MANY: i64 = 5_000;

/// What is meant by a name or a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// This person or type.
    Item(Id),
    /// One that is not there yet, and will be made.
    New,
    /// None: a name is credited as it is, a type stays open.
    Nothing,
}

/// A name or a word, and what it can mean.
#[derive(Clone, Debug)]
pub struct Match {
    /// As it was first written.
    pub text: String,
    /// What it is compared and remembered by.
    pub key: String,
    /// What it can mean, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// What is taken.
    pub chosen: Chosen,
    /// Whether somebody should look: several are meant, or none.
    pub asks: bool,
    /// In how many rows it stands.
    pub rows: usize,
}

/// Something that a name or a word can mean.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Which one.
    pub id: Id,
    /// What it is called.
    pub title: String,
    /// What tells two of one name apart.
    pub subtitle: String,
}

impl Match {
    /// A name or a word, as yet without a meaning.
    #[must_use]
    pub fn of(text: &str, key: String) -> Self {
        Self {
            text: text.to_owned(),
            key,
            candidates: Vec::new(),
            chosen: Chosen::Nothing,
            asks: false,
            rows: 0,
        }
    }
}

/// Says of each credited name whom it can mean, and whom it means where that is clear. Names that are
/// nobody's of the centre mean nobody, and are not asked about.
///
/// # Errors
/// Where a store fails.
pub async fn people(desk: &Desk, names: &mut [Match]) -> Result<()> {
    let keys: Vec<String> = names.iter().map(|one| one.key.clone()).collect();
    let outsiders: HashSet<String> = desk.store.outsiders_of(&keys).await?.into_iter().collect();
    for part in names.chunks_mut(PART) {
        let people = look_up(desk, part).await?;
        for one in part {
            decide(one, &people);
            if outsiders.contains(&one.key) {
                one.chosen = Chosen::Nothing;
                one.asks = false;
            }
        }
    }
    Ok(())
}

/// A person's own name, taken apart.
pub(super) fn own_name(person: &Item) -> (String, Vec<String>) {
    parts(person.text("family_name"), person.text("given_names"))
}

fn parts(family: &str, given: &str) -> (String, Vec<String>) {
    (fold(family), name_parts(&format!("x, {given}")).1)
}

/// Leaves out what lies in the trash.
pub(super) fn not_trashed() -> Filter {
    let states = ["draft", "published", "changed"];
    Filter::Key("_state", states.iter().map(|state| Scalar::Text((*state).to_owned())).collect())
}

/// Somebody who may be meant.
struct Known {
    candidate: Candidate,
    family: String,
    given: Vec<String>,
    called: Vec<String>,
}

impl Known {
    fn is_called(&self, key: &str, (family, given): &(String, Vec<String>)) -> bool {
        self.called.iter().any(|called| called == key) || (self.family == *family && self.given == *given)
    }
}

/// Everybody with one of these family names, or called so.
async fn look_up(desk: &Desk, names: &[Match]) -> Result<Vec<Known>> {
    let mut families: Vec<String> = names.iter().map(|one| name_parts(&one.text).0).collect();
    let mut whole: Vec<String> = names.iter().map(|one| one.key.clone()).collect();
    for list in [&mut families, &mut whole] {
        list.retain(|name| !name.is_empty());
        list.sort_unstable();
        list.dedup();
    }
    let families = families.into_iter().map(Scalar::Text).collect();
    let mut found: HashMap<String, Document> = HashMap::new();
    for by in [Filter::Key("family_name", families), Filter::Called(whole)] {
        let filters = vec![by, not_trashed()];
        let select = Select { filters, limit: MANY, ..Select::of(&PERSON) };
        let people = desk.lists().list(&select).await?.items;
        found.extend(people.into_iter().map(|one| (one.id.clone(), one)));
    }
    let mut known: Vec<Known> = found.into_values().filter_map(|document| read(&document)).collect();
    known.sort_by(|one, other| {
        one.candidate.title.cmp(&other.candidate.title).then(one.candidate.id.cmp(&other.candidate.id))
    });
    Ok(known)
}

fn read(document: &Document) -> Option<Known> {
    let text = |name: &str| document.json.get(name).and_then(Json::as_str).unwrap_or_default();
    let (family, given) = parts(text("family_name"), text("given_names"));
    Some(Known {
        candidate: Candidate {
            id: document.id.parse().ok()?,
            title: document.title.clone(),
            subtitle: text("job_title").to_owned(),
        },
        family,
        given,
        called: names(&PERSON, &document.json).1.into_iter().map(|name| name.key).collect(),
    })
}

/// Whoever is called just so is meant, else the only one who can be.
fn decide(one: &mut Match, people: &[Known]) {
    let parts = name_parts(&one.text);
    let exact = |known: &&Known| known.is_called(&one.key, &parts);
    let possible =
        |known: &&Known| exact(known) || (known.family == parts.0 && is_compatible(&parts.1, &known.given));
    let exacts: Vec<&Known> = people.iter().filter(exact).collect();
    let mut all: Vec<&Known> = people.iter().filter(possible).collect();
    all.sort_by_key(|known| !exact(known));
    one.chosen = match (exacts.as_slice(), all.as_slice()) {
        ([only], _) | ([], [only]) => Chosen::Item(only.candidate.id),
        _ => Chosen::Nothing,
    };
    one.asks = one.chosen == Chosen::Nothing;
    one.candidates = all.into_iter().map(|known| known.candidate.clone()).collect();
}
