//! Search results as somebody types: for a linking field the inside of its results box, for a link in
//! a text items of every type, for an image those of the library.

use axum::Json;
use axum::extract::{Path, Query, State as FromState};
use maud::{Markup, html};

use super::failure::Failure;
use super::form::{links, rich};
use super::session::SignedIn;
use super::{State, items, library};
use crate::content::types::media::{DOCUMENT, IMAGE};
use crate::content::types::{MEDIA, SITE};
use crate::content::{Id, by_name, shape};
use crate::error::Error;
use crate::published::{Document, Located, NEAR, Order, Select};
use crate::store;

/// How many items are offered for a link: more would be scrolled, not read.
const OFFERED: usize = 8;

/// How many images are offered: they are told apart at a glance.
const IMAGES: i64 = 24;

/// How many are looked through for those that can be linked to.
const LOOKED_AT: i64 = 40;

/// `GET /admin/find/{plural}?of=project&field=team&team.find=har`
pub(super) async fn find(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(plural): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Markup, Failure> {
    let get = |name: &str| asked.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str());
    let of = get("of").and_then(by_name).ok_or(Error::NotFound)?;
    let field = get("field").and_then(|name| of.field(name)).ok_or(Error::NotFound)?;
    if field.target() != Some(items::content_type(&plural)?.name) {
        return Err(Error::NotFound.into());
    }
    // htmx sends the search box under its own name.
    let typed = get("q").or_else(|| get(&format!("{}.find", field.name))).unwrap_or_default();
    if typed.trim().is_empty() {
        return Ok(html! {});
    }
    let found = links::find(&state, &user, field, typed).await?;
    Ok(links::results(field, &found))
}

/// `GET /admin/find?q=har`: what a text can link to; with `of=images` what it can show, the newest where
/// nothing is typed.
pub(super) async fn anything(
    FromState(state): FromState<State>,
    SignedIn(_user): SignedIn,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Json<Vec<rich::Item>>, Failure> {
    let get = |name: &str| asked.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value.trim());
    let typed: String = get("q").chars().take(500).collect();
    let found = match get("of") {
        "images" => images(&state, typed).await?,
        _ => linkable(&state, &typed).await?,
    };
    Ok(Json(found.iter().map(rich::Item::of).collect()))
}

/// Images of the library.
async fn images(state: &State, typed: String) -> Result<Vec<Document>, Failure> {
    let mut select = Select::of(&MEDIA);
    select.filters = vec![links::not_trashed(), library::of_kind(IMAGE)];
    select.order = Order::parse(&MEDIA, "-updated_at").filter(|_| typed.is_empty());
    select.search = Some(typed).filter(|typed| !typed.is_empty());
    select.near = Some(NEAR);
    select.limit = IMAGES;
    Ok(state.desk.lists().list(&select).await?.items)
}

/// What has a page of its own, and documents of the library: by name, or by an address at which it is
/// edited or lives on the public site.
async fn linkable(state: &State, typed: &str) -> Result<Vec<Document>, Failure> {
    let lists = state.desk.lists();
    let last = typed.rsplit('/').next().and_then(|last| last.split(['?', '#']).next());
    let found = if let Some(id) = last.and_then(|id| id.parse::<Id>().ok()) {
        lists.get(&id.to_string()).await?.into_iter().collect()
    } else if ["/", "http://", "https://"].iter().any(|begin| typed.starts_with(begin)) {
        // An address means what lives there; its words are nobody's name.
        match path_of(state, typed).await? {
            Some(path) => match lists.at(&path).await? {
                Located::Here(found) | Located::Moved(found) => vec![*found],
                Located::Gone | Located::Unknown => Vec::new(),
            },
            None => Vec::new(),
        }
    } else {
        lists.search(typed, LOOKED_AT).await?
    };
    let fits = |document: &Document| {
        let file = document.json.get("kind").and_then(|kind| kind.as_str()) == Some(DOCUMENT);
        let linkable = shape::has_path(document.content_type) || document.content_type == &MEDIA && file;
        linkable && links::document_state(document) != store::State::Trashed
    };
    Ok(found.into_iter().filter(fits).take(OFFERED).collect())
}

/// The path of the public site that was typed or pasted, with or without the site's address.
async fn path_of(state: &State, typed: &str) -> Result<Option<String>, Failure> {
    let mut path = typed;
    if !typed.starts_with('/') {
        let Some(site) = state.desk.store.single(&SITE).await? else { return Ok(None) };
        let address = site.item.text("address").trim_end_matches('/');
        match typed.strip_prefix(address).filter(|path| path.starts_with('/')) {
            Some(below) => path = below,
            None => return Ok(None),
        }
    }
    Ok(path.split(['?', '#']).next().map(str::to_owned))
}
