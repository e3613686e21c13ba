//! `@string`: names that stand for texts, which may use other names. How long a text becomes is known
//! before it is put together; it must not put together what is longer than a field may be.

use std::collections::HashMap;

use biblatex::{Field, Pair, RawChunk};

use super::FIELD_MAX;
use super::circles::Order;
use crate::clean::shorten;

/// The names that a bibliography defines.
pub(super) struct Strings<'text> {
    by_name: HashMap<&'text str, usize>,
    names: Vec<&'text str>,
    values: Vec<&'text Field<'text>>,
    /// How long each becomes, in characters and pieces; nothing for those in circles.
    sizes: Vec<Option<usize>>,
    order: Order,
}

impl<'text> Strings<'text> {
    /// Of two definitions of a name the last one counts, as biblatex has it.
    pub(super) fn of(pairs: &'text [Pair<'text>]) -> Self {
        let mut by_name = HashMap::new();
        let (mut names, mut values): (Vec<&str>, Vec<&Field<'_>>) = (Vec::new(), Vec::new());
        for pair in pairs {
            let at = *by_name.entry(pair.key.v).or_insert(names.len());
            if at == names.len() {
                names.push(pair.key.v);
                values.push(&pair.value.v);
            } else if let Some(value) = values.get_mut(at) {
                *value = &pair.value.v;
            }
        }
        let used = |value: &&Field<'text>| -> Vec<usize> {
            let named = value.iter().filter_map(|piece| match piece.v {
                RawChunk::Abbreviation(name) => by_name.get(name).copied(),
                RawChunk::Normal(_) => None,
            });
            named.collect()
        };
        let leads: Vec<Vec<usize>> = values.iter().map(used).collect();
        let order = Order::of(&leads);
        let mut strings = Self { sizes: vec![None; names.len()], by_name, names, values, order };
        for at in std::mem::take(&mut strings.order.sorted) {
            let size = strings.values.get(at).map(|value| strings.size(value));
            if let Some(slot) = strings.sizes.get_mut(at) {
                *slot = size;
            }
        }
        strings
    }

    /// How long a field becomes. What is in a circle counts as nothing.
    pub(super) fn size(&self, field: &Field<'_>) -> usize {
        let sizes = field.iter().map(|piece| match piece.v {
            RawChunk::Normal(text) => text.chars().count(),
            RawChunk::Abbreviation(name) => {
                let size = self.by_name.get(name).and_then(|at| self.sizes.get(*at).copied().flatten());
                size.unwrap_or(name.len())
            }
        });
        // Each piece costs something, if it is empty too.
        sizes.fold(0, |sum, size| sum.saturating_add(size).saturating_add(1))
    }

    /// The names that lead to themselves, with why that cannot be read.
    pub(super) fn circles(&self) -> impl Iterator<Item = (&'text str, String)> + '_ {
        let name = |at: usize| self.names.get(at).copied().unwrap_or_default();
        (0..self.names.len()).filter_map(move |at| Some((name(at), self.order.circle(at, name)?)))
    }

    /// A field with the texts in place of their names; names that nobody defines stay.
    ///
    /// # Errors
    /// A sentence without its subject: where it would be too long, or leads back to itself.
    pub(super) fn expanded(&self, field: &Field<'text>) -> Result<Field<'text>, String> {
        for piece in field {
            if let RawChunk::Abbreviation(used) = piece.v
                && let Some(at) = self.by_name.get(used)
            {
                let name = |at: usize| self.names.get(at).copied().unwrap_or_default();
                if let Some(circle) = self.order.circle(*at, name) {
                    return Err(format!("uses the @string {}, which {circle}", shorten(used, 60)));
                }
            }
        }
        if self.size(field) > FIELD_MAX {
            return Err("would be longer than 200,000 characters.".to_owned());
        }
        let mut whole = Vec::new();
        let mut open = vec![field.iter()];
        while let Some(pieces) = open.last_mut() {
            let Some(piece) = pieces.next() else {
                open.pop();
                continue;
            };
            let value = match piece.v {
                RawChunk::Abbreviation(name) => self.by_name.get(name).and_then(|at| self.values.get(*at)),
                RawChunk::Normal(_) => None,
            };
            match value {
                Some(value) => open.push(value.iter()),
                None => whole.push(piece.clone()),
            }
        }
        Ok(whole)
    }
}
