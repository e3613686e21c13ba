//! CSL-JSON (the schema `csl-data.json` of CSL 1.0.2): what reference managers and citation
//! processors read. It must only use the names that the schema knows.

use std::str::FromStr as _;

use hayagriva::citationberg::taxonomy;
use serde_json::{Map, Value as Json, json};

use super::{Author, Kind, Record};

/// One item.
#[must_use]
pub fn item(record: &Record) -> Map<String, Json> {
    let mut item = Map::new();
    let mut put = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            item.insert(name.to_owned(), value);
        }
    };
    let text = |name: &str| record.text(name).map(Json::from);
    put("id", Some(json!(record.key())));
    put("type", Some(json!(kind(record))));
    put("title", Some(json!(record.title())));
    if !record.authors.is_empty() {
        put("author", Some(record.authors.iter().map(name).collect()));
    }
    put("issued", record.year().map(|year| json!({ "date-parts": [[year]] })));
    put("container-title", text("container"));
    put("publisher", text("publisher"));
    put("volume", text("volume"));
    put("issue", text("issue"));
    put("page", pages(record));
    let said = !record.type_label.is_empty();
    if said && (kind(record) == "document" || matches!(record.kind, Kind::Report | Kind::Thesis)) {
        put("genre", Some(json!(record.type_label)));
    }
    put("ISBN", text("isbn"));
    put("ISSN", text("issn"));
    put("DOI", text("doi"));
    put("URL", Some(json!(record.address())));
    put("note", text("to_note"));
    put("abstract", text("abstract"));
    item
}

/// The item's type: what the vocabulary says, where that is a type of CSL. What CSL calls `article`
/// is a preprint, which nobody has said of an article that is in no journal; it is a `document`.
fn kind(record: &Record) -> &str {
    let known = record.csl_type.as_deref().filter(|name| taxonomy::Kind::from_str(name).is_ok());
    match (record.kind, record.text("container")) {
        (Kind::Article, None) => "document",
        _ => known.unwrap_or("document"),
    }
}

fn name(author: &Author) -> Json {
    match &author.given {
        Some(given) => json!({ "family": author.family, "given": given }),
        None => json!({ "literal": author.family }),
    }
}

fn pages(record: &Record) -> Option<Json> {
    Some(match record.pages()? {
        (first, Some(last)) => json!(format!("{first}-{last}")),
        (whole, None) => json!(whole),
    })
}
