//! Answers kept in memory: told again for nothing, never told too long, in every coding.

use std::io::Read as _;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request};
use chrono::TimeDelta;
use futures_util::future::join_all;
use http_body_util::BodyExt as _;
use recto::api::{ApiConfig, MEMORY, router};
use recto::content::Value;
use recto::editing::follow_publications;
use recto::published::PublishedStore;
use tower::ServiceExt as _;

use crate::api::{ThePage, change};
use crate::support::build;
use crate::support::database::open;
use crate::support::{Backend, TestDesk};

const PROJECT: &str = "/api/v1/projects/3.07";
const UPCOMING: &str = "/api/v1/events?when=upcoming";

struct Client {
    router: Router,
    store: PublishedStore,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }
}

impl Client {
    fn new(desk: &TestDesk, store: PublishedStore) -> Self {
        let config = ApiConfig { memory: MEMORY, ..ApiConfig::default() };
        Self { router: router(store.clone(), config, desk.clock.clone()), store }
    }

    async fn ask(&self, method: &str, address: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    async fn get(&self, address: &str) -> Answer {
        self.ask("GET", address, &[]).await
    }
}

#[tokio::test]
async fn what_another_process_publishes_ends_what_one_that_writes_the_same_store_has_in_memory() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    // Two that serve from one data directory: each believes that it alone moves the store's number.
    let other = open(&desk.url, desk.dir.path().to_owned(), desk.clock.clone(), None).await;
    let there = Client::new(&desk, other.published.reader().clone());
    there.get(PROJECT).await;
    let before = there.store.statements();
    there.get(PROJECT).await;
    assert_eq!(there.store.statements(), before, "it is not told from memory");
    change(&desk, &page.project, |item| item.set("title", Value::Text("Published here".into()))).await;
    follow_publications(&other.store, &other.published, &|_| ()).await.unwrap();
    let answer = there.get(PROJECT).await;
    assert!(answer.text().contains("Published here"), "{}", answer.text());
}

#[tokio::test]
async fn what_was_told_is_told_again_until_something_is_published() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let here = Client::new(&desk, desk.published.reader().clone());
    // As another process has it: it opens the file alone.
    let there = PublishedStore::open(&desk.dir.path().join("public.db")).await.unwrap();
    let there = Client::new(&desk, there);
    let first = here.get(PROJECT).await;
    assert_eq!(there.get(PROJECT).await.text(), first.text());
    let before = here.store.statements();
    for _ in 0..5 {
        assert_eq!(here.get(PROJECT).await.text(), first.text());
    }
    assert_eq!(here.store.statements(), before, "answers from memory take no statement");

    let title = |number: i32| format!("Organisational learning, part {number}");
    let mut project = page.project;
    for number in 0..20 {
        project = change(&desk, &project, |item| item.set("title", Value::Text(title(number).into()))).await;
        for client in [&here, &there] {
            let answer = client.get(PROJECT).await;
            assert!(answer.text().contains(&title(number)), "{number}: {}", answer.text());
            assert_ne!(answer.header("etag"), first.header("etag"));
        }
    }
}

#[tokio::test]
async fn what_time_changes_is_not_kept_longer() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let event = build::event(&desk, "The annual lecture", "2026-03-02T10:00");
    event.text("end", "2026-03-02T12:00").published(&desk).await;
    let client = Client::new(&desk, desk.published.reader().clone());
    let first = client.get(UPCOMING).await;
    assert!(first.text().contains("The annual lecture"));
    assert!(first.header("cache-control").ends_with("max-age=60"));
    let end = "2026-03-02T12:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    desk.clock.advance(end - desk.clock.now() - TimeDelta::seconds(10));
    let last = client.get(UPCOMING).await;
    assert_eq!(last.text(), first.text());
    assert!(last.header("cache-control").ends_with("max-age=10"), "{}", last.header("cache-control"));
    desk.clock.advance(TimeDelta::seconds(10));
    let over = client.get(UPCOMING).await;
    assert!(!over.text().contains("The annual lecture"));
    assert!(over.header("cache-control").ends_with("max-age=60"));
}

#[tokio::test]
async fn each_coding_has_its_own_tag_and_the_same_text() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk, desk.published.reader().clone());
    let plain = client.get(PROJECT).await;
    assert_eq!(plain.header("content-encoding"), "");
    let mut tags = vec![plain.header("etag").to_owned()];
    for coding in ["gzip", "br", "zstd"] {
        let coded = client.ask("GET", PROJECT, &[("accept-encoding", coding)]).await;
        assert_eq!(coded.header("content-encoding"), coding);
        assert_eq!(coded.header("vary"), plain.header("vary"));
        assert_eq!(coded.header("content-length"), coded.body.len().to_string());
        assert!(coded.body.len() * 2 < plain.body.len(), "{coding}");
        let mut text = String::new();
        match coding {
            "gzip" => flate2::read::GzDecoder::new(&coded.body[..]).read_to_string(&mut text).unwrap(),
            "br" => brotli::Decompressor::new(&coded.body[..], 4_096).read_to_string(&mut text).unwrap(),
            _ => zstd::Decoder::new(&coded.body[..]).unwrap().read_to_string(&mut text).unwrap(),
        };
        assert_eq!(text, plain.text());
        let tag = coded.header("etag").to_owned();
        let known = client.ask("GET", PROJECT, &[("accept-encoding", coding), ("if-none-match", &tag)]).await;
        assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, tag.as_str()));
        assert_eq!(known.header("content-encoding"), "");
        // The tag of one coding is not that of the text as it is.
        let other = client.ask("GET", PROJECT, &[("if-none-match", &tag)]).await;
        assert_eq!(other.status, 200);
        tags.push(tag);
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 4, "{tags:?}");
    // What fits into a packet is sent as it is.
    let short = client.ask("GET", "/api/v1/news?fields=title", &[("accept-encoding", "gzip")]).await;
    assert_eq!((short.status, short.header("content-encoding")), (200, ""));
}

#[tokio::test]
async fn many_who_ask_at_once_cost_as_much_as_one() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk, desk.published.reader().clone());
    let before = client.store.statements();
    let answers = join_all((0..50).map(|_| client.get(PROJECT))).await;
    assert_eq!(client.store.statements() - before, 1);
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.body == answers[0].body));
    // What is not kept is answered to everybody all the same.
    let answers = join_all((0..50).map(|_| client.get("/api/v1/projects/nowhere"))).await;
    assert!(answers.iter().all(|answer| answer.status == 404 && !answer.body.is_empty()));
}

#[tokio::test]
async fn a_head_is_the_get_without_its_body() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk, desk.published.reader().clone());
    for address in [PROJECT, "/api/v1/outputs", "/openapi.json"] {
        // Asked for first: what is kept must be whole.
        let head = client.ask("HEAD", address, &[]).await;
        let get = client.get(address).await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{address}");
        assert!(!get.body.is_empty());
        assert_eq!(head.headers, get.headers, "{address}");
    }
    let absent = client.ask("HEAD", "/api/v1/projects/nowhere", &[]).await;
    assert_eq!((absent.status, absent.body.len()), (404, 0));
}
