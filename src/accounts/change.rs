//! What administrators do with the accounts of others. It must not touch passwords beyond the
//! first one that the command line gives.

use secrecy::SecretString;

use super::{Accounts, check};
use crate::content::types::PROJECT;
use crate::content::{Id, Problems};
use crate::editing::User;
use crate::editing::permission::allow_accounts;
use crate::error::{Error, Result};
use crate::store::{Account, Role, Write};

impl Accounts {
    /// Makes an account, with a one-time link for its owner to choose the password.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::Invalid`] at `email`, `name` and `role`.
    pub async fn add(
        &self,
        by: &User,
        email: &str,
        name: &str,
        role: &str,
    ) -> Result<(Account, SecretString)> {
        allow_accounts(by)?;
        let mut problems = Problems::default();
        let account = self.new_account(email, name, role, &mut problems);
        let tx = self.store.write().await?;
        self.insert(&tx, by, &account, problems).await?;
        let token = self.put_link(&tx, Some(&account.id)).await?;
        tx.commit().await?;
        Ok((account, token))
    }

    /// Makes an account with its password; for the command line.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::Invalid`] at `email`, `name`, `role` and `password`.
    pub async fn add_with_password(
        &self,
        by: &User,
        email: &str,
        name: &str,
        role: &str,
        password: SecretString,
    ) -> Result<Account> {
        allow_accounts(by)?;
        let mut problems = Problems::default();
        let mut account = self.new_account(email, name, role, &mut problems);
        problems.extend(self.weaknesses(&password, &account.email, &account.name).await?);
        if problems.is_empty() {
            account.password_hash = Some(self.passwords.hash(password).await?);
        }
        let tx = self.store.write().await?;
        self.insert(&tx, by, &account, problems).await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Changes an account. Another role, and suspension, end its sessions; suspension also its
    /// unused link.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::NotFound`]; [`Error::Invalid`] at `name`, `role` and
    /// `assigned`; [`Error::Refused`] where nobody could manage accounts any more.
    pub async fn update(
        &self,
        by: &User,
        account_id: &str,
        name: &str,
        role: &str,
        suspended: bool,
        assigned: &[Id],
    ) -> Result<Account> {
        allow_accounts(by)?;
        let mut problems = Problems::default();
        let name = check::name(name, &mut problems);
        let role = check::role(role, &mut problems);
        let mut assigned = assigned.to_vec();
        assigned.sort_unstable();
        assigned.dedup();

        let now = self.clock.now();
        let tx = self.store.write().await?;
        let before = tx.account(account_id).await?.ok_or(Error::NotFound)?;
        if tx.items(&PROJECT, &assigned).await?.len() < assigned.len() {
            problems.add(
                "assigned",
                "not_found",
                "One of these projects does not exist any more. Choose again.",
            );
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let mut after = Account { name, role, suspended, ..before.clone() };
        if manages(&before) && !manages(&after) && tx.count_administrators().await? <= 1 {
            return Err(Error::Refused(
                "This is the last administrator who can sign in. Make somebody else an administrator first."
                    .to_owned(),
            ));
        }
        let ends = after.role != before.role || (after.suspended && !before.suspended);
        if ends {
            after.epoch += 1;
            tx.delete_sessions_of(&after.id, None).await?;
        }
        if after.suspended {
            tx.delete_one_time_links_of(&after.id).await?;
        }
        tx.update_account(&after).await?;
        tx.assign(&after.id, &assigned).await?;
        let detail = format!("{} role={} suspended={suspended}", after.id, role.name());
        tx.audit(now, by.account.as_deref(), "update_account", None, &detail).await?;
        tx.commit().await?;
        Ok(after)
    }

    fn new_account(&self, email: &str, name: &str, role: &str, problems: &mut Problems) -> Account {
        let now = self.clock.now();
        Account {
            id: Id::new(now).to_string(),
            email: check::email(email, problems),
            name: check::name(name, problems),
            role: check::role(role, problems),
            password_hash: None,
            epoch: 0,
            suspended: false,
            created_at: now,
            signed_in_at: None,
        }
    }

    async fn insert(&self, tx: &Write, by: &User, account: &Account, mut problems: Problems) -> Result<()> {
        if tx.account_by_email(&account.email).await?.is_some() {
            problems.add(
                "email",
                "taken",
                "Somebody has an account with this address already. Use another one.",
            );
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        tx.insert_account(account).await?;
        let detail = format!("{} role={}", account.id, account.role.name());
        tx.audit(account.created_at, by.account.as_deref(), "add_account", None, &detail).await
    }
}

/// Whether an account can sign in and manage accounts.
pub(super) fn manages(account: &Account) -> bool {
    account.role == Role::Administrator && !account.suspended && account.password_hash.is_some()
}
