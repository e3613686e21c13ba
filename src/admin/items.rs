//! Items: showing a form, and what its buttons lead to. Whatever goes wrong, the form comes back
//! as it was typed. It must not decide or validate; the verbs do.

pub(super) mod autosave;
mod form_page;
mod press;

use axum::extract::{FromRequestParts, Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::failure::{self, Failure};
use super::form::action::Done;
use super::form::outputs::Outputs;
use super::form::posted::Posted;
use super::form::{Draft, decode};
use super::layout::Flash;
use super::session::{Htmx, SignedIn};
use super::{State, bulk, import, when::When};
use crate::content::types::MEDIA;
use crate::content::{ContentType, Id, Item, Row, Value, by_plural};
use crate::editing::like::{self, Like};
use crate::editing::{self, User, Verb};
use crate::error::{Error, Result};
use crate::store::{self, Role, Stored};
use form_page::{Answer, Form};
use press::answer;

/// What a page says after a redirect; fixed words, never the query's.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    done: Option<String>,
}

impl Said {
    fn flash(&self) -> Option<Flash> {
        let text = match self.done.as_deref()? {
            "uploaded" => "Uploaded. The public does not see it until you publish.",
            "saved" => "Saved. The public does not see changes until you publish.",
            "published" => "Published. The public sees it now.",
            "unpublished" => "Unpublished. The public no longer sees it; the draft is still here.",
            "trashed" => "Moved to the trash. Nothing is lost: you can take it out again.",
            "untrashed" => "Taken out of the trash, as a draft.",
            _ => return None,
        };
        Some(Flash::Success(text.to_owned()))
    }
}

pub(super) fn content_type(plural: &str) -> Result<&'static ContentType> {
    by_plural(plural).ok_or(Error::NotFound)
}

pub(super) fn id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound)
}

/// The item that an address names: `/admin/{plural}/{id}`, and what lies below.
pub(super) struct Addressed {
    pub content_type: &'static ContentType,
    pub id: Id,
}

impl<S: Send + Sync> FromRequestParts<S> for Addressed {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((plural, item)) = path.map_err(|_| Error::NotFound)?;
        Ok(Self { content_type: content_type(&plural)?, id: id(&item)? })
    }
}

/// What a new item begins with, where somebody says so.
#[derive(Debug, Deserialize)]
pub(super) struct Begin {
    /// The id of one that it is to be like.
    like: Option<String>,
}

/// `GET /admin/{plural}/new`
pub(super) async fn new(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(plural): Path<String>,
    Query(begin): Query<Begin>,
) -> Result<Response, Failure> {
    let content_type = content_type(&plural)?;
    let mut item = Item::new(content_type, Id::new(state.desk.clock.now()));
    if content_type.single || !user.may(Verb::Create, content_type.name) {
        return Err(Error::Denied("Your account cannot make new ones of these. Ask an editor.").into());
    }
    let when = When::of(&state).await;
    let mut answer = Answer::default();
    let mut blank = item.clone();
    if let Some(other) = begin.like {
        let like = like::like(&state.desk, &user, content_type, id(&other)?, when.today()).await?;
        (item.values, answer) = (like.item.values.clone(), filled_in(&like));
    }
    begin_with(&mut item, when, &user);
    begin_with(&mut blank, when, &user);
    let new = |item: &Item| {
        let outputs = (content_type.name == "project").then(Outputs::default);
        Draft { outputs, ..Draft::of(item, None) }
    };
    let form = Form { state: &state, user: &user, stored: None, saved: Some(new(&blank)) };
    form.show(StatusCode::OK, &new(&item), answer).await
}

/// What is said of a form that was filled in like another; the title is what differs most.
fn filled_in(like: &Like) -> Answer {
    let mut text = format!("Filled in like ‘{}’. Nothing is saved until you save it.", like.title);
    if !like.left_out.is_empty() {
        text = format!("{text} Not taken over: {}.", like.left_out.join(", "));
    }
    let done = Done { focus: Some("f-title".to_owned()), ..Done::default() };
    Answer { flash: Some(Flash::Note(text)), done, ..Answer::default() }
}

/// What new items begin with, where nothing stands there yet.
fn begin_with(item: &mut Item, when: When, user: &User) {
    let text = |text: &str| Value::Text(text.into());
    let values = match item.content_type.name {
        "news" => vec![("date", Value::Date(when.today()))],
        "event" => vec![("time_zone", Value::Text(when.zone().into())), ("state", text("scheduled"))],
        "person" => vec![("standing", text("current"))],
        _ => Vec::new(),
    };
    for (name, value) in values {
        if item.get(name).is_none() {
            item.set(name, value);
        }
    }
    // A contributor can save nothing outside their projects; where there is one, it goes without saying.
    if let (Role::Contributor, "news" | "event", [project]) =
        (user.role, item.content_type.name, user.assigned.iter().collect::<Vec<_>>().as_slice())
    {
        item.set("projects", Value::Many(vec![Row { target: Some(**project), values: Vec::new() }]));
    }
}

/// `GET /admin/{plural}/{id}`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Addressed { content_type, id }: Addressed,
    Query(said): Query<Said>,
) -> Result<Response, Failure> {
    let (stored, draft) = load(&state, &user, content_type, id).await?;
    let form = Form { state: &state, user: &user, stored: Some(stored), saved: None };
    form.show(StatusCode::OK, &draft, Answer { flash: said.flash(), ..Answer::default() }).await
}

/// `GET /admin/media/{id}`: the library has a route of its own for what is sent there.
pub(super) async fn show_media(
    state: FromState<State>,
    user: SignedIn,
    Path(id): Path<String>,
    said: Query<Said>,
) -> Result<Response, Failure> {
    show(state, user, Addressed { content_type: &MEDIA, id: self::id(&id)? }, said).await
}

/// What a form says that a handler of its own has read.
pub(super) async fn answer_posted(
    state: &State,
    user: &User,
    content_type: &'static ContentType,
    id: Id,
    posted: &Posted,
    htmx: &Htmx,
) -> Result<Response, Failure> {
    answer(state, user, content_type, id, posted, htmx).await
}

/// The same form again, with what is wrong.
pub(super) async fn complain(
    state: &State,
    user: &User,
    content_type: &'static ContentType,
    id: Id,
    posted: &Posted,
    error: Error,
) -> Result<Response, Failure> {
    let draft = decode::draft(state, user, posted, content_type, id).await?;
    Form::of(state, user, &draft).await?.complain(&draft, error).await
}

/// The item and its form as stored.
async fn load(
    state: &State,
    user: &User,
    content_type: &'static ContentType,
    id: Id,
) -> Result<(Stored, Draft)> {
    let stored = state.desk.store.items(content_type, &[id]).await?.pop().ok_or(Error::NotFound)?;
    editing::permission::allow(user, Verb::Read, &stored)?;
    let mut draft = Draft::of(&stored.item, Some(stored.meta.version));
    if content_type.name == "project" {
        draft.outputs = Some(Outputs::load(state, id).await?.0);
    }
    Ok((stored, draft))
}

/// `POST /admin/{plural}/new`
pub(super) async fn post_new(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(plural): Path<String>,
    htmx: Htmx,
    posted: Posted,
) -> Result<Response, Failure> {
    let content_type = content_type(&plural)?;
    let id = posted.get("item").and_then(|id| id.parse().ok());
    let id = id.unwrap_or_else(|| Id::new(state.desk.clock.now()));
    answer(&state, &user, content_type, id, &posted, &htmx).await
}

/// `POST /admin/{plural}/{id}`
pub(super) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Addressed { content_type, id }: Addressed,
    htmx: Htmx,
    posted: Posted,
) -> Result<Response, Failure> {
    answer(&state, &user, content_type, id, &posted, &htmx).await
}

/// Shows a form again that somebody sent after their session had ended, and who has signed in
/// since. Nothing is saved.
pub(super) async fn resume(state: State, user: User, path: String, typed: String) -> Response {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let shown = async {
        match parts.as_slice() {
            ["admin", "outputs", "import"] => return import::resume(&state, &user, None, &typed).await,
            ["admin", "projects", id, "outputs", "import"] => {
                return import::resume(&state, &user, Some(id), &typed).await;
            }
            ["admin", "bulk", plural] => return bulk::resume(&state, &user, plural, &typed).await,
            ["admin", "bulk", plural, batch] => {
                return bulk::resume_run(&state, &user, plural, batch, &typed).await;
            }
            _ => {}
        }
        let ["admin", plural, last] = parts.as_slice() else { return Err(Failure(Error::NotFound)) };
        let content_type = content_type(plural)?;
        let posted = match Posted::parse(&typed) {
            Ok(posted) => posted,
            Err(unreadable) => return Ok(*unreadable),
        };
        let id = match *last {
            "new" => posted
                .get("item")
                .and_then(|id| id.parse().ok())
                .unwrap_or_else(|| Id::new(state.desk.clock.now())),
            id => self::id(id)?,
        };
        let draft = match decode::draft(&state, &user, &posted, content_type, id).await {
            Ok(draft) => draft,
            // Nobody else keeps what came with a password.
            Err(error) => return Ok(failure::keep(Failure(error).into_response(), &path, &posted)),
        };
        let form = Form::of(&state, &user, &draft).await?;
        let flash =
            Flash::Warning("You are signed in again. What you typed is here, and not saved yet.".to_owned());
        form.show(StatusCode::OK, &draft, Answer { flash: Some(flash), ..Answer::default() }).await
    };
    match shown.await {
        Ok(response) => response,
        // What they sent was not an item's form: there is nothing to show again.
        Err(_) => Redirect::to("/admin/").into_response(),
    }
}

/// The states that a list can be filtered by, for menus.
pub(super) const STATES: [store::State; 4] =
    [store::State::Draft, store::State::Published, store::State::Changed, store::State::Trashed];
