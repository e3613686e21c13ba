//! How much may be made anew: for one address, at a time, and for how long. What is told from memory
//! does not come by here and costs nothing. It must not know what an answer says.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::export::{Format, SUFFIX};
use super::memory::Lasting;
use super::problem::{Problem, Result};
use crate::client;
use crate::clock::Clock;

/// The quota, and what somebody has left of it, as structured fields
/// (draft-ietf-httpapi-ratelimit-headers-11, §3 and §4).
pub(super) const QUOTA: HeaderName = HeaderName::from_static("ratelimit-policy");
pub(super) const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// After so many answers those who have all of their quota again are forgotten.
const TIDY_EVERY: u32 = 1_000;

/// What a list costs that is written whole.
const WHOLE: u32 = 100;

/// How many whole lists are written at a time.
const PLACES: usize = 2;

/// How long a whole list waits for its place.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much may be made anew for one address: so many usual answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// In a minute.
    pub per_minute: NonZeroU32,
    /// At once, for somebody who has not asked lately.
    pub burst: NonZeroU32,
}

/// What making answers has in common.
#[derive(Debug)]
pub(super) struct Limits {
    quotas: Option<Quotas>,
    client_address_header: Option<HeaderName>,
    longest: Duration,
    places: Semaphore,
}

/// What somebody has left of their quota.
#[derive(Clone, Debug)]
struct Standing {
    quota: HeaderValue,
    left: u32,
    /// In how many seconds all of it is there again.
    whole_in: u64,
}

/// What is known of an answer's making, for the one for whom it was made and nobody else.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    route: Option<MatchedPath>,
    standing: Option<Standing>,
}

impl Limits {
    pub(super) fn new(
        rate: Option<Rate>,
        client_address_header: Option<HeaderName>,
        longest: Duration,
        clock: Clock,
    ) -> Self {
        let quotas = rate.map(|rate| Quotas::new(rate, clock));
        Self { quotas, client_address_header, longest, places: Semaphore::new(PLACES) }
    }

    /// Takes from the quota of whoever asks. Programs on this machine have none.
    fn charge(&self, request: &Request, cost: NonZeroU32) -> Result<Option<Standing>, (u64, Standing)> {
        let Some(quotas) = &self.quotas else { return Ok(None) };
        let told_in = self.client_address_header.as_ref();
        let from = client::address(request.headers(), request.extensions(), told_in);
        match from.filter(|from| !from.is_loopback()) {
            Some(from) => quotas.charge(client::network(from), cost).map(Some),
            None => Ok(None),
        }
    }

    async fn make(&self, request: Request, next: Next, cost: NonZeroU32) -> Result<Response> {
        let _place = match cost.get() >= WHOLE {
            true => {
                let place = timeout(PATIENCE, self.places.acquire()).await;
                Some(place.ok().and_then(std::result::Result::ok).ok_or(Problem::Unavailable)?)
            }
            false => None,
        };
        timeout(self.longest, next.run(request)).await.map_err(|_| {
            tracing::warn!("an answer took too long to make and was given up");
            Problem::Unavailable
        })
    }
}

/// Lets a request through to be answered, within its asker's quota.
pub(super) async fn admit(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let cost = cost(route.as_ref().map_or("", MatchedPath::as_str));
    let (response, standing) = match limits.charge(&request, cost) {
        Ok(standing) => (limits.make(request, next, cost).await.into_response(), standing),
        Err((wait, standing)) => (Problem::TooMany(wait).into_response(), Some(standing)),
    };
    let made = Made { route, standing };
    // What lasts is told to others too: whoever keeps it tells this to the first.
    let lasts = response.extensions().get::<Lasting>().is_some();
    let mut response = if lasts { response } else { made.clone().tell(response) };
    response.extensions_mut().insert(made);
    response
}

/// What an answer costs, in usual ones: about as many times as long it takes to make.
fn cost(route: &str) -> NonZeroU32 {
    let last = route.rsplit('/').next().unwrap_or_default();
    let whole = Format::OF_LISTS.iter().any(|format| last.ends_with(format.suffix()));
    let cost = match last {
        _ if whole => WHOLE,
        "sitemap.xml" => WHOLE,
        _ if last.ends_with(SUFFIX) => 10,
        "events.ics" => 10,
        "oai" | "search" | "navigation" => 5,
        _ => 1,
    };
    NonZeroU32::MIN.saturating_add(cost - 1)
}

impl Made {
    /// What is known of an answer, if it was just made.
    pub(super) fn of(response: &Response) -> Self {
        response.extensions().get().cloned().unwrap_or_default()
    }

    /// The answer with what is known of its making.
    pub(super) fn tell(self, mut response: Response) -> Response {
        if let Some(Standing { quota, left, whole_in }) = self.standing {
            let headers = response.headers_mut();
            headers.insert(QUOTA, quota);
            if let Ok(left) = HeaderValue::try_from(format!("\"address\";r={left};t={whole_in}")) {
                headers.insert(LEFT, left);
            }
        }
        if let Some(route) = self.route {
            response.extensions_mut().insert(route);
        }
        response
    }
}

type Limiter = RateLimiter<IpAddr, DashMapStateStore<IpAddr>, Clock, StateInformationMiddleware>;

/// What was used of the quota, by address.
#[derive(Debug)]
struct Quotas {
    used: Limiter,
    rate: Rate,
    quota: HeaderValue,
    clock: Clock,
    charged: AtomicU32,
}

impl Quotas {
    fn new(rate: Rate, clock: Clock) -> Self {
        let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
        let used = RateLimiter::new(quota, DashMapStateStore::default(), clock.clone());
        let burst = rate.burst.get();
        let quota = HeaderValue::try_from(format!("\"address\";q={burst};w={}", seconds(rate, burst)));
        let quota = quota.unwrap_or(HeaderValue::from_static("\"address\""));
        Self { used, rate, quota, clock, charged: AtomicU32::default() }
    }

    /// Takes so much from an address's quota. Gives what is left; where it is too little, nothing is
    /// taken, and the seconds are told after which it is enough.
    fn charge(&self, from: IpAddr, cost: NonZeroU32) -> Result<Standing, (u64, Standing)> {
        if self.charged.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.used.retain_recent();
        }
        let standing = |left: u32| Standing {
            quota: self.quota.clone(),
            left,
            whole_in: seconds(self.rate, self.rate.burst.get().saturating_sub(left)),
        };
        // What costs more than everything costs everything.
        match self.used.check_key_n(&from, cost.min(self.rate.burst)) {
            Ok(Ok(now)) => Ok(standing(now.remaining_burst_capacity())),
            Ok(Err(refused)) => {
                let wait = refused.wait_time_from(governor::clock::Clock::now(&self.clock));
                let wait = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Err((wait.max(1), standing(0)))
            }
            Err(_) => Err((60, standing(0))),
        }
    }
}

/// In how many seconds so many are there again.
fn seconds(rate: Rate, used: u32) -> u64 {
    (u64::from(used) * 60).div_ceil(u64::from(rate.per_minute.get()))
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tokio::sync::{Notify, mpsc};
    use tokio::time::Instant;
    use tower::ServiceExt as _;

    use super::*;

    #[test]
    fn work_costs_what_it_is() {
        let of = |route: &str| cost(route).get();
        assert_eq!(of("/api/v1/projects/{reference}"), 1);
        assert_eq!(of("/api/v1/projects/{reference}/outputs"), 1);
        assert_eq!(of(""), 1);
        for whole in ["outputs.bib", "outputs.csl.json", "people/{reference}/outputs.csv"] {
            assert_eq!(of(&format!("/api/v1/{whole}")), WHOLE, "{whole}");
        }
        assert_eq!(of(&format!("/api/v1/outputs{SUFFIX}")), 10);
    }

    /// Lists that are written whole, and whatever else, each until somebody lets it finish.
    fn slow(finish: &Arc<Notify>, begun: &mpsc::Sender<()>) -> Router {
        let (finish, begun) = (finish.clone(), begun.clone());
        let slow = move || {
            let (finish, begun) = (finish.clone(), begun.clone());
            async move {
                let finished = finish.notified();
                let _ = begun.send(()).await;
                finished.await;
                "made"
            }
        };
        let limits = Arc::new(Limits::new(None, None, Duration::from_secs(20), Clock::system()));
        let router = Router::new().route("/api/v1/outputs.bib", get(slow.clone())).route("/other", get(slow));
        router.layer(from_fn_with_state(limits, admit))
    }

    async fn ask(router: Router, path: &str) -> (u16, bool) {
        let response = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        (response.status().as_u16(), response.headers().contains_key("retry-after"))
    }

    #[tokio::test(start_paused = true)]
    async fn whole_lists_wait_for_their_place_and_not_for_ever() {
        let finish = Arc::new(Notify::new());
        let (begun, mut begins) = mpsc::channel(10);
        let router = slow(&finish, &begun);
        let list = || tokio::spawn(ask(router.clone(), "/api/v1/outputs.bib"));
        let first: Vec<_> = (0..PLACES).map(|_| list()).collect();
        for _ in 0..PLACES {
            begins.recv().await.unwrap();
        }
        let asked = Instant::now();
        assert_eq!(list().await.unwrap(), (503, true));
        assert_eq!(asked.elapsed(), PATIENCE);
        // Others do not wait, and a list goes on when there is a place again.
        let other = tokio::spawn(ask(router.clone(), "/other"));
        begins.recv().await.unwrap();
        let waits = list();
        finish.notify_waiters();
        assert_eq!(other.await.unwrap(), (200, false));
        for one in first {
            assert_eq!(one.await.unwrap(), (200, false));
        }
        begins.recv().await.unwrap();
        finish.notify_waiters();
        assert_eq!(waits.await.unwrap(), (200, false));
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_given_up() {
        let (begun, _begins) = mpsc::channel(10);
        let router = slow(&Arc::new(Notify::new()), &begun);
        let asked = Instant::now();
        assert_eq!(ask(router.clone(), "/other").await, (503, true));
        assert_eq!(ask(router, "/api/v1/outputs.bib").await, (503, true));
        assert_eq!(asked.elapsed(), Duration::from_secs(40));
    }

    #[test]
    fn those_who_have_everything_again_are_forgotten() {
        let clock = Clock::held(chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000));
        let count = |number: u32| NonZeroU32::new(number).unwrap();
        let quotas = Quotas::new(Rate { per_minute: count(60), burst: count(100) }, clock.clone());
        for number in 0..TIDY_EVERY - 1 {
            let from = IpAddr::from([10, 0, (number / 250) as u8, (number % 250) as u8]);
            assert_eq!(quotas.charge(from, count(1)).unwrap().left, 99);
        }
        assert_eq!(quotas.used.len(), 999);
        clock.advance(chrono::TimeDelta::minutes(2));
        assert!(quotas.charge(IpAddr::from([192, 0, 2, 1]), count(1)).is_ok());
        assert_eq!(quotas.used.len(), 1);
    }
}
