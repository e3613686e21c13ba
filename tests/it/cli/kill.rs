//! What was acknowledged survives SIGKILL at any moment.

use std::time::{Duration, Instant};

use axum::http::{HeaderMap, StatusCode};
use recto::content::by_name;
use recto::published::Select;

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
