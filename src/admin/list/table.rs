//! All outputs as the table that a project has: a page of the list whose rows are written in. It must not
//! save: `sent` has that done.

mod sent;

use std::collections::{BTreeMap, HashMap};

use axum::http::StatusCode;
use maud::{Markup, html};

use super::{Asked, Menu, STAGE};
use crate::admin::State;
use crate::admin::form::outputs::{COLUMNS, OutputRow, projects};
use crate::admin::form::outputs_table::{GridProject, GridRow, cell, choices, for_grid, heading, said};
use crate::admin::layout::{self, Flash, icon};
use crate::content::types::OUTPUT;
use crate::content::{ContentType, Id, Item};
use crate::editing::{User, Verb, permission};
use crate::error::Result;
use crate::published::{Document, Order, Select};
use crate::store::{self, Stored};
use sent::{SAVED, lay};

pub(super) use sent::Sent;
pub(in crate::admin) use sent::{post, redirect};

/// The parameter that says how the list is shown.
pub(super) const AS: &str = "as";
/// As a table.
const TABLE: &str = "table";
/// Rows on one page.
pub(super) const PAGE: i64 = 100;
/// Where its form goes, and its script.
const ADDRESS: &str = "/admin/outputs/table";

/// Whether a list is asked for as a table. What lies in the trash cannot be written in.
pub(super) fn is_asked(content_type: &ContentType, asked: &Asked) -> bool {
    content_type.name == OUTPUT.name
        && asked.get(AS) == TABLE
        && asked.get(STAGE) != store::State::Trashed.name()
}

/// The links between a list and its table: the same outputs in the same order, at the same place.
pub(super) fn switch(content_type: &ContentType, asked: &Asked, number: i64) -> Markup {
    let table = is_asked(content_type, asked);
    let first = (number - 1) * if table { PAGE } else { super::PAGE };
    let link = |shown: &str, per: i64| {
        let others = asked.0.iter().filter(|(name, _)| name != AS).cloned();
        let asked = Asked(others.chain([(AS.to_owned(), shown.to_owned())]).collect());
        asked.with(
            "page",
            &Some(first / per + 1).filter(|page| *page > 1).map(|page| page.to_string()).unwrap_or_default(),
        )
    };
    html! {
        @if content_type.name == OUTPUT.name {
            div.switch role="group" aria-label="Shown as" {
                a href=(link("", super::PAGE)) aria-current=[(!table).then_some("true")] { "List" }
                a href=(link(TABLE, PAGE)) aria-current=[table.then_some("true")] { "Table" }
            }
        }
    }
}

/// A row of the table.
struct Line {
    row: OutputRow,
    state: Option<store::State>,
    /// In whose tables it stands.
    projects: Vec<Id>,
    /// Whether whoever looks at it may not change it.
    locked: bool,
    /// What is wrong, by column.
    wrong: BTreeMap<String, String>,
}

impl Line {
    fn of(user: &User, stored: &Stored) -> Self {
        let field = projects().map_or("", |field| field.name);
        Self {
            row: OutputRow::of(&stored.item, stored.meta.version),
            state: Some(stored.state()),
            projects: stored.item.rows(field).iter().filter_map(|row| row.target).collect(),
            locked: !user.may_with(Verb::Save, stored),
            wrong: BTreeMap::new(),
        }
    }

    /// A row that was sent and does not stand on the page.
    fn sent(row: OutputRow) -> Self {
        Self { row, state: None, projects: Vec::new(), locked: false, wrong: BTreeMap::new() }
    }
}

/// The rows of a page, and what their choices offer.
pub(super) struct Lines {
    lines: Vec<Line>,
    types: Vec<(String, String)>,
    /// The output that the form's empty last row becomes; none where nobody may make one here.
    new: Option<Id>,
    /// Whether the page holds something that was sent and is not saved.
    unsaved: bool,
}

impl Lines {
    /// The rows of these outputs as they stand, with what was sent laid over them: as many statements
    /// for a hundred rows as for one.
    pub(super) async fn read(
        state: &State,
        user: &User,
        documents: &[Document],
        menus: &[Menu],
        sent: Option<Sent>,
    ) -> Result<Self> {
        let ids: Vec<Id> = documents.iter().filter_map(|document| document.id.parse().ok()).collect();
        let found = state.desk.store.items(&OUTPUT, &ids).await?;
        let mut found: HashMap<Id, Stored> =
            found.into_iter().map(|stored| (stored.item.id, stored)).collect();
        let mut lines: Vec<Line> = ids
            .iter()
            .filter_map(|id| found.remove(id))
            .filter(|stored| stored.state() != store::State::Trashed)
            .map(|stored| Line::of(user, &stored))
            .collect();
        let types = menus.iter().find(|(name, _, _)| *name == "type");
        let types = types.map(|(_, _, offered)| offered.clone()).unwrap_or_default();
        let unsaved = sent.is_some();
        for (row, outcome) in sent.map(|sent| sent.0).unwrap_or_default() {
            lay(&mut lines, row, outcome, &types);
        }
        let id = Id::new(state.desk.clock.now());
        // In no project's table: asked of the rule itself.
        let new = permission::allow_new(user, &Item::new(&OUTPUT, id)).is_ok().then_some(id);
        Ok(Self { lines, types, new, unsaved })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The projects that are to be named.
    pub(super) fn linked(&self) -> impl Iterator<Item = String> {
        self.lines.iter().flat_map(|line| &line.projects).map(Id::to_string)
    }

    pub(super) fn status(&self) -> StatusCode {
        if self.unsaved { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
    }

    /// What is said of a form that was sent.
    pub(super) fn flash(&self, asked: &Asked) -> Markup {
        let wrong = self.lines.iter().filter(|line| !line.wrong.is_empty()).count();
        html! {
            @if self.unsaved {
                @let rows = if wrong == 1 { "One row is".to_owned() } else { format!("{wrong} rows are") };
                (Flash::Error(format!("{rows} not saved; what is wrong is said there. Everything else is saved.")))
            } @else if asked.get("done") == SAVED {
                (Flash::Success("Saved.".to_owned()))
            }
        }
    }

    /// The table twice, as a project has it: for the grid, and as a form.
    pub(super) fn view(
        &self,
        user: &User,
        select: &Select,
        asked: &Asked,
        titles: &HashMap<String, Document>,
    ) -> Markup {
        let verbs = [(Verb::Save, "save"), (Verb::Publish, "publish"), (Verb::Trash, "trash")].into_iter();
        let mut verbs: Vec<&str> =
            verbs.filter(|(verb, _)| user.may(*verb, OUTPUT.name)).map(|(_, name)| name).collect();
        if self.new.is_some() {
            verbs.push("add");
        }
        let page = asked.get("page");
        let writes = self.new.is_some() || self.lines.iter().any(|line| !line.locked);
        html! {
            form.table-form method="post" action={ (ADDRESS) (asked.with("page", page)) } data-unsaved=[self.unsaved.then_some("outputs")] {
                section.group.group-wide #outputs aria-labelledby="outputs-heading" data-field="outputs" data-label="Outputs"
                    data-grid=(ADDRESS) data-all data-may=(verbs.join(" ")) data-user=(user.account.as_deref().unwrap_or_default())
                    data-rows=(for_grid(&self.for_grid(titles))) {
                    div.rows-head { h2.visually-hidden #outputs-heading tabindex="-1" { "Outputs as a table" } }
                    @let head = html! {
                        thead {
                            tr {
                                th.cell-order scope="col" { span.visually-hidden { "Row" } }
                                @for column in COLUMNS { (sorted(column, select, asked)) }
                                th.cell-state scope="col" { "State" }
                                th.cell-tools scope="col" { span.visually-hidden { "More" } }
                                th.cell-projects scope="col" { "Projects" }
                            }
                        }
                    };
                    table.rows data-grown hidden aria-labelledby="outputs-heading" { (head) }
                    noscript {
                        table.rows aria-labelledby="outputs-heading" {
                            (head)
                            tbody {
                                @for (at, line) in self.lines.iter().enumerate() { (self.line(at, line, titles)) }
                                @if let Some(id) = self.new { (self.new_line(id)) }
                            }
                        }
                    }
                    @if writes {
                        div.rows-foot { button.button.button-main.without-grid type="submit" { "Save this page" } }
                    }
                    (choices(&self.types))
                }
            }
        }
    }

    fn for_grid<'row>(&'row self, titles: &'row HashMap<String, Document>) -> Vec<GridRow<'row>> {
        let project = |id: &Id| {
            let project = titles.get(&id.to_string())?;
            Some(GridProject { id: *id, title: &project.title, short: short(project) })
        };
        let row = |line: &'row Line| GridRow {
            locked: line.locked,
            wrong: line.wrong.iter().map(|(column, wrong)| (column.as_str(), wrong.as_str())).collect(),
            projects: line.projects.iter().filter_map(project).collect(),
            ..GridRow::of(&line.row, line.state)
        };
        self.lines.iter().map(row).collect()
    }

    fn line(&self, at: usize, line: &Line, titles: &HashMap<String, Document>) -> Markup {
        let Line { row, state, .. } = line;
        html! {
            tr id={ "outputs-" (row.id) } data-state=[state.map(store::State::name)] {
                td.cell-order {
                    div {
                        @if !line.locked {
                            input type="hidden" name={ "outputs." (at) ".id" } value=(row.id);
                            input type="hidden" name={ "outputs." (at) ".version" } value=[row.version];
                        }
                    }
                }
                @for column in COLUMNS {
                    @if line.locked {
                        td class={ "cell-" (column) } data-label=(heading(column)) { p { (said(&self.types, column, row.cell(column))) } }
                    } @else {
                        (cell(&self.types, at, row, column, line.wrong.get(column).map(String::as_str), false))
                    }
                }
                td.cell-state { div { @match state { Some(state) => (layout::short_state(*state)), None => span.state.state-draft { "New" } } } }
                td.cell-tools {
                    div {
                        @if row.version.is_some() {
                            a.icon-button href={ "/admin/outputs/" (row.id) } aria-label={ "Open row " (at + 1) " on its own page" } { (icon("open")) }
                        }
                    }
                }
                td.cell-projects data-label="Projects" {
                    @for project in &line.projects {
                        @if let Some(project) = titles.get(&project.to_string()) { (project_link(project)) " " }
                    }
                }
            }
        }
    }

    /// Where a form makes an output; the grid has a row of its own for it.
    fn new_line(&self, id: Id) -> Markup {
        let at = self.lines.len();
        let row = OutputRow::new(id);
        html! {
            tr {
                td.cell-order { div { input type="hidden" name={ "outputs." (at) ".id" } value=(id); } }
                @for column in COLUMNS { (cell(&self.types, at, &row, column, None, false)) }
                td.cell-state { div { span.state.state-draft { "New" } } }
                td.cell-tools {}
                td.cell-projects {}
            }
        }
    }
}

/// What fits into a cell of a project: its code.
fn short(project: &Document) -> &str {
    let code = project.json.get("code").and_then(|code| code.as_str()).filter(|code| !code.is_empty());
    code.unwrap_or(&project.title)
}

fn project_link(project: &Document) -> Markup {
    html! {
        a href={ "/admin/projects/" (project.id) "#outputs-heading" } title=(project.title) aria-label=(project.title) { (short(project)) }
    }
}

/// A heading, which sorts where the list can be sorted by it.
fn sorted(column: &'static str, select: &Select, asked: &Asked) -> Markup {
    let order = select.order.filter(|order| order.key == column);
    let turned = order.is_some_and(|order| !order.descending);
    let next = format!("{}{column}", if turned { "-" } else { "" });
    let sorted = order.map(|order| if order.descending { "descending" } else { "ascending" });
    html! {
        th class={ "cell-" (column) } scope="col" aria-sort=[sorted] {
            @if Order::parse(&OUTPUT, column).is_some() { a href=(asked.with("sort", &next)) { (heading(column)) } }
            @else { (heading(column)) }
        }
    }
}
