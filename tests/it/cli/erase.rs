//! `recto erase`: what it says and asks, beside a Recto that serves, and ended at any moment.

use std::time::{Duration, Instant};

use recto::app::{Ledger, Parts};
use recto::content::Row;
use recto::store::Stored;

use super::{Place, ask};
use crate::people::{author, by};
use crate::support::build::person;

const EMAIL: &str = "ada.king@example.org";

/// Somebody with an output and many versions of both.
async fn ada(parts: &Parts) -> (Stored, Stored) {
    let desk = &parts.desk;
    let ada = person(desk, "Ada", "King").text("email", EMAIL).published(desk).await;
    let credits: Vec<Row> = vec![author("King, A", Some(&ada), true)];
    let mut paper = by(desk, "Paper", credits).await.published(desk).await;
    for number in 0..120 {
        paper = crate::keep::retitle(desk, &paper, &format!("Paper {number}")).await;
    }
    (ada, paper)
}

#[tokio::test]
async fn it_asks_and_readers_see_nothing_of_them_any_more() {
    let place = Place::new();
    let parts = place.parts().await;
    let (ada, _) = ada(&parts).await;
    parts.close().await;
    std::fs::write(place.file("recto.db.before-m0009"), "a copy").unwrap();
    let serving = place.start(&["serve", "--listen", "127.0.0.1:0"], "API:");
    let get = |path: &str| ask(&serving.api(), &format!("GET /api/v1/{path}"), "", "").unwrap();
    assert_eq!(get(&format!("people/{}", ada.item.slug)).status, 200);
    assert!(get("outputs").body.contains(&ada.item.id.to_string()));

    let said = place.run(&["erase", "person", EMAIL]);
    assert_eq!((said.code, said.err.as_str()), (1, "Nothing was erased.\n"));
    assert!(said.out.contains("Ada King") && said.out.contains("1 items link to it"), "{}", said.out);
    assert!(!place.file("erased.jsonl").exists());
    assert_eq!(get(&format!("people/{}", ada.item.slug)).status, 200);
    assert!(place.run(&["erase", "person", "nobody@example.org"]).refused().contains("Nobody is called"));

    let said = place.run_with(&["erase", "person", EMAIL, "--delete-copies"], "yes\n").well();
    for told in
        ["Erased 1 records", "erased.jsonl", "recto.key", "recto.db.before-m0009", "They are deleted."]
    {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert!(!place.file("recto.db.before-m0009").exists());
    // The process that serves hears of it within a second or two.
    let patience = Instant::now() + Duration::from_secs(30);
    while get(&format!("people/{}", ada.item.slug)).status != 404 {
        assert!(Instant::now() < patience, "readers still see them");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(get(&format!("people/{}", ada.item.id)).status, 404);
    let outputs = get("outputs").body;
    assert!(outputs.contains("King, A") && !outputs.contains(&ada.item.id.to_string()), "{outputs}");
    assert!(
        place.run(&["erase", "person", EMAIL]).well().contains("Erased."),
        "done again it comes to the same"
    );
    drop(serving);
    assert!(!place.run(&["check"]).out.contains("erase"));
}

#[tokio::test]
async fn ended_at_any_moment_it_is_done_again_by_the_id() {
    let place = Place::new();
    let parts = place.parts().await;
    let (ada, paper) = ada(&parts).await;
    parts.close().await;
    let id = ada.item.id.to_string();
    let mut called = [&id, EMAIL].into_iter().cycle();
    for wait in [30, 60, 90, 120, 150, 200, 250, 350, 500] {
        let who = called.next().unwrap();
        let mut child = place.command(&["erase", "person", who, "--yes"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        let parts = place.parts().await;
        let there = parts.desk.store.item(ada.item.id).await.is_ok();
        let public = parts.desk.published.reader().get(&id).await.unwrap().is_some();
        assert_eq!(there, public, "all of it or nothing is seen");
        let credits = parts.desk.store.item(paper.item.id).await.unwrap().item.rows("authors")[0].clone();
        assert_eq!(credits.target.is_some(), there);
        parts.close().await;
    }
    // Also where nothing but the list knows of them any more.
    for _ in 0..2 {
        place.run(&["erase", "person", &id, "--yes"]).well();
    }
    let parts = place.parts().await;
    assert!(parts.desk.store.naming(&[ada.item.id]).await.unwrap().is_empty());
    let ledger = Ledger::at(&place.file("erased.jsonl"), &place.config()).unwrap();
    assert!(ledger.lines().iter().all(|line| line.id == id) && !ledger.lines().is_empty());
    parts.close().await;
}

#[tokio::test]
async fn an_account_goes_but_not_the_last_administrators() {
    let place = Place::new();
    let add = |email: &str, role: &str| {
        let args =
            ["user", "add", "--email", email, "--name", "Somebody", "--role", role, "--password-stdin"];
        place.run_with(&args, "a sound of many waters 71\n").well();
    };
    add("admin@example.org", "administrator");
    add(EMAIL, "editor");
    assert!(
        place.run(&["erase", "account", "admin@example.org", "--yes"]).err.contains("last administrator")
    );
    assert!(!place.file("erased.jsonl").exists(), "nobody is noted who is not erased");
    assert!(place.run(&["erase", "account", EMAIL, "--yes"]).well().contains("Noted in"));
    let users = place.run(&["user", "list"]).well();
    assert!(users.contains("admin@example.org") && !users.contains(EMAIL), "{users}");
    // Where it cannot be noted beside the backups nobody is noted, and nobody is erased.
    std::fs::write(place.file("no-directory"), "").unwrap();
    add("bob@example.org", "editor");
    let mut command = place.command(&["erase", "account", "bob@example.org", "--yes"]);
    let refused = command.env("RECTO_BACKUP_ROOT", place.file("no-directory")).output().unwrap();
    assert!(!refused.status.success());
    assert_eq!(std::fs::read_to_string(place.file("erased.jsonl")).unwrap().lines().count(), 1);
    assert!(place.run(&["user", "list"]).well().contains("bob@example.org"));
    // A list without its key is of no use, and nobody is erased who cannot be noted.
    std::fs::rename(place.file("recto.key"), place.file("elsewhere")).unwrap();
    add(EMAIL, "editor");
    let refused = place.run(&["erase", "account", EMAIL, "--yes"]);
    assert!(refused.err.contains("recto.key") && refused.code == 1, "{refused:?}");
    assert!(place.run(&["user", "list"]).well().contains(EMAIL));
    // A key without its list: somebody was erased, and who it was is lost.
    std::fs::rename(place.file("elsewhere"), place.file("recto.key")).unwrap();
    std::fs::rename(place.file("erased.jsonl"), place.file("list-elsewhere")).unwrap();
    let refused = place.run(&["erase", "account", EMAIL, "--yes"]);
    assert!(refused.err.contains("the list is lost") && refused.code == 1, "{refused:?}");
    place.run(&["backup", &place.file("a-backup").display().to_string()]).well();
    let refused = place.run(&["restore", &place.file("a-backup").display().to_string(), "--ledger", "none"]);
    assert!(refused.err.contains("the list is lost") && refused.code == 1, "{refused:?}");
    assert!(place.run(&["check"]).out.contains("the list is lost"));
    std::fs::create_dir(place.file("restoring")).unwrap();
    assert!(place.run(&["check"]).out.contains("A restore was ended"));
    std::fs::remove_dir(place.file("restoring")).unwrap();
    // What an operator has called like that is theirs.
    std::fs::create_dir(place.file("before-restore-notes")).unwrap();
    std::fs::write(place.file("restoring-howto.txt"), "").unwrap();
    std::fs::create_dir(place.file("before-restore-20260101T000000Z")).unwrap();
    let copies = recto::app::copies(&place.config());
    assert_eq!(copies, [place.file("before-restore-20260101T000000Z")]);
    // A restore has to be told.
    assert_eq!(place.run(&["restore", "somewhere"]).code, 2);
}
