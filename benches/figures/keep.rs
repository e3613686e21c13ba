//! What is kept of every save: ten thousand autosaves of a long text, what they take in the database beside
//! whole texts, what each takes of time, reading old ones, and pruning them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use recto::clock::Clock;
use recto::content::{Item, Value, by_name, snapshot, text};
use recto::editing::{Desk, Edit, Retention, User, autosave, prune, save};
use recto::store::Stored;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::content::{close, open};
use crate::show::{heading, line, mb, median, ms, often};

const SAVES: usize = 10_000;
/// How many paragraphs make a text of 56 kB.
const PARAGRAPHS: usize = 290;
/// What is typed in three seconds, the pause after which a form saves itself.
const TYPED: [&str; 8] =
    ["and so the ", "evidence ", "of trust, ", "which we ", "found ", "in twelve ", "cities. ", "Later "];

pub async fn measure() {
    heading("what is kept of every save", ["", "whole texts", "at most"]);
    let dir = tempfile::tempdir().unwrap();
    let mut desk = open(dir.path(), &Arc::new(AtomicU64::new(0))).await;
    // Time passes as somebody writes, and then for a year.
    desk.clock = Clock::held(Clock::system().now() - TimeDelta::days(400));
    let mut stored = begun(&desk).await;
    let before = size(dir.path()).await;
    let (mut times, mut whole) = (Vec::with_capacity(SAVES), 0);
    for number in 0..SAVES {
        let item = typed(&stored.item, number);
        whole += snapshot::write(&item).to_string().len() as u64;
        desk.clock.advance(TimeDelta::seconds(10));
        let begun = Instant::now();
        stored = autosave(&desk, &User::system(), Edit::of(&stored, item)).await.unwrap();
        times.push(begun.elapsed());
    }
    let after = size(dir.path()).await;
    let length = stored.item.text("body").len() as u64;
    line("the text, at the end", &format!("{} kB", length / 1_000), "", "");
    line("10,000 autosaves add", &mb(after.saturating_sub(before)), &mb(whole), "20.0 MB");
    line("one of them, the middle one", &ms(median(times.clone())), "", "15.00 ms");
    times.sort_unstable();
    line("one of them, 99 of 100", &ms(times[SAVES * 99 / 100]), "", "");
    read(&desk, &stored).await;
    pruned(&desk, dir.path()).await;
    close(desk).await;
}

/// A news item with a long text of its own words.
async fn begun(desk: &Desk) -> Stored {
    let news = by_name("news").unwrap();
    let body: String = (0..PARAGRAPHS)
        .map(|at| {
            let words = (0..32).map(|word| format!("w{:x} ", (at * 7_919 + word * 104_729) % 65_521));
            format!("<p>{}</p>", words.collect::<String>())
        })
        .collect();
    let mut item = Item::new(news, recto::content::Id::new(desk.clock.now()));
    item.set("title", Value::Text("Kept".into()));
    item.set("body", text::parse(&news.field("body").unwrap().kind, &body).unwrap());
    save(desk, &User::system(), &[Edit::new(item)]).await.unwrap().remove(0)
}

/// The item with some words more, where somebody is writing by then; what is too long is cut.
fn typed(item: &Item, number: usize) -> Item {
    let body = item.text("body");
    let paragraph = number / 60 % PARAGRAPHS;
    let at = body.match_indices("</p>").nth(paragraph).map_or(0, |(at, _)| at);
    let mut changed = format!("{}{}{}", &body[..at], TYPED[number % TYPED.len()], &body[at..]);
    if number % 60 == 59 {
        // What was written in this paragraph is made one sentence.
        let from = changed[..at].rfind("<p>").unwrap() + 3 + 160;
        let to = from + changed[from..].find("</p>").unwrap();
        changed.replace_range(from..to, "in short ");
    }
    let mut item = item.clone();
    let kind = item.content_type.field("body").unwrap().kind;
    item.set("body", text::parse(&kind, &changed).unwrap());
    item
}

/// What the database takes, its log folded in.
async fn size(dir: &Path) -> u64 {
    let options = SqliteConnectOptions::new().filename(dir.join("recto.db"));
    let mut fold = options.connect().await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut fold).await.unwrap();
    fold.close().await.unwrap();
    std::fs::metadata(dir.join("recto.db")).unwrap().len()
}

async fn read(desk: &Desk, stored: &Stored) {
    let (of, id, last) = (stored.item.content_type, stored.item.id, stored.meta.version);
    let mut version = last;
    let one = often(60, async || {
        version -= 1;
        desk.store.revision(of, id, version).await.unwrap().unwrap();
    })
    .await;
    line("an old version read", &ms(one), "", "15.00 ms");
    let versions: Vec<i64> = (last - 20..last).collect();
    let many = often(10, async || {
        assert_eq!(desk.store.revisions(of, id, &versions).await.unwrap().len(), 20);
    })
    .await;
    line("twenty of them", &ms(many), "", "");
}

async fn pruned(desk: &Desk, dir: &Path) {
    desk.clock.advance(TimeDelta::days(398));
    let before = size(dir).await;
    let begun = Instant::now();
    let rule = Retention::of_days(8, 90, 0);
    let done = prune(&desk.store, &desk.clock, &User::system(), &rule, false).await.unwrap();
    let took: Duration = begun.elapsed();
    desk.store.give_back().await.unwrap();
    let after = size(dir).await;
    line(&format!("pruned: {} of {} versions gone", done.removed, done.revisions), &ms(took), "", "");
    line("the file is smaller by", &mb(before.saturating_sub(after)), &mb(before), "");
}
