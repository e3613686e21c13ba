//! Names as credited that are nobody's of the centre: they are not asked about again. It must not know
//! where they are credited.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::entity::outsider;
use super::{Store, Write};
use crate::error::Result;

/// How many names one statement asks for.
const PART: usize = 10_000;

impl Write {
    /// Remembers a name, by its key, as nobody's of the centre.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn add_outsider(
        &self,
        key: &str,
        said: &str,
        by: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<()> {
        let row = outsider::Model {
            key: key.to_owned(),
            said: said.to_owned(),
            account_id: by.map(str::to_owned),
            at,
        };
        outsider::Entity::insert(outsider::ActiveModel::from(row))
            .on_conflict(OnConflict::column(outsider::Column::Key).do_nothing().to_owned())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Forgets it again. Says whether it was remembered.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn remove_outsider(&self, key: &str) -> Result<bool> {
        Ok(outsider::Entity::delete_by_id(key).exec(&self.tx).await?.rows_affected > 0)
    }
}

impl Store {
    /// The keys of all such names.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn outsiders(&self) -> Result<Vec<String>> {
        let keys = outsider::Entity::find().select_only().column(outsider::Column::Key);
        Ok(keys.into_tuple().all(&self.read).await?)
    }

    /// Which of these keys are such names'.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn outsiders_of(&self, keys: &[String]) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for keys in keys.chunks(PART) {
            let some = outsider::Entity::find().select_only().column(outsider::Column::Key);
            let some = some.filter(outsider::Column::Key.is_in(keys.iter().map(String::as_str)));
            found.extend(some.into_tuple::<String>().all(&self.read).await?);
        }
        Ok(found)
    }

    /// A part of them in the order of the alphabet, key and name, and how many there are.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn outsiders_page(&self, offset: u64, limit: u64) -> Result<(Vec<(String, String)>, u64)> {
        let total = outsider::Entity::find().count(&self.read).await?;
        let rows = outsider::Entity::find().order_by_asc(outsider::Column::Key).offset(offset).limit(limit);
        let rows = rows.all(&self.read).await?;
        Ok((rows.into_iter().map(|row| (row.key, row.said)).collect(), total))
    }
}
