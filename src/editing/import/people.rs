//! Whom credited names mean: ‘Tomkins, L’, ‘Dr Leah Tomkins’. It must not choose between two people.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::{Candidate, Choices, Chosen, Match, PART, not_trashed};
use crate::content::parsed::fold;
use crate::content::types::PERSON;
use crate::editing::Desk;
use crate::error::Result;
use crate::import::{Sheet, words};
use crate::published::{Document, Filter, Scalar, Select};

/// More people of the names of one part than anybody has.
const MANY: i64 = 5_000;

/// The names that a sheet credits, each once, in their order, and what they mean.
pub(super) async fn find(desk: &Desk, sheet: &Sheet, choices: &Choices) -> Result<Vec<Match>> {
    let mut matches: Vec<Match> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for row in &sheet.rows {
        for credit in credits(sheet, &row.cells) {
            let key = key(&credit.name);
            let at = *known.entry(key.clone()).or_insert_with(|| {
                matches.push(Match {
                    text: credit.name.clone(),
                    key,
                    candidates: Vec::new(),
                    chosen: Chosen::Nothing,
                    asks: false,
                    rows: 0,
                });
                matches.len() - 1
            });
            if let Some(found) = matches.get_mut(at) {
                found.rows += 1;
            }
        }
    }
    for part in matches.chunks_mut(PART) {
        let people = look_up(desk, part).await?;
        for one in part {
            decide(one, &people);
            match choices.people.get(&one.key) {
                Some(Chosen::Item(id)) if one.candidates.iter().all(|candidate| candidate.id != *id) => {}
                Some(chosen) => {
                    one.chosen = *chosen;
                    one.asks = false;
                }
                None => {}
            }
        }
    }
    Ok(matches)
}

/// Everybody whom a row credits: the lead first where a column names one.
pub(super) fn credits(sheet: &Sheet, cells: &[String]) -> Vec<words::Credit> {
    let cell = |meaning: &str| {
        sheet.column(meaning).and_then(|at| cells.get(at)).map(String::as_str).unwrap_or_default()
    };
    let mut authors = words::authors(cell("authors"));
    let mut leads = words::authors(cell("lead"));
    if let Some(first) = leads.first_mut() {
        first.lead = true;
        authors.iter_mut().for_each(|author| author.lead = false);
    }
    for lead in leads.into_iter().rev() {
        let same = |author: &&mut words::Credit| {
            let (one, other) = (words::name(&author.name), words::name(&lead.name));
            one.0 == other.0 && words::is_compatible(&one.1, &other.1)
        };
        match authors.iter_mut().find(same) {
            Some(author) => author.lead |= lead.lead,
            None => authors.insert(0, lead),
        }
    }
    // Where nothing says who leads, it is whoever comes first; only one can.
    let at = authors.iter().position(|author| author.lead).unwrap_or(0);
    for (place, author) in authors.iter_mut().enumerate() {
        author.lead = place == at;
    }
    authors
}

/// What a name is compared by.
pub(super) fn key(name: &str) -> String {
    fold(name).trim_end_matches('.').to_owned()
}

/// Somebody who may be meant.
struct Known {
    candidate: Candidate,
    family: String,
    given: Vec<String>,
    called: [String; 2],
}

/// Everybody with one of these family names, or called so.
async fn look_up(desk: &Desk, names: &[Match]) -> Result<Vec<Known>> {
    let mut families: Vec<String> = names.iter().map(|one| words::name(&one.text).0).collect();
    let mut whole: Vec<String> = names.iter().map(|one| one.key.clone()).collect();
    for list in [&mut families, &mut whole] {
        list.retain(|name| !name.is_empty());
        list.sort_unstable();
        list.dedup();
    }
    let mut found: HashMap<String, Document> = HashMap::new();
    for (key, wanted) in [("family_name", &families), ("citation_name", &whole), ("display_name", &whole)] {
        let mut select = Select::of(&PERSON);
        select.limit = MANY;
        select.filters =
            vec![Filter::Key(key, wanted.iter().cloned().map(Scalar::Text).collect()), not_trashed()];
        if !wanted.is_empty() {
            found
                .extend(desk.lists().list(&select).await?.items.into_iter().map(|one| (one.id.clone(), one)));
        }
    }
    let mut known: Vec<Known> = found.into_values().filter_map(|document| read(&document)).collect();
    known.sort_by(|one, other| {
        one.candidate.title.cmp(&other.candidate.title).then(one.candidate.id.cmp(&other.candidate.id))
    });
    Ok(known)
}

fn read(document: &Document) -> Option<Known> {
    let text = |name: &str| document.json.get(name).and_then(Json::as_str).unwrap_or_default();
    let (_, given) = words::name(&format!("x, {}", text("given_names")));
    Some(Known {
        candidate: Candidate {
            id: document.id.parse().ok()?,
            title: document.title.clone(),
            subtitle: text("job_title").to_owned(),
        },
        family: fold(text("family_name")),
        given,
        called: [key(text("citation_name")), key(text("display_name"))],
    })
}

/// Whoever is called just so is meant, else the only one who can be.
fn decide(one: &mut Match, people: &[Known]) {
    let (family, given) = words::name(&one.text);
    let exact =
        |known: &&Known| known.called.contains(&one.key) || (known.family == family && known.given == given);
    let possible = |known: &&Known| {
        exact(known) || (known.family == family && words::is_compatible(&given, &known.given))
    };
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
