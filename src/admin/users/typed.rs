//! A user's form as it was typed, or as the account stands. It must not judge what was typed.

use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::form::posted::Posted;
use crate::content::Id;
use crate::store::Account;

/// What stands in a user's form.
#[derive(Clone, Default)]
pub(super) struct Typed {
    pub email: String,
    pub name: String,
    pub role: String,
    pub suspended: bool,
    /// None where the form did not ask for projects.
    pub assigned: Option<Vec<Id>>,
}

impl Typed {
    pub(super) fn read(posted: &Posted) -> Self {
        let read = |name: &str| posted.get(name).unwrap_or_default().to_owned();
        // An empty one goes with the list, so that 'none of them' can be told from 'not asked'.
        let assigned = posted.all("assigned");
        Self {
            email: read("email"),
            name: read("name"),
            role: read("role"),
            suspended: posted.get("suspended").is_some(),
            assigned: (!assigned.is_empty())
                .then(|| assigned.into_iter().filter_map(|id| id.parse().ok()).collect()),
        }
    }

    /// An account as it is.
    pub(super) async fn of(state: &State, account: &Account) -> Result<Self, Failure> {
        let typed = Self {
            email: account.email.clone(),
            name: account.name.clone(),
            role: account.role.name().to_owned(),
            suspended: account.suspended,
            assigned: None,
        };
        typed.with_assigned(state, account).await
    }

    /// Where the form did not ask for projects, they stay as they are.
    pub(super) async fn with_assigned(mut self, state: &State, account: &Account) -> Result<Self, Failure> {
        if self.assigned.is_none() {
            let mut assigned: Vec<Id> = state.desk.store.assigned(&account.id).await?.into_iter().collect();
            assigned.sort_unstable();
            self.assigned = Some(assigned);
        }
        Ok(self)
    }
}
