//! `recto check` finds each fault, and nothing where there is none.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use recto::content::parsed::Upload;
use recto::editing::{Edit, User, keep_upload, save};
use sea_orm::{ConnectionTrait as _, Database};

use super::Place;
use crate::support::build::theme;
use crate::support::files::{keep, pdf, png};

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
    back_up(&place, "backup");
    fine(&place);
    place
}

/// Backs up into a directory of this name.
fn back_up(place: &Place, name: &str) -> PathBuf {
    let dir = place.data().with_file_name(name);
    place.run(&["backup", &dir.display().to_string()]).well();
    dir
}

/// Nothing is wrong.
#[track_caller]
fn fine(place: &Place) {
    let said = place.run(&["check"]).well();
    assert!(said.starts_with("The last backup was made on ") && said.ends_with(FINE), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[track_caller]
fn finds(place: &Place, settings: &[(&str, &str)], wanted: &str) {
    found(place.command(&["check"]).envs(settings.iter().copied()), wanted);
}

/// Says whether that command says what is wanted; gives all that it says.
#[track_caller]
fn found(check: &mut Command, wanted: &str) -> String {
    let said = super::said(check.output().unwrap());
    assert!(said.code == 1 && said.err.is_empty(), "{said:?}");
    let is_told = |line: &str| line.starts_with("- ") || line.starts_with("The last backup was made on ");
    assert!(said.out.lines().all(is_told), "{said:?}");
    assert!(said.out.contains(wanted), "no ‘{wanted}’: {said:?}");
    said.out
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
    fine(&place);
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
    fine(&place);
    std::fs::write(place.file("recto.db"), before).unwrap();
    finds(&place, &[], "The public store tells another history");
}

#[tokio::test]
async fn files_of_the_library_that_are_missing() {
    let place = whole();
    let parts = place.parts().await;
    let file = keep(&parts.desk, "a.png", png(700, 20)).await;
    parts.close().await;
    fine(&place);
    let variant = format!("media/{}/{}/320", &file.hash()[..2], file.hash());
    std::fs::remove_file(place.file(&variant)).unwrap();
    finds(
        &place,
        &[],
        &format!("1 of the media library’s 1 files are missing in {}", place.file("media").display()),
    );
}

/// Makes everything in a directory two days old.
fn age(dir: &std::path::Path) {
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(2 * 24 * 3_600);
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            age(&path);
        } else {
            std::fs::File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
        }
    }
}

#[tokio::test]
async fn files_of_the_library_that_nothing_names() {
    let place = whole();
    let parts = place.parts().await;
    for number in 0..21 {
        parts.desk.media.take_bytes("a.pdf", pdf(&format!("file {number}"))).await.unwrap();
    }
    age(&place.file("media"));
    finds(&place, &[], "21 of the 21 files in");
    finds(&place, &[], "nothing is tidied. See that ‘database’ and ‘media_dir’ belong together.");
    recto::editing::tidy_uploads(&parts.desk).await.unwrap();
    finds(&place, &[], "21 of the 21 files in");
    // One fewer: they may go, and that is no fault.
    let first = parts.desk.media.files().old().await.unwrap().hashes.remove(0);
    std::fs::remove_dir_all(place.file(&format!("media/{}/{first}", &first[..2]))).unwrap();
    finds(&place, &[], "20 files in");
    recto::editing::tidy_uploads(&parts.desk).await.unwrap();
    let said = place.run(&["check"]).well();
    assert!(said.starts_with("20 files that nothing named lie in "), "{said}");
    assert!(said.ends_with(&format!(".\n{FINE}")), "{said}");
    // What is missing and lies there is told.
    let file = parts.desk.media.take_bytes("a.png", png(9, 9)).await.unwrap();
    keep_upload(&parts.desk, &User::system(), &file, "a.png").await.unwrap();
    let day = place.file("media/removed/2026-01-01");
    std::fs::create_dir_all(&day).unwrap();
    std::fs::rename(
        place.file(&format!("media/{}/{}", &file.hash()[..2], file.hash())),
        day.join(file.hash()),
    )
    .unwrap();
    let said = super::said(place.command(&["check"]).output().unwrap());
    assert!(
        said.code == 1 && said.out.contains("/removed, and a start of ‘recto serve’ puts them back"),
        "{said:?}"
    );
    recto::editing::restore_named(&parts.desk).await.unwrap();
    assert!(place.run(&["check"]).well().ends_with(FINE));
    parts.close().await;
}

#[tokio::test]
async fn a_start_brings_back_what_is_named_and_moves_nothing() {
    let place = whole();
    let parts = place.parts().await;
    let named = keep(&parts.desk, "a.png", png(9, 9)).await;
    let nameless = parts.desk.media.take_bytes("b.png", png(10, 9)).await.unwrap();
    parts.close().await;
    age(&place.file("media"));
    let lies = |file: &Upload| place.file(&format!("media/{}/{}", &file.hash()[..2], file.hash()));
    let day = place.file("media/removed/2026-01-01");
    std::fs::create_dir_all(&day).unwrap();
    std::fs::rename(lies(&named), day.join(named.hash())).unwrap();
    let mut serving = place.start(&["serve", "--listen", "127.0.0.1:0"], "API:");
    let begun = Instant::now();
    while !lies(&named).join("original").exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it is not back");
        std::thread::sleep(Duration::from_millis(20));
    }
    serving.signal("TERM");
    assert_eq!(serving.end(), Some(0));
    assert!(lies(&nameless).join("original").exists());
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

#[test]
fn what_the_machine_does_not_give() {
    let place = whole();
    finds(&place, &[("RECTO_MEDIA_MAX_MEGABYTES", "4000000000")], "is nearly full: ");
    let said = found(&mut place.limited("-n 300", &["check"]), "may have 300 files open at once");
    assert!(said.contains("may need 1280") && said.contains("LimitNOFILE=1280"), "{said}");
    finds(&place, &[("RECTO_CONNECTIONS", "4000000000")], "set connections lower");
    // What is in the place of a directory cannot be written into, whoever asks.
    std::fs::remove_dir(place.file("media/incoming")).unwrap();
    std::fs::write(place.file("media/incoming"), "").unwrap();
    let shown = format!(
        "directory {} cannot be written to, so no file is taken",
        place.file("media/incoming").display()
    );
    finds(&place, &[], &shown);
    std::fs::remove_file(place.file("media/incoming")).unwrap();
    let before: Vec<_> = names(&place);
    fine(&place);
    assert_eq!(names(&place), before, "what is tried is taken away");
}

/// What lies in the data directory and the library.
fn names(place: &Place) -> Vec<std::ffi::OsString> {
    let in_dir = |dir: PathBuf| std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = in_dir(place.data()).chain(in_dir(place.file("media"))).collect();
    names.sort();
    names
}

#[test]
fn settings_that_others_can_read() {
    let place = whole();
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let (file, way) = (place.data().with_file_name("recto.toml"), place.data());
    mode(way.parent().unwrap(), 0o755);
    std::fs::write(&file, "site_name = \"No secret\"").unwrap();
    mode(&file, 0o644);
    fine(&place);
    std::fs::write(&file, "database = \"postgres://recto:geheim@127.0.0.1:1/recto\"").unwrap();
    let mut check = place.command(&["check"]);
    check.env("RECTO_DATABASE", format!("sqlite:{}", place.file("recto.db").display()));
    let said = found(&mut check, "the password of the database is in there. Run: chmod o-rwx");
    assert!(said.matches("- ").count() == 1 && !said.contains("geheim"), "{said}");
    mode(&file, 0o640);
    assert!(super::said(check.output().unwrap()).well().ends_with(FINE));
}

#[tokio::test]
async fn how_old_the_last_backup_is() {
    let place = whole();
    let dir = place.data().with_file_name("backup");
    let note = || std::fs::read_to_string(place.file("last-backup.json")).unwrap();
    let put = |from: &str, to: &str| {
        let text = note();
        assert!(text.contains(from), "{text}");
        std::fs::write(place.file("last-backup.json"), text.replace(from, to)).unwrap();
    };
    // It is no part of a backup.
    assert!(!dir.join("last-backup.json").exists());
    let said = place.run(&["check"]).well();
    assert!(said.contains(&format!("in {} (not verified yet;", dir.display())), "{said}");
    place.run(&["backup", "--verify", &dir.display().to_string()]).well();
    let said = place.run(&["check"]).well();
    assert!(said.contains("(verified on "), "{said}");

    let year = &note().split("made_at\": \"").nth(1).unwrap()[..4].to_owned();
    put(&format!("\"made_at\": \"{year}"), "\"made_at\": \"2019");
    finds(&place, &[], "days old (2019-");
    let mut off = place.command(&["check"]);
    let said = super::said(off.env("RECTO_BACKUP_WARN_DAYS", "0").output().unwrap()).well();
    assert!(said.starts_with("The last backup was made on 2019-"), "{said}");

    let identity = place.parts().await.desk.store.identity().await.unwrap();
    put(&identity, "0123456789abcdef0123456789abcdef");
    finds(&place, &[], "is of another database. Run ‘recto backup DIRECTORY’");
    std::fs::write(place.file("last-backup.json"), "{").unwrap();
    finds(&place, &[], "When the last backup was made cannot be told");
    std::fs::remove_file(place.file("last-backup.json")).unwrap();
    finds(&place, &[], "No backup has been made from here. Run ‘recto backup DIRECTORY’");

    // One that was damaged since is told until there is another.
    let second = back_up(&place, "second");
    fine(&place);
    std::fs::write(second.join("manifest.json"), "{").unwrap();
    place.run(&["backup", "--verify", &second.display().to_string()]).refused();
    finds(&place, &[], "cannot be put back: ‘recto backup --verify’ found that");
    // Nothing is known of what cannot be looked at.
    let third = back_up(&place, "third");
    std::fs::rename(&third, place.data().with_file_name("away")).unwrap();
    place.run(&["backup", "--verify", &third.display().to_string()]).refused();
    fine(&place);
}

#[test]
fn a_backup_that_cannot_be_noted_is_made_all_the_same() {
    let place = whole();
    std::fs::create_dir(place.file("last-backup.json.new")).unwrap();
    let dir = place.data().with_file_name("second").display().to_string();
    let said = place.run(&["backup", &dir]);
    assert!(said.code == 0 && said.out.contains("Backed up to"), "{said:?}");
    assert!(said.err.contains("‘recto check’ and the metrics do not know of this"), "{said:?}");
    place.run(&["backup", "--verify", &dir]).well();
}
