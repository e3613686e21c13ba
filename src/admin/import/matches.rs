//! Whom names and which types words mean, to be changed. What is clear stands back; what is not asks.

use maud::{Markup, html};

use crate::editing::import::{Chosen, Match};

/// The section of names (`person`) or of words for types (`type`).
pub(super) fn section(kind: &str, matches: &[Match], may_make: bool) -> Markup {
    if matches.is_empty() {
        return html! {};
    }
    let people = kind == "person";
    let open: Vec<(usize, &Match)> =
        matches.iter().enumerate().filter(|(_, one)| is_open(one, people)).collect();
    let clear: Vec<(usize, &Match)> =
        matches.iter().enumerate().filter(|(_, one)| !is_open(one, people)).collect();
    let known = clear.iter().filter(|(_, one)| matches!(one.chosen, Chosen::Item(_))).count();
    let named = clear.iter().filter(|(_, one)| one.chosen == Chosen::Nothing).count();
    html! {
        details.import-part open[!open.is_empty()] {
            summary {
                h2 { @if people { "People" } @else { "Types" } }
                span.quiet {
                    (known) " of " (matches.len()) " found"
                    @if people && named > 0 { ", " (named) " credited by name" }
                    @if !open.is_empty() { ", " (open.len()) " to decide" }
                }
            }
            @if !open.is_empty() || named > 0 {
                p.help {
                    @if people { "A name without a person is shown as it is credited; you can bind it later." }
                    @else { "An output without a type can be saved, and not published." }
                }
            }
            ul.import-matches {
                @for (at, one) in open.iter().chain(&clear) { (line(kind, *at, one, may_make)) }
            }
        }
    }
}

/// Whether somebody has to say what is meant. A co-author who has no record is nothing unusual.
fn is_open(one: &Match, people: bool) -> bool {
    one.asks && !(people && one.candidates.is_empty())
}

fn line(kind: &str, at: usize, one: &Match, may_make: bool) -> Markup {
    let people = kind == "person";
    let name = format!("{kind}.{at}");
    let id = format!("{kind}-{at}");
    let nothing = if people { "Credit the name alone" } else { "Leave the type open" };
    let make = if people { "Make a new person" } else { "Make a new type" };
    let said = one.chosen;
    html! {
        li class={ @if is_open(one, people) { "asks" } } {
            input type="hidden" name={ (name) ".key" } value=(one.key);
            label for=(id) { b { (one.text) } " " small { @if one.rows == 1 { "one row" } @else { (one.rows) " rows" } } }
            @if one.candidates.is_empty() && !may_make {
                span.quiet #(id) { "Credited by name; nobody is called so." }
            } @else {
                select id=(id) name={ (name) ".is" } {
                    option value=(if one.asks { "" } else { "none" }) selected[said == Chosen::Nothing] {
                        @match (people, one.candidates.len()) {
                            (true, 0) => { (nothing) ": nobody is called so" }
                            (true, several) if one.asks => { (nothing) ": " (several) " may be meant" }
                            _ => (nothing),
                        }
                    }
                    @for candidate in &one.candidates {
                        option value=(candidate.id) selected[said == Chosen::Item(candidate.id)] {
                            (candidate.title) @if !candidate.subtitle.is_empty() { ", " (candidate.subtitle) }
                        }
                    }
                    @if may_make { option value="new" selected[said == Chosen::New] { (make) } }
                }
            }
        }
    }
}
