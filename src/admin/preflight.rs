//! The page before publishing: what is missing, what will change, what else could go with it.

use axum::extract::State as FromState;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::failure::Failure;
use super::form::posted::Posted;
use super::items::Addressed;
use super::layout::{self, Flash, Page};
use super::session::{Htmx, SignedIn};
use super::{State, when::When};
use crate::content::{Id, Value, diff};
use crate::editing::{self, Candidate, Elsewhere, OtherGround, Preflight, Sake, User};
use crate::error::Error;
use crate::store::{State as ItemState, Stored};

/// `GET /admin/{plural}/{id}/publish`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Addressed { id, .. }: Addressed,
) -> Result<Response, Failure> {
    page(&state, &user, id, StatusCode::OK, None).await
}

/// `POST /admin/{plural}/{id}/publish`
pub(super) async fn publish(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Addressed { content_type, id }: Addressed,
    htmx: Htmx,
    posted: Posted,
) -> Result<Response, Failure> {
    let seen = posted.get("version").and_then(|version| version.parse().ok());
    let is_told = seen.is_some();
    let together: Option<Vec<_>> = posted.all("together").iter().map(|ticked| looked_at(ticked)).collect();
    // Whoever has not been asked has not decided.
    let elsewhere = match (posted.get("elsewhere_asked"), posted.get("elsewhere")) {
        (None, _) => Elsewhere::Ask,
        (Some(_), Some(_)) => Elsewhere::Close,
        (Some(_), None) => Elsewhere::Keep,
    };
    let done = match &together {
        Some(together) if is_told => {
            let wish = editing::Publish { id, seen, together, elsewhere };
            editing::publish_as(&state.desk, &user, wish).await
        }
        // Nothing goes that was not looked at, nor without what was ticked with it.
        _ => Err(Error::Conflict(vec![id])),
    };
    match done {
        Ok(_) => Ok(htmx.redirect(&format!("/admin/{}/{id}?done=published", content_type.plural))),
        Err(Error::Conflict(_)) => {
            let text = "Somebody saved this, or something that goes with it, while you looked. What will change is shown anew; look again, then publish.";
            page(&state, &user, id, StatusCode::CONFLICT, Some(Flash::Warning(text.to_owned()))).await
        }
        Err(Error::Invalid(_)) => {
            let text = "Nothing was published: something is missing, see below.";
            page(&state, &user, id, StatusCode::UNPROCESSABLE_ENTITY, Some(Flash::Error(text.to_owned())))
                .await
        }
        Err(Error::Refused(why)) => {
            page(&state, &user, id, StatusCode::UNPROCESSABLE_ENTITY, Some(Flash::Error(why))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// An item that was ticked, and the version that was looked at, as `<id>:<version>`.
fn looked_at(ticked: &str) -> Option<(Id, Option<i64>)> {
    let (id, version) = ticked.split_once(':')?;
    Some((id.parse().ok()?, Some(version.parse().ok()?)))
}

async fn page(
    state: &State,
    user: &User,
    id: Id,
    status: StatusCode,
    flash: Option<Flash>,
) -> Result<Response, Failure> {
    let preflight = editing::preflight(&state.desk, user, id).await?;
    let item = &preflight.stored.item;
    // What the compared values link to, by name.
    let mut ids: Vec<String> = Vec::new();
    for change in &preflight.changes {
        for value in [&change.before, &change.after] {
            match value {
                Value::One(id) => ids.push(id.to_string()),
                Value::Html(html) => ids.extend(html.own().map(|id| id.to_string())),
                Value::Many(rows) => {
                    ids.extend(rows.iter().filter_map(|row| row.target).map(|id| id.to_string()))
                }
                _ => {}
            }
        }
    }
    let titles = state.desk.lists().titles(&ids).await?;
    let name = |id: Id| {
        titles
            .get(&id.to_string())
            .map_or_else(|| "something that is not here".to_owned(), |found| found.title.clone())
    };
    let own = format!("/admin/{}/{id}", item.content_type.plural);
    let when = When::of(state).await;
    let body = html! {
        (layout::crumbs(&[
            (item.content_type.labels.to_owned(), format!("/admin/{}", item.content_type.plural)),
            (item.title(), own.clone()),
        ]))
        @if let Some(flash) = flash { (flash) }
        (layout::page_head(&html! { "Publish ‘" (item.title()) "’" }, &layout::state(preflight.stored.state()), &html! {}))
        form.steps method="post" action={ (own) "/publish" } {
            input type="hidden" name="version" value=(preflight.stored.meta.version);
            (missing(&preflight, &own))
            (held_back(&preflight))
            (changes(&preflight, when, &name))
            (files(&preflight.files))
            (candidates(&preflight.candidates))
            (elsewhere(&preflight.elsewhere))
            div.page-foot {
                @if preflight.missing.is_empty() && something(&preflight) {
                    button.button.button-main type="submit" name="do" value="publish" { "Publish" }
                }
                a.button href=(own) { "Back to editing" }
            }
        }
    };
    let section = format!("/admin/{}", item.content_type.plural);
    let title = format!("Publish {}", item.title());
    Ok((status, html! { (Page { user, title: &title, section: &section, body }) }).into_response())
}

/// Whether there is anything to publish or to close.
fn something(preflight: &Preflight) -> bool {
    !(preflight.changes.is_empty() && preflight.candidates.is_empty() && preflight.elsewhere.is_empty())
}

fn missing(preflight: &Preflight, own: &str) -> Markup {
    html! {
        @if !preflight.missing.is_empty() {
            section aria-labelledby="missing" {
                h2 #missing { "What is missing" }
                p { "Fill this in, then come back. Nothing is lost meanwhile." }
                ul.missing {
                    @for problem in &preflight.missing.0 {
                        @let field = problem.field.split('.').next().unwrap_or_default();
                        li { a href={ (own) "#f-" (field) } { (problem.message) } }
                    }
                }
            }
        }
    }
}

fn changes(preflight: &Preflight, when: When, name: &dyn Fn(Id) -> String) -> Markup {
    let item = &preflight.stored.item;
    let public_since =
        preflight.stored.meta.published_at.filter(|_| preflight.stored.meta.published_version.is_some());
    let read = |field: &str, value: &Value| match item.content_type.field(field) {
        Some(field) => diff::read(field, value, name),
        None => crate::content::text::print(value),
    };
    html! {
        section aria-labelledby="changes" {
            h2 #changes { "What will change in public" }
            @match public_since {
                _ if preflight.changes.is_empty() => {
                    p { "Nothing in " (the_item(preflight)) " itself: readers see this version already." }
                }
                Some(at) => {
                    p { "Compared with what readers see since " (when.say(at)) "." }
                    table.diff aria-labelledby="changes" {
                        colgroup { col; col; col; }
                        thead { tr { th scope="col" { "Field" } th scope="col" { "Now public" } th scope="col" { "After publishing" } } }
                        tbody {
                            @for change in &preflight.changes {
                                tr {
                                    th scope="row" { (change.label) }
                                    (side("Now public", &read(change.field, &change.before), false))
                                    (side("After publishing", &read(change.field, &change.after), true))
                                }
                            }
                        }
                    }
                }
                // Nothing to compare with: what readers will see is read, not searched for marks.
                None => {
                    @if preflight.stored.meta.first_published_at.is_some() {
                        p { "Readers do not see this any more. They will see all of it again." }
                    } @else {
                        p { "Readers do not see this yet. They will see all of it." }
                    }
                    table.diff.diff-first aria-labelledby="changes" {
                        colgroup { col; col; }
                        thead { tr { th scope="col" { "Field" } th scope="col" { "What readers will see" } } }
                        tbody {
                            @for change in &preflight.changes {
                                tr { th scope="row" { (change.label) } td { @for line in read(change.field, &change.after).lines() { p { (line) } } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn the_item(preflight: &Preflight) -> String {
    format!("the {}", preflight.stored.item.content_type.label.to_lowercase())
}

fn side(label: &str, text: &str, new: bool) -> Markup {
    html! {
        @if text.is_empty() {
            td.nothing data-label=(label) { "Nothing" }
        } @else {
            td data-label=(label) {
                @for (at, line) in text.lines().enumerate() {
                    @if at > 0 { br; }
                    @if new { ins { (line) } } @else { del { (line) } }
                }
            }
        }
    }
}

/// What a candidate is, and its part in the item where that says more: ‘Person, academic team’.
fn part(candidate: &Candidate) -> String {
    let content_type = candidate.stored.item.content_type;
    let label = content_type.label;
    let says_more =
        |link: &&str| ![label, content_type.labels].iter().any(|label| link.eq_ignore_ascii_case(label));
    let state = match candidate.stored.state() {
        ItemState::Changed => ", changed since it was published",
        _ => "",
    };
    match candidate.link.filter(says_more) {
        Some(link) => format!("{label}, {}{state}", link.to_lowercase()),
        _ => format!("{label}{state}"),
    }
}

/// What publishing a file with something means.
fn file(sake: &Sake) -> Markup {
    html! {
        @match sake {
            Sake::Plain => {}
            Sake::Waits(Some(day)) => { ". Readers do not get the file before " (day.format("%-d %B %Y").to_string()) ", when the embargo ends." }
            Sake::Waits(None) => { ". Readers do not get the file as long as the output is not open." }
            Sake::Public => { ". Readers can get it already, because of something else. Tick it if they should keep it as long as they see this." }
            Sake::HeldBack(title) => { ". Not ticked, because it is the file of ‘" (title) "’, which is not open. If you tick it, readers get it all the same." }
        }
    }
}

/// What becomes of the files that were published with it before.
fn files(files: &[(Stored, Sake)]) -> Markup {
    html! {
        @if !files.is_empty() {
            section aria-labelledby="files" {
                h2 #files { "Files that belong to it" }
                ul.because {
                    @for (media, sake) in files {
                        li {
                            @let link = html! { "‘" a href={ "/admin/media/" (media.item.id) } { (media.item.title()) } "’" };
                            @match sake {
                                Sake::Waits(Some(day)) => { "Readers do not get " (link) " before " (day.format("%-d %B %Y").to_string()) ", when the embargo ends." }
                                Sake::Waits(None) => { "Readers do not get " (link) " as long as the output is not open." }
                                _ => { "Readers get " (link) " with it, because it was published together with it before." }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A file that an output keeps back is about to be published by itself.
fn held_back(preflight: &Preflight) -> Markup {
    html! {
        @if let Some(title) = &preflight.held_back {
            (Flash::Warning(format!(
                "This is the file of the output ‘{title}’, which is not open. If you publish it by itself, readers get it all the same."
            )))
        }
    }
}

/// Where the file of something that will not be open is public beside it.
fn elsewhere(others: &[OtherGround]) -> Markup {
    html! {
        @if let Some(first) = others.first() {
            section aria-labelledby="elsewhere" {
                h2 #elsewhere { "Its file is public elsewhere" }
                p {
                    "This output will not be open, but readers can get its file ‘"
                    a href={ "/admin/media/" (first.media.item.id) } { (first.media.item.title()) } "’ because"
                    @if others.len() == 1 { " " (because(first)) "." } @else { ":" }
                }
                @if others.len() > 1 { ul.because { @for other in others { li { (because(other)) } } } }
                input type="hidden" name="elsewhere_asked" value="yes";
                label.choice.choice-told {
                    input type="checkbox" name="elsewhere" value="close" checked;
                    span { b { "Close the file there too" } " " small { "Readers cannot get it any more. Everything else there stays as it is." } }
                }
            }
        }
    }
}

/// Why readers can get a file, with a link to what shows it.
fn because(other: &OtherGround) -> Markup {
    let item = &other.item.item;
    html! {
        @if item.id == other.media.item.id {
            "it was published by itself"
        } @else {
            "the " (item.content_type.label.to_lowercase()) " ‘"
            a href={ "/admin/" (item.content_type.plural) "/" (item.id) } { (item.title()) } "’ shows it"
        }
    }
}

fn candidates(candidates: &[Candidate]) -> Markup {
    html! {
        @if !candidates.is_empty() {
            section aria-labelledby="together" {
                h2 #together { "Publish together with it" }
                p { "These belong to it, and readers do not see them yet, or see an older version. What you do not tick stays as it is, and can be published at any time." }
                ul.together {
                    @for candidate in candidates {
                        @let item = &candidate.stored.item;
                        @let whole = candidate.missing.is_empty();
                        li {
                            label.choice {
                                @let ticked = whole && !matches!(candidate.file, Sake::HeldBack(_));
                                input type="checkbox" name="together" value={ (item.id) ":" (candidate.stored.meta.version) } checked[ticked] disabled[!whole];
                                span {
                                    b { (item.title()) } " "
                                    small {
                                        (part(candidate)) (file(&candidate.file))
                                        @if !whole {
                                            ". Cannot go with it yet: "
                                            (candidate.missing.0.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join(" "))
                                        }
                                    }
                                }
                            }
                            @if !whole { " " a href={ "/admin/" (item.content_type.plural) "/" (item.id) } { "Open" } }
                        }
                    }
                }
            }
        }
    }
}
