//! Erasing accounts. What somebody did stays noted under the account's id, which then is nobody's.

use super::Accounts;
use super::change::manages;
use crate::editing::User;
use crate::editing::permission::allow_accounts;
use crate::error::{Error, Result};
use crate::store::{Account, Write};

impl Accounts {
    /// Whether an account may be erased.
    ///
    /// # Errors
    /// [`Error::Refused`] where nobody could manage accounts any more.
    pub async fn may_erase(&self, account: &Account) -> Result<()> {
        may_erase(&self.store.write().await?, account).await
    }

    /// Erases an account: what it is called, how it signs in, its sessions and its own views. One that is not there
    /// any more stays so.
    ///
    /// # Errors
    /// [`Error::Denied`]; as [`Accounts::may_erase`].
    pub async fn erase(&self, by: &User, account_id: &str) -> Result<()> {
        allow_accounts(by)?;
        let tx = self.store.write().await?;
        if let Some(account) = tx.account(account_id).await? {
            may_erase(&tx, &account).await?;
        }
        self.remove(tx, by, account_id).await
    }

    /// The same in a database that is put back, whoever is left then: they were erased already.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn erase_again(&self, by: &User, account_id: &str) -> Result<()> {
        allow_accounts(by)?;
        self.remove(self.store.write().await?, by, account_id).await
    }

    async fn remove(&self, tx: Write, by: &User, account_id: &str) -> Result<()> {
        tx.overwrite().await?;
        let Some(account) = tx.account(account_id).await? else { return Ok(()) };
        tx.delete_account(&account.id).await?;
        tx.redact(&[], std::slice::from_ref(&account.email), &[]).await?;
        tx.audit(self.clock.now(), by.account.as_deref(), "erase_account", None, &account.id).await?;
        tx.commit().await
    }
}

async fn may_erase(tx: &Write, account: &Account) -> Result<()> {
    match manages(account) && tx.count_administrators().await? <= 1 {
        false => Ok(()),
        true => Err(Error::Refused(
            "This is the last administrator who can sign in. Make somebody else an administrator first."
                .to_owned(),
        )),
    }
}
