//! Search across types. It must not find what has no page of its own.

use axum::response::Response;
use serde_json::{Value as Json, json};

use super::problem::{Faults, Result};
use super::query::Query;
use super::respond::Answer;
use super::{Api, grammar};
use crate::published::Hit;

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
    let found = api.store.hits(&words, limit).await?;
    let data: Json = found.iter().map(hit).collect();
    let body = json!({ "data": data, "links": { "self": query.link(&api.path(&["search"])) } });
    Answer { body: body.to_string(), ..Answer::default() }.respond(api.clock.now())
}

fn hit(hit: &Hit) -> Json {
    json!({
        "id": hit.id,
        "object": hit.object,
        "slug": hit.slug,
        "path": hit.path,
        "title": hit.title,
        "snippet": hit.snippet.html(),
    })
}
