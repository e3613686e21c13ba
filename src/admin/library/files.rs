//! Files for whoever is signed in, drafts' too. They must not be kept by anybody else.

use axum::extract::{Path, State as FromState};
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::session::SignedIn;
use crate::content::parsed::upload::is_hash;
use crate::error::Error;
use crate::media::{Asked, Caching, answer};

/// `GET /admin/media-files/{hash}/{name}`
pub(in crate::admin) async fn serve(
    FromState(state): FromState<State>,
    SignedIn(_): SignedIn,
    Path((hash, _name)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    file(&state, &hash, None, &method, &headers).await
}

/// `GET /admin/media-files/{hash}/{width}/{name}`
pub(in crate::admin) async fn serve_variant(
    FromState(state): FromState<State>,
    SignedIn(_): SignedIn,
    Path((hash, width, _name)): Path<(String, u32, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    file(&state, &hash, Some(width), &method, &headers).await
}

async fn file(
    state: &State,
    hash: &str,
    width: Option<u32>,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    if !is_hash(hash) {
        return Err(Error::NotFound.into());
    }
    let file = state.desk.store.upload(hash).await?.ok_or(Error::NotFound)?;
    let asked = Asked { method, headers, width };
    let response = answer(state.desk.media.files(), &file, &asked, Caching::Private).await?;
    Ok(response.ok_or(Error::NotFound)?)
}
