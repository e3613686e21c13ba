//! `recto adopt`: makes the files beside a database its own. It must not change the database, nor remove anything.

use clap::Args;

use super::terminal::agreed;
use super::{Place, block_on, say};
use crate::app;
use crate::error::{Error, Result};

/// Make the media library and the read stores beside a database its own.
///
/// For a database that was put in the place of another one on purpose, as on a staging machine that is fed from
/// production, or where the library was copied without its mark. Shows both sides and asks. The library stays as
/// it is; the read stores are moved aside and built anew. Stop Recto before.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  recto adopt --data-dir /var/lib/recto-staging --yes")]
pub(super) struct Adopt {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Adopt {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(None)?;
        block_on(async {
            let adoption = app::Adoption::look(&config).await?;
            for line in adoption.tell() {
                say(line);
            }
            if adoption.is_needless() {
                say("They belong together already; nothing was changed.");
                return Ok(());
            }
            if !self.yes && !agreed("Make them the database’s own?")? {
                return Err(Error::Refused("Nothing was changed.".to_owned()));
            }
            for line in adoption.carry_out()? {
                say(line);
            }
            Ok(())
        })
    }
}
