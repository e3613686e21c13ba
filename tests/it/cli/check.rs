//! `recto check` finds each fault, and nothing where there is none.

use std::os::unix::fs::PermissionsExt as _;

use recto::editing::{Edit, User, save};
use sea_orm::{ConnectionTrait as _, Database};

use super::Place;
use crate::support::build::theme;
use crate::support::files::{keep, png};

const FINE: &str = "Nothing is wrong.\n";

/// An installation with nothing wrong.
fn whole() -> Place {
    let place = Place::new();
    place.run(&["user", "list"]).well();
    place.run(&["rebuild"]).well();
    let add = [
        "user",
        "add",
        "--email",
        "ada@example.org",
        "--name",
        "Ada",
        "--role",
        "administrator",
        "--password-stdin",
    ];
    place.run_with(&add, "wandering-otter-lantern-91\n").well();
    assert_eq!(place.run(&["check"]).well(), FINE);
    place
}

#[track_caller]
fn finds(place: &Place, settings: &[(&str, &str)], wanted: &str) {
    let output = place.command(&["check"]).envs(settings.iter().copied()).output().unwrap();
    let said = super::said(output);
    assert!(said.code == 1 && said.err.is_empty(), "{said:?}");
    assert!(said.out.lines().all(|line| line.starts_with("- ")), "{said:?}");
    assert!(said.out.contains(wanted), "no ‘{wanted}’: {said:?}");
}

pub(super) async fn in_database(place: &Place, sql: &str) {
    let db =
        Database::connect(format!("sqlite://{}?mode=rw", place.file("recto.db").display())).await.unwrap();
    db.execute_unprepared("PRAGMA foreign_keys = OFF").await.unwrap();
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

#[test]
fn a_directory_that_is_not_there_yet() {
    let place = Place::new();
    finds(&place, &[], "does not exist. ‘recto serve’ makes it.");
    finds(&place, &[], "There is no database");
    assert!(!place.data().exists(), "looking must not make it");
}

#[test]
fn nobody_has_an_account_or_can_use_it() {
    let place = Place::new();
    place.run(&["user", "list"]).well();
    place.run(&["rebuild"]).well();
    finds(&place, &[], "Nobody has an account.");
    place
        .run(&["user", "add", "--email", "ada@example.org", "--name", "Ada", "--role", "administrator"])
        .well();
    finds(&place, &[], "No administrator can sign in.");
}

#[test]
fn settings_that_are_dangerous() {
    let place = whole();
    finds(&place, &[("RECTO_LISTEN", "0.0.0.0:8440")], "but tls is off");
    finds(&place, &[("RECTO_PUBLIC_LISTEN", "0.0.0.0:8441")], "public_address is not set");
    finds(&place, &[("RECTO_TLS", "true")], "admin_address is not set");
    std::fs::set_permissions(place.data(), std::fs::Permissions::from_mode(0o755)).unwrap();
    finds(&place, &[], "(mode 755)");
}

#[test]
fn read_stores_that_are_missing_or_damaged() {
    let place = whole();
    std::fs::remove_file(place.file("public.db")).unwrap();
    finds(&place, &[], "public.db is missing");
    std::fs::write(place.file("drafts.db"), "no database ".repeat(1_000)).unwrap();
    finds(&place, &[], "drafts.db is damaged");
    place.run(&["user", "list"]).well();
    place.run(&["rebuild"]).well();
    assert_eq!(place.run(&["check"]).well(), FINE);
}

#[tokio::test]
async fn read_stores_that_stand_elsewhere_than_the_database() {
    let place = whole();
    let before = std::fs::read(place.file("recto.db")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", place.file("recto.db").display());
    let clock = recto::clock::Clock::system();
    let desk = crate::support::database::open(&url, elsewhere.path().to_owned(), clock, None).await;
    theme(&desk, 1, "One").published(&desk).await;
    desk.store.close().await;
    finds(&place, &[], "The public store is 1 steps behind");
    finds(&place, &[], "The drafts store is");
    place.parts().await.close().await;
    assert_eq!(place.run(&["check"]).well(), FINE);
    std::fs::write(place.file("recto.db"), before).unwrap();
    finds(&place, &[], "The public store tells another history");
}

#[tokio::test]
async fn files_of_the_library_that_are_missing() {
    let place = whole();
    let parts = place.parts().await;
    let file = keep(&parts.desk, "a.png", png(700, 20)).await;
    parts.close().await;
    assert_eq!(place.run(&["check"]).well(), FINE);
    let variant = format!("media/{}/{}/320", &file.hash()[..2], file.hash());
    std::fs::remove_file(place.file(&variant)).unwrap();
    finds(
        &place,
        &[],
        &format!("1 of the media library’s 1 files are missing in {}", place.file("media").display()),
    );
}

#[tokio::test]
async fn databases_of_other_releases() {
    let place = whole();
    in_database(&place, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)").await;
    finds(&place, &[], "newer release of Recto (it has had m9999_later)");
    let said = place.run(&["user", "list"]).refused();
    assert!(said.contains("newer release"), "{said}");
    in_database(&place, "DELETE FROM seaql_migrations").await;
    finds(&place, &[], "The database is of an older release: m0001");
}

#[tokio::test]
async fn databases_that_are_damaged() {
    let place = whole();
    let parts = place.parts().await;
    let item = theme(&parts.desk, 1, "One").item;
    save(&parts.desk, &User::system(), &[Edit::new(item)]).await.unwrap();
    parts.close().await;
    in_database(&place, "DELETE FROM item WHERE type = 'theme'").await;
    finds(&place, &[], "foreign_key_check: theme");
    std::fs::write(place.file("recto.db"), "no database ".repeat(1_000)).unwrap();
    finds(&place, &[], "cannot be read as a database");
    let said = place.run(&["user", "list"]).refused();
    assert!(said.contains("cannot be opened"), "{said}");
}
