//! Lists: every type's, searched, filtered, sorted and paged on the server. It must not know any
//! type; columns and filters follow from the declarations.

mod columns;
mod narrowed;
mod rows;
pub(super) mod table;
pub(super) mod views;

use axum::extract::{Path, Query, State as FromState};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use self::columns::COLUMNS;
use self::table::{AS, Sent};
use self::views::{VIEW, Views};
use super::failure::Failure;
use super::form::{is_short_list, links, lookup};
use super::layout::{self, Page, icon};
use super::look::{self, LOOK};
use super::session::SignedIn;
use super::{State, bulk, export, import, items, library, names, when::When};
use crate::content::types::MEDIA;
use crate::content::{ContentType, Kind};
use crate::editing::{User, Verb};
use crate::error::{Error, Result};
use crate::published::{self, Filter, NEAR, Order, Scalar, Select};
use crate::store;

/// Rows on one page.
const PAGE: i64 = 50;
/// The last page that can be asked for: further ones cost and help nobody.
const LAST_PAGE: i64 = 2_000;

/// The parameter for the state between draft and public; events have a `state` of their own.
const STAGE: &str = "stage";

/// What is said once something was deleted permanently.
const DELETED: &str = "Deleted permanently.";

/// What is said when several files were added.
const UPLOADED: &str =
    "Uploaded. The public does not see them until you publish; say what each image shows before.";

/// What was asked for, as it was asked.
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(one, _)| one == name).map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// The same list with one thing asked otherwise.
    pub(super) fn with(&self, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::for_suffix(String::from("?"), 1);
        for (one, other) in self.0.iter().filter(|(one, value)| {
            one != name && !matches!(one.as_str(), "page" | "done") && !value.is_empty()
        }) {
            query.append_pair(one, other);
        }
        if !value.is_empty() {
            query.append_pair(name, value);
        }
        query.finish()
    }
}

/// `GET /admin/{plural}`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(plural): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let content_type = items::content_type(&plural)?;
    if content_type.single {
        let single = state.desk.store.single(content_type).await?.ok_or(Error::NotFound)?;
        return Ok(Redirect::to(&format!("/admin/{plural}/{}", single.item.id)).into_response());
    }
    page(&state, &user, content_type, columns::joined(asked), &views::Said::default(), None).await
}

/// The list as a page; `said` is a form about one of its views that could not be taken, `sent` what was
/// written into its table.
async fn page(
    state: &State,
    user: &User,
    content_type: &'static ContentType,
    asked: Asked,
    said: &views::Said,
    sent: Option<Sent>,
) -> Result<Response, Failure> {
    let number = asked.get("page").parse::<i64>().unwrap_or(1).clamp(1, LAST_PAGE);
    let mut select = select(content_type, &asked, number);
    let as_table = table::is_asked(content_type, &asked);
    if as_table {
        select.limit = table::PAGE;
        select.offset = (number - 1) * table::PAGE;
    }
    // Who turns so many pages looks through all, not for the best.
    select.near = Some(NEAR).filter(|near| number * select.limit <= *near);
    if let Some(look) = look::filter(state, content_type, &asked).await? {
        select.filters.push(look);
        // In most orders what is looked for is spread evenly. What lacks a year comes last by year.
        if asked.get("sort").is_empty() && select.search.is_none() {
            select.order = Order::parse(content_type, "-updated_at");
        }
    }
    let filtered = select.search.is_some() || select.filters.len() > 1 || !asked.get(STAGE).is_empty();
    let page = state.desk.lists().list(&select).await?;
    let mut linked = narrowed::linked(content_type, &asked);
    for document in &page.items {
        for field in columns::shown(content_type, &asked) {
            linked.extend(columns::linked(document, field));
        }
    }
    let filters = filters(state, content_type).await?;
    let lines = match as_table {
        true => Some(table::Lines::read(state, user, &page.items, &filters, sent).await?),
        false => None,
    };
    linked.extend(lines.iter().flat_map(table::Lines::linked));
    let titles = state.desk.lists().titles(&linked).await?;
    let views = Views::read(state, user, content_type, &asked).await?;
    let when = When::of(state).await;
    let media = content_type.name == MEDIA.name;
    let uploads = media && user.may(Verb::Create, MEDIA.name);
    let trash = asked.get(STAGE) == store::State::Trashed.name();
    let shown = html! {
        @if page.total > 0 && !trash { (table::switch(content_type, &asked, number)) }
        @if !media && !as_table && page.total > 0 { (columns::form(content_type, &asked)) }
    };
    let offer = bulk::Offer::of(user, content_type, &asked, trash).filter(|_| !as_table);
    let body = html! {
        @if asked.get("done") == "uploaded" { (layout::Flash::Success(UPLOADED.to_owned())) }
        @if asked.get("done") == "deleted" { (layout::Flash::Success(DELETED.to_owned())) }
        @if let Some(flash) = views::flash(asked.get("done")) { (flash) }
        @if let Some(lines) = &lines { (lines.flash(&asked)) }
        (layout::page_head(
            &html! { (content_type.labels) " " span.count { (page.total) } },
            &html! { @if let Some(what) = look::label(content_type, asked.get(LOOK)) { span { (what) } } },
            &html! {
                @if import::is_offered(user, content_type) { a.button href="/admin/outputs/import" data-import[as_table] { "Paste or import" } }
                (names::link(content_type))
                @if media { (library::removed::link(user)) } @else { (layout::new_button(user, content_type)) }
            },
        ))
        @if uploads { (library::add_form(state.desk.media.limits())) }
        (views.bar(user, content_type, said, &shown))
        @if page.total > 0 || filtered { (filter_bar(content_type, &asked, &filters, filtered)) }
        (narrowed::view(content_type, &asked, &filters, &titles))
        @if page.total == 0 && lines.as_ref().is_none_or(table::Lines::is_empty) {
            (empty(user, content_type, filtered, &asked))
        } @else {
            @if let Some(lines) = &lines { (lines.view(user, &select, &asked, &titles)) }
            @else if media { (library::grid(&page.items, offer.as_ref())) }
            @else { (rows::table(content_type, &select, &asked, &page.items, &titles, when, offer.as_ref())) }
            @if let Some(offer) = &offer { (offer.bar(page.items.len(), page.total)) }
            (pages(&asked, number, select.limit, &page))
            (export::links(content_type, &asked, page.total))
        }
    };
    let section = format!("/admin/{}", content_type.plural);
    let page = Page { user, title: content_type.labels, section: &section, body };
    let status = lines.map_or(said.status(), |lines| lines.status());
    Ok((status, html! { (page) }).into_response())
}

/// What was asked for, in the read store's words. What makes no sense is left aside: a list is
/// no form.
pub(super) fn select(content_type: &'static ContentType, asked: &Asked, page: i64) -> Select {
    let mut select = Select::of(content_type);
    let typed: String = asked.get("q").chars().take(200).collect();
    if !typed.is_empty() {
        select.search = Some(typed);
        // The best match first, unless somebody sorts.
        select.order = None;
    }
    if content_type.name == MEDIA.name {
        // What was added last is looked for most.
        select.order = Order::parse(content_type, "-updated_at").filter(|_| select.search.is_none());
        select.filters.extend(library::conditions(|name| asked.get(name)));
    }
    if let Some(order) = Order::parse(content_type, asked.get("sort")) {
        select.order = Some(order);
    }
    select.filters.push(match store::State::by_name(asked.get(STAGE)) {
        Some(state) => Filter::Key("_state", vec![Scalar::Text(state.name().to_owned())]),
        None => links::not_trashed(),
    });
    for field in content_type.fields.iter().filter(|field| field.filter) {
        let value = asked.get(field.name).to_owned();
        if value.is_empty() {
            continue;
        }
        select.filters.push(match field.kind {
            Kind::Many { .. } => Filter::Link(field.name, vec![value]),
            Kind::Flag => Filter::Key(field.name, vec![Scalar::Integer(i64::from(value == "true"))]),
            Kind::Year | Kind::Integer(..) => match value.parse() {
                Ok(number) => Filter::Key(field.name, vec![Scalar::Integer(number)]),
                Err(_) => continue,
            },
            _ => Filter::Key(field.name, vec![Scalar::Text(value)]),
        });
    }
    select.limit = PAGE;
    select.offset = (page - 1) * PAGE;
    select
}

/// A menu of the filter bar: name, label, and what can be chosen.
pub(super) type Menu = (&'static str, &'static str, Vec<(String, String)>);

/// The menus that fit the type.
async fn filters(state: &State, content_type: &'static ContentType) -> Result<Vec<Menu>> {
    let mut menus: Vec<Menu> = Vec::new();
    for field in content_type.fields.iter().filter(|field| field.filter) {
        let offered = match field.kind {
            Kind::Choice(choices) => {
                choices.iter().map(|choice| (choice.value.to_owned(), choice.label.to_owned())).collect()
            }
            Kind::One { to, vocabulary } if is_short_list(&field.kind) => {
                lookup::list(state, to, vocabulary).await?
            }
            Kind::Flag => vec![("true".to_owned(), "Yes".to_owned()), ("false".to_owned(), "No".to_owned())],
            _ => continue,
        };
        menus.push((field.name, field.label, offered));
    }
    if content_type.name == MEDIA.name {
        menus.push(library::menu());
    }
    menus.extend(look::menu(content_type));
    let states = items::STATES.iter().map(|state| (state.name().to_owned(), state.label().to_owned()));
    menus.push((STAGE, "State", states.collect()));
    Ok(menus)
}

fn filter_bar(content_type: &'static ContentType, asked: &Asked, menus: &[Menu], filtered: bool) -> Markup {
    html! {
        form.filters method="get" role="search" aria-label={ "Filter " (content_type.labels.to_lowercase()) } {
            div.field.field-search {
                label for="q" { "Search" }
                div.control.search { (icon("search")) input type="search" #q name="q" value=(asked.get("q")) maxlength="200"; }
            }
            @for (name, label, offered) in menus {
                div.field {
                    label for={ "s-" (name) } { (label) }
                    div.control {
                        select id={ "s-" (name) } name=(name) {
                            option value="" { "Any" }
                            @for (value, label) in offered { option value=(value) selected[asked.get(name) == value] { (label) } }
                        }
                    }
                }
            }
            @for name in ["sort", COLUMNS, VIEW, AS] {
                @if !asked.get(name).is_empty() { input type="hidden" name=(name) value=(asked.get(name)); }
            }
            (narrowed::kept(content_type, asked, menus))
            div.actions {
                button.button type="submit" { "Filter" }
                @if filtered { a.text-button.text-button-quiet href=(columns::alone(asked)) { "Clear" } }
            }
        }
    }
}

fn empty(user: &User, content_type: &'static ContentType, filtered: bool, asked: &Asked) -> Markup {
    // Nothing asked but to see the trash.
    let trash = asked.get(STAGE) == store::State::Trashed.name()
        && asked.0.iter().all(|(name, value)| name == STAGE || name == "sort" || value.is_empty());
    html! {
        div.empty {
            @if trash {
                h2 { "Nothing in the trash" }
                p { "What you move to the trash lies here until somebody takes it out." }
                div.actions { a.button href="?" { "All " (content_type.labels.to_lowercase()) } }
            } @else if look::label(content_type, asked.get(LOOK)).is_some() {
                h2 { "Nothing to look at here" }
                p { "All of it is mended, or another filter leaves it out." }
                div.actions { a.button href="/admin/" { "Go to the dashboard" } a.button href="?" { "All " (content_type.labels.to_lowercase()) } }
            } @else if filtered {
                h2 { "Nothing fits" }
                p { "Try fewer words or another filter. What lies in the trash shows with the filter ‘In the trash’." }
                div.actions { a.button href="?" { "Clear the filters" } }
            } @else {
                h2 { "No " (content_type.labels.to_lowercase()) " yet" }
                p { (content_type.help) }
                @if content_type.name != MEDIA.name { div.actions { (layout::new_button(user, content_type)) } }
            }
        }
    }
}

fn pages(asked: &Asked, number: i64, per: i64, page: &published::Page<published::Document>) -> Markup {
    let first = (number - 1) * per + 1;
    let last = first - 1 + i64::try_from(page.items.len()).unwrap_or(0);
    let at = |number: i64| asked.with("page", &number.to_string());
    html! {
        nav.pages aria-label="Pages" {
            p { (first) "–" (last) " of " (page.total) }
            @if number > 1 { a.button rel="prev" href=(at(number - 1)) { "Previous" } }
            @if last < page.total && number < LAST_PAGE { a.button rel="next" href=(at(number + 1)) { "Next" } }
        }
    }
}
