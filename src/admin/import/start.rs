//! Where an import begins: a field to paste into, and a file.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;

use super::Place;
use crate::admin::layout::{self, Flash, Page};
use crate::editing::User;

/// The page, with what was pasted (as HTML, and as text) where that could not be read.
pub(super) fn page(
    user: &User,
    place: &Place,
    status: StatusCode,
    (pasted, text): (&str, &str),
    flash: Option<Flash>,
) -> Response {
    let where_to = html! {
        @match &place.project {
            Some(project) => span { "The outputs join the table of " b { (project.item.title()) } ", as drafts." }
            None => span { "The outputs become drafts, in no project’s table unless a column names projects." },
        }
    };
    let body = html! {
        (layout::crumbs(&place.crumbs()))
        @if let Some(flash) = flash { (flash) }
        (layout::page_head(&html! { "Paste or import outputs" }, &where_to, &html! {}))
        form.steps.import-start method="post" action=(place.path()) enctype="multipart/form-data" data-import-start {
            input type="hidden" name="html" value=(pasted);
            div.field {
                label for="f-text" { "Paste here" }
                p.help #f-text-help {
                    "Rows from Excel, Word, Google Sheets, LibreOffice or a web page; BibTeX, RIS or CSL-JSON; or a list of "
                    "DOIs. Headings help, and are not needed."
                }
                div.control { textarea #f-text name="text" rows="8" aria-describedby="f-text-help" autofocus spellcheck="false" { (text) } }
            }
            div.field {
                label for="f-file" { "Or choose a file" }
                p.help #f-file-help { "CSV, .bib, .ris, .json or .html, at most 4 MB, as Zotero, EndNote and spreadsheets write them." }
                div.control {
                    input type="file" #f-file name="file" aria-describedby="f-file-help"
                        accept=".csv,.tsv,.txt,.bib,.ris,.json,.html,.htm,text/csv,text/plain,application/json,text/html";
                }
            }
            p.help { "Nothing is saved yet: first you see what was understood." }
            div.page-foot {
                button.button.button-main type="submit" { "Show what it says" }
                @if let Some((_, back)) = place.crumbs().pop() { a.button href=(back) { "Back" } }
            }
        }
    };
    let page = Page { user, title: "Paste or import outputs", section: place.section(), body };
    (status, html! { (page) }).into_response()
}
