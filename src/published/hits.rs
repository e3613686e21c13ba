//! What words find, the best first. It must not read what people type as FTS5: the search's own
//! expressions do that.

use sqlx::Row as _;

use super::read::document;
use super::search::Snippet;
use super::statement::COLUMNS;
use super::{Document, NEAR, PublishedStore, schema, search};
use crate::content::by_name;
use crate::error::Result;

/// What a search has found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The item.
    pub id: String,
    /// The name of its type.
    pub object: String,
    /// Its slug.
    pub slug: String,
    /// Where it lives on the public site.
    pub path: String,
    /// What it is called.
    pub title: String,
    /// The text around what was found.
    pub snippet: Snippet,
}

/// Some of what a search has found.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// These, the best first.
    pub items: Vec<Hit>,
    /// How many there are in all.
    pub total: i64,
}

impl PublishedStore {
    /// What matches these words, of all types, the best first: for who looks at the beginning, however
    /// common a word. See [`PublishedStore::search_near`].
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn search(&self, typed: &str, limit: i64) -> Result<Vec<Document>> {
        self.search_near(typed, NEAR, limit).await
    }

    /// The same; of a type of which there are more than `near`, the best of so many hits that came last.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn search_near(&self, typed: &str, near: i64, limit: i64) -> Result<Vec<Document>> {
        let Some(words) = search::expression(typed) else { return Ok(Vec::new()) };
        let many = sqlx::query("SELECT object FROM tally GROUP BY object HAVING sum(number) > ?").bind(near);
        let mut ranges = Vec::new();
        for row in self.file().all(many).await? {
            ranges.extend(by_name(row.try_get("object")?).map(schema::key_range));
        }
        let sql = search::nearest(&format!("{COLUMNS}, NULL AS sort"), &ranges, near, limit);
        let rows = self.file().all(sqlx::query(sqlx::AssertSqlSafe(sql)).bind(words)).await?;
        rows.iter().map(document).collect()
    }

    /// What has a page of its own and matches these words, the best first, after so many.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn hits(&self, typed: &str, skip: i64, limit: i64) -> Result<Hits> {
        let Some(words) = search::expression(typed) else { return Ok(Hits::default()) };
        let [before, after] = search::snippet();
        let from = schema::first_page();
        let total = search::count(from);
        let columns =
            format!("id, object, slug, path, title, {before} ?1 {after} AS snippet, ({total}) AS total");
        let sql = search::hits(&columns, from, skip, limit);
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(words.clone());
        let rows = self.file().all(query).await?;
        let total = match rows.first() {
            Some(row) => row.try_get("total")?,
            // Beyond the end no row says how many there are.
            None if skip > 0 => {
                let count = sqlx::query(sqlx::AssertSqlSafe(total)).bind(words);
                self.file().first(count).await?.map_or(Ok(0), |row| row.try_get(0))?
            }
            None => 0,
        };
        let hit = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Hit {
                id: row.try_get("id")?,
                object: row.try_get("object")?,
                slug: row.try_get("slug")?,
                path: row.try_get("path")?,
                title: row.try_get("title")?,
                snippet: Snippet(row.try_get("snippet")?),
            })
        };
        Ok(Hits { items: rows.iter().map(hit).collect::<Result<_>>()?, total })
    }
}
