//! The outputs table of a project's form, as a page shows it. It must not read what was typed;
//! `outputs` does.

use maud::{Markup, html};

use super::outputs::COLUMNS;
use super::view::View;
use super::{Draft, controls, links};
use crate::admin::layout::{self, icon};
use crate::content::types::OUTPUT;
use crate::content::{Field, Kind};

/// The table with its heading and its foot.
pub(super) fn view(view: &View<'_>) -> Markup {
    let Some(outputs) = &view.draft.outputs else { return html! {} };
    let context = view.context;
    html! {
        section.group.group-wide aria-labelledby="outputs-heading" data-field="outputs" data-label="Outputs" {
            h2 #outputs-heading tabindex="-1" { "Outputs" }
            p.about { "The table on the public page. Each row is saved with the project, and published with it if you want." }
            @if let Some(problem) = context.problems.at("outputs") { p.error #f-outputs { (problem.message) } }
            @for (id, version) in &outputs.removed { input type="hidden" name="outputs.removed" value={ (id) ":" (version) }; }
            table.rows aria-labelledby="outputs-heading" {
                thead {
                    tr {
                        th.cell-order scope="col" { span.visually-hidden { "Order" } }
                        @for column in COLUMNS { th scope="col" class={ "cell-" (column) } { (column_label(view.draft, "outputs", column)) } }
                        th.cell-state scope="col" { "State" }
                        th.cell-tools scope="col" { span.visually-hidden { "More" } }
                    }
                }
                tbody {
                    @if outputs.rows.is_empty() {
                        tr.rows-none { td colspan="9" { "No outputs yet. Each row becomes an output with its own page and its own state." } }
                    }
                    @for at in 0..outputs.rows.len() { (output_row(view, at)) }
                }
            }
            @if context.locked.is_none() {
                div.rows-foot {
                    button.button type="submit" name="do" value="add:outputs" { (icon("plus")) " Add output" }
                    @if let Some(stored) = context.stored { a.button href={ "/admin/projects/" (stored.item.id) "/outputs/import" } data-import { "Paste or import outputs" } }
                    p.help { "Enter goes to the next row; " kbd { "Alt" } " " kbd { "↑" } " and " kbd { "↓" } " move a row." }
                }
            }
        }
    }
}

fn output_row(view: &View<'_>, at: usize) -> Markup {
    let context = view.context;
    let Some(outputs) = &view.draft.outputs else { return html! {} };
    let Some(row) = outputs.rows.get(at) else { return html! {} };
    let last = at + 1 == outputs.rows.len();
    let known = context.titles.get(&row.id.to_string());
    html! {
        tr id={ "outputs-" (row.id) } {
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
            @for column in COLUMNS { (output_cell(view, at, column)) }
            td.cell-state {
                div {
                    @match known {
                        Some(known) => (layout::short_state(links::document_state(known))),
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

fn output_cell(view: &View<'_>, at: usize, column: &'static str) -> Markup {
    let context = view.context;
    let row = view.draft.outputs.as_ref().and_then(|outputs| outputs.rows.get(at));
    let Some(row) = row else { return html! {} };
    let id = format!("outputs-{}-{column}", row.id);
    let name = format!("outputs.{at}.{column}");
    let heading = column_label(view.draft, "outputs", column);
    let label = format!("{heading}, row {}", at + 1);
    let typed = row.cell(column);
    let problem = context.problems.at(&name);
    let invalid = problem.map(|_| "true");
    let described = problem.map(|_| format!("{id}-error"));
    let focus = context.has_focus(&id);
    let kind = OUTPUT.field(column).map(|field| field.kind);
    html! {
        td class={ "cell-" (column) } {
            label for=(id) { (heading) }
            @match (column, kind) {
                ("title", _) => textarea rows="1" id=(id) name=(name) aria-label=(label) aria-invalid=[invalid] aria-describedby=[described] autofocus[focus] { (typed) },
                (_, Some(Kind::Choice(choices))) => select id=(id) name=(name) aria-label=(label) aria-invalid=[invalid] aria-describedby=[described] { (controls::choice_options(choices, typed, "")) },
                (_, Some(Kind::One { .. })) => select id=(id) name=(name) aria-label=(label) aria-invalid=[invalid] aria-describedby=[described] { (controls::options(context, "outputs.type", typed, "")) },
                ("year", _) => input type="text" inputmode="numeric" maxlength="4" id=(id) name=(name) value=(typed) aria-label=(label) aria-invalid=[invalid] aria-describedby=[described];,
                _ => input type="text" id=(id) name=(name) value=(typed) aria-label=(label) aria-invalid=[invalid] aria-describedby=[described];,
            }
            @if let Some(problem) = problem { p.error id={ (id) "-error" } { (problem.message) } }
        }
    }
}

/// What editors call a column of a field's rows, or of the table.
pub(super) fn column_label(draft: &Draft, name: &str, column: &str) -> &'static str {
    if name == "outputs" {
        return match column {
            "lead" => "Lead academic",
            column => OUTPUT.field(column).map_or("Row", |field| field.label),
        };
    }
    let columns = draft.content_type.field(name).map(Field::columns).unwrap_or_default();
    columns.iter().find(|one| one.name == column).map_or("Row", |one| one.label)
}
