//! What a text may be made of. Characters that steer devices, break PostgreSQL or may not stand in XML
//! are gone from whatever leaves a reader. It must not change what people can see.

use std::borrow::Cow;

/// Whether a character has no place in a text: control characters that are no white space, and
/// those that Unicode keeps for programs (Unicode 17, 23.7).
#[must_use]
pub fn is_stray(c: char) -> bool {
    let number = u32::from(c);
    (c.is_control() && !c.is_whitespace())
        || number & 0xfffe == 0xfffe
        || (0xfdd0..=0xfdef).contains(&number)
}

/// A text of one line: white space collapsed, stray characters gone.
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

/// A text of several lines, each ended by `\n`; stray characters gone.
#[must_use]
pub fn lines(text: &str) -> String {
    without_stray(text).replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}'], "\n")
}

fn without_stray(text: &str) -> Cow<'_, str> {
    if text.contains(is_stray) { Cow::Owned(text.replace(is_stray, "")) } else { Cow::Borrowed(text) }
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
            prop_assert!(!one.contains(char::is_control) && !one.contains(is_stray));
            prop_assert!(!several.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
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
