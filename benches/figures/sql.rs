//! What a good server without Recto would be: a table for each thing, the statements written by
//! hand, one for each answer, which SQLite puts together as JSON. Nothing is kept in memory.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path as Segment, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use recto::content::by_name;
use recto::editing::Desk;
use recto::published::Select;
use serde::Deserialize;
use serde_json::Value as Json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Sqlite, SqlitePool, Transaction};

const TABLES: &str = "
CREATE TABLE theme (id TEXT PRIMARY KEY, slug, path, number INTEGER, title, crumb);
CREATE TABLE term (id TEXT PRIMARY KEY, slug TEXT UNIQUE, label, schema_type);
CREATE TABLE person (id TEXT PRIMARY KEY, slug, path, display_name);
CREATE TABLE organisation (id TEXT PRIMARY KEY, slug, path, name);
CREATE TABLE project (id TEXT PRIMARY KEY, slug, path, code TEXT UNIQUE, title, crumb, theme, status,
  status_label, body, body_text, published_at, updated_at);
CREATE TABLE member (project, at INTEGER, person, role, PRIMARY KEY (project, at)) WITHOUT ROWID;
CREATE TABLE partner (project, at INTEGER, organisation, role, role_label, PRIMARY KEY (project, at)) WITHOUT ROWID;
CREATE TABLE output (id TEXT PRIMARY KEY, slug, path, title, type, year INTEGER, availability,
  availability_label, note, to_note, published_at, updated_at);
CREATE INDEX output_type_year ON output (type, year, id);
CREATE TABLE author (output, at INTEGER, name, lead, person, PRIMARY KEY (output, at)) WITHOUT ROWID;
CREATE TABLE place (project, position INTEGER, output, PRIMARY KEY (project, position, output)) WITHOUT ROWID;
CREATE INDEX place_output ON place (output);
CREATE TABLE news (id TEXT PRIMARY KEY, slug, path, title, summary, date, project, published_at, updated_at);
CREATE INDEX news_date ON news (date, id);
CREATE INDEX news_project ON news (project, date, id);
CREATE TABLE event (id TEXT PRIMARY KEY, slug, path, title, start, time_zone, all_day, state, state_label, venue,
  start_at, end_at, project, published_at, updated_at);
CREATE INDEX event_start ON event (start_at, id);
CREATE INDEX event_end ON event (end_at);
CREATE INDEX event_project ON event (project, start, id);
CREATE TABLE found (key INTEGER PRIMARY KEY, id, object, slug, path, title);
CREATE VIRTUAL TABLE words USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
";

/// Fills a database of its own with what is published.
pub async fn fill(desk: &Desk, file: &Path) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options.journal_mode(SqliteJournalMode::Wal))
        .await
        .unwrap();
    sqlx::raw_sql(TABLES).execute(&pool).await.unwrap();
    let mut tx = pool.begin().await.unwrap();
    for object in ["term", "theme", "person", "organisation", "project", "news", "event", "output"] {
        let content_type = by_name(object).unwrap();
        let mut select = Select { limit: 1_000, ..Select::of(content_type) };
        loop {
            let page = desk.published.reader().list(&select).await.unwrap();
            for document in &page.items {
                let mut json = document.json.clone();
                json["path"] = Json::from(document.path.as_str());
                json["crumb"] = Json::from(document.title.as_str());
                take(&mut tx, object, &json).await;
                if object != "term" {
                    let (titles, text) = recto::content::document::search(content_type, &document.json);
                    find(&mut tx, &json, &titles, &text).await;
                }
            }
            if page.items.is_empty() {
                break;
            }
            select.offset += 1_000;
        }
    }
    tx.commit().await.unwrap();
    sqlx::raw_sql("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);").execute(&pool).await.unwrap();
    pool.close().await;
}

async fn find(tx: &mut Transaction<'_, Sqlite>, json: &Json, titles: &str, text: &str) {
    let key = row(tx, "found", &["id", "object", "slug", "path", "crumb"], json).await;
    sqlx::query("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)")
        .bind(key)
        .bind(titles)
        .bind(text)
        .execute(&mut **tx)
        .await
        .unwrap();
}

/// Inserts a row of these properties, in this order.
async fn row(tx: &mut Transaction<'_, Sqlite>, table: &str, names: &[&str], json: &Json) -> i64 {
    let columns = match table {
        "found" => "(id, object, slug, path, title)",
        _ => "",
    };
    let marks = vec!["?"; names.len()].join(", ");
    let sql = format!("INSERT INTO {table} {columns} VALUES ({marks})");
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
    for name in names {
        query = match reference(&json[*name]) {
            Json::String(text) => query.bind(text),
            Json::Number(number) => query.bind(number.as_i64()),
            Json::Bool(flag) => query.bind(flag),
            _ => query.bind(None::<String>),
        };
    }
    query.execute(&mut **tx).await.unwrap().last_insert_rowid()
}

fn reference(json: &Json) -> Json {
    json.get("$ref").unwrap_or(json).clone()
}

async fn take(tx: &mut Transaction<'_, Sqlite>, object: &str, json: &Json) {
    let common = ["published_at", "updated_at"];
    let names: &[&str] = match object {
        "term" => &["id", "slug", "label", "schema_type"],
        "theme" => &["id", "slug", "path", "number", "title", "crumb"],
        "person" => &["id", "slug", "path", "display_name"],
        "organisation" => &["id", "slug", "path", "name"],
        "project" => &[
            "id",
            "slug",
            "path",
            "code",
            "title",
            "crumb",
            "theme",
            "status",
            "status_label",
            "body",
            "body_text",
        ],
        "news" => &["id", "slug", "path", "title", "summary", "date", "project"],
        "event" => &[
            "id",
            "slug",
            "path",
            "title",
            "start",
            "time_zone",
            "all_day",
            "state",
            "state_label",
            "venue",
            "start_at",
            "end_at",
            "project",
        ],
        _ => &[
            "id",
            "slug",
            "path",
            "title",
            "type",
            "year",
            "availability",
            "availability_label",
            "note",
            "to_note",
        ],
    };
    let timed = !matches!(object, "term" | "theme" | "person" | "organisation");
    let names: Vec<&str> = names.iter().chain(common.iter().filter(|_| timed)).copied().collect();
    let mut json = json.clone();
    let list = |name: &str| json[name].as_array().cloned().unwrap_or_default();
    let (projects, team, partners, authors) =
        (list("projects"), list("team"), list("partners"), list("authors"));
    if let Some(project) = projects.first().filter(|_| object != "output") {
        json["project"] = project.clone();
    }
    row(tx, object, &names, &json).await;
    let own = json["id"].clone();
    let rows = |rows: Vec<Json>, owner: &str| {
        rows.into_iter()
            .enumerate()
            .map(|(at, mut row)| {
                row[owner] = own.clone();
                row["at"] = Json::from(at);
                row
            })
            .collect::<Vec<_>>()
    };
    for member in rows(team, "project") {
        row(tx, "member", &["project", "at", "person", "role"], &member).await;
    }
    for partner in rows(partners, "project") {
        row(tx, "partner", &["project", "at", "organisation", "role", "role_label"], &partner).await;
    }
    for author in rows(authors, "output").into_iter().filter(|_| object == "output") {
        row(tx, "author", &["output", "at", "name", "lead", "person"], &author).await;
    }
    for place in rows(projects, "output").into_iter().filter(|_| object == "output") {
        row(tx, "place", &["project", "position", "output"], &place).await;
    }
}

const THEME: &str = "json_object('id', t.id, 'object', 'theme', 'slug', t.slug, 'number', t.number,
  'title', t.title, 'path', t.path)";
const PERSON: &str = "json_object('id', p.id, 'object', 'person', 'slug', p.slug,
  'display_name', p.display_name, 'path', p.path)";
const PROJECT: &str = "json_object('id', j.id, 'object', 'project', 'slug', j.slug, 'code', j.code,
  'title', j.title, 'status', j.status, 'status_label', j.status_label, 'path', j.path)";

fn flag(name: &str) -> String {
    format!("json(CASE WHEN {name} THEN 'true' ELSE 'false' END)")
}

/// An output `o` as JSON.
fn output() -> String {
    let lead = flag("a.lead");
    format!(
        "json_object('id', o.id, 'object', 'output', 'slug', o.slug, 'path', o.path, 'title', o.title,
          'type', (SELECT json_object('id', k.id, 'object', 'term', 'slug', k.slug, 'label', k.label,
             'schema_type', k.schema_type) FROM term k WHERE k.id = o.type),
          'authors', (SELECT json_group_array(json_object('name', a.name, 'lead', {lead}, 'person', {PERSON})
             ORDER BY a.at) FROM author a JOIN person p ON p.id = a.person WHERE a.output = o.id),
          'year', o.year, 'availability', o.availability, 'availability_label', o.availability_label,
          'note', o.note,
          'projects', (SELECT json_group_array(json_object('position', l.position, 'project', {PROJECT}))
             FROM place l JOIN project j ON j.id = l.project WHERE l.output = o.id),
          'lead', (SELECT json_object('name', a.name, 'person', {PERSON})
             FROM author a JOIN person p ON p.id = a.person WHERE a.output = o.id AND a.lead),
          'to_note', o.to_note, 'published_at', o.published_at, 'updated_at', o.updated_at)"
    )
}

fn news() -> String {
    format!(
        "json_object('id', n.id, 'object', 'news', 'slug', n.slug, 'path', n.path, 'title', n.title,
          'summary', n.summary, 'date', n.date, 'authors', json('[]'),
          'projects', (SELECT json_group_array({PROJECT}) FROM project j WHERE j.id = n.project),
          'people', json('[]'), 'published_at', n.published_at, 'updated_at', n.updated_at)"
    )
}

fn event() -> String {
    let all_day = flag("e.all_day");
    format!(
        "json_object('id', e.id, 'object', 'event', 'slug', e.slug, 'path', e.path, 'title', e.title,
          'start', e.start, 'time_zone', e.time_zone, 'all_day', {all_day}, 'state', e.state,
          'state_label', e.state_label, 'venue', e.venue,
          'projects', (SELECT json_group_array({PROJECT}) FROM project j WHERE j.id = e.project),
          'start_at', e.start_at, 'end_at', e.end_at, 'published_at', e.published_at, 'updated_at', e.updated_at)"
    )
}

/// The statements.
struct Statements {
    pool: SqlitePool,
    page: String,
    outputs: String,
    news: String,
    events: String,
    search: String,
}

impl Statements {
    fn new(pool: SqlitePool) -> Self {
        let (output, news, event) = (output(), news(), event());
        let page = format!(
            "SELECT json_object('data', json_object('id', r.id, 'object', 'project', 'slug', r.slug, 'path', r.path,
               'code', r.code, 'title', r.title, 'theme', {THEME}, 'status', r.status,
               'status_label', r.status_label, 'body', r.body, 'body_text', r.body_text,
               'team', (SELECT json_group_array(json_object('role', m.role, 'person', {PERSON}) ORDER BY m.at)
                  FROM member m JOIN person p ON p.id = m.person WHERE m.project = r.id),
               'partners', (SELECT json_group_array(json_object('role', m.role, 'role_label', m.role_label,
                  'organisation', json_object('id', g.id, 'object', 'organisation', 'slug', g.slug, 'name', g.name,
                  'path', g.path)) ORDER BY m.at)
                  FROM partner m JOIN organisation g ON g.id = m.organisation WHERE m.project = r.id),
               'published_at', r.published_at, 'updated_at', r.updated_at,
               'breadcrumbs', json_array(json_object('title', t.crumb, 'path', t.path),
                  json_object('title', r.crumb, 'path', r.path)),
               'outputs', (SELECT json_group_array({output} ORDER BY l.position)
                  FROM place l JOIN output o ON o.id = l.output WHERE l.project = r.id),
               'news', (SELECT json_group_array(json(one)) FROM (SELECT {news} AS one FROM news n
                  WHERE n.project = r.id ORDER BY n.date DESC, n.id DESC LIMIT 20)),
               'events', (SELECT json_group_array(json(one)) FROM (SELECT {event} AS one FROM event e
                  WHERE e.project = r.id ORDER BY e.start DESC, e.id DESC LIMIT 20))))
             FROM project r JOIN theme t ON t.id = r.theme WHERE r.code = ?"
        );
        let list = |one: &str, rest: &str| {
            format!(
                "SELECT json_object('data', json_group_array(json(one)), 'total', (SELECT count(*) {rest}))
                 FROM (SELECT {one} AS one {rest}"
            )
        };
        let outputs = "FROM output o JOIN term y ON y.id = o.type WHERE y.slug = ?1 AND o.year = ?2";
        Self {
            pool,
            page,
            outputs: list(&output, outputs) + " ORDER BY o.id DESC LIMIT ?3)",
            news: list(&news, "FROM news n") + " ORDER BY n.date DESC, n.id DESC LIMIT ?1)",
            events: list(&event, "FROM event e WHERE e.end_at > ?2") + " ORDER BY e.start_at, e.id LIMIT ?1)",
            search: "SELECT json_object('data', json_group_array(json_object('id', id, 'object', object,
                   'slug', slug, 'path', path, 'title', title)))
                 FROM (SELECT f.* FROM words JOIN found f ON f.key = words.rowid WHERE words MATCH ?1
                   ORDER BY bm25(words, 8.0, 1.0), f.id LIMIT ?2)"
                .to_owned(),
        }
    }

    async fn told(
        &self,
        query: sqlx::query::QueryScalar<'_, Sqlite, String, sqlx::sqlite::SqliteArguments>,
    ) -> impl IntoResponse + use<> {
        let body: String = query.fetch_one(&self.pool).await.unwrap();
        ([(CONTENT_TYPE, "application/json")], body)
    }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    year: i64,
    #[serde(default)]
    q: String,
    limit: i64,
}

type Shared = State<Arc<Statements>>;

fn statement(sql: &str) -> sqlx::query::QueryScalar<'_, Sqlite, String, sqlx::sqlite::SqliteArguments> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
}

/// Serves that database at the addresses of the API, until the process is ended.
pub async fn serve(file: &str) {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .statement_cache_capacity(100)
        .pragma("mmap_size", "268435456");
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .min_connections(1)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .unwrap();
    let router = Router::new()
        .route(
            "/api/v1/projects/{code}",
            get(async |State(sql): Shared, Segment(code): Segment<String>| {
                sql.told(statement(&sql.page).bind(code)).await
            }),
        )
        .route(
            "/api/v1/outputs",
            get(async |State(sql): Shared, Query(asked): Query<Asked>| {
                let query = statement(&sql.outputs).bind(asked.r#type).bind(asked.year).bind(asked.limit);
                sql.told(query).await
            }),
        )
        .route(
            "/api/v1/news",
            get(async |State(sql): Shared, Query(asked): Query<Asked>| {
                sql.told(statement(&sql.news).bind(asked.limit)).await
            }),
        )
        .route(
            "/api/v1/events",
            get(async |State(sql): Shared, Query(asked): Query<Asked>| {
                let now = recto::clock::Clock::system().now();
                let now = now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
                sql.told(statement(&sql.events).bind(asked.limit).bind(now)).await
            }),
        )
        .route(
            "/api/v1/search",
            get(async |State(sql): Shared, Query(asked): Query<Asked>| {
                let words: Vec<String> = asked.q.split(' ').map(|word| format!("\"{word}\"")).collect();
                let query = statement(&sql.search).bind(format!("{}*", words.join(" "))).bind(asked.limit);
                sql.told(query).await
            }),
        )
        .with_state(Arc::new(Statements::new(pool)));
    crate::bare::listen(router).await;
}
