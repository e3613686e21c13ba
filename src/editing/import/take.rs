//! Taking over what was understood: people and types that are wanted are made, the outputs saved as
//! drafts, all under one number by which it can be taken back. It must not take rows that are wrong.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::super::save::{EDITS_MAX, Edit, save_in};
use super::super::{GAP, User, named, reorder};
use super::{Chosen, Desk, Fate, Match, Preview, SAVED_SINCE, Understood, undo};
use crate::content::types::{OUTPUT, PERSON, TERM};
use crate::content::{Id, Item, Problems, Value};
use crate::error::{Error, Result};
use crate::store::Deed;

/// How many items are saved in one transaction where one is too few for all: editors save in between.
const PART: usize = 500;

/// What an import has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// By which it can be taken back; empty where nothing was written.
    pub batch: String,
    /// Outputs that are new.
    pub new: usize,
    /// Outputs that have changed, or joined the table.
    pub changed: usize,
    /// Rows that say what is there already.
    pub unchanged: usize,
    /// People who are new.
    pub people: usize,
    /// Types that are new.
    pub types: usize,
}

impl Imported {
    /// What taking over would do.
    #[must_use]
    pub fn expected(preview: &Preview) -> Self {
        Self {
            batch: String::new(),
            new: preview.count(Fate::New),
            changed: preview.count(Fate::Change) + preview.count(Fate::Link),
            unchanged: preview.count(Fate::Same),
            people: new_people(preview).count(),
            types: new_types(preview).count(),
        }
    }
}

/// The people who are to be made and whom a row needs that is taken, with their places.
fn new_people(preview: &Preview) -> impl Iterator<Item = (usize, &Match)> {
    let used = used(preview, |row| row.authors.clone());
    new(&preview.people).filter(move |(at, _)| used.contains(at))
}

/// The same for types.
fn new_types(preview: &Preview) -> impl Iterator<Item = (usize, &Match)> {
    let used = used(preview, |row| row.kind.into_iter().collect());
    new(&preview.types).filter(move |(at, _)| used.contains(at))
}

fn new(matches: &[Match]) -> impl Iterator<Item = (usize, &Match)> {
    matches.iter().enumerate().filter(|(_, one)| one.chosen == Chosen::New)
}

fn used(preview: &Preview, of: fn(&Understood) -> Vec<usize>) -> HashSet<usize> {
    preview.rows.iter().filter(|row| row.fate == Fate::New).flat_map(of).collect()
}

/// Takes a preview over: all of it or nothing. `progress` is told how many items are saved and how
/// many there are. What is too much for one transaction is saved in parts, and taken back again where
/// one of them fails.
///
/// # Errors
/// [`Error::Invalid`] where rows are wrong, or somebody has saved their outputs since they were understood, each
/// problem at `rows.N` with N the row's place in the sheet; else as for saving.
pub async fn take(
    desk: &Desk,
    user: &User,
    preview: &Preview,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Imported> {
    let mut problems = Problems::default();
    for row in preview.rows.iter().filter(|row| row.is_blocked()) {
        for problem in row.problems.iter().filter(|problem| problem.blocks) {
            problems.add(format!("rows.{}", row.at), "row", problem.message.clone());
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let edits = edits(desk, preview).await?;
    let mut imported = Imported::expected(preview);
    if edits.is_empty() {
        return Ok(imported);
    }
    imported.batch = Id::new(desk.clock.now()).to_string();
    let batch = Some((imported.batch.as_str(), Deed::IMPORT));
    if edits.len() <= EDITS_MAX {
        save_in(desk, user, &edits, batch).await.map_err(|error| at_rows(error, &edits))?;
        progress(edits.len(), edits.len());
        return Ok(imported);
    }
    let mut done = 0;
    for part in edits.chunks(PART) {
        if let Err(error) = save_in(desk, user, part, batch).await {
            if done > 0 {
                undo(desk, user, &imported.batch).await?;
            }
            return Err(at_rows(error, part));
        }
        done += part.len();
        progress(done, edits.len());
    }
    Ok(imported)
}

/// Somebody has saved some of these outputs meanwhile: which rows they are of.
fn at_rows(error: Error, edits: &[Edit]) -> Error {
    let Error::Conflict(ids) = error else { return error };
    let mut problems = Problems::default();
    for edit in edits.iter().filter(|edit| ids.contains(&edit.item.id)) {
        problems.add(edit.place.clone(), "conflict", format!("‘{}’: {SAVED_SINCE}", edit.item.title()));
    }
    Error::Invalid(problems)
}

/// What is saved: people and types before the outputs that link to them.
async fn edits(desk: &Desk, preview: &Preview) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    let mut make = |at: usize, item: Item, made: &mut HashMap<usize, Id>| {
        made.insert(at, item.id);
        edits.push(Edit::new(item));
    };
    let (mut people, mut types) = (HashMap::new(), HashMap::new());
    for (at, one) in new_people(preview) {
        make(at, named(&desk.clock, &PERSON, None, &one.text)?, &mut people);
    }
    for (at, one) in new_types(preview) {
        make(at, named(&desk.clock, &TERM, OUTPUT.field("type"), &one.text)?, &mut types);
    }
    let mut places = Places::default();
    for row in preview.rows.iter().filter(|row| row.writes()) {
        let mut item = row.item.clone();
        if row.fate == Fate::New {
            link(&mut item, row, &people, &types);
        }
        places.fill(desk, &mut item).await?;
        let seen = row.before.as_ref().map(|before| before.meta.version);
        edits.push(Edit { item, seen, place: format!("rows.{}", row.at) });
    }
    Ok(edits)
}

/// Links an output to the people and the type that are made with it.
fn link(item: &mut Item, row: &Understood, people: &HashMap<usize, Id>, types: &HashMap<usize, Id>) {
    let mut authors = item.rows("authors").to_vec();
    for (author, at) in authors.iter_mut().zip(&row.authors) {
        author.target = author.target.or_else(|| people.get(at).copied());
    }
    item.set("authors", Value::Many(authors));
    if let Some(id) = row.kind.and_then(|at| types.get(&at)) {
        item.set("type", Value::One(*id));
    }
}

/// The last place taken in each project's table.
#[derive(Default)]
struct Places(HashMap<Id, i64>);

impl Places {
    /// Gives an output a place at the end of every table where it is new.
    async fn fill(&mut self, desk: &Desk, item: &mut Item) -> Result<()> {
        let mut rows = item.rows("projects").to_vec();
        for row in &mut rows {
            let (Some(project), [place @ Value::None]) = (row.target, row.values.as_mut_slice()) else {
                continue;
            };
            let last = match self.0.entry(project) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(last_place(desk, project).await?),
            };
            *last += GAP;
            *place = Value::Integer(*last);
        }
        item.set("projects", Value::Many(rows));
        Ok(())
    }
}

async fn last_place(desk: &Desk, project: Id) -> Result<i64> {
    let field = OUTPUT.field("projects").ok_or(Error::NotFound)?;
    let standing = desk.store.linking(&OUTPUT, field, project).await?;
    Ok(standing.iter().filter_map(|output| reorder::place(&output.item, project)).max().unwrap_or(0))
}
