//! Forms with much markup while others are being read: one of each account at a time, the rest wait, and
//! whoever waits in vain has what they typed.

use std::sync::mpsc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use recto::admin::{DecodePool, Settings};
use serde_json::Value as Json;

use crate::support::build;
use crate::support::{Backend, TestApp, TestDesk, now};

/// More than is read at once.
fn long(words: &str) -> String {
    format!("<p>{}</p>", format!("{words} ").repeat(3_000 / words.len()))
}

/// Takes an account's place until what comes back is used.
async fn hold(pool: &DecodePool, account: &str) -> (mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
    let (end, ended) = mpsc::channel::<()>();
    let (begin, begun) = tokio::sync::oneshot::channel();
    let (pool, account) = (pool.clone(), account.to_owned());
    let held = tokio::spawn(async move {
        let work = move || {
            begin.send(()).unwrap();
            let _ = ended.recv();
        };
        pool.run(&account, work).await.unwrap();
    });
    begun.await.unwrap();
    (end, held)
}

async fn account(app: &TestApp, role: &str) -> String {
    app.desk.store.account_by_email(&format!("{role}@example.org")).await.unwrap().unwrap().id
}

#[tokio::test]
async fn who_waits_in_vain_keeps_what_they_typed() {
    let pool = DecodePool::new(Duration::ZERO);
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let app = TestApp::over_with(desk, Settings::default(), pool.clone());
    let news = build::news(&app.desk, "News", "2026-03-01").draft(&app.desk).await;
    let path = format!("/admin/news/{}", news.item.id);
    let mut editor = app.user("editor").await;
    let mut other = app.user("administrator").await;
    let form = editor.get(&path).await.form();
    let text = long("Kept words");
    let (end, held) = hold(&pool, &account(&app, "editor").await).await;

    let page = form.clone().fill("body", &text).press(&mut editor, "save").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.texts(".oops p")[0].contains("busy with other texts"), "{}", page.body);
    let again = page.form_of(".oops form");
    assert_eq!((again.action.as_str(), again.get("body"), again.get("do")), (path.as_str(), &*text, "save"));

    // A form that saves itself is told so, and tries again.
    let pairs = form.clone().fill("body", &text).pairs;
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let request = Request::post(format!("{path}/autosave"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(Body::from(body))
        .unwrap();
    let page = editor.send(request).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    let json: Json = serde_json::from_str(&page.body).unwrap();
    assert!(json["said"].as_str().unwrap().contains("busy with other texts"), "{json}");

    // So is whoever has signed in for it.
    let typed = form_urlencoded::Serializer::new(String::new()).append_pair("body", &text).finish();
    let asks = [
        ("email", "editor@example.org"),
        ("password", crate::support::app::PASSWORD),
        ("next", path.as_str()),
        ("resume", typed.as_str()),
    ];
    let page = app.stranger().post("/admin/sign-in", &asks).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.form_of(".oops form").get("body"), text);
    assert_eq!(now(&app.desk, &news).await, news);

    // What is short, and what others write, is not kept waiting.
    let page = form.clone().fill("body", "<p>Short</p>").press(&mut editor, "save").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let page = other.get(&path).await.form().fill("body", &text).press(&mut other, "save").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);

    end.send(()).unwrap();
    held.await.unwrap();
    let text = long("Written later");
    let page = editor.get(&path).await.form().fill("body", &text).press(&mut editor, "save").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    assert!(
        recto::content::text::print(now(&app.desk, &news).await.item.get("body")).contains("Written later")
    );
}
