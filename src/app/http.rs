//! The HTTP of both sides put together: which address answers what, and what every request goes
//! through. It must not log a query, a token or anything else that says who asks.

use std::any::Any;
use std::convert::Infallible;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::get;
use tokio::sync::watch;
use tower::{ServiceBuilder, ServiceExt as _};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;

use super::Parts;
use super::metrics;
use crate::api::{MemoryUse, Rate};
use crate::clock::Clock;
use crate::config::Config;
use crate::media::Files;
use crate::published::PublishedStore;

/// How long a request may take that brings files: networks are slow.
const LONGEST_WITH_FILES: Duration = Duration::from_secs(900);

/// Answers from memory have none: they are no work that could be looked up in a log.
const REQUEST_ID: HeaderName = crate::api::REQUEST_ID;

/// The admin as it is served at an address of its own.
pub(super) fn admin(parts: &Parts, config: &Config) -> Router {
    let settings = crate::admin::Settings {
        tls: config.tls.0,
        public_base: config.public_base(),
        admin_address: config.admin_address.as_ref().map(|address| address.as_str().to_owned()),
        client_address_header: config.client_address_header.as_ref().map(|name| name.0.clone()),
        metadata: super::metadata(config),
        reader: crate::reading::Reader::default(),
    };
    let state = crate::admin::State {
        desk: parts.desk.clone(),
        accounts: parts.accounts.clone(),
        settings,
        here: crate::admin::Here::default(),
        pool: crate::admin::DecodePool::default(),
    };
    let admin = Router::new()
        .route("/", get(async || Redirect::to("/admin/")))
        .fallback(async || (StatusCode::NOT_FOUND, "There is nothing here. The admin is at /admin/.\n"));
    let admin = beside(crate::admin::router(state).layer(middleware::from_fn(metrics::tell_route)), admin);
    let longest = config.request_timeout.0;
    let (usual, with_files) = (dress(admin.clone(), longest), dress(admin, longest.max(LONGEST_WITH_FILES)));
    Router::new().fallback(async move |request: Request| {
        let brings = request.method() == Method::POST && request.uri().path().starts_with("/admin/media/");
        answer(if brings { with_files } else { usual }, request).await
    })
}

/// The public API over a store. `ended` tells answers that go on for ever when to end, `memory_use`
/// is told how much memory those take that are kept.
pub(super) fn public(
    store: PublishedStore,
    config: &Config,
    clock: &Clock,
    ended: watch::Receiver<bool>,
    memory_use: &MemoryUse,
) -> Router {
    let rate = NonZeroU32::new(config.rate_limit.0);
    let settings = crate::api::ApiConfig {
        address: Some(config.public_base()),
        memory: u64::from(config.answers_in_memory.0) << 20,
        ended: Some(ended),
        files: Some(Files::at(&config.media_dir())),
        rate: rate.map(|per_minute| Rate { per_minute, burst: config.rate_burst.0 }),
        client_address_header: config.client_address_header.as_ref().map(|name| name.0.clone()),
        // Before the request is given up as a whole: the API says so in its own words.
        longest: Some(config.request_timeout.0.mul_f64(0.9)),
        memory_use: memory_use.clone(),
    };
    let longest = config.request_timeout.0;
    crate::api::router_through(store, settings, clock.clone(), |router| dress(router, longest))
}

/// Both sides at one address: the API answers whatever is not the admin's.
pub(super) fn together(admin: Router, api: Router) -> Router {
    Router::new().route("/", get(async || Redirect::to("/admin/"))).fallback(async move |request: Request| {
        let side = if is_admin(request.uri().path()) { admin } else { api };
        answer(side, request).await
    })
}

/// The admin for its own paths, `other` for the rest. Not nested: a router within a router would
/// add its own parameters to the handlers' paths.
fn beside(admin: Router, other: Router) -> Router {
    Router::new().fallback(async move |request: Request| {
        let side = if is_admin(request.uri().path()) { admin } else { other };
        answer(side, request).await
    })
}

async fn answer(side: Router, request: Request) -> Response<Body> {
    side.oneshot(request).await.unwrap_or_else(|never: Infallible| match never {})
}

pub(super) fn is_admin(path: &str) -> bool {
    path == "/admin" || path.starts_with("/admin/")
}

/// What every request goes through that is not answered from memory, from outside to inside: a word to
/// caches where the answer has none, an id, a span, a net below panics, a bound on its time. As one
/// layer: each by itself would cost a request an allocation and a router its size.
pub(super) fn dress(router: Router, longest: Duration) -> Router {
    let no_store = HeaderValue::from_static("no-store");
    router.layer(
        ServiceBuilder::new()
            .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, no_store))
            .map_request(forget_request_id)
            .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
            .layer(TraceLayer::new_for_http().make_span_with(span))
            .layer(PropagateRequestIdLayer::new(REQUEST_ID))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, longest)),
    )
}

/// An id that came with the request is not taken over: strangers would write into the log.
fn forget_request_id(mut request: Request) -> Request {
    request.headers_mut().remove(REQUEST_ID);
    request
}

fn span(request: &Request) -> Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = logged(request.uri().path()), id)
}

/// The path as it is logged: one-time links carry their secret in it.
fn logged(path: &str) -> &str {
    ["/admin/set-up/", "/admin/password/"].into_iter().find(|secret| path.starts_with(secret)).unwrap_or(path)
}

fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let said = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = said, "a request panicked");
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    let text = "Something went wrong on our side. Please try again; what was saved before is safe.\n";
    (StatusCode::INTERNAL_SERVER_ERROR, plain, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(router: &Router, path: &str) -> (StatusCode, bool) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        (response.status(), response.headers().contains_key(REQUEST_ID))
    }

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        let router = Router::new().route(
            "/",
            get(async || {
                if true {
                    panic!("on purpose")
                }
            }),
        );
        assert_eq!(
            ask(&dress(router, Duration::from_secs(30)), "/").await,
            (StatusCode::INTERNAL_SERVER_ERROR, true)
        );
    }

    #[tokio::test]
    async fn each_side_gets_its_paths() {
        let side = |status: StatusCode| Router::new().fallback(async move || status);
        let both = together(side(StatusCode::ACCEPTED), side(StatusCode::CREATED));
        for path in ["/admin", "/admin/", "/admin/projects/1?a=b"] {
            assert_eq!(ask(&both, path).await.0, StatusCode::ACCEPTED, "{path}");
        }
        for path in ["/api/v1/site", "/administrators", "/Admin/", "/openapi.json", "//admin/"] {
            assert_eq!(ask(&both, path).await.0, StatusCode::CREATED, "{path}");
        }
        assert_eq!(ask(&both, "/").await.0, StatusCode::SEE_OTHER);
    }

    #[test]
    fn tokens_are_not_logged() {
        assert_eq!(logged("/admin/set-up/geheim"), "/admin/set-up/");
        assert_eq!(logged("/admin/password/geheim"), "/admin/password/");
        assert_eq!(logged("/admin/projects/1"), "/admin/projects/1");
    }
}
