//! Media as programs of the admin need them, to choose one: a picker's results, and what an upload
//! came to. It must not tell more than the grid shows.

use axum::Json;
use axum::extract::{Query, State as FromState};
use serde_json::{Value, json};

use super::{THUMBNAIL, address, file_of};
use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::form::links;
use crate::admin::session::SignedIn;
use crate::content::types::MEDIA;
use crate::content::types::media::{DOCUMENT, IMAGE};
use crate::published::{Document, Filter, Order, Scalar, Select};

/// How many a picker shows.
const RESULTS: i64 = 24;

/// One media item: its id, what it is called, its alternative text, its thumbnail in the admin and
/// where the public has its file.
pub(super) fn picked(document: &Document) -> Value {
    let text = |name: &str| document.json.get(name).cloned().unwrap_or(Value::Null);
    let thumbnail = file_of(document).filter(|file| file.media_type().is_image());
    json!({
        "id": document.id,
        "title": document.title,
        "kind": text("kind"),
        "media_type": text("media_type"),
        "alternative_text": text("alternative_text"),
        "decorative": text("decorative"),
        "width": text("width"),
        "height": text("height"),
        "thumbnail": thumbnail.map(|file| address(&file, THUMBNAIL)),
        "preview": file_of(document).map(|file| address(&file, 1280)),
        "url": text("url"),
        "state": text("_state"),
        "edit": format!("/admin/media/{}", document.id),
    })
}

/// `GET /admin/media/pick?q=bridge&kind=image`: what fits, the newest first where nothing is
/// searched for, as `{"items": [...], "total": 9}`.
pub(in crate::admin) async fn pick(
    FromState(state): FromState<State>,
    SignedIn(_): SignedIn,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Failure> {
    let get = |name: &str| asked.iter().find(|(one, _)| one == name).map(|(_, value)| value.trim());
    let mut select = Select::of(&MEDIA);
    select.filters.push(links::not_trashed());
    let typed: String = get("q").unwrap_or_default().chars().take(200).collect();
    select.order = Order::parse(&MEDIA, "-updated_at").filter(|_| typed.is_empty());
    select.search = Some(typed).filter(|typed| !typed.is_empty());
    if let Some(kind) = get("kind").filter(|kind| [IMAGE, DOCUMENT].contains(kind)) {
        select.filters.push(Filter::Key("kind", vec![Scalar::Text(kind.to_owned())]));
    }
    select.limit = RESULTS;
    let page = state.desk.lists().list(&select).await?;
    let items: Vec<Value> = page.items.iter().map(picked).collect();
    Ok(Json(json!({ "items": items, "total": page.total })))
}
