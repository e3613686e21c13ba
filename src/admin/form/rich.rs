//! Rich text in a form: the text area, the text as it reads until the editor is there, and what the
//! editor should know of the items that it names. It must not show markup that was not sanitised.

use std::collections::HashMap;

use maud::{Markup, html};
use serde::Serialize;

use super::controls::after_newline;
use super::links::{document_state, subtitle};
use crate::admin::layout;
use crate::content::Id;
use crate::content::parsed::Html;
use crate::published::Document;
use crate::store::State;

/// An item as the editor knows it; `admin-assets/src/rich/items.ts` reads it.
#[derive(Debug, Serialize)]
pub(in crate::admin) struct Item {
    id: String,
    title: String,
    /// What kind of item it is: `Project`.
    label: &'static str,
    /// What tells two of one title apart.
    second: String,
    state: &'static str,
    /// Where it is edited.
    edit: String,
}

impl Item {
    /// An item of the drafts store.
    pub(in crate::admin) fn of(document: &Document) -> Self {
        Self {
            id: document.id.clone(),
            title: document.title.clone(),
            label: document.content_type.label,
            second: subtitle(document).to_owned(),
            state: match document_state(document) {
                State::Published | State::Changed => "public",
                State::Draft => "draft",
                State::Trashed => "gone",
            },
            edit: format!("/admin/{}/{}", document.content_type.plural, document.id),
        }
    }
}

/// The items that a text names, as it was typed.
pub(super) fn named(typed: &str) -> Vec<String> {
    Html::sanitise(typed).own().map(|id| id.to_string()).collect()
}

/// The control of a text. Where scripts run they put an editor in its place when it is wanted.
pub(super) fn control(
    titles: &HashMap<String, Document>,
    id: &str,
    typed: &str,
    (described, invalid): (Option<&str>, Option<&str>),
    locked: bool,
) -> Markup {
    let name = id.strip_prefix("f-").unwrap_or(id);
    let text = Html::sanitise(typed);
    let mut items: Vec<Item> = Vec::new();
    for id in text.own().map(|id| id.to_string()) {
        if let Some(found) = titles.get(&id).filter(|_| items.iter().all(|item| item.id != id)) {
            items.push(Item::of(found));
        }
    }
    let image = |id: Id| {
        let known = titles.get(&id.to_string()).map(|known| known.title.clone());
        (None, known.unwrap_or_else(|| "An image that is not in the library any more".to_owned()))
    };
    let items = (!items.is_empty()).then(|| serde_json::to_string(&items).unwrap_or_default());
    html! {
        textarea id=(id) name=(name) data-rich data-items=[items] aria-describedby=[described] aria-invalid=[invalid] {
            (after_newline(typed))
        }
        div.rich.rich-still data-rich-still[!locked] role=(if locked { "group" } else { "textbox" })
            tabindex=[(!locked).then_some("0")] aria-multiline=[(!locked).then_some("true")]
            aria-labelledby={ (id) "-label" } aria-describedby=[described] aria-invalid=[invalid] {
            @if !locked { div.rich-tools {} }
            div.rich-text { (layout::rich(&text.still(&image))) }
        }
    }
}
