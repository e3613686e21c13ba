//! One-time links: to set Recto up, and to choose a password. It must not send them anywhere;
//! whoever made one hands it over.

use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Accounts, check, token};
use crate::content::{Id, Problems};
use crate::editing::User;
use crate::editing::permission::allow_accounts;
use crate::error::{Error, Result};
use crate::store::{Account, OneTimeLink, Role, Write};

/// How long a link works.
const LASTS: TimeDelta = TimeDelta::hours(24);

/// What a one-time link opens.
#[derive(Clone, Debug)]
pub enum LinkFor {
    /// The making of the first account.
    SetUp,
    /// The choice of a password for this account.
    Account(Account),
}

impl Accounts {
    /// Whether nobody has an account yet.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_up_needed(&self) -> Result<bool> {
        Ok(self.store.count_accounts().await? == 0)
    }

    /// Makes the link with which the first administrator is made. An earlier one stops working.
    ///
    /// # Errors
    /// [`Error::Refused`] where somebody has an account already.
    pub async fn make_set_up_link(&self) -> Result<SecretString> {
        let tx = self.store.write().await?;
        if tx.count_accounts().await? > 0 {
            return Err(set_up_already());
        }
        let token = self.put_link(&tx, None).await?;
        tx.audit(self.clock.now(), None, "make_set_up_link", None, "").await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Makes a link with which somebody chooses a new password. An earlier one of theirs stops
    /// working; their old password works until they have chosen.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::NotFound`], or [`Error::Refused`] for a suspended account.
    pub async fn make_reset_link(&self, by: &User, account_id: &str) -> Result<SecretString> {
        allow_accounts(by)?;
        let tx = self.store.write().await?;
        let account = tx.account(account_id).await?.ok_or(Error::NotFound)?;
        if account.suspended {
            return Err(Error::Refused(
                "This account is suspended. End the suspension first, then make a link.".to_owned(),
            ));
        }
        let token = self.put_link(&tx, Some(&account.id)).await?;
        tx.audit(self.clock.now(), by.account.as_deref(), "make_reset_link", None, &account.id).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// What a link opens; none if it does not work, or no longer.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn link(&self, token: &SecretString) -> Result<Option<LinkFor>> {
        let hash = token::hash(token.expose_secret());
        let Some(link) = self.store.one_time_link(&hash, self.clock.now()).await? else { return Ok(None) };
        Ok(match link.account {
            Some(account) => {
                let account = self.store.account(&account).await?;
                account.filter(|account| !account.suspended).map(LinkFor::Account)
            }
            None => self.set_up_needed().await?.then_some(LinkFor::SetUp),
        })
    }

    /// Makes the first administrator and uses the link up.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `email`, `name` and `password`; [`Error::Refused`] where the link
    /// does not work or somebody has an account already.
    pub async fn use_set_up_link(
        &self,
        token: &SecretString,
        email: &str,
        name: &str,
        password: SecretString,
    ) -> Result<Account> {
        // Before the costly work: strangers can call this.
        if !matches!(self.link(token).await?, Some(LinkFor::SetUp)) {
            return Err(if self.set_up_needed().await? { used_up() } else { set_up_already() });
        }
        let mut problems = Problems::default();
        let email = check::email(email, &mut problems);
        let name = check::name(name, &mut problems);
        problems.extend(self.weaknesses(&password, &email, &name).await?);
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let hash = self.passwords.hash(password).await?;

        let now = self.clock.now();
        let tx = self.store.write().await?;
        if tx.count_accounts().await? > 0 {
            return Err(set_up_already());
        }
        if !tx.use_one_time_link(&token::hash(token.expose_secret()), now).await? {
            return Err(used_up());
        }
        let account = Account {
            id: Id::new(now).to_string(),
            email,
            name,
            role: Role::Administrator,
            password_hash: Some(hash),
            epoch: 0,
            suspended: false,
            created_at: now,
            // Whoever used the link is signed in with it.
            signed_in_at: Some(now),
        };
        tx.insert_account(&account).await?;
        tx.audit(now, Some(&account.id), "set_up", None, "").await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Sets the password that somebody chose through their link, uses the link up and ends all
    /// their sessions.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `password`; [`Error::Refused`] where the link does not work.
    pub async fn use_reset_link(&self, token: &SecretString, password: SecretString) -> Result<Account> {
        let Some(LinkFor::Account(account)) = self.link(token).await? else { return Err(used_up()) };
        let problems = self.weaknesses(&password, &account.email, &account.name).await?;
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let hash = self.passwords.hash(password).await?;

        let now = self.clock.now();
        let tx = self.store.write().await?;
        if !tx.use_one_time_link(&token::hash(token.expose_secret()), now).await? {
            return Err(used_up());
        }
        let mut account = tx.account(&account.id).await?.filter(|is| !is.suspended).ok_or_else(used_up)?;
        account.password_hash = Some(hash);
        account.epoch += 1;
        account.signed_in_at = Some(now);
        tx.update_account(&account).await?;
        tx.delete_sessions_of(&account.id, None).await?;
        tx.audit(now, Some(&account.id), "use_reset_link", None, "").await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Writes a new link of an account, or of the set-up. Gives its token, which is kept nowhere.
    pub(super) async fn put_link(&self, tx: &Write, account: Option<&str>) -> Result<SecretString> {
        let token = token::new();
        let link = OneTimeLink {
            token_hash: token::hash(token.expose_secret()),
            account: account.map(str::to_owned),
            expires_at: self.clock.now() + LASTS,
        };
        tx.insert_one_time_link(link).await?;
        Ok(token)
    }
}

fn used_up() -> Error {
    Error::Refused(
        "This link was used already, or is older than a day. Ask whoever gave it to you for a new one."
            .to_owned(),
    )
}

fn set_up_already() -> Error {
    Error::Refused(
        "Recto has been set up already. Sign in, or ask an administrator for an account.".to_owned(),
    )
}
