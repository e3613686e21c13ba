//! The pages over it, as a browser without scripts sends them: who may, what is said, what it costs.

use axum::http::StatusCode;
use recto::content::types::{CREDITED_AS, OUTPUT, PERSON};
use recto::content::{Id, Value};
use recto::editing::{Edit, User, save};
use recto::store::{State, Stored};

use super::{author, by, now};
use crate::support::app::{Client, Page};
use crate::support::build::{self, output, person, theme};
use crate::support::{Backend, TestApp, backends};

const NAMES: &str = "/admin/people/names";

/// A flash, with the spaces that HTML does not count.
fn said(page: &Page) -> String {
    page.texts(".flash").join(" ")
}

/// Presses a button of the queue for this name.
async fn press(client: &mut Client, said: &str, what: &str) -> Page {
    client.post(NAMES, &[("said", said), ("do", what)]).await
}

#[tokio::test]
async fn the_queue_says_who_is_asked_about_and_a_button_binds() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let leah = person(&app.desk, "Leah", "Tomkins").text("job_title", "Reader").draft(&app.desk).await;
        for title in ["One", "Two", "Three", "Four"] {
            by(&app.desk, title, vec![author("Tomkins, L. J.", None, true)]).await.draft(&app.desk).await;
        }
        by(&app.desk, "Five", vec![author("<b>Nobody</b>, N", None, true)]).await.draft(&app.desk).await;
        let mut editor = app.user("editor").await;
        let page = editor.get(NAMES).await;
        assert_eq!(page.texts("h1 .count"), ["2"]);
        assert_eq!(page.texts(".name-list h2"), ["Tomkins, L. J.", "<b>Nobody</b>, N"]);
        assert!(page.texts(".credited")[0].ends_with("; and 1 more"), "{:?}", page.texts(".credited"));
        assert_eq!(page.texts(".name-list button.person"), ["Leah Tomkins Reader"]);
        assert_eq!(editor.get(&format!("{NAMES}?q=TOMK")).await.texts(".name-list h2"), ["Tomkins, L. J."]);
        assert_eq!(editor.get(&format!("{NAMES}?q=zz")).await.texts(".empty h2"), ["No name like this"]);

        let page = press(&mut editor, "Tomkins, L. J.", &format!("bind:{}", leah.item.id)).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let page = editor.get(page.location()).await;
        assert_eq!(said(&page), "‘Tomkins, L. J.’: bound to Leah Tomkins in 4 outputs.");
        assert_eq!(page.texts("h1 .count"), ["1"]);
        assert_eq!(now(&app.desk, &leah).await.item.text(CREDITED_AS), "Tomkins, L. J.");
        // Pressed again, by whoever looked at the page before.
        let again = press(&mut editor, "Tomkins, L. J.", &format!("bind:{}", leah.item.id)).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(said(&again).starts_with("Nothing credits this name"), "{}", said(&again));

        let undo = page.attribute(".flash-deed form", "action").unwrap();
        assert_eq!(editor.get(&undo).await.texts("h1"), ["Name bound"]);
        let page = editor.post(&undo, &[]).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(said(&page), "5 items are as they were before.");
        assert_eq!(editor.get(NAMES).await.texts("h1 .count"), ["2"]);
        assert_eq!(said(&editor.post(&undo, &[]).await), "There was nothing left to take back.");
        assert_eq!(now(&app.desk, &leah).await.item.text(CREDITED_AS), "");
    }
}

#[tokio::test]
async fn a_name_has_a_page_of_its_own_with_everybody_and_every_output() {
    let app = TestApp::new(&Backend::Sqlite).await;
    person(&app.desk, "Leah", "Tomkins").draft(&app.desk).await;
    let married = person(&app.desk, "Lara", "Hartley").draft(&app.desk).await;
    let one = by(&app.desk, "One", vec![author("Tomkins, L", None, true)]).await.draft(&app.desk).await;
    let two = by(&app.desk, "Two", vec![author("Tomkins, L", None, true)]).await.draft(&app.desk).await;
    let mut editor = app.user("editor").await;
    let path = format!("{NAMES}/one?name=Tomkins%2C+L");
    let page = editor.get(&path).await;
    assert_eq!(page.texts(".together b"), ["Leah Tomkins", "A new person", "One", "Two"]);
    let page = editor.get(&format!("{path}&q=hartley")).await;
    assert_eq!(page.texts(".together b")[..2], ["Leah Tomkins", "Lara Hartley"]);
    let ids = [&married, &one, &two].map(|stored| stored.item.id.to_string());
    let shown = [("said", "Tomkins, L"), ("q", "hartley"), ("shown", &ids[1]), ("shown", &ids[2])];
    let own = format!("{NAMES}/one");
    let form = |more: &[(&'static str, &str)]| -> Vec<(String, String)> {
        let pairs = shown.iter().copied().chain(more.iter().copied());
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let send = async |editor: &mut Client, pairs: Vec<(String, String)>| {
        let pairs: Vec<(&str, &str)> =
            pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        editor.post(&own, &pairs).await
    };
    let page = send(&mut editor, form(&[("output", &ids[1])])).await;
    assert_eq!((page.status, said(&page).as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "Choose who it is."));
    assert_eq!(page.texts(".together b")[1], "Lara Hartley", "what was searched for is still there");
    let page = send(&mut editor, form(&[("person", &ids[0])])).await;
    assert_eq!(said(&page), "Choose at least one output.");
    assert!(page.has(&format!("[name=person][value='{}'][checked]", ids[0])), "the choice is kept");
    let page = send(&mut editor, form(&[("person", &ids[0]), ("output", &ids[1])])).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let target = |stored: &Stored| stored.item.rows("authors")[0].target;
    assert_eq!(target(&now(&app.desk, &one).await), Some(married.item.id));
    assert_eq!(target(&now(&app.desk, &two).await), None);
    let page = send(&mut editor, form(&[("person", "new"), ("output", &ids[1]), ("output", &ids[2])])).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let made = target(&now(&app.desk, &two).await).unwrap();
    let made = app.desk.store.items(&PERSON, &[made]).await.unwrap().remove(0);
    assert_eq!(made.item.title(), "L Tomkins");
    assert_eq!(editor.get(&path).await.texts(".empty h2"), ["Nobody is credited so"]);
    for bad in [
        format!("{NAMES}/one"),
        format!("{NAMES}/one?name=%2C"),
        format!("{NAMES}/one?name={}", "x".repeat(500)),
    ] {
        assert_eq!(editor.get(&bad).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
}

#[tokio::test]
async fn names_that_are_nobodys_have_a_list_and_come_back() {
    let app = TestApp::new(&Backend::Sqlite).await;
    for name in ["Lewis, A", "Meyer, B"] {
        by(&app.desk, name, vec![author(name, None, true)]).await.draft(&app.desk).await;
    }
    let mut editor = app.user("editor").await;
    let page = press(&mut editor, "Lewis, A", "outsider").await;
    let page = editor.get(page.location()).await;
    assert_eq!(said(&page), "‘Lewis, A’ is not asked about any more.");
    assert_eq!(page.texts(".name-list h2"), ["Meyer, B"]);
    let page = editor.post(NAMES, &[("said", "Meyer, B"), ("do", "outsiders")]).await;
    let page = editor.get(page.location()).await;
    assert_eq!(page.texts(".empty h2"), ["Every name has its person"]);
    let page = editor.get(&format!("{NAMES}?show=outsiders")).await;
    assert_eq!(page.texts(".name-list h2"), ["Lewis, A", "Meyer, B"]);
    let page = editor.post(NAMES, &[("said", "Lewis, A"), ("do", "back"), ("show", "outsiders")]).await;
    assert_eq!(editor.get(page.location()).await.texts(".name-list h2"), ["Meyer, B"]);
    assert_eq!(editor.get(NAMES).await.texts(".name-list h2"), ["Lewis, A"]);
}

#[tokio::test]
async fn two_people_are_merged_page_by_page() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let kept = person(desk, "Leah", "Tomkins").text("job_title", "Reader").published(desk).await;
        let twin = person(desk, "L", "Tomkins").text("web", "https://tomkins.example.org/").draft(desk).await;
        let output =
            by(desk, "One", vec![author("Tomkins, L", Some(&twin), true)]).await.published(desk).await;
        let mut editor = app.user("editor").await;
        let form = editor.get(&format!("/admin/people/{}", twin.item.id)).await;
        let path = form.attribute("aside a[href$='/merge']", "href").unwrap();
        let page = editor.get(&path).await;
        assert_eq!(page.texts(".feed a"), ["Leah Tomkins"]);
        let compared = page.attribute(".feed a", "href").unwrap();
        assert!(!editor.get(&format!("{path}?q=nothing")).await.has("#other ~ .feed"));
        // The public one stays, unless somebody says otherwise.
        let page = editor.get(&compared).await;
        let form = page.form_of("main form.steps");
        assert_eq!(form.get("keep"), kept.item.id.to_string());
        assert_eq!(page.texts(".diff-take tbody th"), ["Given names", "Web page"]);
        assert!(
            page.has("[name=take][value=web][checked]")
                && !page.has("[name=take][value=given_names][checked]")
        );
        let turned = page.attribute("main p > a[href*='keep=']", "href").unwrap();
        let other = editor.get(&turned).await.form_of("main form.steps");
        assert_eq!(other.get("keep"), twin.item.id.to_string());

        // Somebody saves meanwhile.
        let mut item = kept.item.clone();
        item.set("job_title", Value::Text("Professor".into()));
        save(desk, &User::system(), &[Edit::of(&kept, item)]).await.unwrap();
        let page = form.press(&mut editor, "merge").await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(said(&page).starts_with("Somebody has saved one of the two"), "{}", said(&page));
        let page = page.form_of("main form.steps").press(&mut editor, "merge").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let done = page.location().to_owned();
        let page = editor.get(&done).await;
        assert_eq!(
            page.texts("p.about"),
            ["‘L Tomkins’ was merged into ‘Leah Tomkins’. One item linked to it and now to the other."]
        );
        assert_eq!(now(desk, &twin).await.state(), State::Trashed);
        assert_eq!(now(desk, &output).await.item.rows("authors")[0].target, Some(kept.item.id));
        let page = editor.post(&done, &[]).await;
        assert_eq!(page.texts("h1"), ["Taken back"]);
        assert_eq!(now(desk, &twin).await.item, twin.item);
        assert_eq!(now(desk, &kept).await.item.text("job_title"), "Professor");
        // Themes are not merged, nor is what is not there.
        let nobody = Id::nil();
        for bad in ["themes", "people"] {
            let page = editor.get(&format!("/admin/{bad}/{nobody}/merge")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{bad}");
        }
    }
}

#[tokio::test]
async fn routes_are_for_those_who_may() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let theme = theme(desk, 1, "One").draft(desk).await;
    let mine = build::project(desk, &theme, "1.1", "Mine").draft(desk).await;
    let kept = person(desk, "Leah", "Tomkins").draft(desk).await;
    let twin = person(desk, "L", "Tomkins").draft(desk).await;
    output(desk, Some(&mine), "Mine", 2020).await.draft(desk).await;
    output(desk, None, "Nobody’s", 2020).await.draft(desk).await;
    let merge = format!("/admin/people/{}/merge", twin.item.id);
    let compare = format!("{merge}?with={}", kept.item.id);
    let ids = [&kept, &twin].map(|stored| stored.item.id.to_string());
    let merging = [
        ("keep", ids[0].as_str()),
        ("keep_version", "1"),
        ("merge", ids[1].as_str()),
        ("merge_version", "1"),
    ];
    let bind = format!("bind:{}", kept.item.id);
    let one = format!("{NAMES}/one?name=Tomkins%2C+L");

    let mut stranger = app.stranger();
    for path in [NAMES, &one, &merge, "/admin/changes/x"] {
        assert!(stranger.get(path).await.location().starts_with("/admin/sign-in"), "{path}");
    }
    let mut viewer = app.user("viewer").await;
    let mut contributor = app.contributor(&[mine.item.id]).await;
    for (client, buttons) in [(&mut viewer, false), (&mut contributor, true)] {
        let page = client.get(NAMES).await;
        assert_eq!((page.status, page.has(".name-list button.person")), (StatusCode::OK, buttons));
        assert!(!page.body.contains("Not one of ours") && !page.body.contains("New person"));
        assert_eq!(client.get(&one).await.status, StatusCode::OK);
        assert_eq!(client.get(&one).await.has("fieldset[disabled]"), !buttons);
        for path in [&merge, &compare] {
            assert_eq!(client.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(client.post(&merge, &merging).await.status, StatusCode::FORBIDDEN);
        for what in ["outsider", "outsiders", "back", "new"] {
            assert_eq!(press(client, "Tomkins, L", what).await.status, StatusCode::FORBIDDEN, "{what}");
        }
        assert_eq!(client.get("/admin/changes/x").await.status, StatusCode::NOT_FOUND);
        assert!(!client.get(&format!("/admin/people/{}", kept.item.id)).await.has("aside a[href$='/merge']"));
    }
    assert_eq!(press(&mut viewer, "Tomkins, L", &bind).await.status, StatusCode::FORBIDDEN);
    let page = press(&mut contributor, "Tomkins, L", &bind).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let batch = contributor.get(page.location()).await.attribute(".flash-deed form", "action").unwrap();
    assert_eq!(viewer.post(&batch, &[]).await.status, StatusCode::FORBIDDEN);
    assert!(!viewer.get(&batch).await.has("form button[type=submit]:not(.text-button)"));
    assert_eq!(contributor.post(&batch, &[]).await.status, StatusCode::OK);
    for bad in ["bind:x", "bind:", "something", ""] {
        assert_eq!(press(&mut contributor, "Tomkins, L", bad).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
    assert_eq!(now(desk, &kept).await, kept);
    assert_eq!(now(desk, &twin).await, twin);
}

#[tokio::test]
async fn the_dashboard_leads_to_what_mends() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let mut editor = app.user("editor").await;
    let page = editor.get("/admin/").await;
    assert!(!page.has("#looks") && !page.has("#waiting") && page.has("#steps"), "nothing is said of nothing");
    let theme = theme(desk, 1, "One").published(desk).await;
    let late = build::project(desk, &theme, "1.1", "Late").text("end", "2026-03-01").draft(desk).await;
    let bare = |title: &str| build::item(desk, &OUTPUT).text("title", title);
    for title in ["A", "B", "C", "D"] {
        bare(title).draft(desk).await;
    }
    let unseen = person(desk, "Leah", "Tomkins").draft(desk).await;
    let linking =
        by(desk, "Links", vec![author("Tomkins, L", Some(&unseen), true)]).await.published(desk).await;
    let page = editor.get("/admin/").await;
    let looks: Vec<(String, String)> =
        page.texts("#looks-list a").into_iter().zip(page.texts("#looks-list .number")).collect();
    let look = |what: &str| looks.iter().find(|(one, _)| one == what).map(|(_, number)| number.clone());
    assert_eq!(look("Active projects past their end date").as_deref(), Some("1"));
    assert_eq!(look("Outputs without a year").as_deref(), Some("4"));
    assert_eq!(look("Outputs that link to what is not public").as_deref(), Some("1"));
    let href = |what: &str| {
        let html = page.html();
        let links = scraper::Selector::parse("#looks-list a").unwrap();
        let link = html.select(&links).find(|one| one.text().collect::<String>() == what);
        link.and_then(|link| link.attr("href").map(str::to_owned)).unwrap()
    };
    // One is mended in its form; several stand in a list of exactly these.
    assert_eq!(
        href("Active projects past their end date"),
        format!("/admin/projects/{}#f-status", late.item.id)
    );
    let form = editor.get(&format!("/admin/projects/{}", late.item.id)).await;
    assert!(form.has("#f-status"));
    let publish = format!("/admin/outputs/{}/publish", linking.item.id);
    assert_eq!(href("Outputs that link to what is not public"), publish);
    assert_eq!(editor.get(&publish).await.texts(".together b"), ["Leah Tomkins"]);
    let list = href("Outputs without a year");
    assert_eq!(list, "/admin/outputs?look=no_year");
    let page = editor.get(&list).await;
    assert_eq!(page.texts("h1 .count"), ["4"]);
    let sorted = editor.get(&format!("{list}&sort=title")).await;
    assert_eq!(sorted.texts("tbody .name"), ["A", "B", "C", "D"]);
    assert_eq!(page.texts(".facts"), ["Outputs without a year"]);
    // Filtered and exported further.
    assert_eq!(editor.get(&format!("{list}&q=B")).await.texts("tbody .name"), ["B"]);
    assert!(editor.get(&format!("{list}&q=B")).await.has("#s-look option[value=no_year][selected]"));
    let csv = editor.get("/admin/outputs/export?look=no_year&as=csv").await;
    assert_eq!(csv.body.lines().count(), 5, "{}", csv.body);
    assert_eq!(editor.get("/admin/outputs?look=nonsense").await.texts("h1 .count"), ["5"]);
    assert_eq!(editor.get("/admin/projects?look=no_year").await.texts("h1 .count"), ["1"]);
    assert_eq!(
        editor.get("/admin/news?look=no_summary").await.texts(".empty h2"),
        ["Nothing to look at here"]
    );

    // Whoever cannot mend it is not told.
    let mut viewer = app.user("viewer").await;
    let page = viewer.get("/admin/").await;
    assert!(
        !page.texts("#looks-list a").iter().any(|what| what.contains("without")),
        "{:?}",
        page.texts("#looks-list a")
    );
    assert_eq!(viewer.get(&list).await.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_cost_the_same_however_much_there_is() {
    let (app, counted) = TestApp::counted(&Backend::Sqlite).await;
    let desk = &app.desk;
    let kept = person(desk, "Leah", "Tomkins").draft(desk).await;
    let twin = person(desk, "L", "Tomkins").draft(desk).await;
    let mut editor = app.user("editor").await;
    let compare = format!("/admin/people/{}/merge?with={}", twin.item.id, kept.item.id);
    let one = format!("{NAMES}/one?name=Lewis%2C+A");
    let pages = ["/admin/", "/admin/outputs?look=no_year", NAMES, &one, &compare];
    let statements = || counted.sent() + desk.lists().statements() + desk.published.reader().statements();
    let mut costs = Vec::new();
    for many in [1, 30] {
        for number in 0..many {
            let credited = vec![
                author("Lewis, A", None, true),
                author(&format!("Other, {many} x{number}"), None, false),
            ];
            by(desk, &format!("Credited {number}"), credited).await.draft(desk).await;
            build::item(desk, &OUTPUT).text("title", &format!("Bare {number}")).draft(desk).await;
            let linked = vec![author("Tomkins, L", Some(&twin), true)];
            by(desk, &format!("Linked {number}"), linked).await.published(desk).await;
        }
        let mut now = Vec::new();
        for page in pages {
            let before = statements();
            assert_eq!(editor.get(page).await.status, StatusCode::OK, "{page}");
            now.push((page.to_owned(), statements() - before));
        }
        costs.push(now);
    }
    assert_eq!(costs[0], costs[1]);
    for (page, statements) in &costs[1] {
        assert!(*statements <= 24, "{page} takes {statements} statements");
    }
}
