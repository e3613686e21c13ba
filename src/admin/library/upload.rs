//! Adding files to the library: several at once, each a media item of its own. One that is refused
//! does not cost the others.

use axum::Json;
use axum::extract::State as FromState;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde_json::json;

use super::{accept, kinds, posted, thumbnail};
use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::form::rich;
use crate::admin::layout::{self, Page};
use crate::admin::session::SignedIn;
use crate::content::parsed::MediaType;
use crate::content::parsed::upload::bytes;
use crate::editing::{self, User};
use crate::error::Error;
use crate::media::Limits;
use crate::published::Document;

/// The most files that are taken at once.
pub(in crate::admin) const FILES_MAX: usize = 50;

/// What came of what was sent.
#[derive(Default)]
struct Outcome {
    added: Vec<String>,
    refused: Vec<String>,
}

/// `GET /admin/media/new`
pub(in crate::admin) async fn new(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
) -> Result<Response, Failure> {
    editing::may_upload(&user)?;
    Ok(page(&state, &user, StatusCode::OK, &[], &[]))
}

/// `POST /admin/media/new`: to a page, or as JSON to whoever wants that.
pub(in crate::admin) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    headers: HeaderMap,
    multipart: Result<Multipart, MultipartRejection>,
) -> Result<Response, Failure> {
    editing::may_upload(&user)?;
    let multipart = match multipart {
        Ok(multipart) => multipart,
        Err(rejection) => return Ok(*posted::unreadable(&state, rejection.status())),
    };
    let outcome = take_all(&state, &user, multipart).await?;
    let found = state.desk.lists().titles(&outcome.added).await?;
    let added: Vec<&Document> = outcome.added.iter().filter_map(|id| found.get(id)).collect();
    let status = match (added.is_empty(), outcome.refused.is_empty()) {
        (_, true) => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.starts_with("application/json") {
        let items: Vec<rich::Item> = added.iter().map(|document| rich::Item::of(document)).collect();
        return Ok((status, Json(json!({ "items": items, "refused": outcome.refused }))).into_response());
    }
    Ok(match (added.as_slice(), outcome.refused.is_empty()) {
        ([one], true) => Redirect::to(&format!("/admin/media/{}?done=uploaded", one.id)).into_response(),
        ([_, ..], true) => Redirect::to("/admin/media?done=uploaded").into_response(),
        _ => page(&state, &user, status, &added, &outcome.refused),
    })
}

/// Takes every file of a form.
async fn take_all(state: &State, user: &User, mut multipart: Multipart) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    let mut sent = 0_usize;
    loop {
        let field = match multipart.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) => {
                tracing::debug!(%error, "a form with files broke off");
                outcome
                    .refused
                    .push("The rest did not arrive whole; send it again, fewer files at once.".to_owned());
                break;
            }
        };
        let Some(typed) = field.file_name().filter(|name| !name.is_empty()).map(str::to_owned) else {
            continue;
        };
        sent += 1;
        if sent > FILES_MAX {
            outcome
                .refused
                .push(format!("At most {FILES_MAX} files are taken at once; send the rest after these."));
            break;
        }
        match add(state, user, &typed, field).await {
            Ok(id) => outcome.added.push(id),
            Err(error) => outcome.refused.push(posted::said(error)?),
        }
    }
    if sent == 0 && outcome.refused.is_empty() {
        outcome.refused.push("No file was chosen; choose one first.".to_owned());
    }
    Ok(outcome)
}

async fn add(
    state: &State,
    user: &User,
    typed: &str,
    field: axum::extract::multipart::Field<'_>,
) -> Result<String, Error> {
    let file = state.desk.media.take(typed, field).await?;
    Ok(editing::add_upload(&state.desk, user, &file, typed).await?.item.id.to_string())
}

fn page(state: &State, user: &User, status: StatusCode, added: &[&Document], refused: &[String]) -> Response {
    let limits = state.desk.media.limits();
    let body = html! {
        (layout::crumbs(&[("Media".to_owned(), "/admin/media".to_owned())]))
        (layout::page_head(&html! { "Add files" }, &html! {}, &html! {}))
        div.prose {
            @if !refused.is_empty() {
                div.error-summary role="alert" tabindex="-1" autofocus {
                    h2 { @if refused.len() == 1 { "One file was not taken" } @else { (refused.len()) " files were not taken" } }
                    ul { @for why in refused { li { (why) } } }
                }
            }
            @if !added.is_empty() { (taken(added)) }
            p.about {
                "Each file becomes a media item of its own, a draft until it is published. Of an image only what is seen is \
                 kept, not where or with which camera it was taken."
            }
            (add_form(limits))
        }
    };
    let page = Page { user, title: "Add files", section: "/admin/media", body };
    (status, html! { (page) }).into_response()
}

fn taken(added: &[&Document]) -> Markup {
    html! {
        section {
            h2 { "These are in the library now" }
            ul.feed {
                @for document in added {
                    li { a href={ "/admin/media/" (document.id) } { (thumbnail(document)) " " (document.title) } }
                }
            }
        }
    }
}

/// The form that adds files; the script sends them without it, one after the other.
pub(in crate::admin) fn add_form(limits: &Limits) -> Markup {
    html! {
        form.add-files method="post" action="/admin/media/new" enctype="multipart/form-data" {
            (drop_zone(Drop::Library, limits))
            div.actions.only-plain { button.button.button-main type="submit" { "Upload" } }
        }
    }
}

/// What becomes of files that are dropped, pasted or chosen.
#[derive(Clone, Copy, Debug)]
pub(in crate::admin) enum Drop<'field> {
    /// They are added to the library.
    Library,
    /// One is linked by this field of the form around it.
    Field(&'field str),
    /// They are put into the text of this field; the script asks what they show there.
    Text(&'field str),
}

/// A place to drop, paste or choose files; the script makes it more than an input. Nothing where the
/// library takes no such files.
pub(in crate::admin) fn drop_zone(drop: Drop<'_>, limits: &Limits) -> Markup {
    let (id, field, label) = match drop {
        Drop::Library => ("upload".to_owned(), None, "Drag files here, paste them or choose them"),
        Drop::Field(field) => {
            (format!("f-{field}-upload"), Some(field), "Or drag, paste or choose a new one")
        }
        Drop::Text(field) => (format!("f-{field}-images"), None, "Or drag, paste or choose new ones"),
    };
    let images = !matches!(drop, Drop::Library | Drop::Field("file"));
    let form = matches!(drop, Drop::Library);
    let types: Vec<_> = limits.types.iter().copied().filter(|one| !images || one.is_image()).collect();
    html! {
        @if !types.is_empty() {
            div.drop data-upload-to=[field] data-upload-into-text[matches!(drop, Drop::Text(_))]
                data-longest=(limits.bytes) data-too-long=(limits.too_long()) {
                label for=(id) {
                    span.with-script { (label) }
                    @if form { span.only-plain { "Choose files" } }
                }
                p.help id={ (id) "-help" } { (taken_in_words(drop, &types, limits)) }
                // In a form of its own kind a file is sent by the script alone.
                input type="file" id=(id) name=[form.then_some("file")] multiple[field.is_none()] accept=(accept(&types))
                    aria-describedby={ (id) "-help" };
                ul.uploads aria-label="Uploads" {}
            }
        }
    }
}

/// What is taken and within which limits.
fn taken_in_words(drop: Drop<'_>, types: &[MediaType], limits: &Limits) -> String {
    let each = if matches!(drop, Drop::Field(_)) { "" } else { " each" };
    let mut words = format!("{}. At most {}{each}", kinds(types), bytes(limits.bytes));
    if types.iter().any(|one| one.is_image()) {
        words += &format!(", images of at most {} megapixels", limits.pixels / 1_000_000);
    }
    if matches!(drop, Drop::Library) {
        words += &format!("; {FILES_MAX} files at once");
    }
    words + "."
}
