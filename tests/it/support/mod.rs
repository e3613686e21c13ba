//! What tests stand on: a database of their own on each backend, content built through the verbs.

pub mod app;
pub mod build;
pub mod database;
pub mod files;

pub use app::TestApp;
pub use database::{Backend, Statements, TestDesk, backends};
