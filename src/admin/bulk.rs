//! Many items at once, over HTTP: what was ticked in a list, what a wish comes to, doing it part by part.
//! Nothing of it is kept between two requests: the form carries what is left to do. It must not decide what
//! can be done to an item: `editing::bulk` does.

mod asked;
mod confirm;
mod field;
mod offer;
mod run;
mod told;
mod words;

use axum::extract::{Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::failure::Failure;
use super::form::posted::Posted;
use super::layout::{self, Flash, Page};
use super::session::SignedIn;
use super::{State, items};
use crate::content::ContentType;
use crate::editing::User;
use crate::editing::bulk::Wish;
use crate::error::{Error, Result};
use asked::{Asked, What};

pub(super) use asked::list_of;
pub(super) use offer::Offer;
pub(super) use run::{redirect, resume as resume_run, run};
pub(super) use told::{more, told, told_at};

/// The address of what is done to many items of a type.
fn path(content_type: &ContentType) -> String {
    format!("/admin/bulk/{}", content_type.plural)
}

/// A type of whose items there are many.
fn content_type(plural: &str) -> Result<&'static ContentType> {
    Some(items::content_type(plural)?).filter(|content_type| !content_type.single).ok_or(Error::NotFound)
}

/// A page of it.
fn page(
    user: &User,
    content_type: &ContentType,
    list: &str,
    status: StatusCode,
    title: &str,
    body: &Markup,
) -> Response {
    let section = format!("/admin/{}", content_type.plural);
    let back = (content_type.labels.to_owned(), format!("{section}{list}"));
    let body = html! { (layout::crumbs(&[back])) (body) };
    (status, html! { (Page { user, title, section: &section, body }) }).into_response()
}

/// `GET /admin/bulk/{plural}?verb=publish&one=…`, as the list's form sends it: what it comes to, or which
/// field is meant. Changes nothing.
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(plural): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let asked = Asked::read(content_type(&plural)?, &Posted::of(pairs))?;
    let wish = match asked.what {
        What::Publish => Wish::Publish,
        What::Unpublish => Wish::Unpublish,
        What::Trash => Wish::Trash,
        What::Untrash => Wish::Untrash,
        What::Edit => return field::show(&state, &user, &asked).await,
    };
    confirm::show(&state, &user, &asked, &wish).await
}

/// `POST /admin/bulk/{plural}`: the form of one field, with a value or with what its small buttons do.
pub(super) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(plural): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let asked = Asked::read(content_type(&plural)?, &posted)?;
    field::press(&state, &user, &asked, &posted).await
}

/// The form of one field again, which somebody sent after their session had ended. Nothing is done.
pub(super) async fn resume(
    state: &State,
    user: &User,
    plural: &str,
    typed: &str,
) -> Result<Response, Failure> {
    let posted = Posted::parse(typed).unwrap_or_default();
    let asked = Asked::read(content_type(plural)?, &posted)?;
    let flash = Flash::Warning(
        "You are signed in again. What you chose is here, and nothing is changed yet.".to_owned(),
    );
    field::again(state, user, &asked, &posted, flash).await
}

/// Where nothing was ticked.
fn nothing(user: &User, asked: &Asked) -> Response {
    let content_type = asked.content_type;
    let body = html! {
        div.empty {
            h1 { "Nothing is ticked" }
            p { "Tick the " (words::several(content_type)) " in the list first, then choose what is to be done with them." }
            div.actions { a.button.button-main href=(asked.back()) { "Back to the list" } }
        }
    };
    page(user, content_type, &asked.list, StatusCode::UNPROCESSABLE_ENTITY, "Nothing is ticked", &body)
}
