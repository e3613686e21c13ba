//! Figures for Prometheus, of this process alone. Every label is from a bounded set of ours: no
//! address that somebody typed, nothing of who asks.

mod process;

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub(super) use process::bytes;

use super::backup::Note;
use super::connection::Bounds;
use super::health::Stores;
use super::room;
use crate::api::MemoryUse;
use crate::clock::Clock;
use crate::config::Config;

/// What Prometheus reads (OpenMetrics 1.0, §3).
const MEDIA: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Where answers come from that were in memory already: no route was taken.
const MEMORY: &str = "memory";

/// Up to how many seconds an answer takes, by bucket.
const BUCKETS: [f64; 12] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Who is answered: the public, editors, or whoever looks after the process.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    side: &'static str,
    /// The route as it is declared, not as it was typed.
    route: Cow<'static, str>,
    /// `2xx` and so on.
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Taken {
    side: &'static str,
    route: Cow<'static, str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Named {
    name: String,
}

type Unlabelled = [(&'static str, &'static str); 0];

/// All figures. What is counted while requests run, and what is looked up when somebody asks.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Taken, Histogram, fn() -> Histogram>,
    memory_hits: Counter,
    memory_misses: Counter,
    limited: Counter,
    sign_in_failures: Counter,
    memory: Gauge,
    sequence: Family<Named, Gauge>,
    lag: Family<Named, Gauge>,
    connections: Family<Named, Gauge>,
    files: Family<Named, Gauge>,
    disks: Family<Named, Gauge>,
    /// Of nothing where there never was a backup.
    backup: Family<Unlabelled, Gauge>,
    resident: Gauge,
    anonymous: Gauge,
    started: Gauge,
    looked_up: LookedUp,
}

/// Where the figures are looked up that nobody counts.
pub(super) struct LookedUp {
    pub(super) stores: Stores,
    /// The memory of answers.
    pub(super) memory: MemoryUse,
    /// The connections of each listener.
    pub(super) listeners: Vec<(&'static str, Bounds)>,
    /// The databases that are files.
    pub(super) files: Vec<PathBuf>,
    /// Directories whose disks Recto writes to, by name.
    pub(super) disks: Vec<(&'static str, PathBuf)>,
    /// Where the last backup is noted.
    pub(super) data_dir: PathBuf,
    pub(super) clock: Clock,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl LookedUp {
    /// The files of these settings.
    pub(super) fn files(config: &Config) -> Vec<PathBuf> {
        let directory = config.data_dir.path();
        let mut files = vec![directory.join(super::PUBLIC_FILE), directory.join(super::DRAFTS_FILE)];
        files.extend(config.database_address().file().map(PathBuf::from));
        files
    }

    /// How many seconds ago the last backup of this database was made; none where there is none. Where that cannot
    /// be found out, nothing at all.
    async fn backup_age(&self) -> Option<Option<i64>> {
        let identity = self.stores.identity().await?;
        let note = Note::read(&self.data_dir).ok()?.filter(|note| note.identity == identity);
        Some(note.map(|note| note.age(self.clock.now()).num_seconds()))
    }
}

impl Metrics {
    pub(super) fn new(looked_up: LookedUp) -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("recto"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            memory_hits: Counter::default(),
            memory_misses: Counter::default(),
            limited: Counter::default(),
            sign_in_failures: Counter::default(),
            memory: Gauge::default(),
            sequence: Family::default(),
            lag: Family::default(),
            connections: Family::default(),
            files: Family::default(),
            disks: Family::default(),
            backup: Family::default(),
            resident: Gauge::default(),
            anonymous: Gauge::default(),
            started: Gauge::default(),
            looked_up,
        };
        metrics.started.set(metrics.looked_up.clock.now().timestamp());
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("http_requests", "Requests that were answered", self.requests.clone());
        registry.register("http_request_seconds", "Seconds until an answer began", self.seconds.clone());
        registry.register("memory_hits", "Public answers told from memory", self.memory_hits.clone());
        registry.register("memory_misses", "Public answers made anew", self.memory_misses.clone());
        registry.register("rate_limited", "Public requests refused with 429", self.limited.clone());
        registry.register(
            "sign_in_failures",
            "Attempts to sign in that failed",
            self.sign_in_failures.clone(),
        );
        registry.register("memory_bytes", "About what answers in memory take", self.memory.clone());
        registry.register("store_sequence", "The number a read store has reached", self.sequence.clone());
        registry.register("store_lag", "Changes a read store has yet to take over", self.lag.clone());
        registry.register("connections", "Open connections, by listener", self.connections.clone());
        registry.register("database_bytes", "Size of a database, its log included", self.files.clone());
        registry.register("resident_memory_bytes", "Memory of this process", self.resident.clone());
        registry.register("anonymous_memory_bytes", "The part that maps no file", self.anonymous.clone());
        registry.register("disk_free_bytes", "Room on the disk that a directory is on", self.disks.clone());
        registry.register(
            "backup_age_seconds",
            "Since the last backup that was made from this directory",
            self.backup.clone(),
        );
        registry.register("start_time_seconds", "When this process started", self.started.clone());
        let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "Which release this is", version);
    }

    /// A router whose requests are counted.
    pub(super) fn count(self: Arc<Self>, router: Router) -> Router {
        router.layer(from_fn_with_state(self, count))
    }

    /// Counts one request.
    fn note(&self, side: &'static str, method: &Method, response: &Response, took: f64) {
        let route = response.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        let status = response.status();
        let read = matches!(*method, Method::GET | Method::HEAD);
        if side == PUBLIC && read {
            match (route, status) {
                (_, StatusCode::TOO_MANY_REQUESTS) => drop(self.limited.inc()),
                (None, StatusCode::OK | StatusCode::NOT_MODIFIED) => drop(self.memory_hits.inc()),
                _ => drop(self.memory_misses.inc()),
            }
        }
        if *method == Method::POST && route == Some("/admin/sign-in") && status.is_client_error() {
            self.sign_in_failures.inc();
        }
        let route: Cow<'static, str> = match route {
            Some(route) => route.to_owned().into(),
            None if side == PUBLIC && matches!(status, StatusCode::OK | StatusCode::NOT_MODIFIED) => {
                MEMORY.into()
            }
            None => "none".into(),
        };
        let taken = Taken { side, route: route.clone() };
        self.seconds.get_or_create(&taken).observe(took);
        self.requests.get_or_create(&Answered { side, route, status: class(status) }).inc();
    }

    /// Looks up what nobody counts. What cannot be found out keeps its last figure.
    async fn look_up(&self) {
        let LookedUp { stores, memory, listeners, files, disks, .. } = &self.looked_up;
        set(&self.memory, memory.bytes().await);
        for (name, bounds) in listeners {
            let open = u64::try_from(bounds.open()).unwrap_or(u64::MAX);
            set(&self.connections.get_or_create(&named(*name)), open);
        }
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if let Some(bytes) = process::bytes(file) {
                set(&self.files.get_or_create(&named(name)), bytes);
            }
        }
        for (name, dir) in disks {
            if let Some(free) = room::free(dir) {
                set(&self.disks.get_or_create(&named(*name)), free);
            }
        }
        match self.looked_up.backup_age().await {
            Some(Some(seconds)) => drop(self.backup.get_or_create(&[]).set(seconds)),
            Some(None) => self.backup.clear(),
            None => {}
        }
        if let Some(memory) = process::memory() {
            set(&self.resident, memory.resident);
            set(&self.anonymous, memory.anonymous);
        }
        for (name, reached, newest) in stores.figures().await {
            self.sequence.get_or_create(&named(name)).set(reached);
            if let Some(newest) = newest {
                self.lag.get_or_create(&named(name)).set((newest - reached).max(0));
            }
        }
    }

    /// What is served to Prometheus.
    pub(super) fn router(self: Arc<Self>) -> Router {
        let show = async |State(metrics): State<Arc<Self>>| {
            metrics.look_up().await;
            let mut text = String::new();
            match encode(&mut text, &metrics.registry) {
                Ok(()) => ([(header::CONTENT_TYPE, MEDIA), (header::CACHE_CONTROL, "no-store")], text)
                    .into_response(),
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        };
        Router::new().route("/metrics", get(show)).with_state(self)
    }
}

const PUBLIC: &str = "public";

/// Counts what goes by.
async fn count(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let side = match path {
        _ if super::http::is_admin(path) => "admin",
        _ if path.starts_with("/health/") => "health",
        _ => PUBLIC,
    };
    let method = request.method().clone();
    let begun = Instant::now();
    let response = next.run(request).await;
    metrics.note(side, &method, &response, begun.elapsed().as_secs_f64());
    response
}

/// Says of an answer which route it took, for those who count outside.
pub(super) async fn tell_route(route: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

fn named(name: impl Into<String>) -> Named {
    Named { name: name.into() }
}

fn set(gauge: &Gauge, to: u64) {
    gauge.set(i64::try_from(to).unwrap_or(i64::MAX));
}
