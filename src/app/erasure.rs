//! Erasing somebody as a whole: noted in the list first, then erased, then written anew wherever SQLite or PostgreSQL
//! would keep what is deleted. It must not ask anybody; whoever calls it has.

use std::path::{Path, PathBuf};

use super::Parts;
use super::ledger::{Kind, Ledger};
use super::migrate::closed_lists;
use crate::accounts::Accounts;
use crate::config::Config;
use crate::content::Id;
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
    for one in &erasure.people {
        let email = Some(one.item.text("email")).filter(|email| !email.trim().is_empty());
        people.push((one.item.id, email));
    }
    for (id, email) in &people {
        let id = id.to_string();
        if email.is_some() || !ledger.ids(Kind::Person).any(|known| known == id) {
            ledger.add(Kind::Person, &id, *email, now, BY)?;
        }
    }
    let copy = copy(config, &ledger)?;
    let ids: Vec<Id> = people.iter().map(|(id, _)| *id).collect();
    let erased = erase(&parts.desk, &User::system(), &ids).await?;
    finish(&parts.desk, erased, &ledger, copy).await
}

/// Erases an account.
///
/// # Errors
/// As [`erase_people`]; [`Error::Refused`] where it is the last administrator's.
pub async fn erase_account(config: &Config, parts: &Parts, account: &Account) -> Result<Done> {
    parts.accounts.may_erase(account).await?;
    let mut ledger = Ledger::of(config)?;
    ledger.add(Kind::Account, &account.id, Some(&account.email), parts.desk.clock.now(), BY)?;
    let copy = copy(config, &ledger)?;
    parts.accounts.erase(&User::system(), &account.id).await?;
    finish(&parts.desk, Erased::default(), &ledger, copy).await
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
    let mut people: Vec<Id> = ledger.ids(Kind::Person).filter_map(|id| id.parse().ok()).collect();
    for one in desk.store.addressed().await? {
        if ledger.has_email(Kind::Person, &one.email, one.created_at)? && !people.contains(&one.id) {
            people.push(one.id);
        }
    }
    let erased = match people.is_empty() {
        true => Erased::default(),
        false => erase(desk, &user, &people).await?,
    };
    for account in desk.store.accounts().await? {
        let listed = ledger.ids(Kind::Account).any(|id| id == account.id);
        if listed || ledger.has_email(Kind::Account, &account.email, account.created_at)? {
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
    let beside = |file: &Path, marks: &[&str], found: &mut Vec<PathBuf>| {
        let (Some(dir), Some(name)) = (file.parent(), file.file_name().and_then(|name| name.to_str())) else {
            return;
        };
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        found.extend(entries.map(|entry| entry.path()).filter(|path| {
            let other = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            other.strip_prefix(name).is_some_and(|rest| marks.iter().any(|mark| rest.starts_with(mark)))
        }));
    };
    if let Some(database) = &database {
        beside(database, &[".before-", ".compact", ".new"], &mut found);
    }
    for store in [super::PUBLIC_FILE, super::DRAFTS_FILE] {
        beside(&data.join(store), &[".of-"], &mut found);
    }
    beside(&media, &[".before-", ".restoring"], &mut found);
    beside(&data.join("restoring"), &[""], &mut found);
    beside(&data.join("before-restore"), &["-"], &mut found);
    found.sort();
    found
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
