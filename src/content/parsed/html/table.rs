//! Tables: their rows made to fit each other, so that a browser and an editor see the same cells in
//! the same columns. It must not lose cells.

use ego_tree::NodeRef;
use scraper::Node;

use super::block::{Block, Cell, Line, Marks};
use super::read::small;

/// The most columns of a table.
const COLUMNS: usize = 100;

/// The most cells, those that others cover counted.
const CELLS: usize = 10_000;

/// The table and what stood above it as its caption. One that is too large is the paragraphs of its
/// cells.
pub(super) fn read(table: NodeRef<'_, Node>, marks: &Marks) -> Vec<Block> {
    let (mut above, mut rows) = (Vec::new(), Vec::new());
    for child in table.children() {
        match name(child) {
            "caption" => above.extend(small(child, marks)),
            "tr" => rows.push(row(child, false, marks)),
            part @ ("thead" | "tbody" | "tfoot") => {
                let inside = child.children().filter(|child| name(*child) == "tr");
                rows.extend(inside.map(|child| row(child, part == "thead", marks)));
            }
            _ => {}
        }
    }
    match fitted(rows) {
        Ok(rows) if rows.is_empty() => {}
        Ok(rows) => above.push(Block::Table(rows)),
        Err(rows) => above.extend(rows.into_iter().flatten().flat_map(|cell| cell.blocks)),
    }
    above
}

fn name<'tree>(node: NodeRef<'tree, Node>) -> &'tree str {
    match node.value() {
        Node::Element(element) => element.name(),
        _ => "",
    }
}

fn row(row: NodeRef<'_, Node>, head: bool, marks: &Marks) -> Vec<Cell> {
    let cells = row.children().filter_map(|child| {
        let element = child.value().as_element().filter(|cell| matches!(cell.name(), "td" | "th"))?;
        let span = |name| element.attr(name).and_then(|span| span.trim().parse().ok()).unwrap_or(1).max(1);
        Some(Cell {
            head: head || element.name() == "th",
            columns: span("colspan"),
            rows: span("rowspan"),
            blocks: small(child, marks),
        })
    });
    cells.collect()
}

/// The rows with as many columns each: cells stand in the first free column, as in HTML (§4.9.12),
/// reach no further than what is free and what is there, and what is missing is filled in. Rows that
/// are too large are given back.
fn fitted(mut rows: Vec<Vec<Cell>>) -> Result<Vec<Vec<Cell>>, Vec<Vec<Cell>>> {
    let count = rows.len();
    let mut too_large = false;
    // For each column, how many rows from here on a cell covers.
    let mut covered: Vec<usize> = Vec::new();
    let mut filled = Vec::with_capacity(count);
    for (at, row) in rows.iter_mut().enumerate() {
        let mut column = 0;
        for cell in row {
            while covered.get(column).is_some_and(|rows| *rows > 0) {
                column += 1;
            }
            too_large |= column >= COLUMNS;
            cell.rows = cell.rows.min(count - at);
            let free = covered.iter().skip(column).take_while(|rows| **rows == 0).count();
            let room = if column + free < covered.len() { free } else { COLUMNS.saturating_sub(column) };
            cell.columns = cell.columns.min(room.max(1));
            covered.resize(covered.len().max(column + cell.columns), 0);
            for place in covered.iter_mut().skip(column).take(cell.columns) {
                *place = cell.rows;
            }
            column += cell.columns;
        }
        filled.push(covered.iter().filter(|rows| **rows > 0).count());
        for place in &mut covered {
            *place = place.saturating_sub(1);
        }
    }
    let width = covered.len();
    if too_large || width.saturating_mul(count) > CELLS {
        return Err(rows);
    }
    if width == 0 {
        return Ok(Vec::new());
    }
    for (row, filled) in rows.iter_mut().zip(filled) {
        let blocks = vec![Block::Paragraph(Line::default())];
        let empty = Cell { head: false, columns: 1, rows: 1, blocks };
        row.extend(std::iter::repeat_n(empty, width - filled));
    }
    Ok(rows)
}
