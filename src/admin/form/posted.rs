//! Reading a posted form: pairs of names and texts, bounded. Names are paths, `team.0.role`. It
//! must not judge what was typed.

use std::collections::BTreeMap;

use axum::body::{self, Body};
use axum::extract::rejection::StringRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::Response;
use percent_encoding::percent_decode_str;

use super::outputs::{COLUMNS, OutputRow, Outputs};
use super::rich::Rich;
use super::{Draft, DraftRow};
use crate::admin::{SHOWN_MAX, failure};
use crate::content::validate::ROWS_MAX;
use crate::content::{ContentType, Field, Id, Kind};

/// The most inputs that one form has: two thousand rows of eight, and the rest.
const PAIRS_MAX: usize = 20_000;

/// A version that no item ever has: they begin with 1.
const NEVER: i64 = 0;

/// How many bytes HTML takes for a text.
pub(in crate::admin) fn shown_bytes(text: &str) -> usize {
    let marks = text.bytes().map(|byte| match byte {
        b'"' => 5,
        b'&' => 4,
        b'<' | b'>' => 3,
        _ => 0,
    });
    text.len() + marks.sum::<usize>()
}

/// A posted form.
#[derive(Clone, Debug, Default)]
pub(in crate::admin) struct Posted(Vec<(String, String)>);

/// A handler takes a form as its last argument. Where it cannot be read, the page that says so is the answer:
/// it is too large, or not UTF-8.
impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let body = String::from_request(request, state).await.map_err(|rejection| {
            failure::unreadable(match rejection {
                StringRejection::InvalidUtf8(_) => StatusCode::BAD_REQUEST,
                other => other.status(),
            })
        })?;
        Self::parse(&body).map_err(|unreadable| *unreadable)
    }
}

impl Posted {
    /// Reads a body of which so many bytes are read at most, whatever its address takes.
    ///
    /// # Errors
    /// The page that says what is wrong with it: too large, or not UTF-8.
    pub(in crate::admin) async fn read_bounded(body: Body, most: usize) -> Result<Self, Box<Response>> {
        let unreadable = |status| Box::new(failure::unreadable(status));
        let body = body::to_bytes(body, most).await.map_err(|_| unreadable(StatusCode::PAYLOAD_TOO_LARGE))?;
        let body = std::str::from_utf8(&body).map_err(|_| unreadable(StatusCode::BAD_REQUEST))?;
        Self::parse(body)
    }

    /// The same for a body that is text already.
    pub(in crate::admin) fn parse(body: &str) -> Result<Self, Box<Response>> {
        let (mut pairs, mut shown) = (Vec::new(), 0);
        for pair in body.split('&').filter(|pair| !pair.is_empty()) {
            if pairs.len() == PAIRS_MAX {
                return Err(Box::new(failure::too_many_inputs(PAIRS_MAX)));
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |text: &str| {
                let spaced = text.replace('+', " ");
                percent_decode_str(&spaced).decode_utf8().map(|text| text.into_owned())
            };
            match (decode(name), decode(value)) {
                (Ok(name), Ok(value)) => {
                    shown += shown_bytes(&value);
                    pairs.push((name, value));
                }
                _ => return Err(Box::new(failure::unreadable(StatusCode::BAD_REQUEST))),
            }
        }
        if shown > SHOWN_MAX {
            return Err(Box::new(failure::unreadable(StatusCode::PAYLOAD_TOO_LARGE)));
        }
        Ok(Self(pairs))
    }

    /// A form that was read otherwise.
    pub(in crate::admin) fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Puts a text in the place of whatever inputs of this name hold.
    pub(in crate::admin) fn put(&mut self, name: &str, value: &str) {
        self.0.retain(|(one, _)| one != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// All inputs in their order.
    pub(in crate::admin) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// What the last input of this name holds: a button's name follows that of the default one.
    pub(in crate::admin) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// What every input of this name holds.
    pub(in crate::admin) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(one, _)| one == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The rows of a table of outputs that is a form of its own; those that were not sent are blank.
    pub(in crate::admin) fn outputs(&self) -> Vec<OutputRow> {
        let mut outputs = Outputs::default();
        for (name, value) in &self.0 {
            let mut parts = name.split('.');
            if let (Some("outputs"), Some(at), Some(column), None) =
                (parts.next(), parts.next(), parts.next(), parts.next())
                && let Some(at) = row_number(at)
            {
                put_output(&mut outputs, at, column, value);
            }
        }
        outputs.rows
    }

    /// What stands in a plain field.
    pub(super) fn text(&self, name: &str) -> String {
        newlines(self.get(name).unwrap_or_default())
    }

    /// The form of an item, whose rich texts were read. Of a project that is there, the table is left alone
    /// where it did not come: in a browser that runs scripts it stands in no form until the grid has grown.
    pub(super) fn draft(
        &self,
        content_type: &'static ContentType,
        id: Id,
        rich: BTreeMap<&'static str, Rich>,
    ) -> Draft {
        let mut draft = Draft {
            content_type,
            id,
            version: self.get("version").and_then(version),
            slug: self.get("slug").unwrap_or_default().to_owned(),
            texts: Default::default(),
            rich,
            rows: Default::default(),
            finds: Default::default(),
            outputs: (content_type.name == "project").then(Outputs::default),
        };
        for field in content_type.fields {
            match field.kind {
                Kind::Many { .. } => drop(draft.rows.insert(field.name, Vec::new())),
                Kind::Html => {}
                _ => drop(draft.texts.insert(field.name, self.text(field.name))),
            }
        }
        if draft.version.is_some() && !self.0.iter().any(|(name, _)| name.starts_with("outputs.")) {
            draft.outputs = None;
        }
        for (name, value) in &self.0 {
            let mut parts = name.split('.');
            match (parts.next(), parts.next(), parts.next(), parts.next()) {
                (Some(field), Some("find"), None, None) => {
                    if let Some(field) = content_type.field(field) {
                        draft.finds.insert(field.name, value.clone());
                    }
                }
                // The grid saves its rows by itself.
                (Some("outputs"), Some("apart"), None, None) => draft.outputs = None,
                (Some("outputs"), Some("removed"), None, None) => {
                    if let Some(outputs) = &mut draft.outputs {
                        outputs.remember_removed(value);
                    }
                }
                (Some("outputs"), Some(at), Some(column), None) if draft.outputs.is_some() => {
                    if let (Some(outputs), Some(at)) = (&mut draft.outputs, row_number(at)) {
                        put_output(outputs, at, column, value);
                    }
                }
                (Some(name), Some(at), Some(column), None) => {
                    if let (Some(field), Some(at)) = (content_type.field(name), row_number(at)) {
                        put_cell(&mut draft, field, at, column, value);
                    }
                }
                // One radio button for all rows: the number of the row that is marked.
                (Some(name), Some(column), None, None) => {
                    if let (Some(field), Some(at)) = (content_type.field(name), row_number(value)) {
                        put_cell(&mut draft, field, at, column, "true");
                    }
                }
                _ => {}
            }
        }
        draft
    }
}

/// The version that a form was made from; none of what is new. What is no number names one that never was,
/// so that nothing is taken for what was seen.
pub(in crate::admin) fn version(text: &str) -> Option<i64> {
    (!text.is_empty()).then(|| text.parse().unwrap_or(NEVER))
}

/// Browsers send line breaks as CRLF; we keep LF.
fn newlines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn row_number(text: &str) -> Option<usize> {
    text.parse().ok().filter(|at| *at <= ROWS_MAX)
}

/// The row at this place, made if need be.
fn row_at<T>(rows: &mut Vec<T>, at: usize, new: impl Fn() -> T) -> Option<&mut T> {
    while rows.len() <= at {
        rows.push(new());
    }
    rows.get_mut(at)
}

fn put_cell(draft: &mut Draft, field: &'static Field, at: usize, column: &str, value: &str) {
    let Some(rows) = draft.rows.get_mut(field.name) else { return };
    let Some(row) = row_at(rows, at, || DraftRow::new(field, None)) else { return };
    if column == "target" {
        row.target = value.parse().ok();
    } else if let Some(place) = field.columns().iter().position(|one| one.name == column)
        && let Some(cell) = row.cells.get_mut(place)
    {
        value.clone_into(cell);
    }
}

fn put_output(outputs: &mut Outputs, at: usize, column: &str, value: &str) {
    let Some(row) = row_at(&mut outputs.rows, at, OutputRow::blank) else { return };
    match column {
        "id" => {
            if let Ok(id) = value.parse() {
                row.id = id;
            }
        }
        "version" => row.version = version(value),
        _ => {
            if let Some(place) = COLUMNS.iter().position(|one| *one == column)
                && let Some(cell) = row.cells.get_mut(place)
            {
                *cell = newlines(value).replace('\n', " ");
            }
        }
    }
}
