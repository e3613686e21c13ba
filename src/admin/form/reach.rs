//! Whether readers get a file: told beside the form of a media item, for whose sake or why not, and beside that
//! of an output that keeps its file back. It must not look anything up.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::controls::Context;
use super::links::document_state;
use crate::content::types::{MEDIA, ON_REQUEST, OPEN, OUTPUT, UNAVAILABLE, embargo};
use crate::editing::reach::{Named, Reach, Why};
use crate::store::{State, Stored};

/// How many reasons are told; a picture may stand in hundreds of places.
const TOLD: usize = 5;

/// For whose sake readers get the file of a media item, or why they do not.
pub(super) fn media(reach: &[Reach]) -> Markup {
    let open = reach.iter().any(|one| one.why.opens());
    let told: Vec<Markup> = reach.iter().filter_map(|one| sentence(one, open)).collect();
    html! {
        section.reach {
            h2 { "Who can get the file" }
            p {
                @if open { span.state.state-published { "Everybody" } }
                @else { span.state.state-draft { "Only people who can sign in" } }
            }
            @match told.as_slice() {
                [] => p.quiet { "Publish it by itself, or together with something that shows it." },
                [one] => p { (one) },
                _ => {
                    ul { @for one in told.iter().take(TOLD) { li { (one) } } }
                    @if told.len() > TOLD { p.quiet { "And " (told.len() - TOLD) " more" } }
                },
            }
        }
    }
}

/// One reason in words. What is closed is told differently where the file is open for another reason; what was
/// closed once is then not told at all.
fn sentence(reach: &Reach, open: bool) -> Option<Markup> {
    let Some(item) = &reach.item else { return Some(html! { "Public by itself." }) };
    let all_the_same = "but readers get the file all the same.";
    let said = match reach.why {
        Why::Itself => html! { "Public by itself." },
        Why::Shown => html! { "Readers get it with the " (named(item)) "." },
        Why::Embargo(until) if open => {
            html! { "The " (named(item)) " is under embargo until " (day(until)) ", " (all_the_same) }
        }
        Why::Embargo(until) => {
            html! { "Readers get it with the " (named(item)) ", when its embargo ends on " (day(until)) "." }
        }
        Why::OnRequest if open => html! { "The " (named(item)) " is available on request, " (all_the_same) },
        Why::OnRequest => {
            html! { "Readers do not get it: the " (named(item)) " is available on request." }
        }
        Why::Unavailable if open => html! { "The " (named(item)) " is unavailable, " (all_the_same) },
        Why::Unavailable => html! { "Readers do not get it: the " (named(item)) " is unavailable." },
        Why::LeftOutUntil(until) if open => {
            html! { "The " (named(item)) " is under embargo until " (day(until)) ", " (all_the_same) }
        }
        Why::LeftOutUntil(until) => html! {
            "Readers do not get it: the " (named(item)) " is under embargo until " (day(until))
            ", and will be open without the file."
        },
        Why::LeftOut if open => return None,
        Why::LeftOut => {
            html! { "Readers do not get it: the " (named(item)) " is public without the file." }
        }
        Why::Withdrawn | Why::Trashed | Why::Draft if open => return None,
        Why::Withdrawn => html! { "Closed when the " (named(item)) " was withdrawn." },
        Why::Trashed => html! { "Closed when the " (named(item)) " was moved to the trash." },
        Why::Draft => html! { "Readers do not get it: the " (named(item)) " is not public yet." },
    };
    Some(said)
}

fn named(item: &Named) -> Markup {
    html! {
        (item.content_type.label.to_lowercase()) " ‘"
        a href={ "/admin/" (item.content_type.plural) "/" (item.id) } { (item.title) } "’"
    }
}

fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// That readers do not get the file of an output that is not open, and from when on they do. The place is there
/// in any case, so that a form that saves itself can fill it.
pub(super) fn output(context: &Context<'_>, stored: &Stored) -> Markup {
    let said = kept_back(context, stored);
    html! {
        @if stored.item.content_type == &OUTPUT {
            div #status-file hidden[said.is_none()] {
                @if let Some(said) = said { dt { "Its file" } dd { (said) } }
            }
        }
    }
}

fn kept_back(context: &Context<'_>, stored: &Stored) -> Option<Markup> {
    let item = &stored.item;
    if item.content_type != &OUTPUT {
        return None;
    }
    let file = item.one("file")?;
    let until = embargo(item);
    let over = until.is_some_and(|day| day <= context.when.today());
    if item.text("availability") == OPEN || over {
        return None;
    }
    let media = context.titles.get(&file.to_string()).filter(|known| known.content_type == &MEDIA);
    let elsewhere =
        media.is_some_and(|known| matches!(document_state(known), State::Published | State::Changed));
    let link = html! { a href={ "/admin/media/" (file) } { "the file" } };
    Some(match stored.state() {
        // What was published last may be open still.
        State::Changed if elsewhere => html! {
            "Readers can get " (link) " now. That ends when you publish this, unless something else shows it too."
        },
        _ if elsewhere => html! {
            "This output is not open, but readers can get " (link) " because of something else."
        },
        _ => html! {
            "Readers do not get " (link)
            @match (until, item.text("availability")) {
                (Some(day), _) => { " until " (self::day(day)) ", when the embargo ends (" (context.when.zone()) " time)." },
                (None, UNAVAILABLE) => { ": this output is unavailable." },
                (None, ON_REQUEST) => { ": this output is available on request." },
                (None, _) => { ": the output is not open." },
            }
        },
    })
}
