//! `recto user` and the settings' complaints.

use super::Place;
use crate::support::build;

const PASSWORD: &str = "wandering-otter-lantern-91\n";

#[test]
fn accounts_are_made_listed_and_changed() {
    let place = Place::new();
    assert!(place.run(&["user", "list"]).well().contains("Nobody has an account yet"));
    let add = ["user", "add", "--email", "Ada@Example.org", "--name", "Ada King", "--role", "administrator"];
    let out = place.run_with(&[&add[..], &["--password-stdin"]].concat(), PASSWORD).well();
    assert!(out.contains("ada@example.org can sign in at http://127.0.0.1:8440/admin/."), "{out}");

    let out = place.run(&["user", "add", "--email", "bo@example.org", "--name", "Bo"]).well();
    assert!(out.contains("http://127.0.0.1:8440/admin/password/"), "{out}");
    let out = place.run(&["user", "reset", "ADA@example.org"]).well();
    assert!(out.contains("/admin/password/"), "{out}");
    let out = place.run(&["user", "role", "bo@example.org", "viewer"]).well();
    assert_eq!(out, "bo@example.org is a viewer now.\n");
    place.run(&["user", "suspend", "bo@example.org"]).well();
    let list = place.run(&["user", "list"]).well();
    assert!(list.contains("Ada King  (never signed in)") && list.contains("Bo  (suspended)"), "{list}");
    place.run(&["user", "suspend", "bo@example.org", "--end"]).well();
    assert!(place.run(&["user", "list"]).well().contains("Bo  (no password chosen yet)"));
}

#[test]
fn what_is_wrong_with_an_account_is_said_plainly() {
    let place = Place::new();
    let add = |email: &'static str, role: &'static str| {
        ["user", "add", "--password-stdin", "--email", email, "--name", "Ada", "--role", role]
    };
    let said = place.run_with(&add("ada@example.org", "administrator"), "short\n").refused();
    assert_eq!(said, "This has 5 characters; use at least 12. A few words do well.\n");
    let said = place.run_with(&add("ada@example.org", "administrator"), "").refused();
    assert!(said.contains("no password on standard input"), "{said}");
    let said = place.run_with(&add("ada", "boss"), PASSWORD).refused();
    assert_eq!(said.lines().count(), 2, "{said}");
    place.run_with(&add("ada@example.org", "administrator"), PASSWORD).well();
    let said = place.run_with(&add("ada@example.org", "viewer"), PASSWORD).refused();
    assert!(said.contains("Somebody has an account with this address already"), "{said}");
    let said = place.run(&["user", "role", "ada@example.org", "viewer"]).refused();
    assert!(said.contains("last administrator"), "{said}");
    let said = place.run(&["user", "reset", "bo@example.org"]).refused();
    assert!(said.contains("recto user list"), "{said}");
}

#[tokio::test]
async fn projects_are_assigned_to_contributors_and_taken_away() {
    let place = Place::new();
    let parts = place.parts().await;
    let theme = build::theme(&parts.desk, 3, "Leadership").published(&parts.desk).await;
    for (code, title) in [("3.07", "Organisational learning"), ("3.08", "Demand")] {
        build::project(&parts.desk, &theme, code, title).draft(&parts.desk).await;
    }
    parts.close().await;
    place.run(&["user", "add", "--email", "bo@example.org", "--name", "Bo", "--role", "contributor"]).well();
    let out = place.run(&["user", "assign", "BO@example.org", "3.08"]).well();
    assert_eq!(out, "Assigned to bo@example.org: 3.08 Demand.\n");
    let out = place.run(&["user", "assign", "bo@example.org", "3.7", "3.08"]).well();
    assert_eq!(out, "Assigned to bo@example.org: 3.07 Organisational learning; 3.08 Demand.\n");

    // What is not there takes nothing with it.
    let said = place.run(&["user", "unassign", "bo@example.org", "3.07", "9.99"]).refused();
    assert_eq!(said, "There is no project 9.99. Write its code as in the admin: 3.07.\n");
    let said = place.run(&["user", "assign", "nobody@example.org", "3.07"]).refused();
    assert!(said.contains("recto user list"), "{said}");
    let out = place.run(&["user", "unassign", "bo@example.org", "3.07"]).well();
    assert_eq!(out, "Assigned to bo@example.org: 3.08 Demand.\n");
    let out = place.run(&["user", "unassign", "bo@example.org", "3.08"]).well();
    assert_eq!(out, "No project is assigned to bo@example.org.\n");

    place.run(&["user", "role", "bo@example.org", "viewer"]).well();
    let out = place.run(&["user", "assign", "bo@example.org", "3.07"]).well();
    assert!(out.ends_with("This counts while they are a contributor; they are a viewer now.\n"), "{out}");
    let help = place.run(&["user", "assign", "--help"]).well();
    assert!(help.contains("<CODE>...") && help.contains("3.07"), "{help}");
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let place = Place::new();
    let mut command = place.command(&["user", "list"]);
    let said = super::said(command.env("RECTO_DATABASE", "mysql://recto:geheim@db/recto").output().unwrap())
        .refused();
    assert!(
        said.starts_with("database in the variable RECTO_DATABASE cannot be used.")
            && !said.contains("geheim"),
        "{said}"
    );
    let said = place.run(&["serve", "--listen", "8440"]).refused();
    assert!(said.starts_with("listen in the flag --listen"), "{said}");
    let said = place.run(&["check", "--config", "nowhere.toml"]).refused();
    assert!(said.contains("nowhere.toml cannot be read"), "{said}");
    assert!(!place.data().exists());
}

#[test]
fn a_data_directory_that_cannot_be_is_refused() {
    let place = Place::new();
    std::fs::write(place.data(), "a file").unwrap();
    let said = place.run(&["user", "list"]).refused();
    assert!(said.contains("is no directory"), "{said}");
}
