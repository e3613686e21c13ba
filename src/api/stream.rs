//! What changes, as it happens: Server-Sent Events (HTML standard §9.2). It must not outlive the
//! one who listens, nor the server.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::unfold;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::changes::{cursor, entry, since};
use super::problem::{Faults, Problem, Result};
use super::query::Query;
use super::{Shared, grammar};
use crate::published::{Changes, PublishedStore};

/// How many may listen at the same time.
const LISTENERS: usize = 100;

/// How many changes are read at a time.
const BATCH: i64 = 100;

/// How often a line is sent when nothing happens, so that nobody in between closes the connection.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long clients wait before they come back.
const RETRY: Duration = Duration::from_secs(5);

/// Where a client says how far it has come (HTML standard §9.2.4).
const LAST_EVENT_ID: &str = "last-event-id";

/// The parameters of the stream.
pub(super) const PARAMETERS: [&str; 1] = ["since"];

/// The places of those who listen.
pub(super) fn places() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(LISTENERS))
}

/// Answers with what happens from now on, or after the cursor that the client has.
pub(super) async fn listen(
    State(api): Shared,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    let query = Query::read(raw.as_deref())?;
    let mut faults = Faults::default();
    grammar::refuse_unknown(&query, &PARAMETERS, &mut faults);
    let typed = grammar::single("since", &query, &mut faults);
    // A client that comes back says where it was; the address is still the one it began with.
    let known = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
    let after = since(&api, known.or(typed), &mut faults).await?;
    let after = faults.or(after)?;
    let place = api.listeners.clone().try_acquire_owned().map_err(|_| Problem::Unavailable)?;
    let after = match after {
        Some(after) => after,
        None => api.store.sequence().await?,
    };
    // Told at once: a client that is cut off before anything happens comes back to this place.
    let beginning = Event::default().id(cursor(after)).retry(RETRY);
    let listener = Listener {
        store: api.store.clone(),
        ended: api.config.ended.clone(),
        after,
        due: VecDeque::from([beginning]),
        _place: place,
    };
    let events = unfold(listener, async |mut listener: Listener| {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Somebody who listens. All that runs for them is inside; it goes when they do.
struct Listener {
    store: PublishedStore,
    ended: Option<watch::Receiver<bool>>,
    after: i64,
    due: VecDeque<Event>,
    _place: OwnedSemaphorePermit,
}

impl Listener {
    /// The next event; none at the end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.due.pop_front() {
                return Some(event);
            }
            let changes = tokio::select! {
                changes = more(&self.store, self.after) => changes,
                () = end(&mut self.ended) => return None,
            };
            match changes {
                Ok((reached, changes)) => self.take(reached, &changes),
                Err(error) => {
                    tracing::error!(?error, "a stream of changes has ended early");
                    return None;
                }
            }
        }
    }

    fn take(&mut self, reached: i64, changes: &Changes) {
        for changed in &changes.items {
            self.after = changed.sequence;
            let event = Event::default().id(cursor(changed.sequence));
            self.due.push_back(event.event("change").data(entry(changed).to_string()));
        }
        if changes.items.is_empty() {
            self.after = self.after.max(reached);
        }
    }
}

/// Waits for something after this number, and reads it.
async fn more(store: &PublishedStore, after: i64) -> crate::error::Result<(i64, Changes)> {
    let reached = store.beyond(after).await?;
    Ok((reached, store.changes(after, BATCH).await?))
}

/// Comes back when the server ends; never where nobody says so.
async fn end(ended: &mut Option<watch::Receiver<bool>>) {
    match ended {
        // An error means that whoever would say so is gone: the end as well.
        Some(ended) => {
            let _ = ended.wait_for(|ended| *ended).await;
        }
        None => std::future::pending().await,
    }
}
