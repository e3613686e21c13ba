//! Putting other items in the place of references. It must not go deeper than one level: what
//! stands for an item has no references of its own.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row as _, Sqlite, SqliteConnection};

use super::{PublishedStore, Roots, rich};
use crate::error::{Error, Result};

/// The public faces of the items that some documents refer to.
#[derive(Debug, Default)]
pub struct References {
    faces: HashMap<String, Json>,
}

impl References {
    /// Loads, in one statement, what these documents refer to.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn load<'json>(
        store: &PublishedStore,
        documents: impl Iterator<Item = &'json Json>,
    ) -> Result<Self> {
        let mut references = Self::default();
        let ids = collected(documents);
        if !ids.is_empty() {
            references.take(&store.file().all(faces(&ids)).await?)?;
        }
        Ok(references)
    }

    /// Loads, as it stands inside a transaction, what these documents refer to and is not here yet.
    pub(super) async fn load_more<'json>(
        &mut self,
        tx: &mut SqliteConnection,
        documents: impl Iterator<Item = &'json Json>,
    ) -> Result<()> {
        let mut ids = collected(documents);
        ids.retain(|id| !self.faces.contains_key(*id));
        if ids.is_empty() {
            return Ok(());
        }
        self.take(&faces(&ids).fetch_all(tx).await?)
    }

    /// How many items are here.
    pub(super) fn len(&self) -> usize {
        self.faces.len()
    }

    fn take(&mut self, rows: &[SqliteRow]) -> Result<()> {
        for row in rows {
            let embedded: String = row.try_get("embedded")?;
            let mut face: Json = serde_json::from_str(&embedded).map_err(Error::internal)?;
            let path: String = row.try_get("path")?;
            if let Json::Object(face) = &mut face
                && !path.is_empty()
            {
                face.insert("path".to_owned(), Json::String(path));
            }
            self.faces.insert(row.try_get("id")?, face);
        }
        Ok(())
    }

    /// The cache tags of what this document shows of other items.
    #[must_use]
    pub fn tags(&self, json: &Json) -> Vec<String> {
        let ids = collected(std::iter::once(json));
        let found = ids.into_iter().filter_map(|id| Some((id, self.faces.get(id)?.get("object")?.as_str()?)));
        found.map(|(id, object)| tag(object, id)).collect()
    }

    /// The document with faces in the place of references. What is not here falls away: a field
    /// that names it, a list entry that is it, a row that is about it. Names that begin with `_`
    /// or `$` are ours and fall away too.
    #[must_use]
    pub fn resolve(&self, json: &Json) -> Json {
        self.walk(json).unwrap_or(Json::Null)
    }

    /// Rich text as a document keeps it, with whole addresses, for readers on other sites; `None`
    /// where nothing of it is to be seen.
    #[must_use]
    pub fn text(&self, json: &Json, roots: Roots<'_>) -> Option<String> {
        let text = match json {
            Json::String(markup) => rich::rooted(markup, roots),
            _ => rich::text(json.get("$html")?.as_array()?, &self.faces, roots),
        };
        Some(text).filter(|text| !text.is_empty())
    }

    fn walk(&self, json: &Json) -> Option<Json> {
        match json {
            Json::Object(map) if map.contains_key("$html") => {
                self.text(json, Roots::default()).map(Json::String)
            }
            Json::Object(map) => match map.get("$ref") {
                Some(id) => self.faces.get(id.as_str().unwrap_or_default()).cloned(),
                None => self.walk_map(map),
            },
            Json::Array(entries) => Some(entries.iter().filter_map(|entry| self.walk(entry)).collect()),
            other => Some(other.clone()),
        }
    }

    fn walk_map(&self, map: &Map<String, Json>) -> Option<Json> {
        let mut resolved = Map::new();
        for (name, value) in map.iter().filter(|(name, _)| !name.starts_with(['_', '$'])) {
            if let Some(value) = self.walk(value) {
                resolved.insert(name.clone(), value);
            }
        }
        match map.get("$row").and_then(Json::as_str) {
            Some(about) if !resolved.contains_key(about) => None,
            _ => Some(Json::Object(resolved)),
        }
    }
}

/// What caches call an answer that shows this item.
#[must_use]
pub fn tag(object: &str, id: &str) -> String {
    format!("{object}:{id}")
}

fn faces(ids: &[&str]) -> Query<'static, Sqlite, SqliteArguments> {
    sqlx::query("SELECT id, embedded, path FROM document WHERE id IN (SELECT value FROM json_each(?))")
        .bind(Json::from(ids.to_vec()).to_string())
}

fn collected<'json>(documents: impl Iterator<Item = &'json Json>) -> Vec<&'json str> {
    let mut ids = Vec::new();
    documents.for_each(|document| collect(document, &mut ids));
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn collect<'json>(json: &'json Json, ids: &mut Vec<&'json str>) {
    match json {
        Json::Object(map) => {
            if let Some(id) = map.get("$ref").and_then(Json::as_str) {
                ids.push(id);
            }
            map.values().for_each(|value| collect(value, ids));
        }
        Json::Array(entries) => entries.iter().for_each(|entry| collect(entry, ids)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_here_falls_away() {
        let mut references = References::default();
        references.faces.insert("a".to_owned(), json!({ "id": "a", "title": "A" }));
        let document = json!({
            "_title": "x",
            "one": { "$ref": "a" },
            "none": { "$ref": "b" },
            "list": [{ "$ref": "b" }, { "$ref": "a" }],
            "team": [
                { "$row": "person", "person": { "$ref": "b" }, "role": "secret" },
                { "$row": "person", "person": { "$ref": "a" }, "role": "lead" },
            ],
            "authors": [{ "name": "B", "person": { "$ref": "b" } }],
        });
        assert_eq!(
            references.resolve(&document),
            json!({
                "one": { "id": "a", "title": "A" },
                "list": [{ "id": "a", "title": "A" }],
                "team": [{ "person": { "id": "a", "title": "A" }, "role": "lead" }],
                "authors": [{ "name": "B" }],
            })
        );
    }
}
