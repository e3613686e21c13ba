//! Theme: one of the numbered fields of research under which projects stand.

use super::super::{ContentType, Field, Inverse, Item, Kind, Weight};

/// The theme type.
pub static THEME: ContentType = ContentType {
    name: "theme",
    plural: "themes",
    label: "Theme",
    labels: "Themes",
    help: "Themes are the numbered fields of your research; every project stands under one.",
    fields: &[
        Field::new("number", "Number", Kind::Integer(1, 999))
            .help("The first part of its projects' codes.")
            .required()
            .unique()
            .list()
            .sort()
            .filter(),
        Field::new("title", "Title", Kind::Line(200)).required().list().sort().search(Weight::Title),
        Field::new("summary", "Summary", Kind::Lines(600))
            .help("One or two sentences, for lists and search engines.")
            .search(Weight::Text),
        Field::new("body", "Text", Kind::Html).detail().search(Weight::Text),
    ],
    computed: &[],
    title,
    subtitle: super::no_subtitle,
    title_name: "title",
    embedded: &["number", "title"],
    check: super::no_check,
    on_day: super::as_it_is,
    order: "number",
    inverses: &[Inverse {
        name: "projects",
        label: "The theme's projects, in the order of their codes",
        from: "project",
        field: "theme",
        order: "code",
        limit: 100,
    }],
    through: &[],
    single: false,
};

fn title(item: &Item) -> String {
    match (item.integer("number"), item.text("title")) {
        (Some(number), title) if !title.is_empty() => format!("Theme {number}: {title}"),
        (Some(number), _) => format!("Theme {number}"),
        (None, title) => title.to_owned(),
    }
}
