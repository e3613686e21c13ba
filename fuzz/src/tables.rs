//! Tables: cells with marks between them, HTML, and files of whatever encoding and format.

use std::fmt::Write as _;

use recto_reader::clean;
use recto_reader::import::{
    CELL_MAX, COLUMNS_MAX, Format, Known, OWN_CELL_MAX, ROWS_MAX, SKIPPED_MAX, Source, Table, read,
};
use recto_reader::rich::escape;
use recto_reader::text::is_unfit;

use super::markup::sentence;

/// What a table may be told of its columns.
pub const KNOWN: Known<'_> =
    Known { own: &["id", "slug", "title", "authors", "doi"], is_heading: &|cell| cell.trim() == "Title" };

/// What a text of this format says, checked for all that holds of every format.
pub fn of(format: Format, text: &str) -> Option<Table> {
    checked(read(Source::Clipboard { html: "", text }, Some(format), KNOWN), text.len())
}

fn checked(table: Result<Table, String>, length: usize) -> Option<Table> {
    match table {
        Ok(table) => {
            holds(&table, length);
            Some(table)
        }
        Err(why) => {
            // A longer one is cut.
            assert!(why.chars().count() <= 1_000, "{} bytes of complaint", why.len());
            assert!(why.len() >= 900 || why.ends_with('.'), "no sentence: {why:?}");
            assert!(is_line(&why), "not clean: {why:?}");
            None
        }
    }
}

/// What holds of every table that was read of a text of so many bytes.
pub fn holds(table: &Table, length: usize) {
    assert!(table.rows.len() <= ROWS_MAX, "{} rows", table.rows.len());
    assert!(table.columns.len() <= COLUMNS_MAX && table.columns.iter().all(|name| is_line(name)));
    let own = table.format == Format::Own;
    let (mut size, mut last) = (0, 0);
    for row in &table.rows {
        assert!(row.number >= last, "row {} after {last}", row.number);
        last = row.number;
        assert!(
            row.cells.len() <= COLUMNS_MAX && row.links.len() <= row.cells.len(),
            "{} cells",
            row.cells.len()
        );
        for cell in &row.cells {
            let most = if own { OWN_CELL_MAX } else { CELL_MAX };
            assert!(cell.chars().count() <= most, "{} bytes in a cell", cell.len());
            assert!(if own { !cell.contains(is_unfit) } else { is_line(cell) }, "not clean: {cell:?}");
            size += cell.len();
        }
        for link in row.links.iter().flatten() {
            assert!(is_line(link), "not clean: {link:?}");
            size += link.len();
        }
    }
    assert!(size <= 2 * length + 1_000_000, "{size} bytes of {length}");
    assert!(table.skipped.len() <= SKIPPED_MAX + 1, "{} told", table.skipped.len());
    for one in &table.skipped {
        assert!(is_line(&one.place) && is_line(&one.why) && !one.why.is_empty(), "not clean: {one:?}");
        assert!(one.place.chars().count() <= 200 && one.why.chars().count() <= 1_000, "long: {one:?}");
        assert!(one.why.len() >= 900 || one.why.ends_with('.'), "no sentence: {one:?}");
    }
}

/// Whether it is as [`clean::line`] makes texts.
fn is_line(text: &str) -> bool {
    !text.contains(|c| is_unfit(c) || c == '\n' || c == '\t') && clean::line(text) == text
}

/// The cells of a table, written with tabs between them, are read as the same cells; those of Recto's
/// own table with their lines. Each line is a row where lines are read.
pub fn delimited(bytes: &[u8]) {
    let text = super::text(bytes);
    let _ = of(Format::Csv, &text);
    if let Some(table) = of(Format::Tabs, &text) {
        again(&table, Format::Tabs, b'\t', &[]);
    }
    // With headings it is Recto's own.
    let own = format!("id,title,doi\n{text}");
    if let Some(table) = of(Format::Own, &own).filter(|table| table.format == Format::Own) {
        let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
        again(&table, Format::Own, b',', &columns);
    }
    if let Some(table) = of(Format::Lines, &text) {
        let lines = text.trim_start_matches('\u{feff}').lines().count().min(ROWS_MAX);
        assert!(table.rows.len() == lines || lines > 10_000, "{} rows of {lines} lines", table.rows.len());
    }
}

fn again(table: &Table, format: Format, mark: u8, columns: &[&str]) {
    let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(mark).from_writer(Vec::new());
    if !columns.is_empty() {
        writer.write_record(columns).expect("written to memory");
    }
    for row in &table.rows {
        writer.write_record(&row.cells).expect("written to memory");
    }
    let written =
        String::from_utf8(writer.into_inner().expect("written to memory")).expect("texts are UTF-8");
    // A mark at the beginning is the file's, not the cell's.
    if table.rows.is_empty() || written.starts_with('\u{feff}') || written.trim().is_empty() {
        return;
    }
    let Some(read) = of(format, &written) else { panic!("not read again: {written:?}") };
    same_cells(table, &read);
}

fn same_cells(one: &Table, other: &Table) {
    let cells = |table: &Table| table.rows.iter().map(|row| row.cells.clone()).collect::<Vec<_>>();
    assert_eq!(cells(one), cells(other));
}

/// The cells of a table, written as the plainest table, are read as the same cells.
pub fn html(bytes: &[u8]) {
    let text = super::text(bytes);
    let Some(table) = of(Format::Html, &text) else { return };
    let mut written = "<table>".to_owned();
    for row in &table.rows {
        written.push_str("<tr>");
        for cell in &row.cells {
            let _ = write!(written, "<td>{}</td>", escape(cell));
        }
        written.push_str("</tr>");
    }
    written.push_str("</table>");
    let wide = table.skipped.iter().any(|one| one.place == "The end");
    if table.rows.is_empty() || wide {
        return;
    }
    let Some(read) = of(Format::Html, &written) else { panic!("not read again: {written:?}") };
    same_cells(&table, &read);
}

/// Any bytes are a table or a sentence. A text says the same in each encoding of Unicode, and on the
/// clipboard.
pub fn decode(bytes: &[u8]) {
    // In Windows-1252 a byte may be a character of three.
    let table = read(Source::File(bytes), None, KNOWN);
    let table = checked(table, 3 * bytes.len());
    for format in Format::ALL {
        let read = read(Source::File(bytes), Some(format), KNOWN);
        let _ = checked(read, 3 * bytes.len());
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let text = text.trim_start_matches('\u{feff}');
    let plain = checked(read(Source::File(text.as_bytes()), None, KNOWN), text.len());
    if ["PK\u{3}\u{4}", "%PDF"].iter().any(|magic| text.starts_with(magic)) {
        assert!(plain.is_none(), "no text");
        return;
    }
    assert!(text.len() < bytes.len() || plain == table, "another table without a mark");
    let little = text.encode_utf16().flat_map(u16::to_le_bytes);
    let big = text.encode_utf16().flat_map(u16::to_be_bytes);
    let utf16 = [
        [0xff, 0xfe].into_iter().chain(little).collect::<Vec<u8>>(),
        [0xfe, 0xff].into_iter().chain(big).collect(),
    ];
    for encoded in utf16 {
        let read = checked(read(Source::File(&encoded), None, KNOWN), text.len());
        assert!(read == plain, "another table in UTF-16: {read:?} {plain:?}");
    }
    let pasted = checked(read(Source::Clipboard { html: "", text }, None, KNOWN), text.len());
    assert!(pasted == plain, "another table on the clipboard");
    // The clipboard's other face.
    let _ = checked(read(Source::Clipboard { html: text, text: "" }, None, KNOWN), text.len());
    let _ = checked(read(Source::Clipboard { html: text, text }, None, KNOWN), 2 * text.len());
    if let Err(why) = recto_reader::markup::parse(text, &recto_reader::markup::Bounds::PAGE) {
        sentence(&why.to_string());
    }
}
