//! `recto user assign` and `unassign`: the projects that contributors work on. It must not change
//! anything else of an account.

use clap::Args;

use super::{article, find};
use crate::accounts::Accounts;
use crate::cli::say;
use crate::content::types::PROJECT;
use crate::content::{Id, text};
use crate::editing::User;
use crate::error::{Error, Result};
use crate::store::{Role, Store, Stored};

/// Somebody and some projects.
#[derive(Debug, Args)]
pub(super) struct Projects {
    /// What they sign in with
    email: String,
    /// The codes of the projects, as in the admin: 3.07
    #[arg(required = true, value_name = "CODE")]
    codes: Vec<String>,
}

impl Projects {
    /// Assigns the projects, or takes them away; all of them or, where one is not there, none.
    pub(super) async fn change(self, store: &Store, accounts: &Accounts, assign: bool) -> Result<()> {
        let account = find(store, &self.email).await?;
        let mut assigned = store.assigned(&account.id).await?;
        for code in &self.codes {
            let project = by_code(store, code).await?.item.id;
            if assign {
                assigned.insert(project);
            } else {
                assigned.remove(&project);
            }
        }
        let assigned: Vec<Id> = assigned.into_iter().collect();
        let (by, role) = (User::system(), account.role.name());
        accounts.update(&by, &account.id, &account.name, role, account.suspended, &assigned).await?;

        let projects = store.items(&PROJECT, &assigned).await?;
        let mut titles: Vec<String> = projects.iter().map(|project| project.item.title()).collect();
        titles.sort_unstable();
        if titles.is_empty() {
            say(format_args!("No project is assigned to {}.", account.email));
        } else {
            say(format_args!("Assigned to {}: {}.", account.email, titles.join("; ")));
        }
        if account.role != Role::Contributor {
            say(format_args!(
                "This counts while they are a contributor; they are {} now.",
                article(account.role)
            ));
        }
        Ok(())
    }
}

async fn by_code(store: &Store, code: &str) -> Result<Stored> {
    let field = PROJECT.field("code").ok_or(Error::NotFound)?;
    let found = match text::parse(&field.kind, code) {
        Ok(value) => store.holder(&PROJECT, field, &value).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| {
        Error::Refused(format!("There is no project {code}. Write its code as in the admin: 3.07."))
    })
}
