//! Views: what people call a list as they have filtered, sorted and cut it. It must not know what a
//! query says, nor who may change a view.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ConnectionTrait, EntityTrait as _, ExprTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::entity::view;
use super::{Store, Write};
use crate::content::{ContentType, by_name};
use crate::error::{Error, Result};

/// The most views that one list shows.
const SHOWN: u64 = 500;

/// A list's address under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// A UUIDv7.
    pub id: String,
    /// Of which type the list is.
    pub content_type: &'static ContentType,
    /// Whose it is.
    pub account: String,
    /// What it is called.
    pub name: String,
    /// What the list is asked for, as in its address.
    pub query: String,
    /// Whether everybody sees it.
    pub shared: bool,
    /// When it was last changed.
    pub at: DateTime<Utc>,
}

impl View {
    fn read(row: view::Model) -> Result<Self> {
        Ok(Self {
            content_type: by_name(&row.r#type)
                .ok_or_else(|| Error::internal(format!("unknown type {}", row.r#type)))?,
            id: row.id,
            account: row.account_id,
            name: row.name,
            query: row.query,
            shared: row.shared,
            at: row.at,
        })
    }

    fn row(&self) -> view::ActiveModel {
        view::ActiveModel {
            id: Set(self.id.clone()),
            r#type: Set(self.content_type.name.to_owned()),
            account_id: Set(self.account.clone()),
            name: Set(self.name.clone()),
            query: Set(self.query.clone()),
            shared: Set(self.shared),
            at: Set(self.at),
        }
    }
}

async fn one(db: &impl ConnectionTrait, id: &str) -> Result<Option<View>> {
    view::Entity::find_by_id(id).one(db).await?.map(View::read).transpose()
}

impl Store {
    /// The views of a type's list that somebody sees: their own, and those for everybody; by name.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn views(&self, content_type: &ContentType, account: &str) -> Result<Vec<View>> {
        let seen = view::COLUMN.account_id.eq(account).or(view::COLUMN.shared.eq(true));
        let rows = view::Entity::find()
            .filter(view::COLUMN.r#type.eq(content_type.name))
            .filter(seen)
            .order_by_asc(view::COLUMN.name)
            .order_by_asc(view::COLUMN.id)
            .limit(SHOWN);
        rows.all(&self.read).await?.into_iter().map(View::read).collect()
    }

    /// The view of this id.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn view(&self, id: &str) -> Result<Option<View>> {
        one(&self.read, id).await
    }
}

impl Write {
    /// The view of this id, within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn view(&self, id: &str) -> Result<Option<View>> {
        one(&self.tx, id).await
    }

    /// How many views of a type's list somebody has.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn count_views(&self, content_type: &ContentType, account: &str) -> Result<u64> {
        let own = view::Entity::find()
            .filter(view::COLUMN.r#type.eq(content_type.name))
            .filter(view::COLUMN.account_id.eq(account));
        Ok(own.count(&self.tx).await?)
    }

    /// Writes a new view.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn insert_view(&self, view: &View) -> Result<()> {
        view::Entity::insert(view.row()).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Writes an existing view.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn update_view(&self, view: &View) -> Result<()> {
        view::Entity::update(view.row()).exec(&self.tx).await?;
        Ok(())
    }

    /// Removes a view.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn delete_view(&self, id: &str) -> Result<()> {
        view::Entity::delete_by_id(id).exec(&self.tx).await?;
        Ok(())
    }
}
