//! Rich text: HTML of a few elements, which may be shown as it is. Nothing of what comes in is passed
//! on: it is read into blocks, and these are written. So one text has one spelling, and what is read
//! again, here or in the admin's editor, is written the same. It must not know what its links to our
//! own items lead to.
//!
//! A text is paragraphs, headings 2–4, lists, quotations, tables and figures. Lists hold paragraphs
//! and lists; quotations and cells do too; nothing else nests. In a line stand words, line breaks and
//! the marks strong, em, sub, sup and a. An own item is named by its id: `<a href="recto:ID">`, and
//! of the media library `<figure><img src="recto:ID" alt="…"></figure>`.

mod block;
mod outline;
mod own;
mod read;
mod table;
mod write;

pub use own::{Piece, Still};
pub(crate) use write::escape;

/// Sanitised HTML in its one spelling; see the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

/// The deepest nesting that is read. Parsing takes the square of the depth (the adoption agency
/// algorithm, HTML standard §13.2.6.4.7), and no text that people write comes near it.
const DEPTH: usize = 100;

/// Whether elements stand in each other deeper than [`DEPTH`], by a count of tags alone. Tags that
/// the parser closes by itself, or that hold nothing, do not count.
fn is_too_deep(input: &str) -> bool {
    const SHALLOW: [&str; 14] =
        ["p", "li", "td", "th", "tr", "dt", "dd", "br", "hr", "img", "col", "thead", "tbody", "tfoot"];
    let mut depth = 0_usize;
    input.split('<').skip(1).any(|tag| {
        let (closing, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).take(12).collect();
        let counts = !name.is_empty() && !SHALLOW.contains(&name.to_ascii_lowercase().as_str());
        match (counts, closing) {
            (true, false) => depth += 1,
            (true, true) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEPTH
    })
}

impl Html {
    /// Keeps of `input` what rich text may hold, in its one spelling. Sanitising twice changes
    /// nothing.
    #[must_use]
    pub fn sanitise(input: &str) -> Self {
        // Shown as its own source, nothing of it is lost and nothing is parsed.
        let blocks = if is_too_deep(input) { block::of_text(input) } else { read::blocks(input) };
        Self(write::blocks(&blocks))
    }

    /// Markup that [`Html::sanitise`] wrote and our own database kept.
    pub(crate) fn stored(markup: String) -> Self {
        Self(markup)
    }

    /// The markup.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has neither words nor images; an editor's empty paragraph is nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        !self.0.contains("<img ") && self.plain().is_empty()
    }

    /// Its words without markup; blocks end in a line break. Reads only what `sanitise` writes:
    /// well-formed tags, and `&amp; &lt; &gt; &quot; &nbsp;` as the only entities.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some((before, tag_on)) = rest.split_once('<') {
            text.push_str(before);
            let (tag, after) = tag_on.split_once('>').unwrap_or((tag_on, ""));
            let name: &str = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
            let block = !matches!(name, "strong" | "em" | "sub" | "sup" | "a");
            if block && !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            rest = after;
        }
        text.push_str(rest);
        let text = write::unescape(&text);
        text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests;
