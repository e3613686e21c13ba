//! The pages about users. It must not change an account.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, Render as _, html};

use super::assigned::{assigned_projects, projects};
use super::typed::Typed;
use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::layout::{Flash, Page, crumbs, icon, page_head};
use crate::admin::simple::{Input, field, input, summary};
use crate::admin::when::When;
use crate::content::Problems;
use crate::editing::User;
use crate::store::{Account, Role};

/// All accounts as a table.
pub(super) fn list_page(user: &User, accounts: &[Account], when: &When) -> Response {
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
                @for account in accounts {
                    tr {
                        th.name scope="row" { a href={ "/admin/users/" (account.id) } { (account.name) } }
                        td.minor { (account.email) }
                        td.minor { (account.role.label()) }
                        td { (standing(account)) }
                        td.when data-label="Signed in" { (last_signed_in(account, when)) }
                    }
                }
            }
        }
    };
    page(user, StatusCode::OK, "Users", body)
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
            "Writes drafts in the projects assigned to them, and of outputs, news and events there, and uploads files for \
             them. Editors publish."
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

pub(super) fn new_page(
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

pub(super) async fn account_page(
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

/// Shows a link, once. It stands in no address and no store: whoever reloads this page makes
/// another one or is told that the account is there.
pub(super) fn link_page(user: &User, account: &Account, url: &str, done: &str) -> Response {
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
