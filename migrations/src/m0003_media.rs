//! Uploaded files. A media item names one; it no longer is the address of a file elsewhere: that
//! address stays, as the place where the item comes from, and the item becomes a draft until
//! somebody uploads the file.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let moment = match manager.get_database_backend() {
            sea_orm_migration::sea_orm::DbBackend::Sqlite => "timestamp_with_timezone_text",
            _ => "timestamp with time zone",
        };
        let sql = format!(
            "CREATE TABLE upload (
               hash TEXT PRIMARY KEY,
               name TEXT NOT NULL,
               media_type TEXT NOT NULL,
               size BIGINT NOT NULL,
               width BIGINT,
               height BIGINT,
               widths TEXT NOT NULL,
               uploaded_at {moment} NOT NULL,
               uploaded_by TEXT,
               used BOOLEAN NOT NULL DEFAULT FALSE
             );
             CREATE INDEX upload_unused_index ON upload (uploaded_at) WHERE NOT used;
             ALTER TABLE media ADD COLUMN source TEXT;
             UPDATE media SET source = file, file = NULL;
             UPDATE item SET published_version = NULL WHERE type = 'media';
             UPDATE publication SET document = NULL WHERE type = 'media';"
        );
        manager.get_connection().execute_unprepared(&sql).await.map(drop)
    }
}
