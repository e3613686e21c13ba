//! The one source of the present moment, so that tests can hold it still. It must not be
//! bypassed: `clippy.toml` forbids `Utc::now` elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};

/// Tells the time, cut to milliseconds: what both databases keep and give back unchanged.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Milliseconds since 1970 at which a test holds the clock; `None` is the machine's clock.
    held: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn held(at: DateTime<Utc>) -> Self {
        Self { held: Some(Arc::new(AtomicI64::new(at.timestamp_millis()))) }
    }

    /// Now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.held {
            None => Utc::now().trunc_subsecs(3),
            Some(millis) => {
                DateTime::from_timestamp_millis(millis.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// What another clock has told, unless a test holds this one.
    #[must_use]
    pub fn or(&self, told: DateTime<Utc>) -> DateTime<Utc> {
        if self.held.is_some() { self.now() } else { told }
    }

    /// Moves a held clock on; the machine's clock moves by itself.
    pub fn advance(&self, by: chrono::TimeDelta) {
        if let Some(millis) = &self.held {
            millis.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
        }
    }
}

/// As what limits rates reads it: the time since 1970. A clock that is set back makes those wait
/// longer, by as much, who have used up what they may.
impl governor::clock::Clock for Clock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Self::now(self).signed_duration_since(DateTime::<Utc>::UNIX_EPOCH).to_std().unwrap_or_default()
    }
}
