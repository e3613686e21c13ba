//! Accounts, their one-time links, and the projects assigned to contributors. It must not hash or
//! check passwords; see `accounts`.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use secrecy::{ExposeSecret as _, SecretString};

use super::entity::{account, assignment, one_time_link, session};
use super::{Store, Write, working};
use crate::content::Id;
use crate::error::{Error, Result};

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything, accounts and settings included.
    Administrator,
    /// Edits and publishes all content.
    Editor,
    /// Edits drafts of the projects assigned to them and of what belongs to these.
    Contributor,
    /// Reads.
    Viewer,
}

impl Role {
    /// All roles, the mightiest first.
    pub const ALL: [Self; 4] = [Self::Administrator, Self::Editor, Self::Contributor, Self::Viewer];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Editor => "editor",
            Self::Contributor => "contributor",
            Self::Viewer => "viewer",
        }
    }

    /// What people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Editor => "Editor",
            Self::Contributor => "Contributor",
            Self::Viewer => "Viewer",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct Account {
    /// A UUIDv7.
    pub id: String,
    /// What they sign in with; unique, in lower case.
    pub email: String,
    /// What others see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The password's hash in PHC format; none until they have chosen one.
    pub password_hash: Option<SecretString>,
    /// Grows when every session of theirs must end.
    pub epoch: i64,
    /// Whether they are kept out.
    pub suspended: bool,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When they last signed in.
    pub signed_in_at: Option<DateTime<Utc>>,
}

/// A link that works once: to choose a password, or, without account, to set Recto up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeLink {
    /// SHA-256 of its token, in hexadecimal.
    pub token_hash: String,
    /// Whose password; none for the first set-up.
    pub account: Option<String>,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

fn read(row: account::Model) -> Result<Account> {
    Ok(Account {
        role: Role::by_name(&row.role)
            .ok_or_else(|| Error::internal(format!("unknown role {}", row.role)))?,
        id: row.id,
        email: row.email,
        name: row.name,
        password_hash: row.password_hash.map(SecretString::from),
        epoch: row.epoch,
        suspended: row.suspended,
        created_at: row.created_at,
        signed_in_at: row.signed_in_at,
    })
}

fn write(account: &Account) -> account::ActiveModel {
    account::ActiveModel {
        id: Set(account.id.clone()),
        email: Set(account.email.clone()),
        name: Set(account.name.clone()),
        role: Set(account.role.name().to_owned()),
        password_hash: Set(account.password_hash.as_ref().map(|hash| hash.expose_secret().to_owned())),
        epoch: Set(account.epoch),
        suspended: Set(account.suspended),
        created_at: Set(account.created_at),
        signed_in_at: Set(account.signed_in_at),
    }
}

impl Store {
    /// The account of this id.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn account(&self, id: &str) -> Result<Option<Account>> {
        account::Entity::find_by_id(id).one(&self.read).await?.map(read).transpose()
    }

    /// The account that signs in with this address, in lower case.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn account_by_email(&self, email: &str) -> Result<Option<Account>> {
        let found = account::Entity::find().filter(account::COLUMN.email.eq(email)).one(&self.read).await?;
        found.map(read).transpose()
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let rows = account::Entity::find().order_by_asc(account::COLUMN.name).all(&self.read).await?;
        rows.into_iter().map(read).collect()
    }

    /// How many accounts there are.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn count_accounts(&self) -> Result<u64> {
        Ok(account::Entity::find().count(&self.read).await?)
    }

    /// The link of this hash, if it still works.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn one_time_link(&self, token_hash: &str, now: DateTime<Utc>) -> Result<Option<OneTimeLink>> {
        let row = one_time_link::Entity::find_by_id(token_hash)
            .filter(one_time_link::COLUMN.expires_at.gt(now))
            .one(&self.read)
            .await?;
        Ok(row.map(|row| OneTimeLink {
            token_hash: row.token_hash,
            account: row.account_id,
            expires_at: row.expires_at,
        }))
    }

    /// The projects assigned to an account.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn assigned(&self, account: &str) -> Result<HashSet<Id>> {
        let rows = assignment::Entity::find()
            .filter(assignment::COLUMN.account_id.eq(account))
            .all(&self.read)
            .await?;
        rows.iter().map(|row| working::id_of(&row.project_id)).collect()
    }
}

impl Write {
    /// How many accounts there are, within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn count_accounts(&self) -> Result<u64> {
        Ok(account::Entity::find().count(&self.tx).await?)
    }

    /// The account of this id, within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn account(&self, id: &str) -> Result<Option<Account>> {
        account::Entity::find_by_id(id).one(&self.tx).await?.map(read).transpose()
    }

    /// The account that signs in with this address, within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn account_by_email(&self, email: &str) -> Result<Option<Account>> {
        let found = account::Entity::find().filter(account::COLUMN.email.eq(email)).one(&self.tx).await?;
        found.map(read).transpose()
    }

    /// How many administrators can sign in: neither suspended nor still without a password.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn count_administrators(&self) -> Result<u64> {
        let active = account::Entity::find()
            .filter(account::COLUMN.role.eq(Role::Administrator.name()))
            .filter(account::COLUMN.suspended.eq(false))
            .filter(account::COLUMN.password_hash.is_not_null());
        Ok(active.count(&self.tx).await?)
    }

    /// Writes a new account.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn insert_account(&self, account: &Account) -> Result<()> {
        account::Entity::insert(write(account)).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Writes an existing account.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn update_account(&self, account: &Account) -> Result<()> {
        account::Entity::update(write(account)).exec(&self.tx).await?;
        Ok(())
    }

    /// Replaces the projects assigned to an account.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn assign(&self, account: &str, projects: &[Id]) -> Result<()> {
        assignment::Entity::delete_many()
            .filter(assignment::COLUMN.account_id.eq(account))
            .exec(&self.tx)
            .await?;
        let rows = projects.iter().map(|project| assignment::ActiveModel {
            account_id: Set(account.to_owned()),
            project_id: Set(project.to_string()),
        });
        if !projects.is_empty() {
            assignment::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }

    /// Writes a one-time link; earlier ones of the same account stop working.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn insert_one_time_link(&self, link: OneTimeLink) -> Result<()> {
        let mut earlier = one_time_link::Entity::delete_many();
        earlier = match &link.account {
            Some(account) => earlier.filter(one_time_link::COLUMN.account_id.eq(account.as_str())),
            None => earlier.filter(one_time_link::COLUMN.account_id.is_null()),
        };
        earlier.exec(&self.tx).await?;
        let row = one_time_link::Model {
            token_hash: link.token_hash,
            account_id: link.account,
            expires_at: link.expires_at,
        };
        one_time_link::Entity::insert(one_time_link::ActiveModel::from(row))
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Uses a link up. Gives whether it was there: of two uses at once, one wins.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn use_one_time_link(&self, token_hash: &str, now: DateTime<Utc>) -> Result<bool> {
        let done = one_time_link::Entity::delete_many()
            .filter(one_time_link::COLUMN.token_hash.eq(token_hash))
            .filter(one_time_link::COLUMN.expires_at.gt(now))
            .exec(&self.tx)
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Makes an account's unused link stop working.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn delete_one_time_links_of(&self, account: &str) -> Result<()> {
        one_time_link::Entity::delete_many()
            .filter(one_time_link::COLUMN.account_id.eq(account))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Ends all sessions of an account, but for the one of this hash.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn delete_sessions_of(&self, account: &str, but: Option<&str>) -> Result<()> {
        let mut delete = session::Entity::delete_many().filter(session::COLUMN.account_id.eq(account));
        if let Some(but) = but {
            delete = delete.filter(session::COLUMN.id_hash.ne(but));
        }
        delete.exec(&self.tx).await?;
        Ok(())
    }
}
