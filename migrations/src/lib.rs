//! The editorial database's migrations: one set for SQLite and PostgreSQL, forward only. A
//! migration that has been released is never changed; it must not use the declarations of
//! `recto::content`, which go on changing.

use sea_orm_migration::prelude::*;

mod columns;
mod m0001_start;
mod m0002_import;
mod m0003_media;
mod m0004_people;
mod m0005_views;
mod m0006_publications;
mod m0007_identity;
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
            Box::new(m0007_identity::Migration),
            Box::new(m0008_revisions::Migration),
        ]
    }
}

/// What a step does, in words for whoever runs a server; empty for one that is not ours.
#[must_use]
pub fn about(step: &str) -> &'static str {
    match step {
        "m0001_start" => "tables for content, revisions, publications and accounts",
        "m0002_import" => "what an import has made can be taken back",
        "m0003_media" => "the media library",
        "m0004_people" => "people who are credited, merged and named",
        "m0005_views" => "saved views, own and shared",
        "m0006_publications" => {
            "a log of publications, for whose sake a file is public, and work that is due"
        }
        "m0007_identity" => "an id for the database, and nonces that tell its history from another",
        "m0008_revisions" => {
            "versions compressed with the one before, and items that are deleted permanently"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_said_in_words() {
        for step in Migrator::migrations() {
            assert!(!about(step.name()).is_empty(), "{}", step.name());
        }
    }
}
