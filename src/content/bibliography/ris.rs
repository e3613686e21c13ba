//! RIS (Research Information Systems, "RIS Format Specifications", 2011), in UTF-8. One line per
//! value, lines end with CR LF. It must not write a line break within a value.

use super::{Kind, Record};

/// One reference, from `TY` to `ER`.
#[must_use]
pub fn entry(record: &Record) -> String {
    let mut lines = String::new();
    let mut put = |tag: &str, value: &str| {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if !value.is_empty() {
            lines += &format!("{tag}  - {value}\r\n");
        }
    };
    put("TY", kind(record));
    put("ID", record.key());
    for author in &record.authors {
        put("AU", &author.inverted());
    }
    put("TI", record.title());
    let text = |name: &str| record.text(name).unwrap_or_default();
    put("T2", text("container"));
    put("PY", &record.year().map(|year| year.to_string()).unwrap_or_default());
    put("VL", text("volume"));
    put("IS", text("issue"));
    if let Some((first, last)) = record.pages() {
        put("SP", first);
        put("EP", last.unwrap_or_default());
    }
    put("PB", text("publisher"));
    put("SN", text("isbn"));
    put("SN", text("issn"));
    put("DO", text("doi"));
    put("UR", record.address());
    put("L1", record.file().unwrap_or_default());
    put("M3", &record.type_label);
    put("N1", text("to_note"));
    put("AB", text("abstract"));
    lines + "ER  - \r\n\r\n"
}

/// The reference's type. What needs a journal, book or proceedings and has none is `GEN`.
fn kind(record: &Record) -> &'static str {
    let contained = record.text("container").is_some();
    match record.kind {
        Kind::Article if contained => "JOUR",
        Kind::Chapter if contained => "CHAP",
        Kind::Paper if contained => "CPAPER",
        Kind::Book => "BOOK",
        Kind::Report => "RPRT",
        Kind::Thesis => "THES",
        Kind::Dataset => "DATA",
        Kind::Post => "BLOG",
        _ => "GEN",
    }
}
