//! All outputs as a table: the page of the list that is written in, by its form and by the grid's
//! requests; who may write into which row, and what it costs.

use axum::http::StatusCode;
use recto::content::by_name;
use recto::editing::User;
use recto::store::{State, Stored};
use serde_json::{Value as Json, json};

use crate::admin_grid::{ask, new_id, send};
use crate::support::app::{Client, PASSWORD};
use crate::support::build::{self, theme};
use crate::support::{Backend, TestApp, backends, now};

const TABLE: &str = "/admin/outputs?as=table&sort=year";
const SAVE: &str = "/admin/outputs/table/save";

/// Two outputs in two projects, of 2019 and 2020, and one of 2021 in none.
async fn outputs(app: &TestApp) -> (Vec<Stored>, Vec<Stored>) {
    let theme = theme(&app.desk, 3, "Leadership").published(&app.desk).await;
    let mut projects = Vec::new();
    for (code, title) in [("3.07", "Learning"), ("3.08", "Another")] {
        projects.push(build::project(&app.desk, &theme, code, title).draft(&app.desk).await);
    }
    let mut outputs = Vec::new();
    for (project, title, year) in
        [(projects.first(), "One", 2019), (projects.get(1), "Two", 2020), (None, "Three", 2021)]
    {
        outputs.push(build::output(&app.desk, project, title, year).await.draft(&app.desk).await);
    }
    (projects, outputs)
}

fn row(output: &Stored, version: i64, cells: serde_json::Value) -> serde_json::Value {
    json!({ "rows": [{ "id": output.item.id, "version": version, "cells": cells }] })
}

/// The contributor to these projects: the assignment ends the first session.
async fn contributor(app: &TestApp, project: &Stored) -> Client {
    let mut client = app.contributor(&[project.item.id]).await;
    client.post("/admin/sign-in", &[("email", "contributor@example.org"), ("password", PASSWORD)]).await;
    client
}

#[tokio::test]
async fn the_list_and_its_table_show_the_same_at_the_same_place() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let (projects, outputs) = outputs(&app).await;
    let mut editor = app.user("editor").await;
    let page = editor.get(TABLE).await;
    assert_eq!(page.texts("tbody tr[id] textarea"), ["One", "Two", "Three"]);
    assert_eq!(page.attribute("th.cell-year", "aria-sort").as_deref(), Some("ascending"));
    assert_eq!(page.texts("tr[id] .cell-projects"), ["3.07", "3.08", ""]);
    let link = format!("/admin/projects/{}#outputs-heading", projects[0].item.id);
    assert_eq!(page.attribute(".cell-projects a", "href"), Some(link));
    assert_eq!(
        page.attribute(".cell-tools a", "href"),
        Some(format!("/admin/outputs/{}", outputs[0].item.id))
    );
    assert!(page.has("#outputs[data-all]") && page.has("a[data-import]"));
    assert!(!page.has("form#bulk") && !page.has("input[name=one]"), "the grid has a selection of its own");
    // Filters, words and order stay on the way to and fro.
    let links = |page: &crate::support::app::Page, shown: &str| {
        let selector = format!(".switch a{shown}");
        page.attribute(&selector, "href").unwrap()
    };
    let narrow = editor.get("/admin/outputs?as=table&q=one&availability=on_request&sort=-year").await;
    assert_eq!(narrow.texts("tbody tr[id] textarea"), ["One"]);
    let list = links(&narrow, ":not([aria-current])");
    assert_eq!(list, "?q=one&availability=on_request&sort=-year");
    assert_eq!(narrow.form_of("form.filters").get("as"), "table");
    let list = editor.get(&format!("/admin/outputs{list}")).await;
    assert_eq!(list.texts("th.name"), ["One"]);
    assert_eq!(links(&list, ":not([aria-current])"), "?q=one&availability=on_request&sort=-year&as=table");
    // A hundred rows a page: the same outputs stand on another one.
    for number in 0..150 {
        build::output(&app.desk, None, &format!("Many {number}"), 2000).await.draft(&app.desk).await;
    }
    let third = editor.get("/admin/outputs?page=3").await;
    assert_eq!(links(&third, ":not([aria-current])"), "?as=table&page=2");
    let second = editor.get("/admin/outputs?as=table&page=2").await;
    assert_eq!(links(&second, ":not([aria-current])"), "?page=3");
    assert_eq!(second.texts("tbody tr[id]").len(), 53);
    assert_eq!(second.texts("nav.pages p"), ["101–153 of 153"]);

    // What lies in the trash is no table, nor are other lists.
    recto::editing::trash(&app.desk, &User::system(), outputs[0].item.id).await.unwrap();
    let trash = editor.get("/admin/outputs?as=table&stage=trashed").await;
    assert!(trash.has("table.list") && !trash.has("#outputs") && !trash.has(".switch"));
    assert!(!editor.get("/admin/projects?as=table").await.has("#outputs"));
    assert!(!editor.get("/admin/projects").await.has(".switch"));
}

#[tokio::test]
async fn rows_save_merge_and_clash_as_in_a_project() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let (_, outputs) = outputs(&app).await;
        let (mut mine, mut theirs) = (app.user("editor").await, app.user("administrator").await);
        let done = ask(&mut theirs, SAVE, &row(&outputs[0], 1, json!({ "note": "Theirs" }))).await;
        assert_eq!(done[0]["outcome"], "saved");
        let done = ask(&mut mine, SAVE, &row(&outputs[0], 1, json!({ "year": "2001" }))).await;
        assert_eq!((&done[0]["outcome"], &done[0]["version"]), (&json!("saved"), &json!(3)), "{done}");
        let done = ask(&mut mine, SAVE, &row(&outputs[0], 1, json!({ "note": "Mine" }))).await;
        assert_eq!((&done[0]["outcome"], &done[0]["clashes"]), (&json!("conflict"), &json!(["note"])));
        let saved = now(&app.desk, &outputs[0]).await.item;
        assert_eq!((saved.text("note"), saved.integer("year")), ("Theirs", Some(2001)));
        assert_eq!(saved.rows("projects").len(), 1, "it stands where it stood");

        // A new row stands in no project's table.
        let id = new_id(&app);
        let new = json!({ "rows": [{ "id": id, "version": null, "cells": { "title": "Four" } }] });
        assert_eq!(ask(&mut mine, SAVE, &new).await[0]["outcome"], "saved");
        let found = app.desk.store.items(by_name("output").unwrap(), &[id.parse().unwrap()]).await.unwrap();
        assert!(found[0].item.rows("projects").is_empty());

        // Published, into the trash with all its tables, and back as it was.
        let ids = json!({ "ids": [outputs[0].item.id, outputs[2].item.id] });
        let at = |verb: &str| format!("/admin/outputs/table/{verb}");
        assert_eq!(ask(&mut mine, &at("check"), &ids).await[0]["missing"], json!([]));
        assert_eq!(ask(&mut mine, &at("publish"), &ids).await[1]["state"], "published");
        let removed = ask(&mut mine, &at("remove"), &ids).await;
        assert_eq!((&removed[0]["outcome"], &removed[1]["outcome"]), (&json!("trashed"), &json!("trashed")));
        assert_eq!(now(&app.desk, &outputs[0]).await.state(), State::Trashed);
        let gone = ask(&mut mine, SAVE, &row(&outputs[0], 3, json!({ "title": "Late" }))).await;
        assert_eq!(gone[0]["outcome"], "gone");
        let back = ask(&mut mine, &at("restore"), &ids).await;
        assert_eq!((&back[0]["state"], &back[0]["cells"][0]), (&json!("draft"), &json!("One")));
        let back = now(&app.desk, &outputs[0]).await;
        assert_eq!((back.state(), back.item.rows("projects").len()), (State::Draft, 1));
        // There is no order to change.
        let order = send(&mut mine, &at("order"), &ids.to_string()).await;
        assert_eq!(order.status, StatusCode::NOT_FOUND);
        assert!(mine.get(&at("people?q=tom")).await.body.starts_with('['));
    }
}

#[tokio::test]
async fn whose_rows_are_not_theirs_read_them_and_change_nothing() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let (projects, outputs) = outputs(&app).await;
        let mut contributor = contributor(&app, &projects[0]).await;
        let mut viewer = app.user("viewer").await;
        let page = contributor.get(TABLE).await;
        assert_eq!(page.texts("tr[id] textarea"), ["One"], "and no row in which a new one begins");
        assert_eq!(page.texts("tr[id] .cell-title p"), ["Two", "Three"]);
        assert_eq!(page.texts("tr[id] .cell-type p"), ["Board report", "Board report"]);
        assert_eq!(page.texts("tr[id] .cell-availability p")[0], "Available on request");
        assert_eq!(page.attribute("#outputs", "data-may").as_deref(), Some("save"));
        assert!(!page.has("tbody tr:not([id])"));
        // The grid is told the same.
        let rows: Json = page.attribute("#outputs", "data-rows").unwrap().parse().unwrap();
        let told = |row: &Json| (row["cells"][0].clone(), row["locked"] == true, row["state"].clone());
        let told: Vec<_> = rows.as_array().unwrap().iter().map(told).collect();
        let is = |title: &str, locked| (json!(title), locked, json!("draft"));
        assert_eq!(told, [is("One", false), is("Two", true), is("Three", true)]);
        let page = viewer.get(TABLE).await;
        assert_eq!(page.texts("tr[id] .cell-title p"), ["One", "Two", "Three"]);
        assert_eq!(page.attribute("#outputs", "data-may").as_deref(), Some(""));
        assert!(!page.has(".table-form :is(textarea, select, input, button)"));

        let ids = json!({ "ids": [outputs[1].item.id] });
        let new =
            json!({ "rows": [{ "id": new_id(&app), "version": null, "cells": { "title": "Slipped in" } }] });
        let before = (now(&app.desk, &outputs[1]).await, now(&app.desk, &outputs[2]).await);
        for output in &outputs[1..] {
            let taken = row(output, 1, json!({ "title": "Taken" }));
            let done = ask(&mut contributor, SAVE, &taken).await;
            assert_eq!(done[0]["outcome"], "refused", "{done}");
            assert_eq!(send(&mut viewer, SAVE, &taken.to_string()).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(ask(&mut contributor, SAVE, &new).await[0]["outcome"], "refused");
        let removed = ask(&mut contributor, "/admin/outputs/table/remove", &ids).await;
        assert_eq!(removed[0]["outcome"], "refused");
        // Nothing is to be taken out of the trash, so that is no change.
        ask(&mut contributor, "/admin/outputs/table/restore", &ids).await;
        for (who, verb) in [
            ("contributor", "check"),
            ("contributor", "publish"),
            ("viewer", "check"),
            ("viewer", "publish"),
            ("viewer", "remove"),
            ("viewer", "restore"),
        ] {
            let client = if who == "viewer" { &mut viewer } else { &mut contributor };
            let page = send(client, &format!("/admin/outputs/table/{verb}"), &ids.to_string()).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{verb}: {}", page.body);
        }
        // The form that such a page does not have.
        let id = outputs[1].item.id.to_string();
        let pairs = [("outputs.0.id", id.as_str()), ("outputs.0.version", "1"), ("outputs.0.title", "Taken")];
        let page = contributor.post("/admin/outputs/table", &pairs).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(viewer.post("/admin/outputs/table", &pairs).await.status, StatusCode::FORBIDDEN);
        assert_eq!((now(&app.desk, &outputs[1]).await, now(&app.desk, &outputs[2]).await), before);
        recto::editing::trash(&app.desk, &User::system(), outputs[1].item.id).await.unwrap();
        for client in [&mut contributor, &mut viewer] {
            let page = send(client, "/admin/outputs/table/restore", &ids.to_string()).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
        }
        let done = ask(&mut contributor, SAVE, &row(&outputs[0], 1, json!({ "title": "Mine" }))).await;
        assert_eq!(done[0]["outcome"], "saved", "{done}");
        let stranger = send(&mut app.stranger(), SAVE, "{\"rows\":[]}").await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn without_scripts_a_page_is_saved_and_what_cannot_be_is_shown_where_it_is_wrong() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let (_, outputs) = outputs(&app).await;
        let (mut mine, mut theirs) = (app.user("editor").await, app.user("administrator").await);
        let form = mine.get(TABLE).await.form_of("form.table-form");
        let sent = form.clone().fill("outputs.0.title", "One, better").fill("outputs.3.title", "Four");
        let page = sent.press(&mut mine, "").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        assert_eq!(page.location(), "/admin/outputs?sort=year&as=table&done=rows-saved");
        let location = page.location().to_owned();
        let page = mine.get(&location).await;
        assert_eq!(page.texts(".flash-success"), ["Saved."]);
        let titles = page.texts("tr[id] textarea");
        assert!(
            titles.contains(&"One, better".to_owned()) && titles.contains(&"Four".to_owned()),
            "{titles:?}"
        );
        // Only what was changed is a new version.
        assert_eq!(now(&app.desk, &outputs[1]).await.meta.version, 1);

        // Somebody changes two rows meanwhile; one cell is wrong, one clashes, the rest is taken.
        let form = mine.get(TABLE).await.form_of("form.table-form");
        let at = |output: &Stored| {
            let id = output.item.id.to_string();
            let (name, _) = form.pairs.iter().find(|(_, value)| *value == id).unwrap();
            name.trim_end_matches(".id").to_owned()
        };
        let (one, two, three) = (at(&outputs[0]), at(&outputs[1]), at(&outputs[2]));
        ask(&mut theirs, SAVE, &row(&outputs[0], 2, json!({ "note": "Theirs", "year": "2001" }))).await;
        ask(&mut theirs, SAVE, &row(&outputs[1], 1, json!({ "year": "2002" }))).await;
        let sent = form
            .clone()
            .fill(&format!("{one}.note"), "Mine")
            .fill(&format!("{two}.title"), "Two, better")
            .fill(&format!("{three}.year"), "soon");
        let page = sent.press(&mut mine, "").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.texts(".flash-error")[0].starts_with("2 rows are not saved"),
            "{:?}",
            page.texts(".flash-error")
        );
        let merged = now(&app.desk, &outputs[1]).await.item;
        assert_eq!((merged.text("title"), merged.integer("year")), ("Two, better", Some(2002)));
        let said = page.texts(&format!("#outputs-{} .error", outputs[0].item.id));
        assert!(
            said[0].starts_with("administrator changed this today at") && said[0].contains("‘Theirs’"),
            "{said:?}"
        );
        assert!(page.texts(&format!("#outputs-{} .error", outputs[2].item.id))[0].contains("year"));
        // What was typed stands there, over what they have: saved again, it is kept.
        let again = page.form_of("form.table-form");
        let at = |output: &Stored| {
            let id = output.item.id.to_string();
            let (name, _) = again.pairs.iter().find(|(_, value)| *value == id).unwrap();
            name.trim_end_matches(".id").to_owned()
        };
        let (one, three) = (at(&outputs[0]), at(&outputs[2]));
        assert_eq!((again.get(&format!("{one}.note")), again.get(&format!("{one}.year"))), ("Mine", "2001"));
        assert_eq!(again.get(&format!("{three}.year")), "soon");
        let page = again.clone().fill(&format!("{three}.year"), "2022").press(&mut mine, "").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let kept = now(&app.desk, &outputs[0]).await.item;
        assert_eq!((kept.text("note"), kept.integer("year")), ("Mine", Some(2001)));

        // What leaves the list as it is filtered is not lost with a row that cannot be saved.
        let form = mine.get("/admin/outputs?as=table&year=2022").await.form_of("form.table-form");
        recto::editing::trash(&app.desk, &User::system(), outputs[2].item.id).await.unwrap();
        let page = form.fill("outputs.0.title", "Three, typed").press(&mut mine, "").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.texts("tr[id] textarea"), ["Three, typed"]);
        assert!(page.texts(".error")[0].contains("moved this to the trash"));
        let back = mine.get("/admin/outputs/table?year=2022&page=2").await;
        assert_eq!(back.location(), "/admin/outputs?year=2022&as=table&page=2");
    }
}

#[tokio::test]
async fn a_page_of_many_costs_as_many_statements_as_a_page_of_few() {
    let (app, counted) = TestApp::counted(&Backend::Sqlite).await;
    let (projects, _) = outputs(&app).await;
    let mut editor = app.user("editor").await;
    let mut costs = Vec::new();
    for many in [1, 60] {
        for number in 0..many {
            let title = format!("Output {many} {number}");
            build::output(&app.desk, projects.first(), &title, 2019).await.draft(&app.desk).await;
        }
        let before = counted.sent() + app.desk.lists().statements();
        let page = editor.get(TABLE).await;
        costs.push(counted.sent() + app.desk.lists().statements() - before);
        assert!(page.texts("tbody tr[id]").len() > many);
    }
    assert_eq!(costs[0], costs[1]);
    assert!(costs[1] <= 30, "{costs:?}");
}
