//! Who is asking. Looked up once per request and put beside it; handlers take a [`SignedIn`]. It
//! must not say what somebody may do.

use std::net::IpAddr;

use axum::extract::{FromRequestParts, Request, State as FromState};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower_sessions::Session;

use super::failure::{self, Failure};
use super::{State, here, resume};
use crate::accounts::session;
use crate::client;
use crate::editing::User;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(super) struct SignedIn(pub User);

/// Whoever asks, put beside the request by [`attach`].
#[derive(Clone)]
struct Asking(Option<User>);

/// Finds out who asks. Whoever is not signed in gets only the pages for signing in; what they
/// typed goes with them, see [`resume`].
pub(super) async fn attach(
    FromState(state): FromState<State>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let by_itself = request.uri().path().rsplit('/').next() == Some(here::ADDRESS);
    let clock = &state.desk.clock;
    let held = if by_itself {
        session::peek(&session, clock).await
    } else {
        session::current(&session, clock).await
    };
    let user = match held {
        Ok(Some(held)) => match state.accounts.user(&held.account, held.epoch).await {
            Ok(Some(user)) => Some(user),
            Ok(None) => {
                // Whoever it was has been suspended or signed out everywhere; the row is of no use.
                if let Err(error) = session.flush().await {
                    tracing::warn!(%error, "a dead session could not be removed");
                }
                None
            }
            Err(error) => return Failure::from(error).into_response(),
        },
        Ok(None) => None,
        Err(error) => return Failure::from(error).into_response(),
    };
    let open = ["/admin/sign-in", "/admin/set-up/", "/admin/password/"];
    let path = request.uri().path();
    if user.is_none() && !open.iter().any(|open| path.starts_with(open)) {
        return resume::ask_to_sign_in(&state, request).await;
    }
    let (for_failures, back) = (user.clone(), resume::sent_from(&request));
    request.extensions_mut().insert(Asking(user));
    failure::dress(next.run(request).await, for_failures.as_ref(), back.as_deref())
}

impl FromRequestParts<State> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Failure> {
        match parts.extensions.get::<Asking>() {
            Some(Asking(Some(user))) => Ok(Self(user.clone())),
            // `attach` has let nobody through who is not signed in.
            _ => Err(crate::error::Error::NotFound.into()),
        }
    }
}

/// Where the request comes from, for throttling: a trusted proxy's word, else the connection.
pub(super) struct ClientAddress(pub Option<IpAddr>);

impl FromRequestParts<State> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        let told_in = state.settings.client_address_header.as_ref();
        Ok(Self(client::address(&parts.headers, &parts.extensions, told_in)))
    }
}

/// Whether htmx asks: it takes a page's part in, and must be told of redirects.
pub(super) struct Htmx(pub bool);

impl<S: Sync> FromRequestParts<S> for Htmx {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.headers.contains_key("hx-request")))
    }
}

impl Htmx {
    /// Leads to another page.
    pub(super) fn redirect(&self, to: &str) -> Response {
        if self.0 {
            ([("hx-redirect", to.to_owned())], "").into_response()
        } else {
            axum::response::Redirect::to(to).into_response()
        }
    }
}
