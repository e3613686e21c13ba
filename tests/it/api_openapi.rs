//! The API's description: that it is the one in the repository, and that answers keep to it.

use serde_json::Value as Json;

use crate::api::{Client, ThePage};
use crate::support::{Backend, TestDesk};

#[test]
fn the_description_is_the_one_in_the_repository() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        kept == recto::api::openapi::text(),
        "openapi.json is not what the declarations say. Look at the difference and run: cargo run -- openapi > openapi.json"
    );
}

/// What in a value is not as its schema says.
fn wrong(document: &Json, schema: &Json, value: &Json, at: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema =
            document.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference}"));
        return wrong(document, schema, value, at, found);
    }
    if let Some(ways) = schema["oneOf"].as_array() {
        let fits = ways.iter().any(|way| {
            let mut found = Vec::new();
            wrong(document, way, value, at, &mut found);
            found.is_empty()
        });
        if !fits {
            found.push(format!("{at} is nothing of what it may be"));
        }
        return;
    }
    let kind = match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    let allowed = match &schema["type"] {
        Json::String(one) => one == kind,
        Json::Array(several) => several.iter().any(|one| one == kind),
        _ => false,
    };
    if !allowed {
        found.push(format!("{at} is {kind}, not {}", schema["type"]));
    }
    if let Some(choices) = schema["enum"].as_array()
        && !choices.contains(value)
    {
        found.push(format!("{at} is not among its choices"));
    }
    match value {
        Json::Array(entries) => {
            for (number, entry) in entries.iter().enumerate() {
                wrong(document, &schema["items"], entry, &format!("{at}.{number}"), found);
            }
        }
        Json::Object(map) if schema.get("properties").is_some() => {
            for name in schema["required"].as_array().into_iter().flatten() {
                if !map.contains_key(name.as_str().unwrap()) {
                    found.push(format!("{at} has no {name}"));
                }
            }
            for (name, value) in map {
                match schema["properties"].get(name) {
                    Some(schema) => wrong(document, schema, value, &format!("{at}.{name}"), found),
                    None => found.push(format!("{at}.{name} is not described")),
                }
            }
        }
        _ => {}
    }
}

fn resolve<'document>(document: &'document Json, json: &'document Json) -> &'document Json {
    match json["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => json,
    }
}

#[tokio::test]
async fn answers_keep_to_the_description() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let document = client.get("/openapi.json").await.json();
    assert_eq!(client.get("/api/v1/openapi.json").await.json(), document);
    let references = [
        ("/projects/", "3.07"),
        ("/themes/", "leadership-management-and-organisation"),
        ("/outputs/", "empowering-learning"),
        ("/people/", "leah-tomkins"),
        ("/organisations/", "metropolitan-police-service"),
        ("/news/", "can-a-virtual-reality-courtroom-be-a-useful-learning-tool"),
        ("/events/", "research-priority-workshop"),
        ("/pages/", "research"),
        ("/terms/", "board-report"),
    ];
    let mut seen = 0;
    for (path, operation) in document["paths"].as_object().unwrap() {
        let reference =
            references.iter().find(|(part, _)| path.contains(part)).map_or("none", |(_, one)| one);
        // It ends when the listener goes; its own test listens.
        if path.ends_with("/stream") {
            continue;
        }
        let mut address = path.replace("{reference}", reference);
        if path.ends_with("search") {
            address += "?q=learning";
        }
        let answer = client.get(&address).await;
        let responses = &operation["get"]["responses"];
        let response = resolve(&document, &responses[answer.status.to_string()]);
        assert!(response.is_object(), "{address}: {} is not described", answer.status);
        let content = response["content"].as_object().unwrap();
        let (media, content) = content.iter().next().unwrap();
        assert!(answer.header("content-type").starts_with(media.as_str()), "{address}");
        for header in response["headers"].as_object().into_iter().flatten().map(|(name, _)| name) {
            // Said where there is a limit; `api_limit` has one.
            let sometimes = ["Link", "RateLimit", "RateLimit-Policy"].contains(&header.as_str());
            assert!(sometimes || answer.headers.contains_key(header), "{address}: {header}");
        }
        let mut found = Vec::new();
        let value = match content["schema"]["type"].as_str() {
            Some("string") => Json::from(answer.text.as_str()),
            _ => answer.json(),
        };
        wrong(&document, &content["schema"], &value, path, &mut found);
        assert!(found.is_empty(), "{found:#?}");
        if let Some(example) = content.get("example") {
            let mut found = Vec::new();
            wrong(&document, &content["schema"], example, "example", &mut found);
            assert!(found.is_empty(), "{found:#?}");
        }
        seen += usize::from(answer.status == 200);
    }
    assert!(seen >= 54, "{seen}");
}

#[tokio::test]
async fn every_described_parameter_is_taken_and_nothing_else_is_said() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let document = client.get("/openapi.json").await.json();
    for (path, operation) in document["paths"].as_object().unwrap() {
        // Harvesters are told in the protocol's own words.
        if path == "/oai" {
            continue;
        }
        let address = path.replace("{reference}", "x");
        let refused = client.get(&format!("{address}?no-such-parameter=1")).await;
        let mut described: Vec<&str> = operation["get"]["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| resolve(&document, parameter))
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let json = refused.json();
        let mut allowed: Vec<&str> = json["errors"][0]["allowed"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|name| name.as_str().unwrap())
            .collect();
        described.sort_unstable();
        allowed.sort_unstable();
        assert_eq!(described, allowed, "{path}");
        // Whatever a sort or a choice may be is taken.
        for parameter in operation["get"]["parameters"].as_array().into_iter().flatten() {
            let parameter = resolve(&document, parameter);
            let schema = if parameter["schema"]["items"].is_object() {
                &parameter["schema"]["items"]
            } else {
                &parameter["schema"]
            };
            for choice in schema["enum"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                let answer = client.get(&format!("{address}?{name}={}", choice.as_str().unwrap())).await;
                assert!(
                    answer.status == 200 || answer.status == 404,
                    "{address}?{name}={choice}: {}",
                    answer.text
                );
            }
        }
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn walk(document: &Json, json: &Json, operations: &mut Vec<String>) {
        match json {
            Json::Object(map) => {
                if let Some(reference) = map.get("$ref").and_then(Json::as_str) {
                    assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
                }
                if let Some(id) = map.get("operationId").and_then(Json::as_str) {
                    assert!(!operations.iter().any(|known| known == id), "{id} twice");
                    operations.push(id.to_owned());
                }
                map.values().for_each(|value| walk(document, value, operations));
            }
            Json::Array(entries) => entries.iter().for_each(|entry| walk(document, entry, operations)),
            _ => {}
        }
    }
    let document = recto::api::openapi::document();
    let mut operations = Vec::new();
    walk(&document, &document, &mut operations);
    let paths = document["paths"].as_object().unwrap().values();
    assert_eq!(operations.len(), paths.map(|path| path.as_object().unwrap().len()).sum::<usize>());
}
