//! Publishing: the newest version of some items becomes what the public sees, all or none.

use super::Desk;
use super::permission::{self, User, Verb};
use super::save::EDITS_MAX;
use crate::content::{Id, Problems, document, validate};
use crate::error::{Error, Result};
use crate::store::Stored;

/// Publishes an item, and others together with it. `seen` is the version that was looked at;
/// `None` takes the newest. What is public already in its newest version is passed over.
///
/// # Errors
/// [`Error::Invalid`] where something is missing: problems of others than the first stand below
/// their id. [`Error::Refused`] beyond [`EDITS_MAX`] others. [`Error::Conflict`] where somebody has saved since; [`Error::Denied`].
pub async fn publish(
    desk: &Desk,
    user: &User,
    id: Id,
    seen: Option<i64>,
    together: &[Id],
) -> Result<Vec<Stored>> {
    if together.len() > EDITS_MAX {
        return Err(Error::Refused(format!(
            "At most {EDITS_MAX} items can be published at once; publish in parts."
        )));
    }
    let now = desk.clock.now();
    let by = user.account.as_deref();
    let tx = desk.store.write().await?;
    let mut problems = Problems::default();
    let (mut publications, mut drafts, mut done) = (Vec::new(), Vec::new(), Vec::new());
    let others = together.iter().copied().filter(|other| *other != id);
    for (at, one) in std::iter::once(id).chain(others).enumerate() {
        let stored = permission::load(&tx, user, Verb::Publish, one).await?;
        if at == 0 && seen.is_some_and(|seen| seen != stored.meta.version) {
            return Err(Error::Conflict(vec![id]));
        }
        if stored.meta.trashed_at.is_some() {
            return Err(Error::Refused(
                "This is in the trash. Take it out before you publish it.".to_owned(),
            ));
        }
        let wrong = validate::publication(&stored.item);
        if !wrong.is_empty() {
            problems.extend(if at == 0 { wrong } else { wrong.below(&one.to_string()) });
            continue;
        }
        if stored.meta.published_version == Some(stored.meta.version) {
            done.push(stored);
            continue;
        }
        let mut meta = stored.meta.clone();
        let first = *meta.first_published_at.get_or_insert(now);
        meta.published_version = Some(meta.version);
        meta.published_at = Some(now);
        let document = document::public(&stored.item, first, now);
        let item = &stored.item;
        publications.push(tx.publish(item.content_type, item.id, &item.slug, Some(document), now).await?);
        let (stored, change) = tx.set_meta(&stored, meta).await?;
        tx.audit(now, by, "publish", Some(one), &format!("version {}", stored.meta.version)).await?;
        drafts.push(stored.draft(change));
        done.push(stored);
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    tx.commit().await?;
    desk.take_over(&publications, &drafts).await?;
    Ok(done)
}
