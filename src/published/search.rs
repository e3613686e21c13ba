//! What people type into a search box, as an FTS5 expression. It must not let them write FTS5.

/// The most words that one search looks for; more make it slower, not better.
const WORDS: usize = 12;

/// How well a row fits: the smaller, the better. Words of titles weigh more.
pub(super) const RANK: &str = "bm25(words, 8.0, 1.0)";

/// How many rows these words (`?1`) find from this key on.
pub(super) fn count(from: i64) -> String {
    format!("SELECT count(*) FROM words WHERE words MATCH ?1 AND words.rowid >= {from}")
}

/// The columns of what these words (`?1`) find from this key on, the best first, so many after so many:
/// numbers that are not bound, since SQLite would prepare the statement anew whenever they are.
pub(super) fn hits(columns: &str, from: i64, skip: i64, limit: i64) -> String {
    format!(
        "SELECT {columns} FROM (SELECT words.rowid AS at, {RANK} AS rank FROM words
           WHERE words MATCH ?1 AND words.rowid >= {from} ORDER BY rank, at LIMIT {limit} OFFSET {skip}) place
         CROSS JOIN document ON document.key = place.at ORDER BY place.rank, place.at"
    )
}

/// The columns of what these words (`?1`) find, the best first. Of the types whose keys are given, those
/// of which there are many, only the hits that came last are put in order, so many of each: what makes
/// a search slow is not to find a common word but to say how well each of its hits fits.
pub(super) fn nearest(columns: &str, many: &[[i64; 2]], near: i64, limit: i64) -> String {
    let hits = format!("SELECT words.rowid AS at, {RANK} AS rank FROM words WHERE words MATCH ?1");
    let mut sql = format!("SELECT {columns} FROM (SELECT at, rank FROM ({hits}");
    for [first, last] in many {
        sql += &format!(" AND words.rowid NOT BETWEEN {first} AND {last}");
    }
    for [first, last] in many {
        sql += &format!(
            " UNION ALL SELECT * FROM ({hits} AND words.rowid BETWEEN {first} AND {last} \
             ORDER BY words.rowid DESC LIMIT {near})"
        );
    }
    sql += &format!(
        ") ORDER BY rank, at LIMIT {limit}) place CROSS JOIN document ON document.key = place.at \
         ORDER BY place.rank, place.at"
    );
    sql
}

/// The text around what is found in the row `place.at`, the words between marks: what stands before
/// and after the expression in the statement. Only the texts: titles are shown whole.
pub(super) fn snippet() -> [String; 2] {
    let [begin, end] = MARKS;
    [
        format!("(SELECT snippet(words, 1, '{begin}', '{end}', '…', 24) FROM words WHERE words MATCH "),
        " AND words.rowid = place.at)".to_owned(),
    ]
}

/// What stands before and after a word that was found: control characters, which typed text loses.
const MARKS: [char; 2] = ['\u{2}', '\u{3}'];

/// A piece of a text in which words were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet(pub(super) String);

impl Snippet {
    /// As HTML: the text escaped, each word that was found in a `mark` element.
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = String::with_capacity(self.0.len() + 64);
        let mut within = false;
        for c in self.0.chars() {
            match c {
                '&' => html += "&amp;",
                '<' => html += "&lt;",
                '>' => html += "&gt;",
                '"' => html += "&quot;",
                // Whatever the marks are, elements are closed.
                c if c == MARKS[0] && !within => {
                    html += "<mark>";
                    within = true;
                }
                c if c == MARKS[1] && within => {
                    html += "</mark>";
                    within = false;
                }
                c if c.is_control() => html.push(' '),
                c => html.push(c),
            }
        }
        if within {
            html += "</mark>";
        }
        html
    }
}

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

/// Two pairs of a title's longest words, one of which every title holds that differs from it in a
/// word; all words of a short one. And all its numbers: those of one title are those of the other,
/// or they are two of a series. `None` where there is no word.
pub(super) fn alike(title: &str) -> Option<String> {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (mut numbers, mut words): (Vec<&str>, Vec<&str>) =
        words.partition(|word| word.bytes().all(|digit| digit.is_ascii_digit()));
    // The longest words are the rarest; of equal ones each is taken once.
    words.sort_by_key(|word| (std::cmp::Reverse(word.chars().count()), *word));
    words.dedup();
    words.truncate(4);
    numbers.sort_unstable();
    numbers.dedup();
    numbers.truncate(WORDS);
    let all =
        |words: &[&str]| words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" AND ");
    let either = |one: &[&str], other: &[&str]| format!("(({}) OR ({}))", all(one), all(other));
    let words = match words.as_slice() {
        [first, second, third, fourth] => either(&[first, fourth], &[second, third]),
        // Its numbers keep what a single word finds small.
        [first, rest @ ..] if !rest.is_empty() && !numbers.is_empty() => either(&[first], rest),
        few => all(few),
    };
    let parts: Vec<String> = [words, all(&numbers)].into_iter().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| format!("title : ({})", parts.join(" AND ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_are_escaped_and_closed() {
        let html = |text: &str| Snippet(text.to_owned()).html();
        assert_eq!(html("a \u{2}<b>\u{3} & \"c\"\n"), "a <mark>&lt;b&gt;</mark> &amp; &quot;c&quot; ");
        assert_eq!(html("\u{3}\u{2}\u{2}a"), " <mark> a</mark>");
    }

    #[test]
    fn titles_are_looked_for_by_their_longest_words() {
        assert_eq!(
            alike("From blame to praise in policing").as_deref(),
            Some("title : (((\"policing\" AND \"From\") OR (\"praise\" AND \"blame\")))")
        );
        assert_eq!(alike("On \"it\" OR").as_deref(), Some("title : (\"OR\" AND \"On\" AND \"it\")"));
        assert_eq!(alike("Report 12 2019").as_deref(), Some("title : (\"Report\" AND \"12\" AND \"2019\")"));
        assert_eq!(
            alike("Annual learning report 2019").as_deref(),
            Some("title : (((\"learning\") OR (\"Annual\" AND \"report\")) AND \"2019\")")
        );
        assert_eq!(alike("1984").as_deref(), Some("title : (\"1984\")"));
        assert_eq!(alike(" – "), None);
    }

    #[test]
    fn words_are_quoted() {
        assert_eq!(expression("from blame to").as_deref(), Some("\"from\" \"blame\" \"to\"*"));
        assert_eq!(expression("title:x OR \"a* -b").as_deref(), Some("\"title\" \"x\" \"OR\" \"a\" \"b\"*"));
        assert_eq!(expression(" - \" * "), None);
    }
}
