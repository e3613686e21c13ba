//! Where something is used: on its form, field by field, and before it goes to the trash.

use recto::content::types::{PERSON, PROJECT, TERM, THEME};
use recto::content::{Row, Value};
use recto::editing::{User, trash};
use recto::published::Filter;

use crate::people::{author, by};
use crate::support::build::{self, news, output, person, project, theme};
use crate::support::{Backend, TestApp, TestDesk, backends};

#[tokio::test]
async fn a_form_says_what_links_to_the_item_by_field_and_state() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let theme = theme(desk, 3, "Leadership").published(desk).await;
        let leah = person(desk, "Leah", "Tomkins").published(desk).await;
        let mut viewer = app.user("viewer").await;
        let path = format!("/admin/people/{}", leah.item.id);
        let page = viewer.get(&path).await;
        assert!(page.texts("aside .quiet").contains(&"Nothing links here.".to_owned()));

        for number in 1..=7 {
            let one = project(desk, &theme, &format!("3.0{number}"), &format!("Project {number}"));
            let one = one.links("team", &[&leah]);
            // The last is a draft.
            if number < 7 {
                one.published(desk).await
            } else {
                one.draft(desk).await
            };
        }
        let link = format!("<p><a href=\"recto:{}\">She</a> said so.</p>", leah.item.id);
        news(desk, "With her", "2026-01-01").text("body", &link).links("people", &[&leah]).draft(desk).await;
        by(desk, "Hers", vec![author("Tomkins, L", Some(&leah), true)]).await.draft(desk).await;
        let gone = by(desk, "Gone", vec![author("Tomkins, L", Some(&leah), true)]).await.draft(desk).await;
        trash(desk, &User::system(), gone.item.id).await.unwrap();

        let page = viewer.get(&path).await;
        assert_eq!(
            page.texts(".uses h3"),
            [
                "News, in the text 1",
                "News, under ‘People’ 1",
                "Outputs, under ‘Authors’ 1",
                "Projects, under ‘Academic team’ 7"
            ]
        );
        let links = page.texts(".uses:last-of-type li");
        assert_eq!(links.len(), 5, "{links:?}");
        assert_eq!(links[0], "3.01 Project 1");
        assert_eq!(page.texts(".uses:last-of-type > p")[0], "1 not public");
        assert_eq!(page.texts(".uses:first-of-type li"), ["With her Draft"]);
        let all = page.attribute(".uses:last-of-type p a", "href").unwrap();
        let list = viewer.get(&all).await;
        assert_eq!(list.texts("tbody .name").len(), 7);
        assert_eq!(list.texts(".narrowed li"), ["Academic team: Leah Tomkins"]);
        assert!(!page.has("details.confirm"), "who reads moves nothing to the trash");

        let mut editor = app.user("editor").await;
        let page = editor.get(&path).await;
        assert!(
            page.texts("details.confirm p")[0].starts_with("It is used in 10 places, which do not show it")
        );
        let page = page.form().press(&mut editor, "trash").await;
        assert!(page.location().ends_with("?done=trashed"), "asked, not forbidden");
    }
}

#[tokio::test]
async fn everything_that_something_can_link_to_says_so() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let mut administrator = app.user("administrator").await;
    let theme = theme(desk, 3, "Leadership").draft(desk).await;
    let learning = project(desk, &theme, "3.07", "Learning").draft(desk).await;
    let one = output(desk, Some(&learning), "One", 2019).await.draft(desk).await;
    let kind = one.item.get("type").clone();
    let Value::One(term) = kind else { panic!("{kind:?}") };
    let home = build::item(desk, recto::content::by_name("page").unwrap()).text("title", "Home");
    let home = home.draft(desk).await;
    build::item(desk, recto::content::by_name("page").unwrap())
        .text("title", "Below")
        .one("parent", home.item.id)
        .text("body", &format!("<p><a href=\"recto:{}\">One</a></p>", one.item.id))
        .draft(desk)
        .await;
    for (path, wanted) in [
        (format!("themes/{}", theme.item.id), "Projects, as theme 1"),
        (format!("projects/{}", learning.item.id), "Outputs, under ‘Projects’ 1"),
        (format!("outputs/{}", one.item.id), "Pages, in the text 1"),
        (format!("terms/{term}"), "Outputs, as outputs type 1"),
        (format!("pages/{}", home.item.id), "Pages, as parent page 1"),
    ] {
        let page = administrator.get(&format!("/admin/{path}")).await;
        assert_eq!(page.texts(".uses h3"), [wanted], "{path}");
    }
    let site = administrator.get("/admin/site").await;
    let page = administrator.get(site.location()).await;
    assert!(!page.body.contains("Where is this used?"), "nothing can link to it");
}

#[tokio::test]
async fn uses_are_one_statement_and_are_not_counted_for_ever() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let theme = theme(&desk, 3, "Leadership").draft(&desk).await;
    let mut edits = Vec::new();
    for number in 0..1_005 {
        let one = project(&desk, &theme, &format!("{}.{:02}", 1 + number / 90, 1 + number % 90), "Many");
        edits.push(recto::editing::Edit::new(one.item));
    }
    recto::editing::save(&desk, &User::system(), &edits).await.unwrap();
    let lists = desk.lists();
    let before = lists.statements();
    let uses = lists.uses(&THEME, &theme.item.id.to_string(), 5).await.unwrap();
    assert_eq!(lists.statements() - before, 1);
    assert_eq!(uses.len(), 1);
    let used = &uses[0];
    assert_eq!((used.content_type, used.field.name), (&PROJECT, "theme"));
    assert_eq!((used.total, used.drafts, used.more, used.by.len()), (1_000, 1_000, true, 5));
    // What may be narrowed to it is the whole of them.
    let mut select = recto::published::Select::of(&PROJECT);
    select.filters =
        vec![Filter::Key("theme", vec![recto::published::Scalar::Text(theme.item.id.to_string())])];
    assert_eq!(lists.list(&select).await.unwrap().total, 1_005);
    assert!(lists.uses(&TERM, "nobody", 5).await.unwrap().is_empty());
    // A row that names somebody twice is one use.
    let leah = person(&desk, "Leah", "Tomkins").draft(&desk).await;
    let twice = Row { target: Some(leah.item.id), values: vec![Value::None] };
    project(&desk, &theme, "99.01", "Twice").rows("team", vec![twice.clone(), twice]).draft(&desk).await;
    let uses = lists.uses(&PERSON, &leah.item.id.to_string(), 5).await.unwrap();
    assert_eq!((uses.len(), uses[0].total), (1, 1));
}
