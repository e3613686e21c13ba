//! A form that saves itself while somebody writes: what it holds, without its table, over the version
//! that they saw. What others changed elsewhere in the item is merged and told; what both changed is
//! left for the person to see when they save. It must not publish, and not make an item: a new one is
//! there when its author says so, not as soon as they try a title.

use axum::Json;
use axum::extract::State as FromState;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::Addressed;
use super::press::merge_with_theirs;
use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::form::action::Done;
use crate::admin::form::merge::Merged;
use crate::admin::form::posted::Posted;
use crate::admin::form::{Draft, decode, lookup, standing};
use crate::admin::session::SignedIn;
use crate::admin::when::When;
use crate::content::{ContentType, Item, Problems};
use crate::editing::{self, Edit, User};
use crate::error::{Error, Result};
use crate::store::Stored;

/// How often it is tried when others save in between.
const TRIES: usize = 3;

/// What came of it; `admin-assets/src/autosave.ts` reads it.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum Outcome {
    Saved {
        version: i64,
        /// The fields that hold something else now than the form that was sent.
        fields: Vec<&'static str>,
        /// The parts of the page that are to be brought up to date.
        parts: String,
    },
    /// As it stands it cannot be saved; other text may be.
    Wrong { said: String },
    /// It will not save itself any more until somebody has looked.
    Stopped { said: String },
}

/// `POST /admin/{plural}/{id}/autosave`
pub(in crate::admin) async fn autosave(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Addressed { content_type, id }: Addressed,
    posted: Posted,
) -> Result<Response, Failure> {
    let outcome = match decode::draft(&state, &user, &posted, content_type, id).await {
        Ok(draft) => save(&state, &user, draft).await,
        Err(error) => Err(error),
    };
    let (status, outcome) = match outcome {
        Ok(Came::Saved { sent, stored }) => (StatusCode::OK, saved(&state, &user, &sent, &stored).await?),
        Ok(Came::Clashed(said)) => (StatusCode::CONFLICT, Outcome::Stopped { said }),
        Err(Error::Invalid(problems)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Outcome::Wrong { said: wrong(content_type, &problems) })
        }
        Err(error) => {
            let said = format!("Not saved: {error}");
            (Failure(error).into_response().status(), Outcome::Stopped { said })
        }
    };
    Ok((status, Json(outcome)).into_response())
}

/// What a form came to that nothing is wrong with.
enum Came {
    Saved {
        sent: Box<Item>,
        stored: Box<Stored>,
    },
    /// Somebody has changed the same: who, and what to do about it.
    Clashed(String),
}

/// Saves it, merged with what others have saved since.
async fn save(state: &State, user: &User, mut draft: Draft) -> Result<Came> {
    // The table saves its rows by itself.
    draft.outputs = None;
    let (sent, problems) = draft.item();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if draft.version.is_none() {
        return Err(Error::Refused("Save this once yourself; from then on it saves by itself.".to_owned()));
    }
    for _ in 0..TRIES {
        let edit = Edit { item: draft.item().0, seen: draft.version, place: String::new() };
        let ids = match editing::autosave(&state.desk, user, edit).await {
            Ok(stored) => {
                return Ok(Came::Saved { sent: Box::new(sent), stored: Box::new(stored) });
            }
            Err(Error::Conflict(ids)) => ids,
            Err(error) => return Err(error),
        };
        let (clash, _) = merge_with_theirs(state, &mut draft, &ids).await?;
        if !clash.both.is_empty() {
            return Ok(Came::Clashed(clashing(state, user, &draft, &clash).await?));
        }
    }
    Err(Error::Unavailable("Others are saving this all the time. It is tried again in a moment."))
}

/// Who has changed the same fields, and what to do about it.
async fn clashing(state: &State, user: &User, draft: &Draft, clash: &Merged) -> Result<String> {
    let theirs = state.desk.store.items(draft.content_type, &[draft.id]).await?.pop();
    let account = theirs.and_then(|theirs| theirs.meta.updated_by);
    let own = account.is_some() && user.account == account;
    let name = match &account {
        Some(account) if !own => state.desk.store.account(account).await?.map(|account| account.name),
        _ => None,
    };
    let name = name.unwrap_or_else(|| if own { "you" } else { "somebody else" }.to_owned());
    let fields = clash.both.iter().map(|name| label(draft.content_type, name)).collect::<Vec<_>>().join(", ");
    let what = match (clash.base_is_gone, own) {
        (true, _) => {
            format!(
                "{name} saved this meanwhile, and what you began from is no longer kept. It differs in {fields}"
            )
        }
        (false, true) => format!("{name} changed {fields} in another tab"),
        (false, false) => format!("{name} changed {fields} too"),
    };
    Ok(format!("Not saved: {what}. Save to see both sides."))
}

/// Which fields keep it from being saved. What is wrong with them is said when somebody saves.
fn wrong(content_type: &ContentType, problems: &Problems) -> String {
    let mut labels: Vec<&str> = Vec::new();
    for problem in &problems.0 {
        let label = label(content_type, problem.field.split('.').next().unwrap_or_default());
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    format!("Not saved yet: {} cannot be saved like this.", labels.join(", "))
}

fn label(content_type: &ContentType, name: &str) -> &'static str {
    content_type.field(name).map_or("Address", |field| field.label)
}

async fn saved(state: &State, user: &User, sent: &Item, stored: &Stored) -> Result<Outcome> {
    let version = stored.meta.version;
    let now = Draft::of(&stored.item, Some(version));
    let differing = Draft::of(sent, None).differing(&now);
    let fields: Vec<&'static str> = differing.into_iter().map(|(name, _)| name).collect();
    let (problems, done, when) = (Problems::default(), Done::default(), When::of(state).await);
    let context = lookup::context(state, user, &now, Some(stored), &problems, &done, when).await?;
    let parts = standing::parts(&context, &now, &fields).into_string();
    Ok(Outcome::Saved { version, fields, parts })
}
