//! Users, for administrators: who they are, what they may do, and the links with which they choose
//! their passwords. It must not see or set a password, and shows a link once.

use axum::extract::rejection::StringRejection;
use axum::extract::{Path, State as FromState};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, Render as _, html};
use secrecy::{ExposeSecret as _, SecretString};

use super::State;
use super::failure::Failure;
use super::form::posted::Posted;
use super::layout::{Flash, Page, crumbs, icon, page_head};
use super::session::SignedIn;
use super::simple::{Input, asked, field, input, summary};
use super::when::When;
use crate::content::types::PROJECT;
use crate::content::{Id, Problems};
use crate::editing::User;
use crate::error::Error;
use crate::published::{Filter, Scalar, Select};
use crate::store::{Account, Role, State as ItemState};

/// How many projects are offered for assignment.
const PROJECTS_MAX: i64 = 500;

/// `GET /admin/users`
pub(super) async fn list(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
) -> Result<Response, Failure> {
    administrators_only(&user)?;
    let accounts = state.desk.store.accounts().await?;
    let when = When::of(&state).await;
    let new = html! { a.button.button-main href="/admin/users/new" { (icon("plus")) " New user" } };
    let heading = html! { "Users " span.count { (accounts.len()) } };
    let body = html! {
        (page_head(&heading, &html! {}, &new))
        table.list.list-stack aria-label="Users" {
            thead {
                tr {
                    th scope="col" aria-sort="ascending" { "Name" }
                    th scope="col" { "E-mail" }
                    th scope="col" { "Role" }
                    th scope="col" { "State" }
                    th scope="col" { "Last signed in" }
                }
            }
            tbody {
                @for account in &accounts {
                    tr {
                        th.name scope="row" { a href={ "/admin/users/" (account.id) } { (account.name) } }
                        td.minor { (account.email) }
                        td.minor { (account.role.label()) }
                        td { (standing(account)) }
                        td.when { (last_signed_in(account, &when)) }
                    }
                }
            }
        }
    };
    Ok(page(&user, StatusCode::OK, "Users", body))
}

/// `GET /admin/users/new`
pub(super) async fn new(SignedIn(user): SignedIn) -> Result<Response, Failure> {
    administrators_only(&user)?;
    Ok(new_page(&user, StatusCode::OK, &Typed::default(), None, &Problems::default()))
}

/// `POST /admin/users/new`
pub(super) async fn add(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    headers: HeaderMap,
    body: Result<String, StringRejection>,
) -> Result<Response, Failure> {
    administrators_only(&user)?;
    let typed = match Posted::read(body) {
        Ok(posted) => Typed::read(&posted),
        Err(response) => return Ok(*response),
    };
    match state.accounts.add(&user, &typed.email, &typed.name, &typed.role).await {
        Ok((account, token)) => {
            let url = url(&state, &headers, &token);
            Ok(link_page(&user, &account, &url, "The account is made. It has no password yet."))
        }
        Err(Error::Invalid(problems)) => {
            Ok(new_page(&user, StatusCode::UNPROCESSABLE_ENTITY, &typed, None, &problems))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /admin/users/{id}`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Failure> {
    administrators_only(&user)?;
    let account = account(&state, &id).await?;
    let flash = match asked(&uri, "done").as_str() {
        "saved" => Some("Saved."),
        "ended" => Some("Saved. Where they were signed in, they have been signed out."),
        _ => None,
    };
    let flash = flash.map(|text| Flash::Success(text.to_owned()));
    let typed = Typed::of(&state, &account).await?;
    account_page(&state, &user, &account, StatusCode::OK, &typed, flash, &Problems::default()).await
}

/// `POST /admin/users/{id}`
pub(super) async fn update(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
    body: Result<String, StringRejection>,
) -> Result<Response, Failure> {
    administrators_only(&user)?;
    let before = account(&state, &id).await?;
    let typed = match Posted::read(body) {
        Ok(posted) => Typed::read(&posted).with_assigned(&state, &before).await?,
        Err(response) => return Ok(*response),
    };
    let assigned = typed.assigned.as_deref().unwrap_or_default();
    let updated =
        state.accounts.update(&user, &before.id, &typed.name, &typed.role, typed.suspended, assigned).await;
    let none = Problems::default();
    match updated {
        Ok(after) => {
            let done = if after.epoch == before.epoch { "saved" } else { "ended" };
            Ok(Redirect::to(&format!("/admin/users/{}?done={done}", after.id)).into_response())
        }
        Err(Error::Invalid(problems)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            account_page(&state, &user, &before, status, &typed, None, &problems).await
        }
        Err(Error::Refused(why)) => {
            let flash = Some(Flash::Error(why));
            account_page(&state, &user, &before, StatusCode::CONFLICT, &typed, flash, &none).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/users/{id}/reset`
pub(super) async fn reset(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    administrators_only(&user)?;
    let account = account(&state, &id).await?;
    match state.accounts.make_reset_link(&user, &account.id).await {
        Ok(token) => {
            let url = url(&state, &headers, &token);
            Ok(link_page(&user, &account, &url, "The link is made. An earlier one does not work any more."))
        }
        Err(Error::Refused(why)) => {
            let flash = Some(Flash::Error(why));
            let typed = Typed::of(&state, &account).await?;
            account_page(&state, &user, &account, StatusCode::CONFLICT, &typed, flash, &Problems::default())
                .await
        }
        Err(error) => Err(error.into()),
    }
}

/// Shows a form again that was sent when its session had ended. Nothing of it is saved.
pub(super) async fn resume(state: &State, user: &User, path: &str, typed: &str) -> Result<Response, Failure> {
    administrators_only(user)?;
    let typed = match Posted::parse(typed) {
        Ok(posted) => Typed::read(&posted),
        Err(response) => return Ok(*response),
    };
    let flash = Some(Flash::Warning("Here is what you typed. It is not saved yet.".to_owned()));
    let none = Problems::default();
    match path.strip_prefix("/admin/users/") {
        Some("new") => Ok(new_page(user, StatusCode::OK, &typed, flash, &none)),
        Some(id) => {
            let account = account(state, id).await?;
            let typed = typed.with_assigned(state, &account).await?;
            account_page(state, user, &account, StatusCode::OK, &typed, flash, &none).await
        }
        None => Err(Error::NotFound.into()),
    }
}

fn administrators_only(user: &User) -> Result<(), Failure> {
    match user.role {
        Role::Administrator => Ok(()),
        _ => Err(Error::Denied("Only administrators can manage users.").into()),
    }
}

/// The account of an id out of an address.
async fn account(state: &State, id: &str) -> Result<Account, Failure> {
    let id: Id = id.parse().map_err(|_| Error::NotFound)?;
    Ok(state.desk.store.account(&id.to_string()).await?.ok_or(Error::NotFound)?)
}

/// What stands in a user's form.
#[derive(Clone, Default)]
struct Typed {
    email: String,
    name: String,
    role: String,
    suspended: bool,
    /// None where the form did not ask for projects.
    assigned: Option<Vec<Id>>,
}

impl Typed {
    fn read(posted: &Posted) -> Self {
        let read = |name: &str| posted.get(name).unwrap_or_default().to_owned();
        // An empty one goes with the list, so that 'none of them' can be told from 'not asked'.
        let assigned = posted.all("assigned");
        Self {
            email: read("email"),
            name: read("name"),
            role: read("role"),
            suspended: posted.get("suspended").is_some(),
            assigned: (!assigned.is_empty())
                .then(|| assigned.into_iter().filter_map(|id| id.parse().ok()).collect()),
        }
    }

    /// An account as it is.
    async fn of(state: &State, account: &Account) -> Result<Self, Failure> {
        let typed = Self {
            email: account.email.clone(),
            name: account.name.clone(),
            role: account.role.name().to_owned(),
            suspended: account.suspended,
            assigned: None,
        };
        typed.with_assigned(state, account).await
    }

    /// Where the form did not ask for projects, they stay as they are.
    async fn with_assigned(mut self, state: &State, account: &Account) -> Result<Self, Failure> {
        if self.assigned.is_none() {
            let mut assigned: Vec<Id> = state.desk.store.assigned(&account.id).await?.into_iter().collect();
            assigned.sort_unstable();
            self.assigned = Some(assigned);
        }
        Ok(self)
    }
}

/// The address of a one-time link, whole, so that it can be handed over.
fn url(state: &State, headers: &HeaderMap, token: &SecretString) -> String {
    let path = format!("/admin/password/{}", token.expose_secret());
    let scheme = if state.settings.tls { "https" } else { "http" };
    match headers.get(header::HOST).and_then(|host| host.to_str().ok()) {
        Some(host) => format!("{scheme}://{host}{path}"),
        None => path,
    }
}

fn page(user: &User, status: StatusCode, title: &str, body: Markup) -> Response {
    (status, html! { (Page { user, title, section: "/admin/users", body }) }).into_response()
}

fn way() -> Markup {
    crumbs(&[("Users".to_owned(), "/admin/users".to_owned())])
}

/// Whether somebody can sign in.
fn standing(account: &Account) -> Markup {
    match (account.suspended, &account.password_hash) {
        (true, _) => html! { span.state.state-trashed { "Suspended" } },
        (false, None) => html! { span.state.state-draft { "No password yet" } },
        (false, Some(_)) => html! { span.state.state-published { "Active" } },
    }
}

fn last_signed_in(account: &Account, when: &When) -> String {
    account.signed_in_at.map_or_else(|| "Never".to_owned(), |at| when.short(&at.to_rfc3339()))
}

/// What a role lets somebody do.
const fn about(role: Role) -> &'static str {
    match role {
        Role::Administrator => "Everything: all content, the site’s settings, and users.",
        Role::Editor => "Writes and publishes all content. No settings, no users.",
        Role::Contributor => {
            "Writes drafts in the projects assigned to them, and of outputs, news and events there. Editors publish."
        }
        Role::Viewer => "Reads everything, drafts too. Changes nothing.",
    }
}

fn name_input(typed: &Typed, focus: bool, problems: &Problems) -> Markup {
    input(
        &Input {
            name: "name",
            label: "Name",
            kind: "text",
            value: &typed.name,
            help: "What others see beside what they save.",
            autocomplete: "off",
            focus,
            ..Input::default()
        },
        problems,
    )
}

fn role_select(typed: &Typed, problems: &Problems) -> Markup {
    html! {
        (field("role", "Role", &html! {}, problems, |control| html! {
            select id=(control.id) name="role" aria-describedby={
                "roles" @if let Some(ids) = &control.described { " " (ids) }
            } aria-invalid=[control.invalid] {
                @if Role::by_name(&typed.role).is_none() { option value="" selected { "Choose one" } }
                @for role in Role::ALL {
                    option value=(role.name()) selected[role.name() == typed.role] { (role.label()) }
                }
            }
        }))
        div.field {
            dl.facts-list #roles { @for role in Role::ALL { dt { (role.label()) } dd { (about(role)) } } }
        }
    }
}

fn new_page(
    user: &User,
    status: StatusCode,
    typed: &Typed,
    flash: Option<Flash>,
    problems: &Problems,
) -> Response {
    let body = html! {
        (way())
        @if let Some(flash) = &flash { (flash) }
        (page_head(&html! { "New user" }, &html! {}, &html! {}))
        (summary(problems, &["name", "email", "role", "assigned"]))
        div.prose {
            form method="post" action="/admin/users/new" novalidate autocomplete="off" {
                section.group aria-labelledby="who" {
                    h2 #who { "Who" }
                    p.about {
                        "Recto sends no e-mail. You get a link to hand over; with it they choose their password."
                    }
                    (name_input(typed, flash.is_none(), problems))
                    (input(&Input {
                        name: "email", label: "E-mail", kind: "email", value: &typed.email,
                        help: "They sign in with it. It cannot be changed later.", autocomplete: "off",
                        ..Input::default()
                    }, problems))
                    (role_select(typed, problems))
                }
                div.page-foot {
                    button.button.button-main type="submit" { "Add user and make a link" }
                    a.button href="/admin/users" { "Back to all users" }
                }
            }
        }
    };
    page(user, status, "New user", body)
}

/// The projects that an administrator can choose from: id and title, those assigned first.
async fn projects(state: &State, assigned: &[Id]) -> Result<(Vec<(String, String)>, i64), Failure> {
    let lists = state.desk.lists();
    let states = [ItemState::Draft, ItemState::Published, ItemState::Changed];
    let states = states.iter().map(|state| Scalar::Text(state.name().to_owned())).collect();
    let found = lists
        .list(&Select {
            filters: vec![Filter::Key("_state", states)],
            limit: PROJECTS_MAX,
            ..Select::of(&PROJECT)
        })
        .await?;
    // What is assigned is shown even if it lies in the trash or beyond the most that are listed.
    let mine: Vec<String> = assigned.iter().map(ToString::to_string).collect();
    let mut first: Vec<(String, String)> =
        lists.titles(&mine).await?.into_iter().map(|(id, document)| (id, document.title)).collect();
    first.sort_by(|one, other| one.1.cmp(&other.1));
    let others = found.items.into_iter().map(|one| (one.id, one.title)).filter(|(id, _)| !mine.contains(id));
    first.extend(others);
    Ok((first, found.total - PROJECTS_MAX))
}

async fn account_page(
    state: &State,
    user: &User,
    account: &Account,
    status: StatusCode,
    typed: &Typed,
    flash: Option<Flash>,
    problems: &Problems,
) -> Result<Response, Failure> {
    let when = When::of(state).await;
    let assigned = typed.assigned.as_deref().unwrap_or_default();
    // Asked for where it counts, or will once this is saved.
    let contributes = account.role == Role::Contributor || typed.role == Role::Contributor.name();
    let (projects, more) = if contributes { projects(state, assigned).await? } else { (Vec::new(), 0) };
    let assigned: Vec<String> = assigned.iter().map(ToString::to_string).collect();
    let facts = html! {
        (standing(account))
        span { (account.email) }
        span { "Last signed in: " (last_signed_in(account, &when)) }
    };
    let action = format!("/admin/users/{}", account.id);
    let body = html! {
        (way())
        @if let Some(flash) = &flash { (flash) }
        (page_head(&html! { (account.name) }, &facts, &html! {}))
        (summary(problems, &["name", "email", "role", "assigned"]))
        div.prose {
            form method="post" action=(action) novalidate autocomplete="off" {
                section.group aria-labelledby="who" {
                    h2 #who { "Account" }
                    (name_input(typed, false, problems))
                    (role_select(typed, problems))
                    div.field data-field="suspended" data-label="Suspended" {
                        div.control {
                            label.choice {
                                input type="checkbox" id="f-suspended" name="suspended" value="true"
                                    checked[typed.suspended] aria-describedby="f-suspended-help";
                                " Suspended"
                            }
                        }
                        p.help id="f-suspended-help" {
                            "Somebody suspended cannot sign in. What they wrote stays, with their name."
                        }
                    }
                }
                @if contributes { (assigned_projects(&projects, more, &assigned, problems)) }
                div.page-foot {
                    button.button.button-main type="submit" { "Save" }
                    a.button href="/admin/users" { "Back to all users" }
                }
            }
            form method="post" action={ (action) "/reset" } {
                section.group aria-labelledby="link" {
                    h2 #link { @if account.password_hash.is_some() { "New password" } @else { "First password" } }
                    p.about {
                        "Make a link with which " (account.name) " chooses a password. It works once, for 24 hours; an "
                        "earlier link stops working. "
                        @if account.password_hash.is_some() { "The present password works until they have chosen." }
                    }
                    div.page-foot { button.button type="submit" { "Make a link" } }
                }
            }
        }
    };
    Ok(page(user, status, &account.name, body))
}

fn assigned_projects(
    projects: &[(String, String)],
    more: i64,
    assigned: &[String],
    problems: &Problems,
) -> Markup {
    let problem = problems.at("assigned");
    html! {
        section.group aria-labelledby="projects" {
            h2 #projects { "Projects" }
            input type="hidden" name="assigned" value="";
            @if projects.is_empty() {
                p.about #f-assigned { "There are no projects yet." }
            } @else {
                fieldset.field.choices #f-assigned tabindex="-1" aria-describedby="f-assigned-help"
                    data-field="assigned" data-label="Projects" {
                    legend { "Assigned to them" }
                    p.help #f-assigned-help {
                        "They edit these projects and what belongs to them, as long as their role is contributor."
                        @if more > 0 { " The first " (PROJECTS_MAX) " projects are listed." }
                    }
                    div.control {
                        @for (id, title) in projects {
                            label.choice {
                                input type="checkbox" name="assigned" value=(id) id={ "assigned-" (id) }
                                    checked[assigned.contains(id)];
                                " " (title)
                            }
                        }
                    }
                    @if let Some(problem) = problem { p.error #f-assigned-error { (problem.message) } }
                }
            }
        }
    }
}

/// Shows a link, once. It stands in no address and no store: whoever reloads this page makes
/// another one or is told that the account is there.
fn link_page(user: &User, account: &Account, url: &str, done: &str) -> Response {
    let title = format!("A link for {}", account.name);
    let own = format!("/admin/users/{}", account.id);
    let body = html! {
        (way())
        (Flash::Success(done.to_owned()).render())
        (page_head(&html! { (title) }, &html! {}, &html! {}))
        div.prose {
            (input(&Input {
                name: "link", label: "One-time link", kind: "text", value: url, readonly: true, focus: true,
                help: "Shown only now, only here: copy it before you leave this page.", autocomplete: "off",
                ..Input::default()
            }, &Problems::default()))
            section.group aria-labelledby="what" {
                h2 #what { "What to do with it" }
                p.about {
                    "Give it to " (account.name) " (" (account.email) ") in a way that only they can read. With it they "
                    "choose a password and are signed in. It works once, for 24 hours; after that, make another."
                }
            }
            div.page-foot {
                @if account.role == Role::Contributor {
                    a.button.button-main href={ (own) "#projects" } { "Assign projects" }
                }
                a.button href="/admin/users" { "Back to all users" }
            }
        }
    };
    page(user, StatusCode::OK, &title, body)
}
