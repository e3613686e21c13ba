//! Pruning: of what was saved long ago, what somebody saved again soon after goes. In parts, each a
//! transaction of its own, so that editors go on working and it may be killed anywhere. It must not remove
//! what anything needs: the store keeps its pins whatever it is told.

use std::collections::HashSet;
use std::time::Duration;

use super::permission::{self, User};
use super::retention::Retention;
use super::save::BY_THEMSELVES;
use crate::clock::Clock;
use crate::content::Id;
use crate::content::parsed::Zone;
use crate::error::{Error, Result};
use crate::store::{Store, Write};

/// The verb in the audit log.
const VERB: &str = "prune";

/// How many items are looked for at a time.
const ITEMS: u64 = 500;

/// How many revisions one transaction removes or writes anew before it ends: about a tenth of a second.
const PART: u64 = 100;

/// How many lines of the audit log one transaction removes.
const LINES: usize = 1_000;

/// How long others may write between two parts: SQLite does not queue those who wait for its lock.
const PAUSE: Duration = Duration::from_millis(20);

/// What pruning did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many items were looked at: those with more than a first and a newest revision.
    pub items: u64,
    /// How many revisions they had.
    pub revisions: u64,
    /// How many were removed.
    pub removed: u64,
    /// How many would have gone by the rule, and stay because something needs them.
    pub pinned: u64,
    /// How many were written anew, shorter or chained to another one.
    pub rewritten: u64,
    /// How many bytes fewer the texts of revisions take; not known before it is done.
    pub saved: i64,
    /// How many lines of the audit log were removed that tell of text that saved itself.
    pub lines: u64,
    /// How many were removed because of their age.
    pub old_lines: u64,
    /// Items whose revisions cannot be read, and were left as they are.
    pub broken: Vec<Id>,
}

/// Removes what the rule says; with `dry` only says what that would be.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Refused`] where the database is of an earlier release; where the database
/// fails: what was done until then is done.
pub async fn prune(store: &Store, clock: &Clock, user: &User, rule: &Retention, dry: bool) -> Result<Pruned> {
    permission::allow_for_good(user)?;
    if store.has_unlogged().await? {
        return Err(Error::Refused(
            "The publications are those of release 0.1.0. Start ‘recto serve’ first, which brings them up to date: \
             it needs every revision."
                .to_owned(),
        ));
    }
    let zone = store.site_zone().await?;
    let pruning = Pruning { store, clock, user, rule, zone, dry };
    let mut pruned = Pruned::default();
    pruning.revisions(&mut pruned).await?;
    pruning.lines(&mut pruned).await?;
    pruning.old_lines(&mut pruned).await?;
    if !dry {
        pruning.note(&pruned).await?;
    }
    Ok(pruned)
}

struct Pruning<'prune> {
    store: &'prune Store,
    clock: &'prune Clock,
    user: &'prune User,
    rule: &'prune Retention,
    zone: Zone,
    dry: bool,
}

impl Pruning<'_> {
    async fn revisions(&self, pruned: &mut Pruned) -> Result<()> {
        let mut after = None;
        loop {
            let ids = self.store.revised(after, ITEMS).await?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = Some(*last);
            for id in ids {
                self.item(id, pruned).await?;
            }
        }
    }

    /// The revisions of one item.
    async fn item(&self, id: Id, pruned: &mut Pruned) -> Result<()> {
        let (marks, plain) = self.store.revision_marks(id).await?;
        let spare = self.rule.spare(&marks, self.clock.now(), self.zone);
        pruned.items += 1;
        pruned.revisions += marks.len() as u64;
        if self.dry {
            let pins = if spare.is_empty() { HashSet::new() } else { self.store.pins(id).await? };
            let pinned = spare.iter().filter(|version| pins.contains(version)).count() as u64;
            pruned.pinned += pinned;
            pruned.removed += spare.len() as u64 - pinned;
            return Ok(());
        }
        self.thin(id, spare, plain, pruned).await
    }

    /// Removes these revisions of an item and packs those that are plain text, a few at a time.
    async fn thin(&self, id: Id, spare: Vec<i64>, plain: Vec<i64>, pruned: &mut Pruned) -> Result<()> {
        let named: HashSet<i64> = spare.iter().copied().collect();
        let mut work: Vec<i64> = spare.into_iter().chain(plain).collect();
        work.sort_unstable();
        let mut work = work.into_iter().peekable();
        let mut broken = false;
        while work.peek().is_some() && !broken {
            let tx = self.store.write().await?;
            let mut touched = 0;
            while touched < PART
                && let Some(next) = work.peek().copied()
            {
                let done = tx.thin(id, next - 1, &named).await?;
                if let Some(cause) = done.broken {
                    tracing::error!(%cause, "revisions cannot be pruned");
                    pruned.broken.push(id);
                    broken = true;
                    break;
                }
                touched += done.removed + done.rewritten;
                pruned.removed += done.removed;
                pruned.pinned += done.pinned;
                pruned.rewritten += done.rewritten;
                pruned.saved += done.saved;
                // Each step goes on, also where somebody else has removed these meanwhile.
                let reached = done.reached.max(next);
                while work.next_if(|version| *version <= reached).is_some() {}
            }
            tx.commit().await?;
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Lines of the audit log about text that saved itself: by the same rule.
    async fn lines(&self, pruned: &mut Pruned) -> Result<()> {
        let mut after = None;
        let now = self.clock.now();
        let before = self.rule.whole_from(now);
        loop {
            let ids = self.store.lined(BY_THEMSELVES, before, after, ITEMS).await?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = Some(*last);
            for id in ids {
                let lines = self.store.lines_of(BY_THEMSELVES, before, id).await?;
                let spare = self.rule.spare(&lines, now, self.zone);
                for part in spare.chunks(LINES) {
                    pruned.lines += match self.dry {
                        true => part.len() as u64,
                        false => self.removing(async |tx| tx.remove_lines(part).await).await?,
                    };
                }
            }
        }
    }

    /// Lines of the audit log that are older than any is to be kept.
    async fn old_lines(&self, pruned: &mut Pruned) -> Result<()> {
        let Some(before) = self.rule.audit_from(self.clock.now()) else { return Ok(()) };
        if self.dry {
            pruned.old_lines = self.store.lines_before(before).await?;
            return Ok(());
        }
        loop {
            let part = async |tx: &Write| tx.remove_lines_before(before, LINES as u64).await;
            match self.removing(part).await? {
                0 => return Ok(()),
                removed => pruned.old_lines += removed,
            }
        }
    }

    /// Does a part in a transaction of its own, and lets others write then.
    async fn removing(&self, part: impl AsyncFn(&Write) -> Result<u64>) -> Result<u64> {
        let tx = self.store.write().await?;
        let removed = part(&tx).await?;
        tx.commit().await?;
        tokio::time::sleep(PAUSE).await;
        Ok(removed)
    }

    /// Notes it in the audit log.
    async fn note(&self, pruned: &Pruned) -> Result<()> {
        let detail = format!(
            "revisions: {} removed, {} kept because something needs them, {} written anew; audit: {} lines of \
             autosaves removed, {} old ones",
            pruned.removed, pruned.pinned, pruned.rewritten, pruned.lines, pruned.old_lines
        );
        let tx = self.store.write().await?;
        tx.audit(self.clock.now(), self.user.account.as_deref(), VERB, None, &detail).await?;
        tx.commit().await
    }
}
