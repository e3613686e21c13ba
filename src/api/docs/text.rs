//! Small pieces of the page: prose, requests, examples. They must not know what they are about.

use maud::{Markup, html};
use serde_json::Value as Json;

/// Text in which backticks mark code.
pub(super) fn prose(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// A request as a shell takes it, and as a link.
pub(super) fn request(address: &str) -> Markup {
    // Brackets are for curl to read unless it is told not to; a shell would read an ampersand.
    let globbing = if address.contains(['[', '{']) { "-g " } else { "" };
    html! {
        p.request { code { "curl " (globbing) "'" a href=(address) { (address) } "'" } }
    }
}

/// An example, folded away.
pub(super) fn example(title: &str, value: &Json) -> Markup {
    let text = match value {
        Json::String(text) => text.clone(),
        // A JSON value always can be written.
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    };
    html! {
        details.example { summary { (title) } pre { code { (text) } } }
    }
}

/// A value as it stands in a query.
pub(super) fn value(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Array(all) => all.iter().map(value).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
