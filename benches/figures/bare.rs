//! The fastest that a server of this kind can be: the same bytes, headers and body, out of a table in
//! memory, by their entity tag. Nothing is made, asked or logged.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, Response, StatusCode};
use serde::{Deserialize, Serialize};

/// What is told at one address.
#[derive(Clone, Serialize, Deserialize)]
pub struct Told {
    pub address: String,
    /// As it is, and in gzip.
    pub ways: [Way; 2],
}

/// An answer in one coding, and the headers of the answer to who has it already.
#[derive(Clone, Serialize, Deserialize)]
pub struct Way {
    pub headers: Vec<(String, String)>,
    pub known: Vec<(String, String)>,
    pub body: Vec<u8>,
}

struct Kept {
    headers: HeaderMap,
    known: HeaderMap,
    body: Bytes,
}

/// Serves what this file has, until the process is ended.
pub async fn serve(file: &str) {
    let told: Vec<Told> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let headers = |headers: Vec<(String, String)>| -> HeaderMap {
        let parsed = headers.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        parsed.collect()
    };
    let keep =
        |way: Way| Kept { headers: headers(way.headers), known: headers(way.known), body: way.body.into() };
    let kept: HashMap<String, [Kept; 2]> =
        told.into_iter().map(|told| (told.address, told.ways.map(keep))).collect();
    let router = Router::new().fallback(answer).with_state(Arc::new(kept));
    listen(router).await;
}

/// Serves, and says where.
pub async fn listen(router: Router) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("API: http://{}/", listener.local_addr().unwrap());
    axum::serve(listener, router).await.unwrap();
}

async fn answer(State(kept): State<Arc<HashMap<String, [Kept; 2]>>>, request: Request) -> Response<Body> {
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
    let Some(ways) = kept.get(address) else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let gzip = request.headers().get(ACCEPT_ENCODING).is_some_and(|wanted| wanted.as_bytes() == b"gzip");
    let kept = &ways[usize::from(gzip)];
    let known = request.headers().get(IF_NONE_MATCH);
    if known.is_some() && known == kept.headers.get(ETAG) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().clone_from(&kept.known);
        return response;
    }
    let mut response = Response::new(Body::from(kept.body.clone()));
    response.headers_mut().clone_from(&kept.headers);
    response
}
