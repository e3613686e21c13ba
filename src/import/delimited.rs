//! Cells with a mark between them: tabs as the clipboard has them, CSV with commas or semicolons,
//! and plain lines. It must not guess what a column means.

use super::meaning::{self, Raw};
use super::{COLUMNS_MAX, Column, Format, Hints, Line, ROWS_MAX, Sheet, cell, is_own};

/// Which mark stands between the cells: the one that makes the widest table of nearly all rows.
/// `None` where none makes one.
pub(super) fn separator(text: &str) -> Option<u8> {
    let widths = |mark: u8| -> Vec<usize> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(mark)
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        reader.records().take(50).filter_map(Result::ok).map(|record| record.len()).collect()
    };
    let wide = [b'\t', b';', b','].into_iter().filter_map(|mark| {
        let widths = widths(mark);
        let width = *widths.first()?;
        let same = widths.iter().filter(|one| **one == width).count();
        (width > 1 && same * 10 >= widths.len() * 8).then_some((width, mark))
    });
    let (_, mark) = wide.max()?;
    // ‘One, two and three’ is a title, not a row.
    let first = text.lines().next().unwrap_or_default();
    let prose = mark == b',' && !text.split(',').skip(1).any(|after| !after.starts_with(' '));
    let headed = first.split(',').any(meaning::is_heading);
    (!prose || headed).then_some(mark)
}

/// CSV with whatever mark; our own where its columns are called as the fields are.
pub(super) fn read_csv(text: &str, hints: Hints<'_>) -> Result<Sheet, String> {
    read(text, separator(text).unwrap_or(b','), Format::Csv, hints)
}

/// A table of cells with this mark between them (RFC 4180 for quotes).
pub(super) fn read(text: &str, mark: u8, format: Format, hints: Hints<'_>) -> Result<Sheet, String> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mark)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut records: Vec<(usize, Vec<String>)> = Vec::new();
    let mut cut = false;
    for (at, record) in reader.records().enumerate() {
        if at > ROWS_MAX {
            cut = true;
            break;
        }
        let record = record.map_err(|error| format!("This is no table that can be read: {error}."))?;
        records.push((at + 1, record.iter().map(str::to_owned).collect()));
    }
    let mut sheet = match records.first() {
        Some((_, headings)) if format == Format::Csv && is_own(&trimmed(headings)) => own(records)?,
        _ => {
            let tidy = |cells: Vec<String>| cells.iter().take(COLUMNS_MAX).map(|text| cell(text)).collect();
            let rows = records.into_iter().map(|(number, cells)| (number, tidy(cells))).collect();
            meaning::sheet(Raw { format, rows, ..Raw::default() }, hints)
        }
    };
    if cut {
        sheet.skip("The end", format!("At most {ROWS_MAX} rows are read at once."));
    }
    Ok(sheet)
}

fn trimmed(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Our own CSV: cells stay as they are, line breaks and all. A row with a cell too many or too few
/// is kept, so that it can be told.
fn own(records: Vec<(usize, Vec<String>)>) -> Result<Sheet, String> {
    let mut records = records.into_iter();
    let headings = records.next().map(|(_, cells)| trimmed(&cells)).unwrap_or_default();
    for (at, heading) in headings.iter().enumerate() {
        if headings.iter().take(at).any(|other| other == heading) {
            return Err(format!("The column ‘{heading}’ is there twice."));
        }
    }
    let columns = headings.iter().map(|name| Column { heading: name.clone(), meaning: name.clone() });
    let mut sheet =
        Sheet { format: Format::Own, columns: columns.collect(), headed: true, ..Sheet::default() };
    for (number, cells) in records {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if cells.len() == headings.len() {
            sheet.rows.push(Line { number, cells });
        } else {
            let why =
                format!("It has {} cells, but the header names {} columns.", cells.len(), headings.len());
            sheet.skip(format!("Row {number}"), why);
        }
    }
    Ok(sheet)
}

/// Each line a title.
pub(super) fn read_lines(text: &str, hints: Hints<'_>) -> Sheet {
    let lines = text.trim_start_matches('\u{feff}').lines().map(cell).enumerate().take(ROWS_MAX);
    let rows = lines.map(|(at, line)| (at + 1, vec![line])).collect();
    meaning::sheet(Raw { format: Format::Lines, rows, ..Raw::default() }, hints)
}
