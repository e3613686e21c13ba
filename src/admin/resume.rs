//! What somebody typed before their session ended. Their form goes into the sign-in page as a
//! hidden field, comes back with the password, and is shown again, unsaved. It must not save.

use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;

use super::{FORM_MAX, State, failure, sign_in};

/// Sends whoever is not signed in to the sign-in page, and later back to where they were going.
pub(super) async fn ask_to_sign_in(state: &State, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/admin/", |path| path.as_str()).to_owned();
    let htmx = request.headers().contains_key("hx-request");
    if htmx {
        // The page stays as it is, with all that was typed; the script says what to do.
        return (
            StatusCode::UNAUTHORIZED,
            [(header::WWW_AUTHENTICATE, "Session")],
            html! {
                p { "Your session has ended. Sign in in another tab, then save again here." }
            },
        )
            .into_response();
    }
    if request.method() == Method::GET {
        let next = percent_encoding::utf8_percent_encode(&path, percent_encoding::NON_ALPHANUMERIC);
        return Redirect::to(&format!("/admin/sign-in?next={next}")).into_response();
    }
    match axum::body::to_bytes(request.into_body(), FORM_MAX).await {
        Ok(body) => match String::from_utf8(body.to_vec()) {
            Ok(typed) => sign_in::ask(state, StatusCode::UNAUTHORIZED, &path, &typed, None).await,
            Err(_) => failure::unreadable(StatusCode::BAD_REQUEST),
        },
        Err(_) => failure::unreadable(StatusCode::PAYLOAD_TOO_LARGE),
    }
}

/// Only our own pages are led back to.
pub(super) fn own_path(next: &str) -> Option<&str> {
    let own = next.starts_with("/admin/")
        && !next.contains(['\\', '\r', '\n'])
        && !next.starts_with("/admin/sign-");
    own.then_some(next)
}
