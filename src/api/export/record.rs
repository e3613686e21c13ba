//! An output's bibliographic facts, as all formats need them: who is credited how, what kind of
//! work it is in the standards, where it is found. It must not say more than the public JSON does.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};

use super::super::Api;
use super::super::problem::Result;
use super::super::represent::{references, represent};
use super::super::shape::{self, Wanted};
use super::super::site::Site;
use crate::content::ContentType;
use crate::content::types::OPEN;
use crate::published::{Document, Shown};

/// What kind of work an output is: the kinds that the formats tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum Kind {
    /// In a journal, magazine or newspaper.
    Article,
    /// A whole book.
    Book,
    /// A part of a book.
    Chapter,
    /// In the proceedings of a conference.
    Paper,
    /// A report.
    Report,
    /// A thesis.
    Thesis,
    /// Data.
    Dataset,
    /// Something on a web site.
    Post,
    /// Anything else.
    Other,
}

impl Kind {
    /// The kind that a type of CSL 1.0.2 (appendix III) belongs to.
    fn of(csl_type: &str) -> Self {
        match csl_type {
            "article" | "article-journal" | "article-magazine" | "article-newspaper" => Self::Article,
            "book" => Self::Book,
            "chapter" | "entry-encyclopedia" | "entry-dictionary" => Self::Chapter,
            "paper-conference" => Self::Paper,
            "report" => Self::Report,
            "thesis" => Self::Thesis,
            "dataset" => Self::Dataset,
            "post" | "post-weblog" | "webpage" => Self::Post,
            _ => Self::Other,
        }
    }
}

/// One author, as credited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::api) struct Author {
    /// The part before the comma; the whole name where there is none.
    pub(in crate::api) family: String,
    /// The part after the comma. Without it the name is one piece, such as an institution's.
    pub(in crate::api) given: Option<String>,
    /// The ORCID iD of the person that the credit leads to.
    pub(in crate::api) orcid: Option<String>,
    /// The address of that person's page.
    pub(in crate::api) page: Option<String>,
}

impl Author {
    /// Takes a credited name apart.
    pub(super) fn read(credited: &str) -> Self {
        let (family, given) = match credited.split_once(',') {
            Some((family, given)) if !family.trim().is_empty() && !given.trim().is_empty() => {
                (family.trim(), Some(spaced(given.trim())))
            }
            _ => (credited.trim(), None),
        };
        Self { family: family.to_owned(), given, orcid: None, page: None }
    }

    /// `Tomkins, L`, or the name that is one piece.
    pub(in crate::api) fn inverted(&self) -> String {
        match &self.given {
            Some(given) => format!("{}, {given}", self.family),
            None => self.family.clone(),
        }
    }

    /// `L Tomkins`, or the name that is one piece.
    pub(in crate::api) fn straight(&self) -> String {
        match &self.given {
            Some(given) => format!("{given} {}", self.family),
            None => self.family.clone(),
        }
    }
}

/// Initials without spaces are several names, not one: `LA` is `L A`.
fn spaced(given: &str) -> String {
    let initials = (2..=4).contains(&given.chars().count()) && given.chars().all(char::is_uppercase);
    if !initials {
        return given.to_owned();
    }
    given.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

/// An output, for a format to write.
#[derive(Clone, Debug)]
pub(in crate::api) struct Record {
    /// The item as the API shows it at this moment.
    pub(in crate::api) face: Map<String, Json>,
    /// What kind of work it is.
    pub(in crate::api) kind: Kind,
    /// Its type in CSL 1.0.2; `None` where the vocabulary does not say one that exists.
    pub(in crate::api) csl_type: Option<String>,
    /// Its type among the COAR resource types, where the vocabulary says one.
    pub(in crate::api) coar_type: Option<String>,
    /// What the centre calls its type.
    pub(in crate::api) type_label: String,
    /// Who is credited, in the order of the publication.
    pub(in crate::api) authors: Vec<Author>,
    /// The address of its page on the public site.
    pub(in crate::api) page: String,
    /// When time alone changes what is told of it.
    pub(in crate::api) changes_at: Option<DateTime<Utc>>,
}

impl Record {
    /// A property that is a text, where it has a value.
    pub(in crate::api) fn text(&self, name: &str) -> Option<&str> {
        self.face.get(name).and_then(Json::as_str).filter(|text| !text.is_empty())
    }

    /// The year of publication.
    pub(in crate::api) fn year(&self) -> Option<i64> {
        self.face.get("year").and_then(Json::as_i64)
    }

    /// What it is called in a bibliography: its slug, which no other published output has, and which
    /// stays while titles and years are corrected.
    pub(in crate::api) fn key(&self) -> &str {
        self.text("slug").unwrap_or_default()
    }

    /// Its title.
    pub(in crate::api) fn title(&self) -> &str {
        self.text("title").unwrap_or_default()
    }

    /// Where it is found: its own link, else its page on the public site.
    pub(in crate::api) fn address(&self) -> &str {
        self.text("link").unwrap_or(&self.page)
    }

    /// The address of its file, where anyone may have it.
    pub(in crate::api) fn file(&self) -> Option<&str> {
        if self.text("availability") != Some(OPEN) {
            return None;
        }
        self.face.get("file")?.get("file")?.as_str()
    }

    /// The first and the last page; the whole text where it is not a range.
    pub(in crate::api) fn pages(&self) -> Option<(&str, Option<&str>)> {
        let pages = self.text("pages")?;
        let split = pages.split_once("--").or_else(|| pages.split_once(['-', '–', '—']));
        let digits = |text: &str| text.chars().any(|c| c.is_ascii_digit());
        Some(match split.map(|(first, last)| (first.trim(), last.trim())) {
            Some((first, last)) if digits(first) && digits(last) && !last.contains(['-', '–', ',']) => {
                (first, Some(last))
            }
            _ => (pages, None),
        })
    }

    /// The codes and titles of its projects that are public, as `(code, title, path)`.
    pub(in crate::api) fn projects(&self) -> Vec<(&str, &str, &str)> {
        let rows = self.face.get("projects").and_then(Json::as_array).into_iter().flatten();
        rows.filter_map(|row| {
            let project = row.get("project")?;
            let text = |name: &str| project.get(name).and_then(Json::as_str).unwrap_or_default();
            Some((text("code"), text("title"), text("path")))
        })
        .collect()
    }
}

/// The records of these outputs, in their order: two statements, however many there are.
pub(in crate::api) async fn records(
    api: &Api,
    site: &Site,
    documents: &[Document],
    now: DateTime<Utc>,
) -> Result<Vec<Record>> {
    let Some(content_type) = documents.first().map(|document| document.content_type) else {
        return Ok(Vec::new());
    };
    let faces = faces(api, content_type, documents, now).await?;
    let mut wanted: Vec<String> = faces.iter().flat_map(|shown| related(&shown.properties)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let related = api.store.titles(&wanted).await?;
    Ok(faces
        .into_iter()
        .zip(documents)
        .map(|(shown, document)| record(shown, document, site, &related))
        .collect())
}

/// The items with every property that the API shows of them.
pub(in crate::api) async fn faces(
    api: &Api,
    content_type: &'static ContentType,
    documents: &[Document],
    now: DateTime<Utc>,
) -> Result<Vec<Shown>> {
    let everything = Wanted::by_default(shape::alone(content_type));
    let shown: Vec<(&Document, &Wanted)> = documents.iter().map(|document| (document, &everything)).collect();
    let references = references(&api.store, &shown).await?;
    Ok(documents.iter().map(|document| represent(document, &references, &everything, now)).collect())
}

/// The ids of what says more than its face: the type and the people.
fn related(face: &Map<String, Json>) -> Vec<String> {
    let people = face.get("authors").and_then(Json::as_array).into_iter().flatten();
    let people = people.filter_map(|row| row.get("person"));
    let ids = face.get("type").into_iter().chain(people).filter_map(|item| item.get("id"));
    ids.filter_map(Json::as_str).map(str::to_owned).collect()
}

fn record(shown: Shown, document: &Document, site: &Site, related: &HashMap<String, Document>) -> Record {
    let face = shown.properties;
    let whole = |item: &Json| related.get(item.get("id")?.as_str()?);
    let term = face.get("type").and_then(whole);
    let said = |name: &str| {
        let text = term.and_then(|term| term.json.get(name)).and_then(Json::as_str);
        text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let csl_type = said("csl_type");
    let rows = face.get("authors").and_then(Json::as_array).into_iter().flatten();
    let authors = rows
        .map(|row| {
            let credited = row.get("name").and_then(Json::as_str).unwrap_or_default();
            let person = row.get("person").and_then(whole);
            let orcid = person.and_then(|person| person.json.get("orcid")).and_then(Json::as_str);
            Author {
                orcid: orcid.map(str::to_owned),
                page: person.map(|person| site.at(&person.path)),
                ..Author::read(credited)
            }
        })
        .collect();
    Record {
        kind: csl_type.as_deref().map_or(Kind::Other, Kind::of),
        csl_type,
        coar_type: said("coar_type"),
        type_label: term.map(|term| term.title.clone()).unwrap_or_default(),
        authors,
        page: site.at(&document.path),
        changes_at: shown.changes_at,
        face,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart_at_the_comma() {
        let read = |name: &str| {
            let author = Author::read(name);
            (author.family, author.given)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("Tomkins, L"), ("Tomkins".to_owned(), some("L")));
        assert_eq!(read("Tomkins, LA"), ("Tomkins".to_owned(), some("L A")));
        assert_eq!(read("de la Cruz , María José"), ("de la Cruz".to_owned(), some("María José")));
        assert_eq!(read("Smith, Jr, John"), ("Smith".to_owned(), some("Jr, John")));
        for whole in ["Home Office", "Tomkins,", ", L"] {
            assert_eq!(read(whole), (whole.to_owned(), None));
        }
    }
}
