//! `recto serve`. It must not do more than read its flags and tell people where things are.

use clap::{Args, ValueEnum};

use super::{Addresses, Place, block_on, say};
use crate::app::{self, Only, Ready};
use crate::error::Result;

/// Serve the admin and the public API until told to end.
///
/// Both answer at --listen; with --public-listen the API gets an address of its own. SIGTERM or
/// Ctrl-C ends the process once running requests have finished, after ten seconds at most; a
/// second one ends it at once.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Serve {
    #[command(flatten)]
    addresses: Addresses,
    /// Serve one side alone
    #[arg(long, value_enum, value_name = "SIDE")]
    only: Option<Side>,
    /// With --only public: wait for the public store where another process has yet to make it
    #[arg(long, requires = "only")]
    wait: bool,
}

const EXAMPLES: &str = "\
Examples:
  recto serve
  recto serve --listen 127.0.0.1:8440 --public-listen 0.0.0.0:8441
  recto serve --data-dir /var/lib/recto --config /etc/recto.toml
  recto serve --only public --wait      in a process that cannot reach drafts or passwords";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Side {
    /// The public API; on SQLite it opens nothing but the public store
    Public,
    /// The admin
    Admin,
}

impl Serve {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(Some(&self.addresses))?;
        let only = match self.only {
            None => Only::All,
            Some(Side::Public) => Only::Public,
            Some(Side::Admin) => Only::Admin,
        };
        block_on(app::serve(&config, only, self.wait, announce))
    }
}

/// Tells people where things are.
pub(super) fn announce(ready: &Ready) {
    if let Some(admin) = &ready.admin {
        say(format_args!("Admin:   {admin}"));
    }
    if let Some(api) = &ready.api {
        say(format_args!("API:     {api}/api/v1/"));
    }
    if let Some(metrics) = &ready.metrics {
        say(format_args!("Metrics: {metrics}"));
    }
    if let Some(set_up) = &ready.set_up {
        say("");
        say("Nobody has an account yet. Make the first administrator here; the link works once, for a day:");
        say(format_args!("  {set_up}"));
    }
}
