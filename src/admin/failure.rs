//! Errors as pages. The one place where an error becomes a status and words for editors.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::json;

use super::form::posted::Posted;
use super::layout::{self, Page};
use crate::editing::User;
use crate::error::Error;

/// An error on its way to a page.
#[derive(Debug)]
pub(super) struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// What a page shows of an error, put beside the response until [`dress`] knows for whom.
#[derive(Clone)]
struct Naked {
    status: StatusCode,
    heading: &'static str,
    text: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, heading) = match &self.0 {
            Error::NotFound => (StatusCode::NOT_FOUND, "There is nothing here"),
            Error::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "This cannot be taken as it is"),
            Error::Denied(_) => (StatusCode::FORBIDDEN, "You may not do this"),
            Error::Conflict(_) => (StatusCode::CONFLICT, "Somebody else was quicker"),
            Error::Refused(_) => (StatusCode::CONFLICT, "This cannot be done now"),
            Error::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "Not available at the moment"),
            Error::Internal(cause) => {
                tracing::error!(%cause, "a request failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong")
            }
        };
        let text = match &self.0 {
            Error::NotFound => {
                "The address may be mistyped. What lies in the trash is found in the list of its type, \
                with the filter ‘In the trash’."
                    .to_owned()
            }
            other => other.to_string(),
        };
        naked(status, heading, text)
    }
}

fn naked(status: StatusCode, heading: &'static str, text: String) -> Response {
    let naked = Naked { status, heading, text };
    let mut response = (status, layout::plain(heading, &oops(&naked, None))).into_response();
    response.extensions_mut().insert(naked);
    response
}

/// What was sent by somebody who may not send it, of which nothing was read: as JSON to a script that wants
/// that.
pub(super) fn unread(failure: Failure, headers: &HeaderMap) -> Response {
    let text = failure.0.to_string();
    let response = failure.into_response();
    if headers.get(header::ACCEPT).is_none_or(|accepts| accepts != "application/json") {
        return response;
    }
    // The grid reads the one, a form that saves itself the others.
    let said = json!({ "error": text, "outcome": "stopped", "said": format!("Not saved: {text}") });
    (response.status(), Json(said)).into_response()
}

/// A form that is too large, malformed, or sent in another way than forms are.
pub(super) fn unreadable(status: StatusCode) -> Response {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => too_much(
            "The form is larger than four megabytes. Go back, shorten the longest text or save fewer rows, and try \
             again; your browser still has what you typed.",
        ),
        _ => naked(status, "This form cannot be read", "Go back, reload the page and try again.".to_owned()),
    }
}

/// A form with more inputs than are read.
pub(super) fn too_many_inputs(most: usize) -> Response {
    too_much(&format!(
        "The form has more than {most} inputs. Go back, save fewer rows at a time, and try again; your browser \
         still has what you typed."
    ))
}

fn too_much(why: &str) -> Response {
    naked(StatusCode::PAYLOAD_TOO_LARGE, "This is too much at once", why.to_owned())
}

/// A form whose file is so long that the rest of it was not read; `why` is a sentence.
pub(super) fn file_too_long(why: &str) -> Response {
    let text = format!("{why} Go back and choose another; your browser still has what you typed.");
    naked(StatusCode::PAYLOAD_TOO_LARGE, "The file was not taken", text)
}

/// Puts an error's words into the shell that whoever is signed in knows. `back` is the page of ours that a
/// form was sent from.
pub(super) fn dress(response: Response, user: Option<&User>, back: Option<&str>) -> Response {
    match (response.extensions().get::<Naked>().cloned(), user) {
        (Some(naked), Some(user)) => {
            let page = Page { user, title: naked.heading, section: "", body: oops(&naked, back) };
            let mut response = (naked.status, html! { (page) }).into_response();
            response.extensions_mut().insert(naked);
            response
        }
        _ => response,
    }
}

fn oops(naked: &Naked, back: Option<&str>) -> Markup {
    html! {
        div.oops {
            h1 { span.number { (naked.status.as_u16()) } " " (naked.heading) }
            p { (naked.text) }
            div.actions {
                @if let Some(back) = back { a.button.button-main href=(back) { "Back to the page" } }
                a.button.button-main[back.is_none()] href="/admin/" { "Go to the dashboard" }
            }
        }
    }
}

/// What a form came to that was sent in vain, through no fault of whoever sent it: a page that
/// keeps what was typed and sends it again.
pub(super) fn keep(response: Response, path: &str, posted: &Posted) -> Response {
    let Some(naked) = response.extensions().get::<Naked>().filter(|naked| naked.status.is_server_error())
    else {
        return response;
    };
    let body = html! {
        div.oops {
            h1 { span.number { (naked.status.as_u16()) } " " (naked.heading) }
            p { (naked.text) }
            p { "What you typed is kept on this page. Leave it open, and try again in a moment." }
            form.actions method="post" action=(path) {
                @for (name, value) in posted.pairs() { input type="hidden" name=(name) value=(value); }
                button.button.button-main type="submit" { "Try again" }
            }
        }
    };
    let mut kept = (naked.status, layout::plain(naked.heading, &body)).into_response();
    kept.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    kept
}

/// Any address that is not ours.
pub(super) async fn not_found() -> Failure {
    Failure(Error::NotFound)
}
