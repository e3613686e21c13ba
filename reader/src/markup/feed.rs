//! Feeding the parser piece by piece, so that a tag that does not end is noticed: until it ends, the
//! gate hears nothing of it. It must not look at what a piece says.

use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::create_element;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{QualName, TokenizerResult, local_name, ns};

use super::gate::Gate;
use super::sink::Sink;
use super::tree::Tree;
use super::unended::Unended;
use super::{Bounds, TooMuch};
use crate::text::cut;

/// The longest piece.
const PIECE: usize = 1024;

/// The tree of a text.
pub(super) fn tree(text: &str, bounds: &Bounds) -> Result<Tree, TooMuch> {
    let sink = Sink::new();
    let body = create_element(&sink, QualName::new(None, ns!(html), local_name!("body")), Vec::new());
    let builder = TreeBuilder::new_for_fragment(sink, body, None, TreeBuilderOpts::default());
    // It would take the mark away at the start of each piece.
    let options = TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() };
    let tokenizer = Tokenizer::new(Gate::new(builder, bounds), options);
    let queue = BufferQueue::default();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut unended = Unended::default();
    while !rest.is_empty() {
        let piece = piece(rest);
        rest = rest.get(piece.len()..).unwrap_or_default();
        let before = tokenizer.sink.tokens();
        queue.push_back(StrTendril::from_slice(piece));
        // It stops at scripts and encodings, for others to act on.
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        unended.saw(piece, tokenizer.sink.tokens() > before)?;
        if let Some(met) = tokenizer.sink.met() {
            return Err(met);
        }
    }
    tokenizer.end();
    match tokenizer.sink.met() {
        Some(met) => Err(met),
        None => Ok(tokenizer.sink.into_sink().into_tree()),
    }
}

/// The next piece: a tag begins one, and never stands behind another.
fn piece(rest: &str) -> &str {
    let part = cut(rest, PIECE);
    match part.bytes().skip(1).position(|byte| byte == b'<') {
        Some(before) => cut(part, before + 1),
        None => part,
    }
}
