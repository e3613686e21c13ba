//! The operations beside items and lists: feeds, the sitemap, the navigation, what changes. It must
//! not know parameters that they do not take.

use serde_json::{Value as Json, json};

use super::operation::{LOCATED, responses, shared, success, success_with};
use super::parameter::{cursor, describe, reference};
use super::{CHANGED, FOUND, example, put, schema};
use crate::api::feed;
use crate::content::ContentType;
use crate::content::types::{EVENT, NEWS};

/// The addresses with their operations.
pub(super) fn all() -> Vec<(&'static str, Json)> {
    vec![
        ("/api/v1/news.atom", news("atom", feed::ATOM, json!({ "type": "string" }), example::atom())),
        ("/api/v1/news.json", news("json", feed::JSON_FEED, schema("JsonFeed"), example::json_feed())),
        ("/api/v1/events.ics", calendar()),
        ("/api/v1/events/{reference}.ics", one_event()),
        ("/api/v1/navigation", navigation()),
        ("/api/v1/changes", changes()),
        ("/api/v1/changes/stream", stream()),
        ("/sitemap.xml", sitemap()),
    ]
}

/// An answer that is no JSON.
fn text(media: &str, example: &str, headers: &[&str]) -> Json {
    success_with(media, json!({ "schema": { "type": "string" }, "example": example }), headers)
}

fn parameters(content_type: &'static ContentType) -> Vec<Json> {
    let parameters = feed::parameters(content_type);
    parameters.iter().map(|parameter| describe(content_type, None, parameter)).collect()
}

fn news(name: &str, media: &str, schema: Json, example: Json) -> Json {
    let content = json!({ "schema": schema, "example": example });
    let summary = match name {
        "atom" => "News as an Atom feed (RFC 4287), in parts (RFC 5005)",
        _ => "News as a JSON Feed 1.1",
    };
    json!({ "get": {
        "operationId": format!("news_{name}"),
        "summary": summary,
        "tags": [NEWS.labels],
        "parameters": parameters(&NEWS),
        "responses": responses(success_with(media, content, &["Last-Modified"]), &[]),
    } })
}

fn calendar() -> Json {
    json!({ "get": {
        "operationId": "events_ics",
        "summary": "Events as a calendar (RFC 5545): all of them, 1,000 at most",
        "tags": [EVENT.labels],
        "parameters": parameters(&EVENT),
        "responses": responses(text(feed::CALENDAR, example::CALENDAR, &["Last-Modified"]), &[]),
    } })
}

fn one_event() -> Json {
    json!({ "get": {
        "operationId": "event_ics",
        "summary": "One event as a calendar of its own (RFC 5545)",
        "tags": [EVENT.labels],
        "parameters": [reference(&EVENT)],
        "responses": responses(text(feed::CALENDAR, example::CALENDAR, &["Last-Modified"]), &LOCATED),
    } })
}

fn navigation() -> Json {
    let answer = success("NavigationAnswer", Some(example::navigation()), &[]);
    json!({ "get": {
        "operationId": "get_navigation",
        "summary": "What menus are made of: the root's page, the themes, the pages that editors show as a tree, counts",
        "tags": [FOUND],
        "responses": responses(answer, &[]),
    } })
}

fn since(description: &str) -> Json {
    json!({ "name": "since", "in": "query", "description": description, "schema": cursor() })
}

fn changes() -> Json {
    let answer = success("ChangeList", Some(example::changes()), &["Link"]);
    let since =
        since("A cursor: `next` or `latest` of an answer. Without it, everything from the beginning.");
    json!({ "get": {
        "operationId": "list_changes",
        "summary": "What was published or withdrawn since, each item once at its newest place",
        "tags": [CHANGED],
        "parameters": [since, shared("parameters", "limit")],
        "responses": responses(answer, &[]),
    } })
}

fn stream() -> Json {
    let since = since(
        "A cursor: the `id` of an event, or `next` or `latest` of the list. Without it, what happens from now on.",
    );
    let last = json!({
        "name": "Last-Event-ID",
        "in": "header",
        "description": "The `id` of the last event that was seen; goes before `since`.",
        "schema": cursor(),
    });
    let mut answer = json!({
        "description": "Events named `change`, each with one entry of the list as its data and a cursor as its id.",
        "content": { "text/event-stream": { "schema": { "type": "string" } } },
    });
    if let Some(content) = answer.pointer_mut("/content/text~1event-stream") {
        put(content, "example", json!(example::STREAM));
    }
    let mut responses = responses(answer, &[]);
    if let Json::Object(responses) = &mut responses {
        responses.remove("304");
    }
    json!({ "get": {
        "operationId": "stream_changes",
        "summary": "The same as it happens, as Server-Sent Events; a bounded number may listen",
        "tags": [CHANGED],
        "parameters": [since, last],
        "responses": responses,
    } })
}

fn sitemap() -> Json {
    let part = json!({
        "name": "part",
        "in": "query",
        "description": "Which file; where there are more than 50,000 addresses, /sitemap.xml names them.",
        "schema": { "type": "integer", "minimum": 1, "maximum": crate::api::sitemap::PARTS },
    });
    let answer = text(crate::api::sitemap::XML, example::SITEMAP, &[]);
    json!({ "get": {
        "operationId": "get_sitemap",
        "summary": "Every address of the public site (sitemaps.org)",
        "tags": [FOUND],
        "parameters": [part],
        "responses": responses(answer, &[("404", "not-found")]),
    } })
}
