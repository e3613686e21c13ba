//! The library's screens: adding files, a file on its form, choosing one, the grid.

use axum::http::StatusCode;
use recto::admin::Settings;
use recto::content::parsed::MediaType;
use recto::content::{Value, by_name};
use recto::editing::{Edit, User, publish, save, trash};
use recto::media::{Library, Limits};
use serde_json::Value as Json;

use super::Part::{File, Text};
use super::send;
use crate::support::build;
use crate::support::files::{file_of, jpeg, media, pdf, png};
use crate::support::{Backend, TestApp, TestDesk, backends};

const NEW: &str = "/admin/media/new";

#[tokio::test]
async fn several_files_are_added_at_once_and_one_that_is_refused_costs_none() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let mut editor = app.user("editor").await;
        let page = editor.get(NEW).await;
        assert_eq!(page.attribute("form[enctype]", "enctype").as_deref(), Some("multipart/form-data"));
        assert!(page.has("input[type=file][name=file][multiple]"));
        let files = vec![
            File("file", "The old_bridge.png", png(700, 300)),
            File("file", "bad.svg", b"<svg/>".to_vec()),
            File("file", "Report.pdf", pdf("x")),
        ];
        let page = send(&mut editor, NEW, "text/html", files).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.texts(".error-summary li").len(), 1);
        assert!(page.texts(".error-summary li")[0].contains("‘bad.svg’ was not taken. SVG"));
        assert_eq!(page.texts(".feed a"), ["The old bridge", "PDF Report"]);
        // One alone leads to its form.
        let one = send(&mut editor, NEW, "text/html", vec![File("file", "x.jpg", jpeg(30, 20))]).await;
        assert_eq!(one.status, StatusCode::SEE_OTHER);
        let form = editor.get(one.location()).await;
        assert!(form.texts(".flash")[0].starts_with("Uploaded."));
        assert!(form.has(".preview img") && form.texts(".preview figcaption")[0].contains("JPEG, 30 × 20"));
        let two = vec![File("file", "y.jpg", jpeg(31, 20)), File("file", "z.jpg", jpeg(32, 20))];
        let two = send(&mut editor, NEW, "text/html", two).await;
        assert_eq!(two.location(), "/admin/media?done=uploaded");
        // Nothing chosen, and what is no form with files.
        let none = send(&mut editor, NEW, "text/html", vec![File("file", "", Vec::new())]).await;
        assert!(none.texts(".error-summary li")[0].contains("choose one first"));
        assert!(editor.post(NEW, &[("title", "x")]).await.status.is_client_error());
        // To a script as JSON.
        let json =
            send(&mut editor, NEW, "application/json", vec![File("file", "w.png", png(400, 20))]).await;
        let json: Json = serde_json::from_str(&json.body).unwrap();
        assert_eq!(
            (json["items"][0]["title"].as_str(), json["refused"].as_array().unwrap().len()),
            (Some("w"), 0)
        );
        let thumbnail = json["items"][0]["thumbnail"].as_str().unwrap().to_owned();
        let seen = editor.get(&thumbnail).await;
        assert_eq!(seen.headers["content-type"], "image/png");
        assert_eq!(seen.headers["cache-control"], "private, no-cache");
        assert!(app.stranger().get(&thumbnail).await.location().starts_with("/admin/sign-in"));
        assert_eq!(editor.get(&thumbnail.replace("/320/", "/321/")).await.status, StatusCode::NOT_FOUND);
        let refused =
            send(&mut editor, NEW, "application/json", vec![File("file", "w.png", b"x".to_vec())]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let refused: Json = serde_json::from_str(&refused.body).unwrap();
        assert_eq!(refused["refused"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn who_writes_nothing_adds_no_files() {
    let app = TestApp::new(&Backend::Sqlite).await;
    // A contributor without a project is one of them.
    for role in ["contributor", "viewer"] {
        let mut user = app.user(role).await;
        assert_eq!(user.get(NEW).await.status, StatusCode::FORBIDDEN);
        for accept in ["text/html", "application/json"] {
            let sent = send(&mut user, NEW, accept, vec![File("file", "a.png", png(9, 9))]).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN);
        }
        assert!(!user.get("/admin/media").await.has(".drop"));
    }
    let mut stranger = app.stranger();
    let sent = send(&mut stranger, NEW, "text/html", vec![File("file", "a.png", png(9, 9))]).await;
    assert_eq!(sent.status, StatusCode::UNAUTHORIZED);
    assert!(app.desk.store.uploads().await.unwrap().is_empty());
    assert!(std::fs::read_dir(app.desk.dir.path().join("media/incoming")).unwrap().next().is_none());
}

#[tokio::test]
async fn a_file_is_replaced_on_its_form_and_nothing_typed_is_lost() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut editor = app.user("editor").await;
    let stored = media(&app.desk, "bridge.png", png(700, 300)).await.draft(&app.desk).await;
    let path = format!("/admin/media/{}", stored.item.id);
    let typed = |page: &crate::support::app::Page, caption: &'static str| {
        let mut pairs = page.form().fill("caption", caption).pairs;
        pairs.retain(|(name, _)| name != "file.new");
        pairs
    };
    let page = editor.get(&path).await;
    assert_eq!(page.attribute("#item-form", "enctype").as_deref(), Some("multipart/form-data"));
    let pairs = typed(&page, "Typed before");
    let with = |file: Vec<u8>, name: &'static str, what: &'static str| {
        let texts = pairs.iter().map(|(name, text)| Text(name.as_str(), text.as_str()));
        texts.chain([File("file.new", name, file), Text("do", what)]).collect::<Vec<_>>()
    };
    let refused = send(&mut editor, &path, "text/html", with(b"<svg/>".to_vec(), "new.png", "save")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.texts("#f-file-error")[0].contains("‘new.png’ was not taken"));
    assert_eq!(refused.form().get("caption"), "Typed before");
    assert_eq!(refused.form().get("file"), stored.item.text("file"));
    let saved = send(&mut editor, &path, "text/html", with(png(640, 480), "new.png", "save")).await;
    assert_eq!(saved.location(), format!("{path}?done=saved"), "{}", saved.body);
    let now = app.desk.store.items(by_name("media").unwrap(), &[stored.item.id]).await.unwrap().remove(0);
    assert_eq!(now.item.text("caption"), "Typed before");
    assert_eq!(file_of(&now.item).name(), "new.png");
    // What went before is kept for its version.
    let before =
        app.desk.store.revision(by_name("media").unwrap(), stored.item.id, 1).await.unwrap().unwrap();
    assert!(app.desk.media.files().has(&file_of(&before)).await.unwrap());
    // A form without a file saves as well, also as other forms are sent.
    let form = editor.get(&path).await.form().fill("credit", "Nobody");
    assert_eq!(form.press(&mut editor, "save").await.location(), format!("{path}?done=saved"));
    // Whoever signs in again has lost nothing but the file.
    let mut gone = app.stranger();
    let asked = send(&mut gone, &path, "text/html", with(png(9, 9), "x.png", "save")).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(asked.body.contains("Typed+before") || asked.body.contains("Typed before"));
}

/// An admin whose library takes only this.
async fn taking(limits: Limits) -> TestApp {
    let mut desk = TestDesk::new(&Backend::Sqlite).await;
    desk.desk.media = Library::open(&desk.dir.path().join("media"), limits).unwrap();
    TestApp::over(desk, Settings::default())
}

#[tokio::test]
async fn a_file_that_is_too_long_costs_nothing_that_was_typed() {
    let app = taking(Limits { bytes: 100_000, ..Limits::default() }).await;
    let mut editor = app.user("editor").await;
    let stored = media(&app.desk, "bridge.png", png(70, 30)).await.draft(&app.desk).await;
    let path = format!("/admin/media/{}", stored.item.id);
    let page = editor.get(&path).await;
    // A script need not send it to know.
    assert_eq!(page.attribute("#f-file", "data-longest").as_deref(), Some("100000"));
    let pairs = page.form().fill("caption", "Typed before").pairs;
    let with = |length: usize| {
        let texts = pairs.iter().filter(|(name, _)| name != "file.new");
        let texts = texts.map(|(name, text)| Text(name.as_str(), text.as_str()));
        let file = File("file.new", "long.txt", vec![b'a'; length]);
        std::iter::once(file).chain(texts).chain([Text("do", "save")]).collect::<Vec<_>>()
    };
    let refused = send(&mut editor, &path, "text/html", with(200_000)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.texts("#f-file-error")[0].contains("‘long.txt’ was not taken. It is longer than 100 KB"));
    assert_eq!(refused.form().get("caption"), "Typed before");
    // So long that nobody reads to its end: the browser has what was typed.
    let refused = send(&mut editor, &path, "text/html", with(5_000_000)).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.body.contains("It is longer than 100 KB; make it smaller. Go back"), "{}", refused.body);
    let many =
        send(&mut editor, NEW, "text/html", vec![File("file", "long.txt", vec![b'a'; 5_000_000])]).await;
    assert_eq!(many.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(many.texts(".error-summary li")[0].contains("longer than 100 KB"));
}

#[tokio::test]
async fn what_is_taken_is_said_where_files_are_chosen() {
    let app = taking(Limits { types: vec![MediaType::Pdf, MediaType::Docx], ..Limits::default() }).await;
    let mut editor = app.user("editor").await;
    for path in [NEW, "/admin/media"] {
        let page = editor.get(path).await;
        assert!(
            page.texts(".drop .help")[0].starts_with("PDF or Word. At most 50 MB each; 50 files at once."),
            "{path}"
        );
        assert!(page.texts(".drop label")[0].contains("Drag files here, paste them or choose them"));
        assert_eq!(page.attribute("#upload", "accept").as_deref(), Some(".pdf,.docx"));
        assert_eq!(page.attribute("form.add-files", "action").as_deref(), Some(NEW));
    }
    // No picture could be uploaded for a project.
    let theme = build::theme(&app.desk, 3, "Leadership").draft(&app.desk).await;
    let project = build::project(&app.desk, &theme, "3.07", "Learning").draft(&app.desk).await;
    let page = editor.get(&format!("/admin/projects/{}", project.item.id)).await;
    assert!(page.has("#f-image") && !page.has("#f-image .drop"));
}

#[tokio::test]
async fn the_public_address_of_a_file_stays_when_the_file_is_replaced() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut editor = app.user("editor").await;
    let stored = media(&app.desk, "bridge.png", png(70, 30)).await.draft(&app.desk).await;
    let path = format!("/admin/media/{}", stored.item.id);
    assert!(!editor.get(&path).await.has("header.page-head a.button"));
    publish(&app.desk, &User::system(), stored.item.id, None, &[]).await.unwrap();
    let address = format!("http://api.test/media/{}/bridge.png", stored.item.id);
    let page = editor.get(&path).await;
    let shown = page.attribute("header.page-head a.button", "href");
    assert_eq!(shown.as_deref(), Some(address.as_str()));
    assert!(page.texts("aside dt").iter().any(|text| text.contains("it stays when you replace it")));
}

#[tokio::test]
async fn images_that_nobody_has_described_are_told_of() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut editor = app.user("editor").await;
    let look = "a[href='/admin/media?look=no_alternative_text']";
    media(&app.desk, "told.png", png(70, 30)).await.draft(&app.desk).await;
    media(&app.desk, "paper.pdf", pdf("x")).await.text("alternative_text", "").draft(&app.desk).await;
    assert!(!editor.get("/admin/").await.has(look));
    for name in ["silent.png", "still.png"] {
        let width = 71 + u32::from(name.starts_with("still"));
        media(&app.desk, name, png(width, 30)).await.text("alternative_text", "").draft(&app.desk).await;
    }
    let page = editor.get("/admin/").await;
    assert!(page.has(look) && page.body.contains("silent.png") && !page.body.contains("told.png;"));
}

#[tokio::test]
async fn where_it_is_used_is_told_before_it_is_taken_away() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut editor = app.user("editor").await;
    let picture = media(&app.desk, "bridge.png", png(90, 30)).await.draft(&app.desk).await;
    let path = format!("/admin/media/{}", picture.item.id);
    let page = editor.get(&path).await;
    assert!(page.body.contains("Nothing links here."));
    assert!(!page.has("details.confirm"));
    let theme = build::theme(&app.desk, 3, "Leadership").draft(&app.desk).await;
    build::project(&app.desk, &theme, "3.07", "Learning")
        .one("image", picture.item.id)
        .draft(&app.desk)
        .await;
    build::news(&app.desk, "News", "2026-03-01").one("image", picture.item.id).draft(&app.desk).await;
    let page = editor.get(&path).await;
    assert_eq!(page.texts(".uses h3"), ["News, as image 1", "Projects, as image 1"]);
    assert_eq!(page.texts(".uses li"), ["News Draft", "3.07 Learning Draft"]);
    assert!(page.texts("details.confirm p")[0].starts_with("It is used in 2 places"));
    let trashed = page.form().press(&mut editor, "trash").await;
    assert_eq!(trashed.location(), format!("{path}?done=trashed"));
}

#[tokio::test]
async fn the_grid_has_filters_that_fit_files() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let mut viewer = app.user("viewer").await;
    assert!(viewer.get("/admin/media").await.texts(".empty h2")[0].contains("No media yet"));
    let used = media(desk, "used.png", png(90, 30)).await.draft(desk).await;
    media(desk, "silent.png", png(91, 30)).await.text("alternative_text", "").draft(desk).await;
    media(desk, "ornament.png", png(92, 30))
        .await
        .text("alternative_text", "")
        .text("decorative", "true")
        .draft(desk)
        .await;
    media(desk, "paper.pdf", pdf("x")).await.text("alternative_text", "").draft(desk).await;
    build::news(desk, "News", "2026-03-01").one("image", used.item.id).draft(desk).await;
    let mut titles = async |query: &str| {
        let page = viewer.get(&format!("/admin/media?{query}")).await;
        assert_eq!(page.status, StatusCode::OK);
        let mut titles = page.texts(".card b");
        titles.sort();
        titles
    };
    assert_eq!(titles("").await, ["ornament.png", "paper.pdf", "silent.png", "used.png"]);
    assert_eq!(titles("kind=document").await, ["paper.pdf"]);
    assert_eq!(titles("kind=image").await, ["ornament.png", "silent.png", "used.png"]);
    assert_eq!(titles("look=no_alternative_text").await, ["silent.png"]);
    assert_eq!(titles("look=unused&kind=image").await, ["ornament.png", "silent.png"]);
    assert_eq!(titles("q=paper").await, ["paper.pdf"]);
    assert_eq!(titles("kind=nonsense").await.len(), 4);
    let page = viewer.get("/admin/media?kind=image&look=no_alternative_text&done=uploaded").await;
    assert_eq!(page.texts(".card-state .warn"), ["No alternative text"]);
    let looks = page.texts("#s-look option");
    assert_eq!(looks, ["Any", "Images without alternative text", "Media that are not used anywhere"]);
    assert_eq!(page.attribute("#s-look option[selected]", "value").as_deref(), Some("no_alternative_text"));
}

#[tokio::test]
async fn what_only_the_trash_shows_is_not_used() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let mut viewer = app.user("viewer").await;
        let one = media(desk, "one.png", png(90, 30)).await.draft(desk).await;
        let two = media(desk, "two.png", png(91, 30)).await.draft(desk).await;
        let news = build::news(desk, "News", "2026-03-01").one("image", one.item.id).draft(desk).await;
        // An image in a text is used as well.
        let figure = format!("<figure><img src=\"recto:{}\" alt=\"\"></figure>", two.item.id);
        build::news(desk, "More", "2026-03-02").text("body", &figure).draft(desk).await;
        let mut unused = async || viewer.get("/admin/media?look=unused").await.texts(".card b");
        assert!(unused().await.is_empty());
        trash(desk, &User::system(), news.item.id).await.unwrap();
        assert_eq!(unused().await, ["one.png"]);
        let page = viewer.get(&format!("/admin/media/{}", two.item.id)).await;
        assert_eq!(page.texts(".uses h3"), ["News, in the text 1"]);
        assert_eq!(page.texts(".uses li a"), ["More"]);
    }
}

#[tokio::test]
async fn a_contributor_adds_files_and_changes_their_own_alone() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let theme = build::theme(desk, 3, "Leadership").draft(desk).await;
        let project = build::project(desk, &theme, "3.07", "Learning").draft(desk).await;
        let theirs = media(desk, "theirs.png", png(90, 30)).await.draft(desk).await;
        let mut me = app.contributor(&[project.item.id]).await;
        let sent = send(&mut me, NEW, "text/html", vec![File("file", "mine.png", png(91, 30))]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let mine = sent.location().split('?').next().unwrap().to_owned();
        let page = me.get(&mine).await;
        assert!(page.texts(".page-head .state").iter().any(|state| state == "Draft"), "{}", page.body);
        let form = page.form().fill("alternative_text", "A bridge");
        assert_eq!(form.press(&mut me, "save").await.location(), format!("{mine}?done=saved"));
        // Neither public nor into the trash, by no button and by no request.
        for verb in ["publish", "trash"] {
            assert!(!page.has(&format!("button[value={verb}]")), "{verb}");
        }
        assert_eq!(me.get(&format!("{mine}/publish")).await.status, StatusCode::FORBIDDEN);
        let pressed = me.get(&mine).await.form().press(&mut me, "trash").await;
        assert_eq!(pressed.status, StatusCode::FORBIDDEN);
        // Somebody else's can be seen, chosen and not changed.
        let other = format!("/admin/media/{}", theirs.item.id);
        let page = me.get(&other).await;
        assert!(page.body.contains("Somebody else has uploaded this"), "{}", page.body);
        assert!(!page.has("input[type=file]"));
        let form = page.form().fill("title", "Another").fill("version", "1");
        assert_eq!(form.press(&mut me, "save").await.status, StatusCode::FORBIDDEN);
        let described = me.post(&format!("{other}/describe"), &[("words", "x")]).await;
        assert_ne!(described.status, StatusCode::OK);
        assert!(me.get(&format!("/admin/projects/{}", project.item.id)).await.has("#f-image .drop"));
    }
}

#[tokio::test]
async fn an_image_that_the_library_says_nothing_of_is_described_where_it_is_used() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let mut editor = app.user("editor").await;
        let silent = async |width: u32| {
            media(desk, "silent.png", png(width, 30)).await.text("alternative_text", "").draft(desk).await
        };
        let (one, two) = (silent(90).await, silent(91).await);
        let told = media(desk, "told.png", png(92, 30)).await.draft(desk).await;
        let address = |stored: &recto::store::Stored| format!("/admin/media/{}/describe", stored.item.id);
        let answer = editor.post(&address(&one), &[("words", "  A room\n")]).await;
        let item: Json = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((&item["alternative"], &item["silent"]), (&"A room".into(), &false.into()));
        let answer = editor.post(&address(&two), &[("words", "")]).await;
        let item: Json = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((&item["alternative"], &item["silent"]), (&"".into(), &false.into()));
        let now = desk.store.items(told.item.content_type, &[one.item.id, two.item.id]).await.unwrap();
        let said = |id| now.iter().find(|stored| stored.item.id == id).unwrap().item.clone();
        assert_eq!(said(one.item.id).text("alternative_text"), "A room");
        assert!(said(two.item.id).flag("decorative"));
        // What is said stays.
        for stored in [&one, &two, &told] {
            assert_eq!(editor.post(&address(stored), &[("words", "x")]).await.status, StatusCode::CONFLICT);
        }
        let long = "x".repeat(301);
        let three = silent(93).await;
        let answer = editor.post(&address(&three), &[("words", &long)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut viewer = app.user("viewer").await;
        assert_eq!(viewer.post(&address(&three), &[("words", "x")]).await.status, StatusCode::FORBIDDEN);
        let nobody = "/admin/media/01890000-0000-7000-8000-000000000001/describe";
        assert_eq!(editor.post(nobody, &[("words", "x")]).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn thumbnails_keep_the_focal_point_in_sight() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut viewer = app.user("viewer").await;
    let focal = async |name: &str, width: u32, x: &str, y: &str| {
        let build = media(&app.desk, name, png(width, 30)).await;
        build.text("focal_x", x).text("focal_y", y).draft(&app.desk).await;
    };
    focal("both.png", 90, "24", "100").await;
    focal("one.png", 91, "24", "").await;
    let page = viewer.get("/admin/media").await;
    assert_eq!(
        page.attribute(".card img[src*=both]", "class").as_deref(),
        Some("thumbnail focal-x2 focal-y10")
    );
    assert_eq!(page.attribute(".card img[src*=one]", "class").as_deref(), Some("thumbnail"));
}

#[tokio::test]
async fn pickers_show_what_can_be_chosen() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let mut editor = app.user("editor").await;
    let picture = media(desk, "bridge.png", png(900, 300)).await.draft(desk).await;
    media(desk, "paper.pdf", pdf("x")).await.draft(desk).await;
    let id = picture.item.id.to_string();
    // Images for an image, everything for a file; the newest without a word.
    let images = editor.get("/admin/find/media?of=project&field=image&q=bridge").await;
    assert_eq!(images.attribute("button img.thumbnail", "src").unwrap().split('/').nth(4), Some("320"));
    let files = editor.get("/admin/find/media?of=output&field=file&q=paper").await;
    assert!(files.body.contains("paper.pdf"));
    assert!(
        editor
            .get("/admin/find/media?of=project&field=image&q=paper")
            .await
            .body
            .contains("Nothing of that name")
    );
    let theme = build::theme(desk, 3, "Leadership").draft(desk).await;
    let project = build::project(desk, &theme, "3.07", "Learning").draft(desk).await;
    let path = format!("/admin/projects/{}", project.item.id);
    let page = editor.get(&path).await;
    assert!(page.has("#f-image .drop[data-upload-to=image] input[type=file]"));
    let found = page.form().press(&mut editor, "find:image").await;
    assert_eq!(found.texts("#f-image-found button b"), ["bridge.png"]);
    let chosen = found.form().press(&mut editor, &format!("add:image:{id}")).await;
    assert!(chosen.has("#f-image .link-row img.thumbnail"));
    let saved = chosen.form().press(&mut editor, "save").await;
    assert_eq!(saved.location(), format!("{path}?done=saved"));
}

#[tokio::test]
async fn the_library_is_exported_as_it_is_filtered() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut editor = app.user("editor").await;
    media(&app.desk, "bridge.png", png(90, 30)).await.draft(&app.desk).await;
    media(&app.desk, "paper.pdf", pdf("paper")).await.draft(&app.desk).await;
    let page = editor.get("/admin/media?kind=document").await;
    let link = page.attribute(".exports a", "href").unwrap();
    assert_eq!(link, "/admin/media/export?kind=document&as=csv");
    let csv = editor.get(&link).await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(csv.body.contains("paper.pdf") && !csv.body.contains("bridge"), "{}", csv.body);
}

#[tokio::test]
async fn a_form_cannot_name_what_was_not_uploaded() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut editor = app.user("editor").await;
    let stored = media(&app.desk, "bridge.png", png(90, 30)).await.draft(&app.desk).await;
    let form = editor.get(&format!("/admin/media/{}", stored.item.id)).await.form();
    let forged = stored.item.text("file").replace("size=", "size=1");
    for wrong in [forged.as_str(), "https://example.org/x.png", "../../recto.db"] {
        let page = form.clone().fill("file", wrong).press(&mut editor, "save").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(page.has("#f-file-error"));
    }
    // What stands there from before stays, whatever became of it.
    let mut item = stored.item.clone();
    item.set("title", Value::Text("Another title".into()));
    save(&app.desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap();
}
