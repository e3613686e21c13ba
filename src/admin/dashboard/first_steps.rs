//! The first steps of a centre that has no content yet. It must promise only what is there.

use maud::{Markup, html};

use super::Counts;
use crate::content::ContentType;
use crate::content::types::{NEWS, PAGE, PERSON, PROJECT, THEME};
use crate::editing::{User, Verb};
use crate::store::Role;

/// The way from an empty database to the first project.
pub(super) fn view(user: &User, counts: &Counts) -> Markup {
    let steps: [(&str, &ContentType, &str); 5] = [
        ("Add your themes", &THEME, THEME.help),
        ("Add people", &PERSON, "They stand in the teams of projects and among the authors of outputs."),
        (
            "Add a project",
            &PROJECT,
            "With its team, partners, text and table of outputs: type its rows, or paste a table from Excel or a web page.",
        ),
        (
            "Add the pages ‘Home’ and ‘Research’",
            &PAGE,
            "Breadcrumbs begin with them: Home, Research, then the theme and the project. Call them so, or give them \
             the addresses ‘home’ and ‘research’.",
        ),
        ("Write the first news item", &NEWS, NEWS.help),
    ];
    let may = steps.iter().any(|(_, content_type, _)| user.may(Verb::Create, content_type.name));
    html! {
        section aria-labelledby="steps" {
            header { h2 #steps { "First steps" } }
            @if may && matches!(user.role, Role::Administrator | Role::Editor) {
                ol.feed {
                    @if user.role == Role::Administrator {
                        li {
                            a href="/admin/site" { "Check the site’s name and address" }
                            span {}
                            small { "They stand in every link that Recto gives out." }
                        }
                    }
                    @for (what, content_type, help) in steps {
                        li {
                            a href={ "/admin/" (content_type.plural) "/new" } { (what) }
                            span.number { @if counts.all(content_type) > 0 { (counts.all(content_type)) " so far" } }
                            small { (help) }
                        }
                    }
                    @if user.role == Role::Administrator {
                        li {
                            a href="/admin/users/new" { "Make accounts for your colleagues" }
                            span {}
                            small { "Each chooses a password through a link that you give them." }
                        }
                    }
                }
            } @else {
                p.about { "There is hardly anything here yet. An editor adds the themes and projects first." }
            }
        }
    }
}
