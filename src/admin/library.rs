//! The media library's own screens: adding files, the grid, a file on its form, files and thumbnails
//! for whoever is signed in. It must not decode or keep files; `media` does, through the verbs.

mod files;
pub(super) mod form;
mod grid;
mod pick;
mod posted;
mod upload;

pub(super) use files::{serve, serve_variant};
pub(super) use grid::{conditions, grid, menus};
pub(super) use pick::pick;
pub(super) use posted::{is_multipart, texts};
pub(super) use upload::{FILES_MAX, add_form, drop_zone, new, post};

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

/// A small picture of a file, or the name of its kind. It says nothing: what it is of stands beside.
pub(super) fn thumbnail(file: Option<&Upload>) -> Markup {
    html! {
        @match file {
            Some(file) if file.media_type().is_image() => img.thumbnail src=(address(file, THUMBNAIL)) alt="" loading="lazy" decoding="async";,
            Some(file) => span.thumbnail.thumbnail-kind aria-hidden="true" { (file.media_type().label()) },
            None => span.thumbnail.thumbnail-kind aria-hidden="true" { "No file" },
        }
    }
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
