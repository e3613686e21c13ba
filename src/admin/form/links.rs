//! Linking fields: rows about other items, and the search by which they are found. It must not
//! change the form; `action` does.

use maud::{Markup, html};

use super::controls::{self, Context};
use super::{Draft, DraftRow};
use crate::admin::State;
use crate::admin::{layout, library};
use crate::content::types::MEDIA;
use crate::content::types::media::IMAGE;
use crate::content::{Field, Kind, by_name};
use crate::editing::{User, Verb};
use crate::error::{Error, Result};
use crate::published::{Document, Filter, NEAR, Order, Scalar, Select};
use crate::store;

/// How many results a search shows: more would be scrolled, not read.
const RESULTS: i64 = 8;

/// What a search found, and what else can be done with the words.
#[derive(Clone, Debug)]
pub(in crate::admin) struct Found {
    typed: String,
    items: Vec<Hit>,
    /// The type that could be created under that name.
    create: Option<&'static str>,
    /// Whether the words may stand as a name alone.
    free: bool,
}

#[derive(Clone, Debug)]
struct Hit {
    id: String,
    title: String,
    second: String,
    draft: bool,
    /// A media item as it looks.
    thumbnail: Option<Markup>,
}

/// Leaves out what lies in the trash.
pub(in crate::admin) fn not_trashed() -> Filter {
    let states = ["draft", "published", "changed"];
    Filter::Key("_state", states.iter().map(|state| Scalar::Text((*state).to_owned())).collect())
}

/// Searches for what a field could link to.
pub(in crate::admin) async fn find(state: &State, user: &User, field: &Field, typed: &str) -> Result<Found> {
    let typed: String = typed.trim().chars().take(200).collect();
    let to = field.target().and_then(by_name).ok_or(Error::NotFound)?;
    let mut items = Vec::new();
    let media = to.name == MEDIA.name;
    if !typed.is_empty() || media {
        let mut select = Select::of(to);
        // Of media the newest, where nothing is searched for.
        select.order = Order::parse(to, "-updated_at").filter(|_| typed.is_empty());
        select.search = Some(typed.clone()).filter(|typed| !typed.is_empty());
        select.filters = vec![not_trashed()];
        if media && field.name != "file" {
            select.filters.push(library::of_kind(IMAGE));
        }
        select.near = Some(NEAR);
        select.limit = RESULTS;
        let found = state.desk.lists().list(&select).await?.items;
        // People of one name are told apart by where they work.
        let workplaces: Vec<String> = found.iter().filter_map(workplace).map(str::to_owned).collect();
        let workplaces = state.desk.lists().titles(&workplaces).await?;
        for document in &found {
            let place =
                workplace(document).and_then(|id| workplaces.get(id)).map(|place| place.title.clone());
            let second = [subtitle(document).to_owned(), place.unwrap_or_default()];
            items.push(Hit {
                id: document.id.clone(),
                title: document.title.clone(),
                second: second.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
                draft: document_state(document) == store::State::Draft,
                thumbnail: media.then(|| library::thumbnail(document)),
            });
        }
    }
    let may = user.may(Verb::Create, to.name) && matches!(to.name, "person" | "organisation" | "term");
    let free = matches!(field.kind, Kind::Many { free: true, .. });
    Ok(Found { typed, items, create: may.then_some(to.label), free })
}

fn workplace(document: &Document) -> Option<&str> {
    document.json.get("organisation")?.get("$ref")?.as_str()
}

/// The second line of a draft's document.
pub(in crate::admin) fn subtitle(document: &Document) -> &str {
    document.json.get("_subtitle").and_then(|text| text.as_str()).unwrap_or_default()
}

/// The state of a draft's document.
pub(in crate::admin) fn document_state(document: &Document) -> store::State {
    let name = document.json.get("_state").and_then(|state| state.as_str());
    name.and_then(store::State::by_name).unwrap_or(store::State::Draft)
}

/// The results as buttons that add.
pub(in crate::admin) fn results(field: &Field, found: &Found) -> Markup {
    let name = field.name;
    html! {
        @if !found.typed.is_empty() || !found.items.is_empty() {
            @if found.items.is_empty() {
                p.none { "Nothing of that name yet." }
            } @else {
                ul aria-label="Results" {
                    @for hit in &found.items {
                        li {
                            button type="submit" name="do" value={ "add:" (name) ":" (hit.id) } class=[hit.thumbnail.as_ref().map(|_| "with-thumbnail")] {
                                @if let Some(thumbnail) = &hit.thumbnail { (thumbnail) }
                                b { (hit.title) }
                                @if !hit.second.is_empty() { " " span { (hit.second) } }
                                @if hit.draft { " " (layout::state(store::State::Draft)) }
                            }
                        }
                    }
                }
            }
            @if found.free {
                p.create {
                    button type="submit" name="do" value={ "credit:" (name) } { "Add ‘" (found.typed) "’ as a name only" }
                }
            }
            @if let Some(label) = found.create {
                p.create {
                    button type="submit" name="do" value={ "create:" (name) } {
                        "Create ‘" (found.typed) "’ as a new " (label.to_lowercase())
                    }
                }
            }
        } @else {
            p.none { "Type a name first." }
        }
    }
}

/// A linking field.
pub(super) fn view(context: &Context<'_>, draft: &Draft, field: &'static Field) -> Markup {
    let single;
    let rows: &[DraftRow] = match field.kind {
        Kind::One { .. } => {
            single = draft
                .text(field.name)
                .parse()
                .ok()
                .map(|id| DraftRow { target: Some(id), cells: Vec::new() });
            single.as_slice()
        }
        _ => draft.rows(field.name),
    };
    let one = matches!(field.kind, Kind::One { .. });
    let id = format!("f-{}", field.name);
    let error = context.problems.at(field.name);
    let to = field.target().and_then(by_name);
    let plural = to.map(|to| to.plural).unwrap_or_default();
    let media = plural == MEDIA.plural;
    let what = to.map(|to| to.label.to_lowercase()).unwrap_or_default();
    html! {
        fieldset.links id=(id) data-field=(field.name) data-label=(field.label) tabindex="-1"
            aria-describedby=[controls::described(field, error.is_some())] {
            legend { (field.label) @if field.required { " " (controls::needed()) } }
            @if !field.help.is_empty() { p.help id={ (id) "-help" } { (field.help) } }
            @if let Some(problem) = error { p.error id={ (id) "-error" } { (problem.message) } }
            (controls::theirs(context, field.name))
            @if !rows.is_empty() {
                ol.link-rows {
                    @for (at, row) in rows.iter().enumerate() { (row_view(context, field, rows, at, row, one)) }
                }
            }
            @if context.locked.is_some() && rows.is_empty() { p.quiet { "None" } }
            @if context.locked.is_none() && (!one || rows.is_empty()) {
                div.finder {
                    label for={ (id) "-find" } {
                        @if media { "Choose from the library" } @else { "Add " (article(&what)) " " (what) }
                    }
                    div.ask {
                        input type="search" id={ (id) "-find" } name={ (field.name) ".find" }
                            value=(draft.finds.get(field.name).map(String::as_str).unwrap_or_default())
                            data-find autocomplete="off" maxlength="200"
                            autofocus[context.has_focus(&format!("{id}-find"))]
                            hx-get={ "/admin/find/" (plural) "?of=" (draft.content_type.name) "&field=" (field.name) }
                            hx-trigger="input delay:200ms" hx-target={ "#" (id) "-found" } hx-swap="innerHTML" hx-sync="this:replace";
                        button.button type="submit" name="do" value={ "find:" (field.name) } { "Find" }
                    }
                    div.found id={ (id) "-found" } {
                        @if let Some((name, found)) = &context.done.found { @if *name == field.name { (results(field, found)) } }
                    }
                }
            }
            @if media && context.locked.is_none() && rows.is_empty() && context.user.may(Verb::Create, MEDIA.name) {
                div.only-scripted { (library::drop_zone(library::Drop::Field(field.name), context.limits)) }
                noscript { p.help { a href="/admin/media/new" target="_blank" { "Upload a new one" } ", then find it here by its name." } }
            }
        }
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

fn row_view(
    context: &Context<'_>,
    field: &'static Field,
    rows: &[DraftRow],
    at: usize,
    row: &DraftRow,
    one: bool,
) -> Markup {
    let name = field.name;
    let key = row.target.map_or_else(|| format!("name-{at}"), |id| id.to_string());
    let known = row.target.and_then(|id| context.titles.get(&id.to_string()));
    let credited = field.columns().iter().position(|column| column.name == "name");
    let typed = credited.and_then(|at| row.cells.get(at)).map(String::as_str).unwrap_or_default();
    let title = match (known, row.target) {
        (Some(known), _) => known.title.as_str(),
        (None, Some(_)) => "Something that is not here any more",
        (None, None) if typed.is_empty() => "A name",
        (None, None) => typed,
    };
    html! {
        li.link-row id={ (name) "-" (key) } {
            @if let Some(id) = row.target {
                input type="hidden" name={ @if one { (name) } @else { (name) "." (at) ".target" } } value=(id);
            }
            @if let Some(known) = known.filter(|known| known.content_type == &MEDIA) { (library::thumbnail(known)) }
            div.who {
                @match known {
                    Some(known) => {
                        a href={ "/admin/" (known.content_type.plural) "/" (known.id) } { (title) }
                        @if document_state(known) != store::State::Published && document_state(known) != store::State::Changed {
                            " " (layout::state(document_state(known)))
                        }
                        @if !subtitle(known).is_empty() { small { (subtitle(known)) } }
                    },
                    None => {
                        span { (title) }
                        @if row.target.is_none() { small { "No record; shown as a name" } }
                    },
                }
            }
            div.extras {
                @for (column, typed) in field.columns().iter().zip(&row.cells) {
                    (controls::cell(context, field, column, at, &key, title, typed))
                }
            }
            @if context.locked.is_none() {
                div.row-tools {
                    @if !one {
                        button.icon-button type="submit" name="do" value={ "up:" (name) ":" (at) } aria-label={ "Move " (title) " up" } disabled[at == 0] { (layout::icon("up")) }
                        button.icon-button type="submit" name="do" value={ "down:" (name) ":" (at) } aria-label={ "Move " (title) " down" } disabled[at + 1 == rows.len()] { (layout::icon("down")) }
                    }
                    button.icon-button type="submit" name="do" value={ "remove:" (name) ":" (at) } aria-label={ "Remove " (title) } { (layout::icon("remove")) }
                }
            }
        }
    }
}
