//! What tests stand on: a database of their own on each backend, content built through the verbs.

pub mod app;
pub mod build;
pub mod database;
pub mod files;

pub use app::TestApp;
pub use database::{Backend, Statements, TestDesk, backends};

/// One that reads imports with the program that was built: this process is another. Each call gives
/// one with places of its own.
pub fn reader() -> recto::reading::Reader {
    recto::reading::Reader::of(env!("CARGO_BIN_EXE_recto").into(), recto::reading::Limits::default())
}
