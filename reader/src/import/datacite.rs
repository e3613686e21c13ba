//! DataCite's works (metadata schema 4) as items of CSL-JSON.

use serde_json::{Map, Value as Json, json};

use super::csl;

/// A work as an item of CSL-JSON.
pub(super) fn item(work: &Json) -> Json {
    let mut item = Map::new();
    let mut put = |name: &str, value: Option<&Json>| {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            item.insert(name.to_owned(), value.clone());
        }
    };
    let first = |list: &str, name: &str| work.get(list).and_then(|list| list.get(0)?.get(name));
    put("DOI", work.get("doi"));
    put("title", first("titles", "title"));
    put("URL", work.get("url"));
    put("issued", work.get("publicationYear"));
    let publisher = work.get("publisher");
    put("publisher", publisher.and_then(|publisher| publisher.get("name")).or(publisher));
    let container = work.get("container");
    for (name, from) in [("container-title", "title"), ("volume", "volume"), ("issue", "issue")] {
        put(name, container.and_then(|container| container.get(from)));
    }
    let descriptions = work.get("descriptions").and_then(Json::as_array).into_iter().flatten();
    let mut abstracts = descriptions.filter(|one| one.get("descriptionType") == Some(&json!("Abstract")));
    put("abstract", abstracts.next().and_then(|one| one.get("description")));
    let types = work.get("types");
    put("type", types.and_then(|types| types.get("citeproc")));
    put("genre", types.and_then(|types| types.get("resourceType")).filter(|said| **said != json!("")));
    let creators = work.get("creators").and_then(Json::as_array).into_iter().flatten();
    let authors: Json = creators.take(csl::AUTHORS_MAX).map(author).collect();
    put("author", Some(&authors));
    Json::Object(item)
}

fn author(creator: &Json) -> Json {
    let get = |name: &str| creator.get(name).and_then(Json::as_str).unwrap_or_default();
    match (get("familyName"), get("givenName")) {
        ("", _) => json!({ "literal": get("name") }),
        (family, given) => json!({ "family": family, "given": given }),
    }
}
