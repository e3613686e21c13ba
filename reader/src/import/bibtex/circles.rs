//! What leads to what: an order in which everything comes after what it leads to, and the circles in
//! which that ends nowhere. It must not follow by recursion: chains are as long as somebody likes.

use crate::clean::shorten;

/// The most steps of a circle that are named.
const STEPS_MAX: usize = 6;
/// The most characters of a name in a sentence.
const NAME_MAX: usize = 60;

/// Things in their order; a thing is its place in the list that was given.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// The things that lead nowhere endless, each after all that it leads to.
    pub(super) sorted: Vec<usize>,
    /// Of each thing in a circle, or before one, where it leads on.
    onward: Vec<Option<usize>>,
}

impl Order {
    /// The order of things, of which each leads to these others.
    pub(super) fn of(leads: &[Vec<usize>]) -> Self {
        let mut open: Vec<usize> = leads.iter().map(Vec::len).collect();
        let mut led: Vec<Vec<usize>> = vec![Vec::new(); leads.len()];
        for (from, targets) in leads.iter().enumerate() {
            for to in targets {
                if let Some(led) = led.get_mut(*to) {
                    led.push(from);
                }
            }
        }
        let mut sorted: Vec<usize> = Vec::with_capacity(leads.len());
        sorted.extend(open.iter().enumerate().filter(|(_, open)| **open == 0).map(|(at, _)| at));
        let mut next = 0;
        while let Some(done) = sorted.get(next).copied() {
            next += 1;
            for from in led.get_mut(done).map(std::mem::take).unwrap_or_default() {
                let Some(left) = open.get_mut(from) else { continue };
                *left -= 1;
                if *left == 0 {
                    sorted.push(from);
                }
            }
        }
        let is_open = |at: &usize| open.get(*at).is_some_and(|left| *left > 0);
        let onward = leads
            .iter()
            .enumerate()
            .map(|(at, targets)| if is_open(&at) { targets.iter().copied().find(is_open) } else { None });
        Self { onward: onward.collect(), sorted }
    }

    /// The end of a sentence about something that leads into a circle; `None` where it does not.
    pub(super) fn circle<'name>(&self, from: usize, name: impl Fn(usize) -> &'name str) -> Option<String> {
        let onward = |at: usize| self.onward.get(at).copied().flatten();
        let mut way = vec![from];
        let mut here = onward(from)?;
        while !way.contains(&here) && way.len() < STEPS_MAX {
            way.push(here);
            here = onward(here)?;
        }
        let closed = way.contains(&here);
        let mut names: Vec<&str> = way.iter().map(|at| shorten(name(*at), NAME_MAX)).collect();
        names.push(if closed { shorten(name(here), NAME_MAX) } else { "…" });
        let told = names.join(" → ");
        Some(if here == from {
            format!("leads back to itself: {told}.")
        } else {
            format!("leads into a circle: {told}.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(leads: &[Vec<usize>], from: usize) -> Option<String> {
        Order::of(leads).circle(from, |at| ["a", "b", "c", "d"].get(at).copied().unwrap_or("more"))
    }

    #[test]
    fn circles_are_told_by_name() {
        let leads = [vec![1], vec![0], vec![0], vec![]];
        assert_eq!(Order::of(&leads).sorted, [3]);
        assert_eq!(told(&leads, 0).as_deref(), Some("leads back to itself: a → b → a."));
        assert_eq!(told(&leads, 2).as_deref(), Some("leads into a circle: c → a → b → a."));
        assert_eq!(told(&leads, 3), None);
        assert_eq!(told(&[vec![0, 0]], 0).as_deref(), Some("leads back to itself: a → a."));
    }

    #[test]
    fn long_chains_and_circles_are_walked() {
        let many = 200_000;
        let chain: Vec<Vec<usize>> =
            (0..many).map(|at| if at == 0 { vec![] } else { vec![at - 1] }).collect();
        assert_eq!(Order::of(&chain).sorted.len(), many);
        let circle: Vec<Vec<usize>> = (0..many).map(|at| vec![(at + 1) % many]).collect();
        assert!(Order::of(&circle).sorted.is_empty());
        let said = told(&circle, 0).unwrap();
        assert_eq!(said, "leads into a circle: a → b → c → d → more → more → ….");
    }
}
