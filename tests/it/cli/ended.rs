//! `recto restore` ended at each of its steps: what was there stands, or it is kept as a whole and the way on is said.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use recto::app::{backup, restore};
use recto::clock::Clock;
use recto::store::Store;

use super::Place;
use crate::support::build::theme;
use crate::support::files::{media, png};
use crate::support::{Backend, TestDesk, backends};

fn nothing(_: &'static str, _: u64) {}

/// A place with one theme and a picture, a backup of that, and a second theme since.
async fn two_and_a_backup_of_one() -> (Place, PathBuf) {
    let place = Place::new();
    let parts = place.parts().await;
    theme(&parts.desk, 1, "One").published(&parts.desk).await;
    let desk = &parts.desk;
    media_item(desk).await;
    let to = place.data().with_file_name("backup");
    backup(&place.config(), &to, &Clock::system(), &nothing).await.unwrap();
    theme(&parts.desk, 2, "Two").published(&parts.desk).await;
    parts.close().await;
    (place, to)
}

async fn media_item(desk: &recto::editing::Desk) {
    media(desk, "room.png", png(700, 20)).await.published(desk).await;
}

/// Whether a database holds the second theme.
async fn has_two(file: &Path) -> bool {
    let store = Store::open(&format!("sqlite:{}", file.display()), None).await.unwrap();
    let digests = store.public_digests().await.unwrap();
    store.close().await;
    digests["theme"].0 == 2
}

/// The databases that were kept aside.
fn kept(place: &Place) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(place.data()).unwrap().map(|entry| entry.unwrap().path());
    let mut kept: Vec<PathBuf> =
        entries.map(|dir| dir.join("recto.db")).filter(|file| file.exists()).collect();
    kept.sort();
    kept
}

/// As long as files are copied, everything is in its place yet: whoever is ended there has what was there.
#[tokio::test]
async fn what_is_there_stands_until_all_is_copied() {
    let (place, to) = two_and_a_backup_of_one().await;
    // What an earlier run left that was ended is in nobody's way.
    std::fs::create_dir(place.file("media.restoring")).unwrap();
    std::fs::write(place.file("media.restoring/half"), "half").unwrap();
    std::fs::write(place.file("recto.db.new"), "half").unwrap();
    let copied = AtomicU64::new(0);
    let look = |what: &'static str, _: u64| {
        if what == "files of the library" {
            copied.fetch_add(1, Ordering::SeqCst);
            let there = ["recto.db", "public.db", "drafts.db", "media/recto-database"];
            assert!(there.iter().all(|name| place.file(name).exists()) && kept(&place).is_empty());
        }
    };
    restore(&place.config(), &to, None, &Clock::system(), &look).await.unwrap();
    assert!(copied.into_inner() > 1);
    assert!(!has_two(&place.file("recto.db")).await && !place.file("media/half").exists());
    for left in ["media.restoring", "recto.db.new"] {
        assert!(!place.file(left).exists());
    }
    place.parts().await.close().await;
}

/// Two in one moment do not take each other's place.
#[tokio::test]
async fn what_was_kept_is_never_replaced() {
    let (place, to) = two_and_a_backup_of_one().await;
    let clock = Clock::held(Clock::system().now());
    for _ in 0..3 {
        restore(&place.config(), &to, None, &clock, &nothing).await.unwrap();
    }
    let kept = kept(&place);
    assert_eq!(kept.len(), 3);
    assert!(has_two(&kept[0]).await && !has_two(&kept[1]).await && !has_two(&kept[2]).await);
}

/// Ended between the database and its log: nothing starts, and the next run brings both together.
#[tokio::test]
async fn a_log_is_kept_where_its_database_is() {
    let place = Place::new();
    let parts = place.parts().await;
    theme(&parts.desk, 1, "One").published(&parts.desk).await;
    let to = place.data().with_file_name("backup");
    backup(&place.config(), &to, &Clock::system(), &nothing).await.unwrap();
    theme(&parts.desk, 2, "Two").published(&parts.desk).await;
    // As a process leaves them that is killed now.
    let aside = place.file("before-restore-20260101T000000Z");
    std::fs::create_dir(&aside).unwrap();
    let (log, as_it_was) = (place.file("recto.db-wal"), place.file("log"));
    std::fs::copy(place.file("recto.db"), aside.join("recto.db")).unwrap();
    std::fs::copy(&log, &as_it_was).unwrap();
    parts.close().await;
    std::fs::remove_file(place.file("recto.db")).unwrap();
    std::fs::rename(&as_it_was, &log).unwrap();

    let said = place.run(&["serve", "--listen", "127.0.0.1:0"]).refused();
    assert!(said.contains("run ‘recto restore’"), "{said}");
    place.run(&["restore", &to.display().to_string(), "--ledger", "none"]).well();
    assert!(!has_two(&place.file("recto.db")).await);
    assert_eq!(kept(&place), [aside.join("recto.db")]);
    assert!(has_two(&aside.join("recto.db")).await);
}

/// Ended after the tables were made and before they were filled, a backup can be put back into them.
#[tokio::test]
async fn tables_without_rows_are_filled() {
    for to in backends().into_iter().filter(|backend| matches!(backend, Backend::Postgres(_))) {
        let (_from, dir) = two_and_a_backup_of_one().await;
        let other = TestDesk::empty(&to).await;
        recto::store::migrate(&other.url, &|_| ()).await.unwrap();
        let place = Place::new();
        let flags = vec![("data_dir", place.data().display().to_string()), ("database", other.url.clone())];
        let config =
            recto::config::Config::load(&recto::config::Layers { flags, ..recto::config::Layers::default() });
        let config = config.unwrap();
        restore(&config, &dir, None, &Clock::system(), &nothing).await.unwrap();
        let told = restore(&config, &dir, None, &Clock::system(), &nothing).await.unwrap_err();
        assert!(told.to_string().contains("There is something in the database"), "{told}");
    }
}
