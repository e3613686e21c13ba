//! Tables in HTML, as Excel, Word, Google Sheets, LibreOffice and browsers put them on the
//! clipboard. It must not take over markup: cells are plain text.

use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{ElementRef, Html, Node, Selector};

use super::{CELL_MAX, COLUMNS_MAX, Format, ROWS_MAX, Table};
use crate::clean::{self, shorten};

/// How deep elements may stand in each other: more than any program writes, less than makes a
/// parser slow.
const DEPTH_MAX: usize = 2_000;

/// Elements that need no end tag, so that their number says nothing of depth (HTML, 13.1.2).
const UNENDED: [&str; 24] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    "li", "p", "td", "tr", "th", "dt", "dd", "option", "tbody", "thead", "colgroup",
];

/// The largest table of a page, but for those that only hold other tables.
pub(super) fn read(html: &str) -> Result<Table, String> {
    if depth(html) > DEPTH_MAX {
        return Err("This page is nested too deeply to be a table. Copy the table alone.".to_owned());
    }
    let page = Html::parse_document(html);
    let none = || "There is no table in it. Copy the rows of a table.".to_owned();
    let (Ok(table), Ok(row)) = (Selector::parse("table"), Selector::parse("tr")) else { return Err(none()) };
    let tables: Vec<ElementRef<'_>> =
        page.select(&table).filter(|one| one.select(&table).next().is_none()).collect();
    let rows_of = |one: &ElementRef<'_>| one.select(&row).take(ROWS_MAX + 1).count();
    let largest = tables.iter().rev().max_by_key(|one| rows_of(one)).ok_or_else(none)?;
    let mut read = Table::of(Format::Html, &[], html);
    let mut spans: Vec<(usize, String, Option<String>)> = Vec::new();
    for (at, row) in largest.select(&row).enumerate() {
        let (cells, links, heads) = read_row(row, &mut spans);
        read.headed |= at == 0 && heads;
        if !read.push_linked(at + 1, cells.into_iter().zip(links)) {
            break;
        }
    }
    let others = tables.len() - 1;
    if others > 0 {
        read.skip("Other tables", format!("The largest table was read; {others} others were left out."));
    }
    Ok(read)
}

/// How deep elements stand in each other at most, told from tags alone.
fn depth(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for tag in html.split('<').skip(1) {
        let (ends, tag) = tag.strip_prefix('/').map_or((false, tag), |rest| (true, rest));
        let name: String =
            tag.chars().take_while(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        if name.is_empty() || UNENDED.contains(&name.as_str()) {
            continue;
        }
        depth = if ends { depth.saturating_sub(1) } else { depth + 1 };
        deepest = deepest.max(depth);
    }
    deepest
}

/// A row's cells with the address that each leads to, and whether all of them are headings. Cells
/// that reach down from rows above stand in it again; `spans` counts how far each column's reaches.
fn read_row(
    row: ElementRef<'_>,
    spans: &mut Vec<(usize, String, Option<String>)>,
) -> (Vec<String>, Vec<Option<String>>, bool) {
    let (mut cells, mut links, mut heads) = (Vec::new(), Vec::new(), true);
    let own = row.children().filter_map(ElementRef::wrap);
    for one in own.filter(|one| matches!(one.value().name(), "td" | "th")) {
        from_above(spans, &mut cells, &mut links);
        if cells.len() >= COLUMNS_MAX {
            break;
        }
        heads &= one.value().name() == "th";
        let span =
            |name: &str| one.attr(name).and_then(|span| span.trim().parse::<usize>().ok()).unwrap_or(1);
        let (across, down) = (span("colspan").clamp(1, COLUMNS_MAX), span("rowspan").min(ROWS_MAX));
        let (text, link) = read_cell(one);
        for at in 0..across.min(COLUMNS_MAX - cells.len()) {
            // A cell that is several columns wide says what it says in the first.
            let (text, link) = if at == 0 { (text.clone(), link.clone()) } else { (String::new(), None) };
            if down > 1 {
                spans.resize(spans.len().max(cells.len() + 1), (0, String::new(), None));
                if let Some(slot) = spans.get_mut(cells.len()) {
                    *slot = (down - 1, text.clone(), link.clone());
                }
            }
            cells.push(text);
            links.push(link);
        }
    }
    from_above(spans, &mut cells, &mut links);
    (cells, links, heads)
}

fn from_above(
    spans: &mut [(usize, String, Option<String>)],
    cells: &mut Vec<String>,
    links: &mut Vec<Option<String>>,
) {
    while let Some((left, text, link)) = spans.get_mut(cells.len()).filter(|(left, ..)| *left > 0) {
        *left -= 1;
        cells.push(text.clone());
        links.push(link.clone());
    }
}

/// What a cell says, and the first address that it leads to.
fn read_cell(one: ElementRef<'_>) -> (String, Option<String>) {
    let (mut text, mut link) = (String::new(), None);
    let mut hidden = 0_usize;
    for edge in one.traverse() {
        let (opens, node) = match edge {
            Edge::Open(node) => (true, node.value()),
            Edge::Close(node) => (false, node.value()),
        };
        match node {
            Node::Text(words) if opens && hidden == 0 => text.push_str(words),
            Node::Element(element) => {
                if is_hidden(element) {
                    hidden = if opens { hidden + 1 } else { hidden.saturating_sub(1) };
                }
                if is_block(element.name()) {
                    text.push('\n');
                }
                if opens && link.is_none() && element.name() == "a" {
                    let href = element.attr("href").map(str::trim).filter(|href| href.starts_with("http"));
                    link = href.map(str::to_owned);
                }
            }
            _ => {}
        }
    }
    (clean::line(shorten(&text, 2 * CELL_MAX)), link)
}

/// Elements whose text nobody sees; Word hides field codes and list numbers in spans.
fn is_hidden(element: &Element) -> bool {
    let style = element.attr("style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    matches!(element.name(), "style" | "script" | "template" | "title")
        || style.contains("display:none")
        || style.contains("mso-hide:all")
}

/// Elements that break the line.
fn is_block(name: &str) -> bool {
    matches!(name, "br" | "p" | "div" | "li" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4")
}

/// The words of a text with markup in it.
pub(super) fn plain(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    let text = shorten(text, 100_000);
    if text.matches('<').count() > 1_000 {
        return text.to_owned();
    }
    let page = Html::parse_fragment(text);
    page.root_element().text().collect::<Vec<_>>().join("")
}
