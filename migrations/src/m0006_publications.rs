//! Every publication that ever was, one row each; for whose sake a file is public; and work that is due
//! at a moment. What is known of earlier publications is filled in by the program, which can read
//! documents.

use sea_orm_migration::prelude::*;

use crate::columns::{self, column};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

fn text(name: &str) -> ColumnDef {
    column(name).text().not_null().take()
}

fn moment(name: &str) -> ColumnDef {
    column(name).timestamp_with_time_zone().not_null().take()
}

fn to_item(table: &str, name: &str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{name}_fkey"))
        .from(Alias::new(table), Alias::new(name))
        .to(Alias::new("item"), Alias::new("id"))
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

fn index(table: &str, columns: &[&str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}_index", columns.join("_"))).table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    index.to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added =
            [("publication", text("gone").default("[]").take()), ("deed", column("grounds").text().take())];
        columns::add(manager, added).await?;

        let log = Table::create()
            .table(Alias::new("publication_log"))
            .col(column("sequence").big_integer().not_null().primary_key())
            .col(text("nonce"))
            .col(text("batch"))
            .col(text("item_id"))
            .col(column("version").big_integer())
            .col(text("slug"))
            .col(column("successor").text())
            .col(text("reason"))
            .col(moment("at"))
            .col(column("account_id").text())
            .to_owned();
        manager.create_table(log).await?;
        manager.create_index(index("publication_log", &["item_id", "sequence"])).await?;

        let grounds = Table::create()
            .table(Alias::new("media_ground"))
            .col(text("media_id"))
            .col(text("ground_id"))
            .col(column("version").big_integer().not_null())
            .primary_key(Index::create().col(Alias::new("media_id")).col(Alias::new("ground_id")))
            .foreign_key(&mut to_item("media_ground", "media_id"))
            .foreign_key(&mut to_item("media_ground", "ground_id"))
            .to_owned();
        manager.create_table(grounds).await?;
        manager.create_index(index("media_ground", &["ground_id"])).await?;

        let due = Table::create()
            .table(Alias::new("due"))
            .col(text("id").primary_key().take())
            .col(text("kind"))
            .col(text("key"))
            .col(moment("at"))
            .col(text("payload"))
            .col(column("attempts").big_integer().not_null().default(0))
            .col(column("last_error").text())
            .col(column("claimed_until").timestamp_with_time_zone())
            .to_owned();
        manager.create_table(due).await?;
        manager.create_index(index("due", &["kind", "key"]).unique().take()).await?;
        manager.create_index(index("due", &["at"])).await
    }
}
