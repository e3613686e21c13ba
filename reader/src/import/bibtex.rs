//! BibTeX and BibLaTeX. The crate `biblatex` takes the text apart and resolves its LaTeX; what refers to
//! something else is followed here, where circles and growth are seen before anything is done. An entry
//! that is broken is told and left out; the others are read.

mod circles;
mod lending;
mod lex;
mod strings;
mod work;

use std::collections::HashMap;

use self::lending::Lending;
use self::lex::Parts;
use self::strings::Strings;
use self::work::{Budget, Work};
use super::{Format, Table};
use crate::clean::shorten;

/// The columns of what is read.
const COLUMNS: [&str; 15] = super::WORK;

/// How deep braces may stand in each other; the resolver follows them down.
const DEPTH_MAX: usize = 50;
/// The most braces, dollar signs and parts of a field.
const MARKS_MAX: usize = 2_000;
/// The most characters of a field, written out.
const FIELD_MAX: usize = 200_000;
/// The most entries and `@string`s: as many as there may be rows, and some beside.
const ENTRIES_MAX: usize = 60_000;
/// The most fields and parts of fields of a bibliography: each takes much more room than it is long.
const PIECES_MAX: usize = 250_000;

/// All entries, in their order.
///
/// # Errors
/// Where there are more entries or fields than are read at once.
pub(super) fn read(text: &str) -> Result<Table, String> {
    let mut table = Table::of(Format::Bibtex, &COLUMNS, text);
    let count = |marks: &[u8]| text.bytes().filter(|b| marks.contains(b)).count();
    if count(b"@") > ENTRIES_MAX {
        return Err(
            "This bibliography has more than 60,000 entries. Split it and import the parts.".to_owned()
        );
    }
    if count(b"=#") > PIECES_MAX {
        return Err(
            "This bibliography has more than 250,000 fields. Split it and import the parts.".to_owned()
        );
    }
    let text = lex::simplified(&text.trim_start_matches('\u{feff}').replace("\r\n", "\n"));
    let pieces;
    let parts = match Parts::of_whole(&text) {
        Some(parts) => parts,
        None => {
            pieces = lex::split(&text);
            Parts::of_pieces(&pieces)
        }
    };
    for (place, why) in parts.broken {
        table.skip(place, why);
    }
    let strings = Strings::of(&parts.strings);
    for (name, circle) in strings.circles() {
        table.skip(format!("@string {}", shorten(name, 60)), format!("It {circle}"));
    }
    let mut budget = Budget::of(&text);
    let lending = Lending::of(&parts.entries, &strings, &mut budget);
    let mut lent: HashMap<usize, Work> = HashMap::new();
    for at in lending.in_order() {
        let Some(one) = parts.entries.get(at) else { continue };
        // What cannot be read is told when it is its turn.
        if let Ok(mut work) = Work::read(&one.entry, &strings, &mut budget) {
            lending.fill(&mut work, at, &lent);
            lent.insert(at, work);
        }
    }
    for (at, one) in parts.entries.iter().enumerate() {
        if budget.is_spent() {
            break;
        }
        let place = format!("Entry {} ({})", one.number, shorten(one.entry.key.v, 60));
        if let Some(trouble) = lending.trouble(at) {
            table.skip(place, trouble);
            continue;
        }
        let read = match lent.get(&at) {
            Some(work) => Ok(work.clone()),
            None => Work::read(&one.entry, &strings, &mut budget).map(|mut work| {
                lending.fill(&mut work, at, &lent);
                work
            }),
        };
        match read {
            Ok(work) if work.only_lends() => {}
            Ok(mut work) => {
                let series = work.series.take();
                work.fill("container", &series);
                if !table.push(one.number, work.cells.iter().map(|cell| cell.as_deref().unwrap_or_default()))
                {
                    break;
                }
            }
            Err(_) if budget.is_spent() => break,
            Err(why) => table.skip(place, why),
        }
    }
    if budget.is_spent() {
        table.stop("Reading the rest takes too much work. Split the file and import the parts.");
    }
    Ok(table)
}
