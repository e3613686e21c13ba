//! One's own account: who one is, another password, signing out everywhere. It must not change an
//! account other than that of whoever asks.

use axum::extract::State as FromState;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;
use secrecy::SecretString;
use tower_sessions::Session;

use super::State;
use super::failure::Failure;
use super::form::posted::Posted;
use super::layout::{Flash, Page, page_head};
use super::session::SignedIn;
use super::simple::{Input, about_passwords, asked, input, summary};
use crate::accounts::session;
use crate::content::Problems;
use crate::editing::User;
use crate::error::Error;
use crate::store::Account;

/// `GET /admin/account`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    uri: Uri,
) -> Result<Response, Failure> {
    let account = own(&state, &user).await?;
    let flash = (asked(&uri, "done") == "password").then(|| {
        let text = "Your password is changed. You are still signed in here; everywhere else you have been signed out.";
        Flash::Success(text.to_owned())
    });
    Ok(page(&user, &account, StatusCode::OK, flash, &Problems::default()))
}

/// `POST /admin/account/password`
pub(super) async fn change_password(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    session: Session,
    posted: Posted,
) -> Result<Response, Failure> {
    let account = own(&state, &user).await?;
    let read = |name: &str| SecretString::from(posted.get(name).unwrap_or_default());
    let keep = session::id_hash(&session);
    let changed = state
        .accounts
        .change_password(&account.id, read("old_password"), read("password"), keep.as_deref())
        .await;
    match changed {
        Ok(account) => {
            session::begin(&session, &account, &state.desk.clock).await?;
            Ok(Redirect::to("/admin/account?done=password").into_response())
        }
        Err(Error::Invalid(problems)) => {
            Ok(page(&user, &account, StatusCode::UNPROCESSABLE_ENTITY, None, &problems))
        }
        Err(Error::Refused(why)) => {
            let flash = Some(Flash::Error(why));
            Ok(page(&user, &account, StatusCode::CONFLICT, flash, &Problems::default()))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/account/sign-out-everywhere`
pub(super) async fn sign_out_everywhere(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    session: Session,
) -> Result<Response, Failure> {
    let account = own(&state, &user).await?;
    state.accounts.sign_out_everywhere(&account.id).await?;
    session.flush().await.map_err(Error::internal)?;
    Ok(Redirect::to("/admin/sign-in").into_response())
}

async fn own(state: &State, user: &User) -> Result<Account, Failure> {
    let id = user.account.as_deref().ok_or(Error::NotFound)?;
    Ok(state.desk.store.account(id).await?.ok_or(Error::NotFound)?)
}

fn page(
    user: &User,
    account: &Account,
    status: StatusCode,
    flash: Option<Flash>,
    problems: &Problems,
) -> Response {
    let help = about_passwords();
    let body = html! {
        @if let Some(flash) = &flash { (flash) }
        (page_head(&html! { "Your account" }, &html! {}, &html! {}))
        (summary(problems, &["old_password", "password"]))
        div.prose {
            section.group aria-labelledby="who" {
                h2 #who { "You" }
                p.about { "To change any of these, ask an administrator." }
                dl.facts-list {
                    dt { "Name" } dd { (account.name) }
                    dt { "E-mail" } dd { (account.email) }
                    dt { "Role" } dd { (account.role.label()) }
                }
            }
            section.group aria-labelledby="pw" {
                h2 #pw { "Password" }
                form method="post" action="/admin/account/password" novalidate {
                    // So that password managers know whose password it is.
                    input.visually-hidden #username type="email" name="email" value=(account.email) autocomplete="username"
                        readonly tabindex="-1" aria-hidden="true";
                    (input(&Input {
                        name: "old_password", label: "Present password", kind: "password",
                        autocomplete: "current-password", class: Some("medium"), ..Input::default()
                    }, problems))
                    (input(&Input {
                        name: "password", label: "New password", kind: "password", help: &help,
                        autocomplete: "new-password", class: Some("medium"), ..Input::default()
                    }, problems))
                    div.page-foot { button.button.button-main type="submit" { "Change password" } }
                }
            }
            section.group aria-labelledby="out" {
                h2 #out { "Sign out everywhere" }
                p.about {
                    "If you left yourself signed in on another device, or lost one, end all your sessions. You will "
                    "be asked to sign in again here, too."
                }
                form method="post" action="/admin/account/sign-out-everywhere" {
                    div.page-foot { button.button type="submit" { "Sign out everywhere" } }
                }
            }
        }
    };
    (status, html! { (Page { user, title: "Your account", section: "/admin/account", body }) })
        .into_response()
}
