//! Placing items on the public site when something is published. It must not know patterns; those
//! are in `paths`.

use std::collections::{HashMap, HashSet};

use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::paths::{SITE, path};
use crate::error::Result;

/// Says where items live on the public site. What these ids are is placed; and where a theme, a
/// page or the site itself changed, all whose paths are made of it. Gives those that live elsewhere
/// now.
pub(super) async fn place(
    tx: &mut SqliteConnection,
    ids: &[String],
    touched: &HashSet<&str>,
) -> Result<HashSet<String>> {
    let mut moved = HashSet::new();
    let everything = touched.contains("site");
    // Conditions apart: with OR between them SQLite would read every document.
    let which = match (everything, touched.contains("theme")) {
        (true, _) => "SELECT key FROM document",
        (false, true) => {
            "SELECT key FROM document WHERE id IN (SELECT value FROM json_each(?1))
             UNION SELECT key FROM document WHERE object = 'project'"
        }
        (false, false) => "SELECT key FROM document WHERE id IN (SELECT value FROM json_each(?1))",
    };
    let sql = format!(
        "SELECT d.key, d.id, d.object, d.slug, d.path, CASE WHEN d.object = 'project' THEN (SELECT json ->> '$.code' FROM source WHERE source.key = d.key) END AS code, t.slug AS theme
         FROM ({which}) which CROSS JOIN document d ON d.key = which.key
         LEFT JOIN link l ON d.object = 'project' AND l.source = d.key AND l.field = 'project.theme'
         LEFT JOIN document t ON t.id = l.target"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(Json::from(ids).to_string()).fetch_all(&mut *tx).await?;
    let site: Option<String> = sqlx::query_scalar(SITE).fetch_optional(&mut *tx).await?;
    let site: Json = site.and_then(|site| serde_json::from_str(&site).ok()).unwrap_or(Json::Null);
    let mut paths = Vec::new();
    for row in rows {
        let object: String = row.get("object");
        if object == "page" {
            continue;
        }
        let slug: String = row.get("slug");
        let theme: Option<String> = row.get("theme");
        let code: Option<String> = row.get("code");
        let path = path(&site, &object, &slug, theme.as_deref(), code.as_deref());
        if path != row.get::<String, _>("path") {
            paths.push((row.get("key"), path));
            moved.insert(row.get("id"));
        }
    }
    if everything || touched.contains("page") {
        paths.extend(place_pages(tx, &mut moved).await?);
    }
    set_paths(tx, &paths).await?;
    Ok(moved)
}

/// Writes where these documents live.
async fn set_paths(tx: &mut SqliteConnection, paths: &[(i64, String)]) -> Result<()> {
    let rows = paths.iter().map(|(key, path)| {
        let ends = path.match_indices('/').map(|(at, _)| at.max(1));
        let above: Json = ends.filter_map(|end| path.get(..end)).filter(|above| above != path).collect();
        json!([key, path, above.to_string()])
    });
    let rows: Json = rows.collect();
    sqlx::query(
        "UPDATE document SET path = row.value ->> 1, above = row.value ->> 2, prepared = 0
         FROM json_each(?) row WHERE document.key = row.value ->> 0",
    )
    .bind(rows.to_string())
    .execute(tx)
    .await?;
    Ok(())
}

/// Pages live below their parents; one called `home` is the root's own page. Gives the keys and paths
/// of those that live elsewhere now.
async fn place_pages(tx: &mut SqliteConnection, moved: &mut HashSet<String>) -> Result<Vec<(i64, String)>> {
    let rows = sqlx::query(
        "SELECT d.key, d.id, d.slug, d.path, l.target AS parent FROM document d
         LEFT JOIN link l ON l.source = d.key AND l.field = 'page.parent' WHERE d.object = 'page'",
    )
    .fetch_all(&mut *tx)
    .await?;
    let tree: HashMap<String, (String, Option<String>)> =
        rows.iter().map(|row| (row.get("id"), (row.get("slug"), row.get("parent")))).collect();
    let mut paths = Vec::new();
    for row in &rows {
        let mut segments = Vec::new();
        let mut at: Option<String> = Some(row.get("id"));
        // Deeper than any site; also ends a ring.
        while let Some((slug, parent)) = at.as_ref().and_then(|id| tree.get(id)) {
            if segments.len() >= 20 {
                break;
            }
            if slug != "home" {
                segments.push(slug.as_str());
            }
            at.clone_from(parent);
        }
        segments.reverse();
        let path = format!("/{}", segments.join("/"));
        if path != row.get::<String, _>("path") {
            paths.push((row.get("key"), path));
            moved.insert(row.get("id"));
        }
    }
    Ok(paths)
}
