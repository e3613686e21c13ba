//! The names that a sheet credits, and whom somebody has said that they mean. It must not match: `meant` does.

use std::collections::HashMap;

use super::{Choices, Chosen, Match};
use crate::content::parsed::{is_compatible, name_key, name_parts};
use crate::editing::{Desk, meant};
use crate::error::Result;
use crate::import::{Sheet, words};

/// The most leads of a row.
const LEADS_MAX: usize = 20;
/// The most different names of a sheet of few rows.
const NAMES_MAX: usize = 10_000;

/// The names that a sheet credits, each once, in their order, and what they mean.
pub(super) async fn find(desk: &Desk, sheet: &Sheet, choices: &Choices) -> Result<Vec<Match>> {
    let mut matches: Vec<Match> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, row) in sheet.rows.iter().enumerate() {
        super::breathe(at).await;
        for credit in credits(sheet, &row.cells) {
            let key = name_key(&credit.name);
            if matches.len() > most(sheet) {
                return Ok(matches);
            }
            let at = *known.entry(key.clone()).or_insert_with(|| {
                matches.push(Match::of(&credit.name, key));
                matches.len() - 1
            });
            if let Some(found) = matches.get_mut(at) {
                found.rows += 1;
            }
        }
    }
    meant::people(desk, &mut matches).await?;
    for one in &mut matches {
        match choices.people.get(&one.key) {
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

/// The most names that are looked up of a sheet: more than works have authors.
pub(super) fn most(sheet: &Sheet) -> usize {
    NAMES_MAX.max(20 * sheet.rows.len())
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
    leads.truncate(LEADS_MAX);
    let parts: Vec<_> = authors.iter().map(|author| name_parts(&author.name)).collect();
    let is_same = |one: &(String, Vec<String>), other: &(String, Vec<String>)| {
        one.0 == other.0 && is_compatible(&one.1, &other.1)
    };
    let mut before: Vec<(words::Credit, (String, Vec<String>))> = Vec::new();
    for lead in leads {
        let own = name_parts(&lead.name);
        if let Some(author) =
            parts.iter().position(|one| is_same(one, &own)).and_then(|at| authors.get_mut(at))
        {
            author.lead |= lead.lead;
        } else if !before.iter().any(|(_, one)| is_same(one, &own)) {
            before.push((lead, own));
        }
    }
    let mut authors: Vec<words::Credit> = before.into_iter().map(|(lead, _)| lead).chain(authors).collect();
    // Where nothing says who leads, it is whoever comes first; only one can.
    let at = authors.iter().position(|author| author.lead).unwrap_or(0);
    for (place, author) in authors.iter_mut().enumerate() {
        author.lead = place == at;
    }
    authors
}
