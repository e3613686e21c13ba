//! `recto migrate`: a database of an older release, looked at and brought up to date.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

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
