//! The outputs table of a project's form, as a page shows it, and what the table of all outputs shares
//! with it. It must not read what was typed; `outputs` does.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde::Serialize;

use super::outputs::{COLUMNS, OutputRow, Outputs};
use super::view::View;
use super::{Draft, controls, links};
use crate::admin::layout::{self, icon};
use crate::content::types::OUTPUT;
use crate::content::{Field, Id, Kind, text};
use crate::editing::Verb;
use crate::store::State;

/// A row as the grid reads it.
#[derive(Serialize)]
pub(in crate::admin) struct GridRow<'row> {
    pub id: Id,
    /// The version that was seen; none of a row that is not saved yet.
    pub version: Option<i64>,
    pub state: &'static str,
    /// In the order of the columns.
    pub cells: &'row [String; 6],
    /// Whether whoever looks at it may not change it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// What is wrong, by column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub wrong: BTreeMap<&'row str, &'row str>,
    /// In whose tables it stands, where that is shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<GridProject<'row>>,
}

/// A project whose table a row stands in.
#[derive(Serialize)]
pub(in crate::admin) struct GridProject<'row> {
    pub id: Id,
    pub title: &'row str,
    /// What fits into a cell.
    pub short: &'row str,
}

impl<'row> GridRow<'row> {
    pub(in crate::admin) fn of(row: &'row OutputRow, state: Option<State>) -> Self {
        Self {
            id: row.id,
            version: row.version,
            state: state.map_or("new", State::name),
            cells: &row.cells,
            locked: false,
            wrong: BTreeMap::new(),
            projects: Vec::new(),
        }
    }
}

/// The rows for the attribute from which the grid reads them: a thousand rows of controls would take a
/// browser most of a second before any script could make a table of them.
pub(in crate::admin) fn for_grid(rows: &[GridRow<'_>]) -> String {
    // Texts, numbers and flags alone cannot fail to be written.
    serde_json::to_string(rows).unwrap_or_default()
}

/// The table twice: what the grid grows out of where scripts run, and all of it as a form where none
/// do. The `data-` attributes tell the grid its rows, what it may do and where it saves.
pub(super) fn view(view: &View<'_>) -> Markup {
    let Some(outputs) = &view.draft.outputs else { return html! {} };
    let context = view.context;
    let may = |verb| context.user.may(verb, OUTPUT.name);
    let verbs: Vec<&str> = [(Verb::Save, "save"), (Verb::Publish, "publish"), (Verb::Trash, "trash")]
        .into_iter()
        .filter(|(verb, _)| context.locked.is_none() && may(*verb))
        .map(|(_, name)| name)
        .collect();
    html! {
        section.group.group-wide #outputs aria-labelledby="outputs-heading" data-field="outputs" data-label="Outputs"
            data-grid={ "/admin/projects/" (view.draft.id) "/outputs" } data-may=(verbs.join(" "))
            data-user=(context.user.account.as_deref().unwrap_or_default()) data-held[context.stored.is_none()]
            data-rows=(for_grid(&grid_rows(view, outputs))) {
            div.rows-head {
                h2 #outputs-heading tabindex="-1" { "Outputs" }
            }
            noscript { p.about { "The table on the public page. Each row is saved with the project, and published with it if you want." } }
            @if let Some(problem) = context.problems.at("outputs") { p.error #f-outputs { (problem.message) } }
            @for (id, version) in &outputs.removed { input type="hidden" name="outputs.removed" value={ (id) ":" (version) }; }
            table.rows data-grown hidden aria-labelledby="outputs-heading" { (head()) }
            noscript {
                // Tells that the table stood in the form, were it empty.
                input type="hidden" name="outputs.here" value="true";
                table.rows aria-labelledby="outputs-heading" {
                    (head())
                    tbody {
                        @if outputs.rows.is_empty() {
                            tr.rows-none { td colspan="9" { "No outputs yet. Each row becomes an output with its own page and its own state." } }
                        }
                        @for at in 0..outputs.rows.len() { (output_row(view, at)) }
                    }
                }
            }
            @if context.locked.is_none() {
                div.rows-foot {
                    button.button type="submit" name="do" value="add:outputs" { (icon("plus")) " Add output" }
                    @if let Some(stored) = context.stored { a.button href={ "/admin/projects/" (stored.item.id) "/outputs/import" } data-import { "Paste or import outputs" } }
                }
            }
            (choices(types(context)))
        }
    }
}

fn head() -> Markup {
    html! {
        thead {
            tr {
                th.cell-order scope="col" { span.visually-hidden { "Order" } }
                @for column in COLUMNS { th scope="col" class={ "cell-" (column) } { (heading(column)) } }
                th.cell-state scope="col" { "State" }
                th.cell-tools scope="col" { span.visually-hidden { "More" } }
            }
        }
    }
}

fn grid_rows<'row>(view: &'row View<'_>, outputs: &'row Outputs) -> Vec<GridRow<'row>> {
    let context = view.context;
    let row = |(at, row): (usize, &'row OutputRow)| {
        let known = context.titles.get(&row.id.to_string());
        let wrong = |column: &'static str| {
            Some((column, context.problems.at(&format!("outputs.{at}.{column}"))?.message.as_str()))
        };
        let wrong = if context.problems.is_empty() {
            BTreeMap::new()
        } else {
            COLUMNS.into_iter().filter_map(wrong).collect()
        };
        GridRow { wrong, ..GridRow::of(row, known.map(links::document_state)) }
    };
    outputs.rows.iter().enumerate().map(row).collect()
}

/// What the choice of a type offers, by id and label.
fn types<'form>(context: &'form controls::Context<'_>) -> &'form [(String, String)] {
    context.options.get("outputs.type").map(Vec::as_slice).unwrap_or_default()
}

/// What can be chosen in the columns that offer choices, for the grid's editors.
pub(in crate::admin) fn choices(types: &[(String, String)]) -> Markup {
    html! {
        @for column in COLUMNS {
            @if let Some(options) = options(types, column, "") { template data-options=(column) { (options) } }
        }
    }
}

/// What can be chosen in a column; none where it is typed.
fn options(types: &[(String, String)], column: &'static str, typed: &str) -> Option<Markup> {
    match OUTPUT.field(column)?.kind {
        Kind::Choice(choices) => Some(controls::choice_options(choices, typed, "")),
        Kind::One { .. } => Some(controls::item_options(types, typed, "")),
        _ => None,
    }
}

/// What a cell says to a reader.
pub(in crate::admin) fn said(types: &[(String, String)], column: &str, typed: &str) -> String {
    match OUTPUT.field(column).map(|field| field.kind) {
        Some(Kind::One { .. }) => {
            types.iter().find(|(id, _)| id == typed).map(|(_, label)| label.clone()).unwrap_or_default()
        }
        Some(kind @ Kind::Choice(_)) => {
            text::parse(&kind, typed).map_or_else(|_| typed.to_owned(), |value| text::read(&kind, &value))
        }
        _ => typed.to_owned(),
    }
}

fn output_row(view: &View<'_>, at: usize) -> Markup {
    let context = view.context;
    let Some(outputs) = &view.draft.outputs else { return html! {} };
    let Some(row) = outputs.rows.get(at) else { return html! {} };
    let last = at + 1 == outputs.rows.len();
    let known = context.titles.get(&row.id.to_string());
    let state = known.map(links::document_state);
    html! {
        tr id={ "outputs-" (row.id) } data-state=[state.map(State::name)] {
            td.cell-order {
                div {
                    input type="hidden" name={ "outputs." (at) ".id" } value=(row.id);
                    input type="hidden" name={ "outputs." (at) ".version" } value=[row.version];
                    @if context.locked.is_none() {
                        button.icon-button type="submit" name="do" value={ "up:outputs:" (at) } aria-label={ "Move row " (at + 1) " up" } disabled[at == 0] { (icon("up")) }
                        button.icon-button type="submit" name="do" value={ "down:outputs:" (at) } aria-label={ "Move row " (at + 1) " down" } disabled[last] { (icon("down")) }
                    }
                }
            }
            @for column in COLUMNS { (output_cell(view, at, row, column)) }
            td.cell-state {
                div {
                    @match state {
                        Some(state) => (layout::short_state(state)),
                        None => span.state.state-draft { "New" },
                    }
                }
            }
            td.cell-tools {
                div {
                    @if row.version.is_some() {
                        a.icon-button href={ "/admin/outputs/" (row.id) } aria-label={ "Open row " (at + 1) " on its own page" } { (icon("open")) }
                    }
                    @if context.locked.is_none() {
                        button.icon-button type="submit" name="do" value={ "remove:outputs:" (at) } aria-label={ "Remove row " (at + 1) } { (icon("remove")) }
                    }
                }
            }
        }
    }
}

fn output_cell(view: &View<'_>, at: usize, row: &OutputRow, column: &'static str) -> Markup {
    let context = view.context;
    let problem = context.problems.at(&format!("outputs.{at}.{column}"));
    let problem = problem.map(|problem| problem.message.as_str());
    let focus = context.has_focus(&format!("outputs-{}-{column}", row.id));
    cell(types(context), at, row, column, problem, focus)
}

/// A cell that can be written in: its control, and what is wrong with it.
pub(in crate::admin) fn cell(
    types: &[(String, String)],
    at: usize,
    row: &OutputRow,
    column: &'static str,
    problem: Option<&str>,
    focus: bool,
) -> Markup {
    let id = format!("outputs-{}-{column}", row.id);
    let name = format!("outputs.{at}.{column}");
    let heading = heading(column);
    let label = format!("{heading}, row {}", at + 1);
    let typed = row.cell(column);
    let invalid = problem.map(|_| "true");
    let described = problem.map(|_| format!("{id}-error"));
    html! {
        td class={ "cell-" (column) } data-label=(heading) {
            @match (column, options(types, column, typed)) {
                ("title", _) => textarea rows="1" id=(id) name=(name) aria-label=(label) aria-invalid=[invalid] aria-describedby=[described] autofocus[focus] { (typed) },
                (_, Some(options)) => select id=(id) name=(name) aria-label=(label) aria-invalid=[invalid] aria-describedby=[described] { (options) },
                ("year", _) => input type="text" inputmode="numeric" maxlength="4" id=(id) name=(name) value=(typed) aria-label=(label) aria-invalid=[invalid] aria-describedby=[described];,
                _ => input type="text" id=(id) name=(name) value=(typed) aria-label=(label) aria-invalid=[invalid] aria-describedby=[described];,
            }
            @if let Some(problem) = problem { p.error id={ (id) "-error" } { (problem) } }
        }
    }
}

/// What editors call a column of the table.
pub(in crate::admin) fn heading(column: &str) -> &'static str {
    match column {
        "lead" => "Lead academic",
        column => OUTPUT.field(column).map_or("Row", |field| field.label),
    }
}

/// What editors call a column of a field's rows, or of the table.
pub(super) fn column_label(draft: &Draft, name: &str, column: &str) -> &'static str {
    if name == "outputs" {
        return heading(column);
    }
    let columns = draft.content_type.field(name).map(Field::columns).unwrap_or_default();
    columns.iter().find(|one| one.name == column).map_or("Row", |one| one.label)
}
