//! `recto erase`. It must not decide who is meant or what goes: `editing` says, and somebody agrees.

use clap::{Args, Subcommand};

use super::terminal::agreed;
use super::{Place, block_on, say};
use crate::app::{self, Done, Parts};
use crate::clock::Clock;
use crate::config::Config;
use crate::editing::{Erasure, User, look_at_erasure};
use crate::error::{Error, Result};

/// How many items that cannot be read are named.
const BROKEN_SHOWN: usize = 10;

/// Erase what is kept of somebody, for good.
///
/// Their record goes with all its versions, its photo, its addresses and what the logs say of it; what linked to it
/// links no more. The names under which outputs credit them stay: they are part of the scholarly record. Recto may be
/// serving meanwhile; editors may have to wait while the database is written anew. Who was erased is noted in
/// erased.jsonl, which names nobody, so that a backup of before does not bring them back: ‘recto restore’ asks for it.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Erase {
    #[command(subcommand)]
    what: What,
    /// Do it without asking
    #[arg(long, global = true)]
    yes: bool,
    /// Delete the copies of before upgrades and restores, too, which still hold what is erased
    #[arg(long, global = true)]
    delete_copies: bool,
}

const EXAMPLES: &str = "\
Examples:
  recto erase person ada.king@example.org
  recto erase person ada-king --delete-copies
  recto erase account ada.king@example.org";

#[derive(Debug, Subcommand)]
enum What {
    /// The record of somebody who is or was with the centre
    Person {
        /// The e-mail address in the record, the last part of its address on the site, or its id
        who: String,
    },
    /// The account of somebody who can sign in
    Account {
        /// What they sign in with
        email: String,
    },
}

impl Erase {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(None)?;
        block_on(async {
            let parts = Parts::open_existing(&config, Clock::system()).await?;
            let outcome = self.erase(&config, &parts).await;
            parts.close().await;
            outcome
        })
    }

    async fn erase(&self, config: &Config, parts: &Parts) -> Result<()> {
        let done = match &self.what {
            What::Person { who } => self.person(config, parts, who).await?,
            What::Account { email } => self.account(config, parts, email).await?,
        };
        for line in told(config, &done) {
            say(line);
        }
        self.copies(config)?;
        if let Some(cause) = done.left {
            return Err(Error::Refused(format!(
                "It is erased, but what was deleted may still lie in the free space of the database’s files, which cannot be \
                 written anew at the moment. Run this command again when fewer people are working. ({cause})"
            )));
        }
        match done.erased.broken.as_slice() {
            [] => Ok(()),
            broken => Err(Error::Refused(format!(
                "The versions of {} items cannot be read, and may still link to what was erased: {}. Run ‘recto check’.",
                broken.len(),
                broken.iter().take(BROKEN_SHOWN).map(ToString::to_string).collect::<Vec<_>>().join(", ")
            ))),
        }
    }

    async fn person(&self, config: &Config, parts: &Parts, who: &str) -> Result<Done> {
        let erasure = match look_at_erasure(&parts.desk, &User::system(), who).await {
            // Ended in between it is done again, by whatever they were called by.
            Err(refused @ Error::Refused(_)) => {
                let again = app::erase_people_again(config, parts, &who.trim().to_lowercase()).await?;
                return again.ok_or(refused);
            }
            looked => looked?,
        };
        for line in planned(&erasure) {
            say(line);
        }
        self.agree("Erase all of this for good?")?;
        app::erase_people(config, parts, &erasure).await
    }

    async fn account(&self, config: &Config, parts: &Parts, email: &str) -> Result<Done> {
        let found = parts.desk.store.account_by_email(&email.trim().to_lowercase()).await?;
        let Some(account) = found else {
            let again = app::erase_account_again(config, parts, &email.trim().to_lowercase()).await?;
            return again.ok_or_else(|| {
                Error::Refused(format!("Nobody signs in with {email}. ‘recto user list’ shows the accounts."))
            });
        };
        say(format_args!("The account of {} <{}>, {}.", account.name, account.email, account.role.label()));
        say("What they did stays noted under the account’s id, which says nothing of them.");
        self.agree("Erase it for good?")?;
        app::erase_account(config, parts, &account).await
    }

    fn agree(&self, question: &str) -> Result<()> {
        match self.yes || agreed(question)? {
            true => Ok(()),
            false => Err(Error::Refused("Nothing was erased.".to_owned())),
        }
    }

    /// Copies of before: what was erased is in there.
    fn copies(&self, config: &Config) -> Result<()> {
        let copies = app::copies(config);
        if copies.is_empty() {
            return Ok(());
        }
        say("These were kept aside earlier, and may still say what was erased:");
        for copy in &copies {
            say(format_args!("  {}", copy.display()));
        }
        if self.delete_copies || (!self.yes && agreed("Delete them?")?) {
            app::delete_copies(&copies)?;
            say("They are deleted.");
        } else {
            say("They are left. Delete them when you need them no longer.");
        }
        Ok(())
    }
}

/// What erasing would come to, in lines.
fn planned(erasure: &Erasure) -> Vec<String> {
    let mut lines = Vec::new();
    for one in &erasure.people {
        lines.push(format!("Person   {}  {} ({})", one.item.id, one.item.title(), one.state().label()));
    }
    for id in &erasure.deleted {
        lines.push(format!("Person   {id}  deleted before; logs still say something of it"));
    }
    for picture in &erasure.pictures {
        lines.push(format!("Picture  {}  {}", picture.item.id, picture.item.title()));
    }
    for (picture, by) in &erasure.shown {
        lines.push(format!(
            "The picture ‘{}’ stays: ‘{}’ shows it, too. Take it out there and delete it in the library, if it shows them.",
            picture.item.title(),
            by.item.title()
        ));
    }
    lines.push(format!("{} items link to it, and will not any more.", erasure.linking));
    lines.push(
        "The names under which outputs credit them stay, and so do texts that mention them.".to_owned(),
    );
    if let Some(account) = &erasure.account {
        lines.push(format!(
            "They can sign in as well: that account stays until you erase it with ‘recto erase account {}’.",
            account.email
        ));
    }
    lines
}

/// What was done, in lines.
fn told(config: &Config, done: &Done) -> Vec<String> {
    let erased = &done.erased;
    let mut lines = Vec::new();
    if erased.people + erased.pictures > 0 {
        lines.push(format!(
            "Erased {} records and {} pictures; {} items and {} of their earlier versions link to them no more; {} lines \
             of the audit log say less now.",
            erased.people, erased.pictures, erased.unlinked, erased.versions, erased.lines
        ));
    } else {
        lines.push("Erased.".to_owned());
    }
    lines.push(match &done.copy {
        Some(copy) => format!("Noted in {}, and in {}.", done.ledger.display(), copy.display()),
        None => format!(
            "Noted in {}. Copy that file to where your backups lie: ‘recto restore’ asks for it. The setting ‘backup_root’ \
             does it each time.",
            done.ledger.display()
        ),
    });
    lines.push(format!(
        "The key to it is {}; keep a copy of it apart from the backups. Backups of before still hold what was erased \
         until you delete them.",
        config.key_file().display()
    ));
    lines
}
