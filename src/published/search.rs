//! What people type into a search box, as an FTS5 expression. It must not let them write FTS5.

/// The most words that one search looks for; more make it slower, not better.
const WORDS: usize = 12;

/// All words, in any order, the last one as a beginning; `None` where there is no word.
/// FTS5 reads a string in double quotes as its tokens alone (SQLite, FTS5 §3.1).
pub(super) fn expression(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS)
        .map(|word| format!("\"{word}\""))
        .collect();
    if words.is_empty() { None } else { Some(format!("{}*", words.join(" "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted() {
        assert_eq!(expression("from blame to").as_deref(), Some("\"from\" \"blame\" \"to\"*"));
        assert_eq!(expression("title:x OR \"a* -b").as_deref(), Some("\"title\" \"x\" \"OR\" \"a\" \"b\"*"));
        assert_eq!(expression(" - \" * "), None);
    }
}
