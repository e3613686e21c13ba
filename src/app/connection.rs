//! Connections: as many as there is room for, each let go that does not ask, or does not take what
//! it asked for. At the end every request that came is answered. It must not know what is asked.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use crate::api::MemoryUse;
use crate::config::Config;

/// How long a client may take nothing of an answer that it is sent.
const STALL: Duration = Duration::from_secs(30);

/// How long connections that came at the very end may take to ask.
const LAST: Duration = Duration::from_secs(1);

/// How long to wait where the machine has no room for another connection.
const FULL: Duration = Duration::from_secs(1);

/// The longest head of a request, in bytes.
const HEAD: usize = 32_768;

/// The bounds of a listener's connections.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    /// One for each connection that may be open.
    places: Arc<Semaphore>,
    most: usize,
    /// How long a connection may be open without a whole head of a request having come.
    idle: Duration,
    /// How long a client may take nothing.
    stall: Duration,
}

impl Bounds {
    pub(super) fn new(config: &Config) -> Self {
        let places = usize::try_from(config.connections.0.get()).unwrap_or(Semaphore::MAX_PERMITS);
        let most = places.min(Semaphore::MAX_PERMITS);
        Self { places: Arc::new(Semaphore::new(most)), most, idle: config.idle_timeout.0, stall: STALL }
    }

    /// How many connections are open.
    pub(super) fn open(&self) -> usize {
        self.most.saturating_sub(self.places.available_permits())
    }
}

/// Who answers at a listener.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// Whatever is asked.
    pub(super) router: Router,
    /// What need not be asked for again, where that is told here.
    pub(super) memory: Option<MemoryUse>,
}

/// Serves who comes until `ended` is true or has lost its sender; then answers whoever has come by
/// then, and comes back.
pub(super) async fn serve(
    listener: TcpListener,
    Side { router, memory }: Side,
    bounds: Bounds,
    mut ended: watch::Receiver<bool>,
) {
    let mut running = JoinSet::new();
    let own = ended.clone();
    loop {
        let accepted = tokio::select! {
            biased;
            () = end(&mut ended) => break,
            accepted = accept(&listener, &bounds.places) => accepted,
        };
        while running.try_join_next().is_some() {}
        let Some((stream, from, place)) = accepted else { continue };
        let mut http = Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(bounds.idle).max_header_size(HEAD);
        let side = Side { router: router.clone(), memory: memory.clone() };
        let serving = one(stream, from, side, http, bounds.stall, Some(own.clone()));
        running.spawn(async move {
            serving.await;
            drop(place);
        });
    }
    // The machine has answered for us that we are there: whoever waits in its queue is heard.
    for (stream, from) in waiting(listener) {
        let mut http = Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(LAST).max_header_size(HEAD).keep_alive(false);
        let side = Side { router: router.clone(), memory: memory.clone() };
        running.spawn(one(stream, from, side, http, bounds.stall, None));
    }
    while running.join_next().await.is_some() {}
}

/// The next connection, once there is a place for it. Nobody else takes places.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    drop(places.acquire().await.ok()?);
    match listener.accept().await {
        Ok((stream, from)) => Some((stream, from, places.clone().try_acquire_owned().ok()?)),
        // They have gone again (accept(2)).
        Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {
            None
        }
        Err(error) => {
            tracing::error!(%error, "no connection can be taken; trying on");
            tokio::time::sleep(FULL).await;
            None
        }
    }
}

/// Those whom the machine has let in and nobody has looked after yet. The listener goes.
fn waiting(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else { return Vec::new() };
    let next = || {
        // It does not block: where nobody waits it fails.
        let (stream, from) = listener.accept().ok()?;
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, from))
    };
    std::iter::from_fn(next).collect()
}

/// Serves one connection. Once the end has come, what is being answered is its last request.
async fn one(
    stream: TcpStream,
    from: SocketAddr,
    Side { router, memory }: Side,
    http: Builder,
    stall: Duration,
    ended: Option<watch::Receiver<bool>>,
) {
    // An answer is written at once or is longer than a packet: nothing is gained by waiting.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::trace!(%error, "a connection has gone before it was served");
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(stall));
    let service = service_fn(move |request: Request<Incoming>| {
        let (router, memory) = (router.clone(), memory.clone());
        async move {
            if let Some(memory) = memory
                && let Some(told) = memory.told(&request).await
            {
                return Ok::<_, Infallible>(told);
            }
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(from));
            Ok(router.oneshot(request).await.unwrap_or_else(|never: Infallible| match never {}))
        }
    });
    let mut connection = pin!(http.serve_connection(TokioIo::new(Box::pin(stream)), service));
    if let Some(mut ended) = ended {
        tokio::select! {
            done = connection.as_mut() => return note(done),
            () = end(&mut ended) => connection.as_mut().graceful_shutdown(),
        }
    }
    note(connection.await);
}

/// Connections break off all the time; that is for those who look closely.
fn note(done: hyper::Result<()>) {
    if let Err(error) = done {
        tracing::trace!(%error, "a connection has broken off");
    }
}

/// Comes back at the end; an error means that the sender is gone: the end as well.
async fn end(ended: &mut watch::Receiver<bool>) {
    let _ = ended.wait_for(|ended| *ended).await;
}

#[cfg(test)]
mod tests;
