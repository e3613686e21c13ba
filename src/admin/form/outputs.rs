//! The outputs table of a project: its rows as typed, and the edits that they come to, whether they
//! come with the form or row by row from the grid. It must not save.

use std::collections::HashMap;

use super::merge;
use super::posted::version;
use crate::admin::State;
use crate::content::types::OUTPUT;
use crate::content::{Field, Id, Item, Kind, Problems, Row, Value, text};
use crate::editing::{Edit, reorder};
use crate::error::{Error, Result};
use crate::published::{Filter, Scalar, Select};
use crate::store::Stored;

/// The columns of the table, in their order. All but the lead are fields of the output.
pub(in crate::admin) const COLUMNS: [&str; 6] = ["title", "type", "lead", "year", "availability", "note"];

/// The table as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::admin) struct Outputs {
    pub rows: Vec<OutputRow>,
    /// Outputs taken out of the table since the form was made, with the versions then seen.
    pub removed: Vec<(Id, i64)>,
}

/// One output as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::admin) struct OutputRow {
    pub id: Id,
    /// The version that the row was made from; none for a new output.
    pub version: Option<i64>,
    /// One text per column.
    pub cells: [String; 6],
}

impl OutputRow {
    /// A row to be filled from a posted form.
    pub(super) fn blank() -> Self {
        Self { id: Id::nil(), version: None, cells: Default::default() }
    }

    /// A new output's row.
    pub(in crate::admin) fn new(id: Id) -> Self {
        Self { id, ..Self::blank() }
    }

    /// The row of an output as it stands.
    pub(in crate::admin) fn of(item: &Item, version: i64) -> Self {
        let cell = |column: &str| match column {
            "lead" => {
                lead(item).map(|row| text::print(item.cell("authors", row, "name"))).unwrap_or_default()
            }
            _ => text::print(item.get(column)),
        };
        Self { id: item.id, version: Some(version), cells: COLUMNS.map(cell) }
    }

    /// Whether nothing was typed into a new row.
    pub(in crate::admin) fn is_untouched(&self) -> bool {
        self.version.is_none() && self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// What stands in a column.
    pub(in crate::admin) fn cell(&self, column: &str) -> &str {
        let at = COLUMNS.iter().position(|one| *one == column);
        at.and_then(|at| self.cells.get(at)).map(String::as_str).unwrap_or_default()
    }
}

fn lead(item: &Item) -> Option<&Row> {
    item.rows("authors").iter().find(|row| *item.cell("authors", row, "lead") == Value::Flag(true))
}

impl Outputs {
    /// The table of a stored project.
    pub(in crate::admin) async fn load(state: &State, project: Id) -> Result<(Self, Vec<Stored>)> {
        let stored = match projects() {
            Some(field) => state.desk.store.linking(&OUTPUT, field, project).await?,
            None => Vec::new(),
        };
        let shown: Vec<Stored> =
            stored.into_iter().filter(|output| output.meta.trashed_at.is_none()).collect();
        let rows = shown.iter().map(|output| OutputRow::of(&output.item, output.meta.version)).collect();
        Ok((Self { rows, removed: Vec::new() }, shown))
    }

    /// Notes what an earlier answer said was taken out: `ID:VERSION`.
    pub(super) fn remember_removed(&mut self, typed: &str) {
        if let Some((id, seen)) = typed.split_once(':')
            && let (Ok(id), Some(version)) = (id.parse(), version(seen))
            && self.removed.len() < crate::content::validate::ROWS_MAX
        {
            self.removed.push((id, version));
        }
    }

    /// The edits that the table comes to for this project, rows at `outputs.N`, and what is wrong
    /// in its cells. Outputs are loaded in a constant number of statements.
    pub(in crate::admin) async fn edits(&self, state: &State, project: Id) -> Result<(Vec<Edit>, Problems)> {
        let mut problems = Problems::default();
        let rows: Vec<(usize, &OutputRow)> =
            self.rows.iter().enumerate().filter(|(_, row)| !row.is_untouched()).collect();
        let seen = rows.iter().filter_map(|(_, row)| row.version.map(|version| (row.id, version)));
        let bases = bases(state, seen.chain(self.removed.iter().copied())).await?;
        let people = People::find(state, rows.iter().map(|(_, row)| row.cell("lead"))).await?;

        let mut items = Vec::with_capacity(rows.len());
        for (at, row) in &rows {
            let mut item = match row.version {
                Some(_) => bases.get(&row.id).cloned().ok_or(Error::NotFound)?,
                // A row that some script added has no id yet.
                None if row.id == Id::nil() => Item::new(&OUTPUT, Id::new(state.desk.clock.now())),
                None => Item::new(&OUTPUT, row.id),
            };
            // Only what was changed in the row: its other fields may hold more than a cell shows.
            let before = OutputRow::of(&item, 0);
            for ((column, typed), was) in COLUMNS.iter().zip(&row.cells).zip(&before.cells) {
                if typed == was {
                    continue;
                }
                if let Err((message, code)) = write(&mut item, column, typed, &people) {
                    problems.add(format!("outputs.{at}.{column}"), code, message);
                }
            }
            items.push((*at, row.version, item));
        }

        let places: Vec<Option<i64>> =
            items.iter().map(|(_, _, item)| reorder::place(item, project)).collect();
        let mut edits = Vec::new();
        for ((at, seen, mut item), place) in items.into_iter().zip(reorder::arrange(&places)) {
            reorder::set_place(&mut item, project, place);
            edits.push(Edit { item, seen, place: format!("outputs.{at}") });
        }
        for (id, version) in &self.removed {
            let Some(mut item) = bases.get(id).cloned() else { continue };
            let rows =
                item.rows("projects").iter().filter(|row| row.target != Some(project)).cloned().collect();
            item.set("projects", Value::Many(rows));
            edits.push(Edit { item, seen: Some(*version), place: "outputs".to_owned() });
        }
        Ok((edits, problems))
    }
}

/// The field by which outputs stand in tables.
pub(in crate::admin) fn projects() -> Option<&'static Field> {
    OUTPUT.field("projects")
}

/// The outputs as they were when the form was made.
///
/// # Errors
/// [`Error::Conflict`] with those of which that is not kept any more.
async fn bases(state: &State, seen: impl Iterator<Item = (Id, i64)>) -> Result<HashMap<Id, Item>> {
    let seen: HashMap<Id, i64> = seen.collect();
    let ids: Vec<Id> = seen.keys().copied().collect();
    let mut bases = HashMap::with_capacity(ids.len());
    let mut gone = Vec::new();
    for stored in state.desk.store.items(&OUTPUT, &ids).await? {
        let version = seen.get(&stored.item.id).copied().unwrap_or_default();
        let id = stored.item.id;
        match merge::base(&state.desk.store, &stored, Some(version)).await? {
            Some(base) => drop(bases.insert(id, base)),
            None => gone.push(id),
        }
    }
    if gone.is_empty() { Ok(bases) } else { Err(Error::Conflict(gone)) }
}

/// Writes what was typed into a column, or says what is wrong with it.
pub(in crate::admin) fn write(
    item: &mut Item,
    column: &str,
    typed: &str,
    people: &People,
) -> Result<(), (String, &'static str)> {
    match column {
        "lead" => set_lead(item, typed, people),
        column => set_cell(item, column, typed),
    }
}

fn set_cell(item: &mut Item, column: &str, typed: &str) -> Result<(), (String, &'static str)> {
    let Some(field) = OUTPUT.field(column) else { return Ok(()) };
    item.set(column, text::parse(&field.kind, typed)?);
    Ok(())
}

/// Puts a credited name in the lead's place, bound to the person of that name where there is
/// exactly one.
fn set_lead(item: &mut Item, typed: &str, people: &People) -> Result<(), (String, &'static str)> {
    let columns = OUTPUT.field("authors").map(Field::columns).unwrap_or_default();
    let kind =
        columns.iter().find(|column| column.name == "name").map_or(Kind::Line(200), |column| column.kind);
    let name = text::parse(&kind, typed)?;
    let mut rows = item.rows("authors").to_vec();
    let at = lead(item).and_then(|lead| rows.iter().position(|row| row == lead));
    match (at, name.is_none()) {
        (Some(at), true) => {
            rows.remove(at);
        }
        (None, true) => {}
        (at, false) => {
            let target = people.by_name(&text::print(&name));
            let values = columns
                .iter()
                .map(|column| if column.name == "name" { name.clone() } else { Value::Flag(true) })
                .collect();
            let row = Row { target, values };
            match at.and_then(|at| rows.get_mut(at)) {
                Some(old) => *old = row,
                None => rows.insert(0, row),
            }
        }
    }
    item.set("authors", Value::Many(rows));
    Ok(())
}

/// The people who are called by some names, looked up at once.
#[derive(Debug, Default)]
pub(in crate::admin) struct People(HashMap<String, Vec<Id>>);

impl People {
    /// Looks some names up.
    pub(in crate::admin) async fn find(state: &State, names: impl Iterator<Item = &str>) -> Result<Self> {
        let mut folded: Vec<String> =
            names.map(crate::content::parsed::fold).filter(|name| !name.is_empty()).collect();
        folded.sort_unstable();
        folded.dedup();
        let mut people = Self::default();
        for key in ["citation_name", "display_name"] {
            for names in folded.chunks(500) {
                let mut select = Select::of(&crate::content::types::PERSON);
                select.filters = vec![
                    Filter::Key(key, names.iter().cloned().map(Scalar::Text).collect()),
                    super::links::not_trashed(),
                ];
                select.limit = 2_000;
                for person in state.desk.lists().list(&select).await?.items {
                    let name = person.json.get(key).and_then(|name| name.as_str()).unwrap_or_default();
                    if let Ok(id) = person.id.parse::<Id>() {
                        let ids = people.0.entry(crate::content::parsed::fold(name)).or_default();
                        if !ids.contains(&id) {
                            ids.push(id);
                        }
                    }
                }
            }
        }
        Ok(people)
    }

    /// The one person of this name; none where nobody or several are called so.
    fn by_name(&self, name: &str) -> Option<Id> {
        match self.0.get(&crate::content::parsed::fold(name)).map(Vec::as_slice) {
            Some([id]) => Some(*id),
            _ => None,
        }
    }
}
