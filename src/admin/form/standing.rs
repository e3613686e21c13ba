//! How an item stands: its state, when it was saved, what is not, who else is here. In parts, so that
//! a form that has saved itself is brought up to date and otherwise left alone. It must not change
//! anything.

use maud::{Markup, html};

use super::controls::{self, Context};
use super::{Draft, reach, view};
use crate::admin::{here, layout};
use crate::content::ContentType;
use crate::content::types::OUTPUT;
use crate::store::{State, Stored};

/// What is known at a glance, below the heading.
pub(super) fn facts(context: &Context<'_>) -> Markup {
    match context.stored {
        Some(stored) => html! {
            (layout::state(stored.state()))
            @if let Some(published) = stored.meta.published_at.filter(|_| stored.meta.published_version.is_some()) {
                span { "Last published " (context.when.say(published)) }
            }
        },
        None => html! { span { "Not saved yet" } },
    }
}

/// The state, beside the form.
pub(super) fn state(stored: &Stored) -> Markup {
    html! { div #status-state { dt { "State" } dd { (layout::state(stored.state())) } } }
}

/// When it was saved, beside the form.
pub(super) fn saved(context: &Context<'_>, stored: &Stored) -> Markup {
    html! {
        div #status-saved {
            dt { "Last saved" }
            dd {
                (context.when.say_first(stored.meta.updated_at))
                @if let Some(name) = &context.saved_by { " by " (name) }
            }
        }
    }
}

/// What is saved and what is not, in the bar.
pub(super) fn line(context: &Context<'_>, unsaved: &[&str]) -> Markup {
    if !unsaved.is_empty() {
        return html! { p.save-status #save-status data-unsaved { "Not saved yet: " (unsaved.join(", ")) } };
    }
    html! {
        p.save-status #save-status {
            @match context.stored {
                Some(stored) => {
                    @if let Some(at) = stored.meta.trashed_at {
                        "In the trash since " (context.when.say(at)) "."
                    } @else {
                        "Saved " (context.when.say(stored.meta.updated_at)) "."
                        @if stored.state() == State::Changed { " Changes are not public yet." }
                        @if stored.state() == State::Draft { " Not public yet." }
                    }
                },
                None => "Nothing is saved yet.",
            }
        }
    }
}

/// The place where it is told who else is here; it asks again by itself.
pub(super) fn others(context: &Context<'_>, content_type: &ContentType) -> Markup {
    let Some(stored) = context.stored.filter(|_| context.locked.is_none()) else { return html! {} };
    let address = format!("/admin/{}/{}/{}", content_type.plural, stored.item.id, here::ADDRESS);
    html! {
        div.others #others hx-get=(address) hx-trigger="every 25s" hx-swap="innerMorph" {
            (who(&context.others))
        }
    }
}

/// Who else is here, in words.
pub(in crate::admin) fn who(names: &[String]) -> Markup {
    html! {
        @match names {
            [] => {},
            [one] => p { (one) " is editing this too." },
            [one, two] => p { (one) " and " (two) " are editing this too." },
            [one, two, others @ ..] => p {
                (one) ", " (two) " and " (others.len()) @if others.len() == 1 { " other" } @else { " others" }
                " are editing this too."
            },
        }
    }
}

/// The parts of the page that a save by itself has changed: how the item stands, and the fields that
/// hold what others wrote or what the server has made, such as an address.
pub(in crate::admin) fn parts(context: &Context<'_>, draft: &Draft, fields: &[&'static str]) -> Markup {
    let Some(stored) = context.stored else { return html! {} };
    html! {
        hx-partial hx-target=".page-head .facts" hx-swap="innerMorph" { (facts(context)) }
        hx-partial hx-target="#status-state" hx-swap="outerMorph" { (state(stored)) }
        hx-partial hx-target="#status-saved" hx-swap="outerMorph" { (saved(context, stored)) }
        @if stored.item.content_type == &OUTPUT {
            hx-partial hx-target="#status-file" hx-swap="outerMorph" { (reach::output(context, stored)) }
        }
        hx-partial hx-target="#save-status" hx-swap="outerMorph" { (line(context, &[])) }
        @for name in fields {
            hx-partial hx-target={ "#item-form [data-field=\"" (name) "\"]" } hx-swap="outerMorph" {
                @match draft.content_type.field(name) {
                    Some(field) => (controls::field(context, draft, field)),
                    None => (view::address_field(context, draft)),
                }
            }
        }
    }
}
