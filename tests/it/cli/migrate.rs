//! `recto migrate`: a database of an older release, looked at and brought up to date.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use sea_orm::ConnectionTrait as _;

use super::Place;

/// A data directory of release 0.1.0.
fn old() -> Place {
    let place = Place::new();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/0.1.0"), &place.data());
    place
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(path, to).unwrap();
        }
    }
}

#[test]
fn commands_leave_an_older_database_alone_and_name_the_way() {
    let place = old();
    let before = std::fs::read(place.file("recto.db")).unwrap();
    for args in [&["user", "list"][..], &["rebuild"], &["export", "outputs"], &["adopt"]] {
        let said = place.run(args).refused();
        assert!(
            said.contains("older release") || said.contains("no database of this release"),
            "{args:?}: {said}"
        );
    }
    let said = place.run(&["check"]);
    assert!(said.code == 1 && said.out.contains("recto migrate --plan"), "{said:?}");
    assert_eq!(std::fs::read(place.file("recto.db")).unwrap(), before);
}

#[test]
fn what_it_would_do_is_told_and_then_done() {
    let place = old();
    let before = std::fs::read(place.file("recto.db")).unwrap();
    let plan = place.run(&["migrate", "--plan"]).well();
    assert!(plan.contains("m0006_publications: a log of publications"), "{plan}");
    assert!(plan.contains("m0007_identity"), "{plan}");
    let files = |said: &str| said.lines().filter(|line| line.matches(',').count() >= 3).count();
    assert!(plan.contains("would be taken from the public") && files(&plan) > 1, "{plan}");
    assert_eq!(std::fs::read(place.file("recto.db")).unwrap(), before);
    assert!(!place.file("media/recto-database").exists() && !place.file("closed-files.csv").exists());
    let left: Vec<_> =
        std::fs::read_dir(place.data()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("plan-")), "{left:?}");

    let done = place.run(&["migrate"]).well();
    let copied = place.file("recto.db.before-m0006_publications");
    assert!(done.contains(&format!("Copied the database to {}", copied.display())), "{done}");
    assert!(done.contains("closed-files.csv") && done.ends_with("Done.\n"), "{done}");
    assert_eq!(std::fs::metadata(&copied).unwrap().permissions().mode() & 0o777, 0o600);
    let list = std::fs::read_to_string(place.file("closed-files.csv")).unwrap();
    assert_eq!(files(&list), files(&plan), "what was told is what was done");
    assert!(place.file("media/recto-database").exists());
    place.run(&["user", "list"]).well();
    let again = place.run(&["migrate"]).well();
    assert_eq!(again, "The schema is up to date.\nDone.\n");
    assert_eq!(place.run(&["migrate", "--plan"]).well(), "The schema is up to date.\n");
}

/// The first column of what a statement gives in a SQLite database.
async fn asked(file: &Path, sql: &str) -> String {
    let url = format!("sqlite://{}?mode=ro", file.display());
    let db = sea_orm::Database::connect(url).await.unwrap();
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    let told = row.try_get_by_index::<String>(0);
    let told = told.or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()));
    db.close().await.unwrap();
    told.unwrap()
}

/// Killed as soon as the copy has its name, all of it is there: nobody takes half of one for a way back.
#[tokio::test]
async fn a_copy_has_its_name_when_it_is_whole() {
    let place = old();
    let copy = place.file("recto.db.before-m0006_publications");
    // Half of one, of a run that was killed, is in nobody's way.
    std::fs::write(place.file("recto.db.before-m0006_publications.part"), "half").unwrap();
    let mut migrating = place.command(&["migrate"]).spawn().unwrap();
    while !copy.exists() && migrating.try_wait().unwrap().is_none() {}
    migrating.kill().unwrap();
    migrating.wait().unwrap();
    assert_eq!(asked(&copy, "PRAGMA quick_check").await, "ok");
    assert_eq!(asked(&copy, "SELECT count(*) FROM revision").await, "249");
    assert!(!place.file("recto.db.before-m0006_publications.part").exists());
    place.run(&["migrate"]).well();
}

/// Whoever was ended before the file was written anew, or whose database a start has brought up to date, has that
/// done the next time.
#[tokio::test]
async fn a_file_that_was_not_written_anew_is_so_the_next_time() {
    let place = old();
    place.parts().await.close().await;
    assert_eq!(asked(&place.file("recto.db"), "PRAGMA auto_vacuum").await, "0");
    let said = place.run(&["migrate"]).well();
    assert!(said.contains("up to date") && said.contains("Wrote the database anew"), "{said}");
    assert_eq!(asked(&place.file("recto.db"), "PRAGMA auto_vacuum").await, "2");
    assert_eq!(place.run(&["migrate"]).well(), "The schema is up to date.\nDone.\n");
}

#[tokio::test]
async fn a_step_that_fails_is_named_with_its_cause() {
    let place = old();
    super::check::in_database(&place, "CREATE TABLE publication_log (sequence INTEGER)").await;
    let said = place.run(&["migrate"]);
    assert_eq!(said.code, 1);
    let said = said.err;
    assert!(
        said.contains("m0006_publications of the schema failed") && said.contains("publication_log"),
        "{said}"
    );
    assert!(said.contains("as it was before this step"), "{said}");
    super::check::in_database(&place, "DROP TABLE publication_log").await;
    place.run(&["migrate"]).well();
}
