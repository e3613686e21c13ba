//! Uploaded files: what is known of each, by the hash of its bytes. It must not know where the
//! bytes lie.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait as _, ExprTrait as _, QueryFilter as _, QuerySelect as _};

use super::entity::upload;
use super::{Store, Write};
use crate::content::parsed::{MediaType, Picture, Upload};
use crate::error::{Error, Result};

/// The widths of a picture's variants as one text.
fn widths(upload: &Upload) -> String {
    let widths =
        upload.picture().map(|picture| picture.widths.iter().map(u32::to_string).collect::<Vec<_>>());
    widths.unwrap_or_default().join(",")
}

fn read(row: &upload::Model) -> Result<Upload> {
    let media_type: MediaType = row.media_type.parse().map_err(Error::internal)?;
    let side = |number: i64| u32::try_from(number).map_err(Error::internal);
    let picture = match (row.width, row.height) {
        (Some(width), Some(height)) => {
            let widths = row.widths.split(',').filter(|one| !one.is_empty());
            let widths =
                widths.map(|one| one.parse().map_err(Error::internal)).collect::<Result<Vec<u32>>>()?;
            Some(Picture { width: side(width)?, height: side(height)?, widths })
        }
        _ => None,
    };
    let size = u64::try_from(row.size).map_err(Error::internal)?;
    Upload::new(row.hash.clone(), &row.name, media_type, size, picture).map_err(Error::internal)
}

impl Store {
    /// The file of this hash.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn upload(&self, hash: &str) -> Result<Option<Upload>> {
        let row = upload::Entity::find_by_id(hash.to_owned()).one(&self.read).await?;
        row.as_ref().map(read).transpose()
    }

    /// All files that are known.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn uploads(&self) -> Result<Vec<Upload>> {
        upload::Entity::find().all(&self.read).await?.iter().map(read).collect()
    }

    /// Which of these hashes are of files that are known.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn known_uploads(&self, hashes: &[String]) -> Result<HashSet<String>> {
        known(&self.read, hashes).await
    }
}

async fn known(db: &impl sea_orm::ConnectionTrait, hashes: &[String]) -> Result<HashSet<String>> {
    let mut found = HashSet::with_capacity(hashes.len());
    for chunk in hashes.chunks(10_000) {
        let select = upload::Entity::find().filter(upload::COLUMN.hash.is_in(chunk));
        let rows = select.select_only().column(upload::Column::Hash).into_tuple::<String>().all(db).await?;
        found.extend(rows);
    }
    Ok(found)
}

impl Write {
    /// Notes a file whose bytes are kept; `name` as it was sent. One that is known stays as it is.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn keep_upload(
        &self,
        file: &Upload,
        name: &str,
        now: DateTime<Utc>,
        by: Option<&str>,
    ) -> Result<()> {
        let picture = file.picture();
        let row = upload::ActiveModel {
            hash: Set(file.hash().to_owned()),
            name: Set(name.to_owned()),
            media_type: Set(file.media_type().extension().to_owned()),
            size: Set(i64::try_from(file.size()).map_err(Error::internal)?),
            width: Set(picture.map(|picture| i64::from(picture.width))),
            height: Set(picture.map(|picture| i64::from(picture.height))),
            widths: Set(widths(file)),
            uploaded_at: Set(now),
            uploaded_by: Set(by.map(str::to_owned)),
            used: Set(false),
        };
        upload::Entity::insert(row)
            // Who uploads what is there already has a day to use it, as if it were new.
            .on_conflict(
                OnConflict::column(upload::Column::Hash).update_column(upload::Column::UploadedAt).to_owned(),
            )
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Says that an item has this file, and gives whether there is one like that: an item is not to
    /// name what was never uploaded, nor say otherwise of it than what it is.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn use_upload(&self, file: &Upload) -> Result<bool> {
        let Some(row) = upload::Entity::find_by_id(file.hash().to_owned()).one(&self.tx).await? else {
            return Ok(false);
        };
        let there = read(&row)?;
        let same = there.media_type() == file.media_type()
            && there.size() == file.size()
            && there.picture() == file.picture();
        if same && !row.used {
            let used = upload::ActiveModel { used: Set(true), ..Default::default() };
            let update = upload::Entity::update_many().set(used);
            update.filter(upload::COLUMN.hash.eq(file.hash())).exec(&self.tx).await?;
        }
        Ok(same)
    }

    /// Forgets the files that were uploaded before a moment and that no item, in no version, has.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget_uploads(&self, before: DateTime<Utc>) -> Result<u64> {
        let unused = upload::COLUMN.used.eq(false).and(upload::COLUMN.uploaded_at.lt(before));
        Ok(upload::Entity::delete_many().filter(unused).exec(&self.tx).await?.rows_affected)
    }

    /// As [`Store::known_uploads`], within the transaction.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn known_uploads(&self, hashes: &[String]) -> Result<HashSet<String>> {
        known(&self.tx, hashes).await
    }
}
