//! Events as calendars (RFC 5545, RFC 7986). Moments are in UTC, so that no time zone has to be
//! described; days that are events as a whole have none. It must not describe an event at length:
//! its page does.

use std::collections::HashMap;

use axum::response::Response;
use chrono::{DateTime, NaiveDateTime, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};
use serde_json::Value as Json;

use super::super::list::select;
use super::super::moment::When;
use super::super::problem::{Problem, Result};
use super::super::query::Query;
use super::super::respond::{self, Answer};
use super::super::site::Site;
use super::super::{Api, grammar, xml};
use crate::content::types::EVENT;
use crate::published::{Document, Located};

/// The most events of a calendar; those that begin last stay.
const MOST: i64 = 1_000;

/// How often programs should look for changes.
const REFRESH: &str = "PT1H";

/// Answers with the events as one calendar.
pub(super) async fn all(api: &Api, raw: Option<&str>) -> Result<Response> {
    let query = Query::read(raw)?;
    let asked = super::asked(&EVENT, &query)?;
    let now = api.clock.now();
    let selected = match select(api, &EVENT, None, &query, &asked, now).await? {
        Ok(selected) => selected,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut select = selected.select;
    select.limit = MOST;
    let page = api.store.list(&select).await?;
    let changes_at = match asked.when {
        Some(_) => When::next_change(&api.store, &select, selected.filters, now).await?,
        None => None,
    };
    let (body, last_modified) = calendar(api, &page.items).await?;
    Answer { body, content_type: Some(super::CALENDAR), last_modified, changes_at, ..Answer::default() }
        .respond(now)
}

/// Answers with one event as a calendar of its own.
pub(in super::super) async fn one(api: &Api, reference: &str, raw: Option<&str>) -> Result<Response> {
    grammar::read_nothing(raw)?;
    let document = match api.store.locate(&EVENT, reference).await? {
        Located::Here(document) => document,
        Located::Moved(document) => {
            return respond::moved(api.path(&[EVENT.plural, &format!("{}.ics", document.slug)]));
        }
        Located::Gone => return Err(Problem::Gone),
        Located::Unknown => return Err(Problem::NotFound),
    };
    let (body, last_modified) = calendar(api, &[*document]).await?;
    Answer { body, content_type: Some(super::CALENDAR), last_modified, ..Answer::default() }
        .respond(api.clock.now())
}

async fn calendar(api: &Api, events: &[Document]) -> Result<(String, Option<DateTime<Utc>>)> {
    let site = Site::load(api).await?;
    let ids: Vec<&str> = events.iter().map(|document| document.id.as_str()).collect();
    let sequences = api.store.sequences(&ids).await?;
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0"));
    calendar.append_property(("PRODID", "-//Recto//Recto//EN"));
    calendar.append_property(("CALSCALE", "GREGORIAN"));
    calendar.name(&plain(&format!("{}: Events", site.name)));
    calendar.append_property(
        Property::new("REFRESH-INTERVAL", REFRESH).add_parameter("VALUE", "DURATION").done(),
    );
    calendar.append_property(("X-PUBLISHED-TTL", REFRESH));
    for document in events {
        calendar.push(event(document, &sequences, &site));
    }
    let updated = events.iter().filter_map(|document| document.json.get("updated_at")?.as_str());
    Ok((calendar.to_string(), updated.max().and_then(|text| text.parse().ok())))
}

fn event(document: &Document, sequences: &HashMap<String, i64>, site: &Site) -> Event {
    let text = |name: &str| document.json.get(name).and_then(Json::as_str).unwrap_or_default();
    let mut event = Event::with_uid(&document.id);
    // Without a method it says when the event was last revised (RFC 5545 §3.8.7.2).
    if let Ok(updated) = text("updated_at").parse::<DateTime<Utc>>() {
        event.timestamp(updated).last_modified(updated);
    }
    if let Ok(published) = text("published_at").parse::<DateTime<Utc>>() {
        event.created(published);
    }
    // The event's place in the feed of publications: larger with each of its own.
    let sequence = sequences.get(&document.id).copied().unwrap_or_default();
    event.sequence(u32::try_from(sequence).unwrap_or_default());
    times(&mut event, document);
    event.summary(&plain(text("title")));
    event.status(match text("state") {
        "cancelled" => EventStatus::Cancelled,
        "postponed" => EventStatus::Tentative,
        _ => EventStatus::Confirmed,
    });
    let place: Vec<String> =
        text("venue").lines().chain(text("address").lines()).map(|line| line.trim().to_owned()).collect();
    let place: Vec<String> = place.into_iter().filter(|line| !line.is_empty()).collect();
    if !place.is_empty() {
        event.location(&plain(&place.join(", ")));
    }
    let online = text("online_link");
    if !online.is_empty() {
        let conference = Property::new("CONFERENCE", plain(online)).add_parameter("VALUE", "URI").done();
        event.append_property(conference);
    }
    let mut lines = vec![text("summary").to_owned()];
    for (label, link) in [("Take part online", online), ("Register", text("registration_link"))] {
        if !link.is_empty() {
            lines.push(format!("{label}: {link}"));
        }
    }
    lines.retain(|line| !line.is_empty());
    if !lines.is_empty() {
        event.description(&plain(&lines.join("\n\n")));
    }
    event.url(&plain(&site.at(&document.path)));
    event.done()
}

/// When the event is. A day's end is the next day, which does not belong to it (RFC 5545 §3.6.1);
/// what ends where it begins has no end.
fn times(event: &mut Event, document: &Document) {
    let text = |name: &str| document.json.get(name).and_then(Json::as_str).unwrap_or_default();
    let is_all_day = document.json.get("all_day").and_then(Json::as_bool).unwrap_or_default();
    if is_all_day {
        let day = |name: &str| {
            NaiveDateTime::parse_from_str(text(name), "%Y-%m-%dT%H:%M").ok().map(|wall| wall.date())
        };
        if let Some(start) = day("start") {
            event.starts(start);
            let last = day("end").unwrap_or(start);
            if let Some(end) = last.succ_opt() {
                event.ends(end);
            }
        }
        return;
    }
    let moment = |name: &str| text(name).parse::<DateTime<Utc>>().ok();
    if let Some(start) = moment("start_at") {
        event.starts(start);
        if let Some(end) = moment("end_at").filter(|end| *end > start) {
            event.ends(end);
        }
    }
}

/// Text as calendars take it: lines end in one character, which is escaped.
fn plain(text: &str) -> String {
    xml::clean(text).replace('\r', "")
}
