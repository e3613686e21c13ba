//! What every page shares: the shell, headings, badges, icons, messages. It must not know what a
//! page is about.

use maud::{DOCTYPE, Markup, Render, html};

use super::{assets, palette};
use crate::content::parsed::Html;
use crate::editing::{User, Verb};
use crate::store::{Role, State};

/// A whole page for somebody signed in.
pub(super) struct Page<'page> {
    pub user: &'page User,
    /// The window's title, without our name.
    pub title: &'page str,
    /// The part of the navigation that it belongs to: a path.
    pub section: &'page str,
    pub body: Markup,
}

/// The groups of the navigation: heading, then label and path.
pub(super) const NAVIGATION: [(&str, &[(&str, &str)]); 6] = [
    ("", &[("Dashboard", "/admin/")]),
    (
        "Research",
        &[("Projects", "/admin/projects"), ("Outputs", "/admin/outputs"), ("Themes", "/admin/themes")],
    ),
    ("People", &[("People", "/admin/people"), ("Organisations", "/admin/organisations")]),
    ("Public", &[("News", "/admin/news"), ("Events", "/admin/events"), ("Pages", "/admin/pages")]),
    ("Library", &[("Media", "/admin/media"), ("Terms", "/admin/terms")]),
    ("Settings", &[("Site", "/admin/site"), ("Users", "/admin/users")]),
];

impl Render for Page<'_> {
    fn render(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en-GB" {
                (head(self.title))
                body {
                    a.skip href="#main" { "Skip to the content" }
                    div.shell {
                        nav.rail #rail popover aria-label="Main" {
                            a.brand href="/admin/" { "Recto" }
                            @for (at, (heading, links)) in NAVIGATION.iter().enumerate() {
                                @if !heading.is_empty() { h2 id={ "nav-" (at) } { (heading) } }
                                ul aria-labelledby=[(!heading.is_empty()).then(|| format!("nav-{at}"))] {
                                    @for (label, path) in links.iter().filter(|(_, path)| self.shows(path)) {
                                        li {
                                            a href=(path) aria-current=[(*path == self.section).then_some("page")] { (label) }
                                        }
                                    }
                                }
                            }
                        }
                        header.top {
                            button.icon-button.menu-button type="button" popovertarget="rail" aria-label="Menu" { (icon("menu")) }
                            a.brand href="/admin/" { "Recto" }
                            a.search-link href="/admin/search" data-palette aria-keyshortcuts="Control+K Meta+K /" {
                                (icon("search")) "Search or go to" kbd.with-script aria-hidden="true" { "Ctrl K" }
                            }
                            div.account {
                                a href="/admin/account" { (self.user.name) }
                                form method="post" action="/admin/sign-out" data-account=[self.user.account.as_deref()] {
                                    button.text-button.text-button-quiet type="submit" { "Sign out" }
                                }
                            }
                        }
                        main #main tabindex="-1" { (self.body) }
                    }
                    (palette::dialog())
                }
            }
        }
    }
}

impl Page<'_> {
    fn shows(&self, path: &str) -> bool {
        is_offered(self.user, path)
    }
}

/// Menus offer only what somebody can use.
pub(super) fn is_offered(user: &User, path: &str) -> bool {
    path != "/admin/users" || user.role == Role::Administrator
}

/// A page without navigation, for those who are not signed in.
pub(super) fn plain(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            (head(title))
            body.sign-in {
                main #main { p.brand { "Recto" } (body) }
            }
        }
    }
}

fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " – Recto" }
            link rel="icon" href="data:,";
            link rel="stylesheet" href=(assets::url("admin.css"));
            script type="module" src=(assets::url("admin.js")) {}
        }
    }
}

/// The way to a page: its parents, not itself.
pub(super) fn crumbs(parents: &[(String, String)]) -> Markup {
    html! {
        @if !parents.is_empty() {
            nav.crumbs aria-label="Breadcrumb" {
                ol { @for (label, path) in parents { li { a href=(path) { (label) } } } }
            }
        }
    }
}

/// The page's heading, with what is known of the thing at a glance, and what can be done.
pub(super) fn page_head(heading: &Markup, facts: &Markup, actions: &Markup) -> Markup {
    html! {
        header.page-head {
            div {
                h1 { (heading) }
                @if !facts.0.is_empty() { p.facts { (facts) } }
            }
            @if !actions.0.is_empty() { div.actions { (actions) } }
        }
    }
}

/// A message about what was just done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flash {
    Success(String),
    Note(String),
    Warning(String),
    Error(String),
}

impl Render for Flash {
    fn render(&self) -> Markup {
        match self {
            Self::Success(text) => html! { div.flash.flash-success role="status" { (text) } },
            Self::Note(text) => html! { div.flash.flash-note role="status" { (text) } },
            Self::Warning(text) => html! { div.flash.flash-warning role="status" { (text) } },
            Self::Error(text) => html! { div.flash.flash-error role="alert" { (text) } },
        }
    }
}

/// Rich text as it is: what is of that type has been sanitised. The one place that shows markup.
pub(super) fn rich(html: &Html) -> Markup {
    maud::PreEscaped(html.as_str().to_owned())
}

/// A state as word and colour.
pub(super) fn state(state: State) -> Markup {
    html! { span class={ "state state-" (state.name()) } { (state.label()) } }
}

/// The same where there is little room.
pub(super) fn short_state(of: State) -> Markup {
    match of {
        State::Changed => html! { span.state.state-changed { "Changes" } },
        other => state(other),
    }
}

/// An icon; whoever uses it names the button.
pub(super) fn icon(name: &str) -> Markup {
    let path = match name {
        "up" => "m6 14 6-6 6 6",
        "down" => "m6 10 6 6 6-6",
        "remove" => "M6 6l12 12M18 6 6 18",
        "search" => "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14m9 16-4-4",
        "menu" => "M4 7h16M4 12h16M4 17h16",
        "shared" => {
            "M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M3 19a6 6 0 0 1 12 0M16 5.5a3 3 0 0 1 0 5M18 14a6 6 0 0 1 3 5"
        }
        "plus" => "M12 5v14M5 12h14",
        _ => "M14 5h5v5M19 5l-8 8M17 14v5H5V7h5",
    };
    html! { svg.icon viewBox="0 0 24 24" aria-hidden="true" { path d=(path) {} } }
}

/// A button that leads to making a new one.
pub(super) fn new_button(user: &User, content_type: &crate::content::ContentType) -> Markup {
    html! {
        @if user.may(Verb::Create, content_type.name) {
            a.button.button-main href={ "/admin/" (content_type.plural) "/new" } {
                (icon("plus")) " New " (content_type.label.to_lowercase())
            }
        }
    }
}
