//! Cells with a mark between them: tabs as the clipboard has them, CSV with commas or semicolons,
//! and plain lines. It must not guess what a column means.

use super::{COLUMNS_MAX, Format, Known, Table};
use crate::text::is_unfit;

/// How many rows are looked at to find the mark.
const SAMPLE: usize = 50;

/// Which mark stands between the cells: the one that makes the widest table of nearly all rows.
/// `None` where none makes one.
pub(super) fn separator(text: &str, known: Known<'_>) -> Option<u8> {
    let widths = |mark: u8| -> Vec<usize> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(mark)
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        reader.records().take(SAMPLE).filter_map(Result::ok).map(|record| record.len()).collect()
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
    let headed = first.split(',').take(COLUMNS_MAX).any(|cell| (known.is_heading)(cell));
    (!prose || headed).then_some(mark)
}

/// CSV with whatever mark; our own where its columns are called as the fields are.
pub(super) fn read_csv(text: &str, known: Known<'_>) -> Result<Table, String> {
    read(text, separator(text, known).unwrap_or(b','), Format::Csv, known)
}

/// A table of cells with this mark between them (RFC 4180 for quotes).
pub(super) fn read(text: &str, mark: u8, format: Format, known: Known<'_>) -> Result<Table, String> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mark)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut table = Table::of(format, &[], text);
    let mut record = csv::StringRecord::new();
    let mut number = 0;
    while reader
        .read_record(&mut record)
        .map_err(|error| format!("This is no table that can be read: {error}."))?
    {
        number += 1;
        if number == 1 && format == Format::Csv && is_own(&record, known) {
            table = own(&record, text)?;
            continue;
        }
        let wanted = table.columns.len();
        let is_blank = record.iter().all(is_blank);
        if table.format == Format::Own && record.len() != wanted {
            if !is_blank {
                let why = format!("It has {} cells, but the header names {wanted} columns.", record.len());
                table.skip(format!("Row {number}"), why);
            }
            continue;
        }
        if table.format == Format::Own && is_blank {
            continue;
        }
        if !table.push(number, &record) {
            break;
        }
    }
    Ok(table)
}

/// Whether nothing is left of a cell that could be seen.
fn is_blank(cell: &str) -> bool {
    cell.chars().all(|c| c.is_whitespace() || is_unfit(c))
}

/// Whether these headings are those of our own CSV.
fn is_own(headings: &csv::StringRecord, known: Known<'_>) -> bool {
    !headings.is_empty() && headings.iter().all(|heading| known.own.contains(&heading.trim()))
}

/// Our own CSV: cells stay as they are, line breaks and all. A row with a cell too many or too few
/// is told.
fn own(headings: &csv::StringRecord, text: &str) -> Result<Table, String> {
    let headings: Vec<&str> = headings.iter().map(str::trim).collect();
    for (at, heading) in headings.iter().enumerate() {
        if headings.iter().take(at).any(|other| other == heading) {
            return Err(format!("The column ‘{heading}’ is there twice."));
        }
    }
    let mut table = Table::of(Format::Own, &headings, text);
    table.headed = true;
    Ok(table)
}

/// Each line a title.
pub(super) fn read_lines(text: &str) -> Table {
    let mut table = Table::of(Format::Lines, &[], text);
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if !table.push(at + 1, [line]) {
            break;
        }
    }
    table
}
