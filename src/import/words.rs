//! What people write into cells: names, availability, kinds of works. It must not know which people
//! and which types there are.

use chrono::NaiveDate;

use crate::content::parsed::{fold, is_honorific, is_initials, parse_date, parse_year};
use crate::content::types::{EMBARGOED, ON_REQUEST, OPEN, UNAVAILABLE};

/// What a cell says of how an output can be had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// The value of the field `availability`, where the cell says one.
    pub availability: Option<&'static str>,
    /// Until when it is embargoed.
    pub until: Option<NaiveDate>,
    /// What else it says.
    pub note: String,
}

/// How people write availability, folded.
const AVAILABILITY: [(&str, &[&str]); 4] = [
    (
        ON_REQUEST,
        &[
            "available on request",
            "on request",
            "upon request",
            "available upon request",
            "by request",
            "available from the author",
            "available from the authors",
            "available by request",
            "request",
        ],
    ),
    (
        OPEN,
        &[
            "open",
            "open access",
            "oa",
            "free",
            "freely available",
            "available",
            "public",
            "published",
            "gold",
            "green",
        ],
    ),
    (EMBARGOED, &["embargoed", "embargo", "under embargo"]),
    (
        UNAVAILABLE,
        &[
            "unavailable",
            "not available",
            "confidential",
            "restricted",
            "not public",
            "internal",
            "closed",
            "not published",
        ],
    ),
];

/// Takes ‘Available on request. Summary only’ apart.
#[must_use]
pub fn availability(text: &str) -> Note {
    let text = text.trim();
    let (head, rest) = match text.split_once(['.', ';']) {
        Some((head, rest)) => (head, rest.trim().trim_end_matches('.')),
        None => (text, ""),
    };
    let plain = fold(head);
    let (plain, until) = match plain.split_once("until") {
        Some((before, date)) => {
            let date = date.trim().trim_start_matches(':').trim();
            match parse_date(date).ok().or_else(|| day(date)) {
                Some(date) => (before.trim().to_owned(), Some(date)),
                None => (plain.clone(), None),
            }
        }
        None => (plain.clone(), None),
    };
    let found = AVAILABILITY.iter().find(|(_, ways)| ways.contains(&plain.as_str()));
    match found {
        Some((value, _)) => Note { availability: Some(value), until, note: rest.to_owned() },
        None => Note { note: text.to_owned(), ..Note::default() },
    }
}

/// ‘4 March 2027’, ‘March 2027’ (its first day).
fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%d %B %Y")
        .or_else(|_| NaiveDate::parse_from_str(&format!("1 {text}"), "%d %B %Y"))
        .ok()
}

/// The year in a date, whatever its order: ‘2019’, ‘2019-03’, ‘March 2019’, ‘12/03/2019’.
#[must_use]
pub fn year(text: &str) -> Option<i64> {
    let mut found = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() == 4)
        .filter_map(|digits| parse_year(digits).ok());
    found.next()
}

/// An author as a cell credits them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// The name as it is written.
    pub name: String,
    /// Whether a star marks them as the lead.
    pub lead: bool,
}

/// The authors of a cell: `Tomkins, L; Hartley, J`, `Leah Tomkins and Jean Hartley`,
/// `Tomkins, L., Hartley, J. & Bristow, A.`
#[must_use]
pub fn authors(cell: &str) -> Vec<Credit> {
    let mut names: Vec<String> = Vec::new();
    for part in cell.split([';', '\n', '|']) {
        for part in part.replace(" & ", "\n").replace(" and ", "\n").split('\n') {
            let part =
                part.trim().trim_start_matches("and ").trim_start_matches("& ").trim_end_matches(',').trim();
            names.extend(split_commas(part));
        }
    }
    names
        .into_iter()
        .map(|name| {
            let lead = name.ends_with('*');
            let name = name.trim_end_matches('*').trim();
            Credit { name: without_et_al(name).to_owned(), lead }
        })
        .filter(|credit| credit.name.chars().any(char::is_alphabetic))
        .collect()
}

fn without_et_al(name: &str) -> &str {
    let plain = name.trim_end_matches('.');
    let cut = plain.to_ascii_lowercase().strip_suffix("et al").map(str::len);
    match cut.and_then(|end| plain.get(..end)) {
        Some(before) => before.trim().trim_end_matches(',').trim(),
        None => name,
    }
}

/// A comma stands within a name or between two: in pairs where every other part is initials, between
/// whole names where each has a space.
fn split_commas(part: &str) -> Vec<String> {
    let parts: Vec<&str> = part.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 {
        return vec![part.to_owned()];
    }
    if parts.len().is_multiple_of(2) && parts.iter().skip(1).step_by(2).all(|part| is_initials(part)) {
        return parts.chunks(2).map(|pair| pair.join(", ")).collect();
    }
    if parts.iter().all(|part| part.contains(' ')) {
        return parts.into_iter().map(str::to_owned).collect();
    }
    vec![part.to_owned()]
}

/// Whether a cell credits people in a way that nothing but names is written.
pub(super) fn is_credited(cell: &str) -> bool {
    let titled = |name: &str| {
        let first = name.split_whitespace().next().unwrap_or_default();
        is_honorific(first)
    };
    let inverted = |name: &str| {
        name.split_once(',').is_some_and(|(family, given)| {
            family.split_whitespace().count() <= 3
                && family.chars().next().is_some_and(char::is_uppercase)
                && is_initials(given)
        })
    };
    let names = authors(cell);
    !names.is_empty() && names.iter().all(|credit| inverted(&credit.name) || titled(&credit.name))
}

/// Whether a cell may be a name: two to four words, each with a capital.
pub(super) fn is_name(cell: &str) -> bool {
    let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let names = authors(cell);
    !names.is_empty()
        && names.iter().all(|credit| {
            let words: Vec<&str> = credit.name.split_whitespace().collect();
            (2..=4).contains(&words.len())
                && words.iter().all(|word| capital(word))
                && !credit.name.contains(|c: char| c.is_ascii_digit() || c == ':' || c == '?')
        })
}

/// The type of CSL 1.0.2 (appendix III) that a kind of work in words is; none for words that say
/// something else.
#[must_use]
pub fn csl_type(words: &str) -> Option<&'static str> {
    const KINDS: [(&str, &[&str]); 13] = [
        (
            "article-journal",
            &[
                "journal article",
                "article",
                "academic paper",
                "academic article",
                "paper",
                "research article",
                "peer reviewed article",
                "review article",
                "preprint",
                "working paper",
                "article journal",
            ],
        ),
        ("article-magazine", &["magazine article", "magazine"]),
        ("article-newspaper", &["newspaper article", "newspaper"]),
        ("book", &["book", "monograph", "edited book", "edited volume"]),
        ("chapter", &["chapter", "book chapter", "book section", "chapter in book"]),
        (
            "paper-conference",
            &[
                "conference paper",
                "conference proceedings",
                "proceedings paper",
                "conference",
                "proceedings article",
            ],
        ),
        ("report", &["report", "research report", "technical report", "tech rep", "final report"]),
        ("thesis", &["thesis", "dissertation", "phd thesis", "doctoral thesis", "masters thesis", "phd"]),
        ("dataset", &["dataset", "data set", "data"]),
        ("post-weblog", &["blog", "blog post", "blogpost"]),
        ("webpage", &["web page", "webpage", "website"]),
        ("speech", &["presentation", "talk", "keynote", "lecture"]),
        ("motion_picture", &["video", "film"]),
    ];
    let plain = fold(words).replace(['-', '_', '\''], " ");
    let plain = plain.trim_end_matches('s');
    KINDS
        .iter()
        .find(|(_, ways)| ways.iter().any(|way| way.trim_end_matches('s') == plain))
        .map(|(name, _)| *name)
}
