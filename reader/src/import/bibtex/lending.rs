//! `crossref` and `xdata`: entries that lend what they say to others. What a chapter takes over from its
//! book are texts, not fields, so that no order of the file and no chain of lenders makes it long work.
//! It must not lend what belongs to one work alone: a book's DOI is none of its chapters'.

use std::collections::{HashMap, HashSet};

use biblatex::{EntryType, RawChunk, RawEntry};

use super::COLUMNS;
use super::circles::Order;
use super::lex::Numbered;
use super::strings::Strings;
use super::work::{Budget, Work};

/// The columns that a whole lends to its parts; its title becomes what they are published in.
const OF_WHOLE: [&str; 8] = ["authors", "year", "container", "publisher", "volume", "issue", "isbn", "issn"];

/// The most characters in which an entry names others.
const NAMES_MAX: usize = 1_000;

/// Which entries lend to which, by their places.
pub(super) struct Lending<'text> {
    keys: Vec<&'text str>,
    /// Of each entry its lenders, and whether they lend as a whole to its part.
    lenders: Vec<Vec<(usize, bool)>>,
    /// The entries that name more than is followed.
    long: HashSet<usize>,
    order: Order,
}

impl<'text> Lending<'text> {
    /// Of two entries of one key the first lends.
    pub(super) fn of(entries: &[Numbered<'text>], strings: &Strings<'text>, budget: &mut Budget) -> Self {
        let keys: Vec<&str> = entries.iter().map(|one| one.entry.key.v).collect();
        let mut by_key: HashMap<String, usize> = HashMap::new();
        for (at, key) in keys.iter().enumerate() {
            by_key.entry((*key).to_owned()).or_insert(at);
        }
        let mut long = HashSet::new();
        for (at, one) in entries.iter().enumerate() {
            for alias in named(&one.entry, "ids", strings, budget).unwrap_or_default() {
                by_key.entry(alias).or_insert(at);
            }
        }
        let lenders = entries.iter().enumerate().map(|(at, one)| {
            let mut find = |name: &str, whole: bool| {
                let keys = named(&one.entry, name, strings, budget);
                if keys.is_none() {
                    long.insert(at);
                }
                let keys = keys.unwrap_or_default().into_iter();
                let found: Vec<_> = keys.filter_map(|key| Some((*by_key.get(&key)?, whole))).collect();
                found
            };
            [find("crossref", true), find("xdata", false)].concat()
        });
        let lenders: Vec<Vec<(usize, bool)>> = lenders.collect();
        let leads: Vec<Vec<usize>> =
            lenders.iter().map(|to| to.iter().map(|(lender, _)| *lender).collect()).collect();
        Self { keys, lenders, long, order: Order::of(&leads) }
    }

    /// The entries that lend, each after those that lend to it.
    pub(super) fn in_order(&self) -> Vec<usize> {
        let mut lends = vec![false; self.keys.len()];
        for (lender, _) in self.lenders.iter().flatten() {
            if let Some(slot) = lends.get_mut(*lender) {
                *slot = true;
            }
        }
        self.order.sorted.iter().copied().filter(|at| lends.get(*at) == Some(&true)).collect()
    }

    /// Why it cannot be told what an entry borrows; nothing where it can.
    pub(super) fn trouble(&self, at: usize) -> Option<String> {
        if self.long.contains(&at) {
            return Some("It names other entries in more than 1,000 characters.".to_owned());
        }
        let told = self.order.circle(at, |at| self.keys.get(at).copied().unwrap_or_default())?;
        let whole = self.lenders.get(at).is_some_and(|lenders| lenders.iter().any(|(_, whole)| *whole));
        Some(format!("Its {} {told}", if whole { "crossref" } else { "xdata" }))
    }

    /// Gives a work what its lenders say and it does not.
    pub(super) fn fill(&self, work: &mut Work, at: usize, lent: &HashMap<usize, Work>) {
        for (lender, whole) in self.lenders.get(at).into_iter().flatten() {
            let Some(lender) = lent.get(lender) else { continue };
            if *whole {
                if is_collection(&lender.kind) {
                    work.fill("container", &lender.cell("title"));
                }
                OF_WHOLE.iter().for_each(|column| work.fill(column, &lender.cell(column)));
            } else {
                COLUMNS.iter().for_each(|column| work.fill(column, &lender.cell(column)));
            }
            if work.series.is_none() {
                work.series.clone_from(&lender.series);
            }
        }
    }
}

/// The keys that a field names, with commas between them; nothing where it is too long.
fn named(
    entry: &RawEntry<'_>,
    name: &str,
    strings: &Strings<'_>,
    budget: &mut Budget,
) -> Option<Vec<String>> {
    // Of two fields of one name the last one counts.
    let Some(field) = entry.fields.iter().rev().find(|pair| pair.key.v.eq_ignore_ascii_case(name)) else {
        return Some(Vec::new());
    };
    let field = &field.value.v;
    let size = strings.size(field);
    // A name is some steps' work for each of its characters.
    if size > NAMES_MAX || budget.take(10 * size).is_err() {
        return None;
    }
    let Ok(value) = strings.expanded(field) else { return Some(Vec::new()) };
    let texts = value.iter().filter_map(|piece| match piece.v {
        RawChunk::Normal(text) => Some(text),
        RawChunk::Abbreviation(_) => None,
    });
    let text: String = texts.collect();
    Some(text.split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect())
}

const fn is_collection(kind: &EntryType) -> bool {
    matches!(
        kind,
        EntryType::Book
            | EntryType::MvBook
            | EntryType::Collection
            | EntryType::MvCollection
            | EntryType::Periodical
            | EntryType::Reference
            | EntryType::Proceedings
            | EntryType::MvProceedings
    )
}
