//! Columns of the admin's lists, and views: who keeps one, who sees it, who may change it; on both
//! databases, over HTTP as a browser without script asks.

use axum::http::StatusCode;
use recto::content::types::OUTPUT;
use recto::editing::view::{NAME_MAX, QUERY_MAX, VIEWS_MAX};

use crate::support::app::{Client, Page};
use crate::support::build::{self, output, person, theme};
use crate::support::{Backend, TestApp, backends};

const LIST: &str = "/admin/outputs";

/// Saves a view of the list of outputs.
async fn keep(client: &mut Client, name: &str, query: &str, shared: bool) -> Page {
    let mut form = vec![("do", "keep"), ("query", query), ("name", name)];
    if shared {
        form.push(("shared", "true"));
    }
    client.post(LIST, &form).await
}

/// Presses a button of a view's form.
async fn press(client: &mut Client, view: &str, form: &[(&str, &str)]) -> Page {
    let form: Vec<(&str, &str)> = form.iter().copied().chain([("view", view)]).collect();
    client.post(LIST, &form).await
}

/// The id of a view that was just saved.
fn id_of(page: &Page) -> String {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{:?}", page.texts(".views .error"));
    let (_, rest) = page.location().split_once("view=").unwrap();
    rest.split('&').next().unwrap().to_owned()
}

fn tabs(page: &Page) -> Vec<String> {
    page.texts(".views nav a")
}

#[tokio::test]
async fn an_address_says_which_columns_a_list_shows() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let theme = theme(desk, 3, "Leadership").draft(desk).await;
    let mut team = Vec::new();
    for name in ["Agnes", "Bertha", "Clara", "Doris", "Edith"] {
        team.push(person(desk, name, "Quill").draft(desk).await);
    }
    let project =
        build::project(desk, &theme, "3.07", "Learning").links("team", &team.iter().collect::<Vec<_>>());
    let project = project.text("summary", &"A long sentence. ".repeat(20)).draft(desk).await;
    output(desk, Some(&project), "One", 2019).await.text("doi", "10.1234/one").draft(desk).await;
    let mut viewer = app.user("viewer").await;
    let headings = |page: &Page| page.texts("thead th");

    let usual = ["Title", "Outputs type", "Authors", "Year", "Availability", "State", "Updated"];
    let page = viewer.get(LIST).await;
    assert_eq!(headings(&page), usual);
    assert!(page.has("#columns [name=columns][value=doi]") && !page.has("#columns [value=doi][checked]"));
    assert!(page.has("#columns [value=year][checked]"));
    // What is too long for a cell, and what no reader can use there, is not offered.
    for name in ["abstract", "position", "title"] {
        assert!(!page.has(&format!("#columns [type=checkbox][value={name}]")), "{name}");
    }

    let page = viewer.get(&format!("{LIST}?columns=doi,year,nonsense,abstract,projects")).await;
    assert_eq!(headings(&page), ["Title", "Year", "Projects", "DOI", "State", "Updated"]);
    let cells = page.texts("tbody tr > *");
    assert_eq!(cells[..4], ["One", "2019", "3.07 Learning", "10.1234/one"]);
    // As a form of boxes sends it; sorting and turning pages keep it.
    let page = viewer.get(&format!("{LIST}?q=&columns=title&columns=doi&columns=year")).await;
    assert_eq!(headings(&page), ["Title", "Year", "DOI", "State", "Updated"]);
    let sorted = page.attribute("thead th:nth-child(2) a", "href").unwrap();
    assert_eq!(headings(&viewer.get(&format!("{LIST}{sorted}")).await), headings(&page));
    assert_eq!(page.form_of("form.filters").get("columns"), "title,doi,year");
    let page = viewer.get(&format!("{LIST}?columns=doi&year=2019")).await;
    assert_eq!(
        page.attribute("form.filters a", "href").unwrap(),
        "?columns=doi",
        "filters are cleared, columns stay"
    );
    // The title alone; and nothing that there is.
    assert_eq!(headings(&viewer.get(&format!("{LIST}?columns=title")).await), ["Title", "State", "Updated"]);
    assert_eq!(headings(&viewer.get(&format!("{LIST}?columns=nonsense")).await), usual);

    let page = viewer.get("/admin/projects?columns=team,summary").await;
    assert_eq!(headings(&page), ["Title", "Summary", "Academic team", "State", "Updated"]);
    let cells = page.texts("tbody tr > *");
    assert_eq!(cells[2], "Agnes Quill; Bertha Quill; Clara Quill; and 2 more");
    assert!(cells[1].ends_with('…') && cells[1].chars().count() <= 161, "{}", cells[1]);
    let page = viewer.get("/admin/people?columns=given_names").await;
    assert_eq!(headings(&page), ["Name", "Given names", "State", "Updated"]);
}

#[tokio::test]
async fn what_a_list_is_narrowed_to_is_said_and_stays() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let theme = theme(desk, 3, "Leadership").draft(desk).await;
    let leah = person(desk, "Leah", "Tomkins").draft(desk).await;
    build::project(desk, &theme, "3.07", "Hers").links("team", &[&leah]).draft(desk).await;
    build::project(desk, &theme, "3.08", "Not hers").draft(desk).await;
    let mut viewer = app.user("viewer").await;
    let page = viewer.get(&format!("/admin/projects?team={}&status=active", leah.item.id)).await;
    assert_eq!(page.texts("tbody .name"), ["Hers"]);
    assert_eq!(page.texts(".narrowed li"), ["Academic team: Leah Tomkins"]);
    assert_eq!(page.form_of("form.filters").get("team"), leah.item.id.to_string());
    let out = page.attribute(".narrowed a", "href").unwrap();
    assert_eq!(out, "?status=active");
    let page = viewer.get(&format!("/admin/projects?team={}", recto::content::Id::nil())).await;
    assert_eq!(page.texts(".narrowed b"), ["something that is not here any more"]);
}

#[tokio::test]
async fn a_view_is_kept_found_changed_and_deleted() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        for (title, year) in [("One", 2019), ("Two", 2020)] {
            output(&app.desk, None, title, year).await.draft(&app.desk).await;
        }
        let mut editor = app.user("editor").await;
        let page = editor.get(LIST).await;
        assert!(tabs(&page).is_empty() && !page.has("#view-new"), "there is nothing to keep");
        let page = editor.get(&format!("{LIST}?year=2019&availability=&page=1&bogus=1&stage=nowhere")).await;
        let form = page.form_of("#view-new form");
        assert_eq!(form.get("query"), "year=2019", "only what the list heeds");

        let page = form.fill("name", "  The   year 2019 ").press(&mut editor, "keep").await;
        let id = id_of(&page);
        let own = page.location().to_owned();
        let page = editor.get(&own).await;
        assert_eq!(page.texts(".flash"), ["View saved."]);
        assert_eq!(tabs(&page), ["All", "The year 2019"]);
        assert_eq!(page.texts(".views [aria-current=page]"), ["The year 2019"]);
        assert_eq!(page.texts("tbody .name"), ["One"]);
        assert!(!page.has("#view-new") && !page.has(".views button[value=save]"), "it is as it was kept");
        assert_eq!(editor.get(LIST).await.texts(".views nav [aria-current]"), ["All"]);
        assert!(!editor.get(&format!("{LIST}?q=x")).await.has(".views nav [aria-current]"));
        // An address that stays.
        assert_eq!(
            editor.get(&format!("/admin/views/{id}")).await.location(),
            format!("{LIST}?year=2019&view={id}")
        );

        // Filtered further, it differs; filters, columns and orders do not lose it.
        let page = editor.get(&format!("{LIST}?view={id}&sort=title&year=2019&columns=doi")).await;
        let hidden = page.form_of("form.filters");
        assert_eq!((hidden.get("view"), hidden.get("columns")), (id.as_str(), "doi"));
        assert_eq!(page.texts(".views nav [aria-current]"), ["The year 2019"]);
        assert!(page.has("#view-new"));
        let page = page.form_of(".views form:has(button[value=save])").press(&mut editor, "save").await;
        assert_eq!(id_of(&page), id);
        assert!(page.location().starts_with("/admin/outputs?columns=doi&sort=title&year=2019&view="));
        let page = editor.get(page.location()).await;
        assert_eq!(page.texts("thead th"), ["Title", "DOI", "State", "Updated"]);

        // Its name, and for whom it is.
        let form = page.form_of("#view-edit form");
        assert_eq!(form.get("name"), "The year 2019");
        let page = form.clone().fill("name", " ").press(&mut editor, "rename").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.texts("#view-edit-error"), ["Give the view a name."]);
        assert!(page.has("#view-edit[open]") && page.has("#view-edit-name[aria-invalid]"));
        let page = form.fill("name", "Nineteen").fill("shared", "true").press(&mut editor, "rename").await;
        let page = editor.get(page.location()).await;
        assert_eq!(tabs(&page), ["All", "Nineteen, yours, for everybody"]);
        let page = page.form_of("#view-edit form:has(.confirm)").press(&mut editor, "delete").await;
        let page = editor.get(page.location()).await;
        assert_eq!(page.texts(".flash"), ["View deleted. The list is still here."]);
        assert!(tabs(&page).is_empty());
        // Whoever comes with its old address sees the list.
        assert_eq!(editor.get(&own).await.texts("tbody .name"), ["One"]);
        assert_eq!(editor.get(&format!("/admin/views/{id}")).await.status, StatusCode::NOT_FOUND);
        let verbs: Vec<String> =
            app.desk.store.audit(None, 5).await.unwrap().into_iter().map(|entry| entry.verb).collect();
        assert_eq!(verbs[..4], ["delete_view", "change_view", "change_view", "keep_view"]);
    }
}

#[tokio::test]
async fn what_somebody_keeps_is_theirs_and_only_editors_share() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        output(&app.desk, None, "One", 2019).await.draft(&app.desk).await;
        let mut administrator = app.user("administrator").await;
        let mut editor = app.user("editor").await;
        let mut contributor = app.user("contributor").await;
        let mut viewer = app.user("viewer").await;
        let shared = id_of(&keep(&mut editor, "For all", "year=2019", true).await);
        let hidden = id_of(&keep(&mut editor, "For me", "year=2020", false).await);
        for (role, client) in [("viewer", &mut viewer), ("contributor", &mut contributor)] {
            let page = client.get(&format!("{LIST}?year=2019")).await;
            assert_eq!(tabs(&page), ["All", "For all, for everybody"], "{role}");
            assert!(page.has("#view-new") && !page.has("#view-new [name=shared]"), "{role}");
            let own = id_of(&keep(client, "Mine", "year=2019", false).await);
            assert_eq!(keep(client, "Mine", "year=2019", true).await.status, StatusCode::FORBIDDEN, "{role}");
            // Somebody else's: not to be changed where it is shared, not there where it is not.
            for (id, wanted) in [(&shared, StatusCode::FORBIDDEN), (&hidden, StatusCode::NOT_FOUND)] {
                for form in [
                    vec![("do", "rename"), ("name", "Mine now")],
                    vec![("do", "save"), ("query", "year=1999")],
                    vec![("do", "delete")],
                ] {
                    assert_eq!(press(client, id, &form).await.status, wanted, "{role} {form:?}");
                }
            }
            assert_eq!(client.get(&format!("/admin/views/{hidden}")).await.status, StatusCode::NOT_FOUND);
            let page = client.get(&format!("{LIST}?view={shared}&year=2019")).await;
            assert!(!page.has("#view-edit"), "{role}");
            let page = client.get(&format!("{LIST}?view={hidden}&year=2020")).await;
            assert!(!page.has(".views nav [aria-current]"), "{role}");
            // Their own they rename and delete.
            let forms = [[("do", "rename"), ("name", "Other")], [("do", "delete"), ("name", "")]];
            for form in forms {
                assert_eq!(press(client, &own, &form).await.status, StatusCode::SEE_OTHER, "{role}");
            }
            let share = [("do", "rename"), ("name", "Other"), ("shared", "true")];
            assert_eq!(press(client, &own, &share).await.status, StatusCode::NOT_FOUND);
        }

        // Another editor does not change it; an administrator does, and can end its being shared.
        let (system, password) = (recto::editing::User::system(), crate::support::app::PASSWORD);
        let secret = secrecy::SecretString::from(password);
        app.accounts
            .add_with_password(&system, "other@example.org", "Other", "editor", secret)
            .await
            .unwrap();
        let mut other = app.stranger();
        other.post("/admin/sign-in", &[("email", "other@example.org"), ("password", password)]).await;
        let page = press(&mut other, &shared, &[("do", "rename"), ("name", "Another’s")]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        let page = press(&mut administrator, &shared, &[("do", "rename"), ("name", "For none")]).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/admin/outputs?done=view-kept"));
        assert!(tabs(&viewer.get(LIST).await).is_empty());
        assert_eq!(tabs(&editor.get(LIST).await), ["All", "For me", "For none"]);
        let delete = [("do", "delete")];
        assert_eq!(
            press(&mut administrator, &shared, &delete).await.status,
            StatusCode::NOT_FOUND,
            "it is theirs alone"
        );
        let mut stranger = app.stranger();
        assert_eq!(press(&mut stranger, &shared, &delete).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(stranger.get(&format!("/admin/views/{shared}")).await.status, StatusCode::SEE_OTHER);
        assert_eq!(tabs(&editor.get(LIST).await).len(), 3);

        // Who may share no longer keeps what was shared, but changes it only for themselves.
        let id = id_of(&keep(&mut editor, "Once", "year=2019", true).await);
        let account = app.desk.store.account_by_email("editor@example.org").await.unwrap().unwrap();
        app.accounts.update(&system, &account.id, "editor", "contributor", false, &[]).await.unwrap();
        editor.post("/admin/sign-in", &[("email", "editor@example.org"), ("password", password)]).await;
        let page = press(&mut editor, &id, &[("do", "save"), ("query", "year=2021")]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        let page = press(&mut editor, &id, &[("do", "rename"), ("name", "Once")]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert!(tabs(&viewer.get(LIST).await).is_empty());
    }
}

#[tokio::test]
async fn views_are_bounded() {
    let app = TestApp::new(&Backend::Sqlite).await;
    output(&app.desk, None, "One", 2019).await.draft(&app.desk).await;
    let mut viewer = app.user("viewer").await;
    let long = "n".repeat(NAME_MAX + 1);
    let page = keep(&mut viewer, &long, "year=2019", false).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.form_of("#view-new form").get("name"), long, "what was typed is still there");
    assert_eq!(page.form_of("#view-new form").get("query"), "year=2019");
    assert!(page.has("#view-new[open] #view-new-error"));
    assert_eq!(page.attribute(".views [href='?']", "href"), None, "they have no view yet");
    assert_eq!(page.attribute("#view-new form", "action").unwrap(), LIST, "where every list leads on from");
    let longest = format!("type={}", "n".repeat(QUERY_MAX));
    let page = keep(&mut viewer, "Too long", &longest, false).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{:?}", page.texts("#view-new-error"));
    // What a list does not heed is not kept, however long it is.
    let page = keep(&mut viewer, "Short", &format!("bogus={}&year=2019", "n".repeat(9_999)), false).await;
    assert!(page.location().starts_with("/admin/outputs?year=2019&view="), "{}", page.location());

    for number in 1..VIEWS_MAX {
        id_of(&keep(&mut viewer, &format!("View {number:02}"), "year=2019", false).await);
    }
    let page = keep(&mut viewer, "One more", "year=2019", false).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.texts("#view-new-error").concat().starts_with("You have 50 views of this list"));
    // All are within reach, and the one that is shown stands in the row.
    let page = viewer.get(LIST).await;
    assert_eq!(page.texts(".views nav > ul a").len(), 9);
    assert_eq!(page.texts(".views nav details a").len(), 42);
    let last = page.attribute(".views nav details li:last-child a", "href").unwrap();
    let page = viewer.get(&format!("{LIST}{last}")).await;
    assert_eq!(page.texts(".views nav > ul [aria-current]"), ["View 49"]);
    // Of another type they have none yet; and what has no list has no views.
    let page =
        viewer.post("/admin/media", &[("do", "keep"), ("query", "kind=image"), ("name", "Images")]).await;
    assert!(page.location().starts_with("/admin/media?kind=image&view="), "{}", page.location());
    for bad in ["site", "views", "nothing"] {
        let form = [("do", "keep"), ("query", ""), ("name", "x")];
        assert_eq!(viewer.post(&format!("/admin/{bad}"), &form).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
    // A view of one list is not changed by the form of another.
    let mine = app.desk.store.account_by_email("viewer@example.org").await.unwrap().unwrap().id;
    let view = app.desk.store.views(&OUTPUT, &mine).await.unwrap().remove(0).id;
    let page = viewer.post("/admin/news", &[("do", "delete"), ("view", &view)]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(press(&mut viewer, &view, &[("do", "bogus")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.desk.store.views(&OUTPUT, "nobody").await.unwrap(), []);
}

#[tokio::test]
async fn a_view_keeps_all_that_a_list_heeds_and_nothing_else() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut editor = app.user("editor").await;
    for (plural, asked, kept) in [
        ("outputs", "q=a+b&sort=-year&page=3&done=saved", "q=a+b&sort=-year"),
        ("outputs", "sort=-year", ""),
        ("outputs", "year=soon&stage=draft", "stage=draft"),
        ("outputs", "columns=year,doi&columns=bogus", "columns=year%2Cdoi"),
        ("outputs", "columns=type,authors,year,availability", ""),
        ("outputs", "look=no_lead&sort=bogus&look=x", "look=no_lead"),
        ("outputs", "look=bogus&view=me&as=csv", ""),
        ("events", "state=cancelled&stage=trashed", "stage=trashed&state=cancelled"),
        ("media", "kind=image&look=unused&columns=credit", "kind=image&look=unused"),
    ] {
        let form = [("do", "keep"), ("query", asked), ("name", "Kept")];
        let page = editor.post(&format!("/admin/{plural}"), &form).await;
        let location = page.location();
        let query = location.split_once('?').map_or("", |(_, query)| query);
        let query = query.split_once("view=").map_or("", |(query, _)| query).trim_end_matches('&');
        assert_eq!(query, kept, "{plural}?{asked}: {} {location}", page.status);
    }
}
