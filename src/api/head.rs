//! What a page about an item says of it in its `<head>`: schema.org for search engines, Highwire
//! tags for Google Scholar, typed links; as values and as HTML to print. It must not hold more than
//! the item's own answer.

mod citation_meta;
mod json_ld;

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value as Json, json};

use super::export::{escape, faces, records};
use super::item::{self, Found};
use super::problem::{Problem, Result};
use super::respond::Answer;
use super::signpost::{self, Link};
use super::site::Site;
use super::tags::Tags;
use super::{Api, Reference, Shared, grammar, named};
use crate::content::types::OUTPUT;
use crate::content::{ContentType, TYPES};

/// One `<meta>`: its name and what it says.
type Meta = (&'static str, String);

/// The addresses of heads.
pub(super) fn routes() -> Router<Arc<Api>> {
    let mut router = Router::new();
    for content_type in TYPES.into_iter().filter(|one| signpost::TYPES.contains(&one.name)) {
        let head = move |State(api): Shared, reference: Reference, RawQuery(query): RawQuery| async move {
            show(&api.at_one_moment().await?, content_type, &named(reference)?, query.as_deref()).await
        };
        router = router.route(&format!("/api/v1/{}/{{reference}}/head", content_type.plural), get(head));
    }
    router
}

/// Answers with the head of an item's page.
async fn show(
    api: &Api,
    content_type: &'static ContentType,
    reference: &str,
    raw: Option<&str>,
) -> Result<Response> {
    let query = grammar::read_nothing(raw)?;
    let document = match item::find(api, content_type, reference, &["head"], &query).await? {
        Found::Here(document) => *document,
        Found::Elsewhere(response) => return Ok(response),
    };
    let site = Site::load(api).await?;
    let page = site.at(&document.path);
    let mut tags = Tags::item(content_type, &document.id);
    let (face, json_ld, meta) = if content_type.name == OUTPUT.name {
        let record = records(api, &site, &[document], &mut tags).await?.pop().ok_or(Problem::Internal)?;
        let (json_ld, meta) = (json_ld::output(&record), citation_meta::output(&record, &site));
        (record.face, json_ld, meta)
    } else {
        let face = faces(api, content_type, &[document], &mut tags).await?.pop().ok_or(Problem::Internal)?;
        let json_ld = json_ld::item(api, &face, &page, &site);
        (face, json_ld, Vec::new())
    };
    let description = ["summary", "abstract"].into_iter().find_map(|name| face.get(name)?.as_str());
    let mut all: Vec<Meta> = description.map(|text| ("description", text.to_owned())).into_iter().collect();
    all.extend(meta);
    let mut links = vec![Link { rel: "canonical", href: page, media: None }];
    links.extend(signpost::links(api, content_type, &face));
    let html = html(&json_ld, &all, &links);
    let data = json!({
        "json_ld": json_ld,
        "meta": all.iter().map(|(name, content)| json!({ "name": name, "content": content })).collect::<Json>(),
        "links": links.iter().map(link).collect::<Json>(),
        "html": html,
    });
    let path = api.path(&[content_type.plural, reference, "head"]);
    let body = json!({ "data": data, "links": { "self": query.link(&path) } });
    let last_modified = face.get("updated_at").and_then(Json::as_str).and_then(|time| time.parse().ok());
    Answer { body: body.to_string(), last_modified, tags, ..Answer::default() }.respond(api.clock.now())
}

fn link(link: &Link) -> Json {
    let mut written = Map::new();
    written.insert("rel".to_owned(), json!(link.rel));
    written.insert("href".to_owned(), json!(link.href));
    written.extend(link.media.map(|media| ("type".to_owned(), json!(media))));
    Json::Object(written)
}

/// The same as HTML. In a script element nothing is escaped but what could end it or open a comment
/// (HTML §4.12.1.3); JSON has another spelling for that.
fn html(json_ld: &Json, meta: &[Meta], links: &[Link]) -> String {
    let mut html = String::new();
    for (name, content) in meta {
        html += &format!("<meta name=\"{name}\" content=\"{}\">\n", escape(content));
    }
    for Link { rel, href, media } in links {
        let media = media.map(|media| format!(" type=\"{media}\"")).unwrap_or_default();
        html += &format!("<link rel=\"{rel}\" href=\"{}\"{media}>\n", escape(href));
    }
    let script = json_ld.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    html + &format!("<script type=\"application/ld+json\">{script}</script>\n")
}
