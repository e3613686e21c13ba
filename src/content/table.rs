//! Items as a table: one CSV row each, a column per field; linked items are named. What is written
//! means the same when it is read. It must not read or write files.
//!
//! The rows within an item are written into one cell, `; ` between them. A row is the name of its
//! item, or the name as credited, and then what it needs of this, in this order:
//!
//! - ` = Leah Tomkins`: the item, where the credited name alone does not lead to it; nothing behind
//!   the ` =` says that the row has none;
//! - ` (Funder)`: the value of the row's column; where there are several, one pair of brackets each,
//!   empty for none;
//! - `*`: the row's flag. `Tomkins, L*` is the lead.
//!
//! A backslash in front of `\ ; = ( ) *` makes it a character like any other: `Smith\; Sons`. A cell
//! that would begin like a formula has an apostrophe in front. The places that rows give themselves
//! in other items' lists are not written: they are kept by reordering.

use super::validate::ROWS_MAX;
use super::{Field, Id, Item, Kind, Row, Value, text};

/// The characters that mean something in a cell of rows.
const MARKS: [char; 6] = ['\\', ';', '=', '(', ')', '*'];

/// How linked items are written and found again.
pub trait Names {
    /// What a cell says for this item.
    fn name(&self, id: Id) -> String;
    /// The item of that type which a cell means.
    fn find(&self, to: &str, vocabulary: Option<&str>, text: &str) -> Option<Id>;
}

/// The columns: id, slug, then the fields.
#[must_use]
pub fn header(content_type: &super::ContentType) -> Vec<&'static str> {
    ["id", "slug"].into_iter().chain(content_type.fields.iter().map(|field| field.name)).collect()
}

/// The item's cells, in the order of [`header`].
#[must_use]
pub fn write(item: &Item, names: &dyn Names) -> Vec<String> {
    let mut cells = vec![item.id.to_string(), item.slug.clone()];
    for (field, value) in item.content_type.fields.iter().zip(&item.values) {
        cells.push(defuse(match value {
            Value::One(id) => names.name(*id),
            Value::Many(rows) => {
                rows.iter().map(|row| write_row(field, row, names)).collect::<Vec<_>>().join("; ")
            }
            other => text::print(other),
        }));
    }
    cells
}

/// Whether a spreadsheet would run the cell (OWASP, CSV injection), apostrophes in front aside.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// An apostrophe in front makes a formula text. [`fuse`] takes it off again.
fn defuse(cell: String) -> String {
    if is_formula(&cell) { format!("'{cell}") } else { cell }
}

fn fuse(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// What the columns of a row are to a cell.
struct Columns {
    /// The name as credited.
    name: Option<usize>,
    /// What stands as a star.
    flag: Option<usize>,
    /// What stands in brackets.
    notes: Vec<usize>,
}

impl Columns {
    fn of(columns: &[Field]) -> Self {
        let name = columns.iter().position(|column| column.name == "name");
        let flag = columns.iter().position(|column| matches!(column.kind, Kind::Flag));
        let kept = |at: &usize| Some(*at) != name && Some(*at) != flag;
        let placed =
            |at: &usize| columns.get(*at).is_some_and(|column| matches!(column.kind, Kind::Position));
        Self { name, flag, notes: (0..columns.len()).filter(kept).filter(|at| !placed(at)).collect() }
    }

    /// The text with a backslash in front of what would mean something.
    fn escape(&self, text: &str) -> String {
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            let means = match c {
                '\\' | ';' => true,
                '=' => self.name.is_some(),
                '*' => self.flag.is_some(),
                '(' | ')' => !self.notes.is_empty(),
                _ => false,
            };
            if means {
                escaped.push('\\');
            }
            escaped.push(c);
        }
        escaped
    }
}

fn write_row(field: &Field, row: &Row, names: &dyn Names) -> String {
    let columns = Columns::of(field.columns());
    let value = |at: usize| row.values.get(at).map(text::print).unwrap_or_default();
    let called = |id: Id| columns.escape(&names.name(id));
    let mut cell = match columns.name.map(value) {
        None => row.target.map(called).unwrap_or_default(),
        Some(name) => {
            let found = if name.is_empty() {
                None
            } else {
                names.find(field.target().unwrap_or_default(), None, &name)
            };
            let name_cell = columns.escape(&name);
            match row.target {
                target if target == found && !name.is_empty() => name_cell,
                Some(id) => format!("{name_cell} = {}", called(id)),
                None => format!("{name_cell} ="),
            }
        }
    };
    let mut notes: Vec<String> = columns.notes.iter().map(|at| value(*at)).collect();
    while notes.last().is_some_and(String::is_empty) {
        notes.pop();
    }
    for note in notes {
        cell += &format!(" ({})", columns.escape(&note));
    }
    if columns.flag.is_some_and(|at| row.values.get(at) == Some(&Value::Flag(true))) {
        cell.push('*');
    }
    cell.trim().to_owned()
}

/// Where in the text each of these marks stands that has no backslash in front.
fn marks(text: &str, wanted: impl Fn(char) -> bool) -> Vec<usize> {
    let mut found = Vec::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if !escaped && wanted(c) {
            found.push(at);
        }
        escaped = !escaped && c == '\\';
    }
    found
}

/// The text without the backslashes that take a mark its meaning.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        match chars.next_if(|next| c == '\\' && MARKS.contains(next)) {
            Some(mark) => plain.push(mark),
            None => plain.push(c),
        }
    }
    plain
}

/// Puts one cell into an item.
///
/// # Errors
/// A sentence that says what the cell should hold.
pub fn read(item: &mut Item, name: &str, cell: &str, names: &dyn Names) -> Result<(), String> {
    let cell = fuse(cell.trim());
    if name == "slug" {
        cell.clone_into(&mut item.slug);
        return Ok(());
    }
    let Some(field) = item.content_type.field(name) else {
        return Err(format!("There is no column {name}."));
    };
    let value = match field.kind {
        Kind::One { to, vocabulary } if !cell.is_empty() => {
            Value::One(names.find(to, vocabulary, cell).ok_or_else(|| unknown(field, cell))?)
        }
        Kind::Many { to, free, columns } => {
            let mut rows = Vec::new();
            let mut begin = 0;
            for end in marks(cell, |c| c == ';').into_iter().chain([cell.len()]) {
                let part = cell.get(begin..end).unwrap_or_default().trim();
                begin = end + 1;
                if !part.is_empty() {
                    rows.push(read_row(field, to, free, columns, part, names)?);
                }
                if rows.len() > ROWS_MAX {
                    return Err(format!("{}: at most {ROWS_MAX} rows fit here.", field.label));
                }
            }
            Value::Many(rows)
        }
        _ => parse(field, cell)?,
    };
    item.set(name, value);
    Ok(())
}

fn parse(field: &Field, text: &str) -> Result<Value, String> {
    text::parse(&field.kind, text).map_err(|(message, _)| format!("{}: {message}", field.label))
}

fn unknown(field: &Field, name: &str) -> String {
    format!("{}: nothing is called ‘{name}’.", field.label)
}

fn read_row(
    field: &Field,
    to: &str,
    free: bool,
    fields: &'static [Field],
    part: &str,
    names: &dyn Names,
) -> Result<Row, String> {
    let columns = Columns::of(fields);
    let mut values: Vec<Value> = fields.iter().map(|column| Value::empty(&column.kind)).collect();
    let mut set = |at: usize, value: Value| values.get_mut(at).map(|slot| *slot = value);
    let mut rest = part;
    if let Some(flag) = columns.flag
        && marks(rest, |c| c == '*').last() == Some(&(rest.len().wrapping_sub(1)))
    {
        set(flag, Value::Flag(true));
        rest = rest.get(..rest.len() - 1).unwrap_or_default().trim_end();
    }
    let (rest, notes) = split_notes(rest, columns.notes.len());
    for (at, note) in columns.notes.iter().zip(notes) {
        if let Some(column) = fields.get(*at) {
            set(*at, parse(column, &unescape(note))?);
        }
    }
    let (credited, called) = match columns.name.and_then(|_| marks(rest, |c| c == '=').first().copied()) {
        Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).map(unescape)),
        None => (rest, None),
    };
    let credited = unescape(credited);
    if let Some(at) = columns.name
        && let Some(column) = fields.get(at)
    {
        set(at, parse(column, &credited)?);
    }
    let target = match called {
        Some(called) if called.is_empty() => None,
        Some(called) => Some(names.find(to, None, &called).ok_or_else(|| unknown(field, &called))?),
        None => names.find(to, None, &credited),
    };
    if target.is_none() && !free {
        return Err(unknown(field, &credited));
    }
    Ok(Row { target, values })
}

/// Takes at most so many pairs of brackets off the end, and gives what stands in them.
fn split_notes(mut rest: &str, most: usize) -> (&str, Vec<&str>) {
    let brackets = marks(rest, |c| matches!(c, '(' | ')'));
    let mut notes = Vec::new();
    let mut last = brackets.len();
    while notes.len() < most
        && rest.ends_with(')')
        && last > 0
        && brackets.get(last - 1) == Some(&(rest.len() - 1))
    {
        let opens = |at: &usize| rest[*at..].starts_with('(') && (*at == 0 || rest[..*at].ends_with(' '));
        let Some(open) = brackets.iter().take(last - 1).rposition(opens) else { break };
        let Some(at) = brackets.get(open).copied() else { break };
        notes.insert(0, rest.get(at + 1..rest.len() - 1).unwrap_or_default());
        rest = rest.get(..at).unwrap_or_default().trim_end();
        last = open;
    }
    (rest, notes)
}
