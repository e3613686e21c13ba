//! Two people on one item: what one did not touch is taken from the other; what both changed
//! differently is shown side by side. On typed texts, so that nothing need be valid. It must not
//! save.

use super::Draft;
use crate::content::Kind;

/// What came of a merge.
#[derive(Clone, Debug, Default)]
pub(in crate::admin) struct Merged {
    /// The fields that both changed differently; mine stands in the form.
    pub both: Vec<&'static str>,
}

/// Brings into `mine` what `theirs` changed against `base`. Where what was seen is not kept any more, nobody
/// knows who changed what: every field that differs is shown.
pub(in crate::admin) fn merge(base: Option<&Draft>, theirs: &Draft, mine: &mut Draft) -> Merged {
    let mut merged = Merged::default();
    let Some(base) = base else {
        // Rows of a table are items of their own.
        let own = |name: &&str| *name == "slug" || mine.content_type.field(name).is_some();
        merged.both = mine.differing(theirs).into_iter().map(|(name, _)| name).filter(own).collect();
        mine.version = theirs.version;
        return merged;
    };
    for field in mine.content_type.fields {
        let name = field.name;
        let (untouched, same) = match field.kind {
            Kind::Many { .. } => (mine.rows(name) == base.rows(name), mine.rows(name) == theirs.rows(name)),
            _ => (mine.text(name) == base.text(name), mine.text(name) == theirs.text(name)),
        };
        let theirs_changed = match field.kind {
            Kind::Many { .. } => theirs.rows(name) != base.rows(name),
            _ => theirs.text(name) != base.text(name),
        };
        if untouched {
            take(theirs, mine, name);
        } else if theirs_changed && !same {
            merged.both.push(name);
        }
    }
    if mine.slug == base.slug {
        mine.slug.clone_from(&theirs.slug);
    } else if theirs.slug != base.slug && theirs.slug != mine.slug {
        merged.both.push("slug");
    }
    mine.version = theirs.version;
    merged
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
    use crate::content::{Id, Item, Value};

    #[test]
    fn what_one_did_not_touch_is_taken_from_the_other() {
        let mut item = Item::new(&THEME, Id::new(Clock::system().now()));
        item.set("title", Value::Text("Base".into()));
        item.set("summary", Value::Text("Base".into()));
        let base = Draft::of(&item, Some(1));
        let with = |title: &str, summary: &str, version| {
            let mut draft = base.clone();
            draft.texts.insert("title", title.into());
            draft.texts.insert("summary", summary.into());
            draft.version = Some(version);
            draft
        };
        let mut mine = with("Mine", "Base", 1);
        let merged = merge(Some(&base), &with("Base", "Theirs", 2), &mut mine);
        assert!(merged.both.is_empty());
        assert_eq!((mine.text("title"), mine.text("summary"), mine.version), ("Mine", "Theirs", Some(2)));

        let mut mine = with("Mine", "Same", 1);
        let merged = merge(Some(&base), &with("Theirs", "Same", 2), &mut mine);
        assert_eq!(merged.both, ["title"]);
        assert_eq!(mine.text("title"), "Mine");

        // What was seen was pruned: both sides of all that differs.
        let mut mine = with("Mine", "Same", 1);
        let merged = merge(None, &with("Theirs", "Same", 2), &mut mine);
        assert_eq!(merged.both, ["title"]);
        assert_eq!((mine.text("title"), mine.version), ("Mine", Some(2)));
    }
}
