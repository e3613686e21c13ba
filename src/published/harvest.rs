//! What items of one type were published or withdrawn when, in the order of time. It must not tell of
//! what was never public.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::read::moment;
use super::{PublishedStore, schema};
use crate::content::ContentType;
use crate::content::document::time;
use crate::error::{Error, Result};

/// When an item was last published or withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datestamp {
    /// The item.
    pub id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it was withdrawn then.
    pub withdrawn: bool,
}

/// Which of them: between two moments, to the second and both included, after a place.
#[derive(Clone, Debug, Default)]
pub struct Span {
    /// Not before this second.
    pub from: Option<DateTime<Utc>>,
    /// Not after this second.
    pub until: Option<DateTime<Utc>>,
    /// Where the part before ended: a moment and an id.
    pub after: Option<(DateTime<Utc>, String)>,
}

fn datestamp(row: &SqliteRow) -> Result<Datestamp> {
    let at = moment(row.try_get("at")?).ok_or_else(|| Error::internal("a datestamp is not a moment"))?;
    Ok(Datestamp { id: row.try_get("id")?, at, withdrawn: row.try_get("withdrawn")? })
}

impl PublishedStore {
    /// What items of a type went through in this span, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn datestamps(
        &self,
        content_type: &ContentType,
        span: &Span,
        limit: i64,
    ) -> Result<Vec<Datestamp>> {
        let part = |table: &str, at: &str, withdrawn: u8| {
            format!(
                "SELECT * FROM (SELECT id, {at} AS at, {withdrawn} AS withdrawn FROM {table}
                   WHERE object = '{}' AND {at} BETWEEN ?1 AND ?2 AND ({at}, id) > (?3, ?4)
                   ORDER BY {at}, id LIMIT ?5)",
                content_type.name
            )
        };
        let sql = format!(
            "{} UNION ALL {} ORDER BY at, id LIMIT ?5",
            part("document", &schema::key("updated_at"), 0),
            part("withdrawn", "at", 1)
        );
        let from = span.from.map(|from| time(from.trunc_subsecs(0)));
        // Text order is time order, and within a second nothing comes after its last millisecond.
        let until = span.until.map(|until| time(until.trunc_subsecs(0) + TimeDelta::milliseconds(999)));
        let (at, id) = match &span.after {
            Some((at, id)) => (time(*at), id.as_str()),
            None => (String::new(), ""),
        };
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(from.unwrap_or_default())
            .bind(until.unwrap_or_else(|| "9999-12-31T23:59:59.999Z".to_owned()))
            .bind(at)
            .bind(id)
            .bind(limit);
        self.file().all(query).await?.iter().map(datestamp).collect()
    }

    /// When this item was last published or withdrawn; `None` where it never was public.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn datestamp(&self, content_type: &ContentType, id: &str) -> Result<Option<Datestamp>> {
        let query = sqlx::query(
            "SELECT id, json_extract(keys, '$.updated_at') AS at, 0 AS withdrawn FROM document
               WHERE id = ?1 AND object = ?2
             UNION ALL SELECT id, at, 1 FROM withdrawn WHERE id = ?1 AND object = ?2",
        );
        let rows = self.file().all(query.bind(id).bind(content_type.name)).await?;
        rows.first().map(datestamp).transpose()
    }
}
