//! What somebody typed in vain. Before their session ended: their form goes into the sign-in page as
//! a hidden field, comes back with the password, and is shown again, unsaved. While a database is
//! away: it goes into the page that says so. It must not save.

use std::sync::Arc;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use futures_util::stream::{self, StreamExt as _};
use maud::html;
use tokio::sync::Mutex;

use super::form::posted::{Posted, shown_bytes};
use super::{FORM_MAX, SHOWN_MAX, State, failure, library, sign_in};

/// Sends whoever is not signed in to the sign-in page, and later back to where they were going.
pub(super) async fn ask_to_sign_in(state: &State, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/admin/", |path| path.as_str()).to_owned();
    if stays(&request) {
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
    if library::is_multipart(request.headers()) {
        return match library::texts(state, request).await {
            Ok(typed) => sign_in::ask(state, StatusCode::UNAUTHORIZED, &path, &typed, None).await,
            Err(unreadable) => *unreadable,
        };
    }
    match axum::body::to_bytes(request.into_body(), FORM_MAX).await {
        Ok(body) => match String::from_utf8(body.into()) {
            Ok(typed) if shown_bytes(&typed) > SHOWN_MAX => {
                failure::unreadable(StatusCode::PAYLOAD_TOO_LARGE)
            }
            Ok(typed) => sign_in::ask(state, StatusCode::UNAUTHORIZED, &path, &typed, None).await,
            Err(_) => failure::unreadable(StatusCode::BAD_REQUEST),
        },
        Err(_) => failure::unreadable(StatusCode::PAYLOAD_TOO_LARGE),
    }
}

/// Keeps the form of an item that cannot be answered for now, not even to say who asks. Other forms
/// are short, or hold passwords. Of the body nothing is read before somebody asks for it, or the answer is
/// that there is none.
pub(super) async fn keep(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let open = ["/admin/sign-", "/admin/set-up/", "/admin/password/", "/admin/account/", "/admin/users/"];
    let kept = request.method() == Method::POST
        && !stays(&request)
        // Files are not kept in memory; the browser has them still.
        && !library::is_multipart(request.headers())
        && !open.iter().any(|open| path.starts_with(open));
    if !kept {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let read =
        Arc::new(Mutex::new(Read { bytes: Vec::new(), is_too_long: false, rest: body.into_data_stream() }));
    let stream = stream::unfold(Arc::clone(&read), async |read| {
        let part = read.lock().await.part().await?;
        Some((part, read))
    });
    let response = next.run(Request::from_parts(parts, Body::from_stream(stream))).await;
    if !response.status().is_server_error() {
        return response;
    }
    let mut read = read.lock().await;
    while !read.is_too_long {
        match read.part().await {
            Some(Ok(_)) => {}
            Some(Err(_)) => return response,
            None => break,
        }
    }
    match std::str::from_utf8(&read.bytes).map(Posted::parse) {
        Ok(Ok(posted)) if !read.is_too_long => failure::keep(response, &path, &posted),
        _ => response,
    }
}

/// A body, and what was read of it so far.
struct Read {
    bytes: Vec<u8>,
    /// Whether it is longer than any form, and nothing is kept of it.
    is_too_long: bool,
    rest: BodyDataStream,
}

impl Read {
    /// The next part, which is kept.
    async fn part(&mut self) -> Option<Result<Bytes, axum::Error>> {
        let part = self.rest.next().await?;
        if let Ok(bytes) = &part {
            self.is_too_long |= self.bytes.len() + bytes.len() > FORM_MAX;
            match self.is_too_long {
                true => self.bytes = Vec::new(),
                false => self.bytes.extend_from_slice(bytes),
            }
        }
        Some(part)
    }
}

/// Whether a script asks, and the page with all that was typed is still there.
fn stays(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accepts| accepts.to_str().ok());
    request.headers().contains_key("hx-request") || accepts == Some("application/json")
}

/// The page of ours that a form was sent from, as the browser says.
pub(super) fn sent_from(request: &Request) -> Option<String> {
    let from = request.headers().get(header::REFERER).filter(|_| request.method() == Method::POST)?;
    let from: Uri = from.to_str().ok()?.parse().ok()?;
    own_path(from.path_and_query()?.as_str()).map(str::to_owned)
}

/// Only our own pages are led back to.
pub(super) fn own_path(next: &str) -> Option<&str> {
    let own = next.starts_with("/admin/")
        && !next.contains(['\\', '\r', '\n'])
        && !next.starts_with("/admin/sign-");
    own.then_some(next)
}
