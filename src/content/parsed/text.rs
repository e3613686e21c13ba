//! Text of a field. It must not know how long it may be; `content::text` does.

use std::fmt;
use std::ops::Deref;

use recto_reader::clean;
use recto_reader::text::is_unfit;

/// Text without the characters that no text may hold: whatever it is made from, they are gone from it.
/// Lines end with `\n`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(String);

impl Text {
    /// As it is kept and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(if text.contains(is_unfit) { clean::lines(&text) } else { text })
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_holds_what_none_may() {
        let text = Text::from("a\u{0}b\u{1b}[31m\u{9b}c\u{fffe}\r\nd\u{85}e\tf\u{202e}");
        assert_eq!(text.as_str(), "ab[31mc\nd\ne\tf\u{202e}");
        assert_eq!(Text::from(text.as_str()), text);
    }
}
