//! What columns mean: by their headings, else by what stands in them. It must not look at more
//! than a sample.

use super::words;
use recto_reader::import::{Row, Table};

use super::{Column, Hints, Line, Sheet};
use crate::content::parsed::{Doi, fold, parse_year};

/// How many rows are looked at to guess what a column means.
const SAMPLE: usize = 200;
/// How many rows may stand above the headings.
const ABOVE: usize = 4;

/// What a column can mean.
#[derive(Clone, Copy, Debug)]
pub struct Meaning {
    /// The field of an output, or `lead`, `to_note`, `orcid`, `id`, `slug`.
    pub name: &'static str,
    /// What editors read.
    pub label: &'static str,
    /// How headings say it, folded, the likeliest first.
    headings: &'static [&'static str],
}

const fn means(name: &'static str, label: &'static str, headings: &'static [&'static str]) -> Meaning {
    Meaning { name, label, headings }
}

/// All that a column can mean, in the order in which editors choose.
pub static MEANINGS: [Meaning; 24] = [
    means(
        "title",
        "Title",
        &[
            "title",
            "output title",
            "titles",
            "article title",
            "document title",
            "name",
            "output",
            "publication",
            "paper",
            "what",
        ],
    ),
    means(
        "type",
        "Outputs type",
        &[
            "outputs type",
            "output type",
            "type",
            "publication type",
            "item type",
            "document type",
            "resource type",
            "kind",
            "category",
            "genre",
        ],
    ),
    means(
        "lead",
        "Lead academic",
        &[
            "lead academic",
            "lead",
            "lead author",
            "academic lead",
            "lead researcher",
            "principal investigator",
            "pi",
            "project lead",
        ],
    ),
    means(
        "authors",
        "Authors",
        &[
            "authors",
            "author",
            "author s",
            "all authors",
            "author names",
            "creators",
            "creator",
            "contributors",
            "written by",
            "by",
        ],
    ),
    means(
        "year",
        "Year",
        &[
            "year",
            "publication year",
            "year published",
            "year of publication",
            "pub year",
            "date",
            "publication date",
            "date published",
            "published",
            "issued",
        ],
    ),
    means(
        "to_note",
        "To note (availability and note)",
        &["to note", "note", "notes", "comment", "comments", "remarks", "status"],
    ),
    means("availability", "Availability", &["availability", "access", "open access", "access status"]),
    means(
        "embargo_until",
        "Embargoed until",
        &["embargoed until", "embargo until", "embargo date", "embargo"],
    ),
    means("doi", "DOI", &["doi", "doi link", "doi url", "digital object identifier"]),
    means("link", "Link", &["link", "url", "links", "web link", "web page", "website", "address", "where"]),
    means(
        "container",
        "Published in",
        &[
            "published in",
            "journal",
            "publication title",
            "journal title",
            "source",
            "source title",
            "book title",
            "container",
            "journal book",
            "series",
        ],
    ),
    means("publisher", "Publisher", &["publisher", "institution", "school"]),
    means("volume", "Volume", &["volume", "vol"]),
    means("issue", "Issue", &["issue", "issue number", "number", "no"]),
    means("pages", "Pages", &["pages", "page", "page numbers", "page range", "pp"]),
    means("isbn", "ISBN", &["isbn", "isbn 13", "isbn13"]),
    means("issn", "ISSN", &["issn", "eissn", "e issn"]),
    means("abstract", "Abstract", &["abstract", "abstract note", "summary", "description"]),
    means("licence", "Licence", &["licence", "license", "rights", "copyright"]),
    means("projects", "Projects", &["projects", "project", "project code", "project codes"]),
    means("file", "File", &[]),
    means("orcid", "ORCID iD", &["orcid", "orcid id"]),
    means("id", "Id", &[]),
    means("slug", "Last part of the address", &[]),
];

/// What editors read of a meaning; empty for what is none. Our own CSV has the columns `note` too.
#[must_use]
pub fn label(name: &str) -> &'static str {
    if name == "note" {
        return "Note";
    }
    MEANINGS.iter().find(|meaning| meaning.name == name).map_or("", |meaning| meaning.label)
}

/// Makes a sheet of a table: finds the headings, leaves empty rows and columns out, and says what each
/// column means. Where titles lead somewhere, that becomes a column of its own.
pub(super) fn sheet(table: Table, hints: Hints<'_>) -> Sheet {
    let mut rows: Vec<Row> =
        table.rows.into_iter().filter(|row| row.cells.iter().any(|cell| !cell.is_empty())).collect();
    let mut sheet = Sheet { format: table.format, skipped: table.skipped, ..Sheet::default() };
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut headings = vec![String::new(); width];
    if let Some(at) = headings_at(rows.iter().map(|row| row.cells.as_slice()), table.headed) {
        let mut above = rows.drain(..=at);
        for row in above.by_ref().take(at) {
            sheet.skip(
                format!("Row {}", row.number),
                format!("It stands above the headings: {}.", row.cells.join(" ").trim()),
            );
        }
        if let Some(row) = above.next() {
            headings = row.cells;
            headings.resize(width, String::new());
        }
        drop(above);
        sheet.headed = true;
    }
    let used: Vec<usize> = (0..width)
        .filter(|at| {
            let headed = headings.get(*at).is_some_and(|heading| !heading.is_empty());
            headed || rows.iter().any(|row| row.cells.get(*at).is_some_and(|cell| !cell.is_empty()))
        })
        .collect();
    let take = |cells: &[String]| -> Vec<String> {
        used.iter().map(|at| cells.get(*at).cloned().unwrap_or_default()).collect()
    };
    sheet.columns =
        take(&headings).into_iter().map(|heading| Column { heading, ..Column::default() }).collect();
    sheet.rows = rows.iter().map(|row| Line { number: row.number, cells: take(&row.cells) }).collect();
    assign(&mut sheet, hints);
    fill(&mut sheet);
    let title = sheet.column("title").and_then(|at| used.get(at).copied());
    let leads = |row: &Row| row.links.get(title?).cloned().flatten();
    let room = sheet.columns.len() < super::COLUMNS_MAX;
    if room && sheet.column("link").is_none() && rows.iter().any(|row| leads(row).is_some()) {
        sheet
            .columns
            .push(Column { heading: "Where the titles lead".to_owned(), meaning: "link".to_owned() });
        for (line, row) in sheet.rows.iter_mut().zip(&rows) {
            line.cells.push(leads(row).unwrap_or_default());
        }
    }
    sheet
}

/// Which of the first rows holds the headings.
fn headings_at<'row>(rows: impl Iterator<Item = &'row [String]>, said: bool) -> Option<usize> {
    rows.take(ABOVE + 1).enumerate().find_map(|(at, cells)| {
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        let known = cells.iter().filter(|cell| find(cell).is_some()).count();
        let titled = cells.iter().any(|cell| find(cell).is_some_and(|(name, _)| name == "title"));
        let are = (known >= 2 && known * 2 >= filled)
            || (at == 0 && (said || titled || (known == filled && known > 0)));
        are.then_some(at)
    })
}

/// A heading as it is compared.
fn plain(heading: &str) -> String {
    let words = fold(heading).replace(|c: char| !c.is_alphanumeric(), " ");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a heading means, and how far it is from the likeliest way to say so.
fn find(heading: &str) -> Option<(&'static str, usize)> {
    // A long text is none, and is not looked at.
    let heading = if heading.len() > 200 { String::new() } else { plain(heading) };
    if heading.is_empty() || heading.len() > 40 {
        return None;
    }
    let exact = MEANINGS.iter().find_map(|meaning| {
        let rank = meaning.headings.iter().position(|known| *known == heading)?;
        Some((meaning.name, rank))
    });
    // Slips of the finger and other languages’ spellings; short words are too close to each other.
    exact.or_else(|| {
        let near =
            MEANINGS.iter().flat_map(|meaning| meaning.headings.iter().map(|known| (meaning.name, *known)));
        let near = near.filter(|(_, known)| known.len() >= 5 && heading.len() >= 5);
        near.map(|(name, known)| (name, strsim::normalized_damerau_levenshtein(&heading, known)))
            .filter(|(_, alike)| *alike >= 0.8)
            .max_by(|one, other| one.1.total_cmp(&other.1))
            .map(|(name, _)| (name, 100))
    })
}

/// Whether a cell reads like the heading of a column.
pub(super) fn is_heading(cell: &str) -> bool {
    find(cell).is_some()
}

/// Says what each column means, each meaning once.
pub(super) fn assign(sheet: &mut Sheet, hints: Hints<'_>) {
    for column in &mut sheet.columns {
        column.meaning.clear();
    }
    let mut wanted: Vec<(usize, usize, &'static str)> = sheet
        .columns
        .iter()
        .enumerate()
        .filter_map(|(at, column)| find(&column.heading).map(|(name, rank)| (rank, at, name)))
        .collect();
    wanted.sort_unstable();
    for (_, at, name) in wanted {
        give(sheet, at, name);
    }
    if !sheet.headed || sheet.column("title").is_none() {
        guess(sheet, hints);
    }
}

/// Where a cell is empty, a second column of the same meaning fills in: Zotero's CSV has ‘Type’ for
/// what it is called, if it is called anything, and ‘Item Type’ for the rest.
fn fill(sheet: &mut Sheet) {
    let second: Vec<(usize, usize)> = sheet
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.meaning.is_empty())
        .filter_map(|(at, column)| Some((at, sheet.column(find(&column.heading)?.0)?)))
        .collect();
    for row in &mut sheet.rows {
        for (from, to) in &second {
            let filling = row.cells.get(*from).cloned().unwrap_or_default();
            if let Some(slot) = row.cells.get_mut(*to).filter(|cell| cell.is_empty()) {
                *slot = filling;
            }
        }
    }
}

fn give(sheet: &mut Sheet, at: usize, name: &str) {
    let taken = sheet.column(name).is_some();
    if let Some(column) = sheet.columns.get_mut(at).filter(|column| !taken && column.meaning.is_empty()) {
        name.clone_into(&mut column.meaning);
    }
}

/// A meaning, what its cells look like, and the share of them that must.
type Test<'test> = (&'static str, &'test dyn Fn(&str) -> bool, f64);

/// Guesses what columns without meaning hold, the plainest first.
fn guess(sheet: &mut Sheet, hints: Hints<'_>) {
    let types: Vec<String> = hints.types.iter().map(|label| fold(label)).collect();
    let is_year =
        |cell: &str| cell.len() == 4 && parse_year(cell).is_ok_and(|year| (1500..=2100).contains(&year));
    let is_type = |cell: &str| types.contains(&fold(cell)) || words::csl_type(cell).is_some();
    let tests: [Test<'_>; 7] = [
        ("year", &is_year, 0.8),
        ("doi", &|cell| cell.parse::<Doi>().is_ok(), 0.8),
        ("link", &|cell| cell.starts_with("http://") || cell.starts_with("https://"), 0.8),
        ("to_note", &|cell| words::availability(cell).availability.is_some(), 0.6),
        ("type", &is_type, 0.5),
        ("projects", &|cell| cell.parse::<crate::content::parsed::ProjectCode>().is_ok(), 0.8),
        ("lead", &words::is_credited, 0.6),
    ];
    for (name, test, most) in tests {
        if sheet.column(name).is_some() || (name == "lead" && sheet.column("authors").is_some()) {
            continue;
        }
        let best = free(sheet)
            .filter_map(|at| share(sheet, at, test).map(|share| (at, share)))
            .filter(|(_, share)| *share >= most)
            .max_by(|one, other| one.1.total_cmp(&other.1));
        if let Some((at, _)) = best {
            give(sheet, at, name);
        }
    }
    // Titles are what is longest of the rest.
    let longest = free(sheet).max_by_key(|at| {
        sheet
            .rows
            .iter()
            .take(SAMPLE)
            .filter_map(|row| row.cells.get(*at))
            .map(|cell| cell.chars().count())
            .sum::<usize>()
    });
    if let Some(at) = longest {
        give(sheet, at, "title");
    }
    if sheet.column("lead").is_none() && sheet.column("authors").is_none() {
        let named =
            free(sheet).find(|at| share(sheet, *at, &words::is_name).is_some_and(|share| share >= 0.8));
        if let Some(at) = named {
            give(sheet, at, "lead");
        }
    }
}

/// The columns without a heading and without a meaning.
fn free(sheet: &Sheet) -> impl Iterator<Item = usize> + '_ {
    let headed = sheet.headed && sheet.column("title").is_some();
    let free = move |column: &Column| column.meaning.is_empty() && !headed;
    sheet.columns.iter().enumerate().filter(move |(_, column)| free(column)).map(|(at, _)| at)
}

/// Of the cells that hold something, the share that passes a test.
fn share(sheet: &Sheet, at: usize, test: &dyn Fn(&str) -> bool) -> Option<f64> {
    let cells =
        sheet.rows.iter().take(SAMPLE).filter_map(|row| row.cells.get(at)).filter(|cell| !cell.is_empty());
    let (mut all, mut passed) = (0_u32, 0_u32);
    for cell in cells {
        all += 1;
        passed += u32::from(test(cell));
    }
    (all > 0).then(|| f64::from(passed) / f64::from(all))
}
