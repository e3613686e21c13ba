//! What every reader does with text: cutting it at a bound, and knowing what no text may hold. It must
//! not know what a text is for.

/// The beginning of a text, at most `bytes` long, that ends between two characters.
#[must_use]
pub fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

/// Whether no text may hold this character: controls but the line feed and the tab, which no writing
/// needs and XML and PostgreSQL refuse, and the code points that Unicode keeps from being characters.
#[must_use]
pub fn is_unfit(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{fdd0}'..='\u{fdef}' => true,
        _ => c.is_control() || u32::from(c) & 0xfffe == 0xfffe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        let text = "aüé𝒳\u{1f3f3}";
        for bytes in 0..text.len() + 3 {
            let part = cut(text, bytes);
            assert!(text.starts_with(part) && part.len() <= bytes && part.len() + 4 > bytes.min(text.len()));
        }
        assert_eq!(cut("<div", 3), "<di");
        assert_eq!(cut("ü>", 1), "");
    }

    #[test]
    fn what_no_text_holds_is_known() {
        for c in [
            '\0',
            '\u{1}',
            '\u{1b}',
            '\r',
            '\u{7f}',
            '\u{9b}',
            '\u{fdd0}',
            '\u{fffe}',
            '\u{ffff}',
            '\u{10ffff}',
        ] {
            assert!(is_unfit(c), "{c:?}");
        }
        for c in ['\n', '\t', ' ', 'a', '\u{a0}', '\u{200d}', '\u{202e}', '\u{fffd}', '\u{feff}', '𝒳'] {
            assert!(!is_unfit(c), "{c:?}");
        }
    }
}
