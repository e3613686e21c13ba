//! Taking from a read store what is not public any more, so that neither its index nor its addresses say what it
//! was. It must not decide what goes: the feed has.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::put;
use crate::content::document::{self, Change, trace};
use crate::content::types::MEDIA;
use crate::error::Result;

/// Whether something that was public may have ceased to be: an item, or the file that a media item had before.
pub(super) fn takes_away(update: &Change) -> bool {
    update.document.is_none() || update.content_type == &MEDIA
}

/// Whether nothing of an item is to be known any more, not even where it was.
pub(super) fn forgets(update: &Change) -> bool {
    update.document.is_none() && update.slugs.is_empty()
}

/// Takes a document away, and says whether there was one.
pub(super) async fn withdraw(tx: &mut SqliteConnection, update: &Change) -> Result<bool> {
    let id = update.id.to_string();
    let content_type = update.content_type;
    sqlx::query("PRAGMA secure_delete = ON").execute(&mut *tx).await?;
    // Without this the words of what is gone stay in the index until it is merged.
    for (set, run) in [("1", true), ("0", false)] {
        let sql = format!("INSERT INTO words (words, rank) VALUES ('secure-delete', {set})");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
        if run {
            sqlx::query("DELETE FROM words WHERE rowid = (SELECT key FROM document WHERE id = ?)")
                .bind(&id)
                .execute(&mut *tx)
                .await?;
        }
    }
    let gone = sqlx::query("DELETE FROM document WHERE id = ?").bind(&id).execute(&mut *tx).await?;
    // Of a file nothing is said any more, not even where it was.
    let is_file = content_type == &MEDIA;
    let slug = update.slugs.last().map(String::as_str).filter(|_| !is_file).unwrap_or_default();
    let sql = "INSERT OR REPLACE INTO withdrawn (id, object, slug, sequence, at, successor)
               VALUES (?, ?, ?, ?, ?, ?)";
    sqlx::query(sql)
        .bind(&id)
        .bind(content_type.name)
        .bind(slug)
        .bind(update.sequence)
        .bind(document::time(update.at))
        .bind(update.successor.map(|id| id.to_string()))
        .execute(&mut *tx)
        .await?;
    // Of a file, and of what was erased, no address is known.
    sqlx::query("DELETE FROM address WHERE id = ?").bind(&id).execute(&mut *tx).await?;
    if is_file {
        let mut traces = update.gone.clone();
        if !traces.is_empty() {
            traces.extend(update.slugs.iter().map(|slug| trace(slug)));
        }
        put::write_traces(tx, &id, &traces).await?;
        return Ok(gone.rows_affected() > 0);
    }
    for known in &update.slugs {
        sqlx::query("INSERT OR IGNORE INTO address (object, slug, id) VALUES (?, ?, ?)")
            .bind(content_type.name)
            .bind(known)
            .bind(&id)
            .execute(&mut *tx)
            .await?;
    }
    Ok(gone.rows_affected() > 0)
}
