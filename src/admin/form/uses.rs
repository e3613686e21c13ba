//! Where an item is used, beside its form, and what is asked before it goes to the trash all the same. It
//! must not look anything up.

use maud::{Markup, html};

use crate::admin::layout;
use crate::content::{Field, Id, Kind};
use crate::published::Use;
use crate::store::State;

use super::links::document_state;

/// Where the item of this id is used.
pub(in crate::admin) fn view(id: Id, uses: &[Use]) -> Markup {
    html! {
        section {
            h2 { "Where is this used?" }
            @if uses.is_empty() { p.quiet { "Nothing links here." } }
            @for one in uses { (by_field(id, one)) }
        }
    }
}

fn by_field(id: Id, used: &Use) -> Markup {
    let Use { content_type, field, by, total, drafts, more } = used;
    let shown = i64::try_from(by.len()).unwrap_or(0);
    let all = Some(format!("/admin/{}?{}={id}", content_type.plural, field.name)).filter(|_| field.filter);
    html! {
        div.uses {
            h3 {
                (content_type.labels) ", " (place(field)) " "
                span.count { (number(*total, *more)) }
            }
            @if *drafts > 0 && drafts < total { p.quiet { (drafts) " not public" } }
            ul {
                @for document in by {
                    li {
                        a href={ "/admin/" (content_type.plural) "/" (document.id) } { (document.title) }
                        @let state = document_state(document);
                        @if state != State::Published { " " (layout::short_state(state)) }
                    }
                }
            }
            @if *total > shown || *more {
                p {
                    @match all {
                        Some(list) => a href=(list) {
                            @if *more { "All of them" } @else { "All " (total) }
                            span.visually-hidden { " " (content_type.labels.to_lowercase()) ", " (place(field)) }
                        },
                        None => span.quiet { "And " (number(total - shown, *more)) " more" },
                    }
                }
            }
        }
    }
}

/// The place that a link has in what links.
fn place(field: &Field) -> String {
    match field.kind {
        Kind::Html => format!("in the {}", lower(field.label)),
        Kind::Many { .. } => format!("under ‘{}’", field.label),
        _ => format!("as {}", lower(field.label)),
    }
}

/// A label within a sentence; what is an abbreviation stays one.
fn lower(label: &str) -> String {
    let abbreviation = label.chars().nth(1).is_some_and(char::is_uppercase);
    if abbreviation { label.to_owned() } else { label.to_lowercase() }
}

fn number(total: i64, more: bool) -> String {
    if more { format!("more than {total}") } else { total.to_string() }
}

/// The button that moves it to the trash. What is used does not go by one press.
pub(super) fn trash(uses: &[Use]) -> Markup {
    let total: i64 = uses.iter().map(|one| one.total).sum();
    let more = uses.iter().any(|one| one.more);
    html! {
        @if total == 0 {
            button.text-button type="submit" form="item-form" name="do" value="trash" { "Move to the trash" }
        } @else {
            details.confirm {
                summary { "Move to the trash…" }
                p {
                    "It is used in " (number(total, more))
                    @if total == 1 && !more { " place, which does" } @else { " places, which do" }
                    " not show it any more then. Links to it stay, and work again when you take it out."
                }
                button.button.button-danger type="submit" form="item-form" name="do" value="trash" { "Move to the trash anyway" }
            }
        }
    }
}
