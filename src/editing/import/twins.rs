//! Outputs that are there already: the same DOI, or the same title but for a slip, from the same
//! year or the next. It must not take two for one where a number in the titles differs.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::{Choices, Fate, PART, Preview, Twin, Understood, join};
use crate::content::parsed::fold;
use crate::content::types::OUTPUT;
use crate::content::{Field, Id};
use crate::editing::permission::{User, Verb};
use crate::editing::{Desk, reorder};
use crate::error::{Error, Result};
use crate::store::{State, Stored};

/// How alike two titles must be, of 1.
const ALIKE: f64 = 0.9;
/// How many outputs are compared with each row.
const COMPARED: i64 = 8;

/// Finds what the rows repeat, of each other and of what is there, and settles what becomes of them.
pub(super) async fn find(desk: &Desk, user: &User, preview: &mut Preview, choices: &Choices) -> Result<()> {
    within(preview, choices);
    let mut found: HashMap<usize, (Id, bool)> = by_doi(desk, &preview.rows).await?;
    let rest: Vec<(usize, String, Option<i64>)> = preview
        .rows
        .iter()
        .filter(|row| {
            !found.contains_key(&row.at) && row.twin.is_none() && !row.item.text("title").is_empty()
        })
        .map(|row| (row.at, row.item.text("title").to_owned(), row.item.integer("year")))
        .collect();
    for part in rest.chunks(PART) {
        let titles: Vec<String> = part.iter().map(|(_, title, _)| title.clone()).collect();
        for (place, document) in desk.lists().alike(&OUTPUT, &titles, COMPARED).await? {
            let Some((at, title, year)) = part.get(place) else { continue };
            // Comparing long titles takes its time.
            tokio::task::yield_now().await;
            let other = document.json.get("year").and_then(Json::as_i64);
            if is_same(&plain(title), &plain(&document.title), *year, other)
                && let Ok(id) = document.id.parse()
            {
                found.entry(*at).or_insert((id, false));
            }
        }
    }
    let mut ids: Vec<Id> = found.values().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let stored: HashMap<Id, Stored> =
        desk.store.items(&OUTPUT, &ids).await?.into_iter().map(|one| (one.item.id, one)).collect();
    let mut taken: HashMap<Id, usize> = HashMap::new();
    for row in &mut preview.rows {
        let Some((twin, certain)) =
            found.get(&row.at).and_then(|(id, certain)| Some((stored.get(id)?, *certain)))
        else {
            continue;
        };
        settle(user, row, twin, certain, preview.project, choices);
        // Two rows may mean one output; it joins the table once.
        if row.fate == Fate::Link && taken.insert(twin.item.id, row.number).is_some() {
            row.fate = Fate::Same;
        }
    }
    Ok(())
}

/// What becomes of a row whose output is there.
fn settle(
    user: &User,
    row: &mut Understood,
    twin: &Stored,
    certain: bool,
    project: Option<Id>,
    choices: &Choices,
) {
    let in_table = project.is_some_and(|project| reorder::place(&twin.item, project).is_some());
    let subtitle = (OUTPUT.subtitle)(&twin.item);
    let mut title = twin.item.title();
    let same_title = plain(&title) == plain(row.item.text("title"));
    if !subtitle.is_empty() {
        title = format!("{title} ({subtitle})");
    }
    row.twin = Some(Twin { title, id: Some(twin.item.id), row: None, same_title, certain, in_table });
    if row.fate != Fate::New {
        return;
    }
    if twin.state() == State::Trashed {
        row.wrong(
            None,
            "An output in the trash has this DOI. Take it out of the trash first, or empty the DOI.",
        );
        return;
    }
    if choices.made_new.contains(&row.at) && !certain {
        return;
    }
    row.fate = Fate::Same;
    let Some(project) = project.filter(|_| !in_table) else { return };
    if user.may_with(Verb::Save, twin) {
        row.item = twin.item.clone();
        join(&mut row.item, project);
        row.before = Some(twin.clone());
        row.fate = Fate::Link;
        row.problems.clear();
    } else {
        row.dropped(
            None,
            "It stands in a project that is not assigned to you; ask an editor to put it into this table too.",
        );
    }
}

/// Rows that say the same as an earlier one.
fn within(preview: &mut Preview, choices: &Choices) {
    let mut dois: HashMap<String, usize> = HashMap::new();
    let mut titles: HashMap<String, Vec<(Option<i64>, usize)>> = HashMap::new();
    for row in preview.rows.iter_mut().filter(|row| row.fate == Fate::New) {
        let (doi, title) = (row.item.text("doi").to_owned(), plain(row.item.text("title")));
        let year = row.item.integer("year");
        let earlier =
            Some(&doi).filter(|doi| !doi.is_empty()).and_then(|doi| dois.get(doi)).map(|row| (*row, true));
        let earlier = earlier.or_else(|| {
            let same = titles.get(&title)?.iter().find(|(other, _)| are_near(year, *other))?;
            Some((same.1, false))
        });
        match earlier {
            Some((number, certain)) => {
                let title = format!("row {number}");
                let same_title = !certain;
                row.twin =
                    Some(Twin { title, id: None, row: Some(number), same_title, certain, in_table: false });
                if certain || !choices.made_new.contains(&row.at) {
                    row.fate = Fate::Same;
                }
            }
            None => {
                if !doi.is_empty() {
                    dois.insert(doi, row.number);
                }
                if !title.is_empty() {
                    titles.entry(title).or_default().push((year, row.number));
                }
            }
        }
    }
}

/// Who holds the rows' DOIs.
async fn by_doi(desk: &Desk, rows: &[Understood]) -> Result<HashMap<usize, (Id, bool)>> {
    let dois: Vec<String> = rows
        .iter()
        .filter(|row| row.twin.is_none())
        .map(|row| row.item.text("doi").to_owned())
        .filter(|doi| !doi.is_empty())
        .collect();
    if dois.is_empty() {
        return Ok(HashMap::new());
    }
    let field: &Field = OUTPUT.field("doi").ok_or(Error::NotFound)?;
    let holders = desk.store.holders(&OUTPUT, field, &dois).await?;
    Ok(rows.iter().filter_map(|row| Some((row.at, (*holders.get(row.item.text("doi"))?, true)))).collect())
}

/// A title as it is compared: letters and digits alone.
fn plain(title: &str) -> String {
    let words = fold(title).replace(|c: char| !c.is_alphanumeric(), " ");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn are_near(one: Option<i64>, other: Option<i64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.abs_diff(other) <= 1,
        _ => true,
    }
}

fn is_same(one: &str, other: &str, year: Option<i64>, other_year: Option<i64>) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    // Titles of a series differ in a number.
    are_near(year, other_year)
        && (one == other
            || (digits(one) == digits(other) && strsim::normalized_levenshtein(one, other) >= ALIKE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_compared_as_people_would() {
        let same = |one: &str, other: &str| is_same(&plain(one), &plain(other), Some(2019), Some(2020));
        assert!(same("Learning and well-being: Safety, failure", "Learning and Wellbeing – safety, failure"));
        assert!(!same("Annual report 2019", "Annual report 2020"));
        assert!(!same(
            "From blame to praise in policing: Implications for leadership and the public conversation",
            "From blame to praise in policing: Implications for strategy, culture, process and well-being"
        ));
        assert!(!is_same("a", "a", Some(2015), Some(2020)) && is_same("a", "a", None, Some(2020)));
    }
}
