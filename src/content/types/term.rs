//! Term: an entry of a vocabulary that administrators keep, with its names in the standards.

use super::super::{Choice, ContentType, Field, Kind, Weight};

static VOCABULARY: [Choice; 2] = [
    Choice { value: "output_type", label: "Output types" },
    Choice { value: "organisation_kind", label: "Kinds of organisation" },
];

/// The term type.
pub static TERM: ContentType = ContentType {
    name: "term",
    plural: "terms",
    label: "Term",
    labels: "Terms",
    help: "Terms are the entries of the lists that editors choose from, such as the types of outputs.",
    fields: &[
        Field::new("vocabulary", "Vocabulary", Kind::Choice(&VOCABULARY)).required().list().filter(),
        Field::new("label", "Label", Kind::Line(120)).required().list().sort().search(Weight::Title),
        Field::new("position", "Position", Kind::Integer(0, 9_999))
            .help("Smaller numbers come first.")
            .list()
            .sort(),
        Field::new("csl_type", "CSL type", Kind::Line(60))
            .help("For citations: report, article-journal …")
            .group("In the standards"),
        Field::new("schema_type", "schema.org type", Kind::Line(60))
            .help("For search engines: Report, ScholarlyArticle …"),
        Field::new("coar_type", "COAR resource type", Kind::Line(120))
            .help("For repositories: research report, journal article …"),
    ],
    computed: &[],
    title: |item| item.text("label").to_owned(),
    subtitle: |item| {
        super::super::text::label(&VOCABULARY, item.text("vocabulary")).unwrap_or_default().to_owned()
    },
    title_name: "label",
    embedded: &["label", "schema_type"],
    check: super::no_check,
    on_day: super::as_it_is,
    order: "position",
    inverses: &[],
    through: &[],
    single: false,
};
