//! An import that was taken over: what it made and changed, and the button that takes it back.

use axum::extract::{Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use crate::admin::failure::Failure;
use crate::admin::layout::{self, Flash, Page};
use crate::admin::session::SignedIn;
use crate::admin::when::When;
use crate::admin::{State, items};
use crate::content::types::{OUTPUT, PROJECT};
use crate::content::{Id, TYPES};
use crate::editing::User;
use crate::editing::import::{self, Stayed, Undone};
use crate::error::{Error, Result};
use crate::published::Document;
use crate::store::{self, Deed};

/// How many items are named.
const NAMED: usize = 200;

/// `GET /admin/imports/{batch}`
pub(in crate::admin) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(batch): Path<String>,
) -> Result<Response, Failure> {
    page(&state, &user, &items::id(&batch)?.to_string(), StatusCode::OK, None).await
}

/// `POST /admin/imports/{batch}`
pub(in crate::admin) async fn undo(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(batch): Path<String>,
) -> Result<Response, Failure> {
    let batch = items::id(&batch)?.to_string();
    let undone = import::undo(&state.desk, &user, &batch).await?;
    page(&state, &user, &batch, StatusCode::OK, Some(&undone)).await
}

async fn page(
    state: &State,
    user: &User,
    batch: &str,
    status: StatusCode,
    undone: Option<&Undone>,
) -> Result<Response, Failure> {
    let items = state.desk.store.deeds(batch).await?;
    let first = items.first().filter(|item| item.verb == Deed::IMPORT).ok_or(Error::NotFound)?;
    let when = When::of(state).await;
    let who = match &first.account {
        Some(account) => state.desk.store.account(account).await?.map(|account| account.name),
        None => Some("the command line".to_owned()),
    };
    let ids: Vec<String> = items.iter().take(NAMED).map(|item| item.id.to_string()).collect();
    let titles = state.desk.lists().titles(&ids).await?;
    let trashed = |item: &Deed| {
        titles.get(&item.id.to_string()).is_some_and(|one| state_of(one) == store::State::Trashed)
    };
    let gone = items.iter().take(NAMED).all(|item| item.before.is_none() && trashed(item));
    let project = common_project(state, &titles, &items).await?;
    let outputs = items.iter().filter(|item| item.content_type.name == OUTPUT.name).count();
    let heading = html! {
        @match outputs {
            _ if gone || undone.is_some() => "Import taken back",
            1 => "One output imported",
            many => { (many) " outputs imported" }
        }
    };
    let facts = html! {
        span { "Imported " (when.say(first.at)) @if let Some(who) = who { " by " (who) } }
    };
    let body = html! {
        @match &project {
            Some(project) => (layout::crumbs(&[("Projects".to_owned(), "/admin/projects".to_owned()), (project.title.clone(), format!("/admin/projects/{}", project.id))])),
            None => (layout::crumbs(&[("Outputs".to_owned(), "/admin/outputs".to_owned())])),
        }
        @if let Some(undone) = undone { (told(undone)) }
        (layout::page_head(&heading, &facts, &html! {}))
        @if gone && undone.is_none() { p { "All of this was taken back; it lies in the trash." } }
        form.steps method="post" action={ "/admin/imports/" (batch) } {
            @for content_type in TYPES {
                (list(content_type.labels, items.iter().filter(|item| *item.content_type == *content_type), &titles))
            }
            @if items.len() > NAMED { p.help { "And " (items.len() - NAMED) " more." } }
            div.page-foot {
                @match &project {
                    Some(project) => a.button.button-main href={ "/admin/projects/" (project.id) "#outputs-heading" } autofocus[undone.is_none()] { "Open the project" },
                    None => a.button.button-main href="/admin/outputs?stage=draft&sort=-updated_at" autofocus[undone.is_none()] { "Open the drafts" },
                }
                @if import::may_undo(user, &items) && !gone {
                    button.button type="submit" { "Undo import" }
                }
            }
        }
    };
    let section = if project.is_some() { "/admin/projects" } else { "/admin/outputs" };
    Ok((status, html! { (Page { user, title: "Import", section, body }) }).into_response())
}

fn state_of(document: &Document) -> store::State {
    let name = document.json.get("_state").and_then(|state| state.as_str()).unwrap_or_default();
    store::State::by_name(name).unwrap_or(store::State::Draft)
}

/// What taking back came to.
fn told(undone: &Undone) -> Markup {
    let count = |number: usize, one: &str, many: &str| match number {
        1 => format!("One {one}"),
        number => format!("{number} {many}"),
    };
    let mut said: Vec<String> = Vec::new();
    if undone.trashed > 0 {
        said.push(format!("{} moved to the trash.", count(undone.trashed, "item was", "items were")));
    }
    if undone.restored > 0 {
        said.push(format!("{} as before the import.", count(undone.restored, "item is", "items are")));
    }
    if said.is_empty() {
        said.push("There was nothing left to take back.".to_owned());
    }
    html! {
        (Flash::Success(said.join(" ")))
        (stayed(&undone.stayed))
    }
}

/// What was left as it is, and why.
pub(in crate::admin) fn stayed(stayed: &[Stayed]) -> Markup {
    html! {
        @if !stayed.is_empty() {
            section.import-part aria-labelledby="stayed-heading" {
                h2 #stayed-heading { "What stays" }
                dl.import-skipped {
                    @for stayed in stayed {
                        div {
                            dt { a href={ "/admin/" (stayed.stored.item.content_type.plural) "/" (stayed.stored.item.id) } { (stayed.stored.item.title()) } }
                            dd { (stayed.why) }
                        }
                    }
                }
            }
        }
    }
}

fn list<'item>(
    heading: &str,
    items: impl Iterator<Item = &'item Deed>,
    titles: &std::collections::HashMap<String, Document>,
) -> Markup {
    let items: Vec<(&Deed, &Document)> =
        items.filter_map(|item| titles.get(&item.id.to_string()).map(|found| (item, found))).collect();
    html! {
        @if !items.is_empty() {
            section {
                h2 { (heading) }
                ul.feed {
                    @for (item, document) in items {
                        li {
                            a href={ "/admin/" (item.content_type.plural) "/" (item.id) } { (document.title) }
                            span.quiet {
                                @if item.before.is_some() { "changed, " }
                                (state_of(document).label().to_lowercase())
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The project whose table all outputs of the import stand in, if there is one.
async fn common_project(
    state: &State,
    titles: &std::collections::HashMap<String, Document>,
    items: &[Deed],
) -> Result<Option<Document>> {
    let mut common: Option<Vec<Id>> = None;
    for item in items.iter().filter(|item| item.content_type.name == OUTPUT.name) {
        let Some(document) = titles.get(&item.id.to_string()) else { continue };
        let links = crate::content::document::links(&OUTPUT, &document.json);
        let own: Vec<Id> = links.iter().filter(|link| link.field == "projects").map(|link| link.to).collect();
        common = Some(match common {
            None => own,
            Some(before) => before.into_iter().filter(|id| own.contains(id)).collect(),
        });
    }
    // A project that all share; an output that was there before may stand in others.
    match common.unwrap_or_default().last() {
        Some(id) => Ok(state
            .desk
            .lists()
            .get(&id.to_string())
            .await?
            .filter(|one| one.content_type.name == PROJECT.name)),
        None => Ok(None),
    }
}
