//! What SQLite does for requests: every declared filter, range, order and search, alone and two at a
//! time. No statement that a request runs may walk through a table without an index.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::api::{Client, ThePage};
use crate::support::{Backend, TestDesk};

/// What statements make themselves and may walk through: parts of a list, what a query lists. And the
/// tally, which has a row for each type and state.
const OWN: [&str; 7] = ["place", "placed", "here", "which", "newest", "json_each", "tally"];

/// A query with one parameter, as a test writes it.
type Asked = String;

/// The parameters of a list: those that say which items, and those that say in which order.
#[derive(Default)]
struct Parameters {
    filters: Vec<Asked>,
    sorts: Vec<Asked>,
}

fn resolve<'document>(document: &'document Json, json: &'document Json) -> &'document Json {
    match json["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => json,
    }
}

/// A value that the parameter takes.
fn values(document: &Json, parameter: &Json) -> Vec<String> {
    let schema = resolve(document, &parameter["schema"]);
    let schema = if schema["items"].is_object() { resolve(document, &schema["items"]) } else { schema };
    let text = |json: &Json| json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    if let Some(choices) = schema["enum"].as_array() {
        return choices.iter().map(text).collect();
    }
    let example =
        parameter["example"].as_array().and_then(|all| all.first()).unwrap_or(&parameter["example"]);
    if !example.is_null() {
        return vec![text(example)];
    }
    let date = schema["format"] == "date" || schema["anyOf"].is_array();
    let country = schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("[A-Z]"));
    vec![
        match schema["type"].as_str() {
            Some("boolean") => "true",
            Some("integer") => "2020",
            _ if date => "2024-01-31",
            _ if country => "GB",
            _ => "something",
        }
        .to_owned(),
    ]
}

fn parameters(document: &Json, operation: &Json) -> Parameters {
    let mut found = Parameters::default();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = resolve(document, parameter);
        let name = parameter["name"].as_str().unwrap();
        if parameter["in"] != "query"
            || matches!(name, "limit" | "cursor" | "fields" | "path" | "part" | "since")
        {
            continue;
        }
        let asked = values(document, parameter).into_iter().map(|value| format!("{name}={value}"));
        match name {
            "sort" => found.sorts.extend(asked),
            "style" | "locale" => {}
            _ => found.filters.extend(asked),
        }
    }
    // Several values of one filter are another statement than one.
    let repeated: Vec<Asked> = found.filters.iter().map(|one| format!("{one}&{one}x")).collect();
    let taken = repeated.into_iter().filter(|one| one.contains("something") || one.contains('-'));
    found.filters.extend(taken.filter(|one| !one.contains("[") && !one.contains("when")));
    found
}

/// What is wrong with how SQLite runs this statement; `whole` says that it is a list without a
/// filter, which must not be sorted.
async fn wrong(client: &Client, sql: &str, whole: bool) -> Vec<String> {
    let plan = client.store.explain(sql).await.unwrap();
    assert!(!plan.is_empty(), "{sql}");
    let inner: BTreeSet<i64> = plan
        .iter()
        .filter(|step| step.detail.starts_with("CO-ROUTINE") || step.detail.starts_with("MATERIALIZE"))
        .map(|step| step.id)
        .collect();
    let mut found = Vec::new();
    for step in &plan {
        let detail = step.detail.as_str();
        if let Some(scanned) = detail.strip_prefix("SCAN ") {
            // Walking the index of a type's wanted order is what a list is. Walking all links is none.
            let indexed = ["INDEX document_", "VIRTUAL TABLE INDEX", "CONSTANT ROW"];
            let own = scanned.starts_with("(subquery-")
                || OWN.iter().any(|name| scanned.split(' ').next().is_some_and(|first| first == *name));
            if !own && !indexed.iter().any(|how| detail.contains(how)) {
                found.push(detail.to_owned());
            }
        }
        // What is found may be put in order, a part of it at most; all of a type may not.
        if whole && detail.contains("TEMP B-TREE FOR ORDER BY") && inner.contains(&step.parent) {
            found.push(detail.to_owned());
        }
    }
    found
}

#[tokio::test]
async fn no_request_walks_through_a_table() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk);
    client.store.note_statements();
    let document = recto::api::openapi::document();
    // Each statement once, with a request that ran it; told apart by whether the list was whole.
    let mut statements: BTreeMap<(String, bool), String> = BTreeMap::new();
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if path.ends_with("/stream") || path == "/openapi.json" {
            continue;
        }
        let operation = &item["get"];
        let told = operation["parameters"].to_string();
        // Feeds and exports go on otherwise, or not at all.
        let list = told.contains("parameters/cursor") && !path.contains('.');
        let nested = path.contains('{');
        let reference = operation["parameters"][0]["example"].as_str().unwrap_or("none");
        let path = path.replace("{reference}", reference);
        let Parameters { filters, sorts } = parameters(&document, operation);
        let mut queries: Vec<(Asked, bool)> = vec![(String::new(), true)];
        queries.extend(sorts.iter().map(|sort| (sort.clone(), true)));
        queries.extend(filters.iter().map(|filter| (filter.clone(), false)));
        // Chosen properties are not prepared: other statements.
        if told.contains("\"fields\"") {
            queries.push(("fields=id".to_owned(), true));
            queries.extend(filters.iter().map(|filter| (format!("{filter}&fields=id"), false)));
        }
        for filter in &filters {
            queries.extend(sorts.iter().map(|sort| (format!("{filter}&{sort}"), false)));
        }
        for (query, whole) in queries {
            let mut address = format!("{path}?{query}");
            if list {
                address += "&limit=1";
            }
            // From where on is another statement: the first part's next, and back.
            for _ in 0..3 {
                let answer = client.get(&address).await;
                assert!([200, 400, 404].contains(&answer.status), "{address}: {}", answer.text);
                asked += 1;
                for sql in client.store.noted_statements() {
                    statements.entry((sql, whole && !nested)).or_insert_with(|| address.clone());
                }
                if !list || answer.status != 200 {
                    break;
                }
                let links = answer.json()["links"].clone();
                let on = if address.contains("cursor") { &links["prev"] } else { &links["next"] };
                let Some(on) = on.as_str() else { break };
                address = on.to_owned();
            }
        }
    }
    assert!(asked > 1_500 && statements.len() > 300, "{asked} {}", statements.len());
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for ((sql, whole), address) in &statements {
        for wrong in wrong(&client, sql, *whole).await {
            found.entry(wrong).or_insert_with(|| format!("{address}\n{sql}"));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn a_walk_would_be_seen() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    for sql in [
        "SELECT id FROM document WHERE title = 'x'",
        "SELECT d.id FROM document d JOIN link l ON l.position = d.key",
        "SELECT slug FROM address WHERE slug = ?",
    ] {
        assert!(!wrong(&client, sql, false).await.is_empty(), "{sql}");
    }
    let sorted = "SELECT d.id FROM (SELECT key AS at, slug FROM document WHERE object = 'output' ORDER BY slug LIMIT 3) place \
                  CROSS JOIN document d ON d.key = place.at ORDER BY place.slug";
    assert!(!wrong(&client, sorted, true).await.is_empty());
}
