//! Outputs in the formats of reference managers and spreadsheets: one output, or a list whole. It
//! must not read what the JSON answers do not read.

mod citation;
mod record;
mod table;

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::Value as Json;

use super::item::{self, Found};
use super::list::{Selected, Within};
use super::parameters::parameters_of_whole;
use super::problem::{Faults, Problem, Result};
use super::query::Query;
use super::respond::{self, Answer};
use super::site::Site;
use super::tags::Tags;
use super::{Api, Reference, Shared, grammar, named};
use crate::content::bibliography::{self, Record};
use crate::content::types::OUTPUT;
use crate::content::{ContentType, Inverse, TYPES};
use crate::published::{Document, Located, Select};

pub(super) use self::citation::{LOCALES, STYLES, SUFFIX, escape};
pub(super) use self::record::{faces, records};

/// The most outputs of one answer.
pub(super) const MOST: i64 = 10_000;

/// How many are read at a time.
const PART: i64 = 500;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// BibTeX.
    Bibtex,
    /// RIS.
    Ris,
    /// CSL-JSON.
    Csl,
    /// CSV.
    Csv,
}

impl Format {
    /// The formats in which lists are told.
    pub(super) const OF_LISTS: [Self; 4] = [Self::Bibtex, Self::Ris, Self::Csl, Self::Csv];

    /// The formats in which one output is told.
    pub(super) const OF_ONE: [Self; 3] = [Self::Bibtex, Self::Ris, Self::Csl];

    /// What an address in this format ends with.
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Bibtex => ".bib",
            Self::Ris => ".ris",
            Self::Csl => ".csl.json",
            Self::Csv => ".csv",
        }
    }

    /// Its media type. BibTeX and RIS have none that is registered; these are the usual ones.
    pub(super) const fn media(self) -> &'static str {
        match self {
            Self::Bibtex => "application/x-bibtex; charset=utf-8",
            Self::Ris => "application/x-research-info-systems; charset=utf-8",
            Self::Csl => "application/vnd.citationstyles.csl+json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    /// The reference and the format that the last part of an address names.
    pub(super) fn split(part: &str) -> Option<(&str, Self)> {
        Self::OF_ONE.into_iter().find_map(|format| Some((part.strip_suffix(format.suffix())?, format)))
    }

    /// The media type without its parameters.
    pub(super) fn essence(self) -> &'static str {
        self.media().split(';').next().unwrap_or_default()
    }

    /// What a file of it is called.
    fn file(self, name: &str) -> Option<String> {
        Some(format!("{name}{}", self.suffix()))
    }

    /// Writes these outputs after those that stand in the text already.
    fn write(self, records: &[Record], text: &mut String) -> Result<()> {
        if text.is_empty() {
            match self {
                Self::Csl => text.push_str("[\n"),
                Self::Csv => text.push_str(&table::names()),
                Self::Bibtex | Self::Ris => {}
            }
        }
        for record in records {
            match self {
                Self::Bibtex => {
                    text.push_str(if text.is_empty() { "" } else { "\n" });
                    text.push_str(&bibliography::bibtex(record));
                }
                Self::Ris => text.push_str(&bibliography::ris(record)),
                Self::Csl => {
                    text.push_str(if text.len() > 2 { ",\n" } else { "" });
                    text.push_str(&Json::Object(bibliography::csl(record)).to_string());
                }
                Self::Csv => text.push_str(&table::entry(record)?),
            }
        }
        Ok(())
    }

    fn end(self, text: &mut String) {
        if self == Self::Csl {
            text.push_str("\n]\n");
        }
    }
}

/// Answers with one output.
pub(super) async fn one(
    api: &Api,
    (reference, format): (&str, Format),
    raw: Option<&str>,
) -> Result<Response> {
    grammar::read_nothing(raw)?;
    let document = match api.store.locate(&OUTPUT, reference).await? {
        Located::Here(document) => *document,
        Located::Moved(document) => {
            let last = format!("{}{}", document.slug, format.suffix());
            return respond::moved(api.path(&[OUTPUT.plural, &last]));
        }
        Located::Gone => return Err(Problem::Gone),
        Located::Unknown => return Err(Problem::NotFound),
    };
    let site = Site::load(api).await?;
    let mut tags = Tags::item(&OUTPUT, &document.id);
    let records = records(api, &site, &[document], &mut tags).await?;
    let mut body = String::new();
    format.write(&records, &mut body)?;
    format.end(&mut body);
    let record = records.first().ok_or(Problem::NotFound)?;
    Answer {
        content_type: Some(format.media()),
        file: format.file(record.key()),
        body,
        last_modified: record.text("updated_at").and_then(|time| time.parse().ok()),
        link: Some(format!("<{}>; rel=\"describes\"; type=\"text/html\"", record.page)),
        tags,
        ..Answer::default()
    }
    .respond(api.clock.now())
}

/// A list that belongs to an item: the item's type, and which list.
type Of = Option<(&'static ContentType, &'static Inverse)>;

/// The addresses of lists of outputs in other formats than ours, and of citations.
pub(super) fn routes() -> Router<Arc<Api>> {
    let all = format!("/api/v1/{}", OUTPUT.plural);
    let mut router = Router::new().route(&format!("{all}/{{reference}}/citation"), get(cited));
    let mut lists: Vec<(String, Of)> = vec![(all, None)];
    for of in TYPES {
        for inverse in of.inverses.iter().filter(|inverse| inverse.from == OUTPUT.name) {
            let address = format!("/api/v1/{}/{{reference}}/{}", of.plural, inverse.name);
            lists.push((address, Some((of, inverse))));
        }
    }
    for (address, of) in lists {
        for told in Format::OF_LISTS.map(Told::As).into_iter().chain([Told::Cited]) {
            let list = move |api, reference, query| list(of, told, api, reference, query);
            router = router.route(&format!("{address}{}", told.suffix()), get(list));
        }
    }
    router
}

async fn list(
    of: Of,
    told: Told,
    State(api): Shared,
    reference: Reference,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let api = &api.at_one_moment().await?;
    let Some((of, inverse)) = of else { return all(api, None, told, query.as_deref()).await };
    let within = Within { inverse, of, reference: &named(reference)? };
    all(api, Some(within), told, query.as_deref()).await
}

async fn cited(State(api): Shared, reference: Reference, RawQuery(query): RawQuery) -> Result<Response> {
    citation::one(&api.at_one_moment().await?, &named(reference)?, query.as_deref()).await
}

/// How a list is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// Whole, in a format.
    As(Format),
    /// A part at a time, as citations.
    Cited,
}

impl Told {
    /// What an address of such a list ends with.
    const fn suffix(self) -> &'static str {
        match self {
            Self::As(format) => format.suffix(),
            Self::Cited => SUFFIX,
        }
    }
}

/// Answers with a list of outputs.
async fn all(api: &Api, within: Option<Within<'_>>, told: Told, raw: Option<&str>) -> Result<Response> {
    let query = Query::read(raw)?;
    match told {
        Told::As(format) => whole(api, within, format, &query).await,
        Told::Cited => citation::bibliography(api, within, &query).await,
    }
}

/// Where the same list is now, if the item that it belongs to has another address by now.
async fn elsewhere(
    api: &Api,
    within: Option<Within<'_>>,
    suffix: &str,
    query: &Query,
) -> Result<Option<Response>> {
    let Some(Within { inverse, of, reference }) = within else { return Ok(None) };
    let last = format!("{}{suffix}", inverse.name);
    Ok(match item::find(api, of, reference, &[&last], query).await? {
        Found::Here(_) => None,
        Found::Elsewhere(response) => Some(response),
    })
}

/// Answers with a list, whole.
async fn whole(api: &Api, within: Option<Within<'_>>, format: Format, query: &Query) -> Result<Response> {
    let inverse = within.map(|within| within.inverse);
    let parameters = parameters_of_whole(&OUTPUT, inverse);
    let asked = grammar::read_some(&OUTPUT, inverse, query, &parameters, &[], Faults::default())?;
    if let Some(response) = elsewhere(api, within, format.suffix(), query).await? {
        return Ok(response);
    }
    let now = api.clock.now();
    let selected = super::list::select(api, &OUTPUT, within, query, &asked, now).await?;
    let Selected { mut select, mut tags, .. } = match selected {
        Ok(selected) => selected,
        Err(elsewhere) => return Ok(elsewhere),
    };
    select.limit = PART;
    let site = Site::load(api).await?;
    let mut body = String::new();
    loop {
        let part = part(api, &mut select).await?;
        let records = records(api, &site, &part.0, &mut tags).await?;
        format.write(&records, &mut body)?;
        if !part.1 {
            break;
        }
    }
    format.end(&mut body);
    Answer {
        content_type: Some(format.media()),
        file: format.file(OUTPUT.plural),
        body,
        tags,
        ..Answer::default()
    }
    .respond(now)
}

/// The next part of a list, and whether there is another; the list is then set to that.
async fn part(api: &Api, select: &mut Select) -> Result<(Vec<Document>, bool)> {
    let page = api.store.list(select).await?;
    if page.total > MOST {
        let detail = format!(
            "This list has {} outputs, and at most {MOST} are told at once. Ask for a part of it, for example \
             with year[gte] and year[lte], type or project.",
            page.total
        );
        return Err(Faults::whole("too_many", detail).into());
    }
    let more = match select.order {
        Some(_) => {
            select.cursor = page.next;
            select.cursor.is_some()
        }
        None => {
            select.offset = select.offset.saturating_add(select.limit);
            select.offset < page.total
        }
    };
    Ok((page.items, more))
}

#[cfg(test)]
mod tests;
