//! Everything that runs through more than one module: real databases, the real router. One binary,
//! so that it links once.
#![allow(missing_docs, reason = "tests explain themselves by their names")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that fails stops"
)]

mod support;

mod adding_a_type;
mod admin_accounts;
mod admin_grid;
mod admin_items;
mod all_outputs;
mod api;
mod api_bad_input;
mod api_changes;
mod api_docs;
mod api_exports;
mod api_feeds;
mod api_grammar;
mod api_guide;
mod api_head;
mod api_leak;
mod api_limit;
mod api_memory;
mod api_moment;
mod api_oai;
mod api_openapi;
mod api_plans;
mod api_prepared;
mod api_tags;
mod api_ways;
mod architecture;
mod attack;
mod autosave;
mod begin;
mod bulk;
mod caching;
mod cli;
mod closed_files;
mod content;
mod demo;
mod door;
mod editing;
mod erase;
mod faults;
mod identity;
mod import;
mod keep;
mod leak;
mod media;
mod no_base;
mod people;
mod rich;
mod upgrade;
mod used;
mod views;
