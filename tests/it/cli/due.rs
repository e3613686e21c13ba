//! What is due is done once, on one node and on two, whenever they are killed.

use std::time::Duration;

use chrono::TimeDelta;
use recto::app::Parts;
use recto::clock::Clock;
use recto::config::{Config, Layers};
use recto::content::Id;
use recto::editing::{User, publish};
use recto::store::Reason;

use super::{Place, Serving};
use crate::support::files::{media, pdf};
use crate::support::{Backend, TestDesk, backends, build};

const OUTPUTS: usize = 24;

/// The settings of one node on this database.
fn config(place: &Place, shared: &Place, database: &str) -> Config {
    let flags = vec![
        ("data_dir", place.data().display().to_string()),
        ("media_dir", shared.data().join("media").display().to_string()),
        ("database", database.to_owned()),
    ];
    Config::load(&Layers { flags, ..Layers::default() }).unwrap()
}

fn start(place: &Place, shared: &Place, database: &str) -> Serving {
    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("RECTO_DATABASE", database).env("RECTO_MEDIA_DIR", shared.data().join("media"));
    Place::serving(command.stderr(std::process::Stdio::inherit()), "API:")
}

/// Outputs whose embargoes have ended by now, published days before that.
async fn outputs(config: &Config) -> Vec<Id> {
    let now = Clock::system().now();
    let parts = Parts::open(config, Clock::held(now - TimeDelta::days(9))).await.unwrap();
    let desk = &parts.desk;
    let until = (now - TimeDelta::days(2)).date_naive().to_string();
    let mut made = Vec::new();
    for number in 0..OUTPUTS {
        let file = media(desk, &format!("{number}.pdf"), pdf(&number.to_string())).await.draft(desk).await;
        let output = build::output(desk, None, &format!("Output {number}"), 2026)
            .await
            .text("availability", "embargoed")
            .text("embargo_until", &until)
            .one("file", file.item.id)
            .draft(desk)
            .await;
        publish(desk, &User::system(), output.item.id, None, &[file.item.id]).await.unwrap();
        made.push(output.item.id);
    }
    parts.close().await;
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_done_once_whoever_is_killed() {
    for backend in backends() {
        let places = [Place::new(), Place::new()];
        let database = match &backend {
            Backend::Sqlite => format!("sqlite:{}", places[0].file("recto.db").display()),
            Backend::Postgres(_) => TestDesk::empty(&backend).await.url,
        };
        // A SQLite file has one node.
        let nodes = if backend == Backend::Sqlite { 1 } else { 2 };
        let config = config(&places[0], &places[0], &database);
        let made = outputs(&config).await;
        for round in 0..8_u64 {
            let mut serving: Vec<Serving> =
                places[..nodes].iter().map(|place| start(place, &places[0], &database)).collect();
            tokio::time::sleep(Duration::from_millis(7 * round * round)).await;
            let first = usize::try_from(round).unwrap() % nodes;
            serving[first].kill();
            serving.iter_mut().for_each(Serving::kill);
        }
        let parts = Parts::open(&config, Clock::system()).await.unwrap();
        recto::editing::do_due(&parts.desk).await.unwrap();
        assert!(parts.desk.store.all_due(10).await.unwrap().is_empty());
        let log = parts.desk.store.publication_log(None, 0, 10_000).await.unwrap();
        for id in made {
            let ended = log.iter().filter(|line| line.id == id && line.reason == Reason::Embargo);
            assert_eq!(ended.count(), 1);
        }
        let opened = log.iter().filter(|line| line.reason == Reason::File && line.version.is_some());
        assert_eq!(opened.count(), OUTPUTS);
        let numbers: Vec<i64> = log.iter().map(|line| line.sequence).collect();
        assert_eq!(numbers, (1..=parts.desk.store.newest().await.unwrap().0).collect::<Vec<_>>());
        parts.close().await;
    }
}
