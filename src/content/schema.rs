//! JSON Schema (2020-12, as OpenAPI 3.1 uses it) of the public documents, from the declarations.

use serde_json::{Map, Value as Json, json};

use super::{ContentType, Field, Kind};

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
    json!({ "$ref": format!("#/components/schemas/{}Reference", component(to)) })
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
    let mut properties = common(content_type);
    for field in content_type.fields.iter().filter(|field| field.public) {
        properties.extend(property(field));
    }
    for computed in content_type.computed {
        let schema = match computed.name.ends_with("_at") {
            true => {
                json!({ "type": computed.json_type, "format": "date-time", "description": computed.help })
            }
            false => json!({ "type": computed.json_type, "description": computed.help }),
        };
        properties.insert(computed.name.into(), schema);
    }
    for inverse in content_type.inverses {
        let items = json!({ "$ref": format!("#/components/schemas/{}", component(inverse.from)) });
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
    let mut properties = common(content_type);
    for name in content_type.embedded {
        if let Some(field) = content_type.field(name).filter(|field| field.public) {
            properties.extend(property(field));
        } else if let Some(computed) = content_type.computed.iter().find(|computed| computed.name == *name) {
            properties.insert(computed.name.into(), json!({ "type": computed.json_type }));
        }
    }
    json!({ "type": "object", "properties": properties, "required": ["id", "object", "slug"] })
}

/// The property of a field, with its companion: a label, or the plain text.
fn property(field: &Field) -> Map<String, Json> {
    let mut properties = Map::new();
    let mut schema = match field.kind {
        Kind::Line(max) | Kind::Lines(max) => json!({ "type": "string", "maxLength": max }),
        Kind::Html => {
            properties.insert(
                format!("{}_text", field.name),
                json!({ "type": "string", "description": "The same as plain text." }),
            );
            json!({ "type": "string", "contentMediaType": "text/html" })
        }
        Kind::Integer(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Position => json!({ "type": "integer" }),
        Kind::Year => json!({ "type": "integer", "minimum": 1000, "maximum": 2999 }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Choice(choices) => {
            properties.insert(
                format!("{}_label", field.name),
                json!({ "type": "string", "description": "The same in words." }),
            );
            let values: Vec<&str> = choices.iter().map(|choice| choice.value).collect();
            json!({ "type": "string", "enum": values })
        }
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::WallTime => json!({ "type": "string", "description": "Local time, without zone." }),
        Kind::Zone => json!({ "type": "string", "description": "IANA time zone." }),
        Kind::Code => json!({ "type": "string", "pattern": "^\\d+\\.\\d{2,3}$" }),
        Kind::Email => json!({ "type": "string", "format": "email" }),
        Kind::Url | Kind::Ror => json!({ "type": "string", "format": "uri" }),
        Kind::Orcid | Kind::Doi | Kind::Isbn | Kind::Issn | Kind::Country | Kind::Pattern => {
            json!({ "type": "string" })
        }
        Kind::One { to, .. } => reference(to),
        Kind::Many { to, columns: [], .. } => {
            json!({ "type": "array", "items": reference(to) })
        }
        Kind::Many { to, columns, .. } => {
            let mut row = Map::new();
            for column in columns {
                row.extend(property(column));
            }
            row.insert(to.to_owned(), reference(to));
            json!({ "type": "array", "items": { "type": "object", "properties": row } })
        }
    };
    if let (false, Some(schema)) = (field.help.is_empty(), schema.as_object_mut())
        && !schema.contains_key("$ref")
    {
        schema.insert("description".to_owned(), json!(format!("{}. {}", field.label, field.help)));
    }
    properties.insert(field.name.to_owned(), schema);
    properties
}
