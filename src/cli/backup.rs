//! `recto backup` and `recto restore`. They must not do more than read their flags and tell people what happens.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Place, block_on, complain, explain, say};
use crate::app::{self, Manifest, Note, Verified};
use crate::clock::Clock;
use crate::error::{Error, Result};

/// Back up the database and the media library, also while Recto serves.
///
/// The directory gets the database as one SQLite file, whichever kind it is, the library's files that it names, and
/// manifest.json with the digest of each. Name another directory for each backup. Settings are not in it.
#[derive(Debug, Args)]
#[command(after_long_help = BACKUP_EXAMPLES)]
pub(super) struct Backup {
    /// Where the backup is, or is to be: a directory that is empty or not there yet
    directory: PathBuf,
    /// Make none; say whether the one that is there can be put back
    ///
    /// All of it is read, and its database opened in a scratch place in the directory for temporary files. What came of
    /// it is noted in the data directory, where this was the last backup that was made from there.
    #[arg(long)]
    verify: bool,
}

const BACKUP_EXAMPLES: &str = "\
Examples:
  recto backup /backup/recto-$(date +%F) --data-dir /var/lib/recto
  recto backup --verify /backup/recto-2026-11-28";

/// Put a backup back, into SQLite or PostgreSQL.
///
/// What is in the data directory and the library is kept aside there. Refused while Recto serves from it. Into
/// PostgreSQL: make an empty database and name it in the setting ‘database’.
#[derive(Debug, Args)]
#[command(after_long_help = RESTORE_EXAMPLES)]
pub(super) struct Restore {
    /// Where the backup is
    directory: PathBuf,
    /// The list of who was erased, erased.jsonl, as it is today; ‘none’ where nobody was ever erased
    ///
    /// Whoever it names is erased in what is put back before anybody sees it. It lies in the data directory and beside
    /// the backups; the key that belongs to it is found by the setting ‘key_file’.
    #[arg(long, value_name = "FILE|none")]
    ledger: PathBuf,
}

const RESTORE_EXAMPLES: &str = "\
Examples:
  recto restore /backup/recto-2026-11-28 --ledger none --data-dir /var/lib/recto
  recto restore /backup/recto-2026-11-28 --ledger /backup/erased.jsonl --data-dir /var/lib/recto
  RECTO_DATABASE=postgres://recto@localhost/recto recto restore /backup/recto-2026-11-28 --ledger none";

impl Backup {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(None)?;
        block_on(async {
            let shown = self.directory.display();
            let bar = Bar::new();
            if self.verify {
                let tell = |files| bar.tell("files of the backup", files);
                let found = app::verify(&self.directory, &std::env::temp_dir(), &tell).await;
                bar.finish();
                // Where it could not be looked through, as for want of room, nothing is known of it.
                let is_none = || self.directory.is_dir() && Manifest::read(&self.directory).is_err();
                let is_whole = found.as_ref().ok().map(Vec::is_empty).or_else(|| is_none().then_some(false));
                if let Some(is_whole) = is_whole {
                    let verified = Verified { at: Clock::system().now(), is_whole };
                    remember(Note::verified(config.data_dir.path(), &self.directory, verified));
                }
                let wrong = found?;
                if wrong.is_empty() {
                    say(format_args!("The backup {shown} is whole and can be put back."));
                    return Ok(());
                }
                return Err(Error::Refused(format!(
                    "The backup {shown} cannot be trusted:\n- {}\nTake another one.",
                    wrong.join("\n- ")
                )));
            }
            let tell = |what, number| bar.tell(what, number);
            let taken = app::backup(&config, &self.directory, &Clock::system(), &tell).await?;
            bar.finish();
            remember(Note::made(config.data_dir.path(), &self.directory));
            say(format_args!(
                "Backed up to {shown}: {} public items, {} files of the library, {} MB.",
                taken.public,
                taken.files,
                taken.bytes.div_ceil(1_000_000)
            ));
            Ok(())
        })
    }
}

impl Restore {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(None)?;
        block_on(async {
            let bar = Bar::new();
            let tell = |what, number| bar.tell(what, number);
            let ledger = match self.ledger.as_os_str() == "none" {
                true => None,
                false => Some(app::Ledger::at(&self.ledger, &config)?),
            };
            let clock = Clock::system();
            let restored = app::restore(&config, &self.directory, ledger.as_ref(), &clock, &tell).await?;
            bar.finish();
            for aside in &restored.aside {
                say(format_args!("What was there before is in {}.", aside.display()));
            }
            if restored.erased > 0 {
                say(format_args!("Erased {} records of people again, whom the list names.", restored.erased));
            }
            say(format_args!(
                "Put back the database {} and {} files of the library. Start ‘recto serve’; it builds the public site’s store.",
                config.database_address(),
                restored.files
            ));
            Ok(())
        })
    }
}

/// Says where it could not be noted: what was asked for is done all the same.
fn remember(noted: Result<()>) {
    if let Err(error) = noted {
        complain(format_args!("{}. So ‘recto check’ and the metrics do not know of this.", explain(&error)));
    }
}

/// How far the work is, on a terminal.
struct Bar(Option<ProgressBar>);

impl Bar {
    fn new() -> Self {
        Self(std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} {msg}") {
                bar.set_style(style);
            }
            bar
        }))
    }

    fn tell(&self, what: &'static str, number: u64) {
        if let Some(bar) = &self.0 {
            bar.set_message(what);
            bar.set_position(number);
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
