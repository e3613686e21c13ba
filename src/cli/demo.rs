//! `recto demo`: a Recto to try out. It must never touch content or accounts that are there.

mod data;
mod days;
mod draw;
mod items;
mod later;
mod load;
mod making;
mod media;
mod pdf;

use std::collections::HashSet;

use clap::Args;
use secrecy::SecretString;

pub use load::{Loaded, Staff, is_empty, load, load_by};

use super::serve::announce;
use super::{Addresses, Place, block_on, say};
use crate::app::{Listeners, Only, Parts};
use crate::clock::Clock;
use crate::content::Id;
use crate::editing::User;
use crate::error::{Error, Result};

/// Who can sign in to the demonstration: e-mail address, name, role.
const PEOPLE: [(&str, &str, &str); 4] = [
    ("admin@example.org", "Alex Administrator", "administrator"),
    ("editor@example.org", "Eddie Editor", "editor"),
    ("contributor@example.org", "Connie Contributor", "contributor"),
    ("viewer@example.org", "Vic Viewer", "viewer"),
];

/// Try Recto out with the content of an invented centre.
///
/// Makes the data directory, loads eight themes, thirty projects and 325 outputs, makes four
/// accounts with a password that is printed once, and serves. Where there are content or accounts
/// already, they stay as they are.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Demo {
    #[command(flatten)]
    addresses: Addresses,
}

const EXAMPLES: &str = "\
Examples:
  recto demo
  recto demo --data-dir /tmp/recto-demo --listen 127.0.0.1:9000";

impl Demo {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(Some(&self.addresses))?;
        block_on(async {
            // First of all: a password must not be printed where nothing can be served.
            let (listeners, config) = Listeners::bind(&config, Only::All).await?;
            let parts = Parts::open(&config, Clock::system()).await?;
            let made = make_accounts(&parts).await?;
            if is_empty(&parts.desk).await? {
                say("Loading the content of an invented centre …");
                let staff = made.as_ref().map_or_else(Staff::nobody, |made| made.staff.clone());
                let loaded = load_by(&parts.desk, &staff).await?;
                say(format_args!("{} items, {} of them published.", loaded.items, loaded.published));
                if let Some(project) = loaded.project(later::ASSIGNED) {
                    assign(&parts, &staff.contributor, project).await?;
                }
            } else {
                say("There is content here already; the demonstration's was not loaded again.");
            }
            let password = made.map(|made| made.password);
            let dir = config.data_dir.path().display().to_string();
            parts
                .serve(listeners, &config, |ready| {
                    announce(ready);
                    tell(password.as_deref(), &dir);
                })
                .await
        })
    }
}

fn tell(password: Option<&str>, dir: &str) {
    say("");
    match password {
        Some(password) => {
            say("Sign in with any of these; all have the same password, which is not shown again:");
            for (email, _, role) in PEOPLE {
                say(format_args!("  {email:25}{role}"));
            }
            say(format_args!("  Password: {password}"));
        }
        None => {
            say("There are accounts here already: sign in as before, or make a new password with");
            say("  recto user reset admin@example.org");
        }
    }
    say("");
    say(format_args!("Everything is in the directory {dir}. Ctrl-C ends this."));
}

/// The accounts that were made.
struct Made {
    password: String,
    staff: Staff,
}

/// Makes the accounts, unless somebody has one.
async fn make_accounts(parts: &Parts) -> Result<Option<Made>> {
    let accounts = &parts.accounts;
    if !accounts.set_up_needed().await? {
        return Ok(None);
    }
    let by = User::system();
    let mut made = Made { password: password(), staff: Staff::nobody() };
    for (email, name, role) in PEOPLE {
        let secret = SecretString::from(made.password.clone());
        let account =
            accounts.add_with_password(&by, email, name, role, secret).await.map_err(
                |error| match error {
                    Error::Invalid(problems) => {
                        Error::internal(format!("the account {email} cannot be made: {problems:?}"))
                    }
                    other => other,
                },
            )?;
        let user = User::of(&account, HashSet::new());
        match role {
            "administrator" => made.staff.administrator = user,
            "editor" => made.staff.editor = user,
            "contributor" => made.staff.contributor = user,
            _ => {}
        }
    }
    Ok(Some(made))
}

/// Lets the contributor work on a project, where there is one.
async fn assign(parts: &Parts, contributor: &User, project: Id) -> Result<()> {
    let Some(account) = &contributor.account else { return Ok(()) };
    let role = contributor.role.name();
    parts.accounts.update(&User::system(), account, &contributor.name, role, false, &[project]).await?;
    Ok(())
}

/// Four groups of five letters and digits that nobody takes for one another: 98 random bits.
fn password() -> String {
    const LETTERS: &[u8; 30] = b"abcdefghjkmnpqrstuvwxyz2345678";
    let letter = || {
        let at = rand::random_range(0..LETTERS.len());
        LETTERS.get(at).map_or('x', |letter| char::from(*letter))
    };
    (0..4).map(|_| (0..5).map(|_| letter()).collect::<String>()).collect::<Vec<_>>().join("-")
}
