//! CSL-JSON (the schema `csl-data.json` of CSL 1.0.2), as Zotero and Crossref write it. Numbers may
//! be texts and texts numbers; what is neither is left out.

use serde_json::Value as Json;

use serde::Deserialize;

use super::json::{self, Items};
use super::{Format, Table, WORK};
use crate::markup::plain;

/// The most authors of a work that are read.
pub(super) const AUTHORS_MAX: usize = 5_000;

/// An object that holds a list.
#[derive(Deserialize)]
struct Wrapped<'text> {
    #[serde(borrow)]
    items: Items<'text>,
}

/// A list of items, one item, or an object with `items`.
pub(super) fn read(text: &str) -> Result<Table, String> {
    let mut table = Table::of(Format::Csl, &WORK, text);
    let text = text.trim_start_matches('\u{feff}').trim();
    let broken = |error| format!("This is no JSON that can be read: {error}.");
    let items = if text.starts_with('{') {
        match serde_json::from_str::<Wrapped<'_>>(text) {
            Ok(wrapped) => wrapped.items,
            Err(_) => Items(vec![serde_json::from_str(text).map_err(broken)?]),
        }
    } else if text.starts_with('[') {
        serde_json::from_str(text).map_err(broken)?
    } else {
        return Err("This is no list of references in JSON.".to_owned());
    };
    json::rows(&mut table, &items, |item| item.is_object().then(|| cells(item)));
    Ok(table)
}

pub(super) fn cells(item: &Json) -> Vec<String> {
    let get = |name: &str| text(item.get(name));
    let kind = match get("genre") {
        genre if genre.is_empty() => kind(&get("type")).to_owned(),
        genre => genre,
    };
    let authors = item.get("author").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let authors: Vec<String> =
        authors.iter().take(AUTHORS_MAX).map(name).filter(|name| !name.is_empty()).collect();
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
    .into()
}

/// A text, a number, or the first of several.
fn text(json: Option<&Json>) -> String {
    match json {
        // Titles carry the few tags that CSL knows.
        Some(Json::String(text)) => plain(text),
        Some(Json::Number(number)) => number.to_string(),
        Some(Json::Array(several)) => text(several.first()),
        _ => String::new(),
    }
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
