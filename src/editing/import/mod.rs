//! Importing outputs: what a table or a bibliography says becomes outputs, people and types matched,
//! duplicates found; then all of it is saved as drafts, and can be taken back. It must not publish,
//! and must not guess where several things are meant.

mod own;
mod people;
mod row;
mod take;
mod twins;
mod types;
mod undo;

use std::collections::{HashMap, HashSet};

pub use super::meant::{Candidate, Chosen, Match};
pub use take::{Imported, take};
pub(super) use undo::{NOT_KEPT, needed};
pub use undo::{Stayed, Undone, may_undo, undo};

use super::permission::{self, User, Verb};
use super::{Desk, Names};
use crate::content::types::{OUTPUT, PROJECT};
use crate::content::{Id, Item, Problem, Row, Value};
use crate::error::{Error, Result};
use crate::import::{Format, Sheet};
use crate::store::{Role, Stored};

/// How many names, titles or identifiers are looked up in one statement.
const PART: usize = 500;

/// What somebody has decided about what was read.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// The rows that they leave out, by their place in the sheet.
    pub left_out: HashSet<usize>,
    /// The rows that become outputs of their own though something like them is there.
    pub made_new: HashSet<usize>,
    /// Whom they mean, by the name's key.
    pub people: HashMap<String, Chosen>,
    /// Which type they mean, by the words' key.
    pub types: HashMap<String, Chosen>,
    /// In which version they have seen the outputs that rows change, by the row's place in the sheet.
    pub seen: HashMap<usize, i64>,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A new output.
    New,
    /// An output that is there is changed.
    Change,
    /// An output that is there joins the project's table.
    Link,
    /// It is there already, as it is.
    Same,
    /// Somebody leaves it out.
    LeftOut,
}

/// An output that says the same as a row.
#[derive(Clone, Debug)]
pub struct Twin {
    /// What it is called, and from when.
    pub title: String,
    /// Which one; none for an earlier row.
    pub id: Option<Id>,
    /// The earlier row’s number.
    pub row: Option<usize>,
    /// Whether it is called just so.
    pub same_title: bool,
    /// The same DOI: there cannot be another.
    pub certain: bool,
    /// Whether it stands in the project's table.
    pub in_table: bool,
}

/// What is said of a row whose output is not any more what somebody saw, or is saved by somebody else while
/// it is taken over.
const SAVED_SINCE: &str = "Somebody has saved this output since you looked. Look again, then import.";

/// A row as it was understood.
#[derive(Clone, Debug)]
pub struct Understood {
    /// Its place in the sheet.
    pub at: usize,
    /// Its number in what was read.
    pub number: usize,
    /// The output that it becomes; people and types that are to be made are missing.
    pub item: Item,
    /// The output that it changes.
    pub before: Option<Stored>,
    /// What becomes of it.
    pub fate: Fate,
    /// What is there already.
    pub twin: Option<Twin>,
    /// Its type's place among the matches.
    pub kind: Option<usize>,
    /// Its authors' places among the matches, in their order.
    pub authors: Vec<usize>,
    /// What is wrong with it.
    pub problems: Vec<CellProblem>,
}

/// Something that is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellProblem {
    /// The column's place in the sheet; none where the row as a whole is meant.
    pub column: Option<usize>,
    /// What to do, a whole sentence.
    pub message: String,
    /// Whether the row cannot be taken over until it is mended; else the cell is left out.
    pub blocks: bool,
}

impl Understood {
    /// Whether it would be taken over, and cannot be.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        !matches!(self.fate, Fate::LeftOut | Fate::Same) && self.problems.iter().any(|problem| problem.blocks)
    }

    /// Whether taking over writes something.
    #[must_use]
    pub fn writes(&self) -> bool {
        matches!(self.fate, Fate::New | Fate::Change | Fate::Link)
    }

    fn wrong(&mut self, column: Option<usize>, message: impl Into<String>) {
        self.problems.push(CellProblem { column, message: message.into(), blocks: true });
    }

    fn dropped(&mut self, column: Option<usize>, message: impl Into<String>) {
        self.problems.push(CellProblem { column, message: message.into(), blocks: false });
    }
}

/// A sheet as it was understood.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The project whose table the outputs join.
    pub project: Option<Id>,
    /// The rows, in their order.
    pub rows: Vec<Understood>,
    /// The people who are credited.
    pub people: Vec<Match>,
    /// The types that are named.
    pub types: Vec<Match>,
    /// What is wrong with the table as a whole.
    pub problem: Option<String>,
}

impl Preview {
    /// How many rows have this fate.
    #[must_use]
    pub fn count(&self, fate: Fate) -> usize {
        self.rows.iter().filter(|row| row.fate == fate).count()
    }

    /// The rows that taking over would write, blocked ones too.
    #[must_use]
    pub fn writing(&self) -> usize {
        self.rows.iter().filter(|row| row.writes()).count()
    }

    /// How many rows are in the way.
    #[must_use]
    pub fn blocked(&self) -> usize {
        self.rows.iter().filter(|row| row.is_blocked()).count()
    }
}

/// Looks at a sheet as somebody who wants to take it over, into a project's table where one is
/// named. Changes nothing. The number of statements does not grow with the rows, but by one of
/// each kind for every five hundred.
///
/// # Errors
/// [`Error::Denied`] where they may not import there; where a store fails.
pub async fn understand(
    desk: &Desk,
    user: &User,
    sheet: &Sheet,
    project: Option<Id>,
    choices: &Choices,
) -> Result<Preview> {
    may_import(desk, user, project).await?;
    let mut preview =
        Preview { project, rows: Vec::new(), people: Vec::new(), types: Vec::new(), problem: None };
    if sheet.format == Format::Own {
        preview.rows = own::rows(desk, sheet, project, choices).await?;
        return Ok(preview);
    }
    if sheet.column("title").is_none() {
        preview.problem = Some("Say which column holds the titles.".to_owned());
        return Ok(preview);
    }
    preview.people = people::find(desk, sheet, choices).await?;
    preview.types = types::find(desk, sheet, choices).await?;
    if preview.people.len() > people::most(sheet) {
        preview.people.clear();
        preview.types.clear();
        preview.problem = Some("These rows credit too many people. Import them in parts.".to_owned());
        return Ok(preview);
    }
    if preview.types.len() > types::KINDS_MAX {
        preview.people.clear();
        preview.types.clear();
        preview.problem = Some(
            "These rows name more than 200 types of outputs. Say of that column that it is something else."
                .to_owned(),
        );
        return Ok(preview);
    }
    let meant = row::Meant::new(&preview.people, &preview.types, row::projects(desk, sheet).await?);
    let now = desk.clock.now();
    let mut rows = Vec::with_capacity(sheet.rows.len());
    for at in 0..sheet.rows.len() {
        breathe(at).await;
        let mut row = row::read(sheet, at, &meant, now);
        if let Some(project) = project.filter(|_| row.fate == Fate::New) {
            join(&mut row.item, project);
        }
        if choices.left_out.contains(&at) {
            row.fate = Fate::LeftOut;
        }
        rows.push(row);
    }
    preview.rows = rows;
    twins::find(desk, user, &mut preview, choices).await?;
    Ok(preview)
}

/// Lets others work between the rows of long tables.
async fn breathe(row: usize) {
    if row % 32 == 31 {
        tokio::task::yield_now().await;
    }
}

/// Whether somebody may import at all, and into this project.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn may_import(desk: &Desk, user: &User, project: Option<Id>) -> Result<Option<Stored>> {
    if !user.may(Verb::Create, OUTPUT.name) {
        return Err(Error::Denied("Your role is viewer: you can read this, but not import. Ask an editor."));
    }
    let Some(id) = project else {
        if user.role == Role::Contributor {
            return Err(Error::Denied(
                "You can import into the projects that are assigned to you: open one of them and begin there.",
            ));
        }
        return Ok(None);
    };
    let project = desk.store.items(&PROJECT, &[id]).await?.pop().ok_or(Error::NotFound)?;
    permission::allow(user, Verb::Save, &project)?;
    Ok(Some(project))
}

/// The labels of the types of outputs, for guessing what columns hold.
///
/// # Errors
/// Where the store fails.
pub async fn type_labels(desk: &Desk) -> Result<Vec<String>> {
    Ok(types::all(desk).await?.into_iter().map(|term| term.title).collect())
}

/// Puts an output into a project's table, unless it stands there. Its place follows when it is saved.
fn join(item: &mut Item, project: Id) {
    let mut rows = item.rows("projects").to_vec();
    if rows.iter().all(|row| row.target != Some(project)) {
        rows.push(Row { target: Some(project), values: vec![Value::None] });
        item.set("projects", Value::Many(rows));
    }
}

/// A problem with a field of an output, at its column where the sheet has one.
fn at_column(sheet: &Sheet, problem: &Problem) -> Option<usize> {
    let field = problem.field.split('.').next().unwrap_or_default();
    sheet.column(field).or_else(|| match field {
        "authors" => sheet.column("lead"),
        "availability" | "note" => sheet.column("to_note"),
        _ => None,
    })
}

/// The names of everything that our own CSV links to.
async fn names(desk: &Desk) -> Result<Names> {
    Names::read(desk.lists(), &OUTPUT).await
}
