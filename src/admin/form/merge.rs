//! Two people on one item: what one did not touch is taken from the other; what both changed
//! differently is shown side by side. Where what was seen is gone, nobody can say who changed what, and
//! every difference is shown. On typed texts, so that nothing need be valid. It must not save.

use super::Draft;
use super::outputs::{COLUMNS, OutputRow};
use crate::content::{Field, Item, Kind};
use crate::error::Result;
use crate::store::{Store, Stored};

/// The version that an item begins with.
const FIRST: i64 = 1;

/// What came of a merge.
#[derive(Clone, Debug, Default)]
pub(in crate::admin) struct Merged {
    /// The fields between whose sides somebody has to choose; mine stands in the form.
    pub both: Vec<&'static str>,
    /// Whether the version is gone that mine was made from.
    pub base_is_gone: bool,
}

/// What `theirs` was in the version that somebody has seen; none where that is not kept any more, or never
/// was.
///
/// # Errors
/// Where the database fails.
pub(in crate::admin) async fn base(
    store: &Store,
    theirs: &Stored,
    seen: Option<i64>,
) -> Result<Option<Item>> {
    // A new item that was sent twice: the first one stands, and it is what was seen.
    let seen = seen.unwrap_or(FIRST);
    if seen == theirs.meta.version {
        return Ok(Some(theirs.item.clone()));
    }
    store.revision(theirs.item.content_type, theirs.item.id, seen).await
}

/// Whose text stands in a place of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Mine,
    Theirs,
    /// Both have changed it, or it cannot be known that only one has: somebody has to choose.
    Asked,
}

/// Without a base nothing is merged.
fn side<T: PartialEq + ?Sized>(base: Option<&T>, theirs: &T, mine: &T) -> Side {
    match base {
        _ if mine == theirs => Side::Mine,
        Some(base) if base == mine => Side::Theirs,
        Some(base) if base == theirs => Side::Mine,
        _ => Side::Asked,
    }
}

/// Brings into `mine` what `theirs` changed against `base`.
pub(in crate::admin) fn merge(base: Option<&Draft>, theirs: &Draft, mine: &mut Draft) -> Merged {
    let mut merged = Merged { both: Vec::new(), base_is_gone: base.is_none() };
    if mine.version.is_none() && mine.slug.is_empty() {
        // What is new gets an address when it is saved; the first one has it.
        mine.slug.clone_from(&theirs.slug);
    }
    for field in mine.content_type.fields {
        match field_side(field, base, theirs, mine) {
            Side::Mine => {}
            Side::Theirs => take(theirs, mine, field.name),
            Side::Asked => merged.both.push(field.name),
        }
    }
    match side(base.map(|base| base.slug.as_str()), &theirs.slug, &mine.slug) {
        Side::Mine => {}
        Side::Theirs => mine.slug.clone_from(&theirs.slug),
        Side::Asked => merged.both.push("slug"),
    }
    mine.version = theirs.version;
    merged
}

fn field_side(field: &Field, base: Option<&Draft>, theirs: &Draft, mine: &Draft) -> Side {
    let name = field.name;
    match field.kind {
        Kind::Many { .. } => side(base.map(|base| base.rows(name)), theirs.rows(name), mine.rows(name)),
        _ => side(base.map(|base| base.text(name)), theirs.text(name), mine.text(name)),
    }
}

/// The same for the cells of a table's row, of those that `typed` gives; the others are theirs. Gives the
/// columns between whose sides somebody has to choose; mine stands in the row.
pub(in crate::admin) fn merge_row(
    base: Option<&OutputRow>,
    theirs: &OutputRow,
    typed: impl Fn(&str) -> Option<String>,
) -> (OutputRow, Vec<&'static str>) {
    let (mut row, mut both) = (theirs.clone(), Vec::new());
    for (column, cell) in COLUMNS.into_iter().zip(&mut row.cells) {
        let Some(mine) = typed(column) else { continue };
        match side(base.map(|base| base.cell(column)), theirs.cell(column), mine.as_str()) {
            Side::Theirs => {}
            Side::Mine => *cell = mine,
            Side::Asked => {
                *cell = mine;
                both.push(column);
            }
        }
    }
    (row, both)
}

/// Takes one field over from another form of the same item.
pub(in crate::admin) fn take(from: &Draft, into: &mut Draft, name: &'static str) {
    if name == "slug" {
        into.slug.clone_from(&from.slug);
    } else if let Some(rows) = from.rows.get(name) {
        into.rows.insert(name, rows.clone());
    } else if let Some(text) = from.rich.get(name) {
        into.rich.insert(name, text.clone());
    } else {
        into.texts.insert(name, from.text(name).to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::content::types::THEME;
    use crate::content::{Id, Value};

    /// A form over a version, with these two texts in it.
    fn form(title: &str, summary: &str, version: i64) -> Draft {
        let mut item = Item::new(&THEME, Id::new(Clock::system().now()));
        item.set("title", Value::Text(title.into()));
        item.set("summary", Value::Text(summary.into()));
        Draft::of(&item, Some(version))
    }

    #[test]
    fn what_one_did_not_touch_is_taken_from_the_other() {
        let base = form("Base", "Base", 1);
        let mut mine = form("Mine", "Base", 1);
        let merged = merge(Some(&base), &form("Base", "Theirs", 2), &mut mine);
        assert!(merged.both.is_empty());
        assert_eq!((mine.text("title"), mine.text("summary"), mine.version), ("Mine", "Theirs", Some(2)));

        let mut mine = form("Mine", "Same", 1);
        let merged = merge(Some(&base), &form("Theirs", "Same", 2), &mut mine);
        assert_eq!(merged.both, ["title"]);
        assert_eq!(mine.text("title"), "Mine");
    }

    /// Of three texts in every order, with a base and without: what is left of neither side was asked, or
    /// was changed by one side alone.
    #[test]
    fn no_text_of_either_side_goes_without_being_asked() {
        let texts = ["", "One", "Two"];
        let all = || texts.into_iter().flat_map(|one| texts.map(|other| (one, other)));
        for (theirs, mine) in all() {
            for base in texts.map(Some).into_iter().chain([None]) {
                let was = base.map(|base| form(base, "", 1));
                let mut merged = form(mine, "", 1);
                let came = merge(was.as_ref(), &form(theirs, "", 3), &mut merged);
                let stands = merged.text("title");
                let asked = came.both == ["title"];
                assert_eq!(came.base_is_gone, base.is_none());
                assert_eq!(asked, mine != theirs && base != Some(mine) && base != Some(theirs), "{base:?}");
                assert!(asked || stands == theirs || base == Some(theirs), "{base:?} {theirs} {mine}");
                assert!(stands == mine || base == Some(mine), "{base:?} {theirs} {mine}");

                let row = |text: &str| {
                    let mut row = OutputRow::new(Id::nil());
                    row.cells[0] = text.to_owned();
                    row
                };
                let typed = |column: &str| (column == COLUMNS[0]).then(|| mine.to_owned());
                let (merged, both) = merge_row(base.map(row).as_ref(), &row(theirs), typed);
                assert_eq!((merged.cells[0].as_str(), both == [COLUMNS[0]]), (stands, asked), "{base:?}");
            }
        }
    }
}
