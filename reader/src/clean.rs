//! Texts without the characters that no text may hold. It must not change what people can see.

use std::borrow::Cow;

use crate::text::is_unfit;

/// A text of one line: white space collapsed, characters that no text may hold gone.
#[must_use]
pub fn line(text: &str) -> String {
    let text = without_stray(text);
    let mut line = String::with_capacity(text.len().min(1 << 16));
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A text of several lines, each ended by `\n`; characters that no text may hold gone.
#[must_use]
pub fn lines(text: &str) -> String {
    without_stray(text).replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}'], "\n")
}

fn without_stray(text: &str) -> Cow<'_, str> {
    // Those that are white space keep words apart.
    let stray = |c: char| is_unfit(c) && !c.is_whitespace();
    if text.contains(stray) { Cow::Owned(text.replace(stray, "")) } else { Cow::Borrowed(text) }
}

/// The first characters of a text, at most so many.
#[must_use]
pub fn shorten(text: &str, most: usize) -> &str {
    // A text cannot have more characters than bytes.
    if text.len() <= most {
        return text;
    }
    text.char_indices().nth(most).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_steers_devices_goes() {
        assert_eq!(line("a\u{0}b\u{1b}[31m\u{9b}c\u{fffe}\u{ffff}\u{fdd0}\u{1fffe}\u{7f}d"), "ab[31mcd");
        assert_eq!(line(" a\u{85}b\t c\u{202e}"), "a b c\u{202e}");
        assert_eq!(lines("a\r\nb\rc\u{c}d\te"), "a\nb\nc\nd\te");
    }

    proptest! {
        #[test]
        fn cleaned_is_clean(text in any::<String>()) {
            let (one, several) = (line(&text), lines(&text));
            prop_assert!(!one.contains(is_unfit) && !one.contains(['\n', '\t']));
            prop_assert!(!several.contains(is_unfit));
            prop_assert_eq!(line(&one), one.clone());
            prop_assert_eq!(lines(&several), several.clone());
        }

        #[test]
        fn texts_are_shortened_by_characters(text in any::<String>(), most in 0_usize..40) {
            let expected: String = text.chars().take(most).collect();
            prop_assert_eq!(shorten(&text, most), expected);
        }
    }
}
