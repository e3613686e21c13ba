//! The schemas of answers. It must not describe fields itself: `content::schema` does.

use serde_json::{Map, Value as Json, json};

use super::{entry, put, schema};
use crate::api::parameters::is_searched;
use crate::api::shape::{self, BREADCRUMBS, Property, has_path};
use crate::content::schema::{component, embedded, item, parts, rows};
use crate::content::{ContentType, Field, Kind, Part, TYPES};

/// All of them.
pub(super) fn all() -> Map<String, Json> {
    let mut schemas = Map::new();
    for content_type in TYPES {
        let name = component(content_type.name);
        schemas.insert(name.clone(), whole(content_type));
        schemas.insert(format!("{name}Answer"), answer(&name));
        if !content_type.single {
            let entry = entry(content_type.name);
            schemas.insert(entry.clone(), in_list(content_type));
            schemas.insert(format!("{name}List"), list(&entry));
        }
        schemas.insert(format!("{name}Reference"), reference(content_type));
        schemas.extend(parts(content_type));
        for (_, field) in content_type.many() {
            complete_rows(field, schemas.get_mut(&rows(&name, field)));
        }
    }
    let objects: Vec<&str> = TYPES.iter().map(|one| one.name).collect();
    schemas.insert("ObjectType".to_owned(), json!({ "type": "string", "enum": objects }));
    schemas.insert(
        "Breadcrumb".to_owned(),
        object(json!({
            "title": { "type": "string" },
            "path": { "type": "string" },
        })),
    );
    schemas.insert(
        "Hit".to_owned(),
        object(face(json!({
            "object_label": { "type": "string", "description": "What the type is called." },
            "title": { "type": "string" },
            "snippet": snippet(),
        }))),
    );
    let hits = json!({ "type": "array", "items": schema("Hit") });
    schemas.insert(
        "HitList".to_owned(),
        object(json!({ "data": hits, "page": schema("Pagination"), "links": schema("Links") })),
    );
    schemas.extend(super::export::schemas());
    schemas.insert("Pagination".to_owned(), pagination());
    schemas.extend(ways());
    schemas.insert(
        "Links".to_owned(),
        json!({
            "type": "object",
            "properties": {
                "self": { "type": "string" },
                "next": { "type": "string" },
                "prev": { "type": "string" },
            },
            "required": ["self"],
        }),
    );
    schemas.insert("Problem".to_owned(), problem());
    schemas
}

/// What finds the way: navigation, paths, changes.
fn ways() -> Vec<(String, Json)> {
    let text = || json!({ "type": "string" });
    let page = json!({ "title": text() });
    let home = json!({ "oneOf": [object(face(page.clone())), { "type": "null" }] });
    let pages = json!({ "type": "array", "items": schema("NavigationPage") });
    let theme =
        json!({ "number": { "type": "integer" }, "title": text(), "projects": { "type": "integer" } });
    let counts: Map<String, Json> = TYPES
        .into_iter()
        .filter(|one| has_path(one))
        .map(|one| (one.plural.to_owned(), json!({ "type": "integer" })))
        .collect();
    let navigation = json!({
        "home": home,
        "themes": { "type": "array", "items": object(face(theme)) },
        "pages": pages,
        "counts": object(Json::Object(counts)),
    });
    let placed = TYPES.into_iter().filter(|one| is_placed(one));
    let anything: Vec<Json> = placed.map(|one| schema(&component(one.name))).collect();
    let links = object(
        json!({ "self": text(), "canonical": { "type": "string", "description": "The whole address on the public site." } }),
    );
    let texts = |description: &str| json!({ "type": "array", "items": text(), "description": description });
    let change = json!({
        "id": { "type": "string", "format": "uuid" },
        "object": schema("ObjectType"),
        "slug": { "type": "string", "description": "Where it was withdrawn, the last one." },
        "change": { "type": "string", "enum": ["published", "withdrawn"] },
        "at": { "type": "string", "format": "date-time" },
        "paths": texts("Where it lives, then where it lived under earlier slugs. Where it was withdrawn, what follows from its slugs alone."),
        "tags": texts("The cache tags of the answers that show it, or that show it from now on."),
    });
    let place = json!({
        "next": { "type": "string", "description": "The `since` of what follows, also where nothing does yet." },
        "more": { "type": "boolean", "description": "Whether something follows already." },
        "latest": { "type": "string", "description": "The `since` of what happens from now on." },
        "limit": { "type": "integer" },
    });
    let changes = json!({ "type": "array", "items": schema("Change") });
    vec![
        ("NavigationPage".to_owned(), object(face(json!({ "title": text(), "children": pages })))),
        (
            "NavigationAnswer".to_owned(),
            object(json!({ "data": object(navigation), "links": schema("Links") })),
        ),
        ("LocatedAnswer".to_owned(), object(json!({ "data": { "oneOf": anything }, "links": links }))),
        ("MovedAnswer".to_owned(), object(json!({ "data": object(face(json!({}))), "links": links }))),
        ("JsonFeed".to_owned(), feed()),
        ("Change".to_owned(), object(change)),
        (
            "ChangeList".to_owned(),
            object(json!({ "data": changes, "page": object(place), "links": schema("Links") })),
        ),
    ]
}

/// What news is as a JSON Feed (jsonfeed.org/version/1.1).
fn feed() -> Json {
    let text = || json!({ "type": "string" });
    let uri = || json!({ "type": "string", "format": "uri" });
    let time = || json!({ "type": "string", "format": "date-time" });
    let author =
        json!({ "type": "object", "required": ["name"], "properties": { "name": text(), "url": uri() } });
    let item = json!({
        "type": "object",
        "required": ["id", "url", "title", "summary", "date_published", "date_modified"],
        "properties": {
            "id": text(),
            "url": uri(),
            "title": text(),
            "summary": text(),
            "content_html": text(),
            "content_text": { "type": "string", "description": "The summary, where there is no text." },
            "date_published": time(),
            "date_modified": time(),
            "authors": { "type": "array", "items": author },
        },
    });
    json!({
        "type": "object",
        "required": ["version", "title", "home_page_url", "feed_url", "authors", "items"],
        "properties": {
            "version": { "type": "string", "const": "https://jsonfeed.org/version/1.1" },
            "title": text(),
            "home_page_url": uri(),
            "feed_url": text(),
            "next_url": text(),
            "authors": { "type": "array", "items": author },
            "items": { "type": "array", "items": item },
        },
    })
}

/// The properties by which any item is known, and more.
pub(super) fn face(more: Json) -> Json {
    let mut face = json!({
        "id": { "type": "string", "format": "uuid" },
        "object": schema("ObjectType"),
        "slug": { "type": "string" },
        "path": { "type": "string" },
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        put(&mut face, name, value.clone());
    }
    face
}

/// An object that has all of these properties.
pub(super) fn object(properties: Json) -> Json {
    let required: Vec<&String> = properties.as_object().map(|map| map.keys().collect()).unwrap_or_default();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn answer(name: &str) -> Json {
    object(json!({ "data": schema(name), "links": schema("Links") }))
}

pub(super) fn list(entry: &str) -> Json {
    object(json!({
        "data": { "type": "array", "items": schema(entry) },
        "page": schema("Pagination"),
        "links": schema("Links"),
    }))
}

fn pagination() -> Json {
    object(json!({
        "next": { "type": ["string", "null"], "description": "The `cursor` of what follows." },
        "prev": { "type": ["string", "null"], "description": "The `cursor` of what comes before." },
        "limit": { "type": "integer" },
        "total": { "type": "integer", "description": "How many items the whole list has." },
    }))
}

fn problem() -> Json {
    let error = json!({
        "type": "object",
        "properties": {
            "parameter": { "type": "string", "description": "Missing where it is the query as a whole." },
            "code": { "type": "string" },
            "detail": { "type": "string" },
            "allowed": { "type": "array", "items": { "type": "string" } },
        },
        "required": ["code", "detail"],
    });
    json!({
        "type": "object",
        "description": "A problem document (RFC 9457).",
        "properties": {
            "type": { "type": "string", "format": "uri-reference" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "errors": { "type": "array", "items": error },
        },
        "required": ["type", "title", "status", "detail"],
    })
}

/// An item's own answer.
fn whole(content_type: &'static ContentType) -> Json {
    describe(content_type, item(content_type), &shape::alone(content_type))
}

/// The item as it stands in lists.
fn in_list(content_type: &'static ContentType) -> Json {
    let mut entry = describe(content_type, item(content_type), &shape::in_lists(content_type));
    if is_searched(content_type)
        && let Some(properties) = entry.get_mut("properties")
    {
        put(properties, "snippet", snippet());
    }
    entry
}

fn snippet() -> Json {
    json!({
        "type": "string",
        "description": "With `q`: HTML of the text around what was found, each word in a `mark` element. \
                        Where only the title matches, the beginning of the text.",
    })
}

/// What stands for the item inside another.
fn reference(content_type: &'static ContentType) -> Json {
    let mut properties = shape::in_lists(content_type);
    let always = ["id", "object", "slug", "path"];
    properties.retain(|property| {
        let name = property.name.as_str();
        always.contains(&name) || content_type.embedded.contains(&name)
    });
    describe(content_type, embedded(content_type), &properties)
}

/// A schema of ours with exactly these properties, and what is always there.
fn describe(content_type: &'static ContentType, mut from: Json, properties: &[Property]) -> Json {
    let mut declared = taken(&mut from, "properties");
    let mut described = Map::new();
    for property in properties.iter().filter(|property| property.name != "path" || is_placed(content_type)) {
        let mut one = taken(&mut declared, &property.name);
        if property.name == BREADCRUMBS {
            one = json!({
                "type": "array",
                "items": schema("Breadcrumb"),
                "description": "The way from the root to the item, which stands last.",
            });
        }
        if let Some(inverse) = content_type.inverses.iter().find(|inverse| inverse.name == property.name) {
            put(&mut one, "items", schema(&entry(inverse.from)));
            put(&mut one, "maxItems", json!(inverse.limit));
        }
        let computed = content_type.computed.iter().find(|computed| computed.name == property.name);
        if let Some(computed) = computed.filter(|computed| !computed.parts.is_empty()) {
            let part = |part: &Part| match part {
                Part::Item(to) => schema(&format!("{}Reference", component(to))),
                Part::Text => json!({ "type": "string" }),
                Part::Integer => json!({ "type": "integer" }),
            };
            let parts: Map<String, Json> =
                computed.parts.iter().map(|(name, to)| ((*name).to_owned(), part(to))).collect();
            // An item that is not public is not there; everything else is.
            let always = computed.parts.iter().filter(|(_, part)| !matches!(part, Part::Item(_)));
            let always: Vec<&str> = always.map(|(name, _)| *name).collect();
            if computed.json_type == "array" {
                let entry = json!({ "type": "object", "properties": parts, "required": always });
                put(&mut one, "items", entry);
            } else {
                put(&mut one, "properties", Json::Object(parts));
                put(&mut one, "required", json!(always));
            }
        }
        described.insert(property.name.clone(), one);
    }
    let required: Vec<&str> = properties
        .iter()
        .filter(|property| !property.detail && always(content_type, property))
        .map(|property| property.name.as_str())
        .collect();
    put(&mut from, "properties", Json::Object(described));
    put(&mut from, "required", json!(required));
    from
}

/// A property out of an object.
fn taken(json: &mut Json, name: &str) -> Json {
    json.get_mut(name).map(Json::take).unwrap_or_default()
}

/// Says which columns a row always has.
fn complete_rows(field: &Field, row: Option<&mut Json>) {
    let (Kind::Many { to, free, columns }, Some(row)) = (field.kind, row) else { return };
    let mut required = Vec::new();
    for column in columns.iter().filter(|column| is_given(column)) {
        required.push(column.name.to_owned());
        if matches!(column.kind, Kind::Choice(_)) {
            required.push(format!("{}_label", column.name));
        }
    }
    if !free {
        required.push(to.to_owned());
    }
    put(row, "required", json!(required));
}

/// Whether what is published always has a value for the field. A link never is sure: what it leads
/// to may not be public.
fn is_given(field: &Field) -> bool {
    let link = matches!(field.kind, Kind::One { .. });
    !link && (field.required || matches!(field.kind, Kind::Flag | Kind::Many { .. } | Kind::Pattern))
}

/// Whether items of the type have an address at all; the site's is the root.
fn is_placed(content_type: &ContentType) -> bool {
    content_type.single || has_path(content_type)
}

/// Whether the property is there in every answer.
fn always(content_type: &'static ContentType, property: &Property) -> bool {
    let name = property.name.as_str();
    match name {
        "id" | "object" | "slug" | "published_at" | "updated_at" => return true,
        "path" => return is_placed(content_type),
        _ => {}
    }
    let field = name.strip_suffix("_label").or_else(|| name.strip_suffix("_text")).unwrap_or(name);
    let field = content_type.field(name).or_else(|| content_type.field(field)).filter(|field| field.public);
    property.list || name == content_type.title_name || field.is_some_and(is_given)
}
