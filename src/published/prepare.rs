//! Faces prepared: what an item looks like in lists and alone, made once when it is published
//! instead of for each answer. It must not make anything that a reader could not make itself from
//! the same rows: until a face is prepared, readers do.

use std::collections::HashSet;

use serde_json::{Map, Value as Json};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, QueryBuilder, Row as _, Sqlite, SqliteConnection, SqlitePool};

use super::read::{COLUMNS, document};
use super::{Document, References, cores, represent};
use crate::content::shape::{self, Wanted};
use crate::content::{ContentType, TYPES};
use crate::error::{Error, Result};

/// Drops the prepared faces of whatever refers to these items.
pub(super) async fn outdate(tx: &mut SqliteConnection, turned: &HashSet<String>) -> Result<()> {
    if turned.is_empty() {
        return Ok(());
    }
    let turned: Json = turned.iter().map(String::as_str).collect();
    sqlx::query(
        "UPDATE document SET prepared = 0 WHERE prepared AND key IN
           (SELECT source FROM link WHERE target IN (SELECT value FROM json_each(?)))",
    )
    .bind(turned.to_string())
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes away the faces of what shows something that was withdrawn, and of what has just changed: until they
/// are prepared anew they would keep what is shown no more.
pub(super) async fn forget(
    tx: &mut SqliteConnection,
    withdrawn: &[String],
    changed: &[String],
) -> Result<()> {
    sqlx::query(
        "DELETE FROM face WHERE key IN
           (SELECT source FROM link WHERE target IN (SELECT value FROM json_each(?1))
            UNION SELECT key FROM document WHERE id IN (SELECT value FROM json_each(?2)))",
    )
    .bind(Json::from(withdrawn).to_string())
    .bind(Json::from(changed).to_string())
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether a face is missing.
pub(super) async fn missing(pool: &SqlitePool) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM document WHERE prepared = 0)";
    Ok(sqlx::query_scalar(sql).fetch_one(pool).await?)
}

/// Prepares what is missing, at most so many, and gives how many there were.
pub(super) async fn prepare(tx: &mut SqliteConnection, most: u32) -> Result<usize> {
    let sql = format!(
        "SELECT {COLUMNS}, document.key AS key, NULL AS sort FROM document WHERE key IN (
           SELECT key FROM document WHERE prepared = 0 LIMIT ?)"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(most).fetch_all(&mut *tx).await?;
    write(tx, &rows).await?;
    Ok(rows.len())
}

/// All faces of a store prepared, some at a time. While some are written the next are made.
pub(super) struct Preparing {
    /// The key of the last document that was read.
    last: i64,
    references: References,
    made: Vec<Face>,
    /// How many are written.
    number: i64,
}

/// So many references are kept from one part to the next.
const KEPT: usize = 20_000;

impl Preparing {
    pub(super) fn begin() -> Self {
        Self { last: i64::MIN, references: References::default(), made: Vec::new(), number: 0 }
    }

    /// Reads at most so many documents, makes their faces, and writes those that were made before; gives
    /// how many are written, and nothing once all are.
    pub(super) async fn some(&mut self, tx: &mut SqliteConnection, most: i64) -> Result<Option<i64>> {
        let sql = format!(
            "SELECT {COLUMNS}, document.key AS key, NULL AS sort FROM document WHERE key > ? ORDER BY key LIMIT ?"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(self.last).bind(most).fetch_all(&mut *tx).await?;
        let documents = read(&rows)?;
        let Some((last, _)) = documents.last() else {
            if self.made.is_empty() {
                return Ok(None);
            }
            return self.keep(tx).await.map(Some);
        };
        self.last = *last;
        if self.references.len() > KEPT {
            self.references = References::default();
        }
        self.references.load_more(tx, documents.iter().map(|(_, document)| &document.json)).await?;
        let references = std::mem::take(&mut self.references);
        let making = tokio::task::spawn_blocking(move || {
            let made = faces(&documents, &references)?;
            Ok::<_, Error>((made, references))
        });
        let (kept, made) = tokio::join!(self.keep(tx), making);
        (self.made, self.references) = made.map_err(Error::internal)??;
        kept.map(Some)
    }

    async fn keep(&mut self, tx: &mut SqliteConnection) -> Result<i64> {
        let made = std::mem::take(&mut self.made);
        self.number += i64::try_from(made.len()).unwrap_or_default();
        keep(tx, made).await?;
        Ok(self.number)
    }
}

/// A face as it is kept.
struct Face {
    key: i64,
    listed: String,
    tags: String,
    whole: String,
}

/// Makes and writes the faces of these documents.
async fn write(tx: &mut SqliteConnection, rows: &[SqliteRow]) -> Result<()> {
    let documents = read(rows)?;
    let mut references = References::default();
    references.load_more(tx, documents.iter().map(|(_, document)| &document.json)).await?;
    keep(tx, faces(&documents, &references)?).await
}

/// The documents of these rows, with their keys.
fn read(rows: &[SqliteRow]) -> Result<Vec<(i64, Document)>> {
    cores::each(rows, |row| Ok((row.try_get("key")?, document(row)?)))
}

fn faces(documents: &[(i64, Document)], references: &References) -> Result<Vec<Face>> {
    let shapes: Vec<Shape> =
        TYPES.iter().map(|one| (*one, Wanted::by_default(shape::in_lists(one)), own(one))).collect();
    let made = cores::each(documents, |one| Ok(face(one, references, &shapes)))?;
    Ok(made.into_iter().flatten().collect())
}

/// Writes faces.
async fn keep(tx: &mut SqliteConnection, faces: Vec<Face>) -> Result<()> {
    if faces.is_empty() {
        return Ok(());
    }
    let one = faces.len() == 1;
    let prepared: Json = faces.iter().map(|face| face.key).collect();
    sqlx::query("UPDATE document SET prepared = 1 WHERE key IN (SELECT value FROM json_each(?))")
        .bind(prepared.to_string())
        .execute(&mut *tx)
        .await?;
    let mut query = QueryBuilder::<Sqlite>::new("INSERT OR REPLACE INTO face (key, listed, tags, whole) ");
    query.push_values(faces, |mut row, face| {
        row.push_bind(face.key).push_bind(face.listed).push_bind(face.tags).push_bind(face.whole);
    });
    query.build().persistent(one).execute(tx).await?;
    Ok(())
}

/// A type with what lists show of its items, and what their own answers do.
type Shape = (&'static ContentType, Wanted, Wanted);

fn face((key, document): &(i64, Document), references: &References, shapes: &[Shape]) -> Option<Face> {
    let (_, listed, whole) = shapes.iter().find(|(one, ..)| *one == document.content_type)?;
    let listed = represent(document, references, listed);
    let whole = represent(document, references, whole);
    Some(Face {
        key: *key,
        listed: text(listed),
        tags: references.tags(&document.json).join(","),
        whole: text(whole),
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
