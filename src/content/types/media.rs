//! Media: an uploaded image or document, with what readers and screen readers are told.

use serde_json::{Value as Json, json};

use super::super::parsed::{Picture, Upload};
use super::super::{Computed, ContentType, Field, Item, Kind, Part, Problems, Weight};

/// Where the public side serves files.
pub const FILES: &str = "/media/";

/// What kind of media an image is.
pub const IMAGE: &str = "image";
/// What kind of media everything else is.
pub const DOCUMENT: &str = "document";

/// The media type.
pub static MEDIA: ContentType = ContentType {
    name: "media",
    plural: "media",
    label: "Media item",
    labels: "Media",
    help: "Media are the images and documents that projects, people and news show.",
    fields: &[
        Field::new("title", "Title", Kind::Line(200)).required().list().sort().search(Weight::Title),
        Field::new("file", "File", Kind::File).required().private(),
        Field::new("alternative_text", "Alternative text", Kind::Line(300))
            .help("What the image shows, for those who cannot see it. Needed to publish an image, unless it is decorative.")
            .search(Weight::Text),
        Field::new("decorative", "Decorative", Kind::Flag)
            .help("The image says nothing; screen readers pass over it."),
        Field::new("caption", "Caption", Kind::Lines(600)).help("Shown below the image.").search(Weight::Text),
        Field::new("credit", "Credit", Kind::Line(200)).help("Who made it.").group("Rights"),
        Field::new("licence", "Licence", Kind::Line(100)).help("For example CC BY 4.0."),
        Field::new("focal_x", "From the left, per cent", Kind::Integer(0, 100))
            .help("Where sites crop the image, this point stays in sight.")
            .group("Focal point"),
        Field::new("focal_y", "From the top, per cent", Kind::Integer(0, 100)),
        Field::new("source", "Taken from", Kind::Url)
            .help("The web address that it comes from, if any.")
            .group("Source"),
    ],
    computed: &[
        Computed {
            name: "kind",
            help: "Whether the file can be shown: `image`, or `document`.",
            json_type: "string",
            parts: &[],
            value: |item| of(item, |file| json!(kind(file))),
            sort: true,
        },
        Computed {
            name: "url",
            help: "Where the file is, from the root of the address at which the API is reached. It holds the \
                   file's hash: what it answers never changes.",
            json_type: "string",
            parts: &[],
            value: |item| of(item, |file| json!(format!("{FILES}{}", file.path()))),
            sort: false,
        },
        Computed {
            name: "media_type",
            help: "The file's media type: `image/jpeg`, `application/pdf`.",
            json_type: "string",
            parts: &[],
            value: |item| of(item, |file| json!(file.media_type().essence())),
            sort: false,
        },
        Computed {
            name: "size",
            help: "The file's length in bytes.",
            json_type: "integer",
            parts: &[],
            value: |item| of(item, |file| json!(file.size())),
            sort: false,
        },
        Computed {
            name: "width",
            help: "Of an image: pixels across.",
            json_type: "integer",
            parts: &[],
            value: |item| of_picture(item, |_, picture| json!(picture.width)),
            sort: false,
        },
        Computed {
            name: "height",
            help: "Of an image: pixels down.",
            json_type: "integer",
            parts: &[],
            value: |item| of_picture(item, |_, picture| json!(picture.height)),
            sort: false,
        },
        Computed {
            name: "variants",
            help: "Of an image: the same in smaller widths, the smallest first.",
            json_type: "array",
            parts: &[("width", Part::Integer), ("height", Part::Integer), ("url", Part::Text)],
            value: |item| of_picture(item, |file, picture| picture.widths.iter().map(|width| variant(file, picture, *width)).collect()),
            sort: false,
        },
        Computed {
            name: "sha256",
            help: "The SHA-256 of the file, in hexadecimal.",
            json_type: "string",
            parts: &[],
            value: |item| of(item, |file| json!(file.hash())),
            sort: false,
        },
    ],
    title: |item| item.text("title").to_owned(),
    subtitle: |item| file(item).map(|file| super::super::parsed::upload::described(&file)).unwrap_or_default(),
    title_name: "title",
    embedded: &[
        "title",
        "kind",
        "url",
        "media_type",
        "size",
        "width",
        "height",
        "variants",
        "alternative_text",
        "decorative",
        "caption",
        "credit",
        "licence",
        "focal_x",
        "focal_y",
    ],
    check,
    on_day: super::as_it_is,
    order: "title",
    inverses: &[],
    through: &[],
    single: false,
};

/// The item's file, if it has one.
#[must_use]
pub fn file(item: &Item) -> Option<Upload> {
    item.text("file").parse().ok()
}

fn kind(file: &Upload) -> &'static str {
    if file.media_type().is_image() { IMAGE } else { DOCUMENT }
}

fn of(item: &Item, value: fn(&Upload) -> Json) -> Json {
    file(item).map_or(Json::Null, |file| value(&file))
}

fn of_picture(item: &Item, value: fn(&Upload, &Picture) -> Json) -> Json {
    let file = file(item);
    file.as_ref().and_then(|file| Some(value(file, file.picture()?))).unwrap_or(Json::Null)
}

fn variant(file: &Upload, picture: &Picture, width: u32) -> Json {
    let url = format!("{FILES}{}", file.path_at(width));
    json!({ "width": width, "height": picture.height_at(width), "url": url })
}

fn check(item: &Item, publishing: bool, problems: &mut Problems) {
    let image = file(item).is_some_and(|file| file.media_type().is_image());
    if publishing && image && item.text("alternative_text").is_empty() && !item.flag("decorative") {
        problems.add("alternative_text", "missing", "Say what the image shows, or mark it as decorative.");
    }
}
