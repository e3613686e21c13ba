//! The palette: where one can go from here, by a few letters. The script adds what the page itself offers,
//! and the keys. It must not do anything; without script its button leads to the search.

use axum::extract::{Query, State as FromState};
use maud::{Markup, html};
use serde::Deserialize;

use super::State;
use super::failure::Failure;
use super::form::links::{document_state, subtitle};
use super::layout::{self, NAVIGATION, icon};
use super::session::SignedIn;
use crate::content::parsed::fold;
use crate::content::types::MEDIA;
use crate::content::{ContentType, TYPES};
use crate::editing::{User, Verb};
use crate::published::Document;
use crate::store::State as ItemState;

/// How many items are shown: more would be scrolled, not read.
const SHOWN: i64 = 8;
/// The most characters that are searched for.
const TYPED_MAX: usize = 200;

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
}

/// The dialog, which every page has; what can be chosen comes when it is opened.
pub(super) fn dialog() -> Markup {
    html! {
        dialog.palette #palette aria-label="Search or go to" {
            div.search {
                (icon("search"))
                input type="text" name="q" role="combobox" aria-label="Search or go to" aria-autocomplete="list" aria-expanded="true"
                    aria-controls="palette-list" autocomplete="off" spellcheck="false" maxlength=(TYPED_MAX)
                    placeholder="A page, an item, or something to do here"
                    hx-get="/admin/go" hx-trigger="input delay:120ms, open" hx-target="#palette-found" hx-swap="innerHTML" hx-sync="this:replace";
            }
            div #palette-list role="listbox" aria-label="What can be chosen" {
                div #palette-here role="group" aria-labelledby="palette-here-heading" { p #palette-here-heading role="presentation" { "On this page" } }
                div #palette-found role="presentation" {}
            }
            p.help {
                span { kbd { "↑" } " " kbd { "↓" } " to choose, " kbd { "Enter" } " to go, " kbd { "Escape" } " to close. Elsewhere " kbd { "?" } " shows all keys." }
            }
        }
    }
}

/// `GET /admin/go?q=har`: the inside of the list.
pub(super) async fn find(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Markup, Failure> {
    let typed: String = asked.q.trim().chars().take(TYPED_MAX).collect();
    let found = match typed.is_empty() {
        true => Vec::new(),
        false => state.desk.lists().search(&typed, SHOWN).await?,
    };
    let words: Vec<String> = fold(&typed).split_whitespace().map(str::to_owned).collect();
    let fits = |label: &str| {
        let label = fold(label);
        words.iter().all(|word| label.split_whitespace().any(|part| part.starts_with(word.as_str())))
    };
    let pages: Vec<(&str, &str)> = pages(&user).filter(|(label, _)| fits(label)).collect();
    let new: Vec<&ContentType> = begun(&user).filter(|one| fits(&format!("new {}", one.label))).collect();
    let mut number = 0..;
    let mut id = || format!("go-{}", number.next().unwrap_or(0));
    Ok(html! {
        // Answers to what was typed before are known by it.
        span hidden data-typed=(typed) {}
        @if !found.is_empty() {
            div role="group" aria-labelledby="go-items" {
                p #go-items role="presentation" { "Items" }
                @for document in &found { (item(&id(), document)) }
            }
        }
        @if !pages.is_empty() {
            div role="group" aria-labelledby="go-pages" {
                p #go-pages role="presentation" { "Go to" }
                @for (label, path) in &pages { (option(&id(), path, &html! { (label) })) }
            }
        }
        @if !new.is_empty() {
            div role="group" aria-labelledby="go-new" {
                p #go-new role="presentation" { "Begin" }
                @for content_type in &new {
                    @let path = format!("/admin/{}/new", content_type.plural);
                    (option(&id(), &path, &html! { "New " (content_type.label.to_lowercase()) }))
                }
            }
        }
        @if !typed.is_empty() {
            @let path = search_path(&typed);
            (option(&id(), &path, &html! { "Search everything for ‘" (typed) "’" }))
        }
    })
}

/// The pages that somebody can go to.
fn pages(user: &User) -> impl Iterator<Item = (&'static str, &'static str)> {
    let navigation = NAVIGATION.iter().flat_map(|(_, links)| links.iter().copied());
    navigation
        .filter(|(_, path)| layout::is_offered(user, path))
        .chain([("Names without a person", super::names::PATH), ("Your account", "/admin/account")])
}

/// The types of which somebody can make new ones.
fn begun(user: &User) -> impl Iterator<Item = &'static ContentType> {
    TYPES.into_iter().filter(|one| !one.single && one.name != MEDIA.name && user.may(Verb::Create, one.name))
}

fn search_path(typed: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", typed).finish();
    format!("/admin/search?{query}")
}

/// Something to choose. The focus stays where one types.
fn option(id: &str, path: &str, inside: &Markup) -> Markup {
    html! { a id=(id) role="option" aria-selected="false" tabindex="-1" href=(path) { (inside) } }
}

fn item(id: &str, document: &Document) -> Markup {
    let path = format!("/admin/{}/{}", document.content_type.plural, document.id);
    let state = document_state(document);
    let second = subtitle(document);
    option(
        id,
        &path,
        &html! {
            b { (document.title) }
            " "
            small {
                (document.content_type.label)
                @if !second.is_empty() { ", " (second) }
            }
            @if !matches!(state, ItemState::Published | ItemState::Changed) { " " (layout::state(state)) }
        },
    )
}
