//! `recto import`: outputs from CSV. Everything is looked at first and every problem told; then
//! all of it is saved as drafts, or nothing. It must not publish.

mod row;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::names::Names;
use super::{Place, block_on, export, say};
use crate::app::Parts;
use crate::clock::Clock;
use crate::content::types::OUTPUT;
use crate::content::{Id, Item, Problems, Value, table};
use crate::editing::{Desk, EDITS_MAX, Edit, GAP, User, save};
use crate::error::{Error, Result};
use crate::store::{State, Stored};
use row::Reader;

/// The largest file that is read, in bytes.
const FILE_MAX: u64 = 20 * 1024 * 1024;

/// Take content over from a CSV file.
///
/// The first row names the columns, in any order; ‘recto export’ shows which there are. A row
/// with the id or slug of an output changes that output, any other makes a new one; columns that
/// are left out stay as they are. Linked items are named: types by their label, people as cited
/// or shown, projects by their code; several in one cell with ; between, the lead author with *
/// behind. All rows are taken over, as drafts, or none; at most 3,000 of them new or changed.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Import {
    #[command(subcommand)]
    what: What,
}

const EXAMPLES: &str = "\
Examples:
  recto import outputs outputs.csv --dry-run
  recto import outputs outputs.csv --project 3.07

A file needs no more than this:
  title,type,authors,year,availability
  Empowering learning,Board report,\"Bristow, A*; Tomkins, L\",2019,Available on request";

#[derive(Debug, Subcommand)]
enum What {
    /// Outputs
    Outputs {
        /// The file; UTF-8, at most 20 MB
        file: PathBuf,
        /// Put every row into this project's table too, behind what stands there
        #[arg(long, value_name = "CODE")]
        project: Option<String>,
        /// Say what would happen, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// What an import did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Outputs that are new.
    pub new: usize,
    /// Outputs that have changed.
    pub changed: usize,
    /// Rows that say what is there already.
    pub unchanged: usize,
}

impl Import {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(None)?;
        let What::Outputs { file, project, dry_run } = self.what;
        let csv = read_file(&file)?;
        block_on(async {
            let parts = Parts::open(&config, Clock::system()).await?;
            let outcome = import_outputs(&parts.desk, &csv, project.as_deref(), dry_run).await;
            parts.close().await;
            let Imported { new, changed, unchanged } = outcome?;
            let (made, kept) = if dry_run { ("would be ", "would stay") } else { ("", "stayed") };
            say(format_args!("{new} {made}new, {changed} {made}changed, {unchanged} {kept} as they are."));
            if !dry_run && new + changed > 0 {
                say("They are drafts now; publish them in the admin.");
            }
            Ok(())
        })
    }
}

fn read_file(file: &Path) -> Result<Vec<u8>> {
    let shown = file.display();
    let cannot = |error| Error::Refused(format!("{shown} cannot be read: {error}."));
    let size = std::fs::metadata(file).map_err(cannot)?.len();
    if size > FILE_MAX {
        return Err(Error::Refused(format!("{shown} is larger than 20 MB. Split it and import the parts.")));
    }
    std::fs::read(file).map_err(cannot)
}

/// Takes outputs over from CSV: all rows or none. With `dry_run` only looks.
///
/// # Errors
/// [`Error::Invalid`] with one problem for each thing that is wrong, its row and column in its
/// sentence; [`Error::Refused`] for a file that is no table of outputs.
pub async fn import_outputs(
    desk: &Desk,
    csv: &[u8],
    project: Option<&str>,
    dry_run: bool,
) -> Result<Imported> {
    let names = Names::read(desk.lists()).await?;
    let project = match project {
        Some(code) => Some(export::find_project(desk, code).await?),
        None => None,
    };
    let there: Vec<Stored> = export::all_outputs(desk).await?;
    let mut reader = Reader::new(csv, &names, &there, desk.clock.now())?;
    let rows = reader.read();
    let mut problems = reader.into_problems();
    check_dois(&rows, &mut problems);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut imported = Imported::default();
    let mut edits = Vec::new();
    let mut places = Places::default();
    for row in rows {
        let mut item = row.item;
        if let Some(project) = project {
            row::join(&mut item, project);
        }
        places.fill(desk, &mut item).await?;
        let seen = row.stored.map(|stored| stored.meta.version);
        match row.stored {
            Some(stored) if stored.item == item => {
                imported.unchanged += 1;
                continue;
            }
            Some(_) => imported.changed += 1,
            None => imported.new += 1,
        }
        edits.push(Edit { item, seen, place: row.number.to_string() });
    }
    // One save, so all or nothing; while it lasts, editors wait.
    if edits.len() > EDITS_MAX {
        return Err(Error::Refused(format!(
            "{} rows are new or changed; {EDITS_MAX} fit into one import, so that editors can save meanwhile. Nothing \
             was imported. Split the file, each part with the header, and import the parts.",
            edits.len()
        )));
    }
    if !dry_run && !edits.is_empty() {
        save(desk, &User::system(), &edits).await.map_err(say_where)?;
    }
    Ok(imported)
}

/// What the rows want to be, before anything is saved.
pub(super) struct Row<'there> {
    /// As a spreadsheet counts; the header is row 1.
    pub(super) number: usize,
    pub(super) item: Item,
    /// What it changes.
    pub(super) stored: Option<&'there Stored>,
}

/// Two rows of one file cannot have the same DOI; the database would name only the second.
fn check_dois(rows: &[Row<'_>], problems: &mut Problems) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        let doi = row.item.text("doi");
        if doi.is_empty() {
            continue;
        }
        if let Some(first) = seen.insert(doi, row.number) {
            row::wrong(problems, row.number, "doi", &format!("Row {first} has the DOI {doi} already."));
        }
    }
}

/// A problem's place is its row and field by then: `7.doi`.
fn say_where(error: Error) -> Error {
    match error {
        Error::Invalid(found) => {
            let mut problems = Problems::default();
            for problem in found.0 {
                let (number, field) = problem.field.split_once('.').unwrap_or((&problem.field, ""));
                row::wrong(&mut problems, number, field, &problem.message);
            }
            Error::Invalid(problems)
        }
        Error::Conflict(_) => Error::Refused(
            "Somebody has changed one of these outputs meanwhile. Nothing was imported; try again."
                .to_owned(),
        ),
        other => other,
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
    let places = standing.iter().flat_map(|output| {
        let rows = output.item.rows("projects").iter().filter(|row| row.target == Some(project));
        rows.filter_map(|row| match output.item.cell("projects", row, "position") {
            Value::Integer(place) => Some(*place),
            _ => None,
        })
    });
    Ok(places.max().unwrap_or(0))
}
