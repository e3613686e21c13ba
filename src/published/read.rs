//! Reading a read store. The whole of what the public API can reach; it must not be able to
//! write, and has nothing to say of drafts.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value as Json;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::file::File;
use super::search::Snippet;
use super::select::{Page, Scalar, Select};
use super::statement;
pub(super) use super::statement::COLUMNS;
use super::totals::{Asked, Totals};
use super::wait::Lookout;
use super::{Crumb, Order, schema};
use crate::content::{ContentType, Inverse, by_name};
use crate::error::{Error, Result};

/// A read store, for reading.
#[derive(Clone, Debug)]
pub struct PublishedStore {
    file: Arc<File>,
    lookout: Lookout,
    totals: Arc<Totals>,
}

/// A document as the store keeps it, references unresolved.
#[derive(Clone, Debug)]
pub struct Document {
    /// The item.
    pub id: String,
    /// Its type.
    pub content_type: &'static ContentType,
    /// Its slug.
    pub slug: String,
    /// Where it lives on the public site; empty for what has no page.
    pub path: String,
    /// What it is called.
    pub title: String,
    /// The document; see [`crate::content::document`].
    pub json: Json,
    /// The text around the words that were searched for, if there were any.
    pub snippet: Option<Snippet>,
    /// The value that the list was sorted by.
    sort: Option<Scalar>,
}

pub(super) fn crumb(row: &SqliteRow) -> Result<Crumb> {
    Ok(Crumb {
        title: row.try_get("title")?,
        path: row.try_get("path")?,
        object: row.try_get("object")?,
        id: row.try_get("id")?,
    })
}

pub(super) fn document(row: &SqliteRow) -> Result<Document> {
    let object: String = row.try_get("object")?;
    let json: String = row.try_get("json")?;
    Ok(Document {
        id: row.try_get("id")?,
        content_type: by_name(&object).ok_or_else(|| Error::internal(format!("unknown type {object}")))?,
        slug: row.try_get("slug")?,
        path: row.try_get("path")?,
        title: row.try_get("title")?,
        json: serde_json::from_str(&json).map_err(Error::internal)?,
        snippet: snippet(row),
        sort: sort(row),
    })
}

/// The value that a row was sorted by: a number, a text or nothing.
fn sort(row: &SqliteRow) -> Option<Scalar> {
    let number = row.try_get::<Option<i64>, _>("sort").map(|number| number.map(Scalar::Integer));
    number
        .or_else(|_| row.try_get::<Option<String>, _>("sort").map(|text| text.map(Scalar::Text)))
        .unwrap_or(None)
}

/// The text around what was found, where the statement gives one.
fn snippet(row: &SqliteRow) -> Option<Snippet> {
    row.try_get("snippet").ok().flatten().map(Snippet)
}

/// A moment as the store keeps it.
pub(super) fn moment(text: Option<String>) -> Option<DateTime<Utc>> {
    text.and_then(|text| text.parse().ok())
}

impl PublishedStore {
    /// Opens a store that a [`super::Follower`] keeps, here or in another process.
    ///
    /// # Errors
    /// Where there is none, or one of another schema.
    pub async fn open(file: &Path) -> Result<Self> {
        Ok(Self {
            file: Arc::new(File::open(file).await?),
            lookout: Lookout::default(),
            totals: Arc::default(),
        })
    }

    /// How many statements have run, for counting in tests and benchmarks.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.file.statements()
    }

    /// The same store, all of it as it is at the first statement, whatever is published meanwhile: for
    /// answers that take more than one. Holds a connection; not for keeping.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn at_one_moment(&self) -> Result<Self> {
        Ok(Self {
            file: Arc::new(self.file.at_one_moment().await?),
            lookout: self.lookout.clone(),
            totals: self.totals.clone(),
        })
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn totals(&self) -> &Totals {
        &self.totals
    }

    pub(super) fn lookout(&self) -> &Lookout {
        &self.lookout
    }

    /// The sequence number that the store has reached; it grows with every publication.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn sequence(&self) -> Result<i64> {
        let row = self.file.first(sqlx::query("SELECT value FROM mark WHERE name = 'sequence'")).await?;
        Ok(row.ok_or(Error::Unavailable("The store has no number."))?.try_get(0)?)
    }

    /// The item of this id.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn get(&self, id: &str) -> Result<Option<Document>> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS}, NULL AS sort FROM document WHERE id = ?"));
        let row = self.file.first(sqlx::query(sql).bind(id)).await?;
        row.as_ref().map(document).transpose()
    }

    /// A part of a list: one statement.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn list(&self, select: &Select) -> Result<Page<Document>> {
        let (rows, total) = self.rows(select).await?;
        let items = rows.iter().map(document).collect::<Result<Vec<_>>>()?;
        Ok(Page::of(select, items, total, |item| (item.sort.clone(), item.id.clone())))
    }

    /// The rows of a part of a list, and how many the whole list has: of one and the same moment.
    async fn rows(&self, select: &Select) -> Result<(Vec<SqliteRow>, i64)> {
        let asked = Asked::of(select);
        if let Some(asked) = &asked
            && let Some(total) = self.totals.get(self.reached().await?, asked)
            && let Some(mut query) = statement::rows(select, false)
        {
            let rows = self.file.all(query.build()).await?;
            let sequence = rows.first().map(|row| row.try_get("sequence")).transpose()?;
            // Something may have been published since the number was asked for.
            if sequence.is_some_and(|sequence| self.totals.get(sequence, asked) == Some(total)) {
                return Ok((rows, total));
            }
        }
        let Some(mut query) = statement::rows(select, true) else { return Ok((Vec::new(), 0)) };
        let rows = self.file.all(query.build()).await?;
        let Some(row) = rows.first() else { return Ok((rows, self.length_from_beyond(select).await?)) };
        let total = row.try_get("total")?;
        if let Some(asked) = asked {
            self.totals.put(row.try_get("sequence")?, asked, total);
        }
        Ok((rows, total))
    }

    /// How many a list has of which a part without rows was asked for: beyond its end there is none
    /// that knows.
    async fn length_from_beyond(&self, select: &Select) -> Result<i64> {
        let beyond = select.cursor.is_some() || select.offset > 0;
        match statement::count(select).filter(|_| beyond) {
            Some(mut count) => {
                let row = self.file.first(count.build()).await?;
                Ok(row.map_or(Ok(0), |row| row.try_get(0))?)
            }
            None => Ok(0),
        }
    }

    /// The items that link to this one, in the declared order.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn inverse(&self, inverse: &Inverse, to: &str) -> Result<Vec<Document>> {
        let rows = self.file.all(statement::inverse(inverse, to).build()).await?;
        rows.iter().map(document).collect()
    }

    /// What these items are called and their state, by id; those that are not here are left out.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn titles(&self, ids: &[String]) -> Result<std::collections::HashMap<String, Document>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS}, NULL AS sort FROM document WHERE id IN (SELECT value FROM json_each(?))"
        ));
        let rows = self.file.all(sqlx::query(sql).bind(Json::from(ids.to_vec()).to_string())).await?;
        rows.iter().map(|row| document(row).map(|found| (found.id.clone(), found))).collect()
    }

    /// What lives at each of these paths, the shortest first: the way to the last of them.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn at_paths(&self, paths: &[String]) -> Result<Vec<Crumb>> {
        let found = sqlx::query(
            // Of two at one path the older one: `min` picks the row.
            "SELECT path, title, object, min(id) AS id FROM document \
             WHERE path IN (SELECT value FROM json_each(?)) AND object <> 'site' \
             GROUP BY path ORDER BY length(path)",
        );
        let rows = self.file.all(found.bind(Json::from(paths.to_vec()).to_string())).await?;
        rows.iter().map(crumb).collect()
    }

    /// What was saved last, of all types, in these states; by one account alone if one is named.
    /// Each state is looked up in the order of time, so that it does not matter how many there are.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn recent(&self, states: &[&str], by: Option<&str>, limit: i64) -> Result<Vec<Document>> {
        let time = schema::key("updated_at");
        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new(format!(
            "SELECT {COLUMNS}, newest.sort FROM (SELECT NULL AS key, NULL AS sort WHERE 0"
        ));
        for state in states {
            let from =
                format!(" UNION ALL SELECT * FROM (SELECT document.key, {time} AS sort FROM document WHERE ");
            query.push(from).push(schema::key("_state")).push(" = ").push_bind((*state).to_owned());
            if let Some(by) = by {
                query.push(" AND ").push(schema::key("_updated_by")).push(" = ").push_bind(by.to_owned());
            }
            query.push(format!(" ORDER BY {time} DESC LIMIT {limit})"));
        }
        query.push(
            ") newest JOIN document ON document.key = newest.key ORDER BY newest.sort DESC, document.id DESC",
        );
        query.push(format!(" LIMIT {limit}"));
        let rows = self.file.all(query.build()).await?;
        rows.iter().map(document).collect()
    }

    /// How many items there are of each type and state.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn counts(&self) -> Result<Vec<(String, String, i64)>> {
        let counts = "SELECT object, state, number FROM tally WHERE number > 0";
        let rows = self.file.all(sqlx::query(counts)).await?;
        rows.iter()
            .map(|row| Ok((row.try_get("object")?, row.try_get("state")?, row.try_get("number")?)))
            .collect()
    }

    /// The names by which lists of this type can be sorted.
    #[must_use]
    pub fn sorts(content_type: &'static ContentType) -> Vec<&'static str> {
        Order::names(content_type)
    }
}
