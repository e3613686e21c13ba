//! Search results as somebody types: for a linking field the inside of its results box, for a link in
//! a text items of every type.

use axum::Json;
use axum::extract::{Path, Query, State as FromState};
use maud::{Markup, html};

use super::failure::Failure;
use super::form::{links, rich};
use super::session::SignedIn;
use super::{State, items};
use crate::content::{Id, by_name, shape};
use crate::error::Error;
use crate::store;

/// How many items are offered for a link: more would be scrolled, not read.
const OFFERED: usize = 8;

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

/// `GET /admin/find?q=har`: what a text can link to.
pub(super) async fn anything(
    FromState(state): FromState<State>,
    SignedIn(_user): SignedIn,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Json<Vec<rich::Item>>, Failure> {
    let typed = asked.iter().find(|(name, _)| name == "q").map_or("", |(_, typed)| typed.trim());
    let typed: String = typed.chars().take(500).collect();
    let lists = state.desk.lists();
    // Somebody may paste the address at which they edit it.
    let pasted =
        typed.rsplit('/').next().and_then(|last| last.split('?').next()).and_then(|id| id.parse::<Id>().ok());
    let found = match pasted {
        Some(id) => lists.get(&id.to_string()).await?.into_iter().collect(),
        None => lists.search(&typed, LOOKED_AT).await?,
    };
    let linkable = found.iter().filter(|document| {
        shape::has_path(document.content_type) && links::document_state(document) != store::State::Trashed
    });
    Ok(Json(linkable.take(OFFERED).map(rich::Item::of).collect()))
}
