//! JSON Feed 1.1 (jsonfeed.org/version/1.1). It must not leave an entry without content: where there
//! is no text, its summary is the content.

use serde_json::{Map, Value as Json, json};

use super::news::{Author, Entry, Feed};
use crate::content::document::time;

/// The feed as a document.
pub(super) fn write(feed: &Feed) -> String {
    let mut document = Map::new();
    let mut put = |name: &str, value: Json| document.insert(name.to_owned(), value);
    put("version", json!("https://jsonfeed.org/version/1.1"));
    put("title", json!(feed.title));
    put("home_page_url", json!(feed.home));
    put("feed_url", json!(feed.here));
    if let Some(next) = &feed.next {
        put("next_url", json!(next));
    }
    put("authors", json!([{ "name": feed.publisher, "url": feed.home }]));
    put("items", feed.entries.iter().map(entry).collect());
    Json::Object(document).to_string()
}

fn entry(entry: &Entry) -> Json {
    let mut item = Map::new();
    let mut put = |name: &str, value: Json| item.insert(name.to_owned(), value);
    put("id", json!(entry.id));
    put("url", json!(entry.link));
    put("title", json!(entry.title));
    put("summary", json!(entry.summary));
    match &entry.html {
        Some(html) => put("content_html", json!(html)),
        None => put("content_text", json!(entry.summary)),
    };
    put("date_published", json!(time(entry.published)));
    put("date_modified", json!(time(entry.updated)));
    if !entry.authors.is_empty() {
        put("authors", entry.authors.iter().map(author).collect());
    }
    Json::Object(item)
}

fn author(author: &Author) -> Json {
    match &author.link {
        Some(link) => json!({ "name": author.name, "url": link }),
        None => json!({ "name": author.name }),
    }
}
