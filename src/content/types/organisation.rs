//! Organisation: a partner, a funder, an employer.

use super::super::{ContentType, Field, Inverse, Kind, Weight};

/// The organisation type.
pub static ORGANISATION: ContentType = ContentType {
    name: "organisation",
    plural: "organisations",
    label: "Organisation",
    labels: "Organisations",
    help: "Organisations are your partners and funders, and where people work.",
    fields: &[
        Field::new("name", "Name", Kind::Line(300)).required().list().sort().search(Weight::Title),
        Field::new("short_name", "Short name", Kind::Line(60)).search(Weight::Title),
        Field::new("kind", "Kind", Kind::One { to: "term", vocabulary: Some("organisation_kind") })
            .list()
            .filter(),
        Field::new("web", "Web address", Kind::Url),
        Field::new("ror", "ROR", Kind::Ror).help("Its id in the Research Organization Registry.").unique(),
        Field::new("country", "Country", Kind::Country).help("Two letters: GB, IE, DE.").list().filter(),
        Field::new("logo", "Logo", Kind::One { to: "media", vocabulary: None }),
    ],
    computed: &[],
    title: |item| item.text("name").to_owned(),
    subtitle: |item| item.text("short_name").to_owned(),
    title_name: "name",
    embedded: &["name", "short_name", "web"],
    check: super::no_check,
    on_day: super::as_it_is,
    order: "name",
    inverses: &[Inverse {
        name: "projects",
        label: "The projects in which the organisation is a partner, in the order of their codes",
        from: "project",
        field: "partners",
        order: "code",
        limit: 100,
    }],
    through: &[],
    single: false,
};
