//! The demonstration's content: it loads whole, says the same each time, and holds the facts of
//! the page that started it all.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use axum::body::Body;
use axum::http::Request;
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use recto::cli::demo::{Staff, is_empty, load, load_by};
use recto::content::{ContentType, Id, TYPES, by_name};
use recto::editing::{Desk, User, do_due};
use recto::published::{Document, Located, PublishedStore, References, Select};
use recto::store::{State, Stored};
use serde_json::Value as Json;

use crate::api::Client;
use crate::support::files::file_of;
use crate::support::{Backend, TestApp, TestDesk, backends};

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
        assert_eq!((loaded.items, loaded.published), (626, 585));
        for (name, drafts, public) in [
            ("theme", 8, 8),
            ("project", 30, 29),
            ("output", 325, 298),
            ("person", 96, 96),
            ("organisation", 47, 47),
            ("news", 40, 36),
            ("event", 36, 34),
            ("page", 19, 19),
            ("media", 21, 14),
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

async fn stored(desk: &Desk, name: &str) -> Vec<Stored> {
    let of: &'static ContentType = by_name(name).unwrap();
    let ids: Vec<Id> = all(desk.lists(), name).await.iter().map(|one| one.id.parse().unwrap()).collect();
    desk.store.items(of, &ids).await.unwrap()
}

/// What the public gets of each output that has a file: availability, whether it is public, the file's status.
async fn files(desk: &TestDesk, client: &Client) -> Vec<(String, bool, u16)> {
    let media = stored(desk, "media").await;
    let mut files = Vec::new();
    for output in stored(desk, "output").await {
        let Some(id) = output.item.one("file") else { continue };
        let media = media.iter().find(|media| media.item.id == id).unwrap();
        let address = format!("/media/{}", file_of(&media.item).path());
        let by_hash = client.send_raw(Request::get(address).body(Body::empty()).unwrap()).await;
        assert_eq!(client.get(&format!("/api/v1/media/{id}")).await.status, by_hash.status);
        if by_hash.status == 200 && media.item.text("file").ends_with(".pdf") {
            assert!(by_hash.text.starts_with("%PDF-"));
        }
        let public = output.meta.published_version.is_some();
        files.push((output.item.text("availability").to_owned(), public, by_hash.status));
    }
    files
}

#[tokio::test]
async fn each_availability_has_a_file_and_readers_get_those_of_what_is_open() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        load(&desk).await.unwrap();
        let client = Client::new(&desk);
        let now = files(&desk, &client).await;
        let kinds: BTreeSet<_> =
            now.iter().map(|(kind, public, status)| (&**kind, *public, *status)).collect();
        let wanted = [
            ("embargoed", true, 404),
            ("on_request", true, 404),
            // Withdrawn.
            ("open", false, 410),
            ("open", true, 200),
            ("unavailable", true, 404),
        ];
        assert_eq!(kinds, BTreeSet::from(wanted));
        // One embargo ends within days, one does not.
        desk.clock.advance(TimeDelta::days(5));
        do_due(&desk).await.unwrap();
        let later = files(&desk, &client).await;
        let count =
            |files: &[(String, bool, u16)], status| files.iter().filter(|one| one.2 == status).count();
        assert_eq!(count(&later, 200), count(&now, 200) + 1);
        assert!(later.contains(&("embargoed".to_owned(), true, 404)));
    }
}

#[tokio::test]
async fn a_text_shows_pictures_and_of_a_closed_file_words_alone() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    load(&desk).await.unwrap();
    let client = Client::new(&desk);
    for content_type in [by_name("page").unwrap(), by_name("news").unwrap()] {
        let mut pictures = 0;
        for one in all(desk.published.reader(), content_type.name).await {
            let answer = client.get(&format!("/api/v1/{}/{}", content_type.plural, one.id)).await.json();
            let body = answer["data"]["body"].as_str().unwrap_or_default();
            pictures += usize::from(body.contains("<img") && body.contains("srcset="));
        }
        assert!(pictures >= 2, "{}", content_type.name);
    }
    let news = all(desk.published.reader(), "news").await;
    let news = news.iter().find(|one| one.title.starts_with("Fewer, firmer")).unwrap();
    let news = client.get(&format!("/api/v1/news/{}", news.id)).await.json();
    let body = news["data"]["body"].as_str().unwrap();
    assert!(body.contains(">a briefing on writing recommendations</a>"), "{body}");
    assert!(body.contains("the findings on hindsight training, which"), "{body}");
}

#[tokio::test]
async fn it_was_made_by_several_people_on_several_days_and_not_today() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let mut staff = Staff::nobody();
        for (role, user) in [
            ("administrator", &mut staff.administrator),
            ("editor", &mut staff.editor),
            ("contributor", &mut staff.contributor),
        ] {
            app.user(role).await;
            let account = app.desk.store.account_by_email(&format!("{role}@example.org")).await.unwrap();
            *user = User::of(&account.unwrap(), HashSet::new());
        }
        load_by(&app.desk, &staff).await.unwrap();
        let outputs = stored(&app.desk, "output").await;
        let days = |of: &dyn Fn(&Stored) -> Option<DateTime<Utc>>| -> BTreeSet<_> {
            outputs.iter().filter_map(of).map(|at| at.date_naive()).collect()
        };
        let made = days(&|one| Some(one.meta.created_at));
        let saved = days(&|one| Some(one.meta.updated_at));
        let public = days(&|one| one.meta.published_at);
        assert!(made.len() > 5 && saved.len() > 5 && public.len() > 5);
        assert_ne!(made, public);
        let yesterday = app.desk.clock.now().date_naive() - TimeDelta::days(1);
        assert_eq!(saved.last(), Some(&yesterday));
        assert!(public.last().unwrap() < &yesterday);
        let changed = outputs.iter().filter(|one| one.state() == State::Changed);
        let by: BTreeSet<_> = changed.map(|one| one.meta.updated_by.clone()).collect();
        assert_eq!(by, BTreeSet::from([staff.contributor.account.clone(), staff.editor.account.clone()]));
        let terms = stored(&app.desk, "term").await;
        assert!(terms.iter().any(|one| one.meta.created_by == staff.administrator.account));
    }
}

#[tokio::test]
async fn some_people_and_organisations_have_identifiers() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    load(&desk).await.unwrap();
    let public = desk.published.reader();
    for (name, field, begins, least) in
        [("person", "orcid", "0009-9999-", 10), ("organisation", "ror", "https://ror.org/0", 10)]
    {
        let all = all(public, name).await;
        let given: Vec<&str> = all.iter().filter_map(|one| one.json.get(field)?.as_str()).collect();
        assert!(given.len() >= least && given.len() < all.len(), "{name}");
        assert!(given.iter().all(|id| id.contains(begins)), "{given:?}");
    }
}
