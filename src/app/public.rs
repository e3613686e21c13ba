//! A process that serves the public alone. On SQLite it opens the public store for reading and
//! nothing else; on PostgreSQL it keeps a public store of its own from the publications.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::{PUBLIC_FILE, follow, http, open_follower, open_publications};
use crate::api::MemoryUse;
use crate::clock::Clock;
use crate::config::Config;
use crate::editing::follow_publications;
use crate::error::{Error, Result};
use crate::published::{Follower, PublishedStore};
use crate::store::Store;

/// How often a missing or replaced store is looked for.
const LOOK: Duration = Duration::from_secs(1);

/// What the public is served from.
pub(super) enum Source {
    /// A file that another process keeps.
    File(PathBuf, Serving),
    /// A store of this process's own, and the database it follows, once that could be opened.
    Followed(Option<Store>, Follower, Serving),
}

/// Answers that go on for ever end when this goes.
type Serving = watch::Sender<bool>;

impl Source {
    /// Opens it. With `wait`, waits for a public store that is not there yet.
    pub(super) async fn open(
        config: &Config,
        clock: &Clock,
        wait: bool,
        memory_use: &MemoryUse,
    ) -> Result<(Self, Current)> {
        if config.database_address().file().is_some() {
            let file = config.data_dir.path().join(PUBLIC_FILE);
            let store = open_file(&file, wait).await?;
            let (serving, ended) = watch::channel(false);
            let router = http::public(store.clone(), config, clock, ended, memory_use);
            return Ok((Self::File(file, serving), Current::new(store, router)));
        }
        let published = open_follower(config, PUBLIC_FILE).await?;
        let holds_something = published.sequence().await? > 0;
        let opened = async {
            let store = open_publications(config).await?;
            follow_publications(&store, &published, &|_| ()).await?;
            Ok(store)
        };
        let store = match opened.await {
            Ok(store) => Some(store),
            Err(error) if holds_something => {
                tracing::error!(%error, "the database cannot be followed; serving what was published before");
                None
            }
            Err(error) => return Err(error),
        };
        let (serving, ended) = watch::channel(false);
        let reader = published.reader().clone();
        let router = http::public(reader.clone(), config, clock, ended, memory_use);
        Ok((Self::Followed(store, published, serving), Current::new(reader, router)))
    }

    /// Whether what was published could be taken over when it was opened.
    pub(super) const fn follows(&self) -> bool {
        matches!(self, Self::File(..) | Self::Followed(Some(_), ..))
    }

    /// Runs beside the requests until it is dropped, and keeps what is served up to date.
    pub(super) async fn follow(
        self,
        current: Current,
        config: Config,
        clock: Clock,
        follows: Arc<AtomicBool>,
        memory_use: MemoryUse,
    ) {
        match self {
            Self::Followed(store, published, _serving) => {
                follow::run_public(&config, store, published, follows).await;
            }
            Self::File(file, mut serving) => {
                let mut served = which(&file);
                loop {
                    tokio::time::sleep(LOOK).await;
                    let there = which(&file);
                    if there.is_none() || there == served {
                        continue;
                    }
                    // The process that keeps the store has built it anew in another file.
                    if let Ok(store) = PublishedStore::open(&file).await {
                        let (fresh, ended) = watch::channel(false);
                        let router = http::public(store.clone(), &config, &clock, ended, &memory_use);
                        current.replace(store, router);
                        // Who listens to the old store comes back to the new one.
                        drop(std::mem::replace(&mut serving, fresh));
                        served = there;
                        tracing::info!("serving from the public store that was built anew");
                    }
                }
            }
        }
    }
}

/// The API as it is served now; it can be replaced while requests run.
#[derive(Clone)]
pub(super) struct Current(Arc<RwLock<(PublishedStore, Router)>>);

impl Current {
    pub(super) fn new(store: PublishedStore, router: Router) -> Self {
        Self(Arc::new(RwLock::new((store, router))))
    }

    fn replace(&self, store: PublishedStore, router: Router) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = (store, router);
    }

    fn get(&self) -> Router {
        self.0.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// The store that is served from now.
    pub(super) fn store(&self) -> PublishedStore {
        self.0.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// A router that answers from whatever is current.
    pub(super) fn router(&self) -> Router {
        let current = self.clone();
        Router::new().fallback(async move |request: Request| current.get().oneshot(request).await)
    }
}

/// Which file it is, whatever its name.
fn which(file: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(file).ok().map(|found: Metadata| (found.dev(), found.ino()))
}

async fn open_file(file: &Path, wait: bool) -> Result<PublishedStore> {
    let shown = file.display();
    if wait && !file.exists() {
        tracing::info!(file = %shown, "waiting for the public store");
    }
    loop {
        // One that is just being made opens in a moment.
        let opened = if file.exists() { PublishedStore::open(file).await } else { Err(Error::NotFound) };
        match opened {
            Ok(store) => return Ok(store),
            Err(_) if wait => tokio::time::sleep(LOOK).await,
            Err(Error::NotFound) => {
                return Err(Error::Refused(format!(
                    "There is no public store at {shown} yet. Start ‘recto serve’ on the same data directory first, \
                     or add --wait to wait for it."
                )));
            }
            Err(_) => {
                return Err(Error::Refused(format!(
                    "The public store {shown} cannot be read: it may belong to another release, or to another user. \
                     Start ‘recto serve’ of this release on the same data directory; it builds the store anew."
                )));
            }
        }
    }
}
