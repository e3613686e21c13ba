//! Columns for revisions that are compressed, each with the one before it as its dictionary, and for the moment
//! at which an item was deleted for good. It must not compress anything: what is there keeps its plain text in
//! `snapshot` until it is pruned, so this takes no time and no room.

use sea_orm_migration::prelude::*;

use crate::columns::{self, column};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = [
            // The text, compressed; `snapshot` is then empty.
            ("revision", column("packed").blob().take()),
            // The version with which its chain begins.
            ("revision", column("keyframe").big_integer().take()),
            // By which the text is known.
            ("revision", column("digest").blob().take()),
            ("item", column("deleted_at").timestamp_with_time_zone().take()),
        ];
        columns::add(manager, added).await
    }
}
