//! What was written into the table's form: it has the grid save that, and lays what could not be saved over the
//! rows of the page that comes back. It must not save by itself.

use std::collections::BTreeMap;

use axum::extract::{Query, State as FromState};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::{AS, Line, TABLE};
use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::form::outputs::{COLUMNS, OutputRow};
use crate::admin::form::outputs_table::said;
use crate::admin::form::posted::Posted;
use crate::admin::grid::Table;
use crate::admin::grid::save::{Outcome, Typed, take};
use crate::admin::list::{Asked, columns, page, views};
use crate::admin::session::SignedIn;
use crate::content::Id;
use crate::content::types::OUTPUT;

/// What is said when all was saved.
pub(super) const SAVED: &str = "rows-saved";

/// What was written into the table's form, and what became of each row; not all of them could be saved.
pub(in crate::admin::list) struct Sent(pub(super) Vec<(OutputRow, Outcome)>);

/// Lays a row that was sent over the one that is there. Of what is saved nothing is left to say.
pub(super) fn lay(lines: &mut Vec<Line>, row: OutputRow, outcome: Outcome, types: &[(String, String)]) {
    if matches!(outcome, Outcome::Saved(_)) {
        return;
    }
    let at = lines.iter().position(|line| line.row.id == row.id).unwrap_or_else(|| {
        lines.push(Line::sent(row.clone()));
        lines.len() - 1
    });
    let Some(line) = lines.get_mut(at) else { return };
    line.row = row;
    let title = |text: String| BTreeMap::from([("title".to_owned(), text)]);
    line.wrong = match outcome {
        Outcome::Saved(_) => BTreeMap::new(),
        Outcome::Invalid { problems, .. } => problems,
        Outcome::Refused { message, .. } => title(message),
        Outcome::Gone { .. } => {
            title("Somebody moved this to the trash. What you typed stands here until you leave.".to_owned())
        }
        Outcome::Conflict { theirs, clashes, base_is_gone, who, when, merged } => {
            line.row.version = Some(theirs.version);
            line.row.cells = *merged;
            let is = OutputRow { cells: theirs.cells, ..OutputRow::new(line.row.id) };
            let clash = |column: &'static str| {
                let is = said(types, column, is.cell(column));
                let is = if is.is_empty() { "nothing".to_owned() } else { format!("‘{is}’") };
                let said = match base_is_gone {
                    false => format!("{who} changed this {when} to {is}. Save again to keep yours."),
                    true => format!(
                        "{who} saved this row {when}, and what you began from is no longer kept. This is {is} by now. \
                         Save again to keep yours."
                    ),
                };
                (column.to_owned(), said)
            };
            clashes.into_iter().map(clash).collect()
        }
    };
}

/// `GET /admin/outputs/table`: where somebody lands who opens the address of a form that was sent.
pub(in crate::admin) async fn redirect(Query(asked): Query<Vec<(String, String)>>) -> Redirect {
    let asked = columns::joined(asked);
    lead(&asked, "")
}

/// `POST /admin/outputs/table`: the form of a page, where no script saves its rows.
pub(in crate::admin) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Query(asked): Query<Vec<(String, String)>>,
    posted: Posted,
) -> Result<Response, Failure> {
    let asked = columns::joined(asked);
    let mut rows = posted.outputs();
    // What no form of ours sends: a row without an id.
    rows.retain(|row| !row.is_untouched() && row.id != Id::nil());
    let typed = |row: &OutputRow| {
        let cells = COLUMNS.iter().zip(&row.cells);
        let cells = cells.map(|(column, text)| ((*column).to_owned(), text.clone())).collect();
        Typed { id: row.id, version: row.version, cells }
    };
    let typed: Vec<Typed> = rows.iter().map(typed).collect();
    let outcomes = take(&state, &user, Table::All, &typed).await?;
    if outcomes.iter().all(|outcome| matches!(outcome, Outcome::Saved(_))) {
        return Ok(lead(&asked, SAVED).into_response());
    }
    let mut asked = asked.0;
    asked.retain(|(name, _)| !matches!(name.as_str(), AS | "done"));
    asked.push((AS.to_owned(), TABLE.to_owned()));
    let sent = Sent(rows.into_iter().zip(outcomes).collect());
    page(&state, &user, &OUTPUT, Asked(asked), &views::Said::default(), Some(sent)).await
}

/// The table of what was asked for, at its page.
fn lead(asked: &Asked, done: &str) -> Redirect {
    let mut pairs = asked.0.clone();
    pairs.retain(|(name, _)| !matches!(name.as_str(), AS | "done"));
    pairs.push((AS.to_owned(), TABLE.to_owned()));
    let page = asked.get("page").to_owned();
    let mut query = Asked(pairs).with("page", &page);
    if !done.is_empty() {
        query.push_str("&done=");
        query.push_str(done);
    }
    Redirect::to(&format!("/admin/outputs{query}"))
}
