//! Tables: what is written into a cell means the same when it is read, whatever stands in it.

use std::collections::HashMap;

use proptest::prelude::*;
use recto::content::types::{OUTPUT, PROJECT};
use recto::content::{Id, Item, Kind, Row, TYPES, Value, by_name, table, text};

use super::generate;

/// What the items of random links are called.
#[derive(Clone, Debug, Default)]
pub struct Called(HashMap<Id, String>);

impl Called {
    /// Gives every known item one of these names, and keeps the names apart.
    fn new(names: &[String]) -> Self {
        let ids = TYPES.iter().flat_map(|one| generate::known(one.name));
        let mut called: HashMap<Id, String> = HashMap::new();
        for (at, id) in ids.enumerate() {
            let name = match names.get(at % names.len().max(1)) {
                Some(name) if !called.values().any(|known| known == name) => name.clone(),
                other => format!("{}{at}", other.cloned().unwrap_or_default()),
            };
            called.insert(id, name);
        }
        Self(called)
    }
}

impl table::Names for Called {
    fn name(&self, id: Id) -> String {
        self.0.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    fn find(&self, to: &str, _: Option<&str>, text: &str) -> Option<Id> {
        generate::known(to).into_iter().find(|id| self.0.get(id).is_some_and(|name| name == text))
    }
}

/// A name as a title can be: of one line.
fn name() -> impl Strategy<Value = String> {
    generate::odd().prop_filter_map("no name", |typed| match text::parse(&Kind::Line(80), &typed) {
        Ok(Value::Text(name)) => Some(name.into()),
        _ => None,
    })
}

/// Places are kept by reordering and not written.
fn without_places(mut item: Item) -> Item {
    for (at, field) in item.content_type.many() {
        if let Some(Value::Many(rows)) = item.values.get_mut(at) {
            for row in rows {
                for (column, value) in field.columns().iter().zip(&mut row.values) {
                    if matches!(column.kind, Kind::Position) {
                        *value = Value::None;
                    }
                }
            }
        }
    }
    item
}

/// The item that is read from the cells of this one, through a CSV file.
fn there_and_back(item: &Item, names: &Called) -> Item {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(table::header(item.content_type)).unwrap();
    csv.write_record(table::write(item, names)).unwrap();
    let file = csv.into_inner().unwrap();
    let mut csv = csv::Reader::from_reader(file.as_slice());
    let header = csv.headers().unwrap().clone();
    let cells = csv.records().next().unwrap().unwrap();
    let mut read = Item::new(item.content_type, item.id);
    for (name, cell) in header.iter().zip(&cells).skip(1) {
        table::read(&mut read, name, cell, names).unwrap_or_else(|error| panic!("{name}: {cell:?}: {error}"));
        for start in ['=', '+', '-', '@', '\t', '\r'] {
            assert!(!cell.starts_with(start), "{cell:?} would be run");
        }
    }
    read
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(item in generate::any_item(), names in prop::collection::vec(name(), 1..50)) {
        let names = Called::new(&names);
        prop_assert_eq!(there_and_back(&item, &names), without_places(item));
    }

    /// People are credited by each other's names.
    #[test]
    fn credits_keep_their_people(item in generate::item(&OUTPUT), others in prop::collection::vec(name(), 1..9)) {
        let credited = item.rows("authors").iter().map(|row| text::print(item.cell("authors", row, "name")));
        let names: Vec<String> = credited.filter(|name| !name.is_empty()).chain(others).collect();
        let names = Called::new(&names);
        prop_assert_eq!(there_and_back(&item, &names), without_places(item));
    }

    #[test]
    fn no_cell_breaks_the_reader(cell in generate::odd(), at in 0..TYPES.len()) {
        let names = Called::new(&["L".to_owned()]);
        for field in TYPES[at].fields {
            let mut item = Item::new(TYPES[at], Id::nil());
            let _ = table::read(&mut item, field.name, &cell, &names);
        }
    }
}

fn person(number: usize) -> Id {
    generate::known("person")[number]
}

fn author(name: &str, lead: bool, target: Option<Id>) -> Row {
    Row { target, values: vec![Value::Text(name.into()), Value::Flag(lead)] }
}

#[test]
fn cells_read_as_people_write_them() {
    let names = Called(HashMap::from([
        (person(0), "Tomkins, L".to_owned()),
        (person(1), "Hartley, J".to_owned()),
        (generate::known("organisation")[0], "Home Office (UK)".to_owned()),
    ]));
    let mut output = Item::new(&OUTPUT, Id::nil());
    let written = |item: &Item, column: &str| {
        let at = table::header(item.content_type).iter().position(|name| *name == column).unwrap();
        table::write(item, &names)[at].clone()
    };
    let rows = vec![
        author("Tomkins, L", true, Some(person(0))),
        author("Smith; Sons", false, None),
        author("Hartley, Jean", false, Some(person(1))),
        author("Hartley, J", false, None),
    ];
    output.set("authors", Value::Many(rows.clone()));
    let cell = written(&output, "authors");
    assert_eq!(cell, r"Tomkins, L*; Smith\; Sons; Hartley, Jean = Hartley, J; Hartley, J =");
    let mut read = Item::new(&OUTPUT, Id::nil());
    table::read(&mut read, "authors", &cell, &names).unwrap();
    assert_eq!(read.rows("authors"), rows);
    table::read(&mut read, "authors", " Tomkins, L * ;; Bristow, A;", &names).unwrap();
    assert_eq!(
        read.rows("authors"),
        [author("Tomkins, L", true, Some(person(0))), author("Bristow, A", false, None)]
    );
    let unknown = table::read(&mut read, "authors", "Bristow, A = Nobody", &names).unwrap_err();
    assert!(unknown.contains("Nobody"), "{unknown}");

    let mut project = Item::new(&PROJECT, Id::nil());
    for cell in ["Home Office (UK) (Funder)", r"Home Office \(UK\) (funder)"] {
        table::read(&mut project, "partners", cell, &names).unwrap();
        assert_eq!(project.rows("partners")[0].values, [Value::Text("funder".into())]);
    }
    assert_eq!(written(&project, "partners"), r"Home Office \(UK\) (funder)");
    assert!(table::read(&mut project, "partners", "Nobody (Funder)", &names).is_err());

    // Text that an apostrophe begins stays apart from text that it protects.
    for note in ["=1+1", "'=1+1", "''-", "'plain'", "'"] {
        output.set("note", Value::Text(note.into()));
        let cell = written(&output, "note");
        table::read(&mut read, "note", &cell, &names).unwrap();
        assert_eq!(read.text("note"), note);
    }
}

#[test]
fn a_cell_has_no_more_rows_than_a_field() {
    let mut output = Item::new(&OUTPUT, Id::nil());
    for part in ["a;", "\\", "(", " (", ")", "*", "=", "a = ;"] {
        let mut cell = part.repeat(1_000_000);
        cell.push(')');
        let _ = table::read(&mut output, "authors", &cell, &Called::default());
        assert!(output.rows("authors").len() <= recto::content::validate::ROWS_MAX);
        let mut project = Item::new(by_name("project").unwrap(), Id::nil());
        let _ = table::read(&mut project, "partners", &cell, &Called::default());
    }
}
