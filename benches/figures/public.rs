//! The public API's figures, each beside its reference in the same run: a bare server that tells the
//! same bytes from memory, and a server with a statement written by hand for each answer.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use crate::bare::{Told, Way};
use crate::load::{Load, ask, load, request};
use crate::program::{Running, leave_their_core};
use crate::show::{heading, line, mb, median, ms, often, rate, us};
use crate::{content, sql};
use recto::content::{Id, Value, by_name};
use recto::editing::{Desk, Edit, User, publish, save};
use serde_json::Value as Json;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// How long each server is asked at a time, and how often they take turns.
const TURN: Duration = Duration::from_millis(1_500);
const TURNS: usize = 4;

const SEARCH: &str = "Q5 search";

/// What is asked of each server.
struct Question {
    name: &'static str,
    addresses: Vec<String>,
}

fn questions() -> Vec<Question> {
    let one = |name, address: &str| Question { name, addresses: vec![address.to_owned()] };
    let projects = (0..content::STEADY_PROJECTS).map(content::code);
    let years = 2014..=2025;
    let kinds = ["board-report", "academic-paper"];
    let outputs =
        years.flat_map(|year| kinds.map(|kind| format!("/api/v1/outputs?type={kind}&year={year}&limit=20")));
    let words = ["fatigue", "harm+custody", "resilience+patrol+trust", "neighb", "digital"];
    vec![
        Question {
            name: "Q1 a project's page, 50 outputs",
            addresses: projects.map(|code| format!("/api/v1/projects/{code}")).collect(),
        },
        Question { name: "Q2 20 outputs by type and year", addresses: outputs.collect() },
        one("Q3 the latest 5 news", "/api/v1/news?limit=5"),
        one("Q4 the next 5 events", "/api/v1/events?when=upcoming&limit=5"),
        Question {
            name: SEARCH,
            addresses: words.iter().map(|words| format!("/api/v1/search?q={words}&limit=20")).collect(),
        },
    ]
}

pub async fn measure(sizes: &[&str]) {
    let sizes: Vec<usize> = sizes.iter().map(|size| size.parse().unwrap()).collect();
    let sizes = if sizes.is_empty() { SIZES.to_vec() } else { sizes };
    let mut cold: Vec<(usize, Vec<f64>)> = Vec::new();
    let mut publishing = Vec::new();
    for size in sizes {
        let dir = tempfile::tempdir().unwrap();
        leave_their_core(false);
        let desk = content::open(dir.path(), &Arc::new(AtomicU64::new(0))).await;
        let begun = Instant::now();
        let outputs = content::build(&desk, size).await;
        while desk.published.prepare(1_000).await.unwrap() > 0 {}
        println!("\n{size} outputs, made and published in {:.0} s", begun.elapsed().as_secs_f64());
        publishing.push((size, publish_one(&desk, &outputs).await));
        let reference = dir.path().join("reference.db");
        sql::fill(&desk, &reference).await;
        content::close(desk).await;

        leave_their_core(true);
        same_answers(dir.path(), &reference).await;
        cold.push((size, cold_answers(dir.path(), &reference).await));
        hot_answers(dir.path()).await;
        start_and_memory(dir.path()).await;
        leave_their_core(false);
        rebuild(dir.path(), size).await;
    }
    growth(&cold, &publishing);
}

/// Makes so many outputs, and what goes with them, in a directory that stays.
pub async fn keep(size: &str, dir: &str) {
    let dir = Path::new(dir);
    std::fs::create_dir_all(dir).unwrap();
    let desk = content::open(dir, &Arc::new(AtomicU64::new(0))).await;
    content::build(&desk, size.parse().unwrap()).await;
    while desk.published.prepare(1_000).await.unwrap() > 0 {}
    content::close(desk).await;
}

/// What a stranger to both would ask first: do they say the same?
async fn same_answers(dir: &Path, reference: &Path) {
    let ours = Running::recto(dir, &[("RECTO_ANSWERS_IN_MEMORY", "0")]);
    let theirs = Running::reference(&["sql", &reference.display().to_string()]);
    for Question { name, addresses } in questions() {
        for address in addresses {
            let data = async |running: &Running| {
                let answer = ask(running.address, &address, "").await;
                assert!(answer.head.starts_with("HTTP/1.1 200"), "{address}: {}", answer.head);
                let mut json: Json = serde_json::from_slice(&answer.body).unwrap();
                json["data"].take()
            };
            let (ours, theirs) = (data(&ours).await, data(&theirs).await);
            match name {
                // Which of equally good hits comes first is up to each.
                SEARCH => {
                    assert_eq!(ours.as_array().map(Vec::len), theirs.as_array().map(Vec::len), "{address}")
                }
                _ => assert_eq!(ours, theirs, "{name}: {address}"),
            }
        }
    }
}

/// Turns of two servers at the same requests; the middle of how many times as many answers the first
/// gave, and the first and the second's best.
async fn turns(ours: &Running, theirs: &Running, requests: &Arc<Vec<Vec<u8>>>) -> (f64, Load, Load) {
    for one in [ours, theirs] {
        one.settled().await;
        load(one.address, requests, TURN / 5).await;
    }
    let mut rounds = Vec::new();
    for _ in 0..TURNS {
        let one = load(ours.address, requests, TURN).await;
        let other = load(theirs.address, requests, TURN).await;
        rounds.push((one.rate / other.rate, one, other));
    }
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    rounds.swap_remove(TURNS / 2)
}

async fn cold_answers(dir: &Path, reference: &Path) -> Vec<f64> {
    let ours = Running::recto(dir, &[("RECTO_ANSWERS_IN_MEMORY", "0")]);
    let theirs = Running::reference(&["sql", &reference.display().to_string()]);
    heading("Made anew each time", ["Recto", "SQL by hand", "ratio (≥ 1.0)"]);
    let mut costs = Vec::new();
    for Question { name, addresses } in questions() {
        let requests = addresses.iter().map(|address| request(address, "")).collect();
        let (ratio, one, other) = turns(&ours, &theirs, &Arc::new(requests)).await;
        line(name, &rate(one.rate), &rate(other.rate), &format!("{ratio:.2}"));
        costs.push(1e6 / one.rate);
    }
    costs
}

async fn hot_answers(dir: &Path) {
    let ours = Running::recto(dir, &[]);
    let mut told = Vec::new();
    let all: Vec<String> = questions().into_iter().flat_map(|question| question.addresses).collect();
    for address in &all {
        let way = async |coding: &str| {
            let whole = ask(ours.address, address, coding).await;
            let tag = whole.header("etag").unwrap().to_owned();
            let known = ask(ours.address, address, &format!("{coding}if-none-match: {tag}\r\n")).await;
            assert!(known.head.starts_with("HTTP/1.1 304"), "{}", known.head);
            Way { headers: whole.headers(), known: known.headers(), body: whole.body }
        };
        let ways = [way("").await, way("accept-encoding: gzip\r\n").await];
        told.push(Told { address: address.clone(), ways });
    }
    let file = dir.join("told.json");
    std::fs::write(&file, serde_json::to_vec(&told).unwrap()).unwrap();
    let theirs = Running::reference(&["bare", &file.display().to_string()]);
    heading("From memory", ["Recto", "bare axum", "ratio (≥ 0.9)"]);
    let show = |what: &str, (ratio, one, other): (f64, Load, Load)| {
        line(what, &rate(one.rate), &rate(other.rate), &format!("{ratio:.2}"));
        let p99 = one.p99.as_secs_f64() / other.p99.as_secs_f64();
        line("   99 of 100 within", &us(one.p99), &us(other.p99), &format!("{p99:.2} (≤ 1.2)"));
    };
    for Question { name, addresses } in questions() {
        let requests = addresses.iter().map(|address| request(address, "")).collect();
        show(name, turns(&ours, &theirs, &Arc::new(requests)).await);
    }
    let gzip = all.iter().map(|address| request(address, "accept-encoding: gzip\r\n")).collect();
    show("all of them, gzip", turns(&ours, &theirs, &Arc::new(gzip)).await);
    let known = told.iter().map(|one| {
        let tag = one.ways[0].headers.iter().find(|(name, _)| name == "etag").map(|(_, tag)| tag.as_str());
        request(&one.address, &format!("if-none-match: {}\r\n", tag.unwrap()))
    });
    show("all of them, 304", turns(&ours, &theirs, &Arc::new(known.collect())).await);
}

async fn start_and_memory(dir: &Path) {
    heading("The process", ["", "", "at most"]);
    let mut starts = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        let running = Running::recto(dir, &[]);
        ask(running.address, "/api/v1/projects/1.01", "").await;
        starts.push(begun.elapsed());
    }
    line("start to first answer, everything served", &ms(median(starts)), "", "150 ms");
    let running = Running::recto(dir, &[]);
    for Question { addresses, .. } in questions() {
        let plain: Vec<_> = addresses.iter().map(|address| request(address, "")).collect();
        load(running.address, &Arc::new(plain), TURN).await;
        let coded: Vec<_> =
            addresses.iter().map(|address| request(address, "accept-encoding: br\r\n")).collect();
        load(running.address, &Arc::new(coded), TURN).await;
    }
    // Answers that nobody asks for twice fill the memory for answers.
    let many: Vec<_> = (0..5_000)
        .map(|at| request(&format!("/api/v1/outputs?year={}&limit={}", 2014 + at % 12, at % 100 + 1), ""))
        .collect();
    load(running.address, &Arc::new(many), TURN * 2).await;
    line("anonymous memory after load", &mb(running.anonymous_memory()), "", "80 MB");
}

/// The public store made anew from the publications.
async fn rebuild(dir: &Path, size: usize) {
    std::fs::remove_file(dir.join(recto::app::PUBLIC_FILE)).unwrap();
    let desk = content::open(dir, &Arc::new(AtomicU64::new(0))).await;
    let begun = Instant::now();
    desk.catch_up(&|_, _| ()).await.unwrap();
    let wanted = if size == 100_000 { "20,000 ms" } else { "" };
    line("the public store built anew", &ms(begun.elapsed()), "", wanted);
    content::close(desk).await;
}

/// What one publication costs, read stores included, and whether the next reader sees it.
async fn publish_one(desk: &Desk, outputs: &[Id]) -> Duration {
    let user = User::system();
    let output = by_name("output").unwrap();
    let mut number = 0;
    let mut times = Vec::new();
    often(60, async || {
        let id = outputs[number * 7 % outputs.len()];
        number += 1;
        let stored = desk.store.items(output, &[id]).await.unwrap().remove(0);
        let mut changed = stored.item.clone();
        let title = format!("Published again {number}");
        changed.set("title", Value::Text(title.clone().into()));
        save(desk, &user, &[Edit::of(&stored, changed)]).await.unwrap();
        let begun = Instant::now();
        publish(desk, &user, id, None, &[]).await.unwrap();
        times.push(begun.elapsed());
        let seen = desk.published.reader().get(&id.to_string()).await.unwrap().unwrap();
        assert_eq!(seen.title, title, "published means published");
    })
    .await;
    median(times)
}

fn growth(cold: &[(usize, Vec<f64>)], publishing: &[(usize, Duration)]) {
    let (Some((few, first)), Some((many, last))) = (cold.first(), cold.last()) else { return };
    if few == many {
        return;
    }
    heading(
        "Growth: what an answer costs the core",
        [&format!("at {few}"), &format!("at {many}"), "ratio (≤ 1.3)"],
    );
    for (at, question) in questions().iter().enumerate() {
        let cost = |one: f64| format!("{one:.0} µs");
        line(question.name, &cost(first[at]), &cost(last[at]), &format!("{:.2}", last[at] / first[at]));
    }
    let (one, other) = (publishing[0].1, publishing[publishing.len() - 1].1);
    let ratio = other.as_secs_f64() / one.as_secs_f64();
    line("publishing one output", &ms(one), &ms(other), &format!("{ratio:.2} (≤ 1.5)"));
}
