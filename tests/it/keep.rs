//! What is kept of every save, and for how long: revisions in chains, pruning, deletion for good.

mod chains;
mod deletion;
mod lines;
mod model;
mod room;

use recto::content::{Item, Value};
use recto::editing::{Desk, Edit, User, save};
use recto::store::Stored;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};

/// Another program at the same database.
pub async fn other(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

/// What a statement gives as numbers, row by row.
pub async fn numbers(db: &DatabaseConnection, sql: &str) -> Vec<i64> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// A text of some kilobytes in which no two sentences are the same.
pub fn long_text(sentences: usize) -> String {
    (0..sentences).map(|at| format!("<p>Sentence {at} of {} about trust.</p>", at * 7_919 % 10_007)).collect()
}

/// Saves an item with another text in a field.
pub async fn retext(desk: &Desk, seen: &Stored, field: &str, text: &str) -> Stored {
    let mut item: Item = seen.item.clone();
    let kind = item.content_type.field(field).unwrap().kind;
    let value = recto::content::text::parse(&kind, text).unwrap();
    assert_ne!(item.get(field), &value, "a save that changes nothing makes no revision");
    item.set(field, value);
    save(desk, &User::system(), &[Edit::of(seen, item)]).await.unwrap().remove(0)
}

/// Saves an item with another title.
pub async fn retitle(desk: &Desk, seen: &Stored, title: &str) -> Stored {
    let mut item = seen.item.clone();
    item.set("title", Value::Text(title.into()));
    save(desk, &User::system(), &[Edit::of(seen, item)]).await.unwrap().remove(0)
}
