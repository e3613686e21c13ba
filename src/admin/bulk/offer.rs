//! What a list offers: boxes to tick, and the bar that says what can be done with what is ticked. A plain
//! form; the script only ticks many at once and counts. It must not offer what a role may not do.

use maud::{Markup, html};

use super::asked::What;
use super::words;
use crate::admin::list::Asked;
use crate::content::ContentType;
use crate::editing::bulk::{MOST, settable};
use crate::editing::{User, Verb};
use crate::published::Document;

/// What somebody can do with many items of a list; none where they can do nothing.
#[derive(Clone, Debug)]
pub(in crate::admin) struct Offer {
    content_type: &'static ContentType,
    buttons: Vec<(What, &'static str)>,
    list: String,
}

impl Offer {
    /// For a list as it was asked for; `trash` where it shows the trash.
    pub fn of(user: &User, content_type: &'static ContentType, asked: &Asked, trash: bool) -> Option<Self> {
        let may = |what: &What| match what {
            What::Publish => !trash && user.may(Verb::Publish, content_type.name),
            What::Unpublish => !trash && user.may(Verb::Unpublish, content_type.name),
            What::Trash => !trash && user.may(Verb::Trash, content_type.name),
            What::Untrash => trash && user.may(Verb::Trash, content_type.name),
            What::Edit => {
                !trash && user.may(Verb::Save, content_type.name) && settable(content_type).next().is_some()
            }
        };
        let label = |what| match what {
            What::Publish => "Publish…",
            What::Unpublish => "Unpublish…",
            What::Trash => "Move to the trash…",
            What::Untrash => "Take out of the trash…",
            What::Edit => "Edit a field…",
        };
        let buttons: Vec<_> =
            What::ALL.into_iter().filter(|what| may(what)).map(|what| (what, label(what))).collect();
        let list = super::list_of(&asked.with("", ""));
        (!buttons.is_empty()).then_some(Self { content_type, buttons, list })
    }

    /// The box of one item.
    pub fn tick(&self, document: &Document) -> Markup {
        html! {
            label.tick {
                input type="checkbox" name="one" value=(document.id) form="bulk" autocomplete="off";
                span.visually-hidden { (document.title) }
            }
        }
    }

    /// The box for all on the page: for the script alone.
    pub fn tick_all(&self) -> Markup {
        html! {
            label.tick.only-scripted {
                input type="checkbox" data-tick-all autocomplete="off";
                span.visually-hidden { "All on this page" }
            }
        }
    }

    /// The bar below a page of the list.
    pub fn bar(&self, shown: usize, total: i64) -> Markup {
        let many = usize::try_from(total).unwrap_or(MOST);
        html! {
            form.bulk-bar #bulk method="get" action=(super::path(self.content_type)) aria-label={ "What to do with the ticked " (words::several(self.content_type)) } {
                input type="hidden" name="list" value=(self.list);
                div.bulk-what {
                    p data-ticked role="status" { "With what is ticked" }
                    label.choice.only-scripted.only-narrow {
                        input type="checkbox" data-tick-all autocomplete="off";
                        span { "All on this page" }
                    }
                    @if many > shown {
                        label.choice {
                            input type="checkbox" name="all" value="true" autocomplete="off";
                            span { @if many > MOST { "The first " (MOST) " of " (total) " that fit" } @else { "All " (total) " that fit" } }
                        }
                    }
                }
                div.actions {
                    @for (what, label) in &self.buttons {
                        button.button type="submit" name="verb" value=(what.name()) { (label) }
                    }
                }
            }
        }
    }
}
