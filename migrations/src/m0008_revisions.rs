//! Revisions in chains: each compressed with the one before it as its dictionary. What is there keeps its
//! plain text in `snapshot` until it is pruned, so this takes no time and no room, and may be killed. And when
//! an item was deleted for good, of which only that is kept.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = |name: &str| ColumnDef::new(Alias::new(name));
        let added = [
            // The text, compressed; `snapshot` is then empty.
            column("packed").blob().take(),
            // The version with which its chain begins.
            column("keyframe").big_integer().take(),
            // By which the text is known.
            column("digest").blob().take(),
        ];
        // One column in each statement: SQLite takes no more.
        for mut column in added {
            let alter = Table::alter().table(Alias::new("revision")).add_column(&mut column).to_owned();
            manager.alter_table(alter).await?;
        }
        let mut deleted = column("deleted_at").timestamp_with_time_zone().take();
        let alter = Table::alter().table(Alias::new("item")).add_column(&mut deleted).to_owned();
        manager.alter_table(alter).await
    }
}
