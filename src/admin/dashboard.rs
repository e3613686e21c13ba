//! The first page: one's own unfinished work, what others have done, what needs a look. It must
//! not cost more the more content there is: each part is one statement over an index.

mod first_steps;
mod looks;

use std::collections::HashMap;

use axum::extract::State as FromState;
use axum::response::{IntoResponse as _, Response};
use chrono::DateTime;
use maud::{Markup, html};
use serde_json::Value as Json;

use super::State;
use super::failure::Failure;
use super::layout::{self, Page, icon, page_head};
use super::session::SignedIn;
use super::when::When;
use crate::content::types::{EVENT, NEWS, PROJECT, THEME};
use crate::content::{ContentType, TYPES};
use crate::editing::{User, Verb};
use crate::published::Document;
use crate::store::{Role, State as ItemState};

/// How many items each part shows.
const SHOWN: i64 = 8;

/// How many items there are, by type and state.
struct Counts(HashMap<(String, String), i64>);

impl Counts {
    fn of(&self, content_type: &ContentType, state: ItemState) -> i64 {
        self.0.get(&(content_type.name.to_owned(), state.name().to_owned())).copied().unwrap_or(0)
    }

    /// All that do not lie in the trash.
    fn all(&self, content_type: &ContentType) -> i64 {
        LIVE.into_iter().map(|state| self.of(content_type, state)).sum()
    }
}

const LIVE: [ItemState; 3] = [ItemState::Draft, ItemState::Published, ItemState::Changed];

/// `GET /admin/`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
) -> Result<Response, Failure> {
    let lists = state.desk.lists();
    let when = When::of(&state).await;
    let counts = lists.counts().await?.into_iter();
    let counts = Counts(counts.map(|(object, state, number)| ((object, state), number)).collect());
    let mine = match &user.account {
        Some(account) => {
            let open = [ItemState::Draft.name(), ItemState::Changed.name()];
            lists.recent(&open, Some(account), SHOWN).await?
        }
        None => Vec::new(),
    };
    let mut recent = lists.recent(&LIVE.map(ItemState::name), None, SHOWN).await?;
    // What came with the set-up is no news.
    recent.retain(|document| !settings(document.content_type) || text(document, "_updated_by").is_some());
    let names: HashMap<String, String> =
        state.desk.store.accounts().await?.into_iter().map(|account| (account.id, account.name)).collect();
    let looks = looks::looks(&state, &user, &when, &counts).await?;
    let assigned = assigned(&state, &user).await?;
    let begun = counts.all(&THEME) > 0 && counts.all(&PROJECT) > 0;

    let actions = html! {
        @for content_type in [&NEWS, &EVENT] {
            @if user.may(Verb::Create, content_type.name) && (user.role != Role::Contributor || !assigned.is_empty()) {
                a.button href={ "/admin/" (content_type.plural) "/new" } { (icon("plus")) " " (content_type.label) }
            }
        }
    };
    let heading = html! { (when.greeting()) ", " (user.name) };
    let today = html! { span { (when.today().format("%A %-d %B %Y")) } };
    let body = html! {
        (page_head(&heading, &today, &actions))
        div.board {
            @if !begun { (first_steps::view(&user, &counts)) }
            @if user.role == Role::Contributor {
                section aria-labelledby="assigned" {
                    header { h2 #assigned { "Your projects" } }
                    @if assigned.is_empty() {
                        p.about { "No project is assigned to you yet, so you can read but not write. Ask an administrator." }
                    } @else {
                        ul.feed { @for document in &assigned { (line(document, &html! {})) } }
                    }
                }
            }
            @if !mine.is_empty() {
                section aria-labelledby="mine" {
                    header { h2 #mine { "Yours, not yet public" } }
                    ul.feed { @for document in &mine { (line(document, &html! { ", saved " (saved(document, &when)) })) } }
                }
            }
            @if !recent.is_empty() {
                section aria-labelledby="recent" {
                    header { h2 #recent { "Recently changed" } }
                    ul.feed {
                        @for document in &recent {
                            (line(document, &html! { ", saved by " (who(document, &user, &names)) " " (saved(document, &when)) }))
                        }
                    }
                }
            }
            @if !looks.is_empty() {
                section aria-labelledby="looks" {
                    header { h2 #looks { "Worth a look" } }
                    ul.feed #looks-list {
                        @for look in &looks {
                            li {
                                a href=(look.path) { (look.what) }
                                span.number { (look.number) }
                                @if !look.first.is_empty() { small { (look.first) } }
                            }
                        }
                    }
                }
            }
            (waiting(&counts))
        }
    };
    Ok(html! { (Page { user: &user, title: "Dashboard", section: "/admin/", body }) }.into_response())
}

/// What the public does not see yet, by type.
fn waiting(counts: &Counts) -> Markup {
    let number = |content_type, state| counts.of(content_type, state);
    let types: Vec<&ContentType> = TYPES
        .into_iter()
        .filter(|one| !one.single && WAITING.iter().any(|(state, _)| number(one, *state) > 0))
        .collect();
    html! {
        @if !types.is_empty() {
            section aria-labelledby="waiting" {
                header { h2 #waiting { "Not public yet" } }
                ul.feed.feed-tight {
                    @for content_type in types {
                        li {
                            span { (content_type.labels) }
                            span.numbers {
                                @for (state, said) in WAITING {
                                    @let number = counts.of(content_type, state);
                                    @if number > 0 {
                                        a href={ "/admin/" (content_type.plural) "?stage=" (state.name()) } {
                                            (number) " " @if number == 1 && state == ItemState::Draft { "draft" } @else { (said) }
                                            span.visually-hidden { ", " (content_type.labels) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The states of what the public does not see, or not as it is by now.
const WAITING: [(ItemState, &str); 2] =
    [(ItemState::Draft, "drafts"), (ItemState::Changed, "with unpublished changes")];

/// The projects that a contributor writes in.
async fn assigned(state: &State, user: &User) -> Result<Vec<Document>, Failure> {
    let ids: Vec<String> = user.assigned.iter().map(ToString::to_string).collect();
    let mut projects: Vec<Document> = state.desk.lists().titles(&ids).await?.into_values().collect();
    projects.retain(|project| text(project, "_state") != Some(ItemState::Trashed.name()));
    projects.sort_by(|one, other| one.title.cmp(&other.title));
    Ok(projects)
}

/// Where an item is edited.
pub(super) fn path(document: &Document) -> String {
    format!("/admin/{}/{}", document.content_type.plural, document.id)
}

/// An item as a line of a list: its title, its state, and what else is to be said of it.
pub(super) fn line(document: &Document, more: &Markup) -> Markup {
    let state = text(document, "_state").and_then(ItemState::by_name).unwrap_or(ItemState::Draft);
    html! {
        li {
            a href=(path(document)) { (document.title) }
            span { (layout::state(state)) }
            small { (document.content_type.label) (more) }
        }
    }
}

pub(super) fn text<'document>(document: &'document Document, name: &str) -> Option<&'document str> {
    document.json.get(name).and_then(Json::as_str)
}

fn saved(document: &Document, when: &When) -> String {
    let time = text(document, "updated_at").and_then(|time| DateTime::parse_from_rfc3339(time).ok());
    time.map(|time| when.say(time.to_utc())).unwrap_or_default()
}

fn who(document: &Document, user: &User, names: &HashMap<String, String>) -> String {
    match text(document, "_updated_by") {
        by if by.is_some() && by == user.account.as_deref() => "you".to_owned(),
        Some(id) => names.get(id).cloned().unwrap_or_else(|| "somebody who has left".to_owned()),
        None => "Recto".to_owned(),
    }
}

/// What comes with the set-up and is not content.
fn settings(content_type: &ContentType) -> bool {
    matches!(content_type.name, "site" | "term")
}
