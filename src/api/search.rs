//! Search across types. It must not find what has no page of its own.

use axum::response::Response;
use serde_json::{Value as Json, json};

use super::cursor::Place;
use super::list::{self, Ways};
use super::problem::{Faults, Result};
use super::query::Query;
use super::respond::Answer;
use super::{Api, grammar};
use crate::content::by_name;
use crate::published::Hit;

/// The parameters of a search.
pub(super) const PARAMETERS: [&str; 3] = ["q", "limit", "cursor"];

/// Answers with the best matches.
pub(super) async fn show(api: &Api, raw: Option<&str>) -> Result<Response> {
    let query = Query::read(raw)?;
    let mut faults = Faults::default();
    grammar::refuse_unknown(&query, &PARAMETERS, &mut faults);
    let limit = grammar::limit(&query, &mut faults);
    let words = grammar::words(&query, &mut faults);
    let skip = match grammar::place(None, &query, &mut faults) {
        Some(Place::Ranked { skip }) => skip,
        _ => 0,
    };
    if words.is_none() {
        faults.add("q", "missing", "Say which words to search for.");
    }
    let words = faults.or(words.unwrap_or_default())?;
    let found = api.store.hits(&words, skip, limit).await?;
    let data: Vec<String> = found.items.iter().map(|one| hit(one).to_string()).collect();
    let data = list::join(data.iter().map(String::as_str));
    let ways = Ways::ranked(skip, limit, found.total);
    let (body, link) = list::envelope(&data, &ways, limit, &query, &api.path(&["search"]));
    Answer { body, link, ..Answer::default() }.respond(api.clock.now())
}

fn hit(hit: &Hit) -> Json {
    json!({
        "id": hit.id,
        "object": hit.object,
        "object_label": by_name(&hit.object).map(|content_type| content_type.label),
        "slug": hit.slug,
        "path": hit.path,
        "title": hit.title,
        "snippet": hit.snippet.html(),
    })
}
