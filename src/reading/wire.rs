//! What the two processes say to each other: a line of JSON and the text as it is, and JSON back.

use recto_reader::import::answers::Service;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::import::{BYTES_MAX, Format, Sheet};

/// The longest question, in bytes: a file, and the labels of all types.
pub(super) const ASKED_MAX: usize = BYTES_MAX + (1 << 20);
/// The longest answer, in bytes. What is read is at most twice as long as its text and a bit
/// (`recto_reader`); JSON writes some characters as two.
pub(super) const ANSWER_MAX: usize = 128 << 20;

/// What the process is to read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Ask {
    /// A file, of whatever encoding.
    File { format: Option<Format>, types: Vec<String> },
    /// What was pasted: its first bytes as HTML, the rest as text.
    Clipboard { format: Option<Format>, types: Vec<String>, html: usize },
    /// An answer of a registry.
    Answer(Service),
}

/// What the process has read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// A table.
    Sheet(Sheet),
    /// The cells of each work.
    Works(Vec<Vec<String>>),
    /// Why it cannot be read.
    Refused(String),
}

/// A question with its text.
pub(super) fn asked(ask: &Ask, text: &[u8]) -> Result<Vec<u8>> {
    let mut asked = serde_json::to_vec(ask).map_err(Error::internal)?;
    asked.reserve_exact(text.len() + 1);
    asked.push(b'\n');
    asked.extend_from_slice(text);
    Ok(asked)
}

/// A question, and its text.
pub(super) fn ask(asked: &[u8]) -> Option<(Ask, &[u8])> {
    let end = asked.iter().position(|b| *b == b'\n')?;
    let (line, text) = (asked.get(..end)?, asked.get(end + 1..)?);
    Some((serde_json::from_slice(line).ok()?, text))
}

/// An answer, if it is one.
pub(super) fn answer(said: &[u8]) -> Option<Answer> {
    serde_json::from_slice(said).ok()
}
