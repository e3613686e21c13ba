//! JSON Schema (2020-12, as OpenAPI 3.1 uses it) of the public documents, from the declarations.

use serde_json::{Map, Value as Json, json};

use super::{Computed, ContentType, Field, Kind};

/// The format of a day and a time of day without a zone, `2023-12-07T10:30`. It is none of JSON
/// Schema's own: those have seconds or a zone.
pub const LOCAL_TIME: &str = "local-date-time";

/// The component's name: `Project`, `NewsItem` is `News`.
#[must_use]
pub fn component(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
                .unwrap_or_default()
        })
        .collect()
}

fn reference(to: &str) -> Json {
    named(&format!("{}Reference", component(to)))
}

/// What the values of a choice are called as a component: `OutputAvailability`; a column's with its
/// rows' name before it, `ProjectPartnersRole`.
#[must_use]
pub fn choice(owner: &str, field: &Field) -> String {
    format!("{owner}{}", component(field.name))
}

/// What the rows of a field are called as a component: `ProjectPartnersRow`.
#[must_use]
pub fn rows(owner: &str, field: &Field) -> String {
    format!("{owner}{}Row", component(field.name))
}

/// What a type's properties refer to beside other items, by name: the values of its choices, the
/// rows of its tables.
#[must_use]
pub fn parts(content_type: &ContentType) -> Vec<(String, Json)> {
    let owner = component(content_type.name);
    let mut parts = Vec::new();
    for field in content_type.fields.iter().filter(|field| field.public) {
        parts.extend(values(&owner, field));
        let Kind::Many { to, columns, .. } = field.kind else { continue };
        if columns.is_empty() {
            continue;
        }
        let prefix = choice(&owner, field);
        let mut row = Map::new();
        for column in columns.iter().filter(|column| column.public) {
            parts.extend(values(&prefix, column));
            row.extend(property(&prefix, column));
        }
        row.insert(to.to_owned(), reference(to));
        parts.push((rows(&owner, field), json!({ "type": "object", "properties": row })));
    }
    parts
}

/// The values of a choice.
fn values(owner: &str, field: &Field) -> Option<(String, Json)> {
    let Kind::Choice(choices) = field.kind else { return None };
    let values: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
    Some((choice(owner, field), json!({ "type": "string", "enum": values })))
}

fn named(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The properties that every document has.
fn common(content_type: &ContentType) -> Map<String, Json> {
    let mut properties = Map::new();
    properties.insert("id".into(), json!({ "type": "string", "format": "uuid" }));
    properties.insert("object".into(), json!({ "type": "string", "const": content_type.name }));
    properties.insert("slug".into(), json!({ "type": "string" }));
    properties.insert(
        "path".into(),
        json!({ "type": "string", "description": "Where the item lives on the public site." }),
    );
    properties
}

/// The schema of an item as a request for it answers.
#[must_use]
pub fn item(content_type: &ContentType) -> Json {
    let owner = component(content_type.name);
    let mut properties = common(content_type);
    for field in content_type.fields.iter().filter(|field| field.public) {
        properties.extend(property(&owner, field));
    }
    for computed in content_type.computed {
        let schema = match computed.name.ends_with("_at") {
            true => {
                json!({ "type": computed.json_type, "format": "date-time", "description": computed.help })
            }
            false => json!({ "type": computed.json_type, "description": computed.help }),
        };
        properties.insert(computed.name.into(), of_objects(computed, schema));
    }
    for inverse in content_type.inverses {
        let items = named(&component(inverse.from));
        properties.insert(
            inverse.name.into(),
            json!({ "type": "array", "items": items, "description": inverse.label }),
        );
    }
    for name in ["published_at", "updated_at"] {
        properties.insert(name.into(), json!({ "type": "string", "format": "date-time" }));
    }
    json!({
        "type": "object",
        "description": content_type.help,
        "properties": properties,
        "required": ["id", "object", "slug"],
    })
}

/// The schema of what stands for an item inside another's document.
#[must_use]
pub fn embedded(content_type: &ContentType) -> Json {
    let owner = component(content_type.name);
    let mut properties = common(content_type);
    for name in content_type.embedded {
        if let Some(field) = content_type.field(name).filter(|field| field.public) {
            properties.extend(property(&owner, field));
        } else if let Some(computed) = content_type.computed.iter().find(|computed| computed.name == *name) {
            let schema = json!({ "type": computed.json_type });
            properties.insert(computed.name.into(), of_objects(computed, schema));
        }
    }
    json!({ "type": "object", "properties": properties, "required": ["id", "object", "slug"] })
}

/// A computed array is one of objects.
fn of_objects(computed: &Computed, mut schema: Json) -> Json {
    if let (true, Some(schema)) = (computed.json_type == "array", schema.as_object_mut()) {
        schema.insert("items".to_owned(), json!({ "type": "object" }));
    }
    schema
}

/// The property of a field, with its companion: a label, or the plain text.
fn property(owner: &str, field: &Field) -> Map<String, Json> {
    let mut properties = Map::new();
    let mut schema = match field.kind {
        Kind::Line(max) | Kind::Lines(max) => json!({ "type": "string", "maxLength": max }),
        Kind::Html => {
            properties.insert(
                format!("{}_text", field.name),
                json!({ "type": "string", "description": "The same as plain text." }),
            );
            json!({
                "type": "string",
                "contentMediaType": "text/html",
                "description": "Sanitised HTML. Links to other items carry their type and id as `data-object` and `data-id`.",
            })
        }
        Kind::Integer(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Position => json!({ "type": "integer" }),
        Kind::Year => json!({ "type": "integer", "minimum": 1000, "maximum": 2999 }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Choice(_) => {
            properties.insert(
                format!("{}_label", field.name),
                json!({ "type": "string", "description": "The same in words." }),
            );
            named(&choice(owner, field))
        }
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::WallTime => {
            json!({ "type": "string", "format": LOCAL_TIME, "description": "Local time, without zone." })
        }
        Kind::Zone => json!({ "type": "string", "description": "IANA time zone." }),
        Kind::Code => json!({ "type": "string", "pattern": "^\\d+\\.\\d{2,3}$" }),
        Kind::Email => json!({ "type": "string", "format": "email" }),
        Kind::File => json!({ "type": "string", "description": "An uploaded file." }),
        Kind::Url | Kind::Ror => json!({ "type": "string", "format": "uri" }),
        Kind::Orcid | Kind::Doi | Kind::Isbn | Kind::Issn | Kind::Country => {
            json!({ "type": "string" })
        }
        Kind::Pattern => json!({ "type": "string" }),
        Kind::One { to, .. } => reference(to),
        Kind::Many { to, columns: [], .. } => {
            json!({ "type": "array", "items": reference(to) })
        }
        Kind::Many { .. } => json!({ "type": "array", "items": named(&rows(owner, field)) }),
    };
    // What editors are told of a pattern is what to type; readers get the one that is in force.
    let description = match field.kind {
        Kind::Pattern => {
            format!("{}: where they live; {{slug}}, {{theme}} and {{code}} stand for theirs.", field.label)
        }
        _ => format!("{}. {}", field.label, field.help),
    };
    if let (false, Some(schema)) = (field.help.is_empty(), schema.as_object_mut()) {
        schema.insert("description".to_owned(), json!(description));
    }
    properties.insert(field.name.to_owned(), schema);
    properties
}
