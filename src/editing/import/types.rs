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

/// The most different types that a sheet names.
pub(super) const KINDS_MAX: usize = 200;

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
    let terms: Vec<Known> = all(desk).await?.into_iter().map(Known::of).collect();
    let mut matches: Vec<Match> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for text in sheet.rows.iter().filter_map(|row| row.cells.get(column)).filter(|text| !text.is_empty()) {
        let key = key(text);
        if matches.len() > KINDS_MAX {
            return Ok(matches);
        }
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

/// A type, and what words are compared with.
struct Known {
    term: Document,
    label: String,
    csl: String,
}

impl Known {
    fn of(term: Document) -> Self {
        let said = |name: &str| term.json.get(name).and_then(Json::as_str).map(fold).unwrap_or_default();
        Self { label: said("label"), csl: said("csl_type"), term }
    }

    /// How alike its label is to words, of 1; words of quite another length are not compared.
    fn alike(&self, key: &str) -> f64 {
        let (longer, shorter) = (self.label.len().max(key.len()), self.label.len().min(key.len()));
        if (longer - shorter) * 4 > longer {
            return 0.0;
        }
        strsim::normalized_damerau_levenshtein(&self.label, key)
    }
}

fn decide(text: &str, key: String, terms: &[Known]) -> Match {
    let by_label = terms.iter().find(|known| known.label == key);
    let csl = words::csl_type(&key);
    let of_kind: Vec<&Known> = terms.iter().filter(|known| csl.is_some_and(|csl| known.csl == csl)).collect();
    let nearest = terms
        .iter()
        .map(|known| (known, known.alike(&key)))
        .filter(|(_, alike)| *alike >= 0.8)
        .max_by(|one, other| one.1.total_cmp(&other.1))
        .map(|(known, _)| known);
    let meant = by_label.or(nearest).or(match of_kind.as_slice() {
        [only] => Some(*only),
        _ => None,
    });
    let id = |known: &Known| known.term.id.parse().ok();
    // All can be chosen; those of the kind come first.
    let mut ordered: Vec<&Known> = terms.iter().collect();
    ordered.sort_by_key(|known| {
        let is_meant = meant.is_some_and(|meant| meant.term.id == known.term.id);
        (!is_meant, !of_kind.iter().any(|one| one.term.id == known.term.id))
    });
    let candidates = ordered.into_iter().filter_map(|known| {
        Some(Candidate { id: id(known)?, title: known.term.title.clone(), subtitle: String::new() })
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
