//! Site: what is true of the whole public site. There is exactly one.

use super::super::{ContentType, Field, Kind};

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
    at: super::no_change,
    order: "title",
    inverses: &[],
    through: &[],
    single: true,
};
