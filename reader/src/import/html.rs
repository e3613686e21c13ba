//! Tables in HTML, as Excel, Word, Google Sheets, LibreOffice and browsers put them on the
//! clipboard. It must not take over markup: cells are plain text.

use super::{CELL_MAX, COLUMNS_MAX, Format, ROWS_MAX, Table};
use crate::clean::{self, shorten};
use crate::markup::{self, Bounds, Event, Node, Tree};

/// What a cell says, and the address that it leads to.
type Cell = (String, Option<String>);

/// The largest table of a page, but for those that only hold other tables.
///
/// # Errors
/// Where there is no table, or the page is more than is read.
pub(super) fn read(html: &str) -> Result<Table, String> {
    let page = markup::parse(html, &Bounds::PAGE)
        .map_err(|why| format!("This page cannot be read. {why} Or copy its table alone."))?;
    let tables = tables(&page);
    let most = tables.iter().map(|(_, rows)| *rows).max().unwrap_or(0);
    let Some((largest, _)) = tables.iter().find(|(_, rows)| *rows == most) else {
        return Err("There is no table in it. Copy the rows of a table.".to_owned());
    };
    let mut table = Table::of(Format::Html, &[], html);
    let mut spans: Vec<(usize, Cell)> = Vec::new();
    for (at, row) in elements(&page, *largest, "tr").enumerate() {
        let (cells, heads) = read_row(&page, row, &mut spans);
        table.headed |= at == 0 && heads;
        if !table.push_linked(at + 1, cells) {
            break;
        }
    }
    let others = tables.len() - 1;
    if others > 0 {
        table.skip("Other tables", format!("The largest table was read; {others} others were left out."));
    }
    Ok(table)
}

/// The tables that hold no other, each with the number of its rows.
fn tables(page: &Tree) -> Vec<(Node, usize)> {
    let mut found = Vec::new();
    // Those that are open: what they are, whether they hold another, and their rows.
    let mut open: Vec<(bool, usize)> = Vec::new();
    for event in page.walk(page.root()) {
        match event {
            Event::Enter(node) if page.name(node) == "table" => {
                if let Some(around) = open.last_mut() {
                    around.0 = true;
                }
                open.push((false, 0));
            }
            Event::Enter(node) if page.name(node) == "tr" => {
                if let Some(around) = open.last_mut() {
                    around.1 += 1;
                }
            }
            Event::Leave(node) if page.name(node) == "table" => {
                if let Some((false, rows)) = open.pop() {
                    found.push((node, rows));
                }
            }
            _ => {}
        }
    }
    found
}

fn elements<'tree>(page: &'tree Tree, within: Node, name: &'tree str) -> impl Iterator<Item = Node> + 'tree {
    page.walk(within).filter_map(move |event| match event {
        Event::Enter(node) if page.name(node) == name => Some(node),
        _ => None,
    })
}

/// A row's cells, and whether all of them are headings. Cells that reach down from rows above stand in
/// it again; `spans` counts how far each column's reaches.
fn read_row(page: &Tree, row: Node, spans: &mut Vec<(usize, Cell)>) -> (Vec<Cell>, bool) {
    let (mut cells, mut heads) = (Vec::new(), true);
    for one in page.children(row).filter(|one| matches!(page.name(*one), "td" | "th")) {
        from_above(spans, &mut cells);
        // One more, so that it is told that there are more.
        if cells.len() > COLUMNS_MAX {
            break;
        }
        heads &= page.name(one) == "th";
        let span = |name: &str| {
            page.attribute(one, name).and_then(|span| span.trim().parse::<usize>().ok()).unwrap_or(1)
        };
        let (across, down) = (span("colspan").clamp(1, COLUMNS_MAX), span("rowspan").min(ROWS_MAX));
        let cell = read_cell(page, one);
        for at in 0..across.min(COLUMNS_MAX + 1 - cells.len()) {
            // A cell that is several columns wide says what it says in the first.
            let cell = if at == 0 { cell.clone() } else { Cell::default() };
            if down > 1 {
                spans.resize(spans.len().max(cells.len() + 1), (0, Cell::default()));
                if let Some(slot) = spans.get_mut(cells.len()) {
                    *slot = (down - 1, cell.clone());
                }
            }
            cells.push(cell);
        }
    }
    from_above(spans, &mut cells);
    (cells, heads)
}

fn from_above(spans: &mut [(usize, Cell)], cells: &mut Vec<Cell>) {
    while let Some((left, cell)) = spans.get_mut(cells.len()).filter(|(left, _)| *left > 0) {
        *left -= 1;
        cells.push(cell.clone());
    }
}

/// What a cell says, and the first address that it leads to.
fn read_cell(page: &Tree, cell: Node) -> Cell {
    let (mut text, mut link) = (String::new(), None);
    let mut hidden = 0_usize;
    for event in page.walk(cell) {
        let (opens, node) = match event {
            Event::Enter(node) => (true, node),
            Event::Leave(node) => (false, node),
        };
        if let Some(words) = page.text(node) {
            if opens && hidden == 0 {
                text.push_str(words);
            }
            continue;
        }
        if page.is_hidden(node) || matches!(page.name(node), "style" | "script" | "template" | "title") {
            hidden = if opens { hidden + 1 } else { hidden.saturating_sub(1) };
        }
        if is_block(page.name(node)) {
            text.push('\n');
        }
        if opens && link.is_none() && page.name(node) == "a" {
            let href = page.attribute(node, "href").map(str::trim).filter(|href| is_web(href));
            link = href.map(str::to_owned);
        }
    }
    // One more than a cell takes, so that it is told that it was cut.
    (shorten(&clean::line(&text), CELL_MAX + 1).to_owned(), link)
}

/// Whether an address leads to something on the web.
fn is_web(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Elements that break the line.
fn is_block(name: &str) -> bool {
    matches!(name, "br" | "p" | "div" | "li" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4")
}
