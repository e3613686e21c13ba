//! What the outputs grid asks, as a browser's script sends it: rows saved by themselves, merged with
//! what others did, moved, published, removed; and everything that it must not be able to do.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use recto::content::{Id, by_name};
use recto::editing::{reorder, save};
use recto::store::{State, Stored};
use serde_json::{Value as Json, json};

use crate::support::app::{Client, PASSWORD, Page};
use crate::support::build::{self, theme};
use crate::support::{Backend, TestApp, backends};

/// A project of three outputs, of 2019, 2020 and 2021.
struct Table {
    project: Stored,
    outputs: Vec<Stored>,
}

impl Table {
    async fn new(app: &TestApp) -> Self {
        let theme = theme(&app.desk, 3, "Leadership").published(&app.desk).await;
        let project = build::project(&app.desk, &theme, "3.07", "Learning").draft(&app.desk).await;
        let mut outputs = Vec::new();
        for (at, title) in (0..).zip(["One", "Two", "Three"]) {
            let mut item = build::output(&app.desk, Some(&project), title, 2019 + at).await.item;
            reorder::set_place(&mut item, project.item.id, (at + 1) * 1_024);
            outputs.push(build::Build { item }.draft(&app.desk).await);
        }
        Self { project, outputs }
    }

    fn address(&self, verb: &str) -> String {
        format!("/admin/projects/{}/outputs/{verb}", self.project.item.id)
    }

    fn id(&self, at: usize) -> String {
        self.outputs[at].item.id.to_string()
    }

    /// A row of the grid whose cells were changed since the first version.
    fn row(&self, at: usize, cells: Json) -> Json {
        json!({ "rows": [{ "id": self.id(at), "version": 1, "cells": cells }] })
    }

    async fn now(&self, app: &TestApp, at: usize) -> Stored {
        app.desk
            .store
            .items(self.outputs[at].item.content_type, &[self.outputs[at].item.id])
            .await
            .unwrap()
            .remove(0)
    }

    /// The titles of the table, in its order.
    async fn titles(&self, app: &TestApp) -> Vec<String> {
        let field = by_name("output").unwrap().field("projects").unwrap();
        let rows =
            app.desk.store.linking(by_name("output").unwrap(), field, self.project.item.id).await.unwrap();
        let shown = rows.iter().filter(|row| row.state() != State::Trashed);
        shown.map(|row| row.item.text("title").to_owned()).collect()
    }
}

pub async fn send(client: &mut Client, path: &str, body: &str) -> Page {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    client.send(request).await
}

/// What the grid's request is answered with, which must go well.
pub async fn ask(client: &mut Client, path: &str, body: &Json) -> Json {
    let page = send(client, path, &body.to_string()).await;
    assert_eq!(page.status, StatusCode::OK, "{path} {body}: {}", page.body);
    serde_json::from_str(&page.body).unwrap()
}

pub fn new_id(app: &TestApp) -> String {
    Id::new(app.desk.clock.now()).to_string()
}

#[tokio::test]
async fn rows_save_by_themselves_and_new_ones_stand_last() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let table = Table::new(&app).await;
        let mut editor = app.user("editor").await;
        let fresh = new_id(&app);
        let sent = json!({ "rows": [
            { "id": table.id(1), "version": 1, "cells": { "title": "Two, again\nand longer", "year": "2022" } },
            { "id": fresh, "version": null, "cells": { "title": "Four", "lead": "Bristow, A" } },
            { "id": table.id(0), "version": 1, "cells": { "year": "soon" } },
        ] });
        let done = ask(&mut editor, &table.address("save"), &sent).await;
        assert_eq!(done[0]["outcome"], "saved");
        assert_eq!((&done[0]["version"], &done[0]["state"]), (&json!(2), &json!("draft")));
        assert_eq!(done[0]["cells"][0], "Two, again and longer");
        assert_eq!(done[0]["cells"][3], "2022");
        assert_eq!(
            (&done[1]["outcome"], &done[1]["id"], &done[1]["version"]),
            (&json!("saved"), &json!(fresh), &json!(1))
        );
        // One that cannot be saved does not keep the others.
        assert_eq!(done[2]["outcome"], "invalid");
        assert!(done[2]["problems"]["year"].as_str().unwrap().contains("year"), "{done}");
        assert_eq!(table.titles(&app).await, ["One", "Two, again and longer", "Three", "Four"]);
        assert_eq!(table.now(&app, 0).await.meta.version, 1);

        // Sent again, as after an answer that never arrived, it is the same row still.
        let again = json!({ "rows": [{ "id": fresh, "version": null, "cells": { "title": "Four", "year": "2023" } }] });
        let done = ask(&mut editor, &table.address("save"), &again).await;
        assert_eq!((&done[0]["outcome"], &done[0]["version"]), (&json!("saved"), &json!(2)));
        assert_eq!(table.titles(&app).await.len(), 4);
    }
}

#[tokio::test]
async fn what_others_did_is_merged_or_shown_and_what_is_sent_again_is_no_conflict() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let table = Table::new(&app).await;
        let mut mine = app.user("editor").await;
        let mut theirs = app.user("administrator").await;
        let saved = ask(
            &mut theirs,
            &table.address("save"),
            &table.row(0, json!({ "year": "2001", "note": "Theirs" })),
        )
        .await;
        assert_eq!(saved[0]["outcome"], "saved");

        // Another cell of the same row; what was typed and taken back is no change.
        let cells = json!({ "title": "One, mine", "year": "2019" });
        let done = ask(&mut mine, &table.address("save"), &table.row(0, cells)).await;
        assert_eq!((&done[0]["outcome"], &done[0]["version"]), (&json!("saved"), &json!(3)), "{done}");
        let now = table.now(&app, 0).await;
        assert_eq!((now.item.text("title"), now.item.integer("year")), ("One, mine", Some(2001)));

        // The same cell: nothing is written, both sides are told.
        let done = ask(
            &mut theirs,
            &table.address("save"),
            &table.row(0, json!({ "title": "One, theirs", "availability": "open" })),
        )
        .await;
        assert_eq!((&done[0]["outcome"], &done[0]["clashes"]), (&json!("conflict"), &json!(["title"])));
        assert_eq!(
            (&done[0]["cells"][0], &done[0]["who"], &done[0]["version"]),
            (&json!("One, mine"), &json!("editor"), &json!(3))
        );
        assert!(done[0]["when"].as_str().unwrap().starts_with("today at"));
        assert_eq!(table.now(&app, 0).await.meta.version, 3);
        // Kept all the same, over the version that was shown.
        let keep =
            json!({ "rows": [{ "id": table.id(0), "version": 3, "cells": { "title": "One, theirs" } }] });
        assert_eq!(ask(&mut theirs, &table.address("save"), &keep).await[0]["outcome"], "saved");

        // An answer that never arrived: the same goes again, and is there already.
        for _ in 0..2 {
            let done = ask(&mut mine, &table.address("save"), &table.row(1, json!({ "title": "A" }))).await;
            assert_eq!((&done[0]["outcome"], &done[0]["version"]), (&json!("saved"), &json!(2)), "{done}");
        }

        // The same text by both is no clash.
        ask(&mut theirs, &table.address("save"), &table.row(2, json!({ "title": "Same" }))).await;
        assert_eq!(
            ask(&mut mine, &table.address("save"), &table.row(2, json!({ "title": "Same" }))).await[0]["outcome"],
            "saved"
        );
    }
}

#[tokio::test]
async fn two_tabs_of_one_person_are_asked_as_two_people_are() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let table = Table::new(&app).await;
        let mut here = app.user("editor").await;
        let mut there = here.clone();
        let save = table.address("save");
        let saved = ask(&mut here, &save, &table.row(0, json!({ "note": "Here", "year": "2001" }))).await;
        assert_eq!(saved[0]["outcome"], "saved");

        let done = ask(&mut there, &save, &table.row(0, json!({ "note": "There", "title": "Titled" }))).await;
        assert_eq!(
            (&done[0]["outcome"], &done[0]["clashes"]),
            (&json!("conflict"), &json!(["note"])),
            "{done}"
        );
        assert_eq!(done[0]["who"], "You");
        assert_eq!(table.now(&app, 0).await.item.text("note"), "Here");
        // Another cell of the row is merged.
        let done = ask(&mut there, &save, &table.row(0, json!({ "title": "Titled" }))).await;
        assert_eq!((&done[0]["outcome"], &done[0]["version"]), (&json!("saved"), &json!(3)), "{done}");
        let now = table.now(&app, 0).await.item;
        assert_eq!(
            (now.text("note"), now.text("title"), now.integer("year")),
            ("Here", "Titled", Some(2001))
        );
    }
}

#[tokio::test]
async fn a_new_row_that_is_sent_again_does_not_undo_what_others_did_to_it() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let table = Table::new(&app).await;
    let (mut mine, mut theirs) = (app.user("editor").await, app.user("administrator").await);
    let (save, id) = (table.address("save"), new_id(&app));
    let new =
        json!({ "rows": [{ "id": id, "version": null, "cells": { "title": "Four", "note": "Mine" } }] });
    assert_eq!(ask(&mut mine, &save, &new).await[0]["outcome"], "saved");
    let theirs_is = json!({ "rows": [{ "id": id, "version": 1, "cells": { "note": "Theirs" } }] });
    assert_eq!(ask(&mut theirs, &save, &theirs_is).await[0]["outcome"], "saved");

    let again = ask(&mut mine, &save, &new).await;
    assert_eq!((&again[0]["outcome"], &again[0]["cells"][5]), (&json!("saved"), &json!("Theirs")), "{again}");
    let other = json!({ "rows": [{ "id": id, "version": null, "cells": { "title": "Four", "note": "Mine, again" } }] });
    let clash = ask(&mut mine, &save, &other).await;
    assert_eq!(
        (&clash[0]["outcome"], &clash[0]["clashes"]),
        (&json!("conflict"), &json!(["note"])),
        "{clash}"
    );
}

#[tokio::test]
async fn the_lead_is_bound_and_what_a_cell_does_not_show_stays() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let table = Table::new(&app).await;
    let leah = build::person(&app.desk, "Leah", "Tomkins").published(&app.desk).await;
    let mut editor = app.user("editor").await;
    let mut item = table.outputs[0].item.clone();
    item.set("doi", recto::content::Value::Text("10.1000/182".into()));
    let edit = recto::editing::Edit::of(&table.outputs[0], item);
    save(&app.desk, &recto::editing::User::system(), &[edit]).await.unwrap();
    let row = json!({ "rows": [{ "id": table.id(0), "version": 2, "cells": { "lead": "tomkins, l" } }] });
    assert_eq!(ask(&mut editor, &table.address("save"), &row).await[0]["cells"][2], "tomkins, l");
    let now = table.now(&app, 0).await;
    assert_eq!(now.item.rows("authors")[0].target, Some(leah.item.id));
    assert_eq!(now.item.text("doi"), "10.1000/182");

    let page = editor.get(&table.address("people?q=tom")).await;
    let names: Json = serde_json::from_str(&page.body).unwrap();
    assert_eq!(names, json!([{ "name": "Tomkins, L", "person": "Leah Tomkins", "place": "" }]));
    assert_eq!(editor.get(&table.address("people")).await.body, "[]");
}

#[tokio::test]
async fn rows_are_ordered_published_removed_and_brought_back() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let table = Table::new(&app).await;
        let mut editor = app.user("editor").await;
        let ids = json!({ "ids": [table.id(2), table.id(0), table.id(1)] });
        let moved = ask(&mut editor, &table.address("order"), &ids).await;
        assert_eq!(moved.as_array().unwrap().len(), 1, "one row moved, one is changed");
        assert_eq!((&moved[0]["id"], &moved[0]["version"]), (&json!(table.id(2)), &json!(2)));
        assert_eq!(table.titles(&app).await, ["Three", "One", "Two"]);

        let fresh = new_id(&app);
        let half = json!({ "rows": [{ "id": fresh, "version": null, "cells": { "title": "Half" } }] });
        ask(&mut editor, &table.address("save"), &half).await;
        let both = json!({ "ids": [table.id(0), fresh] });
        let checked = ask(&mut editor, &table.address("check"), &both).await;
        assert_eq!((&checked[0]["title"], &checked[0]["missing"]), (&json!("One"), &json!([])));
        assert!(checked[1]["missing"].as_array().unwrap().len() > 2, "{checked}");
        let page = send(&mut editor, &table.address("publish"), &both.to_string()).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "all or none: {}", page.body);
        let two = json!({ "ids": [table.id(0), table.id(1)] });
        let public = ask(&mut editor, &table.address("publish"), &two).await;
        assert_eq!((&public[0]["state"], &public[1]["state"]), (&json!("published"), &json!("published")));
        assert_eq!(app.desk.published.reader().titles(&[table.id(0), fresh.clone()]).await.unwrap().len(), 1);

        // What stands here alone goes to the trash; what stands elsewhere too leaves this table.
        let other =
            build::project(&app.desk, &theme(&app.desk, 4, "Other").draft(&app.desk).await, "4.01", "Other");
        let other = other.draft(&app.desk).await;
        let mut shared = table.now(&app, 1).await;
        reorder::set_place(&mut shared.item, other.item.id, 1_024);
        let edit = recto::editing::Edit::of(&shared.clone(), shared.item);
        save(&app.desk, &recto::editing::User::system(), &[edit]).await.unwrap();
        let removed = ask(&mut editor, &table.address("remove"), &two).await;
        assert_eq!((&removed[0]["outcome"], &removed[1]["outcome"]), (&json!("trashed"), &json!("unlinked")));
        assert_eq!(table.titles(&app).await, ["Three", "Half"]);
        assert_eq!(table.now(&app, 1).await.state(), State::Changed, "it stays in the other table");
        assert!(app.desk.published.reader().titles(&[table.id(0)]).await.unwrap().is_empty());
        let gone = ask(&mut editor, &table.address("save"), &table.row(0, json!({ "title": "Late" }))).await;
        assert_eq!(gone[0]["outcome"], "gone");

        let back = ask(&mut editor, &table.address("restore"), &two).await;
        assert_eq!((&back[0]["state"], &back[0]["cells"][0]), (&json!("draft"), &json!("One")));
        assert_eq!(back[1]["cells"][0], "Two");
        assert_eq!(table.titles(&app).await, ["Three", "One", "Half", "Two"]);
    }
}

#[tokio::test]
async fn nobody_reaches_through_the_grid_what_is_not_theirs() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let table = Table::new(&app).await;
        let own =
            build::project(&app.desk, &theme(&app.desk, 1, "Own").draft(&app.desk).await, "1.01", "Own");
        let own = own.draft(&app.desk).await;
        let mine = build::output(&app.desk, Some(&own), "Mine", 2020).await.draft(&app.desk).await;
        let before: Vec<Stored> =
            vec![table.now(&app, 0).await, table.now(&app, 1).await, table.now(&app, 2).await];
        let mut contributor = app.contributor(&[own.item.id]).await;
        // The assignment ended the first session.
        contributor
            .post("/admin/sign-in", &[("email", "contributor@example.org"), ("password", PASSWORD)])
            .await;
        let mut viewer = app.user("viewer").await;
        let fresh = new_id(&app);
        let ids = json!({ "ids": [table.id(0)] });
        let two = json!({ "ids": [table.id(1), table.id(0)] });
        let taken = table.row(0, json!({ "title": "Taken" }));
        let done = ask(&mut contributor, &table.address("save"), &taken).await;
        assert_eq!(done[0]["outcome"], "refused", "{done}");
        let new = json!({ "rows": [{ "id": fresh, "version": null, "cells": { "title": "Slipped in" } }] });
        assert_eq!(ask(&mut contributor, &table.address("save"), &new).await[0]["outcome"], "refused");
        assert_eq!(ask(&mut contributor, &table.address("remove"), &ids).await[0]["outcome"], "refused");
        for (who, verb, body) in [
            ("viewer", "save", &taken),
            ("viewer", "save", &new),
            ("viewer", "remove", &ids),
            ("viewer", "order", &two),
            ("viewer", "check", &ids),
            ("viewer", "publish", &ids),
            ("contributor", "order", &two),
            ("contributor", "check", &ids),
            ("contributor", "publish", &ids),
        ] {
            let client = if who == "viewer" { &mut viewer } else { &mut contributor };
            let page = send(client, &table.address(verb), &body.to_string()).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{verb}: {}", page.body);
            assert!(serde_json::from_str::<Json>(&page.body).unwrap()["error"].is_string());
        }
        // In one's own project: rows of another one are not there, whoever asks.
        let own_address = |verb: &str| format!("/admin/projects/{}/outputs/{verb}", own.item.id);
        let mut editor = app.user("editor").await;
        for client in [&mut contributor, &mut editor] {
            let done = ask(client, &own_address("save"), &table.row(0, json!({ "title": "Taken" }))).await;
            assert_eq!(done[0]["outcome"], "gone");
            let stolen =
                json!({ "rows": [{ "id": table.id(0), "version": null, "cells": { "title": "Taken" } }] });
            assert_eq!(ask(client, &own_address("save"), &stolen).await[0]["outcome"], "gone");
            let a_project = json!({ "rows": [{ "id": table.project.item.id, "version": null, "cells": { "title": "Taken" } }] });
            assert_eq!(ask(client, &own_address("save"), &a_project).await[0]["outcome"], "refused");
            let page = send(client, &own_address("remove"), &ids.to_string()).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.body);
            ask(client, &own_address("order"), &two).await;
        }
        for verb in ["check", "publish"] {
            let page = send(&mut editor, &own_address(verb), &ids.to_string()).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{verb}: {}", page.body);
        }
        // What is theirs to do, they do; what only editors do, they are told.
        let row =
            json!({ "rows": [{ "id": mine.item.id, "version": 1, "cells": { "title": "Mine, better" } }] });
        assert_eq!(ask(&mut contributor, &own_address("save"), &row).await[0]["outcome"], "saved");
        let new = json!({ "rows": [{ "id": fresh, "version": null, "cells": { "title": "Mine, new" } }] });
        assert_eq!(ask(&mut contributor, &own_address("save"), &new).await[0]["outcome"], "saved");
        let removed = ask(&mut contributor, &own_address("remove"), &json!({ "ids": [mine.item.id] })).await;
        assert_eq!(removed[0]["outcome"], "refused");

        let page = send(&mut app.stranger(), &table.address("save"), "{\"rows\":[]}").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        let after: Vec<Stored> =
            vec![table.now(&app, 0).await, table.now(&app, 1).await, table.now(&app, 2).await];
        assert_eq!(after, before);
    }
}

#[tokio::test]
async fn requests_from_elsewhere_broken_ones_and_oversized_ones_are_refused() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let table = Table::new(&app).await;
    let mut editor = app.user("editor").await;
    let one = json!({ "id": table.id(0), "version": 1, "cells": {} });
    let too_many = json!({ "rows": vec![&one; 501] }).to_string();
    let long = table.row(0, json!({ "title": "x".repeat(5 * 1024 * 1024) })).to_string();
    for (body, status) in [
        ("", StatusCode::BAD_REQUEST),
        ("{", StatusCode::BAD_REQUEST),
        ("{\"rows\":[{\"id\":\"1\",\"version\":1,\"cells\":{}}]}", StatusCode::BAD_REQUEST),
        ("{\"rows\":[],\"more\":1}", StatusCode::BAD_REQUEST),
        (too_many.as_str(), StatusCode::CONFLICT),
        (long.as_str(), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let page = send(&mut editor, &table.address("save"), body).await;
        assert_eq!(page.status, status, "{:.60}", body);
        assert!(serde_json::from_str::<Json>(&page.body).unwrap()["error"].is_string(), "{}", page.body);
    }
    let wrong = table.row(0, json!({ "title": "x".repeat(600), "slug": "stolen", "availability": "free" }));
    let done = ask(&mut editor, &table.address("save"), &wrong).await;
    assert_eq!(done[0]["outcome"], "invalid");
    assert!(done[0]["problems"]["availability"].as_str().unwrap().contains("Available on request"));
    assert_eq!(table.now(&app, 0).await.meta.version, 1);

    for nowhere in [
        "/admin/projects/1/outputs/save",
        "/admin/projects/00000000-0000-7000-8000-000000000000/outputs/save",
    ] {
        assert_eq!(send(&mut editor, nowhere, "{\"rows\":[]}").await.status, StatusCode::NOT_FOUND);
    }
    let request = Request::builder()
        .method(Method::POST)
        .uri(table.address("save"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("sec-fetch-site", "cross-site")
        .header(header::ORIGIN, "https://elsewhere.example")
        .body(Body::from(table.row(0, json!({ "title": "Forged" })).to_string()))
        .unwrap();
    assert_eq!(editor.send(request).await.status, StatusCode::FORBIDDEN);
    let form = editor.post(&table.address("save"), &[("rows", "[]")]).await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(table.now(&app, 0).await.item.text("title"), "One");

    recto::editing::trash(&app.desk, &recto::editing::User::system(), table.project.item.id).await.unwrap();
    let page =
        send(&mut editor, &table.address("save"), &table.row(0, json!({ "title": "Late" })).to_string())
            .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.body.contains("in the trash"));
}

#[tokio::test]
async fn a_form_whose_rows_save_apart_leaves_them_alone_and_shows_them() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let table = Table::new(&app).await;
    let mut editor = app.user("editor").await;
    let path = format!("/admin/projects/{}", table.project.item.id);
    let mut form = editor.get(&path).await.form();
    form.pairs.retain(|(name, _)| !name.starts_with("outputs."));
    let titles = |page: &Page| page.texts("textarea[name^='outputs']");

    // Before the grid has grown nothing of the table is sent: that takes nothing out of it.
    let early = form.clone().fill("code", "wrong").press(&mut editor, "save").await;
    assert_eq!((early.status, titles(&early).len()), (StatusCode::UNPROCESSABLE_ENTITY, 3));
    let early = form.clone().fill("summary", "Typed").press(&mut editor, "add:outputs").await;
    assert_eq!((early.status, titles(&early).len()), (StatusCode::OK, 3));
    assert_eq!(early.form().get("summary"), "Typed");
    let form = form.fill("outputs.apart", "true");

    let page = form.clone().fill("code", "wrong").press(&mut editor, "save").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(titles(&page), ["One", "Two", "Three"]);
    assert_eq!(page.texts(".save-status"), ["Not saved yet: Code"]);
    assert_eq!(form.fill("summary", "New").press(&mut editor, "save").await.status, StatusCode::SEE_OTHER);
    let page = editor.get(&path).await;
    assert_eq!(
        (titles(&page), page.form().get("summary").to_owned()),
        (vec!["One".into(), "Two".into(), "Three".into()], "New".to_owned())
    );
    for at in 0..3 {
        assert_eq!(table.now(&app, at).await.meta.version, 1);
    }
    // What the grid is told.
    assert_eq!(page.attribute("#outputs", "data-may").as_deref(), Some("save publish trash"));
    assert!(
        !page.has("#outputs[data-held]")
            && editor.get("/admin/projects/new").await.has("#outputs[data-held]")
    );
    assert!(page.body.contains("Available on request"));
    let mut viewer = app.user("viewer").await;
    assert_eq!(viewer.get(&path).await.attribute("#outputs", "data-may").as_deref(), Some(""));
}

#[tokio::test]
async fn a_row_costs_the_same_in_a_long_table() {
    let (app, counted) = TestApp::counted(&Backend::Sqlite).await;
    let table = Table::new(&app).await;
    let mut editor = app.user("editor").await;
    let statements =
        || counted.sent() + app.desk.lists().statements() + app.desk.published.reader().statements();
    let mut costs = Vec::new();
    for (version, many) in (1..).zip([1, 40]) {
        let mut ids = vec![table.id(0), table.id(1), table.id(2)];
        for number in 0..many {
            let title = format!("Output {many} {number}");
            let output =
                build::output(&app.desk, Some(&table.project), &title, 2019).await.draft(&app.desk).await;
            ids.push(output.item.id.to_string());
        }
        let row = json!({ "rows": [{ "id": table.id(0), "version": version, "cells": { "title": format!("New {many}") } }] });
        let new = json!({ "rows": [{ "id": new_id(&app), "version": null, "cells": { "title": format!("Fresh {many}") } }] });
        let mut now = Vec::new();
        for (verb, body) in [("save", row), ("save", new), ("check", json!({ "ids": ids }))] {
            let before = statements();
            ask(&mut editor, &table.address(verb), &body).await;
            now.push((verb, statements() - before));
        }
        costs.push(now);
    }
    assert_eq!(costs[0], costs[1]);
    assert!(costs[1].iter().all(|(_, statements)| *statements <= 40), "{costs:?}");
}
