//! Something that is done to several items at once, in one transaction and under one number, so that it
//! can be taken back. It must not ask for permission: whoever does it has.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Desk, User, embargo};
use crate::content::document::{self, Change};
use crate::content::parsed::Zone;
use crate::content::types::MEDIA;
use crate::content::{Id, Item};
use crate::error::{Error, Result};
use crate::store::{Deed, Publish, Reason, Stored, Write};

/// A version that nothing has: what the public did not see before.
pub(super) const NOT_PUBLIC: i64 = 0;

/// A deed on its way.
pub(super) struct Doing<'desk> {
    pub desk: &'desk Desk,
    pub user: &'desk User,
    pub tx: Write,
    pub now: DateTime<Utc>,
    /// The number under which it can be taken back; none where something is taken back.
    pub batch: Option<String>,
    /// Why something becomes public or ceases to be.
    pub reason: Reason,
    publications: Vec<Change>,
    drafts: Vec<Change>,
    /// What was published, with what it links to.
    pub(super) shown: HashMap<Id, HashSet<Id>>,
    zone: OnceLock<Zone>,
    /// For whose sake media items were public before.
    pub(super) held: HashMap<Id, Vec<(Id, i64)>>,
    /// Other items whose files may be public now and were not, or the other way round.
    pub(super) touched: HashSet<Id>,
}

impl<'desk> Doing<'desk> {
    /// Begins. Nothing else writes from here on.
    pub async fn begin(
        desk: &'desk Desk,
        user: &'desk User,
        batch: Option<String>,
        reason: Reason,
    ) -> Result<Self> {
        let tx = desk.store.write().await?;
        let now = desk.clock.now();
        let (publications, drafts) = Default::default();
        let (shown, zone, held, touched) = Default::default();
        Ok(Self { desk, user, tx, now, batch, reason, publications, drafts, shown, zone, held, touched })
    }

    /// Changes an item: its draft, and with `publish` also what the public sees of it, which may be an
    /// older version; each keeps what only it says. Gives none where nothing changes.
    pub async fn rewrite(
        &mut self,
        stored: &Stored,
        verb: &'static str,
        publish: bool,
        how: &(dyn Fn(&Item) -> Item + Sync),
    ) -> Result<Option<Stored>> {
        let (id, version) = (stored.item.id, stored.meta.version);
        let draft = how(&stored.item);
        let day = self.day(&stored.item).await?;
        // What the public would see of it, at one time for all.
        let as_public = |item: &Item| document::public(item, self.now, self.now, day);
        let mut now = stored.clone();
        let mut public = None;
        match stored.meta.published_version {
            // The public sees the newest version.
            Some(seen) if seen == version => {
                if draft == stored.item {
                    return Ok(None);
                }
                let hidden = as_public(&stored.item) == as_public(&draft);
                if hidden || publish {
                    now.meta.published_version = Some(version + 1);
                    now = self.update(&now, &draft).await?;
                    if !hidden {
                        public = Some(seen);
                        now = self.show_newest(now).await?;
                    }
                } else {
                    now = self.update(&now, &draft).await?;
                }
            }
            Some(seen) if publish => {
                let older = self.desk.store.revision(stored.item.content_type, id, seen).await?;
                let older = older.ok_or(Error::NotFound)?;
                let rewritten = how(&older);
                if as_public(&older) != as_public(&rewritten) {
                    public = Some(seen);
                    now.meta.published_version = Some(version + 1);
                    now = self.update(&now, &rewritten).await?;
                    now = self.show_newest(now).await?;
                }
                if draft != now.item {
                    now = self.update(&now, &draft).await?;
                }
            }
            _ if draft != stored.item => now = self.update(&now, &draft).await?,
            _ => {}
        }
        if now.meta.version == version {
            return Ok(None);
        }
        self.note(stored, &now, verb, public).await?;
        Ok(Some(now))
    }

    /// Saves a new version, which is what `before` says but for its content.
    pub async fn update(&mut self, before: &Stored, item: &Item) -> Result<Stored> {
        let by = self.user.account.as_deref();
        let (stored, change) = self.tx.update(before, item, self.now, by).await?;
        self.drafts.push(stored.draft(change));
        Ok(stored)
    }

    /// Shows the newest version to the public. A media item is then public for its own sake.
    pub async fn show(&mut self, stored: Stored) -> Result<Stored> {
        if stored.item.content_type == &MEDIA {
            self.hold(&stored, stored.item.id).await?;
        }
        self.show_newest(stored).await
    }

    /// The same, for whosever sake.
    pub(super) async fn show_newest(&mut self, mut stored: Stored) -> Result<Stored> {
        let item = stored.item.clone();
        stored.meta.published_version = Some(stored.meta.version);
        self.show_as(stored, &item).await
    }

    /// Shows this content to the public, which is that of the published version.
    pub async fn show_as(&mut self, stored: Stored, item: &Item) -> Result<Stored> {
        let mut meta = stored.meta.clone();
        let first = *meta.first_published_at.get_or_insert(self.now);
        meta.published_at = Some(self.now);
        let version = meta.published_version.unwrap_or(meta.version);
        let document = document::public(item, first, self.now, self.day(item).await?);
        let publish = self.publish(item, Some((&document, version)), None);
        let (published, before) = self.tx.publish(&publish).await?;
        self.publications.push(published);
        self.audit("publish", item.id, &format!("version {version}")).await?;
        if item.content_type == &MEDIA {
            self.tx.raise_grounds(item.id, version).await?;
        }
        self.shown.insert(item.id, item.links().map(|(_, to)| to).collect());
        embargo::settle(self, item, before.as_deref()).await?;
        self.set_meta(&stored, meta).await
    }

    /// Publishes anew what the public sees, where this release says it otherwise; when it was published stays.
    /// Says whether it did.
    pub(super) async fn reshape(
        &mut self,
        stored: &Stored,
        item: &Item,
        document: &serde_json::Value,
    ) -> Result<bool> {
        let meta = &stored.meta;
        let (Some(version), Some(at)) = (meta.published_version, meta.published_at) else { return Ok(false) };
        let first = meta.first_published_at.unwrap_or(at);
        let shaped = document::public(item, first, at, self.day(item).await?);
        embargo::settle(self, item, None).await?;
        if shaped == *document {
            return Ok(false);
        }
        let publish = self.publish(item, Some((&shaped, version)), None);
        self.publications.push(self.tx.publish(&publish).await?.0);
        Ok(true)
    }

    /// Shows to the public what an item said in one of its versions.
    pub async fn show_version(&mut self, mut stored: Stored, version: i64) -> Result<Stored> {
        if stored.meta.version == version {
            return self.show_newest(stored).await;
        }
        let (kind, id) = (stored.item.content_type, stored.item.id);
        let older = self.desk.store.revision(kind, id, version).await?.ok_or(Error::NotFound)?;
        stored.meta.published_version = Some(version);
        self.show_as(stored, &older).await
    }

    /// Takes an item from the public; readers are led to another one, where one is named. A media item
    /// is then public for nobody's sake.
    pub async fn hide(&mut self, stored: Stored, successor: Option<Id>) -> Result<Stored> {
        if stored.item.content_type == &MEDIA {
            self.release(&stored).await?;
        }
        self.withdraw(stored, successor).await
    }

    /// The same; what it is public for stays.
    pub(super) async fn withdraw(&mut self, stored: Stored, successor: Option<Id>) -> Result<Stored> {
        let publish = self.publish(&stored.item, None, successor);
        let (withdrawn, before) = self.tx.publish(&publish).await?;
        self.publications.push(withdrawn);
        embargo::withdrawn(self, &stored.item, before.as_deref()).await?;
        self.touched.insert(stored.item.id);
        let mut meta = stored.meta.clone();
        meta.published_version = None;
        self.set_meta(&stored, meta).await
    }

    fn publish<'item>(
        &'item self,
        item: &'item Item,
        document: Option<(&'item serde_json::Value, i64)>,
        successor: Option<Id>,
    ) -> Publish<'item> {
        let (reason, at, by) = (self.reason, self.now, self.user.account.as_deref());
        Publish { item, document, successor, reason, at, by }
    }

    /// The day that it is, for an item to which it matters in the site's time zone.
    async fn day(&self, item: &Item) -> Result<NaiveDate> {
        match embargo::until(item) {
            Some(_) => Ok(self.now.with_timezone(&self.zone().await?.0).date_naive()),
            None => Ok(self.now.date_naive()),
        }
    }

    /// The site's time zone, as the public is told it.
    pub(super) async fn zone(&self) -> Result<Zone> {
        if let Some(zone) = self.zone.get() {
            return Ok(*zone);
        }
        let zone = self.tx.site_zone().await?;
        Ok(*self.zone.get_or_init(|| zone))
    }

    /// Takes an item from the public, where it is, and puts it into the trash. A file that waits for the end
    /// of an embargo waits no longer.
    pub async fn put_away(&mut self, stored: Stored) -> Result<Stored> {
        let hidden = match stored.meta.published_version {
            Some(_) => self.hide(stored, None).await?,
            None => {
                if stored.item.content_type == &MEDIA {
                    self.release(&stored).await?;
                }
                stored
            }
        };
        self.set_trashed(hidden, true).await
    }

    /// Puts an item into the trash, or takes it out.
    pub async fn set_trashed(&mut self, stored: Stored, trashed: bool) -> Result<Stored> {
        let mut meta = stored.meta.clone();
        meta.trashed_at = trashed.then_some(self.now);
        self.set_meta(&stored, meta).await
    }

    async fn set_meta(&mut self, stored: &Stored, meta: crate::store::Meta) -> Result<Stored> {
        let (stored, change) = self.tx.set_meta(stored, meta).await?;
        self.drafts.push(stored.draft(change));
        Ok(stored)
    }

    /// Notes what was done to an item: in the audit log, and so that it can be taken back.
    pub async fn note(
        &mut self,
        before: &Stored,
        after: &Stored,
        verb: &'static str,
        public: Option<i64>,
    ) -> Result<()> {
        self.keep(before, after, verb, public).await?;
        let detail = self.batch.clone().unwrap_or_default();
        self.audit(verb, after.item.id, &detail).await
    }

    /// Notes it so that it can be taken back; the audit log knows of it already.
    pub async fn keep(
        &self,
        before: &Stored,
        after: &Stored,
        verb: &'static str,
        public: Option<i64>,
    ) -> Result<()> {
        let Some(batch) = &self.batch else { return Ok(()) };
        let deed = Deed {
            id: after.item.id,
            content_type: after.item.content_type,
            verb,
            before: Some(before.meta.version),
            after: after.meta.version,
            public,
            account: self.user.account.clone(),
            at: self.now,
            grounds: self.held.get(&after.item.id).cloned().unwrap_or_default(),
        };
        self.tx.note_deed(batch, &deed).await
    }

    /// Notes in the audit log alone.
    pub async fn audit(&self, verb: &str, id: Id, detail: &str) -> Result<()> {
        self.tx.audit(self.now, self.user.account.as_deref(), verb, Some(id), detail).await
    }

    /// Makes all of it durable; whoever follows the database takes it over. Files stay as they are.
    pub(super) async fn commit_alone(self) -> Result<()> {
        self.tx.commit().await
    }

    /// Makes all of it durable, and takes it over into both read stores.
    pub async fn finish(mut self) -> Result<()> {
        self.settle_files().await?;
        let Self { desk, tx, publications, drafts, .. } = self;
        if drafts.is_empty() && publications.is_empty() {
            return tx.commit().await;
        }
        let before = tx.before();
        tx.commit().await?;
        desk.take_over(&before, &publications, &drafts).await
    }
}
