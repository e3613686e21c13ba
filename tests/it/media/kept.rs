//! What is kept when something breaks, and what is removed.

use std::time::{Duration, SystemTime};

use recto::content::parsed::Upload;
use recto::content::{Id, Value, by_name};
use recto::editing::{Edit, User, keep_upload, save, tidy_uploads};
use recto::error::Error;
use recto::store::{State, Store};
use sea_orm::ConnectionTrait as _;
use sea_orm_migration::MigratorTrait as _;

use crate::support::files::{file_of, keep, media, pdf, png};
use crate::support::{TestDesk, backends};

fn dir_of(desk: &TestDesk, file: &Upload) -> std::path::PathBuf {
    desk.dir.path().join("media").join(&file.hash()[..2]).join(file.hash())
}

/// Makes a file two days old.
fn age(desk: &TestDesk, file: &Upload) {
    let old = SystemTime::now() - Duration::from_secs(2 * 24 * 3_600);
    for entry in std::fs::read_dir(dir_of(desk, file)).unwrap() {
        std::fs::File::options().write(true).open(entry.unwrap().path()).unwrap().set_modified(old).unwrap();
    }
}

#[tokio::test]
async fn no_row_without_its_file_and_no_item_without_its_row() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let user = User::system();
        // Killed before the file was whole: another name, nothing to be known.
        let file = desk.media.take_bytes("a.png", png(700, 20)).await.unwrap();
        std::fs::rename(dir_of(&desk, &file).join("original"), dir_of(&desk, &file).join("original#1"))
            .unwrap();
        assert!(!desk.media.files().has(&file).await.unwrap());
        let kept = keep_upload(&desk, &user, &file, "a.png").await;
        assert!(matches!(kept, Err(Error::Unavailable(_))), "{kept:?}");
        assert_eq!(desk.store.upload(file.hash()).await.unwrap(), None);
        // Killed between variants.
        let file = desk.media.take_bytes("a.png", png(700, 20)).await.unwrap();
        std::fs::remove_file(dir_of(&desk, &file).join("320")).unwrap();
        assert!(keep_upload(&desk, &user, &file, "a.png").await.is_err());
        // Taken again, it is whole.
        let file = keep(&desk, "a.png", png(700, 20)).await;
        assert_eq!(desk.store.upload(file.hash()).await.unwrap(), Some(file.clone()));

        // An item names only what was uploaded, and says nothing else of it.
        let never = desk.media.take_bytes("b.pdf", pdf("never kept")).await.unwrap();
        let larger = file.to_string().replace("width=700", "width=800");
        for wrong in [never.to_string(), larger, "https://example.org/a.png".to_owned()] {
            let mut build = media(&desk, "c.png", png(9, 9)).await;
            build.item.set("file", Value::Text(wrong.clone().into()));
            let saved = save(&desk, &user, &[Edit::new(build.item)]).await;
            let Err(Error::Invalid(problems)) = saved else { panic!("{wrong}: {saved:?}") };
            assert!(problems.at("file").unwrap().message.contains("upload it again"));
        }
    }
}

#[tokio::test]
async fn what_nothing_names_leaves_the_library_after_a_day() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let used = media(&desk, "used.png", png(400, 9)).await.draft(&desk).await;
        let used_file = file_of(&used.item);
        // Replaced since: an earlier version has it still.
        let mut item = used.item.clone();
        let next = keep(&desk, "next.png", png(401, 9)).await;
        item.set("file", Value::Text(next.to_string().into()));
        save(&desk, &User::system(), &[Edit::of(&used, item)]).await.unwrap();
        // Known and never used; not even known; sent just now.
        let unused = keep(&desk, "unused.png", png(402, 9)).await;
        let unknown = desk.media.take_bytes("unknown.png", png(403, 9)).await.unwrap();
        let fresh = desk.media.take_bytes("fresh.png", png(404, 9)).await.unwrap();
        for file in [&used_file, &next, &unused, &unknown] {
            age(&desk, file);
        }
        tidy_uploads(&desk).await.unwrap();
        assert!(dir_of(&desk, &unused).exists(), "it is known, and was sent today");
        assert!(!dir_of(&desk, &unknown).exists());
        desk.clock.advance(chrono::TimeDelta::days(2));
        tidy_uploads(&desk).await.unwrap();
        assert!(!dir_of(&desk, &unused).exists());
        assert_eq!(desk.store.upload(unused.hash()).await.unwrap(), None);
        for file in [&used_file, &next, &fresh] {
            assert!(desk.media.files().has(file).await.unwrap());
        }
        let found = desk.media.files().compare(&desk.store.uploads().await.unwrap()).await.unwrap();
        assert_eq!((found.missing.len(), found.nameless), (0, 0));
        std::fs::remove_file(dir_of(&desk, &next).join("320")).unwrap();
        let found = desk.media.files().compare(&desk.store.uploads().await.unwrap()).await.unwrap();
        assert_eq!(found.missing, [next.hash()]);
    }
}

#[tokio::test]
async fn what_was_an_address_elsewhere_is_told_as_the_source() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("recto.db");
    let db = sea_orm::Database::connect(format!("sqlite://{}?mode=rwc", file.display())).await.unwrap();
    recto_migrations::Migrator::up(&db, Some(1)).await.unwrap();
    let id = Id::new("2026-01-01T00:00:00Z".parse().unwrap()).to_string();
    let sql = format!(
        "INSERT INTO item (id, type, slug, version, created_at, updated_at, published_version, change)
           VALUES ('{id}', 'media', 'logo', 1, '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00', 1, 1);
         INSERT INTO media (id, title, file, decorative) VALUES ('{id}', 'Logo', 'https://example.org/logo.svg', true);
         INSERT INTO revision (item_id, version, snapshot, saved_at)
           VALUES ('{id}', 1, '{{\"file\":\"https://example.org/logo.svg\"}}', '2026-01-01 00:00:00+00:00');
         INSERT INTO publication (item_id, type, sequence, document, slugs, at)
           VALUES ('{id}', 'media', 1, '{{\"file\":\"https://example.org/logo.svg\"}}', '[\"logo\"]', '2026-01-01 00:00:00+00:00');"
    );
    db.execute_unprepared(&sql).await.unwrap();
    db.close().await.unwrap();
    let store = Store::open(&format!("sqlite:{}", file.display()), None).await.unwrap();
    let media = by_name("media").unwrap();
    let stored = store.items(media, &[id.parse().unwrap()]).await.unwrap().remove(0);
    assert_eq!(stored.item.text("source"), "https://example.org/logo.svg");
    assert!(stored.item.get("file").is_none());
    assert_eq!(stored.state(), State::Draft);
    assert_eq!(store.publication(stored.item.id).await.unwrap().unwrap().document, None);
    let before = store.revision(media, stored.item.id, 1).await.unwrap().unwrap();
    assert!(before.get("file").is_none(), "no file was ever uploaded");
}
