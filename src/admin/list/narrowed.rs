//! What a list is narrowed to that no menu shows: the team of a person, a year. It comes with links from
//! elsewhere, is said above the list, and stays when something else is filtered by.

use std::collections::HashMap;

use maud::{Markup, html};

use super::{Asked, Menu};
use crate::admin::layout::icon;
use crate::content::{ContentType, Field, Kind};
use crate::published::Document;

/// The fields that the list is filtered by and that have no menu.
fn fields<'menus>(
    content_type: &'static ContentType,
    asked: &'menus Asked,
    menus: &'menus [Menu],
) -> impl Iterator<Item = &'static Field> {
    let has_menu = |field: &Field| menus.iter().any(|(name, _, _)| *name == field.name);
    content_type
        .fields
        .iter()
        .filter(move |field| field.filter && !has_menu(field) && !asked.get(field.name).is_empty())
}

/// The items that it is narrowed to, by id: what they are called is to be looked up.
pub(super) fn linked(content_type: &'static ContentType, asked: &Asked) -> Vec<String> {
    let linking = content_type.fields.iter().filter(|field| field.filter && field.target().is_some());
    linking.map(|field| asked.get(field.name).to_owned()).filter(|id| !id.is_empty()).collect()
}

/// Each, with the way out of it.
pub(super) fn view(
    content_type: &'static ContentType,
    asked: &Asked,
    menus: &[Menu],
    titles: &HashMap<String, Document>,
) -> Markup {
    let fields: Vec<&Field> = fields(content_type, asked, menus).collect();
    html! {
        @if !fields.is_empty() {
            ul.narrowed aria-label="Only" {
                @for field in fields {
                    @let said = said(field, asked.get(field.name), titles);
                    li {
                        span { (field.label) ": " b { (said) } }
                        a.icon-button href=(asked.with(field.name, "")) aria-label={ "Not only " (field.label) ": " (said) } { (icon("remove")) }
                    }
                }
            }
        }
    }
}

fn said(field: &Field, asked: &str, titles: &HashMap<String, Document>) -> String {
    match (field.kind, titles.get(asked)) {
        (Kind::One { .. } | Kind::Many { .. }, Some(found)) => found.title.clone(),
        (Kind::One { .. } | Kind::Many { .. }, None) => "something that is not here any more".to_owned(),
        _ => asked.to_owned(),
    }
}

/// The same in a form that filters by something else.
pub(super) fn kept(content_type: &'static ContentType, asked: &Asked, menus: &[Menu]) -> Markup {
    html! {
        @for field in fields(content_type, asked, menus) {
            input type="hidden" name=(field.name) value=(asked.get(field.name));
        }
    }
}
