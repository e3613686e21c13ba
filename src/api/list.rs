//! Lists: of a type, or of what links to one item. It must not answer what the grammar does not
//! know.

use std::borrow::Cow;

use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value as Json;

use super::cursor::Place;
use super::grammar::{self, Asked, Linked};
use super::item::{self, Found};
use super::moment::{When, ends};
use super::problem::Result;
use super::query::Query;
use super::represent::{references, represent};
use super::respond::Answer;
use super::shape::{self, Wanted};
use super::tags::Tags;
use super::{Api, feed};
use crate::content::{ContentType, Inverse, Kind};
use crate::published::{Document, Filter, Page, Prepared, PublishedStore, Scalar, Select, Snippet};

/// A list that links to one item: through what, of which type, and which.
#[derive(Clone, Copy, Debug)]
pub(super) struct Within<'request> {
    /// The declared list.
    pub(super) inverse: &'static Inverse,
    /// The type of the item that it belongs to.
    pub(super) of: &'static ContentType,
    /// The item, as the address names it.
    pub(super) reference: &'request str,
}

/// What is asked of the store for a list.
pub(super) struct Selected {
    /// The list, as it is at this moment.
    pub(super) select: Select,
    /// Its filters that do not change by themselves.
    pub(super) filters: Vec<Filter>,
    /// Its address, without a query.
    pub(super) path: String,
    /// The cache tags of the list, whatever stands in it.
    pub(super) tags: Tags,
}

/// What a read request for a list means for the store; or where the item that the list belongs to
/// is now.
pub(super) async fn select(
    api: &Api,
    content_type: &'static ContentType,
    within: Option<Within<'_>>,
    query: &Query,
    asked: &Asked,
    now: DateTime<Utc>,
) -> Result<std::result::Result<Selected, Response>> {
    let mut path = api.path(&[content_type.plural]);
    let mut filters = asked.filters.clone();
    let mut tags = Tags::list(content_type);
    if let Some(Within { inverse, of, reference }) = within {
        let rest = [inverse.name];
        let holder = match item::find(api, of, reference, &rest, query).await? {
            Found::Here(holder) => holder,
            Found::Elsewhere(response) => return Ok(Err(response)),
        };
        path = api.path(&[of.plural, reference, inverse.name]);
        tags = tags.of(of, &holder.id);
        filters.push(Filter::Of(inverse.field, holder.id));
    }
    for linked in &asked.linked {
        filters.push(resolve(&api.store, linked).await?);
    }
    let mut select = Select::of(content_type);
    select.filters = filters.iter().cloned().chain(asked.when.map(|when| when.filter(now))).collect();
    select.search = asked.words.clone();
    select.order = asked.order;
    select.limit = asked.limit;
    match asked.place.clone() {
        Some(Place::Sorted { at, .. }) => select.cursor = Some(at),
        Some(Place::Ranked { skip }) => select.offset = skip,
        None => {}
    }
    Ok(Ok(Selected { select, filters, path, tags }))
}

/// Answers with a part of a list.
pub(super) async fn show(
    api: &Api,
    content_type: &'static ContentType,
    within: Option<Within<'_>>,
    raw: Option<&str>,
) -> Result<Response> {
    let query = Query::read(raw)?;
    let asked = grammar::read(content_type, within.map(|within| within.inverse), &query)?;
    let now = api.clock.now();
    let selected = select(api, content_type, within, &query, &asked, now).await?;
    let Selected { mut select, filters, path, mut tags } = match selected {
        Ok(selected) => selected,
        Err(elsewhere) => return Ok(elsewhere),
    };
    select.snippets = true;
    let next = asked.when.map(|_| When::next(&select, filters, now));
    let prepared = match asked.chosen {
        None => api.store.listed(&select, next.as_ref()).await?,
        Some(_) => None,
    };
    let mut changes_at = None;
    let (ways, data) = match prepared {
        Some(Prepared { page, least }) => {
            changes_at = least.and_then(|key| ends(&key));
            for item in &page.items {
                tags.show(&item.tags);
            }
            let data: Vec<_> =
                page.items.iter().map(|item| found(&item.json, item.snippet.as_ref())).collect();
            (Ways::of(&page, &select), join(data.iter().map(Cow::as_ref)))
        }
        None => {
            let store = api.store.at_one_moment().await?;
            let wanted = asked.chosen.unwrap_or_else(|| Wanted::by_default(shape::in_lists(content_type)));
            if let Some(next) = next {
                changes_at = store.least(&next).await?.and_then(|key| ends(&key));
            }
            let page = store.list(&select).await?;
            let shown: Vec<(&Document, &Wanted)> =
                page.items.iter().map(|document| (document, &wanted)).collect();
            let references = references(&store, &shown).await?;
            let mut data = Vec::with_capacity(shown.len());
            for (document, wanted) in shown {
                let entry = represent(document, &references, wanted);
                tags.show(&references.tags(&document.json).join(","));
                let json = Json::Object(entry).to_string();
                data.push(found(&json, document.snippet.as_ref()).into_owned());
            }
            (Ways::of(&page, &select), join(data.iter().map(String::as_str)))
        }
    };
    let (body, link) = envelope(&data, &ways, asked.limit, &query, &path);
    let link = feed::announce(api, content_type, within.is_none(), &query, link);
    Answer { body, changes_at, link, tags, ..Answer::default() }.respond(now)
}

/// An entry, with the text around the words that were searched for.
fn found<'json>(json: &'json str, snippet: Option<&Snippet>) -> Cow<'json, str> {
    let Some(snippet) = snippet else { return Cow::Borrowed(json) };
    let entry = json.strip_suffix('}').unwrap_or(json);
    Cow::Owned(format!("{entry},\"snippet\":{}}}", Json::String(snippet.html())))
}

/// JSON values with commas between them.
pub(super) fn join<'json>(values: impl Iterator<Item = &'json str>) -> String {
    values.collect::<Vec<_>>().join(",")
}

/// Where a list goes on, and how long it is.
pub(super) struct Ways {
    next: Option<Place>,
    prev: Option<Place>,
    total: i64,
}

impl Ways {
    pub(super) fn of<Item>(page: &Page<Item>, select: &Select) -> Self {
        let (next, prev) = match select.order {
            Some(order) => {
                let place = |cursor: &Option<_>| cursor.clone().map(|at| Place::sorted(order, at));
                (place(&page.next), place(&page.prev))
            }
            None => return Self::ranked(select.offset, select.limit, page.total),
        };
        Self { next, prev, total: page.total }
    }

    /// Of so many best matches, from so many after so many.
    pub(super) fn ranked(skip: i64, limit: i64, total: i64) -> Self {
        let more = skip.saturating_add(limit) < total;
        let next = if more { Place::ranked(skip.saturating_add(limit)) } else { None };
        let prev = if skip > 0 { Place::ranked(skip.saturating_sub(limit).max(0)) } else { None };
        Self { next, prev, total }
    }
}

/// A filter by other items, with the ids of those that are public.
async fn resolve(store: &PublishedStore, linked: &Linked) -> Result<Filter> {
    let ids = store.ids(linked.to, &linked.references).await?;
    let field = linked.field.name;
    Ok(match (linked.through, linked.field.kind) {
        (Some((next, far)), _) => Filter::Through { field, next: next.name, next_field: far.name, ids },
        (None, Kind::One { .. }) => Filter::Key(field, ids.into_iter().map(Scalar::Text).collect()),
        (None, _) => Filter::Link(field, ids),
    })
}

/// What follows a list's items in its answer.
#[derive(Serialize)]
struct Rest {
    page: Shape,
    links: Links,
}

#[derive(Serialize)]
struct Shape {
    next: Option<String>,
    prev: Option<String>,
    limit: i64,
    total: i64,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
}

/// The list with the way on, and that way as a `Link` header.
pub(super) fn envelope(
    data: &str,
    ways: &Ways,
    limit: i64,
    query: &Query,
    path: &str,
) -> (String, Option<String>) {
    let [next, prev] = [&ways.next, &ways.prev].map(|place| place.as_ref().map(Place::print));
    let link = |place: &Option<String>| place.as_ref().map(|place| query.with("cursor", place).link(path));
    let links = Links { own: query.link(path), next: link(&next), prev: link(&prev) };
    let named = [("next", &links.next), ("prev", &links.prev)].into_iter();
    let header: Vec<String> =
        named.filter_map(|(rel, link)| Some(format!("<{}>; rel=\"{rel}\"", link.as_ref()?))).collect();
    let rest = Rest { page: Shape { next, prev, limit, total: ways.total }, links };
    // Text and numbers alone cannot fail to be written.
    let rest = serde_json::to_string(&rest).unwrap_or_default();
    let mut body = String::with_capacity(data.len() + rest.len() + 16);
    body += "{\"data\":[";
    body += data;
    body += "],";
    body += rest.strip_prefix('{').unwrap_or_default();
    (body, (!header.is_empty()).then(|| header.join(", ")))
}
