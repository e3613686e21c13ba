//! Who can sign in, and how: accounts, passwords, one-time links, sessions. It must not know HTTP
//! pages or content; what somebody may do with content is for `editing::permission`.

mod change;
mod check;
mod erase;
mod link;
mod own;
pub mod password;
pub mod session;
mod throttle;
mod token;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::net::IpAddr;

use secrecy::SecretString;

pub use link::LinkFor;
pub use password::{Passwords, Verdict};
pub use session::{Sessions, SignedIn};
pub use throttle::Throttle;

use crate::clock::Clock;
use crate::content::Problems;
use crate::content::types::SITE;
use crate::editing::User;
use crate::error::Result;
use crate::store::{Account, Role, Store};

/// Everything that can be done with accounts.
#[derive(Clone, Debug)]
pub struct Accounts {
    store: Store,
    clock: Clock,
    passwords: Passwords,
    throttle: Throttle,
}

/// What came of somebody's try to sign in.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// They are who they say.
    Welcome(Account),
    /// There is no such account, it has another password, or it is suspended: nobody is told
    /// which.
    Wrong,
    /// There were too many tries; the password was not looked at.
    Throttled {
        /// In how many seconds another try is heard.
        retry_after_seconds: u64,
    },
}

impl Accounts {
    /// Over this database.
    #[must_use]
    pub fn new(store: Store, clock: Clock, passwords: Passwords) -> Self {
        let throttle = Throttle::new(clock.clone());
        Self { store, clock, passwords, throttle }
    }

    /// Somebody tries to sign in. `address` is theirs, not a proxy's.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn sign_in(
        &self,
        email: &str,
        password: SecretString,
        address: Option<IpAddr>,
    ) -> Result<SignIn> {
        let canonical = check::canonical(email);
        let key = canonical.as_deref().unwrap_or(email.trim());
        if let Some(retry_after_seconds) = self.throttle.refuse(key, address) {
            return Ok(SignIn::Throttled { retry_after_seconds });
        }
        // Whatever is wrong, the same work is done: time must not tell which accounts exist.
        let known = match &canonical {
            Ok(email) => self.store.account_by_email(email).await?,
            Err(_) => None,
        };
        let hash = known.as_ref().and_then(|account| account.password_hash.as_ref());
        let verdict = self.passwords.verify(password.clone(), hash).await?;
        let may = known.as_ref().filter(|account| verdict != Verdict::Wrong && !account.suspended);
        // Before the transaction: nobody else could write while this works.
        let stronger = match may {
            Some(_) if verdict == Verdict::Outdated => Some(self.passwords.hash(password).await?),
            _ => None,
        };

        let now = self.clock.now();
        let tx = self.store.write().await?;
        // They may have been suspended, or have changed the password, while it was checked.
        let admitted = match may {
            Some(seen) => tx.account(&seen.id).await?.filter(|is| !is.suspended && is.epoch == seen.epoch),
            None => None,
        };
        let Some(mut account) = admitted else {
            // Not what was typed: people type their password into the wrong field.
            let detail = known.as_ref().map_or("", |account| account.id.as_str());
            tx.audit(now, None, "sign_in_failed", None, detail).await?;
            tx.commit().await?;
            return Ok(SignIn::Wrong);
        };
        account.signed_in_at = Some(now);
        if let Some(stronger) = stronger {
            account.password_hash = Some(stronger);
        }
        tx.update_account(&account).await?;
        tx.audit(now, Some(&account.id), "sign_in", None, "").await?;
        tx.commit().await?;
        Ok(SignIn::Welcome(account))
    }

    /// Whoever a session belongs to, with what they may do. None if the account is gone or
    /// suspended, or its sessions of that epoch have ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn user(&self, account_id: &str, epoch: i64) -> Result<Option<User>> {
        let found = self.store.account(account_id).await?;
        let Some(account) = found.filter(|account| !account.suspended && account.epoch == epoch) else {
            return Ok(None);
        };
        let assigned = match account.role {
            Role::Contributor => self.store.assigned(&account.id).await?,
            _ => HashSet::new(),
        };
        Ok(Some(User::of(&account, assigned)))
    }

    /// The problems of a password that somebody of this name and address wants.
    async fn weaknesses(&self, password: &SecretString, email: &str, name: &str) -> Result<Problems> {
        let site = self.store.single(&SITE).await?;
        let site = site.as_ref().map_or("", |stored| stored.item.text("name"));
        self.passwords.check(password.clone(), [email, name, site].map(str::to_owned).to_vec()).await
    }
}
