//! Who has which form open, so that two who write at the same time know of each other. In the memory
//! of this process, bounded, forgotten after a minute. It must not decide anything: what two save is
//! merged, whether they knew or not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State as FromState;
use chrono::{DateTime, TimeDelta, Utc};
use maud::Markup;

use super::State;
use super::failure::Failure;
use super::form::standing;
use super::items::Addressed;
use super::session::SignedIn;
use crate::content::Id;
use crate::editing::{User, Verb, permission};
use crate::error::Error;

/// Where a page asks again who is here. It asks by itself, which does not count as being here.
pub(super) const ADDRESS: &str = "others";

/// How long somebody counts as here who has not asked again. Pages ask every 25 seconds.
const GONE: TimeDelta = TimeDelta::seconds(60);

/// The most forms that are remembered, and the most people at each.
const FORMS_MAX: usize = 1_000;
const PEOPLE_MAX: usize = 20;

/// Who is at which form.
#[derive(Clone, Debug, Default)]
pub struct Here(Arc<Mutex<HashMap<Id, Vec<Guest>>>>);

/// Somebody at a form.
#[derive(Debug)]
struct Guest {
    account: String,
    name: String,
    seen: DateTime<Utc>,
}

impl Here {
    /// Notes that somebody is at this item's form, and gives the names of the others.
    pub(super) fn with(&self, item: Id, user: &User, now: DateTime<Utc>) -> Vec<String> {
        let Some(account) = &user.account else { return Vec::new() };
        let here = |guest: &Guest| now - guest.seen < GONE;
        let mut forms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if forms.len() >= FORMS_MAX && !forms.contains_key(&item) {
            forms.retain(|_, guests| guests.iter().any(here));
            if forms.len() >= FORMS_MAX {
                return Vec::new();
            }
        }
        let guests = forms.entry(item).or_default();
        guests.retain(|guest| here(guest) && guest.account != *account);
        let mut others: Vec<String> = guests.iter().map(|guest| guest.name.clone()).collect();
        others.sort_unstable();
        if guests.len() < PEOPLE_MAX {
            guests.push(Guest { account: account.clone(), name: user.name.clone(), seen: now });
        }
        others
    }
}

/// `GET /admin/{plural}/{id}/others`
pub(super) async fn others(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Addressed { content_type, id }: Addressed,
) -> Result<Markup, Failure> {
    let stored = state.desk.store.items(content_type, &[id]).await?.pop().ok_or(Error::NotFound)?;
    // Who only reads is not told of, and is told nothing.
    permission::allow(&user, Verb::Save, &stored)?;
    Ok(standing::who(&state.here.with(id, &user, state.desk.clock.now())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn user(name: &str) -> User {
        User { account: Some(name.to_owned()), name: name.to_owned(), ..User::system() }
    }

    #[test]
    fn people_come_and_are_forgotten() {
        let (here, now) = (Here::default(), Clock::system().now());
        let (item, other) = (Id::new(now), Id::new(now));
        assert_eq!(here.with(item, &user("Ana"), now), Vec::<String>::new());
        assert_eq!(here.with(item, &user("Ana"), now), Vec::<String>::new(), "nobody is told of themselves");
        assert_eq!(here.with(item, &user("Ben"), now), ["Ana"]);
        assert_eq!(here.with(item, &user("Cy"), now), ["Ana", "Ben"]);
        assert_eq!(here.with(other, &user("Cy"), now), Vec::<String>::new());
        assert_eq!(here.with(item, &User::system(), now), Vec::<String>::new());
        let later = now + TimeDelta::seconds(59);
        assert_eq!(here.with(item, &user("Ben"), later), ["Ana", "Cy"]);
        assert_eq!(here.with(item, &user("Ana"), now + GONE), ["Ben"]);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (here, now) = (Here::default(), Clock::system().now());
        let item = Id::new(now);
        for number in 0..2 * PEOPLE_MAX {
            here.with(item, &user(&number.to_string()), now);
        }
        assert_eq!(here.with(item, &user("one more"), now).len(), PEOPLE_MAX);
        for _ in 0..2 * FORMS_MAX {
            here.with(Id::new(now), &user("Ana"), now);
        }
        assert_eq!(here.0.lock().unwrap().len(), FORMS_MAX);
        let late = Id::new(now);
        here.with(late, &user("Ana"), now + GONE);
        assert_eq!(here.0.lock().unwrap().len(), 1, "what is over makes room");
        assert_eq!(here.with(late, &user("Ben"), now + GONE), ["Ana"]);
    }
}
