//! Equipment: an instrument or a room that projects can use.

use recto::content::{Choice, ContentType, Field, Kind, Weight};

static CONDITION: [Choice; 2] =
    [Choice { value: "in_use", label: "In use" }, Choice { value: "retired", label: "Retired" }];

/// The equipment type.
pub static EQUIPMENT: ContentType = ContentType {
    name: "equipment",
    plural: "equipment",
    label: "Equipment",
    labels: "Equipment",
    help: "Equipment is what your projects measure and work with.",
    fields: &[
        Field::new("name", "Name", Kind::Line(200)).required().list().sort().search(Weight::Title),
        Field::new("condition", "Condition", Kind::Choice(&CONDITION)).required().list().filter(),
        Field::new("owner", "Owner", Kind::One { to: "organisation", vocabulary: None }).list().filter(),
        Field::new("projects", "Projects", Kind::Many { to: "project", free: false, columns: &[] }).filter(),
    ],
    computed: &[],
    title: |item| item.text("name").to_owned(),
    subtitle: |_| String::new(),
    title_name: "name",
    embedded: &["name"],
    check: |_, _, _| {},
    on_day: |_, _| {},
    order: "name",
    inverses: &[],
    through: &[],
    single: false,
};
