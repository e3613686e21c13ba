//! Tables: their rows made to fit each other, so that a browser and an editor see the same cells in
//! the same columns. It must not lose cells.

use super::block::{Block, Cell, Line};

/// The most columns of a table.
const COLUMNS: usize = 100;

/// The most cells, those that others cover counted.
const CELLS: usize = 10_000;

/// The table that these rows are; one that is too large is the paragraphs of its cells.
pub(super) fn of(rows: Vec<Vec<Cell>>) -> Vec<Block> {
    match fitted(rows) {
        Ok(rows) if rows.is_empty() => Vec::new(),
        Ok(rows) => vec![Block::Table(rows)],
        Err(rows) => rows.into_iter().flatten().flat_map(|cell| cell.blocks).collect(),
    }
}

/// The rows with as many columns each: cells stand in the first free column, as in HTML (§4.9.12),
/// reach no further than what is free and what is there, and what is missing is filled in. Rows that
/// are too large are given back.
fn fitted(mut rows: Vec<Vec<Cell>>) -> Result<Vec<Vec<Cell>>, Vec<Vec<Cell>>> {
    let count = rows.len();
    let mut too_large = count > CELLS;
    // For each column, how many rows from here on a cell covers.
    let mut covered: Vec<usize> = Vec::new();
    let mut filled = Vec::with_capacity(count);
    for (at, row) in rows.iter_mut().enumerate() {
        let mut column = 0;
        for cell in row {
            if too_large {
                break;
            }
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
