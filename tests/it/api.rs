//! The public API through its router: pages, lists, addresses, caching.

use std::collections::HashMap;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request};
use chrono::TimeDelta;
use http_body_util::BodyExt as _;
use recto::api::{ApiConfig, router};
use recto::content::{Row, Value, by_name};
use recto::editing::{Desk, Edit, User, do_due, publish, save, trash, unpublish};
use recto::published::PublishedStore;
use recto::store::Stored;
use serde_json::Value as Json;
use tower::ServiceExt as _;

use crate::support::build::{self, item};
use crate::support::{Backend, TestDesk, backends};

/// Somebody who reads.
pub struct Client {
    router: Router,
    pub store: PublishedStore,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Bytes,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What each item of a list has under this name.
    pub fn all(&self, name: &str) -> Vec<String> {
        assert_eq!(self.status, 200, "{}", self.text);
        let data = self.json()["data"].as_array().unwrap().clone();
        data.iter()
            .map(|item| item[name].as_str().map_or_else(|| item[name].to_string(), str::to_owned))
            .collect()
    }

    /// The codes of what is wrong, with the parameters.
    pub fn faults(&self) -> Vec<String> {
        assert_eq!(self.status, 400, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let errors = self.json()["errors"].as_array().unwrap().clone();
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        errors.iter().map(|error| format!("{} {}", text(&error["parameter"]), text(&error["code"]))).collect()
    }
}

impl Client {
    pub fn new(desk: &Desk) -> Self {
        Self::at(desk, None)
    }

    pub fn at(desk: &Desk, address: Option<&str>) -> Self {
        let store = desk.published.reader().clone();
        let files = Some(desk.media.files().clone());
        let config = ApiConfig { address: address.map(str::to_owned), files, ..ApiConfig::default() };
        Self::over(router(store.clone(), config, desk.clock.clone()), store)
    }

    pub fn over(router: Router, store: PublishedStore) -> Self {
        Self { router, store }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (status, headers, bytes) = self.receive(request).await;
        let picture = headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"image/"));
        let text = if picture { String::new() } else { String::from_utf8(bytes.to_vec()).unwrap() };
        Answer { status, headers, text, bytes }
    }

    /// The same where the answer may be in any coding: its text is what of it is text.
    pub async fn send_raw(&self, request: Request<Body>) -> Answer {
        let (status, headers, bytes) = self.receive(request).await;
        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    async fn receive(&self, request: Request<Body>) -> (u16, HeaderMap, Bytes) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        (status, headers, response.into_body().collect().await.unwrap().to_bytes())
    }

    pub async fn get(&self, address: &str) -> Answer {
        self.send(Request::get(address).body(Body::empty()).unwrap()).await
    }

    pub async fn get_with(&self, address: &str, name: &str, value: &str) -> Answer {
        self.send(Request::get(address).header(name, value).body(Body::empty()).unwrap()).await
    }

    pub async fn ask(&self, method: &str, address: &str) -> Answer {
        self.send(Request::builder().method(method).uri(address).body(Body::empty()).unwrap()).await
    }

    /// How many statements a request takes.
    pub async fn statements(&self, address: &str) -> u64 {
        let before = self.store.statements();
        let answer = self.get(address).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.store.statements() - before
    }
}

/// Ids are random; what is left is in which order they first occur.
pub fn stable(text: &str) -> Json {
    let mut known: HashMap<String, String> = HashMap::new();
    let mut stable = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let id = rest.get(..36).filter(|id| {
            id.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
        });
        if let Some(id) = id {
            let next = format!("id-{}", known.len() + 1);
            stable.push_str(known.entry(id.to_owned()).or_insert(next));
            rest = &rest[36..];
        } else {
            stable.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    serde_json::from_str(&stable).unwrap()
}

/// The page that started it, in facts.
pub struct ThePage {
    pub theme: Stored,
    pub project: Stored,
    pub outputs: Vec<Stored>,
    pub people: Vec<Stored>,
}

fn credit(target: Option<&Stored>, name: &str, lead: bool) -> Row {
    Row {
        target: target.map(|stored| stored.item.id),
        values: vec![Value::Text(name.into()), Value::Flag(lead)],
    }
}

async fn term(desk: &Desk, label: &str) -> recto::content::Id {
    desk.lists().search(label, 1).await.unwrap()[0].id.parse().unwrap()
}

/// A page of the site.
pub async fn page(desk: &Desk, title: &str, slug: &str, parent: Option<&Stored>) -> Stored {
    let mut page = item(desk, by_name("page").unwrap()).text("title", title);
    page.item.slug = slug.to_owned();
    if let Some(parent) = parent {
        page = page.one("parent", parent.item.id);
    }
    page.published(desk).await
}

impl ThePage {
    pub async fn new(desk: &Desk) -> Self {
        let home = page(desk, "Home", "home", None).await;
        page(desk, "Research", "research", Some(&home)).await;
        let theme = build::theme(desk, 3, "Leadership, management and organisation").published(desk).await;
        let tomkins = build::person(desk, "Leah", "Tomkins")
            .text("honorific", "Dr")
            .text("standing", "current")
            .published(desk)
            .await;
        let hartley =
            build::person(desk, "Jean", "Hartley").text("honorific", "Professor").published(desk).await;
        let police = item(desk, by_name("organisation").unwrap())
            .text("name", "Metropolitan Police Service")
            .one("kind", term(desk, "Police service").await)
            .published(desk)
            .await;
        let project = build::project(desk, &theme, "3.07", "Organisational learning")
            .text("status", "complete")
            .text("summary", "How a police service learns.")
            .text("body", "<p>Our focus:</p><ul><li>Learning from success and failure</li><li>Learning and well-being</li></ul>")
            .links("team", &[&tomkins, &hartley])
            .rows("partners", vec![Row {
                target: Some(police.item.id),
                values: vec![Value::Text("policing_partner".into())],
            }])
            .published(desk)
            .await;
        let rows = [
            (
                "From blame to praise in policing: Implications for leadership and the public conversation",
                "Action research report",
                true,
                2020,
                "open",
            ),
            (
                "From blame to praise in policing: Implications for strategy, culture, process and well-being",
                "Action research report",
                true,
                2020,
                "open",
            ),
            (
                "Asymmetries of leadership: Agency, response and reason",
                "Academic paper",
                true,
                2019,
                "on_request",
            ),
            (
                "Learning and well-being: Safety, failure, fault and blame",
                "Board report",
                true,
                2019,
                "on_request",
            ),
            ("Empowering learning", "Board report", false, 2019, "on_request"),
            ("Leadership and organisational learning", "Board report", true, 2019, "on_request"),
        ];
        let mut outputs = Vec::new();
        for (place, (title, kind, tomkins_leads, year, availability)) in (1..).zip(rows) {
            let lead = if tomkins_leads {
                credit(Some(&tomkins), "Tomkins, L", true)
            } else {
                // Bristow has no record here; the name alone is shown.
                credit(None, "Bristow, A", true)
            };
            let output = item(desk, by_name("output").unwrap())
                .text("title", title)
                .one("type", term(desk, kind).await)
                .rows("authors", vec![lead])
                .integer("year", year)
                .text("availability", availability)
                .rows(
                    "projects",
                    vec![Row { target: Some(project.item.id), values: vec![Value::Integer(place * 1_024)] }],
                );
            outputs.push(output.published(desk).await);
        }
        build::news(desk, "Can a virtual reality courtroom be a useful learning tool?", "2023-12-04")
            .links("projects", &[&project])
            .published(desk)
            .await;
        build::event(desk, "Membership Group Meeting", "2023-12-07T10:30")
            .text("end", "2023-12-07T12:30")
            .links("projects", &[&project])
            .published(desk)
            .await;
        build::event(desk, "Research Priority workshop", "2024-01-15T11:00")
            .text("end", "2024-01-15T13:00")
            .text("venue", "The Open University, Milton Keynes")
            .links("projects", &[&project])
            .published(desk)
            .await;
        Self { theme, project, outputs, people: vec![tomkins, hartley] }
    }
}

/// Saves an item with changes and publishes it.
pub async fn change(desk: &Desk, stored: &Stored, change: impl FnOnce(&mut recto::content::Item)) -> Stored {
    let mut item = stored.item.clone();
    change(&mut item);
    let saved = save(desk, &User::system(), &[Edit::of(stored, item)]).await.unwrap().remove(0);
    publish(desk, &User::system(), saved.item.id, None, &[]).await.unwrap().remove(0)
}

#[tokio::test]
async fn the_project_page_is_one_request() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        ThePage::new(&desk).await;
        let client = Client::new(&desk);
        let answer = client.get("/api/v1/projects/3.07").await;
        assert_eq!(answer.status, 200);
        insta::assert_json_snapshot!("project_page", stable(&answer.text));
        assert_eq!(client.statements("/api/v1/projects/3.07").await, 1);
    }
}

#[tokio::test]
async fn a_list_has_what_a_list_needs() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::at(&desk, Some("https://api.example.org/"));
    let answer = client.get("/api/v1/outputs?limit=2&type=board-report&sort=title").await;
    assert_eq!(answer.status, 200);
    let mut json = stable(&answer.text);
    let next = json["page"]["next"].take();
    let link = json["links"]["next"].take();
    let address = "https://api.example.org/api/v1/outputs?limit=2&type=board-report&sort=title&cursor=";
    assert_eq!(link.as_str().unwrap(), format!("{address}{}", next.as_str().unwrap()));
    let real = answer.json()["links"]["next"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("link"), format!("<{real}>; rel=\"next\""));
    insta::assert_json_snapshot!("output_list", json);
}

#[tokio::test]
async fn problems_say_what_is_wrong() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    unpublish(&desk, &User::system(), page.outputs[0].item.id).await.unwrap();
    let client = Client::new(&desk);
    let mut problems = Vec::new();
    for (method, address) in [
        (
            "GET",
            "/api/v1/outputs?limit=0&tpye=x&year=19&availability=none&sort=size&fields=titel,lead(email)&type=&q=x&q=y&cursor=no",
        ),
        ("GET", "/api/v1/projects/no-such"),
        ("GET", &format!("/api/v1/outputs/{}", page.outputs[0].item.slug)),
        ("POST", "/api/v1/projects"),
        ("GET", "/nonsense"),
        ("GET", "/api/v1/outputs?q=%ff"),
    ] {
        let answer = client.ask(method, address).await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{address}");
        let json = answer.json();
        assert_eq!(json["status"], answer.status, "{address}");
        problems.push(json);
    }
    insta::assert_json_snapshot!("problems", problems);
    assert_eq!(client.ask("DELETE", "/api/v1/site").await.header("allow"), "GET, HEAD, OPTIONS");
    assert_eq!(client.ask("PUT", "/api/v1/nothing").await.status, 404);
    for address in [
        "/",
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/projects/",
        "/api/v1/projects/%ff",
        "/api/v2/projects",
        "/api/v1/site/site",
        "/api/v1/projects/3.07/authors",
    ] {
        assert_eq!(client.get(address).await.status, 404, "{address}");
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_read_is_told_as_unavailable() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    desk.published.close().await;
    let answer = client.get("/api/v1/projects").await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "5"));
    assert!(!answer.text.to_lowercase().contains("sql") && !answer.text.contains("pool"), "{}", answer.text);
}

#[tokio::test]
async fn every_address_of_an_item_leads_to_it() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let page = ThePage::new(&desk).await;
        let client = Client::new(&desk);
        let id = page.project.item.id.to_string();
        for reference in ["3.07", "3.7", "organisational-learning", id.as_str()] {
            let answer = client.get(&format!("/api/v1/projects/{reference}")).await;
            assert_eq!(answer.json()["data"]["id"], id, "{reference}");
            assert_eq!(answer.json()["links"]["self"], format!("/api/v1/projects/{reference}"));
        }
        let moved = change(&desk, &page.project, |item| item.slug = "learning".to_owned()).await;
        for (from, to) in [
            ("organisational-learning", "learning"),
            ("organisational-learning?fields=title,theme(title)", "learning?fields=title%2Ctheme%28title%29"),
            ("organisational-learning/outputs?limit=3", "learning/outputs?limit=3"),
        ] {
            let answer = client.get(&format!("/api/v1/projects/{from}")).await;
            assert_eq!(
                (answer.status, answer.header("location")),
                (308, format!("/api/v1/projects/{to}").as_str())
            );
            assert_eq!(client.get(answer.header("location")).await.status, 200);
        }
        assert_eq!(client.get(&format!("/api/v1/outputs/{id}")).await.status, 404);
        unpublish(&desk, &User::system(), moved.item.id).await.unwrap();
        for reference in ["organisational-learning", "learning", id.as_str(), "learning/outputs"] {
            assert_eq!(client.get(&format!("/api/v1/projects/{reference}")).await.status, 410, "{reference}");
        }
        assert_eq!(client.get("/api/v1/projects/3.07").await.status, 404);
    }
}

#[tokio::test]
async fn the_site_is_one() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    let answer = client.get("/api/v1/site").await;
    insta::assert_json_snapshot!("site", stable(&answer.text));
    let answer = client.get("/api/v1/site?fields=name").await.json();
    assert_eq!(answer["data"]["name"], "Test centre");
    assert_eq!(answer["data"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let client = Client::new(&desk);
    for address in ["/api/v1/projects/3.07", "/api/v1/outputs", "/api/v1/search?q=learning", "/openapi.json"]
    {
        let whole = client.get(address).await;
        assert_eq!(whole.header("content-type"), "application/json; charset=utf-8");
        assert_eq!(whole.header("vary"), "accept-encoding");
        assert_eq!(whole.header("x-content-type-options"), "nosniff");
        assert_eq!(whole.header("access-control-allow-origin"), "*");
        assert!(whole.header("access-control-expose-headers").contains("etag"));
        assert!(whole.headers.get("set-cookie").is_none());
        assert_eq!(whole.header("cache-control"), "public, max-age=60");
        let tag = whole.header("etag").to_owned();
        assert_eq!(tag.len(), 34, "{tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let answer = client.get_with(address, "if-none-match", &known).await;
            assert_eq!((answer.status, answer.text.as_str()), (304, ""), "{known}");
            assert_eq!(answer.header("etag"), tag);
            assert_eq!(answer.header("cache-control"), whole.header("cache-control"));
            assert_eq!(answer.header("vary"), "accept-encoding");
            assert!(answer.headers.get("content-type").is_none());
        }
        assert_eq!(client.get_with(address, "if-none-match", "\"x\"").await.status, 200);
        assert_eq!(client.get_with(address, "cookie", "session=x").await.text, whole.text);
        let head = client.ask("HEAD", address).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        assert_eq!(head.header("etag"), tag);
        assert_eq!(head.header("content-length"), whole.text.len().to_string());
    }
    let answer = client.get("/api/v1/projects/3.07").await;
    assert_eq!(answer.header("last-modified"), "Mon, 02 Mar 2026 09:00:00 GMT");
    // What somebody else publishes does not change it; what stands on it does.
    let (tag, other) = (answer.header("etag").to_owned(), build::theme(&desk, 9, "Other"));
    other.published(&desk).await;
    assert_eq!(client.get("/api/v1/projects/3.07").await.header("etag"), tag);
    desk.clock.advance(TimeDelta::hours(1));
    change(&desk, &page.outputs[0], |item| item.set("year", Value::Integer(2021))).await;
    let answer = client.get("/api/v1/projects/3.07").await;
    assert_ne!(answer.header("etag"), tag);
    assert_eq!(answer.header("last-modified"), "Mon, 02 Mar 2026 10:00:00 GMT");
}

#[tokio::test]
async fn browsers_of_any_origin_may_ask() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    let request = Request::options("/api/v1/projects")
        .header("origin", "https://www.example.org")
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "if-none-match")
        .body(Body::empty())
        .unwrap();
    let answer = client.send(request).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-methods"), "GET,HEAD");
    assert!(answer.headers.get("access-control-allow-credentials").is_none());
}

#[tokio::test]
async fn an_embargo_ends_as_a_publication() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let embargoed = |until: &'static str| {
        move |item: &mut recto::content::Item| {
            item.set("availability", Value::Text("embargoed".into()));
            item.set("embargo_until", Value::Date(until.parse().unwrap()));
        }
    };
    change(&desk, &page.outputs[4], embargoed("2026-03-03")).await;
    let client = Client::new(&desk);
    let addresses = [
        "/api/v1/outputs/empowering-learning",
        "/api/v1/outputs?q=empowering",
        "/api/v1/projects/3.07/outputs",
        "/api/v1/projects/3.07",
    ];
    for address in addresses {
        let answer = client.get(address).await;
        assert!(answer.text.contains("\"availability\":\"embargoed\""), "{address}");
        assert!(answer.text.contains("Embargoed until 3 March 2026"), "{address}");
    }
    let titles =
        async |query: &str| client.get(&format!("/api/v1/outputs?sort=title&{query}")).await.all("title");
    assert_eq!(titles("availability=embargoed").await, ["Empowering learning"]);
    assert_eq!(titles("availability=open").await.len(), 2);
    assert_eq!(titles("availability=open&availability=embargoed").await.len(), 3);

    // Time alone changes nothing of it, neither before the day has come nor after.
    let lists = ["/api/v1/outputs?availability=open", "/api/v1/outputs?availability=embargoed"];
    let mut before = Vec::new();
    for address in addresses.into_iter().chain(lists) {
        before.push((address, client.get(address).await));
    }
    let same = async || {
        for (address, before) in &before {
            let answer = client.get(address).await;
            assert_eq!(answer.text, before.text, "{address}");
            assert!(answer.header("cache-control").ends_with("max-age=60"), "{address}");
        }
    };
    desk.clock.advance(TimeDelta::hours(15) - TimeDelta::seconds(1));
    do_due(&desk).await.unwrap();
    same().await;
    desk.clock.advance(TimeDelta::seconds(1));
    same().await;

    do_due(&desk).await.unwrap();
    for address in addresses {
        let answer = client.get(address).await;
        assert!(!answer.text.contains("\"availability\":\"embargoed\""), "{address}");
        assert!(!answer.text.contains("Embargoed until"), "{address}");
        assert!(answer.header("cache-control").ends_with("max-age=60"), "{address}");
    }
    assert!(titles("availability=embargoed").await.is_empty());
    let open = client.get("/api/v1/outputs?availability=open").await;
    assert_eq!(open.json()["page"]["total"], 3);
    assert!(open.all("availability").iter().all(|value| value == "open"));
    assert_eq!(titles("availability=on_request&availability=open").await.len(), 6);
    assert_eq!(titles("availability=on_request&availability=embargoed").await.len(), 3);
}

#[tokio::test]
async fn events_are_upcoming_until_they_are_over() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    // It is 2 March 2026, 09:00 in London; in Sydney it is 20:00.
    for (title, start, end, zone) in [
        ("Running", "2026-03-02T08:30", "2026-03-02T09:30", "Europe/London"),
        ("Over in Sydney", "2026-03-02T10:00", "2026-03-02T11:00", "Australia/Sydney"),
        ("Tomorrow", "2026-03-03T10:00", "", "Europe/London"),
        ("Last year", "2025-03-03T10:00", "", "Europe/London"),
        ("Just over", "2026-03-02T08:00", "2026-03-02T09:00", "Europe/London"),
    ] {
        build::event(&desk, title, start).text("end", end).text("time_zone", zone).published(&desk).await;
    }
    let titles = async |query: &str| client.get(&format!("/api/v1/events?{query}")).await.all("title");
    assert_eq!(titles("when=upcoming").await, ["Running", "Tomorrow"]);
    assert_eq!(titles("when=past").await, ["Just over", "Over in Sydney", "Last year"]);
    assert_eq!(titles("when=upcoming&sort=-start").await, ["Tomorrow", "Running"]);
    assert_eq!(titles("when=upcoming&limit=1").await, ["Running"]);
    desk.clock.advance(TimeDelta::minutes(30) - TimeDelta::milliseconds(10_500));
    for when in ["upcoming", "past"] {
        let answer = client.get(&format!("/api/v1/events?when={when}")).await;
        assert!(answer.header("cache-control").ends_with("max-age=10"), "{}", answer.header("cache-control"));
    }
    assert_eq!(titles("when=upcoming").await, ["Running", "Tomorrow"]);
    desk.clock.advance(TimeDelta::milliseconds(10_500));
    assert_eq!(titles("when=upcoming").await, ["Tomorrow"]);
    assert_eq!(titles("when=past&limit=1").await, ["Running"]);
}

#[tokio::test]
async fn a_link_appears_when_its_target_does() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let page = ThePage::new(&desk).await;
        let client = Client::new(&desk);
        let user = User::system();
        let whole = client.get("/api/v1/projects/3.07").await.text;
        let tomkins = page.people[0].item.id;
        unpublish(&desk, &user, tomkins).await.unwrap();
        let without = client.get("/api/v1/projects/3.07").await.json();
        assert_eq!(without["data"]["team"].as_array().unwrap().len(), 1);
        assert_eq!(without["data"]["outputs"][0]["lead"], serde_json::json!({ "name": "Tomkins, L" }));
        assert!(!without.to_string().contains(&tomkins.to_string()));
        unpublish(&desk, &user, page.theme.item.id).await.unwrap();
        let without = client.get("/api/v1/projects/3.07").await.json();
        assert!(without["data"].get("theme").is_none());
        assert_eq!(without["data"]["path"], "/research/organisational-learning");
        for id in [tomkins, page.theme.item.id] {
            publish(&desk, &user, id, None, &[]).await.unwrap();
        }
        let again = client.get("/api/v1/projects/3.07").await.text;
        assert_eq!(again, whole);
    }
}

#[tokio::test]
async fn more_rows_take_no_more_statements() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let addresses = [
        ("/api/v1/projects/3.07", 1),
        ("/api/v1/projects/3.07?fields=title", 2),
        ("/api/v1/people/leah-tomkins", 1),
        ("/api/v1/themes/leadership-management-and-organisation", 1),
        ("/api/v1/outputs", 1),
        ("/api/v1/outputs?fields=title", 1),
        ("/api/v1/outputs?theme=leadership-management-and-organisation&type=board-report&type=book", 3),
        ("/api/v1/outputs?availability=open", 1),
        ("/api/v1/projects/3.07/outputs", 3),
        ("/api/v1/events?when=past", 1),
        ("/api/v1/search?q=learning", 1),
        ("/api/v1/site", 1),
        ("/openapi.json", 0),
    ];
    for (address, statements) in addresses {
        assert_eq!(client.statements(address).await, statements, "{address}");
    }
    for number in 0..30 {
        let lead = build::person(&desk, "Somebody", &format!("Number{number}")).published(&desk).await;
        let row = credit(Some(&lead), "Number, S", true);
        let output = build::output(&desk, Some(&page.project), &format!("Learning {number}"), 2019).await;
        output.rows("authors", vec![row]).published(&desk).await;
        build::event(&desk, &format!("Event {number}"), "2025-01-01T10:00")
            .links("projects", &[&page.project])
            .published(&desk)
            .await;
    }
    for (address, statements) in addresses {
        assert_eq!(client.statements(address).await, statements, "{address}");
    }
}

#[tokio::test]
async fn search_finds_what_has_a_page() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let answer = client.get("/api/v1/search?q=organisational+learning").await;
    insta::assert_json_snapshot!("search", stable(&answer.text));
    // ‘Board report’ is a term, ‘Test centre’ the site: neither has a page of its own.
    assert!(client.get("/api/v1/search?q=board+report").await.all("id").is_empty());
    assert!(client.get("/api/v1/search?q=test+centre").await.all("id").is_empty());
    assert_eq!(client.get("/api/v1/search?q=3.07").await.all("object"), ["project"]);
    let whole = client.get("/api/v1/search?q=learn").await;
    let (all, total) = (whole.all("id"), whole.json()["page"]["total"].clone());
    assert!(all.len() > 2 && total == all.len(), "{total}");
    let (mut address, mut paged, mut before) =
        ("/api/v1/search?q=learn&limit=2".to_owned(), Vec::new(), None);
    loop {
        let answer = client.get(&address).await;
        paged.extend(answer.all("id"));
        assert_eq!(answer.json()["page"]["total"], total, "{address}");
        assert_eq!(answer.json()["links"]["prev"].as_str().is_some(), before.is_some(), "{address}");
        let Some(next) = answer.json()["links"]["next"].as_str().map(str::to_owned) else { break };
        before = Some(address);
        address = next.strip_prefix("https://api.example.org").unwrap_or(&next).to_owned();
    }
    assert_eq!(paged, all);
    let beyond = client.get("/api/v1/search?q=learn&cursor=eyJza2lwIjo1MDAwfQ").await;
    assert!(beyond.all("id").is_empty() && beyond.json()["page"]["total"] == total);
    assert_eq!(client.get("/api/v1/search").await.faults(), ["q missing"]);
    assert_eq!(
        client.get("/api/v1/search?q=-&limit=101&sort=title&cursor=x").await.faults(),
        ["sort unknown_parameter", "limit malformed", "q malformed", "cursor malformed"]
    );
}

#[tokio::test]
async fn children_of_a_page_follow_their_own_positions() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let about = page(&desk, "About", "about", None).await;
    for (title, position) in [("Second", 20), ("Third", 30), ("First", 10)] {
        let child = item(&desk, by_name("page").unwrap()).text("title", title);
        child.one("parent", about.item.id).integer("position", position).published(&desk).await;
    }
    let client = Client::new(&desk);
    let whole = client.get("/api/v1/pages/about").await.json();
    let titles: Vec<&str> = whole["data"]["children"]
        .as_array()
        .unwrap()
        .iter()
        .map(|child| child["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["First", "Second", "Third"]);
    assert_eq!(client.get("/api/v1/pages/about/children").await.all("title"), titles);
    assert_eq!(
        client.get("/api/v1/pages?parent=about&sort=-position").await.all("title"),
        ["Third", "Second", "First"]
    );
}

#[tokio::test]
async fn what_is_in_the_trash_is_gone() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    trash(&desk, &User::system(), page.project.item.id).await.unwrap();
    let client = Client::new(&desk);
    assert_eq!(client.get("/api/v1/projects/organisational-learning").await.status, 410);
    assert_eq!(client.get("/api/v1/projects").await.json()["page"]["total"], 0);
    assert!(client.get("/api/v1/outputs").await.json()["data"][0]["projects"].as_array().unwrap().is_empty());
}
