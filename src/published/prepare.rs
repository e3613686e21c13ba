//! Faces prepared: what an item looks like in lists and alone, made once when it is published
//! instead of for each answer. It must not make anything that a reader could not make itself from
//! the same rows: until a face is prepared, readers do.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, SqlitePool};

use super::read::{COLUMNS, document};
use super::{References, represent};
use crate::content::document::time;
use crate::content::shape::{self, Wanted};
use crate::content::{ContentType, TYPES};
use crate::error::Result;

/// Drops the prepared faces of whatever refers to these items.
pub(super) async fn outdate(tx: &mut SqliteConnection, turned: &HashSet<String>) -> Result<()> {
    if turned.is_empty() {
        return Ok(());
    }
    let turned: Json = turned.iter().map(String::as_str).collect();
    sqlx::query(
        "UPDATE document SET prepared = 0, stale_at = NULL WHERE prepared AND key IN
           (SELECT source FROM link WHERE target IN (SELECT value FROM json_each(?)))",
    )
    .bind(turned.to_string())
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether a face is missing or stale.
pub(super) async fn missing(pool: &SqlitePool, now: DateTime<Utc>) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM document WHERE prepared = 0) \
               OR EXISTS (SELECT 1 FROM document WHERE stale_at <= ?)";
    Ok(sqlx::query_scalar(sql).bind(time(now)).fetch_one(pool).await?)
}

/// Prepares what is missing or stale, at most so many, and gives how many there were.
pub(super) async fn prepare(tx: &mut SqliteConnection, now: DateTime<Utc>, most: u32) -> Result<usize> {
    let sql = format!(
        "SELECT {COLUMNS}, document.key AS key, NULL AS sort FROM document WHERE key IN (
           SELECT key FROM (SELECT key FROM document WHERE prepared = 0 LIMIT ?1)
           UNION SELECT key FROM (SELECT key FROM document WHERE stale_at <= ?2 LIMIT ?1)) LIMIT ?1"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(most).bind(time(now)).fetch_all(&mut *tx).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let documents = rows.iter().map(document).collect::<Result<Vec<_>>>()?;
    let references = References::load_in(tx, documents.iter().map(|document| &document.json)).await?;
    let shapes: Vec<(&ContentType, Wanted, Wanted)> =
        TYPES.iter().map(|one| (*one, Wanted::by_default(shape::in_lists(one)), own(one))).collect();
    let (mut prepared, mut faces) = (Vec::new(), Vec::new());
    for (row, document) in rows.iter().zip(&documents) {
        let Some((_, listed, whole)) = shapes.iter().find(|(one, ..)| *one == document.content_type) else {
            continue;
        };
        let listed = represent(document, &references, listed, now);
        let whole = represent(document, &references, whole, now);
        prepared.push(json!([row.try_get::<i64, _>("key")?, whole.changes_at.map(time)]));
        faces.push((
            row.try_get::<i64, _>("key")?,
            text(listed.properties),
            references.tags(&document.json).join(","),
            text(whole.properties),
        ));
    }
    if faces.is_empty() {
        return Ok(0);
    }
    sqlx::query(
        "UPDATE document SET prepared = 1, stale_at = row.value ->> 1
         FROM json_each(?) row WHERE document.key = row.value ->> 0",
    )
    .bind(Json::from(prepared).to_string())
    .execute(&mut *tx)
    .await?;
    let mut query = QueryBuilder::<Sqlite>::new("INSERT OR REPLACE INTO face (key, listed, tags, whole) ");
    query.push_values(faces, |mut row, (key, listed, tags, whole)| {
        row.push_bind(key).push_bind(listed).push_bind(tags).push_bind(whole);
    });
    query.build().persistent(rows.len() == 1).execute(&mut *tx).await?;
    Ok(rows.len())
}

/// All that an item's own answer says of it but the way to it and what links to it.
fn own(content_type: &ContentType) -> Wanted {
    let lists = |name: &str| content_type.inverses.iter().any(|inverse| inverse.name == name);
    let properties = shape::alone(content_type);
    Wanted::by_default(
        properties
            .into_iter()
            .filter(|property| property.name != shape::BREADCRUMBS && !lists(&property.name))
            .collect(),
    )
}

fn text(properties: Map<String, Json>) -> String {
    Json::Object(properties).to_string()
}
