//! Publishing from the grid: what the chosen rows lack, then the verb. It must not publish what was
//! not asked for.

use axum::Json;
use axum::extract::{Path, State as FromState};
use serde::Serialize;

use super::{Ids, Refusal, Row, Sent, Table};
use crate::admin::State;
use crate::admin::session::SignedIn;
use crate::content::Id;
use crate::content::types::OUTPUT;
use crate::editing;
use crate::error::Error;

/// What somebody should know of a row before it is published.
#[derive(Debug, Serialize)]
pub(super) struct Checked {
    id: Id,
    title: String,
    state: &'static str,
    /// What publishing needs and it lacks, in sentences.
    missing: Vec<String>,
}

/// `POST …/check`
pub(super) async fn check(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    path: Option<Path<String>>,
    Sent(Ids { ids }): Sent<Ids>,
) -> Result<Json<Vec<Checked>>, Refusal> {
    Table::of(&state, &user, path).await?.rows(&state, &ids).await?;
    let checked = editing::lacking(&state.desk, &user, &OUTPUT, &ids).await?;
    let said = checked.into_iter().map(|candidate| Checked {
        id: candidate.stored.item.id,
        title: candidate.stored.item.title(),
        state: candidate.stored.state().name(),
        missing: candidate.missing.0.into_iter().map(|problem| problem.message).collect(),
    });
    Ok(Json(said.collect()))
}

/// `POST …/publish`: all of them, or none.
pub(super) async fn publish(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    path: Option<Path<String>>,
    Sent(Ids { ids }): Sent<Ids>,
) -> Result<Json<Vec<Row>>, Refusal> {
    Table::of(&state, &user, path).await?.rows(&state, &ids).await?;
    let (first, others) = ids.split_first().ok_or(Error::NotFound)?;
    let done = editing::publish(&state.desk, &user, *first, None, others).await?;
    Ok(Json(done.iter().map(Row::of).collect()))
}
