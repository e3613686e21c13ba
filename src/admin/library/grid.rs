//! The library as a grid of thumbnails, with the filter that fits files. It must not search itself.

use maud::{Markup, html};

use super::{file_of, thumbnail};
use crate::admin::bulk;
use crate::admin::form::links::document_state;
use crate::admin::layout;
use crate::admin::list::Menu;
use crate::content::parsed::upload::described;
use crate::content::types::media::{DOCUMENT, IMAGE};
use crate::published::{Document, Filter, Scalar};

/// The filter by kind.
const KIND: &str = "kind";

/// The library's own menu.
pub(in crate::admin) fn menu() -> Menu {
    let choices = [(IMAGE, "Images"), (DOCUMENT, "Documents")];
    (KIND, "Kind", choices.map(|(value, label)| (value.to_owned(), label.to_owned())).into())
}

/// What was chosen in it, as a condition.
pub(in crate::admin) fn conditions<'asked>(get: impl Fn(&str) -> &'asked str) -> Option<Filter> {
    Some(get(KIND)).filter(|kind| [IMAGE, DOCUMENT].contains(kind)).map(of_kind)
}

/// Media of this kind alone.
pub(in crate::admin) fn of_kind(kind: &str) -> Filter {
    Filter::Key(KIND, vec![Scalar::Text(kind.to_owned())])
}

/// The items as cards.
pub(in crate::admin) fn grid(documents: &[Document], offer: Option<&bulk::Offer>) -> Markup {
    html! {
        @if let Some(offer) = offer { div.cards-head.only-scripted { (offer.tick_all()) span aria-hidden="true" { "All on this page" } } }
        ul.cards aria-label="Media" { @for document in documents { (card(document, offer)) } }
    }
}

fn card(document: &Document, offer: Option<&bulk::Offer>) -> Markup {
    let file = file_of(document);
    let given =
        |name: &str| document.json.get(name).is_some_and(|value| !matches!(value.as_bool(), Some(false)));
    let image = file.as_ref().is_some_and(|file| file.media_type().is_image());
    html! {
        li.card {
            a href={ "/admin/media/" (document.id) } {
                (thumbnail(document))
                b { (document.title) }
            }
            @if let Some(file) = &file { small { (described(file)) } }
            p.card-state {
                @if let Some(offer) = offer { (offer.tick(document)) }
                (layout::short_state(document_state(document)))
                @if image && !given("alternative_text") && !given("decorative") {
                    span.warn { "No alternative text" }
                }
            }
        }
    }
}
