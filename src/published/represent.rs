//! Documents as answers show them: as time has made them, references resolved, only what is
//! declared and wanted. It must not ask the store for anything.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};

use super::{Document, References};
use crate::content::shape::Wanted;

/// What is shown of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The wanted properties, in their declared order.
    pub properties: Map<String, Json>,
    /// When time alone changes them next.
    pub changes_at: Option<DateTime<Utc>>,
}

/// What is wanted of a document at this moment.
#[must_use]
pub fn represent(document: &Document, references: &References, wanted: &Wanted, now: DateTime<Utc>) -> Shown {
    let (mut current, changes_at) = as_of(document, wanted, now);
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
    Shown { properties: shown, changes_at }
}

/// The document's properties as they are at this moment. Long ones that nobody wants are not even
/// copied: no rule of time reads them.
fn as_of(
    document: &Document,
    wanted: &Wanted,
    _: DateTime<Utc>,
) -> (Map<String, Json>, Option<DateTime<Utc>>) {
    let content_type = document.content_type;
    let long = |name: &str| {
        let name = name.strip_suffix("_text").unwrap_or(name);
        content_type.field(name).is_some_and(|field| field.detail)
    };
    let properties = document.json.as_object().into_iter().flatten();
    let current: Map<String, Json> = properties
        .filter(|(name, _)| wanted.has(name) || !long(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (current, None)
}

/// What is wanted inside a value: of an object, or of each in a list. The id stays.
#[must_use]
pub fn choose(value: Json, inner: Option<&[String]>) -> Json {
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
