//! What tests stand on: a database of their own on each backend, content built through the verbs.

pub mod app;
pub mod build;
pub mod database;
pub mod files;

use recto::editing::Desk;
use recto::store::Stored;

pub use app::TestApp;
pub use database::{Backend, Statements, TestDesk, backends};

/// An item as it is now.
pub async fn now(desk: &Desk, stored: &Stored) -> Stored {
    desk.store.items(stored.item.content_type, &[stored.item.id]).await.unwrap().remove(0)
}

/// One that reads imports with the program that was built: this process is another. Each call gives
/// one with places of its own.
pub fn reader() -> recto::reading::Reader {
    recto::reading::Reader::of(env!("CARGO_BIN_EXE_recto").into(), recto::reading::Limits::default())
}
