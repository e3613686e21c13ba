//! What somebody with an account, or none, tries on the running admin: others' items through every
//! door of a form, ids that mean something else, bytes that mean nothing.

use axum::body::Body;
use axum::http::{HeaderName, Request, StatusCode};
use recto::admin::Settings;
use recto::content::{Id, Item, TYPES, Value};
use recto::editing::{Edit, User, publish, reorder, save, trash, unpublish, untrash};
use recto::error::Error;
use recto::store::{Role, Stored};

use crate::support::app::Page;
use crate::support::build::{self, theme};
use crate::support::{Backend, TestApp, backends, now};

/// A project of one's own and one of somebody else's, each with an output, and one output in both.
struct Two {
    mine: Stored,
    theirs: Stored,
    my_output: Stored,
    their_output: Stored,
    shared: Stored,
}

async fn two(app: &TestApp) -> Two {
    let desk = &app.desk;
    let theme = theme(desk, 1, "One").published(desk).await;
    let mine = build::project(desk, &theme, "1.1", "Mine").draft(desk).await;
    let theirs = build::project(desk, &theme, "1.2", "Theirs").published(desk).await;
    let my_output = build::output(desk, Some(&mine), "My output", 2020).await.draft(desk).await;
    let their_output = build::output(desk, Some(&theirs), "Their output", 2020).await.draft(desk).await;
    let mut both = build::output(desk, Some(&mine), "In both", 2020).await.item;
    reorder::set_place(&mut both, theirs.item.id, 4096);
    let shared = save(desk, &User::system(), &[Edit::new(both)]).await.unwrap().remove(0);
    Two { mine, theirs, my_output, their_output, shared }
}

fn address(stored: &Stored) -> String {
    format!("/admin/{}/{}", stored.item.content_type.plural, stored.item.id)
}

#[tokio::test]
async fn a_contributor_reaches_nothing_of_others_through_a_form_of_their_own() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let two = two(&app).await;
        let mut me = app.contributor(&[two.mine.item.id]).await;
        let before = [now(&app.desk, &two.theirs).await, now(&app.desk, &two.their_output).await];
        let form = me.get(&address(&two.mine)).await.form();
        let (theirs, version) =
            (two.their_output.item.id.to_string(), two.their_output.meta.version.to_string());
        let removed = format!("{theirs}:{version}");
        let project = two.theirs.item.id.to_string();
        let stolen = [
            // Into my table, with and without a change.
            form.clone()
                .fill("outputs.9.id", &theirs)
                .fill("outputs.9.version", &version)
                .fill("outputs.9.title", "Mine now"),
            form.clone().fill("outputs.0.id", &theirs).fill("outputs.0.version", &version),
            form.clone().fill("outputs.9.id", &theirs).fill("outputs.9.title", "A new one of that id"),
            form.clone().fill("outputs.removed", &removed).fill("title", "Mine again"),
            form.clone()
                .fill("outputs.9.id", &project)
                .fill("outputs.9.version", "1")
                .fill("outputs.9.title", "No output"),
            form.clone().fill("outputs.9.id", &project).fill("outputs.9.title", "No output"),
        ];
        for (number, form) in stolen.iter().enumerate() {
            let page = form.press(&mut me, "save").await;
            assert!(page.status.is_client_error() || page.status.is_redirection(), "{number}: {}", page.body);
            let after = [now(&app.desk, &two.theirs).await, now(&app.desk, &two.their_output).await];
            assert_eq!(after, before, "{number}");
        }
        // The buttons of a form of somebody else's.
        for one in [&two.theirs, &two.their_output] {
            for what in ["save", "publish", "unpublish", "trash", "untrash"] {
                let form = [("version", "1"), ("title", "Taken"), ("do", what)];
                let page = me.post(&address(one), &form).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{what}: {}", page.body);
            }
            let page = me.post(&format!("{}/publish", address(one)), &[("version", "1")]).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
        }
        // Together with one's own, and of types that are not theirs to make.
        let ticked = format!("{theirs}:1");
        let together = [("version", "1"), ("together", ticked.as_str())];
        assert_eq!(
            me.post(&format!("{}/publish", address(&two.mine)), &together).await.status,
            StatusCode::FORBIDDEN
        );
        for name in ["person", "theme", "term", "organisation", "page", "project"] {
            let plural = recto::content::by_name(name).unwrap().plural;
            let page = me.post(&format!("/admin/{plural}/new"), &[("title", "New"), ("do", "save")]).await;
            assert!(page.status.is_client_error(), "{name}: {}", page.status);
        }
        let page = form.clone().fill("team.find", "Somebody New").press(&mut me, "create:team").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
        assert!(app.desk.lists().search("Somebody", 9).await.unwrap().is_empty());
        let after = [now(&app.desk, &two.theirs).await, now(&app.desk, &two.their_output).await];
        assert_eq!(after, before);
    }
}

#[tokio::test]
async fn verbs_refuse_others_whatever_calls_them() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let two = two(&app).await;
    let desk = &app.desk.desk;
    let contributor = User {
        account: None,
        name: "C".into(),
        role: Role::Contributor,
        assigned: [two.mine.item.id].into_iter().collect(),
    };
    let viewer = User { role: Role::Viewer, assigned: Default::default(), ..contributor.clone() };
    for user in [&contributor, &viewer] {
        for stored in [&two.theirs, &two.their_output] {
            let id = stored.item.id;
            let mut item = stored.item.clone();
            item.set("title", Value::Text("Taken".into()));
            let denied = [
                save(desk, user, &[Edit::of(stored, item)]).await.err(),
                publish(desk, user, id, None, &[]).await.err(),
                publish(desk, user, two.mine.item.id, None, &[id]).await.err(),
                unpublish(desk, user, id).await.err(),
                trash(desk, user, id).await.err(),
                untrash(desk, user, id).await.err(),
                reorder(desk, user, two.theirs.item.id, &[two.shared.item.id]).await.err(),
                recto::editing::preflight(desk, user, id).await.err(),
            ];
            for (number, error) in denied.iter().enumerate() {
                assert!(matches!(error, Some(Error::Denied(_))), "{number}: {error:?}");
            }
        }
    }
    // The place in a table of somebody else's is theirs too.
    let mut item = two.shared.item.clone();
    reorder::set_place(&mut item, two.theirs.item.id, 1);
    let moved = save(desk, &contributor, &[Edit::of(&two.shared, item)]).await;
    assert!(matches!(moved, Err(Error::Denied(_))), "{moved:?}");
    let mut item = two.shared.item.clone();
    reorder::set_place(&mut item, two.mine.item.id, 1);
    save(desk, &contributor, &[Edit::of(&two.shared, item)]).await.unwrap();
    assert_eq!(now(&app.desk, &two.my_output).await, two.my_output);
}

#[tokio::test]
async fn ids_that_mean_something_else_are_no_fault_of_ours() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let two = two(&app).await;
        let mut editor = app.user("editor").await;
        let taken = two.theirs.item.id.to_string();
        let again = two.my_output.item.id.to_string();
        // A new item under an id that is another's.
        let news = [("item", taken.as_str()), ("title", "News"), ("do", "save")];
        let page = editor.post("/admin/news/new", &news).await;
        assert!(page.status.is_client_error(), "{}", page.body);
        assert!(page.body.contains("News"));
        // One output in two rows, old and new.
        let new = Id::new(app.desk.clock.now()).to_string();
        let form = editor.get(&address(&two.mine)).await.form();
        let two_rows = |id: &str, version: &str| {
            form.clone()
                .fill("outputs.7.id", id)
                .fill("outputs.7.version", version)
                .fill("outputs.7.title", "Seven")
                .fill("outputs.8.id", id)
                .fill("outputs.8.version", version)
                .fill("outputs.8.title", "Eight")
        };
        for form in [two_rows(&new, ""), two_rows(&again, "1"), two_rows(&taken, ""), two_rows(&taken, "1")] {
            let page = form.press(&mut editor, "save").await;
            assert!(page.status.is_client_error(), "{} {}", page.status, page.body);
            assert!(page.body.contains("Eight"), "what was typed is gone: {}", page.body);
        }
        // Links to what is no such thing, or nothing.
        for (name, id) in
            [("theme", &taken), ("theme", &new), ("team.0.target", &taken), ("team.0.target", &new)]
        {
            let page = form.clone().fill(name, id).fill("title", "Kept").press(&mut editor, "save").await;
            assert!(page.status.is_client_error(), "{name}: {} {}", page.status, page.body);
            assert!(page.body.contains("Kept"));
        }
        assert_eq!(now(&app.desk, &two.my_output).await, two.my_output);
    }
}

/// Bytes that break what reads them.
const BAD: [&str; 9] = [
    "%00",
    "a%00b",
    "%ff%fe",
    "%ed%a0%80",
    "%f0%9f%92%a9%00",
    "%0d%0aset-cookie:x",
    "%27%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "%25",
    "%E2%80%AE",
];

#[tokio::test]
async fn no_bytes_are_a_fault_of_ours_nor_markup() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let two = two(&app).await;
        let mut editor = app.user("administrator").await;
        let (own, mut long) = (address(&two.mine), BAD.map(str::to_owned).to_vec());
        long.push("x".repeat(20_000));
        let fine = |page: &Page, what: &str| {
            assert!(page.status.as_u16() < 500, "{what}: {}", page.body);
            assert!(!page.body.contains("<script>alert"), "{what}");
            assert!(page.headers.get("set-cookie").is_none_or(|cookie| !cookie.as_bytes().starts_with(b"x")));
        };
        for bad in &long {
            for path in [
                format!("/admin/{bad}"),
                format!("/admin/projects/{bad}"),
                format!("{own}?done={bad}"),
                format!("/admin/users/{bad}"),
                format!("/admin/users/{bad}?done={bad}"),
                format!("/admin/password/{bad}"),
                format!("/admin/set-up/{bad}"),
                format!("/admin/search?q={bad}"),
                format!(
                    "/admin/outputs?q={bad}&sort={bad}&type={bad}&year={bad}&stage={bad}&page={bad}&{bad}={bad}"
                ),
                format!("/admin/find/people?of=project&field=team&team.find={bad}"),
                format!("/admin/find/people?of={bad}&field={bad}&q={bad}"),
                format!("/admin/find?q={bad}&of={bad}"),
                format!("/admin/sign-in?next={bad}"),
                format!("/admin/assets/{bad}"),
            ] {
                if path.parse::<axum::http::Uri>().is_err() {
                    continue;
                }
                fine(&editor.get(&path).await, &path);
                fine(&app.stranger().get(&path).await, &path);
            }
            let names = [
                "slug",
                "title",
                "body",
                "theme",
                "start",
                "code",
                "team.find",
                "team.0.target",
                "team.0.role",
                "outputs.0.id",
                "outputs.0.version",
                "outputs.0.title",
                "outputs.0.lead",
                "outputs.0.year",
                "outputs.removed",
                "do",
                "version",
            ];
            for name in names {
                let page = editor.post_raw(&own, format!("version=1&{name}={bad}")).await;
                fine(&page, &format!("{name}={bad}"));
            }
            for what in [
                "find:team",
                "create:team",
                "credit:team",
                "theirs:title",
                "add:team:x",
                "up:team:99999999999999999999",
            ] {
                let page = editor.post_raw(&own, format!("version=1&team.find={bad}&do={what}")).await;
                fine(&page, &format!("{what} {bad}"));
            }
            let all = format!(
                "email={bad}&password={bad}&name={bad}&role={bad}&assigned={bad}&old_password={bad}&next={bad}&resume={bad}"
            );
            for path in [
                "/admin/users/new",
                "/admin/account/password",
                "/admin/sign-in",
                "/admin/set-up/x",
                "/admin/password/x",
            ] {
                fine(&editor.post_raw(path, all.clone()).await, path);
            }
            fine(&app.stranger().post_raw("/admin/sign-in", all.clone()).await, "sign-in");
            let request =
                Request::get("/admin/").header("cookie", format!("recto={}", &bad[..bad.len().min(4_000)]));
            fine(&app.stranger().send(request.body(Body::empty()).unwrap()).await, "cookie");
        }
        assert_eq!(now(&app.desk, &two.theirs).await, two.theirs);
    }
}

#[tokio::test]
async fn the_api_takes_any_bytes() {
    let app = TestApp::new(&Backend::Sqlite).await;
    two(&app).await;
    let api = crate::api::Client::new(&app.desk);
    for bad in BAD {
        for content_type in TYPES {
            let plural = format!("/api/v1/{}", content_type.plural);
            let mut paths = vec![
                format!("{plural}/{bad}"),
                format!("{plural}?q={bad}"),
                format!("{plural}?cursor={bad}"),
                format!("{plural}?{bad}=1&sort={bad}&limit={bad}&fields={bad}&include={bad}"),
            ];
            paths.extend(
                content_type.inverses.iter().map(|inverse| format!("{plural}/{bad}/{}", inverse.name)),
            );
            paths.extend(content_type.fields.iter().map(|field| format!("{plural}?{}={bad}", field.name)));
            for path in paths {
                let Ok(request) = Request::get(&path).body(Body::empty()) else { continue };
                let answer = api.send(request).await;
                assert!(answer.status < 500, "{path}: {}", answer.text);
                assert!(answer.header("content-type").contains("json"), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn a_proxys_word_is_not_taken_from_whoever_asks() {
    let settings = Settings {
        client_address_header: Some(HeaderName::from_static("x-forwarded-for")),
        ..Settings::default()
    };
    let app = TestApp::with(&Backend::Sqlite, settings, None).await;
    app.user("editor").await;
    // The proxy adds a line of its own or a word to the last; what stands before is the asker's.
    let mut refused = 0;
    for number in 0..40 {
        let request = Request::post("/admin/sign-in")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-forwarded-for", format!("203.0.113.{number}"))
            .header("x-forwarded-for", format!("198.51.100.{number}, 192.0.2.1"))
            .body(Body::from(format!("email=somebody{number}%40example.org&password=guess")))
            .unwrap();
        refused += usize::from(app.stranger().send(request).await.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(refused, 20);
}

#[tokio::test]
async fn what_is_shown_again_after_signing_in_is_shown_with_ones_own_rights() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let two = two(&app).await;
    app.user("viewer").await;
    let before = now(&app.desk, &two.theirs).await;
    for next in [
        "/admin/users/new",
        &address(&two.theirs),
        "/admin/site/x",
        "//evil.example/admin/",
        "/admin/../evil",
    ] {
        let typed = "version=1&title=Taken&name=N&email=e%40example.org&role=administrator&do=save";
        let form = [
            ("email", "viewer@example.org"),
            ("password", crate::support::app::PASSWORD),
            ("next", next),
            ("resume", typed),
        ];
        let mut stranger = app.stranger();
        let page = stranger.post("/admin/sign-in", &form).await;
        assert!(
            page.status.as_u16() < 500 && !page.location().contains("evil"),
            "{next}: {}",
            page.location()
        );
        assert!(!page.has("form[action='/admin/users/new']"), "{next}");
        assert!(!page.has("button[value=save]") && !page.has("button[value=publish]"), "{next}");
    }
    assert_eq!(now(&app.desk, &two.theirs).await, before);
    assert!(app.desk.store.account_by_email("e@example.org").await.unwrap().is_none());
}

/// What would be code in a page that does not escape it, as each kind of field can hold it.
const CODE: &str = "\"><img src=x onerror=alert(1)>'`</textarea></title></script>{{7*7}}";

#[tokio::test]
async fn no_field_is_markup_anywhere_in_the_admin() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let desk = &app.desk;
    let mut items: Vec<Item> = Vec::new();
    for content_type in TYPES.into_iter().filter(|one| !one.single) {
        let mut item = Item::new(content_type, Id::new(desk.clock.now()));
        for field in content_type.fields {
            if let Ok(value) = recto::content::text::parse(&field.kind, CODE) {
                item.set(field.name, value);
            }
        }
        items.push(item);
    }
    let edits: Vec<Edit> = items.into_iter().map(Edit::new).collect();
    let stored = save(desk, &User::system(), &edits).await.unwrap();
    let mut editor = app.user("administrator").await;
    let system = User::system();
    app.accounts.add(&system, "mallory@example.org", CODE, "viewer").await.unwrap();
    let mut paths: Vec<String> =
        vec!["/admin/".into(), "/admin/users".into(), "/admin/search?q=alert".into()];
    for stored in &stored {
        paths.push(address(stored));
        paths.push(format!("{}/publish", address(stored)));
        paths.push(format!("/admin/{}", stored.item.content_type.plural));
    }
    for path in paths {
        let page = editor.get(&path).await;
        assert!(page.status == StatusCode::OK, "{path} {}", page.status);
        assert!(!page.has("img[onerror]") && !page.has("[onerror]"), "{path}");
    }
}
