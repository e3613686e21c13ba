//! The pages for those who are not signed in: signing in and out, setting Recto up, choosing a
//! password through a one-time link. It must not tell strangers which accounts exist, and looking
//! at a link does not use it up.

use axum::extract::{Path, Request, State as FromState};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use secrecy::SecretString;
use tower_sessions::Session;

use super::failure::Failure;
use super::form::posted::Posted;
use super::layout::{self, Flash};
use super::session::{ClientAddress, SignedIn};
use super::simple::{Input, about_passwords, asked, input, summary};
use super::{FORM_MAX, State, items, resume, users};
use crate::accounts::{LinkFor, SignIn, session};
use crate::content::Problems;
use crate::error::Error;
use crate::store::Account;

/// The largest body of a sign-in: what somebody typed comes along, and grows by being encoded a
/// second time.
const BODY_MAX: usize = 2 * FORM_MAX + 64 * 1024;

/// What the sign-in page carries and says.
#[derive(Clone, Copy, Default)]
struct Asks<'ask> {
    /// Where somebody wanted to go.
    next: &'ask str,
    /// What they had typed there.
    typed: &'ask str,
    email: &'ask str,
    error: Option<&'ask str>,
}

/// `GET /admin/sign-in`
pub(super) async fn show(
    FromState(state): FromState<State>,
    signed_in: Result<SignedIn, Failure>,
    session: Session,
    uri: Uri,
) -> Result<Response, Failure> {
    let next = asked(&uri, "next");
    if signed_in.is_ok() {
        return Ok(Redirect::to(landing(&next)).into_response());
    }
    // A session that nobody is signed in to any more is of no use; its cookie goes with it.
    if session.id().is_some() {
        session.flush().await.map_err(Error::internal)?;
    }
    Ok(page(&state, StatusCode::OK, Asks { next: &next, ..Asks::default() }).await)
}

/// Asks somebody to sign in who wanted `next`, and keeps for them the form that they sent there.
pub(super) async fn ask(
    state: &State,
    status: StatusCode,
    next: &str,
    typed: &str,
    error: Option<&str>,
) -> Response {
    page(state, status, Asks { next, typed, email: "", error }).await
}

/// `POST /admin/sign-in`
pub(super) async fn sign_in(
    FromState(state): FromState<State>,
    ClientAddress(address): ClientAddress,
    session: Session,
    request: Request,
) -> Result<Response, Failure> {
    let posted = match Posted::read_bounded(request.into_body(), BODY_MAX).await {
        Ok(posted) => posted,
        Err(response) => return Ok(*response),
    };
    let read = |name: &str| posted.get(name).unwrap_or_default();
    let password = SecretString::from(read("password"));
    let asks = Asks { next: read("next"), typed: read("resume"), email: read("email"), error: None };
    match state.accounts.sign_in(asks.email, password, address).await? {
        SignIn::Welcome(account) => {
            session::begin(&session, &account, &state.desk.clock).await?;
            welcome(state, &account, &asks).await
        }
        SignIn::Wrong => {
            let error = Some("This e-mail and password do not go together. Check both and try again.");
            Ok(page(&state, StatusCode::UNPROCESSABLE_ENTITY, Asks { error, ..asks }).await)
        }
        SignIn::Throttled { retry_after_seconds } => {
            let error = format!("Too many tries. Try again in {}.", wait(retry_after_seconds));
            let asks = Asks { error: Some(&error), ..asks };
            let mut response = page(&state, StatusCode::TOO_MANY_REQUESTS, asks).await;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_seconds));
            Ok(response)
        }
    }
}

/// Leads to where somebody wanted to go, or back into the form that they had sent there.
async fn welcome(state: State, account: &Account, asks: &Asks<'_>) -> Result<Response, Failure> {
    let next = landing(asks.next);
    if asks.typed.is_empty() || !keeps(asks.next) {
        return Ok(Redirect::to(next).into_response());
    }
    let Some(user) = state.accounts.user(&account.id, account.epoch).await? else {
        return Ok(Redirect::to(next).into_response());
    };
    if next.starts_with("/admin/users/") {
        return users::resume(&state, &user, next, asks.typed).await;
    }
    Ok(items::resume(state, user, next.to_owned(), asks.typed.to_owned()).await)
}

/// `POST /admin/sign-out`
pub(super) async fn sign_out(session: Session) -> Result<Response, Failure> {
    session.flush().await.map_err(Error::internal)?;
    Ok(Redirect::to("/admin/sign-in").into_response())
}

/// Where signing in leads: to pages of ours alone; in the place of those that only take forms, to
/// the one that shows the form.
fn landing(next: &str) -> &str {
    let own = resume::own_path(next).filter(|next| next.bytes().all(|byte| byte.is_ascii_graphic()));
    let Some(next) = own else { return "/admin/" };
    if next.starts_with("/admin/account/") {
        return "/admin/account";
    }
    match next.strip_suffix("/reset") {
        Some(user) if next.starts_with("/admin/users/") => user,
        _ => next,
    }
}

/// Whether what was sent there can be shown again. Passwords are never carried about, and the
/// page before publishing is better seen anew.
fn keeps(next: &str) -> bool {
    resume::own_path(next).is_some() && landing(next) == next && !next.ends_with("/publish")
}

/// Seconds as people say them.
fn wait(seconds: u64) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=59 => format!("{seconds} seconds"),
        60..=89 => "a minute".to_owned(),
        more => format!("{} minutes", more.div_ceil(60)),
    }
}

async fn page(state: &State, status: StatusCode, asks: Asks<'_>) -> Response {
    let new = match state.accounts.set_up_needed().await {
        Ok(new) => new,
        Err(error) => return Failure::from(error).into_response(),
    };
    let typed = if keeps(asks.next) { asks.typed } else { "" };
    let none = Problems::default();
    let body = html! {
        h1 { "Sign in" }
        @if new {
            p {
                "Nobody has an account here yet. Whoever runs this server finds a link in what "
                code { "recto serve" }
                " prints when it starts; with it the first administrator makes their account. It works once, "
                "for 24 hours. Start the server again for a new one."
            }
        } @else {
            @if let Some(error) = asks.error { (Flash::Error(error.to_owned())) }
            @if !typed.is_empty() {
                (Flash::Warning("You were signed out. Sign in again: what you typed is kept.".to_owned()))
            }
            form method="post" action="/admin/sign-in" {
                input type="hidden" name="next" value=(landing(asks.next));
                @if !typed.is_empty() { input type="hidden" name="resume" value=(typed); }
                (input(&Input {
                    name: "email", label: "E-mail", kind: "email", value: asks.email, autocomplete: "username",
                    required: true, focus: asks.email.is_empty(), ..Input::default()
                }, &none))
                (input(&Input {
                    name: "password", label: "Password", kind: "password", autocomplete: "current-password",
                    required: true, focus: !asks.email.is_empty(), ..Input::default()
                }, &none))
                button.button.button-main type="submit" { "Sign in" }
            }
            p.help { "Forgotten your password? Ask an administrator for a link with which you choose a new one." }
        }
    };
    (status, layout::plain("Sign in", &body)).into_response()
}

/// `GET /admin/set-up/{token}` and `GET /admin/password/{token}`
pub(super) async fn show_link(
    FromState(state): FromState<State>,
    Path(token): Path<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    let link = state.accounts.link(&SecretString::from(token.as_str())).await?;
    match link {
        Some(LinkFor::SetUp) => {
            Ok(of_link(StatusCode::OK, "Set up Recto", &set_up_form(&token, "", "", &Problems::default())))
        }
        Some(LinkFor::Account(account)) => Ok(of_link(
            StatusCode::OK,
            "Choose a password",
            &reset_form(&token, &account, &Problems::default()),
        )),
        None => dead_link(&state, uri.path().starts_with("/admin/set-up/")).await,
    }
}

/// `POST /admin/set-up/{token}`
pub(super) async fn use_set_up_link(
    FromState(state): FromState<State>,
    Path(token): Path<String>,
    session: Session,
    posted: Posted,
) -> Result<Response, Failure> {
    let read = |name: &str| posted.get(name).unwrap_or_default();
    let (email, name, password) = (read("email"), read("name"), SecretString::from(read("password")));
    let secret = SecretString::from(token.as_str());
    match state.accounts.use_set_up_link(&secret, email, name, password).await {
        Ok(account) => begin(&state, &session, &account).await,
        Err(Error::Invalid(problems)) => {
            let form = set_up_form(&token, email, name, &problems);
            Ok(of_link(StatusCode::UNPROCESSABLE_ENTITY, "Set up Recto", &form))
        }
        Err(Error::Refused(_)) => dead_link(&state, true).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/password/{token}`
pub(super) async fn use_reset_link(
    FromState(state): FromState<State>,
    Path(token): Path<String>,
    session: Session,
    posted: Posted,
) -> Result<Response, Failure> {
    let password = SecretString::from(posted.get("password").unwrap_or_default());
    let secret = SecretString::from(token.as_str());
    match state.accounts.use_reset_link(&secret, password).await {
        Ok(account) => begin(&state, &session, &account).await,
        Err(Error::Invalid(problems)) => match state.accounts.link(&secret).await? {
            Some(LinkFor::Account(account)) => {
                let form = reset_form(&token, &account, &problems);
                Ok(of_link(StatusCode::UNPROCESSABLE_ENTITY, "Choose a password", &form))
            }
            _ => dead_link(&state, false).await,
        },
        Err(Error::Refused(_)) => dead_link(&state, false).await,
        Err(error) => Err(error.into()),
    }
}

async fn begin(state: &State, session: &Session, account: &Account) -> Result<Response, Failure> {
    session::begin(session, account, &state.desk.clock).await?;
    Ok(Redirect::to("/admin/").into_response())
}

/// A page whose address is a secret: no request that it causes tells it. Not `no-referrer`: with
/// that browsers send `Origin: null` (Fetch, 'append a request Origin header'), and its own form
/// would be refused as foreign where they send no `Sec-Fetch-Site`, that is without TLS.
fn of_link(status: StatusCode, title: &str, body: &Markup) -> Response {
    let body = html! { h1 { (title) } (body) };
    let mut response = (status, layout::plain(title, &body)).into_response();
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    response
}

fn new_password(problems: &Problems) -> Markup {
    let help = about_passwords();
    input(
        &Input {
            name: "password",
            label: "Password",
            kind: "password",
            help: &help,
            autocomplete: "new-password",
            ..Input::default()
        },
        problems,
    )
}

fn set_up_form(token: &str, email: &str, name: &str, problems: &Problems) -> Markup {
    html! {
        p { "You make the first account. It is an administrator’s: it can make all others." }
        (summary(problems, &["name", "email", "password"]))
        form method="post" action={ "/admin/set-up/" (token) } novalidate {
            (input(&Input {
                name: "name", label: "Your name", kind: "text", value: name, help: "What others see beside what you save.",
                autocomplete: "name", focus: true, ..Input::default()
            }, problems))
            (input(&Input {
                name: "email", label: "E-mail", kind: "email", value: email, help: "You sign in with it.",
                autocomplete: "username", ..Input::default()
            }, problems))
            (new_password(problems))
            button.button.button-main type="submit" { "Make the account" }
        }
    }
}

fn reset_form(token: &str, account: &Account, problems: &Problems) -> Markup {
    html! {
        p { "For " (account.name) ". You are then signed in here, and signed out everywhere else." }
        (summary(problems, &["password"]))
        form method="post" action={ "/admin/password/" (token) } novalidate {
            // So that password managers know whose password it is.
            (input(&Input {
                name: "email", label: "E-mail", kind: "email", value: &account.email, autocomplete: "username",
                readonly: true, ..Input::default()
            }, &Problems::default()))
            (new_password(problems))
            button.button.button-main type="submit" { "Save the password" }
        }
    }
}

/// Says that a link does not work and where to get another.
async fn dead_link(state: &State, set_up: bool) -> Result<Response, Failure> {
    let new = state.accounts.set_up_needed().await?;
    let body = html! {
        p { "It was used already, is older than a day, was replaced by a newer one, or was not copied whole." }
        p.help {
            @if new {
                "Start the server again: " code { "recto serve" } " prints a new link with which the first "
                "administrator makes their account."
            } @else if set_up {
                "Recto has been set up already. Sign in, or ask an administrator for an account."
            } @else {
                "Ask an administrator for a new link: they make it on your page under ‘Users’."
            }
        }
        @if !new { a.button.button-main href="/admin/sign-in" { "Go to the sign-in page" } }
    };
    Ok(of_link(StatusCode::NOT_FOUND, "This link does not work any more", &body))
}
