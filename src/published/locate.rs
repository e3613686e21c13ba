//! What references in addresses mean: ids, slugs, present and past, codes of projects. It must not
//! tell anything of what is not in the store but that it was withdrawn.

use serde_json::Value as Json;
use sqlx::Row as _;

use super::{Document, PublishedStore, schema};
use crate::content::document::trace;
use crate::content::parsed::ProjectCode;
use crate::content::types::MEDIA;
use crate::content::{ContentType, Id};
use crate::error::Result;

/// What is known under an address.
#[derive(Clone, Debug)]
pub enum Located {
    /// It is here.
    Here(Box<Document>),
    /// It is here, and has another slug by now, or was merged into this.
    Moved(Box<Document>),
    /// It was here and was withdrawn.
    Gone,
    /// It never was.
    Unknown,
}

impl PublishedStore {
    /// What a reference in an address means: an id, a slug, present or past, or a project's code.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn locate(&self, content_type: &'static ContentType, reference: &str) -> Result<Located> {
        if reference.len() > 200 {
            return Ok(Located::Unknown);
        }
        let id = match reference.parse::<Id>() {
            Ok(id) => Some(id.to_string()),
            Err(_) => self.id_at(content_type, reference).await?,
        };
        let Some(id) = id else {
            let is_gone = content_type == &MEDIA && self.is_gone(&trace(reference)).await?;
            return Ok(if is_gone { Located::Gone } else { Located::Unknown });
        };
        if let Some(found) = self.get(&id).await? {
            if found.content_type != content_type {
                return Ok(Located::Unknown);
            }
            let by_slug = reference != found.id && reference.parse::<ProjectCode>().is_err();
            return Ok(if by_slug && found.slug != reference {
                Located::Moved(Box::new(found))
            } else {
                Located::Here(Box::new(found))
            });
        }
        let gone = sqlx::query(
            "SELECT 1 FROM withdrawn WHERE id = ?1 AND object = ?2 AND \
             (EXISTS (SELECT 1 FROM address WHERE address.id = ?1) OR EXISTS (SELECT 1 FROM gone WHERE gone.id = ?1))",
        );
        if self.file().first(gone.bind(&id).bind(content_type.name)).await?.is_none() {
            return Ok(Located::Unknown);
        }
        let successor = self.successor(&id).await?;
        Ok(successor.map_or(Located::Gone, |found| Located::Moved(Box::new(found))))
    }

    /// The id known under a slug or a project's code.
    async fn id_at(&self, content_type: &'static ContentType, reference: &str) -> Result<Option<String>> {
        if let (true, Ok(code)) = (content_type.field("code").is_some(), reference.parse::<ProjectCode>()) {
            let sql = format!(
                "SELECT id FROM document WHERE object = '{}' AND {} = ?",
                content_type.name,
                schema::key("code")
            );
            let found =
                self.file().first(sqlx::query(sqlx::AssertSqlSafe(sql)).bind(code.sort_key())).await?;
            return Ok(found.map(|row| row.try_get(0)).transpose()?);
        }
        let found = sqlx::query("SELECT id FROM address WHERE object = ? AND slug = ?")
            .bind(content_type.name)
            .bind(reference);
        Ok(self.file().first(found).await?.map(|row| row.try_get(0)).transpose()?)
    }

    /// The ids of the items of a type that are meant by these references: ids, slugs or codes. What
    /// is not here has none: a link to it must not be told by filtering for it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn ids(
        &self,
        content_type: &'static ContentType,
        references: &[String],
    ) -> Result<Vec<String>> {
        let object = content_type.name;
        let mut sql = format!(
            "SELECT id FROM document WHERE object = '{object}' AND id IN (SELECT value FROM json_each(?1)) \
             UNION SELECT document.id FROM address JOIN document ON document.id = address.id \
             WHERE address.object = '{object}' AND address.slug IN (SELECT value FROM json_each(?1))"
        );
        let codes: Vec<String> = match content_type.field("code") {
            Some(_) => {
                references.iter().filter_map(|text| text.parse().ok().map(ProjectCode::sort_key)).collect()
            }
            None => Vec::new(),
        };
        if !codes.is_empty() {
            let code = schema::key("code");
            sql += &format!(
                " UNION SELECT id FROM document WHERE object = '{object}' \
                 AND {code} IN (SELECT value FROM json_each(?2))"
            );
        }
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(Json::from(references).to_string());
        if !codes.is_empty() {
            query = query.bind(Json::from(codes).to_string());
        }
        self.file().all(query).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}
