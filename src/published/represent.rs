//! Documents as answers show them: references resolved, only what is declared and wanted. It must not
//! ask the store for anything, nor the clock.

use serde_json::{Map, Value as Json};

use super::{Document, References};
use crate::content::shape::Wanted;

/// What is wanted of a document: those properties, in their declared order. Nothing else of it is copied.
#[must_use]
pub fn represent(document: &Document, references: &References, wanted: &Wanted) -> Map<String, Json> {
    let mut shown = Map::new();
    for (property, inner) in wanted.iter() {
        let value = match property.name.as_str() {
            "path" => Some(Json::from(document.path.as_str())).filter(|_| !document.path.is_empty()),
            name => document.json.get(name).map(|value| references.resolve(value)),
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
