//! Markup of whatever shape as a tree, within bounds. The parser is that of the HTML standard, which
//! takes any text; what it may open, make and do is counted token by token, and the first bound that is
//! met ends it. It must not know what a reader looks for.

mod feed;
mod gate;
mod plain;
mod sink;
mod tree;
mod unended;

pub use plain::plain;
pub use tree::{Children, Event, Node, Tree, Walk};

/// How much is read of one text.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most characters.
    pub characters: usize,
    /// The most elements and pieces of text that it may be taken for.
    pub nodes: usize,
    /// The most bytes in the attributes that are kept.
    pub attributes: usize,
    /// The most work: about the open elements that each tag was compared with, in all.
    pub work: usize,
}

impl Bounds {
    /// Of a text that a person writes or pastes into a field. Each is beyond what a text of so many
    /// characters can need: a tag and a word have at least four, and what is written of a text, with
    /// 212 elements open all through it, is to be read again.
    pub const TEXT: Self =
        Self { characters: 200_000, nodes: 100_000, attributes: 1_000_000, work: 20_000_000 };

    /// Of a page that holds tables.
    pub const PAGE: Self =
        Self { characters: 20_000_000, nodes: 400_000, attributes: 8_000_000, work: 20_000_000 };
}

/// The most elements that are open at once, with the formatting that is opened again for each
/// paragraph. A hundred lists in each other need 212; the parser's work grows with it for every tag.
pub const DEPTH: usize = 256;

/// Why a text is not read: a whole sentence that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// Its length.
    #[error("This has {0} characters; shorten it to {1}.")]
    Long(usize, usize),
    /// See [`DEPTH`].
    #[error("This text is nested too deeply. Paste it without formatting, or in parts.")]
    Deep,
    /// Elements, pieces of text, paragraphs and cells.
    #[error("This text has too many parts. Divide it, or paste it without formatting.")]
    Parts,
    /// In one tag or in all.
    #[error("The tags of this text hold too much beside the words. Paste it without formatting.")]
    Attributes,
    /// Tags that are left open or closed in the wrong order, so that all others are compared with them.
    #[error("The formatting of this text is too tangled to be read. Paste it without formatting.")]
    Work,
}

/// The tree of a text that may hold tags, as the inside of a page's body.
///
/// # Errors
/// Where a bound is met.
pub fn parse(text: &str, bounds: &Bounds) -> Result<Tree, TooMuch> {
    // A character has at least a byte, so that most texts are not counted.
    if text.len() > bounds.characters {
        let length = text.chars().count();
        if length > bounds.characters {
            return Err(TooMuch::Long(length, bounds.characters));
        }
    }
    feed::tree(text, bounds)
}

#[cfg(test)]
pub(crate) mod tests;
