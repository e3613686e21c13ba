//! What somebody needs to send something to an address, asked before any of it is read. It must not decide
//! who has what is needed: `editing` does. An address that is not in the table takes nothing.

use std::collections::HashMap;

use axum::RequestExt as _;
use axum::extract::{MatchedPath, Path, Request, State as FromState};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::failure::{self, Failure};
use super::session::SignedIn;
use super::{State, items};
use crate::content::types::{MEDIA, OUTPUT, PROJECT};
use crate::content::{ContentType, Id};
use crate::editing::{self, User, Verb, import, merge, permission};
use crate::error::Result;

/// What is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    /// Nothing: it is about whoever sends it, and they may have no account yet.
    Nothing,
    /// What the verb asks for itself, which reads no body.
    NoBody,
    /// To manage accounts.
    Accounts,
    /// To do this with items of a type.
    Type(Of, Verb),
    /// To do this with the item that the address names.
    Item(Of, Verb),
    /// To upload files.
    Upload,
    /// To put back what was removed from the library.
    Removed,
    /// To import outputs, into the project where the address names one.
    Import,
    /// To merge items of the type that the address names.
    Merge,
    /// To delete something permanently.
    ForGood,
}

/// Of which type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// That which the address names.
    Address,
    Media,
    Outputs,
    Projects,
}

use Needs::{Accounts, ForGood, Import, Item, Merge, NoBody, Nothing, Removed, Type, Upload};
use Of::{Address, Media, Outputs, Projects};

/// Every address that takes something, with what is needed for it.
const NEEDS: [(&str, Needs); 40] = [
    ("/admin/sign-in", Nothing),
    ("/admin/sign-out", Nothing),
    ("/admin/set-up/{token}", Nothing),
    ("/admin/password/{token}", Nothing),
    ("/admin/account/password", Nothing),
    ("/admin/account/sign-out-everywhere", Nothing),
    ("/admin/users/new", Accounts),
    ("/admin/users/{id}", Accounts),
    ("/admin/users/{id}/reset", Accounts),
    ("/admin/outputs/import", Import),
    ("/admin/projects/{id}/outputs/import", Import),
    ("/admin/people/names", Type(Outputs, Verb::Save)),
    ("/admin/people/names/one", Type(Outputs, Verb::Save)),
    ("/admin/{plural}/{id}/merge", Merge),
    ("/admin/bulk/{plural}", Type(Address, Verb::Save)),
    // Whatever can be done to many: whoever may do any of it may save.
    ("/admin/bulk/{plural}/{batch}", Type(Address, Verb::Save)),
    ("/admin/changes/{batch}", NoBody),
    ("/admin/imports/{batch}", NoBody),
    ("/admin/media/new", Upload),
    ("/admin/media/removed/{hash}", Removed),
    ("/admin/media/{id}/describe", Item(Media, Verb::Save)),
    ("/admin/media/{id}", Item(Media, Verb::Save)),
    // Views of a list.
    ("/admin/{plural}", Type(Address, Verb::Read)),
    ("/admin/{plural}/new", Type(Address, Verb::Create)),
    ("/admin/{plural}/{id}", Item(Address, Verb::Save)),
    ("/admin/{plural}/{id}/autosave", Item(Address, Verb::Save)),
    ("/admin/{plural}/{id}/publish", Item(Address, Verb::Publish)),
    ("/admin/{plural}/{id}/delete", ForGood),
    ("/admin/outputs/table", Type(Outputs, Verb::Save)),
    ("/admin/outputs/table/save", Type(Outputs, Verb::Save)),
    ("/admin/outputs/table/remove", Type(Outputs, Verb::Save)),
    ("/admin/outputs/table/restore", Type(Outputs, Verb::Save)),
    ("/admin/outputs/table/check", Type(Outputs, Verb::Publish)),
    ("/admin/outputs/table/publish", Type(Outputs, Verb::Publish)),
    // An output may stand in one's own project's table and in somebody else's.
    ("/admin/projects/{id}/outputs/save", Type(Outputs, Verb::Save)),
    ("/admin/projects/{id}/outputs/remove", Type(Outputs, Verb::Save)),
    ("/admin/projects/{id}/outputs/restore", Type(Outputs, Verb::Save)),
    ("/admin/projects/{id}/outputs/check", Type(Outputs, Verb::Publish)),
    ("/admin/projects/{id}/outputs/publish", Type(Outputs, Verb::Publish)),
    ("/admin/projects/{id}/outputs/order", Item(Projects, Verb::Save)),
];

/// Lets through what reads, and what is sent by somebody who has what is needed for it.
pub(super) async fn ask(FromState(state): FromState<State>, mut request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let Some(route) = request.extensions().get::<MatchedPath>().filter(|_| !reads).cloned() else {
        return next.run(request).await;
    };
    let needs = NEEDS.iter().find(|(known, _)| *known == route.as_str()).map(|(_, needs)| *needs);
    let asked = match needs {
        None => return StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Some(Nothing | NoBody) => Ok(()),
        Some(needs) => has(&state, needs, &mut request).await,
    };
    match asked {
        Ok(()) => next.run(request).await,
        Err(failure) => failure::unread(failure, request.headers()),
    }
}

/// Whether whoever asks has what is needed.
async fn has(state: &State, needs: Needs, request: &mut Request) -> Result<(), Failure> {
    let SignedIn(user) = request.extract_parts_with_state(state).await?;
    let address = request.extract_parts::<Path<HashMap<String, String>>>().await;
    // An address of broken letters names nothing.
    let address = address.map(|Path(address)| address).unwrap_or_default();
    Ok(allow(state, &user, needs, &address).await?)
}

async fn allow(state: &State, user: &User, needs: Needs, address: &HashMap<String, String>) -> Result<()> {
    let part = |name: &str| address.get(name).map(String::as_str).unwrap_or_default();
    let of = |of: Of| -> Result<&'static ContentType> {
        match of {
            Address => items::content_type(part("plural")),
            Media => Ok(&MEDIA),
            Outputs => Ok(&OUTPUT),
            Projects => Ok(&PROJECT),
        }
    };
    match needs {
        Nothing | NoBody => Ok(()),
        Accounts => permission::allow_accounts(user),
        Type(what, verb) => permission::allow_type(user, verb, of(what)?),
        Item(what, verb) => {
            let (content_type, id) = (of(what)?, items::id(part("id"))?);
            permission::allow_id(&state.desk, user, verb, content_type, id).await
        }
        Upload => editing::may_upload(user),
        Removed => permission::allow_removed(user),
        Import => {
            let project: Option<Id> = address.get("id").map(|id| items::id(id)).transpose()?;
            import::may_import(&state.desk, user, project).await.map(drop)
        }
        Merge => merge::allow(user, of(Address)?),
        ForGood => permission::allow_for_good(user),
    }
}
