//! The tables and indexes of a read store. It must not be migrated: another schema is another
//! fingerprint, and the store is built anew.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::content::{ContentType, Kind, TYPES};

const TABLES: &str = "
CREATE TABLE mark (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

-- One row per item. `keys` is what lists are filtered and sorted by, `embedded` what stands for
-- the item inside another's document, `path` where it lives on the public site.
CREATE TABLE document (
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
  document TEXT NOT NULL,
  embedded TEXT NOT NULL,
  -- The paths above this one, shortest first, as a JSON array.
  above TEXT NOT NULL DEFAULT '[]',
  -- What it looks like in lists and alone, as JSON text: prepared when it or what it refers to was
  -- published; NULL until then. From `stale_at` on time has made them wrong.
  listed TEXT,
  whole TEXT,
  stale_at TEXT
);
CREATE INDEX document_path ON document (path);
CREATE INDEX document_unprepared ON document (key) WHERE listed IS NULL;
CREATE INDEX document_stale ON document (stale_at) WHERE stale_at IS NOT NULL;
CREATE INDEX document_sequence ON document (sequence);
-- Counts by type and state, and what was changed last, by anybody or by one person.
CREATE INDEX document_state ON document (state, object);
CREATE INDEX document_recent ON document
  (state, json_extract(keys, '$.updated_at'));
CREATE INDEX document_recent_of ON document
  (json_extract(keys, '$._updated_by'), state, json_extract(keys, '$.updated_at'))
  WHERE json_extract(keys, '$._updated_by') IS NOT NULL;

CREATE TABLE link (
  source INTEGER NOT NULL REFERENCES document (key) ON DELETE CASCADE,
  field TEXT NOT NULL,
  target TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (source, field, target)
) WITHOUT ROWID;
CREATE INDEX link_target ON link (target, field, position, source);

-- Every slug under which an item was ever known here, and what was withdrawn.
CREATE TABLE address (object TEXT, slug TEXT, id TEXT NOT NULL, PRIMARY KEY (object, slug)) WITHOUT ROWID;
CREATE INDEX address_id ON address (id);
CREATE TABLE withdrawn (
  id TEXT PRIMARY KEY,
  object TEXT NOT NULL,
  slug TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX withdrawn_sequence ON withdrawn (sequence);
CREATE INDEX withdrawn_at ON withdrawn (object, at, id);

-- Diacritics are folded; 2 is the unbroken variant of that option (SQLite, FTS5 §4.3.1).
CREATE VIRTUAL TABLE words USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
";

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

/// All statements that make an empty store. Each list's index has the state too: pages far into a
/// list are found, and lists counted, without reading a document.
pub(super) fn statements() -> String {
    let mut sql = TABLES.to_owned();
    for content_type in TYPES {
        let object = content_type.name;
        for name in key_names(content_type) {
            // Writing to a String cannot fail.
            let _ = writeln!(
                sql,
                "CREATE INDEX document_{object}_{name} ON document (json_extract(keys, '$.{name}'), id, state) \
                 WHERE object = '{object}';"
            );
        }
    }
    sql
}

/// What this schema is called: another one has another name.
pub(super) fn fingerprint() -> String {
    let hash = Sha256::digest(statements());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
