//! Which items an answer needs beside its own. It must not take more than one statement.

use chrono::{DateTime, Utc};
use serde_json::Value as Json;

use super::problem::Result;
use super::shape::Wanted;
use crate::published::{Document, PublishedStore, References};
pub(super) use crate::published::{choose, represent};

/// Loads, in one statement, what the wanted properties of these documents refer to.
pub(super) async fn references(store: &PublishedStore, shown: &[(&Document, &Wanted)]) -> Result<References> {
    let values = shown.iter().flat_map(|(document, wanted)| {
        wanted.iter().filter_map(|(property, _)| document.json.get(&property.name))
    });
    // Collected: a lazy iterator over borrows of borrows does not outlive an await.
    let values: Vec<&Json> = values.collect();
    Ok(References::load(store, values.into_iter()).await?)
}

/// When the newest of these documents was last changed.
pub(super) fn newest<'document>(
    documents: impl Iterator<Item = &'document Document>,
) -> Option<DateTime<Utc>> {
    let updated = documents.filter_map(|document| document.json.get("updated_at")?.as_str());
    updated.max().and_then(|text| text.parse().ok())
}
