//! What the outputs grid asks while somebody works in it: rows saved by themselves, their order,
//! publishing, removing, names for the lead. JSON in and out over the verbs; it must not decide who
//! may do what, and every answer is about rows of the one project in the address.

mod people;
mod place;
mod public;
mod save;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Path, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::failure::Failure;
use super::form::outputs::OutputRow;
use super::{State, items};
use crate::content::types::{OUTPUT, PROJECT};
use crate::content::{Id, Item};
use crate::editing::{User, Verb, permission};
use crate::error::{Error, Result};
use crate::store::{self, Stored};

/// The most rows that one save takes; the grid sends longer pastes in parts.
const SAVE_MAX: usize = 500;

/// The grid's addresses, all below one project.
pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/admin/projects/{id}/outputs/save", post(save::save))
        .route("/admin/projects/{id}/outputs/order", post(place::order))
        .route("/admin/projects/{id}/outputs/remove", post(place::remove))
        .route("/admin/projects/{id}/outputs/restore", post(place::restore))
        .route("/admin/projects/{id}/outputs/check", post(public::check))
        .route("/admin/projects/{id}/outputs/publish", post(public::publish))
        .route("/admin/projects/{id}/outputs/people", get(people::find))
}

/// An error for a script: its status, and one sentence for the editor.
#[derive(Debug)]
struct Refusal(Error);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let text = self.0.to_string();
        let status = Failure(self.0).into_response().status();
        said(status, &text)
    }
}

fn said(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({ "error": text }))).into_response()
}

/// A body of JSON of this shape; anything else is answered in the same way as other errors.
struct Sent<T>(T);

impl<T: DeserializeOwned> FromRequest<State> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &State) -> Result<Self, Response> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(sent)) => Ok(Self(sent)),
            Err(JsonRejection::BytesRejection(_)) => Err(said(
                StatusCode::PAYLOAD_TOO_LARGE,
                "This is too much at once. Change fewer rows at a time.",
            )),
            Err(JsonRejection::MissingJsonContentType(_)) => {
                Err(said(StatusCode::UNSUPPORTED_MEDIA_TYPE, "This is no JSON. Reload the page."))
            }
            Err(_) => Err(said(StatusCode::BAD_REQUEST, "This cannot be read. Reload the page.")),
        }
    }
}

/// The ids of some rows.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Ids {
    ids: Vec<Id>,
}

/// A row as the grid keeps it.
#[derive(Debug, Serialize)]
struct Row {
    id: Id,
    version: i64,
    state: &'static str,
    /// In the order of the columns.
    cells: [String; 6],
}

impl Row {
    fn of(stored: &Stored) -> Self {
        let row = OutputRow::of(&stored.item, stored.meta.version);
        Self { id: row.id, version: stored.meta.version, state: stored.state().name(), cells: row.cells }
    }
}

/// The project of the address, for somebody who may see it.
async fn project(state: &State, user: &User, Path(id): Path<String>) -> Result<Stored> {
    let id = items::id(&id)?;
    let project = state.desk.store.items(&PROJECT, &[id]).await?.pop().ok_or(Error::NotFound)?;
    permission::allow(user, Verb::Read, &project)?;
    if project.state() == store::State::Trashed {
        return Err(Error::Refused(
            "This project is in the trash. Take it out before you change its outputs.".to_owned(),
        ));
    }
    Ok(project)
}

/// Whether an output stands in the project's table.
fn stands_in(output: &Item, project: Id) -> bool {
    output.rows("projects").iter().any(|row| row.target == Some(project))
}

/// These outputs, all of which must stand in the project's table.
///
/// # Errors
/// [`Error::NotFound`] where one does not.
async fn rows_of(state: &State, project: Id, ids: &[Id]) -> Result<Vec<Stored>> {
    let found = state.desk.store.items(&OUTPUT, ids).await?;
    let whole = found.len() == ids.len() && found.iter().all(|stored| stands_in(&stored.item, project));
    if whole { Ok(found) } else { Err(Error::NotFound) }
}
