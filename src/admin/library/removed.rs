//! The files that were moved out of the library because nothing named them, for administrators. It must not
//! move any; the verbs do.

use axum::extract::{Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Deserialize;

use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::layout::{self, Flash, Page};
use crate::admin::session::SignedIn;
use crate::content::parsed::MediaType;
use crate::content::parsed::upload::{bytes, last_part};
use crate::editing::{User, permission, removed};
use crate::error::Error;
use crate::media::{Removed, Seen};

/// Where the page is.
const ADDRESS: &str = "/admin/media/removed";

/// What the page says after a redirect; fixed words, never the query's.
#[derive(Debug, Deserialize)]
pub(in crate::admin) struct Said {
    done: Option<String>,
}

/// The way to the page from the library, for those who may go it.
pub(in crate::admin) fn link(user: &User) -> Markup {
    html! { @if permission::allow_removed(user).is_ok() { a.button href=(ADDRESS) { "Removed files" } } }
}

/// `GET /admin/media/removed`
pub(in crate::admin) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Query(said): Query<Said>,
) -> Result<Response, Failure> {
    let flash = (said.done.as_deref() == Some("back")).then(|| {
        Flash::Success(
            "Put back. It stays in the library for a day, and longer once something names it.".to_owned(),
        )
    });
    page(&state, &user, StatusCode::OK, flash).await
}

/// `POST /admin/media/removed/{hash}`
pub(in crate::admin) async fn put_back(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(hash): Path<String>,
) -> Result<Response, Failure> {
    match removed::put_back(&state.desk, &user, &hash).await {
        Ok(()) => Ok(Redirect::to(&format!("{ADDRESS}?done=back")).into_response()),
        Err(Error::Refused(why)) => page(&state, &user, StatusCode::CONFLICT, Some(Flash::Error(why))).await,
        Err(error) => Err(error.into()),
    }
}

/// `GET /admin/media/removed/{hash}`: a small picture.
pub(in crate::admin) async fn picture(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(hash): Path<String>,
) -> Result<Response, Failure> {
    let (media_type, bytes) = removed::picture(&state.desk, &user, &hash).await?;
    let headers =
        [(CONTENT_TYPE, media_type.essence()), (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")];
    Ok((headers, bytes).into_response())
}

async fn page(
    state: &State,
    user: &User,
    status: StatusCode,
    flash: Option<Flash>,
) -> Result<Response, Failure> {
    let (files, all) = removed::list(&state.desk, user).await?;
    let body = html! {
        (layout::crumbs(&[("Media".to_owned(), "/admin/media".to_owned())]))
        @if let Some(flash) = flash { (flash) }
        (layout::page_head(&html! { "Removed files " span.count { (all) } }, &html! {}, &html! {}))
        @if files.is_empty() {
            div.empty {
                h2 { "No removed files" }
                p { "Files that nothing in Recto names come here after a day. They are kept for 30 days, then deleted." }
            }
        } @else {
            div.prose {
                p.about {
                    "Nothing in Recto names these files, so they were moved out of the library. Each is kept for 30 days \
                     and then deleted. It goes back by itself when something names it again, such as when a backup of \
                     the database is restored."
                }
            }
            ul.cards aria-label="Removed files" { @for (file, seen) in &files { (card(file, seen)) } }
            @if all > files.len() { p.help { "These are the newest " (files.len()) " of " (all) "." } }
        }
    };
    let page = Page { user, title: "Removed files", section: "/admin/media", body };
    Ok((status, html! { (page) }).into_response())
}

fn card(file: &Removed, seen: &Seen) -> Markup {
    let hash = &file.hash;
    let short: String = hash.chars().take(12).collect();
    let name = if seen.name.is_empty() { format!("File {short}…") } else { seen.name.clone() };
    html! {
        li.card {
            @match seen.picture {
                Some(_) => img.thumbnail src={ (ADDRESS) "/" (hash) } alt="" loading="lazy" decoding="async";,
                None => span.thumbnail.thumbnail-kind aria-hidden="true" { (kind(&seen.name)) },
            }
            b { (name) }
            small { @match seen.size { Some(size) => (bytes(size)), None => "Not whole" } }
            small { "Removed on " (date(file.day)) }
            small { "Kept until " (date(file.kept_until())) }
            form method="post" action={ (ADDRESS) "/" (hash) } {
                button.text-button type="submit" aria-label={ "Put back " (name) } { "Put back" }
            }
        }
    }
}

/// What a file's name says that it is.
fn kind(name: &str) -> &'static str {
    let extension = last_part(name).rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
    MediaType::of_extension(extension).map_or("File", MediaType::label)
}

fn date(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
