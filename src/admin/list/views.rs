//! Views of a list: the row of them above the filters, and what their forms lead to. It must not decide
//! who may keep or change one; `editing` does.

use axum::extract::{Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use super::columns::{self, COLUMNS};
use super::table::{self, AS};
use super::{Asked, page, select};
use crate::admin::failure::Failure;
use crate::admin::form::posted::Posted;
use crate::admin::layout::{Flash, icon};
use crate::admin::look::{self, LOOK};
use crate::admin::session::SignedIn;
use crate::admin::{State, items};
use crate::content::ContentType;
use crate::editing::User;
use crate::editing::view::{self as editing, Change, NAME_MAX, may_change, may_share};
use crate::error::{Error, Result};
use crate::published::Order;
use crate::store::View;

/// The parameter that says from which view somebody comes.
pub(super) const VIEW: &str = "view";

/// How many stand in the row; the rest folds away.
const SHOWN: usize = 8;

/// A form about a view that could not be taken: what was typed, and what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Whether it was about a new one.
    new: bool,
    name: String,
    shared: bool,
    wrong: String,
    status: StatusCode,
}

impl Said {
    /// The page's status.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }
}

/// The views of a list, and where in them somebody is.
pub(super) struct Views {
    all: Vec<View>,
    /// The one that the address names.
    current: Option<View>,
    /// What the list is asked for.
    query: String,
}

impl Views {
    /// The views that somebody sees: one statement.
    pub(super) async fn read(
        state: &State,
        user: &User,
        content_type: &'static ContentType,
        asked: &Asked,
    ) -> Result<Self> {
        let all = editing::views(&state.desk, user, content_type).await?;
        let query = spelled(content_type, asked);
        let current = all.iter().find(|view| view.id == asked.get(VIEW)).cloned();
        Ok(Self { all, current, query })
    }

    fn is_current(&self, view: &View) -> bool {
        self.current.as_ref().is_some_and(|current| current.id == view.id)
    }

    /// The row of them, with what can be done with the one that is shown. `more` stands at its end.
    pub(super) fn bar(
        &self,
        user: &User,
        content_type: &'static ContentType,
        said: &Said,
        more: &Markup,
    ) -> Markup {
        let (first, rest) = self.all.split_at(self.all.len().min(SHOWN));
        let folded = rest.iter().find(|view| self.is_current(view));
        let changed = self.current.as_ref().is_some_and(|view| view.query != self.query);
        let list = format!("/admin/{}", content_type.plural);
        let everything = self.current.is_none() && self.query.is_empty();
        html! {
            div.views {
                @if !self.all.is_empty() {
                    nav aria-label={ "Views of " (content_type.labels.to_lowercase()) } {
                        ul {
                            li { a href="?" aria-current=[everything.then_some("page")] { "All" } }
                            @for view in first.iter().chain(folded) { li { (self.tab(user, view)) } }
                        }
                        @if !rest.is_empty() {
                            details.menu {
                                summary.text-button { (rest.len()) " more" }
                                ul.menu-box { @for view in rest { li { (self.tab(user, view)) } } }
                            }
                        }
                    }
                }
                div.actions {
                    @if let Some(view) = self.current.as_ref().filter(|view| may_change(user, view)) {
                        @if changed && (!view.shared || may_share(user)) {
                            form method="post" action=(list) {
                                input type="hidden" name=(VIEW) value=(view.id);
                                input type="hidden" name="query" value=(self.query);
                                button.button type="submit" name="do" value="save" { "Save changes" }
                            }
                        }
                        (self.edit_form(user, view, said))
                    }
                    @if !self.query.is_empty() && (changed || self.current.is_none()) || said.new { (self.new_form(user, content_type, said)) }
                    (more)
                }
            }
        }
    }

    fn tab(&self, user: &User, view: &View) -> Markup {
        let own = user.account.as_deref() == Some(view.account.as_str());
        html! {
            a href=(address("", view)) aria-current=[self.is_current(view).then_some("page")] {
                (view.name)
                @if view.shared { (icon("shared")) span.visually-hidden { @if own { ", yours, for everybody" } @else { ", for everybody" } } }
            }
        }
    }

    fn new_form(&self, user: &User, content_type: &ContentType, said: &Said) -> Markup {
        let mine = said.new;
        html! {
            details.menu #view-new open[mine] {
                summary.button { "Save as view…" }
                form.menu-box method="post" action={ "/admin/" (content_type.plural) } {
                    input type="hidden" name="query" value=(self.query);
                    (fields("view-new", user, if mine { &said.name } else { "" }, mine && said.shared, if mine { &said.wrong } else { "" }))
                    div.actions { button.button.button-main type="submit" name="do" value="keep" { "Save view" } }
                }
            }
        }
    }

    fn edit_form(&self, user: &User, view: &View, said: &Said) -> Markup {
        let list = format!("/admin/{}", view.content_type.plural);
        let wrong = if said.new { "" } else { said.wrong.as_str() };
        let (name, shared) = if wrong.is_empty() {
            (view.name.as_str(), view.shared)
        } else {
            (said.name.as_str(), said.shared)
        };
        html! {
            details.menu #view-edit open[!wrong.is_empty()] {
                summary.button { "Edit view…" }
                div.menu-box {
                    form method="post" action=(list) {
                        input type="hidden" name=(VIEW) value=(view.id);
                        (fields("view-edit", user, name, shared, wrong))
                        div.actions { button.button.button-main type="submit" name="do" value="rename" { "Save" } }
                    }
                    form method="post" action=(list) {
                        input type="hidden" name=(VIEW) value=(view.id);
                        details.confirm {
                            summary { "Delete this view…" }
                            p {
                                "The list stays; only this name for it goes"
                                @if view.shared { ", for everybody" } "."
                            }
                            button.button.button-danger type="submit" name="do" value="delete" { "Delete ‘" (view.name) "’" }
                        }
                    }
                }
            }
        }
    }
}

/// A view's name, and for whom it is.
fn fields(id: &str, user: &User, name: &str, shared: bool, wrong: &str) -> Markup {
    let error = (!wrong.is_empty()).then(|| format!("{id}-error"));
    html! {
        div.field {
            label for={ (id) "-name" } { "Name" }
            div.control {
                input type="text" id={ (id) "-name" } name="name" value=(name) maxlength=(NAME_MAX) required autocomplete="off"
                    aria-invalid=[error.as_ref().map(|_| "true")] aria-describedby=[error.as_deref()] autofocus[error.is_some()];
            }
            @if let Some(error) = &error { p.error id=(error) { (wrong) } }
        }
        @if may_share(user) {
            label.choice { input type="checkbox" name="shared" value="true" checked[shared]; " For everybody" }
        } @else if shared {
            p.help { "Saved by you, it is for you alone: only editors have views for everybody." }
        }
    }
}

/// Where a view leads; `path` is the list's, or empty on its own page.
pub(in crate::admin) fn address(path: &str, view: &View) -> String {
    let mut query = form_urlencoded::Serializer::new(view.query.clone());
    query.append_pair(VIEW, &view.id);
    format!("{path}?{}", query.finish())
}

/// What a list is asked for, in one spelling: all that it heeds and nothing else.
fn spelled(content_type: &'static ContentType, asked: &Asked) -> String {
    // Whatever makes no difference to what is selected.
    let whole = select(content_type, asked, 1);
    let heeded = |name: &str| {
        let others = asked.0.iter().filter(|(one, _)| one != name).cloned().collect();
        select(content_type, &Asked(others), 1) != whole
    };
    let look = look::label(content_type, asked.get(LOOK)).is_some();
    let columns = columns::spelled(content_type, asked);
    let table = table::is_asked(content_type, asked);
    let mut names: Vec<&str> = asked.0.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in names {
        let value = match name {
            COLUMNS => columns.as_str(),
            LOOK if look => asked.get(LOOK),
            AS if table => asked.get(AS),
            // What is looked for is in an order of its own, where nobody says otherwise.
            "sort" if look && Order::parse(content_type, asked.get("sort")).is_some() => asked.get("sort"),
            name if heeded(name) => asked.get(name),
            _ => continue,
        };
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    query.finish()
}

/// What was asked for, from its spelling.
fn read(query: &str) -> Asked {
    columns::joined(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

/// What a list says after something was done with a view.
pub(super) fn flash(done: &str) -> Option<Flash> {
    let text = match done {
        "view-kept" => "View saved.",
        "view-deleted" => "View deleted. The list is still here.",
        _ => return None,
    };
    Some(Flash::Success(text.to_owned()))
}

fn lead(view: &View, done: &str) -> Response {
    let path = format!("/admin/{}", view.content_type.plural);
    let done = if done.is_empty() { String::new() } else { format!("&done={done}") };
    Redirect::to(&(address(&path, view) + &done)).into_response()
}

/// `GET /admin/views/{id}`: an address that stays, whatever the view becomes.
pub(in crate::admin) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    Ok(lead(&editing::view(&state.desk, &user, items::id(&id)?).await?, ""))
}

/// `POST /admin/{plural}`: what a form about a view says. It is the list's own address, so that the list
/// that comes back with what is wrong leads where every list does.
pub(in crate::admin) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(plural): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let content_type = items::content_type(&plural)?;
    match posted.get("do").unwrap_or_default() {
        _ if content_type.single => Err(Error::NotFound.into()),
        "keep" => keep(&state, &user, content_type, &posted).await,
        what => {
            let id = items::id(posted.get(VIEW).unwrap_or_default())?;
            let view = editing::view(&state.desk, &user, id).await?;
            if view.content_type != content_type {
                return Err(Error::NotFound.into());
            }
            change(&state, &user, view, what, &posted).await
        }
    }
}

/// Keeps the list as it is asked for.
async fn keep(
    state: &State,
    user: &User,
    content_type: &'static ContentType,
    posted: &Posted,
) -> Result<Response, Failure> {
    let asked = read(posted.get("query").unwrap_or_default());
    let name = posted.get("name").unwrap_or_default();
    let shared = posted.get("shared").is_some();
    let query = spelled(content_type, &asked);
    match editing::keep(&state.desk, user, content_type, name, &query, shared).await {
        Ok(view) => Ok(lead(&view, "view-kept")),
        Err(error) => {
            let said = complaint(true, posted, error)?;
            page(state, user, content_type, asked, &said, None).await
        }
    }
}

/// Changes a view, or takes it away.
async fn change(
    state: &State,
    user: &User,
    view: View,
    what: &str,
    posted: &Posted,
) -> Result<Response, Failure> {
    let content_type = view.content_type;
    let list = format!("/admin/{}", content_type.plural);
    let query = spelled(content_type, &read(posted.get("query").unwrap_or_default()));
    let change = match what {
        "delete" => {
            editing::delete(&state.desk, user, &view.id).await?;
            return Ok(Redirect::to(&format!("{list}?done=view-deleted")).into_response());
        }
        "save" => Change { query: Some(&query), ..Change::default() },
        "rename" => Change {
            name: posted.get("name"),
            shared: Some(posted.get("shared").is_some()),
            ..Change::default()
        },
        _ => return Err(Error::NotFound.into()),
    };
    match editing::change(&state.desk, user, &view.id, change).await {
        // An administrator may have made it its owner’s alone.
        Ok(view) if !editing::sees(user, &view) => {
            Ok(Redirect::to(&format!("{list}?done=view-kept")).into_response())
        }
        Ok(view) => Ok(lead(&view, "view-kept")),
        Err(error) => {
            let said = complaint(false, posted, error)?;
            let mut asked = read(&view.query);
            asked.0.push((VIEW.to_owned(), view.id));
            page(state, user, content_type, asked, &said, None).await
        }
    }
}

/// What is wrong with a form about a view, to be said on it.
fn complaint(new: bool, posted: &Posted, error: Error) -> Result<Said> {
    let (status, wrong) = match error {
        Error::Invalid(problems) => {
            let said: Vec<String> = problems.0.into_iter().map(|problem| problem.message).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, said.join(" "))
        }
        Error::Refused(why) => (StatusCode::CONFLICT, why),
        other => return Err(other),
    };
    let name: String = posted.get("name").unwrap_or_default().chars().take(NAME_MAX * 2).collect();
    Ok(Said { new, name, shared: posted.get("shared").is_some(), wrong, status })
}
