//! Which database it is: a wrong, missing or older one is refused or told apart, and neither the public site nor
//! the library's files are lost by it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use recto::app::{Adoption, Parts};
use recto::clock::Clock;
use recto::config::{Config, Layers};
use recto::content::Value;
use recto::editing::{Desk, Edit, User, publish, save, tidy_uploads, unpublish};
use recto::error::Error;
use recto::published::Follower;
use recto::store::Store;
use sea_orm::{ConnectionTrait as _, Database};

use crate::support::build::theme;
use crate::support::files::png;
use crate::support::{Backend, TestDesk, backends};

fn config(dir: &Path, more: &[(&'static str, String)]) -> Config {
    let mut flags = vec![("data_dir", dir.display().to_string())];
    flags.extend(more.iter().cloned());
    Config::load(&Layers { flags, ..Layers::default() }).unwrap()
}

async fn parts(dir: &Path) -> Parts {
    Parts::open(&config(dir, &[]), Clock::system()).await.unwrap()
}

/// A data directory with something published and a file.
async fn centre(dir: &Path, title: &str) -> String {
    let parts = parts(dir).await;
    theme(&parts.desk, 7, title).published(&parts.desk).await;
    crate::support::files::media(&parts.desk, "room.png", png(60, 20)).await.draft(&parts.desk).await;
    let identity = parts.desk.store.identity().await.unwrap();
    parts.close().await;
    identity
}

/// Every file below a directory with its bytes, logs of SQLite aside.
fn everything(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut left = vec![dir.to_owned()];
    while let Some(dir) = left.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            if path.is_dir() {
                left.push(path);
            } else if !name.ends_with("-wal") && !name.ends_with("-shm") {
                all.insert(path.clone(), std::fs::read(path).unwrap());
            }
        }
    }
    all
}

async fn titles(parts: &Parts) -> Vec<String> {
    let found = parts.desk.published.reader().search("Only", 10).await.unwrap();
    found.into_iter().map(|found| found.title).collect()
}

#[tokio::test]
async fn beside_content_a_missing_empty_or_wrong_database_is_refused_and_nothing_is_touched() {
    let dir = tempfile::tempdir().unwrap();
    let [ours, theirs] = ["ours", "theirs"].map(|name| dir.path().join(name));
    let identity = centre(&ours, "Only ours").await;
    let other = centre(&theirs, "Only theirs").await;
    assert_ne!(identity, other);
    let (file, kept) = (ours.join("recto.db"), dir.path().join("kept.db"));
    std::fs::copy(&file, &kept).unwrap();
    let typo = format!("sqlite:{}", ours.join("recto_typo.db").display());
    type Harm<'a> = (&'a str, &'a dyn Fn(), Vec<(&'static str, String)>, &'a str);
    let harms: [Harm<'_>; 4] = [
        ("removed", &|| std::fs::remove_file(&file).unwrap(), vec![], "nothing in the database"),
        ("emptied", &|| std::fs::write(&file, "").unwrap(), vec![], "nothing in the database"),
        (
            "another's",
            &|| {
                std::fs::copy(theirs.join("recto.db"), &file).unwrap();
            },
            vec![],
            "belong to another",
        ),
        ("misspelt", &|| {}, vec![("database", typo)], "nothing in the database"),
    ];
    for (what, harm, settings, words) in harms {
        harm();
        let before = everything(&ours);
        let error = Parts::open(&config(&ours, &settings), Clock::system()).await.unwrap_err();
        assert!(matches!(&error, Error::Refused(text) if text.contains(words)), "{what}: {error:?}");
        assert!(error.to_string().contains(&identity[..8]), "{what}: {error}");
        assert_eq!(everything(&ours), before, "{what}");
        std::fs::copy(&kept, &file).unwrap();
        let parts = parts(&ours).await;
        assert_eq!(titles(&parts).await, ["Theme 7: Only ours"], "{what}");
        parts.close().await;
    }
    // On purpose, and with the library of the one that was here.
    std::fs::copy(theirs.join("recto.db"), &file).unwrap();
    let adoption = Adoption::look(&config(&ours, &[])).await.unwrap();
    assert!(adoption.tell().iter().any(|line| line.contains(&other[..8]) && line.contains("items")));
    assert!(!adoption.is_needless());
    adoption.carry_out().unwrap();
    assert!(Adoption::look(&config(&ours, &[])).await.unwrap().is_needless());
    let parts = parts(&ours).await;
    assert_eq!(titles(&parts).await, ["Theme 7: Only theirs"]);
    parts.close().await;
}

#[tokio::test]
async fn a_library_whose_volume_is_not_there_is_not_taken_for_an_empty_one() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    centre(&data, "Only ours").await;
    let (media, away) = (data.join("media"), dir.path().join("away"));
    std::fs::rename(&media, &away).unwrap();
    std::fs::create_dir(&media).unwrap();
    let opened = parts(&data).await;
    let error = opened.desk.media.take_bytes("new.png", png(30, 30)).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    assert!(tidy_uploads(&opened.desk).await.is_err());
    opened.close().await;
    assert_eq!(everything(&media).len(), 0, "the empty directory was made the library");
    std::fs::remove_dir_all(&media).unwrap();
    std::fs::rename(&away, &media).unwrap();
    let opened = parts(&data).await;
    opened.desk.media.take_bytes("new.png", png(30, 30)).await.unwrap();
    opened.close().await;
}

#[tokio::test]
async fn a_file_that_is_removed_or_replaced_while_it_is_open_takes_no_save_along() {
    for replace in [false, true] {
        let desk = TestDesk::new(&Backend::Sqlite).await;
        let stored = theme(&desk, 1, "One").published(&desk).await;
        let file = desk.dir.path().join("recto.db");
        std::fs::rename(&file, desk.dir.path().join("away.db")).unwrap();
        if replace {
            std::fs::copy(desk.dir.path().join("away.db"), &file).unwrap();
        }
        assert!(desk.store.stands().is_err());
        let mut item = stored.item.clone();
        item.set("title", Value::Text("Two".into()));
        let told = save(&desk, &User::system(), &[Edit::of(&stored, item)]).await;
        assert!(
            matches!(&told, Err(Error::Unavailable(text)) if text.contains("Nothing was saved")),
            "{told:?}"
        );
        assert!(publish(&desk, &User::system(), stored.item.id, None, &[]).await.is_err());
    }
}

/// A copy of a desk's database, as a backup is, at a place of its own.
async fn copy(desk: &TestDesk, backend: &Backend) -> String {
    match backend {
        Backend::Sqlite => {
            let copy = desk.dir.path().join("copy.db");
            let db = Database::connect(&desk.url).await.unwrap();
            db.execute_unprepared(&format!("VACUUM INTO '{}'", copy.display())).await.unwrap();
            db.close().await.unwrap();
            format!("sqlite:{}", copy.display())
        }
        Backend::Postgres(server) => {
            let name = desk.url.rsplit('/').next().unwrap();
            let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
            let end =
                format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            admin.execute_unprepared(&end).await.unwrap();
            let make = format!("CREATE DATABASE {name}_copy TEMPLATE {name}");
            admin.execute_unprepared(&make).await.unwrap();
            admin.close().await.unwrap();
            format!("{}_copy", desk.url)
        }
    }
}

/// Two histories of one copy, which reach any numbers: the stores of the one tell the other's where its database
/// is put in the place of the first, and readers never see an error.
#[tokio::test]
async fn a_copy_that_is_put_back_is_told_apart_whatever_number_it_has_reached() {
    for backend in backends() {
        for (here, there) in [(3, 0), (3, 1), (3, 3), (1, 4), (0, 2), (0, 0)] {
            let desk = TestDesk::new(&backend).await;
            let user = User::system();
            let seen = theme(&desk, 1, "Only before").published(&desk).await;
            let copied = copy(&desk, &backend).await;
            let other = TestDesk::empty(&backend).await;
            let dir = other.dir.path().to_owned();
            std::fs::create_dir_all(dir.join("other")).unwrap();
            let other =
                crate::support::database::open(&copied, dir.join("other"), desk.clock.clone(), None).await;
            for number in 0..here {
                theme(&desk, 10 + number, &format!("Only here {number}")).published(&desk).await;
            }
            for number in 0..there {
                theme(&other, 20 + number, &format!("Only there {number}")).published(&other).await;
            }
            if there > 1 {
                unpublish(&other, &user, seen.item.id).await.unwrap();
            }
            // The first one's nodes wake up with the other database.
            let node = Desk {
                store: Store::open(&copied, None).await.unwrap(),
                published: desk.published.clone(),
                drafts: desk.drafts.clone(),
                media: desk.media.clone(),
                clock: desk.clock.clone(),
            };
            if there % 2 == 0 {
                node.catch_up(&|_, _| ()).await.unwrap();
            } else {
                // Whoever publishes first notices, too.
                theme(&node, 30, "Only now").published(&node).await;
                other.catch_up(&|_, _| ()).await.unwrap();
            }
            for (follower, right) in [(&node.published, &other.published), (&node.drafts, &other.drafts)] {
                assert_eq!(all(follower).await, all(right).await, "{here} here, {there} there");
                assert_eq!(follower.place().await.unwrap(), right.place().await.unwrap());
            }
        }
    }
}

async fn all(follower: &Follower) -> Vec<(String, String)> {
    let found = follower.reader().search("Only", 100).await.unwrap();
    let mut all: Vec<_> = found.into_iter().map(|found| (found.id, found.title)).collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_store_of_another_database_is_neither_followed_nor_emptied() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        theme(&desk, 1, "Only ours").published(&desk).await;
        let db = Database::connect(&desk.url).await.unwrap();
        db.execute_unprepared("UPDATE identity SET id = '0123456789abcdef0123456789abcdef'").await.unwrap();
        let error = desk.catch_up(&|_, _| ()).await.unwrap_err();
        assert!(matches!(&error, Error::Refused(text) if text.contains("01234567")), "{error:?}");
        assert_eq!(all(&desk.published).await.len(), 1);
    }
}

#[tokio::test]
async fn what_release_0_1_0_left_becomes_the_databases_own() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/0.1.0");
    for (path, bytes) in everything(&from) {
        let to = data.join(path.strip_prefix(&from).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, bytes).unwrap();
    }
    let opened = parts(&data).await;
    let identity = opened.desk.store.identity().await.unwrap();
    assert_eq!(opened.desk.media.files().owner().unwrap(), Some(identity));
    opened.desk.media.need().unwrap();
    opened.close().await;
    assert!(Adoption::look(&config(&data, &[])).await.unwrap().is_needless());
}

#[tokio::test]
async fn commands_do_not_make_a_database() {
    let place = crate::cli::Place::new();
    std::fs::create_dir_all(place.data()).unwrap();
    let file = place.file("list.csv");
    std::fs::write(&file, "Title\nOne\n").unwrap();
    for args in
        [&["rebuild"][..], &["export", "outputs"], &["import", "outputs", file.to_str().unwrap()], &["adopt"]]
    {
        let said = place.run(args).refused();
        assert!(said.contains("no database"), "{args:?}: {said}");
        assert!(!place.file("recto.db").exists(), "{args:?}");
    }
}
