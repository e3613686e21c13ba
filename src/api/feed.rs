//! Feeds of lists: news as Atom and as JSON Feed, events as calendars. It must not show what the
//! lists do not.

mod atom;
pub(super) mod calendar;
mod json;
mod news;

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::get;

use super::grammar::{self, Asked};
use super::parameters::{self, Parameter, Takes};
use super::problem::{Faults, Result};
use super::query::Query;
use super::{Api, Shared};
use crate::content::ContentType;
use crate::content::types::{EVENT, NEWS};

/// The media types of feeds: of Atom (RFC 4287 §7), of JSON Feed 1.1, of calendars (RFC 5545 §8.1).
pub(super) const ATOM: &str = "application/atom+xml; charset=utf-8";
pub(super) const JSON_FEED: &str = "application/feed+json";
pub(super) const CALENDAR: &str = "text/calendar; charset=utf-8";

/// The feeds' addresses, but for those of single events.
pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route("/api/v1/news.atom", get(news_as_atom))
        .route("/api/v1/news.json", get(news_as_json))
        .route("/api/v1/events.ics", get(events))
}

async fn news_as_atom(State(api): Shared, RawQuery(query): RawQuery) -> Answered {
    news::show(&api.at_one_moment().await?, &news::ATOM, query.as_deref()).await
}

async fn news_as_json(State(api): Shared, RawQuery(query): RawQuery) -> Answered {
    news::show(&api.at_one_moment().await?, &news::JSON, query.as_deref()).await
}

async fn events(State(api): Shared, RawQuery(query): RawQuery) -> Answered {
    calendar::all(&api.at_one_moment().await?, query.as_deref()).await
}

type Answered = Result<axum::response::Response>;

/// The parameters of a feed: those of the list by which it is a smaller one. A calendar is always
/// whole, other feeds go on.
pub(super) fn parameters(content_type: &'static ContentType) -> Vec<Parameter> {
    let paged = content_type.name != EVENT.name;
    let mut parameters = parameters::parameters(content_type, None);
    parameters.retain(|parameter| match parameter.takes {
        Takes::Limit | Takes::Cursor => paged,
        Takes::Sort | Takes::Words | Takes::Fields | Takes::Path => false,
        Takes::When | Takes::Filter(_) | Takes::From(_) | Takes::To(_) | Takes::Through(..) => true,
    });
    parameters
}

/// What a feed is asked for.
fn asked(content_type: &'static ContentType, query: &Query) -> Result<Asked> {
    let parameters = parameters(content_type);
    let known: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_ref()).collect();
    let mut faults = Faults::default();
    grammar::refuse_unknown(query, &known, &mut faults);
    faults.or(())?;
    grammar::read(content_type, None, query)
}

/// A list's `Link` header with the feeds of the same list (RFC 8288).
pub(super) fn announce(
    api: &Api,
    content_type: &'static ContentType,
    is_whole: bool,
    query: &Query,
    link: Option<String>,
) -> Option<String> {
    let feeds: &[(&str, &str)] = match content_type.name {
        _ if !is_whole => return link,
        name if name == NEWS.name => &[("news.atom", "application/atom+xml"), ("news.json", JSON_FEED)],
        name if name == EVENT.name => &[("events.ics", "text/calendar")],
        _ => return link,
    };
    let kept = |name: &str| {
        let paging = matches!(name, "limit" | "cursor");
        !paging && parameters(content_type).iter().any(|parameter| parameter.name == name)
    };
    let alternates = feeds.iter().map(|(name, media)| {
        let address = query.keep(kept).link(&api.path(&[name]));
        format!("<{address}>; rel=\"alternate\"; type=\"{media}\"")
    });
    let links: Vec<String> = link.into_iter().chain(alternates).collect();
    (!links.is_empty()).then(|| links.join(", "))
}
