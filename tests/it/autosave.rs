//! Forms that save themselves, as a browser's script sends them: what is saved, merged and refused, who
//! may; text that a browser has kept and brings back; and who else is at a form.

use axum::http::StatusCode;
use recto::content::by_name;
use recto::store::{State, Stored};
use serde_json::{Value as Json, json};

use crate::support::app::{Form, Page};
use crate::support::build::{self, theme};
use crate::support::{Backend, TestApp, backends, now};

async fn project(app: &TestApp) -> Stored {
    let theme = theme(&app.desk, 3, "Leadership").published(&app.desk).await;
    build::project(&app.desk, &theme, "3.07", "Organisational learning").published(&app.desk).await
}

fn path(stored: &Stored) -> String {
    format!("/admin/{}/{}", stored.item.content_type.plural, stored.item.id)
}

fn json(page: &Page) -> Json {
    serde_json::from_str(&page.body).unwrap_or_else(|_| panic!("{}: {}", page.status, page.body))
}

#[tokio::test]
async fn a_form_saves_itself_as_a_draft_and_the_public_sees_nothing_of_it() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let project = project(&app).await;
        let mut editor = app.user("editor").await;
        let form = editor.get(&path(&project)).await.form();
        let page = form
            .clone()
            .fill("title", "Learning, again ")
            .fill("summary", "Soon.")
            .autosave(&mut editor)
            .await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let answer = json(&page);
        assert_eq!((&answer["outcome"], &answer["version"]), (&json!("saved"), &json!(2)));
        // Blanks that were taken off are no news.
        assert_eq!(answer["fields"], json!([]));
        let parts = answer["parts"].as_str().unwrap();
        assert!(parts.contains("Published, with changes"), "{parts}");
        assert!(parts.contains("Changes are not public yet."), "{parts}");
        assert!(!parts.contains("textarea"), "what is typed is left alone: {parts}");

        let stored = now(&app.desk, &project).await;
        assert_eq!((stored.item.text("title"), stored.state()), ("Learning, again", State::Changed));
        let public = app.desk.published.reader().get(&project.item.id.to_string()).await.unwrap().unwrap();
        assert_eq!(public.title, "3.07 Organisational learning");
        let log = app.desk.store.audit(Some(project.item.id), 1).await.unwrap();
        assert_eq!((log[0].verb.as_str(), log[0].detail.as_str()), ("save", "autosave title summary"));

        // The next one over the version that came back; one that changes nothing makes no version.
        let form = form.fill("version", "2").fill("title", "Learning, again").fill("summary", "Soon.");
        assert_eq!(json(&form.autosave(&mut editor).await)["version"], 2);
        assert_eq!(json(&form.fill("summary", "Now.").autosave(&mut editor).await)["version"], 3);
    }
}

#[tokio::test]
async fn what_others_changed_elsewhere_comes_into_the_form_and_what_both_changed_stops_it() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let project = project(&app).await;
        let (mut mine, mut theirs) = (app.user("editor").await, app.user("administrator").await);
        let form = mine.get(&path(&project)).await.form();
        assert_eq!(form.clone().fill("summary", "Theirs").autosave(&mut theirs).await.status, StatusCode::OK);

        let answer = json(&form.clone().fill("title", "Mine").autosave(&mut mine).await);
        assert_eq!((&answer["version"], &answer["fields"]), (&json!(3), &json!(["summary"])), "{answer}");
        let parts = answer["parts"].as_str().unwrap();
        assert!(parts.contains("#item-form [data-field=&quot;summary&quot;]"), "{parts}");
        assert!(parts.contains("Theirs</textarea>") && !parts.contains("Mine</textarea>"), "{parts}");
        let stored = now(&app.desk, &project).await;
        assert_eq!((stored.item.text("title"), stored.item.text("summary")), ("Mine", "Theirs"));

        // Sent again, as after an answer that never arrived.
        let again = json(&form.clone().fill("title", "Mine").autosave(&mut mine).await);
        assert_eq!((&again["outcome"], &again["version"]), (&json!("saved"), &json!(3)));

        let clash = form.clone().fill("title", "Theirs").autosave(&mut theirs).await;
        assert_eq!(clash.status, StatusCode::CONFLICT);
        let said = &json(&clash)["said"];
        assert_eq!(said, "Not saved: editor changed Title too. Save to see both sides.");
        assert_eq!(now(&app.desk, &project).await.meta.version, 3);

        // Another tab of the same person is told as another person is.
        let clash = json(&form.clone().fill("title", "Mine, elsewhere").autosave(&mut mine).await);
        assert_eq!(clash["outcome"], "stopped");
        assert_eq!(clash["said"], "Not saved: you changed Title in another tab. Save to see both sides.");
        // The way out: both sides, and a form that does not save itself over the other's.
        let page = form.fill("title", "Mine, elsewhere").press(&mut mine, "save").await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(
            page.texts(".error-summary h2")[0]
                .starts_with("Not saved: you, in another tab, changed the same today")
        );
        assert!(!page.has("#item-form[data-autosave]"));
    }
}

#[tokio::test]
async fn what_is_left_to_choose_is_not_forgotten_over_another_button() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let project = project(&app).await;
    let (mut mine, mut theirs) = (app.user("editor").await, app.user("administrator").await);
    let form = mine.get(&path(&project)).await.form();
    let other = form.clone().fill("title", "Theirs").fill("summary", "Theirs");
    assert_eq!(other.autosave(&mut theirs).await.status, StatusCode::OK);
    let page = form.fill("title", "Mine").fill("summary", "Mine").press(&mut mine, "save").await;
    assert_eq!(page.texts(".side button"), ["Use theirs", "Use theirs"]);
    let page = page.form().press(&mut mine, "theirs:title").await;
    assert_eq!(page.texts(".side .text"), ["Theirs"]);
    assert!(page.has("[data-field=summary] .side") && !page.has("#item-form[data-autosave]"));
    let page = page.form().press(&mut mine, "theirs:summary").await;
    assert!(!page.has(".side") && page.has("#item-form[data-autosave]"));
}

#[tokio::test]
async fn what_is_wrong_is_not_saved_and_said_in_few_words() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let project = project(&app).await;
    let mut editor = app.user("editor").await;
    let form = editor.get(&path(&project)).await.form();
    let page = form.clone().fill("code", "3,").fill("title", "Changed").autosave(&mut editor).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        json(&page),
        json!({ "outcome": "wrong", "said": "Not saved yet: Code cannot be saved like this." })
    );
    // What only the verb knows: the address is another's.
    let theme = theme(&app.desk, 4, "Other").draft(&app.desk).await;
    build::project(&app.desk, &theme, "4.01", "Taken").draft(&app.desk).await;
    let page = form.fill("slug", "taken").autosave(&mut editor).await;
    assert_eq!(json(&page)["said"], "Not saved yet: Address cannot be saved like this.");
    assert_eq!(now(&app.desk, &project).await.meta.version, project.meta.version);
}

#[tokio::test]
async fn an_address_that_the_server_makes_comes_into_the_form() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut editor = app.user("editor").await;
    let untitled = build::item(&app.desk, by_name("page").unwrap()).draft(&app.desk).await;
    let form = editor.get(&path(&untitled)).await.form().fill("title", "About us");
    let answer = json(&form.autosave(&mut editor).await);
    assert_eq!(answer["fields"], json!(["slug"]));
    assert!(answer["parts"].as_str().unwrap().contains("value=\"about-us\""), "{answer}");
}

#[tokio::test]
async fn nobody_saves_by_itself_what_they_may_not_save() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let project = project(&app).await;
    let theme = theme(&app.desk, 4, "Other").draft(&app.desk).await;
    let own = build::project(&app.desk, &theme, "4.01", "Own").draft(&app.desk).await;
    let mut editor = app.user("editor").await;
    let form = editor.get(&path(&project)).await.form().fill("title", "Changed");
    let mut contributor = app.contributor(&[own.item.id]).await;
    for client in [&mut app.user("viewer").await, &mut contributor] {
        let page = form.autosave(client).await;
        assert_eq!((page.status, &json(&page)["outcome"]), (StatusCode::FORBIDDEN, &json!("stopped")));
        assert!(!client.get(&path(&project)).await.has("[data-autosave], [data-user]#item-form, #others"));
        assert_eq!(client.get(&format!("{}/others", path(&project))).await.status, StatusCode::FORBIDDEN);
    }
    let page = form.autosave(&mut app.stranger()).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_eq!(now(&app.desk, &project).await.item.text("title"), "Organisational learning");

    let form = contributor.get(&path(&own)).await.form().fill("title", "Changed");
    assert_eq!(form.autosave(&mut contributor).await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_what_is_there_is_saved_by_itself() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let project = project(&app).await;
    let mut editor = app.user("editor").await;
    // A new one is made when its author says so.
    let new = editor.get("/admin/news/new").await;
    assert!(!new.has("[data-autosave]") && new.has("#item-form[data-user]"));
    let fresh = Form {
        action: format!("/admin/news/{}", new.form().get("item")),
        ..new.form().fill("title", "News")
    };
    let page = fresh.autosave(&mut editor).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(json(&page)["said"].as_str().unwrap().contains("Save this once yourself"));
    let with_version = fresh.fill("version", "1");
    assert_eq!(with_version.autosave(&mut editor).await.status, StatusCode::NOT_FOUND);

    // Nor anything in the trash, of another type, or without an id.
    let form = editor.get(&path(&project)).await.form().fill("title", "Changed");
    for action in
        ["/admin/projects/nonsense", "/admin/nonsense/1", &path(&project).replace("projects", "pages")]
    {
        let page = (Form { action: action.to_owned(), ..form.clone() }).autosave(&mut editor).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{action}");
    }
    form.press(&mut editor, "trash").await;
    let page = form.autosave(&mut editor).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(json(&page)["said"].as_str().unwrap().contains("in the trash"));
    assert_eq!(now(&app.desk, &project).await.item.text("title"), "Organisational learning");

    // What is too large, and what is no form.
    let page = form.clone().fill("body", &"x".repeat(recto::admin::FORM_MAX)).autosave(&mut editor).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    let page = editor.post_raw(&format!("{}/autosave", path(&project)), "title=%ff").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_a_browser_has_kept_is_put_back_over_what_is_there_now() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let project = project(&app).await;
        let (mut mine, mut theirs) = (app.user("editor").await, app.user("administrator").await);
        let kept = mine
            .get(&path(&project))
            .await
            .form()
            .fill("title", "Kept")
            .fill("contact_email", "kept@example.org");
        let other = kept.clone().fill("title", "Theirs").fill("summary", "Theirs").fill("contact_email", "");
        assert_eq!(other.autosave(&mut theirs).await.status, StatusCode::OK);

        let page = kept.press(&mut mine, "restore").await;
        assert_eq!(page.status, StatusCode::OK);
        let form = page.form();
        assert_eq!((form.get("title"), form.get("summary")), ("Kept", "Theirs"));
        assert_eq!(form.get("contact_email"), "kept@example.org");
        assert_eq!(page.texts(".side .text"), ["Theirs"], "both changed the title");
        assert!(!page.has("#item-form[data-autosave]"));
        assert_eq!(now(&app.desk, &project).await.item.text("title"), "Theirs", "nothing is saved by that");

        // Without anything newer it is what it was, and goes on saving itself.
        let kept = mine.get(&path(&project)).await.form().fill("summary", "Kept");
        let page = kept.press(&mut mine, "restore").await;
        assert_eq!(page.texts(".save-status"), ["Not saved yet: Summary"]);
        assert!(page.has("#item-form[data-autosave][data-unsaved=summary]"));
        assert!(page.texts(".flash")[0].starts_with("What was not saved is here again."));

        // A new one, and one that somebody moved to the trash.
        let new = mine.get("/admin/news/new").await.form().fill("title", "Never saved");
        let page = new.press(&mut mine, "restore").await;
        assert_eq!((page.form().get("title"), page.form().get("version")), ("Never saved", ""));
        mine.post(&path(&project), &[("do", "trash")]).await;
        let page = kept.press(&mut mine, "restore").await;
        assert_eq!(page.form().get("summary"), "Kept");
        assert!(!page.has("#item-form[data-autosave]"));
    }
}

#[tokio::test]
async fn people_at_one_form_are_told_of_each_other() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let project = project(&app).await;
    let (mut mine, mut theirs) = (app.user("editor").await, app.user("administrator").await);
    let mut viewer = app.user("viewer").await;
    let (form, others) = (path(&project), format!("{}/others", path(&project)));
    assert_eq!(mine.get(&form).await.texts("#others p"), Vec::<String>::new());
    viewer.get(&form).await;
    assert_eq!(theirs.get(&form).await.texts("#others p"), ["editor is editing this too."]);
    assert_eq!(mine.get(&others).await.body, "<p>administrator is editing this too.</p>");
    // One's own second tab is nobody else, and another form is another place.
    assert_eq!(mine.clone().get(&form).await.texts("#others p"), ["administrator is editing this too."]);
    let theme = theme(&app.desk, 4, "Other").draft(&app.desk).await;
    assert!(!theirs.get(&path(&theme)).await.has("#others p"));
}

#[tokio::test]
async fn a_page_that_asks_by_itself_does_not_keep_a_session_alive() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let project = project(&app).await;
    let mut editor = app.user("editor").await;
    let others = format!("{}/others", path(&project));
    for _ in 0..13 {
        app.desk.clock.advance(chrono::TimeDelta::hours(1));
        editor.get(&others).await;
    }
    assert_eq!(editor.get("/admin/").await.status, StatusCode::SEE_OTHER, "after twelve hours it has ended");
}

#[tokio::test]
async fn an_autosave_costs_the_same_in_a_long_table() {
    let (app, counted) = TestApp::counted(&Backend::Sqlite).await;
    let project = project(&app).await;
    let mut editor = app.user("editor").await;
    let statements = || {
        let reads = app.desk.lists().statements() + app.desk.published.reader().statements();
        counted.sent() + reads
    };
    let mut costs = Vec::new();
    for title in ["Short", "Long"] {
        let form = editor.get(&path(&project)).await.form().fill("title", title);
        let before = statements();
        let page = form.autosave(&mut editor).await;
        costs.push(statements() - before);
        assert!(page.body.len() < 2_000, "a small piece: {}", page.body);
        for at in 0..40 {
            build::output(&app.desk, Some(&project), &format!("Output {at}"), 2019)
                .await
                .draft(&app.desk)
                .await;
        }
    }
    assert_eq!(costs[0], costs[1]);
    assert!(costs[0] <= 50, "{costs:?}");
}
