//! Sessions: how long one lasts, and their keeping in the editorial database. It must not decide
//! what somebody may do, and nothing here stores a session's id, only its hash.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{self, Id, Record};
use tower_sessions::session_store::{self, SessionStore};

use super::token;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::{Account, SessionRow, Store};

/// A session ends when it was not used for so long …
const IDLE: TimeDelta = TimeDelta::hours(12);
/// … and so long after signing in, however much it was used.
const ABSOLUTE: TimeDelta = TimeDelta::days(7);
/// How stale 'last seen' may get: a read need not write each time.
const TOUCH: TimeDelta = TimeDelta::minutes(5);

/// Where a session's data holds who signed in.
const KEY: &str = "account";

/// Who signed in, and when: what a session holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Their account's id.
    pub account: String,
    /// Their account's epoch then; a later one ends the session.
    pub epoch: i64,
    /// When they signed in.
    pub signed_in_at: DateTime<Utc>,
    /// When they were last here, to within five minutes.
    pub seen_at: DateTime<Utc>,
}

impl SignedIn {
    /// Somebody who signs in now.
    #[must_use]
    pub fn new(account: &Account, now: DateTime<Utc>) -> Self {
        Self { account: account.id.clone(), epoch: account.epoch, signed_in_at: now, seen_at: now }
    }

    /// Whether the session still holds.
    #[must_use]
    pub fn is_current(&self, now: DateTime<Utc>) -> bool {
        now < self.ends_at()
    }

    /// Whether 'last seen' is so stale that it should be written anew.
    #[must_use]
    pub fn needs_touch(&self, now: DateTime<Utc>) -> bool {
        now - self.seen_at >= TOUCH
    }

    fn ends_at(&self) -> DateTime<Utc> {
        (self.seen_at + IDLE).min(self.signed_in_at + ABSOLUTE)
    }
}

/// Signs an account in to this session, under a new id: whoever knew the old one has nothing.
/// Also right after a password was changed, for whoever changed it.
///
/// # Errors
/// Where the database fails.
pub async fn begin(session: &Session, account: &Account, clock: &Clock) -> Result<()> {
    session.cycle_id().await.map_err(fault)?;
    session.insert(KEY, SignedIn::new(account, clock.now())).await.map_err(fault)
}

/// Who is signed in to this session, noting now and then that they were here. Whether their
/// account still lets them in is for [`user`](super::Accounts::user) to say.
///
/// # Errors
/// Where the database fails.
pub async fn current(session: &Session, clock: &Clock) -> Result<Option<SignedIn>> {
    let Some(mut held) = peek(session, clock).await? else { return Ok(None) };
    let now = clock.now();
    if held.needs_touch(now) {
        held.seen_at = now;
        session.insert(KEY, &held).await.map_err(fault)?;
    }
    Ok(Some(held))
}

/// The same, without noting it: for what a page asks by itself while nobody may sit before it.
///
/// # Errors
/// Where the database fails.
pub async fn peek(session: &Session, clock: &Clock) -> Result<Option<SignedIn>> {
    let held = match session.get::<SignedIn>(KEY).await {
        // Written by another release: sign in again.
        Err(session::Error::SerdeJson(_)) => None,
        held => held.map_err(fault)?,
    };
    Ok(held.filter(|held| held.is_current(clock.now())))
}

/// The hash under which a session is kept; none before it has an id.
#[must_use]
pub fn id_hash(session: &Session) -> Option<String> {
    session.id().map(|id| token::hash(&id.to_string()))
}

fn fault(error: session::Error) -> Error {
    match error {
        // The cause is in the log already.
        session::Error::Store(session_store::Error::Backend(_)) => {
            Error::Unavailable("Your session cannot be read just now. Please try again in a moment.")
        }
        error => Error::internal(error),
    }
}

/// The sessions in the editorial database. When one ends is Recto's to say, by its own clock; the
/// expiry that tower-sessions computes counts for the cookie alone.
#[derive(Clone, Debug)]
pub struct Sessions {
    store: Store,
    clock: Clock,
}

impl Sessions {
    /// Over this database.
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Removes the sessions that have ended; housekeeping.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn delete_ended(&self) -> Result<()> {
        let tx = self.store.write().await?;
        tx.delete_ended_sessions(self.clock.now()).await?;
        tx.commit().await
    }

    fn row(&self, record: &Record) -> session_store::Result<SessionRow> {
        let held = record.data.get(KEY).and_then(|held| SignedIn::deserialize(held).ok());
        let data = serde_json::to_string(&record.data);
        Ok(SessionRow {
            id_hash: token::hash(&record.id.to_string()),
            data: data.map_err(|error| session_store::Error::Encode(error.to_string()))?,
            expires_at: held.as_ref().map_or_else(|| self.clock.now() + IDLE, SignedIn::ends_at),
            account: held.map(|held| held.account),
        })
    }

    async fn insert(&self, record: &mut Record) -> Result<(), session_store::Error> {
        let tx = self.store.write().await.map_err(backend)?;
        while !tx.insert_session(self.row(record)?).await.map_err(backend)? {
            record.id = Id::default();
        }
        tx.commit().await.map_err(backend)
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.insert(record).await
    }

    /// Updates and never inserts: a slow request must not revive a session that was ended
    /// meanwhile.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let row = self.row(record)?;
        let tx = self.store.write().await.map_err(backend)?;
        tx.update_session(row, self.clock.now()).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let found =
            self.store.session(&token::hash(&id.to_string()), self.clock.now()).await.map_err(backend)?;
        let Some(row) = found else { return Ok(None) };
        match serde_json::from_str(&row.data) {
            Ok(data) => Ok(Some(Record { id: *id, data, expiry_date: moment(row.expires_at) })),
            Err(error) => {
                // Better to sign in again than to meet an error at each page.
                tracing::warn!(%error, "a session's data cannot be read");
                Ok(None)
            }
        }
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let tx = self.store.write().await.map_err(backend)?;
        tx.delete_session(&token::hash(&id.to_string())).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

/// A moment as tower-sessions wants it.
fn moment(at: DateTime<Utc>) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.timestamp()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// tower-sessions keeps no causes, so they are logged here.
fn backend(error: Error) -> session_store::Error {
    tracing::error!(?error, "a session could not be kept or read");
    session_store::Error::Backend(error.to_string())
}
