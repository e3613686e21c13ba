//! Person: somebody who works in or with the centre.

use serde_json::json;

use super::super::{Choice, Computed, ContentType, Field, Inverse, Item, Kind, Weight};

static STANDING: [Choice; 2] =
    [Choice { value: "current", label: "Current" }, Choice { value: "former", label: "Former" }];

/// The field of the spellings under which a person is credited beside their own.
pub const CREDITED_AS: &str = "credited_as";

/// The person type.
pub static PERSON: ContentType = ContentType {
    name: "person",
    plural: "people",
    label: "Person",
    labels: "People",
    help: "People are the members of your centre and the authors of its outputs.",
    fields: &[
        Field::new("honorific", "Honorific", Kind::Line(40)).help("Dr, Professor …"),
        Field::new("given_names", "Given names", Kind::Line(120)).required().search(Weight::Title),
        Field::new("family_name", "Family name", Kind::Line(120)).required().sort().search(Weight::Title),
        Field::new("post_nominals", "Post-nominals", Kind::Line(80)),
        Field::new("display_name", "Display name", Kind::Line(200))
            .help("Only if it is not honorific, given and family name.")
            .private(),
        Field::new("citation_name", "Citation name", Kind::Line(200))
            .help("Only if it is not family name and initials: Tomkins, L")
            .private(),
        Field::new("job_title", "Job title", Kind::Line(200)).group("Work").list(),
        Field::new("organisation", "Organisation", Kind::One { to: "organisation", vocabulary: None })
            .list()
            .filter(),
        Field::new("standing", "Standing", Kind::Choice(&STANDING)).list().filter(),
        Field::new("orcid", "ORCID iD", Kind::Orcid).unique().group("Elsewhere"),
        Field::new("web", "Web page", Kind::Url),
        Field::new("email", "E-mail", Kind::Email)
            .help("Never public unless you tick the box below.")
            .private(),
        Field::new("email_public", "Show the e-mail address in public", Kind::Flag).private(),
        Field::new("biography", "Biography", Kind::Html).group("About").detail().search(Weight::Text),
        Field::new("photo", "Photo", Kind::One { to: "media", vocabulary: None }),
        Field::new(CREDITED_AS, "Also credited as", Kind::Lines(2_000))
            .help("Other spellings on publications, one in each line. Imports know the person by them.")
            .group("On publications")
            .search(Weight::Title)
            .private(),
    ],
    computed: &[
        Computed {
            name: "display_name",
            help: "The name as it is shown: Dr Leah Tomkins.",
            json_type: "string",
            parts: &[],
            value: |item| json!(display_name(item)),
            sort: true,
        },
        Computed {
            name: "citation_name",
            help: "The name as it is cited: Tomkins, L.",
            json_type: "string",
            parts: &[],
            value: |item| json!(citation_name(item)),
            sort: true,
        },
        Computed {
            name: "email",
            help: "The e-mail address, where the person wants it public.",
            json_type: "string",
            parts: &[],
            value: |item| match item.text("email") {
                email if item.flag("email_public") && !email.is_empty() => json!(email),
                _ => serde_json::Value::Null,
            },
            sort: false,
        },
    ],
    title: display_name,
    subtitle: |item| item.text("job_title").to_owned(),
    title_name: "display_name",
    embedded: &["display_name", "job_title", "orcid"],
    check: super::no_check,
    on_day: super::as_it_is,
    order: "family_name",
    inverses: &[
        Inverse {
            name: "projects",
            label: "The projects in whose team the person is, in the order of their codes",
            from: "project",
            field: "team",
            order: "code",
            limit: 100,
        },
        Inverse {
            name: "outputs",
            label: "The outputs of which the person is an author, newest first",
            from: "output",
            field: "authors",
            order: "-year",
            limit: 100,
        },
    ],
    through: &[],
    single: false,
};

/// The name as it is shown: what the editor wrote, or honorific, given and family name.
fn display_name(item: &Item) -> String {
    let own = item.text("display_name");
    if !own.is_empty() {
        return own.to_owned();
    }
    let name = ["honorific", "given_names", "family_name"]
        .into_iter()
        .map(|part| item.text(part))
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    match item.text("post_nominals") {
        "" => name,
        letters => format!("{name}, {letters}"),
    }
}

/// The name as it is cited: what the editor wrote, or family name and initials.
fn citation_name(item: &Item) -> String {
    let own = item.text("citation_name");
    if !own.is_empty() {
        return own.to_owned();
    }
    let initials: String = item
        .text("given_names")
        .split([' ', '-'])
        .filter_map(|name| name.chars().next())
        .flat_map(char::to_uppercase)
        .collect();
    [item.text("family_name"), initials.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}
