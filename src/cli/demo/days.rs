//! When the demonstration's items were made and published, and by whom: on days before today, one after the
//! other, under a clock of their own. It must not know what the items say.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::load::Staff;
use crate::clock::Clock;
use crate::content::parsed::{Zone, day_begins};
use crate::content::types::{MEDIA, TERM};
use crate::content::{Id, Item};
use crate::editing::{Desk, Edit, publish, save};
use crate::error::Result;

/// The days on which something is made, so many before today; it is published on the next one.
const DAYS: [i64; 17] = [900, 750, 620, 500, 400, 330, 270, 200, 150, 110, 80, 60, 40, 24, 16, 9, 5];

/// What is done on one day.
#[derive(Debug, Default)]
struct Day {
    made: Vec<Item>,
    public: Vec<Id>,
    /// Media that are published by themselves.
    alone: Vec<Id>,
    /// Whether it takes an administrator.
    settings: bool,
}

/// The days, and what is done on them.
pub(super) struct Days<'staff> {
    /// The desk under a clock that stands still on the day that is being worked on.
    pub desk: Desk,
    pub staff: &'staff Staff,
    pub today: NaiveDate,
    zone: Zone,
    days: BTreeMap<NaiveDate, Day>,
    /// What each item links to.
    shows: HashMap<Id, Vec<Id>>,
    /// The output with which alone a file goes; none of pictures, which go with all that show them.
    media: HashMap<Id, Option<Id>>,
    /// Everything that was made.
    pub made: Vec<Id>,
}

impl<'staff> Days<'staff> {
    pub(super) fn new(desk: &Desk, staff: &'staff Staff, zone: Zone) -> Self {
        let now = desk.clock.now();
        let today = now.with_timezone(&zone.0).date_naive();
        let desk = Desk { clock: Clock::held(now), ..desk.clone() };
        let (days, shows, media, made) = Default::default();
        Self { desk, staff, today, zone, days, shows, media, made }
    }

    /// The day that is or was so many days before today.
    pub(super) fn before(&self, days: i64) -> NaiveDate {
        self.today - TimeDelta::days(days)
    }

    /// The day on which something is made that belongs so many days before today.
    pub(super) fn making(&self, days: i64) -> NaiveDate {
        let [first, ..] = DAYS;
        self.before(DAYS.into_iter().rev().find(|one| *one >= days).unwrap_or(first))
    }

    /// In the morning of a day.
    fn morning(&self, day: NaiveDate) -> DateTime<Utc> {
        day_begins(day, self.zone) + TimeDelta::minutes(9 * 60 + 12)
    }

    /// The id of something that is made on this day.
    pub(super) fn new_id(&self, day: NaiveDate) -> Id {
        Id::new(self.morning(day))
    }

    /// Turns the clock to a day.
    pub(super) fn turn_to(&self, day: NaiveDate) {
        self.desk.clock.advance(self.morning(day) - self.desk.clock.now());
    }

    /// A file is public for the sake of this output alone, whatever else shows it.
    pub(super) fn belongs(&mut self, file: Id, output: Id) {
        self.media.insert(file, Some(output));
    }

    /// Makes an item on this day and, where it is to be public, publishes it on the next. A media item is then
    /// published by itself; others go with what shows them.
    pub(super) fn put(&mut self, day: NaiveDate, item: Item, public: bool) {
        let (id, settings) = (item.id, item.content_type == &TERM);
        let is_media = item.content_type == &MEDIA;
        self.made.push(id);
        if is_media {
            self.media.entry(id).or_default();
        }
        self.shows.insert(id, item.links().map(|(_, to)| to).collect());
        let work = self.days.entry(day).or_default();
        work.settings |= settings;
        work.made.push(item);
        if public {
            let work = self.days.entry(day + TimeDelta::days(1)).or_default();
            work.settings |= settings;
            let ids = if is_media { &mut work.alone } else { &mut work.public };
            ids.push(id);
        }
    }

    /// Does what is to be done before this day.
    pub(super) async fn work_until(&mut self, end: NaiveDate) -> Result<()> {
        let later = self.days.split_off(&end);
        for (day, work) in std::mem::replace(&mut self.days, later) {
            self.turn_to(day);
            let user = if work.settings { &self.staff.administrator } else { &self.staff.editor };
            let edits: Vec<Edit> = work.made.into_iter().map(Edit::new).collect();
            save(&self.desk, user, &edits).await?;
            if let Some(first) = work.public.first() {
                publish(&self.desk, user, *first, None, &self.with_media(&work.public)).await?;
            }
            for alone in work.alone {
                publish(&self.desk, user, alone, None, &[]).await?;
            }
        }
        Ok(())
    }

    /// These items, and the media that go with them.
    pub(super) fn with_media(&self, ids: &[Id]) -> Vec<Id> {
        let mut together = ids.to_vec();
        for id in ids {
            for shown in self.shows.get(id).into_iter().flatten() {
                let goes = self.media.get(shown).is_some_and(|only| only.is_none_or(|only| only == *id));
                if goes && !together.contains(shown) {
                    together.push(*shown);
                }
            }
        }
        together
    }
}
