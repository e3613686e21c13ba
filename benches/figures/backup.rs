//! A backup of a hundred thousand outputs while editors save, putting it back, the first start after that, and
//! erasing somebody.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
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
use crate::show::{heading, line, mb, ms};

const OUTPUTS: usize = 100_000;
/// The time between two saves: two hundred a second.
const EVERY: Duration = Duration::from_millis(5);
/// How long is saved without a backup.
const ALONE: Duration = Duration::from_secs(10);
/// How many outputs the editors have open.
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
    let opened = Arc::new(opened(&desk).await);
    let (alone, _) = saving(&desk, &opened, tokio::time::sleep(ALONE)).await;
    let begun = Instant::now();
    let clock = Clock::system();
    let taking = async {
        let taken = backup(&config, &to, &clock, &|_, _| ()).await.unwrap();
        (taken, begun.elapsed())
    };
    let (beside, (taken, took)) = saving(&desk, &opened, taking).await;
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
async fn opened(desk: &Desk) -> Vec<Mutex<Stored>> {
    let output = by_name("output").unwrap();
    let select = Select { limit: OPEN, ..Select::of(output) };
    let found = desk.lists().list(&select).await.unwrap().items;
    let ids: Vec<_> = found.iter().map(|one| one.id.parse().unwrap()).collect();
    desk.store.items(output, &ids).await.unwrap().into_iter().map(Mutex::new).collect()
}

/// Saves two hundred times a second until something else is done, and says how long each save took from the moment
/// on which it was due.
async fn saving<T>(
    desk: &Desk,
    opened: &Arc<Vec<Mutex<Stored>>>,
    until: impl Future<Output = T>,
) -> (Vec<Duration>, T) {
    tokio::pin!(until);
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut running = Vec::new();
    let mut number = 0;
    let outcome = loop {
        tokio::select! {
            outcome = &mut until => break outcome,
            due = ticks.tick() => {
                let (desk, opened) = (desk.clone(), opened.clone());
                let at = number % opened.len();
                running.push(tokio::spawn(async move {
                    let mut stored = opened[at].lock().await;
                    let mut item = stored.item.clone();
                    item.set("note", Value::Text(format!("Noted {number}").as_str().into()));
                    *stored = save(&desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap().remove(0);
                    due.elapsed()
                }));
                number += 1;
            }
        }
    };
    let mut times = Vec::new();
    for one in running {
        times.push(one.await.unwrap());
    }
    times.sort_unstable();
    (times, outcome)
}

/// The time that so many of a hundred do not exceed.
fn part(times: &[Duration], percent: usize) -> Duration {
    times[(times.len() * percent / 100).min(times.len() - 1)]
}
