//! Lines of the audit log: those about text that saved itself are thinned, the rest stays as long as the
//! settings say; what a form was typed over and is gone is asked about.

use chrono::TimeDelta;
use recto::content::Value;
use recto::editing::{Edit, Retention, User, autosave, prune, publish};
use recto::error::Error;
use recto::store::Role;

use super::retitle;
use crate::support::app::Form;
use crate::support::build::theme;
use crate::support::{TestApp, TestDesk, backends};

#[tokio::test]
async fn lines_about_text_that_saved_itself_go_and_others_stay() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let user = User::system();
        let mut stored = theme(&desk, 1, "One").draft(&desk).await;
        for number in 0..30 {
            desk.clock.advance(TimeDelta::minutes(1));
            let mut item = stored.item.clone();
            item.set("title", Value::Text(format!("Title {number}").into()));
            stored = autosave(&desk, &user, Edit::of(&stored, item)).await.unwrap();
        }
        stored = retitle(&desk, &stored, "Last").await;
        publish(&desk, &user, stored.item.id, None, &[]).await.unwrap();
        let verbs = async || {
            let lines = desk.store.audit(Some(stored.item.id), 1_000).await.unwrap();
            let of = |verb: &str| lines.iter().filter(|line| line.verb == verb).count();
            (of("create"), of("save"), of("publish"))
        };
        assert_eq!(verbs().await, (1, 31, 1));
        let rule = Retention::of_days(8, 90, 0);
        let pruning = async |dry| prune(&desk.store, &desk.clock, &user, &rule, dry).await.unwrap();
        assert_eq!(pruning(false).await.lines, 0);
        desk.clock.advance(TimeDelta::days(9));
        assert_eq!(pruning(true).await.lines, 29);
        assert_eq!(verbs().await, (1, 31, 1));
        assert_eq!(pruning(false).await.lines, 29);
        // The last that saved itself, and the one that somebody pressed for.
        assert_eq!(verbs().await, (1, 2, 1));
        let noted = desk.store.audit(None, 1).await.unwrap().remove(0);
        assert_eq!((noted.verb.as_str(), noted.item), ("prune", None));
        assert!(noted.detail.contains("29 lines"), "{}", noted.detail);

        // Those that are older than any is to be kept.
        desk.clock.advance(TimeDelta::days(400));
        let short = Retention::of_days(8, 90, 365);
        let dry = prune(&desk.store, &desk.clock, &user, &short, true).await.unwrap();
        let done = prune(&desk.store, &desk.clock, &user, &short, false).await.unwrap();
        assert!(done.old_lines > 4 && done.old_lines == dry.old_lines, "{done:?}");
        assert_eq!(verbs().await, (0, 0, 0));
        assert_eq!(desk.store.audit(None, 9).await.unwrap().len(), 1, "the line of this pruning");
    }
}

#[tokio::test]
async fn only_administrators_prune() {
    let desk = TestDesk::new(&crate::support::Backend::Sqlite).await;
    let editor = User { role: Role::Editor, ..User::system() };
    let rule = Retention::of_days(8, 90, 0);
    let told = prune(&desk.store, &desk.clock, &editor, &rule, true).await.unwrap_err();
    assert!(matches!(told, Error::Denied(_)), "{told:?}");
}

#[tokio::test]
async fn a_form_over_a_version_that_is_gone_overwrites_nothing_unseen() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let first = theme(&app.desk, 1, "First").text("summary", "As it was.").draft(&app.desk).await;
        let seen = retitle(&app.desk, &first, "Seen").await;
        let mut editor = app.user("editor").await;
        let path = format!("/admin/themes/{}", seen.item.id);
        let form: Form = editor.get(&path).await.form();
        // Somebody else goes on, within the hour; long afterwards the tab is found again.
        let mut item = seen.item.clone();
        item.set("summary", Value::Text("What the other wrote.".into()));
        recto::editing::save(&app.desk, &User::system(), &[Edit::of(&seen, item)]).await.unwrap();
        app.desk.clock.advance(TimeDelta::days(10));
        let rule = Retention::of_days(8, 90, 0);
        let done = prune(&app.desk.store, &app.desk.clock, &User::system(), &rule, false).await.unwrap();
        assert_eq!(done.removed, 1);
        // Their session has ended by then.
        let mut editor = app.user("administrator").await;
        let page = form.fill("title", "Typed long ago").press(&mut editor, "save").await;
        assert_eq!(page.status, 409, "{}", page.body);
        let now = app.desk.store.item(seen.item.id).await.unwrap();
        assert_eq!((now.item.text("title"), now.item.text("summary")), ("Seen", "What the other wrote."));
        // Both sides of both fields are shown: that the summary was not touched nobody knows.
        assert!(
            page.body.contains("What the other wrote.") && page.body.contains("As it was."),
            "{}",
            page.body
        );
    }
}
