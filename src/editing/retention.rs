//! For how long what was saved is kept: a rule over moments and people. It must not know what it is asked
//! about, nor remove anything.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Timelike as _, Utc};

use crate::content::parsed::Zone;
use crate::store::Mark;

/// Browsers keep text that was not saved for seven days, with the version that it was typed over.
const WHOLE_DAYS_MIN: u32 = 8;

/// A hundred years: longer than anything was kept yet.
const DAYS_MAX: u32 = 36_500;

/// What is kept of what was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// How old everything becomes before any of it goes.
    whole: TimeDelta,
    /// How old it becomes while one for each hour is kept; then it is one for each day.
    hourly: TimeDelta,
    /// How old the lines of the audit log become that are not thinned; none where they stay.
    audit: Option<TimeDelta>,
}

impl Retention {
    /// A rule in days: how long all is kept, at least eight; until when one is kept for each person and hour,
    /// and after that one for each person and day; how long lines of the audit log stay, nought for ever.
    #[must_use]
    pub fn of_days(whole: u32, hourly: u32, audit: u32) -> Self {
        let whole = whole.max(WHOLE_DAYS_MIN);
        let days = |days: u32| TimeDelta::days(i64::from(days.min(DAYS_MAX)));
        let audit = Some(audit).filter(|days| *days > 0).map(|audit| days(audit.max(whole)));
        Self { whole: days(whole), hourly: days(hourly.max(whole)), audit }
    }

    /// What is younger than this moment stays.
    #[must_use]
    pub fn whole_from(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.whole
    }

    /// Lines of the audit log that are older go, where any do.
    #[must_use]
    pub fn audit_from(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.audit.map(|audit| now - audit)
    }

    /// Which of these may go, given in the order in which they were saved: all that are followed by another of
    /// the same person in the same hour or on the same day of the site. So the last one stays, which is how
    /// somebody left it.
    #[must_use]
    pub fn spare(&self, marks: &[Mark], now: DateTime<Utc>, zone: Zone) -> Vec<i64> {
        let mut last: HashMap<(Option<&str>, NaiveDate, Option<u32>), i64> = HashMap::new();
        let mut spare = Vec::new();
        for mark in marks.iter().filter(|mark| mark.at < self.whole_from(now)) {
            // The same zone for both, so that each day is whole hours.
            let local = mark.at.with_timezone(&zone.0);
            let hour = (mark.at >= now - self.hourly).then(|| local.hour());
            let bucket = (mark.by.as_deref(), local.date_naive(), hour);
            spare.extend(last.insert(bucket, mark.number));
        }
        spare
    }
}
