//! Times as people write them, in the site's zone.

use chrono::{DateTime, Utc};

use super::State;
use crate::content::parsed::Zone;
use crate::content::types::SITE;

/// Writes times for one page.
#[derive(Clone, Copy, Debug)]
pub(super) struct When {
    zone: Zone,
    now: DateTime<Utc>,
}

impl When {
    /// In the site's zone, by the desk's clock.
    pub(super) async fn of(state: &State) -> Self {
        let utc = Zone(chrono_tz::UTC);
        // The site's row is small and close; a page without it shows UTC.
        let zone = match state.desk.published.reader().locate(&SITE, "site").await {
            Ok(crate::published::Located::Here(site)) => {
                site.json.get("time_zone").and_then(|zone| zone.as_str()?.parse().ok()).unwrap_or(utc)
            }
            _ => utc,
        };
        Self { zone, now: state.desk.clock.now() }
    }

    /// The zone's name.
    pub(super) fn zone(&self) -> String {
        self.zone.to_string()
    }

    /// Today, as the site's clocks have it.
    pub(super) fn today(&self) -> chrono::NaiveDate {
        self.now.with_timezone(&self.zone.0).date_naive()
    }

    /// 'today at 14:32', 'yesterday at 09:00', '4 December 2023 at 09:15'.
    pub(super) fn say(&self, time: DateTime<Utc>) -> String {
        let local = time.with_timezone(&self.zone.0);
        let days = (self.today() - local.date_naive()).num_days();
        match days {
            0 => format!("today at {}", local.format("%H:%M")),
            1 => format!("yesterday at {}", local.format("%H:%M")),
            _ => format!("{} at {}", local.format("%-d %B %Y"), local.format("%H:%M")),
        }
    }

    /// The same at the beginning of a line.
    pub(super) fn say_first(&self, time: DateTime<Utc>) -> String {
        let said = self.say(time);
        let mut letters = said.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
            .unwrap_or_default()
    }

    /// The same for a narrow column: 'today, 14:32', '4 Dec 2023'.
    pub(super) fn short(&self, written: &str) -> String {
        let Ok(time) = DateTime::parse_from_rfc3339(written) else { return String::new() };
        let local = time.with_timezone(&self.zone.0);
        match (self.today() - local.date_naive()).num_days() {
            0 => format!("Today, {}", local.format("%H:%M")),
            1 => format!("Yesterday, {}", local.format("%H:%M")),
            _ => local.format("%-d %b %Y").to_string(),
        }
    }

    /// 'morning', 'afternoon' or 'evening', for a greeting.
    pub(super) fn greeting(&self) -> &'static str {
        use chrono::Timelike as _;
        match self.now.with_timezone(&self.zone.0).hour() {
            5..=11 => "Good morning",
            12..=17 => "Good afternoon",
            _ => "Good evening",
        }
    }
}
