//! CSL-JSON (the schema `csl-data.json` of CSL 1.0.2), as Zotero and Crossref write it. Numbers may
//! be texts and texts numbers; what is neither is left out.

use serde_json::Value as Json;

use super::{Format, Line, ROWS_MAX, Sheet, cell};

/// The columns of what is read.
pub(super) const COLUMNS: [&str; 15] = [
    "title",
    "type",
    "authors",
    "year",
    "to_note",
    "doi",
    "link",
    "container",
    "publisher",
    "volume",
    "issue",
    "pages",
    "isbn",
    "issn",
    "abstract",
];

/// A list of items, one item, or an object with `items`.
pub(super) fn read(text: &str) -> Result<Sheet, String> {
    let json: Json = serde_json::from_str(text.trim_start_matches('\u{feff}').trim())
        .map_err(|error| format!("This is no JSON that can be read: {error}."))?;
    let items = match &json {
        Json::Array(items) => items.as_slice(),
        Json::Object(map) => match map.get("items") {
            Some(Json::Array(items)) => items.as_slice(),
            _ => std::slice::from_ref(&json),
        },
        _ => return Err("This is JSON, but no list of references.".to_owned()),
    };
    let mut sheet = Sheet::of(Format::Csl, &COLUMNS);
    for (at, item) in items.iter().enumerate() {
        match item {
            _ if sheet.rows.len() == ROWS_MAX => {
                sheet.skip(format!("Item {}", at + 1), format!("At most {ROWS_MAX} are read at once."));
                break;
            }
            Json::Object(_) => sheet.rows.push(Line { number: at + 1, cells: cells(item) }),
            _ => sheet.skip(format!("Item {}", at + 1), "It is no reference."),
        }
    }
    Ok(sheet)
}

pub(super) fn cells(item: &Json) -> Vec<String> {
    let get = |name: &str| text(item.get(name));
    let kind = match get("genre") {
        genre if genre.is_empty() => kind(&get("type")).to_owned(),
        genre => genre,
    };
    let authors = item.get("author").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let authors: Vec<String> = authors.iter().map(name).filter(|name| !name.is_empty()).collect();
    let year = ["issued", "published", "event-date", "submitted"]
        .iter()
        .map(|name| year(item.get(*name)))
        .find(|year| !year.is_empty());
    [
        get("title"),
        kind,
        authors.join("; "),
        year.unwrap_or_default(),
        get("note"),
        get("DOI"),
        get("URL"),
        get("container-title"),
        get("publisher"),
        get("volume"),
        get("issue"),
        get("page"),
        get("ISBN"),
        get("ISSN"),
        // Crossref's abstracts are JATS.
        plain(&get("abstract")),
    ]
    .map(|text| cell(&text))
    .into()
}

/// A text, a number, or the first of several.
fn text(json: Option<&Json>) -> String {
    match json {
        Some(Json::String(text)) => plain_entities(text),
        Some(Json::Number(number)) => number.to_string(),
        Some(Json::Array(several)) => text(several.first()),
        _ => String::new(),
    }
}

/// Titles carry the few tags that CSL knows.
fn plain_entities(text: &str) -> String {
    if text.contains('<') || text.contains('&') { plain(text) } else { text.to_owned() }
}

fn plain(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    let page = scraper::Html::parse_fragment(text.get(..200_000).unwrap_or(text));
    page.root_element().text().collect::<Vec<_>>().join("")
}

fn name(author: &Json) -> String {
    let get = |name: &str| text(author.get(name));
    let family =
        [get("dropping-particle"), get("non-dropping-particle"), get("family")].join(" ").trim().to_owned();
    let given = [get("given"), get("suffix")].join(" ").trim().to_owned();
    match (family.is_empty(), given.is_empty()) {
        (false, false) => format!("{family}, {given}"),
        (false, true) => family,
        _ => {
            [get("literal"), get("name"), given].into_iter().find(|name| !name.is_empty()).unwrap_or_default()
        }
    }
    .replace(';', ",")
}

fn year(date: Option<&Json>) -> String {
    let Some(date) = date else { return String::new() };
    let parts = date.get("date-parts").and_then(|parts| parts.get(0)?.get(0));
    match text(parts) {
        year if year.is_empty() => [text(date.get("raw")), text(date.get("literal")), text(Some(date))]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default(),
        year => year,
    }
}

/// A type of CSL 1.0.2 (appendix III) in words; nothing for those that say nothing. Crossref has
/// names of its own.
pub(super) fn kind(name: &str) -> &'static str {
    match name {
        "article-journal" | "article" | "journal-article" => "Journal article",
        "article-magazine" => "Magazine article",
        "article-newspaper" => "Newspaper article",
        "posted-content" => "Preprint",
        "book" | "monograph" | "edited-book" => "Book",
        "chapter" | "book-chapter" | "book-section" => "Book chapter",
        "paper-conference" | "proceedings-article" => "Conference paper",
        "report" => "Report",
        "thesis" | "dissertation" => "Thesis",
        "dataset" => "Dataset",
        "post-weblog" | "post" => "Blog post",
        "webpage" => "Web page",
        _ => "",
    }
}
