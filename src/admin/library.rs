//! The media library's own screens: adding files, the grid, a file on its form, files and thumbnails
//! for whoever is signed in. It must not decode or keep files; `media` does, through the verbs.

mod describe;
mod files;
pub(super) mod form;
mod grid;
mod posted;
pub(super) mod removed;
mod upload;

pub(super) use describe::describe;
pub(super) use files::{serve, serve_variant};
pub(super) use grid::{conditions, grid, menu, of_kind};
pub(super) use posted::{is_multipart, texts};
pub(super) use upload::{Drop, FILES_MAX, add_form, drop_zone, new, post};

use maud::{Markup, html};

use crate::content::parsed::{MediaType, Upload};
use crate::published::Document;

/// How wide a thumbnail is asked for, in pixels: a card of the grid on a dense screen.
const THUMBNAIL: u32 = 320;

/// The file of a draft's document.
pub(super) fn file_of(document: &Document) -> Option<Upload> {
    document.json.get("file")?.as_str()?.parse().ok()
}

/// Where the admin has a file, at least so many pixels wide.
fn address(file: &Upload, width: u32) -> String {
    format!("/admin/media-files/{}", file.path_for(width))
}

/// A small picture of a media item, or the name of its kind. It says nothing: what it is of stands
/// beside.
pub(super) fn thumbnail(document: &Document) -> Markup {
    let file = file_of(document);
    let class = format!("thumbnail {}", kept_in_sight(document).unwrap_or_default());
    html! {
        @match &file {
            Some(file) if file.media_type().is_image() => img class=(class.trim_end()) src=(address(file, THUMBNAIL)) alt="" loading="lazy" decoding="async";,
            Some(file) => span.thumbnail.thumbnail-kind aria-hidden="true" { (file.media_type().label()) },
            None => span.thumbnail.thumbnail-kind aria-hidden="true" { "No file" },
        }
    }
}

/// Where a small picture of an image is, and the classes that keep its focal point in sight.
pub(super) fn small_picture(document: &Document) -> Option<(String, Option<String>)> {
    let file = file_of(document).filter(|file| file.media_type().is_image())?;
    Some((address(&file, THUMBNAIL), kept_in_sight(document)))
}

/// The classes that keep the focal point in sight where a picture is cropped, to a tenth of its width
/// and height: the content security policy allows no styles of an element's own.
fn kept_in_sight(document: &Document) -> Option<String> {
    let tenth = |name: &str| Some((document.json.get(name)?.as_i64()?.clamp(0, 100) + 5) / 10);
    Some(format!("focal-x{} focal-y{}", tenth("focal_x")?, tenth("focal_y")?))
}

/// What is taken, in words: `JPEG, PNG or PDF`.
fn kinds(types: &[MediaType]) -> String {
    let mut labels: Vec<&str> = Vec::new();
    for label in types.iter().map(|one| one.label()) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    match labels.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => labels.concat(),
    }
}

/// What a browser's file dialog offers.
fn accept(types: &[MediaType]) -> String {
    let mut ends: Vec<String> = types.iter().map(|one| format!(".{}", one.extension())).collect();
    if types.contains(&MediaType::Jpeg) {
        ends.push(".jpeg".to_owned());
    }
    ends.join(",")
}
