//! A look at a read store that may be anything: which database it follows and whether it holds something. It
//! must not change it, nor need it to be of this release.

use std::collections::HashMap;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::PublishedStore;
use crate::content::document::Place;
use crate::error::Result;

/// The place in its feed that a store has reached.
pub(super) const PLACE: &str =
    "SELECT a.value, b.value FROM mark AS a, mark AS b WHERE a.name = 'sequence' AND b.name = 'nonce'";

/// What a read store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// The database that it follows; none where it does not say, as those of release 0.1.0 and what is damaged.
    pub identity: Option<String>,
    /// How many documents it holds; none where that cannot be read.
    pub documents: Option<i64>,
    /// When one of them was last changed, as the store writes it.
    pub newest: Option<String>,
}

impl Glance {
    /// Whether nothing would be lost with it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.identity.is_none() && self.documents == Some(0)
    }
}

/// Looks at the file; none where there is none, or an empty one.
///
/// # Errors
/// Where it may not be looked at.
pub async fn glance(file: &Path) -> Result<Option<Glance>> {
    match std::fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(crate::error::Error::internal(error)),
        Ok(found) if found.len() == 0 => return Ok(None),
        Ok(_) => {}
    }
    let options = SqliteConnectOptions::new().filename(file).read_only(true).disable_statement_logging();
    let unreadable = Glance { identity: None, documents: None, newest: None };
    let Ok(mut store) = options.connect().await else { return Ok(Some(unreadable)) };
    let identity = sqlx::query_scalar::<_, String>("SELECT value FROM mark WHERE name = 'identity'")
        .fetch_optional(&mut store)
        .await;
    let documents = sqlx::query_scalar("SELECT count(*) FROM document").fetch_one(&mut store).await;
    let newest = sqlx::query_scalar("SELECT max(updated_at) FROM document").fetch_one(&mut store).await;
    let glance = Glance {
        identity: identity.ok().flatten().filter(|identity| !identity.is_empty()),
        documents: documents.ok(),
        newest: newest.ok().flatten(),
    };
    // What is left is closed with the process.
    let _ = store.close().await;
    Ok(Some(glance))
}

impl PublishedStore {
    /// Whether the whole file can be read.
    ///
    /// # Errors
    /// Where it cannot, for another reason than that it is damaged.
    pub async fn is_whole(&self) -> Result<bool> {
        self.file().is_whole().await
    }

    /// The place in its feed that the store has reached.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn place(&self) -> Result<Place> {
        let select = sqlx::query_as::<_, (i64, String)>(PLACE);
        let row = self.file().run(None, async |connection| select.fetch_one(connection).await).await?;
        Ok(Place { sequence: row.0, nonce: row.1 })
    }

    /// Each item's id with its place in the feed.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn all_sequences(&self) -> Result<HashMap<String, i64>> {
        let select = sqlx::query_as::<_, (String, i64)>("SELECT id, sequence FROM document");
        let rows = self.file().run(None, async |connection| select.fetch_all(connection).await).await?;
        Ok(rows.into_iter().collect())
    }
}
