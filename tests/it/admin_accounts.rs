//! Accounts over HTTP: the way in, the way out, and that nobody comes in by another.

use std::io::Read as _;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chrono::TimeDelta;
use recto::admin::Settings;
use recto::editing::User;
use scraper::Selector;
use secrecy::ExposeSecret as _;

use crate::support::app::{Client, PASSWORD, Page};
use crate::support::build::{self, theme};
use crate::support::{Backend, TestApp, TestDesk, backends};

const OTHER: &str = "walnut cathedral tundra pixel";

async fn account(app: &TestApp, role: &str) -> recto::store::Account {
    app.desk.store.account_by_email(&format!("{role}@example.org")).await.unwrap().unwrap()
}

async fn sign_in(client: &mut Client, email: &str, password: &str, next: &str) -> Page {
    client.post("/admin/sign-in", &[("email", email), ("password", password), ("next", next)]).await
}

/// Whether somebody is still let in.
async fn is_in(client: &mut Client) -> bool {
    client.get("/admin/account").await.status == StatusCode::OK
}

fn hidden(page: &Page, name: &str) -> Option<String> {
    page.attribute(&format!("input[type=hidden][name='{name}']"), "value")
}

/// The path of the one-time link that a page shows.
fn shown_link(page: &Page) -> String {
    let url = page.attribute("#f-link", "value").unwrap();
    url[url.find("/admin/").unwrap()..].to_owned()
}

fn value(page: &Page, name: header::HeaderName) -> &str {
    page.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

/// What holds for every page, whatever it shows.
fn is_sound(page: &Page, what: &str) {
    let html = page.html();
    let all = |selector: &str| html.select(&Selector::parse(selector).unwrap()).count();
    assert_eq!(all("h1"), 1, "{what}: one heading");
    assert_eq!(all("[style]") + all("script:not([src])") + all("style"), 0, "{what}: nothing inline");
    assert!(all("[autofocus]") <= 1, "{what}: one focus");
    let mut ids: Vec<&str> = Vec::new();
    for element in html.select(&Selector::parse("[id]").unwrap()) {
        ids.push(element.attr("id").unwrap());
    }
    let number = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), number, "{what}: ids are unique");
    for attribute in ["aria-labelledby", "aria-describedby", "for"] {
        for element in html.select(&Selector::parse(&format!("[{attribute}]")).unwrap()) {
            for id in element.attr(attribute).unwrap().split_whitespace() {
                assert!(ids.contains(&id), "{what}: {attribute} {id} leads nowhere");
            }
        }
    }
    for element in html.select(&Selector::parse(".error-summary a").unwrap()) {
        let id = element.attr("href").unwrap().trim_start_matches('#');
        assert!(ids.contains(&id), "{what}: the summary leads to #{id}, which is not there");
    }
    for element in html.select(&Selector::parse("main input:not([type=hidden]), main select").unwrap()) {
        let id = element.attr("id").unwrap_or_else(|| panic!("{what}: a control without id"));
        let labelled = all(&format!("label[for='{id}']")) + all(&format!("label #{id}"));
        assert!(labelled > 0 || element.attr("aria-hidden").is_some(), "{what}: {id} has no label");
    }
}

#[tokio::test]
async fn the_first_administrator_comes_in_through_the_set_up_link() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let mut browser = app.stranger();
        let page = browser.get("/admin/").await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, "/admin/sign-in?next=%2Fadmin%2F")
        );
        let page = browser.get("/admin/sign-in").await;
        assert!(page.texts("main")[0].contains("recto serve"));
        assert!(!page.has("form"), "nobody could sign in");
        is_sound(&page, "sign-in before the set-up");

        let link = app.accounts.make_set_up_link().await.unwrap();
        let link = format!("/admin/set-up/{}", link.expose_secret());
        for _ in 0..2 {
            let page = browser.get(&link).await;
            assert_eq!(page.status, StatusCode::OK, "looking does not use it up");
            assert_eq!(page.attribute("form", "action").unwrap(), link);
            is_sound(&page, "set-up");
        }
        let typed = [("email", "Ada@Example.org"), ("name", "Ada <b>"), ("password", "short")];
        let page = browser.post(&link, &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        is_sound(&page, "set-up with an error");
        assert!(
            page.has(".error-summary a[href='#f-password']") && page.has("#f-password[aria-invalid=true]")
        );
        assert_eq!(page.attribute("#f-email", "value").unwrap(), "Ada@Example.org");
        assert_eq!(page.attribute("#f-name", "value").unwrap(), "Ada <b>");
        assert_eq!(page.attribute("#f-password", "value").unwrap(), "", "passwords do not come back");
        assert!(!page.body.contains("Ada <b>"), "escaped");

        let typed = [("email", "Ada@Example.org"), ("name", "Ada"), ("password", PASSWORD)];
        let page = browser.post(&link, &typed).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/admin/"));
        let mut late = app.stranger();
        for page in [late.get(&link).await, late.post(&link, &typed).await] {
            assert_eq!(page.status, StatusCode::NOT_FOUND, "it works once");
            assert!(page.texts("main")[0].contains("set up already"));
            is_sound(&page, "dead link");
        }
        assert!(late.cookie.is_none());

        let pages = [
            "/admin/",
            "/admin/account",
            "/admin/users",
            "/admin/users/new",
            "/admin/search",
            "/admin/search?q=zzz",
        ];
        for path in pages {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            is_sound(&page, path);
        }
        let page = browser.get("/admin/").await;
        assert_eq!(page.texts("h1"), ["Good morning, Ada"]);
        assert_eq!(page.texts("h2#steps"), ["First steps"]);
        assert_eq!(page.texts(".page-head .actions a"), ["News item", "Event"]);

        let page = browser.post("/admin/sign-out", &[]).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/admin/sign-in"));
        assert!(browser.cookie.is_none());
        let page = browser.get("/admin/sign-in?next=/admin/users").await;
        is_sound(&page, "sign-in");
        let next = hidden(&page, "next").unwrap();
        let page = sign_in(&mut browser, " ada@example.org ", PASSWORD, &next).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/admin/users"));
        assert_eq!(browser.get("/admin/sign-in?next=/admin/account").await.location(), "/admin/account");
    }
}

#[tokio::test]
async fn a_wrong_password_tells_nothing_and_too_many_are_not_heard() {
    let app = TestApp::new(&Backend::Sqlite).await;
    app.user("editor").await;
    app.user("viewer").await;
    let viewer = account(&app, "viewer").await;
    app.accounts.update(&User::system(), &viewer.id, "viewer", "viewer", true, &[]).await.unwrap();
    let mut browser = app.stranger();
    let mut said = Vec::new();
    for (email, password) in [
        ("editor@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("viewer@example.org", PASSWORD),
        ("", ""),
    ] {
        let page = sign_in(&mut browser, email, password, "/admin/outputs?q=a").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.attribute("#f-email", "value").unwrap(), email);
        assert_eq!(page.attribute("#f-password", "value").unwrap(), "");
        assert_eq!(hidden(&page, "next").unwrap(), "/admin/outputs?q=a");
        assert!(browser.cookie.is_none());
        is_sound(&page, "wrong password");
        said.push(page.texts("[role=alert]"));
    }
    assert_eq!(said[0].len(), 1);
    assert!(said.iter().all(|one| *one == said[0]), "{said:?}");

    for _ in 0..3 {
        sign_in(&mut browser, "editor@example.org", "wrong", "").await;
    }
    let page = sign_in(&mut browser, "editor@example.org", PASSWORD, "/admin/outputs").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(value(&page, header::RETRY_AFTER), "60");
    assert!(page.texts("[role=alert]")[0].contains("a minute"));
    assert_eq!(hidden(&page, "next").unwrap(), "/admin/outputs");
    app.desk.clock.advance(TimeDelta::seconds(60));
    let page = sign_in(&mut browser, "editor@example.org", PASSWORD, "/admin/outputs").await;
    assert_eq!(page.location(), "/admin/outputs");
}

#[tokio::test]
async fn cookies_are_as_strict_as_the_connection_allows() {
    for tls in [false, true] {
        let app = TestApp::with(&Backend::Sqlite, Settings { tls, ..Settings::default() }, None).await;
        app.user("editor").await;
        let mut browser = app.stranger();
        assert!(
            browser.get("/admin/sign-in").await.headers.get(header::SET_COOKIE).is_none(),
            "not needed yet"
        );
        let page = sign_in(&mut browser, "editor@example.org", PASSWORD, "").await;
        let cookie = value(&page, header::SET_COOKIE).to_owned();
        let parts: Vec<&str> = cookie.split("; ").collect();
        assert!(parts[0].starts_with(if tls { "__Host-recto=" } else { "recto=" }), "{cookie}");
        for wanted in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(parts.contains(&wanted), "{cookie}");
        }
        assert_eq!(parts.contains(&"Secure"), tls, "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");

        let page = browser.post("/admin/sign-out", &[]).await;
        let removal = value(&page, header::SET_COOKIE);
        assert!(removal.contains("Max-Age=0") && removal.contains("Path=/"), "{removal}");
        assert_eq!(removal.contains("Secure"), tls, "{removal}");
        assert!(browser.cookie.is_none());
        assert!(!is_in(&mut browser).await);
    }
}

#[tokio::test]
async fn who_signs_in_gets_a_new_session_and_the_old_one_is_dead() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut browser = app.user("editor").await;
    let before = browser.clone();
    sign_in(&mut browser, "editor@example.org", PASSWORD, "").await;
    assert_ne!(browser.cookie, before.cookie);
    assert!(is_in(&mut browser).await);
    assert!(!is_in(&mut before.clone()).await);

    // An id that somebody foisted on the browser is not taken on.
    let mut fixed = app.stranger();
    fixed.cookie = Some("recto=AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    sign_in(&mut fixed, "editor@example.org", PASSWORD, "").await;
    assert!(!fixed.cookie.unwrap().contains("AAAAAAAAAAAAAAAAAAAAAA"));

    // What is no session any more goes away when the sign-in page is shown.
    let mut gone = before;
    gone.get("/admin/sign-in").await;
    assert!(gone.cookie.is_none());
}

#[tokio::test]
async fn forms_from_elsewhere_are_refused() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let browser = app.user("administrator").await;
    let own = account(&app, "administrator").await;
    let forms = [
        "/admin/sign-in".to_owned(),
        "/admin/sign-out".to_owned(),
        "/admin/account/password".to_owned(),
        "/admin/account/sign-out-everywhere".to_owned(),
        "/admin/users/new".to_owned(),
        format!("/admin/users/{}", own.id),
        format!("/admin/users/{}/reset", own.id),
        "/admin/set-up/x".to_owned(),
    ];
    for path in &forms {
        for (name, from) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let request = Request::post(path)
                .header(header::HOST, "recto.example")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(name, from)
                .body(Body::from("email=editor@example.org"))
                .unwrap();
            let page = browser.clone().send(request).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {name}: {from}");
        }
    }
    let request = Request::post("/admin/sign-out").header(header::HOST, "recto.example");
    let request = request.header("origin", "http://recto.example").body(Body::empty()).unwrap();
    assert_eq!(browser.clone().send(request).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    for tls in [false, true] {
        let app = TestApp::with(&Backend::Sqlite, Settings { tls, ..Settings::default() }, None).await;
        let mut admin = app.user("administrator").await;
        let mut stranger = app.stranger();
        let asset = recto::admin::assets::url("admin.css");
        let mut pages =
            vec![("asset", stranger.get(&asset).await), ("in", stranger.get("/admin/sign-in").await)];
        pages.push(("to sign-in", stranger.get("/admin/outputs").await));
        pages.push(("dead link", stranger.get("/admin/password/x").await));
        for path in ["/admin/", "/admin/users", "/admin/account", "/admin/nothing/at/all"] {
            pages.push((path, admin.get(path).await));
        }
        for (what, page) in &pages {
            let csp = value(page, header::CONTENT_SECURITY_POLICY);
            for wanted in [
                "default-src 'self'",
                "frame-ancestors 'none'",
                "form-action 'self'",
                "base-uri 'none'",
                "object-src 'none'",
            ] {
                assert!(csp.contains(wanted), "{what}: {csp}");
            }
            assert!(!csp.contains("unsafe"), "{what}: {csp}");
            assert_eq!(value(page, header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{what}");
            let referrer = if *what == "dead link" { "strict-origin" } else { "same-origin" };
            assert_eq!(value(page, header::REFERRER_POLICY), referrer, "{what}");
            assert_eq!(page.headers.contains_key(header::STRICT_TRANSPORT_SECURITY), tls, "{what}");
            assert_eq!(value(page, header::CACHE_CONTROL) == "no-store", *what != "asset", "{what}");
        }
    }
}

#[tokio::test]
async fn pages_and_scripts_go_compressed() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut admin = app.user("administrator").await;
    let asset = recto::admin::assets::url("admin.css");
    for path in ["/admin/", "/admin/outputs", &asset] {
        let plain = admin.get(path).await;
        assert!(!plain.headers.contains_key(header::CONTENT_ENCODING), "{path}");
        let asking = Request::get(path).header(header::ACCEPT_ENCODING, "gzip");
        let compressed = admin.bytes(asking.body(Body::empty()).unwrap()).await;
        let mut read = String::new();
        flate2::read::GzDecoder::new(compressed.as_slice()).read_to_string(&mut read).unwrap();
        assert_eq!(read, plain.body, "{path}");
        assert!(compressed.len() * 2 < read.len(), "{path}");
    }
}

#[tokio::test]
async fn what_was_typed_outlives_the_session() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut admin = app.user("administrator").await;
    let theme = theme(&app.desk, 3, "Leadership").draft(&app.desk).await;
    let path = format!("/admin/themes/{}", theme.item.id);
    let form = admin.get(&path).await.form().fill("title", "Größe & 100 % \"quoted\"\n+ more");
    app.desk.clock.advance(TimeDelta::hours(13));
    let page = form.press(&mut admin, "save").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    is_sound(&page, "sign-in with what was typed");
    assert_eq!(page.texts("[role=status]"), ["You were signed out. Sign in again: what you typed is kept."]);

    let (next, resume) = (hidden(&page, "next").unwrap(), hidden(&page, "resume").unwrap());
    let typed = |password| {
        [
            ("email", "administrator@example.org"),
            ("password", password),
            ("next", next.as_str()),
            ("resume", resume.as_str()),
        ]
    };
    let page = admin.post("/admin/sign-in", &typed("wrong")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        (hidden(&page, "next").unwrap(), hidden(&page, "resume").unwrap()),
        (next.clone(), resume.clone())
    );
    let page = admin.post("/admin/sign-in", &typed(PASSWORD)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.form().get("title"), "Größe & 100 % \"quoted\"\n+ more");
    assert_eq!(admin.get(&path).await.form().get("title"), "Leadership", "nothing is saved by it");

    // A users' form comes back, too.
    app.desk.clock.advance(TimeDelta::hours(13));
    let page = admin.post("/admin/users/new", &[("name", "Jo"), ("email", "jo@"), ("role", "viewer")]).await;
    let (next, resume) = (hidden(&page, "next").unwrap(), hidden(&page, "resume").unwrap());
    let back = [
        ("email", "administrator@example.org"),
        ("password", PASSWORD),
        ("next", &*next),
        ("resume", &*resume),
    ];
    let page = admin.post("/admin/sign-in", &back).await;
    assert_eq!(page.attribute("#f-email", "value").unwrap(), "jo@");
    assert!(page.has("option[value=viewer][selected]"));
    is_sound(&page, "new user, resumed");
    assert_eq!(app.desk.store.accounts().await.unwrap().len(), 1);

    // Passwords are not carried about, and signing out is no place to go back to.
    for (path, leads) in [
        ("/admin/account/password", "/admin/account"),
        ("/admin/account/sign-out-everywhere", "/admin/account"),
        ("/admin/sign-out", "/admin/"),
    ] {
        app.desk.clock.advance(TimeDelta::hours(13));
        let page = admin.post(path, &[("old_password", PASSWORD), ("password", OTHER)]).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(hidden(&page, "resume").is_none() && !page.body.contains("walnut"), "{path}");
        assert_eq!(hidden(&page, "next").unwrap(), leads);
        sign_in(&mut admin, "administrator@example.org", PASSWORD, "").await;
    }
}

#[tokio::test]
async fn a_form_as_large_as_allowed_outlives_the_session() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut editor = app.user("editor").await;
    // As text is once encoded: many spaces, some characters in per cent.
    let text = "a few words, ".repeat(200_000);
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("title", "T")
        .append_pair("body", &text)
        .finish();
    assert!(body.len() > 3_000_000 && body.len() < recto::admin::FORM_MAX);
    app.desk.clock.advance(TimeDelta::hours(13));
    let page = editor.post_raw("/admin/projects/new", body.clone()).await;
    let resume = hidden(&page, "resume").unwrap();
    assert_eq!(resume, body);
    let form = [
        ("email", "editor@example.org"),
        ("password", PASSWORD),
        ("next", "/admin/projects/new"),
        ("resume", &resume),
    ];
    let page = editor.post("/admin/sign-in", &form).await;
    assert_eq!(
        page.status,
        StatusCode::OK,
        "{}",
        page.texts("main").join(" ").chars().take(200).collect::<String>()
    );
    assert_eq!(page.form().get("title"), "T");
}

#[tokio::test]
async fn only_pages_of_ours_are_led_to() {
    let app = TestApp::new(&Backend::Sqlite).await;
    app.user("editor").await;
    for next in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/admin/\\evil",
        "/admin/\r\nSet-Cookie: a=b",
        "/admin/\tx",
        "/admin/ü",
        "/admin/\0",
        "/adminevil",
        "/",
        "",
        "javascript:alert(1)",
        "/admin/sign-out",
        "/admin/sign-in?next=/admin/",
    ] {
        let mut browser = app.stranger();
        let page = sign_in(&mut browser, "editor@example.org", PASSWORD, next).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/admin/"), "{next:?}");
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
        assert_eq!(browser.get(&format!("/admin/sign-in?{query}")).await.location(), "/admin/", "{next:?}");
        let page = app.stranger().get(&format!("/admin/sign-in?{query}")).await;
        assert_eq!(hidden(&page, "next").unwrap(), "/admin/", "{next:?}");
        app.desk.clock.advance(TimeDelta::minutes(5));
    }
    let mut browser = app.stranger();
    let page = sign_in(&mut browser, "editor@example.org", PASSWORD, "/admin/outputs?q=a%20b&page=2").await;
    assert_eq!(page.location(), "/admin/outputs?q=a%20b&page=2");
}

#[tokio::test]
async fn users_are_for_administrators_alone() {
    let app = TestApp::new(&Backend::Sqlite).await;
    app.user("administrator").await;
    let id = account(&app, "administrator").await.id;
    for role in ["editor", "contributor", "viewer"] {
        let mut browser = app.user(role).await;
        assert!(!browser.get("/admin/").await.has("nav a[href='/admin/users']"), "{role}");
        let shown = [
            "/admin/users".to_owned(),
            "/admin/users/new".into(),
            format!("/admin/users/{id}"),
            "/admin/users/x".into(),
        ];
        let mut pages = Vec::new();
        for path in &shown {
            pages.push(browser.get(path).await);
        }
        let add = [("name", "Eve"), ("email", "eve@example.org"), ("role", "administrator")];
        pages.push(browser.post("/admin/users/new", &add).await);
        pages.push(browser.post(&format!("/admin/users/{id}"), &[("name", "Eve"), ("role", "viewer")]).await);
        pages.push(browser.post(&format!("/admin/users/{id}/reset"), &[]).await);
        for page in pages {
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{role}");
            assert!(page.texts("main")[0].contains("Only administrators can manage accounts."));
            assert!(page.has("nav#rail"), "in the shell that they know");
        }
    }
    assert_eq!(app.desk.store.accounts().await.unwrap().len(), 4);
    assert_eq!(account(&app, "administrator").await.name, "administrator");
}

#[tokio::test]
async fn an_administrator_adds_somebody_who_then_chooses_a_password() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let mut admin = app.user("administrator").await;
        let page = admin.post("/admin/users/new", &[("name", " "), ("email", "jo"), ("role", "king")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        is_sound(&page, "new user with errors");
        assert_eq!(page.texts(".error-summary li").len(), 3);
        assert_eq!(
            page.attribute(".error-summary a", "href").unwrap(),
            "#f-name",
            "in the order of the page"
        );
        assert_eq!(page.attribute("#f-email", "value").unwrap(), "jo");
        let taken = [("name", "Jo"), ("email", "Administrator@example.org"), ("role", "editor")];
        let page = admin.post("/admin/users/new", &taken).await;
        assert!(page.has("#f-email-error"));

        let request = Request::post("/admin/users/new")
            .header(header::HOST, "recto.example:8440")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("name=Jo+Marsh&email=jo%40example.org&role=editor"))
            .unwrap();
        let page = admin.send(request).await;
        assert_eq!(page.status, StatusCode::OK);
        is_sound(&page, "the link");
        assert!(
            page.attribute("#f-link", "value")
                .unwrap()
                .starts_with("http://recto.example:8440/admin/password/")
        );
        let text = page.texts("main").join(" ");
        assert!(text.contains("once") && text.contains("24 hours"), "{text}");
        let first = shown_link(&page);
        let jo = app.desk.store.account_by_email("jo@example.org").await.unwrap().unwrap();
        let own = format!("/admin/users/{}", jo.id);
        let page = admin.get("/admin/users").await;
        assert_eq!(page.texts("tbody .state"), ["No password yet", "Active"]);
        assert_eq!(page.texts("tbody .when")[0], "Never");
        assert!(page.texts("tbody .when")[1].starts_with("Today"));

        // A second link replaces the first.
        let link = shown_link(&admin.post(&format!("{own}/reset"), &[]).await);
        let mut theirs = app.stranger();
        assert_eq!(theirs.get(&first).await.status, StatusCode::NOT_FOUND);
        let page = theirs.get(&link).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(value(&page, header::REFERRER_POLICY), "strict-origin");
        assert!(page.texts("main")[0].contains("Jo Marsh"));
        is_sound(&page, "choosing a password");
        // One kind of link does not open the other's door.
        let page = theirs
            .post(
                &link.replace("password", "set-up"),
                &[("name", "Eve"), ("email", "eve@example.org"), ("password", OTHER)],
            )
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let page = theirs.post(&link, &[("password", "passwordpassword")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.has("#f-password-error"));
        is_sound(&page, "choosing a password, with an error");
        let page = theirs.post(&link, &[("password", OTHER)]).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/admin/"));
        assert!(is_in(&mut theirs).await);
        assert_eq!(theirs.clone().post(&link, &[("password", PASSWORD)]).await.status, StatusCode::NOT_FOUND);

        for id in ["x", "00000000-0000-0000-0000-000000000000", "'%20OR%201=1", &jo.id.to_uppercase()] {
            assert_eq!(admin.get(&format!("/admin/users/{id}")).await.status, StatusCode::NOT_FOUND, "{id}");
            assert_eq!(
                admin.post(&format!("/admin/users/{id}/reset"), &[]).await.status,
                StatusCode::NOT_FOUND
            );
        }
        let page = admin.get(&own).await;
        is_sound(&page, "a user");
        assert_eq!(page.texts("h1"), ["Jo Marsh"]);
        assert!(page.has("option[value=editor][selected]") && !page.has("#f-suspended[checked]"));
        let page = admin.post(&own, &[("name", ""), ("role", "editor")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.has("#f-name-error"));
        let page = admin.post(&own, &[("name", "Joanna Marsh"), ("role", "editor")]).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, &*format!("{own}?done=saved")));
        assert_eq!(admin.get(page.location()).await.texts(".flash"), ["Saved."]);
        assert!(is_in(&mut theirs).await, "a name ends no session");
        assert!(!admin.get(&format!("{own}?done=%3Cscript%3E")).await.has(".flash"));
    }
}

#[tokio::test]
async fn roles_suspension_and_resets_end_sessions() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut admin = app.user("administrator").await;
    let mut theirs = app.user("editor").await;
    let editor = account(&app, "editor").await;
    let own = format!("/admin/users/{}", editor.id);
    let again = async |client: &mut Client, password: &str| {
        app.desk.clock.advance(TimeDelta::minutes(5));
        sign_in(client, "editor@example.org", password, "").await.status
    };

    let page = admin.post(&own, &[("name", "editor"), ("role", "viewer")]).await;
    assert_eq!(page.location(), format!("{own}?done=ended"));
    assert!(!is_in(&mut theirs).await, "another role");
    assert_eq!(again(&mut theirs, PASSWORD).await, StatusCode::SEE_OTHER);

    let link = shown_link(&admin.post(&format!("{own}/reset"), &[]).await);
    assert!(is_in(&mut theirs).await, "until the link is used");
    let mut elsewhere = app.stranger();
    elsewhere.post(&link, &[("password", OTHER)]).await;
    assert!(is_in(&mut elsewhere).await && !is_in(&mut theirs).await, "another password");
    assert_eq!(again(&mut theirs, PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY);

    admin.post(&own, &[("name", "editor"), ("role", "viewer"), ("suspended", "true")]).await;
    assert!(!is_in(&mut elsewhere).await, "suspension");
    assert_eq!(again(&mut elsewhere, OTHER).await, StatusCode::UNPROCESSABLE_ENTITY);
    let page = admin.get(&own).await;
    assert!(page.has("#f-suspended[checked]"));
    assert_eq!(page.texts(".facts .state"), ["Suspended"]);
    let page = admin.post(&format!("{own}/reset"), &[]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.texts(".flash-error")[0].contains("suspended"));

    // The last administrator stays one.
    let me = account(&app, "administrator").await;
    let own = format!("/admin/users/{}", me.id);
    for typed in [vec![("role", "viewer")], vec![("role", "administrator"), ("suspended", "true")]] {
        let typed: Vec<(&str, &str)> = typed.into_iter().chain([("name", "Me, changed")]).collect();
        let page = admin.post(&own, &typed).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.texts(".flash-error")[0].contains("last administrator"));
        assert_eq!(page.attribute("#f-name", "value").unwrap(), "Me, changed", "nothing typed is lost");
        is_sound(&page, "refused");
    }
    assert!(is_in(&mut admin).await);
}

#[tokio::test]
async fn contributors_are_given_projects() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut admin = app.user("administrator").await;
    let theme = theme(&app.desk, 3, "Leadership").draft(&app.desk).await;
    let mut projects = Vec::new();
    for (code, title) in [("3.01", "One"), ("3.02", "Two"), ("3.10", "Ten")] {
        projects.push(build::project(&app.desk, &theme, code, title).draft(&app.desk).await.item.id);
    }
    let mut theirs = app.contributor(&[projects[2]]).await;
    let contributor = account(&app, "contributor").await;
    let own = format!("/admin/users/{}", contributor.id);
    let titles = |page: &Page| page.texts("#f-assigned .choice");
    let ticked = |page: &Page| page.attribute("#f-assigned input[checked]", "value");
    let page = admin.get(&own).await;
    is_sound(&page, "a contributor");
    assert_eq!(titles(&page), ["3.10 Ten", "3.01 One", "3.02 Two"], "those assigned first");
    assert_eq!(ticked(&page), Some(projects[2].to_string()));

    let first = projects[0].to_string();
    let form = [("name", "contributor"), ("role", "contributor"), ("assigned", ""), ("assigned", &*first)];
    assert_eq!(admin.post(&own, &form).await.location(), format!("{own}?done=saved"));
    let page = admin.get(&own).await;
    assert_eq!(titles(&page), ["3.01 One", "3.02 Two", "3.10 Ten"]);
    assert_eq!(ticked(&page), Some(first.clone()));
    assert!(is_in(&mut theirs).await, "their session goes on");

    // A form that does not ask for projects leaves them; an empty list takes them.
    admin.post(&own, &[("name", "contributor"), ("role", "contributor")]).await;
    assert_eq!(ticked(&admin.get(&own).await), Some(first));
    admin.post(&own, &[("name", "contributor"), ("role", "contributor"), ("assigned", "")]).await;
    assert_eq!(ticked(&admin.get(&own).await), None);
    let nothing = "00000000-0000-0000-0000-000000000000";
    let form = [("name", "contributor"), ("role", "contributor"), ("assigned", nothing)];
    let page = admin.post(&own, &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("#f-assigned-error"));
    is_sound(&page, "a project that is gone");

    // For others the list says nothing, so it is not there.
    admin.post(&own, &[("name", "contributor"), ("role", "viewer")]).await;
    assert!(!admin.get(&own).await.has("#f-assigned"));
    let page = admin
        .post("/admin/users/new", &[("name", "C"), ("email", "c@example.org"), ("role", "contributor")])
        .await;
    assert!(page.texts(".page-foot a").contains(&"Assign projects".to_owned()));
}

#[tokio::test]
async fn people_change_their_password_and_sign_out_everywhere() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut here = app.user("viewer").await;
    let mut there = app.stranger();
    sign_in(&mut there, "viewer@example.org", PASSWORD, "").await;
    let page = here.get("/admin/account").await;
    is_sound(&page, "account");
    assert_eq!(page.texts(".facts-list dd"), ["viewer", "viewer@example.org", "Viewer"]);
    assert!(!here.get("/admin/account?done=%3Cb%3Ehello").await.has(".flash"));

    for (old, new, field) in
        [("wrong", OTHER, "old_password"), (PASSWORD, "short", "password"), ("", "", "old_password")]
    {
        let page = here.post("/admin/account/password", &[("old_password", old), ("password", new)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.has(&format!("#f-{field}-error"))
                && page.has(&format!(".error-summary a[href='#f-{field}']"))
        );
        assert!(!page.body.contains("wrong") && !page.body.contains(OTHER), "passwords do not come back");
        is_sound(&page, "account with an error");
    }
    app.desk.clock.advance(TimeDelta::minutes(1));
    let before = here.cookie.clone();
    let page = here.post("/admin/account/password", &[("old_password", PASSWORD), ("password", OTHER)]).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/admin/account?done=password"));
    assert_ne!(here.cookie, before, "a new session id");
    assert_eq!(here.get("/admin/account?done=password").await.texts(".flash-success").len(), 1);
    assert!(!is_in(&mut there).await);

    app.desk.clock.advance(TimeDelta::minutes(10));
    sign_in(&mut there, "viewer@example.org", OTHER, "").await;
    assert!(is_in(&mut there).await && is_in(&mut here).await);
    let page = there.post("/admin/account/sign-out-everywhere", &[]).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/admin/sign-in"));
    assert!(there.cookie.is_none());
    assert!(!is_in(&mut there).await && !is_in(&mut here).await);

    for _ in 0..6 {
        sign_in(&mut app.stranger(), "viewer@example.org", "wrong", "").await;
    }
    app.desk.clock.advance(TimeDelta::minutes(1));
    sign_in(&mut here, "viewer@example.org", OTHER, "").await;
    let page = here.post("/admin/account/password", &[("old_password", OTHER), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.texts(".flash-error")[0].contains("Too many tries"));
}

#[tokio::test]
async fn the_dashboard_shows_ones_own_work_and_what_needs_a_look() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut editor = app.user("editor").await;
    let mut viewer = app.user("viewer").await;
    let page = viewer.get("/admin/").await;
    assert!(page.has("#steps") && !page.has(".board ol") && !page.has(".page-head .actions"));
    assert!(!page.has("#recent"), "what came with the set-up is no news");

    app.desk.clock.advance(TimeDelta::seconds(1));
    let theme = theme(&app.desk, 3, "Leadership").published(&app.desk).await;
    for (code, status, end) in [
        ("3.01", "active", "2026-03-01"),
        ("3.02", "active", "2026-03-02"),
        ("3.03", "complete", "2020-01-01"),
    ] {
        let project = build::project(&app.desk, &theme, code, code);
        project.text("status", status).text("end", end).published(&app.desk).await;
    }
    build::item(&app.desk, recto::content::by_name("output").unwrap())
        .text("title", "Without a year")
        .draft(&app.desk)
        .await;
    app.desk.clock.advance(TimeDelta::seconds(1));
    build::output(&app.desk, None, "With one", 2020).await.draft(&app.desk).await;
    app.desk.clock.advance(TimeDelta::minutes(1));
    let page = editor
        .get("/admin/news/new")
        .await
        .form()
        .fill("title", "Mine & <new>")
        .press(&mut editor, "save")
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);

    let page = editor.get("/admin/").await;
    is_sound(&page, "dashboard");
    assert!(!page.has("#steps"), "it has begun");
    assert_eq!(page.texts("[aria-labelledby=mine] a"), ["Mine & <new>"]);
    assert_eq!(page.texts("[aria-labelledby=mine] small"), ["News item, saved today at 09:01"]);
    let recent = page.texts("[aria-labelledby=recent] small");
    assert_eq!(recent[0], "News item, saved by you today at 09:01");
    assert_eq!(page.texts("[aria-labelledby=recent] a")[1], "With one", "the newest first");
    assert_eq!(recent.len(), 7);
    let looks: Vec<(String, String)> = page
        .texts("[aria-labelledby=looks] a")
        .into_iter()
        .zip(page.texts("[aria-labelledby=looks] .number"))
        .collect();
    let expected = [
        ("Active projects past their end date", "1"),
        ("Outputs without a year", "1"),
        ("Outputs without a lead academic", "1"),
        ("News without a summary", "1"),
        ("Names without a person", "1"),
        ("Pages that breadcrumbs begin with, not public", "2"),
    ];
    assert_eq!(looks, expected.map(|(what, number)| (what.to_owned(), number.to_owned())));
    assert!(page.texts("[aria-labelledby=looks] small")[0].contains("3.01"));
    assert!(page.texts("[aria-labelledby=looks] small")[5].contains("home, research"));
    let waiting = page.texts("[aria-labelledby=waiting] a");
    assert_eq!(waiting, ["2 drafts, Outputs", "1 draft, News"]);
    let html = page.html();
    for link in html.select(&Selector::parse(".board a").unwrap()) {
        let path = link.attr("href").unwrap();
        assert_eq!(editor.get(path).await.status, StatusCode::OK, "{path}");
    }
    let page = viewer.get("/admin/").await;
    assert!(!page.has("#mine"));
    assert_eq!(page.texts("[aria-labelledby=recent] small")[0], "News item, saved by editor today at 09:01");
}

#[tokio::test]
async fn of_a_common_word_the_last_hits_of_a_large_type_are_ranked_and_all_of_the_others() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let theme = build::theme(&desk, 1, "Learning first").published(&desk).await;
    build::project(&desk, &theme, "1.01", "Learning, a project").published(&desk).await;
    for number in 0..6 {
        build::output(&desk, None, &format!("Learning {number}"), 2019).await.draft(&desk).await;
    }
    let found = async |near: i64, words: &str| {
        let found = desk.lists().search_near(words, near, 50).await.unwrap();
        let mut titles: Vec<String> = found.into_iter().map(|one| one.title).collect();
        titles.sort();
        titles
    };
    let few =
        ["1.01 Learning, a project", "Learning 3", "Learning 4", "Learning 5", "Theme 1: Learning first"];
    assert_eq!(found(3, "learn").await, few);
    assert_eq!(found(100, "learn").await.len(), 8);
    // Of a rare word nothing is passed over.
    assert_eq!(found(3, "learning 2").await, ["Learning 2"]);
}

#[tokio::test]
async fn one_search_finds_everything() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut viewer = app.user("viewer").await;
    let theme = theme(&app.desk, 3, "Leadership").published(&app.desk).await;
    let project =
        build::project(&app.desk, &theme, "3.07", "Leadership in <b>learning</b>").draft(&app.desk).await;
    build::output(&app.desk, Some(&project), "On leaders", 2019).await.draft(&app.desk).await;
    let page = viewer.get("/admin/search?q=lead").await;
    is_sound(&page, "search");
    let mut found = page.texts("main .feed a");
    found.sort();
    assert_eq!(found, ["3.07 Leadership in <b>learning</b>", "On leaders", "Theme 3: Leadership"]);
    assert!(page.texts("main .feed small").contains(&"Output, Tomkins, L, 2019".to_owned()));
    assert_eq!(page.texts("main .facts"), ["3 hits"]);
    assert_eq!(page.attribute("main #q", "value").unwrap(), "lead");
    assert!(page.has(&format!("main .feed a[href='/admin/projects/{}']", project.item.id)));
    for (query, heading) in [
        ("", "What are you looking for?"),
        ("?q=", "What are you looking for?"),
        ("?q=+%20", "What are you looking for?"),
        ("?q=zebra", "Nothing with all these words"),
        ("?q=%22*%29", "Nothing with all these words"),
    ] {
        let page = viewer.get(&format!("/admin/search{query}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.texts("main .empty h2"), [heading], "{query}");
    }
    let page = viewer.get(&format!("/admin/search?q={}%3Cscript%3E", "x".repeat(300))).await;
    assert_eq!(page.attribute("main #q", "value").unwrap().len(), 200);
}

#[tokio::test]
async fn links_lead_where_the_settings_say_and_not_where_a_request_does() {
    let address = Some("https://admin.example.org".to_owned());
    let app =
        TestApp::with(&Backend::Sqlite, Settings { admin_address: address, ..Settings::default() }, None)
            .await;
    let admin = app.user("administrator").await;
    let form = "email=jo%40example.org&name=Jo&role=editor";
    let posted = |path: String, body: &'static str| {
        let mut admin = admin.clone();
        async move {
            let request = Request::post(path).header(header::HOST, "evil.example");
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let page = admin.send(request.body(Body::from(body)).unwrap()).await;
            page.attribute("#f-link", "value").unwrap()
        }
    };
    let begins = "https://admin.example.org/admin/password/";
    let link = posted("/admin/users/new".to_owned(), form).await;
    assert!(link.starts_with(begins), "{link}");
    let jo = app.desk.store.account_by_email("jo@example.org").await.unwrap().unwrap();
    let link = posted(format!("/admin/users/{}/reset", jo.id), "").await;
    assert!(link.starts_with(begins), "{link}");
}
