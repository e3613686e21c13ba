//! What editors are told about who gets a file: on its own form, on that of the output whose file it is, and on
//! the page before publishing.

use chrono::TimeDelta;
use recto::content::{Id, Value};
use recto::editing::{Edit, User, do_due, publish, save, trash, unpublish};
use recto::store::Stored;

use crate::support::build;
use crate::support::files::{media, pdf, png};
use crate::support::{Backend, TestApp, TestDesk, backends};

async fn file(desk: &TestDesk, name: &str) -> Stored {
    media(desk, &format!("{name}.pdf"), pdf(name)).await.draft(desk).await
}

/// An output with a file, published together or without it.
async fn output(desk: &TestDesk, title: &str, availability: &str, file: Id, together: bool) -> Stored {
    let mut output =
        build::output(desk, None, title, 2026).await.text("availability", availability).one("file", file);
    if availability == "embargoed" {
        output = output.text("embargo_until", "2026-06-01");
    }
    let stored = output.draft(desk).await;
    let files: &[Id] = if together { &[file] } else { &[] };
    publish(desk, &User::system(), stored.item.id, None, files).await.unwrap();
    desk.store.item(stored.item.id).await.unwrap()
}

async fn change(desk: &TestDesk, stored: &Stored, change: impl FnOnce(&mut recto::content::Item)) -> Stored {
    let stored = desk.store.item(stored.item.id).await.unwrap();
    let mut item = stored.item.clone();
    change(&mut item);
    save(desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap().remove(0)
}

/// What the form of a media item says: its state first.
async fn told(app: &TestApp, editor: &mut crate::support::app::Client, media: &Stored) -> Vec<String> {
    let page = editor.get(&format!("/admin/media/{}", media.item.id)).await;
    assert_eq!(page.status, 200);
    let now = app.desk.store.item(media.item.id).await.unwrap();
    let told = page.texts(".reach p, .reach li");
    let public = now.meta.published_version.is_some();
    assert_eq!(told[0], if public { "Everybody" } else { "Only people who can sign in" }, "{told:?}");
    told[1..].to_vec()
}

#[tokio::test]
async fn a_file_says_for_whose_sake_it_is_public_or_why_not() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let user = User::system();
        let mut editor = app.user("editor").await;
        let lone = file(desk, "lone").await;
        let nothing = ["Publish it by itself, or together with something that shows it."];
        assert_eq!(told(&app, &mut editor, &lone).await, nothing);
        publish(desk, &user, lone.item.id, None, &[]).await.unwrap();
        assert_eq!(told(&app, &mut editor, &lone).await, ["Public by itself."]);
        unpublish(desk, &user, lone.item.id).await.unwrap();
        assert_eq!(told(&app, &mut editor, &lone).await, nothing);

        for (availability, together, words) in [
            ("open", true, "Readers get it with the output ‘A’."),
            ("open", false, "Readers do not get it: the output ‘A’ is public without the file."),
            ("embargoed", true, "Readers get it with the output ‘A’, when its embargo ends on 1 June 2026."),
            (
                "embargoed",
                false,
                "Readers do not get it: the output ‘A’ is under embargo until 1 June 2026, and will be open \
                 without the file.",
            ),
            ("on_request", true, "Readers do not get it: the output ‘A’ is available on request."),
            ("on_request", false, "Readers do not get it: the output ‘A’ is available on request."),
            ("unavailable", true, "Readers do not get it: the output ‘A’ is unavailable."),
        ] {
            let media = file(desk, &format!("{availability} {together}")).await;
            let output = output(desk, "A", availability, media.item.id, together).await;
            assert_eq!(told(&app, &mut editor, &media).await, [words]);
            let page = editor.get(&format!("/admin/media/{}", media.item.id)).await;
            let address = format!("/admin/outputs/{}", output.item.id);
            assert_eq!(page.attribute(".reach a", "href"), Some(address));
            unpublish(desk, &user, output.item.id).await.unwrap();
            let gone = match together {
                true => "Closed when the output ‘A’ was withdrawn.",
                false => "Readers do not get it: the output ‘A’ is not public yet.",
            };
            assert_eq!(told(&app, &mut editor, &media).await, [gone]);
            trash(desk, &user, output.item.id).await.unwrap();
            let gone = match together {
                true => "Closed when the output ‘A’ was moved to the trash.",
                false => nothing[0],
            };
            assert_eq!(told(&app, &mut editor, &media).await, [gone]);
        }
    }
}

#[tokio::test]
async fn what_opens_a_file_is_told_first_and_what_does_not_is_told_beside_it() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let mut editor = app.user("editor").await;
    let media = file(desk, "both").await;
    output(desk, "Asked for", "on_request", media.item.id, true).await;
    output(desk, "Free", "open", media.item.id, true).await;
    assert_eq!(
        told(&app, &mut editor, &media).await,
        [
            "Readers get it with the output ‘Free’.",
            "The output ‘Asked for’ is available on request, but readers get the file all the same."
        ]
    );
    // What comes of an embargo is told when it has ended.
    let media = file(desk, "later").await;
    output(desk, "Later", "embargoed", media.item.id, true).await;
    desk.clock.advance(TimeDelta::days(200));
    do_due(desk).await.unwrap();
    // The session of before is over.
    let mut viewer = app.user("viewer").await;
    assert_eq!(told(&app, &mut viewer, &media).await, ["Readers get it with the output ‘Later’."]);
}

#[tokio::test]
async fn however_many_places_show_a_picture_five_are_told_for_the_same_statements() {
    let (app, counted) = TestApp::counted(&Backend::Sqlite).await;
    let desk = &app.desk;
    let mut editor = app.user("editor").await;
    let picture = media(desk, "p.png", png(70, 30)).await.text("alternative_text", "x").draft(desk).await;
    let mut costs = Vec::new();
    for number in 0..8 {
        let news = build::news(desk, &format!("News {number}"), "2026-01-01").one("image", picture.item.id);
        let news = news.draft(desk).await;
        publish(desk, &User::system(), news.item.id, None, &[picture.item.id]).await.unwrap();
        let sent = || counted.sent() + desk.lists().statements() + desk.published.reader().statements();
        let before = sent();
        let said = told(&app, &mut editor, &picture).await;
        costs.push(sent() - before);
        assert_eq!(said.len(), (number + 1).min(6));
        if number == 7 {
            assert_eq!(said[5], "And 3 more");
        }
    }
    assert!(costs.iter().all(|cost| cost == &costs[0]), "{costs:?}");
}

#[tokio::test]
async fn the_form_of_an_output_says_that_readers_do_not_get_its_file() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let mut editor = app.user("editor").await;
        for (availability, words) in [
            ("open", None),
            ("on_request", Some("Readers do not get the file: this output is available on request.")),
            ("unavailable", Some("Readers do not get the file: this output is unavailable.")),
            (
                "embargoed",
                Some(
                    "Readers do not get the file until 1 June 2026, when the embargo ends (Europe/London time).",
                ),
            ),
        ] {
            let media = file(desk, availability).await;
            let output = output(desk, availability, availability, media.item.id, true).await;
            let address = format!("/admin/outputs/{}", output.item.id);
            let page = editor.get(&address).await;
            assert_eq!(
                page.texts("#status-file:not([hidden])").first().map(String::as_str),
                words,
                "{availability}"
            );
            assert_eq!(page.attribute("#status-file", "hidden").is_some(), words.is_none());
            // Without a file there is nothing to say.
            let mut item = output.item.clone();
            item.set("file", Value::None);
            save(desk, &User::system(), &[Edit::of(&output, item)]).await.unwrap();
            assert!(editor.get(&address).await.texts("#status-file:not([hidden])").is_empty());
        }
        // It is public elsewhere.
        let media = file(desk, "elsewhere").await;
        publish(desk, &User::system(), media.item.id, None, &[]).await.unwrap();
        let output =
            build::output(desk, None, "Kept", 2026).await.one("file", media.item.id).draft(desk).await;
        let page = editor.get(&format!("/admin/outputs/{}", output.item.id)).await;
        assert_eq!(
            page.texts("#status-file:not([hidden])"),
            ["This output is not open, but readers can get the file because of something else."]
        );
    }
}

#[tokio::test]
async fn the_page_before_publishing_says_what_becomes_of_files() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let mut editor = app.user("editor").await;
    let kept = file(desk, "kept").await;
    let held = output(desk, "Kept", "on_request", kept.item.id, true).await;
    // Waiting for the end of an embargo.
    let waits = file(desk, "waits").await;
    let draft = build::output(desk, None, "Soon", 2026).await;
    let draft = draft.text("availability", "embargoed").text("embargo_until", "2026-06-01");
    let draft = draft.one("file", waits.item.id).draft(desk).await;
    let page = editor.get(&format!("/admin/outputs/{}/publish", draft.item.id)).await;
    let offered = page.texts(".together li");
    assert!(
        offered[0].contains("Readers do not get the file before 1 June 2026, when the embargo ends."),
        "{offered:?}"
    );
    assert!(page.has(".together input[checked]"));
    // Held back by another output: offered, and not ticked.
    let other = build::output(desk, None, "Other", 2026).await.text("availability", "open");
    let other = other.one("file", kept.item.id).draft(desk).await;
    let page = editor.get(&format!("/admin/outputs/{}/publish", other.item.id)).await;
    let offered = page.texts(".together li");
    assert!(offered[0].contains("it is the file of ‘Kept’, which is not open"), "{offered:?}");
    assert!(!page.has(".together input[checked]"));
    // And by itself.
    let page = editor.get(&format!("/admin/media/{}/publish", kept.item.id)).await;
    assert!(page.texts(".flash-warning")[0].contains("the file of the output ‘Kept’, which is not open"));
    // Public elsewhere: asked, and closed unless somebody says otherwise.
    publish(desk, &User::system(), kept.item.id, None, &[]).await.unwrap();
    let page = editor.get(&format!("/admin/outputs/{}/publish", held.item.id)).await;
    assert_eq!(page.texts("#elsewhere"), ["Its file is public elsewhere"]);
    let said = page.texts("#elsewhere + p");
    assert!(said[0].ends_with("’ because it was published by itself."), "{said:?}");
    assert!(page.has("input[name=elsewhere][checked]"));
    // Nothing else has changed: it can be closed all the same.
    let form = page.form_of("form.steps");
    let closed = form.press(&mut editor, "publish").await;
    assert_eq!(closed.location(), format!("/admin/outputs/{}?done=published", held.item.id));
    assert!(desk.store.item(kept.item.id).await.unwrap().meta.published_version.is_none());
    // What was published with it before is told, and so is that it was public once.
    let page = editor.get(&format!("/admin/outputs/{}/publish", held.item.id)).await;
    let files = "section[aria-labelledby=files] li";
    assert_eq!(page.texts(files), ["Readers do not get ‘kept.pdf’ as long as the output is not open."]);
    let opened = change(desk, &held, |item| item.set("availability", Value::Text("open".into()))).await;
    let page = editor.get(&format!("/admin/outputs/{}/publish", opened.item.id)).await;
    let words = "Readers get ‘kept.pdf’ with it, because it was published together with it before.";
    assert_eq!(page.texts(files), [words]);
    unpublish(desk, &User::system(), held.item.id).await.unwrap();
    let page = editor.get(&format!("/admin/outputs/{}/publish", opened.item.id)).await;
    assert!(page.texts("#changes + p")[0].starts_with("Readers do not see this any more."));
    assert_eq!(page.texts(files), [words]);
}
