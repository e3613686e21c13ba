//! `recto user` and the settings' complaints.

use super::Place;

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
