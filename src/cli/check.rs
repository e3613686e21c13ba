//! `recto check`: what is wrong with an installation, and how to mend it. It must not change
//! anything, so that it can be run beside a Recto that serves; what it tries it takes away again.

mod backup;
mod machine;

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::{Place, block_on, complain, explain, say};
use crate::app::{self, DRAFTS_FILE, PUBLIC_FILE};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::error::{Error, READ_ONLY, Result};
use crate::media::{Files, Removed};
use crate::published::PublishedStore;
use crate::store::{Role, Store, inspect};

/// How many pieces of work that is due are looked at.
const DUE_MAX: u64 = 1_000;

/// How long a Recto that serves may take to bring its stores up to date.
const PATIENCE: Duration = Duration::from_secs(3);

/// Say what is wrong with the settings and the database, and how to mend it.
///
/// Changes nothing; can be run while Recto is serving. Run it as the same user: it tries to write in Recto's
/// directories, and takes that away again. The exit code is 1 where something is wrong.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  recto check --data-dir /var/lib/recto && systemctl restart recto")]
pub(super) struct Check {}

impl Check {
    pub(super) fn run(self, place: &Place) -> ExitCode {
        let Self {} = self;
        let said = place.settings(None).and_then(|config| {
            let holds_password = config::file_with_password(&place.layers(None))?;
            block_on(async { Ok(look(&config, holds_password.as_deref()).await) })
        });
        match said {
            Err(error) => {
                complain(explain(&error));
                ExitCode::FAILURE
            }
            Ok(said) => {
                for note in said.notes {
                    say(note);
                }
                if said.findings.is_empty() {
                    say("Nothing is wrong.");
                    return ExitCode::SUCCESS;
                }
                for finding in said.findings {
                    say(format_args!("- {finding}"));
                }
                ExitCode::FAILURE
            }
        }
    }
}

/// What there is to say.
#[derive(Default)]
struct Said {
    /// What is wrong, each with its mend.
    findings: Vec<String>,
    /// What is good to know, and not wrong.
    notes: Vec<String>,
}

async fn look(config: &Config, holds_password: Option<&Path>) -> Said {
    let mut said = Said::default();
    let findings = &mut said.findings;
    listeners(config, findings);
    if let Some(file) = holds_password {
        machine::settings(file, findings);
    }
    machine::directories(config, findings);
    machine::erased(config, findings);
    machine::disks(config, findings);
    machine::open_files(config, findings);
    if let Err(error) = inside(config, &mut said).await {
        // What was found so far may say why.
        said.findings.push(explain(&error));
    }
    said
}

/// What is in the database and beside it.
async fn inside(config: &Config, said: &mut Said) -> Result<()> {
    let Some(store) = database(config, &mut said.findings).await? else { return Ok(()) };
    content(config, &store, &mut said.findings).await?;
    accounts(&store, &mut said.findings).await?;
    due(&store, &mut said.findings).await?;
    media(config, &store, said).await?;
    backup::last(config, &store.identity().await?, Clock::system().now(), said);
    store.close().await;
    Ok(())
}

/// Work that was due and could not be done.
async fn due(store: &Store, findings: &mut Vec<String>) -> Result<()> {
    for due in store.all_due(DUE_MAX).await?.into_iter().filter(|due| due.attempts > 0) {
        findings.push(format!(
            "What was due on {} ({}, {}) has failed {} times: {}. It is tried again; if that does not help, the log \
             says more.",
            due.at.format("%Y-%m-%d %H:%M UTC"),
            due.kind,
            due.key,
            due.attempts,
            due.last_error.as_deref().unwrap_or("no reason was kept"),
        ));
    }
    if store.has_unlogged().await? {
        findings.push(
            "The publications are those of release 0.1.0. Start ‘recto serve’, which brings them up to date and \
             closes files that are public by mistake."
                .to_owned(),
        );
    }
    Ok(())
}

fn listeners(config: &Config, findings: &mut Vec<String>) {
    let admin = config.listen.0;
    if !config.tls.0 && !admin.ip().is_loopback() {
        findings.push(format!(
            "The admin listens at {admin} for other machines, but tls is off: passwords would cross the network in \
             the clear. Put a proxy with TLS before Recto, listen at 127.0.0.1, and set tls = true."
        ));
    }
    if config.tls.0 && config.admin_address.is_none() {
        findings.push(
            "tls is on, but admin_address is not set: the one-time links that Recto prints lead to this machine \
             alone. Set admin_address = \"https://…\" as editors type it."
                .to_owned(),
        );
    }
    let links = config.public_address.is_none();
    let public = config.public_listen.unwrap_or(config.listen).0;
    if links && !public.ip().is_loopback() {
        findings.push(format!(
            "The API listens at {public} for other machines, but public_address is not set: links in its answers \
             begin with {}. Set public_address = \"https://…\" as the world reaches it.",
            config.public_base()
        ));
    }
}

/// The editorial database, where it can be looked into.
async fn database(config: &Config, findings: &mut Vec<String>) -> Result<Option<Store>> {
    let address = config.database_address();
    match app::belongs(config).await {
        Err(Error::Refused(why)) => {
            findings.push(why);
            return Ok(None);
        }
        Err(error) if address.file().is_none() => {
            findings.push(explain(&app::cannot_open(&address, error)));
            return Ok(None);
        }
        // What is wrong with a file is told below.
        _ => {}
    }
    if address.file().is_some_and(|file| std::fs::metadata(file).map_or(true, |found| found.len() == 0)) {
        findings.push(format!("There is no database at {address} yet. ‘recto serve’ makes it."));
        return Ok(None);
    }
    let seen = match inspect(address.expose()).await {
        Ok(seen) => seen,
        Err(error) => {
            tracing::debug!(?error, "the database cannot be inspected");
            findings.push(format!(
                "{address} cannot be read as a database. Check that this user may read and write it and its directory; if \
                 it is damaged, restore a backup."
            ));
            return Ok(None);
        }
    };
    if !seen.unknown.is_empty() {
        findings.push(format!(
            "The database belongs to a newer release of Recto (it has had {}). Start that release, or restore a \
             backup.",
            seen.unknown.join(", ")
        ));
        return Ok(None);
    }
    if !seen.pending.is_empty() {
        findings.push(format!(
            "The database is of an older release: {} is still to be applied. ‘recto migrate --plan’ says what that does; \
             ‘recto migrate’, or the next ‘recto serve’, does it.",
            seen.pending.join(", ")
        ));
        return Ok(None);
    }
    let store = match Store::open(address.expose(), None).await {
        Ok(store) => store,
        Err(Error::Unavailable(READ_ONLY)) => {
            findings.push(machine::not_writable(&address));
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    match store.check().await {
        Ok(wrong) => findings.extend(wrong.into_iter().map(|wrong| {
            format!("The database is damaged ({wrong}). Stop Recto, keep a copy of the file, and restore a backup.")
        })),
        // It answers, or it could not have been opened.
        Err(error) => findings.push(format!(
            "The database is damaged, or cannot be read ({error}). Stop Recto, keep a copy of the file, and restore a backup."
        )),
    }
    Ok(Some(store))
}

/// Whether both read stores are there and hold what the database does.
async fn content(config: &Config, store: &Store, findings: &mut Vec<String>) -> Result<()> {
    for (name, what) in [(PUBLIC_FILE, "public store"), (DRAFTS_FILE, "drafts store")] {
        let file = config.data_dir.path().join(name);
        let shown = file.display();
        if !file.exists() {
            findings
                .push(format!("The {what} {shown} is missing. ‘recto serve’ or ‘recto rebuild’ builds it."));
            continue;
        }
        let Ok(reader) = PublishedStore::open(&file).await else {
            findings.push(format!(
                "The {what} {shown} is damaged or of another release. ‘recto serve’ or ‘recto rebuild’ builds it anew."
            ));
            continue;
        };
        if !reader.is_whole().await? {
            findings.push(format!(
                "The {what} {shown} is damaged. ‘recto serve’ or ‘recto rebuild’ builds it anew; look at the disk."
            ));
            continue;
        }
        let place = reader.place().await?;
        let is_known = match name {
            PUBLIC_FILE => store.knows_publication(&place).await?,
            _ => store.knows_change(&place).await?,
        };
        if !is_known {
            findings.push(format!(
                "The {what} tells another history than the database, as after a backup was put back. ‘recto serve’ or \
                 ‘recto rebuild’ builds it anew."
            ));
            continue;
        }
        let mut stands = stands(&reader, store, name).await?;
        if stands != 0 {
            tokio::time::sleep(PATIENCE).await;
            stands = self::stands(&reader, store, name).await?;
        }
        match stands {
            0 if name == PUBLIC_FILE => compare(&reader, store, findings).await?,
            0 => {}
            1.. => findings.push(format!(
                "The {what} is {stands} steps behind the database. ‘recto serve’ takes them over; if it is running, \
                 its log says why it cannot."
            )),
            // Taken over meanwhile.
            _ => {}
        }
    }
    Ok(())
}

/// Whether the public store holds what is public, item by item.
async fn compare(reader: &PublishedStore, store: &Store, findings: &mut Vec<String>) -> Result<()> {
    let (here, right) = (reader.all_sequences().await?, store.all_public().await?);
    if reader.sequence().await? != store.newest().await?.0 {
        // Somebody has published meanwhile.
        return Ok(());
    }
    let differ = |one: &HashMap<String, i64>, other: &HashMap<String, i64>| {
        let mut ids: Vec<String> = one
            .iter()
            .filter(|(id, number)| other.get(*id) != Some(*number))
            .map(|(id, _)| id.clone())
            .collect();
        ids.sort();
        ids
    };
    for (ids, said) in [
        (differ(&right, &here), "are missing in the public store, or there as they were before"),
        (differ(&here, &right), "are in the public store, and not public like that"),
    ] {
        if let Some(first) = ids.first() {
            findings.push(format!("{} items {said}, such as {first}. Run ‘recto rebuild’.", ids.len()));
        }
    }
    Ok(())
}

/// How many steps a read store stands behind the database.
async fn stands(reader: &PublishedStore, store: &Store, name: &str) -> Result<i64> {
    // The store's number first: the database only grows.
    let reached = reader.sequence().await?;
    let (published, changed) = store.newest().await?;
    Ok(if name == PUBLIC_FILE { published } else { changed } - reached)
}

/// Whether every file of the library is there, and nothing else. What was moved aside is told, and is no fault.
async fn media(config: &Config, store: &Store, said: &mut Said) -> Result<()> {
    let known = store.uploads().await?;
    let dir = config.media_dir();
    let shown = dir.display();
    let files = Files::at(&dir);
    let found = files.compare(&known).await?;
    let (missing, nameless) = (found.missing.len(), found.nameless);
    if let Some(first) = found.missing.first() {
        let aside = match found.missing_aside {
            0 => String::new(),
            aside => format!(
                " {aside} of them lie in {shown}/removed, and a start of ‘recto serve’ puts them back."
            ),
        };
        said.findings.push(format!(
            "{missing} of the media library’s {} files are missing in {shown} or not whole, such as {first}.{aside} Restore \
             what is missing from the backup that belongs to this database.",
            known.len()
        ));
    }
    if found.is_too_much() {
        said.findings.push(format!(
            "{nameless} of the {} files in {shown} have no name in this database: so many that it may be another than \
             theirs, or an older one, and nothing is tidied. See that ‘database’ and ‘media_dir’ belong together. If \
             they do, move what is of no use out of {shown} yourself.",
            found.kept
        ));
    } else if nameless > 0 {
        said.findings.push(format!(
            "{nameless} files in {shown} belong to no media item. ‘recto serve’ moves them to {shown}/removed within two \
             hours; where it does not, its log says why."
        ));
    }
    let removed = files.removed().await?;
    if let Some(first) = removed.iter().map(Removed::kept_until).min() {
        said.notes.push(format!(
            "{} files that nothing named lie in {shown}/removed. Administrators see them in the media library, and can \
             put them back. The first are deleted after {}.",
            removed.len(),
            first.format("%Y-%m-%d")
        ));
    }
    Ok(())
}

async fn accounts(store: &Store, findings: &mut Vec<String>) -> Result<()> {
    let accounts = store.accounts().await?;
    if accounts.is_empty() {
        findings.push(
            "Nobody has an account. ‘recto serve’ prints a link to make the first administrator.".to_owned(),
        );
    } else if !accounts.iter().any(|account| {
        account.role == Role::Administrator && !account.suspended && account.password_hash.is_some()
    }) {
        findings.push(
            "No administrator can sign in. ‘recto user list’ shows the accounts; ‘recto user reset’ makes a link for \
             a new password."
                .to_owned(),
        );
    }
    Ok(())
}
