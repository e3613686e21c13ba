//! Users, for administrators: who they are, what they may do, and the links with which they choose
//! their passwords. It must not see or set a password, and shows a link once.

mod assigned;
mod pages;
mod typed;

use axum::extract::{Path, State as FromState};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::{ExposeSecret as _, SecretString};

use super::State;
use super::failure::Failure;
use super::form::posted::Posted;
use super::layout::Flash;
use super::session::SignedIn;
use super::simple::asked;
use super::when::When;
use crate::content::{Id, Problems};
use crate::editing::User;
use crate::editing::permission::allow_accounts;
use crate::error::Error;
use crate::store::Account;
use pages::{account_page, link_page, list_page, new_page};
use typed::Typed;

/// `GET /admin/users`
pub(super) async fn list(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
) -> Result<Response, Failure> {
    allow_accounts(&user)?;
    let accounts = state.desk.store.accounts().await?;
    let when = When::of(&state).await;
    Ok(list_page(&user, &accounts, &when))
}

/// `GET /admin/users/new`
pub(super) async fn new(SignedIn(user): SignedIn) -> Result<Response, Failure> {
    allow_accounts(&user)?;
    Ok(new_page(&user, StatusCode::OK, &Typed::default(), None, &Problems::default()))
}

/// `POST /admin/users/new`
pub(super) async fn add(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Failure> {
    allow_accounts(&user)?;
    let typed = Typed::read(&posted);
    match state.accounts.add(&user, &typed.email, &typed.name, &typed.role).await {
        Ok((account, token)) => {
            let url = url(&state, &headers, &token);
            Ok(link_page(&user, &account, &url, "The account is made. It has no password yet."))
        }
        Err(Error::Invalid(problems)) => {
            Ok(new_page(&user, StatusCode::UNPROCESSABLE_ENTITY, &typed, None, &problems))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /admin/users/{id}`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    allow_accounts(&user)?;
    let account = account(&state, &id).await?;
    let flash = match asked(&uri, "done").as_str() {
        "saved" => Some("Saved."),
        "ended" => Some("Saved. Where they were signed in, they have been signed out."),
        _ => None,
    };
    let flash = flash.map(|text| Flash::Success(text.to_owned()));
    let typed = Typed::of(&state, &account).await?;
    account_page(&state, &user, &account, StatusCode::OK, &typed, flash, &Problems::default()).await
}

/// `POST /admin/users/{id}`
pub(super) async fn update(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    allow_accounts(&user)?;
    let before = account(&state, &id).await?;
    let typed = Typed::read(&posted).with_assigned(&state, &before).await?;
    let assigned = typed.assigned.as_deref().unwrap_or_default();
    let updated =
        state.accounts.update(&user, &before.id, &typed.name, &typed.role, typed.suspended, assigned).await;
    let none = Problems::default();
    match updated {
        Ok(after) => {
            let done = if after.epoch == before.epoch { "saved" } else { "ended" };
            Ok(Redirect::to(&format!("/admin/users/{}?done={done}", after.id)).into_response())
        }
        Err(Error::Invalid(problems)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            account_page(&state, &user, &before, status, &typed, None, &problems).await
        }
        Err(Error::Refused(why)) => {
            let flash = Some(Flash::Error(why));
            account_page(&state, &user, &before, StatusCode::CONFLICT, &typed, flash, &none).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/users/{id}/reset`
pub(super) async fn reset(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    allow_accounts(&user)?;
    let account = account(&state, &id).await?;
    match state.accounts.make_reset_link(&user, &account.id).await {
        Ok(token) => {
            let url = url(&state, &headers, &token);
            Ok(link_page(&user, &account, &url, "The link is made. An earlier one does not work any more."))
        }
        Err(Error::Refused(why)) => {
            let flash = Some(Flash::Error(why));
            let typed = Typed::of(&state, &account).await?;
            account_page(&state, &user, &account, StatusCode::CONFLICT, &typed, flash, &Problems::default())
                .await
        }
        Err(error) => Err(error.into()),
    }
}

/// Shows a form again that was sent when its session had ended. Nothing of it is saved.
pub(super) async fn resume(state: &State, user: &User, path: &str, typed: &str) -> Result<Response, Failure> {
    allow_accounts(user)?;
    let typed = match Posted::parse(typed) {
        Ok(posted) => Typed::read(&posted),
        Err(response) => return Ok(*response),
    };
    let flash = Some(Flash::Warning("Here is what you typed. It is not saved yet.".to_owned()));
    let none = Problems::default();
    match path.strip_prefix("/admin/users/") {
        Some("new") => Ok(new_page(user, StatusCode::OK, &typed, flash, &none)),
        Some(id) => {
            let account = account(state, id).await?;
            let typed = typed.with_assigned(state, &account).await?;
            account_page(state, user, &account, StatusCode::OK, &typed, flash, &none).await
        }
        None => Err(Error::NotFound.into()),
    }
}

/// The account of an id out of an address.
async fn account(state: &State, id: &str) -> Result<Account, Failure> {
    let id: Id = id.parse().map_err(|_| Error::NotFound)?;
    Ok(state.desk.store.account(&id.to_string()).await?.ok_or(Error::NotFound)?)
}

/// The address of a one-time link, whole, so that it can be handed over. What the request says of
/// our own name counts only where the settings say nothing: whoever can make others send it would
/// choose where the link leads.
fn url(state: &State, headers: &HeaderMap, token: &SecretString) -> String {
    let path = format!("/admin/password/{}", token.expose_secret());
    if let Some(address) = &state.settings.admin_address {
        return format!("{address}{path}");
    }
    let scheme = if state.settings.tls { "https" } else { "http" };
    match headers.get(header::HOST).and_then(|host| host.to_str().ok()) {
        Some(host) => format!("{scheme}://{host}{path}"),
        None => path,
    }
}
