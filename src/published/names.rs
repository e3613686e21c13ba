//! Names that items credit without a person, counted as they come. It must not know which of them
//! somebody has decided about; it is told.

use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, Row as _};

use super::read::{COLUMNS, document};
use super::{Document, PublishedStore};
use crate::error::Result;

/// A name that items credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credited {
    /// What it is found by.
    pub key: String,
    /// As one of the items writes it.
    pub said: String,
    /// How many items credit it.
    pub number: i64,
}

/// Which names, of all that are credited: without these keys (`?1`), with these letters (`?2`).
const WHICH: &str = "number > 0 AND instr(name, ?2) > 0 AND name NOT IN (SELECT value FROM json_each(?1))";

/// How many that are. Where letters do not matter, looking the keys up is less than comparing every name
/// with them.
fn how_many(letters: &str) -> String {
    match letters {
        "" => "(SELECT count(*) FROM credit WHERE number > 0) - (SELECT count(*) FROM credit \
               WHERE name IN (SELECT value FROM json_each(?1)) AND number > 0)"
            .to_owned(),
        _ => format!("(SELECT count(*) FROM credit WHERE {WHICH})"),
    }
}

impl PublishedStore {
    /// The names that items credit without a person, those of most items first, and how many there are;
    /// without these keys, and only those whose key has these letters in it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn credited(
        &self,
        without: &[String],
        letters: &str,
        offset: i64,
        limit: i64,
    ) -> Result<(Vec<Credited>, i64)> {
        let total = how_many(letters);
        let sql = format!(
            "SELECT here.name, here.number, {total} AS total,
               (SELECT said FROM name WHERE part = 'credited' AND name.name = here.name LIMIT 1) AS said
             FROM (SELECT name, number FROM credit
               WHERE {WHICH} ORDER BY number DESC, name LIMIT ?3 OFFSET ?4) here
             ORDER BY here.number DESC, here.name"
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(Json::from(without.to_vec()).to_string());
        let rows = self.file().all(query.bind(letters).bind(limit).bind(offset)).await?;
        let total = rows.first().map_or(Ok(0), |row| row.try_get("total"))?;
        let names = rows.iter().map(|row| {
            Ok(Credited {
                key: row.try_get("name")?,
                said: row.try_get::<Option<String>, _>("said")?.unwrap_or_default(),
                number: row.try_get("number")?,
            })
        });
        Ok((names.collect::<Result<_>>()?, total))
    }

    /// Some of the items that credit each of these names, by key, at most `each` of one name: one
    /// statement.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn credited_in(&self, keys: &[String], each: i64) -> Result<Vec<(String, Document)>> {
        let sql = AssertSqlSafe(format!(
            "SELECT {COLUMNS}, NULL AS sort, wanted.value AS name FROM json_each(?1) wanted CROSS JOIN document \
             WHERE document.key IN (SELECT source FROM name WHERE part = 'credited' AND name.name = wanted.value LIMIT ?2)"
        ));
        let query = sqlx::query(sql).bind(Json::from(keys.to_vec()).to_string()).bind(each);
        let rows = self.file().all(query).await?;
        rows.iter().map(|row| Ok((row.try_get("name")?, document(row)?))).collect()
    }

    /// How many names items credit without a person, without these keys.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn credited_count(&self, without: &[String]) -> Result<i64> {
        let sql = AssertSqlSafe(format!("SELECT {}", how_many("")));
        let query = sqlx::query(sql).bind(Json::from(without.to_vec()).to_string());
        Ok(self.file().first(query).await?.map_or(Ok(0), |row| row.try_get(0))?)
    }

    /// The items that credit the name of this key without a person, by title, at most `limit`.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn crediting(&self, key: &str, limit: i64) -> Result<Vec<Document>> {
        let sql = AssertSqlSafe(format!(
            "SELECT {COLUMNS}, NULL AS sort FROM name CROSS JOIN document ON document.key = name.source \
             WHERE name.part = 'credited' AND name.name = ? ORDER BY document.title, document.id LIMIT ?"
        ));
        let rows = self.file().all(sqlx::query(sql).bind(key).bind(limit)).await?;
        rows.iter().map(document).collect()
    }
}
