//! Names that outputs credit without a person: who they are is asked here, once for all. It must not
//! match or bind: `editing` does.

mod one;
mod page;

use axum::extract::{Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

pub(super) use one::{post as post_one, show as show_one};

use super::failure::Failure;
use super::form::posted::Posted;
use super::layout::Flash;
use super::session::SignedIn;
use super::{State, changes};
use crate::content::parsed::{fold, name_key};
use crate::content::types::PERSON;
use crate::content::{ContentType, Id};
use crate::editing::meant::{self, Match};
use crate::editing::{self, Binding, User, Verb};
use crate::error::{Error, Result};
use crate::published::Document;

/// How many names one page shows.
const PAGE: i64 = 25;
/// The last page that can be asked for.
const LAST_PAGE: i64 = 4_000;
/// How many outputs stand for those that credit a name.
const EACH: i64 = 3;
/// Where the queue is.
pub(super) const PATH: &str = "/admin/people/names";

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    page: String,
    /// `outsiders` for the names that are nobody's.
    show: String,
    /// What was just done.
    done: String,
    said: String,
}

impl Asked {
    fn number(&self) -> i64 {
        self.page.parse().unwrap_or(1).clamp(1, LAST_PAGE)
    }

    fn outsiders(&self) -> bool {
        self.show == "outsiders"
    }

    /// The address of a page of the same list.
    fn at(&self, page: i64, done: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let number = if page > 1 { page.to_string() } else { String::new() };
        let own = [("q", self.q.as_str()), ("show", self.show.as_str()), ("page", number.as_str())];
        for (name, value) in own.iter().chain(done).filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
    }
}

/// A name in the queue.
struct Line {
    name: Match,
    number: i64,
    /// Some of the outputs that credit it.
    outputs: Vec<Document>,
}

/// A part of the queue.
struct Queue {
    lines: Vec<Line>,
    total: i64,
    /// How many names are nobody's.
    outsiders: usize,
}

/// `GET /admin/people/names`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let flash = said(&state, &asked).await?;
    answer(&state, &user, &asked, StatusCode::OK, flash).await
}

/// What was just done, in words.
async fn said(state: &State, asked: &Asked) -> Result<Option<page::Done>> {
    let said: String = asked.said.chars().take(200).collect();
    Ok(match asked.done.as_str() {
        "" => None,
        "outsider" => Some(page::Done::of(Flash::Success(format!("‘{said}’ is not asked about any more.")))),
        "outsiders" => Some(page::Done::of(Flash::Success(
            "These names are not asked about any more. They stand under ‘Not one of ours’, if you need them again."
                .to_owned(),
        ))),
        "back" => Some(page::Done::of(Flash::Success(format!("‘{said}’ is asked about again.")))),
        batch => changes::told(state, batch).await?.map(|text| page::Done {
            flash: Flash::Success(format!("‘{said}’: {text}")),
            batch: Some(batch.to_owned()),
        }),
    })
}

async fn answer(
    state: &State,
    user: &User,
    asked: &Asked,
    status: StatusCode,
    done: Option<page::Done>,
) -> Result<Response, Failure> {
    if asked.outsiders() {
        let offset = u64::try_from((asked.number() - 1) * PAGE).unwrap_or_default();
        let (names, total) = state.desk.store.outsiders_page(offset, PAGE.unsigned_abs()).await?;
        return Ok((status, page::outsiders(user, asked, &names, total, done)).into_response());
    }
    let queue = queue(state, asked).await?;
    Ok((status, page::queue(user, asked, &queue, done)).into_response())
}

/// The names of a page, whom they can mean, and where they stand: a number of statements that does not
/// grow with them.
async fn queue(state: &State, asked: &Asked) -> Result<Queue> {
    let lists = state.desk.lists();
    let outsiders = state.desk.store.outsiders().await?;
    let letters: String = fold(&asked.q).chars().take(100).collect();
    let offset = (asked.number() - 1) * PAGE;
    let (names, total) = lists.credited(&outsiders, letters.trim(), offset, PAGE).await?;
    let keys: Vec<String> = names.iter().map(|name| name.key.clone()).collect();
    let mut outputs = lists.credited_in(&keys, EACH).await?;
    let mut matches: Vec<Match> = names.iter().map(|name| Match::of(&name.said, name.key.clone())).collect();
    meant::people(&state.desk, &mut matches).await?;
    let mut lines = Vec::with_capacity(names.len());
    for (name, credited) in matches.into_iter().zip(&names) {
        let (own, others) = outputs.into_iter().partition(|(key, _)| *key == name.key);
        outputs = others;
        let mut own: Vec<Document> = own.into_iter().map(|(_, output)| output).collect();
        own.sort_by(|one, other| one.title.cmp(&other.title));
        lines.push(Line { name, number: credited.number, outputs: own });
    }
    Ok(Queue { lines, total, outsiders: outsiders.len() })
}

/// `POST /admin/people/names`
pub(super) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    posted: Posted,
) -> Result<Response, Failure> {
    let get = |name: &str| posted.get(name).unwrap_or_default().to_owned();
    let asked = Asked { q: get("q"), page: get("page"), show: get("show"), ..Asked::default() };
    let said = get("said");
    let what = get("do");
    let done = match what.as_str() {
        "outsider" | "outsiders" | "back" => {
            let names: Vec<String> = posted.all("said").into_iter().map(str::to_owned).collect();
            editing::set_outsiders(&state.desk, &user, &names, what != "back").await.map(|()| what)
        }
        _ => match binding(&what, &said) {
            Some(binding) => editing::bind(&state.desk, &user, &binding).await.map(|bound| bound.batch),
            None => Err(Error::NotFound),
        },
    };
    match done {
        Ok(done) => {
            let done = [("done", done.as_str()), ("said", said.as_str())];
            Ok(Redirect::to(&asked.at(asked.number(), &done)).into_response())
        }
        Err(Error::Refused(why)) => {
            let done = page::Done::of(Flash::Error(why));
            answer(&state, &user, &asked, StatusCode::CONFLICT, Some(done)).await
        }
        Err(Error::Invalid(problems)) => {
            let why = problems.0.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join(" ");
            let done = page::Done::of(Flash::Error(why));
            answer(&state, &user, &asked, StatusCode::UNPROCESSABLE_ENTITY, Some(done)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What a button says: `new`, or `bind:` and a person's id.
fn binding<'said>(what: &str, said: &'said str) -> Option<Binding<'said>> {
    let person = match what.split_once(':') {
        Some(("bind", id)) => Some(id.parse::<Id>().ok()?),
        None if what == "new" => None,
        _ => return None,
    };
    Some(Binding { said, person, outputs: None, publish: true })
}

/// Whether somebody can say whose a name is, at least in outputs of theirs.
fn may_bind(user: &User) -> bool {
    user.may(Verb::Save, "output")
}

/// Whether they can say so for all: make people, and take names out of the queue.
fn may_make(user: &User) -> bool {
    user.may(Verb::Create, PERSON.name)
}

/// The way here from the list of people.
pub(super) fn link(content_type: &ContentType) -> Markup {
    html! { @if content_type.name == PERSON.name { a.button href=(PATH) { "Names without a person" } } }
}

/// The address of a name's own page.
fn own_path(said: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("name", said).finish();
    format!("{PATH}/one?{query}")
}

/// The key of a name that an address names.
fn key_of(said: &str) -> Result<String> {
    let key = name_key(said);
    if key.is_empty() || said.len() > 400 { Err(Error::NotFound) } else { Ok(key) }
}
