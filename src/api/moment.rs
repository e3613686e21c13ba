//! What changes by the passing of time alone: which events are to come, which outputs are open, and
//! when an answer stops being right. It must not change documents: each type does that itself.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, SubsecRound as _, TimeDelta, Utc};

use crate::content::ContentType;
use crate::content::parsed::fold;
use crate::content::types::{EMBARGOED, OPEN};
use crate::error::Result;
use crate::published::{Filter, Order, PublishedStore, Scalar, Select};

/// The key by which an event is over.
const END: &str = "end_at";

/// The day on which an embargo ends.
const UNTIL: &str = "embargo_until";

/// The field that an embargo's end changes.
const AVAILABILITY: &str = "availability";

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

    fn filter(self, now: DateTime<Utc>) -> Filter {
        match self {
            Self::Upcoming => Filter::Range(END, Some(second(now + TimeDelta::seconds(1))), None),
            Self::Past => Filter::Range(END, None, Some(second(now))),
        }
    }
}

/// A moment as the key has it: whole seconds, folded like all text. An event that ends at 12:30:00
/// is over from then on.
fn second(moment: DateTime<Utc>) -> Scalar {
    let moment = moment.trunc_subsecs(0);
    Scalar::Text(fold(&moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)))
}

/// What a list is asked for that time has a say in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Timely {
    /// Events, by their end.
    pub(super) when: Option<When>,
    /// Outputs, by what they are today.
    pub(super) availability: Vec<String>,
}

impl Timely {
    /// Whether this field's filter belongs here.
    pub(super) fn takes(content_type: &ContentType, name: &str) -> bool {
        name == AVAILABILITY && content_type.field(UNTIL).is_some()
    }

    /// The filters that hold at this moment.
    pub(super) fn filters(&self, now: DateTime<Utc>) -> Vec<Filter> {
        let mut filters: Vec<Filter> = self.when.iter().map(|when| when.filter(now)).collect();
        if self.availability.is_empty() {
            return filters;
        }
        let (open, embargoed) = (self.wants(OPEN), self.wants(EMBARGOED));
        let wanted = |but: Option<&str>| {
            let values = self.availability.iter().filter(|value| Some(value.as_str()) != but);
            Filter::Key(AVAILABILITY, values.cloned().map(Scalar::Text).collect())
        };
        let lapsed = Filter::Range(UNTIL, None, Some(day(now.date_naive())));
        filters.push(match (open, embargoed) {
            (true, false) => Filter::Any(vec![vec![wanted(None)], vec![is_embargoed(), lapsed]]),
            (false, true) => {
                Filter::Any(vec![vec![wanted(Some(EMBARGOED))], vec![is_embargoed(), lasting(now)]])
            }
            _ => wanted(None),
        });
        filters
    }

    fn wants(&self, value: &str) -> bool {
        self.availability.iter().any(|wanted| wanted == value)
    }

    /// The list whose first key is the next moment at which other items belong to this list, as
    /// [`ends`] reads it; `others` are its filters that do not change by themselves.
    pub(super) fn next(
        &self,
        select: &Select,
        mut others: Vec<Filter>,
        now: DateTime<Utc>,
    ) -> Option<Select> {
        let key = if self.when.is_some() {
            others.push(When::Upcoming.filter(now));
            END
        } else if self.wants(OPEN) != self.wants(EMBARGOED) {
            others.extend([is_embargoed(), lasting(now)]);
            UNTIL
        } else {
            return None;
        };
        let order = Some(Order { key, descending: false });
        Some(Select {
            filters: others,
            search: select.search.clone(),
            order,
            ..Select::of(select.content_type)
        })
    }

    /// The next moment at which other items belong to the list, for who asks for nothing else of it.
    pub(super) async fn next_change(
        &self,
        store: &PublishedStore,
        select: &Select,
        others: Vec<Filter>,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>> {
        let Some(next) = self.next(select, others, now) else { return Ok(None) };
        Ok(store.least(&next).await?.and_then(|key| ends(&key)))
    }
}

/// The moment that a key tells: when an event is over, or the day on which an embargo ends.
pub(super) fn ends(key: &str) -> Option<DateTime<Utc>> {
    // Keys are folded to small letters.
    let moment = || key.to_ascii_uppercase().parse().ok();
    key.parse().map(|day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc()).ok().or_else(moment)
}

fn is_embargoed() -> Filter {
    Filter::Key(AVAILABILITY, vec![Scalar::Text(EMBARGOED.to_owned())])
}

fn lasting(now: DateTime<Utc>) -> Filter {
    let tomorrow = now.date_naive().checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    Filter::Range(UNTIL, Some(day(tomorrow)), None)
}

fn day(date: NaiveDate) -> Scalar {
    Scalar::Text(date.format("%Y-%m-%d").to_string())
}
