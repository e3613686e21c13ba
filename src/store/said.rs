//! What was ever said of an item, in whatever version, and which items name it: asked before somebody is erased or
//! something is deleted for good. It must not change anything.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _,
};
use serde_json::Value as Json;

use super::entity::{item, revision};
use super::revision::Reader;
use super::{Store, working};
use crate::content::types::{MEDIA, PERSON};
use crate::content::{ContentType, Id, TYPES};
use crate::error::{Error, Result};

/// How many revisions are read at a time.
const PART: u64 = 500;

/// An item as somebody wrote an e-mail address into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressed {
    /// The person.
    pub id: Id,
    /// The address in lower case.
    pub email: String,
    /// When the person was made.
    pub created_at: DateTime<Utc>,
}

impl Store {
    /// All people of whom an e-mail address is kept, in or out of the trash.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn addressed(&self) -> Result<Vec<Addressed>> {
        let mut select = Query::select();
        let (person, items) = (Alias::new(PERSON.name), Alias::new("item"));
        select
            .column((person.clone(), Alias::new("id")))
            .column((person.clone(), Alias::new("email")))
            .column((items.clone(), Alias::new("created_at")))
            .from(person.clone())
            .inner_join(
                items.clone(),
                Expr::col((items, Alias::new("id"))).equals((person.clone(), Alias::new("id"))),
            )
            .and_where(Expr::col((person, Alias::new("email"))).is_not_null());
        let rows = self.read.query_all(&select).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let email = row.try_get::<String>("", "email")?.trim().to_lowercase();
            if !email.is_empty() {
                let created_at = row.try_get("", "created_at")?;
                found.push(Addressed {
                    id: working::id_of(&row.try_get::<String>("", "id")?)?,
                    email,
                    created_at,
                });
            }
        }
        Ok(found)
    }

    /// The item of a type that has this slug, in or out of the trash.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn by_slug(&self, content_type: &ContentType, slug: &str) -> Result<Option<Id>> {
        let found = item::Entity::find()
            .select_only()
            .column(item::Column::Id)
            .filter(item::COLUMN.r#type.eq(content_type.name))
            .filter(item::COLUMN.slug.eq(slug))
            .filter(item::Column::DeletedAt.is_null())
            .into_tuple::<String>();
        found.one(&self.read).await?.map(|id| working::id_of(&id)).transpose()
    }

    /// The name of an item's type, also where it was deleted for good; none where there never was one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn type_of(&self, id: Id) -> Result<Option<String>> {
        let found = item::Entity::find_by_id(id.to_string()).select_only().column(item::Column::Type);
        Ok(found.into_tuple::<String>().one(&self.read).await?)
    }

    /// Whether an item of this type was deleted for good.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn is_deleted(&self, id: Id, content_type: &ContentType) -> Result<bool> {
        let found = item::Entity::find_by_id(id.to_string())
            .filter(item::COLUMN.r#type.eq(content_type.name))
            .filter(item::Column::DeletedAt.is_not_null());
        Ok(found.one(&self.read).await?.is_some())
    }

    /// The items one of whose revisions names one of these as a field does. Reads every revision of the types that
    /// can: a rare act may take that long.
    ///
    /// # Errors
    /// Where the database fails, or a revision cannot be read.
    pub async fn naming(&self, named: &[Id]) -> Result<Vec<Id>> {
        let quoted: Vec<String> = named.iter().map(|id| format!("\"{id}\"")).collect();
        let links = |from: &&'static ContentType| {
            from.fields.iter().any(|field| [Some(PERSON.name), Some(MEDIA.name)].contains(&field.target()))
        };
        let types: Vec<&'static ContentType> = TYPES.into_iter().filter(links).collect();
        self.holding(&types, &quoted).await
    }

    /// The items of these types one of whose revisions holds one of these texts.
    ///
    /// # Errors
    /// As [`Store::naming`].
    pub async fn holding(&self, types: &[&'static ContentType], texts: &[String]) -> Result<Vec<Id>> {
        let items = item::Entity::find()
            .select_only()
            .column(item::Column::Id)
            .filter(item::COLUMN.r#type.is_in(types.iter().map(|from| from.name)))
            .into_query();
        let mut found: Vec<Id> = Vec::new();
        let mut after = (String::new(), 0_i64);
        let mut reader = Reader::default();
        loop {
            let columns = [revision::Column::ItemId, revision::Column::Version].map(Expr::col);
            let rows = revision::Entity::find()
                .filter(revision::Column::ItemId.in_subquery(items.clone()))
                .filter(Expr::tuple(columns).gt(Expr::tuple([after.0.into(), after.1.into()])))
                .order_by_asc(revision::Column::ItemId)
                .order_by_asc(revision::Column::Version)
                .limit(PART)
                .all(&self.read)
                .await?;
            let Some(last) = rows.last() else { return Ok(found) };
            after = (last.item_id.clone(), last.version);
            for row in &rows {
                let text = reader.read(row)?;
                if texts.iter().any(|one| text.contains(one.as_str())) {
                    let id = working::id_of(&row.item_id)?;
                    if found.last() != Some(&id) {
                        found.push(id);
                    }
                }
            }
        }
    }

    /// Everything that a text or a link of an item said in any of its versions.
    ///
    /// # Errors
    /// Where the database fails, or a revision cannot be read.
    pub async fn said_ever(&self, id: Id, field: &str) -> Result<Vec<String>> {
        self.said_until(id, field, None).await
    }

    /// The same, in versions that were saved until a moment.
    ///
    /// # Errors
    /// As [`Store::said_ever`].
    pub async fn said_until(&self, id: Id, field: &str, until: Option<DateTime<Utc>>) -> Result<Vec<String>> {
        let rows = revision::Entity::find()
            .filter(revision::Column::ItemId.eq(id.to_string()))
            .order_by_asc(revision::Column::Version)
            .all(&self.read)
            .await?;
        let mut said: Vec<String> = Vec::new();
        let mut reader = Reader::default();
        for row in rows.iter().take_while(|row| until.is_none_or(|until| row.saved_at <= until)) {
            let snapshot: Json = serde_json::from_str(reader.read(row)?).map_err(Error::internal)?;
            let Some(text) = snapshot.get(field).and_then(Json::as_str) else { continue };
            if !said.iter().any(|known| known == text) {
                said.push(text.to_owned());
            }
        }
        Ok(said)
    }
}
