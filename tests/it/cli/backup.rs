//! `recto backup` and `recto restore`, beside a Recto that serves and between both kinds of database.

use std::path::{Path, PathBuf};

use recto::app::{Manifest, backup, restore, verify};
use recto::clock::Clock;
use recto::config::{Config, Layers};
use recto::published::Follower;
use recto::store::Store;
use sea_orm::{ConnectionTrait as _, Database};

use super::Place;
use crate::support::build::{self, theme};
use crate::support::files::{media, png};
use crate::support::{Backend, TestDesk, backends};

const SERVES: &str = "/api/v1/";

fn nothing(_: &'static str, _: u64) {}

/// A desk with content of many kinds, and the settings that lead to it.
async fn centre(backend: &Backend) -> (TestDesk, Config) {
    let desk = TestDesk::new(backend).await;
    let leadership = theme(&desk, 3, "Leadership").published(&desk).await;
    build::project(&desk, &leadership, "3.07", "Organisational learning").published(&desk).await;
    theme(&desk, 4, "Only a draft").draft(&desk).await;
    media(&desk, "room.png", png(700, 20)).await.published(&desk).await;
    let gone = theme(&desk, 5, "Withdrawn").published(&desk).await;
    recto::editing::unpublish(&desk, &recto::editing::User::system(), gone.item.id).await.unwrap();
    let config = config(desk.dir.path(), &desk.url);
    (desk, config)
}

fn config(dir: &Path, url: &str) -> Config {
    let flags = vec![("data_dir", dir.display().to_string()), ("database", url.to_owned())];
    Config::load(&Layers { flags, ..Layers::default() }).unwrap()
}

async fn all(follower: &Follower) -> Vec<(String, i64)> {
    let mut all: Vec<_> = follower.reader().all_sequences().await.unwrap().into_iter().collect();
    all.sort();
    all
}

/// Each kind of database into each: what is public, every table and every file are what they were.
#[tokio::test]
async fn what_was_backed_up_is_put_back_into_either_kind() {
    for from in backends() {
        for to in backends() {
            let (desk, settings) = centre(&from).await;
            let kept = tempfile::tempdir().unwrap();
            let dir = kept.path().join("backup");
            let taken = backup(&settings, &dir, &Clock::system(), &nothing).await.unwrap();
            assert!(taken.public > 2 && taken.files > 1, "{taken:?}");
            assert_eq!(verify(&dir, kept.path(), &|_| ()).await.unwrap(), Vec::<String>::new());

            let other = TestDesk::empty(&to).await;
            let place = kept.path().join("data");
            let url = match &to {
                Backend::Sqlite => format!("sqlite:{}", place.join("recto.db").display()),
                Backend::Postgres(_) => other.url.clone(),
            };
            let settings = config(&place, &url);
            let restored = restore(&settings, &dir, None, &Clock::system(), &nothing).await.unwrap();
            assert_eq!((restored.aside, restored.files), (vec![], taken.files));
            let there = crate::support::database::open(&url, place.clone(), desk.clock.clone(), None).await;
            assert_eq!(there.store.identity().await.unwrap(), desk.store.identity().await.unwrap());
            assert_eq!(there.store.places().await.unwrap(), desk.store.places().await.unwrap());
            assert_eq!(all(&there.published).await, all(&desk.published).await);
            assert_eq!(all(&there.drafts).await, all(&desk.drafts).await);
            // And back again: the file that is made of it says the same.
            let again = kept.path().join("again");
            backup(&settings, &again, &Clock::system(), &nothing).await.unwrap();
            let (first, second) = (Manifest::read(&dir).unwrap(), Manifest::read(&again).unwrap());
            assert_eq!((first.public, first.publications), (second.public, second.publications));
            assert_eq!(rows(&dir).await, rows(&again).await);
            // What works there goes on: a new publication gets the next number.
            theme(&there, 9, "After").published(&there).await;
        }
    }
}

/// Every row of every table of a backup, as text.
async fn rows(backup: &Path) -> Vec<String> {
    let db = Database::connect(format!("sqlite://{}?mode=ro", backup.join("database.db").display()))
        .await
        .unwrap();
    let ask = |sql: String| sea_orm::Statement::from_string(db.get_database_backend(), sql);
    let names = "SELECT m.name AS name, group_concat('quote(\"' || c.name || '\")', ' || '','' || ') AS columns \
                 FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c \
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'seaql_migrations' GROUP BY m.name";
    let mut rows = Vec::new();
    for table in db.query_all_raw(ask(names.to_owned())).await.unwrap() {
        let (name, columns): (String, String) =
            (table.try_get("", "name").unwrap(), table.try_get("", "columns").unwrap());
        let sql = format!("SELECT {columns} AS row FROM \"{name}\" ORDER BY 1");
        for row in db.query_all_raw(ask(sql)).await.unwrap() {
            rows.push(format!("{name}: {}", row.try_get::<String>("", "row").unwrap()));
        }
    }
    db.close().await.unwrap();
    assert!(rows.len() > 20);
    rows
}

/// Each harm to a backup is found, and what is harmed is not put back.
#[tokio::test]
async fn a_backup_that_is_not_whole_is_told() {
    let (_desk, settings) = centre(&Backend::Sqlite).await;
    let kept = tempfile::tempdir().unwrap();
    let whole = kept.path().join("whole");
    backup(&settings, &whole, &Clock::system(), &nothing).await.unwrap();
    let manifest = Manifest::read(&whole).unwrap();
    let file = manifest.files.keys().find(|path| path.ends_with("original")).unwrap().clone();
    let flip = |path: PathBuf| {
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(path, bytes).unwrap();
    };
    let sql = async |dir: PathBuf, sql: &str| {
        // With a digest that is right: as if the row had gone before the backup was taken.
        let db = Database::connect(format!("sqlite://{}?mode=rw", dir.join("database.db").display()))
            .await
            .unwrap();
        db.execute_unprepared("PRAGMA foreign_keys = OFF").await.unwrap();
        db.execute_unprepared(sql).await.unwrap();
        db.execute_unprepared("VACUUM").await.unwrap();
        db.close().await.unwrap();
        let mut manifest = serde_json::to_value(Manifest::read(&dir).unwrap()).unwrap();
        let part = recto::app::Part::of(&dir.join("database.db")).unwrap();
        manifest["files"]["database.db"] = serde_json::to_value(part).unwrap();
        std::fs::write(dir.join("manifest.json"), manifest.to_string()).unwrap();
    };
    for harm in ["database", "media", "manifest", "missing", "row", "history", "unfinished"] {
        let dir = kept.path().join(harm);
        copy(&whole, &dir);
        match harm {
            "database" => flip(dir.join("database.db")),
            "media" => flip(dir.join(&file)),
            "manifest" => flip(dir.join("manifest.json")),
            "missing" => std::fs::remove_file(dir.join(&file)).unwrap(),
            "row" => sql(dir.clone(), "DELETE FROM publication WHERE type = 'project'").await,
            "history" => sql(dir.clone(), "UPDATE publication_log SET nonce = 'x'").await,
            _ => std::fs::remove_file(dir.join("manifest.json")).unwrap(),
        }
        let said = verify(&dir, kept.path(), &|_| ()).await;
        assert!(said.as_ref().is_ok_and(|wrong| !wrong.is_empty()) || said.is_err(), "{harm}: {said:?}");
        if !matches!(harm, "row" | "history") {
            let data = kept.path().join(format!("data-{harm}"));
            let settings = config(&data, &format!("sqlite:{}", data.join("recto.db").display()));
            assert!(restore(&settings, &dir, None, &Clock::system(), &nothing).await.is_err(), "{harm}");
            assert!(!data.join("recto.db").exists(), "{harm}");
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &to) } else { assert!(std::fs::copy(path, to).is_ok()) }
    }
}

#[tokio::test]
async fn beside_a_recto_that_serves_it_is_backed_up_and_not_put_back() {
    let place = Place::new();
    let parts = place.parts().await;
    theme(&parts.desk, 1, "One").published(&parts.desk).await;
    parts.close().await;
    let dir = place.data().with_file_name("backup");
    let to = dir.display().to_string();
    let mut serving = place.start(&["serve", "--listen", "127.0.0.1:0"], SERVES);
    let said = place.run(&["backup", &to]).well();
    assert!(said.contains("public items"), "{said}");
    assert!(place.run(&["backup", &to]).refused().contains("something in"));
    assert!(place.run(&["backup", "--verify", &to]).well().contains("can be put back"));
    let said = place.run(&["restore", &to, "--ledger", "none"]).refused();
    assert!(said.contains("Stop it first"), "{said}");
    serving.signal("KILL");
    assert_eq!(serving.end(), None);

    // Killed with a log that has not been folded in; what was saved since the backup is kept aside.
    let parts = place.parts().await;
    theme(&parts.desk, 2, "Two").published(&parts.desk).await;
    parts.close().await;
    std::fs::write(place.file("recto.db-wal"), vec![7; 10_000_000]).unwrap();
    let said = place.run(&["restore", &to, "--ledger", "none"]).well();
    assert!(said.contains("What was there before is in"), "{said}");
    assert!(!place.file("recto.db-wal").exists());
    let is_known = |line: &str| {
        line.contains("account") || line.contains("store") || line.contains("last backup was made")
    };
    assert!(place.run(&["check"]).out.lines().all(is_known));
    let parts = place.parts().await;
    let there = parts.desk.published.reader().search("One", 9).await.unwrap();
    assert_eq!(there.len(), 1);
    assert!(parts.desk.published.reader().search("Two", 9).await.unwrap().is_empty());
    parts.close().await;
    let kept = std::fs::read_dir(place.data()).unwrap().map(|entry| entry.unwrap().path());
    let kept = kept
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("before-restore"))
        .find(|path| path.is_dir());
    assert!(kept.unwrap().join("recto.db").exists());
    drop(Store::open(&format!("sqlite:{}", place.file("recto.db").display()), None).await.unwrap());
}

/// Every file below a directory with its bytes and rights.
fn everything(dir: &Path) -> std::collections::BTreeMap<PathBuf, (u32, Vec<u8>)> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut all = std::collections::BTreeMap::new();
    let mut left = vec![dir.to_owned()];
    while let Some(path) = left.pop() {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        let bytes = if path.is_dir() { Vec::new() } else { std::fs::read(&path).unwrap() };
        if path.is_dir() {
            left.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        all.insert(path.strip_prefix(dir).unwrap().to_owned(), (mode, bytes));
    }
    all
}

#[tokio::test]
async fn what_is_in_a_backup_is_its_owners_and_what_verifies_it_changes_nothing() {
    let place = Place::new();
    let parts = place.parts().await;
    let file = crate::support::files::keep(&parts.desk, "room.png", png(700, 20)).await;
    theme(&parts.desk, 1, "One").published(&parts.desk).await;
    parts.close().await;
    std::fs::write(place.file("recto.toml"), "site_name = \"x\"").unwrap();
    std::fs::create_dir_all(place.file("media/removed/2026-01-01/x")).unwrap();
    std::fs::write(place.file("media/removed/2026-01-01/x/original"), "aside").unwrap();
    let to = place.data().with_file_name("backup");
    let shown = to.display().to_string();
    place.run(&["backup", &shown]).well();
    let found = everything(&to);
    let at = |path: &str| format!("media/{}/{}/{path}", &file.hash()[..2], file.hash());
    let files: Vec<String> = found
        .iter()
        .filter(|(_, (_, bytes))| !bytes.is_empty())
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert_eq!(files, ["database.db", "manifest.json", &at("320"), &at("640"), &at("original")]);
    let mode = |path: &str| found[Path::new(path)].0;
    assert_eq!((mode(""), mode("media"), mode("database.db")), (0o700, 0o700, 0o600));

    let elsewhere = Place::new();
    let said = elsewhere.run(&["backup", "--verify", &shown]).well();
    assert!(said.contains("can be put back"), "{said}");
    assert!(everything(&to) == found, "verifying has changed it");
    assert!(!elsewhere.data().exists());

    // What is there when it is put back is kept, the library too.
    std::fs::write(place.file("media/own"), "of the library").unwrap();
    let said = place.run(&["restore", &shown, "--ledger", "none"]).well();
    assert_eq!(said.matches("What was there before is in").count(), 2, "{said}");
    let aside = |starts: &str| {
        let names = std::fs::read_dir(place.data()).unwrap().map(|entry| entry.unwrap().path());
        names
            .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(starts))
            .collect::<Vec<_>>()
    };
    let [library] = &aside("media.before-restore-")[..] else { panic!("{:?}", aside("")) };
    assert_eq!(std::fs::read_to_string(library.join("own")).unwrap(), "of the library");
    let [stores] = &aside("before-restore-")[..] else { panic!("{:?}", aside("")) };
    for name in ["recto.db", "public.db", "drafts.db"] {
        assert!(stores.join(name).exists(), "{name}");
    }
    place.parts().await.close().await;
    assert!(place.file(&at("original")).exists());
}
