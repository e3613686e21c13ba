//! A row of somebody's table or bibliography as an output. What a cell of minor matter says wrong is
//! left out and told; what an output cannot be without has to be mended.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{CellProblem, Chosen, Fate, Match, PART, Understood, at_column, people, types};
use crate::content::parsed::{Doi, ProjectCode, name_key};
use crate::content::types::{OPEN, OUTPUT, PROJECT};
use crate::content::{Id, Item, Row, Value, text, validate};
use crate::editing::Desk;
use crate::editing::meant::not_trashed;
use crate::error::Result;
use crate::import::{Sheet, words};
use crate::published::{Filter, Scalar, Select};

/// The columns that go into a field of the same name as they are.
const PLAIN: [&str; 7] = ["licence", "container", "publisher", "volume", "issue", "pages", "abstract"];

/// The projects that a sheet names, by code.
pub(super) async fn projects(desk: &Desk, sheet: &Sheet) -> Result<HashMap<String, Id>> {
    let mut found = HashMap::new();
    let Some(column) = sheet.column("projects") else { return Ok(found) };
    let cells = sheet.rows.iter().filter_map(|row| row.cells.get(column));
    let mut codes: Vec<String> = cells.flat_map(|cell| named(cell)).map(ProjectCode::sort_key).collect();
    codes.sort_unstable();
    codes.dedup();
    for part in codes.chunks(PART) {
        let mut select = Select::of(&PROJECT);
        select.limit = i64::try_from(part.len()).unwrap_or(i64::MAX);
        select.filters =
            vec![Filter::Key("code", part.iter().cloned().map(Scalar::Text).collect()), not_trashed()];
        for project in desk.lists().list(&select).await?.items {
            let code = project.json.get("code").and_then(|code| code.as_str()?.parse::<ProjectCode>().ok());
            if let (Some(code), Ok(id)) = (code, project.id.parse()) {
                found.insert(code.sort_key(), id);
            }
        }
    }
    Ok(found)
}

/// The codes in ‘3.07; 4.01 Another’.
fn named(cell: &str) -> Vec<ProjectCode> {
    cell.split([';', ',']).filter_map(|part| part.split_whitespace().next()?.parse().ok()).collect()
}

/// What names, words and codes mean.
pub(super) struct Meant<'matches> {
    people: (&'matches [Match], HashMap<&'matches str, usize>),
    types: (&'matches [Match], HashMap<&'matches str, usize>),
    projects: HashMap<String, Id>,
}

impl<'matches> Meant<'matches> {
    pub(super) fn new(
        people: &'matches [Match],
        types: &'matches [Match],
        projects: HashMap<String, Id>,
    ) -> Self {
        fn by_key(matches: &[Match]) -> HashMap<&str, usize> {
            matches.iter().enumerate().map(|(at, one)| (one.key.as_str(), at)).collect()
        }
        Self { people: (people, by_key(people)), types: (types, by_key(types)), projects }
    }
}

/// Where a name or a word stands among the matches, and which item it means.
fn meant((matches, by_key): &(&[Match], HashMap<&str, usize>), key: &str) -> (Option<usize>, Option<Id>) {
    let at = by_key.get(key).copied();
    match at.and_then(|at| matches.get(at)).map(|one| one.chosen) {
        Some(Chosen::Item(id)) => (at, Some(id)),
        _ => (at, None),
    }
}

/// Reads a row: an output as it will be, what it matches, and what is wrong with it.
pub(super) fn read(sheet: &Sheet, at: usize, known: &Meant<'_>, now: DateTime<Utc>) -> Understood {
    let mut row = Understood {
        at,
        number: 0,
        item: Item::new(&OUTPUT, Id::new(now)),
        before: None,
        fate: Fate::New,
        twin: None,
        kind: None,
        authors: Vec::new(),
        problems: Vec::new(),
    };
    let Some(line) = sheet.rows.get(at) else { return row };
    row.number = line.number;
    let cell = |meaning: &str| {
        let column = sheet.column(meaning);
        (column, column.and_then(|at| line.cells.get(at)).map(String::as_str).unwrap_or_default())
    };
    title(&mut row, cell("title"), cell("doi").1, cell("orcid").1);
    set_type(&mut row, cell("type").1, known);
    set_authors(&mut row, &people::credits(sheet, &line.cells), known);
    year(&mut row, cell("year"));
    availability(&mut row, sheet, &cell);
    identifiers(&mut row, &cell);
    for name in PLAIN {
        let (column, said) = cell(name);
        minor(&mut row, column, name, said);
    }
    let (column, said) = cell("projects");
    for code in named(said) {
        match known.projects.get(&code.sort_key()) {
            Some(id) => super::join(&mut row.item, *id),
            None => {
                row.wrong(column, format!("There is no project {code}. Mend the code, or empty the cell."))
            }
        }
    }
    if !said.is_empty() && named(said).is_empty() {
        row.wrong(column, "Name projects by their codes: 3.07; 4.01.");
    }
    for problem in validate::draft(&row.item).0 {
        row.wrong(at_column(sheet, &problem), problem.message);
    }
    row
}

/// A field of the output from what a cell says.
fn parse(item: &mut Item, name: &str, said: &str) -> Result<(), String> {
    let Some(field) = OUTPUT.field(name) else { return Ok(()) };
    let value = text::parse(&field.kind, said).map_err(|(message, _)| message)?;
    item.set(name, value);
    Ok(())
}

fn title(row: &mut Understood, (column, said): (Option<usize>, &str), doi: &str, orcid: &str) {
    let missing = match (said.is_empty(), doi.is_empty(), orcid.is_empty()) {
        (false, ..) => None,
        (true, false, _) => Some("Type the title: it is not known what this DOI stands for."),
        (true, true, false) => Some("It is not known what this person has published; leave the row out."),
        _ => Some("An output needs a title. Type it, or leave the row out."),
    };
    if let Err(message) = parse(&mut row.item, "title", said) {
        row.wrong(column, message);
    } else if let Some(missing) = missing {
        row.wrong(column, missing);
    }
}

fn set_type(row: &mut Understood, said: &str, known: &Meant<'_>) {
    if said.is_empty() {
        return;
    }
    let (at, id) = meant(&known.types, &types::key(said));
    row.kind = at;
    if let Some(id) = id {
        row.item.set("type", Value::One(id));
    }
}

fn set_authors(row: &mut Understood, credits: &[words::Credit], known: &Meant<'_>) {
    let kind = OUTPUT.field("authors").and_then(|field| field.columns().first()).map(|column| &column.kind);
    let mut authors = Vec::new();
    for credit in credits.iter().take(validate::ROWS_MAX) {
        let (at, target) = meant(&known.people, &name_key(&credit.name));
        row.authors.extend(at);
        let name: String = credit.name.chars().take(200).collect();
        // As it would be read from a form.
        let name = kind.and_then(|kind| text::parse(kind, &name).ok()).unwrap_or(Value::None);
        authors.push(Row { target, values: vec![name, Value::Flag(credit.lead)] });
    }
    row.item.set("authors", Value::Many(authors));
}

fn year(row: &mut Understood, (column, said): (Option<usize>, &str)) {
    if said.is_empty() {
        return;
    }
    match words::year(said) {
        Some(year) => row.item.set("year", Value::Integer(year)),
        None => row.wrong(column, format!("‘{said}’ is no year. Write four digits, or nothing.")),
    }
}

/// What the columns ‘To note’, ‘Availability’ and ‘Embargoed until’ come to. In a table like ours an
/// empty cell says that an output is open.
fn availability<'cell>(
    row: &mut Understood,
    sheet: &Sheet,
    cell: &dyn Fn(&str) -> (Option<usize>, &'cell str),
) {
    let (noted, note) = cell("to_note");
    let (stated, said) = cell("availability");
    let mut understood = words::availability(note);
    if !said.is_empty() {
        let own = words::availability(said);
        if own.availability.is_none() {
            row.wrong(
                stated,
                format!("‘{said}’ is no availability. Write: Open, Available on request, Embargoed or Unavailable."),
            );
        }
        // What the note says of it is then a note like any other.
        understood = words::Note { note: note.to_owned(), ..own };
    }
    let open = sheet.format.is_table() && noted.is_some() && said.is_empty();
    let value = understood.availability.or_else(|| open.then_some(OPEN));
    if let Some(value) = value {
        row.item.set("availability", Value::Text(value.into()));
    }
    if let Some(until) = understood.until {
        row.item.set("embargo_until", Value::Date(until));
    }
    let (column, until) = cell("embargo_until");
    minor(row, column, "embargo_until", until);
    minor(row, noted, "note", &understood.note);
}

fn identifiers<'cell>(row: &mut Understood, cell: &dyn Fn(&str) -> (Option<usize>, &'cell str)) {
    let (column, doi) = cell("doi");
    if let Err(message) = parse(&mut row.item, "doi", doi) {
        row.wrong(column, message);
    }
    let (column, link) = cell("link");
    let resolver = link.contains("doi.org/");
    match link.parse::<Doi>() {
        Ok(found) if resolver && doi.is_empty() => row.item.set("doi", Value::Text(found.to_string().into())),
        Ok(_) if resolver => {}
        _ => minor(row, column, "link", link),
    }
    for name in ["isbn", "issn"] {
        let (column, said) = cell(name);
        // ‘978-0-19-852663-6 (hardback); 0198526636’: the first that is one.
        let parts = said.split([';', ',', '(', ')']).map(str::trim).filter(|part| !part.is_empty());
        let mut parts = parts.chain(said.split_whitespace()).peekable();
        if parts.peek().is_some() && !parts.any(|part| parse(&mut row.item, name, part).is_ok()) {
            minor(row, column, name, said);
        }
    }
}

/// A cell that an output can do without.
fn minor(row: &mut Understood, column: Option<usize>, name: &str, said: &str) {
    if said.is_empty() {
        return;
    }
    if let Err(message) = parse(&mut row.item, name, said) {
        let label = OUTPUT.field(name).map_or("", |field| field.label);
        row.problems.push(CellProblem {
            column,
            message: format!("{label} is left out. {message}"),
            blocks: false,
        });
    }
}
