//! The public API's grammar: what may be asked, what is refused, and that every list can be walked.

use axum::body::Body;
use axum::http::Request;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use recto::content::{Row, TYPES, Value};

use crate::api::{Client, ThePage};
use crate::support::build;
use crate::support::files::{media, png};
use crate::support::{Backend, TestDesk};

/// All ids of a list, part by part, following `next`; then back again, following `prev`.
async fn walk(client: &Client, address: &str) -> Vec<String> {
    let mut there = Vec::new();
    let mut at = client.get(address).await;
    let total = at.json()["page"]["total"].as_u64().unwrap();
    assert!(at.json()["page"]["prev"].is_null(), "{address}");
    loop {
        there.extend(at.all("id"));
        assert_eq!(at.json()["page"]["total"], total);
        let Some(next) = at.json()["links"]["next"].as_str().map(str::to_owned) else { break };
        at = client.get(&next).await;
        assert!(there.len() < 1_000, "{address} has no end");
    }
    let mut back: Vec<Vec<String>> = vec![at.all("id")];
    while let Some(prev) = at.json()["links"]["prev"].as_str().map(str::to_owned) {
        at = client.get(&prev).await;
        back.push(at.all("id"));
        assert!(back.len() < 1_000, "{address} has no beginning");
    }
    back.reverse();
    assert_eq!(back.concat(), there, "{address}");
    assert_eq!(there.len() as u64, total, "{address}");
    let mut once = there.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), there.len(), "{address} tells something twice");
    there
}

#[tokio::test]
async fn every_list_can_be_walked_there_and_back() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let theme = build::theme(&desk, 1, "Theme").published(&desk).await;
    let project = build::project(&desk, &theme, "1.01", "Project").published(&desk).await;
    for number in 0..23 {
        // Few years, titles and places, so that most are equal.
        let title = format!("Learning {}", number % 4);
        let output = build::output(&desk, None, &title, 2018 + number % 3).await;
        let row = Row { target: Some(project.item.id), values: vec![Value::Integer(number % 5)] };
        output.rows("projects", vec![row]).published(&desk).await;
    }
    for number in 2..20 {
        let code = format!("1.{number:02}");
        let project = build::project(&desk, &theme, &code, "Project");
        // Half of them have no start: they sort before all others.
        let project =
            if number % 2 == 0 { project.text("start", &format!("20{number:02}-01-01")) } else { project };
        project.published(&desk).await;
    }
    let client = Client::new(&desk);
    for limit in [1, 4, 7, 23, 100] {
        for list in ["outputs", "projects/1.01/outputs"] {
            for sort in ["", "&sort=year", "&sort=-year", "&sort=title", "&sort=-updated_at"] {
                walk(&client, &format!("/api/v1/{list}?limit={limit}{sort}")).await;
            }
        }
        for sort in ["", "&sort=-position", "&q=learning", "&q=learning&sort=-year"] {
            walk(&client, &format!("/api/v1/projects/1.01/outputs?limit={limit}{sort}")).await;
        }
        for sort in ["start", "-start", "code", "end", "-end"] {
            walk(&client, &format!("/api/v1/projects?limit={limit}&sort={sort}")).await;
        }
    }
    let years = client.get("/api/v1/outputs?limit=100").await.all("year");
    assert!(years.is_sorted_by(|a, b| a >= b), "{years:?}");
    let codes = client.get("/api/v1/projects?limit=100").await.all("code");
    assert!(codes.len() == 19 && codes.is_sorted(), "{codes:?}");
    let places = client.get("/api/v1/projects/1.01/outputs?limit=100").await.json();
    let place = |output: &serde_json::Value| output["projects"][0]["position"].as_i64().unwrap();
    assert!(places["data"].as_array().unwrap().iter().map(place).is_sorted());
    let own = client.get("/api/v1/projects/1.01").await.json();
    assert_eq!(own["data"]["outputs"], places["data"]);
}

#[tokio::test]
async fn a_cursor_stays_a_place_when_items_come_and_go() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let mut outputs = Vec::new();
    for number in 0..6 {
        outputs
            .push(build::output(&desk, None, &format!("Output {number}"), 2019).await.published(&desk).await);
    }
    let client = Client::new(&desk);
    let first = client.get("/api/v1/outputs?sort=title&limit=3").await;
    assert_eq!(first.all("title"), ["Output 0", "Output 1", "Output 2"]);
    // The item at the edge goes, one before it comes.
    recto::editing::unpublish(&desk, &recto::editing::User::system(), outputs[2].item.id).await.unwrap();
    build::output(&desk, None, "Output 0.5", 2019).await.published(&desk).await;
    let next = first.json()["links"]["next"].as_str().unwrap().to_owned();
    assert_eq!(client.get(&next).await.all("title"), ["Output 3", "Output 4", "Output 5"]);
}

#[tokio::test]
async fn filters_of_one_name_are_or_of_two_are_and() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let total = async |address: &str| {
        let answer = client.get(&format!("/api/v1/{address}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["page"]["total"].as_i64().unwrap()
    };
    let project = page.project.item.id;
    for (address, expected) in [
        ("outputs".to_owned(), 6),
        ("outputs?type=board-report".to_owned(), 3),
        ("outputs?type=board-report&type=academic-paper".to_owned(), 4),
        ("outputs?type=board-report&type=academic-paper&authors=leah-tomkins".to_owned(), 3),
        ("outputs?type=board-report&year=2020".to_owned(), 0),
        ("outputs?year=2019&year=2020".to_owned(), 6),
        ("outputs?year%5Bgte%5D=2020".to_owned(), 2),
        ("outputs?year[lte]=2019".to_owned(), 4),
        ("outputs?year[gte]=2019&year[lte]=2019".to_owned(), 4),
        ("outputs?year[gte]=2020&year[lte]=2019".to_owned(), 0),
        ("outputs?availability=on_request".to_owned(), 4),
        ("outputs?theme=leadership-management-and-organisation".to_owned(), 6),
        (format!("outputs?theme={}", page.theme.item.id), 6),
        ("outputs?theme=another".to_owned(), 0),
        ("outputs?projects=3.07".to_owned(), 6),
        ("outputs?projects=3.7&projects=9.99".to_owned(), 6),
        (format!("outputs?projects={project}"), 6),
        (format!("outputs?projects={}", page.theme.item.id), 0),
        ("outputs?type=no-such".to_owned(), 0),
        ("outputs?type=%27%20OR%201=1".to_owned(), 0),
        ("outputs?q=blame".to_owned(), 3),
        ("outputs?q=blame+prais".to_owned(), 2),
        ("outputs?q=blame&type=board-report".to_owned(), 1),
        ("outputs?q=%22blame%22+OR+title%3A*".to_owned(), 0),
        ("projects?theme=leadership-management-and-organisation&status=complete".to_owned(), 1),
        ("projects?status=active".to_owned(), 0),
        ("projects?team=jean-hartley".to_owned(), 1),
        ("projects?partners=metropolitan-police-service".to_owned(), 1),
        ("people?standing=current".to_owned(), 1),
        ("pages?in_navigation=false".to_owned(), 2),
        ("pages?in_navigation=true".to_owned(), 0),
        ("pages?parent=home".to_owned(), 1),
        ("themes?number=3".to_owned(), 1),
        ("themes?number=4".to_owned(), 0),
        ("organisations?kind=police-service".to_owned(), 1),
        ("organisations?country=gb".to_owned(), 0),
        ("terms?vocabulary=organisation_kind".to_owned(), 6),
        ("news?date[gte]=2023-12-04&date[lte]=2023-12-04".to_owned(), 1),
        ("news?theme=leadership-management-and-organisation".to_owned(), 1),
        ("events?start[gte]=2023-12-07&start[lte]=2023-12-07".to_owned(), 1),
        ("events?start[gte]=2023-12-07T10:31&start[lte]=2024-01-15T11:00".to_owned(), 1),
        ("events?end[lte]=2023-12-07T12:30".to_owned(), 1),
        ("events?state=scheduled&state=cancelled&projects=3.07&when=past".to_owned(), 2),
        ("projects/3.07/outputs?type=board-report&year=2019".to_owned(), 3),
        ("projects/3.07/events?when=upcoming".to_owned(), 0),
        ("people/leah-tomkins/outputs?year=2020".to_owned(), 2),
        ("people/leah-tomkins/projects".to_owned(), 1),
        ("themes/leadership-management-and-organisation/projects?status=complete".to_owned(), 1),
        ("organisations/metropolitan-police-service/projects".to_owned(), 1),
    ] {
        assert_eq!(total(&address).await, expected, "{address}");
    }
}

#[tokio::test]
async fn fields_choose_one_level_deep() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let one = client.get("/api/v1/projects/3.07?fields=title,theme(title),team(person),outputs(title,lead),breadcrumbs(title)").await.json();
    insta::assert_json_snapshot!("fields", crate::api::stable(&one["data"].to_string()));
    let list = client.get("/api/v1/projects").await.json();
    assert!(list["data"][0].get("body").is_none() && list["data"][0].get("body_text").is_none());
    let list = client.get("/api/v1/projects?fields=body_text").await.json();
    assert_eq!(list["data"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "body_text"]);
    for (address, faults) in [
        ("outputs?fields=", "fields malformed"),
        ("outputs?fields=title,", "fields malformed"),
        ("outputs?fields=lead(person(title))", "fields malformed"),
        ("outputs?fields=title,title", "fields repeated"),
        ("outputs?fields=title(x)", "fields unknown_field"),
        ("outputs?fields=outputs", "fields unknown_field"),
        ("outputs?fields=_title", "fields unknown_field"),
        ("people?fields=email_public", "fields unknown_field"),
        ("projects/3.07?fields=team(email)", "fields unknown_field"),
        ("projects/3.07?fields=breadcrumbs(id)", "fields unknown_field"),
    ] {
        assert_eq!(client.get(&format!("/api/v1/{address}")).await.faults(), [faults], "{address}");
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let cursor =
        client.get("/api/v1/outputs?limit=1").await.json()["page"]["next"].as_str().unwrap().to_owned();
    let many = |parameter: &str, times: usize| vec![parameter; times].join("&");
    let ids: Vec<String> = (0..21).map(|number| format!("projects=p-{number}")).collect();
    for (address, faults) in [
        ("outputs?limit=101", vec!["limit malformed"]),
        ("outputs?limit=+1", vec!["limit malformed"]),
        ("outputs?limit=0x1", vec!["limit malformed"]),
        ("outputs?limit=5&limit=5", vec!["limit repeated"]),
        ("outputs?Limit=5", vec!["Limit unknown_parameter"]),
        ("outputs?year[gt]=2019", vec!["year[gt] unknown_parameter"]),
        ("outputs?year[gte]=2019&year[gte]=2020", vec!["year[gte] repeated"]),
        ("outputs?availability[gte]=open", vec!["availability[gte] unknown_parameter"]),
        ("outputs?when=upcoming", vec!["when unknown_parameter"]),
        ("events?when=now", vec!["when not_a_choice"]),
        ("events?start[gte]=yesterday", vec!["start[gte] malformed"]),
        ("news?date[lte]=2023-02-30", vec!["date[lte] malformed"]),
        ("pages?in_navigation=yes", vec!["in_navigation not_a_choice"]),
        ("themes?number=x", vec!["number malformed"]),
        ("outputs?sort=", vec!["sort not_a_choice"]),
        ("outputs?sort=title,year", vec!["sort not_a_choice"]),
        ("outputs?sort=--title", vec!["sort not_a_choice"]),
        ("outputs?sort=position", vec!["sort not_a_choice"]),
        ("outputs?sort=$place", vec!["sort not_a_choice"]),
        ("outputs?cursor=", vec!["cursor malformed"]),
        ("outputs?cursor=e30", vec!["cursor malformed"]),
        (&format!("outputs?sort=title&cursor={cursor}"), vec!["cursor malformed"]),
        (&format!("outputs?q=learning&cursor={cursor}"), vec!["cursor malformed"]),
        (&format!("outputs?q={}", "x".repeat(201)), vec!["q too_long"]),
        (&format!("outputs?{}", ids.join("&")), vec!["projects too_many"]),
        (&format!("outputs?{}", many("x=1", 51)), vec![" too_many"]),
        (&format!("outputs?q={}", "x".repeat(4_095)), vec![" too_long"]),
        ("outputs?q=%", vec![" malformed"]),
        ("outputs?q=a%00b", vec![" malformed"]),
        ("projects/3.07?limit=1", vec!["limit unknown_parameter"]),
        ("site?q=x", vec!["q unknown_parameter"]),
        ("openapi.json?q=x", vec!["q unknown_parameter"]),
    ] {
        let answer = client.get(&format!("/api/v1/{address}")).await;
        assert_eq!(answer.faults(), faults, "{address}");
        assert!(answer.text.len() < 20_000, "{address}");
    }
    assert_eq!(client.get(&format!("/api/v1/outputs?{}", many("year=2019", 50))).await.status, 200);
    assert_eq!(client.get(&format!("/api/v1/outputs?q={}", "x".repeat(200))).await.status, 200);
    assert_eq!(client.get(&format!("/api/v1/outputs?cursor={cursor}&&limit=1&")).await.status, 200);
    let unknown = client.get("/api/v1/themes?x=1").await.json();
    assert_eq!(
        unknown["errors"][0]["allowed"],
        serde_json::json!(["limit", "cursor", "sort", "fields", "q", "number"])
    );
}

/// Queries near to and far from what we know.
fn queries() -> impl Strategy<Value = String> {
    let names: Vec<String> =
        ["limit", "cursor", "sort", "fields", "q", "when", "year[gte]", "start[lte]", "x"]
            .iter()
            .map(|&name| name.to_owned())
            .chain(TYPES.iter().flat_map(|one| one.fields.iter().map(|field| field.name.to_owned())))
            .collect();
    let value = prop_oneof![
        any::<String>().prop_map(|text| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()),
        "[ -~]{0,40}",
        "[a-z_]{1,8}(\\([a-z_,]{0,12}\\)){0,2}",
        "-?[0-9]{1,20}",
        "(%[0-9a-fA-F]{2}){0,8}",
        r#"\{"sort":"-?(year|code|start)","at":\{"key":(null|1|"x"|9223372036854775807|1e3),"id":"018f0000-0000-7000-8000-000000000000","before":(true|false)\}\}"#
            .prop_map(|json| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, json)),
        "\\{\"skip\":-?[0-9]{1,19}\\}"
            .prop_map(|json| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, json)),
    ];
    let pair = (prop::sample::select(names), value).prop_map(|(name, value)| format!("{name}={value}"));
    prop_oneof![4 => prop::collection::vec(pair, 0..5).prop_map(|pairs| pairs.join("&")), 1 => "[!-~]{0,200}"]
}

#[test]
fn no_request_breaks_it() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (_desk, client) = runtime.block_on(async {
        let desk = TestDesk::new(&Backend::Sqlite).await;
        ThePage::new(&desk).await;
        let client = Client::new(&desk);
        (desk, client)
    });
    let mut paths: Vec<String> = TYPES.iter().map(|one| format!("/api/v1/{}", one.plural)).collect();
    paths.extend(
        [
            "/api/v1/projects/3.07",
            "/api/v1/projects/3.07/outputs",
            "/api/v1/search",
            "/api/v1/people/leah-tomkins/outputs",
            "/openapi.json",
        ]
        .map(str::to_owned),
    );
    let header = prop::sample::select(vec![
        "if-none-match",
        "accept",
        "accept-encoding",
        "origin",
        "range",
        "cookie",
        "if-modified-since",
        "x-http-method-override",
    ]);
    let requests = (
        prop::sample::select(paths),
        prop_oneof![3 => Just(String::new()), 1 => "/[!-~]{0,60}"],
        queries(),
        header,
        prop::collection::vec(any::<u8>(), 0..60),
        prop::sample::select(vec!["GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "TRACE"]),
    );
    let config = Config { cases: 1_500, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&requests, |(path, more, query, name, value, method)| {
        let address = format!("{path}{more}?{query}");
        // What is no request at all is refused before us.
        let Ok(request) =
            Request::builder().method(method).uri(&address).header(name, value).body(Body::empty())
        else {
            return Ok(());
        };
        let answer = runtime.block_on(client.send(request));
        prop_assert!(answer.status < 500, "{method} {address}: {}", answer.text);
        prop_assert!(
            [200, 304, 308, 400, 404, 405, 410].contains(&answer.status),
            "{address}: {}",
            answer.status
        );
        if answer.status >= 400 && method != "HEAD" {
            prop_assert_eq!(&answer.json()["status"], answer.status);
        }
        prop_assert_eq!(
            answer.header("x-content-type-options"),
            if method == "OPTIONS" { "" } else { "nosniff" }
        );
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[tokio::test]
async fn people_are_shown_an_address_only_if_they_want_to_be() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let person =
        |name: &str| build::person(&desk, "Anna", name).text("email", &format!("{name}@example.org"));
    person("hidden").published(&desk).await;
    person("shown").text("email_public", "true").published(&desk).await;
    media(&desk, "logo.png", png(9, 9)).await.text("title", "Logo").published(&desk).await;
    let client = Client::new(&desk);
    let answer = client.get("/api/v1/people").await;
    assert!(answer.text.contains("shown@example.org"));
    assert!(!answer.text.contains("hidden@example.org"));
    assert!(client.get("/api/v1/search?q=hidden%40example.org").await.all("id").is_empty());
    let media = client.get("/api/v1/media").await.json();
    assert!(media["data"][0].get("path").is_none());
    let one = client.get("/api/v1/media/logo").await.json();
    assert!(one["data"].get("breadcrumbs").is_none());
}
