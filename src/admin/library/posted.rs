//! Reading what a form with files sends: texts and files one after the other. It must not hold a file
//! in memory.

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use crate::admin::form::posted::Posted;
use crate::admin::{FORM_MAX, State, failure};
use crate::content::parsed::Upload;
use crate::editing::{self, User};
use crate::error::{Error, Result};

/// The most inputs that such a form has.
const PARTS_MAX: usize = 200;

/// Whether a request brings a form with files.
pub(in crate::admin) fn is_multipart(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}

/// A form with files as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct WithFiles {
    /// Its texts.
    pub posted: Posted,
    /// What came of its file, if it had one.
    pub file: Option<Result<Upload>>,
}

/// The page that says that a form cannot be read.
pub(super) fn unreadable(state: &State, status: StatusCode) -> Box<Response> {
    Box::new(match status {
        StatusCode::PAYLOAD_TOO_LARGE => failure::file_too_long(&state.desk.media.limits().too_long()),
        status if status.is_client_error() => failure::unreadable(status),
        _ => failure::unreadable(StatusCode::BAD_REQUEST),
    })
}

/// Reads a form's texts, and takes the file of the input called `name` into the library.
///
/// # Errors
/// The page that says that the form cannot be read.
pub(super) async fn read(
    state: &State,
    user: &User,
    request: Request,
    name: &str,
) -> Result<WithFiles, Box<Response>> {
    let broken = |status| unreadable(state, status);
    let mut multipart = Multipart::from_request(request, state).await.map_err(|one| broken(one.status()))?;
    let mut form = WithFiles::default();
    let mut pairs = Vec::new();
    let mut left = FORM_MAX;
    let mut parts = 0_usize;
    while let Some(field) = multipart.next_field().await.map_err(|error| broken(error.status()))? {
        parts += 1;
        if parts > PARTS_MAX {
            return Err(Box::new(failure::too_many_inputs(PARTS_MAX)));
        }
        let called = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            // An input in which nothing was chosen sends a file without a name.
            Some(typed) if typed.is_empty() => {}
            Some(typed) if called == name => form.file = Some(take(state, user, &typed, field).await),
            Some(_) => {}
            None => pairs.push((called, text(field, &mut left).await?)),
        }
    }
    form.posted = Posted::of(pairs);
    Ok(form)
}

/// Takes a file in, for somebody who may.
pub(super) async fn take(state: &State, user: &User, typed: &str, field: Field<'_>) -> Result<Upload> {
    editing::may_upload(user)?;
    let file = state.desk.media.take(typed, field).await?;
    editing::keep_upload(&state.desk, user, &file, typed).await?;
    Ok(file)
}

/// A text, of which so many bytes are read at most.
async fn text(mut field: Field<'_>, left: &mut usize) -> Result<String, Box<Response>> {
    let mut bytes = Vec::new();
    while let Some(chunk) =
        field.chunk().await.map_err(|error| Box::new(failure::unreadable(error.status())))?
    {
        *left = left
            .checked_sub(chunk.len())
            .ok_or_else(|| Box::new(failure::unreadable(StatusCode::PAYLOAD_TOO_LARGE)))?;
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Box::new(failure::unreadable(StatusCode::BAD_REQUEST)))
}

/// The texts of a form with files as other forms send them, for whoever has to sign in first. Files
/// are passed over.
pub(in crate::admin) async fn texts(state: &State, request: Request) -> Result<String, Box<Response>> {
    let multipart = Multipart::from_request(request, state).await;
    let mut multipart = multipart.map_err(|one| unreadable(state, one.status()))?;
    let mut pairs = Vec::new();
    let mut left = FORM_MAX;
    for _ in 0..PARTS_MAX {
        // A file that is too long for a stranger to send ends the form; what came before it is kept.
        let Ok(Some(field)) = multipart.next_field().await else { break };
        let called = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_none() {
            pairs.push((called, text(field, &mut left).await?));
        }
    }
    Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

/// What is said of a file that was not taken; other errors are everybody's.
pub(super) fn said(error: Error) -> Result<String> {
    match error {
        Error::Refused(_) | Error::Unavailable(_) | Error::Denied(_) => Ok(error.to_string()),
        other => Err(other),
    }
}
