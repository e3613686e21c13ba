//! What may be sent by whom, asked before it is read: every address that takes something, every role, their
//! own and others' items, with bodies that never end; and what is said of what is too much, in words.

mod busy;
mod hostile;

use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use futures_util::stream;
use recto::content::Id;
use recto::content::types::OUTPUT;
use recto::editing::User;
use recto::editing::bulk::{self, Chosen, Wish};
use recto::store::Stored;
use tokio::sync::Notify;

use crate::support::app::{Client, PASSWORD, Page};
use crate::support::build::{self, theme};
use crate::support::files::{media, png};
use crate::support::{Backend, TestApp, backends};

/// What becomes of something sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is refused, and nothing of it was read.
    Refused,
    /// It is read.
    Read,
    /// There is nothing to read; it is answered.
    Answered,
}

use Fate::{Answered, Read, Refused};

const ALL: [Fate; 3] = [Read, Read, Read];
const EDITORS: [Fate; 3] = [Refused, Refused, Read];
const WRITERS: [Fate; 3] = [Refused, Read, Read];
const NOBODY: [Fate; 3] = [Refused, Refused, Refused];
const VERB: [Fate; 3] = [Answered, Answered, Answered];

/// Every address that takes something: what becomes of it for a viewer, a contributor and an editor, where it
/// is about what is not the contributor's.
const CASES: [(&str, [Fate; 3]); 40] = [
    ("/admin/sign-in", ALL),
    ("/admin/set-up/{token}", ALL),
    ("/admin/password/{token}", ALL),
    ("/admin/account/password", ALL),
    ("/admin/users/new", NOBODY),
    ("/admin/users/{id}", NOBODY),
    ("/admin/users/{id}/reset", NOBODY),
    ("/admin/outputs/import", EDITORS),
    ("/admin/projects/{id}/outputs/import", EDITORS),
    ("/admin/people/names", WRITERS),
    ("/admin/people/names/one", WRITERS),
    ("/admin/{plural}/{id}/merge", EDITORS),
    ("/admin/bulk/{plural}", WRITERS),
    ("/admin/bulk/{plural}/{batch}", WRITERS),
    ("/admin/changes/{batch}", VERB),
    ("/admin/imports/{batch}", VERB),
    ("/admin/media/new", WRITERS),
    ("/admin/media/removed/{hash}", NOBODY),
    ("/admin/media/{id}/describe", EDITORS),
    ("/admin/media/{id}", EDITORS),
    ("/admin/{plural}", ALL),
    ("/admin/{plural}/new", EDITORS),
    ("/admin/{plural}/{id}", EDITORS),
    ("/admin/{plural}/{id}/autosave", EDITORS),
    ("/admin/{plural}/{id}/publish", EDITORS),
    ("/admin/{plural}/{id}/delete", NOBODY),
    ("/admin/outputs/table", WRITERS),
    ("/admin/outputs/table/save", WRITERS),
    ("/admin/outputs/table/remove", WRITERS),
    ("/admin/outputs/table/restore", WRITERS),
    ("/admin/outputs/table/check", EDITORS),
    ("/admin/outputs/table/publish", EDITORS),
    ("/admin/projects/{id}/outputs/save", WRITERS),
    ("/admin/projects/{id}/outputs/remove", WRITERS),
    ("/admin/projects/{id}/outputs/restore", WRITERS),
    ("/admin/projects/{id}/outputs/check", EDITORS),
    ("/admin/projects/{id}/outputs/publish", EDITORS),
    ("/admin/projects/{id}/outputs/order", EDITORS),
    // These end the session, and come last.
    ("/admin/sign-out", VERB),
    ("/admin/account/sign-out-everywhere", VERB),
];

/// The addresses that the router knows, and whether each takes something.
fn routes() -> Vec<(String, bool)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/admin");
    let read = |file: &str| -> Vec<(String, bool)> {
        let text = std::fs::read_to_string(source.join(file)).unwrap();
        let route = |route: &str| {
            let address = route.split('"').nth(1).unwrap().to_owned();
            (address, route.contains("post("))
        };
        text.split(".route(").skip(1).map(route).collect()
    };
    let mut routes = read("mod.rs");
    for (verb, takes) in read("grid.rs") {
        for table in ["/admin/projects/{id}/outputs", "/admin/outputs/table"] {
            // Only a project's table has an order of its own.
            if verb != "/order" || table.contains("{id}") {
                routes.push((format!("{table}{verb}"), takes));
            }
        }
    }
    routes
}

#[test]
fn every_address_that_takes_something_has_its_line() {
    let mut taking: Vec<String> =
        routes().into_iter().filter(|(_, takes)| *takes).map(|(address, _)| address).collect();
    let mut cases: Vec<&str> = CASES.iter().map(|(address, _)| *address).collect();
    taking.sort_unstable();
    cases.sort_unstable();
    assert_eq!(taking, cases);
}

/// What there is to be sent about.
struct Place {
    mine: Stored,
    theirs: Stored,
    person: Stored,
    file: Stored,
    account: String,
    batch: Id,
}

impl Place {
    async fn new(app: &TestApp) -> Self {
        let desk = &app.desk;
        let theme = theme(desk, 1, "One").published(desk).await;
        let mine = build::project(desk, &theme, "1.1", "Mine").draft(desk).await;
        let theirs = build::project(desk, &theme, "1.2", "Theirs").draft(desk).await;
        let output = build::output(desk, Some(&theirs), "Their output", 2020).await.draft(desk).await;
        let person = build::person(desk, "Leah", "Tomkins").draft(desk).await;
        let file = media(desk, "bridge.png", png(9, 9)).await.draft(desk).await;
        app.user("administrator").await;
        let account = desk.store.account_by_email("administrator@example.org").await.unwrap().unwrap().id;
        let batch = Id::new(desk.clock.now());
        let chosen = [Chosen { id: output.item.id, seen: output.meta.version }];
        bulk::act(desk, &User::system(), batch, &OUTPUT, &Wish::Trash, &chosen).await.unwrap();
        Self { mine, theirs, person, file, account, batch }
    }

    /// An address about a project, or whatever else it must be about.
    fn fill(&self, route: &str, project: &Stored) -> String {
        let (plural, id) = match route {
            route if route.starts_with("/admin/users/") => ("", self.account.clone()),
            route if route.starts_with("/admin/media/") => ("", self.file.item.id.to_string()),
            route if route.ends_with("/merge") => ("people", self.person.item.id.to_string()),
            _ => ("projects", project.item.id.to_string()),
        };
        let filled = route.replace("{plural}", plural).replace("{id}", &id);
        let filled = filled.replace("{hash}", &"a".repeat(64));
        filled.replace("{batch}", &self.batch.to_string()).replace("{token}", "x")
    }
}

/// How an address is sent to: as forms are, forms with files, or as scripts do.
fn kind(route: &str) -> &'static str {
    if route.ends_with("/import") || ["/admin/media/new", "/admin/media/{id}"].contains(&route) {
        return "multipart/form-data; boundary=x";
    }
    let scripts = route.contains("/outputs/") && !route.ends_with("/table");
    if scripts { "application/json" } else { "application/x-www-form-urlencoded" }
}

/// Sends a body that never ends: gives what is answered without reading it, or nothing where it is read.
async fn send_endless(client: &mut Client, route: &str, address: &str) -> Option<Page> {
    let polled = Arc::new(Notify::new());
    let told = Arc::clone(&polled);
    let body = stream::poll_fn(move |_| {
        told.notify_one();
        std::task::Poll::<Option<Result<Bytes, std::io::Error>>>::Pending
    });
    let mut request = Request::post(address).header(header::CONTENT_TYPE, kind(route));
    if kind(route) == "application/json" || route.ends_with("/autosave") {
        request = request.header(header::ACCEPT, "application/json");
    }
    let request = request.body(Body::from_stream(body)).unwrap();
    tokio::select! {
        biased;
        page = client.send(request) => Some(page),
        () = polled.notified() => None,
    }
}

fn fate(page: Option<&Page>) -> Fate {
    match page {
        None => Read,
        Some(page) if page.status == StatusCode::FORBIDDEN => Refused,
        Some(_) => Answered,
    }
}

async fn sign_in(app: &TestApp, role: &str) -> Client {
    let mut client = app.stranger();
    let email = format!("{role}@example.org");
    let page = client.post("/admin/sign-in", &[("email", &email), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    client
}

#[tokio::test]
async fn rights_are_asked_before_anything_is_read() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let place = Place::new(&app).await;
        let mut viewer = app.user("viewer").await;
        let mut contributor = app.contributor(&[place.mine.item.id]).await;
        let mut editor = app.user("editor").await;
        for (route, fates) in CASES {
            let address = place.fill(route, &place.theirs);
            let roles = [("viewer", &mut viewer), ("contributor", &mut contributor), ("editor", &mut editor)];
            for ((role, client), wanted) in roles.into_iter().zip(fates) {
                let page = send_endless(client, route, &address).await;
                let body = page.as_ref().map(|page| page.body.as_str()).unwrap_or_default();
                // A verb that reads nothing refuses by itself.
                let expected = match (route, role) {
                    ("/admin/changes/{batch}", "viewer" | "contributor") => Refused,
                    _ => wanted,
                };
                assert_eq!(fate(page.as_ref()), expected, "{route} {role}: {body}");
                if page.is_some_and(|page| page.location() == "/admin/sign-in") {
                    *client = sign_in(&app, role).await;
                }
            }
        }
        let now =
            app.desk.store.items(place.theirs.item.content_type, &[place.theirs.item.id]).await.unwrap();
        assert_eq!(now, [place.theirs]);
    }
}

#[tokio::test]
async fn what_is_ones_own_is_read() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let place = Place::new(&app).await;
    let mut contributor = app.contributor(&[place.mine.item.id]).await;
    for (route, fates) in CASES.into_iter().filter(|(route, _)| route.contains("{id}")) {
        let own = match route {
            "/admin/{plural}/{id}" | "/admin/{plural}/{id}/autosave" => Read,
            "/admin/projects/{id}/outputs/import" | "/admin/projects/{id}/outputs/order" => Read,
            _ => fates[1],
        };
        let page = send_endless(&mut contributor, route, &place.fill(route, &place.mine)).await;
        assert_eq!(fate(page.as_ref()), own, "{route}");
    }
    // Settings are administrators', and what does not exist is nobody's.
    let mut editor = app.user("editor").await;
    for address in ["/admin/terms/new", "/admin/bulk/terms", "/admin/themes/x/merge"] {
        assert_eq!(fate(send_endless(&mut editor, "", address).await.as_ref()), Refused, "{address}");
    }
    for address in ["/admin/nothing/new", "/admin/nothing", "/admin/projects/x"] {
        let page = send_endless(&mut editor, "", address).await.unwrap();
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{address}");
    }
    let page = send_endless(&mut editor, "", "/admin/search").await.unwrap();
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    let nobody = format!("/admin/projects/{}", Id::new(app.desk.clock.now()));
    let page = send_endless(&mut contributor, "", &nobody).await.unwrap();
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_viewer_is_told_so_whatever_they_send() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let place = Place::new(&app).await;
    let mut viewer = app.user("viewer").await;
    let path = place.fill("/admin/{plural}/{id}", &place.theirs);
    let many = "a=b&".repeat(20_001);
    let form = viewer.get(&path).await.form();
    let unchanged = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.pairs).finish();
    for body in [unchanged, "title=%ff".to_owned(), "x".repeat(5 << 20), many, String::new()] {
        for address in
            [path.as_str(), "/admin/pages/new", &format!("{path}/publish"), "/admin/outputs/import"]
        {
            let page = viewer.post_raw(address, body.clone()).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{address}");
            assert!(page.texts(".oops p")[0].contains("Your role is viewer"), "{}", page.body);
        }
    }
    // To where they were, if that is ours.
    for (from, back) in [
        (format!("http://127.0.0.1:8440{path}?done=saved"), Some(format!("{path}?done=saved"))),
        ("https://evil.example/x".to_owned(), None),
        ("javascript:alert(1)".to_owned(), None),
    ] {
        let request = Request::post(&path).header(header::REFERER, &from).body(Body::empty()).unwrap();
        let page = viewer.send(request).await;
        assert_eq!(
            page.attribute(".oops .button-main", "href"),
            back.or(Some("/admin/".to_owned())),
            "{from}"
        );
    }
    // A script reads JSON.
    for (address, said) in [(format!("{path}/autosave"), "said"), (format!("{path}/outputs/save"), "error")] {
        let request = Request::post(&address).header(header::ACCEPT, "application/json");
        let page = viewer.send(request.body(Body::from("?")).unwrap()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        let json: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        assert!(json[said].as_str().unwrap().contains("Your role is viewer"), "{json}");
    }
}

#[tokio::test]
async fn too_much_is_said_in_words_with_the_way_back() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let place = Place::new(&app).await;
    let mut editor = app.user("editor").await;
    let path = place.fill("/admin/{plural}/{id}", &place.theirs);
    let file = place.fill("/admin/media/{id}", &place.theirs);
    let part =
        |number: usize| format!("--x\r\nContent-Disposition: form-data; name=\"n{number}\"\r\n\r\nv\r\n");
    let parts = (0..201).map(part).collect::<String>() + "--x--\r\n";
    let form = "application/x-www-form-urlencoded";
    for (address, kind, body, status, said) in [
        (&path, form, "x".repeat(5 << 20), 413, "larger than four megabytes"),
        (&file, form, "x".repeat(5 << 20), 413, "larger than four megabytes"),
        (&path, form, "a=b&".repeat(20_001), 413, "more than 20000 inputs"),
        (&file, form, "a=b&".repeat(20_001), 413, "more than 20000 inputs"),
        (&file, "multipart/form-data; boundary=x", parts, 413, "more than 200 inputs"),
        (&path, form, "title=%ff".to_owned(), 400, "reload the page"),
    ] {
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, kind)
            .header(header::REFERER, format!("http://127.0.0.1:8440{address}"));
        let page = editor.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(page.status.as_u16(), status, "{address}: {}", page.body);
        assert!(page.texts(".oops p")[0].contains(said), "{}", page.body);
        assert_eq!(page.attribute(".oops .button-main", "href").as_deref(), Some(address.as_str()));
    }
}

#[tokio::test]
async fn no_part_of_an_address_is_a_fault_of_ours() {
    let long = "x".repeat(5_000);
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let place = Place::new(&app).await;
        let mut admin = sign_in(&app, "administrator").await;
        for (route, takes) in routes() {
            let parts: Vec<&str> = route.split('/').filter(|part| part.starts_with('{')).collect();
            for part in &parts {
                for bad in ["%00", "a%00b", "%ff", "%ed%a0%80", "%E2%80%AE", "%27", long.as_str()] {
                    let others = place.fill(&route.replace(part, bad), &place.theirs);
                    let address = others.replace("{hash}", &"0".repeat(64)).replace("{width}", "320");
                    let address = address.replace("{name}", "x.png");
                    let mut pages = vec![admin.get(&address).await];
                    if takes {
                        let request = Request::post(&address).header(header::CONTENT_TYPE, kind(&route));
                        let body = match kind(&route) {
                            "application/json" if route.ends_with("/save") => "{\"rows\":[]}",
                            "application/json" => "{\"ids\":[]}",
                            _ => "do=keep&name=x",
                        };
                        pages.push(admin.send(request.body(Body::from(body)).unwrap()).await);
                    }
                    for page in pages {
                        let status = page.status.as_u16();
                        assert!(status < 500, "{address}: {status} {}", page.body);
                        let named = ["{id}", "{batch}", "{hash}"].contains(part) && bad == "%00";
                        assert!(!named || [404, 405].contains(&status), "{address}: {status} {}", page.body);
                    }
                }
            }
        }
        // And of what a form names.
        for bad in ["%00", "a%00b", "x", ""] {
            let page = admin.post_raw("/admin/outputs", format!("do=rename&view={bad}&name=x")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{bad}");
        }
    }
}
