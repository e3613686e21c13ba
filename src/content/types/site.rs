//! Site: what is true of the whole public site. There is exactly one.

use chrono::NaiveDate;
use serde_json::{Map, Value as Json, json};

use super::super::{ContentType, Field, Kind};

/// What sites that say nothing else take for the paths of a type; `None` for what has no page of its
/// own, or stands where no pattern says.
#[must_use]
pub fn usual_path(object: &str) -> Option<&'static str> {
    match object {
        "site" | "term" | "media" | "page" => None,
        "theme" => Some("/research/{slug}"),
        "project" => Some("/research/{theme}/{slug}"),
        "output" => Some("/outputs/{slug}"),
        "person" => Some("/people/{slug}"),
        "organisation" => Some("/organisations/{slug}"),
        "news" => Some("/news/{slug}"),
        "event" => Some("/events/{slug}"),
        _ => Some("/{slug}"),
    }
}

/// Readers are told the patterns that are in force, whether somebody has set them or not.
fn on_day(document: &mut Map<String, Json>, _: NaiveDate) {
    for field in SITE.fields.iter().filter(|field| matches!(field.kind, Kind::Pattern)) {
        let usual = field.name.strip_prefix("path_").and_then(usual_path);
        if let Some(usual) = usual.filter(|_| document.get(field.name).is_none_or(Json::is_null)) {
            document.insert(field.name.to_owned(), json!(usual));
        }
    }
}

/// The site type.
pub static SITE: ContentType = ContentType {
    name: "site",
    plural: "site",
    label: "Site",
    labels: "Site",
    help: "The public site's name, address and path patterns.",
    fields: &[
        Field::new("name", "Name", Kind::Line(200)).required(),
        Field::new("address", "Public address", Kind::Url).help("Where the public site lives: https://www.example.org").required(),
        Field::new("time_zone", "Time zone", Kind::Zone).help("What new events begin with.").required(),
        Field::new("contact_email", "Contact e-mail", Kind::Email),
        Field::new("path_theme", "Themes", Kind::Pattern)
            .help("{slug} stands for the item's own address. Left empty: /research/{slug}")
            .group("Path patterns"),
        Field::new("path_project", "Projects", Kind::Pattern)
            .help("{theme} stands for the theme's address, {code} for the code. Left empty: /research/{theme}/{slug}"),
        Field::new("path_output", "Outputs", Kind::Pattern).help("Left empty: /outputs/{slug}"),
        Field::new("path_person", "People", Kind::Pattern).help("Left empty: /people/{slug}"),
        Field::new("path_organisation", "Organisations", Kind::Pattern).help("Left empty: /organisations/{slug}"),
        Field::new("path_news", "News", Kind::Pattern).help("Left empty: /news/{slug}"),
        Field::new("path_event", "Events", Kind::Pattern).help("Left empty: /events/{slug}"),
    ],
    computed: &[],
    title: |item| item.text("name").to_owned(),
    subtitle: super::no_subtitle,
    title_name: "name",
    embedded: &["name", "address"],
    check: super::no_check,
    on_day,
    order: "title",
    inverses: &[],
    through: &[],
    single: true,
};
