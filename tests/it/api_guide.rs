//! The guide, `docs/API.md`: every request in it can be made as it stands, over the demonstration,
//! and answers as the text says.

use axum::body::Body;
use axum::http::Request;
use futures_util::StreamExt as _;
use recto::api::{ApiConfig, router};
use recto::cli::demo::load;
use tower::ServiceExt as _;

use crate::api::{Answer, Client};
use crate::support::{Backend, TestDesk};

const API: &str = "http://127.0.0.1:8440/api/v1";

/// One request of the guide.
#[derive(Debug)]
struct Curl {
    /// The line as it stands.
    line: String,
    address: String,
    headers: Vec<(String, String)>,
}

/// The words of a command, as a shell takes them apart; quotes of both kinds, no escapes.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None, '|' | ')' | ';') => break,
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The requests in the guide's blocks of code.
fn requests(guide: &str, since: &str, tag: &str) -> Vec<Curl> {
    let mut requests = Vec::new();
    let blocks = guide.split("\n```").skip(1).step_by(2);
    for line in blocks.flat_map(str::lines) {
        let Some((_, command)) = line.split_once("curl ") else { continue };
        let spelt = command.replace("${API%/api/v1}", API.trim_end_matches("/api/v1")).replace("$API", API);
        // What a variable holds is not taken apart again.
        let held = |word: String| word.replace("$since", since).replace("$tag", tag);
        let words: Vec<String> = words(&spelt).into_iter().map(held).collect();
        assert!(words.iter().all(|word| !word.contains('$')), "{line}");
        let flags: String = words.iter().filter(|word| word.starts_with('-')).cloned().collect();
        let address = words.iter().find(|word| word.starts_with("http")).unwrap_or_else(|| panic!("{line}"));
        // curl takes brackets as its own unless it is told not to; a shell takes an ampersand.
        assert!(!address.contains(['[', '{']) || flags.contains('g'), "{line}");
        assert!(!address.contains(['&', '?']) || command.contains(['"', '\'']), "{line}");
        let headers = words.windows(2).filter(|two| two[0] == "-H").map(|two| {
            let (name, value) = two[1].split_once(": ").unwrap_or_else(|| panic!("{line}"));
            (name.to_owned(), value.to_owned())
        });
        requests.push(Curl {
            line: line.to_owned(),
            address: address.trim_start_matches("http://127.0.0.1:8440").to_owned(),
            headers: headers.collect(),
        });
    }
    requests
}

async fn ask(client: &Client, curl: &Curl) -> Answer {
    let mut request = Request::get(&curl.address);
    for (name, value) in &curl.headers {
        request = request.header(name, value);
    }
    client.send(request.body(Body::empty()).unwrap_or_else(|error| panic!("{error}: {curl:?}"))).await
}

#[tokio::test]
async fn every_request_of_the_guide_can_be_made() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    load(&desk).await.unwrap();
    let client = Client::new(&desk);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/API.md");
    let guide = std::fs::read_to_string(file).unwrap();
    let latest = client.get("/api/v1/changes?limit=1").await.json();
    let tag = client.ask("HEAD", "/api/v1/projects/3.07").await.header("etag").to_owned();
    let requests = requests(&guide, latest["page"]["latest"].as_str().unwrap(), &tag);
    assert!(requests.len() >= 28, "{}", requests.len());
    let mut empty = Vec::new();
    for curl in &requests {
        if curl.address.contains("/stream") {
            listen(&desk, curl).await;
            continue;
        }
        let answer = ask(&client, curl).await;
        // What the text beside them says.
        let wanted = match curl {
            Curl { headers, .. } if !headers.is_empty() => 304,
            Curl { address, .. } if address.contains("tpye") => 400,
            _ => 200,
        };
        let told: String = answer.text.chars().take(500).collect();
        assert_eq!(answer.status, wanted, "{}: {told}", curl.line);
        if answer.text.contains("\"data\":[]") && !curl.address.contains("since=") {
            empty.push(curl.line.as_str());
        }
    }
    assert!(empty.is_empty(), "requests that show nothing: {empty:#?}");
}

/// The stream has no end: its beginning is read.
async fn listen(desk: &TestDesk, curl: &Curl) {
    let store = desk.published.reader().clone();
    let router = router(store, ApiConfig::default(), desk.clock.clone());
    let response = router.oneshot(Request::get(&curl.address).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status().as_u16(), 200, "{}", curl.line);
    let first = response.into_body().into_data_stream().next().await.unwrap().unwrap();
    assert!(first.starts_with(b"id:") || first.starts_with(b"retry:"), "{first:?}");
}
