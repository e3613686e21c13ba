//! What an image shows, said where it is put into a text. It must not be a second form of the item.

use axum::Json;
use axum::extract::{Path, State as FromState};
use axum::response::{IntoResponse as _, Response};

use crate::admin::failure::Failure;
use crate::admin::form::posted::Posted;
use crate::admin::form::rich;
use crate::admin::session::SignedIn;
use crate::admin::{State, items};
use crate::editing;
use crate::error::Error;

/// `POST /admin/media/{id}/describe`, with `words`, which are empty where the image only decorates:
/// what the editor should know of it from now on.
pub(in crate::admin) async fn describe(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let id = items::id(&id)?;
    editing::describe(&state.desk, &user, id, posted.get("words").unwrap_or_default()).await?;
    let document = state.desk.lists().get(&id.to_string()).await?.ok_or(Error::NotFound)?;
    Ok(Json(rich::Item::of(&document)).into_response())
}
