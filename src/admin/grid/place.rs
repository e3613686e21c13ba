//! Where rows stand: their order in the table, taken out of it, and put back.

use axum::Json;
use axum::extract::{Path, State as FromState};
use serde::Serialize;

use super::{Ids, Refusal, Row, SAVE_MAX, Sent, Table};
use crate::admin::State;
use crate::admin::form::outputs::projects;
use crate::admin::session::SignedIn;
use crate::content::types::OUTPUT;
use crate::content::{Id, Value};
use crate::editing::{self, Edit, GAP, User, reorder};
use crate::error::{Error, Result};
use crate::store::{self, Stored};

/// `POST /admin/projects/{id}/outputs/order`: the rows that were moved, as they are now.
pub(super) async fn order(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    path: Path<String>,
    Sent(Ids { ids }): Sent<Ids>,
) -> Result<Json<Vec<Row>>, Refusal> {
    let project = super::project(&state, &user, path).await?;
    let moved = reorder(&state.desk, &user, project.item.id, &ids).await?;
    Ok(Json(moved.iter().map(Row::of).collect()))
}

/// What became of a row that was taken out of the table.
#[derive(Debug, Serialize)]
pub(super) struct Removed {
    id: Id,
    /// `trashed`; `unlinked` where it stands in other tables too; `refused`.
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// `POST …/remove`: into the trash with those that stand in no other table; from the table of all outputs, with
/// each.
pub(super) async fn remove(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    path: Option<Path<String>>,
    Sent(Ids { ids }): Sent<Ids>,
) -> Result<Json<Vec<Removed>>, Refusal> {
    let table = Table::of(&state, &user, path).await?;
    if ids.len() > SAVE_MAX {
        return Err(Error::Refused(format!("At most {SAVE_MAX} rows can be deleted at once.")).into());
    }
    let mut done = Vec::with_capacity(ids.len());
    for stored in table.rows(&state, &ids).await? {
        let id = stored.item.id;
        let elsewhere = |project| stored.item.rows("projects").iter().any(|row| row.target != Some(project));
        let result = match table {
            Table::Of(project) if elsewhere(project) => {
                unlink(&state, &user, stored, project).await.map(|()| "unlinked")
            }
            Table::Of(_) | Table::All => editing::trash(&state.desk, &user, id).await.map(|_| "trashed"),
        };
        done.push(match result {
            Ok(outcome) => Removed { id, outcome, message: None },
            Err(error @ (Error::Denied(_) | Error::Refused(_) | Error::Conflict(_))) => {
                Removed { id, outcome: "refused", message: Some(error.to_string()) }
            }
            Err(error) => return Err(error.into()),
        });
    }
    Ok(Json(done))
}

async fn unlink(state: &State, user: &User, stored: Stored, project: Id) -> Result<()> {
    let mut item = stored.item.clone();
    let rows = item.rows("projects").iter().filter(|row| row.target != Some(project)).cloned().collect();
    item.set("projects", Value::Many(rows));
    editing::save(&state.desk, user, &[Edit::of(&stored, item)]).await.map(|_| ())
}

/// `POST …/restore`: back out of the trash, or into the table, at its end.
pub(super) async fn restore(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    path: Option<Path<String>>,
    Sent(Ids { ids }): Sent<Ids>,
) -> Result<Json<Vec<Row>>, Refusal> {
    let table = Table::of(&state, &user, path).await?;
    if ids.len() > SAVE_MAX {
        return Err(Error::Refused(format!("At most {SAVE_MAX} rows can be put back at once.")).into());
    }
    let mut end = match table {
        Table::Of(project) => end_of(&state, project).await?,
        Table::All => 0,
    };
    let mut back = Vec::with_capacity(ids.len());
    for stored in state.desk.store.items(&OUTPUT, &ids).await? {
        let trashed = stored.state() == store::State::Trashed;
        back.push(match (trashed, table) {
            (true, _) if table.holds(&stored.item) => {
                editing::untrash(&state.desk, &user, stored.item.id).await?
            }
            (true, _) => return Err(Error::NotFound.into()),
            (false, Table::Of(project)) if !table.holds(&stored.item) => {
                let mut item = stored.item.clone();
                reorder::set_place(&mut item, project, end);
                end += GAP;
                let edit = [Edit::of(&stored, item)];
                editing::save(&state.desk, &user, &edit).await?.pop().ok_or(Error::NotFound)?
            }
            (false, _) => stored,
        });
    }
    Ok(Json(back.iter().map(Row::of).collect()))
}

/// The place behind the table's last row.
///
/// # Errors
/// [`Error::Refused`] where no more rows fit.
pub(super) async fn end_of(state: &State, project: Id) -> Result<i64> {
    let field = projects().ok_or(Error::NotFound)?;
    let standing = state.desk.store.linking(&OUTPUT, field, project).await?;
    if standing.len() >= crate::content::validate::ROWS_MAX {
        return Err(Error::Refused("No more rows fit into this table. Take some out first.".to_owned()));
    }
    Ok(standing.iter().filter_map(|output| reorder::place(&output.item, project)).max().unwrap_or(0) + GAP)
}
