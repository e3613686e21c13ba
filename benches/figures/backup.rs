//! A backup of a hundred thousand outputs while editors save, putting it back, the first start after that, and
//! erasing somebody.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use recto::app::{Parts, backup, erase_people, restore, verify};
use recto::clock::Clock;
use recto::config::{Config, Layers};
use recto::content::{Value, by_name};
use recto::editing::{Desk, Edit, User, look_at_erasure, save};
use recto::published::Select;
use recto::store::Stored;
use tokio::sync::Mutex;
use tokio::time::MissedTickBehavior;

use crate::content::{build, close, open};
use crate::show::{heading, line, mb, ms, rate};

const OUTPUTS: usize = 100_000;
/// The time between two saves of one editor, so that all of them make two hundred a second.
const EVERY: Duration = Duration::from_millis(320);
/// How long is saved without a backup.
const ALONE: Duration = Duration::from_secs(10);
/// How many editors write, each in an output of their own.
const OPEN: i64 = 64;

/// Over a directory that holds the content, or over one that is made for it.
pub async fn measure(dir: Option<&str>) {
    let (made, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let dir = dir.map_or(made.path(), Path::new);
    let desk = open(dir, &Arc::new(AtomicU64::new(0))).await;
    if dir == made.path() {
        build(&desk, OUTPUTS).await;
    }
    heading("backup of 100,000 outputs", ["", "without", "at most"]);
    let config = settings(dir);
    let to = other.path().join("backup");
    let opened = opened(&desk).await;
    // What a hundred thousand publications have left to be folded and merged is not the editors'.
    saving(&desk, &opened, tokio::time::sleep(ALONE)).await;
    let (alone, _) = saving(&desk, &opened, tokio::time::sleep(ALONE)).await;
    line("saves a second, without", &rate(alone.len() as f64 / ALONE.as_secs_f64()), "", "");
    let begun = Instant::now();
    let clock = Clock::system();
    let taking = async {
        let taken = backup(&config, &to, &clock, &|_, _| ()).await.unwrap();
        (taken, begun.elapsed())
    };
    let (beside, (taken, took)) = saving(&desk, &opened, taking).await;
    line("saves a second, beside", &rate(beside.len() as f64 / took.as_secs_f64()), "", "");
    close(desk).await;
    line("the backup, beside 200 saves a second", &ms(took), "", "20,000 ms");
    line("its size", &mb(taken.bytes), "", "");
    line("a save, the middle one", &ms(part(&beside, 50)), &ms(part(&alone, 50)), "");
    line("a save, 99 of 100", &ms(part(&beside, 99)), &ms(part(&alone, 99)), &ms(part(&alone, 99) * 2));
    line("the longest", &ms(part(&beside, 100)), &ms(part(&alone, 100)), "");

    let begun = Instant::now();
    assert!(verify(&to, other.path(), &|_| ()).await.unwrap().is_empty());
    line("verified", &ms(begun.elapsed()), "", "");
    let there = settings(&other.path().join("there"));
    let begun = Instant::now();
    restore(&there, &to, None, &clock, &|_, _| ()).await.unwrap();
    let restored = begun.elapsed();
    line("put back", &ms(restored), "", "60,000 ms");
    let begun = Instant::now();
    let parts = Parts::open(&there, clock.clone()).await.unwrap();
    line("the first start after it", &ms(begun.elapsed()), "", "");
    let begun = Instant::now();
    parts.desk.rebuild(&|_, _| ()).await.unwrap();
    line("both read stores built anew", &ms(begun.elapsed()), "", "20,000 ms");
    let somebody = Select { limit: 1, ..Select::of(by_name("person").unwrap()) };
    let id = parts.desk.lists().list(&somebody).await.unwrap().items.remove(0).id;
    let begun = Instant::now();
    let erasure = look_at_erasure(&parts.desk, &User::system(), &id).await.unwrap();
    let done = erase_people(&there, &parts, &erasure).await.unwrap();
    line(&format!("an author of {} outputs erased", done.erased.unlinked), &ms(begun.elapsed()), "", "");
    parts.close().await;
}

fn settings(dir: &Path) -> Config {
    let flags = vec![("data_dir", dir.display().to_string())];
    Config::load(&Layers { flags, ..Layers::default() }).unwrap()
}

/// The outputs that the editors have open.
async fn opened(desk: &Desk) -> Vec<Arc<Mutex<Stored>>> {
    let output = by_name("output").unwrap();
    let select = Select { limit: OPEN, ..Select::of(output) };
    let found = desk.lists().list(&select).await.unwrap().items;
    let ids: Vec<_> = found.iter().map(|one| one.id.parse().unwrap()).collect();
    let stored = desk.store.items(output, &ids).await.unwrap();
    stored.into_iter().map(|one| Arc::new(Mutex::new(one))).collect()
}

/// Saves two hundred times a second until something else is done, and says how long each save took.
async fn saving<T>(
    desk: &Desk,
    opened: &[Arc<Mutex<Stored>>],
    until: impl Future<Output = T>,
) -> (Vec<Duration>, T) {
    let ended = Arc::new(AtomicBool::new(false));
    let editors: Vec<_> = opened
        .iter()
        .enumerate()
        .map(|(at, stored)| {
            let (desk, stored, ended) = (desk.clone(), stored.clone(), ended.clone());
            tokio::spawn(async move {
                let (mut stored, mut times) = (stored.lock().await, Vec::new());
                let begin = tokio::time::Instant::now() + EVERY * u32::try_from(at).unwrap() / 64;
                let mut ticks = tokio::time::interval_at(begin, EVERY);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                while !ended.load(Ordering::Relaxed) {
                    ticks.tick().await;
                    let mut item = stored.item.clone();
                    let note = format!("Noted {} in version {}", at, stored.meta.version);
                    item.set("note", Value::Text(note.as_str().into()));
                    let begun = Instant::now();
                    *stored =
                        save(&desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap().remove(0);
                    times.push(begun.elapsed());
                }
                times
            })
        })
        .collect();
    let outcome = until.await;
    ended.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for one in editors {
        times.extend(one.await.unwrap());
    }
    times.sort_unstable();
    (times, outcome)
}

/// The time that so many of a hundred do not exceed.
fn part(times: &[Duration], percent: usize) -> Duration {
    times[(times.len() * percent / 100).min(times.len() - 1)]
}
