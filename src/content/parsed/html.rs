//! Rich text as an item holds it: markup that the reader wrote, in its one spelling (see
//! [`recto_reader::rich`]), so that it may be shown as it is. It must not know what its links to our
//! own items lead to.

mod outline;
mod own;

use recto_reader::markup::TooMuch;
use recto_reader::rich;

pub use own::{Piece, Still};
pub(crate) use recto_reader::rich::escape;

/// Sanitised HTML in its one spelling; see the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Keeps of `input` what rich text may hold, in its one spelling. Sanitising twice changes
    /// nothing.
    ///
    /// # Errors
    /// Where it is longer, deeper or more tangled than is read; a sentence says what to do.
    pub fn sanitise(input: &str) -> Result<Self, TooMuch> {
        rich::normalise(input).map(Self)
    }

    /// What a revision kept, perhaps of an earlier release: where its markup is beyond what is read
    /// now, its words stay, in paragraphs.
    pub(crate) fn kept(markup: &str) -> Self {
        let as_it_is = || Self::stored(markup.to_owned());
        Self::sanitise(markup)
            .or_else(|_| rich::from_plain(&as_it_is().plain()).map(Self))
            .unwrap_or_else(|_| as_it_is())
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
        let text = rich::unescape(&text);
        text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests;
