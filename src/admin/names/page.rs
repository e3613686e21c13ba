//! The queue of names as a page, and the names that left it. It must not change anything.

use maud::{Markup, html};

use super::{Asked, LAST_PAGE, Line, PAGE, PATH, Queue, may_bind, may_make, own_path};
use crate::admin::layout::{self, Flash, Page, icon};
use crate::editing::User;

/// What was just done, and the number under which it can be taken back.
pub(super) struct Done {
    pub flash: Flash,
    pub batch: Option<String>,
}

impl Done {
    pub fn of(flash: Flash) -> Self {
        Self { flash, batch: None }
    }
}

/// The message, with the button that takes it back.
fn told(done: Option<&Done>) -> Markup {
    html! {
        @if let Some(done) = done {
            @if let Some(batch) = &done.batch {
                div.flash-deed {
                    (done.flash)
                    form method="post" action={ "/admin/changes/" (batch) } {
                        button.button type="submit" { "Undo" }
                    }
                }
            } @else { (done.flash) }
        }
    }
}

fn crumbs() -> Markup {
    layout::crumbs(&[("People".to_owned(), "/admin/people".to_owned())])
}

/// The queue.
pub(super) fn queue(user: &User, asked: &Asked, queue: &Queue, done: Option<Done>) -> Markup {
    let body = html! {
        (crumbs())
        (told(done.as_ref()))
        (layout::page_head(&html! { "Names without a person " span.count { (queue.total) } }, &html! {}, &html! {}))
        div.name-queue {
            p.about {
                "Authors whom outputs credit by a name alone. Say once who they are: every output that credits them so \
                 names the person, where it is public at once, and the next import knows the spelling."
            }
            @if queue.total > 0 || !asked.q.is_empty() { (search(asked)) }
            @if queue.lines.is_empty() {
                div.empty {
                    @if asked.q.is_empty() {
                        h2 { "Every name has its person" }
                        p { "Names that an import or a table credits without a person wait here." }
                        div.actions { a.button href="/admin/people" { "All people" } }
                    } @else {
                        h2 { "No name like this" }
                        p { "Try the family name alone, or its first letters." }
                        div.actions { a.button href=(PATH) { "All names" } }
                    }
                }
            } @else {
                ul.name-list { @for line in &queue.lines { (one(user, asked, line)) } }
                (pages(asked, i64::try_from(queue.lines.len()).unwrap_or(0), queue.total))
                @if may_make(user) { (none_of_these(asked, &queue.lines)) }
            }
            @if queue.outsiders > 0 {
                p.help { a href={ (PATH) "?show=outsiders" } { "Not one of ours" } ": " (queue.outsiders) @if queue.outsiders == 1 { " name" } @else { " names" } "." }
            }
        }
    };
    html! { (Page { user, title: "Names without a person", section: "/admin/people", body }) }
}

fn search(asked: &Asked) -> Markup {
    html! {
        form.filters method="get" action=(PATH) role="search" aria-label="Search names" {
            div.field.field-search {
                label for="q" { "Search" }
                div.control.search { (icon("search")) input type="search" #q name="q" value=(asked.q) maxlength="100"; }
            }
            div.actions {
                button.button type="submit" { "Search" }
                @if !asked.q.is_empty() { a.text-button.text-button-quiet href=(PATH) { "Clear" } }
            }
        }
    }
}

/// The list's place, carried along by its forms.
fn place(asked: &Asked) -> Markup {
    html! {
        @for (name, value) in [("q", &asked.q), ("page", &asked.page), ("show", &asked.show)] {
            @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
        }
    }
}

fn one(user: &User, asked: &Asked, line: &Line) -> Markup {
    let said = &line.name.text;
    let more = line.number - i64::try_from(line.outputs.len()).unwrap_or(0);
    html! {
        li {
            div {
                h2 { (said) }
                p.credited {
                    @for (at, output) in line.outputs.iter().enumerate() {
                        @if at > 0 { "; " }
                        a href={ "/admin/outputs/" (output.id) } { (output.title) }
                    }
                    @if more > 0 { "; and " a href=(own_path(said)) { (more) " more" } }
                }
            }
            @if may_bind(user) {
                form method="post" action=(PATH) {
                    (place(asked))
                    input type="hidden" name="said" value=(said);
                    div.name-choices role="group" aria-label={ "Who is ‘" (said) "’?" } {
                        @for candidate in line.name.candidates.iter().take(4) {
                            button.button.person type="submit" name="do" value={ "bind:" (candidate.id) } {
                                b { (candidate.title) }
                                @if !candidate.subtitle.is_empty() { " " small { (candidate.subtitle) } }
                            }
                        }
                        @if may_make(user) {
                            button.button type="submit" name="do" value="new" { (icon("plus")) " New person" }
                        }
                        a.text-button href=(own_path(said)) { "Someone else…" span.visually-hidden { " for " (said) } }
                        @if may_make(user) {
                            button.text-button.text-button-quiet type="submit" name="do" value="outsider" { "Not one of ours" }
                        }
                    }
                }
            }
        }
    }
}

fn none_of_these(asked: &Asked, lines: &[Line]) -> Markup {
    html! {
        form.page-foot method="post" action=(PATH) {
            (place(asked))
            @for line in lines { input type="hidden" name="said" value=(line.name.text); }
            button.button type="submit" name="do" value="outsiders" {
                @if lines.len() == 1 { "This is not one of ours" } @else { "None of these " (lines.len()) " is one of ours" }
            }
        }
    }
}

fn pages(asked: &Asked, shown: i64, total: i64) -> Markup {
    let number = asked.number();
    let first = (number - 1) * PAGE;
    html! {
        nav.pages aria-label="Pages" {
            p { (first + 1) "–" (first + shown) " of " (total) }
            @if number > 1 { a.button rel="prev" href=(asked.at(number - 1, &[])) { "Previous" } }
            @if first + shown < total && number < LAST_PAGE { a.button rel="next" href=(asked.at(number + 1, &[])) { "Next" } }
        }
    }
}

/// The names that are nobody's.
pub(super) fn outsiders(
    user: &User,
    asked: &Asked,
    names: &[(String, String)],
    total: u64,
    done: Option<Done>,
) -> Markup {
    let crumbs = layout::crumbs(&[
        ("People".to_owned(), "/admin/people".to_owned()),
        ("Names without a person".to_owned(), PATH.to_owned()),
    ]);
    let body = html! {
        (crumbs)
        (told(done.as_ref()))
        (layout::page_head(&html! { "Not one of ours " span.count { (total) } }, &html! {}, &html! {}))
        div.name-queue {
            @if names.is_empty() {
                div.empty {
                    h2 { "No name here" }
                    p { "Names that you say are not one of yours stand here; nobody asks about them any more." }
                    div.actions { a.button href=(PATH) { "Names without a person" } }
                }
            } @else {
                p.about { "Outputs show these names as they are credited, and nobody asks who they are." }
                ul.name-list {
                    @for (_, said) in names {
                        li {
                            div { h2 { (said) } }
                            @if may_make(user) {
                                form method="post" action=(PATH) {
                                    (place(asked))
                                    input type="hidden" name="said" value=(said);
                                    button.button type="submit" name="do" value="back" { "Ask again" span.visually-hidden { " about " (said) } }
                                }
                            }
                        }
                    }
                }
                (pages(asked, i64::try_from(names.len()).unwrap_or(0), i64::try_from(total).unwrap_or(i64::MAX)))
            }
        }
    };
    html! { (Page { user, title: "Not one of ours", section: "/admin/people", body }) }
}
