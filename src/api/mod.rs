//! The public read API: what is published, as JSON over HTTP, for any site to be built on. It must
//! not reach anything but the published store: no editorial database, no accounts, no cookies.
//! `docs/API.md` is its guide.

mod changes;
mod coding;
mod cursor;
mod docs;
mod export;
mod feed;
mod files;
mod grammar;
mod head;
mod item;
mod limit;
mod list;
mod located;
mod memory;
mod moment;
mod navigation;
mod oai;
pub mod openapi;
mod parameters;
mod problem;
mod query;
mod represent;
mod respond;
mod search;
mod shape;
mod signpost;
mod site;
mod sitemap;
mod stream;
mod tags;
mod xml;

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, ETAG, LINK, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::{Semaphore, watch};
use tower::{ServiceBuilder, ServiceExt as _};
use tower_http::cors::{Any, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use self::export::Format;
use self::limit::Limits;
pub use self::limit::Rate;
use self::list::Within;
use self::memory::Memory;
pub use self::memory::Use as MemoryUse;
use self::problem::{Problem, Result};
use self::respond::Answer;
use crate::clock::Clock;
use crate::content::types::OUTPUT;
use crate::content::{ContentType, Inverse, TYPES, by_name};
use crate::media::Files;
use crate::published::PublishedStore;

/// How the API is served.
#[derive(Clone, Debug, Default)]
pub struct ApiConfig {
    /// Where the API lives, `https://api.example.org`; links are relative without it.
    pub address: Option<String>,
    /// How many bytes of answers are kept in memory; of none, each is made anew.
    pub memory: u64,
    /// The media library's files; without them none is served.
    pub files: Option<Files>,
    /// Becomes true, or loses its sender, when answers that would go on for ever must end.
    pub ended: Option<watch::Receiver<bool>>,
    /// How much may be made anew for one address; any number without.
    pub rate: Option<Rate>,
    /// The header in which a trusted proxy says for whom it asks.
    pub client_address_header: Option<HeaderName>,
    /// How long the making of an answer may take; [`LONGEST`] without.
    pub longest: Option<Duration>,
    /// Tells how much of the memory is used.
    pub memory_use: MemoryUse,
}

/// What every request works with.
#[derive(Clone, Debug)]
struct Api {
    store: PublishedStore,
    config: ApiConfig,
    clock: Clock,
    /// Who may still listen to what changes.
    listeners: Arc<Semaphore>,
}

/// What a segment of an address holds as it is (RFC 3986 §2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Api {
    /// The same over the store as it is at one moment: what an answer takes from several statements is
    /// of one state, whatever is published meanwhile. Not for keeping.
    async fn at_one_moment(&self) -> Result<Self> {
        Ok(Self { store: self.store.at_one_moment().await?, ..self.clone() })
    }

    /// The address of something below the API's root.
    fn path(&self, segments: &[&str]) -> String {
        let mut path = self.config.address.as_deref().unwrap_or_default().trim_end_matches('/').to_owned();
        path += "/api/v1";
        for segment in segments {
            path.push('/');
            path.extend(utf8_percent_encode(segment, SEGMENT));
        }
        path
    }

    /// The whole address of a file that is told by its path.
    fn file(&self, path: &str) -> String {
        format!("{}{path}", self.config.address.as_deref().unwrap_or_default().trim_end_matches('/'))
    }
}

/// The last part of an address, decoded; what cannot be decoded names nothing.
type Reference = std::result::Result<Path<String>, PathRejection>;

fn named(reference: Reference) -> Result<String> {
    reference.map(|Path(reference)| reference).map_err(|_| Problem::NotFound)
}

/// The header with the id of a request, which belongs to one answer alone.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How many bytes of answers are kept in memory where nobody says otherwise.
pub const MEMORY: u64 = 25_165_824;

/// How long the making of an answer may take where nobody says otherwise.
pub const LONGEST: Duration = Duration::from_secs(20);

/// The API, under `/api/v1`, and the media library's public files, under `/media`. It answers every
/// other address with a 404 problem.
pub fn router(store: PublishedStore, config: ApiConfig, clock: Clock) -> Router {
    router_through(store, config, clock, |router| router)
}

/// The same, where requests that are not answered from memory go through something first. What is
/// answered from memory is made, logged and bounded by nobody again.
pub fn router_through(
    store: PublishedStore,
    config: ApiConfig,
    clock: Clock,
    through: impl Fn(Router) -> Router,
) -> Router {
    let mut router = Router::new()
        .route("/openapi.json", get(description))
        .route("/api/v1/openapi.json", get(description))
        .route("/api/v1/search", get(search_all))
        .merge(changes::routes())
        .merge(docs::routes())
        .merge(export::routes())
        .merge(feed::routes())
        .merge(head::routes())
        .merge(navigation::routes())
        .merge(oai::routes())
        .merge(sitemap::routes());
    for content_type in TYPES {
        let plural = format!("/api/v1/{}", content_type.plural);
        let one = if content_type.single { plural.clone() } else { format!("{plural}/{{reference}}") };
        if content_type.single {
            router = router.route(&one, get(move |api, query| only(content_type, api, query)));
            continue;
        }
        router = router
            .route(&plural, get(move |api, query| all(content_type, api, query)))
            .route(&one, get(move |api, of, query| single(content_type, api, of, query)));
        for inverse in content_type.inverses {
            let address = format!("{one}/{}", inverse.name);
            let linking = move |api, of, query| linking(content_type, inverse, api, of, query);
            router = router.route(&address, get(linking));
        }
    }
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers(Any)
        .expose_headers([
            respond::CACHE_TAG,
            CONTENT_DISPOSITION,
            ETAG,
            LINK,
            RETRY_AFTER,
            limit::QUOTA,
            limit::LEFT,
        ])
        .max_age(Duration::from_secs(86_400));
    let no_sniffing =
        SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let memory = (store.clone(), clock.clone(), config.memory, config.memory_use.clone());
    let longest = config.longest.unwrap_or(LONGEST);
    let limits = Limits::new(config.rate, config.client_address_header.clone(), longest, clock.clone());
    let limits = middleware::from_fn_with_state(Arc::new(limits), limit::admit);
    // One layer of three: each by itself would be cloned and boxed for every request.
    let around = ServiceBuilder::new().layer(cors).layer(no_sniffing).layer(limits);
    let api = Arc::new(Api { store, config, clock, listeners: stream::places() });
    let files = files::routes()
        .fallback(|| async { Problem::NotFound })
        .method_not_allowed_fallback(|| async { Problem::Method })
        .layer(around.clone())
        .with_state(api.clone());
    let router = router
        .route("/api", axum::routing::any(|| async { Problem::NotFound }))
        .route("/api/{*rest}", axum::routing::any(|| async { Problem::NotFound }))
        .fallback(|| async { Problem::NotFound })
        .method_not_allowed_fallback(|| async { Problem::Method })
        .layer(around)
        .with_state(api);
    let (store, clock, bytes, used) = memory;
    let memory = Arc::new(Memory::new(store, clock, through(router), bytes));
    used.watch(&memory);
    Router::new().fallback(either).with_state((memory, through(files)))
}

/// Files are no answers to keep in memory: they are read where they lie, part by part.
async fn either(State((memory, files)): State<(Arc<Memory>, Router)>, request: Request) -> Response {
    if request.uri().path().starts_with(files::BELOW) {
        return files.oneshot(request).await.unwrap_or_else(|never: Infallible| match never {});
    }
    memory.answer(request).await
}

type Shared = State<Arc<Api>>;

async fn all(
    content_type: &'static ContentType,
    State(api): Shared,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    if located::is_asked_for(content_type, query.as_deref()) {
        return located::show(&api, query.as_deref()).await;
    }
    list::show(&api, content_type, None, query.as_deref()).await
}

async fn single(
    content_type: &'static ContentType,
    State(api): Shared,
    reference: Reference,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let reference = named(reference)?;
    if let (true, Some(event)) = (content_type.name == "event", reference.strip_suffix(".ics")) {
        return feed::calendar::one(&api.at_one_moment().await?, event, query.as_deref()).await;
    }
    if let (true, Some(one)) = (content_type.name == OUTPUT.name, Format::split(&reference)) {
        return export::one(&api.at_one_moment().await?, one, query.as_deref()).await;
    }
    item::show(&api, content_type, Some(&reference), query.as_deref()).await
}

async fn only(
    content_type: &'static ContentType,
    State(api): Shared,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    item::show(&api, content_type, None, query.as_deref()).await
}

async fn linking(
    of: &'static ContentType,
    inverse: &'static Inverse,
    State(api): Shared,
    reference: Reference,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let reference = named(reference)?;
    let listed = by_name(inverse.from).ok_or(Problem::NotFound)?;
    let within = Within { inverse, of, reference: &reference };
    list::show(&api, listed, Some(within), query.as_deref()).await
}

async fn search_all(State(api): Shared, RawQuery(query): RawQuery) -> Result<Response> {
    search::show(&api, query.as_deref()).await
}

/// What there is to ask, for programs. It is the same for everyone.
async fn description(State(api): Shared, RawQuery(query): RawQuery) -> Result<Response> {
    static TEXT: LazyLock<String> = LazyLock::new(openapi::text);
    grammar::read_nothing(query.as_deref())?;
    Answer { body: TEXT.clone(), ..Answer::default() }.respond(api.clock.now())
}
