//! What an import has made and changed, so that it can be taken back as a whole.

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
        let table = Table::create()
            .table(Alias::new("import"))
            .col(column("batch_id").text().not_null())
            .col(column("item_id").text().not_null())
            .col(column("type").text().not_null())
            // The version before; none for what the import has made.
            .col(column("before").big_integer())
            .col(column("after").big_integer().not_null())
            .col(column("account_id").text())
            .col(column("at").timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col(Alias::new("batch_id")).col(Alias::new("item_id")))
            .foreign_key(
                ForeignKey::create()
                    .name("import_item_id_fkey")
                    .from(Alias::new("import"), Alias::new("item_id"))
                    .to(Alias::new("item"), Alias::new("id"))
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await
    }
}
