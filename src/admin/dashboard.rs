//! The first page: one's own unfinished work, what others have done, what needs a look. It must
//! not cost more the more content there is: each part is one statement over an index.

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
use crate::content::types::{EVENT, NEWS, OUTPUT, PERSON, PROJECT, THEME};
use crate::content::{ContentType, TYPES};
use crate::editing::{User, Verb};
use crate::published::{Document, Filter, Order, Scalar, Select};
use crate::store::{Role, State as ItemState};

/// How many items each part shows.
const SHOWN: i64 = 8;
/// How many titles stand for the items that are counted.
const NAMED: i64 = 3;

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

/// Something to look at: what, where it is found, how many there are, and which the first are.
struct Look {
    what: String,
    path: String,
    number: i64,
    first: String,
}

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
    let looks = looks(&state, &when, &counts).await?;
    let begun = counts.all(&THEME) > 0 && counts.all(&PROJECT) > 0;

    let actions = html! {
        @for content_type in [&NEWS, &EVENT] {
            @if user.may(Verb::Create, content_type.name) {
                a.button href={ "/admin/" (content_type.plural) "/new" } { (icon("plus")) " " (content_type.label) }
            }
        }
    };
    let heading = html! { (when.greeting()) ", " (user.name) };
    let today = html! { span { (when.today().format("%A %-d %B %Y")) } };
    let body = html! {
        (page_head(&heading, &today, &actions))
        div.board {
            @if !begun { (first_steps(&user, &counts)) }
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
                            (line(document, &html! { ", " (who(document, &user, &names)) ", " (saved(document, &when)) }))
                        }
                    }
                }
            }
            @if !looks.is_empty() {
                section aria-labelledby="looks" {
                    header { h2 #looks { "Worth a look" } }
                    ul.feed {
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
        }
    };
    Ok(html! { (Page { user: &user, title: "Dashboard", section: "/admin/", body }) }.into_response())
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

async fn looks(state: &State, when: &When, counts: &Counts) -> Result<Vec<Look>, Failure> {
    let lists = state.desk.lists();
    let live =
        || Filter::Key("_state", LIVE.iter().map(|state| Scalar::Text(state.name().to_owned())).collect());
    let mut looks = Vec::new();

    let yesterday = when.today().pred_opt().unwrap_or_default().to_string();
    let late = Select {
        filters: vec![
            live(),
            Filter::Key("status", vec![Scalar::Text("active".to_owned())]),
            Filter::Range("end", None, Some(Scalar::Text(yesterday))),
        ],
        order: Order::parse(&PROJECT, "end"),
        limit: NAMED,
        ..Select::of(&PROJECT)
    };
    let late = lists.list(&late).await?;
    looks.push(Look {
        what: "Active projects past their end date".to_owned(),
        path: "/admin/projects?status=active&sort=end".to_owned(),
        number: late.total,
        first: first(late.items.iter().map(|project| project.title.as_str()), late.total),
    });

    let dated = Select {
        filters: vec![live(), Filter::Range("year", Some(Scalar::Integer(0)), None)],
        limit: 0,
        ..Select::of(&OUTPUT)
    };
    looks.push(Look {
        what: "Outputs without a year".to_owned(),
        path: "/admin/outputs?sort=year".to_owned(),
        number: counts.all(&OUTPUT) - lists.list(&dated).await?.total,
        first: "They come first in this list.".to_owned(),
    });

    for content_type in TYPES.into_iter().filter(|content_type| !content_type.single) {
        looks.push(Look {
            what: format!("{} still in draft", content_type.labels),
            path: format!("/admin/{}?stage=draft", content_type.plural),
            number: counts.of(content_type, ItemState::Draft),
            first: String::new(),
        });
    }
    looks.retain(|look| look.number > 0);
    Ok(looks)
}

/// The first titles, and how many more there are.
fn first<'title>(titles: impl Iterator<Item = &'title str>, total: i64) -> String {
    let titles: Vec<&str> = titles.collect();
    let more = total - i64::try_from(titles.len()).unwrap_or(0);
    let named = titles.join("; ");
    if more > 0 { format!("{named}; and {more} more") } else { named }
}

/// The way from an empty database to the first project.
fn first_steps(user: &User, counts: &Counts) -> Markup {
    let steps: [(&str, &ContentType, &str); 4] = [
        ("Add your themes", &THEME, THEME.help),
        ("Add people", &PERSON, "They stand in the teams of projects and among the authors of outputs."),
        (
            "Add a project",
            &PROJECT,
            "With its team, text and table of outputs; the table can be pasted from a document.",
        ),
        ("Write the first news item", &NEWS, NEWS.help),
    ];
    let may = steps.iter().any(|(_, content_type, _)| user.may(Verb::Create, content_type.name));
    html! {
        section aria-labelledby="steps" {
            header { h2 #steps { "First steps" } }
            @if may && matches!(user.role, Role::Administrator | Role::Editor) {
                ol.feed {
                    @if user.role == Role::Administrator {
                        li {
                            a href="/admin/site" { "Check the site’s name and address" }
                            span {}
                            small { "They stand in every link that Recto gives out." }
                        }
                    }
                    @for (what, content_type, help) in steps {
                        li {
                            a href={ "/admin/" (content_type.plural) "/new" } { (what) }
                            span.number { @if counts.all(content_type) > 0 { (counts.all(content_type)) " so far" } }
                            small { (help) }
                        }
                    }
                    @if user.role == Role::Administrator {
                        li {
                            a href="/admin/users/new" { "Make accounts for your colleagues" }
                            span {}
                            small { "Each chooses a password through a link that you give them." }
                        }
                    }
                }
            } @else {
                p.about { "There is hardly anything here yet. An editor adds the themes and projects first." }
            }
        }
    }
}
