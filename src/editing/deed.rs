//! Something that is done to several items at once, in one transaction and under one number, so that it
//! can be taken back. It must not ask for permission: whoever does it has.

use chrono::{DateTime, Utc};

use super::{Desk, User};
use crate::content::document::{self, Change};
use crate::content::{Id, Item};
use crate::error::{Error, Result};
use crate::store::{Deed, Stored, Write};

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
    publications: Vec<Change>,
    drafts: Vec<Change>,
}

impl<'desk> Doing<'desk> {
    /// Begins. Nothing else writes from here on.
    pub async fn begin(desk: &'desk Desk, user: &'desk User, batch: Option<String>) -> Result<Self> {
        let tx = desk.store.write().await?;
        let now = desk.clock.now();
        Ok(Self { desk, user, tx, now, batch, publications: Vec::new(), drafts: Vec::new() })
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
        let mut now = stored.clone();
        let mut public = None;
        match stored.meta.published_version {
            // The public sees the newest version.
            Some(seen) if seen == version => {
                if draft == stored.item {
                    return Ok(None);
                }
                let hidden = as_public(&stored.item, self.now) == as_public(&draft, self.now);
                if hidden || publish {
                    now.meta.published_version = Some(version + 1);
                    now = self.update(&now, &draft).await?;
                    if !hidden {
                        public = Some(seen);
                        now = self.show(now).await?;
                    }
                } else {
                    now = self.update(&now, &draft).await?;
                }
            }
            Some(seen) if publish => {
                let older = self.desk.store.revision(stored.item.content_type, id, seen).await?;
                let older = older.ok_or(Error::NotFound)?;
                let rewritten = how(&older);
                if as_public(&older, self.now) != as_public(&rewritten, self.now) {
                    public = Some(seen);
                    now.meta.published_version = Some(version + 1);
                    now = self.update(&now, &rewritten).await?;
                    now = self.show(now).await?;
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

    /// Shows the newest version to the public.
    pub async fn show(&mut self, mut stored: Stored) -> Result<Stored> {
        let version = stored.meta.version;
        let item = stored.item.clone();
        stored.meta.published_version = Some(version);
        self.show_as(stored, &item).await
    }

    /// Shows this content to the public, which is that of the published version.
    pub async fn show_as(&mut self, stored: Stored, item: &Item) -> Result<Stored> {
        let mut meta = stored.meta.clone();
        let first = *meta.first_published_at.get_or_insert(self.now);
        meta.published_at = Some(self.now);
        let document = document::public(item, first, self.now);
        let (kind, id) = (item.content_type, item.id);
        let published = self.tx.publish(kind, id, &item.slug, Some(document), self.now).await?;
        self.publications.push(published);
        let detail = format!("version {}", meta.published_version.unwrap_or_default());
        self.audit("publish", id, &detail).await?;
        self.set_meta(&stored, meta).await
    }

    /// Shows to the public what an item said in one of its versions.
    pub async fn show_version(&mut self, mut stored: Stored, version: i64) -> Result<Stored> {
        if stored.meta.version == version {
            return self.show(stored).await;
        }
        let (kind, id) = (stored.item.content_type, stored.item.id);
        let older = self.desk.store.revision(kind, id, version).await?.ok_or(Error::NotFound)?;
        stored.meta.published_version = Some(version);
        self.show_as(stored, &older).await
    }

    /// Takes an item from the public; readers are led to another one, where one is named.
    pub async fn hide(&mut self, stored: Stored, successor: Option<Id>) -> Result<Stored> {
        let item = &stored.item;
        let withdrawn = match successor {
            Some(to) => self.tx.withdraw_for(item, to, self.now).await?,
            None => self.tx.publish(item.content_type, item.id, &item.slug, None, self.now).await?,
        };
        self.publications.push(withdrawn);
        let mut meta = stored.meta.clone();
        meta.published_version = None;
        self.set_meta(&stored, meta).await
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
        };
        self.tx.note_deed(batch, &deed).await
    }

    /// Notes in the audit log alone.
    pub async fn audit(&self, verb: &str, id: Id, detail: &str) -> Result<()> {
        self.tx.audit(self.now, self.user.account.as_deref(), verb, Some(id), detail).await
    }

    /// Makes all of it durable, and takes it over into both read stores.
    pub async fn finish(self) -> Result<()> {
        if self.drafts.is_empty() && self.publications.is_empty() {
            return self.tx.commit().await;
        }
        self.tx.commit().await?;
        self.desk.take_over(&self.publications, &self.drafts).await
    }
}

/// What the public would see of it, at one time for all.
fn as_public(item: &Item, at: DateTime<Utc>) -> serde_json::Value {
    document::public(item, at, at)
}
