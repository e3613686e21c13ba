//! What was published or withdrawn since, each item once at its newest place. It must not say
//! anything of what only drafts know.

use std::collections::HashMap;

use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, Row as _};

use super::{PublishedStore, paths};
use crate::content::{ContentType, by_name};
use crate::error::{Error, Result};

/// One item that was published or withdrawn.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Its place in the feed.
    pub sequence: i64,
    /// The item.
    pub id: String,
    /// Its type.
    pub content_type: &'static ContentType,
    /// Its slug, the last one where it was withdrawn.
    pub slug: String,
    /// Whether it is public now.
    pub published: bool,
    /// When it happened, RFC 3339.
    pub at: String,
    /// Its paths: the present one first, then those of earlier slugs. Of what was withdrawn, those
    /// that follow from its slugs alone.
    pub paths: Vec<String>,
    /// The public items that it links to: type and id.
    pub links: Vec<(&'static ContentType, String)>,
    /// The public items that link to it, which show it from now on; none where it was withdrawn.
    pub linking: Vec<(&'static ContentType, String)>,
    /// Whether these are more than are named.
    pub widely: bool,
}

/// The most items that are named of those that link to something that changed.
const LINKING: usize = 200;

/// A part of the feed.
#[derive(Clone, Debug)]
pub struct Changes {
    /// In the order in which it happened.
    pub items: Vec<Changed>,
    /// Whether there is more.
    pub more: bool,
    /// The number that the store has reached.
    pub latest: i64,
}

/// What the paths of an item are made of beside its slugs.
#[derive(Clone, Debug, Default)]
struct Around {
    slugs: Vec<String>,
    theme: Option<String>,
    code: Option<String>,
    links: Vec<(&'static ContentType, String)>,
    linking: Vec<(&'static ContentType, String)>,
    widely: bool,
}

fn type_of(object: &str) -> Result<&'static ContentType> {
    by_name(object).ok_or_else(|| Error::internal(format!("unknown type {object}")))
}

impl PublishedStore {
    /// What was published or withdrawn after this number, at most `limit` items. Whoever goes on
    /// after the last item's number misses nothing: an item that changes again moves on, it does
    /// not stay behind.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn changes(&self, after: i64, limit: i64) -> Result<Changes> {
        let latest = self.sequence().await?;
        let rows = self.file().all(sqlx::query(
            "SELECT * FROM (SELECT sequence, id, object, slug, path, json_extract(keys, '$.updated_at') AS at,
               (SELECT json ->> '$.code' FROM source WHERE source.key = document.key) AS code, 1 AS published
               FROM document WHERE sequence > ?1 ORDER BY sequence LIMIT ?2 + 1)
             UNION ALL
             SELECT * FROM (SELECT sequence, id, object, slug, '' AS path, at, NULL, 0
               FROM withdrawn WHERE sequence > ?1 ORDER BY sequence LIMIT ?2 + 1)
             ORDER BY sequence LIMIT ?2 + 1",
        )
        .bind(after)
        .bind(limit)).await?;
        let wanted = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > wanted;
        let rows = rows.get(..wanted).unwrap_or(&rows);
        if rows.is_empty() {
            return Ok(Changes { items: Vec::new(), more, latest });
        }
        let ids: Json = rows.iter().map(|row| row.get::<String, _>("id")).collect();
        let mut around = self.around(&ids).await?;
        let site = self.site().await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = row.try_get("id")?;
            let object: String = row.try_get("object")?;
            let content_type = type_of(&object)?;
            let mut around = around.remove(&id).unwrap_or_default();
            around.code = row.try_get("code")?;
            let (path, slug): (String, String) = (row.try_get("path")?, row.try_get("slug")?);
            let published: bool = row.try_get("published")?;
            let paths = match published {
                true => all_paths(&site, content_type, &path, &around),
                false => former_paths(&site, content_type, &around.slugs),
            };
            items.push(Changed {
                sequence: row.try_get("sequence")?,
                id,
                content_type,
                slug,
                published,
                at: row.try_get("at")?,
                paths,
                links: around.links,
                linking: around.linking,
                widely: around.widely,
            });
        }
        Ok(Changes { items, more, latest })
    }

    /// The places of these items in the feed, by id.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn sequences(&self, ids: &[&str]) -> Result<HashMap<String, i64>> {
        let sql = "SELECT id, sequence FROM document WHERE id IN (SELECT value FROM json_each(?))";
        let ids = Json::from(ids.to_vec()).to_string();
        let rows = self.file().all(sqlx::query(sql).bind(ids)).await?;
        rows.iter().map(|row| Ok((row.try_get("id")?, row.try_get("sequence")?))).collect()
    }

    /// The slugs of these items, what they link to and what links to them.
    async fn around(&self, ids: &Json) -> Result<HashMap<String, Around>> {
        let mut around: HashMap<String, Around> = HashMap::new();
        let slugs = "SELECT id, slug FROM address WHERE id IN (SELECT value FROM json_each(?)) ORDER BY slug";
        for row in self.file().all(sqlx::query(slugs).bind(ids.to_string())).await? {
            around.entry(row.try_get("id")?).or_default().slugs.push(row.try_get("slug")?);
        }
        let links = "SELECT d.id, l.field, t.object, t.id AS target, t.slug FROM document d
             JOIN link l ON l.source = d.key JOIN document t ON t.id = l.target
             WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY t.object, t.id";
        for row in self.file().all(sqlx::query(links).bind(ids.to_string())).await? {
            let one = around.entry(row.try_get("id")?).or_default();
            let (field, object): (String, String) = (row.try_get("field")?, row.try_get("object")?);
            if field == "project.theme" {
                one.theme = Some(row.try_get("slug")?);
            }
            let link = (type_of(&object)?, row.try_get("target")?);
            if !one.links.contains(&link) {
                one.links.push(link);
            }
        }
        let linking = AssertSqlSafe(format!(
            "SELECT wanted.value AS id, (SELECT json_group_array(json_array(object, id)) FROM (
               SELECT DISTINCT s.object, s.id FROM link l CROSS JOIN document s ON s.key = l.source
               WHERE l.target = wanted.value LIMIT {})) AS linking
             FROM json_each(?) wanted JOIN document ON document.id = wanted.value",
            LINKING + 1
        ));
        for row in self.file().all(sqlx::query(linking).bind(ids.to_string())).await? {
            let linking: String = row.try_get("linking")?;
            let linking: Vec<(String, String)> = serde_json::from_str(&linking).map_err(Error::internal)?;
            let one = around.entry(row.try_get("id")?).or_default();
            one.widely = linking.len() > LINKING;
            let mut named = if one.widely { Vec::new() } else { linking };
            // A store that was built anew has them in another order.
            named.sort_unstable();
            for (object, id) in named {
                one.linking.push((type_of(&object)?, id));
            }
        }
        Ok(around)
    }
}

/// The present path, then those that earlier slugs made.
fn all_paths(site: &Json, content_type: &ContentType, path: &str, around: &Around) -> Vec<String> {
    if path.is_empty() {
        return Vec::new();
    }
    let mut paths = vec![path.to_owned()];
    if content_type.single {
        return paths;
    }
    for slug in &around.slugs {
        let former = match (content_type.name, path.rsplit_once('/')) {
            ("page", Some((parent, _))) => format!("{parent}/{slug}"),
            (object, _) => paths::path(site, object, slug, around.theme.as_deref(), around.code.as_deref()),
        };
        if !paths.contains(&former) {
            paths.push(former);
        }
    }
    paths
}

/// Where something that was withdrawn lived, as far as its slugs alone tell.
fn former_paths(site: &Json, content_type: &ContentType, slugs: &[String]) -> Vec<String> {
    if !paths::is_of_slug_alone(site, content_type) {
        return Vec::new();
    }
    slugs.iter().map(|slug| paths::path(site, content_type.name, slug, None, None)).collect()
}
