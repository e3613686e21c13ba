//! Rich text in a form: the text area, the text as it reads until the editor is there, and what the
//! editor should know of the items that it names. It must not show markup that was not sanitised.

use maud::{Markup, html};
use serde::Serialize;

use super::controls::{Context, after_newline};
use super::links::{document_state, subtitle};
use crate::admin::{layout, library};
use crate::content::parsed::{Html, Still};
use crate::content::types::MEDIA;
use crate::content::{Id, Kind, Value, text};
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

/// The most characters that are shown of a text that cannot be read; all of it is kept.
const SOURCE_MAX: usize = 2_000;

/// A text as it was typed, and what it was read as: once, for all that is done with it.
#[derive(Clone, Debug)]
pub(in crate::admin) struct Rich {
    typed: String,
    read: Result<Value, (String, &'static str)>,
}

impl Default for Rich {
    fn default() -> Self {
        Self { typed: String::new(), read: Ok(Value::None) }
    }
}

impl Rich {
    /// Reads what was typed. Takes as long as it may: not for the threads that answer.
    pub(super) fn read(typed: String) -> Self {
        let read = text::parse(&Kind::Html, &typed);
        Self { typed, read }
    }

    /// A text that is stored.
    pub(super) fn stored(html: &Html) -> Self {
        Self { typed: html.as_str().to_owned(), read: Ok(Value::Html(html.clone())) }
    }

    pub(super) fn typed(&self) -> &str {
        &self.typed
    }

    /// Its value, or what is wrong with it.
    pub(super) fn value(&self) -> Result<Value, (String, &'static str)> {
        self.read.clone()
    }

    /// The ids of the items that it names.
    pub(super) fn named(&self) -> Vec<String> {
        self.html().iter().flat_map(|html| html.own()).map(|id| id.to_string()).collect()
    }

    fn html(&self) -> Option<&Html> {
        match &self.read {
            Ok(Value::Html(html)) => Some(html),
            _ => None,
        }
    }

    /// It as it reads; in the place of what cannot be read stands how it begins, as it was typed.
    fn still(&self, image: &dyn Fn(Id) -> Still) -> Markup {
        let begins = || self.typed.chars().take(SOURCE_MAX).collect::<String>();
        html! {
            @if let Some(html) = self.html() { (layout::rich(&html.still(image))) }
            @else if self.read.is_err() { p { (begins()) } }
        }
    }
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
    text: &Rich,
    described: Option<&str>,
    invalid: Option<&str>,
) -> Markup {
    let (titles, locked) = (&context.titles, context.locked.is_some());
    let name = id.strip_prefix("f-").unwrap_or(id);
    let mut named = text.named();
    named.sort_unstable();
    named.dedup();
    let items: Vec<Item> = named.iter().filter_map(|id| titles.get(id)).map(Item::of).collect();
    let image = |id: Id| still(titles.get(&id.to_string()));
    let may_upload = !locked && context.user.may(Verb::Create, MEDIA.name);
    let items = (!items.is_empty()).then(|| serde_json::to_string(&items).unwrap_or_default());
    html! {
        textarea id=(id) name=(name) data-rich data-items=[items] aria-describedby=[described] aria-invalid=[invalid] {
            (after_newline(text.typed()))
        }
        // What the editor's dialog for images offers beside the library.
        @if may_upload { template { (library::drop_zone(library::Drop::Text(name), context.limits)) } }
        div.rich.rich-still data-rich-still[!locked] role=(if locked { "group" } else { "textbox" })
            tabindex=[(!locked).then_some("0")] aria-multiline=[(!locked).then_some("true")]
            aria-labelledby={ (id) "-label" } aria-describedby=[described] aria-invalid=[invalid] {
            @if !locked { div.rich-tools {} }
            div.rich-text { (text.still(&image)) }
        }
    }
}
