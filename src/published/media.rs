//! Which files the public may have: those of published media items. It must not know where they lie, nor
//! why they are public: whoever publishes has seen to that.

use sqlx::Row as _;

use super::PublishedStore;
use crate::content::document::trace;
use crate::content::parsed::Upload;
use crate::error::Result;

/// What is known of a file.
#[derive(Clone, Debug)]
pub enum PublicFile {
    /// The public may have it: the file, and the id of the media item that has it.
    Here(Upload, String),
    /// The public could have it once.
    Gone,
    /// It never could.
    Unknown,
}

impl PublishedStore {
    /// The file of this hash and name.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn published_file(&self, hash: &str, name: &str) -> Result<PublicFile> {
        let found = sqlx::query(
            "SELECT id, json_extract(keys, '$._file') AS file FROM document \
             WHERE json_extract(keys, '$._file') >= ? AND json_extract(keys, '$._file') < ? ORDER BY id",
        );
        // A file's text begins with its hash and a slash, which a nought follows.
        let rows = self.file().all(found.bind(format!("{hash}/")).bind(format!("{hash}0"))).await?;
        for row in &rows {
            let file = row.try_get::<Option<String>, _>("file")?.and_then(|file| file.parse::<Upload>().ok());
            if let Some(file) = file.filter(|file| file.name() == name) {
                return Ok(PublicFile::Here(file, row.try_get("id")?));
            }
        }
        let is_gone = rows.is_empty() && self.is_gone(&trace(hash)).await?;
        Ok(if is_gone { PublicFile::Gone } else { PublicFile::Unknown })
    }

    /// The file that the public media item of this id has now.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn published_file_of(&self, id: &str) -> Result<PublicFile> {
        let found = sqlx::query(
            "SELECT json_extract(keys, '$._file') AS file FROM document WHERE object = 'media' AND id = ?",
        );
        if let Some(row) = self.file().first(found.bind(id)).await? {
            let file = row.try_get::<Option<String>, _>("file")?.and_then(|file| file.parse().ok());
            return Ok(file.map_or(PublicFile::Unknown, |file| PublicFile::Here(file, id.to_owned())));
        }
        let gone = sqlx::query("SELECT 1 FROM gone WHERE id = ? LIMIT 1").bind(id);
        Ok(if self.file().first(gone).await?.is_some() { PublicFile::Gone } else { PublicFile::Unknown })
    }

    /// Whether something of which this is the trace was public once.
    pub(super) async fn is_gone(&self, trace: &str) -> Result<bool> {
        let gone = sqlx::query("SELECT 1 FROM gone WHERE trace = ? LIMIT 1").bind(trace);
        Ok(self.file().first(gone).await?.is_some())
    }
}
