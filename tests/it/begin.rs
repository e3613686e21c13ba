//! Where one goes from a page: to a new item like the one that is there, and by the palette.

use axum::http::StatusCode;
use recto::content::{Id, Row, Value, by_name};
use recto::editing::{User, trash};

use crate::support::app::Page;
use crate::support::build::{event, news, output, project, theme};
use crate::support::{Backend, TestApp, backends};

#[tokio::test]
async fn a_new_item_begins_like_another_and_nothing_is_saved() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let theme = theme(desk, 3, "Leadership").published(desk).await;
        let learning = project(desk, &theme, "3.07", "Learning")
            .text("start", "2020-01-01")
            .text("end", "2099-12-31")
            .published(desk)
            .await;
        let mut editor = app.user("editor").await;
        let begin = async |editor: &mut crate::support::app::Client, plural: &str, id: Id| -> Page {
            let page = editor.get(&format!("/admin/{plural}/{id}")).await;
            let way = page.attribute(".page-head a[href*='like=']", "href").unwrap();
            editor.get(&way).await
        };

        let seminar = event(desk, "Seminar", "2020-03-04 16:30")
            .text("end", "2020-03-04 18:00")
            .text("time_zone", "Europe/Dublin")
            .text("venue", "Room 4")
            .text("state", "cancelled")
            .links("projects", &[&learning])
            .draft(desk)
            .await;
        let page = begin(&mut editor, "events", seminar.item.id).await;
        let form = page.form();
        assert_eq!(form.action, "/admin/events/new");
        for (name, wanted) in [
            ("title", "Seminar"),
            ("start", "2020-03-04T16:30"),
            ("end", "2020-03-04T18:00"),
            ("time_zone", "Europe/Dublin"),
            ("venue", "Room 4"),
            // That it was cancelled happened to the other.
            ("state", "scheduled"),
            ("slug", ""),
            ("projects.0.target", &learning.item.id.to_string()),
        ] {
            assert_eq!(form.get(name), wanted, "{name}");
        }
        assert!(page.has("#f-title[autofocus]"));
        assert_eq!(page.texts(".flash"), ["Filled in like ‘Seminar’. Nothing is saved until you save it."]);
        assert!(page.texts("#save-status")[0].starts_with("Not saved yet: Title"));
        assert_ne!(form.get("item"), seminar.item.id.to_string());
        let total = |page: &Page| page.texts("h1 .count").concat();
        assert_eq!(total(&editor.get("/admin/events").await), "1", "nothing is saved yet");
        let page = form.fill("title", "Another seminar").press(&mut editor, "save").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{:?}", page.texts(".error-summary"));
        assert_eq!(total(&editor.get("/admin/events").await), "2");

        // What is unique, and days that are over, stay with the other.
        let report = output(desk, Some(&learning), "Report", 2019).await;
        let report =
            report.text("doi", "10.1234/report").text("embargo_until", "2020-05-05").draft(desk).await;
        let page = begin(&mut editor, "outputs", report.item.id).await;
        let form = page.form();
        assert_eq!((form.get("doi"), form.get("embargo_until"), form.get("year")), ("", "", "2019"));
        assert_eq!((form.get("authors.0.name"), form.get("authors.lead")), ("Tomkins, L", "0"));
        assert_eq!(form.get("projects.0.target"), learning.item.id.to_string());
        assert_eq!(form.get("projects.0.position"), "", "its place in the table is its own");
        assert!(page.texts(".flash")[0].ends_with("Not taken over: Embargoed until, DOI."));
        assert_eq!(form.press(&mut editor, "save").await.status, StatusCode::SEE_OTHER);

        let page = begin(&mut editor, "projects", learning.item.id).await;
        let form = page.form();
        assert_eq!((form.get("code"), form.get("start"), form.get("end")), ("", "", "2099-12-31"));
        assert_eq!(form.get("theme"), theme.item.id.to_string());
        assert!(page.texts("textarea[name^='outputs']").is_empty(), "its outputs are its own");

        let old = news(desk, "Old news", "2020-01-01").draft(desk).await;
        let form = begin(&mut editor, "news", old.item.id).await.form();
        let today = desk.clock.now().format("%Y-%m-%d").to_string();
        assert_eq!(form.get("date"), today, "news begins today");

        // From the trash nothing is begun, but who knows the address may; of terms and themes nothing is.
        trash(desk, &User::system(), old.item.id).await.unwrap();
        assert!(!editor.get(&format!("/admin/news/{}", old.item.id)).await.has("a[href*='like=']"));
        assert!(!editor.get(&format!("/admin/themes/{}", theme.item.id)).await.has("a[href*='like=']"));
        for bad in [
            format!("/admin/themes/new?like={}", theme.item.id),
            format!("/admin/news/new?like={}", Id::nil()),
            format!("/admin/news/new?like={}", seminar.item.id),
            "/admin/news/new?like=bogus".to_owned(),
        ] {
            assert_eq!(editor.get(&bad).await.status, StatusCode::NOT_FOUND, "{bad}");
        }
    }
}

#[tokio::test]
async fn only_who_may_begin_one_begins_one_like_it() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let theme = theme(desk, 3, "Leadership").draft(desk).await;
    let own = project(desk, &theme, "3.01", "Own").draft(desk).await;
    let foreign = project(desk, &theme, "3.02", "Foreign").draft(desk).await;
    let both = news(desk, "Both", "2026-01-01").links("projects", &[&foreign, &own]).draft(desk).await;
    let path = format!("/admin/news/{}", both.item.id);
    let like = format!("/admin/news/new?like={}", both.item.id);
    let mut viewer = app.user("viewer").await;
    assert!(!viewer.get(&path).await.has("a[href*='like=']"));
    assert_eq!(viewer.get(&like).await.status, StatusCode::FORBIDDEN);

    let mut contributor = app.contributor(&[own.item.id]).await;
    let password = crate::support::app::PASSWORD;
    contributor.post("/admin/sign-in", &[("email", "contributor@example.org"), ("password", password)]).await;
    let page = contributor.get(&like).await;
    assert_eq!(page.texts("#f-projects .who a"), ["3.01 Own"], "they link only what is theirs");
    assert!(
        page.texts(".flash")[0].ends_with("Not taken over: Date, Projects."),
        "{:?}",
        page.texts(".flash")
    );
    assert_eq!(page.form().press(&mut contributor, "save").await.status, StatusCode::SEE_OTHER);
    let project = format!("/admin/projects/{}", own.item.id);
    assert!(!contributor.get(&project).await.has("a[href*='like=']"), "projects they do not make");
    let like = format!("/admin/projects/new?like={}", own.item.id);
    assert_eq!(contributor.get(&like).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_palette_offers_what_somebody_can_go_to() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let theme = theme(desk, 3, "On leadership").published(desk).await;
        let learning = project(desk, &theme, "3.07", "Learning <b>").draft(desk).await;
        output(desk, Some(&learning), "Empowering learning", 2019).await.draft(desk).await;
        let mut administrator = app.user("administrator").await;
        let mut viewer = app.user("viewer").await;
        let page = administrator.get("/admin/").await;
        assert_eq!(
            page.attribute("header a[data-palette]", "href").unwrap(),
            "/admin/search",
            "without script"
        );
        assert!(page.has("dialog#palette:not([open]) [role=combobox][aria-controls=palette-list]"));
        assert!(page.has("dialog#palette #palette-list[role=listbox]"));

        let all = administrator.get("/admin/go?q=").await;
        let names = all.texts("[role=option]");
        assert_eq!(names[0], "Dashboard");
        for name in ["Projects", "Users", "Your account", "New output", "New term"] {
            assert!(names.contains(&name.to_owned()), "{name} {names:?}");
        }
        assert!(!names.iter().any(|name| name.starts_with("Search everything")));
        let names = viewer.get("/admin/go").await.texts("[role=option]");
        assert!(!names.iter().any(|name| name == "Users" || name.starts_with("New ")), "{names:?}");

        let page = viewer.get("/admin/go?q=learn").await;
        let mut found = page.texts("[role=option] b");
        found.sort_unstable();
        assert_eq!(found, ["3.07 Learning <b>", "Empowering learning"]);
        assert!(page.texts("[role=option] small").contains(&"Output, Tomkins, L, 2019".to_owned()));
        assert!(page.has(&format!("a[role=option][href='/admin/projects/{}']", learning.item.id)));
        let ids: Vec<String> = {
            let html = page.html();
            let options = scraper::Selector::parse("[role=option]").unwrap();
            html.select(&options).map(|one| one.attr("id").unwrap().to_owned()).collect()
        };
        assert_eq!(ids, ["go-0", "go-1", "go-2"], "each is named once");
        assert_eq!(page.texts("#go-2"), ["Search everything for ‘learn’"]);
        assert_eq!(page.attribute("#go-2", "href").unwrap(), "/admin/search?q=learn");

        let page = administrator.get("/admin/go?q=n+OUT").await;
        assert_eq!(page.texts("[aria-labelledby=go-new] [role=option]"), ["New output"]);
        assert!(!page.has("[aria-labelledby=go-pages]"));
        // Bounded, and nothing in it is markup.
        let long = "%3Ci%3E".repeat(500);
        let page = administrator.get(&format!("/admin/go?q={long}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("<i>") && page.body.len() < 4_000);
        assert_eq!(app.stranger().get("/admin/go?q=learn").await.status, StatusCode::SEE_OTHER);
    }
}

/// A row of people whose type has columns of their own is copied whole.
#[tokio::test]
async fn rows_are_begun_with_their_columns() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let theme = theme(desk, 3, "Leadership").draft(desk).await;
    let force = crate::support::build::item(desk, by_name("organisation").unwrap()).text("name", "A force");
    let force = force.draft(desk).await;
    let partner = Row { target: Some(force.item.id), values: vec![Value::Text("funder".into())] };
    let one = project(desk, &theme, "3.07", "One").rows("partners", vec![partner]).draft(desk).await;
    let mut editor = app.user("editor").await;
    let form = editor.get(&format!("/admin/projects/new?like={}", one.item.id)).await.form();
    assert_eq!(form.get("partners.0.target"), force.item.id.to_string());
    assert_eq!(form.get("partners.0.role"), "funder");
}
