//! Which encoding a file has, and which format a text. It must not read more than it needs.

use super::{Format, Known, delimited, identifiers, ris};

/// Text of whatever encoding: what its byte order mark says, else UTF-8 where that fits, else
/// Windows-1252, in which everything that is Latin-1 reads the same.
pub(super) fn decode(bytes: &[u8]) -> Result<String, String> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err("This is a workbook or another packed file. Open it, copy the rows and paste them, or \
                    save it as CSV."
            .to_owned());
    }
    if bytes.starts_with(b"%PDF") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(
            "This is a document, not a table or a bibliography. Open it, copy its table and paste that."
                .to_owned(),
        );
    }
    let (encoding, _) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((
        if std::str::from_utf8(bytes).is_ok() { encoding_rs::UTF_8 } else { encoding_rs::WINDOWS_1252 },
        0,
    ));
    let (text, _, _) = encoding.decode(bytes);
    Ok(text.into_owned())
}

/// What the clipboard or a file most likely holds.
pub(super) fn format(html: &str, text: &str, known: Known<'_>) -> Format {
    let text = text.trim_start_matches('\u{feff}').trim();
    let first = text.chars().next().unwrap_or_default();
    if matches!(first, '[' | '{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return Format::Csl;
    }
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    if lines().take(2_000).any(is_bibtex) {
        return Format::Bibtex;
    }
    if lines().take(200).any(|line| ris::tag(line).is_some_and(|(tag, _)| tag == "TY")) {
        return Format::Ris;
    }
    if !text.is_empty() && identifiers::is_list(text) {
        return Format::Identifiers;
    }
    if has_table(html) || (first == '<' && has_table(text)) {
        return Format::Html;
    }
    let sample: Vec<&str> = lines().take(50).collect();
    if sample.iter().filter(|line| line.contains('\t')).count() * 2 > sample.len() {
        return Format::Tabs;
    }
    match delimited::separator(text, known) {
        Some(_) => Format::Csv,
        None => Format::Lines,
    }
}

/// `@article{key,` and the like; an e-mail address or a handle is none.
fn is_bibtex(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('@') else { return false };
    let name: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    let after = rest.get(name.len()..).unwrap_or_default().trim_start();
    !name.is_empty() && after.starts_with(['{', '('])
}

fn has_table(html: &str) -> bool {
    html.as_bytes().windows(6).any(|window| window.eq_ignore_ascii_case(b"<table"))
}
