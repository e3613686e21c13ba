//! Days, wall-clock times, years and time zones.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone as _, Utc};

use super::Malformed;

/// An IANA time zone, `Europe/London`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(pub chrono_tz::Tz);

impl FromStr for Zone {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        text.trim().parse().map(Self).map_err(|_| Malformed("Choose a time zone such as Europe/London."))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

/// The moment at which clocks in `zone` show `wall`. Where clocks go back and show it twice, the
/// first; where they go forward and skip it, the same distance after the gap's beginning (what
/// RFC 5545 §3.3.5 says of local times).
#[must_use]
pub fn instant(wall: NaiveDateTime, zone: Zone) -> DateTime<Utc> {
    use chrono::offset::LocalResult;
    let found = match zone.0.from_local_datetime(&wall) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => Some(time.to_utc()),
        LocalResult::None => {
            let before = wall - chrono::TimeDelta::hours(3);
            let offset = zone.0.from_local_datetime(&before).earliest();
            offset.map(|time| time.to_utc() + chrono::TimeDelta::hours(3))
        }
    };
    found.unwrap_or_else(|| wall.and_utc())
}

/// The moment at which a day begins in `zone`: its midnight, or its first instant where clocks skip that.
#[must_use]
pub fn day_begins(day: NaiveDate, zone: Zone) -> DateTime<Utc> {
    use chrono::offset::LocalResult;
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    if let LocalResult::Single(time) | LocalResult::Ambiguous(time, _) = zone.0.from_local_datetime(&midnight)
    {
        return time.to_utc();
    }
    // Some second after the last one of an earlier day is the first. No zone is further from UTC, nor
    // skips more, than two days.
    let (mut before, mut after) =
        (midnight.and_utc().timestamp() - 172_800, midnight.and_utc().timestamp() + 172_800);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        let reached =
            DateTime::from_timestamp(middle, 0).unwrap_or_default().with_timezone(&zone.0).date_naive()
                >= day;
        if reached { after = middle } else { before = middle }
    }
    DateTime::from_timestamp(after, 0).unwrap_or_default()
}

fn in_bounds(date: NaiveDate) -> bool {
    use chrono::Datelike as _;
    (1000..=2999).contains(&date.year())
}

/// A day as browsers send it, `2023-12-04`.
///
/// # Errors
/// Where it is none, or lies outside the years 1000 to 2999.
pub fn parse_date(text: &str) -> Result<NaiveDate, Malformed> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
        .ok()
        .filter(|date| in_bounds(*date))
        .ok_or(Malformed("Write the date as year, month, day: 2023-12-04."))
}

/// A wall-clock time as browsers send it, `2023-12-07T10:30`, to the minute.
///
/// # Errors
/// Where it is none, or lies outside the years 1000 to 2999.
pub fn parse_wall_time(text: &str) -> Result<NaiveDateTime, Malformed> {
    let text = text.trim();
    ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:00"]
        .iter()
        .find_map(|shape| NaiveDateTime::parse_from_str(text, shape).ok())
        .filter(|time| in_bounds(time.date()))
        .ok_or(Malformed("Write date and time as 2023-12-07 10:30."))
}

/// A year between 1000 and 2999.
///
/// # Errors
/// Where it is none.
pub fn parse_year(text: &str) -> Result<i64, Malformed> {
    let text = text.trim();
    text.parse()
        .ok()
        .filter(|year| text.len() == 4 && (1000..=2999).contains(year))
        .ok_or(Malformed("Write the year with four digits: 2019."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_clocks_become_moments() {
        let london: Zone = "Europe/London".parse().unwrap();
        let moment = |text: &str| instant(parse_wall_time(text).unwrap(), london).to_rfc3339();
        assert_eq!(moment("2023-12-07T10:30"), "2023-12-07T10:30:00+00:00");
        assert_eq!(moment("2023-07-07 10:30"), "2023-07-07T09:30:00+00:00");
        // 2024-03-31 01:30 does not exist in London, 2024-10-27 01:30 exists twice.
        assert_eq!(moment("2024-03-31T01:30"), "2024-03-31T01:30:00+00:00");
        assert_eq!(moment("2024-10-27T01:30"), "2024-10-27T00:30:00+00:00");
    }

    #[test]
    fn days_begin_at_midnight_or_where_it_is_skipped_just_after() {
        let begins =
            |day: &str, zone: &str| day_begins(day.parse().unwrap(), zone.parse().unwrap()).to_rfc3339();
        assert_eq!(begins("2027-06-01", "Europe/London"), "2027-05-31T23:00:00+00:00");
        assert_eq!(begins("2027-06-01", "America/New_York"), "2027-06-01T04:00:00+00:00");
        // Clocks went from 00:00 to 01:00, from 23:59:59 to 01:00 the day after next, and twice past midnight.
        assert_eq!(begins("2018-11-04", "America/Sao_Paulo"), "2018-11-04T03:00:00+00:00");
        assert_eq!(begins("2011-12-30", "Pacific/Apia"), "2011-12-30T10:00:00+00:00");
        assert_eq!(begins("2018-10-28", "Atlantic/Azores"), "2018-10-28T00:00:00+00:00");
        // From 23:30 to 00:30.
        assert_eq!(begins("1920-01-01", "America/Toronto"), "1920-01-01T05:00:00+00:00");
    }

    #[test]
    fn years_have_four_digits() {
        assert_eq!(parse_year(" 2019 "), Ok(2019));
        for bad in ["", "19", "02019", "+201", "20l9", "3000"] {
            assert!(parse_year(bad).is_err(), "{bad}");
        }
    }
}
