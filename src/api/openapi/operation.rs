//! The operations: what can be asked, and what comes back. It must not know parameters that the
//! grammar does not.

use serde_json::{Map, Value as Json, json};

use super::{DESCRIBED, FOUND, example, names, put, schema};
use crate::api::grammar::{
    LIMIT, LIMIT_DEFAULT, Parameter, Takes, VALUES, WORDS, default_order, parameters, sorts,
};
use crate::api::moment::When;
use crate::api::shape::{self, Property};
use crate::content::schema::{LOCAL_TIME, choice, component};
use crate::content::types::{PAGE, PROJECT};
use crate::content::{ContentType, Field, Inverse, Kind, by_name};
use crate::published::Order;

pub(super) fn shared(kind: &str, name: &str) -> Json {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// The parameters that mean the same everywhere.
pub(super) fn shared_parameters() -> Json {
    json!({
        "limit": {
            "name": "limit",
            "in": "query",
            "description": "How many items at most.",
            "schema": { "type": "integer", "minimum": 1, "maximum": LIMIT, "default": LIMIT_DEFAULT },
        },
        "cursor": {
            "name": "cursor",
            "in": "query",
            "description": "Where to go on: `next` or `prev` of an answer to the same query.",
            "schema": cursor(),
        },
        "q": {
            "name": "q",
            "in": "query",
            "description": "Words that all occur, the last one as a beginning. Without `sort` the best match comes first.",
            "schema": words(),
            "example": "learning",
        },
    })
}

/// A place in a list or among the changes. Its format is nobody's but ours, and opaque.
pub(super) fn cursor() -> Json {
    json!({ "type": "string", "format": "cursor" })
}

/// Words to search for: JSON Schema has no way to say that a letter or digit of any script is among
/// them.
fn words() -> Json {
    json!({ "type": "string", "format": "words", "pattern": TEXT, "maxLength": WORDS })
}

/// Text of a query: at least one character, none that controls.
const TEXT: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]+$";

/// The years that days lie in: 1000 to 2999.
const DAYS: &str = "^[12][0-9]{3}-";

/// An item of this type in an address.
pub(super) fn reference(content_type: &ContentType) -> Json {
    let code = if content_type.field("code").is_some() { ", slug or code" } else { " or slug" };
    let mut parameter = json!({
        "name": "reference",
        "in": "path",
        "required": true,
        "description": format!("The {}’s id{code}.", content_type.label.to_lowercase()),
        "schema": { "type": "string", "minLength": 1, "maxLength": 200 },
    });
    if let Some(example) = example::reference(content_type) {
        put(&mut parameter, "example", json!(example));
    }
    parameter
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
            "description": "`max-age` ends no later than the moment at which the answer changes by itself.",
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
        "RateLimit": {
            "description": "How much of the quota is left and, in seconds, when it is full again: `\"default\";r=0;t=30` (draft-ietf-httpapi-ratelimit-headers).",
            "schema": { "type": "string" },
        },
        "RateLimit-Policy": {
            "description": "The quota and its window in seconds: `\"default\";q=600;w=60`.",
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
        "parameters": [words, shared("parameters", "limit")],
        "responses": responses(success("HitList", Some(example::hits()), &[]), &[]),
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

pub(super) fn describe(
    content_type: &'static ContentType,
    within: Option<&Inverse>,
    parameter: &Parameter,
) -> Json {
    let name = parameter.name.as_str();
    let one = |description: String, schema: Json, example: Option<Json>| {
        let mut one = json!({ "name": name, "in": "query", "description": description, "schema": schema });
        if let Some(example) = example {
            put(&mut one, "example", example);
        }
        one
    };
    match parameter.takes {
        Takes::Limit | Takes::Cursor | Takes::Words => shared("parameters", name),
        Takes::Fields => fields(content_type, &shape::in_lists(content_type)),
        Takes::Sort => {
            one("By what; `-` puts the largest first.".to_owned(), sort(content_type, within), None)
        }
        Takes::When => one(
            "`upcoming` are those that are not over, the next one first; `past` the others, the latest first.".to_owned(),
            json!({ "type": "string", "enum": When::NAMES }),
            None,
        ),
        Takes::Path => one(
            "What lives at this path of the public site, of whatever type; beside it only `fields`. The answer is \
             one item then, or where it is now.".to_owned(),
            json!({ "type": "string", "pattern": "^/[^\\u0000-\\u001f\\u007f-\\u009f]*$", "maxLength": super::super::located::LONGEST }),
            None,
        ),
        Takes::Filter(field) => {
            let description = format!("{}: one of these.", field.label);
            several(name, description, value(content_type, field), example::value(content_type, field))
        }
        Takes::From(field) => one(
            format!("{}: this or later.", field.label),
            value(content_type, field),
            example::value(content_type, field),
        ),
        Takes::To(field) => one(
            format!("{}: this or earlier.", field.label),
            value(content_type, field),
            example::value(content_type, field),
        ),
        Takes::Through(field, next, far) => {
            let description = format!("{} of its {}: one of these.", far.label, field.label.to_lowercase());
            several(name, description, value(next, far), example::value(next, far))
        }
    }
}

/// A filter: repeated, any of its values.
fn several(name: &str, description: String, value: Json, example: Option<Json>) -> Json {
    let mut several = json!({
        "name": name,
        "in": "query",
        "description": description,
        "schema": { "type": "array", "items": value, "maxItems": VALUES },
        "style": "form",
        "explode": true,
    });
    if let Some(example) = example {
        put(&mut several, "example", json!([example]));
    }
    several
}

fn sort(content_type: &'static ContentType, within: Option<&Inverse>) -> Json {
    let sorts = sorts(content_type, within);
    let default = default_order(content_type, within).and_then(|order| {
        let same = |known: &&(&str, Order)| known.1.key == order.key;
        let (name, _) = sorts.iter().find(same)?;
        Some(format!("{}{name}", if order.descending { "-" } else { "" }))
    });
    let names: Vec<String> =
        sorts.iter().flat_map(|(name, _)| [(*name).to_owned(), format!("-{name}")]).collect();
    json!({ "type": "string", "enum": names, "default": default })
}

fn fields(content_type: &ContentType, properties: &[Property]) -> Json {
    let mut description =
        "The wanted properties, with commas between them; in brackets after one, what is wanted \
                           inside it: `title,theme(title)`. The id is always there."
            .to_owned();
    let details: Vec<Property> = properties.iter().filter(|property| property.detail).cloned().collect();
    if !details.is_empty() {
        description += &format!(" Only if named: {}.", names(&details).join(", "));
    }
    description += &format!(" One of: {}.", names(properties).join(", "));
    json!({
        "name": "fields",
        "in": "query",
        "description": description,
        "schema": { "type": "string", "format": "fields", "minLength": 1 },
        "example": format!("path,{}", content_type.title_name),
    })
}

/// What a filter compares a field with.
fn value(content_type: &ContentType, field: &Field) -> Json {
    match field.kind {
        Kind::Choice(_) => schema(&choice(&component(content_type.name), field)),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Integer(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Year => json!({ "type": "integer", "minimum": 1000, "maximum": 2999 }),
        Kind::Position => json!({ "type": "integer" }),
        Kind::Date => json!({ "type": "string", "format": "date", "pattern": DAYS }),
        Kind::WallTime => json!({
            "description": "A day, which stands for all of it, or a day and a time: 2023-12-07T10:30.",
            "anyOf": [
                { "type": "string", "format": "date", "pattern": DAYS },
                { "type": "string", "format": LOCAL_TIME, "pattern": DAYS },
            ],
        }),
        Kind::Country => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        Kind::One { to, .. } | Kind::Many { to, .. } => {
            let code = if to == PROJECT.name { ", slug or code" } else { " or slug" };
            let called = by_name(to).map_or(to, |to| to.label).to_lowercase();
            json!({ "type": "string", "pattern": TEXT, "description": format!("The id{code} of the {called}.") })
        }
        _ => json!({ "type": "string", "pattern": TEXT }),
    }
}
