//! The editorial database's migrations: one set for SQLite and PostgreSQL, forward only. A
//! migration that has been released is never changed; it must not use the declarations of
//! `recto::content`, which go on changing.

use sea_orm_migration::prelude::*;

mod m0001_start;
mod m0002_import;
mod m0003_media;
mod m0004_people;
mod m0005_views;
mod m0006_publications;
mod m0008_revisions;

/// Every migration, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_start::Migration),
            Box::new(m0002_import::Migration),
            Box::new(m0003_media::Migration),
            Box::new(m0004_people::Migration),
            Box::new(m0005_views::Migration),
            Box::new(m0006_publications::Migration),
            Box::new(m0008_revisions::Migration),
        ]
    }
}
