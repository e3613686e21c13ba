//! Documents as answers show them: as time has made them, references resolved, only what is
//! declared and wanted. It must not ask the store for anything but references.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};

use super::problem::Result;
use super::shape::Wanted;
use crate::published::{Document, PublishedStore, References};

/// Loads, in one statement, what the wanted properties of these documents refer to.
pub(super) async fn references(store: &PublishedStore, shown: &[(&Document, &Wanted)]) -> Result<References> {
    let values = shown.iter().flat_map(|(document, wanted)| {
        wanted.iter().filter_map(|(property, _)| document.json.get(&property.name))
    });
    // Collected: a lazy iterator over borrows of borrows does not outlive an await.
    let values: Vec<&Json> = values.collect();
    Ok(References::load(store, values.into_iter()).await?)
}

/// The wanted properties of a document, in their declared order.
pub(super) fn represent(
    document: &Document,
    references: &References,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Map<String, Json> {
    let mut current = as_of(document, wanted, now);
    let mut shown = Map::new();
    for (property, inner) in wanted.iter() {
        let value = match property.name.as_str() {
            "path" => Some(Json::from(document.path.as_str())).filter(|_| !document.path.is_empty()),
            name => current.remove(name).map(|value| references.resolve(&value)),
        };
        match value.filter(|value| !value.is_null()) {
            Some(value) => {
                shown.insert(property.name.clone(), choose(value, inner));
            }
            // That a list is empty because what it links to is not public must not show.
            None if property.list => {
                shown.insert(property.name.clone(), Json::Array(Vec::new()));
            }
            None => {}
        }
    }
    shown
}

/// The document's properties as they are at this moment. Long ones that nobody wants are not even
/// copied: no rule of time reads them.
fn as_of(document: &Document, wanted: &Wanted, now: DateTime<Utc>) -> Map<String, Json> {
    let content_type = document.content_type;
    let long = |name: &str| {
        let name = name.strip_suffix("_text").unwrap_or(name);
        content_type.field(name).is_some_and(|field| field.detail)
    };
    let properties = document.json.as_object().into_iter().flatten();
    let mut current: Map<String, Json> = properties
        .filter(|(name, _)| wanted.has(name) || !long(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (content_type.at)(&mut current, now);
    current
}

/// What is wanted inside a value: of an object, or of each in a list. The id stays.
pub(super) fn choose(value: Json, inner: Option<&[String]>) -> Json {
    let Some(inner) = inner else { return value };
    match value {
        Json::Object(mut map) => {
            map.retain(|name, _| name == "id" || inner.iter().any(|wanted| wanted == name));
            Json::Object(map)
        }
        Json::Array(entries) => entries.into_iter().map(|entry| choose(entry, Some(inner))).collect(),
        other => other,
    }
}

/// When the newest of these documents was last changed.
pub(super) fn newest<'document>(
    documents: impl Iterator<Item = &'document Document>,
) -> Option<DateTime<Utc>> {
    let updated = documents.filter_map(|document| document.json.get("updated_at")?.as_str());
    updated.max().and_then(|text| text.parse().ok())
}
