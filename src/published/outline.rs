//! The outline of the public site: its pages as a tree, how many projects a theme has, and every
//! path. It must not read documents as a whole.

use std::collections::HashMap;

use sqlx::Row as _;

use super::PublishedStore;
use crate::error::Result;

/// A page in the tree.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The item.
    pub id: String,
    /// Its slug.
    pub slug: String,
    /// Where it lives.
    pub path: String,
    /// What it is called.
    pub title: String,
    /// Whether editors show it in the navigation.
    pub shown: bool,
    /// The page below which it stands; it may not be public.
    pub parent: Option<String>,
}

/// A path of the public site, and when what lives there was last published.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The path.
    pub path: String,
    /// RFC 3339.
    pub updated_at: String,
}

impl PublishedStore {
    /// The pages in their order, at most so many.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn pages(&self, limit: i64) -> Result<Vec<Leaf>> {
        let rows = self.file().all(sqlx::query(
            "SELECT d.id, d.slug, d.path, d.title, (SELECT json ->> '$.in_navigation' FROM source WHERE source.key = d.key) AS shown, l.target AS parent
             FROM document d LEFT JOIN link l ON l.source = d.key AND l.field = 'page.parent'
             WHERE d.object = 'page'
             ORDER BY json_extract(d.keys, '$.position') NULLS LAST, json_extract(d.keys, '$.title'), d.id LIMIT ?",
        )
        .bind(limit)).await?;
        rows.iter()
            .map(|row| {
                Ok(Leaf {
                    id: row.try_get("id")?,
                    slug: row.try_get("slug")?,
                    path: row.try_get("path")?,
                    title: row.try_get("title")?,
                    shown: row.try_get::<Option<bool>, _>("shown")?.unwrap_or_default(),
                    parent: row.try_get("parent")?,
                })
            })
            .collect()
    }

    /// How many projects each theme has, by the theme's id.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn projects_of_themes(&self) -> Result<HashMap<String, i64>> {
        let rows = self.file().all(sqlx::query(
            "SELECT d.id, (SELECT count(*) FROM link l WHERE l.target = d.id AND l.field = 'project.theme') AS number
             FROM document d WHERE d.object = 'theme'",
        )).await?;
        rows.iter().map(|row| Ok((row.try_get("id")?, row.try_get("number")?))).collect()
    }

    /// How many paths there are.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn count_placed(&self) -> Result<i64> {
        let sql = "SELECT count(DISTINCT path) FROM document WHERE path > ''";
        let row = self.file().first(sqlx::query(sql)).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get(0))?)
    }

    /// The paths of the public site in their order, a part of them.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn placed(&self, offset: i64, limit: i64) -> Result<Vec<Placed>> {
        let rows = self.file().all(sqlx::query(
            "SELECT path, max(json_extract(keys, '$.updated_at')) AS updated_at FROM document WHERE path > ''
             GROUP BY path ORDER BY path LIMIT ? OFFSET ?",
        )
        .bind(limit)
        .bind(offset)).await?;
        rows.iter()
            .map(|row| Ok(Placed { path: row.try_get("path")?, updated_at: row.try_get("updated_at")? }))
            .collect()
    }
}
