//! Logging: what is logged goes to standard error, as the setting `log` says. It must not be
//! called twice in a process, and nothing logged names a person.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::value::LogFilter;

/// Libraries that tell at `info` what nobody needs; the setting can ask for them by name.
const QUIET: &str = "sqlx=warn,sea_orm=warn,sea_orm_migration=warn";

/// Libraries that would tell the addresses of one-time links, whatever the setting asks for.
const SECRET: &str = "tower_http::csrf=info";

/// Begins to log. Later calls change nothing.
pub fn start(filter: &LogFilter) {
    let filter = EnvFilter::builder().parse_lossy(format!("{QUIET},{},{SECRET}", filter.as_str()));
    // A subscriber that is there already is a test's.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(true)
        .try_init();
}
