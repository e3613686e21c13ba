//! The preview of an import: how many rows become what, what somebody has to decide, what columns
//! mean, and every row as it was understood. It must not decide; the form's buttons say what happens.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::asked::Asked;
use super::{Place, matches, rows};
use crate::admin::layout::{self, Flash, Page};
use crate::editing::import::{Fate, Imported, Preview};
use crate::editing::{User, Verb};
use crate::import::{MEANINGS, Sheet};

/// The page.
pub(super) fn page(
    user: &User,
    place: &Place,
    status: StatusCode,
    asked: &Asked,
    preview: &Preview,
    flash: Option<Flash>,
) -> Response {
    let sheet = &asked.sheet;
    let blocked = preview.blocked();
    let asking =
        preview.people.iter().chain(&preview.types).any(|one| one.asks && !one.candidates.is_empty());
    let calm = blocked == 0 && preview.problem.is_none() && flash.is_none();
    let body = html! {
        (layout::crumbs(&place.crumbs()))
        @if let Some(flash) = flash { (flash) }
        (layout::page_head(&heading(preview), &facts(sheet, preview), &html! {}))
        @if blocked > 0 { (summary(asked, preview)) }
        form #import-form method="post" action=(place.path()) data-import-preview {
            // What Enter in a field does: look again where something is to be mended.
            button.visually-hidden type="submit" name="do" value=(if calm { "take" } else { "look" }) tabindex="-1" aria-hidden="true" { "Go on" }
            input type="hidden" name="sheet" value=(serde_json::to_string(sheet).unwrap_or_default());
            @if let Some(problem) = &preview.problem { p.error #import-problem { (problem) } }
            (columns(sheet, preview.problem.is_some()))
            (matches::section("person", &preview.people, user.may(Verb::Create, "person")))
            (matches::section("type", &preview.types, user.may(Verb::Create, "term")))
            (rows::table(asked, preview))
            (skipped(sheet))
            (bar(place, preview, calm && !asking))
        }
    };
    let title = match &place.project {
        Some(project) => format!("Import outputs into {}", project.item.title()),
        None => "Import outputs".to_owned(),
    };
    let page = Page { user, title: &title, section: place.section(), body };
    (status, html! { (page) }).into_response()
}

fn heading(preview: &Preview) -> Markup {
    html! {
        @match preview.writing() {
            0 => "Nothing to import",
            1 => "Import one output",
            many => { "Import " (many) " outputs" }
        }
    }
}

/// How many rows become what.
fn facts(sheet: &Sheet, preview: &Preview) -> Markup {
    let imported = Imported::expected(preview);
    let parts = [
        (preview.count(Fate::New), "new"),
        (preview.count(Fate::Change), "changed"),
        (preview.count(Fate::Link), "there already, joining the table"),
        (preview.count(Fate::Same), "there already"),
        (preview.count(Fate::LeftOut), "left out"),
        (imported.people, if imported.people == 1 { "new person" } else { "new people" }),
        (imported.types, if imported.types == 1 { "new type" } else { "new types" }),
    ];
    html! {
        span { "Read as " (sheet.format.label()) }
        @for (number, what) in parts.iter().filter(|(number, _)| *number > 0) { span { (number) " " (what) } }
    }
}

/// What is in the way, each with the way to its cell.
fn summary(asked: &Asked, preview: &Preview) -> Markup {
    let wrong = preview.rows.iter().filter(|row| row.is_blocked());
    let wrong: Vec<_> = wrong
        .flat_map(|row| row.problems.iter().filter(|one| one.blocks).map(move |one| (row, one)))
        .collect();
    html! {
        div.error-summary role="alert" tabindex="-1" autofocus {
            h2 {
                @if wrong.len() == 1 { "One thing to put right first" } @else { (wrong.len()) " things to put right first" }
            }
            p { "Mend them below, or import the rows that are right." }
            ul {
                @for (row, problem) in wrong.iter().take(20) {
                    li { a href={ "#" (rows::anchor(row, problem)) } { "Row " (row.number) (column(asked, problem.column)) ": " (problem.message) } }
                }
                @if wrong.len() > 20 { li { "And " (wrong.len() - 20) " more." } }
            }
        }
    }
}

/// ‘, Year’, where a column is meant.
fn column(asked: &Asked, at: Option<usize>) -> String {
    let column = at.and_then(|at| asked.sheet.columns.get(at));
    column.map(|column| format!(", {}", rows::name(column))).unwrap_or_default()
}

/// What the columns of somebody's table mean, to be changed.
fn columns(sheet: &Sheet, wrong: bool) -> Markup {
    if !sheet.format.is_table() {
        return html! {};
    }
    let unclear = wrong || !sheet.headed || sheet.columns.iter().any(|column| column.meaning.is_empty());
    let known: Vec<&str> = sheet
        .columns
        .iter()
        .map(|column| column.meaning.as_str())
        .filter(|name| !name.is_empty())
        .map(crate::import::label)
        .collect();
    html! {
        details.import-part open[unclear] {
            summary { h2 { "Columns" } span.quiet { (known.join(", ")) } }
            div.import-columns {
                @for (at, column) in sheet.columns.iter().enumerate() {
                    @let sample = sheet.rows.iter().filter_map(|row| row.cells.get(at)).find(|cell| !cell.is_empty());
                    div.field {
                        label for={ "column-" (at) } { @if column.heading.is_empty() { "Column " (at + 1) } @else { (column.heading) } }
                        div.control {
                            select id={ "column-" (at) } name={ "column." (at) } aria-describedby=[sample.map(|_| format!("column-{at}-help"))] {
                                option value="" selected[column.meaning.is_empty()] { "Left out" }
                                @for meaning in MEANINGS.iter().filter(|one| !matches!(one.name, "id" | "slug" | "file" | "orcid")) {
                                    option value=(meaning.name) selected[column.meaning == meaning.name] { (meaning.label) }
                                }
                            }
                        }
                        @if let Some(sample) = sample { p.help id={ "column-" (at) "-help" } { (sample.chars().take(60).collect::<String>()) } }
                    }
                }
            }
            div.import-columns-foot {
                label.choice {
                    input type="hidden" name="headed" value="false";
                    input type="checkbox" name="headed" value="true" checked[sheet.headed];
                    span { "The first row holds the headings" }
                }
                button.button type="submit" name="do" value="look" { "Look again" }
            }
        }
    }
}

/// What could not be read.
fn skipped(sheet: &Sheet) -> Markup {
    html! {
        @if !sheet.skipped.is_empty() {
            section.import-part aria-labelledby="skipped-heading" {
                h2 #skipped-heading { "Not read" }
                dl.import-skipped {
                    @for skipped in &sheet.skipped { div { dt { (skipped.place) } dd { (skipped.why) } } }
                }
            }
        }
    }
}

fn bar(place: &Place, preview: &Preview, focus: bool) -> Markup {
    let (writing, blocked) = (preview.writing(), preview.blocked());
    let outputs = |number: usize| match number {
        1 => "one output".to_owned(),
        many => format!("{many} outputs"),
    };
    html! {
        div.save-bar {
            p.save-status {
                @if blocked > 0 { (blocked) @if blocked == 1 { " row needs" } @else { " rows need" } " a look first." }
                @else if writing > 0 { "They become drafts; nothing is public before you publish. One button takes all of it back." }
            }
            @if let Some((_, back)) = place.crumbs().pop() { a.button href=(back) { "Cancel" } }
            @if preview.problem.is_some() {
                button.button.button-main type="submit" name="do" value="look" { "Look again" }
            } @else if blocked > 0 {
                @if writing > blocked {
                    button.button type="submit" name="do" value="skip" { "Import the other " (writing - blocked) }
                }
                button.button.button-main type="submit" name="do" value="look" { "Look again" }
            } @else {
                button.button type="submit" name="do" value="look" { "Look again" }
                @if writing > 0 {
                    button.button.button-main type="submit" name="do" value="take" autofocus[focus] { "Import " (outputs(writing)) }
                }
            }
        }
    }
}
