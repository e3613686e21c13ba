//! What was done to several items at once, as a page, and the button that takes it back. It must not take
//! anything back itself: `editing` does.

use axum::extract::{Path, Query, State as FromState};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::dashboard::line;
use super::failure::Failure;
use super::layout::{self, Flash, Page};
use super::session::SignedIn;
use super::{State, bulk, import, items, when::When};
use crate::editing::import::{Undone, may_undo};
use crate::editing::{self, User};
use crate::error::{Error, Result};
use crate::published::Document;
use crate::store::Deed;

/// How many items are named.
const NAMED: usize = 200;

/// What the page is asked beside the number.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The list from which somebody comes, as its query.
    list: String,
}

/// `GET /admin/changes/{batch}`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(batch): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    page(&state, &user, &items::id(&batch)?.to_string(), &asked, None).await
}

/// `POST /admin/changes/{batch}`
pub(super) async fn undo(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(batch): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let batch = items::id(&batch)?.to_string();
    let undone = editing::take_back(&state.desk, &user, &batch).await?;
    page(&state, &user, &batch, &asked, Some(&undone)).await
}

/// What was done, in a sentence; none where nothing was.
pub(super) async fn told(state: &State, batch: &str) -> Result<Option<String>> {
    let deeds = state.desk.store.deeds(batch).await?;
    if deeds.is_empty() {
        return Ok(None);
    }
    let titles = titles(state, &deeds).await?;
    Ok(Some(sentence(&deeds, &titles)))
}

async fn titles(state: &State, deeds: &[Deed]) -> Result<Vec<Document>> {
    let mut ids: Vec<String> = deeds.iter().take(NAMED).map(|deed| deed.id.to_string()).collect();
    // Whom a merge is about is named, however much links to them.
    ids.extend(deeds.iter().filter(|deed| is_about(deed)).map(|deed| deed.id.to_string()));
    let found = state.desk.lists().titles(&ids).await?;
    let mut found: Vec<Document> = found.into_values().collect();
    found.sort_by(|one, other| one.title.cmp(&other.title).then(one.id.cmp(&other.id)));
    Ok(found)
}

fn is_about(deed: &Deed) -> bool {
    matches!(deed.verb, Deed::KEEP | Deed::MERGE)
        || (deed.verb == Deed::BIND && deed.content_type.name == "person")
}

fn title<'title>(titles: &'title [Document], deed: &Deed) -> &'title str {
    let id = deed.id.to_string();
    titles.iter().find(|one| one.id == id).map(|one| one.title.as_str()).unwrap_or_default()
}

fn sentence(deeds: &[Deed], titles: &[Document]) -> String {
    if let Some(told) = bulk::told(deeds) {
        return format!("{told}.");
    }
    let of = |verb: &str| deeds.iter().find(|deed| deed.verb == verb);
    let several = |number: usize, one: &str, many: &str| match number {
        1 => format!("one {one}"),
        number => format!("{number} {many}"),
    };
    if let (Some(merged), kept) = (of(Deed::MERGE), of(Deed::KEEP)) {
        let relinked = deeds.iter().filter(|deed| deed.verb == Deed::RELINK).count();
        let into = kept.map(|kept| format!(" into ‘{}’", title(titles, kept))).unwrap_or_default();
        let links = match relinked {
            0 => "Nothing had linked to it.".to_owned(),
            number => format!(
                "{} linked to it and now to the other.",
                first_upper(&several(number, "item", "items"))
            ),
        };
        return format!("‘{}’ was merged{into}. {links}", title(titles, merged));
    }
    let outputs = deeds.iter().filter(|deed| deed.content_type.name == "output").count();
    let person = deeds.iter().find(|deed| is_about(deed));
    let person = person.map(|person| format!("bound to {} ", title(titles, person)));
    format!("{}in {}.", person.unwrap_or_else(|| "bound ".to_owned()), several(outputs, "output", "outputs"))
}

fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

async fn page(
    state: &State,
    user: &User,
    batch: &str,
    asked: &Asked,
    undone: Option<&Undone>,
) -> Result<Response, Failure> {
    let deeds = state.desk.store.deeds(batch).await?;
    let first = deeds.first().ok_or(Error::NotFound)?;
    if first.verb == Deed::IMPORT {
        return Ok(Redirect::to(&format!("/admin/imports/{batch}")).into_response());
    }
    let when = When::of(state).await;
    let who = match &first.account {
        Some(account) => state.desk.store.account(account).await?.map(|account| account.name),
        None => None,
    };
    let titles = titles(state, &deeds).await?;
    let merge = deeds.iter().any(|deed| deed.verb == Deed::MERGE);
    let many = bulk::told(&deeds);
    let about = deeds.iter().find(|deed| is_about(deed)).or(many.as_ref().map(|_| first));
    let name = about.map(|deed| deed.content_type);
    let section = name.map_or("/admin/outputs".to_owned(), |kind| format!("/admin/{}", kind.plural));
    let heading = match (undone.is_some(), &many, merge) {
        (true, ..) => "Taken back",
        (false, Some(many), _) => many,
        (false, None, true) => "Merged",
        (false, None, false) => "Name bound",
    };
    let said = match &many {
        Some(_) => bulk::more(state, &deeds).await?,
        None => Some(first_upper(&sentence(&deeds, &titles))),
    };
    let list = bulk::list_of(&asked.list);
    let back = format!("{section}{list}");
    let own = bulk::told_at(batch, &list);
    let body = html! {
        @if let Some(kind) = name { (layout::crumbs(&[(kind.labels.to_owned(), back.clone())])) }
        @if let Some(undone) = undone { (came_to(undone)) }
        (layout::page_head(
            &html! { (heading) },
            &html! { span { (first_upper(&when.say(first.at))) @if let Some(who) = who { " by " (who) } } },
            &html! {},
        ))
        form.steps method="post" action=(own) {
            @if let (None, Some(said)) = (undone, said) { p.about { (said) } }
            // Before the list, which may be long.
            div.page-foot {
                @if let Some(kept) = deeds.iter().find(|deed| deed.verb == Deed::KEEP) {
                    a.button.button-main href={ (section) "/" (kept.id) } { "Open ‘" (title(&titles, kept)) "’" }
                }
                @if undone.is_none() && may_undo(user, &deeds) {
                    button.button type="submit" { "Undo" }
                }
                a.button href=(back) { "Back to the list" }
            }
            ul.feed { @for document in titles.iter().take(NAMED) { (line(document, &html! {})) } }
            @if deeds.len() > NAMED { p.help { "And " (deeds.len() - NAMED) " more." } }
        }
    };
    let page = Page { user, title: heading, section: &section, body };
    Ok(html! { (page) }.into_response())
}

/// What taking back came to.
fn came_to(undone: &Undone) -> Markup {
    let said = match undone.restored + undone.trashed {
        0 => "There was nothing left to take back.".to_owned(),
        1 => "One item is as it was before.".to_owned(),
        number => format!("{number} items are as they were before."),
    };
    html! {
        (Flash::Success(said))
        (import::stayed(&undone.stayed))
    }
}
