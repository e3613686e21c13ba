//! What stands beside an item's form: its state, what links to it, and ways to what is not done in the form. It
//! must not change anything.

use maud::{Markup, html};

use super::controls::Context;
use super::view::View;
use super::{reach, standing, uses};
use crate::content::Field;
use crate::content::types::MEDIA;
use crate::editing::{Verb, merge};
use crate::store::{State, Stored};

/// All of it; nothing yet beside an item that is new.
pub(super) fn aside(view: &View<'_>, groups: &[(&'static str, Vec<&'static Field>)], wide: bool) -> Markup {
    let context = view.context;
    let Some(stored) = context.stored else { return html! { aside.aside aria-label="Status" {} } };
    let state = stored.state();
    let may = |verb| context.user.may_with(verb, stored) && !stored.item.content_type.single;
    html! {
        aside.aside aria-label="Status" {
            section {
                h2 { "Status" }
                dl {
                    (standing::state(stored))
                    (standing::saved(context, stored))
                    @if let (Some(_), Some(at)) = (stored.meta.published_version, stored.meta.published_at) {
                        div { dt { "Published" } dd { (context.when.say_first(at)) } }
                    }
                    @if let Some((site, api)) = &view.public {
                        div {
                            dt { @if view.draft.content_type == &MEDIA { "Address of the file; it stays when you replace it" } @else { "Public address" } }
                            dd { a href=(site) { (address_line(site)) } }
                        }
                        div { dt { "For developers" } dd { a href=(api) { "What the API answers" } } }
                    }
                }
            }
            @if stored.item.content_type == &MEDIA && state != State::Trashed { (reach::media(&context.reach)) }
            @if merge::may_merge(context.user, stored.item.content_type) && state != State::Trashed {
                section {
                    h2 { "Twice here?" }
                    a href={ "/admin/" (stored.item.content_type.plural) "/" (stored.item.id) "/merge" } {
                        "Merge with another " (stored.item.content_type.label.to_lowercase())
                    }
                }
            }
            @if !stored.item.content_type.single { (uses::view(stored.item.id, &context.uses)) }
            @if may(Verb::Trash) && state != State::Trashed { (remove(context, stored)) }
            @if groups.len() > 2 || wide { (contents(groups, wide)) }
        }
    }
}

/// The ways out of the public and of the lists.
fn remove(context: &Context<'_>, stored: &Stored) -> Markup {
    html! {
        section {
            h2 { "Remove" }
            div.actions {
                @if stored.meta.published_version.is_some() {
                    button.text-button type="submit" form="item-form" name="do" value="unpublish" { "Unpublish" }
                    " "
                }
                (uses::trash(&context.uses))
            }
        }
    }
}

/// The groups of a long form.
fn contents(groups: &[(&'static str, Vec<&'static Field>)], wide: bool) -> Markup {
    html! {
        nav aria-label="On this page" {
            h2 { "On this page" }
            ol {
                @for (at, (heading, _)) in groups.iter().enumerate() { li { a href={ "#group-" (at) } { (heading) } } }
                @if wide { li { a href="#outputs-heading" { "Outputs" } } }
            }
        }
    }
}

/// An address that breaks where people would break it.
fn address_line(address: &str) -> Markup {
    html! {
        @for (at, part) in address.split('/').enumerate() {
            @if at > 0 { "/" wbr; }
            (part)
        }
    }
}
