//! The library as a grid of thumbnails, with the filters that fit files. It must not search itself.

use maud::{Markup, html};

use super::{file_of, thumbnail};
use crate::admin::bulk;
use crate::admin::form::links::document_state;
use crate::admin::layout;
use crate::content::parsed::upload::described;
use crate::content::types::media::{DOCUMENT, IMAGE};
use crate::published::{Document, Filter, Scalar};

/// The filter by kind.
const KIND: &str = "kind";
/// The filter by what is to be mended.
const WANTS: &str = "wants";

const NO_TEXT: &str = "alternative-text";
const UNUSED: &str = "use";

/// A menu of the filter bar: name, label, and what can be chosen.
type Menu = (&'static str, &'static str, Vec<(String, String)>);

/// The library's own menus.
pub(in crate::admin) fn menus() -> [Menu; 2] {
    let menu = |choices: [(&str, &str); 2]| {
        choices.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect()
    };
    [
        (KIND, "Kind", menu([(IMAGE, "Images"), (DOCUMENT, "Documents")])),
        (WANTS, "Look for", menu([(NO_TEXT, "Without alternative text"), (UNUSED, "Not used anywhere")])),
    ]
}

/// What was chosen in them, as conditions.
pub(in crate::admin) fn conditions<'asked>(get: impl Fn(&str) -> &'asked str) -> Vec<Filter> {
    let mut conditions = Vec::new();
    if [IMAGE, DOCUMENT].contains(&get(KIND)) {
        conditions.push(of_kind(get(KIND)));
    }
    match get(WANTS) {
        NO_TEXT => conditions.extend(without_text()),
        UNUSED => conditions.push(Filter::Unused),
        _ => {}
    }
    conditions
}

fn of_kind(kind: &str) -> Filter {
    Filter::Key(KIND, vec![Scalar::Text(kind.to_owned())])
}

/// Images of which nobody has said what they show, nor that they say nothing.
fn without_text() -> Vec<Filter> {
    vec![of_kind(IMAGE), Filter::Lacks("alternative_text"), Filter::Lacks("decorative")]
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
                (thumbnail(file.as_ref()))
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
