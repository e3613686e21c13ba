//! Equipment.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "
            CREATE TABLE equipment (
              id TEXT PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
              name TEXT,
              condition TEXT,
              owner TEXT REFERENCES organisation (id)
            );
            CREATE INDEX equipment_owner_index ON equipment (owner);
            CREATE TABLE equipment_projects (
              owner_id TEXT NOT NULL REFERENCES equipment (id) ON DELETE CASCADE,
              place BIGINT NOT NULL,
              target_id TEXT REFERENCES project (id),
              PRIMARY KEY (owner_id, place)
            );
            CREATE INDEX equipment_projects_target_index ON equipment_projects (target_id);";
        manager.get_connection().execute_unprepared(sql).await.map(drop)
    }
}
