//! What somebody began from is no longer kept, or never was: every way to save asks, and no text of either
//! side goes unseen. Versions are taken from the database itself, as a later clean-up of old ones will.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::StatusCode;
use recto::cli::{Wishes, export_outputs, import_outputs};
use recto::content::types::OUTPUT;
use recto::content::{Id, Value};
use recto::editing::import::{Choices, take, understand};
use recto::editing::{Edit, User, bulk, import, reorder, save, take_back};
use recto::error::Error;
use recto::import::{Hints, Source};
use recto::store::{Statement, Stored};
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::{Value as Json, json};

use crate::admin_grid::ask;
use crate::support::app::{Client, Form};
use crate::support::build::{self, output, theme};
use crate::support::{TestApp, TestDesk, backends, now, reader};

/// Removes a version of an item from the database.
async fn forget(desk: &TestDesk, id: Id, version: i64) {
    let database = Database::connect(&desk.url).await.unwrap();
    // What is packed with it stands alone from now on.
    for later in version + 1..=desk.store.item(id).await.unwrap().meta.version {
        let Some(text) = desk.store.revision_text(id, later).await.unwrap() else { continue };
        let alone = format!(
            "UPDATE revision SET snapshot = '{}', packed = NULL, keyframe = NULL, digest = NULL \
             WHERE item_id = '{id}' AND version = {later}",
            text.replace('\'', "''")
        );
        database.execute_unprepared(&alone).await.unwrap();
    }
    let delete = format!("DELETE FROM revision WHERE item_id = '{id}' AND version = {version}");
    assert_eq!(database.execute_unprepared(&delete).await.unwrap().rows_affected(), 1);
    database.close().await.unwrap();
}

/// Somebody else's save.
async fn change(desk: &TestDesk, stored: &Stored, field: &str, text: &str) -> Stored {
    let stored = now(desk, stored).await;
    let item = build::Build { item: stored.item.clone() }.text(field, text).item;
    save(desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap().remove(0)
}

fn path(stored: &Stored) -> String {
    format!("/admin/{}/{}", stored.item.content_type.plural, stored.item.id)
}

/// A theme, a form of it in which its summary was typed over, and what somebody else has made of its title since;
/// what the form was made from is gone.
struct Parted {
    theme: Stored,
    theirs: Stored,
    mine: Client,
    form: Form,
}

impl Parted {
    async fn new(app: &TestApp) -> Self {
        let theme = theme(&app.desk, 3, "Base").text("summary", "Base").draft(&app.desk).await;
        let mut mine = app.user("editor").await;
        let form = mine.get(&path(&theme)).await.form().fill("summary", "Mine");
        let theirs = change(&app.desk, &theme, "title", "Theirs").await;
        forget(&app.desk, theme.item.id, 1).await;
        Self { theme, theirs, mine, form }
    }
}

async fn project(desk: &TestDesk) -> Stored {
    let theme = theme(desk, 3, "Leadership").draft(desk).await;
    build::project(desk, &theme, "3.07", "Learning").draft(desk).await
}

/// What stands in a form where what it was made from cannot be looked up: a number that is gone, one that is
/// yet to come, ones that cannot be, and what is none.
const UNKNOWN: [&str; 6] = ["1", "99", "0", "-1", "9223372036854775807", "one"];

#[tokio::test]
async fn a_form_shows_both_sides_of_all_that_differs() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let Parted { theme, theirs, mut mine, form } = Parted::new(&app).await;

        for version in UNKNOWN {
            let page = form.clone().fill("version", version).press(&mut mine, "save").await;
            assert_eq!(page.status, StatusCode::CONFLICT, "{version}");
            let heading = page.texts(".error-summary h2");
            assert_eq!(heading, ["Not saved: what you began from is no longer kept"], "{version}");
            assert_eq!(page.texts(".side .text"), ["Theirs", "Base"], "{version}");
            let shown = page.form();
            assert_eq!((shown.get("title"), shown.get("summary")), ("Base", "Mine"), "{version}");
            assert_eq!(now(&app.desk, &theme).await, theirs, "{version}");
        }

        // Why both are shown is not forgotten over another button, and what was chosen is what is saved.
        let page = form.press(&mut mine, "save").await.form().press(&mut mine, "theirs:title").await;
        assert_eq!(page.texts(".side .text"), ["Base"]);
        assert!(page.texts(".error-summary h2")[0].ends_with("no longer kept"));
        assert_eq!(page.form().press(&mut mine, "save").await.status, StatusCode::SEE_OTHER);
        let saved = now(&app.desk, &theme).await;
        assert_eq!((saved.item.text("title"), saved.item.text("summary")), ("Theirs", "Mine"));
        // Where nothing differs there is nothing to ask.
        let same = mine.get(&path(&theme)).await.form().fill("version", "77");
        assert_eq!(same.press(&mut mine, "save").await.status, StatusCode::SEE_OTHER);
        assert_eq!(now(&app.desk, &theme).await.meta.version, saved.meta.version);
    }
}

#[tokio::test]
async fn a_table_in_a_form_asks_for_each_cell() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let project = project(&app.desk).await;
        let one = output(&app.desk, Some(&project), "One", 2019).await.draft(&app.desk).await;
        let mut two = output(&app.desk, Some(&project), "Two", 2020).await;
        reorder::set_place(&mut two.item, project.item.id, 2_048);
        let two = two.draft(&app.desk).await;
        let mut mine = app.user("editor").await;
        let form = mine.get(&path(&project)).await.form().fill("outputs.0.year", "2001");
        change(&app.desk, &one, "title", "One, theirs").await;
        change(&app.desk, &two, "note", "Theirs").await;
        for output in [&one, &two] {
            forget(&app.desk, output.item.id, 1).await;
        }
        for version in UNKNOWN {
            let form = form.clone().fill("outputs.0.version", version).fill("outputs.1.version", version);
            let page = form.press(&mut mine, "save").await;
            assert_eq!(page.status, StatusCode::CONFLICT, "{version}");
            let said = page.texts("td .error");
            assert_eq!(said.len(), 3, "{version}: {said:?}");
            assert!(said[0].starts_with("This is ‘One, theirs’ by now, and what you began"), "{said:?}");
            assert!(said[1].starts_with("This is ‘2019’ by now"), "{said:?}");
            assert!(said[2].starts_with("This is ‘Theirs’ by now"), "{said:?}");
            assert_eq!(now(&app.desk, &one).await.meta.version, 2);
            assert_eq!(now(&app.desk, &two).await.meta.version, 2);
            let shown = page.form();
            assert_eq!((shown.get("outputs.0.title"), shown.get("outputs.0.year")), ("One", "2001"));
        }
    }
}

#[tokio::test]
async fn a_form_that_saves_itself_stops_and_says_why() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let Parted { theme, theirs, mut mine, form } = Parted::new(&app).await;
        for version in UNKNOWN {
            let page = form.clone().fill("version", version).autosave(&mut mine).await;
            assert_eq!(page.status, StatusCode::CONFLICT, "{version}");
            let answer: Json = serde_json::from_str(&page.body).unwrap();
            let said = "Not saved: somebody else saved this meanwhile, and what you began from is no longer kept. It \
                        differs in Title, Summary. Save to see both sides.";
            assert_eq!(answer, json!({ "outcome": "stopped", "said": said }), "{version}");
            assert_eq!(now(&app.desk, &theme).await, theirs, "{version}");
        }
    }
}

#[tokio::test]
async fn a_row_of_the_grid_is_asked_cell_by_cell() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let project = project(&app.desk).await;
        let one =
            output(&app.desk, Some(&project), "One", 2019).await.text("note", "Base").draft(&app.desk).await;
        let theirs = change(&app.desk, &one, "title", "One, theirs").await;
        forget(&app.desk, one.item.id, 1).await;
        let mut mine = app.user("editor").await;
        for table in [format!("{}/outputs/save", path(&project)), "/admin/outputs/table/save".to_owned()] {
            for version in [1, 99, 0, -1, i64::MAX] {
                // What was emptied is a text of theirs too; what is the same is not asked.
                let cells = json!({ "year": "2001", "note": "", "title": "One, theirs" });
                let rows = json!({ "rows": [{ "id": one.item.id, "version": version, "cells": cells }] });
                let done = ask(&mut mine, &table, &rows).await;
                assert_eq!(done[0]["outcome"], "conflict", "{done}");
                assert_eq!(
                    (&done[0]["clashes"], &done[0]["base_is_gone"]),
                    (&json!(["year", "note"]), &json!(true))
                );
                assert_eq!(now(&app.desk, &one).await, theirs);
            }
        }
        // Without scripts the same table is a form, which sends every cell.
        let form = mine.get("/admin/outputs?as=table").await.form_of(".table-form");
        let page = form
            .fill("outputs.0.version", "1")
            .fill("outputs.0.title", "Mine")
            .press(&mut mine, "save")
            .await;
        let said = page.texts("td .error");
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].contains("what you began from is no longer kept. This is ‘One, theirs’ by now."),
            "{said:?}"
        );
        assert_eq!(now(&app.desk, &one).await, theirs);
    }
}

#[tokio::test]
async fn what_is_new_and_was_sent_twice_is_compared_with_the_first() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let mut mine = app.user("editor").await;
        let form = mine.get("/admin/themes/new").await.form().fill("title", "First").fill("number", "4");
        let page = form.press(&mut mine, "save").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let id: Id = form.get("item").parse().unwrap();
        let first = app.desk.store.item(id).await.unwrap();
        assert_eq!(form.press(&mut mine, "save").await.status, StatusCode::SEE_OTHER);
        assert_eq!(now(&app.desk, &first).await.meta.version, 1);
        // Somebody else has written since: what they wrote stays, what both wrote is asked.
        change(&app.desk, &first, "summary", "Theirs").await;
        assert_eq!(form.press(&mut mine, "save").await.status, StatusCode::SEE_OTHER);
        assert_eq!(now(&app.desk, &first).await.item.text("summary"), "Theirs");
        let page = form.clone().fill("summary", "Mine").press(&mut mine, "save").await;
        assert_eq!(
            (page.status, page.texts(".side .text")),
            (StatusCode::CONFLICT, vec!["Theirs".to_owned()])
        );
        // And where the first is gone, all of it.
        forget(&app.desk, id, 1).await;
        let page = form.clone().fill("title", "Mine").press(&mut mine, "save").await;
        assert_eq!((page.status, page.texts(".side .text").len()), (StatusCode::CONFLICT, 2));
        assert_eq!(now(&app.desk, &first).await.item.text("title"), "First");
    }
}

/// The outputs as a table of our own, with another title.
async fn table(desk: &TestDesk, from: &str, to: &str) -> String {
    let mut csv = Vec::new();
    export_outputs(desk, None, &mut csv).await.unwrap();
    String::from_utf8(csv).unwrap().replace(from, to)
}

#[tokio::test]
async fn an_import_refuses_the_row_by_name() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let one = output(&desk, None, "One", 2019).await.draft(&desk).await;
        let two = output(&desk, None, "Two", 2020).await.draft(&desk).await;
        let csv = table(&desk, "One", "Mine").await.replace("Two", "Mine too");
        let sheet = recto::import::read(Source::File(csv.as_bytes()), None, Hints { types: &[] }).unwrap();
        let user = User::system();
        let preview = understand(&desk, &user, &sheet, None, &Choices::default()).await.unwrap();
        // Between looking and taking over.
        change(&desk, &two, "note", "Theirs").await;
        forget(&desk, two.item.id, 1).await;
        let Err(Error::Invalid(problems)) = take(&desk, &user, &preview, &|_, _| ()).await else {
            panic!("taken over")
        };
        let place = preview.rows.iter().find(|row| row.item.id == two.item.id).unwrap().at;
        let said: Vec<(String, &str)> =
            problems.0.iter().map(|one| (one.field.clone(), one.message.as_str())).collect();
        let wanted = "‘Mine too’: Somebody has saved this output since you looked. Look again, then import.";
        assert_eq!(said, [(format!("rows.{place}"), wanted)]);
        assert_eq!(now(&desk, &one).await.item.text("title"), "One", "all rows or none");
        assert_eq!(now(&desk, &two).await.item.text("title"), "Two");
    }
}

#[tokio::test]
async fn the_command_line_names_the_row_that_somebody_saves_meanwhile() {
    for backend in backends() {
        // Once the outputs were read, somebody else saves.
        let (waits, saved) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let address = Arc::new(std::sync::OnceLock::<String>::new());
        let (waiting, done, database) = (waits.clone(), saved.clone(), address.clone());
        let watch: Statement = Arc::new(move |statement| {
            if statement.contains("FROM \"output\"") && waiting.swap(false, Ordering::SeqCst) {
                let database = database.get().unwrap().clone();
                std::thread::spawn(move || raise_versions(&database)).join().unwrap();
                done.store(true, Ordering::SeqCst);
            }
        });
        let desk = TestDesk::watched(&backend, Some(watch)).await;
        address.set(desk.url.clone()).unwrap();
        let one = output(&desk, None, "One", 2019).await.draft(&desk).await;
        let csv = table(&desk, "One", "Mine").await;
        waits.store(true, Ordering::SeqCst);
        let wishes = Wishes { reader: Some(reader()), ..Wishes::default() };
        let Err(Error::Invalid(problems)) = import_outputs(&desk, csv.as_bytes(), wishes).await else {
            panic!("imported")
        };
        assert!(saved.load(Ordering::SeqCst));
        let said: Vec<&str> = problems.0.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(
            said,
            ["Row 2: ‘Mine’: Somebody has saved this output since you looked. Look again, then import."]
        );
        assert_eq!(now(&desk, &one).await.item.text("title"), "One");
    }
}

/// Lets every output be of another version.
fn raise_versions(database: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let database = Database::connect(database).await.unwrap();
        let raise = "UPDATE item SET version = version + 1 WHERE type = 'output'";
        assert_eq!(database.execute_unprepared(raise).await.unwrap().rows_affected(), 1);
        database.close().await.unwrap();
    });
}

#[tokio::test]
async fn a_preview_takes_over_only_what_was_seen() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let one = output(&app.desk, None, "One", 2019).await.draft(&app.desk).await;
        let csv = table(&app.desk, "One", "Mine").await;
        let mut mine = app.user("editor").await;
        let page = mine.post("/admin/outputs/import", &[("html", ""), ("text", &csv)]).await;
        let form = page.form_of("#import-form");
        assert_eq!(form.get("seen.0"), "1", "{}", page.body);
        let theirs = change(&app.desk, &one, "title", "Theirs").await;
        forget(&app.desk, one.item.id, 1).await;
        for version in UNKNOWN {
            let page = form.clone().fill("seen.0", version).press(&mut mine, "take").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{version}");
            let said = page.texts(".error-summary li");
            assert_eq!(
                said,
                ["Row 2: Somebody has saved this output since you looked. Look again, then import."],
                "{version}"
            );
            // Pressing again without looking does not help.
            let again = page.form_of("#import-form").press(&mut mine, "take").await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{version}");
            assert_eq!(now(&app.desk, &one).await, theirs, "{version}");
        }
        let page = form.press(&mut mine, "look").await;
        assert_eq!(page.form_of("#import-form").get("seen.0"), "2");
        let page = page.form_of("#import-form").press(&mut mine, "take").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        assert_eq!(now(&app.desk, &one).await.item.text("title"), "Mine");
    }
}

#[tokio::test]
async fn what_cannot_be_taken_back_any_more_stays_and_the_others_go() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let user = User::system();
        let one = output(&desk, None, "One", 2019).await.draft(&desk).await;
        let two = output(&desk, None, "Two", 2020).await.draft(&desk).await;
        let csv = table(&desk, "One", "Mine").await.replace("Two", "Mine too");
        let sheet = recto::import::read(Source::File(csv.as_bytes()), None, Hints { types: &[] }).unwrap();
        let preview = understand(&desk, &user, &sheet, None, &Choices::default()).await.unwrap();
        let imported = take(&desk, &user, &preview, &|_, _| ()).await.unwrap();
        forget(&desk, one.item.id, 1).await;
        let undone = import::undo(&desk, &user, &imported.batch).await.unwrap();
        let stayed: Vec<(Id, &str)> = undone.stayed.iter().map(|one| (one.stored.item.id, one.why)).collect();
        assert_eq!(stayed, [(one.item.id, "What it said before is no longer kept.")]);
        assert_eq!(undone.restored, 1);
        assert_eq!(now(&desk, &one).await.item.text("title"), "Mine");
        assert_eq!(now(&desk, &two).await.item.text("title"), "Two");

        // The same of what was done to many.
        let year = OUTPUT.field("availability").unwrap();
        let wish = bulk::Wish::Set(year, Value::Text("open".into()));
        let batch = Id::new(desk.clock.now());
        let both = [now(&desk, &one).await, now(&desk, &two).await];
        let part = both.each_ref().map(|one| bulk::Chosen { id: one.item.id, seen: one.meta.version });
        bulk::act(&desk, &user, batch, &OUTPUT, &wish, &part).await.unwrap();
        forget(&desk, two.item.id, both[1].meta.version).await;
        let undone = take_back(&desk, &user, &batch.to_string()).await.unwrap();
        assert_eq!((undone.restored, undone.stayed.len()), (1, 1));
        assert_eq!(undone.stayed[0].stored.item.id, two.item.id);
        assert_eq!(now(&desk, &one).await.item.text("availability"), "on_request");
    }
}
