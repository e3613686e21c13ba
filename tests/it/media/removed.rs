//! What nothing names is moved aside and not deleted: where it goes, how it comes back, when it is gone, who
//! sees it; and that a wrong database moves nothing.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, Method, StatusCode};
use chrono::TimeDelta;
use recto::content::parsed::Upload;
use recto::editing::{Desk, User, keep_upload, removed, restore_named, tidy_uploads};
use recto::media::{Asked, Caching, PutBack, answer};

use crate::support::files::{keep, media, pdf, png};
use crate::support::{Backend, TestApp, TestDesk, backends};

fn in_library(desk: &TestDesk, file: &Upload) -> PathBuf {
    desk.dir.path().join("media").join(&file.hash()[..2]).join(file.hash())
}

fn in_removed(desk: &TestDesk, file: &Upload) -> Option<PathBuf> {
    let days = std::fs::read_dir(desk.dir.path().join("media/removed")).ok()?;
    let mut places = days.map(|day| day.unwrap().path().join(file.hash())).filter(|place| place.exists());
    let place = places.next();
    assert_eq!(places.next(), None, "it was moved aside twice");
    place
}

/// In which of both places a file lies; it must be one.
#[derive(Debug, PartialEq, Eq)]
enum Lies {
    Library,
    Removed,
    Nowhere,
}

fn lies(desk: &TestDesk, file: &Upload) -> Lies {
    match (in_library(desk, file).exists(), in_removed(desk, file).is_some()) {
        (true, false) => Lies::Library,
        (false, true) => Lies::Removed,
        (false, false) => Lies::Nowhere,
        (true, true) => panic!("{} lies in both places", file.hash()),
    }
}

/// Makes a file two days old.
fn age(desk: &TestDesk, file: &Upload) {
    let old = SystemTime::now() - Duration::from_secs(2 * 24 * 3_600);
    for entry in std::fs::read_dir(in_library(desk, file)).unwrap() {
        std::fs::File::options().write(true).open(entry.unwrap().path()).unwrap().set_modified(old).unwrap();
    }
}

/// A file that was sent two days ago and that nothing names.
async fn nameless(desk: &TestDesk, name: &str, bytes: Vec<u8>) -> Upload {
    let file = desk.media.take_bytes(name, bytes).await.unwrap();
    age(desk, &file);
    file
}

#[tokio::test]
async fn it_is_kept_for_a_month_and_served_to_nobody() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let file = nameless(&desk, "Bridge at night.png", png(700, 20)).await;
        tidy_uploads(&desk).await.unwrap();
        let place = in_removed(&desk, &file).unwrap();
        assert!(place.ends_with(format!("media/removed/2026-03-02/{}", file.hash())));
        assert!(place.join("original").exists() && place.join("320").exists());
        assert_eq!(lies(&desk, &file), Lies::Removed);

        let (method, headers) = (Method::GET, HeaderMap::new());
        for width in [None, Some(320)] {
            let asked = Asked { method: &method, headers: &headers, width };
            let found = answer(desk.media.files(), &file, &asked, Caching::Public).await.unwrap();
            assert!(found.is_none(), "{width:?}");
        }
        // Where something looked for a file of that name.
        for hash in [format!("removed/2026-03-02/{}", file.hash()), "removed".to_owned()] {
            assert_eq!(desk.store.upload(&hash).await.unwrap(), None);
        }
        let found = desk.media.files().compare(&[]).await.unwrap();
        assert_eq!((found.nameless, found.kept), (0, 0));

        desk.clock.advance(TimeDelta::days(30));
        tidy_uploads(&desk).await.unwrap();
        assert_eq!(lies(&desk, &file), Lies::Removed);
        desk.clock.advance(TimeDelta::days(1));
        tidy_uploads(&desk).await.unwrap();
        assert_eq!(lies(&desk, &file), Lies::Nowhere);
        assert!(!place.parent().unwrap().exists(), "the day's directory goes with its last file");
    }
}

#[tokio::test]
async fn what_is_sent_again_or_named_again_is_back() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        // Sent again.
        let sent = nameless(&desk, "a.png", png(700, 20)).await;
        tidy_uploads(&desk).await.unwrap();
        assert_eq!(lies(&desk, &sent), Lies::Removed);
        assert_eq!(keep(&desk, "b.png", png(700, 20)).await.hash(), sent.hash());
        assert_eq!(lies(&desk, &sent), Lies::Library);
        tidy_uploads(&desk).await.unwrap();
        assert!(desk.media.files().has(&sent).await.unwrap());

        // Moved aside at the moment when it was sent: what makes it known puts it back.
        let known = nameless(&desk, "c.pdf", pdf("c")).await;
        tidy_uploads(&desk).await.unwrap();
        keep_upload(&desk, &User::system(), &known, "c.pdf").await.unwrap();
        assert_eq!(lies(&desk, &known), Lies::Library);

        // Named again, as after a backup was restored; also when its month is over.
        let item = media(&desk, "d.png", png(400, 9)).await.draft(&desk).await;
        let named = crate::support::files::file_of(&item.item);
        for days in [0, 60] {
            age(&desk, &named);
            let files = desk.media.files();
            let (now, day) = (SystemTime::now(), desk.clock.now().date_naive());
            assert_eq!(files.move_aside(vec![named.hash().to_owned()], now, day).await.unwrap(), 1);
            desk.clock.advance(TimeDelta::days(days));
            match days {
                0 => restore_named(&desk).await.unwrap(),
                _ => tidy_uploads(&desk).await.unwrap(),
            }
            assert_eq!(lies(&desk, &named), Lies::Library, "after {days} days");
            assert!(files.has(&named).await.unwrap());
        }
    }
}

#[tokio::test]
async fn what_was_written_since_it_was_looked_at_stays() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let file = nameless(&desk, "a.pdf", pdf("a")).await;
    let old = desk.media.files().old().await.unwrap();
    assert_eq!((old.hashes.as_slice(), old.kept), ([file.hash().to_owned()].as_slice(), 1));
    desk.media.take_bytes("a.pdf", pdf("a")).await.unwrap();
    let day = desk.clock.now().date_naive();
    assert_eq!(desk.media.files().move_aside(old.hashes, old.before, day).await.unwrap(), 0);
    assert_eq!(lies(&desk, &file), Lies::Library);
}

/// This desk's library beside another database.
fn beside(library: &TestDesk, other: &TestDesk) -> Desk {
    Desk { media: library.media.clone(), ..other.desk.clone() }
}

#[tokio::test]
async fn a_wrong_database_beside_a_full_library_moves_nothing() {
    for backend in backends() {
        let (right, wrong) = (TestDesk::new(&backend).await, TestDesk::new(&backend).await);
        let mut files = Vec::new();
        for number in 0..21 {
            let file = media(&right, "a.pdf", pdf(&format!("file {number}"))).await.draft(&right).await;
            files.push(crate::support::files::file_of(&file.item));
        }
        // And one that really has no name, which was moved aside long ago.
        let nobodys = nameless(&right, "b.pdf", pdf("nobody's")).await;
        tidy_uploads(&right).await.unwrap();
        assert_eq!(lies(&right, &nobodys), Lies::Removed);
        files.iter().for_each(|file| age(&right, file));

        let wrong = beside(&right, &wrong);
        wrong.clock.advance(TimeDelta::days(60));
        for _ in 0..3 {
            tidy_uploads(&wrong).await.unwrap();
        }
        for file in &files {
            assert_eq!(lies(&right, file), Lies::Library);
        }
        assert_eq!(lies(&right, &nobodys), Lies::Removed, "nor is anything deleted");
        let found = wrong.media.files().compare(&wrong.store.uploads().await.unwrap()).await.unwrap();
        assert!(found.is_too_much(), "{found:?}");

        // As few as twenty go, and are back as soon as their own database is.
        let last = files.pop().unwrap();
        std::fs::remove_dir_all(in_library(&right, &last)).unwrap();
        tidy_uploads(&wrong).await.unwrap();
        for file in &files {
            assert_eq!(lies(&right, file), Lies::Removed);
        }
        let found = right.media.files().compare(&right.store.uploads().await.unwrap()).await.unwrap();
        assert_eq!((found.missing.len(), found.missing_aside), (21, 20));
        restore_named(&right).await.unwrap();
        for file in &files {
            assert!(right.media.files().has(file).await.unwrap());
            assert_eq!(lies(&right, file), Lies::Library);
        }
    }
}

#[tokio::test]
async fn whatever_happens_at_once_it_lies_in_one_place_whole() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let bytes = png(700, 20);
        let file = nameless(&desk, "a.png", bytes.clone()).await;
        let user = User::system();
        for round in 0..60 {
            let tidy = async {
                tidy_uploads(&desk).await.unwrap();
            };
            let back = async {
                if round % 2 == 0 {
                    let _ = desk.media.files().put_back(file.hash()).await.unwrap();
                }
            };
            let send = async {
                if round % 3 > 0 {
                    desk.media.take_bytes("a.png", bytes.clone()).await.unwrap();
                    keep_upload(&desk, &user, &file, "a.png").await.unwrap();
                }
            };
            tokio::join!(tidy, back, send);
            let lies = lies(&desk, &file);
            match desk.store.upload(file.hash()).await.unwrap() {
                Some(_) => assert!(desk.media.files().has(&file).await.unwrap(), "round {round}: {lies:?}"),
                None => assert_ne!(lies, Lies::Nowhere, "round {round}"),
            }
            if lies == Lies::Library {
                age(&desk, &file);
            }
            // Nobody has used it: it is forgotten, and has no name in the next round.
            desk.clock.advance(TimeDelta::hours(25));
        }
    }
}

#[tokio::test]
async fn administrators_see_it_and_put_it_back() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let mut admin = app.user("administrator").await;
        let page = admin.get("/admin/media/removed").await;
        assert_eq!(
            (page.status, page.texts(".empty h2")),
            (StatusCode::OK, vec!["No removed files".to_owned()])
        );

        let picture = nameless(&app.desk, "Bridge at night.png", png(700, 20)).await;
        let paper = nameless(&app.desk, "Minutes.pdf", pdf("minutes")).await;
        // Sent to an earlier release, which kept no names.
        std::fs::remove_file(in_library(&app.desk, &paper).join("name")).unwrap();
        tidy_uploads(&app.desk).await.unwrap();
        let library = admin.get("/admin/media").await;
        assert_eq!(library.texts("a[href='/admin/media/removed']"), ["Removed files"]);
        let page = admin.get("/admin/media/removed").await;
        let mut names = page.texts(".card b");
        names.sort();
        assert_eq!(names, ["Bridge at night.png".to_owned(), format!("File {}…", &paper.hash()[..12])]);
        let said = page.texts(".card small");
        assert!(said.contains(&"Removed on 2 March 2026".to_owned()), "{said:?}");
        assert!(said.contains(&"Kept until 1 April 2026".to_owned()), "{said:?}");
        let shown = page.attribute(".card img", "src").unwrap();
        let image = admin.get(&shown).await;
        assert_eq!(
            (image.status, image.headers["content-type"].to_str().unwrap()),
            (StatusCode::OK, "image/png")
        );
        assert_eq!(image.headers["x-content-type-options"], "nosniff");
        let address = format!("/admin/media/removed/{}", picture.hash());
        assert_eq!(shown, address);
        assert_eq!(
            admin.get(&format!("/admin/media/removed/{}", paper.hash())).await.status,
            StatusCode::NOT_FOUND
        );

        // Nobody else sees, or puts back.
        let mut editor = app.user("editor").await;
        assert!(!editor.get("/admin/media").await.has("a[href='/admin/media/removed']"));
        for (what, page) in [
            ("list", editor.get("/admin/media/removed").await),
            ("picture", editor.get(&address).await),
            ("put back", editor.post(&address, &[]).await),
        ] {
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{what}");
        }
        assert_eq!(lies(&app.desk, &picture), Lies::Removed);

        let button = format!("form[action='{address}'] button");
        assert_eq!(page.attribute(&button, "aria-label").unwrap(), "Put back Bridge at night.png");
        let done = admin.post(&address, &[]).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/admin/media/removed?done=back"));
        assert!(admin.get(done.location()).await.texts(".flash-success")[0].starts_with("Put back."));
        assert_eq!(lies(&app.desk, &picture), Lies::Library);
        // As if it were written just now.
        tidy_uploads(&app.desk).await.unwrap();
        assert_eq!(lies(&app.desk, &picture), Lies::Library);
        let log = app.desk.store.audit(None, 1).await.unwrap();
        assert_eq!((log[0].verb.as_str(), log[0].detail.as_str()), ("put_back", picture.hash()));

        // Pressed twice, or in vain.
        let again = admin.post(&address, &[]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.texts(".flash-error")[0].contains("does not lie here any more"));
        for wrong in ["x", "..", "2026-03-02", &"A".repeat(64)] {
            let page = admin.post(&format!("/admin/media/removed/{wrong}"), &[]).await;
            assert!(
                [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&page.status),
                "{wrong}"
            );
        }
    }
}

#[tokio::test]
async fn a_long_list_is_cut_and_says_so() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let day = app.desk.dir.path().join("media/removed/2026-02-01");
    for number in 0..=removed::LISTED {
        std::fs::create_dir_all(day.join(format!("{number:064x}"))).unwrap();
    }
    // What is no file of ours is none.
    std::fs::create_dir_all(app.desk.dir.path().join("media/removed/lost+found")).unwrap();
    std::fs::write(day.join("notes.txt"), "x").unwrap();
    let mut admin = app.user("administrator").await;
    let page = admin.get("/admin/media/removed").await;
    assert_eq!(page.texts(".card").len(), removed::LISTED);
    assert_eq!(page.texts("h1 .count"), ["201"]);
    assert_eq!(page.texts("main p.help"), ["These are the newest 200 of 201."]);
    assert_eq!(app.desk.media.files().put_back(&"f".repeat(64)).await.unwrap(), PutBack::Unknown);
}

/// Where a file can be deleted, and which: none of them is one of the library but what lay aside for a month, or
/// lies in the library a second time.
const DELETES: [(&str, &str); 18] = [
    // The list of files that an upgrade has closed, as it was half written.
    ("editing/upgrade.rs", "std::fs::remove_file(&aside)"),
    // What was moved aside or erased, for good; and a day's directory, where it is empty.
    ("media/removed.rs", "std::fs::remove_dir_all(dir)"),
    ("media/removed.rs", "dir.parent().map(std::fs::remove_dir)"),
    ("media/removed.rs", "from.parent().map(std::fs::remove_dir)"),
    // What somebody began to send.
    ("media/storage.rs", "std::fs::remove_file(file)"),
    ("media/take.rs", "std::fs::remove_file(&self.0)"),
    // The copy of a database on which an upgrade was planned, or a backup verified.
    ("app/migrate.rs", "std::fs::remove_dir_all(&dir)"),
    ("app/backup/verify.rs", "fs::remove_dir_all(&dir)"),
    // What was made ready to be put back, once it is or where it was not finished.
    ("app/backup/ready.rs", "fs::remove_dir_all(dir)"),
    // Copies of before, where somebody who erases says so.
    ("app/erasure.rs", "std::fs::remove_dir_all(copy)"),
    ("app/erasure.rs", "std::fs::remove_file(copy)"),
    // A copy of a library or a database that was not finished; the empty log of one that was.
    ("app/backup/restore.rs", "fs::remove_dir_all(to)"),
    ("app/backup/take.rs", "fs::remove_file(to.join(format!(\"{DATABASE}{suffix}\")))"),
    ("store/migrate.rs", "std::fs::remove_file(part)"),
    ("store/compact.rs", "std::fs::remove_file(file)"),
    // What was written to see whether it can be; the note of a backup as it was half written.
    ("app/room.rs", "fs::remove_file(&file)"),
    ("app/backup/note.rs", "fs::remove_file(&fresh)"),
    // A read store, which is built anew.
    ("published/opening.rs", "std::fs::remove_file(filename::with_end(file, suffix))"),
];

#[test]
fn nothing_else_deletes_files() {
    fn sources(dir: &std::path::Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut found = Vec::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        for line in text.lines() {
            // Also of a store of objects.
            if ["remove_file", "remove_dir", ".delete(&key"].iter().any(|verb| line.contains(verb)) {
                found.push((name.clone(), line.trim().to_owned()));
            }
        }
    }
    for (name, line) in &found {
        assert!(DELETES.iter().any(|(at, verb)| at == name && line.contains(verb)), "{name}: {line}");
    }
    assert_eq!(found.len(), DELETES.len(), "{found:?}");
}
