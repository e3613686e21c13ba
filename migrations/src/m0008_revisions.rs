//! Revisions in chains: each compressed with the one before it as its dictionary. What is there keeps its
//! plain text in `snapshot` until it is pruned, so this takes no time and no room, and may be killed.

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
        Ok(())
    }
}
