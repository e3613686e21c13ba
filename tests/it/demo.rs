//! The demonstration's content: it loads whole, says the same each time, and holds the facts of
//! the page that started it all.

use std::collections::BTreeMap;

use chrono::{TimeZone as _, Utc};
use recto::cli::demo::{is_empty, load};
use recto::content::{TYPES, by_name};
use recto::editing::Desk;
use recto::published::{Document, Located, PublishedStore, References, Select};
use serde_json::Value as Json;

use crate::support::{Backend, TestDesk, backends};

async fn all(store: &PublishedStore, name: &str) -> Vec<Document> {
    let select = Select { limit: 10_000, ..Select::of(by_name(name).unwrap()) };
    store.list(&select).await.unwrap().items
}

async fn resolved(store: &PublishedStore, documents: &[Document]) -> Vec<Json> {
    let references = References::load(store, documents.iter().map(|document| &document.json)).await.unwrap();
    documents.iter().map(|document| references.resolve(&document.json)).collect()
}

/// Everything that the desk holds, with slugs in the place of ids.
async fn content(desk: &Desk) -> Vec<String> {
    let mut documents = Vec::new();
    for content_type in TYPES {
        documents.extend(all(desk.lists(), content_type.name).await);
    }
    let slugs: BTreeMap<String, String> = documents
        .iter()
        .map(|document| (document.id.clone(), format!("{}/{}", document.content_type.name, document.slug)))
        .collect();
    let mut texts: Vec<String> = documents
        .iter()
        .map(|document| format!("{} {}", document.path, without_ids(&document.json, &slugs)))
        .collect();
    texts.sort();
    texts
}

fn without_ids(json: &Json, slugs: &BTreeMap<String, String>) -> Json {
    match json {
        Json::String(text) => Json::String(slugs.get(text).unwrap_or(text).clone()),
        Json::Array(all) => all.iter().map(|one| without_ids(one, slugs)).collect(),
        Json::Object(map) => {
            Json::Object(map.iter().map(|(name, one)| (name.clone(), without_ids(one, slugs))).collect())
        }
        other => other.clone(),
    }
}

#[tokio::test]
async fn it_loads_whole_and_what_is_not_finished_stays_a_draft() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        assert!(is_empty(&desk).await.unwrap());
        let loaded = load(&desk).await.unwrap();
        assert!(!is_empty(&desk).await.unwrap());
        assert_eq!((loaded.items, loaded.published), (615, 581));
        for (name, drafts, public) in [
            ("theme", 8, 8),
            ("project", 30, 29),
            ("output", 325, 299),
            ("person", 96, 96),
            ("organisation", 47, 47),
            ("news", 40, 36),
            ("event", 36, 34),
            ("page", 19, 19),
            ("media", 10, 9),
            ("site", 1, 1),
        ] {
            assert_eq!(all(desk.lists(), name).await.len(), drafts, "{name}");
            assert_eq!(all(desk.published.reader(), name).await.len(), public, "{name}");
        }
        // The first start has made ten types of outputs and six kinds of organisations.
        let terms = all(desk.lists(), "term").await;
        assert_eq!(terms.len(), 16 + 4);
        let mut labels: Vec<&str> = terms.iter().map(|term| term.title.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), terms.len());
        let site = &all(desk.published.reader(), "site").await[0];
        assert_eq!(site.title, "Centre for Policing and Public Learning");
    }
}

#[tokio::test]
async fn the_same_day_gives_the_same_content() {
    let first = TestDesk::new(&Backend::Sqlite).await;
    let second = TestDesk::new(&Backend::Sqlite).await;
    load(&first).await.unwrap();
    load(&second).await.unwrap();
    let (first, second) = (content(&first).await, content(&second).await);
    for (one, other) in first.iter().zip(&second) {
        assert_eq!(one, other);
    }
    assert_eq!(first.len(), second.len());
}

#[tokio::test]
async fn the_page_that_started_it_comes_back() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    load(&desk).await.unwrap();
    let public = desk.published.reader();
    let project_type = by_name("project").unwrap();
    let Located::Here(project) = public.locate(project_type, "3.07").await.unwrap() else { panic!() };
    assert_eq!(project.path, "/research/leadership-management-and-organisation/organisational-learning");
    let json = &resolved(public, std::slice::from_ref(&project)).await[0];
    assert_eq!(json["title"], "Organisational learning");
    assert_eq!(json["status_label"], "Complete");
    assert_eq!(json["theme"]["number"], 3);
    assert_eq!(json["theme"]["title"], "Leadership, management and organisation");
    let names = |field: &str, to: &str, name: &str| -> Vec<String> {
        let rows = json[field].as_array().unwrap().iter();
        rows.map(|row| row[to][name].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("team", "person", "display_name"), ["Dr Leah Tomkins", "Professor Jean Hartley"]);
    assert_eq!(names("partners", "organisation", "name"), ["Metropolitan Police Service"]);
    assert_eq!(json["partners"][0]["role_label"], "Policing partner");
    for words in [
        "Learning from success and failure",
        "Learning and well-being",
        "Leadership",
        "Evidence-based",
        "Innovation",
    ] {
        assert!(json["body_text"].as_str().unwrap().contains(words), "{words}");
    }

    // Breadcrumbs: Home, Research, the theme, the project.
    let theme_path = "/research/leadership-management-and-organisation";
    let paths = ["/", "/research", theme_path, &project.path].map(str::to_owned);
    let crumbs = public.at_paths(&paths).await.unwrap();
    let titles: Vec<&str> = crumbs.iter().map(|crumb| crumb.title.as_str()).collect();
    assert_eq!(titles[0], "Home");
    assert_eq!(titles[1], "Research");
    assert!(titles[2].contains("Leadership, management and organisation"));
    assert!(titles[3].contains("Organisational learning"));

    let [outputs, news, events] = project_type.inverses else { panic!() };
    let outputs = public.inverse(outputs, &project.id).await.unwrap();
    let rows: Vec<[String; 5]> = resolved(public, &outputs)
        .await
        .iter()
        .map(|output| {
            let text = |json: &Json| json.as_str().map_or_else(|| json.to_string(), str::to_owned);
            let note = output.get("to_note").map(text).unwrap_or_default();
            [
                text(&output["title"]),
                text(&output["type"]["label"]),
                text(&output["lead"]["name"]),
                text(&output["year"]),
                note,
            ]
        })
        .collect();
    let (report, board, request) = ("Action research report", "Board report", "Available on request");
    assert_eq!(
        rows,
        [
            ["From blame to praise in policing: Implications for leadership and the public conversation", report, "Tomkins, L", "2020", ""],
            ["From blame to praise in policing: Implications for strategy, culture, process and well-being", report, "Tomkins, L", "2020", ""],
            ["Asymmetries of leadership: Agency, response and reason", "Academic paper", "Tomkins, L", "2019", request],
            ["Learning and well-being: Safety, failure, fault and blame", board, "Tomkins, L", "2019", request],
            ["Empowering learning", board, "Bristow, A", "2019", request],
            ["Leadership and organisational learning", board, "Tomkins, L", "2019", request],
        ]
        .map(|row| row.map(str::to_owned))
    );

    let news = public.inverse(news, &project.id).await.unwrap();
    assert_eq!(news[0].title, "Can a virtual reality courtroom be a useful learning tool?");
    assert_eq!(news[0].json["date"], "2023-12-04");
    let mut events = public.inverse(events, &project.id).await.unwrap();
    events.reverse();
    let told: Vec<[&str; 4]> = events
        .iter()
        .map(|event| {
            let text = |name: &str| event.json.get(name).and_then(Json::as_str).unwrap_or_default();
            [text("title"), text("start"), text("end"), text("venue")]
        })
        .collect();
    assert_eq!(
        told,
        [
            ["Membership Group Meeting", "2023-12-07T10:30", "2023-12-07T12:30", ""],
            [
                "Research Priority workshop",
                "2024-01-15T11:00",
                "2024-01-15T13:00",
                "The Open University, Milton Keynes"
            ],
        ]
    );
}

#[tokio::test]
async fn days_are_counted_from_today() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    load(&desk).await.unwrap();
    let embargoes: Vec<String> = all(desk.lists(), "output")
        .await
        .iter()
        .filter_map(|output| output.json.get("embargo_until").and_then(Json::as_str).map(str::to_owned))
        .collect();
    assert_eq!(embargoes.len(), 20);
    assert!(embargoes.iter().all(|day| day.as_str() > "2026-03-02"), "{embargoes:?}");
    let upcoming = all(desk.published.reader(), "event").await;
    let upcoming = upcoming.iter().filter(|event| event.json["start"].as_str().unwrap() > "2026-03-02");
    assert!(upcoming.count() >= 5);
    assert_eq!(desk.clock.now(), Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap());
}
