//! A media item's form: like every other, but it can bring a file. A file that is refused costs
//! nothing of what was typed beside it.

use axum::extract::{Path, Request, State as FromState};
use axum::response::Response;
use maud::{Markup, html};

use super::{accept, address, posted};
use crate::admin::failure::Failure;
use crate::admin::form::Draft;
use crate::admin::form::posted::Posted;
use crate::admin::session::{Htmx, SignedIn};
use crate::admin::{FORM_MAX, State, items};
use crate::content::Field;
use crate::content::parsed::Upload;
use crate::content::parsed::upload::described;
use crate::content::types::MEDIA;
use crate::error::Error;
use crate::media::Limits;

/// How wide a file's preview is asked for, in pixels.
const PREVIEW: u32 = 1280;

/// The input that brings another file.
const NEW: &str = "file.new";

/// `POST /admin/media/{id}`
pub(in crate::admin) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
    htmx: Htmx,
    request: Request,
) -> Result<Response, Failure> {
    let id = items::id(&id)?;
    if !posted::is_multipart(request.headers()) {
        return match Posted::read_bounded(request.into_body(), FORM_MAX).await {
            Ok(posted) => items::answer_posted(&state, &user, &MEDIA, id, &posted, &htmx).await,
            Err(unreadable) => Ok(*unreadable),
        };
    }
    let mut form = match posted::read(&state, &user, request, NEW).await {
        Ok(form) => form,
        Err(unreadable) => return Ok(*unreadable),
    };
    match form.file {
        None => {}
        Some(Ok(file)) => form.posted.put("file", &file.to_string()),
        Some(Err(error)) => {
            let error = Error::invalid("file", "refused", posted::said(error)?);
            return items::complain(&state, &user, &MEDIA, id, &form.posted, error).await;
        }
    }
    items::answer_posted(&state, &user, &MEDIA, id, &form.posted, &htmx).await
}

/// The control of a file: what it is, and another one in its place. `focal` is the point that stays
/// in sight, in per cent from the left and from the top. With `limits` it can be replaced.
pub(in crate::admin) fn control(
    typed: &str,
    focal: Option<(i64, i64)>,
    limits: Option<&Limits>,
    described_by: Option<&str>,
    invalid: bool,
) -> Markup {
    let file: Option<Upload> = typed.parse().ok();
    html! {
        input type="hidden" name="file" value=(typed);
        @if let Some(file) = &file { (preview(file, focal, limits.is_some())) } @else { p.quiet { "No file yet." } }
        @if let Some(limits) = limits {
            div.replace {
                label for="f-file" { @if file.is_some() { "Replace it with another file" } @else { "Choose a file" } }
                input type="file" id="f-file" name=(NEW) accept=(accept(&limits.types))
                    data-longest=(limits.bytes) data-too-long=(limits.too_long()) aria-describedby=[described_by] aria-invalid=[invalid.then_some("true")];
            }
        }
    }
}

fn preview(file: &Upload, focal: Option<(i64, i64)>, may_set: bool) -> Markup {
    html! {
        figure.preview {
            @if let Some(picture) = file.picture() {
                div.preview-image data-focal {
                    img src=(address(file, PREVIEW)) alt="" width=(picture.width) height=(picture.height);
                    @if let Some((x, y)) = focal {
                        svg.focal-point viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" {
                            path d={ "M" (x) " 0V100M0 " (y) "H100" } {}
                        }
                    }
                }
            }
            figcaption {
                b { (file.name()) } " "
                span { (described(file)) } " "
                a href=(address(file, u32::MAX)) target="_blank" { "Open the file" }
                @if may_set && file.picture().is_some() { span.with-script { "Press on the image to set its focal point." } }
            }
        }
    }
}

/// Whether a field has its place on the form: of a document nobody says what it shows, nor what is to
/// stay in sight of it. What stands there is carried along.
pub(in crate::admin) fn fits(draft: &Draft, field: &Field) -> bool {
    let of_images = ["alternative_text", "decorative", "focal_x", "focal_y"];
    if draft.content_type != &MEDIA || !of_images.contains(&field.name) {
        return true;
    }
    draft.text("file").parse::<Upload>().is_ok_and(|file| file.media_type().is_image())
}
