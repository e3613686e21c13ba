//! The operations: what can be asked, and what comes back. It must not know parameters that the
//! grammar does not.

use serde_json::{Map, Value as Json, json};

use super::{example, names, put, schema};
use crate::api::grammar::{
    LIMIT, LIMIT_DEFAULT, Parameter, Takes, VALUES, WORDS, default_order, parameters, sorts,
};
use crate::api::moment::When;
use crate::api::shape::{self, Property};
use crate::content::schema::component;
use crate::content::types::PAGE;
use crate::content::{ContentType, Field, Inverse, Kind};
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
            "schema": { "type": "string" },
        },
        "q": {
            "name": "q",
            "in": "query",
            "description": "Words that all occur, the last one as a beginning. Without `sort` the best match comes first.",
            "schema": { "type": "string", "maxLength": WORDS },
        },
        "reference": {
            "name": "reference",
            "in": "path",
            "required": true,
            "description": "The item's id or slug; for projects also the code.",
            "schema": { "type": "string" },
        },
    })
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
        "RateLimit-Policy": {
            "description": "`q`: how much is made anew at once for one address; `w`: in how many seconds all of that is there again. On answers that were made for the asker; what is told from memory is free. Absent where there is no limit.",
            "schema": { "type": "string" },
        },
        "RateLimit": {
            "description": "`r`: how much of it is left; `t`: in how many seconds all of it is there again.",
            "schema": { "type": "string" },
        },
        "Retry-After": {
            "description": "In how many seconds to ask again.",
            "schema": { "type": "integer" },
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
fn success(name: &str, headers: &[&str]) -> Json {
    success_of(json!({ "schema": schema(name) }), headers)
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
    let list = success(&format!("{name}List"), &["Link"]);
    let responses = match content_type.name == PAGE.name {
        true => {
            let either = json!({ "oneOf": [schema(&format!("{name}List")), schema("LocatedAnswer")] });
            let also = [("308", "path-moved"), ("404", "not-found"), ("410", "gone")];
            responses(success_of(json!({ "schema": either }), &["Link"]), &also)
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
    let mut content = json!({ "schema": schema(&format!("{}Answer", component(content_type.name))) });
    if content_type.name == "project" {
        put(&mut content, "example", example::project());
    }
    let answer = success_of(content, &["Last-Modified", "Link"]);
    json!({ "get": {
        "operationId": format!("get_{}", content_type.name),
        "summary": format!("One {} with all that its page needs", content_type.label.to_lowercase()),
        "tags": [content_type.labels],
        "parameters": [shared("parameters", "reference"), fields(&shape::alone(content_type))],
        "responses": responses(answer, &LOCATED),
    } })
}

/// `GET /api/v1/site`.
pub(super) fn only(content_type: &'static ContentType) -> Json {
    let answer = success(&format!("{}Answer", component(content_type.name)), &["Last-Modified"]);
    json!({ "get": {
        "operationId": format!("get_{}", content_type.name),
        "summary": content_type.help,
        "tags": [content_type.labels],
        "parameters": [fields(&shape::alone(content_type))],
        "responses": responses(answer, &[("404", "not-found")]),
    } })
}

/// `GET /api/v1/projects/{reference}/outputs`.
pub(super) fn linking(
    of: &'static ContentType,
    inverse: &'static Inverse,
    from: &'static ContentType,
) -> Json {
    let mut parameters = vec![shared("parameters", "reference")];
    parameters.extend(list_parameters(from, Some(inverse)));
    json!({ "get": {
        "operationId": format!("list_{}_{}", of.name, inverse.name),
        "summary": inverse.label,
        "tags": [of.labels],
        "parameters": parameters,
        "responses": responses(success(&format!("{}List", component(from.name)), &["Link"]), &LOCATED),
    } })
}

/// `GET /api/v1/search`.
pub(super) fn search() -> Json {
    let words = json!({
        "name": "q",
        "in": "query",
        "required": true,
        "description": "Words that all occur, the last one as a beginning.",
        "schema": { "type": "string", "maxLength": WORDS },
    });
    json!({ "get": {
        "operationId": "search",
        "summary": "What matches, of all types that have pages, the best first",
        "parameters": [words, shared("parameters", "limit")],
        "responses": responses(success("HitList", &[]), &[]),
    } })
}

/// `GET /openapi.json`.
pub(super) fn description() -> Json {
    let answer = success_of(json!({ "schema": { "type": "object" } }), &[]);
    json!({ "get": {
        "operationId": "get_openapi",
        "summary": "This description; also at /api/v1/openapi.json",
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
    let one = |description: String, schema: Json| json!({ "name": name, "in": "query", "description": description, "schema": schema });
    match parameter.takes {
        Takes::Limit | Takes::Cursor | Takes::Words => shared("parameters", name),
        Takes::Fields => fields(&shape::in_lists(content_type)),
        Takes::Sort => one("By what; `-` puts the largest first.".to_owned(), sort(content_type, within)),
        Takes::When => one(
            "`upcoming` are those that are not over, the next one first; `past` the others, the latest first.".to_owned(),
            json!({ "type": "string", "enum": When::NAMES }),
        ),
        Takes::Path => one(
            "What lives at this path of the public site, of whatever type; beside it only `fields`. The answer is \
             one item then, or where it is now.".to_owned(),
            json!({ "type": "string", "maxLength": super::super::located::LONGEST }),
        ),
        Takes::Filter(field) => several(name, format!("{}: one of these.", field.label), value(field)),
        Takes::From(field) => one(format!("{}: this or later.", field.label), value(field)),
        Takes::To(field) => one(format!("{}: this or earlier.", field.label), value(field)),
        Takes::Through(field, _, far) => {
            let description = format!("{} of its {}: one of these.", far.label, field.label.to_lowercase());
            several(name, description, value(far))
        }
    }
}

/// A filter: repeated, any of its values.
fn several(name: &str, description: String, value: Json) -> Json {
    json!({
        "name": name,
        "in": "query",
        "description": description,
        "schema": { "type": "array", "items": value, "maxItems": VALUES },
        "style": "form",
        "explode": true,
    })
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

fn fields(properties: &[Property]) -> Json {
    let mut description =
        "The wanted properties, with commas between them; in brackets after one, what is wanted \
                           inside it: `title,theme(title)`. The id is always there."
            .to_owned();
    let details: Vec<Property> = properties.iter().filter(|property| property.detail).cloned().collect();
    if !details.is_empty() {
        description += &format!(" Only if named: {}.", names(&details).join(", "));
    }
    description += &format!(" One of: {}.", names(properties).join(", "));
    json!({ "name": "fields", "in": "query", "description": description, "schema": { "type": "string" } })
}

/// What a filter compares a field with.
fn value(field: &Field) -> Json {
    match field.kind {
        Kind::Choice(choices) => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
            json!({ "type": "string", "enum": values })
        }
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Integer(..) | Kind::Year | Kind::Position => json!({ "type": "integer" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::WallTime => {
            json!({ "type": "string", "description": "A day, or a day and a time: 2023-12-07T10:30." })
        }
        Kind::One { to, .. } | Kind::Many { to, .. } => {
            let code = if to == "project" { ", slug or code" } else { " or slug" };
            json!({ "type": "string", "description": format!("The id{code} of the {to}.") })
        }
        _ => json!({ "type": "string" }),
    }
}
