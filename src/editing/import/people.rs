//! The names that a sheet credits, and whom somebody has said that they mean. It must not match: `meant` does.

use std::collections::HashMap;

use super::{Choices, Chosen, Match};
use crate::content::parsed::{is_compatible, name_key, name_parts};
use crate::editing::{Desk, meant};
use crate::error::Result;
use crate::import::{Sheet, words};

/// The names that a sheet credits, each once, in their order, and what they mean.
pub(super) async fn find(desk: &Desk, sheet: &Sheet, choices: &Choices) -> Result<Vec<Match>> {
    let mut matches: Vec<Match> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for row in &sheet.rows {
        for credit in credits(sheet, &row.cells) {
            let key = name_key(&credit.name);
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
            let (one, other) = (name_parts(&author.name), name_parts(&lead.name));
            one.0 == other.0 && is_compatible(&one.1, &other.1)
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
