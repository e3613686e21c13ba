//! What a site's menus are made of, in one request. It must not grow without bound.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value as Json, json};

use super::problem::Result;
use super::respond::Answer;
use super::tags::Tags;
use super::{Api, Shared, grammar, shape};
use crate::content::types::{PAGE, THEME};
use crate::content::{ContentType, TYPES};
use crate::published::{Leaf, Select};

/// The most themes.
const THEMES: i64 = 200;

/// The most pages that are looked at.
const PAGES: i64 = 1_000;

/// The deepest that pages stand in each other.
const DEEPEST: usize = 20;

/// The navigation's address.
pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new().route("/api/v1/navigation", get(show))
}

async fn show(State(api): Shared, RawQuery(raw): RawQuery) -> Result<Response> {
    grammar::read_nothing(raw.as_deref())?;
    let api = api.at_one_moment().await?;
    let pages = api.store.pages(PAGES).await?;
    let body = json!({
        "data": {
            "home": pages.iter().find(|page| page.path == "/").map(face),
            "themes": themes(&api).await?,
            "pages": tree(&pages),
            "counts": counts(&api).await?,
        },
        "links": { "self": api.path(&["navigation"]) },
    });
    // It counts every type that has pages.
    let tags = Tags::lists(placed());
    Answer { body: body.to_string(), tags, ..Answer::default() }.respond(api.clock.now())
}

/// The types that have pages.
fn placed() -> impl Iterator<Item = &'static ContentType> {
    TYPES.into_iter().filter(|one| shape::has_path(one))
}

async fn themes(api: &Api) -> Result<Json> {
    let themes = api.store.list(&Select { limit: THEMES, ..Select::of(&THEME) }).await?;
    let projects = api.store.projects_of_themes().await?;
    let theme = |document: &crate::published::Document| {
        json!({
            "id": document.id,
            "object": THEME.name,
            "slug": document.slug,
            "path": document.path,
            "number": document.json.get("number"),
            "title": document.json.get("title"),
            "projects": projects.get(&document.id).copied().unwrap_or_default(),
        })
    };
    Ok(themes.items.iter().map(theme).collect())
}

/// How many items there are of each type that has pages, by the type's plural.
async fn counts(api: &Api) -> Result<Json> {
    let counts = api.store.counts().await?;
    let number = |object: &str| -> i64 {
        counts.iter().filter(|(one, ..)| one == object).map(|(_, _, number)| number).sum()
    };
    Ok(Json::Object(placed().map(|one| (one.plural.to_owned(), json!(number(one.name)))).collect()))
}

fn face(page: &Leaf) -> Map<String, Json> {
    let properties = [
        ("id", page.id.as_str()),
        ("object", PAGE.name),
        ("slug", &page.slug),
        ("path", &page.path),
        ("title", &page.title),
    ];
    properties.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

/// The pages that editors show, each below the nearest page above it that they show too. What
/// stands below the root's own page stands at the top, as in the paths.
fn tree(pages: &[Leaf]) -> Json {
    let known: HashMap<&str, &Leaf> = pages.iter().map(|page| (page.id.as_str(), page)).collect();
    let shown = |page: &&Leaf| page.shown && page.path != "/";
    let mut below: HashMap<Option<&str>, Vec<&Leaf>> = HashMap::new();
    for page in pages.iter().filter(shown) {
        below.entry(above(page, &known)).or_default().push(page);
    }
    branch(None, &below, &mut HashSet::new())
}

/// The nearest page above that is shown; none where pages stand in a ring.
fn above<'page>(page: &'page Leaf, known: &HashMap<&str, &'page Leaf>) -> Option<&'page str> {
    let parent = |page: &Leaf| page.parent.as_deref().and_then(|id| known.get(id).copied());
    let chain = std::iter::successors(parent(page), |page| parent(page));
    let chain: Vec<&Leaf> = chain.take(DEEPEST).collect();
    if chain.len() == DEEPEST {
        return None;
    }
    let nearest = chain.into_iter().find(|page| page.shown && page.path != "/");
    nearest.map(|page| page.id.as_str())
}

fn branch<'page>(
    parent: Option<&'page str>,
    below: &HashMap<Option<&'page str>, Vec<&'page Leaf>>,
    seen: &mut HashSet<&'page str>,
) -> Json {
    let mut pages = Vec::new();
    for page in below.get(&parent).into_iter().flatten() {
        if seen.insert(&page.id) {
            let mut entry = face(page);
            entry.insert("children".to_owned(), branch(Some(&page.id), below, seen));
            pages.push(Json::Object(entry));
        }
    }
    Json::Array(pages)
}
