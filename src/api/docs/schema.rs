//! The schemas on the page: what answers are made of, each once.

use maud::{Markup, html};
use serde_json::Value as Json;

use super::operation::is_deprecated;
use super::text::{prose, value};
use super::{entries, resolve, told};

/// All of them.
pub(super) fn all(document: &Json) -> Markup {
    let schemas = document.pointer("/components/schemas").and_then(Json::as_object);
    html! {
        section aria-labelledby="schemas" {
            h2 #schemas { "Schemas" }
            p { "What answers are made of. Properties without a value are left out, but for those that are always there." }
            @for (name, schema) in schemas.into_iter().flatten() {
                article.schema #{ "schema-" (name) } aria-labelledby={ "schema-" (name) "-name" } {
                    h3 #{ "schema-" (name) "-name" } { (name) }
                    @if !told(schema, "description").is_empty() { p { (prose(told(schema, "description"))) } }
                    @if schema.get("properties").is_some() { (properties(document, schema)) }
                    @else { p { (takes(document, schema)) } }
                }
            }
        }
    }
}

/// The properties of an object as a table.
pub(super) fn properties(document: &Json, schema: &Json) -> Markup {
    let schema = resolve(document, schema);
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    html! {
        table {
            caption { "Properties" }
            thead { tr { th scope="col" { "Name" } th scope="col" { "Holds" } th scope="col" { "Meaning" } } }
            tbody {
                @for (name, property) in entries(schema, "properties") {
                    tr {
                        th scope="row" {
                            code { (name) }
                            @if required.contains(&name.as_str()) { span.note { "always" } }
                            @if is_deprecated(property) { span.note { "deprecated" } }
                        }
                        td { (kind(property)) }
                        td { (prose(told(property, "description"))) }
                    }
                }
            }
        }
    }
}

/// What a value is, in a few words.
pub(super) fn kind(schema: &Json) -> Markup {
    if let Some(name) = schema.get("$ref").and_then(Json::as_str).and_then(|to| to.rsplit('/').next()) {
        return html! { a href={ "#schema-" (name) } { (name) } };
    }
    for several in ["oneOf", "anyOf"] {
        let ways = schema.get(several).and_then(Json::as_array);
        if let Some(ways) = ways {
            return html! { @for (at, way) in ways.iter().enumerate() { @if at > 0 { " or " } (kind(way)) } };
        }
    }
    if let Some(items) = schema.get("items") {
        return html! { "list of " (kind(items)) };
    }
    if let Some(choices) = schema.get("enum").and_then(Json::as_array) {
        return choice(choices);
    }
    if let Some(only) = schema.get("const") {
        return html! { code { (value(only)) } };
    }
    if schema.get("properties").is_some() {
        let names = entries(schema, "properties").map(|(name, _)| name.as_str());
        return html! { "object: " @for (at, name) in names.enumerate() { @if at > 0 { ", " } code { (name) } } };
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Json::String(one)) => vec![one],
        Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    let types = types.join(" or ");
    match told(schema, "format") {
        // Formats of our own say more than that it is text.
        format @ ("cursor" | "fields" | "words") => html! { (format) },
        "" if types.is_empty() => html! { "anything" },
        "" => html! { (types) },
        format => html! { @if !types.is_empty() { (types) ", " } (format) },
    }
}

/// What a parameter takes: its kind, its choices, its bounds.
pub(super) fn takes(document: &Json, schema: &Json) -> Markup {
    let inner = resolve(document, schema.get("items").unwrap_or(schema));
    let bound = |name: &str| inner.get(name).and_then(Json::as_i64);
    html! {
        @match inner.get("enum").and_then(Json::as_array) {
            Some(choices) => { (choice(choices)) }
            None => { (kind(inner)) }
        }
        @if let (Some(from), Some(to)) = (bound("minimum"), bound("maximum")) { ", " (from) " to " (to) }
        @if let Some(longest) = bound("maxLength") { ", at most " (longest) " characters" }
        @if let Some(most) = schema.get("maxItems").and_then(Json::as_i64) {
            span.note { "repeatable, at most " (most) " times" }
        }
    }
}

fn choice(choices: &[Json]) -> Markup {
    html! { @for (at, one) in choices.iter().enumerate() { @if at > 0 { " " } code.choice { (value(one)) } } }
}
