//! Work on many things that needs nothing but them, on every core. It must not wait for anything.

use std::num::NonZero;

use crate::error::{Error, Result};

/// So many are done on the spot: as many as a publication waits for.
const FEW: usize = 200;

/// What `work` makes of each, in order; of many, each core makes a part.
///
/// # Errors
/// Where it cannot be made of one.
pub(super) fn each<Item: Sync, Made: Send>(
    items: &[Item],
    work: impl Fn(&Item) -> Result<Made> + Sync,
) -> Result<Vec<Made>> {
    if items.len() <= FEW {
        return items.iter().map(work).collect();
    }
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        let parts = items.chunks(items.len().div_ceil(cores));
        let working: Vec<_> =
            parts.map(|part| scope.spawn(|| part.iter().map(&work).collect::<Result<Vec<_>>>())).collect();
        let mut made = Vec::with_capacity(items.len());
        for part in working {
            made.extend(part.join().map_err(|_| Error::internal("a part could not be made"))??);
        }
        Ok(made)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_made_in_order() {
        for number in [0, 1, FEW, FEW + 1, 5 * FEW + 3] {
            let items: Vec<usize> = (0..number).collect();
            let made = each(&items, |item| Ok(item * 2)).unwrap();
            assert_eq!(made, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
        let some: Vec<usize> = (0..5 * FEW).collect();
        assert!(each(&some, |item| if *item == 700 { Err(Error::internal("no")) } else { Ok(()) }).is_err());
    }
}
