//! How statements run, for the tests that none walks through a table. Nothing else may ask.

use std::collections::BTreeSet;

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::PublishedStore;
use crate::error::Result;

/// One step of how SQLite runs a statement (<https://sqlite.org/eqp.html>).
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number.
    pub id: i64,
    /// The step that it is part of.
    pub parent: i64,
    /// What is done.
    pub detail: String,
}

impl PublishedStore {
    /// How SQLite would run a statement, for the test that none walks through a table. Its parameters
    /// stay unbound: the plan does not depend on them.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn explain(&self, sql: &str) -> Result<Vec<Step>> {
        let rows = self.file().raw(format!("EXPLAIN QUERY PLAN {sql}")).await?;
        let step = |row: &SqliteRow| {
            let (id, parent, detail) = (row.try_get("id")?, row.try_get("parent")?, row.try_get("detail")?);
            Ok(Step { id, parent, detail })
        };
        rows.iter().map(step).collect()
    }

    /// Keeps the texts of the statements that run from now on, for the same test.
    pub fn note_statements(&self) {
        self.file().note_texts();
    }

    /// The texts of the statements that have run since this was last asked.
    #[must_use]
    pub fn noted_statements(&self) -> BTreeSet<String> {
        self.file().noted_texts()
    }
}
