//! News: a dated piece of news.

use super::super::{ContentType, Field, Kind, Weight};

/// The news type.
pub static NEWS: ContentType = ContentType {
    name: "news",
    plural: "news",
    label: "News item",
    labels: "News",
    help: "News tells what has happened: a report published, a project begun, somebody honoured.",
    fields: &[
        Field::new("title", "Title", Kind::Line(300)).required().list().sort().search(Weight::Title),
        Field::new("summary", "Summary", Kind::Lines(600))
            .help("One or two sentences, for lists and search engines.")
            .required()
            .search(Weight::Text),
        Field::new("body", "Text", Kind::Html).detail().search(Weight::Text),
        Field::new("date", "Date", Kind::Date).required().list().sort().range(),
        Field::new("authors", "Authors", Kind::Many { to: "person", free: false, columns: &[] })
            .group("Related"),
        Field::new("projects", "Projects", Kind::Many { to: "project", free: false, columns: &[] }).filter(),
        Field::new("people", "People", Kind::Many { to: "person", free: false, columns: &[] }).filter(),
        Field::new("image", "Image", Kind::One { to: "media", vocabulary: None }),
    ],
    computed: &[],
    title: |item| item.text("title").to_owned(),
    subtitle: super::no_subtitle,
    title_name: "title",
    embedded: &["title", "date", "summary"],
    check: super::no_check,
    on_day: super::as_it_is,
    order: "-date",
    inverses: &[],
    through: &[("theme", "projects", "theme")],
    single: false,
};
