//! Search across types. It must not find what has no page of its own.

use axum::response::Response;
use serde_json::{Value as Json, json};

use super::problem::{Faults, Result};
use super::query::Query;
use super::respond::Answer;
use super::{Api, grammar, shape};
use crate::content::TYPES;
use crate::published::Document;

/// The parameters of a search.
pub(super) const PARAMETERS: [&str; 2] = ["q", "limit"];

/// Answers with the best matches.
pub(super) async fn show(api: &Api, raw: Option<&str>) -> Result<Response> {
    let query = Query::read(raw)?;
    let mut faults = Faults::default();
    grammar::refuse_unknown(&query, &PARAMETERS, &mut faults);
    let limit = grammar::limit(&query, &mut faults);
    let words = grammar::words(&query, &mut faults);
    if words.is_none() {
        faults.add("q", "missing", "Say which words to search for.");
    }
    let words = faults.or(words.unwrap_or_default())?;
    let without: Vec<&str> = TYPES.iter().filter(|one| !shape::has_path(one)).map(|one| one.name).collect();
    let found = api.store.search_but(&words, &without, limit).await?;
    let data: Json = found.iter().map(hit).collect();
    let body = json!({ "data": data, "links": { "self": query.link(&api.path(&["search"])) } });
    Answer { body: body.to_string(), ..Answer::default() }.respond(api.clock.now())
}

fn hit(document: &Document) -> Json {
    json!({
        "id": document.id,
        "object": document.content_type.name,
        "slug": document.slug,
        "path": document.path,
        "title": document.title,
    })
}
