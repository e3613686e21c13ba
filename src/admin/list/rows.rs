//! The rows of a list, to be looked through: a cell for each column, by the kind of its field. It must not
//! know any type.

use std::collections::HashMap;

use maud::{Markup, html};

use super::{Asked, columns};
use crate::admin::form::links;
use crate::admin::when::When;
use crate::admin::{bulk, layout};
use crate::content::{ContentType, Field, Kind, text};
use crate::published::{Document, Order, Select};

/// The rows under their headings, each with what can be done with it.
pub(super) fn table(
    content_type: &'static ContentType,
    select: &Select,
    asked: &Asked,
    documents: &[Document],
    titles: &HashMap<String, Document>,
    when: When,
    offer: Option<&bulk::Offer>,
) -> Markup {
    let columns = columns::shown(content_type, asked);
    // What is not a column of its own stands first, under the title.
    let named = columns.iter().any(|field| field.name == content_type.title_name);
    html! {
        table.list.list-stack aria-label=(content_type.labels) {
            thead {
                tr {
                    @if let Some(offer) = offer { td.pick { (offer.tick_all()) } }
                    @if !named { (heading(content_type, select, asked, content_type.title_name, "Name", "")) }
                    @for field in &columns { (heading(content_type, select, asked, field.name, field.label, class(field))) }
                    th scope="col" { "State" }
                    (heading(content_type, select, asked, "updated_at", "Updated", ""))
                }
            }
            tbody {
                @for document in documents {
                    tr {
                        @if let Some(offer) = offer { td.pick { (offer.tick(document)) } }
                        @if !named { (name_cell(document, &document.title)) }
                        @for field in &columns { (cell(content_type, document, field, titles)) }
                        td { (layout::state(links::document_state(document))) }
                        td.when data-label="Updated" { (when.short(document.json.get("updated_at").and_then(|time| time.as_str()).unwrap_or_default())) }
                    }
                }
            }
        }
    }
}

fn class(field: &Field) -> &'static str {
    match field.kind {
        Kind::Year | Kind::Integer(..) => "number",
        _ => "",
    }
}

fn heading(
    content_type: &'static ContentType,
    select: &Select,
    asked: &Asked,
    name: &str,
    label: &str,
    class: &str,
) -> Markup {
    let class = (!class.is_empty()).then_some(class);
    let sortable = Order::parse(content_type, name);
    let current = select.order.filter(|order| order.key == name);
    let sorted = current.map(|order| if order.descending { "descending" } else { "ascending" });
    // A second click turns the order round.
    let next = match current {
        Some(order) if !order.descending => format!("-{name}"),
        _ => name.to_owned(),
    };
    html! {
        th scope="col" class=[class] aria-sort=[sorted] {
            @if sortable.is_some() { a href=(asked.with("sort", &next)) { (label) } } @else { (label) }
        }
    }
}

fn name_cell(document: &Document, text: &str) -> Markup {
    let shown = if text.is_empty() { document.title.as_str() } else { text };
    html! {
        th.name scope="row" { a href={ "/admin/" (document.content_type.plural) "/" (document.id) } { (shown) } }
    }
}

fn cell(
    content_type: &'static ContentType,
    document: &Document,
    field: &'static Field,
    titles: &HashMap<String, Document>,
) -> Markup {
    let value = document.json.get(field.name);
    let written = value.and_then(|value| value.as_str()).unwrap_or_default();
    let shown = match field.kind {
        Kind::One { .. } => {
            let target = columns::linked(document, field).pop().and_then(|id| titles.get(&id));
            target.map(|target| target.title.clone()).unwrap_or_default()
        }
        Kind::Many { .. } => columns::names(field, value, titles),
        Kind::Flag => {
            if value.and_then(|value| value.as_bool()) == Some(true) { "Yes" } else { "" }.to_owned()
        }
        // An event of whole days has no time of day.
        Kind::WallTime if document.json.get("all_day").and_then(|flag| flag.as_bool()) == Some(true) => {
            let day = written.split('T').next().unwrap_or_default();
            text::parse(&Kind::Date, day).map(|day| text::read(&Kind::Date, &day)).unwrap_or_default()
        }
        Kind::Integer(..) | Kind::Position | Kind::Year => value.map(ToString::to_string).unwrap_or_default(),
        kind => text::parse(&kind, written)
            .map(|value| columns::short(text::read(&kind, &value)))
            .unwrap_or_default(),
    };
    if field.name == content_type.title_name {
        return name_cell(document, &shown);
    }
    html! {
        @match field.kind {
            Kind::Code => td.code { (shown) },
            Kind::Integer(..) | Kind::Year => td.number { (shown) },
            Kind::Line(_) | Kind::Lines(_) | Kind::Url | Kind::One { .. } | Kind::Many { .. } => td.minor.long { (shown) },
            _ => td.minor { (shown) },
        }
    }
}
