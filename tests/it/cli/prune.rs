//! `recto prune`: what it says, beside a Recto that serves, and ended at any moment.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use recto::app::Parts;
use recto::clock::Clock;
use recto::content::{Id, Value};
use recto::editing::{Edit, User, publish, save};

use super::Place;
use crate::support::build::theme;

const SAVES: usize = 400;

/// Themes that somebody wrote at for hours, half a year ago. Gives what was said in each version, and the one
/// that was published.
async fn written(place: &Place) -> (BTreeMap<(Id, i64), String>, (Id, i64)) {
    let clock = Clock::held(Clock::system().now() - TimeDelta::days(200));
    let parts = Parts::open(&place.config(), clock.clone()).await.unwrap();
    let desk = &parts.desk;
    let mut said = BTreeMap::new();
    let mut published = None;
    for number in 1..=2 {
        let mut stored = theme(desk, number, &format!("Theme {number}")).draft(desk).await;
        for save_number in 0..SAVES {
            clock.advance(TimeDelta::seconds(30));
            let mut item = stored.item.clone();
            item.set("summary", Value::Text(format!("Sentence {save_number}. ").repeat(40).into()));
            stored = save(desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap().remove(0);
            if save_number == 70 {
                publish(desk, &User::system(), stored.item.id, None, &[]).await.unwrap();
                published = Some((stored.item.id, stored.meta.version));
            }
        }
        for version in 1..=stored.meta.version {
            let text = desk.store.revision_text(stored.item.id, version).await.unwrap().unwrap();
            said.insert((stored.item.id, version), text);
        }
    }
    parts.close().await;
    (said, published.unwrap())
}

/// What is kept, each read back as it was.
async fn kept(place: &Place, said: &BTreeMap<(Id, i64), String>) -> Vec<(Id, i64)> {
    let parts = place.parts().await;
    let mut kept = Vec::new();
    for (key, text) in said {
        if let Some(read) = parts.desk.store.revision_text(key.0, key.1).await.unwrap() {
            assert_eq!(&read, text, "{key:?}");
            kept.push(*key);
        }
    }
    parts.close().await;
    kept
}

#[tokio::test]
async fn it_goes_on_where_it_was_killed_and_says_what_it_did() {
    let place = Place::new();
    let (said, published) = written(&place).await;
    let dry = place.run(&["prune", "--dry-run"]);
    assert_eq!(dry.code, 0, "{dry:?}");
    // Two hundred minutes of each are one day; what was published, the first and the last stay.
    assert!(dry.out.contains("2 items have 802 versions."), "{}", dry.out);
    assert!(dry.out.contains("versions would be removed"), "{}", dry.out);
    assert_eq!(kept(&place, &said).await.len(), said.len());
    let mut left = said.len();
    for wait in [20, 60, 120, 200, 300] {
        let mut child = place.command(&["prune"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = kept(&place, &said).await;
        assert!(now.len() <= left && now.contains(&published));
        left = now.len();
    }
    // Beside one that serves.
    let serving = place.start(&["serve", "--listen", "127.0.0.1:0"], "API:");
    let done = place.run(&["prune"]);
    assert_eq!(done.code, 0, "{done:?}");
    drop(serving);
    let kept = kept(&place, &said).await;
    assert!(kept.contains(&published), "{kept:?}");
    assert!((6..=8).contains(&kept.len()), "{kept:?}");
    let again = place.run(&["prune"]);
    assert!(again.out.contains("0 versions removed"), "{}", again.out);
    let log = place.parts().await.desk.store.audit(None, 1).await.unwrap().remove(0);
    assert_eq!((log.verb.as_str(), log.account), ("prune", None));
}

#[test]
fn settings_that_would_lose_what_browsers_keep_are_refused() {
    let place = Place::new();
    let mut command = place.command(&["prune"]);
    let said = super::said(command.env("RECTO_VERSIONS_ALL_DAYS", "3").output().unwrap());
    assert_eq!(said.code, 1);
    assert!(said.err.contains("versions_all_days") && said.err.contains("from 8 to"), "{}", said.err);
}
