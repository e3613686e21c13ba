//! Reordering: the place that each output gives itself in a project's table. Only what must move
//! is saved, so that moving one row changes one output.

use super::Desk;
use super::permission::{self, User, Verb};
use crate::content::types::OUTPUT;
use crate::content::{Id, Item, Row, Value};
use crate::error::{Error, Result};
use crate::store::Stored;

/// The distance at which new places are set, so that others fit between.
pub const GAP: i64 = 1_024;

/// Puts a project's outputs into this order. Outputs that are not named keep their places after
/// those that are. Gives the outputs whose place has changed.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`].
pub async fn reorder(desk: &Desk, user: &User, project: Id, order: &[Id]) -> Result<Vec<Stored>> {
    let now = desk.clock.now();
    let by = user.account.as_deref();
    let tx = desk.store.write().await?;
    permission::load(&tx, user, Verb::Save, project).await?;
    let field = OUTPUT.field("projects").ok_or(Error::NotFound)?;
    let standing = tx.linking(&OUTPUT, field, project).await?;
    let mut wanted: Vec<Id> = Vec::with_capacity(standing.len());
    for id in order.iter().chain(&standing) {
        if standing.contains(id) && !wanted.contains(id) {
            wanted.push(*id);
        }
    }
    let outputs = tx.items(&OUTPUT, &wanted).await?;
    let places: Vec<Option<i64>> = outputs.iter().map(|output| place(&output.item, project)).collect();
    let (mut moved, mut changes) = (Vec::new(), Vec::new());
    for (output, place) in outputs.iter().zip(arrange(&places)) {
        let mut item = output.item.clone();
        set_place(&mut item, project, place);
        if item != output.item {
            let (stored, change) = tx.update(output, &item, now, by).await?;
            tx.audit(now, by, "reorder", Some(item.id), "").await?;
            changes.push(stored.draft(change));
            moved.push(stored);
        }
    }
    if !changes.is_empty() {
        let before = tx.before();
        tx.commit().await?;
        desk.take_over(&before, &[], &changes).await?;
    }
    Ok(moved)
}

/// The place that an output gives itself in a project's table.
#[must_use]
pub fn place(output: &Item, project: Id) -> Option<i64> {
    let row = output.rows("projects").iter().find(|row| row.target == Some(project))?;
    match output.cell("projects", row, "position") {
        Value::Integer(place) => Some(*place),
        _ => None,
    }
}

/// Gives an output a place in a project's table, and a row in it where it has none.
pub fn set_place(output: &mut Item, project: Id, place: i64) {
    let mut rows = output.rows("projects").to_vec();
    if !rows.iter().any(|row| row.target == Some(project)) {
        rows.push(Row { target: Some(project), values: Vec::new() });
    }
    for row in rows.iter_mut().filter(|row| row.target == Some(project)) {
        row.values = vec![Value::Integer(place)];
    }
    output.set("projects", Value::Many(rows));
}

/// New places, rising in the given order, of which as few as possible differ from the old ones:
/// the longest rising run of old places stays (patience sorting), the others fit between.
#[must_use]
pub fn arrange(old: &[Option<i64>]) -> Vec<i64> {
    let keep = longest_rising(old);
    let mut places = Vec::with_capacity(old.len());
    let mut last = 0;
    let mut at = 0;
    while at < old.len() {
        if keep.get(at) == Some(&true) {
            last = old.get(at).copied().flatten().unwrap_or(last);
            places.push(last);
            at += 1;
            continue;
        }
        let run = keep.iter().skip(at).take_while(|keep| !**keep).count();
        let next = old.get(at + run).copied().flatten();
        let many = i64::try_from(run).unwrap_or(i64::MAX);
        let step = match next {
            Some(next) => (next - last) / (many + 1),
            None => GAP,
        };
        if step == 0 {
            // No room between: everything gets new places.
            return (1..).take(old.len()).map(|number: i64| number * GAP).collect();
        }
        for number in 1..=many {
            places.push(last + step * number);
        }
        last = places.last().copied().unwrap_or(last);
        at += run;
    }
    places
}

/// Marks the members of a longest strictly rising subsequence of positive places.
fn longest_rising(old: &[Option<i64>]) -> Vec<bool> {
    // best[at]: length of the longest run that ends here, and where it came from.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(old.len());
    for (at, place) in old.iter().enumerate() {
        let before = old
            .iter()
            .zip(&best)
            .enumerate()
            .take(at)
            .filter(|(_, (earlier, (length, _)))| *length > 0 && *earlier < place)
            .max_by_key(|(_, (_, (length, _)))| *length)
            .map(|(from, (_, (length, _)))| (length + 1, Some(from)));
        best.push(match place {
            Some(place) if *place > 0 => before.unwrap_or((1, None)),
            _ => (0, None),
        });
    }
    let mut keep = vec![false; old.len()];
    let mut at = best
        .iter()
        .enumerate()
        .filter(|(_, (length, _))| *length > 0)
        .max_by_key(|(_, (length, _))| *length)
        .map(|(at, _)| at);
    while let Some(here) = at {
        if let Some(slot) = keep.get_mut(here) {
            *slot = true;
        }
        at = best.get(here).and_then(|(_, from)| *from);
    }
    keep
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moving_one_row_changes_one_place() {
        assert_eq!(arrange(&[Some(1024), Some(2048), Some(3072)]), [1024, 2048, 3072]);
        assert_eq!(arrange(&[Some(3072), Some(1024), Some(2048)]), [512, 1024, 2048]);
        assert_eq!(arrange(&[Some(1024), Some(3072), Some(2048)]), [1024, 1536, 2048]);
        assert_eq!(arrange(&[None, None]), [1024, 2048]);
        assert_eq!(arrange(&[Some(1), Some(5), Some(2), Some(3)]), [1024, 2048, 3072, 4096]);
    }

    proptest! {
        #[test]
        fn places_rise(old in proptest::collection::vec(proptest::option::of(-5_i64..5_000), 0..40)) {
            let places = arrange(&old);
            prop_assert_eq!(places.len(), old.len());
            prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(places.iter().all(|place| *place > 0));
        }
    }
}
