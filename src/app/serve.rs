//! Serving: from bound sockets to an orderly end. It must not lose a running request unless it
//! takes longer than anybody waits.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::public::{Current, Source};
use super::{Listeners, Parts, follow, http};
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
    let (end, ended) = watch::channel(false);
    let waiting = tokio::select! {
        opened = Source::open(&config, &clock, wait) => Some(opened?),
        () = told_to_end() => None,
    };
    let Some((source, router)) = waiting else { return Ok(()) };
    let current = Current::new(router);
    let servers = listeners.start(Router::new(), current.router(), &ended);
    ready(&Ready { api: Some(config.public_base()), ..Ready::default() });
    let following = source.follow(current, config.clone(), clock);
    run(servers, following, &end).await
}

impl Parts {
    /// Serves at these sockets until the process is told to end, then closes the databases.
    ///
    /// # Errors
    /// Where a socket fails.
    pub async fn serve(
        self,
        listeners: Listeners,
        config: &Config,
        ready: impl FnOnce(&Ready),
    ) -> Result<()> {
        let (end, ended) = watch::channel(false);
        let (admin, api) = http::router(&self, config, ended.clone());
        let told = Ready {
            admin: Some(format!("{}/admin/", config.admin_base())),
            api: Some(config.public_base()).filter(|_| listeners.shared || listeners.api.is_some()),
            set_up: self.set_up_address(config).await?,
        };
        let servers = listeners.start(admin, api, &ended);
        ready(&told);
        let outcome = run(servers, follow::run(self.clone()), &end).await;
        self.close().await;
        outcome
    }
}

/// Runs until the process is told to end, then lets running requests finish.
async fn run(
    mut servers: JoinSet<std::io::Result<()>>,
    beside: impl Future<Output = ()>,
    end: &watch::Sender<bool>,
) -> Result<()> {
    tokio::select! {
        () = told_to_end() => {}
        () = beside => {}
        failed = servers.join_next() => {
            if let Some(Ok(Err(error))) = failed {
                return Err(Error::internal(error));
            }
        }
    }
    tracing::info!("ending; running requests may finish");
    // Nobody listens where every server has ended already.
    let _ = end.send(true);
    let finished = tokio::time::timeout(GRACE, async { while servers.join_next().await.is_some() {} }).await;
    if finished.is_err() {
        tracing::warn!("some requests took too long and were cut off");
    }
    Ok(())
}

impl Listeners {
    fn start(
        self,
        admin: Router,
        api: Router,
        ended: &watch::Receiver<bool>,
    ) -> JoinSet<std::io::Result<()>> {
        let mut servers = JoinSet::new();
        let mut start = |listener: TcpListener, router: Router| {
            let mut ended = ended.clone();
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            servers.spawn(async move {
                let end = async move {
                    // An error means that the sender is gone: the end as well.
                    let _ = ended.wait_for(|ended| *ended).await;
                };
                axum::serve(listener, service).with_graceful_shutdown(end).await
            });
        };
        match (self.admin, self.api) {
            (Some(listener), None) if self.shared => start(listener, http::together(admin, api)),
            (first, second) => {
                if let Some(listener) = first {
                    start(listener, admin);
                }
                if let Some(listener) = second {
                    start(listener, api);
                }
            }
        }
        servers
    }
}

/// Comes back when somebody presses Ctrl-C or the machine asks the process to end.
async fn told_to_end() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
