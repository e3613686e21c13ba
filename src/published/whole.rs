//! A whole page in one statement: an item as it was prepared, the way to it and what links to it,
//! all of one moment. It must not look into what was prepared.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use sqlx::Row as _;

use super::read::{crumb, moment};
use super::select::Order;
use super::sync::field;
use super::{PublishedStore, schema, tag};
use crate::content::parsed::ProjectCode;
use crate::content::{ContentType, Id};
use crate::error::Result;

/// An item with all that its page needs, as JSON text.
#[derive(Clone, Debug, Default)]
pub struct Whole {
    /// The item's id.
    pub id: String,
    /// What its own answer says of it alone: a JSON object.
    pub json: String,
    /// The way to it, itself last; empty for what has no page.
    pub crumbs: Vec<Crumb>,
    /// The cache tags of what else that shows, with commas between them.
    pub tags: String,
    /// What links to it, in the order of its type's inverses.
    pub parts: Vec<Part>,
    /// When the newest of all this was changed.
    pub updated_at: Option<DateTime<Utc>>,
}

/// One step of the way to an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// What lives there.
    pub title: String,
    /// Where.
    pub path: String,
    /// The name of its type.
    pub object: String,
    /// The item.
    pub id: String,
}

impl Crumb {
    /// Its cache tag.
    #[must_use]
    pub fn tag(&self) -> String {
        tag(&self.object, &self.id)
    }
}

/// The items of one inverse.
#[derive(Clone, Debug)]
pub struct Part {
    /// The inverse's name.
    pub name: &'static str,
    /// What lists show of each, with commas between them.
    pub json: String,
    /// The cache tags of each and of what else is shown of it, with commas between them.
    pub tags: String,
}

impl PublishedStore {
    /// The item that a reference in an address means (`None` for the one of a type that has only
    /// one), if it has this very address and all of it is prepared.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn whole(
        &self,
        content_type: &'static ContentType,
        reference: Option<&str>,
    ) -> Result<Option<Whole>> {
        let (here, bound) = locate(content_type, reference);
        let statement = sqlx::query(sqlx::AssertSqlSafe(statement(content_type, &here)));
        let rows = self.file().all(statement.bind(bound).bind(reference)).await?;
        let mut whole = Whole::default();
        let parts = content_type.inverses.iter().map(|inverse| Part {
            name: inverse.name,
            json: String::new(),
            tags: String::new(),
        });
        whole.parts.extend(parts);
        let mut own = None;
        let mut updated: Option<String> = None;
        for row in &rows {
            if row.try_get::<i64, _>("missing")? > 0 {
                return Ok(None);
            }
            updated = updated.max(row.try_get("updated_at")?);
            let json: Option<String> = row.try_get("json")?;
            let tags: Option<String> = row.try_get("tags")?;
            match row.try_get::<i64, _>("part")? {
                0 => {
                    whole.id = row.try_get("id")?;
                    whole.json = json.unwrap_or_default();
                    whole.tags = tags.unwrap_or_default();
                    own = Some(crumb(row)?);
                }
                1 => whole.crumbs.push(crumb(row)?),
                part => {
                    let at = usize::try_from(part - 2).unwrap_or(usize::MAX);
                    if let Some(part) = whole.parts.get_mut(at) {
                        part.json = json.unwrap_or_default();
                        part.tags = tags.unwrap_or_default();
                    }
                }
            }
        }
        let Some(own) = own else { return Ok(None) };
        whole.crumbs.sort_by_key(|crumb| crumb.path.len());
        if !own.path.is_empty() {
            whole.crumbs.push(own);
        }
        whole.updated_at = moment(updated);
        Ok(Some(whole))
    }
}

/// The condition that finds the item, and what is bound to it as its first parameter; the second
/// is the reference as it was written.
fn locate(content_type: &ContentType, reference: Option<&str>) -> (String, Option<String>) {
    let object = content_type.name;
    let Some(reference) = reference else { return (format!("object = '{object}'"), None) };
    if let Ok(id) = reference.parse::<Id>() {
        return (format!("object = '{object}' AND id = ?1"), Some(id.to_string()));
    }
    if content_type.field("code").is_some()
        && let Ok(code) = reference.parse::<ProjectCode>()
    {
        let key = schema::key("code");
        return (format!("object = '{object}' AND {key} = ?1"), Some(code.sort_key()));
    }
    // The slug that it has now: who has another one is answered elsewhere.
    let at = format!("(SELECT id FROM address WHERE object = '{object}' AND slug = ?1)");
    (format!("object = '{object}' AND id = {at} AND slug = ?2"), Some(reference.to_owned()))
}

/// The statement. CROSS JOIN keeps the order of a join (SQLite, Query Planner §9): grouping by path
/// would else read all paths there are, and what links to an item would be looked for among all links.
/// What is put together comes in the order of the innermost select: that has a LIMIT, so SQLite sorts
/// it, and it is the left side of a LEFT JOIN, so it is walked through as it is. An ORDER BY within
/// `group_concat` would say so, but sorts whole faces, which takes three times as long as all the rest;
/// a test holds every page to what it is made of one by one.
/// Its rows: part 0 the item, part 1 what lives above it, from 2 on the inverses.
fn statement(content_type: &ContentType, here: &str) -> String {
    let mut sql = format!(
        "WITH here AS MATERIALIZED (SELECT key, id, above FROM document WHERE {here})
         SELECT 0 AS part, face.whole AS json, face.tags AS tags, NOT prepared AS missing, updated_at,
           document.id AS id, title, path, object
           FROM here CROSS JOIN document ON document.key = here.key LEFT JOIN face ON face.key = here.key
         UNION ALL
         SELECT 1, NULL, NULL, 0, NULL, min(document.id), document.title, document.path,
           document.object
           FROM here CROSS JOIN json_each(here.above) step CROSS JOIN document ON document.path = step.value
           WHERE document.object <> 'site' GROUP BY step.value"
    );
    for (at, inverse) in content_type.inverses.iter().enumerate() {
        let order = Order::of(inverse).unwrap_or(Order::PLACE);
        let (by, direction) = (order.expression(), if order.descending { "DESC" } else { "ASC" });
        // Writing to a String cannot fail.
        let _ = write!(
            sql,
            " UNION ALL
             SELECT {part}, group_concat(listed, ','), group_concat('{from}:' || id || ',' || tags, ','),
               count(*) - sum(prepared), max(updated_at), NULL, NULL, NULL, NULL
             FROM (SELECT document.key AS at, document.id AS id, prepared, updated_at
               FROM here CROSS JOIN link ON link.target = here.id AND link.field = '{field}'
                 CROSS JOIN document ON document.key = link.source
               ORDER BY {by} {direction}, document.id {direction} LIMIT {limit}) placed
               LEFT JOIN face ON face.key = placed.at",
            from = inverse.from,
            part = at + 2,
            field = field(inverse.from, inverse.field),
            limit = inverse.limit,
        );
    }
    sql
}
