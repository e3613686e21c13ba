//! Content for tests, made through the verbs, so that it cannot be impossible.

use recto::content::{ContentType, Id, Item, Kind, Row, Value, by_name, text};
use recto::editing::{Desk, Edit, User, publish, save};
use recto::store::Stored;

/// An item in the making; what is not said gets a valid default.
#[must_use]
pub struct Build {
    pub item: Item,
}

/// A new item of this type with enough in it to be published.
pub fn item(desk: &Desk, content_type: &'static ContentType) -> Build {
    Build { item: Item::new(content_type, Id::new(desk.clock.now())) }
}

pub fn theme(desk: &Desk, number: i64, title: &str) -> Build {
    item(desk, by_name("theme").unwrap()).integer("number", number).text("title", title)
}

pub fn project(desk: &Desk, theme: &Stored, code: &str, title: &str) -> Build {
    item(desk, by_name("project").unwrap())
        .text("code", code)
        .text("title", title)
        .text("status", "active")
        .one("theme", theme.item.id)
}

pub fn person(desk: &Desk, given: &str, family: &str) -> Build {
    item(desk, by_name("person").unwrap()).text("given_names", given).text("family_name", family)
}

pub fn news(desk: &Desk, title: &str, date: &str) -> Build {
    item(desk, by_name("news").unwrap()).text("title", title).text("summary", "Summary").text("date", date)
}

pub fn event(desk: &Desk, title: &str, start: &str) -> Build {
    item(desk, by_name("event").unwrap())
        .text("title", title)
        .text("start", start)
        .text("time_zone", "Europe/London")
        .text("state", "scheduled")
}

/// An output in a project's table, by 'Tomkins, L', of the first output type.
pub async fn output(desk: &Desk, project: Option<&Stored>, title: &str, year: i64) -> Build {
    let types = desk.lists().search("Board report", 1).await.unwrap();
    let build = item(desk, by_name("output").unwrap())
        .text("title", title)
        .integer("year", year)
        .text("availability", "on_request")
        .one("type", types[0].id.parse().unwrap())
        .rows(
            "authors",
            vec![Row { target: None, values: vec![Value::Text("Tomkins, L".into()), Value::Flag(true)] }],
        );
    match project {
        Some(project) => build.rows(
            "projects",
            vec![Row { target: Some(project.item.id), values: vec![Value::Integer(1024)] }],
        ),
        None => build,
    }
}

impl Build {
    /// Sets a field from what an editor would type.
    pub fn text(mut self, name: &str, typed: &str) -> Self {
        let kind = self.item.content_type.field(name).unwrap().kind;
        self.item.set(name, text::parse(&kind, typed).unwrap());
        self
    }

    pub fn integer(mut self, name: &str, number: i64) -> Self {
        self.item.set(name, Value::Integer(number));
        self
    }

    pub fn one(mut self, name: &str, id: Id) -> Self {
        self.item.set(name, Value::One(id));
        self
    }

    pub fn rows(mut self, name: &str, rows: Vec<Row>) -> Self {
        self.item.set(name, Value::Many(rows));
        self
    }

    /// Links without columns of their own, or with empty ones.
    pub fn links(self, name: &str, to: &[&Stored]) -> Self {
        let columns = self.item.content_type.field(name).unwrap().columns();
        let empty = |kind: &Kind| Value::empty(kind);
        let rows = to
            .iter()
            .map(|stored| Row {
                target: Some(stored.item.id),
                values: columns.iter().map(|column| empty(&column.kind)).collect(),
            })
            .collect();
        self.rows(name, rows)
    }

    /// Saves it as a draft.
    pub async fn draft(self, desk: &Desk) -> Stored {
        save(desk, &User::system(), &[Edit::new(self.item)]).await.unwrap().remove(0)
    }

    /// Saves and publishes it.
    pub async fn published(self, desk: &Desk) -> Stored {
        let stored = self.draft(desk).await;
        publish(desk, &User::system(), stored.item.id, None, &[]).await.unwrap().remove(0)
    }
}
