//! The pages of an import over HTTP, as a browser without script sends them.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use recto::content::types::OUTPUT;
use recto::content::{Row, Value};
use recto::import::{Hints, Source};

use super::{PAGE, project, table};
use crate::support::app::{Client, Form, Page};
use crate::support::build::{output, person};
use crate::support::{Backend, TestApp, backends};

/// What a browser would send of the preview's form, but for its buttons.
fn form(page: &Page) -> Form {
    page.form_of("#import-form")
}

async fn paste(client: &mut Client, path: &str, text: &str) -> Page {
    client.post(path, &[("html", ""), ("text", text)]).await
}

#[tokio::test]
async fn a_pasted_table_is_two_requests_away_from_its_outputs() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let project = project(&app.desk, "3.07").await;
        person(&app.desk, "Leah", "Tomkins").text("honorific", "Dr").draft(&app.desk).await;
        let mut editor = app.user("editor").await;
        let own = format!("/admin/projects/{}", project.item.id);
        let page = editor.get(&own).await;
        let path = page.attribute("[data-import]", "href").unwrap();
        assert_eq!(path, format!("{own}/outputs/import"));
        assert!(editor.get(&path).await.has("textarea[name=text]"));

        let html =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/import/excel.html"));
        let page = editor.post(&path, &[("html", &html.unwrap()), ("text", "ignored")]).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.texts("h1"), ["Import 6 outputs"]);
        assert_eq!(page.texts(".facts span"), ["Read as a table", "6 new"]);
        assert_eq!(page.texts(".import-rows tbody tr").len(), 6);
        assert!(page.texts(".import-rows .meant")[0].contains("Dr Leah Tomkins"));
        assert_eq!(page.texts(".save-bar .button-main"), ["Import 6 outputs"]);

        let page = form(&page).press(&mut editor, "take").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let batch = page.location().to_owned();
        let page = editor.get(&batch).await;
        assert_eq!(page.texts("h1"), ["6 outputs imported"]);
        assert_eq!(table(&app.desk, &project).await.len(), 6);
        assert!(page.attribute(".page-foot a", "href").unwrap().starts_with(&own));

        let page = editor.post(&batch, &[]).await;
        assert_eq!(page.texts(".flash"), ["6 items were moved to the trash."]);
        assert!(table(&app.desk, &project).await.is_empty());
        assert!(!page.has(".page-foot button"), "there is nothing left to take back");
    }
}

#[tokio::test]
async fn what_is_wrong_is_mended_in_place_and_nothing_typed_is_lost() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let project = project(&app.desk, "3.07").await;
    let mut editor = app.user("editor").await;
    let path = format!("/admin/projects/{}/outputs/import", project.item.id);
    let text = "Title\tYear\tLead academic\tColour\nGood\t2019\tTomkins, L\tred\nBad\tsoon\tBristow, A\tblue\n\t2018\t\tgreen\n";
    let page = paste(&mut editor, &path, text).await;
    assert_eq!(page.texts(".error-summary li").len(), 2);
    for at in 1..=2 {
        let href = page.attribute(&format!(".error-summary li:nth-child({at}) a"), "href").unwrap();
        assert!(page.has(&format!("[id='{}']", &href[1..])), "{href} leads nowhere");
    }
    assert!(!page.has("[name=do][value=take]:not(.visually-hidden)"));

    // Pressed all the same: nothing is taken over.
    let again = form(&page).press(&mut editor, "take").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(table(&app.desk, &project).await.is_empty());

    let mended = form(&page).fill("cell.1.1", "2020").fill("cell.2.0", "Found").fill("column.3", "note");
    let page = mended.fill("person.0.is", "new").press(&mut editor, "look").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.texts("h1"), ["Import 3 outputs"], "{:?}", page.texts(".error-summary"));
    assert_eq!(page.texts(".facts span").last().unwrap(), "1 new person");
    // A row is left out, another is there twice.
    let mut chosen = form(&page);
    chosen.pairs.retain(|(name, _)| name != "take.2");
    let page = chosen.press(&mut editor, "take").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let rows = table(&app.desk, &project).await;
    let titles: Vec<(&str, Option<i64>)> =
        rows.iter().map(|row| (row.item.text("title"), row.item.integer("year"))).collect();
    assert_eq!(titles, [("Good", Some(2019)), ("Bad", Some(2020))]);
    assert!(rows[0].item.rows("authors")[0].target.is_some(), "the person was made");
}

#[tokio::test]
async fn wrong_rows_can_be_left_behind() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let project = project(&app.desk, "3.07").await;
    let mut editor = app.user("editor").await;
    let path = format!("/admin/projects/{}/outputs/import", project.item.id);
    let page = paste(&mut editor, &path, "Title\tYear\nGood\t2019\nBad\tsoon\n").await;
    assert_eq!(page.texts(".save-bar [value=skip]"), ["Import the other 1"]);
    let page = form(&page).press(&mut editor, "skip").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    assert_eq!(table(&app.desk, &project).await.len(), 1);
}

#[tokio::test]
async fn columns_can_mean_something_else() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut editor = app.user("editor").await;
    let page = paste(
        &mut editor,
        "/admin/outputs/import",
        "Foo bar baz\tA long text that is not the title at all\nSpam\tAnother such text of some length\n",
    )
    .await;
    assert!(page.has("details.import-part[open]"), "what is guessed is shown");
    let page = form(&page).fill("column.0", "title").press(&mut editor, "look").await;
    assert_eq!(page.texts(".import-rows .name"), ["Foo bar baz", "Spam"]);
    let page = form(&page).fill("column.0", "").press(&mut editor, "look").await;
    assert_eq!(page.texts("#import-problem"), ["Say which column holds the titles."]);
    let page = form(&page).press(&mut editor, "take").await;
    assert_eq!(page.texts(".flash"), ["There is nothing to take over."]);
}

#[tokio::test]
async fn a_file_is_uploaded_and_one_that_cannot_be_read_says_why() {
    let app = TestApp::new(&Backend::Sqlite).await;
    output(&app.desk, None, "Empowering learning", 2019).await.draft(&app.desk).await;
    let mut editor = app.user("editor").await;
    let bib =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/import/zotero.bib")).unwrap();
    let page = upload(&mut editor, "/admin/outputs/import", "kept", &bib).await;
    assert_eq!(page.texts("h1"), ["Import one output"], "{}", page.body);
    assert_eq!(page.texts(".fate"), ["New", "Already there"]);
    assert!(!page.has("details .import-columns"), "BibTeX says what its fields mean");

    let page = upload(&mut editor, "/admin/outputs/import", "kept", b"%PDF-1.7").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.texts(".flash")[0].contains("a document"), "{:?}", page.texts(".flash"));
    assert_eq!(page.texts("textarea"), ["kept"]);
    let many = (0..2_001).fold("Title\tYear\n".to_owned(), |text, at| text + &format!("Number {at}\t2019\n"));
    let page = paste(&mut editor, "/admin/outputs/import", &many).await;
    assert!(page.texts(".flash")[0].contains("recto import"));
    let page = editor.post("/admin/outputs/import", &[("sheet", "{}"), ("do", "take")]).await;
    assert!(page.status.is_success() || page.status.is_client_error());
    let broken = r#"{"format":"html","columns":[{"heading":"","meaning":"title"}],"rows":[{"number":1,"cells":[]}],"skipped":[],"headed":true}"#;
    let page = editor.post("/admin/outputs/import", &[("sheet", broken), ("do", "take")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
}

async fn upload(client: &mut Client, path: &str, text: &str, file: &[u8]) -> Page {
    let mut body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{text}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bib\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(body))
        .unwrap();
    client.send(request).await
}

#[tokio::test]
async fn who_may_import_where() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let (mine, theirs) = (project(&app.desk, "3.07").await, project(&app.desk, "13.08").await);
    let of = |project: &recto::store::Stored| format!("/admin/projects/{}/outputs/import", project.item.id);
    let mut viewer = app.user("viewer").await;
    let mut contributor = app.contributor(&[mine.item.id]).await;
    for (path, may) in [(of(&mine), true), (of(&theirs), false), ("/admin/outputs/import".to_owned(), false)]
    {
        let wanted = if may { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(contributor.get(&path).await.status, wanted, "{path}");
        assert_eq!(paste(&mut contributor, &path, PAGE).await.status, wanted, "{path}");
        assert_eq!(viewer.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(paste(&mut viewer, &path, PAGE).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let page = paste(&mut contributor, &of(&mine), PAGE).await;
    assert!(!page.has(".import-matches option[value=new]"), "contributors make no people");
    let page = form(&page).press(&mut contributor, "take").await;
    let batch = page.location().to_owned();
    assert_eq!(viewer.post(&batch, &[]).await.status, StatusCode::FORBIDDEN);
    assert!(!viewer.get(&batch).await.has(".page-foot button"));
    assert!(contributor.get(&batch).await.has(".page-foot button"));
    let page = contributor.post(&batch, &[]).await;
    assert_eq!(page.texts(".flash"), ["6 items were moved to the trash."]);
    assert_eq!(
        app.desk
            .lists()
            .counts()
            .await
            .unwrap()
            .iter()
            .filter(|(kind, state, _)| kind == OUTPUT.name && state == "trashed")
            .count(),
        1
    );
    assert_eq!(contributor.get("/admin/imports/nonsense").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_paste_after_the_session_has_ended_is_shown_again() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let project = project(&app.desk, "3.07").await;
    app.user("editor").await;
    let mut gone = app.stranger();
    let path = format!("/admin/projects/{}/outputs/import", project.item.id);
    let page = paste(&mut gone, &path, PAGE).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    let sign_in = page
        .form_of("form")
        .fill("email", "editor@example.org")
        .fill("password", crate::support::app::PASSWORD);
    let pairs: Vec<(&str, &str)> =
        sign_in.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = gone.post(&sign_in.action, &pairs).await;
    assert_eq!(page.texts("h1"), ["Import 6 outputs"], "{}", page.body);
    assert!(table(&app.desk, &project).await.is_empty(), "nothing is taken over by signing in");
}

#[tokio::test]
async fn lists_are_exported_as_they_are_shown() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let project = project(&app.desk, "3.07").await;
    let leah = person(&app.desk, "Leah", "Tomkins").draft(&app.desk).await;
    let authors = vec![Row {
        target: Some(leah.item.id),
        values: vec![Value::Text("Tomkins, L".into()), Value::Flag(true)],
    }];
    let formula = "=HYPERLINK(\"https://evil.example\")";
    output(&app.desk, Some(&project), formula, 2019).await.rows("authors", authors).draft(&app.desk).await;
    output(&app.desk, None, "Published & done", 2020).await.published(&app.desk).await;
    let mut viewer = app.user("viewer").await;
    let page = viewer.get("/admin/outputs?year=2019").await;
    assert_eq!(page.texts(".exports a"), ["CSV", "Excel", "BibTeX", "RIS"]);
    let csv = page.attribute(".exports a", "href").unwrap();
    let page = viewer.get(&csv).await;
    assert_eq!(page.headers["content-disposition"], "attachment; filename=\"outputs.csv\"");
    assert!(page.body.starts_with("\u{feff}id,slug,title,"));
    assert!(page.body.contains("\"'=HYPERLINK"), "{}", page.body);
    assert!(!page.body.contains("Published"), "filtered as the list is");

    let page = viewer.get("/admin/outputs/export?as=bib&sort=year").await;
    let read = recto::import::read(Source::Clipboard { html: "", text: &page.body }, None, Hints::default())
        .unwrap();
    let title = |at: usize| read.rows[at].cells[read.column("title").unwrap()].as_str();
    assert_eq!((title(0), title(1)), (formula, "Published & done"), "{}", page.body);
    let page = viewer.get("/admin/outputs/export?as=ris&q=published").await;
    assert!(page.body.contains("TI  - Published & done\r\n") && page.body.contains("M3  - Board report"));

    // A workbook is a ZIP archive; its texts stand in one part, and no part holds a formula.
    let request = Request::get("/admin/outputs/export?as=xlsx").body(Body::empty()).unwrap();
    let bytes = viewer.bytes(request).await;
    assert!(bytes.starts_with(b"PK"));
    assert!(!String::from_utf8_lossy(&bytes).contains("<f>"));

    assert_eq!(viewer.get("/admin/people").await.texts(".exports a"), ["CSV", "Excel"]);
    assert!(viewer.get("/admin/people/export?as=csv").await.body.contains("Tomkins"));
    for path in [
        "/admin/people/export?as=bib",
        "/admin/site/export?as=csv",
        "/admin/outputs/export?as=exe",
        "/admin/outputs/export",
    ] {
        assert_eq!(viewer.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut stranger = app.stranger();
    assert_eq!(stranger.get("/admin/outputs/export?as=csv").await.status, StatusCode::SEE_OTHER);
}
