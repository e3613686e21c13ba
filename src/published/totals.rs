//! How long filtered lists are, remembered for as long as the store stays what it is: who turns pages
//! has each counted once. It must not be believed without the number that the store had reached.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{Filter, Select};

/// How many lists are remembered.
const MOST: usize = 500;

/// The most values that a remembered list is filtered by.
const VALUES: usize = 16;

/// What decides how long a list is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    object: &'static str,
    filters: Vec<Filter>,
    search: Option<String>,
}

impl Asked {
    /// Of a list that is worth remembering. How many there are of a type is kept by the store itself.
    pub(super) fn of(select: &Select) -> Option<Self> {
        let counted = select.search.is_some() || !select.filters.is_empty();
        let few = select.filters.iter().map(Filter::values).sum::<usize>() <= VALUES;
        (counted && few).then(|| Self {
            object: select.content_type.name,
            filters: select.filters.clone(),
            search: select.search.clone(),
        })
    }
}

/// What is remembered of one state of the store.
#[derive(Debug, Default)]
struct Known {
    sequence: i64,
    totals: HashMap<Asked, i64>,
}

/// All that is remembered.
#[derive(Debug, Default)]
pub(super) struct Totals(Mutex<Known>);

impl Totals {
    /// How long the list was when the store had reached this number.
    pub(super) fn get(&self, sequence: i64, asked: &Asked) -> Option<i64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.totals.get(asked).copied().filter(|_| known.sequence == sequence)
    }

    /// Remembers that.
    pub(super) fn put(&self, sequence: i64, asked: Asked, total: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.sequence != sequence || known.totals.len() >= MOST {
            *known = Known { sequence, totals: HashMap::new() };
        }
        known.totals.insert(asked, total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::by_name;
    use crate::published::Scalar;

    #[test]
    fn what_was_counted_is_known_until_something_is_published() {
        let asked = |year: i64| {
            let filters = vec![Filter::Key("year", vec![Scalar::Integer(year)])];
            Asked::of(&Select { filters, ..Select::of(by_name("output").unwrap()) }).unwrap()
        };
        let totals = Totals::default();
        totals.put(7, asked(2024), 12);
        assert_eq!(totals.get(7, &asked(2024)), Some(12));
        assert_eq!(totals.get(7, &asked(2025)), None);
        assert_eq!(totals.get(8, &asked(2024)), None);
        totals.put(8, asked(2025), 3);
        assert_eq!(totals.get(7, &asked(2024)), None);
        assert_eq!(totals.get(8, &asked(2024)), None);
        for year in 0..2_000 {
            totals.put(8, asked(year), 1);
        }
        assert!(totals.0.lock().unwrap().totals.len() <= MOST);
        assert!(Asked::of(&Select::of(by_name("output").unwrap())).is_none());
    }
}
