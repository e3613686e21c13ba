//! Views: names that people give to a list as they have filtered, sorted and cut it.

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
            .table(Alias::new("view"))
            .col(column("id").text().not_null().primary_key())
            .col(column("type").text().not_null())
            .col(column("account_id").text().not_null())
            .col(column("name").text().not_null())
            .col(column("query").text().not_null())
            .col(column("shared").boolean().not_null())
            .col(column("at").timestamp_with_time_zone().not_null())
            .foreign_key(
                ForeignKey::create()
                    .name("view_account_id_fkey")
                    .from(Alias::new("view"), Alias::new("account_id"))
                    .to(Alias::new("account"), Alias::new("id"))
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("view_type_index")
            .table(Alias::new("view"))
            .col(Alias::new("type"))
            .col(Alias::new("account_id"))
            .to_owned();
        manager.create_index(index).await
    }
}
