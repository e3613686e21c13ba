//! Bibliographies: an output's facts as all formats need them (who is credited how, what kind of work
//! it is in the standards, where it is found), and the formats. It must not say more than what it is
//! given: whoever makes a [`Record`] decides what may be told.

mod bibtex;
mod csl;
mod ris;

use serde_json::{Map, Value as Json};

pub use bibtex::entry as bibtex;
pub use csl::item as csl;
pub use ris::entry as ris;

/// What kind of work an output is: the kinds that the formats tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
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
    #[must_use]
    pub fn of(csl_type: &str) -> Self {
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
pub struct Author {
    /// The part before the comma; the whole name where there is none.
    pub family: String,
    /// The part after the comma. Without it the name is one piece, such as an institution's.
    pub given: Option<String>,
    /// The ORCID iD of the person that the credit leads to.
    pub orcid: Option<String>,
    /// The address of that person's page.
    pub page: Option<String>,
}

impl Author {
    /// Takes a credited name apart.
    #[must_use]
    pub fn read(credited: &str) -> Self {
        let (family, given) = match credited.split_once(',') {
            Some((family, given)) if !family.trim().is_empty() && !given.trim().is_empty() => {
                (family.trim(), Some(spaced(given.trim())))
            }
            _ => (credited.trim(), None),
        };
        Self { family: family.to_owned(), given, orcid: None, page: None }
    }

    /// `Tomkins, L`, or the name that is one piece.
    #[must_use]
    pub fn inverted(&self) -> String {
        match &self.given {
            Some(given) => format!("{}, {given}", self.family),
            None => self.family.clone(),
        }
    }

    /// `L Tomkins`, or the name that is one piece.
    #[must_use]
    pub fn straight(&self) -> String {
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
pub struct Record {
    /// The item as the API shows it at this moment.
    pub face: Map<String, Json>,
    /// What kind of work it is.
    pub kind: Kind,
    /// Its type in CSL 1.0.2; `None` where the vocabulary does not say one that exists.
    pub csl_type: Option<String>,
    /// Its type among the COAR resource types, where the vocabulary says one.
    pub coar_type: Option<String>,
    /// What the centre calls its type.
    pub type_label: String,
    /// Who is credited, in the order of the publication.
    pub authors: Vec<Author>,
    /// The address of its page on the public site.
    pub page: String,
    /// The address of its file, where anyone may have it.
    pub file: Option<String>,
}

impl Record {
    /// A property that is a text, where it has a value.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.face.get(name).and_then(Json::as_str).filter(|text| !text.is_empty())
    }

    /// The year of publication.
    #[must_use]
    pub fn year(&self) -> Option<i64> {
        self.face.get("year").and_then(Json::as_i64)
    }

    /// What it is called in a bibliography: its slug, which no other published output has, and which
    /// stays while titles and years are corrected.
    #[must_use]
    pub fn key(&self) -> &str {
        self.text("slug").unwrap_or_default()
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        self.text("title").unwrap_or_default()
    }

    /// Where it is found: its own link, else its page on the public site.
    #[must_use]
    pub fn address(&self) -> &str {
        self.text("link").unwrap_or(&self.page)
    }

    /// The address of its file, where anyone may have it.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The first and the last page; the whole text where it is not a range.
    #[must_use]
    pub fn pages(&self) -> Option<(&str, Option<&str>)> {
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
    #[must_use]
    pub fn projects(&self) -> Vec<(&str, &str, &str)> {
        let rows = self.face.get("projects").and_then(Json::as_array).into_iter().flatten();
        rows.filter_map(|row| {
            let project = row.get("project")?;
            let text = |name: &str| project.get(name).and_then(Json::as_str).unwrap_or_default();
            Some((text("code"), text("title"), text("path")))
        })
        .collect()
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
