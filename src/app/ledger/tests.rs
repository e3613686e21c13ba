//! The list of who was erased: what it keeps, and whom it believes.

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn ledger(dir: &Path) -> Ledger {
    let key = dir.join("recto.key");
    if !key.exists() {
        make_key(&key).unwrap();
    }
    Ledger::read(&dir.join(LEDGER), &key).unwrap()
}

#[test]
fn what_is_added_is_read_and_names_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let mut list = ledger(dir.path());
    list.add(Kind::Person, "id-1", Some(" Ada@Example.org"), at(100), "the command line").unwrap();
    list.add(Kind::Account, "id-2", None, at(200), "the command line").unwrap();
    let again = ledger(dir.path());
    assert_eq!(again.lines(), list.lines());
    assert_eq!(again.ids(Kind::Person).collect::<Vec<_>>(), ["id-1"]);
    assert_eq!(again.erased_at(Kind::Person, "ada@example.org").unwrap(), Some(at(100)));
    assert_eq!(again.erased_at(Kind::Account, "ada@example.org").unwrap(), None);
    assert_eq!(again.run_of(Kind::Person, "ADA@example.org").unwrap(), ["id-1"]);
    assert!(again.run_of(Kind::Person, "id-2").unwrap().is_empty(), "an account");
    let text = fs::read_to_string(dir.path().join(LEDGER)).unwrap();
    assert!(!text.to_lowercase().contains("ada"), "{text}");
}

#[test]
fn a_line_that_was_not_written_to_its_end_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let mut list = ledger(dir.path());
    list.add(Kind::Person, "id-1", None, at(1), "").unwrap();
    let file = dir.path().join(LEDGER);
    let mut text = fs::read_to_string(&file).unwrap();
    text.push_str("{\"kind\":\"person\",\"id\":\"id");
    fs::write(&file, text).unwrap();
    let mut again = ledger(dir.path());
    assert_eq!(again.lines().len(), 1);
    again.add(Kind::Person, "id-2", None, at(2), "").unwrap();
    assert_eq!(ledger(dir.path()).ids(Kind::Person).collect::<Vec<_>>(), ["id-1", "id-2"]);
    // As an editor leaves it.
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.trim_end()).unwrap();
    let mut again = ledger(dir.path());
    again.add(Kind::Person, "id-3", None, at(3), "").unwrap();
    assert_eq!(ledger(dir.path()).ids(Kind::Person).collect::<Vec<_>>(), ["id-1", "id-2", "id-3"]);
}

#[test]
fn another_key_or_another_hand_is_refused() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut list = ledger(dir.path());
    list.add(Kind::Person, "id-1", None, at(1), "").unwrap();
    ledger(other.path());
    let file = dir.path().join(LEDGER);
    let refused = Ledger::read(&file, &other.path().join("recto.key")).unwrap_err().to_string();
    assert!(refused.contains("not written with this key"), "{refused}");
    let text = fs::read_to_string(&file).unwrap().replace("id-1", "id-2");
    fs::write(&file, text).unwrap();
    assert!(Ledger::read(&file, &dir.path().join("recto.key")).is_err());
    fs::write(&file, "no\n").unwrap();
    assert!(Ledger::read(&file, &dir.path().join("recto.key")).is_err());
}

#[test]
fn a_copy_never_says_less_than_what_lies_there() {
    let (dir, root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut list = ledger(dir.path());
    list.add(Kind::Person, "id-1", None, at(1), "").unwrap();
    let copy = list.copy_into(root.path()).unwrap();
    assert_eq!(fs::read(&copy).unwrap(), fs::read(list.file()).unwrap());
    list.add(Kind::Person, "id-2", None, at(2), "").unwrap();
    list.copy_into(root.path()).unwrap();
    fs::rename(list.file(), dir.path().join("elsewhere")).unwrap();
    let mut forgotten = ledger(dir.path());
    forgotten.add(Kind::Person, "id-3", None, at(3), "").unwrap();
    assert!(forgotten.copy_into(root.path()).is_err());
}
