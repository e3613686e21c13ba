//! Faces prepared: what an item looks like in lists and alone, made once when it is published
//! instead of for each answer. It must not make anything that a reader could not make itself from
//! the same rows: until a face is prepared, readers do.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, QueryBuilder, Row as _, Sqlite, SqliteConnection, SqlitePool};

use super::read::{COLUMNS, document};
use super::{Document, References, cores, represent};
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
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(most).bind(time(now)).fetch_all(&mut *tx).await?;
    write(tx, &rows, now).await?;
    Ok(rows.len())
}

/// What was prepared.
pub(super) struct Prepared {
    /// How many.
    pub(super) number: usize,
    /// The key of the last of them; `None` where there are no more.
    pub(super) last: Option<i64>,
}

/// Prepares all there is after a key, at most so many.
pub(super) async fn from(
    tx: &mut SqliteConnection,
    now: DateTime<Utc>,
    after: i64,
    most: i64,
) -> Result<Prepared> {
    let sql = format!(
        "SELECT {COLUMNS}, document.key AS key, NULL AS sort FROM document WHERE key > ? ORDER BY key LIMIT ?"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(most).fetch_all(&mut *tx).await?;
    write(tx, &rows, now).await?;
    let last = rows.last().map(|row| row.try_get("key")).transpose()?;
    Ok(Prepared { number: rows.len(), last })
}

/// A face as it is kept.
struct Face {
    key: i64,
    listed: String,
    tags: String,
    whole: String,
    stale_at: Option<String>,
}

/// Makes and writes the faces of these documents.
async fn write(tx: &mut SqliteConnection, rows: &[SqliteRow], now: DateTime<Utc>) -> Result<()> {
    let documents = cores::each(rows, |row| Ok((row.try_get::<i64, _>("key")?, document(row)?)))?;
    let references = References::load_in(tx, documents.iter().map(|(_, document)| &document.json)).await?;
    let shapes: Vec<Shape> =
        TYPES.iter().map(|one| (*one, Wanted::by_default(shape::in_lists(one)), own(one))).collect();
    let faces = cores::each(&documents, |one| Ok(face(one, &references, &shapes, now)))?;
    let faces: Vec<Face> = faces.into_iter().flatten().collect();
    if faces.is_empty() {
        return Ok(());
    }
    let prepared: Json = faces.iter().map(|face| json!([face.key, face.stale_at])).collect();
    sqlx::query(
        "UPDATE document SET prepared = 1, stale_at = row.value ->> 1
         FROM json_each(?) row WHERE document.key = row.value ->> 0",
    )
    .bind(prepared.to_string())
    .execute(&mut *tx)
    .await?;
    let mut query = QueryBuilder::<Sqlite>::new("INSERT OR REPLACE INTO face (key, listed, tags, whole) ");
    query.push_values(faces, |mut row, face| {
        row.push_bind(face.key).push_bind(face.listed).push_bind(face.tags).push_bind(face.whole);
    });
    query.build().persistent(rows.len() == 1).execute(&mut *tx).await?;
    Ok(())
}

/// A type with what lists show of its items, and what their own answers do.
type Shape = (&'static ContentType, Wanted, Wanted);

fn face(
    (key, document): &(i64, Document),
    references: &References,
    shapes: &[Shape],
    now: DateTime<Utc>,
) -> Option<Face> {
    let (_, listed, whole) = shapes.iter().find(|(one, ..)| *one == document.content_type)?;
    let listed = represent(document, references, listed, now);
    let whole = represent(document, references, whole, now);
    Some(Face {
        key: *key,
        listed: text(listed.properties),
        tags: references.tags(&document.json).join(","),
        stale_at: whole.changes_at.map(time),
        whole: text(whole.properties),
    })
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
