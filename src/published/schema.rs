//! The tables and indexes of a read store. It must not be migrated: another schema is another
//! fingerprint, and the store is built anew.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use sqlx::SqliteConnection;

use super::Order;
use crate::content::document::Place;
use crate::content::{ContentType, Kind, TYPES, shape};
use crate::error::Result;

const TABLES: &str = "
-- The schema that the store is of, the database that it follows, and the place in its feed that it has reached.
CREATE TABLE mark (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

-- One row per item, small enough that walking over many is cheap. `keys` is what lists are filtered
-- and sorted by, `embedded` what stands for the item inside another's document, `path` where it lives
-- on the public site.
CREATE TABLE document (
  -- Each type has a range of its own, so that a search keeps to a type without looking items up.
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  object TEXT NOT NULL,
  slug TEXT NOT NULL,
  path TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL,
  -- Its place in the feed: what was published later has a larger number.
  sequence INTEGER NOT NULL,
  -- Every list of the admin asks for it; in the public store it is always 'published'.
  state TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  keys TEXT NOT NULL,
  embedded TEXT NOT NULL,
  -- The paths above this one, shortest first, as a JSON array.
  above TEXT NOT NULL DEFAULT '[]',
  -- Whether its face is right.
  prepared INTEGER NOT NULL DEFAULT 0
);

-- The documents themselves, as JSON text.
CREATE TABLE source (
  key INTEGER PRIMARY KEY REFERENCES document (key) ON DELETE CASCADE,
  json TEXT NOT NULL
);

-- What an item looks like in lists and alone, as JSON text, and the cache tags of what else it shows:
-- prepared when it or what it refers to was published.
CREATE TABLE face (
  key INTEGER PRIMARY KEY REFERENCES document (key) ON DELETE CASCADE,
  listed TEXT NOT NULL,
  tags TEXT NOT NULL,
  whole TEXT NOT NULL
);

-- How many items there are of each type and state.
CREATE TABLE tally (
  object TEXT,
  state TEXT,
  number INTEGER NOT NULL,
  PRIMARY KEY (object, state)
) WITHOUT ROWID;
CREATE TRIGGER document_comes AFTER INSERT ON document BEGIN
  INSERT INTO tally VALUES (new.object, new.state, 1)
    ON CONFLICT (object, state) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER document_goes AFTER DELETE ON document BEGIN
  UPDATE tally SET number = number - 1 WHERE object = old.object AND state = old.state;
END;
CREATE TRIGGER document_turns AFTER UPDATE OF state ON document WHEN new.state <> old.state BEGIN
  UPDATE tally SET number = number - 1 WHERE object = old.object AND state = old.state;
  INSERT INTO tally VALUES (new.object, new.state, 1)
    ON CONFLICT (object, state) DO UPDATE SET number = number + 1;
END;

CREATE TABLE link (
  source INTEGER NOT NULL REFERENCES document (key) ON DELETE CASCADE,
  field TEXT NOT NULL,
  target TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (source, field, target)
) WITHOUT ROWID;

-- Of drafts: the names that an item credits without a person (part 'credited'), and those by which the
-- person that it is about is known ('called').
CREATE TABLE name (
  source INTEGER NOT NULL REFERENCES document (key) ON DELETE CASCADE,
  part TEXT NOT NULL,
  name TEXT NOT NULL,
  said TEXT NOT NULL,
  PRIMARY KEY (source, part, name)
) WITHOUT ROWID;
-- How many items credit each name.
CREATE TABLE credit (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER name_comes AFTER INSERT ON name WHEN new.part = 'credited' BEGIN
  INSERT INTO credit VALUES (new.name, 1) ON CONFLICT (name) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER name_goes AFTER DELETE ON name WHEN old.part = 'credited' BEGIN
  UPDATE credit SET number = number - 1 WHERE name = old.name;
END;

-- Of drafts: what is worth a look, and from which day on; the empty day is any.
CREATE TABLE finding (
  name TEXT NOT NULL,
  since TEXT NOT NULL,
  object TEXT NOT NULL,
  key INTEGER NOT NULL REFERENCES document (key) ON DELETE CASCADE,
  PRIMARY KEY (key, name)
) WITHOUT ROWID;
-- How many there are, by the day from which on they count.
CREATE TABLE found (
  name TEXT NOT NULL,
  object TEXT NOT NULL,
  since TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (name, object, since)
) WITHOUT ROWID;
CREATE TRIGGER finding_comes AFTER INSERT ON finding BEGIN
  INSERT INTO found VALUES (new.name, new.object, new.since, 1)
    ON CONFLICT (name, object, since) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER finding_goes AFTER DELETE ON finding BEGIN
  UPDATE found SET number = number - 1
    WHERE name = old.name AND object = old.object AND since = old.since;
END;

-- Every slug under which an item was ever known here, and what was withdrawn; `successor` is the item in
-- whose place readers are led.
CREATE TABLE address (object TEXT, slug TEXT, id TEXT NOT NULL, PRIMARY KEY (object, slug)) WITHOUT ROWID;
CREATE TABLE withdrawn (
  id TEXT PRIMARY KEY,
  object TEXT NOT NULL,
  slug TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at TEXT NOT NULL,
  successor TEXT
) WITHOUT ROWID;

-- Files that are or were public, and addresses of withdrawn media items, by their traces: who has what left
-- one learns that it was here, nobody else what it is.
CREATE TABLE gone (trace TEXT, id TEXT NOT NULL, PRIMARY KEY (trace, id)) WITHOUT ROWID;

-- Diacritics are folded; 2 is the unbroken variant of that option (SQLite, FTS5 §4.3.1).
CREATE VIRTUAL TABLE words USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
";

/// Made last where a store is built anew.
const INDEXES: &str = "
-- Which media items the public has a file of.
CREATE INDEX document_file ON document (json_extract(keys, '$._file'))
  WHERE json_extract(keys, '$._file') IS NOT NULL;
CREATE INDEX document_path ON document (path);
CREATE INDEX document_unprepared ON document (key) WHERE prepared = 0;
CREATE INDEX document_sequence ON document (sequence);
-- What was changed last, by anybody or by one person.
CREATE INDEX document_recent ON document
  (state, json_extract(keys, '$.updated_at'));
CREATE INDEX document_recent_of ON document
  (json_extract(keys, '$._updated_by'), state, json_extract(keys, '$.updated_at'))
  WHERE json_extract(keys, '$._updated_by') IS NOT NULL;
CREATE INDEX link_target ON link (target, field, position, source);
CREATE INDEX name_of ON name (part, name, source);
CREATE INDEX credit_number ON credit (number DESC, name) WHERE number > 0;
CREATE INDEX finding_name ON finding (name, object, since);
CREATE INDEX address_id ON address (id);
CREATE INDEX gone_id ON gone (id);
CREATE INDEX withdrawn_sequence ON withdrawn (sequence);
CREATE INDEX withdrawn_at ON withdrawn (object, at, id);
";

/// What is found by one key of a type and shown in the order of another: the index by the first has the
/// second too, so that no document is read for it.
const BESIDE: [(&str, &str, &str); 1] = [("event", "end_at", "start_at")];

/// The names by which lists of this type may be filtered (not across links) or sorted.
pub(super) fn key_names(content_type: &ContentType) -> Vec<&'static str> {
    let mut names = vec!["title", "updated_at", "published_at"];
    for field in content_type.fields {
        let kept = field.filter || field.sort || field.range;
        if kept && !matches!(field.kind, Kind::Many { .. }) && !names.contains(&field.name) {
            names.push(field.name);
        }
    }
    for computed in content_type.computed.iter().filter(|computed| computed.sort) {
        if !names.contains(&computed.name) {
            names.push(computed.name);
        }
    }
    names
}

/// The expression that reads a key. The names are declarations, never input.
pub(super) fn key(name: &str) -> String {
    match name {
        "_state" => "document.state".to_owned(),
        _ => format!("json_extract(document.keys, '$.{name}')"),
    }
}

/// The names that an index of this type's lists begins with: the key alone where lists are sorted by
/// it; a key that they are only filtered by goes before the list's own order.
fn index(content_type: &'static ContentType, name: &'static str) -> Vec<&'static str> {
    let own = content_type.order.trim_start_matches('-');
    let sorts = Order::names(content_type).contains(&name) || matches!(name, "updated_at" | "published_at");
    if sorts || name == own { vec![name] } else { vec![name, own] }
}

/// All statements that make an empty store.
pub(super) fn statements() -> String {
    tables() + &indexes()
}

/// The statements that make the tables.
pub(super) fn tables() -> String {
    TABLES.to_owned()
}

/// The statements that make the indexes.
pub(super) fn indexes() -> String {
    INDEXES.to_owned() + &list_indexes(&TYPES)
}

/// The statements that make the indexes of no type's lists.
pub(super) fn common_indexes() -> &'static str {
    INDEXES
}

/// The statements that make the indexes of these types' lists. Each has the state too: pages far into
/// a list are found, and lists counted, without reading a document.
pub(super) fn list_indexes(types: &[&'static ContentType]) -> String {
    let mut sql = String::new();
    for content_type in types {
        let object = content_type.name;
        for name in key_names(content_type) {
            let columns: String = index(content_type, name)
                .into_iter()
                .map(|column| format!("json_extract(keys, '$.{column}'), "))
                .collect();
            let beside: String = BESIDE
                .iter()
                .filter(|(of, by, _)| *of == object && *by == name)
                .map(|(.., shown)| format!(", json_extract(keys, '$.{shown}')"))
                .collect();
            // Writing to a String cannot fail.
            let _ = writeln!(
                sql,
                "CREATE INDEX document_{object}_{name} ON document ({columns}id, state{beside}) \
                 WHERE object = '{object}';"
            );
        }
    }
    sql
}

/// Says of which schema a new store is, whose feed it follows and what it has reached of it.
pub(super) async fn mark(tx: &mut SqliteConnection, identity: &str, place: &Place) -> Result<()> {
    let sql = "INSERT INTO mark VALUES ('schema', ?), ('identity', ?), ('sequence', ?), ('nonce', ?)";
    sqlx::query(sql)
        .bind(fingerprint())
        .bind(identity)
        .bind(place.sequence)
        .bind(&place.nonce)
        .execute(tx)
        .await?;
    Ok(())
}

/// What a store has reached.
pub(super) async fn reach(tx: &mut SqliteConnection, place: &Place) -> Result<()> {
    let sql = "UPDATE mark SET value = CASE name WHEN 'sequence' THEN ? ELSE ? END \
               WHERE name IN ('sequence', 'nonce')";
    sqlx::query(sql).bind(place.sequence).bind(&place.nonce).execute(tx).await?;
    Ok(())
}

/// The first and the last key that documents of this type have. What has no page of its own comes
/// first, so that a search across all that has one is one range too.
pub(super) fn key_range(content_type: &ContentType) -> [i64; 2] {
    let pages = TYPES
        .iter()
        .filter(|one| !shape::has_path(one))
        .chain(TYPES.iter().filter(|one| shape::has_path(one)));
    let place = pages.map(|one| one.name).zip(1_i64..).find(|(name, _)| *name == content_type.name);
    let first = place.map_or(0, |(_, place)| place << 40);
    [first, first + (1 << 40) - 1]
}

/// The first key of what has a page of its own.
pub(super) fn first_page() -> i64 {
    let pages = TYPES.iter().filter(|one| shape::has_path(one));
    pages.map(|one| key_range(one)[0]).min().unwrap_or(i64::MAX)
}

/// What this schema is called: another one has another name.
pub(super) fn fingerprint() -> String {
    let hash = Sha256::digest(statements());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
