//! The fastest that a server of this kind can be: the same bytes out of a table in memory, with
//! their entity tag. Nothing is made, asked or logged.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::{Deserialize, Serialize};

/// What is told at one address.
#[derive(Clone, Serialize, Deserialize)]
pub struct Told {
    pub address: String,
    pub tag: String,
    pub body: String,
    pub gzip_tag: String,
    pub gzip: Vec<u8>,
}

struct Kept {
    tag: HeaderValue,
    body: Bytes,
    gzip_tag: HeaderValue,
    gzip: Bytes,
}

/// Serves what this file has, until the process is ended.
pub async fn serve(file: &str) {
    let told: Vec<Told> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let kept: HashMap<String, Kept> = told
        .into_iter()
        .map(|told| {
            let kept = Kept {
                tag: HeaderValue::from_str(&told.tag).unwrap(),
                body: told.body.into(),
                gzip_tag: HeaderValue::from_str(&told.gzip_tag).unwrap(),
                gzip: told.gzip.into(),
            };
            (told.address, kept)
        })
        .collect();
    let router = Router::new().fallback(answer).with_state(Arc::new(kept));
    listen(router).await;
}

/// Serves, and says where.
pub async fn listen(router: Router) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("API: http://{}/", listener.local_addr().unwrap());
    axum::serve(listener, router).await.unwrap();
}

async fn answer(State(kept): State<Arc<HashMap<String, Kept>>>, request: Request) -> Response<Body> {
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
    let Some(kept) = kept.get(address) else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let gzip = request.headers().get(ACCEPT_ENCODING).is_some_and(|wanted| wanted.as_bytes() == b"gzip");
    let (tag, body) = if gzip { (&kept.gzip_tag, &kept.gzip) } else { (&kept.tag, &kept.body) };
    let known = request.headers().get(IF_NONE_MATCH) == Some(tag);
    let mut response = Response::new(if known { Body::empty() } else { Body::from(body.clone()) });
    let headers = response.headers_mut();
    headers.insert(ETAG, tag.clone());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}
