//! Names for the lead academic as somebody types: how people are credited, and what tells two of one
//! name apart.

use axum::Json;
use axum::extract::{Path, Query, State as FromState};
use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::admin::State;
use crate::admin::form::links::not_trashed;
use crate::admin::session::SignedIn;
use crate::content::types::PERSON;
use crate::published::{Document, NEAR, Select};

/// How many names are offered: more would be scrolled, not read.
const OFFERED: i64 = 8;

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Name {
    /// As credited: `Tomkins, L`.
    name: String,
    /// Who that is: `Dr Leah Tomkins`.
    person: String,
    /// Where they work.
    place: String,
}

/// `GET /admin/projects/{id}/outputs/people?q=tom`
pub(super) async fn find(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    path: Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<Name>>, Refusal> {
    super::project(&state, &user, path).await?;
    let typed: String = asked.q.trim().chars().take(200).collect();
    if typed.is_empty() {
        return Ok(Json(Vec::new()));
    }
    let mut select = Select::of(&PERSON);
    select.search = Some(typed);
    select.order = None;
    select.filters = vec![not_trashed()];
    select.near = Some(NEAR);
    select.limit = OFFERED;
    let found = state.desk.lists().list(&select).await?.items;
    let places: Vec<String> = found.iter().filter_map(|person| place(person).map(str::to_owned)).collect();
    let places = state.desk.lists().titles(&places).await?;
    let names = found.iter().map(|person| Name {
        name: person.json.get("citation_name").and_then(|name| name.as_str()).unwrap_or_default().to_owned(),
        person: person.title.clone(),
        place: place(person)
            .and_then(|id| places.get(id))
            .map(|place| place.title.clone())
            .unwrap_or_default(),
    });
    Ok(Json(names.filter(|name| !name.name.is_empty()).collect()))
}

fn place(person: &Document) -> Option<&str> {
    person.json.get("organisation")?.get("$ref")?.as_str()
}
