//! People under several names: other spellings of a person, names that are nobody's of the centre, and
//! what a merge has done: where readers of a merged item are led, and how it is taken back.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

fn column(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column in each statement: SQLite takes no more.
        let mut added = vec![
            ("person", column("credited_as").text().take()),
            ("publication", column("successor").text().take()),
        ];
        // What imports did is one kind of what is done to several items at once.
        let rename = Table::rename().table(Alias::new("import"), Alias::new("deed")).to_owned();
        manager.rename_table(rename).await?;
        added.push(("deed", column("verb").text().not_null().default("import").take()));
        added.push(("deed", column("public").big_integer().take()));
        for (table, mut column) in added {
            let alter = Table::alter().table(Alias::new(table)).add_column(&mut column).to_owned();
            manager.alter_table(alter).await?;
        }
        let outsiders = Table::create()
            .table(Alias::new("outsider"))
            .col(column("key").text().not_null().primary_key())
            .col(column("said").text().not_null())
            .col(column("account_id").text())
            .col(column("at").timestamp_with_time_zone().not_null())
            .to_owned();
        manager.create_table(outsiders).await
    }
}
