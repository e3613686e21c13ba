//! What was published or withdrawn since: the list and the stream.

use std::collections::HashMap;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use recto::api::{ApiConfig, router};
use recto::editing::{User, save, unpublish};
use recto::published::PublishedStore;
use serde_json::Value as Json;
use tokio::sync::watch;
use tower::ServiceExt as _;

use crate::api::{Client, ThePage, change, page, stable};
use crate::support::build;
use crate::support::{Backend, TestDesk, backends};

/// Every change after a cursor, in parts of two.
async fn all(client: &Client, since: &str) -> (Vec<Json>, String) {
    let mut changes = Vec::new();
    let mut since = since.to_owned();
    loop {
        let address = match since.is_empty() {
            true => "/api/v1/changes?limit=2".to_owned(),
            false => format!("/api/v1/changes?limit=2&since={since}"),
        };
        let answer = client.get(&address).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let json = answer.json();
        changes.extend(json["data"].as_array().unwrap().clone());
        since = json["page"]["next"].as_str().unwrap().to_owned();
        let more = json["page"]["more"].as_bool().unwrap();
        assert_eq!(json["links"]["next"].is_string(), more);
        assert_eq!(answer.header("link").is_empty(), !more);
        if !more {
            assert_eq!(json["page"]["latest"], since);
            return (changes, since);
        }
    }
}

fn told(changes: &[Json]) -> Vec<(&str, &str)> {
    changes.iter().map(|one| (one["slug"].as_str().unwrap(), one["change"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn changes_show_each_item_once_at_its_newest_place() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let found = ThePage::new(&desk).await;
        let client = Client::new(&desk);
        let user = User::system();
        let (everything, latest) = all(&client, "").await;
        let mut ids: Vec<&Json> = everything.iter().map(|one| &one["id"]).collect();
        let number = ids.len();
        ids.sort_by_key(|id| id.to_string());
        ids.dedup();
        assert_eq!(ids.len(), number);
        assert!(all(&client, &latest).await.0.is_empty());

        let first = build::news(&desk, "First", "2026-01-01").links("projects", &[&found.project]);
        let first = first.published(&desk).await;
        let second = build::news(&desk, "Second", "2026-01-02").published(&desk).await;
        let half = all(&client, &latest).await.1;
        let first = change(&desk, &first, |item| item.slug = "renamed".to_owned()).await;
        let about = page(&desk, "About", "about", None).await;
        page(&desk, "Team", "team", Some(&about)).await;
        unpublish(&desk, &user, second.item.id).await.unwrap();
        unpublish(&desk, &user, found.project.item.id).await.unwrap();
        // Nobody is told of drafts.
        let draft = build::news(&desk, "Draft", "2026-01-01").draft(&desk).await;
        save(&desk, &user, &[recto::editing::Edit::of(&first, first.item.clone())]).await.unwrap();
        recto::editing::trash(&desk, &user, draft.item.id).await.unwrap();

        let (changes, newest) = all(&client, &latest).await;
        assert_eq!(
            told(&changes),
            [
                ("renamed", "published"),
                ("about", "published"),
                ("team", "published"),
                ("second", "withdrawn"),
                ("organisational-learning", "withdrawn")
            ]
        );
        insta::assert_json_snapshot!("changes", stable(&Json::from(changes.clone()).to_string()));
        // Whoever had seen a part of it sees the rest, and that what they saw has changed.
        assert_eq!(all(&client, &half).await.0, changes);
        assert!(all(&client, &newest).await.0.is_empty());

        // As after the store's file was removed.
        let identity = desk.store.identity().await.unwrap();
        let empty = desk.published.anew(&identity, &HashMap::new()).await.unwrap();
        empty.finish(false, &|_| ()).await.unwrap();
        assert_eq!(client.get(&format!("/api/v1/changes?since={newest}")).await.faults(), ["since ahead"]);
        desk.catch_up(&|_, _| ()).await.unwrap();
        assert_eq!(all(&client, &latest).await.0, changes, "built anew, it says the same");
    }
}

#[tokio::test]
async fn a_cursor_is_ours_or_refused() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    for wrong in ["", "x", "12", "YWZ0ZXIgLTE", "YWZ0ZXIg", "YWZ0ZXIgOTk5OTk5OTk5OTk5OTk5OTk5OTk5"] {
        for address in ["/api/v1/changes", "/api/v1/changes/stream"] {
            let answer = client.get(&format!("{address}?since={wrong}")).await;
            assert_eq!(answer.faults(), ["since malformed"], "{wrong}");
        }
    }
    assert_eq!(client.get("/api/v1/changes?limit=101&x=1").await.status, 400);
    assert_eq!(client.get("/api/v1/changes/stream?limit=1").await.status, 400);
}

#[tokio::test]
async fn changes_take_no_more_statements_for_more_rows() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let few = client.statements("/api/v1/changes?limit=2").await;
    assert_eq!(client.statements("/api/v1/changes?limit=100").await, few);
    assert!(few <= 6, "{few}");
}

/// Somebody who listens.
struct Listener(Body);

/// One event as it came.
#[derive(Debug, Default, PartialEq)]
struct Event {
    id: String,
    name: String,
    data: String,
}

impl Listener {
    async fn new(router: &Router, address: &str, last: Option<&str>) -> Self {
        let mut request = Request::get(address);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(!response.headers().contains_key("etag"));
        Self(response.into_body())
    }

    /// The next event; none at the end.
    async fn next(&mut self) -> Option<Event> {
        let frame = self.0.frame().await?.unwrap().into_data().unwrap();
        let text = String::from_utf8(frame.to_vec()).unwrap();
        assert!(text.ends_with("\n\n"), "{text}");
        let field = |name: &str| {
            let found = text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
            found.unwrap_or_default().to_owned()
        };
        Some(Event { id: field("id"), name: field("event"), data: field("data") })
    }
}

const STREAM: &str = "/api/v1/changes/stream";

fn served(store: &PublishedStore, desk: &TestDesk, ended: Option<watch::Receiver<bool>>) -> Router {
    router(store.clone(), ApiConfig { ended, ..ApiConfig::default() }, desk.clock.clone())
}

#[tokio::test]
async fn a_stream_tells_what_happens() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        ThePage::new(&desk).await;
        let client = Client::new(&desk);
        // One in the process that publishes, one that only has the file.
        let apart = PublishedStore::open(&desk.dir.path().join("public.db")).await.unwrap();
        for store in [desk.published.reader().clone(), apart] {
            let latest = client.get("/api/v1/changes").await.json()["page"]["latest"].clone();
            let (end, ended) = watch::channel(false);
            let router = served(&store, &desk, Some(ended));
            let mut listener = Listener::new(&router, STREAM, None).await;
            let mut early = Listener::new(&router, STREAM, None).await;
            let beginning = listener.next().await.unwrap();
            assert_eq!((beginning.id.as_str(), beginning.data.as_str()), (latest.as_str().unwrap(), ""));
            drop(early.next().await);

            let news = build::news(&desk, "Just now", "2026-01-01").published(&desk).await;
            let event = listener.next().await.unwrap();
            assert_eq!(event.name, "change");
            let listed = client.get(&format!("/api/v1/changes?since={}", beginning.id)).await.json();
            assert_eq!(serde_json::from_str::<Json>(&event.data).unwrap(), listed["data"][0]);
            assert_eq!(event.id, listed["page"]["next"].as_str().unwrap());
            unpublish(&desk, &User::system(), news.item.id).await.unwrap();
            let event = listener.next().await.unwrap();
            assert!(event.data.contains("\"withdrawn\""), "{event:?}");

            // Who comes back gets what was missed: by its own word before the address's.
            let mut back =
                Listener::new(&router, &format!("{STREAM}?since={}", event.id), Some(&beginning.id)).await;
            assert_eq!(back.next().await.unwrap().id, beginning.id);
            assert_eq!(back.next().await.unwrap().id, event.id, "each item once");

            drop(end);
            assert_eq!(listener.next().await, None);
            assert_eq!(back.next().await, None);
        }
    }
}

#[tokio::test]
async fn a_bounded_number_may_listen() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let router = served(desk.published.reader(), &desk, None);
    let mut listeners = Vec::new();
    for _ in 0..100 {
        listeners.push(Listener::new(&router, STREAM, None).await);
    }
    let ask = async || {
        let request = Request::get(STREAM).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap()
    };
    let full = ask().await;
    assert_eq!(full.status(), 503);
    assert_eq!(full.headers()["retry-after"], "5");
    assert_eq!(full.headers()["content-type"], "application/problem+json");
    // A place is free again when somebody goes.
    listeners.pop();
    assert_eq!(ask().await.status(), 200);
}
