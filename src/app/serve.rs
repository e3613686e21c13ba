//! Serving: from bound sockets to an orderly end. It must not lose a running request unless it
//! takes longer than anybody waits.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::connection::{self, Bounds, Side};
use super::health::{Health, Stores};
use super::metrics::{LookedUp, Metrics};
use super::public::Source;
use super::signal::Signals;
use super::{Listeners, OpenFiles, Parts, follow, http, room};
use crate::api::MemoryUse;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::{Error, Result};

/// How long running requests may take once the end has come.
const GRACE: Duration = Duration::from_secs(10);

/// What a process serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Only {
    /// The admin and the public API.
    #[default]
    All,
    /// The public API alone.
    Public,
    /// The admin alone.
    Admin,
}

/// What people should know once Recto answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// Where the admin is.
    pub admin: Option<String>,
    /// Where the public API is.
    pub api: Option<String>,
    /// Where metrics are told, if anywhere.
    pub metrics: Option<String>,
    /// Where the first administrator is made, while nobody has an account.
    pub set_up: Option<String>,
}

/// Opens everything and serves until the process is told to end. `wait` waits for a public store
/// that another process has yet to make. `ready` is called once.
///
/// # Errors
/// Where something cannot be opened or bound: says what to do.
pub async fn serve(config: &Config, only: Only, wait: bool, ready: impl FnOnce(&Ready)) -> Result<()> {
    let (listeners, config) = Listeners::bind(config, only).await?;
    if only != Only::Public {
        let parts = Parts::open(&config, Clock::system()).await?;
        return parts.serve(listeners, &config, ready).await;
    }
    let clock = Clock::system();
    let memory_use = MemoryUse::default();
    let mut signals = Signals::listen()?;
    let waiting = tokio::select! {
        opened = Source::open(&config, &clock, wait, &memory_use) => Some(opened?),
        () = signals.next() => None,
    };
    let Some((source, current)) = waiting else { return Ok(()) };
    let (end, ended) = watch::channel(false);
    let health = Health::new(Stores::Public(current.clone()), ended.clone());
    let follows = health.follows.clone();
    follows.store(source.follows(), Ordering::Relaxed);
    let servers = listeners.start(
        Sides { admin: Router::new(), api: current.router(), health, memory_use: memory_use.clone() },
        &config,
        &ended,
    );
    ready(&Ready { api: Some(config.public_base()), metrics: metrics(&config), ..Ready::default() });
    let following = source.follow(current, config.clone(), clock, follows, memory_use);
    run(servers, following, signals, &end).await
}

impl Parts {
    /// Serves at these sockets until the process is told to end, then closes the databases.
    ///
    /// # Errors
    /// Where the process is told to end once more before it has.
    pub async fn serve(
        self,
        listeners: Listeners,
        config: &Config,
        ready: impl FnOnce(&Ready),
    ) -> Result<()> {
        let signals = Signals::listen()?;
        let (end, ended) = watch::channel(false);
        let memory_use = MemoryUse::default();
        let (published, clock) = (self.desk.published.reader().clone(), &self.desk.clock);
        let api = http::public(published, config, clock, ended.clone(), &memory_use);
        let health = Health::new(Stores::Desk(Box::new(self.desk.clone())), ended.clone());
        let follows = health.follows.clone();
        let told = Ready {
            admin: Some(format!("{}/admin/", config.admin_base())),
            api: Some(config.public_base()).filter(|_| listeners.shared || listeners.api.is_some()),
            metrics: metrics(config),
            set_up: self.set_up_address(config).await?,
        };
        let sides = Sides { admin: http::admin(&self, config), api, health, memory_use };
        let servers = listeners.start(sides, config, &ended);
        ready(&told);
        run(servers, follow::run(self.clone(), follows), signals, &end).await?;
        self.close().await;
        Ok(())
    }
}

/// Runs until the process is told to end, then lets running requests finish.
///
/// # Errors
/// Where it is told so once more before they have.
async fn run(
    mut servers: JoinSet<()>,
    beside: impl Future<Output = ()>,
    mut signals: Signals,
    end: &watch::Sender<bool>,
) -> Result<()> {
    tokio::select! {
        () = signals.next() => {}
        () = beside => {}
        // Servers end by themselves where one of them panics.
        _ = servers.join_next() => {}
    }
    tracing::info!("ending; running requests may finish");
    // Nobody listens where every server has ended already.
    let _ = end.send(true);
    let finished = tokio::select! {
        finished = timeout(GRACE, async { while servers.join_next().await.is_some() {} }) => finished,
        // Nothing is lost that was committed: the databases need no goodbye.
        () = signals.next() => {
            return Err(Error::Refused("Ended at once; running requests were cut off.".to_owned()));
        }
    };
    if finished.is_err() {
        tracing::warn!("some requests took too long and were cut off");
    }
    Ok(())
}

/// Where metrics are told.
fn metrics(config: &Config) -> Option<String> {
    config.metrics_listen.map(|listen| format!("{}/metrics", listen.web_address()))
}

/// What is served.
struct Sides {
    admin: Router,
    api: Router,
    health: Health,
    memory_use: MemoryUse,
}

impl Listeners {
    fn start(self, sides: Sides, config: &Config, ended: &watch::Receiver<bool>) -> JoinSet<()> {
        let Sides { admin, api, health, memory_use } = sides;
        let mut served = Vec::new();
        match (self.admin, self.api) {
            (Some(listener), None) if self.shared => {
                served.push(("both", listener, http::together(admin, api), true));
            }
            (first, second) => {
                served.extend(first.map(|listener| ("admin", listener, admin, false)));
                served.extend(second.map(|listener| ("public", listener, api, true)));
            }
        }
        OpenFiles::of(config, served.len() as u64 + u64::from(self.metrics.is_some())).take();
        let bounds: Vec<Bounds> = served.iter().map(|_| Bounds::new(config)).collect();
        let mut servers = JoinSet::new();
        let metrics = self.metrics.map(|listener| {
            let listeners = served.iter().zip(&bounds).map(|((name, ..), bounds)| (*name, bounds.clone()));
            let looked_up = LookedUp {
                stores: health.stores.clone(),
                memory: memory_use.clone(),
                listeners: listeners.collect(),
                files: LookedUp::files(config),
                disks: room::written(config),
                data_dir: config.data_dir.path().to_owned(),
                clock: Clock::system(),
            };
            let metrics = Arc::new(Metrics::new(looked_up));
            let router = metrics.clone().router();
            let side = Side { router, memory: None };
            servers.spawn(connection::serve(listener, side, Bounds::new(config), ended.clone()));
            metrics
        });
        for ((_, listener, router, public), bounds) in served.into_iter().zip(bounds) {
            let router = router.merge(health.clone().router());
            let router = match &metrics {
                Some(metrics) => metrics.clone().count(router),
                None => router,
            };
            // What is counted goes through all layers.
            let memory = (public && metrics.is_none()).then(|| memory_use.clone());
            servers.spawn(connection::serve(listener, Side { router, memory }, bounds, ended.clone()));
        }
        servers
    }
}
