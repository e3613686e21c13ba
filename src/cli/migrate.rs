//! `recto migrate`. It must not do more than read its flags and tell people what happens.

use clap::Args;

use super::{Place, block_on, say};
use crate::app;
use crate::error::Result;

/// Bring a database of an older release up to date, or say what that would do.
///
/// A SQLite database is copied beside itself before; make a backup of PostgreSQL and of the library. ‘recto serve’
/// does the same at its start; all other commands refuse a database of an older release. There is no way back but
/// the copy.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Migrate {
    /// Change nothing; say what would be done
    #[arg(long)]
    plan: bool,
}

const EXAMPLES: &str = "\
Examples:
  recto migrate --plan --data-dir /var/lib/recto
  recto migrate --data-dir /var/lib/recto";

impl Migrate {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(None)?;
        block_on(async {
            if self.plan {
                return app::plan(&config, &|line| say(line)).await;
            }
            app::migrate(&config, &|line| say(line)).await?;
            say("Done.");
            Ok(())
        })
    }
}
