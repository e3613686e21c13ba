//! Small things for the screens that are no item's form: a labelled input with help and error, the
//! summary of what is wrong, a name out of a query. It must not know what is asked for.

use axum::http::Uri;
use maud::{Markup, html};

use crate::accounts::password::SHORTEST;
use crate::content::{Problem, Problems};

/// An input of one line.
#[derive(Clone, Copy, Default)]
pub(super) struct Input<'input> {
    pub name: &'input str,
    pub label: &'input str,
    /// `text`, `email` or `password`.
    pub kind: &'input str,
    pub value: &'input str,
    /// May be empty.
    pub help: &'input str,
    /// What browsers and password managers know it as.
    pub autocomplete: &'input str,
    pub class: Option<&'input str>,
    pub required: bool,
    pub readonly: bool,
    pub focus: bool,
}

/// What a control says of itself so that label, help and error belong to it.
pub(super) struct Control {
    pub id: String,
    /// The ids of its help and its error.
    pub described: Option<String>,
    pub invalid: Option<&'static str>,
}

/// An input with what is wrong with it.
pub(super) fn input(input: &Input, problems: &Problems) -> Markup {
    field(input.name, input.label, &html! { (input.help) }, problems, |control| {
        html! {
            input type=(input.kind) id=(control.id) name=(input.name) value=(input.value)
                aria-describedby=[control.described.as_deref()] aria-invalid=[control.invalid]
                autocomplete=[(!input.autocomplete.is_empty()).then_some(input.autocomplete)]
                class=[input.class] required[input.required] readonly[input.readonly]
                autofocus[input.focus && problems.is_empty()];
        }
    })
}

/// A field around any one control.
pub(super) fn field(
    name: &str,
    label: &str,
    help: &Markup,
    problems: &Problems,
    control: impl FnOnce(&Control) -> Markup,
) -> Markup {
    let id = format!("f-{name}");
    let problem = problems.at(name);
    let (has_help, has_error) = (!help.0.is_empty(), problem.is_some());
    let described: Vec<String> = [("help", has_help), ("error", has_error)]
        .into_iter()
        .filter(|(_, there)| *there)
        .map(|(part, _)| format!("{id}-{part}"))
        .collect();
    let about = Control {
        id: id.clone(),
        described: (!described.is_empty()).then(|| described.join(" ")),
        invalid: has_error.then_some("true"),
    };
    html! {
        div.field data-field=(name) data-label=(label) {
            label for=(id) id={ (id) "-label" } { (label) }
            @if has_help { p.help id={ (id) "-help" } { (help) } }
            div.control { (control(&about)) }
            @if let Some(problem) = problem { p.error id={ (id) "-error" } { (problem.message) } }
        }
    }
}

/// What is wrong, each with the way to its field, in the order in which the fields stand on the
/// page; nothing where nothing is.
pub(super) fn summary(problems: &Problems, order: &[&str]) -> Markup {
    let mut sorted: Vec<&Problem> = problems.0.iter().collect();
    sorted.sort_by_key(|problem| order.iter().position(|name| *name == problem.field));
    let heading = match problems.0.len() {
        1 => "One thing to put right".to_owned(),
        2 => "Two things to put right".to_owned(),
        3 => "Three things to put right".to_owned(),
        many => format!("{many} things to put right"),
    };
    html! {
        @if !problems.is_empty() {
            div.error-summary role="alert" tabindex="-1" autofocus {
                h2 { (heading) }
                ul { @for problem in &sorted { li { a href={ "#f-" (problem.field) } { (problem.message) } } } }
            }
        }
    }
}

/// What a good password is, for its help.
pub(super) fn about_passwords() -> String {
    format!(
        "At least {SHORTEST} characters. Four or more words that have nothing to do with each other are good."
    )
}

/// What the address says under a name; empty where it says nothing.
pub(super) fn asked(uri: &Uri, name: &str) -> String {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(one, _)| one == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
