//! Whatever is asked of the public API, by whom and however: an answer of bounded size, never a
//! fault of ours, and every refusal a problem document that does not repeat what was sent.

use std::ops::Range;

use axum::body::Body;
use axum::http::Request;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

use crate::api::{Answer, Client, ThePage};
use crate::support::{Backend, TestDesk};

/// No refusal is longer, in bytes: it names what is known, and a little of what was sent.
const REFUSAL: usize = 65_536;

/// No answer over the little content of this test is longer.
const ANSWER: usize = 2_000_000;

struct Served {
    runtime: Runtime,
    client: Client,
    _desk: TestDesk,
    /// Every address that the description has, with and without something there.
    paths: Vec<String>,
    /// Every name that any of them takes.
    names: Vec<String>,
}

impl Served {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let (desk, client) = runtime.block_on(async {
            let desk = TestDesk::new(&Backend::Sqlite).await;
            ThePage::new(&desk).await;
            let client = Client::new(&desk);
            (desk, client)
        });
        let document = recto::api::openapi::document();
        let (mut paths, mut names) = (Vec::new(), vec!["tpye".to_owned()]);
        for (path, item) in document["paths"].as_object().unwrap() {
            // It has no end.
            if path.ends_with("/stream") {
                continue;
            }
            let parameters = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
            for reference in
                [parameters.first().and_then(|one| one["example"].as_str()).unwrap_or("x"), "x", "%ff"]
            {
                paths.push(path.replace("{reference}", reference));
            }
            names.extend(parameters.iter().filter_map(|one| one["name"].as_str()).map(str::to_owned));
            names.extend(["limit", "cursor", "q"].map(str::to_owned));
        }
        paths
            .extend(["/docs", "/docs.css", "/", "/api", "/api/v1", "/problems/not-found"].map(str::to_owned));
        for list in [&mut paths, &mut names] {
            list.sort();
            list.dedup();
        }
        Self { runtime, client, _desk: desk, paths, names }
    }

    fn ask(&self, method: &str, address: &str, headers: &[(String, Vec<u8>)]) -> Option<Answer> {
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(name.as_str(), value.as_slice());
        }
        // What is no request at all is refused before us.
        let request = request.body(Body::empty()).ok()?;
        Some(self.runtime.block_on(self.client.send_raw(request)))
    }
}

/// What must hold of each answer.
fn check(method: &str, address: &str, answer: &Answer) -> Result<(), TestCaseError> {
    let told: String = address.chars().take(300).collect();
    prop_assert!(answer.status < 500, "{} {}: {}", method, told, answer.text);
    prop_assert!(answer.text.len() <= ANSWER, "{} {}: {} bytes", method, told, answer.text.len());
    if method == "HEAD" {
        prop_assert_eq!(answer.text.as_str(), "");
        return Ok(());
    }
    if answer.status >= 400 {
        prop_assert_eq!(answer.header("content-type"), "application/problem+json", "{}", told);
        prop_assert_eq!(&answer.json()["status"], answer.status, "{}", told);
        prop_assert!(answer.text.len() <= REFUSAL, "{} {}: {} bytes", method, told, answer.text.len());
        let kept = match answer.status {
            410 => "public, max-age=60",
            400 | 404 => "public, max-age=5",
            _ => "no-store",
        };
        prop_assert_eq!(answer.header("cache-control"), kept);
    }
    // Every header is text, whatever was sent.
    prop_assert!(answer.headers.values().all(|value| value.to_str().is_ok()), "{}", told);
    Ok(())
}

fn run<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    if let Err(error) = TestRunner::new(config).run(strategy, test) {
        panic!("{error}");
    }
}

/// Bytes as they stand in an address: themselves where they may, percent-encoded where not, or
/// encoded wrongly.
fn written() -> impl Strategy<Value = String> {
    let byte = prop_oneof![
        6 => any::<u8>().prop_map(|byte| format!("%{byte:02x}")),
        6 => "[A-Za-z0-9._~!$'()*,;:@/-]",
        2 => prop::sample::select(vec!["%", "%4", "%zz", "%00", "%0A", "%c3%28", "%ed%a0%80", "+", "%E2%80%AE", "="])
            .prop_map(str::to_owned),
    ];
    prop::collection::vec(byte, 0..40).prop_map(|all| all.concat())
}

fn repeated(part: &'static str, times: Range<usize>) -> impl Strategy<Value = String> {
    times.prop_map(move |times| part.repeat(times))
}

/// A value: of the right kind, nearly, or anything.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        written(),
        "[a-z-]{0,20}",
        "-?[0-9]{1,25}",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?",
        prop::sample::select(vec![
            "", "true", "open", "upcoming", "-year", "title", "apa", "id,title", "2019", "1e9", "NaN"
        ])
        .prop_map(str::to_owned),
        "([a-z_]{1,9}(\\([a-z_,]{0,9}\\))?,?){0,9}",
        repeated("a", 0..5_000),
        repeated("%F0%9F%92%A9", 0..400),
        repeated("\"*(", 0..200).prop_map(|all| all.replace('"', "%22")),
    ]
}

fn query(names: Vec<String>) -> impl Strategy<Value = String> {
    let name = prop_oneof![8 => prop::sample::select(names), 1 => written(), 1 => repeated("n", 1..2_000)];
    let pair = (name, value()).prop_map(|(name, value)| format!("{name}={value}")).boxed();
    prop_oneof![
        6 => prop::collection::vec(pair.clone(), 0..6).prop_map(|pairs| pairs.join("&")),
        1 => prop::collection::vec(pair, 0..60).prop_map(|pairs| pairs.join("&")),
        1 => written(),
        1 => "[!-\"$-~]{0,200}",
        1 => repeated("&", 0..5_000),
        1 => repeated("type=a&", 0..60),
    ]
}

#[test]
fn no_query_breaks_it() {
    let served = Served::new();
    let method = prop::sample::select(vec!["GET", "GET", "GET", "HEAD"]);
    let requests = (prop::sample::select(served.paths.clone()), query(served.names.clone()), method);
    run(2_500, &requests, |(path, query, method)| {
        let address = format!("{path}?{query}");
        match served.ask(method, &address, &[]) {
            Some(answer) => check(method, &address, &answer),
            None => Ok(()),
        }
    });
}

#[test]
fn no_path_breaks_it() {
    let served = Served::new();
    let segment = prop_oneof![
        written(),
        repeated("a", 0..3_000),
        prop::sample::select(vec![
            "..", ".", "", "%2e%2e", "%2F", "api", "v1", "projects", "outputs", "3.07", "oai", "docs"
        ])
        .prop_map(str::to_owned),
        prop::sample::select(served.paths.clone()).prop_map(|path| path.trim_start_matches('/').to_owned()),
    ];
    let suffix = prop::sample::select(vec![
        "",
        "",
        ".bib",
        ".csl.json",
        ".ics",
        ".csv",
        ".bibliography",
        "/head",
        "/",
    ]);
    let requests = (prop::collection::vec(segment, 0..6), suffix);
    run(1_500, &requests, |(segments, suffix)| {
        let address = format!("/{}{suffix}", segments.join("/").replace('?', ""));
        match served.ask("GET", &address, &[]) {
            Some(answer) => check("GET", &address, &answer),
            None => Ok(()),
        }
    });
}

#[test]
fn no_header_and_no_method_breaks_it() {
    let served = Served::new();
    let name = prop::sample::select(vec![
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "last-event-id",
        "origin",
        "range",
        "referer",
        "te",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-http-method-override",
        "x-original-url",
        "x-request-id",
        "access-control-request-method",
        "access-control-request-headers",
    ]);
    let value = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        "[ -~]{0,60}".prop_map(String::into_bytes),
        repeated("\"x\", ", 0..2_000).prop_map(String::into_bytes),
        repeated("gzip;q=0.1,", 0..2_000).prop_map(String::into_bytes),
        prop::sample::select(vec![
            "*",
            "\"",
            "W/\"",
            "bytes=0-0",
            "bytes=-1",
            "bytes=0-,0-,0-",
            "gzip",
            "br;q=1.0",
            "zstd, *;q=0",
            "identity;q=0",
            "application/xml",
            "Wed, 21 Oct 2099 07:28:00 GMT",
            "evil.example",
            "../../etc/passwd",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let headers = prop::collection::vec((name.prop_map(str::to_owned), value), 0..5);
    let method = prop_oneof![
        6 => prop::sample::select(vec!["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"])
            .prop_map(str::to_owned),
        1 => "[A-Z!#$%&'*+.^_`|~-]{1,12}",
    ];
    let requests = (prop::sample::select(served.paths.clone()), method, headers);
    run(2_500, &requests, |(path, method, headers)| {
        let Some(answer) = served.ask(&method, &path, &headers) else { return Ok(()) };
        check(&method, &path, &answer)?;
        // No header makes an answer to a stranger, for a stranger.
        prop_assert!(answer.headers.get("set-cookie").is_none());
        prop_assert!(!answer.text.contains("evil.example") && !answer.text.contains("passwd"), "{}", path);
        if answer.status == 405 {
            prop_assert!(answer.header("allow").contains("GET"), "{} {}", method, path);
        }
        Ok(())
    });
}

#[test]
fn what_is_sent_is_not_sent_back() {
    let served = Served::new();
    // What is sent may be named so that it can be found, up to a hundred characters of it.
    for path in &served.paths {
        let long = "Zz9".repeat(1_300);
        for address in [
            format!("{path}?{long}=1"),
            format!("{path}?q={long}"),
            format!("{path}?fields={long}"),
            format!(
                "{path}?{}",
                (0..50).map(|at| format!("x{at}{}=1", "Zz9".repeat(20))).collect::<Vec<_>>().join("&")
            ),
        ] {
            let answer = served.ask("GET", &address, &[]).unwrap();
            check("GET", &address, &answer).unwrap();
            assert!(!answer.text.contains(&"Zz9".repeat(100)), "{path}: {}", answer.text);
        }
    }
}
