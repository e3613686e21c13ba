//! The media library's public files, as they are. Which may be had the public store says; it must not
//! tell a draft's from one that never was.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::problem::{Problem, Result};
use super::respond::CACHE_TAG;
use super::tags::Tags;
use super::{Api, Shared, grammar};
use crate::content::Id;
use crate::content::parsed::Upload;
use crate::content::parsed::upload::is_hash;
use crate::content::types::MEDIA;
use crate::media::{Asked, Caching, answer};
use crate::published::PublicFile;

/// What the addresses of files begin with.
pub(super) const BELOW: &str = "/media/";

type Segments<T> = std::result::Result<Path<T>, PathRejection>;

/// The addresses of files.
pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new()
        .route("/media/{which}/{name}", get(file))
        .route("/media/{hash}/{width}/{name}", get(variant))
}

/// A file by its hash; by its item's id the way to what the item has now.
async fn file(
    State(api): Shared,
    segments: Segments<(String, String)>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Result<Response> {
    grammar::read_nothing(query.as_deref())?;
    let Ok(Path((which, name))) = segments else { return Err(Problem::NotFound) };
    if is_hash(&which) {
        return serve(&api, &which, None, &name, &method, &headers).await;
    }
    let id: Id = which.parse().map_err(|_| Problem::NotFound)?;
    let store = api.store.at_one_moment().await?;
    let (file, _) = here(store.published_file_of(&id.to_string()).await?)?;
    let there = api.file(&format!("/media/{}", file.path()));
    Ok((StatusCode::TEMPORARY_REDIRECT, [(LOCATION, there), (CACHE_CONTROL, "no-cache".to_owned())])
        .into_response())
}

/// A smaller variant of a picture.
async fn variant(
    State(api): Shared,
    segments: Segments<(String, String, String)>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Result<Response> {
    grammar::read_nothing(query.as_deref())?;
    let Ok(Path((hash, width, name))) = segments else { return Err(Problem::NotFound) };
    // One spelling: an address is a cache's key.
    let width = width.parse::<u32>().ok().filter(|number| number.to_string() == width);
    let width = width.filter(|_| is_hash(&hash)).ok_or(Problem::NotFound)?;
    serve(&api, &hash, Some(width), &name, &method, &headers).await
}

/// A file that the public may have, with its item's id.
fn here(found: PublicFile) -> Result<(Upload, String)> {
    match found {
        PublicFile::Here(file, id) => Ok((file, id)),
        PublicFile::Gone => Err(Problem::Gone),
        PublicFile::Unknown => Err(Problem::NotFound),
    }
}

async fn serve(
    api: &Api,
    hash: &str,
    width: Option<u32>,
    name: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response> {
    let files = api.config.files.as_ref().ok_or(Problem::NotFound)?;
    let (file, id) = here(api.store.at_one_moment().await?.published_file(hash, name).await?)?;
    let asked = Asked { method, headers, width };
    let mut response = answer(files, &file, &asked, Caching::Public).await?.ok_or(Problem::NotFound)?;
    // Its address lasts; that the public may have it does not.
    if let Ok(tags) = HeaderValue::try_from(Tags::item(&MEDIA, &id).header()) {
        response.headers_mut().insert(CACHE_TAG, tags);
    }
    Ok(response)
}
