//! News as a feed, before it has a format. It must not know formats.

use axum::response::Response;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value as Json;

use super::super::cursor::Place;
use super::super::list::select;
use super::super::problem::{Problem, Result};
use super::super::query::Query;
use super::super::respond::Answer;
use super::super::site::{Site, urn};
use super::super::{Api, xml};
use crate::content::parsed::instant;
use crate::content::types::NEWS;
use crate::published::{Document, References, Roots};

/// What a feed can be written as.
pub(super) struct Format {
    name: &'static str,
    media: &'static str,
    write: fn(&Feed) -> String,
}

pub(super) const ATOM: Format = Format { name: "news.atom", media: super::ATOM, write: super::atom::write };
pub(super) const JSON: Format =
    Format { name: "news.json", media: super::JSON_FEED, write: super::json::write };

/// A part of a feed.
pub(super) struct Feed {
    /// Stays the same for ever, and on every part.
    pub(super) id: String,
    pub(super) title: String,
    /// Who answers for entries that nobody signs.
    pub(super) publisher: String,
    /// Where people read it.
    pub(super) home: String,
    /// Where this part is, where the first is, where it goes on.
    pub(super) here: String,
    pub(super) first: String,
    pub(super) next: Option<String>,
    pub(super) previous: Option<String>,
    pub(super) updated: DateTime<Utc>,
    pub(super) entries: Vec<Entry>,
}

/// One entry.
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) link: String,
    pub(super) title: String,
    pub(super) summary: String,
    /// Rich text, with whole addresses.
    pub(super) html: Option<String>,
    /// What readers show as its date: the one that the editors gave it.
    pub(super) published: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    pub(super) authors: Vec<Author>,
}

/// Who wrote an entry.
pub(super) struct Author {
    pub(super) name: String,
    pub(super) link: Option<String>,
}

/// Answers with a part of the news.
pub(super) async fn show(api: &Api, format: &Format, raw: Option<&str>) -> Result<Response> {
    let query = Query::read(raw)?;
    let asked = super::asked(&NEWS, &query)?;
    let now = api.clock.now();
    let selected = match select(api, &NEWS, None, &query, &asked, now).await? {
        Ok(selected) => selected,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = api.store.list(&selected.select).await?;
    let site = Site::load(api).await?;
    let named =
        page.items.iter().flat_map(|document| ["authors", "body"].map(|name| document.json.get(name)));
    let references = References::load(&api.store, named.flatten().collect::<Vec<_>>().into_iter()).await?;
    let files = api.config.address.as_deref().unwrap_or_default().trim_end_matches('/');
    let entry = |document| entry(document, &references, &site, files);
    let entries: Vec<Entry> = page.items.iter().map(entry).collect();
    let order = asked.order.ok_or(Problem::Internal)?;
    let path = api.path(&[format.name]);
    let at = |cursor| query.with("cursor", &Place::sorted(order, cursor).print()).link(&path);
    let filters = query.keep(|name| !matches!(name, "cursor" | "limit"));
    let updated = entries.iter().map(|entry| entry.updated).max();
    let feed = Feed {
        id: site.name_of(&filters.link("news")),
        title: format!("{}: News", site.name),
        publisher: site.name.clone(),
        home: site.at("/"),
        here: query.link(&path),
        first: query.keep(|name| name != "cursor").link(&path),
        next: page.next.map(at),
        previous: page.prev.map(at),
        updated: updated.unwrap_or(site.updated_at),
        entries,
    };
    let body = (format.write)(&feed);
    Answer { body, content_type: Some(format.media), last_modified: Some(feed.updated), ..Answer::default() }
        .respond(now)
}

fn entry(document: &Document, references: &References, site: &Site, files: &str) -> Entry {
    let text = |name: &str| document.json.get(name).and_then(Json::as_str).unwrap_or_default();
    let link = site.at(&document.path);
    let updated = text("updated_at").parse().unwrap_or_default();
    let day = text("date").parse::<NaiveDate>().map(|day| instant(day.and_time(NaiveTime::MIN), site.zone));
    let roots = Roots { site: &site.address, files };
    let html = document.json.get("body").and_then(|body| references.text(body, roots));
    let authors = document.json.get("authors").map(|authors| references.resolve(authors));
    Entry {
        id: urn(&document.id),
        title: text("title").to_owned(),
        summary: text("summary").to_owned(),
        html: html.map(|html| xml::clean(&html)),
        published: day.unwrap_or(updated),
        updated,
        authors: authors
            .as_ref()
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(|person| author(person, site))
            .collect(),
        link,
    }
}

fn author(person: &Json, site: &Site) -> Option<Author> {
    let name = person.get("display_name")?.as_str()?.to_owned();
    Some(Author { name, link: person.get("path").and_then(Json::as_str).map(|path| site.at(path)) })
}
