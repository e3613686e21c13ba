//! Lists of items as they were prepared, read in one row. It must not make what is not prepared:
//! who gets nothing asks for the documents.

use serde::Deserialize;
use serde_json::value::RawValue;
use sqlx::Row as _;

use super::PublishedStore;
use super::search::Snippet;
use super::select::{Page, Scalar, Select};
use super::statement;
use super::totals::Asked;
use crate::error::{Error, Result};

/// An item as it was prepared for lists.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The item.
    pub id: String,
    /// What lists show of it, as a JSON object.
    pub json: Box<str>,
    /// The cache tags of what else that shows, with commas between them.
    pub tags: String,
    /// The text around the words that were searched for, if there were any.
    pub snippet: Option<Snippet>,
    /// The value that the list was sorted by.
    sort: Option<Scalar>,
}

/// What [`PublishedStore::listed`] found.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The part of the list.
    pub page: Page<Listed>,
    /// The first key of the other list, if that has any.
    pub least: Option<String>,
}

/// An item as the statement tells it; see [`statement::listed`].
#[derive(Deserialize)]
struct Told(String, Option<Scalar>, Option<String>, Option<String>, Option<Box<RawValue>>);

impl PublishedStore {
    /// A part of a list as it was prepared, and the first key of another list, of what that is sorted
    /// by: one statement, one row. `None` where an item is not prepared.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn listed(&self, select: &Select, least: Option<&Select>) -> Result<Option<Prepared>> {
        let asked = Asked::of(select);
        let mut known = match &asked {
            Some(asked) => self.totals().get(self.reached().await?, asked),
            None => None,
        };
        let (row, total) = loop {
            let Some(mut query) = statement::listed(select, known.is_none(), least) else {
                return Ok(Some(Prepared { page: Page::of(select, Vec::new(), 0, place), least: None }));
            };
            let row = self.file().first(query.build()).await?;
            let row = row.ok_or_else(|| Error::internal("a list without its row"))?;
            let Some(asked) = &asked else {
                let total = row.try_get("total")?;
                break (row, total);
            };
            let sequence = row.try_get("sequence")?;
            match known.take() {
                None => {
                    let total = row.try_get("total")?;
                    self.totals().put(sequence, asked.clone(), total);
                    break (row, total);
                }
                // Something may have been published since the number was asked for.
                Some(total) if self.totals().get(sequence, asked) == Some(total) => break (row, total),
                Some(_) => {}
            }
        };
        let least = if least.is_some() { row.try_get("least")? } else { None };
        let told: Option<&str> = row.try_get("items")?;
        let told: Vec<Told> = serde_json::from_str(told.unwrap_or("[]")).map_err(Error::internal)?;
        let mut items = Vec::with_capacity(told.len());
        for Told(id, sort, snippet, tags, json) in told {
            let Some(json) = json else { return Ok(None) };
            let snippet = snippet.map(Snippet);
            let tags = tags.unwrap_or_default();
            items.push(Listed { id, json: json.into(), tags, snippet, sort });
        }
        Ok(Some(Prepared { page: Page::of(select, items, total, place), least }))
    }

    /// The first key of a list, of what it is sorted by, if that is text.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn least(&self, select: &Select) -> Result<Option<String>> {
        let Some(mut query) = statement::least(select) else { return Ok(None) };
        let row = self.file().first(query.build()).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.flatten())
    }
}

fn place(item: &Listed) -> (Option<Scalar>, String) {
    (item.sort.clone(), item.id.clone())
}
