//! Embargoes: when one ends, the output is published anew in the version that the public sees, and is open
//! from then on. It must not decide at publish what is to be decided when the day has come.

use chrono::{DateTime, NaiveDate, Utc};

use super::Desk;
use super::deed::Doing;
use crate::content::parsed::{Zone, day_begins};
use crate::content::types::{self, OUTPUT, SITE};
use crate::content::{Id, Item};
use crate::error::Result;
use crate::store::Due;

/// What is due when an embargo ends; its key is the output's id.
pub(super) const KIND: &str = "embargo";

/// The day from which on an item is open that is not open yet, if there is one.
pub(super) fn until(item: &Item) -> Option<NaiveDate> {
    if item.content_type == &OUTPUT { types::embargo(item) } else { None }
}

/// Sees to it that the end of the embargo is due that this item has now in public, and no other; `before` is
/// the document that it had. What the site's time zone moves is moved with it.
pub(super) async fn settle(doing: &Doing<'_>, item: &Item, before: Option<&str>) -> Result<()> {
    if item.content_type == &SITE {
        return move_all(doing, item).await;
    }
    if item.content_type != &OUTPUT {
        return Ok(());
    }
    let ends = match until(item) {
        Some(day) => Some(day_begins(day, doing.zone().await?)).filter(|ends| *ends > doing.now),
        None => None,
    };
    match ends {
        Some(ends) => set(doing, item.id, ends).await,
        None => withdrawn(doing, item, before).await,
    }
}

/// Nothing is due any more for an item that the public saw under embargo before, if it did.
pub(super) async fn withdrawn(doing: &Doing<'_>, item: &Item, before: Option<&str>) -> Result<()> {
    // Rarely anything is: the text is looked into before the database is.
    if item.content_type != &OUTPUT || !before.is_some_and(|before| before.contains(types::EMBARGOED)) {
        return Ok(());
    }
    doing.tx.cancel_due(KIND, &item.id.to_string()).await
}

async fn set(doing: &Doing<'_>, id: Id, ends: DateTime<Utc>) -> Result<()> {
    doing.tx.set_due(KIND, &id.to_string(), ends).await
}

/// The site's time zone is another one now: embargoes end when a day begins there. What is open already
/// stays open.
async fn move_all(doing: &Doing<'_>, site: &Item) -> Result<()> {
    let zone = site.text("time_zone").parse().unwrap_or(Zone(chrono_tz::UTC));
    let due = doing.tx.due_of(KIND).await?;
    let ids: Vec<Id> = due.iter().filter_map(|due| due.key.parse().ok()).collect();
    for (id, document) in doing.tx.documents(&ids).await? {
        let day = document.get("embargo_until").and_then(|day| day.as_str()?.parse().ok());
        if let Some(day) = day {
            set(doing, id, day_begins(day, zone)).await?;
        }
    }
    Ok(())
}

/// Does what is due: where the output is still public and its embargo is over by now, it is published as it
/// is. Whoever has changed that since, or withdrawn it, has decided otherwise.
pub(super) async fn end(desk: &Desk, mut doing: Doing<'_>, due: &Due) -> Result<()> {
    doing.tx.done(&due.id).await?;
    let Ok(id) = due.key.parse::<Id>() else {
        tracing::warn!(key = due.key, "the end of an embargo names no output; struck off");
        return doing.finish().await;
    };
    let Some(stored) = doing.tx.items(&OUTPUT, &[id]).await?.pop() else { return doing.finish().await };
    if let Some(version) = stored.meta.published_version {
        let item = if version == stored.meta.version {
            Some(stored.item.clone())
        } else {
            desk.store.revision(&OUTPUT, id, version).await?
        };
        let zone = doing.zone().await?;
        let over = |item: &Item| until(item).is_some_and(|day| day_begins(day, zone) <= doing.now);
        if let Some(item) = item.filter(over) {
            doing.show_as(stored, &item).await?;
        }
    }
    doing.finish().await
}
