//! Recto: a headless CMS for university research centres. `docs/ARCHITECTURE.md` is the map.

pub mod accounts;
pub mod admin;
pub mod api;
pub mod app;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod content;
pub mod editing;
pub mod error;
pub mod filename;
pub mod import;
pub mod media;
pub mod metadata;
pub mod published;
pub mod reading;
mod sqlite;
pub mod store;
pub mod telemetry;
