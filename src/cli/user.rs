//! `recto user`: accounts, from the command line. It must not read passwords from flags, where
//! every process on the machine could see them.

mod assign;

use std::io::Read as _;

use clap::{Args, Subcommand};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Place, block_on, say};
use crate::accounts::{Accounts, Passwords};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::editing;
use crate::error::{Error, Result};
use crate::store::{Account, Role, Store};

/// The most bytes that are read of a password.
const PASSWORD_MAX: u64 = 4_096;

/// Add people who can sign in, and manage their accounts.
///
/// Works while Recto is serving. Roles: administrator (everything), editor (edits and publishes
/// all content), contributor (drafts of the projects assigned to them), viewer (reads).
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct User {
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  recto user add --email ada@example.org --name 'Ada King' --role editor
  recto user add --email ada@example.org --name 'Ada King' --role administrator --password-stdin < file
  recto user reset ada@example.org
  recto user role ada@example.org viewer
  recto user assign ada@example.org 3.07 3.08
  recto user suspend ada@example.org";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make an account; prints a link that works once, with which its owner chooses a password
    Add {
        /// What they sign in with
        #[arg(long)]
        email: String,
        /// The name that others see
        #[arg(long)]
        name: String,
        /// administrator, editor, contributor or viewer
        #[arg(long, default_value = "editor")]
        role: String,
        /// Read the password from standard input instead of printing a link
        #[arg(long)]
        password_stdin: bool,
    },
    /// List all accounts
    List,
    /// Print a link that works once, with which somebody chooses a new password
    Reset {
        /// What they sign in with
        email: String,
    },
    /// Give somebody another role; ends their sessions
    Role {
        /// What they sign in with
        email: String,
        /// administrator, editor, contributor or viewer
        role: String,
    },
    /// Let a contributor write drafts in these projects, beside those assigned already
    Assign(assign::Projects),
    /// Take projects away from a contributor; what they wrote stays
    Unassign(assign::Projects),
    /// Keep somebody out; ends their sessions
    Suspend {
        /// What they sign in with
        email: String,
        /// Let them in again
        #[arg(long)]
        end: bool,
    },
}

impl User {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(None)?;
        block_on(async {
            let store = app::open_store(&config, app::May::Make).await?;
            let accounts = Accounts::new(store.clone(), Clock::system(), Passwords::default());
            let outcome = self.verb.run(&config, &store, &accounts).await;
            store.close().await;
            outcome
        })
    }
}

impl Verb {
    async fn run(self, config: &Config, store: &Store, accounts: &Accounts) -> Result<()> {
        let by = editing::User::system();
        match self {
            Self::Add { email, name, role, password_stdin: true } => {
                let account = accounts.add_with_password(&by, &email, &name, &role, password()?).await?;
                say(format_args!("{} can sign in at {}/admin/.", account.email, config.admin_base()));
            }
            Self::Add { email, name, role, password_stdin: false } => {
                let (account, token) = accounts.add(&by, &email, &name, &role).await?;
                hand_over(config, &account, &token);
            }
            Self::List => list(store).await?,
            Self::Reset { email } => {
                let account = find(store, &email).await?;
                let token = accounts.make_reset_link(&by, &account.id).await?;
                hand_over(config, &account, &token);
            }
            Self::Role { email, role } => {
                let account = find(store, &email).await?;
                let changed = change(store, accounts, &account, &role, account.suspended).await?;
                say(format_args!("{} is {} now.", changed.email, article(changed.role)));
            }
            Self::Assign(projects) => projects.change(store, accounts, true).await?,
            Self::Unassign(projects) => projects.change(store, accounts, false).await?,
            Self::Suspend { email, end } => {
                let account = find(store, &email).await?;
                let changed = change(store, accounts, &account, account.role.name(), !end).await?;
                let now = if end { "may sign in again" } else { "is kept out" };
                say(format_args!("{} {now}.", changed.email));
            }
        }
        Ok(())
    }
}

async fn change(
    store: &Store,
    accounts: &Accounts,
    account: &Account,
    role: &str,
    suspended: bool,
) -> Result<Account> {
    let assigned: Vec<_> = store.assigned(&account.id).await?.into_iter().collect();
    let by = editing::User::system();
    accounts.update(&by, &account.id, &account.name, role, suspended, &assigned).await
}

async fn list(store: &Store) -> Result<()> {
    let accounts = store.accounts().await?;
    if accounts.is_empty() {
        say("Nobody has an account yet. ‘recto serve’ prints a link to make the first administrator.");
        return Ok(());
    }
    let width = accounts.iter().map(|account| account.email.chars().count()).max().unwrap_or(0);
    for account in accounts {
        let state = match (account.suspended, &account.password_hash, account.signed_in_at) {
            (true, _, _) => "suspended".to_owned(),
            (_, None, _) => "no password chosen yet".to_owned(),
            (_, _, None) => "never signed in".to_owned(),
            (_, _, Some(at)) => format!("last signed in {}", at.format("%-d %B %Y")),
        };
        say(format_args!(
            "{:width$}  {:13}  {}  ({state})",
            account.email,
            account.role.name(),
            account.name
        ));
    }
    Ok(())
}

async fn find(store: &Store, email: &str) -> Result<Account> {
    let found = store.account_by_email(&email.trim().to_lowercase()).await?;
    found.ok_or_else(|| {
        Error::Refused(format!("Nobody signs in with {email}. ‘recto user list’ shows the accounts."))
    })
}

fn hand_over(config: &Config, account: &Account, token: &SecretString) {
    say(format_args!("Hand this link to {}. It works once, for a day, to choose a password:", account.name));
    say(format_args!("  {}/admin/password/{}", config.admin_base(), token.expose_secret()));
}

fn article(role: Role) -> String {
    let name = role.name();
    let article = if name.starts_with(['a', 'e']) { "an" } else { "a" };
    format!("{article} {name}")
}

/// The first line of standard input.
fn password() -> Result<SecretString> {
    let mut typed = String::new();
    let read = std::io::stdin().lock().take(PASSWORD_MAX).read_to_string(&mut typed);
    read.map_err(|_| Error::Refused("The password on standard input is not UTF-8 text.".to_owned()))?;
    let line = typed.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(Error::Refused(
            "There is no password on standard input; its first line is read.".to_owned(),
        ));
    }
    Ok(SecretString::from(line.to_owned()))
}
