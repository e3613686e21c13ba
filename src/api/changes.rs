//! What was published or withdrawn since a client last asked, for sites that keep copies. It must
//! not skip anything: a cursor stays right whatever happens after it.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use super::problem::{Faults, Result};
use super::query::Query;
use super::respond::Answer;
use super::{Api, Shared, grammar, stream};
use crate::content::types::SITE;
use crate::published::{Changed, tag};

/// The parameters of the list.
pub(super) const PARAMETERS: [&str; 2] = ["since", "limit"];

/// The addresses of the list and of the stream.
pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new().route("/api/v1/changes", get(show)).route("/api/v1/changes/stream", get(stream::listen))
}

async fn show(State(api): Shared, RawQuery(raw): RawQuery) -> Result<Response> {
    let query = Query::read(raw.as_deref())?;
    let api = api.at_one_moment().await?;
    let mut faults = Faults::default();
    grammar::refuse_unknown(&query, &PARAMETERS, &mut faults);
    let limit = grammar::limit(&query, &mut faults);
    let typed = grammar::single("since", &query, &mut faults);
    let after = since(&api, typed, &mut faults).await?.unwrap_or(0);
    let after = faults.or(after)?;
    let changes = api.store.changes(after, limit).await?;
    let next = cursor(changes.items.last().map_or(after, |last| last.sequence));
    let path = api.path(&["changes"]);
    let on = changes.more.then(|| query.with("since", &next).link(&path));
    let mut body = json!({
        "data": changes.items.iter().map(entry).collect::<Vec<_>>(),
        "page": { "next": next, "more": changes.more, "latest": cursor(changes.latest), "limit": limit },
        "links": { "self": query.link(&path) },
    });
    if let (Some(on), Some(links)) = (&on, body.get_mut("links").and_then(Json::as_object_mut)) {
        links.insert("next".to_owned(), json!(on));
    }
    let link = on.map(|on| format!("<{on}>; rel=\"next\""));
    let now = api.clock.now();
    // Nobody asks for news of a minute ago.
    Answer { body: body.to_string(), link, changes_at: Some(now), ..Answer::default() }.respond(now)
}

/// The number that a cursor stands for. One that lies ahead of the store is of another store: that
/// what follows it is missing must not look as if nothing had happened.
pub(super) async fn since(api: &Api, typed: Option<&str>, faults: &mut Faults) -> Result<Option<i64>> {
    let Some(typed) = typed else { return Ok(None) };
    let after = read(typed);
    match after {
        None => faults.add("since", "malformed", "Take a cursor from ‘next’ or ‘latest’ of an answer."),
        Some(after) if after > api.store.sequence().await? => {
            let detail = "This cursor lies ahead of everything that is public here: a backup was restored, or \
                          what is public is being built anew. Fetch everything again and begin from ‘latest’.";
            faults.add("since", "ahead", detail);
        }
        Some(_) => {}
    }
    Ok(after)
}

/// A number as clients hold it.
pub(super) fn cursor(sequence: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("after {sequence}"))
}

fn read(typed: &str) -> Option<i64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(typed).ok()?).ok()?;
    let digits = text.strip_prefix("after ")?;
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// One change.
pub(super) fn entry(changed: &Changed) -> Json {
    let own = [tag(changed.content_type.name, &changed.id), changed.content_type.plural.to_owned()];
    let linked = changed.links.iter().map(|(content_type, id)| tag(content_type.name, id));
    // What links to it did not show it before it was public, neither alone nor in lists.
    let linking = changed.linking.iter();
    let linking = linking.flat_map(|(of, id)| [tag(of.name, id), of.plural.to_owned()]);
    // Where these live others live below: whatever shows a path may show another one now. So may
    // anything where more link to it than can be named.
    let below = ["theme", "page"].contains(&changed.content_type.name);
    let anything = (below || changed.widely).then(|| SITE.plural.to_owned());
    let mut named = HashSet::new();
    let tags = own.into_iter().chain(anything).chain(linked).chain(linking);
    let tags: Vec<String> = tags.filter(|tag| named.insert(tag.clone())).collect();
    json!({
        "id": changed.id,
        "object": changed.content_type.name,
        "slug": changed.slug,
        "change": if changed.published { "published" } else { "withdrawn" },
        "at": changed.at,
        "paths": changed.paths,
        "tags": tags,
    })
}
