//! Answers kept in memory. What was told is told again while nothing was published since and time
//! has not changed it; each is compressed once per coding. It must not know what an answer says:
//! whatever is no [`Lasting`] answer passes through.

use std::convert::Infallible;
use std::fmt;
use std::num::NonZero;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, ETAG, IF_NONE_MATCH, LAST_MODIFIED, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use http_body_util::BodyExt as _;
use moka::future::Cache;
use tokio::sync::{OnceCell, Semaphore};
use tower::ServiceExt as _;

use super::REQUEST_ID;
use super::coding::Coding;
use super::limit::Made;
use super::problem::Problem;
use super::respond::{caching, knows};
use crate::clock::Clock;
use crate::published::PublishedStore;

/// The longest answer that is kept, in bytes.
const LONGEST: usize = 1_048_576;

/// The shortest that is worth compressing, in bytes: less fits into one packet as it is.
const WORTH: usize = 1_024;

/// What an entry costs beside its bodies: headers of each coding, key, bookkeeping.
const OVERHEAD: usize = 6_144;

/// Says of a response that its like can be told again: a whole answer, with an entity tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lasting {
    /// When time alone changes it.
    pub(super) changes_at: Option<DateTime<Utc>>,
}

/// An answer as it is kept.
#[derive(Debug)]
struct Kept {
    changes_at: Option<DateTime<Utc>>,
    whole: Told,
    /// The same in each of [`Coding::ALL`]; `None` where it is not shorter so.
    coded: [OnceCell<Option<Told>>; 3],
}

/// An answer in one coding, ready to be told.
#[derive(Debug)]
struct Told {
    tag: String,
    headers: HeaderMap,
    /// The headers of the answer to who has it already.
    known: HeaderMap,
    body: Bytes,
}

/// What is kept, by what was asked of which state of the store.
type Answers = Cache<String, Arc<Kept>>;

/// Why nothing was kept: this is the answer to the one who asked first.
struct Passing(Mutex<Option<Response>>);

/// The memory before the API's own router.
pub(super) struct Memory {
    store: PublishedStore,
    clock: Clock,
    router: Router,
    kept: Answers,
    /// Who compresses. Each takes megabytes while it does, and a core.
    coders: Semaphore,
    /// The number of the store up to which answers were forgotten.
    forgotten: AtomicI64,
}

/// A memory as others use it, who need not know of the API: the one that is in use now.
#[derive(Clone, Default)]
pub struct Use(Arc<RwLock<Option<Arc<Memory>>>>);

impl fmt::Debug for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Use").finish_non_exhaustive()
    }
}

impl Use {
    /// About how many bytes are kept, bookkeeping included.
    pub async fn bytes(&self) -> u64 {
        let Some(memory) = self.memory() else { return 0 };
        memory.kept.run_pending_tasks().await;
        memory.kept.weighted_size()
    }

    /// The answer to a request, where it is in memory: no router has to be gone through for it.
    pub async fn told<B>(&self, request: &axum::http::Request<B>) -> Option<Response> {
        self.memory()?.told(request.method(), request.uri(), request.headers()).await
    }

    fn memory(&self) -> Option<Arc<Memory>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Uses this memory from now on.
    pub(super) fn watch(&self, memory: &Arc<Memory>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(memory.clone());
    }
}

impl Memory {
    /// A memory of so many bytes; of none, each answer is made anew.
    pub(super) fn new(store: PublishedStore, clock: Clock, router: Router, bytes: u64) -> Self {
        let weigh = |key: &String, kept: &Arc<Kept>| {
            match kept.whole.body.len() {
                // Heavier than the memory: not kept at all.
                LONGEST.. => u32::MAX,
                // Compressed copies together are about as long as the body.
                length => u32::try_from(key.len() + 2 * length + OVERHEAD).unwrap_or(u32::MAX),
            }
        };
        let kept = Cache::builder().max_capacity(bytes).weigher(weigh).build();
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let coders = Semaphore::new(cores);
        Self { store, clock, router, kept, coders, forgotten: AtomicI64::default() }
    }

    /// The answer to a request.
    pub(super) async fn answer(&self, request: Request) -> Response {
        if !is_reading(request.method()) {
            return self.make(request).await;
        }
        let reached = match self.store.reached().await {
            Ok(reached) => reached,
            Err(error) => return Problem::from(error).into_response(),
        };
        let key = self.key(reached, request.uri());
        if let Some(told) = self.kept(&key, request.method(), request.headers()).await {
            return told;
        }
        let now = self.clock.now();
        let (method, headers) = (request.method().clone(), request.headers().clone());
        let mut request = Some(request);
        let mut made = Made::default();
        let making = async {
            // Asked for whole, whatever its first asker has already.
            let Some(request) = request.take() else { return Err(Passing(Mutex::default())) };
            let response = self.make(whole(request)).await;
            made = Made::of(&response);
            keep(response).await
        };
        match self.kept.try_get_with(key, making).await {
            Ok(kept) => made.tell(kept.tell(&self.coders, &method, &headers, now).await),
            Err(passing) => {
                let response = passing.0.lock().unwrap_or_else(PoisonError::into_inner).take();
                match (response, request.take()) {
                    (Some(response), _) => response,
                    // Somebody else has asked the same at the same time and has the answer.
                    (None, Some(request)) => self.make(whole(request)).await,
                    (None, None) => Problem::Internal.into_response(),
                }
            }
        }
    }

    /// The answer to a request, where it is kept and still right.
    async fn told(&self, method: &Method, address: &Uri, headers: &HeaderMap) -> Option<Response> {
        if !is_reading(method) {
            return None;
        }
        let key = self.key(self.store.reached().await.ok()?, address);
        self.kept(&key, method, headers).await
    }

    /// The answer under this key, where there is one that time has not changed since.
    async fn kept(&self, key: &str, method: &Method, headers: &HeaderMap) -> Option<Response> {
        let kept = self.kept.get(key).await?;
        let now = self.clock.now();
        if kept.changes_at.is_some_and(|at| at <= now) {
            self.kept.invalidate(key).await;
            return None;
        }
        Some(kept.tell(&self.coders, method, headers, now).await)
    }

    async fn make(&self, request: Request) -> Response {
        self.router.clone().oneshot(request).await.unwrap_or_else(|never: Infallible| match never {})
    }

    /// What was asked, of which state of the store. What was kept of others is let go.
    fn key(&self, reached: i64, address: &Uri) -> String {
        if self.forgotten.swap(reached, Ordering::Relaxed) != reached {
            self.kept.invalidate_all();
        }
        let address = address.path_and_query().map_or("/", |address| address.as_str());
        format!("{reached} {address}")
    }
}

fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// The request as it is asked for the whole answer.
fn whole(mut request: Request) -> Request {
    *request.method_mut() = Method::GET;
    request.headers_mut().remove(IF_NONE_MATCH);
    request
}

/// What can be kept of a response; the response itself where nothing can.
async fn keep(response: Response) -> Result<Arc<Kept>, Passing> {
    let passing = |response| Passing(Mutex::new(Some(response)));
    let Some(Lasting { changes_at }) = response.extensions().get().copied() else {
        return Err(passing(response));
    };
    let (parts, body) = response.into_parts();
    // Answers of ours are in memory already.
    let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        return Err(passing(Problem::Internal.into_response()));
    };
    let mut headers = parts.headers;
    headers.remove(REQUEST_ID);
    let tag = headers.get(ETAG).and_then(|tag| tag.to_str().ok()).unwrap_or("\"\"").to_owned();
    Ok(Arc::new(Kept { changes_at, whole: Told::new(headers, tag, body), coded: Default::default() }))
}

impl Told {
    fn new(mut headers: HeaderMap, tag: String, body: Bytes) -> Self {
        if let Ok(tag) = HeaderValue::try_from(tag.as_str()) {
            headers.insert(ETAG, tag);
        }
        let mut known = headers.clone();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        // RFC 9110 §15.4.5: what a cache needs to freshen what it has.
        let needed = |name: &HeaderName| {
            [CACHE_CONTROL, ETAG, VARY, LAST_MODIFIED].contains(name)
                || name.as_str().starts_with("access-control-")
        };
        let others: Vec<_> = known.keys().filter(|name| !needed(name)).cloned().collect();
        for name in others {
            known.remove(name);
        }
        Self { tag, headers, known, body }
    }

    /// This answer in a coding, in which its body is this.
    fn coded(&self, coding: Coding, body: Bytes) -> Self {
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        let tag = self.tag.strip_suffix('"').unwrap_or(&self.tag);
        Self::new(headers, format!("{tag}-{}\"", coding.name()), body)
    }
}

impl Kept {
    /// The response to somebody who asks with these headers: the whole, or that nothing is new.
    async fn tell(
        &self,
        coders: &Semaphore,
        method: &Method,
        request: &HeaderMap,
        now: DateTime<Utc>,
    ) -> Response {
        let told = self.coded(coders, Coding::wanted(request)).await;
        let mut response = Response::new(Body::empty());
        if knows(request, &told.tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().clone_from(&told.known);
        } else {
            response.headers_mut().clone_from(&told.headers);
            if *method != Method::HEAD {
                *response.body_mut() = Body::from(told.body.clone());
            }
        }
        // Without a moment at which it changes, how long it may be kept is always the same.
        if self.changes_at.is_some() {
            response.headers_mut().insert(CACHE_CONTROL, caching(self.changes_at, now));
        }
        response
    }

    /// The answer in this coding, or as it is where that is no gain.
    async fn coded(&self, coders: &Semaphore, coding: Coding) -> &Told {
        let at = Coding::ALL.iter().position(|one| *one == coding);
        let cell = at.and_then(|at| self.coded.get(at)).filter(|_| self.whole.body.len() >= WORTH);
        let Some(cell) = cell else { return &self.whole };
        let coded = cell.get_or_init(|| async {
            let body = self.whole.body.clone();
            // It is never closed.
            let _turn = coders.acquire().await.ok()?;
            // Milliseconds of work: not where other requests wait for their turn.
            let written = tokio::task::spawn_blocking(move || coding.write(&body)).await;
            let written = written.ok().and_then(Result::ok).map(Bytes::from);
            let shorter = written.filter(|written| written.len() < self.whole.body.len());
            shorter.map(|body| self.whole.coded(coding, body))
        });
        coded.await.as_ref().unwrap_or(&self.whole)
    }
}
