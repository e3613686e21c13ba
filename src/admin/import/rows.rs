//! The rows of a preview: each cell as it was understood, and what is wrong with it as it was typed, to
//! be mended in its place.

use maud::{Markup, html};

use super::asked::Asked;
use crate::content::types::OUTPUT;
use crate::content::{Value, text};
use crate::editing::import::{CellProblem, Chosen, Fate, Match, Preview, Understood};
use crate::import::{Column, label};

/// All rows.
pub(super) fn table(asked: &Asked, preview: &Preview) -> Markup {
    if preview.rows.is_empty() {
        return html! {};
    }
    html! {
        section.import-part aria-labelledby="rows-heading" {
            h2 #rows-heading { "Rows" }
            table.list.import-rows aria-labelledby="rows-heading" {
                thead {
                    tr {
                        th scope="col" { span.visually-hidden { "Import" } }
                        th scope="col" { "Title" }
                        th scope="col" { "Type" }
                        th scope="col" { "Authors" }
                        th.number scope="col" { "Year" }
                        th scope="col" { "To note" }
                        th scope="col" { "What happens" }
                    }
                }
                tbody { @for row in &preview.rows { (line(asked, preview, row)) } }
            }
        }
    }
}

fn line(asked: &Asked, preview: &Preview, row: &Understood) -> Markup {
    let title = row.item.text("title");
    let shown = if title.is_empty() { format!("row {}", row.number) } else { format!("‘{title}’") };
    let meant = |meanings: &[&str], other: bool| -> Vec<&CellProblem> {
        row.problems
            .iter()
            .filter(|problem| {
                let column = problem.column.and_then(|at| asked.sheet.columns.get(at));
                match column {
                    Some(column) => meanings.contains(&column.meaning.as_str()),
                    None => other,
                }
            })
            .collect()
    };
    let year = row.item.integer("year").map(|year| year.to_string()).unwrap_or_default();
    // Whatever has no column of its own here stands under the title.
    let apart = ["type", "lead", "authors", "year", "to_note", "availability", "embargo_until", "note"];
    let elsewhere: Vec<&CellProblem> = row
        .problems
        .iter()
        .filter(|problem| {
            let column = problem.column.and_then(|at| asked.sheet.columns.get(at));
            column.is_none_or(|column| !apart.contains(&column.meaning.as_str()))
        })
        .collect();
    html! {
        tr #{ "row-" (row.at) } class={ @if row.is_blocked() { "wrong" } @else if !row.writes() { "there" } } {
            td.check-cell {
                label {
                    input.check type="checkbox" name={ "take." (row.at) } value="yes" checked[row.fate != Fate::LeftOut] aria-label={ "Import " (shown) };
                    span.number { (row.number) }
                }
                @if let Some(before) = row.before.as_ref().filter(|_| row.fate == Fate::Change) {
                    // What they saw, and not what was saved since: until they look again.
                    @let seen = asked.choices.seen.get(&row.at).copied().unwrap_or(before.meta.version);
                    input type="hidden" name={ "seen." (row.at) } value=(seen);
                }
            }
            th.name scope="row" {
                @if title.is_empty() { span.quiet { "No title" } } @else { (title) }
                @let more = more(row);
                @if !more.is_empty() { small { (more) } }
                @for problem in elsewhere { (mend(asked, row, problem)) }
            }
            td data-label="Type" { (kind(preview, row)) @for problem in meant(&["type"], false) { (mend(asked, row, problem)) } }
            td data-label="Authors" { (authors(preview, row)) @for problem in meant(&["lead", "authors"], false) { (mend(asked, row, problem)) } }
            td.number data-label="Year" { (year) @for problem in meant(&["year"], false) { (mend(asked, row, problem)) } }
            td data-label="To note" {
                (to_note(row))
                @for problem in meant(&["to_note", "availability", "embargo_until", "note"], false) { (mend(asked, row, problem)) }
            }
            td data-label="What happens" { (fate(row)) }
        }
    }
}

/// The type: as it is called here, or as it was written.
fn kind(preview: &Preview, row: &Understood) -> Markup {
    let Some(one) = row.kind.and_then(|at| preview.types.get(at)) else { return html! {} };
    meaning(one, "open")
}

/// Everybody who is credited, with whom that is.
fn authors(preview: &Preview, row: &Understood) -> Markup {
    let rows = row.item.rows("authors");
    let many = rows.len() > 1;
    html! {
        @if !rows.is_empty() {
            ul.plain {
                @for (at, author) in rows.iter().enumerate().take(8) {
                    @let lead = *row.item.cell("authors", author, "lead") == Value::Flag(true);
                    @let one = row.authors.get(at).and_then(|at| preview.people.get(*at));
                    li {
                        (text::print(row.item.cell("authors", author, "name")))
                        @if lead && many { " " small { "lead" } }
                        @if let Some(person) = one.and_then(person) { small.meant { (person) } }
                    }
                }
                @if rows.len() > 8 { li { small { "and " (rows.len() - 8) " more" } } }
            }
        }
    }
}

/// Who a name is, if that is known.
fn person(one: &Match) -> Option<String> {
    match one.chosen {
        Chosen::Item(id) => {
            let found = one.candidates.iter().find(|candidate| candidate.id == id);
            found.map(|candidate| candidate.title.clone()).filter(|title| *title != one.text)
        }
        Chosen::New => Some("new person".to_owned()),
        Chosen::Nothing => None,
    }
}

fn meaning(one: &Match, nothing: &str) -> Markup {
    html! {
        @match one.chosen {
            Chosen::Item(id) => {
                @if let Some(found) = one.candidates.iter().find(|candidate| candidate.id == id) { (found.title) }
            }
            Chosen::New => { (one.text) small.meant { "new type" } }
            Chosen::Nothing => { span.quiet { (one.text) } small.meant { (nothing) } }
        }
    }
}

fn to_note(row: &Understood) -> Markup {
    let item = &row.item;
    let availability = OUTPUT.field("availability");
    let said =
        availability.map(|field| text::read(&field.kind, item.get("availability"))).unwrap_or_default();
    let until = match item.get("embargo_until") {
        Value::Date(day) => format!("until {}", day.format("%-d %B %Y")),
        _ => String::new(),
    };
    html! {
        (said)
        @if !until.is_empty() { " " (until) }
        @if !item.text("note").is_empty() { small { (item.text("note")) } }
    }
}

/// What else is known, in a line.
fn more(row: &Understood) -> String {
    let item = &row.item;
    let mut parts: Vec<String> = Vec::new();
    let pair = |name: &str| Some(item.text(name).to_owned()).filter(|text| !text.is_empty());
    if let Some(container) = pair("container") {
        let volume = pair("volume").map(|volume| format!(" {volume}")).unwrap_or_default();
        let issue = pair("issue").map(|issue| format!("({issue})")).unwrap_or_default();
        let pages = pair("pages").map(|pages| format!(", {pages}")).unwrap_or_default();
        parts.push(format!("In {container}{volume}{issue}{pages}"));
    }
    parts.extend(pair("publisher"));
    parts.extend(pair("doi").map(|doi| format!("DOI {doi}")));
    parts.extend(pair("isbn").map(|isbn| format!("ISBN {isbn}")));
    parts.extend(pair("link"));
    parts.extend(pair("abstract").map(|_| "with abstract".to_owned()));
    parts.join(" · ")
}

/// What becomes of a row; where it is there already, what else could.
fn fate(row: &Understood) -> Markup {
    let word = match row.fate {
        _ if row.is_blocked() => "Needs a look",
        Fate::New => "New",
        Fate::Change => "Changes what is there",
        Fate::Link => "Joins the table",
        Fate::Same => "Already there",
        Fate::LeftOut => "Left out",
    };
    let class = match row.fate {
        _ if row.is_blocked() => "fate-wrong",
        Fate::New | Fate::Change => "fate-new",
        Fate::Link => "fate-link",
        Fate::Same | Fate::LeftOut => "fate-aside",
    };
    html! {
        span class={ "fate " (class) } { (word) }
        @if let Some(twin) = &row.twin {
            small {
                @match (twin.id, twin.row) {
                    (Some(id), _) => {
                        a href={ "/admin/outputs/" (id) } target="_blank" { @if twin.same_title { "Open it" } @else { (twin.title) } }
                        @if twin.certain { ": the same DOI" }
                        @if twin.in_table { ", in this table" }
                    }
                    (None, Some(number)) => { "Row " (number) " says the same" }
                    _ => {}
                }
            }
            @if !twin.certain && row.fate != Fate::LeftOut {
                label.choice {
                    input type="checkbox" name={ "twin." (row.at) } value="new" checked[row.fate == Fate::New];
                    span { "Make another" }
                }
            }
        }
    }
}

/// What is wrong, with the text as it was typed where there is one.
fn mend(asked: &Asked, row: &Understood, problem: &CellProblem) -> Markup {
    let id = anchor(row, problem);
    let cell = problem.column.and_then(|at| {
        let cells = &asked.sheet.rows.get(row.at)?.cells;
        Some((at, asked.sheet.columns.get(at)?, cells.get(at)?))
    });
    let editable = row.fate != Fate::LeftOut && row.fate != Fate::Same;
    html! {
        div.mend class={ @if !problem.blocks { "mend-minor" } } {
            @if let Some((at, column, typed)) = cell.filter(|_| editable) {
                input type="text" id=(id) name={ "cell." (row.at) "." (at) } value=(typed)
                    aria-label={ (name(column)) ", row " (row.number) } aria-invalid=[problem.blocks.then_some("true")]
                    aria-describedby={ (id) "-error" };
            }
            p class=(if problem.blocks { "error" } else { "help" }) id={ (id) "-error" } { (problem.message) }
        }
    }
}

/// Where a problem is found on the page.
pub(super) fn anchor(row: &Understood, problem: &CellProblem) -> String {
    match problem.column {
        Some(at) => format!("cell-{}-{at}", row.at),
        None => format!("row-{}", row.at),
    }
}

/// What a column is called.
pub(super) fn name(column: &Column) -> &str {
    match label(&column.meaning) {
        "" => column.heading.as_str(),
        label => label,
    }
}
