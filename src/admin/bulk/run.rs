//! Doing it, part by part: each request does one part and answers with the form that carries the rest. The
//! script sends that form by itself; without it, a button does. It must not run on when nobody asks.

use axum::extract::{Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use super::asked::{Asked, What};
use super::{confirm, content_type, page, path, told, words};
use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::form::posted::Posted;
use crate::admin::items;
use crate::admin::layout::{self, Flash};
use crate::admin::session::{Htmx, SignedIn};
use crate::content::{Id, text};
use crate::editing::User;
use crate::editing::bulk::{self, Chosen, MOST, PART, Wish};
use crate::editing::import::may_undo;
use crate::error::{Error, Result};
use crate::store::Stored;

/// What is on its way.
struct Run {
    asked: Asked,
    wish: Wish,
    /// The number of the deed.
    batch: Id,
    chosen: Vec<Chosen>,
    /// How many of them were tried.
    at: usize,
}

/// What is to be done, as hidden inputs of the form that does it.
pub(super) fn carried(asked: &Asked, wish: &Wish, does: &[&Stored]) -> Markup {
    let chosen = does.iter().map(|stored| Chosen { id: stored.item.id, seen: stored.meta.version });
    inputs(asked, wish, &chosen.collect::<Vec<_>>())
}

fn inputs(asked: &Asked, wish: &Wish, chosen: &[Chosen]) -> Markup {
    let items: Vec<String> = chosen.iter().map(|one| format!("{}.{}", one.id, one.seen)).collect();
    html! {
        input type="hidden" name="verb" value=(asked.what.name());
        input type="hidden" name="list" value=(asked.list);
        @if let Wish::Set(field, value) = wish {
            input type="hidden" name="field" value=(field.name);
            input type="hidden" name="value" value=(text::print(value));
        }
        input type="hidden" name="items" value=(items.join(" "));
    }
}

impl Run {
    fn read(plural: &str, batch: &str, posted: &Posted) -> Result<Self> {
        let asked = Asked::read(content_type(plural)?, posted)?;
        let wish = match (asked.what, asked.field) {
            (What::Publish, _) => Wish::Publish,
            (What::Unpublish, _) => Wish::Unpublish,
            (What::Trash, _) => Wish::Trash,
            (What::Untrash, _) => Wish::Untrash,
            (What::Edit, Some(field)) => {
                let value = text::parse(&field.kind, posted.get("value").unwrap_or_default());
                Wish::Set(field, value.map_err(|(message, code)| Error::invalid(field.name, code, message))?)
            }
            (What::Edit, None) => return Err(Error::NotFound),
        };
        let items = posted.get("items").unwrap_or_default().split_ascii_whitespace();
        let chosen: Option<Vec<Chosen>> = items
            .take(MOST + 1)
            .map(|item| {
                let (id, seen) = item.split_once('.')?;
                Some(Chosen { id: id.parse().ok()?, seen: seen.parse().ok()? })
            })
            .collect();
        let chosen = chosen.filter(|chosen| chosen.len() <= MOST).ok_or_else(|| {
            Error::Refused("This form cannot be read. Begin again from the list.".to_owned())
        })?;
        let at = posted.get("at").and_then(|at| at.parse().ok()).unwrap_or(0).min(chosen.len());
        Ok(Self { asked, wish, batch: items::id(batch)?, chosen, at })
    }

    fn part(&self) -> &[Chosen] {
        self.chosen.get(self.at..).unwrap_or_default().chunks(PART).next().unwrap_or_default()
    }

    fn action(&self) -> String {
        format!("{}/{}", path(self.asked.content_type), self.batch)
    }

    /// Where it is told what was done, now and later.
    fn told(&self) -> String {
        told::told_at(&self.batch.to_string(), &self.asked.list)
    }

    /// How far it is. `goes_on` where the script is to send the rest by itself.
    async fn progress(
        &self,
        state: &State,
        user: &User,
        goes_on: bool,
        flash: Option<Flash>,
    ) -> Result<Response, Failure> {
        let name = confirm::target(state, &self.wish).await?;
        let (number, at) = (self.chosen.len(), self.at);
        let heading = words::to_do(&self.wish, self.asked.content_type, number, &|_| name.clone());
        let body = html! {
            @if let Some(flash) = flash { (flash) }
            (layout::page_head(&html! { (heading) }, &html! {}, &html! {}))
            form.steps #bulk-run method="post" action=(self.action()) {
                (inputs(&self.asked, &self.wish, &self.chosen))
                input type="hidden" name="at" value=(at);
                p.bulk-sum role="status" { (at) " of " (number) " done" }
                progress max=(number) value=(at) aria-label="Progress" {}
                @if goes_on {
                    // Another one in each answer, so that each asks once.
                    div id={ "bulk-" (at) } hx-post=(self.action()) hx-trigger="load" hx-target="#main" hx-select="#main" hx-swap="outerMorph" {}
                    p.help.only-scripted { "The rest follows by itself. If it stands still, press Continue." }
                }
                p.help { "You can stop at any time: what is done stays done, and can be undone." }
                div.page-foot {
                    button.button type="submit" { "Continue" }
                    a.button href=(self.told()) { "Stop here" }
                }
            }
        };
        Ok(page(user, self.asked.content_type, &self.asked.list, StatusCode::OK, &heading, &body))
    }

    /// All of it was tried: what was done is told at an address of its own, what was not at once.
    async fn finish(&self, state: &State, user: &User, htmx: &Htmx) -> Result<Response, Failure> {
        let content_type = self.asked.content_type;
        let left = bulk::left(&state.desk, user, self.batch, content_type, &self.wish, &self.chosen).await?;
        if left.is_empty() {
            return Ok(htmx.redirect(&self.told()));
        }
        let deeds = state.desk.store.deeds(&self.batch.to_string()).await?;
        let heading = told::told(&deeds).unwrap_or_else(|| "Nothing was done".to_owned());
        let body = html! {
            (layout::page_head(&html! { (heading) }, &html! {}, &html! {}))
            form.steps method="post" action={ "/admin/changes/" (self.batch) } {
                (confirm::left(&left.iter().collect::<Vec<_>>()))
                div.page-foot {
                    a.button.button-main href=(self.asked.back()) autofocus { "Back to the list" }
                    @if !deeds.is_empty() {
                        a.button href=(self.told()) { "See what was done" }
                        @if may_undo(user, &deeds) { button.button type="submit" { "Undo" } }
                    }
                }
            }
        };
        Ok(page(user, content_type, &self.asked.list, StatusCode::OK, &heading, &body))
    }
}

/// `POST /admin/bulk/{plural}/{batch}`: does a part.
pub(in crate::admin) async fn run(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path((plural, batch)): Path<(String, String)>,
    htmx: Htmx,
    posted: Posted,
) -> Result<Response, Failure> {
    let mut run = Run::read(&plural, &batch, &posted)?;
    let content_type = run.asked.content_type;
    bulk::act(&state.desk, &user, run.batch, content_type, &run.wish, run.part()).await?;
    run.at += run.part().len();
    if run.at < run.chosen.len() {
        return run.progress(&state, &user, true, None).await;
    }
    run.finish(&state, &user, &htmx).await
}

/// `GET /admin/bulk/{plural}/{batch}`: what was done so far.
pub(in crate::admin) async fn redirect(
    FromState(state): FromState<State>,
    SignedIn(_): SignedIn,
    Path((plural, batch)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (content_type, batch) = (content_type(&plural)?, items::id(&batch)?);
    let to = match state.desk.store.deeds(&batch.to_string()).await?.is_empty() {
        true => format!("/admin/{}", content_type.plural),
        false => format!("/admin/changes/{batch}"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// What was sent after a session had ended: how far it is, until somebody says that it shall go on.
pub(in crate::admin) async fn resume(
    state: &State,
    user: &User,
    plural: &str,
    batch: &str,
    typed: &str,
) -> Result<Response, Failure> {
    let run = Run::read(plural, batch, &Posted::parse(typed).unwrap_or_default())?;
    let flash = "You are signed in again. What was done before is done; press Continue for the rest.";
    run.progress(state, user, false, Some(Flash::Warning(flash.to_owned()))).await
}
