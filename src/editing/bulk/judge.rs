//! What a wish comes to for one item: the same answer before it is done and while it is. It must not ask
//! the database.

use std::collections::HashMap;

use super::{Wish, with};
use crate::content::{Id, Problems, validate};
use crate::editing::permission::{self, User};
use crate::store::{State, Stored};

/// What comes of a wish for one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done.
    Happens,
    /// It is so already.
    AsIs,
    /// It cannot be done; a whole sentence says why.
    Stays(String),
}

/// Judges. `seen` is the version that somebody looked at before they decided, `kept` what cannot be published
/// with others because of a file, with the reason.
pub(super) fn judge(
    user: &User,
    wish: &Wish,
    stored: &Stored,
    seen: Option<i64>,
    kept: &HashMap<Id, String>,
) -> Fate {
    if let Err(denied) = permission::allow(user, wish.verb(), stored) {
        return Fate::Stays(denied.to_string());
    }
    let (public, state) = (stored.meta.published_version, stored.state());
    match wish {
        Wish::Publish | Wish::Set(..) if state == State::Trashed => {
            Fate::Stays("It is in the trash; take it out first.".to_owned())
        }
        Wish::Publish if state == State::Published => Fate::AsIs,
        // What nobody has looked at is not shown to the public.
        Wish::Publish if seen.is_some_and(|seen| seen != stored.meta.version) => {
            Fate::Stays("Somebody has changed it since you looked; look again.".to_owned())
        }
        Wish::Publish if kept.contains_key(&stored.item.id) => {
            Fate::Stays(kept.get(&stored.item.id).cloned().unwrap_or_default())
        }
        Wish::Publish => unless(&validate::publication(&stored.item)),
        Wish::Unpublish if public.is_none() => Fate::AsIs,
        Wish::Trash if state == State::Trashed => Fate::AsIs,
        Wish::Untrash if state != State::Trashed => Fate::AsIs,
        Wish::Unpublish | Wish::Trash | Wish::Untrash => Fate::Happens,
        Wish::Set(field, value) => {
            let after = with(&stored.item, field, value);
            if after == stored.item { Fate::AsIs } else { unless(&validate::draft(&after)) }
        }
    }
}

/// It happens unless something is wrong.
fn unless(problems: &Problems) -> Fate {
    if problems.is_empty() {
        return Fate::Happens;
    }
    Fate::Stays(problems.0.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join(" "))
}
