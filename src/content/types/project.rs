//! Project: a piece of research with its team, partners, text and outputs table.

use super::super::{Choice, ContentType, Field, Inverse, Item, Kind, Problems, Weight};

/// Where a project stands in its life.
static STATUS: [Choice; 4] = [
    Choice { value: "planned", label: "Planned" },
    Choice { value: "active", label: "Active" },
    Choice { value: "complete", label: "Complete" },
    Choice { value: "paused", label: "Paused" },
];

/// What a partner organisation does in a project.
static PARTNER_ROLE: [Choice; 3] = [
    Choice { value: "policing_partner", label: "Policing partner" },
    Choice { value: "funder", label: "Funder" },
    Choice { value: "collaborator", label: "Collaborator" },
];

static TEAM: [Field; 1] = [Field::new("role", "Role", Kind::Line(120))];

static PARTNERS: [Field; 1] = [Field::new("role", "Role", Kind::Choice(&PARTNER_ROLE)).required()];

/// The project type.
pub static PROJECT: ContentType = ContentType {
    name: "project",
    plural: "projects",
    label: "Project",
    labels: "Projects",
    help: "Projects are what your centre works on. Each has its own page with a team, partners, text and a table of outputs.",
    fields: &[
        Field::new("code", "Code", Kind::Code).help("Such as 3.07.").required().unique().list().sort(),
        Field::new("title", "Title", Kind::Line(300)).required().list().sort().search(Weight::Title),
        Field::new("theme", "Theme", Kind::One { to: "theme", vocabulary: None }).required().list().filter(),
        Field::new("status", "Status", Kind::Choice(&STATUS)).required().list().filter(),
        Field::new("summary", "Summary", Kind::Lines(600))
            .help("One or two sentences, for lists and search engines.")
            .search(Weight::Text),
        Field::new("body", "Text", Kind::Html).detail().search(Weight::Text),
        Field::new("start", "Start", Kind::Date).group("Dates").sort().range(),
        Field::new("end", "End", Kind::Date).sort().range(),
        Field::new("team", "Academic team", Kind::Many { to: "person", free: false, columns: &TEAM })
            .group("People and partners")
            .filter(),
        Field::new(
            "partners",
            "Partners",
            Kind::Many { to: "organisation", free: false, columns: &PARTNERS },
        )
        .filter(),
        Field::new("contact_email", "Contact e-mail", Kind::Email)
            .help("Shown on the public page.")
            .group("Contact and image"),
        Field::new("image", "Image", Kind::One { to: "media", vocabulary: None }),
    ],
    computed: &[],
    title,
    subtitle: super::no_subtitle,
    title_name: "title",
    embedded: &["code", "title", "status", "status_label"],
    check,
    on_day: super::as_it_is,
    order: "code",
    inverses: &[
        Inverse {
            name: "outputs",
            label: "The outputs table, in the order that the editors gave it",
            from: "output",
            field: "projects",
            order: "position",
            limit: 1_000,
        },
        Inverse {
            name: "news",
            label: "News about the project, newest first",
            from: "news",
            field: "projects",
            order: "-date",
            limit: 20,
        },
        Inverse {
            name: "events",
            label: "Events of the project, latest first",
            from: "event",
            field: "projects",
            order: "-start",
            limit: 20,
        },
    ],
    through: &[],
    single: false,
};

fn title(item: &Item) -> String {
    [item.text("code"), item.text("title")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn check(item: &Item, _publishing: bool, problems: &mut Problems) {
    super::check_order(item, "start", "end", problems);
}
