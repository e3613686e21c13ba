//! A bibliography taken apart into entries and `@string`s, by biblatex's lexer, which follows nothing
//! down. It must not look into fields.

use std::borrow::Cow;

use biblatex::{Pair, RawBibliography, RawEntry};

use crate::clean::shorten;

/// An entry with its number among the entries.
pub(super) struct Numbered<'text> {
    pub(super) number: usize,
    pub(super) entry: RawEntry<'text>,
}

/// What a bibliography consists of.
#[derive(Default)]
pub(super) struct Parts<'text> {
    pub(super) entries: Vec<Numbered<'text>>,
    pub(super) strings: Vec<Pair<'text>>,
    /// Where something is broken, and why.
    pub(super) broken: Vec<(String, String)>,
}

/// Commands for the look of words, which the resolver would leave standing.
const LOOKS: [&str; 9] =
    ["emph", "textit", "textbf", "textsc", "texttt", "textrm", "mkbibemph", "mkbibquote", "enquote"];

/// LaTeX that the resolver does not know in a way that it does. Under an accent an i has no dot,
/// `\"{\i}`; the resolver wants the plain letter.
pub(super) fn simplified(text: &str) -> String {
    let mut plain = text.to_owned();
    for look in LOOKS {
        let command = format!("\\{look}{{");
        if plain.contains(&command) {
            plain = plain.replace(&command, "{");
        }
    }
    for letter in ["i", "j"] {
        for accent in ['"', '\'', '`', '^', '~', '=', '.'] {
            for (before, after) in [("{\\", "}"), ("\\", " "), ("\\", "")] {
                let dotless = format!("\\{accent}{before}{letter}{after}");
                if plain.contains(&dotless) {
                    plain = plain.replace(&dotless, &format!("\\{accent}{{{letter}}}"));
                }
            }
        }
    }
    plain
}

impl<'text> Parts<'text> {
    /// The whole text at once; nothing where any of it is broken.
    pub(super) fn of_whole(text: &'text str) -> Option<Self> {
        let whole = RawBibliography::parse(text).ok()?;
        // An entry that breaks off behind its brace takes the next one for its key.
        if whole.entries.iter().any(|entry| entry.v.key.v.contains('{')) {
            return None;
        }
        let entries = whole.entries.into_iter().enumerate();
        let entries = entries.map(|(at, entry)| Numbered { number: at + 1, entry: entry.v });
        Some(Self { entries: entries.collect(), strings: whole.abbreviations, broken: Vec::new() })
    }

    /// Each piece of [`split`] on its own, so that what is broken costs itself alone.
    pub(super) fn of_pieces(pieces: &'text [Cow<'text, str>]) -> Self {
        let mut parts = Self::default();
        let mut number = 0;
        for piece in pieces {
            let name: String = piece.chars().skip(1).take_while(char::is_ascii_alphabetic).take(20).collect();
            let aside = ["string", "comment", "preamble"].iter().any(|one| name.eq_ignore_ascii_case(one));
            number += usize::from(!aside);
            let mut break_off = |why: String| {
                let place =
                    if aside { format!("@{name}") } else { format!("Entry {number} ({})", key(piece)) };
                parts.broken.push((place, why));
            };
            match RawBibliography::parse(piece) {
                Ok(one) if one.entries.is_empty() && !aside => break_off("It holds nothing.".to_owned()),
                Ok(one) => {
                    let entries = one.entries.into_iter();
                    parts.entries.extend(entries.map(|entry| Numbered { number, entry: entry.v }));
                    parts.strings.extend(one.abbreviations);
                }
                Err(_) if aside && !name.eq_ignore_ascii_case("string") => {}
                Err(error) => break_off(format!("It cannot be read: {}.", error.kind)),
            }
        }
        parts
    }
}

/// The pieces that begin with `@` at the beginning of a line.
pub(super) fn split(text: &str) -> Vec<Cow<'_, str>> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        if line.trim_start().starts_with('@') {
            starts.push(at + indent);
        }
        at += line.len();
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    let pieces = starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end));
    pieces.map(braced).collect()
}

/// BibTeX takes round brackets around an entry too, `@string(…)`; the lexer does not.
fn braced(piece: &str) -> Cow<'_, str> {
    let name = piece.chars().skip(1).take_while(char::is_ascii_alphabetic).count() + 1;
    let (head, rest) = piece.split_at_checked(name).unwrap_or((piece, ""));
    match rest.trim_start().strip_prefix('(').and_then(|inner| inner.rsplit_once(')')) {
        Some((inner, _)) => Cow::Owned(format!("{head}{{{inner}}}\n")),
        None => Cow::Borrowed(piece),
    }
}

/// What an entry is called, as far as that can be told of a broken one.
fn key(piece: &str) -> String {
    let rest = shorten(piece, 200).split_once(['{', '(']).map_or("", |(_, rest)| rest);
    let key: String = rest.chars().take_while(|c| !matches!(c, ',' | '\n' | '=' | '}')).take(60).collect();
    key.trim().to_owned()
}
