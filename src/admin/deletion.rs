//! The page before something is deleted permanently: what goes, what stays, what needs it. It must not decide
//! what may go: `editing::delete` does.

use axum::extract::State as FromState;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::State;
use super::failure::Failure;
use super::form::posted::Posted;
use super::form::uses;
use super::items::Addressed;
use super::layout::{self, Flash, Page};
use super::session::{Htmx, SignedIn};
use crate::content::types::MEDIA;
use crate::content::{ContentType, Id};
use crate::editing::{self, Deletion, User};
use crate::error::Error;

/// How many items that link to it are named for each field.
const USES: i64 = 5;

/// `GET /admin/{plural}/{id}/delete`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Addressed { content_type, id }: Addressed,
) -> Result<Response, Failure> {
    page(&state, &user, content_type, id, StatusCode::OK, None).await
}

/// `POST /admin/{plural}/{id}/delete`
pub(super) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Addressed { content_type, id }: Addressed,
    htmx: Htmx,
    posted: Posted,
) -> Result<Response, Failure> {
    let seen = posted.get("version").and_then(|version| version.parse().ok()).unwrap_or_default();
    match editing::delete(&state.desk, &user, id, seen).await {
        Ok(_) => Ok(htmx.redirect(&format!("{}&done=deleted", trash(content_type)))),
        Err(Error::Conflict(_)) => {
            let flash = "Somebody changed this while you looked. Look again, then delete it.";
            let flash = Some(Flash::Warning(flash.to_owned()));
            page(&state, &user, content_type, id, StatusCode::CONFLICT, flash).await
        }
        // The page says what is in the way.
        Err(Error::Refused(_)) => {
            let flash = Some(Flash::Error("It was not deleted.".to_owned()));
            page(&state, &user, content_type, id, StatusCode::CONFLICT, flash).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The list of what lies in the trash.
fn trash(content_type: &ContentType) -> String {
    format!("/admin/{}?stage=trashed", content_type.plural)
}

async fn page(
    state: &State,
    user: &User,
    content_type: &'static ContentType,
    id: Id,
    status: StatusCode,
    flash: Option<Flash>,
) -> Result<Response, Failure> {
    let deletion = editing::look_at_deletion(&state.desk, user, id).await?;
    let item = &deletion.stored.item;
    if item.content_type != content_type {
        return Err(Error::NotFound.into());
    }
    let own = format!("/admin/{}/{id}", content_type.plural);
    let used = state.desk.lists().uses(content_type, &id.to_string(), USES).await?;
    let body = html! {
        (layout::crumbs(&[
            (content_type.labels.to_owned(), format!("/admin/{}", content_type.plural)),
            ("Trash".to_owned(), trash(content_type)),
            (item.title(), own.clone()),
        ]))
        @if let Some(flash) = flash { (flash) }
        (layout::page_head(
            &html! { "Delete ‘" (item.title()) "’ permanently" },
            &layout::state(deletion.stored.state()),
            &html! {},
        ))
        form.steps method="post" action={ (own) "/delete" } {
            input type="hidden" name="version" value=(deletion.stored.meta.version);
            @if deletion.needed.is_empty() { (goes(&deletion)) } @else { (needed(&deletion)) }
            // Of links in texts the words stay.
            @if deletion.needed.is_empty() && !used.is_empty() { (uses::view(id, &used)) }
            div.page-foot {
                @if deletion.needed.is_empty() {
                    button.button.button-danger type="submit" name="do" value="delete" { "Delete permanently" }
                }
                a.button href=(own) { "Back" }
            }
        }
    };
    let title = format!("Delete {} permanently", item.title());
    let section = format!("/admin/{}", content_type.plural);
    Ok((status, html! { (Page { user, title: &title, section: &section, body }) }).into_response())
}

/// What goes, and what stays.
fn goes(deletion: &Deletion) -> Markup {
    let label = deletion.stored.item.content_type.label.to_lowercase();
    html! {
        section aria-labelledby="goes" {
            h2 #goes { "What will be deleted" }
            p { "This cannot be undone." }
            ul.missing {
                li { "The " (label) " with everything it says." }
                @match deletion.versions {
                    1 => li { "Its only version." },
                    2 => li { "Both of its versions." },
                    number => li { "All " (number) " of its versions." },
                }
            }
        }
        section aria-labelledby="stays" {
            h2 #stays { "What stays" }
            ul.missing {
                li { "A line in the audit log: who deleted it, when, and its title." }
                @if deletion.stored.meta.first_published_at.is_some() {
                    li { "Its public addresses go on saying that it is gone." }
                }
                @if deletion.stored.item.content_type == &MEDIA {
                    li { "The file itself, in case a version of another item names it. Readers cannot get it." }
                }
            }
        }
    }
}

/// What is in the way.
fn needed(deletion: &Deletion) -> Markup {
    html! {
        section aria-labelledby="needed" {
            h2 #needed { "Why it cannot be deleted yet" }
            @for need in &deletion.needed {
                @let (items, number) = need.items();
                p { (need.reason()) }
                ul.missing {
                    @for one in items {
                        @let kind = one.item.content_type;
                        li {
                            a href={ "/admin/" (kind.plural) "/" (one.item.id) } { (one.item.title()) }
                            " " (layout::short_state(one.state()))
                        }
                    }
                    @if number > items.len() { li { "And " (number - items.len()) " more" } }
                    @if let Some(batch) = need.batch() {
                        li { a href={ "/admin/changes/" (batch) } { "Look at that change" } }
                    }
                }
            }
        }
    }
}
