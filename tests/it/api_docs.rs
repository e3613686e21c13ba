//! The page at `/docs`: that it says what the description says, works by itself and lets in nothing
//! from elsewhere.

use scraper::{Html, Selector};
use serde_json::Value as Json;

use crate::api::{Answer, Client, ThePage};
use crate::support::build;
use crate::support::{Backend, TestDesk};

async fn page(client: &Client) -> (Answer, Html) {
    let answer = client.get("/docs").await;
    let html = Html::parse_document(&answer.text);
    (answer, html)
}

fn texts(html: &Html, selector: &str) -> Vec<String> {
    let tidy = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    html.select(&Selector::parse(selector).unwrap()).map(|element| tidy(element.text().collect())).collect()
}

fn attributes(html: &Html, selector: &str, name: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    html.select(&selector).filter_map(|element| element.attr(name).map(str::to_owned)).collect()
}

#[tokio::test]
async fn every_operation_and_schema_is_on_the_page() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    let (answer, html) = page(&client).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
    let document = recto::api::openapi::document();
    let addresses = texts(&html, "main article .address");
    let mut operations = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(addresses.contains(&format!("{} {path}", method.to_uppercase())), "{method} {path}");
            let named = |selector: &str| texts(&html, &format!("article#{id} {selector}"));
            assert_eq!(
                named("h3"),
                [operation["summary"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")]
            );
            assert_eq!(texts(&html, &format!("nav a[href='#{id}']")).len(), 1, "{id}");
            let names = operation["parameters"].as_array().into_iter().flatten().map(|parameter| {
                let parameter = match parameter["$ref"].as_str() {
                    Some(to) => document.pointer(to.trim_start_matches('#')).unwrap(),
                    None => parameter,
                };
                parameter["name"].as_str().unwrap().to_owned()
            });
            if method == "get" {
                assert_eq!(named("tbody th > code"), names.collect::<Vec<_>>(), "{id}");
            }
            operations += 1;
        }
    }
    assert_eq!(addresses.len(), operations);
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert_eq!(texts(&html, &format!("#schema-{name}-name")), [name.as_str()]);
    }
    for status in ["400", "404", "410", "429", "500", "503"] {
        assert_eq!(texts(&html, &format!("#problem-{status}-name")).len(), 1, "{status}");
    }
}

#[tokio::test]
async fn it_stands_by_itself() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    let (answer, html) = page(&client).await;
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"));
    // No script, no inline style, nothing from another host.
    for none in ["script", "style", "[style]", "iframe", "img", "form", "[onclick]"] {
        assert!(texts(&html, none).is_empty(), "{none}");
    }
    assert_eq!(attributes(&html, "link[rel=stylesheet]", "href"), ["/docs.css"]);
    let styles = client.get("/docs.css").await;
    assert_eq!((styles.status, styles.header("content-type")), (200, "text/css; charset=utf-8"));
    assert!(!styles.text.contains("url(") && !styles.text.contains("@import"));
    for address in attributes(&html, "[href]", "href") {
        assert!(address.starts_with(['/', '#']) || address == "data:,", "{address}");
    }
    // Links within the page lead somewhere, and nothing is there twice.
    let mut ids = attributes(&html, "[id]", "id");
    for to in attributes(&html, "a[href^='#']", "href") {
        assert!(ids.iter().any(|id| to == format!("#{id}")), "{to}");
    }
    for named in attributes(&html, "[aria-labelledby]", "aria-labelledby") {
        assert!(ids.contains(&named), "{named}");
    }
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert_eq!(texts(&html, "h1").len(), 1);
}

#[tokio::test]
async fn its_requests_can_be_asked_as_they_stand() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let (_, html) = page(&client).await;
    let requests = attributes(&html, ".request a", "href");
    assert!(requests.len() >= 64, "{}", requests.len());
    for request in requests.iter().filter(|request| !request.ends_with("/stream")) {
        let answer = client.get(request).await;
        // Nothing is in the media library here.
        let absent = request.starts_with("/api/v1/media/") || request.starts_with("/media/");
        assert_eq!(answer.status, if absent { 404 } else { 200 }, "{request}: {}", answer.text);
    }
    let at = Client::at(&desk, Some("https://api.example.org"));
    let (_, html) = page(&at).await;
    for request in attributes(&html, ".request a", "href") {
        assert!(request.starts_with("https://api.example.org/"), "{request}");
    }
}

#[tokio::test]
async fn it_is_kept_and_told_like_every_answer_and_knows_no_draft() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    let tag = client.get("/docs").await.header("etag").to_owned();
    assert_eq!(tag.len(), 34);
    assert_eq!(client.get_with("/docs", "if-none-match", &tag).await.status, 304);
    assert_eq!(client.ask("HEAD", "/docs").await.text, "");
    assert_eq!(client.get("/docs?x=1").await.faults(), ["x unknown_parameter"]);
    assert_eq!(client.get("/docs.css?x=1").await.faults(), ["x unknown_parameter"]);
    assert_eq!(client.ask("POST", "/docs").await.status, 405);
    build::theme(&desk, 7, "Nobody may know").draft(&desk).await;
    assert_eq!(client.get("/docs").await.header("etag"), tag);
    build::theme(&desk, 8, "Known").published(&desk).await;
    let (answer, html) = page(&client).await;
    assert!(attributes(&html, "#get_theme .request a", "href")[0].ends_with("/themes/known"));
    assert!(!answer.text.contains("obody"));
    let json: Json = client.get("/openapi.json").await.json();
    assert!(!json.to_string().contains("known\""));
}
