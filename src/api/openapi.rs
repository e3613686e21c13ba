//! The API's description as OpenAPI 3.1, made from the declarations and the grammar that answers
//! are made from. It must not say anything that they do not.

mod example;
mod export;
mod feeds;
mod files;
mod operation;
mod parameter;
mod schemas;

use axum::http::StatusCode;
use serde_json::{Map, Value as Json, json};

use super::{problem, shape, signpost};
use crate::content::schema::component;
use crate::content::types::{OUTPUT, PROJECT};
use crate::content::{TYPES, by_name};

/// What every reader should know first.
const DESCRIPTION: &str = "What a research centre publishes, for the site that shows it. Only GET and HEAD; no \
    cookies, no keys. Unknown parameters are refused with a list of the known ones. Properties without a value are \
    left out; lists are there even when they are empty. The schemas describe answers without `fields`: with it, an \
    answer holds what is named and the id. Within /v1 properties, parameters and values are only ever added.";

/// The headings under which operations stand that belong to no type, with what they are for.
const FOUND: &str = "Finding the way";
const CHANGED: &str = "Changes";
const HARVESTED: &str = "Harvesting";
const DESCRIBED: &str = "Description";
const HEADINGS: [(&str, &str); 4] = [
    (FOUND, "Search across types, menus, the sitemap."),
    (CHANGED, "What was published or withdrawn, for sites that keep copies."),
    (HARVESTED, "The outputs for library catalogues, by OAI-PMH 2.0."),
    (DESCRIBED, "What there is to ask."),
];

/// The description.
#[must_use]
pub fn document() -> Json {
    let mut paths = Map::new();
    for content_type in TYPES {
        let plural = format!("/api/v1/{}", content_type.plural);
        if content_type.single {
            paths.insert(plural, operation::only(content_type));
            continue;
        }
        let one = format!("{plural}/{{reference}}");
        paths.insert(plural.clone(), operation::list(content_type));
        paths.insert(one.clone(), operation::one(content_type));
        for inverse in content_type.inverses {
            let Some(from) = by_name(inverse.from) else { continue };
            let linking = format!("{one}/{}", inverse.name);
            paths.insert(linking.clone(), operation::linking(content_type, inverse, from));
            if from.name == OUTPUT.name {
                export::lists(&mut paths, &linking, Some((content_type, inverse)));
            }
        }
        if content_type.name == OUTPUT.name {
            export::lists(&mut paths, &plural, None);
            export::one(&mut paths, &one);
        }
        if signpost::TYPES.contains(&content_type.name) {
            paths.insert(format!("{one}/head"), export::head(content_type));
        }
    }
    paths.insert("/api/v1/search".to_owned(), operation::search());
    paths.extend(feeds::all().into_iter().map(|(path, operation)| (path.to_owned(), operation)));
    paths.extend(files::all().map(|(path, operation)| (path.to_owned(), operation)));
    paths.insert("/oai".to_owned(), export::harvest());
    paths.insert("/openapi.json".to_owned(), operation::description());
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Recto public API", "version": "1", "description": DESCRIPTION },
        "servers": [{ "url": "/" }],
        "tags": tags(),
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "parameters": parameter::shared_parameters(),
            "headers": operation::shared_headers(),
            "responses": responses(),
        },
    })
}

/// The description as it is served and kept in the repository.
#[must_use]
pub fn text() -> String {
    // A JSON value always can be written.
    serde_json::to_string_pretty(&document()).unwrap_or_default() + "\n"
}

fn tags() -> Vec<Json> {
    let types = TYPES.iter().map(|one| (one.labels, one.help));
    types.chain(HEADINGS).map(|(name, help)| json!({ "name": name, "description": help })).collect()
}

/// The responses that are not the answer; problems by the end of their type.
fn responses() -> Map<String, Json> {
    let location = json!({ "Location": operation::shared("headers", "Location") });
    let mut responses = Map::new();
    responses.insert(
        "not-modified".to_owned(),
        json!({
            "description": "What the asker has, by its `If-None-Match`, is still right.",
            "headers": operation::caching_headers(),
        }),
    );
    responses.insert(
        "moved".to_owned(),
        json!({ "description": "The item has another slug by now.", "headers": location }),
    );
    let moved = json!({ "schema": schema("MovedAnswer"), "example": example::moved(&PROJECT) });
    responses.insert(
        "path-moved".to_owned(),
        json!({
            "description": "What lived at the path lives elsewhere by now; `Location` is the same request for that path.",
            "headers": location,
            "content": { "application/json": moved },
        }),
    );
    // Another method is none that is described.
    for (status, name, title, detail) in problem::KINDS {
        if status != StatusCode::METHOD_NOT_ALLOWED {
            responses.insert(name.to_owned(), problem(status, name, title, detail));
        }
    }
    responses
}

/// The response of a problem.
fn problem(status: StatusCode, name: &str, title: &str, detail: &str) -> Json {
    let mut example = json!({
        "type": format!("/problems/{name}"),
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
    });
    if status == StatusCode::BAD_REQUEST {
        put(&mut example, "errors", example::faults());
    }
    let kept = json!({
        "description": format!("`{}`.", problem::caching(status)),
        "schema": { "type": "string" },
    });
    let headers: &[&str] = match status {
        StatusCode::TOO_MANY_REQUESTS => &["Retry-After", "RateLimit", "RateLimit-Policy"],
        StatusCode::SERVICE_UNAVAILABLE => &["Retry-After"],
        _ => &[],
    };
    let mut response = json!({
        "description": format!("{title}. {detail}"),
        "content": { "application/problem+json": { "schema": schema("Problem"), "example": example } },
    });
    let headers = headers.iter().map(|&name| (name.to_owned(), operation::shared("headers", name)));
    let headers = std::iter::once(("Cache-Control".to_owned(), kept)).chain(headers);
    put(&mut response, "headers", Json::Object(headers.collect()));
    response
}

/// Says one more thing of an object.
fn put(json: &mut Json, name: &str, value: Json) {
    if let Json::Object(map) = json {
        map.insert(name.to_owned(), value);
    }
}

/// A reference to one of our schemas.
fn schema(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// What an item in a list is called among the schemas.
fn entry(name: &str) -> String {
    format!("{}Entry", component(name))
}

/// The names of properties.
fn names(properties: &[shape::Property]) -> Vec<&str> {
    properties.iter().map(|property| property.name.as_str()).collect()
}
