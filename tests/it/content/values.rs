//! Values and what is made of them: whatever is written can be read again, and the public sees
//! what it may and no more.

use std::fmt::Write as _;

use proptest::prelude::*;
use recto::clock::Clock;
use recto::content::parsed::Html;
use recto::content::schema::{self, component};
use recto::content::{Id, Item, Kind, TYPES, Value, diff, document, snapshot, text};
use recto::published::References;
use serde_json::Value as Json;

use super::{fields, generate};

/// Whether a value is of a JSON Schema type.
pub fn is_type(name: &str, value: &Json) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// Whether a value is as a schema wants it, but for its type and what is inside it.
pub fn is_shaped(schema: &Json, value: &Json) -> bool {
    let chosen = schema["enum"].as_array().is_none_or(|choices| choices.contains(value))
        && schema.get("const").is_none_or(|only| only == value);
    let text = value.as_str().unwrap_or_default();
    let shaped = match schema["format"].as_str() {
        Some("uuid") => text.parse::<Id>().is_ok(),
        Some("date") => text.parse::<chrono::NaiveDate>().is_ok() && text.len() == 10,
        Some("date-time") => text.parse::<chrono::DateTime<chrono::Utc>>().is_ok() && text.ends_with('Z'),
        Some(schema::LOCAL_TIME) => {
            chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").is_ok() && text.len() == 16
        }
        Some("email") => text.contains('@'),
        Some("uri") => url::Url::parse(text).is_ok(),
        Some("uri-reference") => url::Url::parse("https://www.example.org/").unwrap().join(text).is_ok(),
        Some("words") => text.chars().any(char::is_alphanumeric),
        Some("cursor" | "fields") | None => true,
        Some(other) => panic!("no format {other} is checked"),
    };
    let pattern = schema["pattern"].as_str();
    let fits = pattern.is_none_or(|pattern| regex::Regex::new(pattern).unwrap().is_match(text));
    let length = text.chars().count() as u64;
    let long = schema["maxLength"].as_u64().is_some_and(|max| length > max)
        || schema["minLength"].as_u64().is_some_and(|min| length < min);
    let number = value.as_i64().unwrap_or_default();
    let beyond = schema["minimum"].as_i64().is_some_and(|min| number < min)
        || schema["maximum"].as_i64().is_some_and(|max| number > max);
    chosen && shaped && fits && !long && !beyond
}

/// What in a stored public document is not as the schema says. References stand for what the
/// schema describes elsewhere; `_title`, `_file`, `$row` and `$html` are ours and are taken out of answers.
pub fn wrong(schema: &Json, value: &Json, at: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let parts = TYPES.into_iter().flat_map(schema::parts);
        let part = parts.into_iter().find(|(name, _)| reference.ends_with(&format!("/{name}")));
        if let Some((_, part)) = part {
            return wrong(&part, value, at, found);
        }
        let known =
            TYPES.iter().any(|one| reference.ends_with(&format!("/{}Reference", component(one.name))));
        let id = value["$ref"].as_str().and_then(|id| id.parse::<Id>().ok());
        if !known || id.is_none() {
            found.push(format!("{at}: {value} is no {reference}"));
        }
        return;
    }
    let kind = schema["type"].as_str().unwrap_or_default();
    // Rich text that names items is text once they are looked up.
    if schema["contentMediaType"] == "text/html" && value["$html"].is_array() {
        return;
    }
    if !is_type(kind, value) {
        found.push(format!("{at}: {value} is no {kind}"));
    }
    if !is_shaped(schema, value) {
        found.push(format!("{at}: {value} is not as {schema} wants"));
    }
    match value {
        Json::Array(entries) => {
            for (number, entry) in entries.iter().enumerate() {
                wrong(&schema["items"], entry, &format!("{at}.{number}"), found);
            }
        }
        Json::Object(map) if schema.get("properties").is_some() => {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
                // The path is the read store's to say.
                if !map.contains_key(name) && name != "path" {
                    found.push(format!("{at} has no {name}"));
                }
            }
            for (name, value) in
                map.iter().filter(|(name, _)| !matches!(name.as_str(), "_title" | "_file" | "$row"))
            {
                match schema["properties"].get(name) {
                    Some(schema) => wrong(schema, value, &format!("{at}.{name}"), found),
                    None => found.push(format!("{at}.{name} is not described")),
                }
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_again(item in generate::any_item()) {
        let rows = item.content_type.many().flat_map(|(at, field)| match &item.values[at] {
            Value::Many(rows) => rows.iter().flat_map(|row| field.columns().iter().zip(&row.values)).collect(),
            _ => Vec::new(),
        });
        let plain = item.content_type.fields.iter().zip(&item.values);
        for (field, value) in plain.chain(rows).filter(|(field, _)| !matches!(field.kind, Kind::Many { .. })) {
            let printed = text::print(value);
            prop_assert_eq!(&text::parse(&field.kind, &printed), &Ok(value.clone()), "{} {:?}", field.name, printed);
            prop_assert!(!matches!(value, Value::Text(text) if text.is_empty()), "{} is empty, not missing", field.name);
            // What people read is never empty where something was given.
            prop_assert!(value.is_none() || !text::read(&field.kind, value).is_empty());
        }
    }

    #[test]
    fn a_snapshot_is_the_item(item in generate::any_item()) {
        let json = snapshot::write(&item);
        let text = json.to_string();
        prop_assert_eq!(&snapshot::read(item.content_type, item.id, &json), &item);
        let kept: Json = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&snapshot::read(item.content_type, item.id, &kept), &item);
        // What a later release adds is left aside.
        let mut later = kept;
        later["added_later"] = Json::from(1);
        prop_assert_eq!(snapshot::read(item.content_type, item.id, &later), item);
    }

    #[test]
    fn differences_lead_from_one_to_the_other(
        (before, after) in prop::sample::select(TYPES.to_vec())
            .prop_flat_map(|one| (generate::item(one), generate::item(one)))
    ) {
        prop_assert!(diff::diff(&before, &before).is_empty());
        let changes = diff::diff(&before, &after);
        let mut made = before.clone();
        diff::apply(&mut made, &changes);
        made.id = after.id;
        prop_assert_eq!(&made, &after);
        for change in &changes {
            prop_assert_ne!(&change.before, &change.after);
            if let Some(field) = after.content_type.field(change.field) {
                let _ = diff::read(field, &change.after, &|id| id.to_string());
            }
        }
    }

    #[test]
    fn markup_is_clean_once_and_for_all(input in generate::markup()) {
        let once = Html::sanitise(&input).unwrap();
        prop_assert_eq!(&Html::sanitise(once.as_str()).unwrap(), &once);
        // Its words are those that a reader sees.
        let seen: String = scraper::Html::parse_fragment(once.as_str()).root_element().text().collect();
        let words = |text: &str| text.split_whitespace().collect::<String>();
        prop_assert_eq!(words(&once.plain()), words(&seen), "{:?}", once);
        for bad in ["<script", "<style", "javascript:", " on"] {
            prop_assert!(!once.as_str().contains(bad), "{:?}", once);
        }
    }

    #[test]
    fn a_public_document_holds_what_the_schema_says(item in generate::any_item()) {
        let now: chrono::DateTime<chrono::Utc> = "2026-03-02T09:00:00.123Z".parse().unwrap();
        let content_type = item.content_type;
        let public = document::public(&item, now, now, now.date_naive());
        let mut found = Vec::new();
        wrong(&schema::item(content_type), &public, content_type.name, &mut found);
        let face = Json::Object(document::embedded(content_type, &public));
        wrong(&schema::embedded(content_type), &face, "face", &mut found);
        prop_assert!(found.is_empty(), "{:#?}", found);
        for field in content_type.fields.iter().filter(|field| !field.public) {
            // A computed value of the same name says of it what may be said.
            let computed = content_type.computed.iter().any(|computed| computed.name == field.name);
            prop_assert!(computed || public.get(field.name).is_none(), "{}", field.name);
        }
        if content_type.field("email_public").is_some() {
            let shown = public.get("email").and_then(Json::as_str).unwrap_or_default();
            prop_assert_eq!(shown, if item.flag("email_public") { item.text("email") } else { "" });
        }
        // Time changes values, not the shape.
        let later = document::public(&item, now, now, "2999-12-31".parse().unwrap());
        wrong(&schema::item(content_type), &later, "later", &mut found);
        prop_assert!(found.is_empty(), "{:#?}", found);
        // Every link of the item is a link of its document, once, but that to a file that is not open.
        let closed = content_type.name == "output" && public.get("availability") != Some(&Json::from("open"));
        let mut links: Vec<(&str, Id)> =
            item.links().filter(|(field, _)| !closed || *field != "file").collect();
        links.sort_unstable();
        links.dedup();
        let mut told: Vec<(&str, Id)> = document::links(content_type, &public).iter().map(|link| (link.field, link.to)).collect();
        told.sort_unstable();
        prop_assert_eq!(told, links);
    }

    #[test]
    fn no_document_breaks_a_read_store(json in generate::any_json(), at in 0..TYPES.len()) {
        take_apart(at, &json);
    }

    #[test]
    fn no_damaged_document_breaks_a_read_store(
        (at, json) in (0..TYPES.len()).prop_flat_map(|at| (Just(at), generate::json_like(TYPES[at])))
    ) {
        take_apart(at, &json);
    }

    #[test]
    fn no_name_breaks_a_new_item(name in generate::odd(), at in 0..TYPES.len()) {
        if let Ok(item) = recto::editing::named(&Clock::system(), TYPES[at], None, &name) {
            prop_assert!(!item.title().trim().is_empty());
        }
    }
}

/// All that a read store does with a document before it keeps it, and afterwards.
fn take_apart(at: usize, json: &Json) {
    let content_type = TYPES[at];
    let keys = document::keys(content_type, json);
    assert!(keys.contains_key("title"));
    let _ = document::links(content_type, json);
    let _ = document::search(content_type, json);
    let _ = document::embedded(content_type, json);
    let mut map = json.as_object().cloned().unwrap_or_default();
    (content_type.on_day)(&mut map, "2026-03-02".parse().unwrap());
    let _ = References::default().resolve(json);
}

/// As many bytes as a form takes, and more.
const HUGE: usize = 10_000_000;

#[test]
fn no_text_is_too_long_to_be_refused() {
    let mut kinds: Vec<(String, Kind)> = Vec::new();
    for (_, field) in fields() {
        let mut name = String::new();
        write!(name, "{:?}", std::mem::discriminant(&field.kind)).unwrap();
        if !kinds.iter().any(|(known, _)| *known == name) {
            kinds.push((name, field.kind));
        }
    }
    assert!(kinds.len() >= 23, "{}", kinds.len());
    // Each begins as something that a kind takes.
    let starts = [
        "x",
        "9",
        "<b>",
        "&",
        "10.1234/",
        "https://a.example/",
        "a@",
        "3.",
        "/{slug}",
        "é",
        "\u{1}",
        "2026-01-01",
    ];
    std::thread::scope(|scope| {
        for part in kinds.chunks(kinds.len() / 2 + 1) {
            scope.spawn(move || {
                for (_, kind) in part {
                    let huge = |start: &str, fill: &str, size: usize| {
                        let mut text = start.to_owned();
                        while text.len() < size {
                            text.push_str(fill);
                        }
                        if let Ok(value) = text::parse(kind, &text) {
                            assert!(text::print(&value).len() <= 4 * text::HTML_MAX, "{kind:?}");
                        }
                    };
                    huge("x", "xxxxxxxxxxxxxxxx", HUGE);
                    for start in starts {
                        huge(start, start, HUGE / 10);
                        huge(start, "x", HUGE / 10);
                    }
                }
            });
        }
    });
}

#[test]
fn rich_text_that_meets_a_bound_is_told() {
    let fonts: String = (0..98).map(|number| format!("<font a={number}>")).collect();
    let address = "y".repeat(9_000);
    for (text, begins, code) in [
        ("<div></x>".repeat(10_000), "This text is nested too deeply.", "malformed"),
        ("<div><!--</x>-->".repeat(9_000), "This text is nested too deeply.", "malformed"),
        (format!("<p>{fonts}x{}", "<p>x".repeat(40_000)), "This text has too many parts.", "malformed"),
        (format!("<a href=/{address}>x</a>"), "The tags of this text hold too much", "malformed"),
        ("&".repeat(60_000), "This has 300007 characters; shorten it to 200000.", "too_long"),
        ("x".repeat(200_001), "This has 200001 characters; shorten it to 200000.", "too_long"),
    ] {
        let Err((sentence, known)) = text::parse(&Kind::Html, &text) else { panic!("{begins}") };
        assert!(sentence.starts_with(begins) && sentence.ends_with('.'), "{sentence}");
        assert_eq!(known, code);
    }
}

#[test]
fn no_value_holds_what_no_text_may_hold() {
    for bad in ["\0", "\u{1}", "\u{1b}", "\u{9b}", "\u{fffe}", "\u{ffff}", "\u{fdd0}"] {
        for kind in [Kind::Line(100), Kind::Lines(100), Kind::Html] {
            let value = text::parse(&kind, &format!("a{bad}b<p>c{bad}</p>&#x1b;&#xfffe;")).unwrap();
            assert!(!text::print(&value).contains(bad), "{value:?}");
        }
    }
}

#[test]
fn what_is_kept_is_never_longer_than_what_is_taken() {
    // Else a form could not be sent again as it came.
    for typed in [
        "&".repeat(text::HTML_MAX),
        "<a href=\"/\">x</a>".repeat(text::HTML_MAX / 17),
        "\u{a0}".repeat(text::HTML_MAX) + "x",
    ] {
        if let Ok(value) = text::parse(&Kind::Html, &typed) {
            assert_eq!(text::parse(&Kind::Html, &text::print(&value)), Ok(value));
        }
    }
    let url = format!("https://example.org/{}", "é".repeat(900));
    if let Ok(value) = text::parse(&Kind::Url, &url) {
        assert_eq!(text::parse(&Kind::Url, &text::print(&value)), Ok(value));
    }
    let doi = format!("10.1234/{}", "İ".repeat(146));
    if let Ok(value) = text::parse(&Kind::Doi, &doi) {
        assert_eq!(text::parse(&Kind::Doi, &text::print(&value)), Ok(value));
    }
}

#[test]
fn what_cannot_be_seen_is_not_given() {
    for (path, field) in fields().into_iter().filter(|(_, field)| !matches!(field.kind, Kind::Many { .. })) {
        for typed in ["", " ", "\r\n", "\u{1}", "\0", " \u{7f} ", "\u{b}\u{85}"] {
            assert_eq!(text::parse(&field.kind, typed), Ok(Value::empty(&field.kind)), "{path} {typed:?}");
        }
    }
    // Soft line breaks from word processors keep words apart.
    assert_eq!(text::parse(&Kind::Line(9), "a\u{b}b"), Ok(Value::Text("a b".into())));
    assert_eq!(text::parse(&Kind::Lines(9), "a\u{b}b\r\nc"), Ok(Value::Text("a\nb\nc".into())));
    let spaced: Item = Item::new(TYPES[0], Id::nil());
    assert_eq!(spaced.title(), "Untitled site");
}
