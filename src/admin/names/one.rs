//! One name: all outputs that credit it, everybody whom it can mean, and a search for others. Bound where
//! somebody says so, everywhere or in some outputs.

use axum::extract::{Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;
use serde::Deserialize;

use super::{Asked, PATH, key_of, may_bind, may_make};
use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::form::links::{document_state, not_trashed, subtitle};
use crate::admin::form::posted::Posted;
use crate::admin::layout::{self, Flash, Page, icon};
use crate::admin::session::SignedIn;
use crate::content::Id;
use crate::content::types::PERSON;
use crate::editing::meant::{self, Candidate, Chosen, Match};
use crate::editing::{self, Binding, User, Verb};
use crate::error::Error;
use crate::published::Select;

/// How many outputs are named; beyond them a name is bound in all or none.
const NAMED: i64 = 500;
/// How many people a search offers.
const FOUND: i64 = 10;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct AskedOne {
    name: String,
    q: String,
}

/// What the form says.
#[derive(Default)]
struct Typed {
    /// A person's id, or `new`.
    person: Option<String>,
    /// The outputs that are left out.
    left: Vec<String>,
    publish: bool,
}

/// `GET /admin/people/names/one?name=Tomkins,+L`
pub(in crate::admin) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Query(asked): Query<AskedOne>,
) -> Result<Response, Failure> {
    let typed = Typed { publish: true, ..Typed::default() };
    page(&state, &user, &asked, StatusCode::OK, &typed, None).await
}

/// `POST /admin/people/names/one`
pub(in crate::admin) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    posted: Posted,
) -> Result<Response, Failure> {
    let get = |name: &str| posted.get(name).unwrap_or_default().to_owned();
    let asked = AskedOne { name: get("said"), q: get("q") };
    let (shown, chosen) = (posted.all("shown"), posted.all("output"));
    let left = shown.iter().filter(|id| !chosen.contains(id)).map(|id| (*id).to_owned()).collect();
    let typed = Typed {
        person: posted.get("person").map(str::to_owned),
        left,
        publish: posted.get("publish").is_some(),
    };
    let complain = async |why: String, status| {
        page(&state, &user, &asked, status, &typed, Some(Flash::Error(why))).await
    };
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let person = match typed.person.as_deref() {
        None | Some("") => return complain("Choose who it is.".to_owned(), unprocessable).await,
        Some("new") => None,
        Some(id) => Some(id.parse::<Id>().map_err(|_| Error::NotFound)?),
    };
    let outputs: Vec<Id> = chosen.iter().filter_map(|id| id.parse().ok()).collect();
    if outputs.is_empty() {
        return complain("Choose at least one output.".to_owned(), unprocessable).await;
    }
    // All of them are all, however many the page has shown.
    let outputs = (!typed.left.is_empty()).then_some(outputs);
    let binding = Binding { said: &asked.name, person, outputs, publish: typed.publish };
    match editing::bind(&state.desk, &user, &binding).await {
        Ok(bound) => {
            let done = [("done", bound.batch.as_str()), ("said", asked.name.as_str())];
            Ok(Redirect::to(&Asked::default().at(1, &done)).into_response())
        }
        Err(Error::Refused(why)) => complain(why, StatusCode::CONFLICT).await,
        Err(Error::Invalid(problems)) => {
            let why = problems.0.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join(" ");
            complain(why, unprocessable).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Everybody who may be meant, and whom a search has found, with who is chosen.
async fn people(
    state: &State,
    said: &str,
    key: &str,
    asked: &AskedOne,
    typed: &Typed,
) -> Result<(Vec<Candidate>, Option<String>), Failure> {
    let mut name = [Match::of(said, key.to_owned())];
    meant::people(&state.desk, &mut name).await?;
    let [name] = name;
    let mut chosen = typed.person.clone();
    if let (None, Chosen::Item(id)) = (&chosen, name.chosen) {
        chosen = Some(id.to_string());
    }
    let mut people = name.candidates;
    let words: String = asked.q.trim().chars().take(200).collect();
    if !words.is_empty() {
        let search = Select { search: Some(words), order: None, ..Select::of(&PERSON) };
        let select = Select { filters: vec![not_trashed()], limit: FOUND, ..search };
        for found in state.desk.lists().list(&select).await?.items {
            let Ok(id) = found.id.parse() else { continue };
            if people.iter().all(|one| one.id != id) {
                let subtitle = subtitle(&found).to_owned();
                people.push(Candidate { id, title: found.title, subtitle });
            }
        }
    }
    Ok((people, chosen))
}

async fn page(
    state: &State,
    user: &User,
    asked: &AskedOne,
    status: StatusCode,
    typed: &Typed,
    flash: Option<Flash>,
) -> Result<Response, Failure> {
    let key = key_of(&asked.name)?;
    let outputs = state.desk.lists().crediting(&key, NAMED + 1).await?;
    let many = outputs.len() > usize::try_from(NAMED).unwrap_or(usize::MAX);
    let (people, chosen) = people(state, &asked.name, &key, asked, typed).await?;
    let body = html! {
        (layout::crumbs(&[
            ("People".to_owned(), "/admin/people".to_owned()),
            ("Names without a person".to_owned(), PATH.to_owned()),
        ]))
        @if let Some(flash) = flash { (flash) }
        (layout::page_head(&html! { "Who is ‘" (asked.name) "’?" }, &html! {}, &html! {}))
        div.name-queue {
            @if outputs.is_empty() {
                div.empty {
                    h2 { "Nobody is credited so" }
                    p { "No output credits this name without a person." }
                    div.actions { a.button href=(PATH) { "Names without a person" } }
                }
            } @else {
                form.filters method="get" action={ (PATH) "/one" } role="search" aria-label="Search people" {
                    input type="hidden" name="name" value=(asked.name);
                    div.field.field-search {
                        label for="q" { "Search people" }
                        div.control.search { (icon("search")) input type="search" #q name="q" value=(asked.q) maxlength="200"; }
                    }
                    div.actions { button.button type="submit" { "Search" } }
                }
                form.steps method="post" action={ (PATH) "/one" } {
                    input type="hidden" name="said" value=(asked.name);
                    input type="hidden" name="q" value=(asked.q);
                    fieldset disabled[!may_bind(user)] {
                        legend { "Who is it" }
                        @if people.is_empty() {
                            p.help {
                                @if asked.q.is_empty() { "Nobody here is called so. Search for somebody who is credited under another name." }
                                @else { "Nobody found; try another part of the name." }
                            }
                        }
                        ul.together {
                            @for person in &people {
                                li {
                                    label.choice {
                                        input type="radio" name="person" value=(person.id) checked[chosen == Some(person.id.to_string())];
                                        span { b { (person.title) } @if !person.subtitle.is_empty() { " " small { (person.subtitle) } } }
                                    }
                                }
                            }
                            @if may_make(user) {
                                li {
                                    label.choice {
                                        input type="radio" name="person" value="new" checked[chosen.as_deref() == Some("new")];
                                        span { b { "A new person" } " " small { "Called ‘" (asked.name) "’; complete what is known of them afterwards." } }
                                    }
                                }
                            }
                        }
                    }
                    fieldset disabled[!may_bind(user)] {
                        legend { "In which outputs" }
                        @if many { p.help { "The first " (NAMED) " of them; where none is left out, all are meant." } }
                        ul.together {
                            @for output in outputs.iter().take(usize::try_from(NAMED).unwrap_or(usize::MAX)) {
                                li {
                                    input type="hidden" name="shown" value=(output.id);
                                    label.choice {
                                        input type="checkbox" name="output" value=(output.id) checked[!typed.left.contains(&output.id)];
                                        span {
                                            b { (output.title) } " "
                                            small { (subtitle(output)) ". " (document_state(output).label()) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                    @if user.may(Verb::Publish, "output") {
                        label.choice {
                            input type="checkbox" name="publish" value="true" checked[typed.publish];
                            span { "Show the person in public at once, where the output is public" }
                        }
                    }
                    @if may_bind(user) {
                        div.page-foot {
                            button.button.button-main type="submit" name="do" value="bind" { "That is who it is" }
                            a.button href=(PATH) { "Back to all names" }
                        }
                    }
                }
            }
        }
    };
    let page = Page { user, title: "Who is it?", section: "/admin/people", body };
    Ok((status, html! { (page) }).into_response())
}
