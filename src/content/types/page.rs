//! Page: text that stands in a tree, which makes breadcrumbs and navigation.

use super::super::{ContentType, Field, Inverse, Item, Kind, Problems, Weight};

/// The page type.
pub static PAGE: ContentType = ContentType {
    name: "page",
    plural: "pages",
    label: "Page",
    labels: "Pages",
    help: "Pages hold what is neither project, news nor event: home, about, contact, accessibility. Breadcrumbs begin \
           with the pages ‘Home’ and ‘Research’.",
    fields: &[
        Field::new("title", "Title", Kind::Line(200)).required().list().sort().search(Weight::Title),
        Field::new("parent", "Parent page", Kind::One { to: "page", vocabulary: None })
            .help("The page below which this one stands.")
            .list()
            .filter(),
        Field::new("summary", "Summary", Kind::Lines(600))
            .help("One or two sentences, for lists and search engines.")
            .search(Weight::Text),
        Field::new("body", "Text", Kind::Html).detail().search(Weight::Text),
        Field::new("in_navigation", "Show in the navigation", Kind::Flag).group("Navigation").list().filter(),
        Field::new("position", "Position", Kind::Integer(0, 9_999))
            .help("Smaller numbers come first.")
            .sort(),
    ],
    computed: &[],
    title: |item| item.text("title").to_owned(),
    subtitle: super::no_subtitle,
    title_name: "title",
    embedded: &["title"],
    check,
    on_day: super::as_it_is,
    order: "position",
    inverses: &[Inverse {
        name: "children",
        label: "The pages below it",
        from: "page",
        field: "parent",
        order: "position",
        limit: 100,
    }],
    through: &[],
    single: false,
};

fn check(item: &Item, _publishing: bool, problems: &mut Problems) {
    if item.one("parent") == Some(item.id) {
        problems.add("parent", "own_parent", "A page cannot stand below itself; choose another parent.");
    }
}
