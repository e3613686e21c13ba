//! Rows saved by themselves: cells that were typed, each row from the version that its editor saw.
//! What others changed meanwhile is merged where it does not clash, and told where it does. Each row
//! has its own outcome: one that cannot be saved does not keep the others.

use std::collections::{BTreeMap, HashMap};

use axum::Json;
use axum::extract::{Path, State as FromState};
use serde::{Deserialize, Serialize};

use super::place::end_of;
use super::{Refusal, Row, SAVE_MAX, Sent, Table};
use crate::admin::State;
use crate::admin::form::outputs::{COLUMNS, OutputRow, People, write};
use crate::admin::session::SignedIn;
use crate::admin::when::When;
use crate::content::types::OUTPUT;
use crate::content::{Id, Item, Problems};
use crate::editing::{self, Edit, GAP, User, reorder};
use crate::error::{Error, Result};
use crate::store::{self, Stored};

/// How often a save is tried again when somebody else saves in between.
const TRIES: usize = 3;

/// The version that an output begins with.
const FIRST: i64 = 1;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rows {
    rows: Vec<Typed>,
}

/// What was typed into a row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct Typed {
    pub id: Id,
    /// The version that was seen; none for a new output.
    pub version: Option<i64>,
    /// The cells that were changed, by column; a form sends the others too, as they were.
    pub cells: BTreeMap<String, String>,
}

/// A column and what was typed into it.
type Cell<'row> = (&'row str, &'row str);

/// What became of a row.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(in crate::admin) enum Outcome {
    Saved(Row),
    /// The same cells were changed elsewhere; the row is as it was left there.
    Conflict {
        #[serde(flatten)]
        theirs: Row,
        clashes: Vec<&'static str>,
        who: String,
        when: String,
        /// Theirs with what was typed over it, for a form that shows both: a script has it.
        #[serde(skip)]
        merged: Box<[String; 6]>,
    },
    /// What is wrong, by column.
    Invalid {
        id: Id,
        problems: BTreeMap<String, String>,
    },
    /// It does not stand in this table, or no longer.
    Gone {
        id: Id,
    },
    Refused {
        id: Id,
        message: String,
    },
}

/// `POST …/save`
pub(super) async fn save(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    path: Option<Path<String>>,
    Sent(Rows { rows }): Sent<Rows>,
) -> Result<Json<Vec<Outcome>>, Refusal> {
    let table = Table::of(&state, &user, path).await?;
    Ok(Json(take(&state, &user, table, &rows).await?))
}

/// Saves what was typed into some rows of a table, and gives what became of each, in their order.
///
/// # Errors
/// [`Error::Refused`] where they are too many.
pub(in crate::admin) async fn take(
    state: &State,
    user: &User,
    table: Table,
    rows: &[Typed],
) -> Result<Vec<Outcome>> {
    if rows.len() > SAVE_MAX {
        return Err(Error::Refused(format!("At most {SAVE_MAX} rows can be saved at once.")));
    }
    let leads = rows.iter().filter_map(|row| row.cells.get("lead")).map(String::as_str);
    let people = People::find(state, leads).await?;
    let mut work = Work { state, user, table, people, done: HashMap::new() };
    for _ in 0..TRIES {
        let left: Vec<&Typed> = rows.iter().filter(|row| !work.done.contains_key(&row.id)).collect();
        if left.is_empty() {
            break;
        }
        work.attempt(&left).await?;
    }
    let busy = "Others are saving this row all the time. Try again in a moment.";
    let outcome = |row: &Typed| {
        let done = work.done.remove(&row.id);
        done.unwrap_or_else(|| Outcome::Refused { id: row.id, message: busy.to_owned() })
    };
    Ok(rows.iter().map(outcome).collect())
}

/// One request's rows on their way.
struct Work<'work> {
    state: &'work State,
    user: &'work User,
    table: Table,
    people: People,
    done: HashMap<Id, Outcome>,
}

impl Work<'_> {
    /// Tries to save these rows in one go. What is settled by it is in `done`.
    async fn attempt(&mut self, rows: &[&Typed]) -> Result<()> {
        let edits = self.edits(rows).await?;
        match editing::save(&self.state.desk, self.user, &edits).await {
            Ok(saved) => self.saved(&saved),
            // Somebody was quicker: the next attempt merges with what they did.
            Err(Error::Conflict(_)) => {}
            Err(Error::Invalid(problems)) => self.invalid(&edits, &problems),
            // One row must not keep the others, and which it was is not told.
            Err(Error::Denied(_) | Error::Refused(_) | Error::NotFound) => {
                for edit in &edits {
                    self.alone(edit).await?;
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn saved(&mut self, saved: &[Stored]) {
        self.done.extend(saved.iter().map(|stored| (stored.item.id, Outcome::Saved(Row::of(stored)))));
    }

    async fn alone(&mut self, edit: &Edit) -> Result<()> {
        let id = edit.item.id;
        let outcome = match editing::save(&self.state.desk, self.user, std::slice::from_ref(edit)).await {
            Ok(saved) => {
                self.saved(&saved);
                return Ok(());
            }
            Err(Error::Conflict(_)) => return Ok(()),
            Err(Error::Invalid(problems)) => {
                self.invalid(std::slice::from_ref(edit), &problems);
                return Ok(());
            }
            Err(Error::NotFound) => Outcome::Gone { id },
            Err(error @ (Error::Denied(_) | Error::Refused(_))) => {
                Outcome::Refused { id, message: error.to_string() }
            }
            Err(error) => return Err(error),
        };
        self.done.insert(id, outcome);
        Ok(())
    }

    /// Notes what is wrong with some rows, at the columns that the grid has.
    fn invalid(&mut self, edits: &[Edit], problems: &Problems) {
        for edit in edits {
            let mut columns = BTreeMap::new();
            for problem in &problems.0 {
                let Some(field) = problem.field.strip_prefix(&format!("{}.", edit.place)) else { continue };
                let column = match field.split('.').next().unwrap_or_default() {
                    "authors" => "lead",
                    known if COLUMNS.contains(&known) => known,
                    _ => "title",
                };
                columns.entry(column.to_owned()).or_insert_with(|| problem.message.clone());
            }
            if !columns.is_empty() {
                let id = edit.item.id;
                self.done.insert(id, Outcome::Invalid { id, problems: columns });
            }
        }
    }

    /// The edits that these rows come to, each over the newest version.
    async fn edits(&mut self, rows: &[&Typed]) -> Result<Vec<Edit>> {
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let store = &self.state.desk.store;
        let mut current: HashMap<Id, Stored> =
            store.items(&OUTPUT, &ids).await?.into_iter().map(|stored| (stored.item.id, stored)).collect();
        let mut end = None;
        let mut edits = Vec::with_capacity(rows.len());
        for row in rows {
            let (mut item, seen, cells) = match (current.remove(&row.id), row.version) {
                (Some(now), _) if now.state() != store::State::Trashed && self.table.holds(&now.item) => {
                    let Some(cells) = self.merge(row, &now).await? else { continue };
                    (now.item, Some(now.meta.version), cells)
                }
                (Some(_), _) | (None, Some(_)) => {
                    self.done.insert(row.id, Outcome::Gone { id: row.id });
                    continue;
                }
                (None, None) => {
                    let mut item = Item::new(&OUTPUT, row.id);
                    if let Table::Of(project) = self.table {
                        let place = match end {
                            Some(place) => place,
                            None => end_of(self.state, project).await?,
                        };
                        end = Some(place + GAP);
                        reorder::set_place(&mut item, project, place);
                    }
                    let cells = row.cells.iter().map(|(column, text)| (column.as_str(), text.as_str()));
                    (item, None, cells.collect())
                }
            };
            if self.typed(row.id, &cells, &mut item) {
                edits.push(Edit { item, seen, place: row.id.to_string() });
            }
        }
        Ok(edits)
    }

    /// Writes the typed cells into the item. Where one makes no sense, says so and gives false.
    fn typed(&mut self, id: Id, cells: &[Cell<'_>], item: &mut Item) -> bool {
        let mut problems = BTreeMap::new();
        for (column, text) in cells {
            let one_line = text.replace("\r\n", " ").replace('\n', " ");
            match COLUMNS.iter().find(|known| *known == column) {
                Some(column) => {
                    // A cell that says what stands there already leaves it alone: it may hold more than shows.
                    if OutputRow::of(item, 0).cell(column) == one_line {
                        continue;
                    }
                    if let Err((message, _)) = write(item, column, &one_line, &self.people) {
                        problems.insert((*column).to_owned(), message);
                    }
                }
                None => {
                    problems
                        .insert("title".to_owned(), "There is no such column. Reload the page.".to_owned());
                }
            }
        }
        let whole = problems.is_empty();
        if !whole {
            self.done.insert(id, Outcome::Invalid { id, problems });
        }
        whole
    }

    /// The typed cells that are to be written over the item as it is now; none where somebody else, or
    /// the same person elsewhere, changed the same ones since, which is told. An answer that was lost is
    /// no clash: the grid sends the same cells again before it sends others.
    async fn merge<'row>(&mut self, row: &'row Typed, now: &Stored) -> Result<Option<Vec<Cell<'row>>>> {
        let cells = row.cells.iter().map(|(column, text)| (column.as_str(), text.as_str()));
        let version = now.meta.version;
        // A new row that was sent twice: the first one stands, and it is what was seen.
        let seen = row.version.unwrap_or(FIRST);
        if seen == version {
            return Ok(Some(cells.collect()));
        }
        let desk = &self.state.desk;
        let base = desk.store.revision(&OUTPUT, row.id, seen).await?;
        // Where what was seen is not kept any more, every cell that differs is asked.
        let was = base.map(|base| OutputRow::of(&base, seen));
        let was = |column: &str| was.as_ref().map(|was| was.cell(column));
        let is = OutputRow::of(&now.item, version);
        // What was typed and taken back is no change.
        let cells: Vec<Cell<'_>> = cells.filter(|(column, mine)| Some(*mine) != was(column)).collect();
        let clashes: Vec<&'static str> = COLUMNS
            .into_iter()
            .filter(|column| Some(is.cell(column)) != was(column))
            .filter(|column| cells.iter().any(|(one, mine)| one == column && *mine != is.cell(column)))
            .collect();
        if clashes.is_empty() {
            return Ok(Some(cells));
        }
        let account = match &now.meta.updated_by {
            Some(account) if self.user.account.as_ref() != Some(account) => {
                desk.store.account(account).await?
            }
            _ => None,
        };
        // Another tab, or another machine: who sits there twice is asked as two people are.
        let own = now.meta.updated_by.is_some() && now.meta.updated_by == self.user.account;
        let nobody = if own { "You" } else { "Somebody else" };
        let merged = COLUMNS.map(|column| {
            let mine = cells.iter().find(|(one, _)| *one == column).map(|(_, mine)| *mine);
            mine.unwrap_or_else(|| is.cell(column)).to_owned()
        });
        let outcome = Outcome::Conflict {
            theirs: Row::of(now),
            merged: Box::new(merged),
            clashes,
            who: account.map_or_else(|| nobody.to_owned(), |account| account.name),
            when: When::of(self.state).await.say(now.meta.updated_at),
        };
        self.done.insert(row.id, outcome);
        Ok(None)
    }
}
