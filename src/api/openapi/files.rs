//! The description of the library's files, which are no JSON. It must not say more of one than its
//! item does.

use serde_json::{Map, Value as Json, json};

use super::operation::{responses, shared};
use super::{example, put};
use crate::content::types::MEDIA;

/// The addresses with their operations.
pub(super) fn all() -> [(&'static str, Json); 2] {
    [("/media/{file}/{name}", file()), ("/media/{file}/{width}/{name}", variant())]
}

/// `GET /media/{file}/{name}`.
fn file() -> Json {
    let mut answers = answers("The file.");
    put(
        &mut answers,
        "307",
        json!({
            "description": "Asked for by the item’s id: `Location` is the file that it has now.",
            "headers": { "Location": shared("headers", "Location") },
        }),
    );
    json!({ "get": {
        "operationId": "get_file",
        "summary": "A file of the library, as it is",
        "description": "The `url` of a published media item. The file at an address with a hash never changes, but it may be \
            withdrawn: keep it for as long as `Cache-Control` says, then ask again with its `ETag`. Ranges are answered with 206.",
        "tags": [MEDIA.labels],
        "parameters": [
            which("The SHA-256 of the file in hexadecimal, or the media item’s id, for links that must last."),
            name("What the file is called; with an id anything."),
            range(),
        ],
        "responses": in_order(answers),
    } })
}

/// `GET /media/{file}/{width}/{name}`.
fn variant() -> Json {
    let width = json!({
        "name": "width",
        "in": "path",
        "required": true,
        "description": "One of the item’s `variants`.",
        "schema": { "type": "integer", "minimum": 1 },
        "example": 320,
    });
    json!({ "get": {
        "operationId": "get_file_variant",
        "summary": "An image of the library in a smaller width",
        "description": "The `url` of one of a published image’s `variants`; together with the image itself they make a `srcset`.",
        "tags": [MEDIA.labels],
        "parameters": [
            which("The SHA-256 of the image in hexadecimal; an id leads to the whole image alone."),
            width,
            name("What the file is called."),
            range(),
        ],
        "responses": answers("The image."),
    } })
}

fn which(description: &str) -> Json {
    path("file", description, example::file().map_or("", |(hash, _)| hash))
}

fn name(description: &str) -> Json {
    path("name", description, example::file().map_or("", |(_, name)| name))
}

fn path(name: &str, description: &str, example: &str) -> Json {
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": description,
        "schema": { "type": "string", "minLength": 1, "maxLength": 200 },
        "example": example,
    })
}

fn range() -> Json {
    json!({
        "name": "Range",
        "in": "header",
        "description": "One range of bytes (RFC 9110 §14), such as `bytes=0-1023`. Several, or what cannot be read, is \
            answered with the whole file.",
        "schema": { "type": "string" },
    })
}

/// The file, or a part of it, and everything that can come in its place.
fn answers(description: &str) -> Json {
    let mut answers = responses(content(description, &[]), &[("404", "not-found")]);
    let part = content("The part that was asked for.", &["Content-Range"]);
    put(&mut answers, "206", part);
    put(
        &mut answers,
        "416",
        json!({
            "description": "The file ends before the range; `Content-Range` says where.",
            "headers": { "Content-Range": content_range() },
        }),
    );
    in_order(answers)
}

/// The smallest status first, as everywhere.
fn in_order(mut answers: Json) -> Json {
    if let Json::Object(answers) = &mut answers {
        answers.sort_keys();
    }
    answers
}

fn content(description: &str, also: &[&str]) -> Json {
    let mut headers = Map::new();
    for name in ["ETag", "Cache-Tag", "RateLimit-Policy", "RateLimit", "Content-Disposition"] {
        headers.insert(name.to_owned(), shared("headers", name));
    }
    let text = |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    headers.insert("Cache-Control".to_owned(), text("`public, max-age=120`: a file may be withdrawn."));
    headers.insert("Accept-Ranges".to_owned(), text("`bytes`."));
    for name in also {
        headers.insert((*name).to_owned(), content_range());
    }
    let bytes = json!({ "type": "string", "contentMediaType": "application/octet-stream" });
    json!({
        "description": description,
        "headers": headers,
        "content": { "*/*": { "schema": bytes } },
    })
}

fn content_range() -> Json {
    json!({
        "description": "Which bytes, of how many: `bytes 0-1023/20232`; where there is no such range `bytes */20232`.",
        "schema": { "type": "string" },
    })
}
