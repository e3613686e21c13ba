//! Erasing somebody as a whole: noted in the list first, then erased, then written anew wherever SQLite or PostgreSQL
//! would keep what is deleted. It must not ask anybody; whoever calls it has.

use std::path::{Path, PathBuf};

use super::Parts;
use super::ledger::{Kind, Ledger};
use super::migrate::closed_lists;
use crate::accounts::Accounts;
use crate::config::Config;
use crate::content::Id;
use crate::content::types::PERSON;
use crate::editing::{Desk, Erased, Erasure, User, erase};
use crate::error::{Error, Result};
use crate::store::Account;

/// By whom the command line erases.
const BY: &str = "the command line";

/// What was erased, and where that is noted.
#[derive(Clone, Debug)]
pub struct Done {
    /// What was erased; nothing of content where it was an account.
    pub erased: Erased,
    /// The list of who was erased.
    pub ledger: PathBuf,
    /// Its copy beside the backups, where the settings say where that is.
    pub copy: Option<PathBuf>,
    /// Why what was deleted may still lie in the database's file or log, where it may.
    pub left: Option<String>,
}

/// Erases the records of a person. Ended in between, it is done again by their ids.
///
/// # Errors
/// [`Error::Refused`] where the list cannot be written: then nobody was erased; where the database fails: then it
/// is to be done again.
pub async fn erase_people(config: &Config, parts: &Parts, erasure: &Erasure) -> Result<Done> {
    let now = parts.desk.clock.now();
    let mut ledger = Ledger::of(config)?;
    let mut people: Vec<(Id, Option<&str>)> = erasure.deleted.iter().map(|id| (*id, None)).collect();
    // Only where they were named by it: an address may be an office's.
    people.extend(erasure.people.iter().map(|one| (one.item.id, erasure.email.as_deref())));
    // Before anything is noted that could not be noted there.
    copy(config, &ledger)?;
    for (id, email) in &people {
        let id = id.to_string();
        if email.is_some() || !ledger.ids(Kind::Person).any(|known| known == id) {
            ledger.add(Kind::Person, &id, *email, now, BY)?;
        }
    }
    let ids: Vec<Id> = people.iter().map(|(id, _)| *id).collect();
    carry_out(config, parts, &ledger, &ids).await
}

/// Does again what was ended in between, for whoever was named so then, by an id or an e-mail address. None where
/// nobody was.
///
/// # Errors
/// As [`erase_people`].
pub async fn erase_people_again(config: &Config, parts: &Parts, who: &str) -> Result<Option<Done>> {
    if !config.key_file().exists() {
        return Ok(None);
    }
    let ledger = Ledger::of(config)?;
    let ids: Vec<Id> =
        ledger.run_of(Kind::Person, who)?.into_iter().filter_map(|id| id.parse().ok()).collect();
    match ids.is_empty() {
        true => Ok(None),
        false => carry_out(config, parts, &ledger, &ids).await.map(Some),
    }
}

async fn carry_out(config: &Config, parts: &Parts, ledger: &Ledger, ids: &[Id]) -> Result<Done> {
    let done = async {
        let copy = copy(config, ledger)?;
        let erased = erase(&parts.desk, &User::system(), ids).await?;
        finish(&parts.desk, erased, ledger, copy).await
    };
    done.await.map_err(|error| unfinished(&error))
}

/// An error of something that is noted already.
fn unfinished(error: &Error) -> Error {
    Error::Refused(format!(
        "It is not done: {error} The list names them by now, so a restore would erase them. Run the command again when this \
         is mended; it goes on where it was."
    ))
}

/// Erases an account.
///
/// # Errors
/// As [`erase_people`]; [`Error::Refused`] where it is the last administrator's.
pub async fn erase_account(config: &Config, parts: &Parts, account: &Account) -> Result<Done> {
    parts.accounts.may_erase(account).await?;
    let mut ledger = Ledger::of(config)?;
    copy(config, &ledger)?;
    ledger.add(Kind::Account, &account.id, Some(&account.email), parts.desk.clock.now(), BY)?;
    carry_out_account(config, parts, &ledger, &account.id).await
}

/// As [`erase_people_again`], for an account.
///
/// # Errors
/// As [`erase_account`].
pub async fn erase_account_again(config: &Config, parts: &Parts, who: &str) -> Result<Option<Done>> {
    if !config.key_file().exists() {
        return Ok(None);
    }
    let ledger = Ledger::of(config)?;
    match ledger.run_of(Kind::Account, who)?.first() {
        Some(id) => carry_out_account(config, parts, &ledger, id).await.map(Some),
        None => Ok(None),
    }
}

async fn carry_out_account(config: &Config, parts: &Parts, ledger: &Ledger, id: &str) -> Result<Done> {
    let done = async {
        let copy = copy(config, ledger)?;
        parts.accounts.erase(&User::system(), id).await?;
        finish(&parts.desk, Erased::default(), ledger, copy).await
    };
    done.await.map_err(|error| unfinished(&error))
}

fn copy(config: &Config, ledger: &Ledger) -> Result<Option<PathBuf>> {
    config.backup_root.as_ref().map(|root| ledger.copy_into(root.path())).transpose()
}

/// Brings the read stores up to date, and writes all three anew.
async fn finish(desk: &Desk, erased: Erased, ledger: &Ledger, copy: Option<PathBuf>) -> Result<Done> {
    desk.catch_up(&|_, _| ()).await?;
    let anew = async {
        desk.published.scrub().await?;
        desk.drafts.scrub().await?;
        desk.store.write_anew().await
    };
    let left = anew.await.err().map(|error| error.to_string());
    Ok(Done { erased, ledger: ledger.file().to_owned(), copy, left })
}

/// Erases in a database that is put back whoever the list names: those of its ids, and those of its e-mail addresses
/// that were made before. Gives what was erased.
///
/// # Errors
/// Where the database fails.
pub(super) async fn replay(desk: &Desk, accounts: &Accounts, ledger: &Ledger) -> Result<Erased> {
    let user = User::system();
    let mut people: Vec<Id> = Vec::new();
    for id in ledger.ids(Kind::Person).filter_map(|id| id.parse().ok()) {
        match desk.store.type_of(id).await? {
            Some(other) if other != PERSON.name => {
                tracing::warn!(%id, other, "the list names what is no person")
            }
            _ => people.push(id),
        }
    }
    for one in desk.store.addressed().await? {
        let Some(at) = ledger.erased_at(Kind::Person, &one.email)? else { continue };
        // Somebody may have got the address since.
        let said = desk.store.said_until(one.id, "email", Some(at)).await?;
        let had = said.iter().any(|said| said.trim().to_lowercase() == one.email);
        if had && !people.contains(&one.id) {
            people.push(one.id);
        }
    }
    let erased = match people.is_empty() {
        true => Erased::default(),
        false => erase(desk, &user, &people).await?,
    };
    for account in desk.store.accounts().await? {
        let listed = ledger.ids(Kind::Account).any(|id| id == account.id);
        let named = ledger.erased_at(Kind::Account, &account.email)?;
        if listed || named.is_some_and(|at| account.created_at <= at) {
            accounts.erase_again(&user, &account.id).await?;
        }
    }
    desk.store.write_anew().await?;
    Ok(erased)
}

/// Files that may still say what was erased: what was copied or kept aside before something else was done.
#[must_use]
pub fn copies(config: &Config) -> Vec<PathBuf> {
    let data = config.data_dir.path();
    let mut found = closed_lists(data);
    let (address, media) = (config.database_address(), config.media_dir());
    let database = address.file().map(Path::to_owned);
    let mut beside = |file: &Path, is_copy: &dyn Fn(&str) -> bool| {
        let (Some(dir), Some(name)) = (file.parent(), file.file_name().and_then(|name| name.to_str())) else {
            return;
        };
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        found.extend(entries.map(|entry| entry.path()).filter(|path| {
            let other = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            other.strip_prefix(name).is_some_and(is_copy)
        }));
    };
    let restored = |rest: &str| rest.strip_prefix(".before-restore-").is_some_and(is_moment);
    if let Some(database) = &database {
        beside(database, &|rest| rest.starts_with(".before-m0") || [".compact", ".new"].contains(&rest));
    }
    for store in [super::PUBLIC_FILE, super::DRAFTS_FILE] {
        beside(&data.join(store), &|rest| rest.starts_with(".of-"));
    }
    beside(&media, &|rest| rest == ".restoring" || restored(rest));
    beside(&data.join("restoring"), &str::is_empty);
    beside(&data.join("before-restore-"), &is_moment);
    found.sort();
    found
}

/// Whether a text begins as a moment is written in the names of what a restore keeps: `20261128T190000Z`.
fn is_moment(text: &str) -> bool {
    let moment = text.bytes().take(16).collect::<Vec<_>>();
    moment.len() == 16
        && moment.iter().enumerate().all(|(at, byte)| match at {
            8 => *byte == b'T',
            15 => *byte == b'Z',
            _ => byte.is_ascii_digit(),
        })
}

/// Deletes such files.
///
/// # Errors
/// [`Error::Refused`] where one cannot be deleted.
pub fn delete_copies(copies: &[PathBuf]) -> Result<()> {
    for copy in copies {
        let deleted = match copy.is_dir() {
            true => std::fs::remove_dir_all(copy),
            false => std::fs::remove_file(copy),
        };
        deleted.map_err(|error| Error::Refused(format!("{} cannot be deleted: {error}.", copy.display())))?;
    }
    Ok(())
}
