//! Controls: one field as label, help, input and error, by its kind. It must not know what the
//! form is about.

use std::collections::HashMap;

use maud::{Markup, html};

use super::action::Done;
use super::merge::Merged;
use super::{Draft, is_short_list, links, rich};
use crate::admin::library;
use crate::admin::when::When;
use crate::content::{Choice, Field, Kind, Problem, Problems, diff};
use crate::editing::User;
use crate::editing::reach::Reach;
use crate::media::Limits;
use crate::published::{Document, Use};
use crate::store::Stored;

/// What a form's view knows beside the form.
pub(in crate::admin) struct Context<'form> {
    pub user: &'form User,
    pub when: When,
    /// The item as stored, if it is.
    pub stored: Option<&'form Stored>,
    /// Who saved it last.
    pub saved_by: Option<String>,
    /// What the form's links are called.
    pub titles: HashMap<String, Document>,
    /// What short lists offer: by field, id and label.
    pub options: HashMap<&'static str, Vec<(String, String)>>,
    pub problems: &'form Problems,
    pub done: &'form Done,
    /// Somebody else's state of the item, and the fields in which it clashes with the form.
    pub theirs: Option<Theirs>,
    /// What links to the item.
    pub uses: Vec<Use>,
    /// Of a media item: for whose sake readers get it, or why not.
    pub reach: Vec<Reach>,
    /// What the library takes.
    pub limits: &'form Limits,
    /// Who else has the form open.
    pub others: Vec<String>,
    /// Why the form can be looked at and not changed; none where it can be.
    pub locked: Option<String>,
}

/// What somebody else saved meanwhile.
pub(in crate::admin) struct Theirs {
    pub stored: Stored,
    pub clash: Merged,
    pub who: String,
    pub when: String,
}

impl Context<'_> {
    /// Whether the control of this id should have the focus.
    pub(super) fn has_focus(&self, id: &str) -> bool {
        self.problems.is_empty() && self.done.focus.as_deref() == Some(id)
    }

    fn name_of(&self, id: crate::content::Id) -> String {
        let known = self.titles.get(&id.to_string());
        known.map_or_else(|| "something else".to_owned(), |known| known.title.clone())
    }
}

/// The mark of what publishing needs.
pub(super) fn needed() -> Markup {
    html! { span.needed { "needed to publish" } }
}

/// The ids that describe a control.
pub(super) fn described(field: &Field, error: bool) -> Option<String> {
    let id = format!("f-{}", field.name);
    let help = (!field.help.is_empty()).then(|| format!("{id}-help"));
    let error = error.then(|| format!("{id}-error"));
    let all: Vec<String> = help.into_iter().chain(error).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// A field of the form.
pub(in crate::admin) fn field(context: &Context<'_>, draft: &Draft, field: &'static Field) -> Markup {
    match field.kind {
        Kind::Position => html! {},
        Kind::Many { .. } => links::view(context, draft, field),
        Kind::File => file(context, draft, field),
        Kind::One { .. } if !is_short_list(&field.kind) => links::view(context, draft, field),
        _ => plain(context, draft, field),
    }
}

/// An uploaded file.
fn file(context: &Context<'_>, draft: &Draft, field: &'static Field) -> Markup {
    let problem = context.problems.at(field.name);
    let per_cent = |name: &str| draft.text(name).parse::<i64>().ok().filter(|at| (0..=100).contains(at));
    let focal = per_cent("focal_x").zip(per_cent("focal_y"));
    let described = described(field, problem.is_some());
    html! {
        div.field.file-field data-field=(field.name) data-label=(field.label) {
            p.label { (field.label) @if field.required { " " (needed()) } }
            div.control {
                (library::form::control(draft.text(field.name), focal, context.locked.is_none().then_some(context.limits), described.as_deref(), problem.is_some()))
            }
            @if let Some(problem) = problem { p.error id={ "f-" (field.name) "-error" } { (problem.message) } }
            (theirs(context, field.name))
        }
    }
}

fn plain(context: &Context<'_>, draft: &Draft, field: &'static Field) -> Markup {
    let id = format!("f-{}", field.name);
    let typed = draft.text(field.name);
    let problem = context.problems.at(field.name);
    let flag = matches!(field.kind, Kind::Flag);
    html! {
        div.field data-field=(field.name) data-label=(field.label) {
            @if !flag {
                label for=(id) id={ (id) "-label" } { (field.label) @if field.required { " " (needed()) } }
            }
            @if !field.help.is_empty() && !flag { p.help id={ (id) "-help" } { (field.help) } }
            div.control {
                @match draft.rich.get(field.name) {
                    Some(text) => (rich::control(context, &id, text, described(field, problem.is_some()).as_deref(), problem.map(|_| "true"))),
                    None => (input(context, field, &id, typed, problem)),
                }
            }
            @if !field.help.is_empty() && flag { p.help id={ (id) "-help" } { (field.help) } }
            @if let Some(problem) = problem { p.error id={ (id) "-error" } { (problem.message) } }
            (theirs(context, field.name))
        }
    }
}

fn input(
    context: &Context<'_>,
    field: &'static Field,
    id: &str,
    typed: &str,
    problem: Option<&Problem>,
) -> Markup {
    let described = described(field, problem.is_some());
    let invalid = problem.map(|_| "true");
    let focus = context.has_focus(id);
    let name = field.name;
    let first = if field.required { "Choose one" } else { "None" };
    let class = match field.kind {
        _ if matches!(name, "title" | "code") => Some("title-input"),
        Kind::Integer(..) | Kind::Year => Some("figures short"),
        Kind::Date | Kind::WallTime => Some("figures medium"),
        Kind::Country => Some("short"),
        Kind::Line(..=80) => Some("medium"),
        _ => None,
    };
    html! {
        @match field.kind {
            // A title is one line that may be long: it is all to be seen.
            Kind::Line(100..) if name == "title" => textarea rows="1" id=(id) name=(name) class="title-input" aria-describedby=[described] aria-invalid=[invalid] autofocus[focus] { (after_newline(typed)) },
            Kind::Lines(_) => textarea id=(id) name=(name) aria-describedby=[described] aria-invalid=[invalid] autofocus[focus] { (after_newline(typed)) },
            Kind::Flag => {
                label.choice { input type="checkbox" id=(id) name=(name) value="true" checked[typed == "true"] aria-describedby=[described]; " " (field.label) }
            },
            Kind::Choice(choices) => select id=(id) name=(name) aria-describedby=[described] aria-invalid=[invalid] autofocus[focus] { (choice_options(choices, typed, first)) },
            Kind::One { .. } => select id=(id) name=(name) aria-describedby=[described] aria-invalid=[invalid] autofocus[focus] { (options(context, name, typed, first)) },
            _ => input type=(input_type(&field.kind)) id=(id) name=(name) value=(typed) class=[class]
                inputmode=[matches!(field.kind, Kind::Integer(..) | Kind::Year).then_some("numeric")]
                aria-describedby=[described] aria-invalid=[invalid] autofocus[focus];
        }
    }
}

/// HTML drops a line break right after `<textarea>`; text that begins with one keeps it.
pub(super) fn after_newline(text: &str) -> String {
    if text.starts_with('\n') { format!("\n{text}") } else { text.to_owned() }
}

fn input_type(kind: &Kind) -> &'static str {
    match kind {
        Kind::Date => "date",
        Kind::WallTime => "datetime-local",
        Kind::Email => "email",
        Kind::Url => "url",
        _ => "text",
    }
}

/// The options of a closed set, none chosen first, which reads `first`. What was typed and is no choice is kept, to be
/// complained about.
pub(super) fn choice_options(choices: &[Choice], typed: &str, first: &str) -> Markup {
    let known = typed.is_empty() || choices.iter().any(|choice| choice.value == typed);
    html! {
        option value="" { (first) }
        @for choice in choices { option value=(choice.value) selected[choice.value == typed] { (choice.label) } }
        @if !known { option value=(typed) selected { (typed) } }
    }
}

/// The options of a short list of items; none chosen reads `first`.
pub(super) fn options(context: &Context<'_>, list: &str, typed: &str, first: &str) -> Markup {
    item_options(context.options.get(list).map(Vec::as_slice).unwrap_or_default(), typed, first)
}

/// The same for a list that is at hand: ids and labels.
pub(super) fn item_options(offered: &[(String, String)], typed: &str, first: &str) -> Markup {
    let known = typed.is_empty() || offered.iter().any(|(id, _)| id == typed);
    html! {
        option value="" { (first) }
        @for (id, label) in offered { option value=(id) selected[id == typed] { (label) } }
        @if !known { option value=(typed) selected { "Something that is not here any more" } }
    }
}

/// A column's control in a row of links.
pub(super) fn cell(
    context: &Context<'_>,
    field: &'static Field,
    column: &'static Field,
    at: usize,
    key: &str,
    title: &str,
    typed: &str,
) -> Markup {
    let name = format!("{}.{at}.{}", field.name, column.name);
    let id = format!("{}-{key}-{}", field.name, column.name);
    let problem = context.problems.at(&name);
    let label = format!("{title}: {}", column.label.to_lowercase());
    let invalid = problem.map(|_| "true");
    let described = problem.map(|_| format!("{id}-error"));
    html! {
        @match column.kind {
            Kind::Position => input type="hidden" name=(name) value=(typed);,
            Kind::Flag => {
                label.choice {
                    input type="radio" id=(id) name={ (field.name) "." (column.name) } value=(at) checked[typed == "true"];
                    " " (column.label)
                }
            },
            Kind::Choice(choices) => select id=(id) name=(name) aria-label=(label) aria-invalid=[invalid] aria-describedby=[described] { (choice_options(choices, typed, "")) },
            _ => input type="text" id=(id) name=(name) value=(typed) aria-label=(label) placeholder=(column.label) aria-invalid=[invalid] aria-describedby=[described];
        }
        @if let Some(problem) = problem { p.error id={ (id) "-error" } { (problem.message) } }
    }
}

/// What somebody else wrote in a field that both changed.
pub(super) fn theirs(context: &Context<'_>, name: &str) -> Markup {
    let Some(theirs) = context.theirs.as_ref().filter(|theirs| theirs.clash.both.contains(&name)) else {
        return html! {};
    };
    let said = match theirs.stored.item.content_type.field(name) {
        Some(field) => diff::read(field, theirs.stored.item.get(name), &|id| context.name_of(id)),
        None => theirs.stored.item.slug.clone(),
    };
    html! {
        div.side {
            h3 { "Theirs " small { "saved by " (theirs.who) " " (theirs.when) } }
            div.text id={ "theirs-" (name) } {
                @if said.is_empty() { "Nothing" } @else { @for line in said.lines() { p { (line) } } }
            }
            button.text-button type="submit" name="do" value={ "theirs:" (name) } aria-describedby={ "theirs-" (name) } { "Use theirs" }
        }
    }
}
