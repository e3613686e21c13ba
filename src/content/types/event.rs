//! Event: something that takes place at a time, somewhere or online.

use chrono::{NaiveDateTime, NaiveTime};
use serde_json::{Value as Json, json};

use super::super::parsed::{Zone, instant};
use super::super::{Choice, Computed, ContentType, Field, Item, Kind, Problems, Value, Weight, text};

static STATE: [Choice; 3] = [
    Choice { value: "scheduled", label: "Scheduled" },
    Choice { value: "cancelled", label: "Cancelled" },
    Choice { value: "postponed", label: "Postponed" },
];

/// The event type.
pub static EVENT: ContentType = ContentType {
    name: "event",
    plural: "events",
    label: "Event",
    labels: "Events",
    help: "Events are meetings, workshops and lectures that people can come to.",
    fields: &[
        Field::new("title", "Title", Kind::Line(300)).required().list().sort().search(Weight::Title),
        Field::new("summary", "Summary", Kind::Lines(600))
            .help("One or two sentences, for lists and search engines.")
            .search(Weight::Text),
        Field::new("body", "Text", Kind::Html).detail().search(Weight::Text),
        Field::new("start", "Start", Kind::WallTime).required().list().sort().range().group("When"),
        Field::new("end", "End", Kind::WallTime).range(),
        Field::new("time_zone", "Time zone", Kind::Zone).help("The zone of the times above.").required(),
        Field::new("all_day", "All day", Kind::Flag).help("The times of day are not shown."),
        // Not ‘State’: that is where an item stands between draft and public.
        Field::new("state", "Event status", Kind::Choice(&STATE)).required().list().filter(),
        Field::new("venue", "Venue", Kind::Line(300)).list().search(Weight::Text).group("Where"),
        Field::new("address", "Postal address", Kind::Lines(600)),
        Field::new("online_link", "Link to take part online", Kind::Url),
        Field::new("registration_link", "Link to register", Kind::Url),
        Field::new("projects", "Projects", Kind::Many { to: "project", free: false, columns: &[] })
            .group("Related")
            .filter(),
    ],
    computed: &[
        Computed {
            name: "start_at",
            help: "The moment of the start, in UTC.",
            json_type: "string",
            parts: &[],
            value: |item| moment(item, "start"),
            sort: true,
        },
        Computed {
            name: "end_at",
            help: "The moment of the end, in UTC; where no end is given, that of the start, and where the event \
                   lasts all day, the end of its last day.",
            json_type: "string",
            parts: &[],
            value: end,
            sort: true,
        },
    ],
    title: |item| item.text("title").to_owned(),
    subtitle: starts,
    title_name: "title",
    embedded: &["title", "start", "end", "start_at", "venue", "state"],
    check,
    on_day: super::as_it_is,
    order: "-start",
    inverses: &[],
    through: &[("theme", "projects", "theme")],
    single: false,
};

/// When it starts, as people say it: an event of whole days has no time of day.
fn starts(item: &Item) -> String {
    match item.get("start") {
        Value::Time(start) if item.flag("all_day") => text::read(&Kind::Date, &Value::Date(start.date())),
        start => text::read(&Kind::WallTime, start),
    }
}

/// A wall-clock field as a moment.
fn moment(item: &Item, field: &str) -> Json {
    match item.get(field) {
        Value::Time(wall) => in_utc(item, *wall),
        _ => Json::Null,
    }
}

/// A wall-clock time of the event as a moment, `2023-12-07T10:30:00Z`.
fn in_utc(item: &Item, wall: NaiveDateTime) -> Json {
    let zone = item.text("time_zone").parse().unwrap_or(Zone(chrono_tz::UTC));
    json!(instant(wall, zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
}

fn end(item: &Item) -> Json {
    let last = match (item.get("end"), item.get("start")) {
        (Value::Time(last), _) | (_, Value::Time(last)) => *last,
        _ => return Json::Null,
    };
    match last.date().succ_opt() {
        Some(next) if item.flag("all_day") => in_utc(item, next.and_time(NaiveTime::MIN)),
        _ => in_utc(item, last),
    }
}

fn check(item: &Item, _publishing: bool, problems: &mut Problems) {
    super::check_order(item, "start", "end", problems);
}
