//! What was acknowledged survives SIGKILL at any moment.

use std::time::{Duration, Instant};

use axum::http::{HeaderMap, StatusCode};
use recto::content::by_name;
use recto::published::Select;
use sea_orm::ConnectionTrait as _;

use super::{Answer, Place, Serving, ask};
use crate::support::app::Page;

const PASSWORD: &str = "wandering-otter-lantern-91";

/// Somebody at a browser.
struct Editor {
    host: String,
    cookie: String,
}

impl Editor {
    fn sign_in(serving: &Serving) -> Self {
        let host = serving.admin();
        let answer =
            ask(&host, "POST /admin/sign-in", "", &format!("email=ada%40example.org&password={PASSWORD}"));
        let answer = answer.unwrap();
        assert_eq!(answer.status, 303, "{answer:?}");
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self { host, cookie }
    }

    fn ask(&self, request: &str, body: &str) -> std::io::Result<Answer> {
        ask(&self.host, request, &format!("cookie: {}\r\n", self.cookie), body)
    }

    /// Makes a theme and publishes nothing; gives whether the server said that it is saved.
    fn save(&self, number: usize) -> std::io::Result<bool> {
        let page = self.ask("GET /admin/themes/new", "")?;
        let page = Page {
            status: StatusCode::from_u16(page.status).unwrap(),
            headers: HeaderMap::new(),
            body: page.body,
        };
        let form = page.form().fill("number", &number.to_string()).fill("title", &format!("Kept {number}"));
        let mut pairs = form.pairs.clone();
        pairs.push(("do".to_owned(), "save".to_owned()));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let answer = self.ask(&format!("POST {}", form.action), &body)?;
        Ok(answer.status == 303)
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let place = Place::new();
    let add = [
        "user",
        "add",
        "--email",
        "ada@example.org",
        "--name",
        "Ada",
        "--role",
        "administrator",
        "--password-stdin",
    ];
    place.run_with(&add, PASSWORD).well();
    let mut kept = Vec::new();
    let mut next = 1;
    for round in 0..4 {
        let mut serving = place.start(&["serve", "--listen", "127.0.0.1:0"], "API:");
        let editor = Editor::sign_in(&serving);
        let begun = Instant::now();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(400 + 137 * round));
            serving.kill();
        });
        // Saves until the server is gone in the middle of one.
        while let Ok(saved) = editor.save(next) {
            assert!(saved, "theme {next} was refused");
            kept.push(next);
            next += 1;
            assert!(begun.elapsed() < Duration::from_secs(20));
        }
        // Saved or not, nobody was told.
        next += 1;
        killer.join().unwrap();
    }
    assert!(kept.len() > 8, "{kept:?}");

    let parts = place.parts().await;
    assert_eq!(parts.desk.store.check().await.unwrap(), Vec::<String>::new());
    let select = Select { limit: 10_000, ..Select::of(by_name("theme").unwrap()) };
    let there = parts.desk.lists().list(&select).await.unwrap();
    let numbers: Vec<i64> = there.items.iter().filter_map(|theme| theme.json["number"].as_i64()).collect();
    for number in kept {
        assert!(numbers.contains(&i64::try_from(number).unwrap()), "theme {number} is lost");
    }
    assert!(numbers.len() < next);
    parts.close().await;
    let mut check = place.command(&["check"]);
    let said = super::said(check.env("RECTO_BACKUP_WARN_DAYS", "0").output().unwrap()).well();
    assert_eq!(said, "Nothing is wrong.\n");
}

/// A database has a rollback journal until it gets its write-ahead log: who was killed with one at work left something
/// that has to be taken back before anybody can read, and a look takes it back.
#[tokio::test]
async fn what_was_begun_without_a_log_is_taken_back() {
    let place = Place::new();
    place.parts().await.close().await;
    let db = sea_orm::Database::connect(one_connection(&place)).await.unwrap();
    // The cache holds less than is written, so that some of it is in the file already.
    for sql in [
        "PRAGMA journal_mode = DELETE",
        "PRAGMA cache_size = 5",
        "BEGIN IMMEDIATE",
        "CREATE TABLE much AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) \
         SELECT randomblob(4000) FROM n",
        "UPDATE item SET version = version + 1",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    let killed = Place::new();
    std::fs::create_dir(killed.data()).unwrap();
    for name in ["recto.db", "recto.db-journal"] {
        std::fs::copy(place.file(name), killed.file(name)).unwrap();
    }
    db.close().await.unwrap();
    assert!(killed.file("recto.db-journal").metadata().unwrap().len() > 512);

    let parts = killed.parts().await;
    assert_eq!(parts.desk.store.check().await.unwrap(), Vec::<String>::new());
    parts.close().await;
    let db = sea_orm::Database::connect(one_connection(&killed)).await.unwrap();
    assert!(db.execute_unprepared("SELECT 1 FROM much").await.is_err());
    db.close().await.unwrap();
}

fn one_connection(place: &Place) -> sea_orm::ConnectOptions {
    let mut options =
        sea_orm::ConnectOptions::new(format!("sqlite://{}?mode=rwc", place.file("recto.db").display()));
    options.max_connections(1).sqlx_logging(false);
    options
}
