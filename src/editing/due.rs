//! Doing what is due: each piece of work in one transaction with the row that names it, so that it is done
//! once, on whatever number of nodes and whenever one of them is killed. What fails waits, and keeps nothing
//! else from being done.

use std::panic::AssertUnwindSafe;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;

use super::deed::Doing;
use super::{Desk, User, embargo};
use crate::error::{Error, Result};
use crate::store::{Due, Reason};

/// How long work waits that has failed once; each time twice as long.
const AGAIN: TimeDelta = TimeDelta::seconds(30);
/// How long it waits at most.
const AGAIN_MAX: TimeDelta = TimeDelta::hours(1);

/// Does everything that is due by now, and gives the moment at which there is more to do, if there is one.
///
/// # Errors
/// Where the database fails; work that fails by itself is put off and told in the log.
pub async fn do_due(desk: &Desk) -> Result<Option<DateTime<Utc>>> {
    let now = match desk.store.moment().await? {
        Some(told) => desk.clock.or(told),
        None => desk.clock.now(),
    };
    // What is put off comes after now; what a piece of work adds for now is done too.
    while desk.store.next_due().await?.is_some_and(|next| next <= now) {
        if !do_first(desk, now).await? {
            break;
        }
    }
    desk.store.next_due().await
}

/// Does the first piece of work. Says whether there was one.
async fn do_first(desk: &Desk, now: DateTime<Utc>) -> Result<bool> {
    let user = User::system();
    let mut doing = Doing::begin(desk, &user, None, Reason::Known).await?;
    let Some(due) = doing.tx.first_due(now).await? else { return Ok(false) };
    doing.now = now;
    let done = AssertUnwindSafe(one(desk, doing, &due)).catch_unwind().await;
    let error = match done {
        Ok(Ok(())) => return Ok(true),
        Ok(Err(error)) => error,
        Err(_) => Error::internal("it panicked"),
    };
    tracing::error!(
        kind = due.kind,
        key = due.key,
        ?error,
        "what was due could not be done; trying again later"
    );
    let again = AGAIN * 2_i32.saturating_pow(u32::try_from(due.attempts).unwrap_or(u32::MAX).min(7));
    let tx = desk.store.write().await?;
    tx.put_off(&due, now + again.min(AGAIN_MAX), &format!("{error:?}")).await?;
    tx.commit().await?;
    Ok(true)
}

async fn one(desk: &Desk, mut doing: Doing<'_>, due: &Due) -> Result<()> {
    match due.kind.as_str() {
        embargo::KIND => {
            doing.reason = Reason::Embargo;
            embargo::end(desk, doing, due).await
        }
        other => Err(Error::internal(format!("this release does not know what is due: {other}"))),
    }
}
