//! Documents put into a read store, many at a time: each table is written once for all of them, since
//! it is statements that cost. It must not decide what is taken over.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::sync::field;
use super::{cores, schema};
use crate::content::document::{self, Change};
use crate::error::Result;

/// The most rows that one statement writes: SQLite takes 32,766 parameters, a row has at most eleven.
pub(super) const ROWS: usize = 2_500;

/// A change that brings a document, with that and its texts.
pub(super) type Brought<'batch> = (&'batch Change, &'batch Json, &'batch Written);

/// A document with its row's key.
struct Placed<'batch> {
    key: i64,
    id: String,
    slug: &'batch str,
    written: &'batch Written,
    change: &'batch Change,
    json: &'batch Json,
}

/// The texts that are written of a document; they need nothing but it.
#[derive(Debug)]
pub(super) struct Written {
    json: String,
    embedded: String,
    keys: String,
    /// What is searched for: its titles, its text.
    words: (String, String),
}

impl Written {
    fn of(change: &Change, json: &Json) -> Self {
        let content_type = change.content_type;
        Self {
            json: json.to_string(),
            embedded: Json::Object(document::embedded(content_type, json)).to_string(),
            keys: Json::Object(document::keys(content_type, json)).to_string(),
            words: document::search(content_type, json),
        }
    }
}

/// The texts of each change's document; none where it was withdrawn.
pub(super) fn written(changes: &[Change]) -> Result<Vec<Option<Written>>> {
    cores::each(changes, |change| Ok(change.document.as_ref().map(|json| Written::of(change, json))))
}

/// What putting documents in has changed for others.
#[derive(Debug, Default)]
pub(super) struct Put {
    /// The items whose face in others' documents is another one now.
    pub faces: HashSet<String>,
    /// The items that are public now and were not, or the other way round, as far as their states tell.
    pub states: HashSet<String>,
}

/// What an item was before.
struct Before {
    key: i64,
    embedded: String,
    state: String,
}

/// Puts these documents in, no item twice.
pub(super) async fn put(tx: &mut SqliteConnection, documents: &[Brought<'_>]) -> Result<Put> {
    let mut done = Put::default();
    for documents in documents.chunks(ROWS) {
        let ids: Json = documents.iter().map(|(change, ..)| change.id.to_string()).collect();
        let ids = ids.to_string();
        let before = before(tx, &ids).await?;
        let placed = keyed(tx, documents, &before).await?;
        for one in &placed {
            let was = before.get(&one.id);
            if was.is_none_or(|was| was.embedded != one.written.embedded) {
                done.faces.insert(one.id.clone());
            }
            if was.is_none_or(|was| is_public(&was.state) != is_public(state(one.json))) {
                done.states.insert(one.id.clone());
            }
        }
        write_documents(tx, &placed).await?;
        write_links(tx, &placed).await?;
        sqlx::query("DELETE FROM withdrawn WHERE id IN (SELECT value FROM json_each(?))")
            .bind(&ids)
            .execute(&mut *tx)
            .await?;
        write_addresses(tx, &placed).await?;
        for one in placed.iter().filter(|one| !one.change.gone.is_empty()) {
            write_traces(tx, &one.id, &one.change.gone).await?;
        }
    }
    Ok(done)
}

/// Writes by what the files of an item, and its addresses once it is gone, are known.
pub(super) async fn write_traces(tx: &mut SqliteConnection, id: &str, traces: &[String]) -> Result<()> {
    sqlx::query("INSERT OR IGNORE INTO gone (trace, id) SELECT value, ?2 FROM json_each(?1)")
        .bind(Json::from(traces).to_string())
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// A document's state; the public's have none, and are published.
fn state(document: &Json) -> &str {
    document.get("_state").and_then(Json::as_str).unwrap_or("published")
}

/// Whether the public sees what is in this state.
fn is_public(state: &str) -> bool {
    matches!(state, "published" | "changed")
}

/// Those that are there already, by id.
async fn before(tx: &mut SqliteConnection, ids: &str) -> Result<HashMap<String, Before>> {
    let rows = sqlx::query(
        "SELECT id, key, embedded, state FROM document WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(ids)
    .fetch_all(tx)
    .await?;
    let before = |row: &SqliteRow| -> Result<(String, Before)> {
        let (key, embedded) = (row.try_get("key")?, row.try_get("embedded")?);
        Ok((row.try_get("id")?, Before { key, embedded, state: row.try_get("state")? }))
    };
    rows.iter().map(before).collect()
}

/// Gives each its key: the one that it has, or the next of its type.
async fn keyed<'batch>(
    tx: &mut SqliteConnection,
    documents: &[Brought<'batch>],
    before: &HashMap<String, Before>,
) -> Result<Vec<Placed<'batch>>> {
    let mut next: HashMap<&str, i64> = HashMap::new();
    let mut placed = Vec::with_capacity(documents.len());
    for &(change, json, written) in documents {
        let content_type = change.content_type;
        let id = change.id.to_string();
        let key = match (before.get(&id), next.get(content_type.name)) {
            (Some(was), _) => was.key,
            (None, Some(key)) => *key,
            (None, None) => {
                let [first, last] = schema::key_range(content_type);
                let free = "SELECT coalesce(max(key) + 1, ?1) FROM document WHERE key BETWEEN ?1 AND ?2";
                sqlx::query_scalar(free).bind(first).bind(last).fetch_one(&mut *tx).await?
            }
        };
        if !before.contains_key(&id) {
            next.insert(content_type.name, key + 1);
        }
        placed.push(Placed {
            key,
            id,
            slug: change.slugs.last().map(String::as_str).unwrap_or_default(),
            written,
            change,
            json,
        });
    }
    Ok(placed)
}

async fn write_documents(tx: &mut SqliteConnection, placed: &[Placed<'_>]) -> Result<()> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO document (key, id, object, slug, title, sequence, state, updated_at, keys, embedded) ",
    );
    query.push_values(placed, |mut row, one| {
        let text = |name: &str| one.json.get(name).and_then(Json::as_str);
        let content_type = one.change.content_type;
        row.push_bind(one.key)
            .push_bind(one.id.clone())
            .push_bind(content_type.name)
            .push_bind(one.slug.to_owned())
            .push_bind(
                text("_title").or_else(|| text(content_type.title_name)).unwrap_or_default().to_owned(),
            )
            .push_bind(one.change.sequence)
            .push_bind(state(one.json).to_owned())
            .push_bind(text("updated_at").unwrap_or_default().to_owned())
            .push_bind(one.written.keys.clone())
            .push_bind(one.written.embedded.clone());
    });
    query.push(
        " ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, title = excluded.title,
           sequence = excluded.sequence, state = excluded.state, updated_at = excluded.updated_at,
           keys = excluded.keys, embedded = excluded.embedded, prepared = 0",
    );
    run(tx, query, placed.len()).await?;
    let mut query = QueryBuilder::new("INSERT OR REPLACE INTO source (key, json) ");
    query.push_values(placed, |mut row, one| {
        row.push_bind(one.key).push_bind(one.written.json.clone());
    });
    run(tx, query, placed.len()).await?;
    // FTS5 gathers what comes in the order of its keys, and writes down what it has whenever one is smaller.
    let mut placed: Vec<_> = placed.iter().collect();
    placed.sort_unstable_by_key(|one| one.key);
    let mut query = QueryBuilder::new("INSERT OR REPLACE INTO words (rowid, title, text) ");
    query.push_values(&placed, |mut row, one| {
        let (titles, text) = &one.written.words;
        row.push_bind(one.key).push_bind(titles.clone()).push_bind(text.clone());
    });
    run(tx, query, placed.len()).await
}

async fn write_links(tx: &mut SqliteConnection, placed: &[Placed<'_>]) -> Result<()> {
    let keys: Json = placed.iter().map(|one| one.key).collect();
    sqlx::query("DELETE FROM link WHERE source IN (SELECT value FROM json_each(?))")
        .bind(keys.to_string())
        .execute(&mut *tx)
        .await?;
    let links: Vec<_> = placed
        .iter()
        .flat_map(|one| {
            let content_type = one.change.content_type;
            let links = document::links(content_type, one.json).into_iter();
            links.map(move |link| (one.key, field(content_type.name, link.field), link))
        })
        .collect();
    for links in links.chunks(ROWS) {
        let mut query = QueryBuilder::new("INSERT INTO link (source, field, target, position) ");
        query.push_values(links, |mut row, (key, name, link)| {
            row.push_bind(*key)
                .push_bind(name.clone())
                .push_bind(link.to.to_string())
                .push_bind(link.position);
        });
        run(tx, query, links.len()).await?;
    }
    Ok(())
}

/// Present slugs take an address over; an earlier one does not take it away from an item that has it
/// now.
async fn write_addresses(tx: &mut SqliteConnection, placed: &[Placed<'_>]) -> Result<()> {
    let present = placed.iter().map(|one| (one, one.slug)).collect::<Vec<_>>();
    let earlier = placed
        .iter()
        .flat_map(|one| one.change.slugs.iter().map(move |slug| (one, slug.as_str())))
        .filter(|(one, slug)| *slug != one.slug)
        .collect::<Vec<_>>();
    for (how, addresses) in [("REPLACE", present), ("IGNORE", earlier)] {
        for addresses in addresses.chunks(ROWS) {
            let mut query = QueryBuilder::new(format!("INSERT OR {how} INTO address (object, slug, id) "));
            query.push_values(addresses, |mut row, (one, slug)| {
                row.push_bind(one.change.content_type.name)
                    .push_bind((*slug).to_owned())
                    .push_bind(one.id.clone());
            });
            run(tx, query, addresses.len()).await?;
        }
    }
    Ok(())
}

/// Runs a statement of so many rows. Those of one row come again and again and stay prepared.
pub(super) async fn run(
    tx: &mut SqliteConnection,
    mut query: QueryBuilder<Sqlite>,
    rows: usize,
) -> Result<()> {
    query.build().persistent(rows == 1).execute(tx).await?;
    Ok(())
}
