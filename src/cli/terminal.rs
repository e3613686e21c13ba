//! Telling people something. What a terminal would obey, or what turns the order of letters, is shown
//! as its number instead: names and titles come from others. Nothing else of the command line may write
//! text for people.

use std::borrow::Cow;
use std::io::{BufRead as _, Read as _, Write as _};

use recto_reader::text::is_unfit;

use crate::error::{Error, Result};

/// The longest answer that is read, in bytes.
const ANSWER_MAX: u64 = 1_000;

/// Tells people something, on standard output. Nobody may be reading: that is no failure.
pub(super) fn say(line: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", shown(&line.to_string())).and_then(|()| out.flush());
}

/// Tells people what went wrong, on standard error.
pub(super) fn complain(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr().lock(), "{}", shown(&line.to_string()));
}

/// Whether somebody says yes to a question; whoever says nothing does not.
///
/// # Errors
/// Where standard input cannot be read.
pub(super) fn agreed(question: &str) -> Result<bool> {
    say(format_args!("{question} Type yes:"));
    let mut typed = String::new();
    std::io::stdin().lock().take(ANSWER_MAX).read_line(&mut typed).map_err(Error::internal)?;
    Ok(matches!(typed.trim(), "yes" | "y"))
}

/// A text of several lines as a terminal may have it.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| is_unfit(c) || turns(c);
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if obeyed(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character turns the order in which others are shown (UAX #9, explicit formatting), or
/// begins a line that the text does not have.
const fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_obeyed() {
        assert_eq!(
            shown("a\u{1b}]0;x\u{7}\u{9b}2J\u{202e}b\u{2066}\r\u{0}\u{fffe}"),
            "a\\u{1b}]0;x\\u{7}\\u{9b}2J\\u{202e}b\\u{2066}\\u{d}\\u{0}\\u{fffe}"
        );
        let plain = "Über \u{a0}漢字,\tשלום 👩\u{200d}🔬\n";
        assert!(matches!(shown(plain), Cow::Borrowed(same) if same == plain));
    }
}
