//! Lists in JSON, item by item, so that one that is broken or too long costs itself alone, and no list
//! takes more room than its text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::{ROWS_MAX, Table};

/// The longest item that is read, in bytes.
const ITEM_MAX: usize = 500_000;

/// The items of a list, each as it is written; one more than can be read where there are more.
#[derive(Default)]
pub(super) struct Items<'text>(pub(super) Vec<&'text RawValue>);

impl<'from: 'text, 'text> Deserialize<'from> for Items<'text> {
    fn deserialize<D: Deserializer<'from>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List).map(Self)
    }
}

struct List;

impl<'text> Visitor<'text> for List {
    type Value = Vec<&'text RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'text>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while items.len() <= ROWS_MAX {
            match list.next_element()? {
                Some(item) => items.push(item),
                None => return Ok(items),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(items)
    }
}

/// Reads each item into a row; what is no object, or cannot be read, is told.
pub(super) fn rows(table: &mut Table, items: &Items<'_>, cells: impl Fn(&Json) -> Option<Vec<String>>) {
    for (at, raw) in items.0.iter().enumerate() {
        let place = || format!("Item {}", at + 1);
        if raw.get().len() > ITEM_MAX {
            table.skip(place(), "It is longer than 500,000 characters.");
            continue;
        }
        match serde_json::from_str::<Json>(raw.get()) {
            Ok(item) => match cells(&item) {
                Some(cells) => {
                    if !table.push(at + 1, cells) {
                        return;
                    }
                }
                None => table.skip(place(), "It is no reference."),
            },
            Err(error) => table.skip(place(), format!("It cannot be read: {error}.")),
        }
    }
}
