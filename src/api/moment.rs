//! Lists that change by the passing of time alone: which events are to come, and when the next of them is
//! over. It must not change what is shown of an item: that is published.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

use crate::content::ContentType;
use crate::content::parsed::fold;
use crate::error::Result;
use crate::published::{Filter, Order, PublishedStore, Scalar, Select};

/// The key by which an event is over.
const END: &str = "end_at";

/// Which events are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Not yet over.
    Upcoming,
    /// Over.
    Past,
}

impl When {
    /// What may be said.
    pub(super) const NAMES: [&str; 2] = ["upcoming", "past"];

    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "upcoming" => Some(Self::Upcoming),
            "past" => Some(Self::Past),
            _ => None,
        }
    }

    /// Whether it makes sense for this type.
    pub(super) fn fits(content_type: &ContentType) -> bool {
        content_type.computed.iter().any(|computed| computed.sort && computed.name == END)
    }

    /// What is next comes first.
    pub(super) fn order(self, content_type: &'static ContentType) -> Option<Order> {
        Order::parse(content_type, if self == Self::Upcoming { "start_at" } else { "-start_at" })
    }

    /// The filter that holds at this moment.
    pub(super) fn filter(self, now: DateTime<Utc>) -> Filter {
        match self {
            Self::Upcoming => Filter::Range(END, Some(second(now + TimeDelta::seconds(1))), None),
            Self::Past => Filter::Range(END, None, Some(second(now))),
        }
    }

    /// The list whose first key is the next moment at which other events belong to this list, as
    /// [`ends`] reads it; `others` are its filters that do not change by themselves.
    pub(super) fn next(select: &Select, mut others: Vec<Filter>, now: DateTime<Utc>) -> Select {
        others.push(Self::Upcoming.filter(now));
        let order = Some(Order { key: END, descending: false });
        Select { filters: others, search: select.search.clone(), order, ..Select::of(select.content_type) }
    }

    /// The next moment at which other events belong to the list, for who asks for nothing else of it.
    pub(super) async fn next_change(
        store: &PublishedStore,
        select: &Select,
        others: Vec<Filter>,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>> {
        let next = Self::next(select, others, now);
        Ok(store.least(&next).await?.and_then(|key| ends(&key)))
    }
}

/// A moment as the key has it: whole seconds, folded like all text. An event that ends at 12:30:00
/// is over from then on.
fn second(moment: DateTime<Utc>) -> Scalar {
    let moment = moment.trunc_subsecs(0);
    Scalar::Text(fold(&moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)))
}

/// The moment that a key tells, at which an event is over.
pub(super) fn ends(key: &str) -> Option<DateTime<Utc>> {
    // Keys are folded to small letters.
    key.to_ascii_uppercase().parse().ok()
}
