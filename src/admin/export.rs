//! Lists as files: what a list shows, drafts included, as CSV, a workbook, BibTeX or RIS. It must not
//! read more than a bound at once, nor what whoever asks may not read.

use axum::extract::{Path, Query, State as FromState};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use rust_xlsxwriter::{Format as Style, Workbook};
use serde_json::{Map, Value as Json};

use super::failure::Failure;
use super::list::{self, Asked};
use super::session::SignedIn;
use super::{State, items, look};
use crate::content::bibliography::{self, Author, Kind, Record};
use crate::content::types::{MEDIA, OUTPUT};
use crate::content::{ContentType, Id, table};
use crate::editing::{Names, Verb};
use crate::error::{Error, Result};
use crate::published::{Document, Select};
use crate::store::Stored;

/// The most rows of one file.
const MOST: i64 = 10_000;
/// How many are read at a time.
const PART: i64 = 500;
/// The most characters that a workbook's cell takes (Excel specifications and limits).
const CELL_MAX: usize = 32_767;

/// A format: how it is called, what a file of it ends with, its media type.
type Format = (&'static str, &'static str, &'static str);

const TABLES: [Format; 2] = [
    ("CSV", "csv", "text/csv; charset=utf-8; header=present"),
    ("Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
];
const BIBLIOGRAPHIES: [Format; 2] = [
    ("BibTeX", "bib", "application/x-bibtex; charset=utf-8"),
    ("RIS", "ris", "application/x-research-info-systems; charset=utf-8"),
];

/// The formats in which lists of a type are told.
fn formats(content_type: &ContentType) -> impl Iterator<Item = Format> {
    let cited = content_type.name == OUTPUT.name;
    TABLES.into_iter().chain(BIBLIOGRAPHIES.into_iter().filter(move |_| cited))
}

/// The links to a list's files, as it is filtered and sorted.
pub(super) fn links(content_type: &'static ContentType, asked: &Asked, total: i64) -> Markup {
    html! {
        nav.exports aria-label="Export" {
            span { "Export " @if total == 1 { "this one" } @else { "these " (total) } " as" }
            ul {
                @for (label, suffix, _) in formats(content_type) {
                    li { a href={ "/admin/" (content_type.plural) "/export" (asked.with("as", suffix)) } download { (label) } }
                }
            }
        }
    }
}

/// `GET /admin/{plural}/export?as=csv`, with what the list takes.
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(plural): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let content_type = items::content_type(&plural)?;
    if !user.may(Verb::Read, content_type.name) {
        return Err(Error::Denied("Your account may not read these.").into());
    }
    let asked = Asked::of(asked);
    let wanted = asked.get("as");
    let format = formats(content_type).find(|(_, suffix, _)| *suffix == wanted);
    let (_, suffix, media) = format.filter(|_| !content_type.single).ok_or(Error::NotFound)?;
    let mut select = list::select(content_type, &asked, 1);
    select.filters.extend(look::filter(&state, content_type, &asked).await?);
    let documents = documents(&state, select).await?;
    let body = match suffix {
        "csv" => csv(&state, content_type, &documents).await?,
        "xlsx" => workbook(&state, content_type, &documents).await?,
        _ => cited(&state, &documents, suffix).await?.into_bytes(),
    };
    let file = format!("attachment; filename=\"{plural}.{suffix}\"");
    Ok(([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, file)], body)
        .into_response())
}

/// `GET /admin/media/export`: media items have a route of their own, which would take this for one.
pub(super) async fn show_media(
    state: FromState<State>,
    user: SignedIn,
    asked: Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    show(state, user, Path(MEDIA.plural.to_owned()), asked).await
}

/// Everything that a list shows, on all its pages.
async fn documents(state: &State, mut select: Select) -> Result<Vec<Document>> {
    select.limit = PART;
    select.offset = 0;
    let mut found = Vec::new();
    loop {
        let page = state.desk.lists().list(&select).await?;
        if page.total > MOST {
            return Err(Error::Refused(format!(
                "This list has {} rows, and a file takes {MOST}. Filter it and export the parts, or use ‘recto export’ \
                 on the server, which takes any number.",
                page.total
            )));
        }
        found.extend(page.items);
        select.offset += PART;
        if select.offset >= page.total {
            return Ok(found);
        }
    }
}

/// The items themselves, in the order of the list.
async fn stored(
    state: &State,
    content_type: &'static ContentType,
    documents: &[Document],
) -> Result<Vec<Stored>> {
    let ids: Result<Vec<Id>> = documents.iter().map(|one| one.id.parse().map_err(Error::internal)).collect();
    state.desk.store.items(content_type, &ids?).await
}

/// CSV as `recto export` writes it. A mark in front tells spreadsheets that it is UTF-8.
async fn csv(state: &State, content_type: &'static ContentType, documents: &[Document]) -> Result<Vec<u8>> {
    let names = Names::read(state.desk.lists(), content_type).await?;
    let mut csv = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    csv.write_record(table::header(content_type)).map_err(Error::internal)?;
    for one in stored(state, content_type, documents).await? {
        csv.write_record(table::write(&one.item, &names)).map_err(Error::internal)?;
    }
    csv.into_inner().map_err(|error| Error::internal(error.to_string()))
}

/// The same as a workbook. Every cell is a text, so that none is a formula; years are numbers.
async fn workbook(
    state: &State,
    content_type: &'static ContentType,
    documents: &[Document],
) -> Result<Vec<u8>> {
    let names = Names::read(state.desk.lists(), content_type).await?;
    let header = table::header(content_type);
    let rows: Vec<Vec<String>> = stored(state, content_type, documents)
        .await?
        .iter()
        .map(|one| table::write(&one.item, &names))
        .collect();
    let labels = content_type.labels;
    let made = tokio::task::spawn_blocking(move || {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.set_name(labels)?.set_freeze_panes(1, 0)?;
        let bold = Style::new().set_bold();
        for (column, name) in (0_u16..).zip(&header) {
            sheet.write_string_with_format(0, column, *name, &bold)?;
        }
        for (row, cells) in (1_u32..).zip(&rows) {
            for ((column, name), cell) in (0_u16..).zip(&header).zip(cells) {
                match cell.parse::<u16>() {
                    Ok(year) if *name == "year" => sheet.write_number(row, column, year)?,
                    _ => sheet.write_string(row, column, cell.chars().take(CELL_MAX).collect::<String>())?,
                };
            }
        }
        workbook.save_to_buffer()
    });
    made.await.map_err(Error::internal)?.map_err(Error::internal)
}

/// A bibliography.
async fn cited(state: &State, documents: &[Document], suffix: &str) -> Result<String> {
    let mut text = String::new();
    for part in documents.chunks(500) {
        for record in records(state, part).await? {
            if suffix == "bib" {
                text.push_str(if text.is_empty() { "" } else { "\n" });
                text.push_str(&bibliography::bibtex(&record));
            } else {
                text.push_str(&bibliography::ris(&record));
            }
        }
    }
    Ok(text)
}

/// The outputs as editors see them: one statement for types and people.
async fn records(state: &State, documents: &[Document]) -> Result<Vec<Record>> {
    let authors = |document: &Document| -> Vec<Map<String, Json>> {
        let rows = document.json.get("authors").and_then(Json::as_array).into_iter().flatten();
        rows.filter_map(|row| row.as_object().cloned()).collect()
    };
    let reference = |json: Option<&Json>| json?.get("$ref")?.as_str().map(str::to_owned);
    let mut ids: Vec<String> = Vec::new();
    for document in documents {
        ids.extend(reference(document.json.get("type")));
        ids.extend(authors(document).iter().filter_map(|row| reference(row.get("person"))));
    }
    ids.sort_unstable();
    ids.dedup();
    let related = state.desk.lists().titles(&ids).await?;
    let record = |document: &Document| {
        let term = reference(document.json.get("type")).and_then(|id| related.get(&id));
        let said = |name: &str| {
            let text = term.and_then(|term| term.json.get(name)).and_then(Json::as_str);
            text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let credited = authors(document).into_iter().map(|row| {
            let person = reference(row.get("person")).and_then(|id| related.get(&id));
            let orcid = person.and_then(|person| person.json.get("orcid")).and_then(Json::as_str);
            let name = row.get("name").and_then(Json::as_str).unwrap_or_default();
            Author { orcid: orcid.map(str::to_owned), ..Author::read(name) }
        });
        let csl_type = said("csl_type");
        Record {
            kind: csl_type.as_deref().map_or(Kind::Other, Kind::of),
            csl_type,
            coar_type: said("coar_type"),
            type_label: term.map(|term| term.title.clone()).unwrap_or_default(),
            authors: credited.collect(),
            // A draft has no page that anybody could open.
            page: String::new(),
            file: None,
            face: document.json.as_object().cloned().unwrap_or_default(),
        }
    };
    Ok(documents.iter().map(record).collect())
}
