//! `recto prune`. It must not decide what goes: the settings say for how long, and `editing` what is needed.

use clap::Args;

use super::{Place, block_on, say};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::editing::{Pruned, Retention, User, prune};
use crate::error::{Error, Result};
use crate::store::Store;

/// Remove versions that nobody needs any more, and give the room back.
///
/// Every save keeps a whole version. After some days one for each person and hour is enough, later
/// one for each person and day; the settings say after how many. What is or was public, what is
/// needed to take a change back, the first and the newest version of everything stay. Recto may be
/// serving meanwhile; ended at any moment, it goes on the next time. Run it each night.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Prune {
    /// Say what would go, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

const EXAMPLES: &str = "\
Examples:
  recto prune --dry-run
  recto prune --data-dir /var/lib/recto";

impl Prune {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(None)?;
        block_on(async {
            let store = app::open_store(&config, app::May::Nothing).await?;
            let outcome = self.prune(&config, &store).await;
            store.close().await;
            outcome
        })
    }

    async fn prune(&self, config: &Config, store: &Store) -> Result<()> {
        let (all, hourly) = (config.versions_all_days.0, config.versions_hourly_days.0);
        let rule = Retention::of_days(all, hourly, config.audit_days.0);
        let dry = self.dry_run;
        let pruned = prune(store, &Clock::system(), &User::system(), &rule, dry).await?;
        for line in told(&pruned, dry) {
            say(line);
        }
        if !dry {
            let given = store.give_back().await?;
            if given > 0 {
                say(format_args!("The database file is {} smaller.", megabytes(given)));
            }
        }
        match pruned.broken.as_slice() {
            [] => Ok(()),
            broken => Err(Error::Refused(format!(
                "The versions of {} items cannot be read and were left as they are: {}. The log says which and why; \
                 run ‘recto check’.",
                broken.len(),
                broken.iter().take(BROKEN_SHOWN).map(ToString::to_string).collect::<Vec<_>>().join(", ")
            ))),
        }
    }
}

/// How many items are named whose versions cannot be read.
const BROKEN_SHOWN: usize = 10;

/// What was done, in numbers.
fn told(pruned: &Pruned, dry: bool) -> Vec<String> {
    let would = if dry { "would be " } else { "" };
    let mut lines = vec![
        format!("{} items have {} versions.", pruned.items, pruned.revisions),
        format!(
            "{} versions {would}removed; {} more are old enough, and stay because something needs them.",
            pruned.removed, pruned.pinned
        ),
    ];
    if !dry {
        lines.push(format!(
            "{} versions written anew; all of them take {} less.",
            pruned.rewritten,
            megabytes(u64::try_from(pruned.saved).unwrap_or(0))
        ));
    }
    lines.push(format!(
        "{} lines about text that saved itself {would}removed from the audit log, and {} that are too old.",
        pruned.lines, pruned.old_lines
    ));
    lines
}

fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
