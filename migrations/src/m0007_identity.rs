//! Which database it is, and what tells its changes from those of the same numbers in another history: a
//! random id, made once, and a random nonce for each transaction that changes items. It must not mark the media
//! library: whether that is the database's own is looked at when it is opened.

use sea_orm_migration::prelude::*;

use crate::columns::column;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

fn table(name: &str, key: &mut ColumnDef) -> TableCreateStatement {
    Table::create().table(Alias::new(name)).col(key.not_null().primary_key()).to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table("identity", column("id").text())).await?;
        let mut log = table("change_log", column("change").big_integer());
        manager.create_table(log.col(column("nonce").text().not_null()).to_owned()).await?;

        let random = match manager.get_database_backend() {
            sea_orm::DbBackend::Postgres => "replace(gen_random_uuid()::text, '-', '')",
            _ => "lower(hex(randomblob(16)))",
        };
        let db = manager.get_connection();
        db.execute_unprepared(&format!("INSERT INTO identity (id) VALUES ({random})")).await?;
        // Of what was changed before, one nonce tells it all.
        let newest = format!("SELECT max(change), {random} FROM item HAVING max(change) IS NOT NULL");
        db.execute_unprepared(&format!("INSERT INTO change_log (change, nonce) {newest}")).await?;
        Ok(())
    }
}
