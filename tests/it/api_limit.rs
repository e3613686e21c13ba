//! What is made anew for one address is bounded; what is told from memory is free.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, Request};
use chrono::TimeDelta;
use futures_util::future::join_all;
use http_body_util::BodyExt as _;
use recto::api::{ApiConfig, MEMORY, Rate, router};
use serde_json::Value as Json;
use tower::ServiceExt as _;

use crate::api::{Answer, ThePage};
use crate::support::files::{file_of, media};
use crate::support::{Backend, TestDesk};

const SOMEBODY: &str = "192.0.2.1";

/// An API that makes five answers at once for an address, and one in a second.
struct Limited {
    desk: TestDesk,
    router: Router,
}

impl Limited {
    async fn new(told_in: Option<&'static str>) -> Self {
        let desk = TestDesk::new(&Backend::Sqlite).await;
        ThePage::new(&desk).await;
        let count = |number| NonZeroU32::new(number).unwrap();
        let config = ApiConfig {
            memory: MEMORY,
            rate: Some(Rate { per_minute: count(60), burst: count(5) }),
            client_address_header: told_in.map(HeaderName::from_static),
            files: Some(desk.media.files().clone()),
            ..ApiConfig::default()
        };
        let router = router(desk.published.reader().clone(), config, desk.clock.clone());
        Self { desk, router }
    }

    async fn ask(&self, from: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let from: IpAddr = from.parse().unwrap();
        let mut request = Request::get(path).extension(ConnectInfo(SocketAddr::new(from, 4_711)));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap(), bytes }
    }

    /// An answer that nobody has asked for before.
    async fn fresh(&self, from: &str, number: u32) -> Answer {
        self.ask(from, &format!("/api/v1/search?q=x{number}"), &[]).await
    }

    async fn left(&self, from: &str, path: &str) -> String {
        self.ask(from, path, &[]).await.header("ratelimit").to_owned()
    }
}

#[tokio::test]
async fn what_is_made_is_counted_and_what_is_told_again_is_not() {
    let api = Limited::new(None).await;
    let made = api.ask(SOMEBODY, "/api/v1/projects/3.07", &[]).await;
    assert_eq!(made.status, 200);
    assert_eq!(made.header("ratelimit-policy"), "\"address\";q=5;w=5");
    assert_eq!(made.header("ratelimit"), "\"address\";r=4;t=1");
    for from in [SOMEBODY, "192.0.2.2"] {
        for _ in 0..20 {
            let told = api.ask(from, "/api/v1/projects/3.07", &[]).await;
            assert_eq!(
                (told.status, told.header("ratelimit"), told.header("ratelimit-policy")),
                (200, "", "")
            );
        }
        let tag = made.header("etag");
        let known = api.ask(from, "/api/v1/projects/3.07", &[("if-none-match", tag)]).await;
        assert_eq!((known.status, known.header("ratelimit")), (304, ""));
    }
    // What is wrong is made too, and what does not exist.
    assert_eq!(api.left(SOMEBODY, "/api/v1/projects?nonsense=1").await, "\"address\";r=3;t=2");
    assert_eq!(api.left(SOMEBODY, "/api/v1/projects/nothing").await, "\"address\";r=2;t=3");
    assert_eq!(api.left(SOMEBODY, "/nowhere").await, "\"address\";r=1;t=4");
    assert_eq!(api.left("192.0.2.2", "/nowhere").await, "\"address\";r=4;t=1");
}

#[tokio::test]
async fn files_are_counted_each_time_since_they_are_read_each_time() {
    let api = Limited::new(None).await;
    let stored = media(&api.desk, "shown.txt", b"shown".to_vec()).await.published(&api.desk).await;
    let address = format!("/media/{}", file_of(&stored.item).path());
    assert_eq!(api.left(SOMEBODY, &address).await, "\"address\";r=4;t=1");
    assert_eq!(api.left(SOMEBODY, &address).await, "\"address\";r=3;t=2");
    for _ in 0..3 {
        assert_eq!(api.ask(SOMEBODY, &address, &[]).await.text, "shown");
    }
    assert_eq!(api.ask(SOMEBODY, &address, &[]).await.status, 429);
    // The quota is one, whatever is asked for.
    assert_eq!(api.fresh(SOMEBODY, 1).await.status, 429);
}

#[tokio::test]
async fn too_much_is_refused_in_words_and_kept_nowhere() {
    let api = Limited::new(None).await;
    for number in 0..5 {
        assert_eq!(api.ask(SOMEBODY, &format!("/api/v1/news?limit={}", number + 1), &[]).await.status, 200);
    }
    let refused = api.ask(SOMEBODY, "/api/v1/themes", &[]).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.header("cache-control"), "no-store");
    assert_eq!(refused.header("ratelimit"), "\"address\";r=0;t=5");
    assert_eq!(refused.json()["type"], "/problems/too-many-requests");
    assert!(refused.header("access-control-expose-headers").contains("ratelimit"));
    // Others are not refused, and what they were told is free again for whoever has nothing left.
    assert_eq!(api.ask("192.0.2.2", "/api/v1/themes", &[]).await.status, 200);
    let told = api.ask(SOMEBODY, "/api/v1/themes", &[]).await;
    assert_eq!((told.status, told.header("ratelimit")), (200, ""));
    // Time gives it back.
    assert_eq!(api.ask(SOMEBODY, "/api/v1/people", &[]).await.status, 429);
    api.desk.clock.advance(TimeDelta::seconds(1));
    assert_eq!(api.left(SOMEBODY, "/api/v1/people").await, "\"address\";r=0;t=5");
    assert_eq!(api.ask(SOMEBODY, "/api/v1/organisations", &[]).await.status, 429);
}

#[tokio::test]
async fn whoever_asks_the_same_at_the_same_time_is_not_charged() {
    let api = Limited::new(None).await;
    for number in 0..5 {
        api.ask(SOMEBODY, &format!("/api/v1/news?limit={}", number + 1), &[]).await;
    }
    // Among them one who has nothing left, and who is refused at most for himself.
    let addresses: Vec<String> = std::iter::once(SOMEBODY.to_owned())
        .chain((1..30).map(|last| format!("198.51.100.{last}")))
        .collect();
    let answers = join_all(addresses.iter().map(|from| api.ask(from, "/api/v1/projects/3.07", &[]))).await;
    assert!(matches!(answers[0].status, 200 | 429));
    assert!(answers[1..].iter().all(|answer| answer.status == 200));
    let answers = join_all(addresses[1..].iter().map(|from| api.ask(from, "/api/v1/people", &[]))).await;
    let charged = answers.iter().filter(|answer| !answer.header("ratelimit").is_empty()).count();
    assert_eq!(charged, 1);
}

#[tokio::test]
async fn costly_answers_cost_more() {
    let api = Limited::new(None).await;
    assert_eq!(api.left(SOMEBODY, "/api/v1/search?q=praise").await, "\"address\";r=0;t=5");
    api.desk.clock.advance(TimeDelta::seconds(4));
    let refused = api.ask(SOMEBODY, "/api/v1/outputs.bib", &[]).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "1"));
    api.desk.clock.advance(TimeDelta::seconds(1));
    // It costs more than there can be: everything.
    assert_eq!(api.left(SOMEBODY, "/api/v1/outputs.bib").await, "\"address\";r=0;t=5");
    assert_eq!(api.ask(SOMEBODY, "/api/v1/themes", &[]).await.status, 429);
    assert_eq!(api.ask(SOMEBODY, "/api/v1/outputs.bib", &[]).await.status, 200);
}

#[tokio::test]
async fn a_customer_of_ipv6_is_one_and_this_machine_is_nobody() {
    let api = Limited::new(None).await;
    assert_eq!(api.fresh("2001:db8:0:1::1", 0).await.status, 200);
    assert_eq!(api.fresh("2001:db8:0:1:ffff::2", 1).await.status, 429);
    assert_eq!(api.fresh("2001:db8:0:2::1", 2).await.status, 200);
    assert_eq!(api.fresh("::ffff:192.0.2.1", 3).await.status, 200);
    assert_eq!(api.fresh(SOMEBODY, 4).await.status, 429);
    for (number, from) in (100..).zip(["127.0.0.1", "::1", "127.0.0.2", "::ffff:127.0.0.1", "127.0.0.1"]) {
        let answer = api.fresh(from, number).await;
        assert_eq!((answer.status, answer.header("ratelimit")), (200, ""), "{from}");
    }
}

#[tokio::test]
async fn nobody_chooses_whom_they_are_taken_for() {
    let api = Limited::new(Some("x-forwarded-for")).await;
    let ask = async |number: u32, lines: &[&str]| {
        let headers: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
        api.ask("127.0.0.1", &format!("/api/v1/search?q=x{number}"), &headers).await.status
    };
    assert_eq!(ask(0, &[SOMEBODY]).await, 200);
    assert_eq!(ask(1, &["127.0.0.1, 192.0.2.1"]).await, 429);
    assert_eq!(ask(2, &["127.0.0.1", "192.0.2.1"]).await, 429);
    assert_eq!(ask(3, &["198.51.100.9", "198.51.100.8, 192.0.2.1"]).await, 429);
    assert_eq!(ask(4, &["192.0.2.1:4712"]).await, 429);
    assert_eq!(ask(5, &["192.0.2.1, 198.51.100.9"]).await, 200);
    // Where nobody is trusted the header is of no account.
    let api = Limited::new(None).await;
    let told = [("x-forwarded-for", "127.0.0.1")];
    assert_eq!(api.ask(SOMEBODY, "/api/v1/search?q=a", &told).await.status, 200);
    assert_eq!(api.ask(SOMEBODY, "/api/v1/search?q=b", &told).await.status, 429);
}

#[tokio::test]
async fn without_a_limit_nothing_is_said_of_one() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = crate::api::Client::new(&desk);
    let answer = client.get("/api/v1/site").await;
    assert_eq!((answer.status, answer.header("ratelimit"), answer.header("ratelimit-policy")), (200, "", ""));
    let described: Json = client.get("/openapi.json").await.json();
    let responses = &described["paths"]["/api/v1/site"]["get"]["responses"];
    assert_eq!(responses["429"]["$ref"], "#/components/responses/too-many-requests");
}
