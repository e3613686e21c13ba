//! What became of the demonstration's content after it was made: corrections, an output that was withdrawn,
//! and changes of the last days that are not public yet. It must not make anything new.

use super::days::Days;
use super::items::Loader;
use crate::content::Id;
use crate::content::types::{OUTPUT, PROJECT};
use crate::editing::{Edit, User, publish, save, unpublish};
use crate::error::{Error, Result};

use super::making::Making;

/// The project on which the contributor works.
pub(super) const ASSIGNED: &str = "3.07";

/// Of so many open outputs one is corrected.
const CORRECTED: usize = 30;

/// Of so many open outputs one is changed, and the change is not public yet.
const CHANGED: usize = 50;

/// Does all of it, day by day, together with what is made on these days.
pub(super) async fn work(loader: &mut Loader<'_>) -> Result<()> {
    let project = loader.find(&PROJECT, ASSIGNED)?;
    let corrected: Vec<Id> = loader.open.iter().step_by(CORRECTED).copied().collect();
    let changed: Vec<Id> = loader.open.iter().skip(7).step_by(CHANGED).copied().collect();
    let days = &mut loader.days;
    let staff = days.staff;

    days.work_until(days.before(12)).await?;
    days.turn_to(days.before(12));
    change(days, &staff.editor, &corrected, "licence", "CC BY 4.0").await?;
    days.turn_to(days.before(11));
    if let Some(first) = corrected.first() {
        publish(&days.desk, &staff.editor, *first, None, &corrected).await?;
    }
    days.work_until(days.before(6)).await?;
    days.turn_to(days.before(6));
    for output in &loader.withdrawn {
        unpublish(&days.desk, &staff.editor, *output).await?;
    }
    days.work_until(days.before(3)).await?;

    days.turn_to(days.before(3));
    let mut contributor = staff.contributor.clone();
    contributor.assigned.insert(project);
    let field = OUTPUT.field("projects").ok_or(Error::NotFound)?;
    let own = days.desk.store.linking(&OUTPUT, field, project).await?;
    let own: Vec<Id> = own.iter().take(2).map(|output| output.item.id).collect();
    change(days, &contributor, &own, "note", "With a summary for officers").await?;
    days.turn_to(days.before(1));
    change(days, &staff.editor, &changed, "note", "Corrected in one table").await
}

/// Saves these outputs with another value in one field.
async fn change(days: &Days<'_>, user: &User, outputs: &[Id], field: &str, value: &str) -> Result<()> {
    let mut edits = Vec::new();
    for stored in days.desk.store.items(&OUTPUT, outputs).await? {
        edits.push(Edit::of(&stored, Making(stored.item.clone()).with(field, value)?.0));
    }
    save(&days.desk, user, &edits).await?;
    Ok(())
}
