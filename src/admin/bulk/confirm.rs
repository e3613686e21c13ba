//! The page before many items are changed: how many of what will happen, each with its reason where it
//! cannot. It must not change anything.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::asked::{Asked, Chosen};
use super::{nothing, page, path, run, words};
use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::layout::{self, Flash};
use crate::content::{Id, Value};
use crate::editing::User;
use crate::editing::bulk::{self, Fate, Judged, MOST, Wish};
use crate::store::Stored;

/// How many items of each kind are named.
const NAMED: usize = 40;

/// What a wish comes to for each that was chosen, and the button that does it.
pub(super) async fn show(
    state: &State,
    user: &User,
    asked: &Asked,
    wish: &Wish,
) -> Result<Response, Failure> {
    let chosen = asked.chosen(state).await?;
    if chosen.ids.is_empty() {
        return Ok(nothing(user, asked));
    }
    let judged = bulk::look(&state.desk, user, asked.content_type, wish, &chosen.ids).await?;
    let name = target(state, wish).await?;
    let heading = words::to_do(wish, asked.content_type, judged.len(), &|_| name.clone());
    let does: Vec<&Stored> =
        judged.iter().filter(|one| one.fate == Fate::Happens).map(|one| &one.stored).collect();
    let same: Vec<&Stored> =
        judged.iter().filter(|one| one.fate == Fate::AsIs).map(|one| &one.stored).collect();
    let stays: Vec<&Judged> = judged.iter().filter(|one| matches!(one.fate, Fate::Stays(_))).collect();
    let batch = Id::new(state.desk.clock.now());
    let press = words::to_do(wish, asked.content_type, does.len(), &|_| name.clone());
    let body = html! {
        (bounded(&chosen))
        (layout::page_head(&html! { (heading) }, &html! {}, &html! {}))
        form.steps method="post" action={ (path(asked.content_type)) "/" (batch) } {
            (run::carried(asked, wish, &does))
            p.bulk-sum { (sum(wish, does.len(), same.len(), stays.len())) }
            @if let Some(note) = note(wish, &does) { p.about { (note) } }
            // Before the lists, which are long.
            div.page-foot {
                @if does.is_empty() {
                    a.button.button-main href=(asked.back()) { "Back to the list" }
                } @else {
                    button.button.button-main type="submit" { (press) }
                    a.button href=(asked.back()) { "Cancel" }
                    span.quiet { "It can be undone as a whole." }
                }
            }
            (left(&stays))
            (list("does", words::fate(wish), &does))
            (list("same", "Nothing to do", &same))
        }
    };
    Ok(page(user, asked.content_type, &asked.list, StatusCode::OK, &heading, &body))
}

/// What the item is called that a field is to name.
pub(super) async fn target(state: &State, wish: &Wish) -> Result<String, Failure> {
    let Wish::Set(_, Value::One(id)) = wish else { return Ok(String::new()) };
    Ok(state.desk.lists().get(&id.to_string()).await?.map(|found| found.title).unwrap_or_default())
}

fn bounded(chosen: &Chosen) -> Markup {
    html! {
        @if let Some(total) = chosen.of {
            (Flash::Warning(format!("The list has {total}, and at most {MOST} are done at once: these are the first. Do the others after them.")))
        }
    }
}

/// `9 will be published, 2 are public as they are, 1 cannot be and stays as it is.`
fn sum(wish: &Wish, does: usize, same: usize, stays: usize) -> String {
    let mut parts = vec![words::will(wish, does)];
    if same > 0 {
        parts.push(words::as_is(wish, same));
    }
    if stays > 0 {
        parts.push(words::stays(stays));
    }
    format!("{}.", parts.join(", "))
}

/// What is to be known beside the numbers.
fn note(wish: &Wish, does: &[&Stored]) -> Option<String> {
    let public = does.iter().filter(|stored| stored.meta.published_version.is_some()).count();
    match wish {
        Wish::Publish if public > 0 => Some(match public {
            1 => "The public sees an older version of one of them.".to_owned(),
            many => format!("The public sees an older version of {many} of them."),
        }),
        Wish::Unpublish => Some("The public no longer sees them; the drafts stay.".to_owned()),
        Wish::Trash if public > 0 => Some(match public {
            1 => "The public sees one of them, and no longer will.".to_owned(),
            many => format!("The public sees {many} of them, and no longer will."),
        }),
        Wish::Untrash => Some("They come back as drafts.".to_owned()),
        Wish::Set(..) if public > 0 => {
            Some("The drafts change; the public sees it when they are published.".to_owned())
        }
        _ => None,
    }
    .filter(|_| !does.is_empty())
}

/// Items, the first of them with links.
fn list(id: &str, heading: &str, items: &[&Stored]) -> Markup {
    html! {
        @if !items.is_empty() {
            section aria-labelledby=(id) {
                h2 id=(id) { (heading) " " span.count { (items.len()) } }
                ul.feed {
                    @for stored in items.iter().take(NAMED) {
                        li {
                            a href=(address(stored)) { (stored.item.title()) }
                            span { (layout::state(stored.state())) }
                            @let second = (stored.item.content_type.subtitle)(&stored.item);
                            @if !second.is_empty() { small { (second) } }
                        }
                    }
                }
                (more(items.len()))
            }
        }
    }
}

fn address(stored: &Stored) -> String {
    format!("/admin/{}/{}", stored.item.content_type.plural, stored.item.id)
}

fn more(number: usize) -> Markup {
    html! { @if number > NAMED { p.help { "And " (number - NAMED) " more." } } }
}

fn why(fate: &Fate) -> &str {
    match fate {
        Fate::Stays(why) => why,
        Fate::AsIs => "It was so by then.",
        Fate::Happens => "",
    }
}

/// What cannot be done, with the reasons.
pub(super) fn left(stays: &[&Judged]) -> Markup {
    html! {
        @if !stays.is_empty() {
            section aria-labelledby="stays" {
                h2 #stays { "What stays as it is " span.count { (stays.len()) } }
                ul.missing {
                    @for one in stays.iter().take(NAMED) {
                        li {
                            a href=(address(&one.stored)) { (one.stored.item.title()) }
                            " " span { (why(&one.fate)) }
                        }
                    }
                }
                (more(stays.len()))
            }
        }
    }
}
