//! The API's description: that it is the one in the repository, and that answers keep to it.

use serde_json::{Value as Json, json};

use crate::api::{Client, ThePage};
use crate::content::values::is_shaped;
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

/// Holds values to schemas of the description. Stricter than JSON Schema: nothing may be there that
/// is not described.
struct Judge {
    document: Json,
}

impl Judge {
    fn new(document: &Json) -> Self {
        Self { document: document.clone() }
    }

    /// What in a value is not as its schema says.
    fn wrong(&self, schema: &Json, value: &Json) -> Vec<String> {
        let mut found = Vec::new();
        self.look(schema, value, "", &mut found);
        found
    }

    fn check(&self, schema: &Json, value: &Json, what: &str) {
        let found = self.wrong(schema, value);
        assert!(found.is_empty(), "{what}: {found:#?}");
    }

    fn look(&self, schema: &Json, value: &Json, at: &str, found: &mut Vec<String>) {
        let schema = resolve(&self.document, schema);
        for (ways, most) in [("oneOf", 1), ("anyOf", usize::MAX)] {
            let Some(all) = schema[ways].as_array() else { continue };
            let fitting = all.iter().filter(|way| self.wrong(way, value).is_empty()).count();
            if !(1..=most).contains(&fitting) {
                found.push(format!("{at} is {fitting} of what it may be"));
            }
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
            _ => true,
        };
        if !allowed || (!value.is_null() && !is_shaped(schema, value)) {
            found.push(format!("{at}: {value} is not as {schema} wants"));
        }
        match value {
            Json::Array(entries) => {
                for (number, entry) in entries.iter().enumerate() {
                    self.look(&schema["items"], entry, &format!("{at}/{number}"), found);
                }
            }
            Json::Object(map) if schema["properties"].is_object() => {
                for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
                    if !map.contains_key(name) {
                        found.push(format!("{at} has no {name}"));
                    }
                }
                for (name, value) in map {
                    match schema["properties"].get(name) {
                        Some(schema) => self.look(schema, value, &format!("{at}/{name}"), found),
                        None => found.push(format!("{at}/{name} is not described")),
                    }
                }
            }
            // What may be anything says so.
            Json::Object(_) if schema["type"] == "object" && schema["additionalProperties"] != true => {
                found.push(format!("{at} is not described"));
            }
            _ => {}
        }
    }
}

fn resolve<'document>(document: &'document Json, json: &'document Json) -> &'document Json {
    match json["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => json,
    }
}

/// Whatever there is at an address, held to what is said of it. Gives the status.
async fn hold(client: &Client, judge: &Judge, document: &Json, path: &str, address: &str) -> u16 {
    let answer = client.get(address).await;
    let responses = &document["paths"][path]["get"]["responses"];
    let response = resolve(document, &responses[answer.status.to_string()]);
    assert!(response.is_object(), "{address}: {} is not described", answer.status);
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let required = resolve(document, header)["required"] == true;
        // Quotas are told where there is a limit; `api_limit` has one.
        let often = !matches!(name.as_str(), "Link" | "Last-Modified" | "RateLimit" | "RateLimit-Policy");
        assert!(!(required || often) || answer.headers.contains_key(name), "{address}: {name}");
    }
    let Some(content) = response["content"].as_object() else { return answer.status };
    let (media, content) = content.iter().next().unwrap();
    assert!(media == "*/*" || answer.header("content-type").starts_with(media.as_str()), "{address}");
    let value = match content["schema"]["type"].as_str() {
        Some("string") => Json::from(answer.text.as_str()),
        _ => answer.json(),
    };
    judge.check(&content["schema"], &value, address);
    answer.status
}

/// The address that an operation's example leads to.
fn example(document: &Json, path: &str) -> String {
    let mut address = path.to_owned();
    let parameters = document["paths"][path]["get"]["parameters"].as_array().into_iter().flatten();
    for parameter in parameters.map(|parameter| resolve(document, parameter)) {
        let (name, example) = (parameter["name"].as_str().unwrap(), &parameter["example"]);
        if parameter["in"] == "path" {
            let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            address = address.replace(&format!("{{{name}}}"), &example);
        } else if parameter["required"] == true {
            address += &format!("?{name}={}", example.as_str().unwrap());
        }
    }
    address
}

#[tokio::test]
async fn answers_keep_to_the_description() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let document = client.get("/openapi.json").await.json();
    let judge = Judge::new(&document);
    assert_eq!(client.get("/api/v1/openapi.json").await.json(), document);
    let mut seen = 0;
    // The stream ends when the listener goes; its own test listens.
    for path in document["paths"].as_object().unwrap().keys().filter(|path| !path.ends_with("/stream")) {
        let address = example(&document, path);
        seen += usize::from(hold(&client, &judge, &document, path, &address).await == 200);
        hold(&client, &judge, &document, path, &path.replace("{reference}", "nowhere")).await;
        if path != "/oai" {
            let refused = hold(&client, &judge, &document, path, &format!("{address}?tpye=1&limit=0")).await;
            assert_eq!(refused, 400, "{path}");
        }
    }
    assert!(seen >= 62, "{seen}");
}

#[tokio::test]
async fn the_whole_demonstration_keeps_to_the_description() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    recto::cli::demo::load(&desk).await.unwrap();
    let client = Client::new(&desk);
    let document = recto::api::openapi::document();
    let judge = Judge::new(&document);
    let paths = document["paths"].as_object().unwrap();
    let mut seen = 0;
    for path in paths.keys().filter(|path| !path.ends_with("/stream")) {
        let status = hold(&client, &judge, &document, path, &example(&document, path)).await;
        // What the examples ask for is there; but nobody has put a picture into the demonstration.
        let absent = path.starts_with("/media/") || path == "/api/v1/media/{reference}";
        assert!(status == 200 || absent, "{path}: {status}");
        let parameters = paths[path]["get"]["parameters"].to_string();
        // A search is no list: nothing is in it that nobody looks for.
        if path.contains(['{', '.']) || !parameters.contains("parameters/cursor") || path.ends_with("/search")
        {
            continue;
        }
        // Each list to its end, and everything in it by itself.
        let mut on = Some(format!("{path}?limit=100"));
        while let Some(address) = on {
            assert_eq!(hold(&client, &judge, &document, path, &address).await, 200);
            let list = client.get(&address).await.json();
            for item in list["data"].as_array().into_iter().flatten() {
                let one = format!("{path}/{}", item["id"].as_str().unwrap());
                for (path, one) in [
                    (format!("{path}/{{reference}}"), one.clone()),
                    (format!("{path}/{{reference}}/head"), format!("{one}/head")),
                ] {
                    if paths.contains_key(&path) {
                        assert_eq!(hold(&client, &judge, &document, &path, &one).await, 200, "{one}");
                        seen += 1;
                    }
                }
            }
            on = list["links"]["next"].as_str().map(str::to_owned);
        }
    }
    assert!(seen > 1_000, "{seen}");
}

#[test]
fn every_example_is_as_its_schema_says() {
    let document = recto::api::openapi::document();
    let judge = Judge::new(&document);
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{id}");
            assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{id}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let parameter = resolve(&document, parameter);
                assert!(parameter["description"].is_string(), "{id} {}", parameter["name"]);
                if let Some(example) = parameter.get("example") {
                    judge.check(&parameter["schema"], example, &format!("{id} {}", parameter["name"]));
                }
            }
            let responses = operation["responses"].as_object().unwrap();
            for status in ["200", "429", "500", "503"] {
                assert!(responses.contains_key(status), "{id} {status}");
            }
            let file = path.starts_with("/media/");
            let located = path.contains('{') && !file || path == "/api/v1/pages";
            for (status, wanted) in [
                ("206", file),
                ("307", path == "/media/{file}/{name}"),
                ("416", file),
                ("304", path != "/oai" && !path.ends_with("/stream")),
                ("308", located),
                ("400", path != "/oai"),
                ("404", located || file || ["/api/v1/site", "/sitemap.xml"].contains(&path.as_str())),
                ("410", located),
            ] {
                assert_eq!(responses.contains_key(status), wanted, "{id} {status}");
            }
            for (status, response) in responses {
                for (media, content) in
                    resolve(&document, response)["content"].as_object().into_iter().flatten()
                {
                    // Bytes are not shown.
                    if media == "*/*" {
                        continue;
                    }
                    let example = content.get("example").unwrap_or_else(|| panic!("{id} {status} {media}"));
                    judge.check(&content["schema"], example, &format!("{id} {status}"));
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 300, "{seen}");
}

#[test]
fn what_is_wrong_is_found() {
    let document = recto::api::openapi::document();
    let judge = Judge::new(&document);
    let schema = json!({ "$ref": "#/components/schemas/ProjectAnswer" });
    let right = &document["paths"]["/api/v1/projects/{reference}"]["get"]["responses"]["200"]["content"]["application/json"]
        ["example"];
    judge.check(&schema, right, "example");
    for (pointer, value) in [
        ("/data/status", json!("finished")),
        ("/data/id", json!("3.07")),
        ("/data/title", Json::Null),
        ("/data/outputs/0/year", json!("2019")),
        (
            "/data/outputs/0/authors/0",
            json!({ "name": "Bristow, A", "lead": true, "email": "a@example.org" }),
        ),
        ("/data/secret", json!(1)),
    ] {
        let mut wrong = right.clone();
        match wrong.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => wrong["data"]["secret"] = value,
        }
        assert!(!judge.wrong(&schema, &wrong).is_empty(), "{pointer}");
    }
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
            let schema = match &parameter["schema"]["items"] {
                Json::Null => &parameter["schema"],
                items => resolve(&document, items),
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
