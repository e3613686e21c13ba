//! The sitemap (sitemaps.org/protocol.html): every path of the public site as a whole address. It
//! belongs at the site's root; the site passes it on.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;

use super::problem::{Faults, Problem, Result};
use super::query::Query;
use super::respond::Answer;
use super::site::Site;
use super::xml::Xml;
use super::{Api, Shared, grammar};
use crate::published::Placed;

/// The most addresses of one file.
const MOST: i64 = 50_000;

/// The most files of an index.
pub(super) const PARTS: i64 = 50_000;

/// The namespace of both kinds of file.
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// The sitemap's media type.
pub(super) const XML: &str = "application/xml; charset=utf-8";

/// The sitemap's address.
pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new().route("/sitemap.xml", get(show))
}

async fn show(State(api): Shared, RawQuery(raw): RawQuery) -> Result<Response> {
    let query = Query::read(raw.as_deref())?;
    let mut faults = Faults::default();
    grammar::refuse_unknown(&query, &["part"], &mut faults);
    let part = part(&query, &mut faults);
    let part = faults.or(part)?;
    let site = Site::load(&api).await?;
    let all = api.store.count_placed().await?;
    let parts = parts(all);
    let body = match part {
        None if parts > 1 => index(parts, &site),
        Some(part) if part > parts => return Err(Problem::NotFound),
        part => urls(&api.store.placed((part.unwrap_or(1) - 1) * MOST, MOST).await?, &site),
    };
    Answer { body, content_type: Some(XML), ..Answer::default() }.respond(api.clock.now())
}

fn part(query: &Query, faults: &mut Faults) -> Option<i64> {
    let typed = grammar::single("part", query, faults)?;
    let part = typed.parse().ok().filter(|part| (1..=PARTS).contains(part));
    if part.is_none() {
        faults.add("part", "malformed", "Take the address of a part from /sitemap.xml.");
    }
    part
}

/// How many files hold so many addresses: one at least.
fn parts(all: i64) -> i64 {
    (all.saturating_add(MOST - 1) / MOST).clamp(1, PARTS)
}

fn index(parts: i64, site: &Site) -> String {
    let mut xml = Xml::new();
    xml.open("sitemapindex", &[("xmlns", NAMESPACE)]);
    for part in 1..=parts {
        xml.open("sitemap", &[]);
        xml.text("loc", &[], &site.at(&format!("/sitemap.xml?part={part}")));
        xml.close("sitemap");
    }
    xml.close("sitemapindex");
    xml.finish()
}

fn urls(placed: &[Placed], site: &Site) -> String {
    let mut xml = Xml::new();
    xml.open("urlset", &[("xmlns", NAMESPACE)]);
    for one in placed {
        xml.open("url", &[]);
        xml.text("loc", &[], &site.at(&one.path));
        xml.text("lastmod", &[], &one.updated_at);
        xml.close("url");
    }
    xml.close("urlset");
    xml.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_holds_too_many() {
        let counts = [0, 1, 50_000, 50_001, 100_000, 100_001].map(parts);
        assert_eq!(counts, [1, 1, 1, 2, 2, 3]);
    }
}
