//! An entry as cells: its LaTeX resolved by biblatex, which sees one entry at a time, no names that
//! stand for other texts, and no field that leads elsewhere. What it follows down or takes apart
//! piece by piece is counted before. It must not know other entries.

use std::rc::Rc;

use biblatex::{
    Bibliography, ChunksExt as _, Entry, EntryType, Field, Pair, Person, RawBibliography, RawChunk, RawEntry,
    Spanned,
};

use super::strings::Strings;
use super::{COLUMNS, DEPTH_MAX, MARKS_MAX};
use crate::clean::shorten;
use crate::import::CELL_MAX;

/// How many cells a work has.
const WIDTH: usize = COLUMNS.len();

/// The fields that are read.
const FIELDS: [&str; 36] = [
    "title",
    "subtitle",
    "type",
    "author",
    "editor",
    "editora",
    "editorb",
    "editorc",
    "editortype",
    "editoratype",
    "editorbtype",
    "editorctype",
    "date",
    "year",
    "issued",
    "note",
    "addendum",
    "doi",
    "url",
    "link",
    "journaltitle",
    "journal",
    "booktitle",
    "maintitle",
    "series",
    "publisher",
    "institution",
    "school",
    "organization",
    "volume",
    "number",
    "issue",
    "pages",
    "isbn",
    "issn",
    "abstract",
];

/// How much work may still be done, in steps of about a character each.
pub(super) struct Budget(usize);

impl Budget {
    /// Work in proportion to the text: more than any bibliography needs that says each thing once.
    pub(super) fn of(text: &str) -> Self {
        Self(text.len().saturating_mul(12).saturating_add(6_000_000))
    }

    /// Takes steps of it.
    ///
    /// # Errors
    /// A sentence, where there are not so many left.
    pub(super) fn take(&mut self, steps: usize) -> Result<(), String> {
        match self.0.checked_sub(steps) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => {
                // What would not fit is as good as done: whoever asks for much does not go on with little.
                self.0 = 0;
                Err("There is no work left for it.".to_owned())
            }
        }
    }

    /// Whether all of it is done.
    pub(super) const fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

/// A work: the texts of its columns, shared with those that borrow them.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) kind: EntryType,
    pub(super) cells: [Option<Rc<str>>; WIDTH],
    /// What it is part of, where nothing else says that.
    pub(super) series: Option<Rc<str>>,
}

impl Work {
    /// Reads an entry.
    ///
    /// # Errors
    /// A sentence that says why it is left out.
    pub(super) fn read<'text>(
        entry: &RawEntry<'text>,
        strings: &Strings<'text>,
        budget: &mut Budget,
    ) -> Result<Self, String> {
        let mut fields = Vec::new();
        for pair in &entry.fields {
            let known =
                FIELDS.iter().chain(&["annotation"]).find(|name| name.eq_ignore_ascii_case(pair.key.v));
            let Some(name) = known else { continue };
            let value = strings.expanded(&pair.value.v).map_err(|why| format!("Its field ‘{name}’ {why}"))?;
            budget.take(steps(name, &value)?)?;
            fields.push(Pair::new(Spanned::detached(*name), Spanned::detached(value)));
        }
        let alone = RawEntry { key: Spanned::detached("work"), kind: entry.kind.clone(), fields };
        let raw = RawBibliography {
            preamble: String::new(),
            entries: vec![Spanned::detached(alone)],
            abbreviations: Vec::new(),
        };
        let read = Bibliography::from_raw(raw).map_err(|error| {
            let why = error.kind.to_string();
            format!("It cannot be read: {}.", shorten(&why, 200))
        })?;
        read.iter().next().map(Self::of).ok_or_else(|| "It holds nothing.".to_owned())
    }

    fn of(entry: &Entry) -> Self {
        let get = |name: &str| entry.get(name).map(|chunks| chunks.format_verbatim()).unwrap_or_default();
        let first = |names: &[&str]| {
            names.iter().map(|name| get(name)).find(|text| !text.is_empty()).unwrap_or_default()
        };
        let title = match (get("title"), get("subtitle")) {
            (title, subtitle) if subtitle.is_empty() => title,
            (title, subtitle) => format!("{title}: {subtitle}"),
        };
        let kind = match get("type") {
            said if said.is_empty() => kind(&entry.entry_type).to_owned(),
            said => said,
        };
        // A work without authors has editors.
        let people = entry.author().ok().filter(|people| !people.is_empty()).or_else(|| {
            let editors = entry.editors().ok()?;
            Some(editors.into_iter().flat_map(|(people, _)| people).collect())
        });
        let authors: Vec<String> =
            people.unwrap_or_default().iter().map(name).filter(|name| name != "others").collect();
        let cells = [
            title,
            kind,
            authors.join("; "),
            first(&["date", "year", "issued"]),
            first(&["note", "addendum"]),
            get("doi"),
            first(&["url", "link"]),
            first(&["journaltitle", "journal", "booktitle", "maintitle"]),
            first(&["publisher", "institution", "school", "organization"]),
            get("volume"),
            first(&["number", "issue"]),
            first(&["pages"]).replace("---", "–").replace("--", "–"),
            get("isbn"),
            get("issn"),
            first(&["abstract", "annotation"]),
        ];
        // One more than a cell takes, so that it is told that it was cut.
        let shared = |text: String| match shorten(text.trim(), CELL_MAX + 1) {
            "" => None,
            text => Some(Rc::from(text)),
        };
        Self { kind: entry.entry_type.clone(), cells: cells.map(shared), series: shared(get("series")) }
    }

    /// The text of a column.
    pub(super) fn cell(&self, column: &str) -> Option<Rc<str>> {
        let at = COLUMNS.iter().position(|name| *name == column);
        at.and_then(|at| self.cells.get(at)).cloned().flatten()
    }

    /// Takes a text over where the column has none.
    pub(super) fn fill(&mut self, column: &str, text: &Option<Rc<str>>) {
        let at = COLUMNS.iter().position(|name| *name == column);
        if let Some(cell) = at.and_then(|at| self.cells.get_mut(at)).filter(|cell| cell.is_none()) {
            cell.clone_from(text);
        }
    }

    /// Whether it only lends fields to others, and is no work of its own.
    pub(super) const fn only_lends(&self) -> bool {
        matches!(self.kind, EntryType::XData | EntryType::Set)
    }
}

/// How much work the resolver has with a field. It follows the arguments of commands down, reading each
/// again in each; and puts pieces between braces together by moving all that follow.
///
/// # Errors
/// Where there are too many braces, or they are nested too deeply.
fn steps(name: &str, field: &Field<'_>) -> Result<usize, String> {
    let (mut characters, mut marks, mut deepest) = (0_usize, field.len(), 0_usize);
    for piece in field {
        let RawChunk::Normal(text) = piece.v else { continue };
        let mut depth = 0_usize;
        for c in text.chars() {
            characters += 1;
            // Also those that are escaped: within a command the resolver counts them.
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                '$' => {}
                _ => continue,
            }
            marks += 1;
            deepest = deepest.max(depth);
        }
    }
    if deepest > DEPTH_MAX {
        return Err("Its braces are nested too deeply.".to_owned());
    }
    if marks > MARKS_MAX {
        return Err(format!("Its field ‘{name}’ has more than 2,000 braces and parts."));
    }
    Ok(characters.saturating_mul(deepest + 1).saturating_add(marks * marks / 4))
}

/// `Family, Given`, with what stands before and behind the family name.
fn name(person: &Person) -> String {
    let family = [person.prefix.as_str(), person.name.as_str()].join(" ");
    let given = [person.given_name.as_str(), person.suffix.as_str()].join(" ");
    let name = [family.trim(), given.trim()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    name.join(", ").replace(';', ",")
}

/// An entry's type in words; nothing for those that say nothing.
fn kind(of: &EntryType) -> &'static str {
    match of {
        EntryType::Article | EntryType::Periodical | EntryType::SuppPeriodical => "Journal article",
        EntryType::Book | EntryType::MvBook | EntryType::Collection | EntryType::MvCollection => "Book",
        EntryType::InBook | EntryType::InCollection | EntryType::BookInBook | EntryType::SuppBook => {
            "Book chapter"
        }
        EntryType::InProceedings => "Conference paper",
        EntryType::Report | EntryType::TechReport => "Report",
        EntryType::Thesis | EntryType::PhdThesis | EntryType::MastersThesis => "Thesis",
        EntryType::Dataset => "Dataset",
        EntryType::Online => "Web page",
        _ => "",
    }
}
