//! BibTeX (Patashnik, "BibTeXing", 1988; fields as in the biblatex manual §2.2), in UTF-8. What is
//! text is written so that LaTeX prints it as it was typed.

use super::{Author, Kind, Record};

/// One entry.
#[must_use]
pub fn entry(record: &Record) -> String {
    let (name, container, institution) = names(record);
    let mut entry = format!("@{name}{{{},\n", record.key());
    let mut put = |field: &str, value: String| {
        if !value.is_empty() {
            entry += &format!("  {field} = {{{value}}},\n");
        }
    };
    let text = |name: &str| escape(record.text(name).unwrap_or_default());
    put("author", record.authors.iter().map(author).collect::<Vec<_>>().join(" and "));
    put("title", title(record.title()));
    put(container, text("container"));
    put("year", record.year().map(|year| year.to_string()).unwrap_or_default());
    put("volume", text("volume"));
    put("number", text("issue"));
    put("pages", pages(record));
    put(institution, text("publisher"));
    if matches!(record.kind, Kind::Report | Kind::Thesis | Kind::Other) {
        put("type", escape(&record.type_label));
    }
    put("isbn", text("isbn"));
    put("issn", text("issn"));
    put("doi", verbatim(record.text("doi").unwrap_or_default()));
    put("url", address(record.address()));
    put("note", text("to_note"));
    put("abstract", text("abstract"));
    entry += "}\n";
    entry
}

/// The entry's type, and the fields that hold what it is published in and who published it. What
/// needs a container and has none is `misc`: the other types demand one.
fn names(record: &Record) -> (&'static str, &'static str, &'static str) {
    let contained = record.text("container").is_some();
    match record.kind {
        Kind::Article if contained => ("article", "journal", "publisher"),
        Kind::Chapter if contained => ("incollection", "booktitle", "publisher"),
        Kind::Paper if contained => ("inproceedings", "booktitle", "publisher"),
        Kind::Book => ("book", "series", "publisher"),
        Kind::Report => ("techreport", "series", "institution"),
        Kind::Thesis => ("phdthesis", "series", "school"),
        _ => ("misc", "howpublished", "publisher"),
    }
}

/// Text for LaTeX. Braces have names there: BibTeX counts them even after a backslash.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = None;
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match c {
            '\\' => escaped += "\\textbackslash{}",
            '{' => escaped += "\\textbraceleft{}",
            '}' => escaped += "\\textbraceright{}",
            '~' => escaped += "\\textasciitilde{}",
            '^' => escaped += "\\textasciicircum{}",
            '`' => escaped += "\\textasciigrave{}",
            '<' => escaped += "\\textless{}",
            '>' => escaped += "\\textgreater{}",
            '|' => escaped += "\\textbar{}",
            '%' | '$' | '&' | '#' | '_' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // Two of them in a row are another character to TeX.
            '-' | '\'' if before == Some(c) => {
                escaped += "{}";
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
        before = Some(c);
    }
    escaped
}

/// A title whose capitals stay where styles write titles in lower case: a word with one is in
/// braces, but for the capital that begins the title or follows a colon, which styles keep.
fn title(title: &str) -> String {
    let mut words = Vec::new();
    let mut begins = true;
    for word in title.split_whitespace() {
        let rest: String = word.chars().skip_while(|c| !c.is_alphanumeric()).collect();
        let mut letters = rest.chars();
        let first = letters.next().is_some_and(char::is_uppercase);
        let keeps = letters.any(char::is_uppercase) || (first && !begins);
        let escaped = escape(word);
        words.push(if keeps { format!("{{{escaped}}}") } else { escaped });
        begins = word.ends_with(':');
    }
    words.join(" ")
}

/// `Family, Given`; a name of one piece is in braces, so that it is not taken apart.
fn author(author: &Author) -> String {
    match &author.given {
        None => format!("{{{}}}", escape(&author.family)),
        Some(given) => format!("{}, {}", part(&author.family), part(given)),
    }
}

/// A part of a name. One with a comma or an ‘and’ of its own is in braces.
fn part(text: &str) -> String {
    let split = text.contains(',') || text.split_whitespace().any(|word| word.eq_ignore_ascii_case("and"));
    if split { format!("{{{}}}", escape(text)) } else { escape(text) }
}

/// A range of pages is written with two hyphens.
fn pages(record: &Record) -> String {
    match record.pages() {
        Some((first, Some(last))) => format!("{}--{}", escape(first), escape(last)),
        Some((whole, None)) => escape(whole),
        None => String::new(),
    }
}

/// What is read as it stands: only what would end the field is marked.
fn verbatim(text: &str) -> String {
    text.replace('\\', "\\\\").replace('{', "\\{").replace('}', "\\}")
}

/// An address without the characters that mean something to BibTeX; none of them may stand in an
/// address as it is (RFC 3986 §2).
fn address(text: &str) -> String {
    text.replace('\\', "%5C").replace('{', "%7B").replace('}', "%7D")
}
