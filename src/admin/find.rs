//! Search results for a linking field as somebody types; the inside of its results box.

use axum::extract::{Path, Query, State as FromState};
use maud::{Markup, html};

use super::failure::Failure;
use super::form::links;
use super::session::SignedIn;
use super::{State, items};
use crate::content::by_name;
use crate::error::Error;

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
