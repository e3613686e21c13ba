//! The operations: what can be asked, and what comes back. It must not know parameters that the
//! grammar does not.

use serde_json::{Map, Value as Json, json};

use super::parameter::{describe, fields, reference, words};
use super::{DESCRIBED, FOUND, example, put, schema};
use crate::api::parameters::parameters;
use crate::api::shape;
use crate::content::schema::component;
use crate::content::types::PAGE;
use crate::content::{ContentType, Inverse};

pub(super) fn shared(kind: &str, name: &str) -> Json {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// The headers that mean the same everywhere.
pub(super) fn shared_headers() -> Json {
    json!({
        "Cache-Tag": {
            "description": "The names of what is told, with commas between them: `/changes` says which to drop.",
            "schema": { "type": "string" },
        },
        "ETag": { "description": "Strong; the same as long as the answer is.", "schema": { "type": "string" } },
        "Cache-Control": {
            "description": "`max-age` is at most a minute, and ends no later than the moment at which the answer changes by itself.",
            "schema": { "type": "string" },
        },
        "Last-Modified": {
            "description": "When the newest of what the answer holds was changed.",
            "schema": { "type": "string" },
        },
        "Link": {
            "description": "`next` and `prev` of lists, and `alternate` to the feeds of the same list (RFC 8288); typed links of items (signposting.org).",
            "schema": { "type": "string" },
        },
        "Location": {
            "description": "Where to ask instead.",
            "required": true,
            "schema": { "type": "string", "format": "uri-reference" },
        },
        "Retry-After": {
            "description": "After how many seconds to ask again.",
            "schema": { "type": "integer", "minimum": 0 },
        },
        "RateLimit-Policy": {
            "description": "`q`: how much is made anew at once for one address; `w`: in how many seconds all of that is there again. On answers that were made for the asker; what is told from memory is free. Absent where there is no limit.",
            "schema": { "type": "string" },
        },
        "RateLimit": {
            "description": "`r`: how much of it is left; `t`: in how many seconds all of it is there again.",
            "schema": { "type": "string" },
        },
        "Content-Disposition": {
            "description": "Under which name to save it.",
            "schema": { "type": "string" },
        },
    })
}

/// What every answer has.
pub(super) fn caching_headers() -> Json {
    json!({
        "ETag": shared("headers", "ETag"),
        "Cache-Control": shared("headers", "Cache-Control"),
        "Cache-Tag": shared("headers", "Cache-Tag"),
        "RateLimit-Policy": shared("headers", "RateLimit-Policy"),
        "RateLimit": shared("headers", "RateLimit"),
    })
}

/// An answer of this schema, with further headers.
pub(super) fn success(name: &str, example: Option<Json>, headers: &[&str]) -> Json {
    let mut content = json!({ "schema": schema(name) });
    if let Some(example) = example {
        put(&mut content, "example", example);
    }
    success_of(content, headers)
}

pub(super) fn success_of(content: Json, headers: &[&str]) -> Json {
    success_with("application/json", content, headers)
}

/// An answer of another media type.
pub(super) fn success_with(media: &str, content: Json, headers: &[&str]) -> Json {
    let media = media.split(';').next().unwrap_or(media);
    let mut all = caching_headers();
    for header in headers {
        put(&mut all, header, shared("headers", header));
    }
    json!({ "description": "The answer.", "headers": all, "content": { media: content } })
}

/// The answer and everything that can come in its place.
pub(super) fn responses(success: Json, also: &[(&str, &str)]) -> Json {
    let mut responses = Map::new();
    responses.insert("200".to_owned(), success);
    responses.insert("304".to_owned(), shared("responses", "not-modified"));
    let always = [
        ("400", "invalid-parameters"),
        ("429", "too-many-requests"),
        ("500", "internal"),
        ("503", "unavailable"),
    ];
    let mut others: Vec<_> = also.iter().chain(&always).collect();
    others.sort_unstable();
    for (status, name) in others {
        responses.insert((*status).to_owned(), shared("responses", name));
    }
    Json::Object(responses)
}

pub(super) const LOCATED: [(&str, &str); 3] = [("308", "moved"), ("404", "not-found"), ("410", "gone")];

/// `GET /api/v1/projects`.
pub(super) fn list(content_type: &'static ContentType) -> Json {
    let name = component(content_type.name);
    let example = example::list(content_type, &format!("/api/v1/{}", content_type.plural));
    let mut list = success(&format!("{name}List"), example, &["Link"]);
    let responses = match content_type.name == PAGE.name {
        true => {
            let either = json!({ "oneOf": [schema(&format!("{name}List")), schema("LocatedAnswer")] });
            if let Some(content) = list.pointer_mut("/content/application~1json") {
                put(content, "schema", either);
            }
            let also = [("308", "path-moved"), ("404", "not-found"), ("410", "gone")];
            responses(list, &also)
        }
        false => responses(list, &[]),
    };
    json!({ "get": {
        "operationId": format!("list_{}", content_type.plural),
        "summary": format!("{}, a part at a time", content_type.labels),
        "tags": [content_type.labels],
        "parameters": list_parameters(content_type, None),
        "responses": responses,
    } })
}

/// `GET /api/v1/projects/{reference}`.
pub(super) fn one(content_type: &'static ContentType) -> Json {
    let name = format!("{}Answer", component(content_type.name));
    let answer = success(&name, example::one(content_type), &["Last-Modified", "Link"]);
    json!({ "get": {
        "operationId": format!("get_{}", content_type.name),
        "summary": format!("One {} with all that its page needs", content_type.label.to_lowercase()),
        "tags": [content_type.labels],
        "parameters": [reference(content_type), fields(content_type, &shape::alone(content_type))],
        "responses": responses(answer, &LOCATED),
    } })
}

/// `GET /api/v1/site`.
pub(super) fn only(content_type: &'static ContentType) -> Json {
    let name = format!("{}Answer", component(content_type.name));
    let answer = success(&name, example::one(content_type), &["Last-Modified"]);
    json!({ "get": {
        "operationId": format!("get_{}", content_type.name),
        "summary": content_type.help,
        "tags": [content_type.labels],
        "parameters": [fields(content_type, &shape::alone(content_type))],
        "responses": responses(answer, &[("404", "not-found")]),
    } })
}

/// `GET /api/v1/projects/{reference}/outputs`.
pub(super) fn linking(
    of: &'static ContentType,
    inverse: &'static Inverse,
    from: &'static ContentType,
) -> Json {
    let mut parameters = vec![reference(of)];
    parameters.extend(list_parameters(from, Some(inverse)));
    let address =
        format!("/api/v1/{}/{}/{}", of.plural, example::reference(of).unwrap_or_default(), inverse.name);
    let answer = success(&format!("{}List", component(from.name)), example::list(from, &address), &["Link"]);
    json!({ "get": {
        "operationId": format!("list_{}_{}", of.name, inverse.name),
        "summary": inverse.label,
        "tags": [of.labels],
        "parameters": parameters,
        "responses": responses(answer, &LOCATED),
    } })
}

/// `GET /api/v1/search`.
pub(super) fn search() -> Json {
    let words = json!({
        "name": "q",
        "in": "query",
        "required": true,
        "description": "Words that all occur, the last one as a beginning.",
        "schema": words(),
        "example": "learning",
    });
    json!({ "get": {
        "operationId": "search",
        "summary": "What matches, of all types that have pages, the best first",
        "tags": [FOUND],
        "parameters": [words, shared("parameters", "limit"), shared("parameters", "cursor")],
        "responses": responses(success("HitList", Some(example::hits()), &["Link"]), &[]),
    } })
}

/// `GET /openapi.json`.
pub(super) fn description() -> Json {
    let schema = json!({ "type": "object", "additionalProperties": true });
    let example =
        json!({ "openapi": "3.1.0", "info": { "title": "Recto public API", "version": "1" }, "paths": {} });
    let answer = success_of(json!({ "schema": schema, "example": example }), &[]);
    json!({ "get": {
        "operationId": "get_openapi",
        "summary": "This description; also at /api/v1/openapi.json",
        "tags": [DESCRIBED],
        "responses": responses(answer, &[]),
    } })
}

fn list_parameters(content_type: &'static ContentType, within: Option<&Inverse>) -> Vec<Json> {
    parameters(content_type, within)
        .iter()
        .map(|parameter| describe(content_type, within, parameter))
        .collect()
}
