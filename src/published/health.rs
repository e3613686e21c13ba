//! What is worth a look, noted while drafts are taken over and counted as it comes, so that a dashboard
//! costs the same however much there is. It must not say what is to be looked for: `content::health`
//! does, but for links that lead to what is not public, which take two items to see.

use std::collections::HashSet;

use serde_json::Value as Json;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::put::{Brought, ROWS, run};
use super::read::{COLUMNS, document};
use super::{Document, PublishedStore};
use crate::content::document::{Change, findings, names};
use crate::content::health::DEAD_LINK;
use crate::error::Result;

/// How many items one finding is true of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// The type of the items.
    pub object: String,
    /// How many.
    pub number: i64,
}

/// Notes of these documents, which were just put in, what is worth a look and whom they credit. Gives
/// the ids of those that are drafts; the public's have nothing of it.
pub(super) async fn note(tx: &mut SqliteConnection, documents: &[Brought<'_>]) -> Result<Vec<String>> {
    let drafts: Vec<(&Change, &Json)> = documents
        .iter()
        .filter(|(_, json, _)| json.get("_state").is_some())
        .map(|(change, json, _)| (*change, *json))
        .collect();
    for drafts in drafts.chunks(ROWS) {
        let ids: Json = drafts.iter().map(|(change, _)| change.id.to_string()).collect();
        let keys = "SELECT key FROM document WHERE id IN (SELECT value FROM json_each(?1))";
        for table in ["DELETE FROM name WHERE source", "DELETE FROM finding WHERE key"] {
            let sql = sqlx::AssertSqlSafe(format!("{table} IN ({keys})"));
            sqlx::query(sql).bind(ids.to_string()).execute(&mut *tx).await?;
        }
        write_names(tx, drafts).await?;
        write_findings(tx, drafts).await?;
    }
    Ok(drafts.iter().map(|(change, _)| change.id.to_string()).collect())
}

async fn write_names(tx: &mut SqliteConnection, drafts: &[(&Change, &Json)]) -> Result<()> {
    let mut rows = Vec::new();
    for (change, json) in drafts {
        let (credited, called) = names(change.content_type, json);
        for (part, names) in [("credited", credited), ("called", called)] {
            rows.extend(names.into_iter().map(|name| (change.id.to_string(), part, name)));
        }
    }
    for rows in rows.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("WITH row (id, part, name, said) AS (");
        query.push_values(rows, |mut row, (id, part, name)| {
            row.push_bind(id.clone())
                .push_bind(*part)
                .push_bind(name.key.clone())
                .push_bind(name.said.clone());
        });
        query.push(
            ") INSERT INTO name (source, part, name, said)
               SELECT document.key, row.part, row.name, row.said FROM row CROSS JOIN document ON document.id = row.id",
        );
        run(tx, query, rows.len()).await?;
    }
    Ok(())
}

async fn write_findings(tx: &mut SqliteConnection, drafts: &[(&Change, &Json)]) -> Result<()> {
    let mut rows = Vec::new();
    for (change, json) in drafts {
        rows.extend(findings(json).into_iter().map(|found| (change.id.to_string(), found)));
    }
    for rows in rows.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("WITH row (id, name, since) AS (");
        query.push_values(rows, |mut row, (id, (name, since))| {
            row.push_bind(id.clone()).push_bind(name.clone()).push_bind(since.clone());
        });
        query.push(
            ") INSERT INTO finding (name, since, object, key)
               SELECT row.name, row.since, document.object, document.key
               FROM row CROSS JOIN document ON document.id = row.id",
        );
        run(tx, query, rows.len()).await?;
    }
    Ok(())
}

/// Looks anew at what these drafts link to, and at what links to those of them that turned: became
/// public or ceased to be.
pub(super) async fn note_links(
    tx: &mut SqliteConnection,
    drafts: &[String],
    turned: &HashSet<String>,
) -> Result<()> {
    if drafts.is_empty() {
        return Ok(());
    }
    let ids = Json::from(drafts.to_vec()).to_string();
    let turned: Json = drafts.iter().filter(|id| turned.contains(*id)).cloned().collect();
    let turned = turned.to_string();
    let sql = format!(
        "INSERT INTO finding (name, since, object, key)
         SELECT '{DEAD_LINK}', '', document.object, document.key FROM (
           SELECT key FROM document WHERE id IN (SELECT value FROM json_each(?1))
           UNION SELECT source FROM link WHERE target IN (SELECT value FROM json_each(?2))) which
         CROSS JOIN document ON document.key = which.key
         WHERE document.state IN ('published', 'changed') AND EXISTS (
           SELECT 1 FROM link CROSS JOIN document target ON target.id = link.target
           WHERE link.source = document.key AND target.state IN ('draft', 'trashed'))"
    );
    sqlx::query(
        "DELETE FROM finding WHERE name = ?2
           AND key IN (SELECT source FROM link WHERE target IN (SELECT value FROM json_each(?1)))",
    )
    .bind(&turned)
    .bind(DEAD_LINK)
    .execute(&mut *tx)
    .await?;
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(ids).bind(turned).execute(tx).await?;
    Ok(())
}

/// The same of all there is, where nothing of it was noted before.
pub(super) async fn note_all_links(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::query(
        "INSERT INTO finding (name, since, object, key)
         SELECT DISTINCT ?, '', document.object, document.key
         FROM document target CROSS JOIN link ON link.target = target.id
         CROSS JOIN document ON document.key = link.source
         WHERE target.state IN ('draft', 'trashed') AND document.state IN ('published', 'changed')",
    )
    .bind(DEAD_LINK)
    .execute(tx)
    .await?;
    Ok(())
}

impl PublishedStore {
    /// What is worth a look on this day, and how much of it there is.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn found(&self, today: &str) -> Result<Vec<Found>> {
        let sql = "SELECT name, object, sum(number) AS number FROM found WHERE since <= ?
                   GROUP BY name, object HAVING sum(number) > 0";
        let rows = self.file().all(sqlx::query(sql).bind(today)).await?;
        rows.iter()
            .map(|row| {
                Ok(Found {
                    name: row.try_get("name")?,
                    object: row.try_get("object")?,
                    number: row.try_get("number")?,
                })
            })
            .collect()
    }

    /// Some items of each of these findings, at most `limit`, with the finding's place among them: one
    /// statement. Those come first that have been so for longest.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn found_first(
        &self,
        found: &[Found],
        today: &str,
        limit: i64,
    ) -> Result<Vec<(usize, Document)>> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::<Sqlite>::new(format!(
            "SELECT {COLUMNS}, NULL AS sort, newest.at FROM (SELECT NULL AS at, NULL AS key WHERE 0"
        ));
        for (at, one) in found.iter().enumerate() {
            query
                .push(format!(" UNION ALL SELECT * FROM (SELECT {at} AS at, key FROM finding WHERE name = "))
                .push_bind(one.name.clone())
                .push(" AND object = ")
                .push_bind(one.object.clone())
                .push(" AND since <= ")
                .push_bind(today.to_owned())
                .push(" ORDER BY since LIMIT ")
                .push_bind(limit)
                .push(")");
        }
        query.push(") newest CROSS JOIN document ON document.key = newest.key ORDER BY newest.at");
        let rows = self.file().all(query.build()).await?;
        rows.iter()
            .map(|row| {
                let at: i64 = row.try_get("at")?;
                Ok((usize::try_from(at).unwrap_or_default(), document(row)?))
            })
            .collect()
    }
}
