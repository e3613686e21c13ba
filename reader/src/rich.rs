//! Rich text: HTML of a few elements, which may be shown as it is. Nothing of what comes in is passed
//! on: it is read into blocks, and these are written. So one text has one spelling, and what is read
//! again, here or in the admin's editor, is written the same. It must not know what its links to our
//! own items lead to.
//!
//! A text is paragraphs, headings 2–4, lists, quotations, tables and figures. Lists hold paragraphs
//! and lists; quotations and cells do too; nothing else nests. In a line stand words, line breaks and
//! the marks strong, em, sub, sup and a. An own item is named by its id: `<a href="recto:ID">`, and
//! of the media library `<figure><img src="recto:ID" alt="…"></figure>`.

mod address;
mod block;
mod read;
mod table;
mod write;

use crate::markup::{Bounds, TooMuch, parse};

pub use write::{escape, unescape};

/// The most characters of a text, read or written.
pub const CHARACTERS: usize = Bounds::TEXT.characters;

/// The most lists in each other. What is written opens two elements for each, which is to be read
/// again: see [`crate::markup::DEPTH`].
const LISTS: usize = 100;

/// The most blocks and cells: the shortest is written as seven characters, so that no text of
/// [`CHARACTERS`] has as many.
const PARTS: usize = 30_000;

/// The most bytes of an address or of what an image shows.
const ATTRIBUTE: usize = 8_000;

/// What rich text may hold of this markup, in its one spelling; that of what was written is itself.
///
/// # Errors
/// Where a bound is met, of what is read or of what would be written.
pub fn normalise(markup: &str) -> Result<String, TooMuch> {
    let tree = parse(markup, &Bounds::TEXT)?;
    let written = write::blocks(&read::blocks(&tree)?)?;
    match written.chars().count() {
        length if length > CHARACTERS => Err(TooMuch::Long(length, CHARACTERS)),
        _ => Ok(written),
    }
}

/// A plain text as rich text: a paragraph for each of its lines.
///
/// # Errors
/// Where it is too long to be written.
pub fn from_plain(text: &str) -> Result<String, TooMuch> {
    write::blocks(&block::of_plain(text))
}

#[cfg(test)]
mod tests;
