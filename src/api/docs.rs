//! The API's description as a page for people, at `/docs`: made from the OpenAPI document, without a
//! script, without anything from elsewhere. It must not say what the document does not.

mod operation;
mod schema;
mod text;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::Response;
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};
use serde_json::Value as Json;

use self::operation::Operation;
use self::text::prose;
use super::problem::Result;
use super::respond::Answer;
use super::{Api, Shared, grammar, openapi};
use crate::content::TYPES;
use crate::published::Select;

const STYLES: &str = include_str!("docs/docs.css");

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// Our own styles and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The document that the page is made of. It is the same for everyone.
static DOCUMENT: LazyLock<Json> = LazyLock::new(openapi::document);

/// The page's address, and its styles'.
pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new().route("/docs", get(show)).route("/docs.css", get(styles))
}

async fn show(State(api): Shared, RawQuery(raw): RawQuery) -> Result<Response> {
    grammar::read_nothing(raw.as_deref())?;
    let here = Here { origin: api.config.address.clone().unwrap_or_default(), known: known(&api).await? };
    let body = page(&DOCUMENT, &here).into_string();
    let answer = Answer { body, content_type: Some(HTML), ..Answer::default() };
    let mut response = answer.respond(api.clock.now())?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

async fn styles(State(api): Shared, RawQuery(raw): RawQuery) -> Result<Response> {
    grammar::read_nothing(raw.as_deref())?;
    let answer = Answer { body: STYLES.to_owned(), content_type: Some(CSS), ..Answer::default() };
    answer.respond(api.clock.now())
}

/// What the page's requests ask for, so that they can be tried as they stand.
struct Here {
    /// Where the API lives.
    origin: String,
    /// Something that is published of each type, by the type's part of the path.
    known: HashMap<&'static str, String>,
}

/// Something of each type, as addresses name it.
async fn known(api: &Api) -> Result<HashMap<&'static str, String>> {
    let mut known = HashMap::new();
    for content_type in TYPES.into_iter().filter(|one| !one.single) {
        let first = api.store.list(&Select { limit: 1, ..Select::of(content_type) }).await?;
        if let Some(item) = first.items.into_iter().next() {
            let code = item.json.get("code").and_then(Json::as_str).map(str::to_owned);
            known.insert(content_type.plural, code.unwrap_or(item.slug));
        }
    }
    Ok(known)
}

/// The text under this name.
fn told<'json>(json: &'json Json, name: &str) -> &'json str {
    json.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// What a reference leads to; what is none stands for itself.
fn resolve<'json>(document: &'json Json, json: &'json Json) -> &'json Json {
    let found = json.get("$ref").and_then(Json::as_str);
    found.and_then(|reference| document.pointer(reference.trim_start_matches('#'))).unwrap_or(json)
}

/// The properties of an object, in their order.
fn entries<'json>(json: &'json Json, name: &str) -> impl Iterator<Item = (&'json String, &'json Json)> {
    json.get(name).and_then(Json::as_object).into_iter().flatten()
}

/// The operations under each heading, in the document's order; headings without any are left out.
fn sections(document: &Json) -> Vec<(&Json, Vec<Operation<'_>>)> {
    let all = Operation::all(document);
    let tags = document.get("tags").and_then(Json::as_array).into_iter().flatten();
    tags.map(|tag| (tag, all.iter().filter(|one| one.tag() == told(tag, "name")).cloned().collect()))
        .filter(|(_, operations): &(_, Vec<_>)| !operations.is_empty())
        .collect()
}

/// A heading as the end of an address.
fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn page(document: &Json, here: &Here) -> Markup {
    let sections = sections(document);
    let info = document.get("info").unwrap_or(&Json::Null);
    let title = told(info, "title");
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/docs.css";
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header.top {
                    p.brand { a href="#main" { "Recto" } }
                    p { "Version " (told(info, "version")) }
                    p { a href="/openapi.json" { "openapi.json" } }
                }
                div.shell {
                    nav.contents aria-label="Contents" { details open { summary { "Contents" } (contents(&sections)) } }
                    main #main tabindex="-1" {
                        h1 { (title) }
                        p.lead { (prose(told(info, "description"))) }
                        (begin(here))
                        @for (tag, operations) in &sections {
                            section aria-labelledby=(anchor(told(tag, "name"))) {
                                h2 #(anchor(told(tag, "name"))) { (told(tag, "name")) }
                                p { (prose(told(tag, "description"))) }
                                @for operation in operations { (operation.show(document, here)) }
                            }
                        }
                        (operation::problems(document))
                        (schema::all(document))
                    }
                }
            }
        }
    }
}

/// Where to begin.
fn begin(here: &Here) -> Markup {
    let address = format!("{}/api/v1/navigation", here.origin);
    html! {
        p { "Try it: every request on this page can be asked as it stands." }
        (text::request(&address))
    }
}

fn contents(sections: &[(&Json, Vec<Operation<'_>>)]) -> Markup {
    html! {
        ul {
            @for (tag, operations) in sections {
                li {
                    a href={ "#" (anchor(told(tag, "name"))) } { (told(tag, "name")) }
                    ul {
                        @for operation in operations {
                            li { a href={ "#" (operation.id()) } { (operation.short()) } }
                        }
                    }
                }
            }
            li { a href="#problems" { "When something is wrong" } }
            li { a href="#schemas" { "Schemas" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_will_go_says_so() {
        let parameter =
            json!({ "name": "old", "in": "query", "schema": { "type": "string" }, "deprecated": true });
        let document = json!({
            "tags": [{ "name": "Things" }],
            "paths": { "/things": { "get": {
                "operationId": "things", "tags": ["Things"], "deprecated": true, "parameters": [parameter],
            } } },
            "components": { "schemas": { "Thing": { "properties": { "old": { "type": "string", "deprecated": true } } } } },
        });
        let here = Here { origin: String::new(), known: HashMap::new() };
        let page = page(&document, &here).into_string();
        assert_eq!(page.matches("eprecated").count(), 3, "{page}");
    }
}
