//! One search over everything, drafts and trash included. It must not filter or sort: the lists do.

use axum::extract::State as FromState;
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use maud::html;

use super::State;
use super::dashboard::{line, text};
use super::failure::Failure;
use super::layout::{Page, icon, page_head};
use super::session::SignedIn;
use super::simple::asked;

/// The most characters that are searched for.
const TYPED_MAX: usize = 200;
/// How many hits are shown.
const SHOWN: i64 = 50;

/// `GET /admin/search`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    uri: Uri,
) -> Result<Response, Failure> {
    let typed: String = asked(&uri, "q").trim().chars().take(TYPED_MAX).collect();
    let found = state.desk.lists().search(&typed, SHOWN).await?;
    let facts = html! {
        @if !typed.is_empty() {
            span role="status" {
                @match found.len() {
                    0 => "Nothing found",
                    1 => "One hit",
                    50.. => "The best 50 hits; another word makes them fewer",
                    number => { (number) " hits" }
                }
            }
        }
    };
    let body = html! {
        (page_head(&html! { "Search" }, &facts, &html! {}))
        form.filters method="get" action="/admin/search" role="search" aria-label="Search again" {
            div.field.field-search {
                label for="q" { "Search everything" }
                div.control.search {
                    (icon("search"))
                    input type="search" #q name="q" value=(typed) maxlength=(TYPED_MAX) autofocus[typed.is_empty()];
                }
            }
            div.actions { button.button type="submit" { "Search" } }
        }
        @if typed.is_empty() {
            div.empty {
                h2 { "What are you looking for?" }
                p {
                    "Type a few words: of a title, a name, a project’s code, or of the text. The last word may be the "
                    "beginning of one."
                }
            }
        } @else if found.is_empty() {
            div.empty {
                h2 { "Nothing with all these words" }
                p { "Check the spelling, or search for fewer words or for beginnings: ‘lead’ also finds ‘leadership’." }
            }
        } @else {
            div.prose {
                ul.feed {
                    @for document in &found {
                        (line(document, &html! {
                            @if let Some(more) = text(document, "_subtitle").filter(|more| !more.is_empty()) { ", " (more) }
                        }))
                    }
                }
            }
        }
    };
    Ok(html! { (Page { user: &user, title: "Search", section: "", body }) }.into_response())
}
