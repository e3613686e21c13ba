//! Which files the public may have: those of published media items. It must not know where they lie.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};
use sqlx::Row as _;

use super::PublishedStore;
use crate::content::parsed::Upload;
use crate::content::types::{OPEN, OUTPUT};
use crate::error::Result;

/// How many outputs that name one file are looked at.
const OUTPUTS_MAX: i64 = 1_000;

/// A file that the public may have.
#[derive(Clone, Debug)]
pub struct PublicFile {
    /// The file.
    pub file: Upload,
    /// The media item that has it.
    pub id: String,
    /// Where only outputs name the item: those of them that are open, by id.
    pub outputs: Vec<String>,
}

impl PublishedStore {
    /// The file of this hash and name, where a published item has it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn published_file(
        &self,
        hash: &str,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<PublicFile>> {
        let found = sqlx::query(
            "SELECT id, json_extract(keys, '$._file') AS file FROM document \
             WHERE json_extract(keys, '$._file') >= ? AND json_extract(keys, '$._file') < ? ORDER BY id",
        );
        // A file's text begins with its hash and a slash, which a nought follows.
        for row in self.file().all(found.bind(format!("{hash}/")).bind(format!("{hash}0"))).await? {
            let file = row.try_get::<Option<String>, _>("file")?.and_then(|file| file.parse::<Upload>().ok());
            let Some(file) = file.filter(|file| file.name() == name) else { continue };
            let id: String = row.try_get("id")?;
            if let Some(outputs) = self.grounds(&id, now).await? {
                return Ok(Some(PublicFile { file, id, outputs }));
            }
        }
        Ok(None)
    }

    /// The file that the published media item of this id has now.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn published_file_of(&self, id: &str, now: DateTime<Utc>) -> Result<Option<Upload>> {
        let found = sqlx::query(
            "SELECT json_extract(keys, '$._file') AS file FROM document WHERE object = 'media' AND id = ?",
        );
        let Some(row) = self.file().first(found.bind(id)).await? else { return Ok(None) };
        let file = row.try_get::<Option<String>, _>("file")?.and_then(|file| file.parse().ok());
        Ok(self.grounds(id, now).await?.and(file))
    }

    /// The open outputs for whose sake the public may have the item's file; none are needed where
    /// something else names it, or nothing. `None` where only outputs name it, of which none is open at
    /// this moment.
    async fn grounds(&self, id: &str, now: DateTime<Utc>) -> Result<Option<Vec<String>>> {
        let naming = sqlx::query(
            "SELECT document.id AS id, json_extract(json, '$.availability') AS availability, \
               json_extract(json, '$.embargo_until') AS embargo_until \
             FROM link JOIN source ON source.key = link.source JOIN document ON document.key = link.source \
             WHERE link.target = ?1 AND link.field = 'output.file' \
               AND NOT EXISTS (SELECT 1 FROM link WHERE target = ?1 AND field <> 'output.file') LIMIT ?2",
        );
        let rows = self.file().all(naming.bind(id).bind(OUTPUTS_MAX)).await?;
        let mut open = Vec::new();
        for row in &rows {
            let mut output = Map::new();
            for name in ["availability", "embargo_until"] {
                if let Some(text) = row.try_get::<Option<String>, _>(name)? {
                    output.insert(name.to_owned(), Json::String(text));
                }
            }
            (OUTPUT.at)(&mut output, now);
            if output.get("availability").and_then(Json::as_str) == Some(OPEN) {
                open.push(row.try_get("id")?);
            }
        }
        Ok((rows.is_empty() || !open.is_empty()).then_some(open))
    }
}
