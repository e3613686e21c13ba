//! The pages over it, as a browser without scripts sends them: who is offered what, what is said before and
//! after, and that nothing depends on what a browser says.

use axum::http::StatusCode;
use recto::content::types::{OUTPUT, PERSON};
use recto::content::{Id, Value};
use recto::editing::bulk::{MOST, PART};
use recto::editing::{Edit, User, save, trash};
use recto::store::{State, Stored};

use super::{Every, now, public, write};
use crate::support::app::{Client, Form, Page};
use crate::support::build::{self, output, person, theme};
use crate::support::files::{media, png};
use crate::support::{Backend, TestApp, backends};

/// The form of the bar, with these items ticked.
async fn ticked(client: &mut Client, list: &str, items: &[&Stored]) -> Form {
    let page = client.get(list).await;
    assert_eq!(page.status, StatusCode::OK);
    let mut form = page.form_of("#bulk");
    for stored in items {
        let id = stored.item.id.to_string();
        assert!(page.has(&format!("input[name=one][form=bulk][value='{id}']")), "{id} has a box");
        form.pairs.push(("one".to_owned(), id));
    }
    form
}

/// Sends a form by its address, as the bar is sent.
async fn ask(client: &mut Client, form: &Form, verb: &str) -> Page {
    let pairs = form.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs.chain([("verb", verb)])).finish();
    client.get(&format!("{}?{query}", form.action)).await
}

async fn send(client: &mut Client, form: &Form) -> Page {
    let pairs: Vec<(&str, &str)> =
        form.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    client.post(&form.action, &pairs).await
}

fn buttons(page: &Page) -> Vec<String> {
    page.texts("#bulk button")
}

#[tokio::test]
async fn a_list_offers_what_a_role_may_do() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let theme = theme(&app.desk, 1, "One").published(&app.desk).await;
    let project = build::project(&app.desk, &theme, "1.1", "Project").draft(&app.desk).await;
    output(&app.desk, Some(&project), "An <output>", 2020).await.draft(&app.desk).await;
    let gone = output(&app.desk, None, "Gone", 2020).await.draft(&app.desk).await;
    trash(&app.desk, &User::system(), gone.item.id).await.unwrap();
    media(&app.desk, "picture.png", png(4, 4)).await.draft(&app.desk).await;
    let mut viewer = app.user("viewer").await;
    let mut editor = app.user("editor").await;
    let mut admin = app.user("administrator").await;
    let mut contributor = app.contributor(&[project.item.id]).await;

    for list in ["/admin/outputs", "/admin/media", "/admin/terms", "/admin/outputs?stage=trashed"] {
        let page = viewer.get(list).await;
        assert!(!page.has("main input[name=one]") && !page.has("#bulk"), "{list}");
    }
    let page = editor.get("/admin/outputs").await;
    assert_eq!(buttons(&page), ["Publish…", "Unpublish…", "Edit a field…", "Move to the trash…"]);
    assert_eq!(page.texts("tbody .pick label"), ["An <output>"], "a box is called as its item");
    assert!(page.has("thead [data-tick-all]"));
    assert!(!page.has("#bulk [name=all]"), "all of it is on this page");
    assert_eq!(buttons(&editor.get("/admin/outputs?stage=trashed").await), ["Take out of the trash…"]);
    // No field of a theme can be the same in two.
    assert_eq!(buttons(&editor.get("/admin/themes").await), ["Publish…", "Unpublish…", "Move to the trash…"]);
    assert_eq!(editor.get("/admin/media").await.texts(".card .tick"), ["picture.png"]);
    assert!(!editor.get("/admin/terms").await.has("#bulk"), "terms are the administrators’");
    assert!(admin.get("/admin/terms").await.has("#bulk"));
    assert_eq!(buttons(&contributor.get("/admin/outputs").await), ["Edit a field…"]);
    assert!(!contributor.get("/admin/outputs?stage=trashed").await.has("#bulk"));
    assert!(!contributor.get("/admin/people").await.has("#bulk"));
    assert!(!editor.get("/admin/outputs?q=nothing+like+it").await.has("#bulk"));
}

#[tokio::test]
async fn what_was_ticked_is_looked_at_done_told_and_undone() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let every = Every::new(&app.desk).await;
        let mut editor = app.user("editor").await;
        let list = "/admin/outputs?q=&sort=title&year=2020";
        let four = [&every.draft, &every.seen, &every.changed];
        let mut form = ticked(&mut editor, list, &four).await;
        // The incomplete one has no year, and is no longer in this list.
        form.pairs.push(("one".to_owned(), every.half.item.id.to_string()));
        form.pairs.push(("one".to_owned(), every.half.item.id.to_string()));
        let page = ask(&mut editor, &form, "publish").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.texts("h1"), ["Publish 4 outputs"]);
        assert_eq!(
            page.texts(".bulk-sum"),
            ["2 will be published, 1 is public as it is, 1 cannot be and stays as it is."]
        );
        assert_eq!(page.texts(".missing li"), ["Half Year is needed to publish."]);
        let own = format!("/admin/outputs/{}", every.half.item.id);
        assert_eq!(page.attribute(".missing a", "href"), Some(own));
        assert_eq!(page.texts("#does + .feed a"), ["Draft", "Changed"]);
        assert_eq!(page.texts("#same + .feed a"), ["Seen"]);
        assert_eq!(page.texts(".page-foot button"), ["Publish 2 outputs"]);
        let back = page.attribute(".page-foot a", "href").unwrap();
        assert_eq!(back, "/admin/outputs?sort=title&year=2020", "back to the list as it was");
        assert_eq!(public(&app.desk, &every.draft, "title").await, None, "nothing is done yet");

        let page = send(&mut editor, &page.form_of("form.steps")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let told = page.location().to_owned();
        assert!(told.starts_with("/admin/changes/"), "{told}");
        // Read again, as after a reload, by whoever else may undo it too.
        for _ in 0..2 {
            let page = editor.get(&told).await;
            assert_eq!(page.texts("h1"), ["Published 2 outputs"]);
            assert_eq!(page.texts(".about"), ["The public sees them now."]);
            assert_eq!(page.texts(".feed a"), ["Changed", "Draft"]);
            assert_eq!(page.texts(".page-foot button"), ["Undo"]);
            assert_eq!(page.attribute(".page-foot a", "href"), Some(back.clone()));
        }
        assert!(public(&app.desk, &every.draft, "title").await.is_some());
        let mut viewer = app.user("viewer").await;
        assert!(viewer.get(&told).await.texts(".page-foot button").is_empty());
        assert_eq!(viewer.post(&told, &[]).await.status, StatusCode::FORBIDDEN);

        let undo = editor.get(&told).await.form_of("form.steps");
        write(&app.desk, &every.draft, "note", "Worked on").await;
        let page = send(&mut editor, &undo).await;
        assert_eq!(page.texts("h1"), ["Taken back"]);
        assert_eq!(page.texts(".flash"), ["2 items are as they were before."]);
        assert_eq!(public(&app.desk, &every.draft, "title").await, None);
        assert_eq!(now(&app.desk, &every.draft).await.item.text("note"), "Worked on");
        let page = send(&mut editor, &undo).await;
        assert_eq!(page.texts(".flash"), ["There was nothing left to take back."]);
    }
}

#[tokio::test]
async fn unpublishing_and_the_trash_say_what_the_public_loses() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let every = Every::new(&app.desk).await;
    let mut editor = app.user("editor").await;
    let four = [&every.draft, &every.seen, &every.changed, &every.half];
    let form = ticked(&mut editor, "/admin/outputs", &four).await;
    let page = ask(&mut editor, &form, "unpublish").await;
    assert_eq!(page.texts(".bulk-sum"), ["2 will be unpublished, 2 are not public."]);
    assert_eq!(page.texts(".about"), ["The public no longer sees them; the drafts stay."]);
    let page = ask(&mut editor, &form, "trash").await;
    assert_eq!(page.texts("h1"), ["Move 4 outputs to the trash"]);
    assert_eq!(page.texts(".about"), ["The public sees 2 of them, and no longer will."]);
    let page = send(&mut editor, &page.form_of("form.steps")).await;
    let page = editor.get(page.location()).await;
    assert_eq!(page.texts("h1"), ["Moved 4 outputs to the trash"]);
    assert_eq!(editor.get("/admin/outputs").await.texts(".empty h2"), ["No outputs yet"]);

    let form = ticked(&mut editor, "/admin/outputs?stage=trashed", &[&every.draft, &every.gone]).await;
    let page = ask(&mut editor, &form, "untrash").await;
    assert_eq!(page.texts("h1"), ["Take 2 outputs out of the trash"]);
    let page = send(&mut editor, &page.form_of("form.steps")).await;
    assert_eq!(editor.get(page.location()).await.texts("h1"), ["Took 2 outputs out of the trash"]);
    assert_eq!(now(&app.desk, &every.gone).await.state(), State::Draft);
    // Nothing to do: no button that does nothing.
    let page = ask(&mut editor, &form, "untrash").await;
    assert_eq!(page.texts(".bulk-sum"), ["0 will be taken out of the trash, 2 are not in the trash."]);
    assert!(!page.has("form.steps button"));
    let page = ask(&mut editor, &Form { pairs: Vec::new(), ..form }, "untrash").await;
    assert_eq!(
        (page.status, page.texts("h1")),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["Nothing is ticked".to_owned()])
    );
}

#[tokio::test]
async fn a_field_is_chosen_then_its_value_then_it_is_done() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let every = Every::new(&app.desk).await;
        let mut editor = app.user("editor").await;
        let form = ticked(&mut editor, "/admin/outputs", &[&every.draft, &every.seen]).await;
        let page = ask(&mut editor, &form, "edit").await;
        assert_eq!(page.texts("h1"), ["Edit a field of 2 outputs"]);
        assert_eq!(page.texts(".feed a"), ["Outputs type", "Year", "Availability", "Embargoed until"]);
        let year = page.attribute(".feed li:nth-child(2) a", "href").unwrap();
        let page = editor.get(&year).await;
        assert_eq!(page.texts("h1"), ["Set ‘Year’ in 2 outputs"]);
        assert!(!page.has("[name=clear]"), "a year is needed to publish");
        let value = page.form_of("form.prose");
        for (typed, said) in [("", "Say what it should be."), ("soon", "year")] {
            let page = value.clone().fill("year", typed).press(&mut editor, "look").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.texts("#f-year-error")[0].contains(said), "{:?}", page.texts("#f-year-error"));
            assert_eq!(page.form_of("form.prose").get("year"), typed);
            assert_eq!(page.attribute("#f-year", "aria-describedby").as_deref(), Some("f-year-error"));
        }
        let page = value.clone().fill("year", "2021").press(&mut editor, "look").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.texts("h1"), ["Set ‘Year’ to ‘2021’ in 2 outputs"]);
        assert_eq!(page.texts(".bulk-sum"), ["2 will be changed."]);
        assert_eq!(page.texts(".about"), ["The drafts change; the public sees it when they are published."]);
        // Somebody works on one of them meanwhile: the newest draft is changed.
        write(&app.desk, &every.draft, "note", "Meanwhile").await;
        let page = send(&mut editor, &page.form_of("form.steps")).await;
        let page = editor.get(page.location()).await;
        assert_eq!(page.texts("h1"), ["Changed 2 outputs"]);
        assert_eq!(
            page.texts(".about"),
            ["‘Year’ is ‘2021’ now. The public sees that when they are published."]
        );
        let draft = now(&app.desk, &every.draft).await;
        assert_eq!((draft.item.integer("year"), draft.item.text("note")), (Some(2021), "Meanwhile"));
        let page = send(&mut editor, &page.form_of("form.steps")).await;
        assert_eq!(page.texts(".flash"), ["2 items are as they were before."]);
        let draft = now(&app.desk, &every.draft).await;
        assert_eq!((draft.item.integer("year"), draft.item.text("note")), (Some(2020), "Meanwhile"));

        // Dates may be emptied.
        let embargo = year.replace("field=year", "field=embargo_until");
        let value = editor.get(&embargo).await.form_of("form.prose");
        let page = value.press(&mut editor, "look").await;
        let asks = ["Say what it should be, or tick that it is to be empty."];
        assert_eq!(page.texts("#f-embargo_until-error"), asks);
        let value = value.fill("clear", "true");
        let page = value.clone().fill("embargo_until", "2030-01-01").press(&mut editor, "look").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "both at once");
        assert!(page.has("[name=clear][checked]"));
        let page = value.press(&mut editor, "look").await;
        assert_eq!(page.texts(".bulk-sum"), ["0 will be changed, 2 say so already."]);
        assert_eq!(page.texts("h1"), ["Empty ‘Embargoed until’ in 2 outputs"]);
    }
}

#[tokio::test]
async fn what_a_field_links_to_is_found_as_on_its_form() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let centre = build::item(&app.desk, &recto::content::types::ORGANISATION).text("name", "The centre");
    let centre = centre.draft(&app.desk).await;
    let leah = person(&app.desk, "Leah", "Tomkins").draft(&app.desk).await;
    let jean = person(&app.desk, "Jean", "Hartley").draft(&app.desk).await;
    let mut editor = app.user("editor").await;
    let form = ticked(&mut editor, "/admin/people", &[&leah, &jean]).await;
    let page = ask(&mut editor, &form, "edit").await;
    assert_eq!(page.texts("h1"), ["Edit a field of 2 people"]);
    let page = editor.get(&page.attribute(".feed a", "href").unwrap()).await;
    let form = page.form_of("form.prose").fill("organisation.find", "centre");
    let page = form.press(&mut editor, "find:organisation").await;
    assert_eq!(page.texts("#f-organisation-found b"), ["The centre"]);
    let add = format!("add:organisation:{}", centre.item.id);
    let page = page.form_of("form.prose").press(&mut editor, &add).await;
    assert_eq!(page.texts("#f-organisation .who a"), ["The centre"]);
    let page = page.form_of("form.prose").press(&mut editor, "look").await;
    assert_eq!(page.texts("h1"), ["Set ‘Organisation’ to ‘The centre’ in 2 people"]);
    // It goes into the trash before the button is pressed.
    let run = page.form_of("form.steps");
    trash(&app.desk, &User::system(), centre.item.id).await.unwrap();
    let page = send(&mut editor, &run).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.texts(".oops p")[0].contains("cannot be chosen any more"), "{}", page.body);
    assert_eq!(now(&app.desk, &leah).await.item.one("organisation"), None);
    recto::editing::untrash(&app.desk, &User::system(), centre.item.id).await.unwrap();
    let page = send(&mut editor, &run).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let page = editor.get(page.location()).await;
    assert_eq!(
        page.texts(".about"),
        ["‘Organisation’ is ‘The centre’ now. The public sees that when they are published."]
    );
    // Flags are yes or no.
    let email = format!("/admin/bulk/people?verb=edit&field=email_public&one={}", leah.item.id);
    let form = editor.get(&email).await.form_of("form.prose");
    let page = form.press(&mut editor, "look").await;
    assert_eq!(page.texts(".bulk-sum"), ["0 will be changed, 1 says so already."]);
    let page = form.fill("email_public", "true").press(&mut editor, "look").await;
    assert_eq!(page.texts("h1"), ["Set ‘Show the e-mail address in public’ to ‘Yes’ in one person"]);
    send(&mut editor, &page.form_of("form.steps")).await;
    assert!(app.desk.store.items(&PERSON, &[leah.item.id]).await.unwrap()[0].item.flag("email_public"));
}

/// So many outputs, saved at once.
async fn outputs(app: &TestApp, number: usize) -> Vec<Stored> {
    let mut edits = Vec::new();
    let one = output(&app.desk, None, "Output", 2020).await.item;
    for at in 0..number {
        let mut item = recto::content::Item { id: Id::new(app.desk.clock.now()), ..one.clone() };
        item.set("title", Value::Text(format!("Output {at:04}").into()));
        edits.push(Edit::new(item));
    }
    save(&app.desk, &User::system(), &edits).await.unwrap()
}

#[tokio::test]
async fn all_that_fit_are_done_part_by_part() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let made = outputs(&app, 2 * PART + 20).await;
        let other = output(&app.desk, None, "Another one", 2019).await.draft(&app.desk).await;
        let mut editor = app.user("editor").await;
        let list = "/admin/outputs?year=2020&page=2";
        let page = editor.get(list).await;
        assert_eq!(page.texts("#bulk .bulk-what .choice:last-child"), ["All 120 that fit"]);
        let form = page.form_of("#bulk").fill("all", "true");
        let page = ask(&mut editor, &form, "publish").await;
        assert_eq!(page.texts(".bulk-sum"), ["120 will be published."]);
        assert_eq!(page.texts("#does + .feed + .help"), ["And 80 more."]);
        assert_eq!(page.texts("#does + .feed li").len(), 40);

        let first = page.form_of("form.steps");
        let page = send(&mut editor, &first).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.texts("h1"), ["Publish 120 outputs"]);
        assert_eq!(page.texts("[role=status]"), ["50 of 120 done"]);
        let progress = |name| page.attribute("progress", name).unwrap();
        assert_eq!((progress("value"), progress("max")), ("50".into(), "120".into()));
        assert!(page.has("[hx-trigger=load]"));
        // The machine fails here: what was done is told, and could be undone.
        let stop = page.attribute(".page-foot a", "href").unwrap();
        assert_eq!(editor.get(&stop).await.texts("h1"), ["Published 50 outputs"]);
        let address = page.form_of("#bulk-run").action;
        assert!(stop.starts_with(editor.get(&address).await.location()), "the address leads there");

        // One is changed, and one goes into the trash, before their turn comes.
        let last = [&made[0], &made[1]];
        let rest = page.form_of("#bulk-run");
        let items: Vec<&str> = rest.get("items").split(' ').collect();
        let turn =
            |stored: &Stored| items.iter().position(|one| one.starts_with(&stored.item.id.to_string()));
        let waiting: Vec<&Stored> = made.iter().filter(|one| turn(one).unwrap() >= PART).take(2).collect();
        assert_eq!((waiting.len(), last.len()), (2, 2));
        write(&app.desk, waiting[0], "note", "Meanwhile").await;
        trash(&app.desk, &User::system(), waiting[1].item.id).await.unwrap();
        let page = send(&mut editor, &rest).await;
        assert_eq!(page.texts("[role=status]"), ["100 of 120 done"]);
        // Sent again by a reload: nothing is done twice.
        assert_eq!(send(&mut editor, &rest).await.texts("[role=status]"), ["100 of 120 done"]);
        let page = send(&mut editor, &page.form_of("#bulk-run")).await;
        assert_eq!(page.status, StatusCode::OK, "what was left is told");
        assert_eq!(page.texts("h1"), ["Published 118 outputs"]);
        let mut left = page.texts(".missing li span");
        left.sort_unstable();
        assert_eq!(
            left,
            [
                "It is in the trash; take it out first.",
                "Somebody has changed it since you looked; look again."
            ]
        );
        assert_eq!(page.texts(".page-foot button"), ["Undo"]);
        assert_eq!(public(&app.desk, &other, "title").await, None, "not in the list");
        let count = async || {
            let select = recto::published::Select::of(&OUTPUT);
            app.desk.published.reader().list(&select).await.unwrap().total
        };
        assert_eq!(count().await, 118);
        let page = send(&mut editor, &page.form_of("form.steps")).await;
        assert_eq!(page.texts(".flash"), ["118 items are as they were before."]);
        assert_eq!(count().await, 0);
    }
}

#[tokio::test]
async fn a_script_is_led_to_what_was_done() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let made = outputs(&app, 2).await;
    let mut editor = app.user("editor").await;
    let form = ticked(&mut editor, "/admin/outputs", &[&made[0], &made[1]]).await;
    let run = ask(&mut editor, &form, "publish").await.form_of("form.steps");
    let mut script = editor.clone();
    script.htmx = true;
    let page = send(&mut script, &run).await;
    let to = page.headers["hx-redirect"].to_str().unwrap().to_owned();
    assert_eq!(editor.get(&to).await.texts("h1"), ["Published 2 outputs"]);
}

#[tokio::test]
async fn more_than_a_thousand_are_done_in_parts_and_that_is_said() {
    let app = TestApp::new(&Backend::Sqlite).await;
    outputs(&app, MOST + 2).await;
    let mut editor = app.user("editor").await;
    let page = editor.get("/admin/outputs").await;
    assert_eq!(page.texts("#bulk .bulk-what .choice:last-child"), ["The first 1000 of 1002 that fit"]);
    let page = ask(&mut editor, &page.form_of("#bulk").fill("all", "true"), "trash").await;
    assert_eq!(page.texts("h1"), ["Move 1000 outputs to the trash"]);
    assert!(page.texts(".flash")[0].starts_with("The list has 1002, and at most 1000"), "{}", page.body);
    let run = page.form_of("form.steps");
    assert_eq!(run.get("items").split(' ').count(), MOST);
    let mut page = send(&mut editor, &run).await;
    let mut parts = 1;
    while page.status == StatusCode::OK {
        page = send(&mut editor, &page.form_of("#bulk-run")).await;
        parts += 1;
    }
    assert_eq!(parts, MOST / PART);
    let page = editor.post(page.location(), &[]).await;
    assert_eq!(page.texts(".flash"), ["1000 items are as they were before."]);
    // One more than is taken.
    let more = format!("{} {}.1", run.get("items"), Id::new(app.desk.clock.now()));
    let page = send(&mut editor, &run.fill("items", &more)).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    let ids: Vec<String> = (0..MOST + 5).map(|_| format!("one={}", Id::nil())).collect();
    let page = editor.get(&format!("/admin/bulk/outputs?verb=trash&{}", ids.join("&"))).await;
    assert_eq!(page.texts("h1"), ["Move 0 outputs to the trash"], "what does not exist is left out");
}

#[tokio::test]
async fn contributors_edit_their_own_and_are_told_of_the_others() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let theme = theme(&app.desk, 1, "One").published(&app.desk).await;
    let mine = build::project(&app.desk, &theme, "1.1", "Mine").draft(&app.desk).await;
    let theirs = build::project(&app.desk, &theme, "1.2", "Theirs").draft(&app.desk).await;
    let my_output = output(&app.desk, Some(&mine), "My output", 2020).await.draft(&app.desk).await;
    let their_output = output(&app.desk, Some(&theirs), "Their output", 2020).await.draft(&app.desk).await;
    let mut me = app.contributor(&[mine.item.id]).await;
    let form = ticked(&mut me, "/admin/outputs", &[&my_output, &their_output]).await;
    for verb in ["publish", "unpublish", "trash", "untrash"] {
        let page = ask(&mut me, &form, verb).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{verb}");
        let bare = [("verb", verb), ("items", &format!("{}.1", my_output.item.id)[..])];
        let page = me.post(&format!("/admin/bulk/outputs/{}", Id::new(app.desk.clock.now())), &bare).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{verb}");
    }
    let address = ask(&mut me, &form, "edit").await.attribute(".feed li:nth-child(2) a", "href").unwrap();
    let form = me.get(&address).await.form_of("form.prose").fill("year", "2021");
    let page = form.press(&mut me, "look").await;
    assert_eq!(page.texts(".bulk-sum"), ["1 will be changed, 1 cannot be and stays as it is."]);
    assert!(page.texts(".missing li")[0].starts_with("Their output This is not in a project"));
    // A form that says otherwise changes nothing of theirs.
    let run = page.form_of("form.steps");
    let both = format!("{} {}.1", run.get("items"), their_output.item.id);
    let page = send(&mut me, &run.fill("items", &both)).await;
    assert_eq!(page.texts("h1"), ["Changed one output"]);
    assert!(page.texts(".missing li")[0].starts_with("Their output"));
    assert_eq!(now(&app.desk, &their_output).await, their_output);
    let page = send(&mut me, &page.form_of("form.steps")).await;
    assert_eq!(page.texts(".flash"), ["One item is as it was before."]);

    let mut viewer = app.user("viewer").await;
    for path in ["publish", "edit", "edit&field=year"] {
        let page = viewer.get(&format!("/admin/bulk/outputs?verb={path}&one={}", my_output.item.id)).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn whoever_was_signed_out_goes_on_where_it_stopped() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let made = outputs(&app, PART + 1).await;
    let mut editor = app.user("editor").await;
    let form = editor.get("/admin/outputs").await.form_of("#bulk").fill("all", "true");
    let run = ask(&mut editor, &form, "publish").await.form_of("form.steps");
    let rest = send(&mut editor, &run).await.form_of("#bulk-run");
    let value =
        editor.get(&format!("/admin/bulk/outputs?verb=edit&field=year&one={}", made[0].item.id)).await;
    let value = value.form_of("form.prose").fill("year", "2033");

    let mut stranger = app.stranger();
    let page = send(&mut stranger, &rest).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    let sign_in = page.form_of("form").fill("email", "editor@example.org");
    let page = send(&mut stranger, &sign_in.fill("password", crate::support::app::PASSWORD)).await;
    assert_eq!(
        page.texts("[role=status]").last().map(String::as_str),
        Some("50 of 51 done"),
        "{}",
        page.body
    );
    assert!(!page.has("[hx-trigger=load]"), "nothing goes on until somebody says so");
    let page = send(&mut stranger, &page.form_of("#bulk-run")).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(stranger.get(page.location()).await.texts("h1"), ["Published 51 outputs"]);

    let mut stranger = app.stranger();
    let page = send(&mut stranger, &value).await;
    let sign_in = page.form_of("form").fill("email", "editor@example.org");
    let page = send(&mut stranger, &sign_in.fill("password", crate::support::app::PASSWORD)).await;
    assert_eq!(page.form_of("form.prose").get("year"), "2033");
    assert!(page.texts(".flash")[0].contains("nothing is changed yet"));
}

#[tokio::test]
async fn what_no_page_of_ours_sends_is_refused() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let made = outputs(&app, 1).await;
    let id = made[0].item.id;
    let mut editor = app.user("editor").await;
    let mut admin = app.user("administrator").await;
    for path in [
        "outputs".to_owned(),
        "outputs?verb=destroy".into(),
        format!("nothing?verb=publish&one={id}"),
        format!("site?verb=publish&one={id}"),
        format!("outputs?verb=edit&field=title&one={id}"),
        format!("outputs?verb=edit&field=projects&one={id}"),
    ] {
        let page = admin.get(&format!("/admin/bulk/{path}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = editor.get("/admin/bulk/outputs?verb=publish&one=x&one=%00").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A list that is none, as the address to go back to.
    let page =
        editor.get(&format!("/admin/bulk/outputs?verb=publish&one={id}&list=//evil.example/?x=1")).await;
    let back = page.attribute(".page-foot a", "href").unwrap();
    assert!(back.starts_with("/admin/outputs?"), "{back}");

    let batch = Id::new(app.desk.clock.now());
    let items = format!("{id}.1");
    let path = format!("/admin/bulk/outputs/{batch}");
    for (form, status) in [
        (vec![("verb", "publish"), ("items", "rubbish")], StatusCode::CONFLICT),
        (vec![("verb", "publish"), ("items", "x.1")], StatusCode::CONFLICT),
        (vec![("verb", "edit"), ("items", &items)], StatusCode::NOT_FOUND),
        (
            vec![("verb", "edit"), ("field", "year"), ("value", "soon"), ("items", &items)],
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (vec![("verb", "edit"), ("field", "year"), ("items", &items)], StatusCode::UNPROCESSABLE_ENTITY),
        (
            vec![("verb", "edit"), ("field", "title"), ("value", "X"), ("items", &items)],
            StatusCode::NOT_FOUND,
        ),
        (vec![("items", &items)], StatusCode::NOT_FOUND),
    ] {
        let page = editor.post(&path, &form).await;
        assert_eq!(page.status, status, "{form:?}");
    }
    let publish = [("verb", "publish"), ("items", &items[..])];
    assert_eq!(editor.post("/admin/bulk/outputs/batch", &publish).await.status, StatusCode::NOT_FOUND);
    let page = editor.get(&path).await;
    assert_eq!(page.location(), "/admin/outputs", "nothing was done under that number");
    // Beyond the end there is nothing to do.
    let page = editor.post(&path, &[publish[0], publish[1], ("at", "99")]).await;
    assert_eq!((page.status, page.texts("h1")), (StatusCode::OK, vec!["Nothing was done".to_owned()]));
    assert_eq!(now(&app.desk, &made[0]).await, made[0]);
    // Somebody else’s number.
    editor.post(&path, &publish).await;
    let page = admin.post(&path, &publish).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
}
