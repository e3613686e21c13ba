//! Items whose titles may be the same as others, for whoever looks for duplicates. It must not judge
//! how alike two titles are: it finds those worth comparing.

use serde_json::Value as Json;
use sqlx::Row as _;

use super::{Document, PublishedStore, search};
use crate::content::ContentType;
use crate::error::Result;

impl PublishedStore {
    /// For each of these titles the items of a type whose titles may be the same but for a word or
    /// a slip, at most `limit` each: the same title first, then those of the most similar length, as
    /// how well words fit says little of titles that all hold them and takes most of the time. The
    /// title's place and the item; two statements, however many titles there are. What lies in the
    /// trash is left out.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn alike(
        &self,
        content_type: &'static ContentType,
        titles: &[String],
        limit: i64,
    ) -> Result<Vec<(usize, Document)>> {
        let asked: Vec<[Option<String>; 2]> =
            titles.iter().map(|title| [search::alike(title), Some(title.clone())]).collect();
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT asked.key AS at, found.value AS id FROM json_each(?1) asked, json_each((
               SELECT json_group_array(id) FROM (
                 SELECT document.id AS id, document.title = (asked.value ->> 1) COLLATE NOCASE AS same,
                   abs(length(document.title) - length(asked.value ->> 1)) AS off
                 FROM words CROSS JOIN document ON document.key = words.rowid
                 WHERE words MATCH (asked.value ->> 0)
                   AND document.object = '{}' AND document.state <> 'trashed'
                 ORDER BY same DESC, off, document.key LIMIT ?2))) found
             WHERE asked.value ->> 0 IS NOT NULL",
            content_type.name
        ));
        let rows = self.file().all(sqlx::query(sql).bind(Json::from(asked).to_string()).bind(limit)).await?;
        let mut found: Vec<(usize, String)> = Vec::with_capacity(rows.len());
        for row in &rows {
            let at: i64 = row.try_get("at")?;
            found.push((usize::try_from(at).unwrap_or(usize::MAX), row.try_get("id")?));
        }
        let mut ids: Vec<String> = found.iter().map(|(_, id)| id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        let documents = if ids.is_empty() { Default::default() } else { self.titles(&ids).await? };
        let whole = |(at, id): (usize, String)| documents.get(&id).map(|found| (at, found.clone()));
        Ok(found.into_iter().filter_map(whole).collect())
    }
}
