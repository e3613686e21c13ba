//! Documents: an item as JSON for readers, and what the read stores take from it. A document
//! says what it is under `object` (an output's `type` is a field) and refers to other items by id; whoever answers a request puts their public face in that place.
//!
//! - `{"$ref": ID}` stands for the item of that id; where it is not published, for nothing.
//! - `{"$row": "person", "person": {"$ref": ID}, …}` is a row that falls with its item.
//! - `{"$html": ["<p>See ", {"$ref": ID, "words": "the report"}, ".</p>", {"$ref": ID, "alt": ""}]}` is
//!   rich text that names items: its pieces, markup or a link or an image.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::parsed::{Html, Piece, ProjectCode, fold, name_key};
use super::types::{CREDITED_AS, PERSON};
use super::{ContentType, Field, Id, Item, Kind, Value, Weight, health, text};

/// A place in a feed: its number, and what tells it from the same number in another history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The number; nought before the first.
    pub sequence: i64,
    /// Random, 32 hexadecimal digits; empty before the first.
    pub nonce: String,
}

/// One step of a feed that a read store follows: an item's newest document, or that it has none
/// any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its place in the feed; a later change of the same item replaces it.
    pub sequence: i64,
    /// What tells it from the change of this number in another history.
    pub nonce: String,
    /// The item.
    pub id: Id,
    /// Its type.
    pub content_type: &'static ContentType,
    /// Its document; `None` where it was withdrawn.
    pub document: Option<Json>,
    /// Every slug under which it was known, the present one last.
    pub slugs: Vec<String>,
    /// What the files are known by that it has or had in public, see [`trace`].
    pub gone: Vec<String>,
    /// Where it was withdrawn: the item in whose place readers are led.
    pub successor: Option<Id>,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// What a file of this hash, or an address, is known by once it is gone: nobody learns it from that who does not
/// have it.
#[must_use]
pub fn trace(what: &str) -> String {
    let digest = Sha256::digest(format!("gone {what}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// How times are written: RFC 3339, UTC, to the millisecond. Text order is time order.
#[must_use]
pub fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The item as the public may see it from `day` on, a day of the site's time zone: public fields and
/// computed values, nothing else.
#[must_use]
pub fn public(item: &Item, first_published: DateTime<Utc>, updated: DateTime<Utc>, day: NaiveDate) -> Json {
    let mut map = document(item, false);
    map.insert("_title".to_owned(), json!(item.title()));
    // Whoever answers with a file needs to know it as it is kept.
    for (field, value) in item.content_type.fields.iter().zip(&item.values) {
        if let (Kind::File, Value::Text(file)) = (&field.kind, value) {
            map.insert(format!("_{}", field.name), json!(file.as_str()));
        }
    }
    map.insert("published_at".to_owned(), json!(time(first_published)));
    map.insert("updated_at".to_owned(), json!(time(updated)));
    (item.content_type.on_day)(&mut map, day);
    Json::Object(map)
}

/// The item as editors see it in lists and search: every field, with its state.
#[must_use]
pub fn draft(item: &Item, state: &str, updated: DateTime<Utc>, updated_by: Option<&str>) -> Json {
    let mut map = document(item, true);
    map.insert("_title".to_owned(), json!(item.title()));
    map.insert("_subtitle".to_owned(), json!((item.content_type.subtitle)(item)));
    map.insert("_state".to_owned(), json!(state));
    map.insert("updated_at".to_owned(), json!(time(updated)));
    map.insert("_updated_by".to_owned(), json!(updated_by));
    if state != TRASHED {
        let findings = health::of(item);
        if !findings.is_empty() {
            map.insert("_findings".to_owned(), json!(findings));
        }
    }
    Json::Object(map)
}

/// The state of what lies in the trash: nothing in it is looked for.
const TRASHED: &str = "trashed";

fn document(item: &Item, private: bool) -> Map<String, Json> {
    let mut map = Map::new();
    map.insert("id".to_owned(), json!(item.id.to_string()));
    map.insert("object".to_owned(), json!(item.content_type.name));
    map.insert("slug".to_owned(), json!(item.slug));
    write(&mut map, item.content_type.fields, &item.values, private);
    for computed in item.content_type.computed {
        let value = (computed.value)(item);
        if !value.is_null() {
            map.insert(computed.name.to_owned(), value);
        }
    }
    map
}

fn write(map: &mut Map<String, Json>, fields: &[Field], values: &[Value], private: bool) {
    for (field, value) in fields.iter().zip(values) {
        if (field.public || private) && !value.is_none() {
            map.insert(field.name.to_owned(), json_of(field, value, private));
            match (&field.kind, value) {
                (Kind::Html, Value::Html(html)) => {
                    let plain = html.plain();
                    if !plain.is_empty() {
                        map.insert(format!("{}_text", field.name), json!(plain));
                    }
                }
                (Kind::Choice(choices), Value::Text(text)) => {
                    map.insert(format!("{}_label", field.name), json!(text::label(choices, text)));
                }
                _ => {}
            }
        }
    }
}

fn json_of(field: &Field, value: &Value, private: bool) -> Json {
    match value {
        Value::Integer(number) => json!(number),
        Value::Flag(flag) => json!(flag),
        Value::Html(html) => rich(html),
        Value::One(id) => json!({ "$ref": id.to_string() }),
        Value::Many(rows) => {
            let Kind::Many { to, free, columns } = field.kind else { return Json::Null };
            let row = |row: &super::Row| {
                let reference = row.target.map(|id| json!({ "$ref": id.to_string() }));
                if columns.is_empty() {
                    return reference.unwrap_or(Json::Null);
                }
                let mut map = Map::new();
                if !free {
                    map.insert("$row".to_owned(), json!(to));
                }
                write(&mut map, columns, &row.values, private);
                if let Some(reference) = reference {
                    map.insert(to.to_owned(), reference);
                }
                Json::Object(map)
            };
            rows.iter().map(row).collect()
        }
        other => Json::String(text::print(other)),
    }
}

/// Rich text for readers: its headings leave no level out, and paragraphs and headings in which nothing
/// is said fall away.
fn rich(html: &Html) -> Json {
    let said = |markup: &str| {
        let said = ["<p></p>", "<h2></h2>", "<h3></h3>", "<h4></h4>"];
        said.into_iter().fold(markup.to_owned(), |markup, empty| markup.replace(empty, ""))
    };
    let html = html.outlined();
    let pieces = html.pieces();
    if let [] | [Piece::Markup(_)] = pieces.as_slice() {
        return Json::String(said(html.as_str()));
    }
    let pieces = pieces.into_iter().map(|piece| match piece {
        Piece::Markup(markup) => Json::String(said(markup)),
        Piece::Link(id, words) => json!({ "$ref": id.to_string(), "words": words }),
        Piece::Image(id, alt) => json!({ "$ref": id.to_string(), "alt": alt }),
    });
    json!({ "$html": pieces.collect::<Vec<_>>() })
}

/// What lists are filtered and sorted by: one plain value per declared name, in the spelling
/// whose order is the wanted one. Links are not here; see [`links`].
#[must_use]
pub fn keys(content_type: &ContentType, document: &Json) -> Map<String, Json> {
    let mut keys = Map::new();
    let title = document.get("_title").or_else(|| document.get(content_type.title_name));
    keys.insert("title".to_owned(), json!(fold(title.and_then(Json::as_str).unwrap_or_default())));
    for name in ["updated_at", "published_at"] {
        if let Some(time) = document.get(name) {
            keys.insert(name.to_owned(), time.clone());
        }
    }
    for name in ["_state", "_updated_by", "_file"] {
        if let Some(value) = document.get(name) {
            keys.insert(name.to_owned(), value.clone());
        }
    }
    for field in content_type.fields.iter().filter(|field| field.filter || field.sort || field.range) {
        let Some(value) = document.get(field.name) else { continue };
        let key = match (&field.kind, value) {
            (Kind::Many { .. }, _) => continue,
            (Kind::Line(_) | Kind::Lines(_), Json::String(text)) => json!(fold(text)),
            (Kind::Code, Json::String(text)) => {
                json!(text.parse::<ProjectCode>().ok().map(ProjectCode::sort_key))
            }
            (Kind::One { .. }, Json::Object(reference)) => {
                reference.get("$ref").cloned().unwrap_or(Json::Null)
            }
            (_, value) => value.clone(),
        };
        keys.insert(field.name.to_owned(), key);
    }
    for computed in content_type.computed.iter().filter(|computed| computed.sort) {
        if let Some(Json::String(text)) = document.get(computed.name) {
            keys.insert(computed.name.to_owned(), json!(fold(text)));
        }
    }
    keys
}

/// One link out of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The field that links.
    pub field: &'static str,
    /// Where the link leads.
    pub to: Id,
    /// The place that the row gives itself among the other item's inverse list; else its place
    /// among its own rows.
    pub position: i64,
}

/// The document's links, once per field and target.
#[must_use]
pub fn links(content_type: &ContentType, document: &Json) -> Vec<Link> {
    fn reference(json: &Json) -> Option<Id> {
        json.get("$ref")?.as_str()?.parse().ok()
    }
    let mut links: Vec<Link> = Vec::new();
    for field in content_type.fields {
        let Some(value) = document.get(field.name) else { continue };
        let found: Vec<(Id, i64)> = match (&field.kind, value) {
            (Kind::One { .. }, one) => reference(one).map(|id| (id, 0)).into_iter().collect(),
            (Kind::Many { to, .. }, Json::Array(rows)) => rows
                .iter()
                .zip(0_i64..)
                .filter_map(|(row, at)| {
                    let id = reference(row).or_else(|| reference(row.get(*to)?))?;
                    Some((id, row.get("position").and_then(Json::as_i64).unwrap_or(at)))
                })
                .collect(),
            (Kind::Html, Json::Object(rich)) => {
                let pieces = rich.get("$html").and_then(Json::as_array).into_iter().flatten();
                pieces.filter_map(reference).zip(0..).collect()
            }
            _ => Vec::new(),
        };
        for (to, position) in found {
            if !links.iter().any(|link| link.field == field.name && link.to == to) {
                links.push(Link { field: field.name, to, position });
            }
        }
    }
    links
}

/// A name in an editors' document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// What it is found by, see [`super::parsed::name_key`].
    pub key: String,
    /// As it is written.
    pub said: String,
}

/// The names in an editors' document: those that it credits without an item, and those by which what
/// it is about is known. None where it lies in the trash, or is the public's.
#[must_use]
pub fn names(content_type: &ContentType, document: &Json) -> (Vec<Name>, Vec<Name>) {
    fn add(names: &mut Vec<Name>, said: &str) {
        let key = name_key(said);
        if !key.is_empty() && names.iter().all(|name| name.key != key) {
            names.push(Name { key, said: said.trim().to_owned() });
        }
    }
    let (mut credited, mut called) = (Vec::new(), Vec::new());
    let state = document.get("_state").and_then(Json::as_str);
    if state.is_none_or(|state| state == TRASHED) {
        return (credited, called);
    }
    for field in content_type.fields {
        let Kind::Many { to, free: true, .. } = field.kind else { continue };
        let rows = document.get(field.name).and_then(Json::as_array);
        for row in rows.into_iter().flatten().filter(|row| row.get(to).is_none()) {
            add(&mut credited, row.get("name").and_then(Json::as_str).unwrap_or_default());
        }
    }
    if content_type.name == PERSON.name {
        for name in ["citation_name", "display_name", CREDITED_AS] {
            let said = document.get(name).and_then(Json::as_str).unwrap_or_default();
            said.lines().for_each(|line| add(&mut called, line));
        }
    }
    (credited, called)
}

/// What is to be looked at in an editors' document: names, and from which day on; see [`health::of`].
#[must_use]
pub fn findings(document: &Json) -> Vec<(String, String)> {
    let findings = document.get("_findings").cloned().unwrap_or_default();
    serde_json::from_value(findings).unwrap_or_default()
}

/// What full-text search reads: the words that count as a title, and the others.
#[must_use]
pub fn search(content_type: &ContentType, document: &Json) -> (String, String) {
    let (mut titles, mut texts) = (Vec::new(), Vec::new());
    for field in content_type.fields {
        let Some(weight) = field.search else { continue };
        let name = match field.kind {
            Kind::Html => format!("{}_text", field.name),
            _ => field.name.to_owned(),
        };
        let words = match document.get(&name) {
            Some(Json::String(text)) => text.clone(),
            Some(Json::Array(rows)) => rows
                .iter()
                .filter_map(|row| row.get("name").and_then(Json::as_str))
                .collect::<Vec<_>>()
                .join(" "),
            _ => continue,
        };
        match weight {
            Weight::Title => titles.push(words),
            Weight::Text => texts.push(words),
        }
    }
    for name in ["code", "display_name", "citation_name"] {
        if let Some(Json::String(text)) = document.get(name) {
            titles.push(text.clone());
        }
    }
    (titles.join(" "), texts.join("\n"))
}

/// What stands for the item inside another's document.
#[must_use]
pub fn embedded(content_type: &ContentType, document: &Json) -> Map<String, Json> {
    ["id", "object", "slug"]
        .iter()
        .chain(content_type.embedded)
        .filter_map(|name| document.get(*name).map(|value| ((*name).to_owned(), value.clone())))
        .collect()
}
