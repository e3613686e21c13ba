//! A preview as text, one line a row. It must not say less than the admin's page does.

use std::fmt::Write as _;

use crate::content::text;
use crate::content::types::OUTPUT;
use crate::editing::import::{Chosen, Fate, Imported, Match, Preview, Understood};
use crate::import::{Sheet, label};

/// What was read and how it was understood.
pub(super) fn text(sheet: &Sheet, preview: &Preview) -> String {
    let mut out = format!("Read as {}: {} rows.\n", sheet.format.label(), sheet.rows.len());
    let left: Vec<&str> = sheet
        .columns
        .iter()
        .filter(|column| column.meaning.is_empty())
        .map(|column| column.heading.as_str())
        .collect();
    if sheet.format.is_table() {
        for column in sheet.columns.iter().filter(|column| !column.meaning.is_empty()) {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "  column ‘{}’: {}", column.heading, label(&column.meaning));
        }
        if !left.is_empty() {
            let _ = writeln!(out, "  left out: {}", left.join(", "));
        }
    }
    for row in &preview.rows {
        let _ = writeln!(out, "{:>5}  {:<9} {}", row.number, fate(row), line(row, preview));
        if let Some(twin) = &row.twin {
            let _ = writeln!(out, "                 the same as {}", twin.title);
        }
        for problem in &row.problems {
            let column = problem.column.and_then(|at| sheet.columns.get(at));
            let column = column.map(|column| format!("{}: ", column.heading)).unwrap_or_default();
            let _ = writeln!(out, "                 {column}{}", problem.message);
        }
    }
    matches(&mut out, "People", &preview.people, "credited by name alone");
    matches(&mut out, "Types", &preview.types, "left open");
    out.truncate(out.trim_end().len());
    out
}

fn fate(row: &Understood) -> &'static str {
    match row.fate {
        _ if row.is_blocked() => "wrong",
        Fate::New => "new",
        Fate::Change => "changed",
        Fate::Link => "joins",
        Fate::Same => "there",
        Fate::LeftOut => "left out",
    }
}

fn line(row: &Understood, preview: &Preview) -> String {
    let item = &row.item;
    let kind = row.kind.and_then(|at| preview.types.get(at));
    let kind = kind.map(|kind| meant(kind).unwrap_or_else(|| kind.text.clone())).unwrap_or_default();
    let availability =
        OUTPUT.field("availability").map(|field| text::read(&field.kind, item.get("availability")));
    let facts = [
        item.title(),
        (OUTPUT.subtitle)(item),
        kind,
        availability.unwrap_or_default(),
        item.text("note").to_owned(),
    ];
    facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" | ")
}

fn meant(one: &Match) -> Option<String> {
    match one.chosen {
        Chosen::Item(id) => one
            .candidates
            .iter()
            .find(|candidate| candidate.id == id)
            .map(|candidate| candidate.title.clone()),
        Chosen::New => Some(format!("{} (new)", one.text)),
        Chosen::Nothing => None,
    }
}

fn matches(out: &mut String, heading: &str, all: &[Match], nothing: &str) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(out, "{heading}:");
    for one in all {
        let said = meant(one).unwrap_or_else(|| match one.candidates.as_slice() {
            [] => nothing.to_owned(),
            several if heading == "People" => {
                let names: Vec<String> = several
                    .iter()
                    .map(|candidate| {
                        [candidate.title.as_str(), candidate.subtitle.as_str()].join(" ").trim().to_owned()
                    })
                    .collect();
                format!("{nothing}; it may be {}", names.join(" or "))
            }
            _ => nothing.to_owned(),
        });
        let _ = writeln!(out, "  {} ({}): {said}", one.text, one.rows);
    }
}

/// What was done, in a sentence.
pub(super) fn summary(imported: &Imported, dry_run: bool) -> String {
    let (made, kept) = if dry_run { ("would be ", "would stay") } else { ("", "stayed") };
    let mut said = format!(
        "{} {made}new, {} {made}changed, {} {kept} as they are.",
        imported.new, imported.changed, imported.unchanged
    );
    for (number, one, many) in [(imported.people, "person", "people"), (imported.types, "type", "types")] {
        if number > 0 {
            let what = if number == 1 { one } else { many };
            let _ = write!(said, " {number} {what} {made}new.");
        }
    }
    said
}
