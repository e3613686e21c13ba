//! What people do with their own account. It must not be called with an account that the caller
//! has not signed in to.

use secrecy::SecretString;

use super::{Accounts, Verdict};
use crate::error::{Error, Result};
use crate::store::Account;

impl Accounts {
    /// Changes the password of somebody who knows the old one. Ends their other sessions and their
    /// unused link; the session of the hash `keep` stays, and needs the account's new epoch.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `old_password` and `password`; [`Error::Refused`] after too many
    /// tries.
    pub async fn change_password(
        &self,
        account_id: &str,
        old: SecretString,
        new: SecretString,
        keep: Option<&str>,
    ) -> Result<Account> {
        let seen = self.store.account(account_id).await?.filter(|is| !is.suspended).ok_or(Error::NotFound)?;
        // As signing in: somebody at an open session must not try passwords out here.
        if self.throttle.refuse(&seen.email, None).is_some() {
            return Err(Error::Refused("Too many tries. Wait a minute and try again.".to_owned()));
        }
        let verdict = self.passwords.verify(old, seen.password_hash.as_ref()).await?;
        if verdict == Verdict::Wrong {
            let tx = self.store.write().await?;
            tx.audit(self.clock.now(), Some(account_id), "change_password_failed", None, "").await?;
            tx.commit().await?;
            return Err(Error::invalid(
                "old_password",
                "wrong",
                "This is not your present password. Type it again.",
            ));
        }
        let problems = self.weaknesses(&new, &seen.email, &seen.name).await?;
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let hash = self.passwords.hash(new).await?;

        let tx = self.store.write().await?;
        let mut account = tx.account(account_id).await?.ok_or(Error::NotFound)?;
        if account.epoch != seen.epoch {
            return Err(Error::Refused(
                "Your password or your account was changed in the meantime. Sign in again.".to_owned(),
            ));
        }
        account.password_hash = Some(hash);
        account.epoch += 1;
        tx.update_account(&account).await?;
        tx.delete_sessions_of(account_id, keep).await?;
        tx.delete_one_time_links_of(account_id).await?;
        tx.audit(self.clock.now(), Some(account_id), "change_password", None, "").await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Ends all sessions of an account.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn sign_out_everywhere(&self, account_id: &str) -> Result<()> {
        let tx = self.store.write().await?;
        let mut account = tx.account(account_id).await?.ok_or(Error::NotFound)?;
        account.epoch += 1;
        tx.update_account(&account).await?;
        tx.delete_sessions_of(account_id, None).await?;
        tx.audit(self.clock.now(), Some(account_id), "sign_out_everywhere", None, "").await?;
        tx.commit().await
    }
}
