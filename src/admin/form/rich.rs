//! Rich text in a form: the text area, the text as it reads until the editor is there, and what the
//! editor should know of the items that it names. It must not show markup that was not sanitised.

use maud::{Markup, html};
use serde::Serialize;

use super::controls::{Context, after_newline};
use super::links::{document_state, subtitle};
use crate::admin::{layout, library};
use crate::content::Id;
use crate::content::parsed::{Html, Still};
use crate::content::types::MEDIA;
use crate::editing::Verb;
use crate::published::Document;
use crate::store::State;

/// An item as the editor knows it; `admin-assets/src/rich/items.ts` reads it.
#[derive(Debug, Serialize)]
pub(in crate::admin) struct Item {
    id: String,
    title: String,
    /// What kind of item it is: `Project`; of media `Image` or `Document`.
    label: &'static str,
    /// What tells two of one title apart.
    second: String,
    state: &'static str,
    /// Where it is edited.
    edit: String,
    /// Of an image.
    #[serde(flatten)]
    image: Option<Image>,
}

/// What the editor should know of an image beside.
#[derive(Debug, Serialize)]
struct Image {
    /// Where a small one is, to look at.
    thumbnail: String,
    /// The classes that keep its focal point in sight where the small one is cropped.
    crop: Option<String>,
    /// What the library says that it shows; nothing of one that only decorates.
    alternative: String,
    /// The library says neither what it shows nor that it only decorates.
    silent: bool,
}

impl Image {
    fn of(document: &Document) -> Option<Self> {
        let (thumbnail, crop) = library::small_picture(document)?;
        let text = document.json.get("alternative_text").and_then(|text| text.as_str()).unwrap_or_default();
        let decorative = document.json.get("decorative").and_then(|flag| flag.as_bool()).unwrap_or_default();
        let alternative = if decorative { "" } else { text };
        Some(Self {
            thumbnail,
            crop,
            alternative: alternative.to_owned(),
            silent: text.is_empty() && !decorative,
        })
    }
}

impl Item {
    /// An item of the drafts store.
    pub(in crate::admin) fn of(document: &Document) -> Self {
        let image = if document.content_type == &MEDIA { Image::of(document) } else { None };
        Self {
            id: document.id.clone(),
            title: document.title.clone(),
            label: match (&image, document.content_type == &MEDIA) {
                (Some(_), _) => "Image",
                (None, true) => "Document",
                (None, false) => document.content_type.label,
            },
            second: subtitle(document).to_owned(),
            state: match document_state(document) {
                State::Published | State::Changed => "public",
                State::Draft => "draft",
                State::Trashed => "gone",
            },
            edit: format!("/admin/{}/{}", document.content_type.plural, document.id),
            image,
        }
    }
}

/// The items that a text names, as it was typed.
pub(super) fn named(typed: &str) -> Vec<String> {
    Html::sanitise(typed).unwrap_or_default().own().map(|id| id.to_string()).collect()
}

/// An image as it looks in the editor: a small one, what it shows, what it is called.
fn still(known: Option<&Document>) -> Still {
    let Some(known) = known else {
        let shows = "An image that is not in the library any more".to_owned();
        return Still { src: None, shows, caption: String::new() };
    };
    let image = Image::of(known);
    let said = image.as_ref().map(|image| image.alternative.clone()).filter(|text| !text.is_empty());
    let draft = document_state(known) == State::Draft;
    Still {
        src: image.map(|image| image.thumbnail),
        shows: said.unwrap_or_else(|| known.title.clone()),
        caption: format!("{}{}", known.title, if draft { DRAFT } else { "" }),
    }
}

/// What is said of an image that readers do not see yet; the editor says the same.
const DRAFT: &str = ", draft: readers see it once it is published";

/// The control of a text. Where scripts run they put an editor in its place when it is wanted.
pub(super) fn control(
    context: &Context<'_>,
    id: &str,
    typed: &str,
    described: Option<&str>,
    invalid: Option<&str>,
) -> Markup {
    let (titles, locked) = (&context.titles, context.locked.is_some());
    let name = id.strip_prefix("f-").unwrap_or(id);
    let text = Html::sanitise(typed).unwrap_or_default();
    let mut items: Vec<Item> = Vec::new();
    for id in text.own().map(|id| id.to_string()) {
        if let Some(found) = titles.get(&id).filter(|_| items.iter().all(|item| item.id != id)) {
            items.push(Item::of(found));
        }
    }
    let image = |id: Id| still(titles.get(&id.to_string()));
    let may_upload = !locked && context.user.may(Verb::Create, MEDIA.name);
    let items = (!items.is_empty()).then(|| serde_json::to_string(&items).unwrap_or_default());
    html! {
        textarea id=(id) name=(name) data-rich data-items=[items] aria-describedby=[described] aria-invalid=[invalid] {
            (after_newline(typed))
        }
        // What the editor's dialog for images offers beside the library.
        @if may_upload { template { (library::drop_zone(library::Drop::Text(name), context.limits)) } }
        div.rich.rich-still data-rich-still[!locked] role=(if locked { "group" } else { "textbox" })
            tabindex=[(!locked).then_some("0")] aria-multiline=[(!locked).then_some("true")]
            aria-labelledby={ (id) "-label" } aria-describedby=[described] aria-invalid=[invalid] {
            @if !locked { div.rich-tools {} }
            div.rich-text { (layout::rich(&text.still(&image))) }
        }
    }
}
