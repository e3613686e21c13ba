//! Forms over HTTP, as a browser without script sends them: what is saved, what comes back when
//! it cannot be, and that nothing typed is lost on the way.

use axum::http::StatusCode;
use recto::content::types::NEWS;
use recto::published::Select;

use crate::support::build::{self, theme};
use crate::support::files::{media, png};
use crate::support::{Backend, TestApp, TestDesk, backends};

/// A theme and a project under it, in the database; an editor at the project's form.
async fn project_form(app: &TestApp) -> (crate::support::app::Client, String) {
    let theme = theme(&app.desk, 3, "Leadership").published(&app.desk).await;
    let project = build::project(&app.desk, &theme, "3.07", "Organisational learning").draft(&app.desk).await;
    (app.user("editor").await, format!("/admin/projects/{}", project.item.id))
}

#[tokio::test]
async fn a_project_is_made_filled_and_published_without_script() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let theme = theme(&app.desk, 3, "Leadership").published(&app.desk).await;
        let mut editor = app.user("editor").await;

        let form = editor.get("/admin/projects/new").await.form();
        let form = form
            .fill("code", "3.7")
            .fill("title", "Organisational learning")
            .fill("theme", &theme.item.id.to_string())
            .fill("status", "complete")
            .fill("body", "<p>Text</p><script>alert(1)</script>")
            .fill("team.find", "Dr Leah Tomkins");
        let page = form.press(&mut editor, "create:team").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.texts("#f-team .who a"), ["Dr Leah Tomkins"]);
        assert_eq!(page.form().get("title"), "Organisational learning");

        let page = page.form().press(&mut editor, "add:outputs").await;
        let form = page
            .form()
            .fill("outputs.0.title", "Empowering learning")
            .fill("outputs.0.lead", "Tomkins, Leah")
            .fill("outputs.0.year", "2019")
            .fill("outputs.0.availability", "on_request");
        let kind = page.attribute("[name='outputs.0.type'] option:nth-child(2)", "value").unwrap();
        let page = form.fill("outputs.0.type", &kind).press(&mut editor, "publish").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{:?}", page.texts(".error-summary"));
        let preflight = page.location().to_owned();

        let page = editor.get(&preflight).await;
        assert_eq!(page.texts("h2#missing"), Vec::<String>::new());
        let titles = page.texts(".together b");
        assert_eq!(titles, ["Dr Leah Tomkins", "Empowering learning"]);
        assert_eq!(page.texts(".together small"), ["Person, academic team", "Output"]);
        assert_eq!(
            page.texts(".diff thead th"),
            ["Field", "What readers will see"],
            "nothing to compare with"
        );
        let version = page.attribute("[name=version]", "value").unwrap();
        let ids: Vec<String> = {
            let html = page.html();
            let boxes = scraper::Selector::parse("[name=together]").unwrap();
            html.select(&boxes).map(|one| one.attr("value").unwrap().to_owned()).collect()
        };
        let mut pairs = vec![("version", version.as_str())];
        pairs.extend(ids.iter().map(|id| ("together", id.as_str())));
        let page = editor.post(&preflight, &pairs).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);

        let public = app.desk.published.reader();
        let project_type = recto::content::by_name("project").unwrap();
        let found = public.locate(project_type, "3.07").await.unwrap();
        let recto::published::Located::Here(found) = found else { panic!("{found:?}") };
        assert_eq!(found.json["body"], "<p>Text</p>");
        let outputs = public.inverse(&project_type.inverses[0], &found.id).await.unwrap();
        assert_eq!(outputs.len(), 1);
        assert_eq!(outputs[0].json["to_note"], "Available on request");
        assert_eq!(outputs[0].json["lead"]["name"], "Tomkins, Leah");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_place_and_nothing_is_lost() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let (mut editor, path) = project_form(&app).await;
    let page = editor.get(&path).await.form().press(&mut editor, "add:outputs").await;
    let form = page
        .form()
        .fill("code", "3,07")
        .fill("title", "  Changed  ")
        .fill("outputs.0.title", "X")
        .fill("outputs.0.year", "219");
    let page = form.press(&mut editor, "save").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.texts("#f-code-error")[0].contains("3.07"));
    assert_eq!(page.texts(".error-summary li").len(), 2);
    for link in ["#f-code", "#outputs-"] {
        let found = page.attribute(&format!(".error-summary a[href^='{link}']"), "href").unwrap();
        assert!(page.has(&format!("[id='{}']", &found[1..])), "{found} leads nowhere");
    }
    assert_eq!(page.form().get("code"), "3,07");
    assert_eq!(page.form().get("outputs.0.year"), "219");
    assert!(page.texts(".save-status")[0].starts_with("Not saved yet: Code, Title, Outputs"));
}

#[tokio::test]
async fn rows_are_moved_and_taken_out_without_saving() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let (mut editor, path) = project_form(&app).await;
    let mut page = editor.get(&path).await;
    for title in ["One", "Two", "Three"] {
        let form = page.form().press(&mut editor, "add:outputs").await.form();
        let at = form
            .pairs
            .iter()
            .filter(|(name, _)| name.ends_with(".title") && name.starts_with("outputs"))
            .count()
            - 1;
        let form = form.fill(&format!("outputs.{at}.title"), title);
        let saved = form.press(&mut editor, "save").await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER);
        page = editor.get(&path).await;
    }
    let titles = |page: &crate::support::app::Page| page.texts("textarea[name^='outputs']");
    assert_eq!(titles(&page), ["One", "Two", "Three"]);
    let page = page.form().press(&mut editor, "up:outputs:2").await;
    assert_eq!(titles(&page), ["One", "Three", "Two"]);
    let page = page.form().press(&mut editor, "remove:outputs:0").await;
    assert_eq!(titles(&page), ["Three", "Two"]);
    assert_eq!(titles(&editor.get(&path).await), ["One", "Two", "Three"]);
    page.form().press(&mut editor, "save").await;
    assert_eq!(titles(&editor.get(&path).await), ["Three", "Two"]);
    // Taken out of the table, not thrown away.
    assert!(editor.get("/admin/outputs?q=one").await.texts(".name a").contains(&"One".to_owned()));
}

#[tokio::test]
async fn changes_to_different_fields_merge_and_clashes_are_shown() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let (mut mine, path) = project_form(&app).await;
        let mut theirs = app.user("administrator").await;
        let my_form = mine.get(&path).await.form();
        let their_form = theirs.get(&path).await.form();

        let page = their_form.clone().fill("summary", "Theirs").press(&mut theirs, "save").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let page = my_form.clone().fill("contact_email", "mine@example.org").press(&mut mine, "save").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{:?}", page.texts(".error-summary"));
        let both = mine.get(&path).await.form();
        assert_eq!((both.get("summary"), both.get("contact_email")), ("Theirs", "mine@example.org"));

        let page = my_form.fill("summary", "Mine").press(&mut mine, "save").await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert_eq!(page.form().get("summary"), "Mine");
        assert!(page.texts("#theirs-summary")[0].contains("Theirs"));
        assert_eq!(mine.get(&path).await.form().get("summary"), "Theirs");
        let taken = page.form().press(&mut mine, "theirs:summary").await;
        assert_eq!(taken.form().get("summary"), "Theirs");
        let page = page.form().press(&mut mine, "save").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert_eq!(mine.get(&path).await.form().get("summary"), "Mine");
    }
}

#[tokio::test]
async fn two_people_edit_two_rows_of_one_table() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let (mut mine, path) = project_form(&app).await;
    let mut theirs = app.user("administrator").await;
    let mut page = mine.get(&path).await;
    for (at, title) in ["One", "Two"].iter().enumerate() {
        let form = page.form().press(&mut mine, "add:outputs").await.form();
        form.fill(&format!("outputs.{at}.title"), title).press(&mut mine, "save").await;
        page = mine.get(&path).await;
    }
    let their_form = theirs.get(&path).await.form();
    page.form().fill("outputs.0.title", "One, mine").press(&mut mine, "save").await;
    let saved = their_form.clone().fill("outputs.1.title", "Two, theirs").press(&mut theirs, "save").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let titles = mine.get(&path).await.texts("textarea[name^='outputs']");
    assert_eq!(titles, ["One, mine", "Two, theirs"]);

    let clash = their_form.fill("outputs.0.title", "One, theirs").press(&mut theirs, "save").await;
    assert_eq!(clash.status, StatusCode::CONFLICT);
    assert!(clash.texts("td .error")[0].contains("One, mine"));
    assert_eq!(clash.form().get("outputs.0.title"), "One, theirs");
    assert_eq!(clash.form().press(&mut theirs, "save").await.status, StatusCode::SEE_OTHER);
    assert_eq!(mine.get(&path).await.texts("textarea[name^='outputs']")[0], "One, theirs");
}

#[tokio::test]
async fn every_type_has_a_list_a_form_and_survives_a_round_trip() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let mut administrator = app.user("administrator").await;
        for content_type in recto::content::TYPES {
            let path = format!("/admin/{}", content_type.plural);
            let list = administrator.get(&path).await;
            if content_type.single {
                assert_eq!(list.status, StatusCode::SEE_OTHER);
                let form = administrator.get(list.location()).await.form();
                let page = form.fill("name", "Another name").press(&mut administrator, "save").await;
                assert_eq!(page.status, StatusCode::SEE_OTHER);
                continue;
            }
            assert_eq!(list.status, StatusCode::OK, "{path}");
            // A media item begins with its file.
            let new = match content_type.name {
                "media" => {
                    let file = media(&app.desk, "bridge.png", png(9, 9)).await.draft(&app.desk).await;
                    format!("{path}/{}", file.item.id)
                }
                _ => format!("{path}/new"),
            };
            let form = administrator.get(&new).await.form();
            let name = content_type.title_name.replace("display_name", "family_name");
            let page = form.fill(&name, "Canary & <b>").press(&mut administrator, "save").await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {:?}", page.texts(".error-summary"));
            let own = page.location().to_owned();
            let page = administrator.get(&own).await;
            assert_eq!(page.form().get(&name), "Canary & <b>");
            assert!(page.texts(".flash").concat().contains("Saved"));
            // Saved again untouched, it stays the version that it is.
            let version = page.form().get("version").to_owned();
            page.form().press(&mut administrator, "save").await;
            assert_eq!(administrator.get(&own).await.form().get("version"), version, "{path}");
            assert!(
                administrator
                    .get(&format!("{path}?q=canary"))
                    .await
                    .texts(".name a, .card a")
                    .concat()
                    .contains("Canary & <b>")
            );
            for verb in ["trash", "untrash"] {
                let page = administrator.get(&own).await.form().press(&mut administrator, verb).await;
                assert_eq!(page.status, StatusCode::SEE_OTHER, "{path} {verb}");
            }
        }
    }
}

#[tokio::test]
async fn every_route_asks_for_permission() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let theme = theme(&app.desk, 3, "Leadership").published(&app.desk).await;
        let theirs = build::project(&app.desk, &theme, "3.01", "Theirs").draft(&app.desk).await;
        let own = build::project(&app.desk, &theme, "3.02", "Own").draft(&app.desk).await;
        let output = build::output(&app.desk, Some(&own), "Own output", 2019).await.draft(&app.desk).await;
        let foreign =
            build::output(&app.desk, Some(&theirs), "Foreign output", 2019).await.draft(&app.desk).await;
        let news = build::news(&app.desk, "News", "2026-01-01").draft(&app.desk).await;
        let paths = [
            ("themes", &theme),
            ("projects", &theirs),
            ("projects", &own),
            ("outputs", &output),
            ("outputs", &foreign),
            ("news", &news),
        ]
        .map(|(plural, stored)| (format!("/admin/{plural}/{}", stored.item.id), stored));

        // (may save, may publish) of each object in the order of the paths.
        let nobody = [(false, false); 6];
        let all = [(true, true); 6];
        let contributor =
            [(false, false), (false, false), (true, false), (true, false), (false, false), (false, false)];
        for (role, wanted) in [("viewer", nobody), ("contributor", contributor), ("editor", all)] {
            let mut client = match role {
                "contributor" => app.contributor(&[own.item.id]).await,
                role => app.user(role).await,
            };
            if role == "contributor" {
                // The assignment ended the first session.
                let sign_in =
                    [("email", "contributor@example.org"), ("password", crate::support::app::PASSWORD)];
                client.post("/admin/sign-in", &sign_in).await;
            }
            for ((path, stored), (save, publish)) in paths.iter().zip(wanted) {
                let version =
                    app.desk.store.items(stored.item.content_type, &[stored.item.id]).await.unwrap()[0]
                        .meta
                        .version;
                let page = client.get(path).await;
                assert_eq!(page.status, StatusCode::OK, "{role} {path}");
                assert_eq!(page.has(".save-bar"), save, "{role} {path}");
                let form = page.form().fill("title", &format!("{} by {role}", stored.item.text("title")));
                let after = form.press(&mut client, "save").await;
                let expected = if save { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN };
                assert_eq!(
                    after.status,
                    expected,
                    "{role} {path} {:?}",
                    after.texts(".flash, .error-summary")
                );
                let now = app.desk.store.items(stored.item.content_type, &[stored.item.id]).await.unwrap()[0]
                    .meta
                    .version;
                assert_eq!(now > version, save, "{role} {path}");
                for address in [format!("{path}/publish")] {
                    let status = client.get(&address).await.status;
                    assert_eq!(status == StatusCode::OK, publish, "{role} {address} {status}");
                    let version = now.to_string();
                    let status = client.post(&address, &[("version", &version)]).await.status;
                    assert_eq!(status == StatusCode::SEE_OTHER, publish, "{role} POST {address} {status}");
                }
                for verb in ["unpublish", "trash", "untrash"] {
                    let status = client.get(path).await.form().press(&mut client, verb).await.status;
                    assert_eq!(status == StatusCode::SEE_OTHER, publish, "{role} {verb} {path} {status}");
                }
            }
        }
        let mut stranger = app.stranger();
        for (path, _) in &paths {
            assert_eq!(stranger.get(path).await.status, StatusCode::SEE_OTHER);
            assert_eq!(stranger.post(path, &[("title", "x")]).await.status, StatusCode::UNAUTHORIZED);
        }
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_changed_says_why_and_what_to_do() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let (mut editor, path) = project_form(&app).await;
    let terms = editor.get("/admin/terms").await;
    let term = terms.attribute("tbody .name a", "href").unwrap();
    let mut viewer = app.user("viewer").await;
    let mut contributor = app.contributor(&[]).await;
    for (client, path, why) in [
        (&mut viewer, &path, "Your role is viewer"),
        (&mut contributor, &path, "not in a project that is assigned to you"),
        (&mut editor, &term, "Only administrators can change this"),
    ] {
        let page = client.get(path).await;
        assert!(page.texts("#locked").concat().contains(why), "{:?}", page.texts("#locked"));
        assert!(page.has("fieldset.locked[disabled]") && !page.has(".save-bar"));
    }
    assert!(!editor.get(&path).await.has("#locked"));

    let page = editor.get(&path).await.form().press(&mut editor, "trash").await;
    let said = editor.get(page.location()).await;
    assert!(said.texts(".flash").concat().contains("you can take it out again") && !said.has("#locked"));
    let page = editor.get(&path).await;
    assert_eq!(page.texts("#locked"), ["This is in the trash. Take it out before you change it."]);
    assert_eq!(page.texts(".save-bar button"), ["Take out of the trash"]);
    assert!(!viewer.get(&path).await.has(".save-bar"));
    // As a browser sends a locked form: nothing that stands on it.
    let id = path.rsplit('/').next().unwrap();
    let page = editor.post(&path, &[("version", "1"), ("item", id), ("do", "untrash")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let page = editor.get(&path).await;
    assert_eq!(page.form().get("title"), "Organisational learning");
    assert!(!page.has("#locked"));
}

#[tokio::test]
async fn a_contributor_finds_their_projects_and_what_they_begin_belongs_to_one() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let theme = theme(&app.desk, 3, "Leadership").published(&app.desk).await;
    let own = build::project(&app.desk, &theme, "3.07", "Own").draft(&app.desk).await;
    let second = build::project(&app.desk, &theme, "3.08", "Second").draft(&app.desk).await;
    let mut nobody = app.contributor(&[]).await;
    let page = nobody.get("/admin/").await;
    assert!(page.texts("[aria-labelledby=assigned] p").concat().contains("No project is assigned to you"));
    assert!(!page.has(".page-head .actions"), "nothing could be saved");

    let account = app.desk.store.account_by_email("contributor@example.org").await.unwrap().unwrap();
    let assign = async |projects: &[recto::content::Id]| {
        let by = recto::editing::User::system();
        let (name, role) = (&account.name, "contributor");
        app.accounts.update(&by, &account.id, name, role, false, projects).await.unwrap();
    };
    assign(&[own.item.id]).await;
    let page = nobody.get("/admin/").await;
    assert_eq!(page.texts("[aria-labelledby=assigned] a"), ["3.07 Own"]);
    let form = nobody.get("/admin/news/new").await.form().fill("title", "From the field");
    assert_eq!(form.press(&mut nobody, "save").await.status, StatusCode::SEE_OTHER);

    assign(&[own.item.id, second.item.id]).await;
    assert_eq!(nobody.get("/admin/").await.texts("[aria-labelledby=assigned] a").len(), 2);
    let page = nobody.get("/admin/events/new").await;
    assert!(!page.has("#f-projects .link-row"), "which of two is theirs to say");
}

#[tokio::test]
async fn what_is_typed_while_somebody_moves_it_to_the_trash_is_not_lost() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let (mut mine, path) = project_form(&app).await;
    let form = mine.get(&path).await.form().fill("title", "My title");
    let mut theirs = mine.clone();
    theirs.get(&path).await.form().press(&mut theirs, "trash").await;
    let page = form.press(&mut mine, "save").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert_eq!(page.form().get("title"), "My title");
    assert!(!page.has("fieldset.locked"), "a locked form would not send what was typed");
    assert_eq!(page.texts(".save-bar button"), ["Take out of the trash and save"]);
    let page = page.form().press(&mut mine, "untrash").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{:?}", page.texts(".flash"));
    assert_eq!(mine.get(&path).await.form().get("title"), "My title");
}

#[tokio::test]
async fn broken_and_oversized_forms_are_answered_in_words() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let (mut editor, path) = project_form(&app).await;
    for (body, status) in [
        (b"title=%ff%fe".to_vec(), StatusCode::BAD_REQUEST),
        (b"title=\xff".to_vec(), StatusCode::BAD_REQUEST),
        (vec![b'a'; 5 * 1024 * 1024], StatusCode::PAYLOAD_TOO_LARGE),
        ("a=1&".repeat(30_000).into_bytes(), StatusCode::PAYLOAD_TOO_LARGE),
        (b"outputs.999999999999.title=x&team.-1.role=y&do=up:team:99".to_vec(), StatusCode::OK),
        (b"do=up:nothing:1".to_vec(), StatusCode::CONFLICT),
        (b"do=".to_vec(), StatusCode::CONFLICT),
    ] {
        let page = editor.post_raw(&path, body.clone()).await;
        assert_eq!(page.status, status, "{}", String::from_utf8_lossy(&body[..body.len().min(60)]));
        assert!(page.has("main"), "no page");
    }
    for path in [
        "/admin/nothing",
        "/admin/projects/1",
        "/admin/projects/00000000-0000-0000-0000-000000000000",
        "/admin/projects/x/publish",
    ] {
        assert_eq!(editor.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let long = "x".repeat(700);
    let page = editor.get(&path).await.form().fill("summary", &long).press(&mut editor, "save").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.form().get("summary"), long);
}

#[tokio::test]
async fn a_thousand_rows_are_saved_at_once() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let (mut editor, path) = project_form(&app).await;
    let mut form = editor.get(&path).await.form();
    for at in 0..1_000 {
        form.pairs.push((format!("outputs.{at}.title"), format!("Title {at}")));
    }
    let page = form.press(&mut editor, "save").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{:?}", page.texts(".error-summary"));
    assert_eq!(editor.get(&path).await.texts("table.rows tbody tr").len(), 1_000);
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_comes_back_after_signing_in() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let (mut editor, path) = project_form(&app).await;
    let form = editor.get(&path).await.form().fill("title", "Typed for an hour");
    app.desk.clock.advance(chrono::TimeDelta::hours(13));
    let page = form.press(&mut editor, "save").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    let resume = page.attribute("[name=resume]", "value").unwrap();
    let next = page.attribute("[name=next]", "value").unwrap();
    let sign_in = [
        ("email", "editor@example.org"),
        ("password", crate::support::app::PASSWORD),
        ("next", &next),
        ("resume", &resume),
    ];
    let page = editor.post("/admin/sign-in", &sign_in).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.form().get("title"), "Typed for an hour");
    assert_eq!(page.form().press(&mut editor, "save").await.status, StatusCode::SEE_OTHER);
    assert_eq!(editor.get(&path).await.form().get("title"), "Typed for an hour");
    // Asked by htmx, the page keeps what it has.
    app.desk.clock.advance(chrono::TimeDelta::hours(13));
    editor.htmx = true;
    assert_eq!(form.press(&mut editor, "save").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn pages_cost_a_constant_number_of_statements() {
    let (app, counted) = TestApp::counted(&Backend::Sqlite).await;
    let theme = theme(&app.desk, 3, "Leadership").draft(&app.desk).await;
    let project = build::project(&app.desk, &theme, "3.07", "Learning").draft(&app.desk).await;
    let mut editor = app.user("editor").await;
    let own = format!("/admin/projects/{}", project.item.id);
    let pages = [
        "/admin/".to_owned(),
        "/admin/outputs".into(),
        "/admin/projects".into(),
        "/admin/search?q=output".into(),
        own.clone(),
        format!("{own}/publish"),
    ];
    let mut costs = Vec::new();
    for many in [1, 40] {
        for number in 0..many {
            build::output(&app.desk, Some(&project), &format!("Output {many} {number}"), 2019)
                .await
                .draft(&app.desk)
                .await;
        }
        let mut now = Vec::new();
        for page in &pages {
            let before =
                (counted.sent(), app.desk.lists().statements(), app.desk.published.reader().statements());
            assert_eq!(editor.get(page).await.status, StatusCode::OK, "{page}");
            let editorial = counted.sent() - before.0;
            let read = app.desk.lists().statements() + app.desk.published.reader().statements()
                - before.1
                - before.2;
            now.push((page.clone(), editorial, read));
        }
        costs.push(now);
    }
    assert_eq!(costs[0], costs[1]);
    for (page, editorial, read) in &costs[1] {
        assert!(editorial + read <= 24, "{page} takes {editorial} + {read} statements");
    }
}

#[tokio::test]
async fn of_a_common_word_the_best_of_the_newest_come_first() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    for (title, description) in [("Trust, the first", ""), ("A second", "On trust"), ("Trust, the third", "")]
    {
        build::item(&desk, &NEWS).text("title", title).text("summary", description).draft(&desk).await;
    }
    let mut select = Select { search: Some("trust".to_owned()), order: None, ..Select::of(&NEWS) };
    for (near, wanted) in [
        (None, ["Trust, the first", "Trust, the third", "A second"].as_slice()),
        (Some(2), ["Trust, the third", "A second"].as_slice()),
    ] {
        select.near = near;
        let page = desk.lists().list(&select).await.unwrap();
        let found: Vec<&str> = page.items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(found, wanted, "{near:?}");
        assert_eq!(page.total, 3, "all are counted");
    }
}
