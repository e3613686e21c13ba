//! Where an item is used: what links to it, by the field that does. It must not tell of links that are
//! gone, nor of what lies in the trash.

use std::collections::BTreeMap;

use sqlx::Row as _;

use super::read::{COLUMNS, document};
use super::sync::field;
use super::{Document, PublishedStore};
use crate::content::{ContentType, Field, Kind, TYPES};
use crate::error::Result;

/// How many that link by one field are counted.
const COUNTED: i64 = 1_000;

/// What links to an item by one field.
#[derive(Clone, Debug)]
pub struct Use {
    /// The type of what links.
    pub content_type: &'static ContentType,
    /// The field that does.
    pub field: &'static Field,
    /// The first of them in the order of their titles.
    pub by: Vec<Document>,
    /// How many there are.
    pub total: i64,
    /// How many of them the public does not see.
    pub drafts: i64,
    /// Whether there are more, which were not counted.
    pub more: bool,
}

/// The fields that can link to an item of this type.
fn fields(to: &'static ContentType) -> impl Iterator<Item = (&'static ContentType, &'static Field)> {
    let links = |field: &Field| field.target() == Some(to.name) || matches!(field.kind, Kind::Html);
    TYPES.into_iter().flat_map(move |content_type| {
        content_type.fields.iter().filter(move |field| links(field)).map(move |field| (content_type, field))
    })
}

impl PublishedStore {
    /// What links to this item and does not lie in the trash, field by field, at most `each` by one:
    /// one statement, which does not count for ever.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn uses(&self, to: &'static ContentType, id: &str, each: i64) -> Result<Vec<Use>> {
        let fields: BTreeMap<String, _> = fields(to)
            .map(|(content_type, one)| (field(content_type.name, one.name), (content_type, one)))
            .collect();
        // Each field has its bound, so that a busy one hides no other.
        let parts = fields.keys().map(|name| {
            format!(
                "SELECT * FROM (SELECT link.source AS key, link.field AS field, document.title AS title, \
                   document.state AS state \
                 FROM link CROSS JOIN document ON document.key = link.source \
                 WHERE link.target = ?1 AND link.field = '{name}' AND document.state <> 'trashed' LIMIT ?2)"
            )
        });
        let parts = parts.collect::<Vec<_>>().join(" UNION ALL ");
        let sql = sqlx::AssertSqlSafe(format!(
            "WITH used AS (SELECT key, field, row_number() OVER (PARTITION BY field ORDER BY title, key) AS place, \
               count(*) OVER (PARTITION BY field) AS total, \
               sum(state = 'draft') OVER (PARTITION BY field) AS drafts FROM ({parts})) \
             SELECT {COLUMNS}, NULL AS sort, used.field AS by_field, used.total AS total, used.drafts AS drafts \
             FROM used JOIN document ON document.key = used.key WHERE used.place <= ?3 \
             ORDER BY used.field, used.place"
        ));
        let rows = self.file().all(sqlx::query(sql).bind(id).bind(COUNTED + 1).bind(each)).await?;
        let mut uses: Vec<Use> = Vec::new();
        for row in &rows {
            let name: String = row.try_get("by_field")?;
            let Some((content_type, field)) = fields.get(&name).copied() else { continue };
            let by = document(row)?;
            match uses
                .last_mut()
                .filter(|last| last.content_type == content_type && last.field.name == field.name)
            {
                Some(last) => last.by.push(by),
                None => {
                    let total: i64 = row.try_get("total")?;
                    let (more, total) = (total > COUNTED, total.min(COUNTED));
                    let drafts = row.try_get::<i64, _>("drafts")?.min(COUNTED);
                    uses.push(Use { content_type, field, by: vec![by], total, drafts, more });
                }
            }
        }
        Ok(uses)
    }
}
