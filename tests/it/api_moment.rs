//! Reading while others publish and while the public store is built anew: no answer is an error,
//! shows an item in two states, is older than what was published before it was asked for, or has a
//! tag that names other bytes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use recto::api::{ApiConfig, MEMORY, router};
use recto::content::Value;
use recto::published::PublishedStore;
use recto::store::Stored;

use crate::api::{Client, change};
use crate::support::build;
use crate::support::{Backend, TestDesk};

/// How often the item is published.
const TIMES: u64 = 200;

/// What is asked for: each shows the item itself, its face in other items, or both.
const ADDRESSES: [&str; 14] = [
    "/api/v1/projects/1.01",
    "/api/v1/projects/counted?fields=title,summary,outputs(title,projects),breadcrumbs",
    "/api/v1/projects?sort=title",
    "/api/v1/projects?fields=title,summary,theme(title)",
    "/api/v1/projects?q=counter&fields=title,summary",
    "/api/v1/outputs",
    "/api/v1/outputs?fields=title,projects(project)",
    "/api/v1/projects/1.01/outputs?limit=2",
    "/api/v1/themes/theme?fields=title,projects(title,summary)",
    "/api/v1/themes/theme",
    "/api/v1/pages?path=/research/theme/counted",
    "/api/v1/projects/1.01/head",
    "/api/v1/search?q=counter",
    "/api/v1/news.json",
];

/// What all readers have seen.
#[derive(Default)]
struct Seen {
    /// The bytes that each tag names.
    tags: Mutex<HashMap<String, String>>,
    /// The number that was published last.
    published: AtomicU64,
    ended: AtomicBool,
    answers: AtomicU64,
}

/// Every number that an answer shows the item with.
fn numbers(text: &str) -> Vec<u64> {
    let after = text.split("Counter ").skip(1);
    after.filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()).collect()
}

async fn ask(client: &Client, address: &str, seen: &Seen) {
    let before = seen.published.load(Ordering::SeqCst);
    let answer = client.get(address).await;
    assert_eq!(answer.status, 200, "{address}: {}", answer.text);
    let numbers = numbers(&answer.text);
    assert!(!numbers.is_empty() || address.contains("news"), "{address}: {}", answer.text);
    assert!(numbers.windows(2).all(|two| two[0] == two[1]), "{address} shows two states: {}", answer.text);
    assert!(numbers.iter().all(|number| *number >= before), "{address} is older than {before}");
    let tag = format!("{address} {}", answer.header("etag"));
    let known = seen.tags.lock().unwrap().entry(tag).or_insert_with(|| answer.text.clone()).clone();
    assert_eq!(known, answer.text, "{address}");
    let again = client.get_with(address, "if-none-match", answer.header("etag")).await;
    assert!(again.status == 304 || (again.status == 200 && again.text != answer.text), "{address}");
    seen.answers.fetch_add(2, Ordering::Relaxed);
}

async fn count(desk: &TestDesk, project: &Stored, number: u64) -> Stored {
    let text = Value::Text(format!("Counter {number}").into());
    change(desk, project, |item| {
        item.set("title", text.clone());
        item.set("summary", text);
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_see_one_moment() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let theme = build::theme(&desk, 1, "Theme").published(&desk).await;
    let mut project = build::project(&desk, &theme, "1.01", "Counted");
    project.item.slug = "counted".to_owned();
    let mut project = project.published(&desk).await;
    for title in ["One", "Two", "Three"] {
        build::output(&desk, Some(&project), title, 2020).await.published(&desk).await;
    }
    project = count(&desk, &project, 0).await;
    let seen = Arc::new(Seen::default());
    // With a memory, without one, and as another process reads the file.
    let there = PublishedStore::open(&desk.dir.path().join("public.db")).await.unwrap();
    let here = desk.published.reader().clone();
    let mut readers = Vec::new();
    for (number, (store, memory)) in
        [(here.clone(), MEMORY), (here.clone(), 0), (there.clone(), MEMORY), (there, 0)]
            .into_iter()
            .enumerate()
    {
        let config = ApiConfig { memory, ..ApiConfig::default() };
        let client = Client::over(router(store.clone(), config, desk.clock.clone()), store);
        let seen = seen.clone();
        readers.push(tokio::spawn(async move {
            // Each begins somewhere else.
            for address in ADDRESSES.iter().cycle().skip(number * 4) {
                ask(&client, address, &seen).await;
                if seen.ended.load(Ordering::SeqCst) {
                    break;
                }
            }
        }));
    }
    for number in 1..=TIMES {
        project = count(&desk, &project, number).await;
        seen.published.store(number, Ordering::SeqCst);
        // What has ended early has failed.
        if readers.iter().any(|reader| reader.is_finished()) {
            break;
        }
    }
    for _ in 0..5 {
        desk.rebuild(&|_, _| ()).await.unwrap();
    }
    let client = Client::new(&desk);
    seen.ended.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
    for address in ADDRESSES {
        ask(&client, address, &seen).await;
    }
    assert!(seen.answers.load(Ordering::Relaxed) > 200);
}

#[tokio::test]
async fn a_rebuild_that_ends_early_has_changed_nothing() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let theme = build::theme(&desk, 1, "Theme").published(&desk).await;
    build::project(&desk, &theme, "1.01", "Counted").published(&desk).await;
    let client = Client::new(&desk);
    let before = client.get("/api/v1/projects").await;
    let (identity, numbers) =
        (desk.store.identity().await.unwrap(), desk.store.published_numbers().await.unwrap());
    let anew = desk.published.anew(&identity, &numbers).await.unwrap();
    assert_eq!(client.get("/api/v1/projects").await.text, before.text);
    drop(anew);
    assert_eq!(client.get("/api/v1/projects").await.text, before.text);
    // And it can be written again.
    build::project(&desk, &theme, "1.02", "Another").published(&desk).await;
    assert_eq!(client.get("/api/v1/projects").await.json()["page"]["total"], 2);
}
