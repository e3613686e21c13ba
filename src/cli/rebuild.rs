//! `recto rebuild`. It must not touch the editorial database beyond reading it.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicI64, Ordering};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Place, block_on, say};
use crate::app::{self, DRAFTS_FILE, PUBLIC_FILE};
use crate::clock::Clock;
use crate::editing::Desk;
use crate::error::{Error, Result};

/// Build the two read stores anew from the editorial database.
///
/// They hold nothing that is not in the database, so nothing can be lost. Recto may be serving
/// meanwhile: the public sees what was there until all of it is there again.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  recto rebuild --data-dir /var/lib/recto")]
pub(super) struct Rebuild {}

impl Rebuild {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let Self {} = self;
        let config = place.settings(None)?;
        block_on(async {
            let store = app::open_store(&config, app::May::Nothing).await?;
            if store.has_unlogged().await? {
                return Err(Error::Refused(
                    "The publications are those of release 0.1.0. Start ‘recto serve’, which closes files that are \
                     public by mistake and builds both stores."
                        .to_owned(),
                ));
            }
            let desk = Desk {
                media: app::open_library(&config)?,
                store,
                published: app::open_follower(&config, PUBLIC_FILE).await?,
                drafts: app::open_follower(&config, DRAFTS_FILE).await?,
                clock: Clock::system(),
            };
            let teller = Teller::new();
            desk.rebuild(&|done, all| teller.tell(done, all)).await?;
            teller.finish();
            let (published, drafts) = desk.store.newest().await?;
            say(format_args!(
                "Built anew: the public store up to {published}, the drafts store up to {drafts}."
            ));
            desk.published.close().await;
            desk.drafts.close().await;
            desk.store.close().await;
            Ok(())
        })
    }
}

/// How far the work is: a bar on a terminal, else a line for each quarter.
struct Teller {
    bar: Option<ProgressBar>,
    quarter: AtomicI64,
}

impl Teller {
    fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len}") {
                bar.set_style(style);
            }
            bar
        });
        Self { bar, quarter: AtomicI64::new(0) }
    }

    fn tell(&self, done: i64, all: i64) {
        if let Some(bar) = &self.bar {
            bar.set_length(u64::try_from(all).unwrap_or(0));
            bar.set_position(u64::try_from(done).unwrap_or(0));
            return;
        }
        let quarter = done.saturating_mul(4) / all.max(1);
        if self.quarter.fetch_max(quarter, Ordering::Relaxed) < quarter {
            say(format_args!("{done} of {all}"));
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
