//! Which types of outputs words mean: by their labels, by what other programs call them, and with
//! slips of the finger. It must not choose between two.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::{Candidate, Choices, Chosen, Match};
use crate::content::parsed::fold;
use crate::content::types::TERM;
use crate::editing::Desk;
use crate::editing::meant::not_trashed;
use crate::error::Result;
use crate::import::{Sheet, words};
use crate::published::{Document, Filter, Scalar, Select};

/// More types than a vocabulary has.
const MANY: i64 = 500;

/// All types of outputs, in the order of the vocabulary.
pub(super) async fn all(desk: &Desk) -> Result<Vec<Document>> {
    let mut select = Select::of(&TERM);
    select.limit = MANY;
    let vocabulary = Scalar::Text("output_type".to_owned());
    select.filters = vec![Filter::Key("vocabulary", vec![vocabulary]), not_trashed()];
    Ok(desk.lists().list(&select).await?.items)
}

/// The types that a sheet names, each once, in their order, and what they mean.
pub(super) async fn find(desk: &Desk, sheet: &Sheet, choices: &Choices) -> Result<Vec<Match>> {
    let Some(column) = sheet.column("type") else { return Ok(Vec::new()) };
    let terms = all(desk).await?;
    let mut matches: Vec<Match> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for text in sheet.rows.iter().filter_map(|row| row.cells.get(column)).filter(|text| !text.is_empty()) {
        let key = key(text);
        let at = *known.entry(key.clone()).or_insert_with(|| {
            matches.push(decide(text, key, &terms));
            matches.len() - 1
        });
        if let Some(found) = matches.get_mut(at) {
            found.rows += 1;
        }
    }
    for one in &mut matches {
        match choices.types.get(&one.key) {
            Some(Chosen::Item(id)) if one.candidates.iter().all(|candidate| candidate.id != *id) => {}
            Some(chosen) => {
                one.chosen = *chosen;
                one.asks = false;
            }
            None => {}
        }
    }
    Ok(matches)
}

/// What words are compared by: `journalArticle` as `journal article`.
pub(super) fn key(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    let mut small = false;
    for c in text.chars() {
        if small && c.is_uppercase() {
            spaced.push(' ');
        }
        small = c.is_lowercase();
        spaced.push(if matches!(c, '-' | '_') { ' ' } else { c });
    }
    fold(&spaced)
}

fn decide(text: &str, key: String, terms: &[Document]) -> Match {
    let said = |term: &Document, name: &str| {
        term.json.get(name).and_then(Json::as_str).map(fold).unwrap_or_default()
    };
    let by_label = terms.iter().find(|term| said(term, "label") == key);
    let csl = words::csl_type(&key);
    let of_kind: Vec<&Document> =
        terms.iter().filter(|term| csl.is_some_and(|csl| said(term, "csl_type") == csl)).collect();
    let alike = |term: &&Document| strsim::normalized_damerau_levenshtein(&said(term, "label"), &key);
    let nearest = terms
        .iter()
        .filter(|term| alike(term) >= 0.8)
        .max_by(|one, other| alike(one).total_cmp(&alike(other)));
    let meant = by_label.or(nearest).or(match of_kind.as_slice() {
        [only] => Some(*only),
        _ => None,
    });
    let id = |term: &Document| term.id.parse().ok();
    // All can be chosen; those of the kind come first.
    let mut ordered: Vec<&Document> = terms.iter().collect();
    ordered.sort_by_key(|term| {
        (Some(&term.id) != meant.map(|meant| &meant.id), !of_kind.iter().any(|one| one.id == term.id))
    });
    let candidates = ordered.into_iter().filter_map(|term| {
        Some(Candidate { id: id(term)?, title: term.title.clone(), subtitle: String::new() })
    });
    let chosen = meant.and_then(id).map_or(Chosen::Nothing, Chosen::Item);
    Match {
        text: text.to_owned(),
        key,
        candidates: candidates.collect(),
        chosen,
        asks: chosen == Chosen::Nothing,
        rows: 0,
    }
}
