//! What lives at a path of the public site, whatever it is. It must not guess: an answer is an item,
//! where it is now, that it is gone, or nothing.

use axum::response::Response;
use serde_json::json;

use super::problem::{Faults, Problem, Result};
use super::query::Query;
use super::site::Site;
use super::{Api, grammar, item, respond, shape};
use crate::content::ContentType;
use crate::content::types::PAGE;
use crate::published::Located;

/// The parameter that names the path.
const PATH: &str = "path";

/// The longest path, in bytes.
pub(super) const LONGEST: usize = 2_000;

/// Whether the request for a list of this type is one for a path.
pub(super) fn is_asked_for(content_type: &ContentType, raw: Option<&str>) -> bool {
    content_type.name == PAGE.name && Query::read(raw).is_ok_and(|query| query.values(PATH).next().is_some())
}

/// Answers with what lives at a path; or, 308, with the same request for the path where it is now.
pub(super) async fn show(api: &Api, raw: Option<&str>) -> Result<Response> {
    let query = Query::read(raw)?;
    let mut faults = Faults::default();
    grammar::refuse_unknown(&query, &[PATH, "fields"], &mut faults);
    let path = grammar::single(PATH, &query, &mut faults).unwrap_or_default();
    if !path.starts_with('/') || path.len() > LONGEST {
        let detail = format!(
            "Write a path of the public site, with the slash it begins with, of at most {LONGEST} bytes."
        );
        faults.add(PATH, "malformed", detail);
    }
    let path = faults.or(path)?;
    let api = &api.at_one_moment().await?;
    let found = api.store.at(path).await?;
    let here = api.path(&[PAGE.plural]);
    match found {
        Located::Here(document) => {
            let mut faults = Faults::default();
            let chosen = grammar::chosen(|| shape::alone(document.content_type), &query, &mut faults);
            let chosen = faults.or(chosen)?;
            let canonical = Site::load(api).await?.at(&document.path);
            let links = json!({ "self": query.link(&here), "canonical": canonical });
            item::whole(api, &document, chosen, &links).await
        }
        Located::Moved(document) => {
            let canonical = Site::load(api).await?.at(&document.path);
            let now = query.with(PATH, &document.path).link(&here);
            let told = json!({
                "data": {
                    "id": document.id,
                    "object": document.content_type.name,
                    "slug": document.slug,
                    "path": document.path,
                },
                "links": { "self": now, "canonical": canonical },
            });
            respond::moved_telling(now, &told)
        }
        Located::Gone => Err(Problem::Gone),
        Located::Unknown => Err(Problem::NotFound),
    }
}
