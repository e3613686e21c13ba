//! Rich text with the links and images in it that name items of our own. It must not show anything of
//! an item that is not here: of a link to it the words stay, of an image nothing.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::content::parsed::escape;

/// What stands before addresses that begin with a slash; nothing where readers know it anyway.
#[derive(Clone, Copy, Debug, Default)]
pub struct Roots<'root> {
    /// Of the public site, without a slash at its end.
    pub site: &'root str,
    /// Of where files are served.
    pub files: &'root str,
}

/// The text of these pieces; see [`crate::content::document`].
pub(super) fn text(pieces: &[Json], faces: &HashMap<String, Json>, roots: Roots<'_>) -> String {
    let mut text = String::new();
    for piece in pieces {
        let known = piece.get("$ref").and_then(Json::as_str).and_then(|id| Some((id, faces.get(id)?)));
        let said = |name| piece.get(name).and_then(Json::as_str);
        match (piece, said("words"), said("alt")) {
            (Json::String(markup), ..) => text.push_str(&rooted(markup, roots)),
            (_, Some(words), _) => match known.and_then(|(id, face)| Some((id, face, address(face, roots)?)))
            {
                Some((id, face, address)) => link(&mut text, id, face, &address, words),
                None => text.push_str(words),
            },
            (_, None, Some(alt)) => {
                if let Some((id, face)) = known {
                    image(&mut text, id, face, alt, roots);
                }
            }
            _ => {}
        }
    }
    text
}

/// Markup with the site's root before its own paths. Quotation marks stand only in tags: in text they
/// are written as references.
pub(super) fn rooted(markup: &str, roots: Roots<'_>) -> String {
    if roots.site.is_empty() {
        return markup.to_owned();
    }
    markup.replace(" href=\"/", &format!(" href=\"{}/", escape(roots.site)))
}

fn get<'face>(face: &'face Json, name: &str) -> &'face str {
    face.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// Where an item is to be found: at its path, or the file that it is.
fn address(face: &Json, roots: Roots<'_>) -> Option<String> {
    let at = |name, root| {
        Some(get(face, name)).filter(|path| path.starts_with('/')).map(|path| format!("{root}{path}"))
    };
    at("path", roots.site).or_else(|| at("url", roots.files))
}

fn link(out: &mut String, id: &str, face: &Json, address: &str, words: &str) {
    let (href, object) = (escape(address), escape(get(face, "object")));
    // Writing to a String cannot fail, here and below.
    let _ = write!(out, r#"<a href="{href}" data-object="{object}" data-id="{id}""#);
    // Of a file: what it is and how long, for whoever says so beside the link.
    if let Some(kind) = Some(get(face, "media_type")).filter(|kind| !kind.is_empty()) {
        let _ = write!(out, r#" type="{}""#, escape(kind));
    }
    if let Some(bytes) = face.get("size").and_then(Json::as_i64) {
        let _ = write!(out, r#" data-size="{bytes}""#);
    }
    let _ = write!(out, ">{words}</a>");
}

/// An image with what the library says of it. What it shows may be said for this place.
fn image(out: &mut String, id: &str, face: &Json, alt: &str, roots: Roots<'_>) {
    let at = |file: &Json| {
        Some(get(file, "url"))
            .filter(|url| url.starts_with('/'))
            .map(|url| escape(&format!("{}{url}", roots.files)))
    };
    let Some(src) = at(face).filter(|_| get(face, "kind") == "image") else { return };
    let decorative = face.get("decorative").and_then(Json::as_bool).unwrap_or_default();
    let alt = match alt {
        "" if decorative => "",
        "" => get(face, "alternative_text"),
        alt => alt,
    };
    let _ = write!(out, r#"<figure><img src="{src}" alt="{}""#, escape(alt));
    for name in ["width", "height"] {
        if let Some(pixels) = face.get(name).and_then(Json::as_i64) {
            let _ = write!(out, r#" {name}="{pixels}""#);
        }
    }
    let whole = face.get("width").and_then(Json::as_i64).map(|width| format!("{src} {width}w"));
    let smaller = face.get("variants").and_then(Json::as_array).into_iter().flatten();
    let smaller = smaller.filter_map(|one| Some(format!("{} {}w", at(one)?, one.get("width")?.as_i64()?)));
    let set: Vec<String> = smaller.chain(whole).collect();
    if set.len() > 1 {
        // How wide it is shown the site decides; browsers that do not know ‘auto’ take the next.
        let _ = write!(out, r#" srcset="{}" sizes="auto, 100vw""#, set.join(", "));
    }
    let _ = write!(out, r#" loading="lazy" data-object="media" data-id="{id}">"#);
    let lines: Vec<String> = ["caption", "credit"]
        .into_iter()
        .flat_map(|name| get(face, name).lines())
        .filter(|line| !line.trim().is_empty())
        .map(escape)
        .collect();
    if !lines.is_empty() {
        let _ = write!(out, "<figcaption>{}</figcaption>", lines.join("<br>"));
    }
    out.push_str("</figure>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_here_leaves_words_and_nothing_else() {
        let faces = HashMap::from([
            (
                "a".to_owned(),
                json!({ "id": "a", "object": "project", "path": "/research/a\"b", "title": "T" }),
            ),
            (
                "d".to_owned(),
                json!({
                    "id": "d", "object": "media", "kind": "document", "url": "/media/1/d.pdf",
                    "media_type": "application/pdf", "size": 1200,
                }),
            ),
            ("t".to_owned(), json!({ "id": "t", "object": "term" })),
        ]);
        let pieces = [
            json!("<p>See <a href=\"/x\">x</a> href=&quot;/y "),
            json!({ "$ref": "a", "words": "<em>one</em>" }),
            json!({ "$ref": "b", "words": "two" }),
            json!({ "$ref": "d", "words": "three" }),
            json!({ "$ref": "t", "words": "four" }),
            json!("</p>"),
            json!({ "$ref": "b", "alt": "never" }),
            json!({ "$ref": "d", "alt": "never" }),
        ];
        assert_eq!(
            text(&pieces, &faces, Roots::default()),
            "<p>See <a href=\"/x\">x</a> href=&quot;/y \
             <a href=\"/research/a&quot;b\" data-object=\"project\" data-id=\"a\"><em>one</em></a>two\
             <a href=\"/media/1/d.pdf\" data-object=\"media\" data-id=\"d\" type=\"application/pdf\" \
             data-size=\"1200\">three</a>four</p>"
        );
        let elsewhere =
            text(&pieces, &faces, Roots { site: "https://w.example.org", files: "https://f.example.org" });
        assert!(elsewhere.contains("<a href=\"https://w.example.org/x\">x</a> href=&quot;/y"), "{elsewhere}");
        assert!(elsewhere.contains("\"https://w.example.org/research/"), "{elsewhere}");
        assert!(elsewhere.contains("\"https://f.example.org/media/1/d.pdf\""), "{elsewhere}");
    }

    #[test]
    fn images_say_what_the_library_says() {
        let mut face = json!({
            "id": "i", "object": "media", "kind": "image", "url": "/media/1/i.jpg", "width": 900, "height": 600,
            "variants": [{ "width": 320, "height": 213, "url": "/media/1/320/i.jpg" }],
            "alternative_text": "A room", "decorative": false, "caption": "One\nTwo", "credit": "A & B",
        });
        let show = |face: &Json, alt: &str| {
            let faces = HashMap::from([("i".to_owned(), face.clone())]);
            text(&[json!({ "$ref": "i", "alt": alt })], &faces, Roots::default())
        };
        assert_eq!(
            show(&face, ""),
            "<figure><img src=\"/media/1/i.jpg\" alt=\"A room\" width=\"900\" height=\"600\" \
             srcset=\"/media/1/320/i.jpg 320w, /media/1/i.jpg 900w\" sizes=\"auto, 100vw\" loading=\"lazy\" \
             data-object=\"media\" data-id=\"i\">\
             <figcaption>One<br>Two<br>A &amp; B</figcaption></figure>"
        );
        assert!(show(&face, "Here").contains("alt=\"Here\""));
        face["decorative"] = json!(true);
        assert!(show(&face, "").contains("alt=\"\""));
    }
}
