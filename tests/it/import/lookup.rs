//! Looking up what identifiers stand for, against services of the test's own.

use std::sync::{Arc, Mutex};

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use recto::import::{Hints, Sheet, Source, read};
use recto::metadata::Metadata;
use serde_json::{Value, json};

use crate::support::reader;

/// What was asked: paths with their queries, and who asked.
type Asked = Arc<Mutex<Vec<String>>>;

async fn crossref(
    State(asked): State<Asked>,
    headers: HeaderMap,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let filter =
        query.iter().find(|(name, _)| name == "filter").map(|(_, value)| value.clone()).unwrap_or_default();
    asked.lock().unwrap().push(format!("{filter} {}", headers[header::USER_AGENT].to_str().unwrap()));
    if filter.contains("10.5555/away") {
        // Where nobody must follow.
        return (StatusCode::FOUND, [(header::LOCATION, "http://127.0.0.1:9/")]).into_response();
    }
    let work = json!({
        "DOI": "10.5555/ONE", "type": "journal-article", "title": ["Of <i>two</i> things"],
        "container-title": ["Policing"], "author": [{"given": "Leah", "family": "Tomkins"}, {"name": "Home Office"}],
        "issued": {"date-parts": [[2019, 3]]}, "publisher": "A Press", "volume": "16", "page": "1-9",
        "abstract": "<jats:p>About it.</jats:p>", "ISSN": ["1742-7150"], "URL": "https://doi.org/10.5555/one"
    });
    let items = if filter.contains("orcid:0000-0002-1825-0097") || filter.contains("doi:10.5555/one") {
        vec![work]
    } else {
        vec![]
    };
    Json(json!({ "message": { "items": items } })).into_response()
}

async fn datacite(Query(query): Query<Vec<(String, String)>>) -> Json<Value> {
    let ids =
        query.iter().find(|(name, _)| name == "ids").map(|(_, value)| value.as_str()).unwrap_or_default();
    let work = json!({ "attributes": {
        "doi": "10.5555/data", "titles": [{"title": "A set of data"}], "publicationYear": 2021,
        "creators": [{"familyName": "Hartley", "givenName": "Jean"}, {"name": "A Group"}],
        "types": {"citeproc": "dataset", "resourceType": ""}, "publisher": {"name": "Zenodo"},
        "descriptions": [{"descriptionType": "Abstract", "description": "Numbers."}], "container": {}
    }});
    Json(json!({ "data": if ids.contains("10.5555/data") { vec![work] } else { vec![] } }))
}

/// A service, and where it is.
async fn serve(asked: Asked) -> String {
    let router = Router::new()
        .route("/works", get(crossref))
        .route("/dois", get(datacite))
        .route("/html/works", get(|| async { "<html>" }))
        .with_state(asked);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn list(text: &str) -> Sheet {
    read(Source::Clipboard { html: "", text }, None, Hints::default()).unwrap()
}

fn titles(sheet: &Sheet) -> Vec<&str> {
    let at = sheet.column("title").unwrap();
    sheet.rows.iter().map(|row| row.cells[at].as_str()).collect()
}

#[tokio::test]
async fn identifiers_become_works() {
    let asked = Asked::default();
    let base = serve(asked.clone()).await;
    let metadata = Metadata::new(Some(&base), Some(&base), Some("office@example.org")).unwrap();
    let sheet = metadata
        .complete(
            list("10.5555/one\nhttps://doi.org/10.5555/DATA\n10.5555/unknown&rows=1\n0000-0002-1825-0097\n"),
            &reader(),
            "",
        )
        .await;
    assert_eq!(titles(&sheet), ["Of two things", "A set of data", "", "Of two things"]);
    assert!(sheet.is_sound() && sheet.skipped.is_empty(), "{:?}", sheet.skipped);
    let cell = |row: usize, meaning: &str| sheet.rows[row].cells[sheet.column(meaning).unwrap()].clone();
    assert_eq!(cell(0, "authors"), "Tomkins, Leah; Home Office");
    assert_eq!(
        (cell(0, "type"), cell(0, "year"), cell(0, "abstract")),
        ("Journal article".into(), "2019".into(), "About it.".into())
    );
    assert_eq!(
        (cell(1, "type"), cell(1, "authors"), cell(1, "publisher")),
        ("Dataset".into(), "Hartley, Jean; A Group".into(), "Zenodo".into())
    );
    assert_eq!(cell(2, "doi"), "10.5555/unknown&rows=1", "what nobody knows keeps its row");
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2, "all DOIs in one request, and one for the person: {asked:?}");
    assert!(asked[0].contains("doi:10.5555/unknown&rows=1"), "an identifier stays within its parameter");
    assert!(asked[0].contains("Recto/") && asked[0].contains("(mailto:office@example.org)"));
}

#[tokio::test]
async fn what_cannot_be_asked_is_told_and_nothing_is_lost() {
    let asked = Asked::default();
    let base = serve(asked.clone()).await;
    let text = "10.5555/away\n10.5555/one\n";
    // A redirect, an answer that is no JSON, and nobody there.
    for (crossref, why) in [
        (base.clone(), "302"),
        (format!("{base}/html"), "no JSON"),
        ("http://127.0.0.1:9".to_owned(), "cannot be reached"),
    ] {
        let metadata = Metadata::new(Some(&crossref), None, None).unwrap();
        let sheet = metadata.complete(list(text), &reader(), "").await;
        assert_eq!(titles(&sheet), ["", ""]);
        assert_eq!(sheet.skipped.len(), 1);
        assert!(sheet.skipped[0].why.contains(why), "{:?}", sheet.skipped);
    }
    assert!(
        Metadata::new(None, None, Some("office@example.org")).is_none(),
        "nobody is asked unless the settings say whom"
    );
}
