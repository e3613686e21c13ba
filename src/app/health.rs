//! Whether this process can do its work, for whoever starts and ends it. It must not say more than
//! any stranger may know.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, timeout};

use super::public::Current;
use crate::editing::Desk;
use crate::error::Result;

/// How long something that was found out stands: however often strangers ask, the stores are asked
/// once in this time.
const STANDS: Duration = Duration::from_secs(1);

/// How long the stores may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

const ENDING: &str = "Not ready: this process is ending.";
const AWAY: &str = "Not ready: a database does not answer.";
const NO_FILES: &str = "Not ready: the files of the media library are not there.";
const BEHIND: &str = "Not ready: what was published cannot be taken over at the moment.";

/// What a process works on.
#[derive(Clone)]
pub(super) enum Stores {
    /// The editorial database and what follows it.
    Desk(Box<Desk>),
    /// A public store alone.
    Public(Current),
}

impl Stores {
    /// Asks all of them something small.
    async fn answer(&self) -> Result<()> {
        match self {
            Self::Desk(desk) => {
                desk.store.stands()?;
                desk.store.newest().await?;
                desk.published.reader().sequence().await?;
                desk.drafts.reader().sequence().await?;
            }
            Self::Public(current) => {
                current.store().sequence().await?;
            }
        }
        Ok(())
    }

    /// Whether the library's files may be taken for the database's.
    fn has_files(&self) -> bool {
        match self {
            Self::Desk(desk) => desk.media.need().is_ok(),
            Self::Public(_) => true,
        }
    }

    /// Which database this is; none where the process does not know it.
    pub(super) async fn identity(&self) -> Option<String> {
        match self {
            Self::Desk(desk) => desk.store.identity().await.ok(),
            Self::Public(_) => None,
        }
    }

    /// Each read store, the number it has reached, and the newest there is where that is known.
    pub(super) async fn figures(&self) -> Vec<(&'static str, i64, Option<i64>)> {
        match self {
            Self::Desk(desk) => {
                let newest = desk.store.newest().await.ok();
                let reached =
                    [desk.published.reader().sequence().await, desk.drafts.reader().sequence().await];
                let newest = [newest.map(|(published, _)| published), newest.map(|(_, changed)| changed)];
                let all = ["public", "drafts"].into_iter().zip(reached).zip(newest);
                all.filter_map(|((name, reached), newest)| Some((name, reached.ok()?, newest))).collect()
            }
            Self::Public(current) => {
                let reached = current.store().sequence().await.ok();
                reached.map(|reached| ("public", reached, None)).into_iter().collect()
            }
        }
    }
}

/// What was found out: when, and what is wrong.
type Found = (Instant, Option<&'static str>);

/// What is known of this process.
#[derive(Clone)]
pub(super) struct Health {
    pub(super) stores: Stores,
    /// Whether the read stores could take over what there was when they last tried.
    pub(super) follows: Arc<AtomicBool>,
    ended: watch::Receiver<bool>,
    found: Arc<Mutex<Option<Found>>>,
}

impl Health {
    /// All is well, unless whoever serves says otherwise in `follows`.
    pub(super) fn new(stores: Stores, ended: watch::Receiver<bool>) -> Self {
        Self { stores, follows: Arc::new(AtomicBool::new(true)), ended, found: Arc::default() }
    }

    /// What is wrong, if anything is.
    async fn wrong(&self) -> Option<&'static str> {
        if *self.ended.borrow() || self.ended.has_changed().is_err() {
            return Some(ENDING);
        }
        let mut found = self.found.lock().await;
        if let Some((_, wrong)) = found.filter(|(at, _)| at.elapsed() < STANDS) {
            return wrong;
        }
        let answered = timeout(PATIENCE, self.stores.answer()).await;
        let wrong = match answered {
            Ok(Ok(())) if !self.stores.has_files() => Some(NO_FILES),
            Ok(Ok(())) if self.follows.load(Ordering::Relaxed) => None,
            Ok(Ok(())) => Some(BEHIND),
            _ => Some(AWAY),
        };
        *found = Some((Instant::now(), wrong));
        wrong
    }

    /// `/health/live` and `/health/ready`.
    pub(super) fn router(self) -> Router {
        Router::new().route("/health/live", get(async || tell(None, "Alive."))).route(
            "/health/ready",
            get(move || {
                let health = self.clone();
                async move { tell(health.wrong().await, "Ready.") }
            }),
        )
    }
}

fn tell(wrong: Option<&'static str>, well: &'static str) -> Response {
    let status = wrong.map_or(StatusCode::OK, |_| StatusCode::SERVICE_UNAVAILABLE);
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (status, [no_store], format!("{}\n", wrong.unwrap_or(well))).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::published::Follower;

    async fn ask(health: &Health, path: &str) -> (u16, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = health.clone().router().oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn it_is_ready_while_everything_is() {
        let dir = tempfile::tempdir().unwrap();
        let follower = Follower::open(&dir.path().join("public.db")).await.unwrap();
        let stores = Stores::Public(Current::new(follower.reader().clone(), Router::new()));
        let (end, ended) = watch::channel(false);
        // Each begins without having found out anything.
        let new = || Health::new(stores.clone(), ended.clone());
        assert_eq!(ask(&new(), "/health/ready").await, (200, "Ready.\n".to_owned()));
        let behind = new();
        behind.follows.store(false, Ordering::Relaxed);
        assert_eq!(ask(&behind, "/health/ready").await, (503, format!("{BEHIND}\n")));

        let known = new();
        assert_eq!(ask(&known, "/health/ready").await.0, 200);
        let before = follower.reader().statements();
        assert_eq!(ask(&known, "/health/ready").await.0, 200);
        assert_eq!(follower.reader().statements(), before, "strangers make it work");

        follower.close().await;
        assert_eq!(ask(&new(), "/health/ready").await, (503, format!("{AWAY}\n")));
        assert_eq!(ask(&new(), "/health/live").await, (200, "Alive.\n".to_owned()));
        end.send(true).unwrap();
        assert_eq!(ask(&known, "/health/ready").await, (503, format!("{ENDING}\n")));
        drop(end);
        assert_eq!(ask(&known, "/health/live").await.0, 200);
    }
}
