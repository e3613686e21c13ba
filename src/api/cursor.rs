//! Cursors as clients hold them: opaque, safe in addresses, good for one order only. They must not
//! be trusted: a client can make its own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::content::Id;
use crate::published::{Cursor, Order};

/// The farthest that a list of best matches goes.
const FARTHEST: i64 = 10_000;

/// A place in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Place {
    /// In a sorted list: a key and an id, which stay a place when other items come and go.
    Sorted {
        /// The order that it is a place in.
        sort: String,
        /// The place.
        at: Cursor,
    },
    /// In a list of best matches, which has no keys: so many are passed over.
    Ranked {
        /// How many.
        skip: i64,
    },
}

impl Place {
    /// A cursor that a client gives back; `None` where it is none, or of another order.
    pub(super) fn read(typed: &str, order: Option<Order>) -> Option<Self> {
        let place: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(typed).ok()?).ok()?;
        let fits = match (&place, order) {
            (Self::Sorted { sort, at }, Some(order)) => *sort == name(order) && at.id.parse::<Id>().is_ok(),
            (Self::Ranked { skip }, None) => (0..=FARTHEST).contains(skip),
            _ => false,
        };
        fits.then_some(place)
    }

    /// A place in a list of this order.
    pub(super) fn sorted(order: Order, at: Cursor) -> Self {
        Self::Sorted { sort: name(order), at }
    }

    /// A place in a list of best matches, if it goes that far.
    pub(super) fn ranked(skip: i64) -> Option<Self> {
        (0..=FARTHEST).contains(&skip).then_some(Self::Ranked { skip })
    }

    /// As clients hold it.
    pub(super) fn print(&self) -> String {
        // Text and numbers alone cannot fail to be written.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }
}

fn name(order: Order) -> String {
    format!("{}{}", if order.descending { "-" } else { "" }, order.key)
}
