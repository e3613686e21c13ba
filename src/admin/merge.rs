//! Merging two people, or two organisations: choosing the other one, looking at both, doing it. It must
//! not decide what a merge does: `editing::merge` does.

use axum::extract::{Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::dashboard::line;
use super::failure::Failure;
use super::form::links::{document_state, not_trashed, subtitle};
use super::form::posted::Posted;
use super::items::Addressed;
use super::layout::{self, Flash, Page, icon};
use super::session::SignedIn;
use super::{State, items};
use crate::content::{ContentType, Id, Value, diff};
use crate::editing::meant::Candidate;
use crate::editing::merge::{self, Merge, Offer, Plan, is_mergeable};
use crate::editing::{User, Verb, permission};
use crate::error::{Error, Result};
use crate::published::Select;
use crate::store::Stored;

/// How many items a search offers.
const FOUND: i64 = 10;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    /// The other item.
    with: String,
    /// Which of the two stays.
    keep: String,
}

/// `GET /admin/{plural}/{id}/merge`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Addressed { content_type, id }: Addressed,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    if !is_mergeable(content_type) {
        return Err(Error::NotFound.into());
    }
    merge::allow(&user, content_type)?;
    if asked.with.is_empty() {
        return choose(&state, &user, content_type, id, &asked).await;
    }
    let with = items::id(&asked.with)?;
    let keep = match asked.keep.as_str() {
        "" => likelier(&state, &user, id, with).await?,
        keep => items::id(keep)?,
    };
    let merge = if keep == id { with } else { id };
    compare(&state, &user, keep, merge, StatusCode::OK, None, None).await
}

/// Which of the two stays unless somebody says otherwise: the public one, then that to which more links.
async fn likelier(state: &State, user: &User, one: Id, other: Id) -> Result<Id> {
    let plan = merge::plan(&state.desk, user, one, other).await?;
    let rank = |stored: &Stored, linking| (stored.meta.published_version.is_some(), linking);
    let turn = rank(&plan.merged, plan.linking_number) > rank(&plan.kept, plan.kept_linking);
    Ok(if turn { other } else { one })
}

/// `POST /admin/{plural}/{id}/merge`
pub(super) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path((plural, _)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    items::content_type(&plural)?;
    let id = |name: &str| items::id(posted.get(name).unwrap_or_default());
    let version = |name: &str| posted.get(name).and_then(|version| version.parse().ok()).unwrap_or_default();
    let take: Vec<String> = posted.all("take").into_iter().map(str::to_owned).collect();
    let merge = Merge {
        keep: (id("keep")?, version("keep_version")),
        merge: (id("merge")?, version("merge_version")),
        take,
    };
    let again = async |status, flash| {
        compare(&state, &user, merge.keep.0, merge.merge.0, status, Some(flash), Some(&merge.take)).await
    };
    match merge::merge(&state.desk, &user, &merge).await {
        Ok(merged) => Ok(Redirect::to(&format!("/admin/changes/{}", merged.batch)).into_response()),
        Err(Error::Conflict(_)) => {
            let flash = "Somebody has saved one of the two since you looked. Look again, then merge.";
            again(StatusCode::CONFLICT, Flash::Warning(flash.to_owned())).await
        }
        Err(Error::Refused(why)) => again(StatusCode::CONFLICT, Flash::Error(why)).await,
        Err(Error::Invalid(problems)) => {
            let why = problems.0.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join(" ");
            let flash =
                Flash::Error(format!("Not merged, since the kept one cannot be public as it is: {why}"));
            again(StatusCode::UNPROCESSABLE_ENTITY, flash).await
        }
        Err(error) => Err(error.into()),
    }
}

fn crumbs(content_type: &ContentType, item: &Stored) -> Markup {
    let list = format!("/admin/{}", content_type.plural);
    let own = format!("{list}/{}", item.item.id);
    layout::crumbs(&[(content_type.labels.to_owned(), list), (item.item.title(), own)])
}

/// Choosing the other one.
async fn choose(
    state: &State,
    user: &User,
    content_type: &'static ContentType,
    id: Id,
    asked: &Asked,
) -> Result<Response, Failure> {
    let stored = state.desk.store.items(content_type, &[id]).await?.pop().ok_or(Error::NotFound)?;
    permission::allow(user, Verb::Trash, &stored)?;
    let alike = merge::alike(&state.desk, &stored.item).await?;
    let words: String = asked.q.trim().chars().take(200).collect();
    let mut found: Vec<Candidate> = Vec::new();
    if !words.is_empty() {
        let search = Select { search: Some(words.clone()), order: None, ..Select::of(content_type) };
        let select = Select { filters: vec![not_trashed()], limit: FOUND, ..search };
        let hits = state.desk.lists().list(&select).await?.items.into_iter();
        found = hits
            .filter_map(|hit| {
                let subtitle = [subtitle(&hit), document_state(&hit).label()].map(str::to_owned);
                let subtitle = subtitle.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
                Some(Candidate { id: hit.id.parse().ok()?, title: hit.title, subtitle: subtitle.join(". ") })
            })
            .filter(|one| one.id != id)
            .collect();
    }
    let own = format!("/admin/{}/{id}/merge", content_type.plural);
    let list = |people: &[Candidate]| {
        html! {
            ul.feed {
                @for one in people {
                    li {
                        a href={ (own) "?with=" (one.id) } { (one.title) }
                        span {}
                        @if !one.subtitle.is_empty() { small { (one.subtitle) } }
                    }
                }
            }
        }
    };
    let kind = content_type.label.to_lowercase();
    let body = html! {
        (crumbs(content_type, &stored))
        (layout::page_head(&html! { "Merge ‘" (stored.item.title()) "’ with another " (kind) }, &html! {}, &html! {}))
        div.prose {
            p.about { "Two records of one " (kind) " become one: whatever links to the one links to the other. You see both before anything happens." }
            @if !alike.is_empty() {
                section aria-labelledby="alike" { h2 #alike { "Perhaps the same" } (list(&alike)) }
            }
            section aria-labelledby="other" {
                h2 #other { @if alike.is_empty() { "Find the other one" } @else { "Another one" } }
                form.filters method="get" action=(own) role="search" aria-label={ "Search " (content_type.labels.to_lowercase()) } {
                    div.field.field-search {
                        label for="q" { "Search " (content_type.labels.to_lowercase()) }
                        div.control.search { (icon("search")) input type="search" #q name="q" value=(asked.q) maxlength="200"; }
                    }
                    div.actions { button.button type="submit" { "Search" } }
                }
                @if !words.is_empty() {
                    @if found.is_empty() { p { "Nothing else of that name." } } @else { (list(&found)) }
                }
            }
        }
    };
    let section = format!("/admin/{}", content_type.plural);
    Ok(html! { (Page { user, title: "Merge", section: &section, body }) }.into_response())
}

/// Both side by side, and what will happen.
async fn compare(
    state: &State,
    user: &User,
    keep: Id,
    merge: Id,
    status: StatusCode,
    flash: Option<Flash>,
    taken: Option<&[String]>,
) -> Result<Response, Failure> {
    let plan = match merge::plan(&state.desk, user, keep, merge).await {
        Ok(plan) => plan,
        Err(error) => return Err(error.into()),
    };
    let content_type = plan.kept.item.content_type;
    let mut ids: Vec<String> = Vec::new();
    for offer in &plan.offers {
        for value in [&offer.kept, &offer.merged] {
            if let Value::One(id) = value {
                ids.push(id.to_string());
            }
        }
    }
    let titles = state.desk.lists().titles(&ids).await?;
    let name = |id: Id| titles.get(&id.to_string()).map(|found| found.title.clone()).unwrap_or_default();
    let (kept, merged) = (&plan.kept, &plan.merged);
    let list = format!("/admin/{}", content_type.plural);
    let other = format!("{list}/{keep}/merge?with={merge}&keep={merge}");
    let body = html! {
        (crumbs(content_type, kept))
        @if let Some(flash) = flash { (flash) }
        (layout::page_head(&html! { "Merge two " (content_type.labels.to_lowercase()) }, &html! {}, &html! {}))
        form.steps method="post" action={ (list) "/" (keep) "/merge" } {
            @for (name, stored) in [("keep", kept), ("merge", merged)] {
                input type="hidden" name=(name) value=(stored.item.id);
                input type="hidden" name={ (name) "_version" } value=(stored.meta.version);
            }
            div.merge-sides {
                (side("This one stays", kept, plan.kept_linking))
                (side("This one goes into it", merged, plan.linking_number))
            }
            p { a href=(other) { "The other way round" } }
            (offers(&plan, taken, &name))
            (linking(&plan))
            (public(&plan))
            div.page-foot {
                button.button.button-main type="submit" name="do" value="merge" { "Merge" }
                a.button href={ (list) "/" (keep) } { "Cancel" }
                span.quiet { "It can be undone as a whole." }
            }
        }
    };
    Ok((status, html! { (Page { user, title: "Merge", section: &list, body }) }).into_response())
}

fn side(heading: &str, stored: &Stored, linking: i64) -> Markup {
    let item = &stored.item;
    html! {
        section {
            h2 { (heading) }
            p { a href={ "/admin/" (item.content_type.plural) "/" (item.id) } { b { (item.title()) } } }
            @let second = (item.content_type.subtitle)(item);
            @if !second.is_empty() { p { (second) } }
            p { (layout::state(stored.state())) }
            p.quiet {
                @match linking { 0 => "Nothing links to it", 1 => "One item links to it", many => { (many) " items link to it" } }
            }
        }
    }
}

/// What the merged one says that the kept one does not.
fn offers(plan: &Plan, taken: Option<&[String]>, name: &dyn Fn(Id) -> String) -> Markup {
    let is_taken = |offer: &Offer| match taken {
        Some(taken) => taken.iter().any(|name| name == offer.field.name),
        None => offer.lacking,
    };
    html! {
        section aria-labelledby="offers" {
            h2 #offers { "What to take over" }
            @if plan.offers.is_empty() {
                p { "It says nothing that the other does not say as well." }
            } @else {
                p { "What is ticked replaces what the kept one says. What only the other one says is ticked already." }
                table.diff.diff-take {
                    thead { tr { th scope="col" { "Field" } th scope="col" { "Kept: " (plan.kept.item.title()) } th scope="col" { "Take over from " (plan.merged.item.title()) } } }
                    tbody {
                        @for offer in &plan.offers {
                            tr {
                                th scope="row" { (offer.field.label) }
                                td data-label="Kept" {
                                    @let said = diff::read(offer.field, &offer.kept, name);
                                    @if said.is_empty() || offer.lacking { span.nothing { "Nothing" } } @else { (said) }
                                }
                                td {
                                    label.choice {
                                        input type="checkbox" name="take" value=(offer.field.name) checked[is_taken(offer)];
                                        span { span.visually-hidden { "Take over " (offer.field.label) ": " } (diff::read(offer.field, &offer.merged, name)) }
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

fn linking(plan: &Plan) -> Markup {
    let more = plan.linking_number - i64::try_from(plan.linking.len()).unwrap_or(0);
    html! {
        @if plan.linking_number > 0 {
            section aria-labelledby="linking" {
                h2 #linking { "What will link to the kept one" }
                ul.feed { @for document in &plan.linking { (line(document, &html! {})) } }
                @if more > 0 { p.help { "And " (more) " more." } }
            }
        }
    }
}

fn public(plan: &Plan) -> Markup {
    let is_public = |stored: &Stored| stored.meta.published_version.is_some();
    let (kept, merged) = (is_public(&plan.kept), is_public(&plan.merged));
    html! {
        section aria-labelledby="public" {
            h2 #public { "What the public will see" }
            ul.plain-list {
                @if kept { li { "What you take over is public at once." } }
                @if merged && !kept { li { "The kept one becomes public, since the other is." } }
                @if merged { li { "Whoever follows a link to the other’s address is led to the kept one." } }
                @if plan.linking_number > 0 { li { "What is public and links to it names the kept one at once. Unpublished changes stay unpublished." } }
                @if !kept && !merged && plan.linking_number == 0 { li { "Nothing: neither is public." } }
                li { "The other one lies in the trash." }
            }
        }
    }
}
