//! How often somebody may try a password, by account and by address. Kept in memory: a restart
//! forgives. It must not know whether a try succeeded.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use sha2::{Digest as _, Sha256};

use crate::client::network;
use crate::clock::Clock;

/// After so many tries those who have waited long enough are forgotten.
const TIDY_EVERY: u32 = 1_000;

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Clock, NoOpMiddleware<Duration>>;

/// Counts tries: five per account, then one a minute; twenty per address, then one in ten seconds.
#[derive(Clone, Debug)]
pub struct Throttle {
    // By hash: what strangers type as a name may be long.
    accounts: Arc<Limiter<[u8; 32]>>,
    addresses: Arc<Limiter<IpAddr>>,
    clock: Clock,
    tries: Arc<AtomicU32>,
}

const fn count(number: u32) -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(number.saturating_sub(1))
}

impl Throttle {
    /// Nobody has tried yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let account = Quota::per_minute(count(1)).allow_burst(count(5));
        let address = Quota::per_minute(count(6)).allow_burst(count(20));
        Self {
            accounts: Arc::new(RateLimiter::new(account, DashMapStateStore::default(), clock.clone())),
            addresses: Arc::new(RateLimiter::new(address, DashMapStateStore::default(), clock.clone())),
            clock,
            tries: Arc::default(),
        }
    }

    /// Counts a try at the account with this e-mail address, from this network address. Gives in
    /// how many seconds another would be heard, if this one is not.
    #[must_use]
    pub fn refuse(&self, email: &str, address: Option<IpAddr>) -> Option<u64> {
        if self.tries.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.accounts.retain_recent();
            self.addresses.retain_recent();
        }
        // The address first: what it has no right to try must not use up the account's tries, or
        // one machine could lock everybody out.
        let address = address.map(|address| self.addresses.check_key(&network(address)));
        let refused = match address {
            Some(Err(refused)) => refused,
            _ => self.accounts.check_key(&Sha256::digest(email.to_lowercase()).into()).err()?,
        };
        let wait = refused.wait_time_from(governor::clock::Clock::now(&self.clock));
        Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    /// How many accounts and addresses are remembered.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.accounts.len() + self.addresses.len()
    }
}
