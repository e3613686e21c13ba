//! Parameters: what each is called, takes and means. It must not know any that the grammar does not.

use serde_json::{Value as Json, json};

use super::operation::shared;
use super::{example, names, put, schema};
use crate::api::moment::When;
use crate::api::parameters::{LIMIT, LIMIT_DEFAULT, Parameter, Takes, VALUES, WORDS, default_order, sorts};
use crate::api::shape::{self, Property};
use crate::content::schema::{LOCAL_TIME, choice, component};
use crate::content::types::PROJECT;
use crate::content::{ContentType, Field, Inverse, Kind, by_name};
use crate::published::Order;

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
pub(super) fn words() -> Json {
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

/// One parameter of a list.
pub(super) fn describe(
    content_type: &'static ContentType,
    within: Option<&Inverse>,
    parameter: &Parameter,
) -> Json {
    let name = parameter.name.as_ref();
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
            json!({ "type": "string", "pattern": "^/[^\\u0000-\\u001f\\u007f-\\u009f]*$", "maxLength": crate::api::located::LONGEST }),
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

pub(super) fn fields(content_type: &ContentType, properties: &[Property]) -> Json {
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
