//! An item's form as a page. It must not change anything.

use maud::{Markup, html};

use super::aside::aside;
use super::controls::{self, Context};
use super::{Draft, outputs_table, reach, standing};
use crate::admin::layout::{self, Flash};
use crate::admin::library;
use crate::content::types::MEDIA;
use crate::content::{ContentType, Field, Kind};
use crate::editing::{Verb, like, permission};
use crate::store::State;

/// What a form says whose version is no longer kept, until somebody has chosen between both sides.
pub(in crate::admin) const BASE_GONE: &str = "gone";

/// How the form is shown.
pub(in crate::admin) struct View<'form> {
    pub context: &'form Context<'form>,
    pub draft: &'form Draft,
    /// The fields that are on the form and not stored.
    pub unsaved: Vec<(&'static str, &'static str)>,
    pub flash: Option<Flash>,
    /// Where the public finds it; what the API answers for it.
    pub public: Option<(String, String)>,
}

/// The path of an item's form; a new item has none of its own yet.
pub(in crate::admin) fn path(content_type: &ContentType, draft: &Draft) -> String {
    match draft.version {
        Some(_) => format!("/admin/{}/{}", content_type.plural, draft.id),
        None => format!("/admin/{}/new", content_type.plural),
    }
}

/// The page's inside.
pub(in crate::admin) fn page(view: &View<'_>) -> Markup {
    let (context, draft) = (view.context, view.draft);
    let content_type = draft.content_type;
    let parents = match content_type.single {
        true => Vec::new(),
        false => vec![(content_type.labels.to_owned(), format!("/admin/{}", content_type.plural))],
    };
    let action = path(content_type, draft);
    let itself = saves_itself(view).then(|| format!("{action}/autosave"));
    let files = content_type.fields.iter().any(|field| matches!(field.kind, Kind::File));
    let unsaved: Vec<&str> = view.unsaved.iter().map(|(name, _)| *name).collect();
    html! {
        (layout::crumbs(&parents))
        @if let Some(flash) = &view.flash { (flash) }
        (head(view))
        (summary(view))
        @if let (Some(why), None) = (&context.locked, &view.flash) { div.flash.flash-note #locked { (why) } }
        form method="post" action=(action) #item-form novalidate autocomplete="off"
            enctype=[files.then_some("multipart/form-data")] hx-encoding=[files.then_some("multipart/form-data")]
            hx-post=(action) hx-target="#main" hx-select="#main" hx-swap="outerMorph"
            data-unsaved=[(!unsaved.is_empty()).then(|| unsaved.join(" "))]
            data-autosave=[itself] data-user=[context.user.account.as_deref().filter(|_| context.locked.is_none())] {
            @if context.locked.is_none() {
                // The first button is what Enter presses.
                button.visually-hidden type="submit" name="do" value="save" tabindex="-1" aria-hidden="true" { "Save" }
            }
            @if let Some(version) = draft.version { input type="hidden" name="version" value=(version); }
            // Not `id`: an input of that name hides the form’s own id from every script.
            input type="hidden" name="item" value=(draft.id);
            // What somebody has to choose between is not forgotten while they press other buttons.
            @if let Some(theirs) = &context.theirs {
                input type="hidden" name="both" value=(theirs.clash.both.join(" "));
                @if theirs.clash.base_is_gone { input type="hidden" name="base" value=(BASE_GONE); }
            }
            // A locked form is read, not filled in; the browser then sends nothing of it.
            @if context.locked.is_some() { fieldset.locked disabled { (fields(view)) } } @else { (fields(view)) }
            @if context.locked.is_none() || may_untrash(view) { (save_bar(view)) }
        }
    }
}

/// Whether the form may save itself: only over what its author has seen, where nothing is wrong with it
/// and nothing is left to choose.
fn saves_itself(view: &View<'_>) -> bool {
    let context = view.context;
    let draft = context.stored.is_some_and(|stored| stored.meta.trashed_at.is_none());
    draft
        && context.locked.is_none()
        && context.theirs.is_none()
        && context.problems.is_empty()
        && !matches!(view.flash, Some(Flash::Error(_)))
}

fn head(view: &View<'_>) -> Markup {
    let (context, draft) = (view.context, view.draft);
    let content_type = draft.content_type;
    let heading = match context.stored {
        Some(stored) if content_type.name == "project" && !stored.item.text("code").is_empty() => html! {
            span.code { (stored.item.text("code")) } " " (named(stored.item.text("title"), content_type))
        },
        Some(stored) => html! { (stored.item.title()) },
        None => html! { "New " (content_type.label.to_lowercase()) },
    };
    let begins = |state| state != State::Trashed && like::may_begin(context.user, content_type);
    let actions = html! {
        @if let Some(stored) = context.stored.filter(|stored| begins(stored.state())) {
            a.button href={ "/admin/" (content_type.plural) "/new?like=" (stored.item.id) } { "New " (content_type.label.to_lowercase()) " like this" }
        }
        @if let Some((site, _)) = &view.public {
            a.button href=(site) { @if content_type == &MEDIA { "Open the public file" } @else { "View on the site" } }
        }
    };
    layout::page_head(&heading, &standing::facts(context), &actions)
}

fn named(title: &str, content_type: &ContentType) -> String {
    if title.is_empty() {
        format!("Untitled {}", content_type.label.to_lowercase())
    } else {
        title.to_owned()
    }
}

/// What is wrong, each with a link to its place.
fn summary(view: &View<'_>) -> Markup {
    let context = view.context;
    if let Some(theirs) = &context.theirs {
        return html! {
            div.error-summary role="alert" tabindex="-1" autofocus[context.done.focus.is_none()] {
                @if theirs.clash.base_is_gone {
                    h2 { "Not saved: what you began from is no longer kept" }
                    p { "It was saved by " (theirs.who) " " (theirs.when) ", and it cannot be told any more who changed what. Nothing you typed is lost. Look at both sides of everything that differs, keep what is right, and save again." }
                } @else {
                    h2 { "Not saved: " (theirs.who) " changed the same " (theirs.when) }
                    p { "Nothing you typed is lost. Look at both sides, keep what is right, and save again. Everything else they changed is in the form already." }
                }
                ul { @for name in &theirs.clash.both { li { a href={ "#f-" (name) } { (label(view.draft.content_type, name)) } } } }
            }
        };
    }
    let problems = &context.problems.0;
    html! {
        @if !problems.is_empty() {
            div.error-summary role="alert" tabindex="-1" autofocus {
                h2 {
                    @if problems.len() == 1 { "Not saved: one thing needs attention" }
                    @else { "Not saved: " (problems.len()) " things need attention" }
                }
                ul {
                    @for problem in problems {
                        li { a href={ "#" (control_id(view.draft, &problem.field)) } { (place(view.draft, &problem.field)) ": " (problem.message) } }
                    }
                }
            }
        }
    }
}

fn label(content_type: &ContentType, name: &str) -> &'static str {
    content_type
        .field(name)
        .map_or(if name == "outputs" { "Outputs" } else { "Address" }, |field| field.label)
}

/// Where a problem stands, in words: 'Outputs, row 3: Year'.
fn place(draft: &Draft, path: &str) -> String {
    let mut parts = path.split('.');
    let name = parts.next().unwrap_or_default();
    let heading = label(draft.content_type, name);
    let row = parts.next().and_then(|at| at.parse::<usize>().ok());
    match (row, parts.next()) {
        (Some(at), Some(column)) => {
            format!("{heading}, row {}: {}", at + 1, outputs_table::column_label(draft, name, column))
        }
        _ => heading.to_owned(),
    }
}

/// The id of the control that a problem is about; rows are known by their items.
fn control_id(draft: &Draft, path: &str) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        ["outputs", at, column] => {
            let row = at.parse::<usize>().ok().and_then(|at| draft.outputs.as_ref()?.rows.get(at));
            row.map_or_else(|| "outputs-heading".to_owned(), |row| format!("outputs-{}-{column}", row.id))
        }
        [name, at, column] => {
            let row = at.parse::<usize>().ok().and_then(|at| draft.rows(name).get(at));
            let key =
                row.and_then(|row| row.target).map_or_else(|| format!("name-{at}"), |id| id.to_string());
            format!("{name}-{key}-{column}")
        }
        _ => format!("f-{}", parts.first().copied().unwrap_or_default()),
    }
}

/// The fields by their groups; the outputs table, which needs the page's width, after the text.
fn fields(view: &View<'_>) -> Markup {
    let (context, draft) = (view.context, view.draft);
    let mut groups: Vec<(&'static str, Vec<&'static Field>)> = vec![(draft.content_type.label, Vec::new())];
    let (shown, hidden): (Vec<&Field>, Vec<&Field>) =
        draft.content_type.fields.iter().partition(|field| library::form::fits(draft, field));
    for field in shown {
        if let Some(heading) = field.group {
            groups.push((heading, Vec::new()));
        }
        if let Some((_, fields)) = groups.last_mut() {
            fields.push(field);
        }
    }
    let wide = draft.outputs.is_some();
    html! {
        @for field in hidden { input type="hidden" name=(field.name) value=(draft.text(field.name)); }
        div.columns {
            div {
                @for (at, (heading, fields)) in groups.iter().enumerate() { (group(context, draft, at, heading, fields)) }
                (address(context, draft))
            }
            (aside(view, &groups, wide))
        }
        @if wide { (outputs_table::view(view)) }
    }
}

fn group(
    context: &Context<'_>,
    draft: &Draft,
    at: usize,
    heading: &str,
    fields: &[&'static Field],
) -> Markup {
    html! {
        section.group aria-labelledby={ "group-" (at) } {
            h2 id={ "group-" (at) } { (heading) }
            @let mut rest = fields;
            @while let Some((first, others)) = rest.split_first() {
                @match others.first() {
                    // A short code beside a long title, dates and choices in pairs.
                    Some(second) if pairs(first, second) => {
                        div class={ "field-row" @if titled(first, second) { " field-row-wide-last" } } {
                            (controls::field(context, draft, first))
                            (controls::field(context, draft, second))
                        }
                        @let () = rest = others.split_first().map_or(&[], |(_, others)| others);
                    }
                    _ => {
                        (controls::field(context, draft, first))
                        @if let Some(stored) = context.stored.filter(|_| first.name == "file") { (reach::output(context, stored)) }
                        @let () = rest = others;
                    }
                }
            }
        }
    }
}

/// A short code or number, and the title that it belongs to.
fn titled(first: &Field, second: &Field) -> bool {
    matches!(first.kind, Kind::Code | Kind::Integer(..)) && matches!(second.kind, Kind::Line(_))
}

fn pairs(first: &Field, second: &Field) -> bool {
    let short = |field: &Field| {
        matches!(
            field.kind,
            Kind::Date
                | Kind::WallTime
                | Kind::Choice(_)
                | Kind::Year
                | Kind::Isbn
                | Kind::Issn
                | Kind::Integer(..)
        ) || super::is_short_list(&field.kind)
            || matches!(field.kind, Kind::Line(40))
    };
    let names = first.name == "given_names" && second.name == "family_name";
    titled(first, second) || names || (short(first) && short(second))
}

/// The item's own part of its public address.
fn address(context: &Context<'_>, draft: &Draft) -> Markup {
    if draft.content_type.single {
        return html! { input type="hidden" name="slug" value=(draft.slug); };
    }
    html! {
        section.group aria-labelledby="group-address" {
            h2 #group-address { "Address" }
            (address_field(context, draft))
        }
    }
}

pub(super) fn address_field(context: &Context<'_>, draft: &Draft) -> Markup {
    let problem = context.problems.at("slug");
    html! {
        div.field data-field="slug" data-label="Address" {
            label for="f-slug" { "Last part of the public address" }
            p.help #f-slug-help {
                "Made from the title if you leave it empty. Old addresses lead to the new one."
                // Breadcrumbs follow addresses; `published` gives these two their place.
                @if draft.content_type.name == "page" {
                    " The page ‘home’ is the first of every breadcrumb; ‘research’ comes before the themes."
                }
            }
            div.control {
                input type="text" #f-slug name="slug" value=(draft.slug) aria-invalid=[problem.map(|_| "true")]
                    aria-describedby={ "f-slug-help" @if problem.is_some() { " f-slug-error" } };
            }
            @if let Some(problem) = problem { p.error #f-slug-error { (problem.message) } }
            (controls::theirs(context, "slug"))
        }
    }
}

/// Whether the item lies in the trash and whoever looks may take it out.
fn may_untrash(view: &View<'_>) -> bool {
    let trashed = view.context.stored.filter(|stored| stored.state() == State::Trashed);
    trashed.is_some_and(|stored| view.context.user.may_with(Verb::Trash, stored))
}

fn save_bar(view: &View<'_>) -> Markup {
    let context = view.context;
    let trashed = context.stored.and_then(|stored| stored.meta.trashed_at);
    let may_publish = context.user.may(Verb::Publish, view.draft.content_type.name);
    let labels: Vec<&str> = view.unsaved.iter().map(|(_, label)| *label).collect();
    html! {
        div.save-bar {
            (standing::others(context, view.draft.content_type))
            (standing::line(context, &labels))
            @if trashed.is_some() {
                button.button type="submit" name="do" value="untrash" {
                    "Take out of the trash" @if !labels.is_empty() { " and save" }
                }
                @if let (Some(stored), Ok(())) = (context.stored, permission::allow_for_good(context.user)) {
                    a.button href={ "/admin/" (stored.item.content_type.plural) "/" (stored.item.id) "/delete" } {
                        "Delete permanently…"
                    }
                }
            } @else {
                button.button type="submit" name="do" value="save" { @if context.theirs.is_some() { "Save mine over theirs" } @else { "Save draft" } }
                @if may_publish { button.button.button-main type="submit" name="do" value="publish" { "Publish…" } }
            }
        }
    }
}
