//! Media: an image or document, by its address, with what readers and screen readers are told.

use super::super::{ContentType, Field, Item, Kind, Problems, Weight};

/// The media type.
pub static MEDIA: ContentType = ContentType {
    name: "media",
    plural: "media",
    label: "Media item",
    labels: "Media",
    help: "Media are the images and documents that projects, people and news show.",
    fields: &[
        Field::new("title", "Title", Kind::Line(200)).required().list().sort().search(Weight::Title),
        Field::new("file", "Address of the file", Kind::Url)
            .help("Where the file lies on the web, https://…")
            .required()
            .list(),
        Field::new("alternative_text", "Alternative text", Kind::Line(300))
            .help("What the image shows, for those who cannot see it.")
            .search(Weight::Text),
        Field::new("decorative", "Decorative", Kind::Flag)
            .help("The image says nothing; screen readers pass over it."),
        Field::new("caption", "Caption", Kind::Lines(600)).search(Weight::Text),
        Field::new("credit", "Credit", Kind::Line(200)),
        Field::new("licence", "Licence", Kind::Line(100)),
        Field::new("focal_x", "Focal point from the left, per cent", Kind::Integer(0, 100)).group("Cropping"),
        Field::new("focal_y", "Focal point from the top, per cent", Kind::Integer(0, 100)),
    ],
    computed: &[],
    title: |item| item.text("title").to_owned(),
    subtitle: |item| item.text("file").to_owned(),
    title_name: "title",
    embedded: &["title", "file", "alternative_text", "decorative", "caption", "credit", "focal_x", "focal_y"],
    check,
    at: super::no_change,
    order: "title",
    inverses: &[],
    through: &[],
    single: false,
};

fn check(item: &Item, publishing: bool, problems: &mut Problems) {
    if publishing && item.text("alternative_text").is_empty() && !item.flag("decorative") {
        problems.add("alternative_text", "missing", "Say what the image shows, or mark it as decorative.");
    }
}
