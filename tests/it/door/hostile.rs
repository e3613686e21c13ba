//! Texts that are made to hurt whoever reads them, through every form that takes rich text: answered in
//! words, nothing written, and the form comes back as it was typed.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use recto::content::types::{EVENT, NEWS, PAGE, PERSON, PROJECT, THEME};
use recto::content::{ContentType, Kind, Row};
use recto::store::Stored;

use crate::support::app::{Client, Page};
use crate::support::build;
use crate::support::{Backend, TestApp};

/// What no text of people's looks like, by what it is.
fn texts() -> Vec<(&'static str, String)> {
    let fonts: String = (0..98).map(|number| format!("<font a={number}>")).collect();
    vec![
        ("ends that match nothing", "<div></x>".repeat(10_000)),
        ("ends in comments", "<div><!--</x>-->".repeat(9_000)),
        ("ends in attributes", "<div a=\"</div>\">".repeat(9_000)),
        (
            "a cut within a character",
            format!("{}<div\u{fc}>{}", "<div>".repeat(39_999), "<div>".repeat(50_000)),
        ),
        ("marks that multiply", format!("<p>{fonts}x{}", "<p>x".repeat(40_000))),
        ("deep lists", "<ul><li>".repeat(20_000)),
        ("deep tables", "<table><tr><td>".repeat(20_000)),
    ]
}

/// The field of a type that holds rich text.
fn field(content_type: &ContentType) -> &'static str {
    content_type.fields.iter().find(|field| matches!(field.kind, Kind::Html)).unwrap().name
}

fn encoded(pairs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn autosave(client: &mut Client, path: &str, pairs: &[(String, String)]) -> Page {
    let request = Request::post(format!("{path}/autosave"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(Body::from(encoded(pairs)))
        .unwrap();
    client.send(request).await
}

#[tokio::test]
async fn texts_that_hurt_are_answered_in_words_and_not_kept() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let theme = build::theme(desk, 1, "One").draft(desk).await;
    let project = build::project(desk, &theme, "1.1", "Mine").draft(desk).await;
    let linked = |build: build::Build| {
        build.rows("projects", vec![Row { target: Some(project.item.id), values: Vec::new() }])
    };
    let items: Vec<Stored> = vec![
        theme.clone(),
        project.clone(),
        build::person(desk, "Leah", "Tomkins").draft(desk).await,
        linked(build::news(desk, "News", "2026-03-01")).draft(desk).await,
        linked(build::event(desk, "Event", "2026-03-01T10:00")).draft(desk).await,
        build::item(desk, &PAGE).text("title", "Page").draft(desk).await,
    ];
    let types = [&THEME, &PROJECT, &PERSON, &NEWS, &EVENT, &PAGE];
    assert!(recto::content::TYPES.iter().all(|one| {
        types.contains(one) == one.fields.iter().any(|field| matches!(field.kind, Kind::Html))
    }));
    let mut viewer = app.user("viewer").await;
    let mut contributor = app.contributor(&[project.item.id]).await;
    let mut editor = app.user("editor").await;
    let mut forms = Vec::new();
    for stored in &items {
        let plural = stored.item.content_type.plural;
        forms.push((stored, editor.get(&format!("/admin/{plural}/{}", stored.item.id)).await.form()));
    }
    let counts = desk.lists().counts().await.unwrap();
    for (kind, text) in texts() {
        // As a page has it; to parse it would take longer than all that is tested here.
        let shown = text.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        for (stored, form) in &forms {
            let content_type = stored.item.content_type;
            let name = field(content_type);
            let pairs = form.clone().fill(name, &text).pairs;
            let new = format!("/admin/{}/new", content_type.plural);
            for (role, client) in
                [("viewer", &mut viewer), ("contributor", &mut contributor), ("editor", &mut editor)]
            {
                let own = role == "editor"
                    || role == "contributor" && ["project", "news", "event"].contains(&content_type.name);
                let makes = role == "editor"
                    || role == "contributor" && ["news", "event"].contains(&content_type.name);
                let what = format!("{kind}: {} as {role}", content_type.name);
                let wanted = |may| if may { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::FORBIDDEN };
                let page = client.post_raw(&form.action, encoded(&pairs)).await;
                assert_eq!(page.status, wanted(own), "{what}: save");
                if own {
                    assert!(page.body.contains(&format!(">{shown}</textarea>")), "{what}: what was typed");
                    assert!(page.body.contains(&format!("id=\"f-{name}-error\"")), "{what}: what is wrong");
                }
                assert_eq!(
                    autosave(client, &form.action, &pairs).await.status,
                    wanted(own),
                    "{what}: autosave"
                );
                let mut fresh = pairs.clone();
                fresh.retain(|(name, _)| !["version", "item", "slug"].contains(&name.as_str()));
                assert_eq!(client.post_raw(&new, encoded(&fresh)).await.status, wanted(makes), "{what}: new");
                // Shown again without being saved.
                let mut restored = pairs.clone();
                restored.push(("do".to_owned(), "restore".to_owned()));
                let page = client.post_raw(&form.action, encoded(&restored)).await;
                let wanted = if own { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(page.status, wanted, "{what}: restore");
            }
        }
    }
    for stored in &items {
        let now = desk.store.items(stored.item.content_type, &[stored.item.id]).await.unwrap();
        assert_eq!(now, std::slice::from_ref(stored));
    }
    assert_eq!(desk.lists().counts().await.unwrap(), counts);
}
