//! Items: showing a form, and what its buttons lead to. Whatever goes wrong, the form comes back
//! as it was typed. It must not decide or validate; the verbs do.

use axum::extract::rejection::StringRejection;
use axum::extract::{Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use serde::Deserialize;

use super::failure::Failure;
use super::form::action::{self, Done};
use super::form::merge::{self, Merged};
use super::form::outputs::{OutputRow, Outputs};
use super::form::posted::Posted;
use super::form::view::{self, View};
use super::form::{Draft, lookup};
use super::layout::{Flash, Page};
use super::session::{Htmx, SignedIn};
use super::{State, when::When};
use crate::content::types::OUTPUT;
use crate::content::{ContentType, Id, Item, Problems, Value, by_plural};
use crate::editing::{self, Edit, User, Verb};
use crate::error::{Error, Result};
use crate::published::Located;
use crate::store::{self, Stored};

/// What a page says after a redirect; fixed words, never the query's.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    done: Option<String>,
}

impl Said {
    fn flash(&self) -> Option<Flash> {
        let text = match self.done.as_deref()? {
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

/// `GET /admin/{plural}/new`
pub(super) async fn new(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(plural): Path<String>,
) -> Result<Response, Failure> {
    let content_type = content_type(&plural)?;
    let mut item = Item::new(content_type, Id::new(state.desk.clock.now()));
    if content_type.single || !user.may(Verb::Create, content_type.name) {
        return Err(Error::Denied("Your account cannot make new ones of these. Ask an editor.").into());
    }
    begin_with(&mut item, When::of(&state).await);
    let mut draft = Draft::of(&item, None);
    draft.outputs = (content_type.name == "project").then(Outputs::default);
    let empty = draft.clone();
    let form = Form { state: &state, user: &user, stored: None, saved: Some(empty) };
    form.show(StatusCode::OK, &draft, Answer::default()).await
}

/// What new items begin with.
fn begin_with(item: &mut Item, when: When) {
    let text = |text: &str| Value::Text(text.to_owned());
    match item.content_type.name {
        "news" => item.set("date", Value::Date(when.today())),
        "event" => {
            item.set("time_zone", Value::Text(when.zone()));
            item.set("state", text("scheduled"));
        }
        "person" => item.set("standing", text("current")),
        _ => {}
    }
}

/// `GET /admin/{plural}/{id}`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path((plural, id)): Path<(String, String)>,
    Query(said): Query<Said>,
) -> Result<Response, Failure> {
    let (stored, draft) = load(&state, &user, content_type(&plural)?, self::id(&id)?).await?;
    let form = Form { state: &state, user: &user, stored: Some(stored), saved: None };
    form.show(StatusCode::OK, &draft, Answer { flash: said.flash(), ..Answer::default() }).await
}

/// The item and its form as stored.
async fn load(
    state: &State,
    user: &User,
    content_type: &'static ContentType,
    id: Id,
) -> Result<(Stored, Draft)> {
    let stored = state.desk.store.items(content_type, &[id]).await?.pop().ok_or(Error::NotFound)?;
    editing::permission::allow(user, Verb::Read, &stored.item)?;
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
    body: Result<String, StringRejection>,
) -> Result<Response, Failure> {
    let content_type = content_type(&plural)?;
    match Posted::read(body) {
        Ok(posted) => {
            let id = posted.get("item").and_then(|id| id.parse().ok());
            let id = id.unwrap_or_else(|| Id::new(state.desk.clock.now()));
            answer(&state, &user, content_type, id, &posted, &htmx).await
        }
        Err(unreadable) => Ok(*unreadable),
    }
}

/// `POST /admin/{plural}/{id}`
pub(super) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path((plural, id)): Path<(String, String)>,
    htmx: Htmx,
    body: Result<String, StringRejection>,
) -> Result<Response, Failure> {
    let (content_type, id) = (content_type(&plural)?, self::id(&id)?);
    match Posted::read(body) {
        Ok(posted) => answer(&state, &user, content_type, id, &posted, &htmx).await,
        Err(unreadable) => Ok(*unreadable),
    }
}

/// Shows a form again that somebody sent after their session had ended, and who has signed in
/// since. Nothing is saved.
pub(super) async fn resume(state: State, user: User, path: String, typed: String) -> Response {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let shown = async {
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
        let draft = posted.draft(content_type, id);
        let form = Form::of(&state, &user, &draft).await?;
        let flash =
            Flash::Warning("You are signed in again. What you typed is here, and not saved yet.".to_owned());
        form.show(StatusCode::OK, &draft, Answer { flash: Some(flash), ..Answer::default() }).await
    };
    match shown.await {
        Ok(response) => response,
        // What they sent was not an item's form: there is nothing to show again.
        Err(_) => axum::response::Redirect::to("/admin/").into_response(),
    }
}

/// Does what the pressed button says.
async fn answer(
    state: &State,
    user: &User,
    content_type: &'static ContentType,
    id: Id,
    posted: &Posted,
    htmx: &Htmx,
) -> Result<Response, Failure> {
    let mut draft = posted.draft(content_type, id);
    let what = posted.get("do").unwrap_or("save");
    let own = format!("/admin/{}/{id}", content_type.plural);
    let done = match what {
        "save" | "publish" => return save(state, user, draft, what, htmx).await,
        "unpublish" => editing::unpublish(&state.desk, user, id).await.map(|_| "unpublished"),
        "trash" => editing::trash(&state.desk, user, id).await.map(|_| "trashed"),
        "untrash" => editing::untrash(&state.desk, user, id).await.map(|_| "untrashed"),
        _ => {
            let form = Form::of(state, user, &draft).await?;
            return match action::act(state, user, &mut draft, what).await {
                Ok(done) => form.show(StatusCode::OK, &draft, Answer { done, ..Answer::default() }).await,
                Err(error) => form.complain(&draft, error).await,
            };
        }
    };
    match done {
        Ok(done) => Ok(htmx.redirect(&format!("{own}?done={done}"))),
        Err(error) => Form::of(state, user, &draft).await?.complain(&draft, error).await,
    }
}

/// Saves what is on the form. Where somebody else has saved meanwhile, what does not clash is
/// merged and saved at once; what clashes is shown.
async fn save(
    state: &State,
    user: &User,
    mut draft: Draft,
    what: &str,
    htmx: &Htmx,
) -> Result<Response, Failure> {
    let new = draft.version.is_none();
    let mut saved = try_save(state, user, &draft).await;
    let mut clash = Merged::default();
    let mut cells = Problems::default();
    if let Err(Error::Conflict(ids)) = &saved {
        (clash, cells) = merge_with_theirs(state, &mut draft, ids).await?;
        if clash.both.is_empty() && cells.is_empty() {
            saved = try_save(state, user, &draft).await;
        }
    }
    let own = format!("/admin/{}/{}", draft.content_type.plural, draft.id);
    match saved {
        Ok(_) if what == "publish" => Ok(htmx.redirect(&format!("{own}/publish"))),
        Ok(_) if new || !htmx.0 => Ok(htmx.redirect(&format!("{own}?done=saved"))),
        Ok(_) => {
            let (stored, draft) = load(state, user, draft.content_type, draft.id).await?;
            let form = Form { state, user, stored: Some(stored), saved: None };
            let flash = Said { done: Some("saved".to_owned()) }.flash();
            form.show(StatusCode::OK, &draft, Answer { flash, ..Answer::default() }).await
        }
        Err(Error::Conflict(_)) => {
            let form = Form::of(state, user, &draft).await?;
            let answer = Answer { both: clash.both, problems: cells, ..Answer::default() };
            form.show(StatusCode::CONFLICT, &draft, answer).await
        }
        Err(error) => Form::of(state, user, &draft).await?.complain(&draft, error).await,
    }
}

async fn try_save(state: &State, user: &User, draft: &Draft) -> Result<Vec<Stored>> {
    let (item, mut problems) = draft.item();
    let mut edits = vec![Edit { item, seen: draft.version, place: String::new() }];
    if let Some(outputs) = &draft.outputs {
        let (rows, wrong) = outputs.edits(state, draft.id).await?;
        problems.extend(wrong);
        edits.extend(rows);
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    editing::save(&state.desk, user, &edits).await
}

/// Brings what others saved into the form: the item field by field, its table cell by cell. Gives
/// the fields and the cells that both changed.
async fn merge_with_theirs(state: &State, draft: &mut Draft, ids: &[Id]) -> Result<(Merged, Problems)> {
    let mut merged = Merged::default();
    let mut problems = Problems::default();
    let store = &state.desk.store;
    if ids.contains(&draft.id) {
        let theirs = store.items(draft.content_type, &[draft.id]).await?.pop().ok_or(Error::NotFound)?;
        let seen = draft.version.unwrap_or_default();
        // A form without version is a new item that was sent twice: the first one stands.
        let base =
            store.revision(draft.content_type, draft.id, seen).await?.unwrap_or_else(|| theirs.item.clone());
        let theirs = Draft::of(&theirs.item, Some(theirs.meta.version));
        merged = merge::merge(&Draft::of(&base, draft.version), &theirs, draft);
    }
    let Some(outputs) = &mut draft.outputs else { return Ok((merged, problems)) };
    for theirs in store.items(&OUTPUT, ids).await? {
        let id = theirs.item.id;
        for (removed, version) in &mut outputs.removed {
            if *removed == id {
                *version = theirs.meta.version;
            }
        }
        let Some((at, row)) = outputs.rows.iter_mut().enumerate().find(|(_, row)| row.id == id) else {
            continue;
        };
        let base = store.revision(&OUTPUT, id, row.version.unwrap_or_default()).await?;
        let base = OutputRow::of(&base.unwrap_or_else(|| theirs.item.clone()), 0);
        let now = OutputRow::of(&theirs.item, theirs.meta.version);
        let columns = super::form::outputs::COLUMNS;
        for (((column, mine), was), is) in columns.iter().zip(&mut row.cells).zip(&base.cells).zip(&now.cells)
        {
            if mine == was {
                mine.clone_from(is);
            } else if is != was && mine != is {
                let said = if is.is_empty() { "nothing".to_owned() } else { format!("‘{is}’") };
                problems.add(
                    format!("outputs.{at}.{column}"),
                    "conflict",
                    format!("Somebody else changed this to {said} meanwhile. Save again to keep yours."),
                );
            }
        }
        row.version = now.version;
    }
    Ok((merged, problems))
}

/// What is said with a form.
#[derive(Debug, Default)]
struct Answer {
    flash: Option<Flash>,
    problems: Problems,
    done: Done,
    /// The fields that somebody else changed differently.
    both: Vec<&'static str>,
}

/// A form on its way to a page.
struct Form<'form> {
    state: &'form State,
    user: &'form User,
    stored: Option<Stored>,
    /// The form as stored, against which 'not saved yet' is told; none where they are the same.
    saved: Option<Draft>,
}

impl<'form> Form<'form> {
    /// The form of what a draft is about.
    async fn of(state: &'form State, user: &'form User, draft: &Draft) -> Result<Self> {
        match load(state, user, draft.content_type, draft.id).await {
            Ok((stored, saved)) => Ok(Self { state, user, stored: Some(stored), saved: Some(saved) }),
            Err(Error::NotFound) if draft.version.is_none() => {
                let mut saved = Draft::of(&Item::new(draft.content_type, draft.id), None);
                saved.outputs = draft.outputs.is_some().then(Outputs::default);
                Ok(Self { state, user, stored: None, saved: Some(saved) })
            }
            Err(error) => Err(error),
        }
    }

    /// The form again, with what is wrong.
    async fn complain(self, draft: &Draft, error: Error) -> Result<Response, Failure> {
        let (status, answer) = match error {
            Error::Invalid(problems) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                Answer { problems: placed(draft, problems), ..Answer::default() },
            ),
            // Faults of ours and of the machine too: what was typed must not go with them.
            error => {
                let text = error.to_string();
                let status = Failure(error).into_response().status();
                // The browser keeps the form where the answer is not shown in its place.
                let status = if status == StatusCode::NOT_FOUND { StatusCode::CONFLICT } else { status };
                (status, Answer { flash: Some(Flash::Error(text)), ..Answer::default() })
            }
        };
        self.show(status, draft, answer).await
    }

    async fn show(self, status: StatusCode, draft: &Draft, answer: Answer) -> Result<Response, Failure> {
        let when = When::of(self.state).await;
        let mut context = lookup::context(
            self.state,
            self.user,
            draft,
            self.stored.as_ref(),
            &answer.problems,
            &answer.done,
            when,
        )
        .await?;
        if let (false, Some(stored)) = (answer.both.is_empty(), &self.stored) {
            context.theirs = Some(super::form::Theirs {
                who: context.saved_by.clone().unwrap_or_else(|| "Somebody else".to_owned()),
                when: when.say(stored.meta.updated_at),
                stored: stored.clone(),
                both: answer.both.clone(),
            });
        }
        let unsaved = self.saved.as_ref().map(|saved| draft.differing(saved)).unwrap_or_default();
        let public = match &self.stored {
            Some(stored) if stored.meta.published_version.is_some() => {
                public_addresses(self.state, stored).await?
            }
            _ => None,
        };
        let body = view::page(&View { context: &context, draft, unsaved, flash: answer.flash, public });
        let title = self.stored.as_ref().map_or_else(
            || format!("New {}", draft.content_type.label.to_lowercase()),
            |stored| stored.item.title(),
        );
        let section = format!("/admin/{}", draft.content_type.plural);
        let page = Page { user: self.user, title: &title, section: &section, body };
        Ok((status, html! { (page) }).into_response())
    }
}

/// Where the public site has the item, and what the API answers for it.
async fn public_addresses(state: &State, stored: &Stored) -> Result<Option<(String, String)>> {
    let content_type = stored.item.content_type;
    let public = state.desk.published.reader();
    let found = public.get(&stored.item.id.to_string()).await?;
    let Some(path) = found.map(|found| found.path).filter(|path| !path.is_empty()) else { return Ok(None) };
    let site = match public.locate(&crate::content::types::SITE, "site").await? {
        Located::Here(site) => {
            site.json.get("address").and_then(|address| address.as_str()).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    };
    let api = match content_type.single {
        true => format!("{}/api/v1/{}", state.settings.public_base, content_type.plural),
        false => format!("{}/api/v1/{}/{}", state.settings.public_base, content_type.plural, stored.item.id),
    };
    Ok(Some((format!("{}{path}", site.trim_end_matches('/')), api)))
}

/// Problems of an output's own fields, put where its row has them.
fn placed(draft: &Draft, problems: Problems) -> Problems {
    let mut placed = Problems::default();
    for problem in problems.0 {
        let parts: Vec<&str> = problem.field.splitn(3, '.').collect();
        let field = match parts.as_slice() {
            ["outputs", at, column] if draft.outputs.is_some() => {
                let column = if column.starts_with("authors") { "lead" } else { column };
                let known = super::form::outputs::COLUMNS.contains(&column);
                format!("outputs.{at}.{}", if known { column } else { "title" })
            }
            _ => problem.field.clone(),
        };
        placed.add(field, problem.code, problem.message);
    }
    placed
}

/// The states that a list can be filtered by, for menus.
pub(super) const STATES: [store::State; 4] =
    [store::State::Draft, store::State::Published, store::State::Changed, store::State::Trashed];
