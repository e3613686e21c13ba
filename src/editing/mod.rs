//! The verbs: what can be done with content, one file each, called alike by forms, command line
//! and importers. Each asks for permission while it loads, validates, stores and audits in one
//! transaction, then brings the read stores up to date. It must not know HTTP or HTML.

pub mod permission;

pub use permission::{User, Verb};
