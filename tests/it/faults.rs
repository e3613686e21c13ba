//! What the machine does to us: locks, full disks, lost connections, damaged files. Nobody is told
//! that it was their fault, nothing typed is lost, nothing is half written.

mod machine;
mod postgres;

use std::time::Duration;

use axum::http::StatusCode;
use recto::admin::Settings;
use recto::clock::Clock;
use recto::content::{TYPES, Value};
use recto::editing::{Desk, Edit, User, publish, save};
use recto::error::Error;
use recto::store::{Store, Stored};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};

use crate::support::app::{Client, Form, Page};
use crate::support::build::{self, theme};
use crate::support::{Backend, TestApp, TestDesk, backends};

/// Long enough for a lock that is let go, short enough for one that is not.
const PATIENCE: Duration = Duration::from_millis(200);

/// An admin that does not wait long.
async fn app(backend: &Backend) -> TestApp {
    hasty(TestDesk::new(backend).await).await
}

/// The same over a desk that is there.
async fn hasty(mut desk: TestDesk) -> TestApp {
    desk.desk.store = Store::open_patient(&desk.url, None, PATIENCE).await.unwrap();
    TestApp::over(desk, Settings { public_base: "http://api.test".into(), ..Settings::default() })
}

/// Another program at the same database.
async fn other(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Working rows, revisions, publications, audit and read stores say the same.
async fn assert_whole(desk: &TestDesk) {
    let db = other(&desk.url).await;
    for wrong in [
        "SELECT count(*) FROM item WHERE version <> (SELECT count(*) FROM revision WHERE item_id = item.id)",
        "SELECT count(*) FROM item WHERE version <> (SELECT max(version) FROM revision WHERE item_id = item.id)",
        "SELECT count(*) FROM item WHERE version <> (SELECT count(*) FROM audit \
         WHERE item_id = item.id AND verb IN ('create', 'save', 'reorder'))",
        "SELECT count(*) FROM item WHERE (published_version IS NOT NULL) <> EXISTS \
         (SELECT 1 FROM publication WHERE item_id = item.id AND document IS NOT NULL)",
        "SELECT count(*) FROM item WHERE first_published_at IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM audit WHERE item_id = item.id AND verb = 'publish')",
        "SELECT count(*) FROM publication WHERE item_id NOT IN (SELECT item_id FROM audit WHERE verb = 'publish')",
    ] {
        assert_eq!(number(&db, wrong).await, 0, "{wrong}");
    }
    let mut items = 0;
    for content_type in TYPES {
        let sql = format!("SELECT id FROM item WHERE type = '{}'", content_type.name);
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        let ids: Vec<_> =
            rows.iter().map(|row| row.try_get::<String>("", "id").unwrap().parse().unwrap()).collect();
        for stored in desk.store.items(content_type, &ids).await.unwrap() {
            items += 1;
            let version = stored.meta.version;
            let revision = desk.store.revision(content_type, stored.item.id, version).await.unwrap();
            assert_eq!(revision.as_ref(), Some(&stored.item));
        }
    }
    assert_eq!(number(&db, "SELECT count(*) FROM item").await, items);
    db.close().await.unwrap();
    desk.catch_up(&|_, _| ()).await.unwrap();
    let (published, changed) = desk.store.newest().await.unwrap();
    assert_eq!(desk.published.sequence().await.unwrap(), published);
    assert_eq!(desk.drafts.sequence().await.unwrap(), changed);
}

/// Opens an item's form and types into it.
async fn typed(client: &mut Client, stored: &Stored, name: &str, text: &str) -> Form {
    let page = client.get(&format!("/admin/{}/{}", stored.item.content_type.plural, stored.item.id)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.form().fill(name, text)
}

/// The server could not, says what to do, and has kept what was typed.
fn assert_kept(page: &Page, name: &str, text: &str) {
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.body);
    assert!(page.body.contains("try again") || page.body.contains("ask whoever"), "{}", page.body);
    let typed = page.attribute(&format!("[name={name}]"), "value");
    let typed = typed.or_else(|| page.texts(&format!("textarea[name={name}]")).pop());
    assert_eq!(typed.as_deref(), Some(text), "{}", page.body);
}

#[tokio::test]
async fn a_database_that_others_lock_is_waited_for_and_then_told() {
    for backend in backends() {
        let app = app(&backend).await;
        let seen = theme(&app.desk, 1, "One").published(&app.desk).await;
        let mut item = seen.item.clone();
        item.set("summary", Value::Text("To publish".into()));
        save(&app.desk, &User::system(), &[Edit::of(&seen, item)]).await.unwrap();
        let mut editor = app.user("editor").await;
        let form = typed(&mut editor, &seen, "title", "While locked").await;
        let other = other(&app.desk.url).await;
        let begin = match &backend {
            Backend::Sqlite => "BEGIN IMMEDIATE",
            Backend::Postgres(_) => "BEGIN; LOCK TABLE item, revision, audit, publication IN EXCLUSIVE MODE",
        };
        other.execute_unprepared(begin).await.unwrap();
        assert_kept(&form.press(&mut editor, "save").await, "title", "While locked");
        assert_kept(&form.press(&mut editor, "trash").await, "title", "While locked");
        let page = editor.post(&format!("{}/publish", form.action), &[("version", "2")]).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.body.contains("try again"), "{}", page.body);
        // Reading goes on.
        assert_eq!(editor.get("/admin/themes").await.status, StatusCode::OK);
        let api = crate::api::Client::new(&app.desk);
        assert_eq!(api.get("/api/v1/themes/one").await.status, 200);
        other.execute_unprepared("ROLLBACK").await.unwrap();
        assert_whole(&app.desk).await;
        let page = form.press(&mut editor, "save").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        assert_eq!(editor.get(&form.action).await.form().get("title"), "While locked");
        assert_whole(&app.desk).await;
    }
}

#[tokio::test]
async fn a_lock_that_is_let_go_in_time_is_nobodys_trouble() {
    for backend in backends() {
        let app = app(&backend).await;
        let seen = theme(&app.desk, 1, "One").draft(&app.desk).await;
        let first = app.desk.store.write().await.unwrap();
        let mut item = seen.item.clone();
        item.set("title", Value::Text("Two".into()));
        let desk = app.desk.desk.clone();
        let second =
            tokio::spawn(async move { save(&desk, &User::system(), &[Edit::of(&seen, item)]).await });
        tokio::task::yield_now().await;
        drop(first);
        assert_eq!(second.await.unwrap().unwrap()[0].item.text("title"), "Two");
    }
}

#[tokio::test]
async fn many_at_once_are_all_heard() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let mut seen = Vec::new();
        for number in 1..=20 {
            seen.push(theme(&desk, number, &format!("Theme {number}")).draft(&desk).await);
        }
        let work = seen.into_iter().map(|stored| {
            let desk = desk.desk.clone();
            tokio::spawn(async move {
                let mut item = stored.item.clone();
                item.set("summary", Value::Text("Later".into()));
                let user = User::system();
                let saved = save(&desk, &user, &[Edit::of(&stored, item)]).await.unwrap();
                let version = Some(saved[0].meta.version);
                publish(&desk, &user, stored.item.id, version, &[]).await.unwrap();
            })
        });
        let readers = (0..10).map(|_| {
            let client = crate::api::Client::new(&desk);
            tokio::spawn(async move {
                let mut most = 0;
                for _ in 0..10 {
                    let answer = client.get("/api/v1/themes?limit=100").await;
                    let total = answer.json()["page"]["total"].as_u64().unwrap();
                    assert_eq!(answer.all("summary"), vec!["Later"; usize::try_from(total).unwrap()]);
                    assert!(total >= most, "what was published is gone");
                    most = total;
                }
            })
        });
        let work: Vec<_> = work.collect();
        let readers: Vec<_> = readers.collect();
        for one in work.into_iter().chain(readers) {
            one.await.unwrap();
        }
        let client = crate::api::Client::new(&desk);
        assert_eq!(client.get("/api/v1/themes?limit=100").await.all("summary").len(), 20);
        assert_whole(&desk).await;
    }
}

#[tokio::test]
async fn a_public_store_that_is_damaged_while_it_is_read_is_no_panic() {
    for backend in backends() {
        let app = app(&backend).await;
        let seen = theme(&app.desk, 1, "One").published(&app.desk).await;
        let mut editor = app.user("editor").await;
        let form = typed(&mut editor, &seen, "title", "Two").await;
        let file = app.desk.dir.path().join("public.db");
        let api = crate::api::Client::new(&app.desk);
        for file in [file.clone(), app.desk.dir.path().join("public.db-wal")] {
            let length = std::fs::metadata(&file).unwrap().len();
            std::fs::write(&file, vec![0xa5_u8; usize::try_from(length).unwrap()]).unwrap();
        }
        for path in ["/api/v1/themes", "/api/v1/themes/one", "/api/v1/search?q=one", "/api/v1/site"] {
            let answer = api.get(path).await;
            assert!(matches!(answer.status, 200 | 503), "{path}: {} {}", answer.status, answer.text);
            assert!(answer.status == 200 || answer.header("retry-after") == "5");
        }
        // The editors' work does not depend on it.
        assert_eq!(form.press(&mut editor, "save").await.status, StatusCode::SEE_OTHER);
        let error = publish(&app.desk, &User::system(), seen.item.id, None, &[]).await;
        assert!(matches!(&error, Ok(_) | Err(Error::Unavailable(_))), "{error:?}");
        // The next start builds it anew.
        let again = reopened(&app.desk).await;
        let api = crate::api::Client::new(&again);
        assert_eq!(api.get("/api/v1/themes/one").await.json()["data"]["title"], "Two");
    }
}

#[tokio::test]
async fn a_public_store_that_is_damaged_at_the_start_is_built_anew() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        theme(&desk, 1, "One").published(&desk).await;
        let whole = std::fs::read(desk.dir.path().join("public.db")).unwrap();
        for damage in [Vec::new(), b"no database".to_vec(), vec![0; 4096], whole[..whole.len() / 2].to_vec()]
        {
            for name in ["public.db", "drafts.db"] {
                for suffix in ["-wal", "-shm"] {
                    let _ = std::fs::remove_file(desk.dir.path().join(format!("{name}{suffix}")));
                }
                std::fs::write(desk.dir.path().join(name), &damage).unwrap();
            }
            let again = reopened(&desk).await;
            let api = crate::api::Client::new(&again);
            assert_eq!(api.get("/api/v1/themes/one").await.status, 200);
            again.published.close().await;
            again.drafts.close().await;
        }
    }
}

/// The same database and directory, as the next process finds them.
async fn reopened(desk: &TestDesk) -> Desk {
    let clock = Clock::held(desk.clock.now());
    crate::support::database::open(&desk.url, desk.dir.path().to_owned(), clock, None).await
}

/// A project with a row, whose save writes into many tables.
async fn project(desk: &Desk) -> Stored {
    let theme = theme(desk, 9, "Nine").published(desk).await;
    let project = build::project(desk, &theme, "9.1", "Nine one").published(desk).await;
    build::output(desk, Some(&project), "Row", 2020).await.draft(desk).await;
    project
}
