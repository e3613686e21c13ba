//! Forgetting an item where it was kept on purpose: in the publications, the logs, what was done to many items at
//! once, and the versions of what linked to it. It must not decide who is forgotten.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, LikeExpr, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};

use super::entity::{account, audit, deed, publication, publication_log, upload, view};
use super::publication::{Logged, Reason};
use super::{Deed, Thinned, Write, working};
use crate::content::types::MEDIA;
use crate::content::{ContentType, Id, Kind, TYPES, snapshot};
use crate::error::Result;

/// What stands in the audit log where something was erased.
const ERASED: &str = "erased";

impl Write {
    /// From here on what this transaction deletes is overwritten, where the database can do that.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn overwrite(&self) -> Result<()> {
        if self.tx.get_database_backend() == DbBackend::Sqlite {
            self.tx.execute_unprepared("PRAGMA secure_delete = ON").await?;
        }
        Ok(())
    }

    /// Forgets under which addresses an item was public, and leads nobody on from there. Whoever follows the
    /// publications hears of it, where there ever was one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget_publication(&self, id: Id, at: DateTime<Utc>) -> Result<()> {
        let key = id.to_string();
        let log = publication_log::ActiveModel { slug: Set(String::new()), ..Default::default() };
        let lines = publication_log::Entity::update_many().set(log);
        lines.filter(publication_log::Column::ItemId.eq(&key)).exec(&self.tx).await?;
        if publication::Entity::find_by_id(key.clone()).one(&self.tx).await?.is_none() {
            return Ok(());
        }
        let sequence = self.next_publication().await?;
        let row = publication::ActiveModel {
            sequence: Set(sequence),
            document: Set(None),
            slugs: Set("[]".to_owned()),
            gone: Set("[]".to_owned()),
            successor: Set(None),
            at: Set(at),
            ..Default::default()
        };
        let update = publication::Entity::update_many().set(row);
        update.filter(publication::Column::ItemId.eq(&key)).exec(&self.tx).await?;
        let line = Logged {
            sequence,
            nonce: super::publication::nonce(),
            batch: self.batch.clone(),
            id,
            version: None,
            slug: String::new(),
            successor: None,
            reason: Reason::Erase,
            at,
            by: None,
        };
        let line = publication_log::ActiveModel::from(line.row());
        publication_log::Entity::insert(line).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Forgets what was done to these items together with others. A merge in which one of them took part is
    /// forgotten whole: it cannot be taken back without them.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget_deeds(&self, ids: &[Id]) -> Result<()> {
        let keys: Vec<String> = ids.iter().map(Id::to_string).collect();
        let merges = deed::Entity::find()
            .select_only()
            .column(deed::Column::BatchId)
            .filter(deed::Column::ItemId.is_in(&keys))
            .filter(deed::Column::Verb.is_in([Deed::KEEP, Deed::MERGE]))
            .into_tuple::<String>()
            .all(&self.tx)
            .await?;
        deed::Entity::delete_many().filter(deed::Column::BatchId.is_in(merges)).exec(&self.tx).await?;
        deed::Entity::delete_many().filter(deed::Column::ItemId.is_in(keys)).exec(&self.tx).await?;
        Ok(())
    }

    /// Takes away what lines of the audit log say beside who did what and when: those about these items, those that
    /// hold one of these texts, and those that are one of these names or hold it in quotation marks. Gives how many
    /// lines.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn redact(&self, ids: &[Id], texts: &[String], names: &[String]) -> Result<u64> {
        let mut about = sea_orm::Condition::any()
            .add(audit::Column::ItemId.is_in(ids.iter().map(Id::to_string)))
            .add(audit::Column::Detail.is_in(names));
        let quoted = names.iter().map(|name| format!("‘{name}’"));
        let texts = ids.iter().map(Id::to_string).chain(texts.iter().cloned()).chain(quoted);
        for text in texts.filter(|text| !text.is_empty()) {
            about = about.add(audit::Column::Detail.like(containing(&text)));
        }
        let row = audit::ActiveModel { detail: Set(ERASED.to_owned()), ..Default::default() };
        let lines = audit::Entity::update_many().set(row).filter(about);
        let said = audit::Column::Detail.is_not_in(["", ERASED]);
        Ok(lines.filter(said).exec(&self.tx).await?.rows_affected)
    }

    /// The items whose public document names one of these.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn publicly_naming(&self, named: &[Id]) -> Result<Vec<Id>> {
        let mut about = sea_orm::Condition::any();
        for id in named {
            about = about.add(publication::Column::Document.like(containing(&id.to_string())));
        }
        let found = publication::Entity::find()
            .select_only()
            .column(publication::Column::ItemId)
            .filter(about)
            .into_tuple::<String>();
        found.all(&self.tx).await?.iter().map(|id| working::id_of(id)).collect()
    }

    /// Who shows a media item beside these: in a field, in a text, or in what the public sees. The first of them.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn shown_by(&self, media: Id, beside: &[Id]) -> Result<Option<Id>> {
        let mut found = Vec::new();
        for from in TYPES {
            for field in from.fields {
                if field.target() == Some(MEDIA.name) {
                    let pairs = self.linking_to(from, field, &[media]).await?;
                    found.extend(pairs.into_iter().map(|(owner, _)| owner));
                } else if matches!(field.kind, Kind::Html) {
                    let mut select = Query::select();
                    let text = Expr::col(Alias::new(field.name));
                    select
                        .column(Alias::new("id"))
                        .from(Alias::new(from.name))
                        .and_where(text.like(containing(&media.to_string())));
                    for row in self.tx.query_all(&select).await? {
                        found.push(working::id_of(&row.try_get::<String>("", "id")?)?);
                    }
                }
            }
        }
        let public = publication::Entity::find()
            .select_only()
            .column(publication::Column::ItemId)
            .filter(publication::Column::Document.like(containing(&media.to_string())))
            .into_tuple::<String>();
        for id in public.all(&self.tx).await? {
            found.push(working::id_of(&id)?);
        }
        let beside: HashSet<Id> = beside.iter().copied().chain([media]).collect();
        Ok(found.into_iter().find(|id| !beside.contains(id)))
    }

    /// Whether a media item but these has a file of this hash, as it is now or as the public sees it.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn has_file(&self, hash: &str, but: &[Id]) -> Result<bool> {
        let keys: Vec<String> = but.iter().map(Id::to_string).collect();
        let mut select = Query::select();
        select
            .column(Alias::new("id"))
            .from(Alias::new(MEDIA.name))
            .and_where(Expr::col(Alias::new("file")).like(LikeExpr::new(format!("{hash}%"))))
            .and_where(Expr::col(Alias::new("id")).is_not_in(&keys))
            .limit(1);
        if self.tx.query_one(&select).await?.is_some() {
            return Ok(true);
        }
        let public = publication::Entity::find()
            .filter(publication::Column::Type.eq(MEDIA.name))
            .filter(publication::Column::ItemId.is_not_in(keys))
            .filter(publication::Column::Document.like(containing(hash)))
            .limit(1);
        Ok(public.one(&self.tx).await?.is_some())
    }

    /// Forgets what is known of a file.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn forget_upload(&self, hash: &str) -> Result<()> {
        upload::Entity::delete_by_id(hash.to_owned()).exec(&self.tx).await?;
        Ok(())
    }

    /// Takes the links to these items out of an item's revisions after `after`, as far as one step goes.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn unlink_revisions(
        &self,
        content_type: &'static ContentType,
        id: Id,
        after: i64,
        gone: &[Id],
    ) -> Result<Thinned> {
        let gone: Vec<String> = gone.iter().map(Id::to_string).collect();
        let change = |text: &str| {
            if !gone.iter().any(|id| text.contains(id.as_str())) {
                return None;
            }
            let mut json = serde_json::from_str(text).ok()?;
            snapshot::unlink(content_type, &mut json, &gone).then(|| json.to_string())
        };
        self.rewrite_step(id, after, &|_| false, &change).await
    }

    /// Removes an account with its sessions, links, assignments and own views. What it did stays noted under its
    /// id.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn delete_account(&self, id: &str) -> Result<()> {
        self.delete_sessions_of(id, None).await?;
        self.delete_one_time_links_of(id).await?;
        self.assign(id, &[]).await?;
        let own = view::Entity::delete_many().filter(view::Column::AccountId.eq(id));
        own.filter(view::Column::Shared.eq(false)).exec(&self.tx).await?;
        account::Entity::delete_by_id(id).exec(&self.tx).await?;
        Ok(())
    }
}

/// A pattern for what holds a text somewhere.
fn containing(text: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}
