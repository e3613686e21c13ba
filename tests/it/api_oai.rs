//! Harvesting by OAI-PMH: what the protocol demands of each answer, and that a harvest has all.

use axum::body::Body;
use axum::http::Request;
use chrono::TimeDelta;
use quick_xml::Reader;
use quick_xml::events::Event;
use recto::editing::{User, publish, trash, unpublish};

use crate::api::{Client, ThePage, change};
use crate::api_exports::{article, stable_text};
use crate::support::build;
use crate::support::{Backend, TestDesk, backends};

/// An element of an answer.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    /// Reads a document; whatever is not well-formed panics.
    fn read(xml: &str) -> Self {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = true;
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => open.push(Self::started(&start)),
                Event::Empty(start) => {
                    let element = Self::started(&start);
                    open.last_mut().unwrap().children.push(element);
                }
                Event::End(_) => {
                    let element = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(element);
                }
                Event::Text(text) => open.last_mut().unwrap().text += &text,
                Event::GeneralRef(name) => {
                    let text = match &*name {
                        "amp" => "&",
                        "lt" => "<",
                        "gt" => ">",
                        "quot" => "\"",
                        "apos" => "'",
                        other => panic!("&{other};"),
                    };
                    open.last_mut().unwrap().text += text;
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(open.len(), 1);
        open.pop().unwrap().children.pop().unwrap()
    }

    fn started(start: &quick_xml::events::BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let value = quick_xml::escape::unescape(&attribute.value).unwrap().into_owned();
            (attribute.key.as_ref().to_owned(), value)
        });
        Self { attributes: attributes.collect(), name: start.name().as_ref().to_owned(), ..Self::default() }
    }

    fn get(&self, name: &str) -> &Self {
        self.children.iter().find(|child| child.name == name).unwrap_or_else(|| panic!("{name} in {self:?}"))
    }

    fn has(&self, name: &str) -> bool {
        self.children.iter().any(|child| child.name == name)
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    fn all(&self, name: &str) -> Vec<&Self> {
        self.children.iter().filter(|child| child.name == name).collect()
    }
}

/// Asks, and checks what every answer must be (§3.2).
async fn ask(client: &Client, query: &str) -> Element {
    let answer = client.get(&format!("/oai?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    assert_eq!(answer.header("content-type"), "text/xml; charset=utf-8");
    assert!(answer.text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "{}", answer.text);
    let root = Element::read(&answer.text);
    assert_eq!(root.name, "OAI-PMH");
    assert_eq!(root.attribute("xmlns"), Some("http://www.openarchives.org/OAI/2.0/"));
    let names: Vec<&str> = root.children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(names[..2], ["responseDate", "request"]);
    let date = &root.children[0].text;
    assert!(date.len() == 20 && date.ends_with('Z') && date.parse::<chrono::DateTime<chrono::Utc>>().is_ok());
    assert_eq!(root.children[1].text, "https://api.example.org/oai");
    root
}

async fn error(client: &Client, query: &str) -> String {
    let root = ask(client, query).await;
    let errors = root.all("error");
    assert_eq!(errors.len(), 1, "{root:?}");
    assert!(!errors[0].text.is_empty());
    let code = errors[0].attribute("code").unwrap().to_owned();
    let repeats = !root.get("request").attributes.is_empty();
    assert_eq!(repeats, !matches!(code.as_str(), "badVerb" | "badArgument"), "{query}");
    code
}

#[tokio::test]
async fn the_archive_says_what_it_is() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::at(&desk, Some("https://api.example.org/"));
    let root = ask(&client, "verb=Identify").await;
    assert_eq!(root.get("request").attribute("verb"), Some("Identify"));
    let identify = root.get("Identify");
    for (name, text) in [
        ("repositoryName", "Test centre"),
        ("baseURL", "https://api.example.org/oai"),
        ("protocolVersion", "2.0"),
        ("adminEmail", "postmaster@www.example.org"),
        ("earliestDatestamp", "2026-03-02T09:00:00Z"),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ] {
        assert_eq!(identify.get(name).text, text);
    }
    let formats = ask(&client, "verb=ListMetadataFormats").await;
    let formats = formats.get("ListMetadataFormats").all("metadataFormat");
    assert_eq!(formats.len(), 1);
    assert_eq!(formats[0].get("metadataPrefix").text, "oai_dc");
    // By POST all is the same.
    let form = |media: &str, body: &'static str| {
        Request::post("/oai").header("content-type", media).body(Body::from(body)).unwrap()
    };
    let posted = client.send(form("application/x-www-form-urlencoded", "verb=Identify")).await;
    assert_eq!(posted.text, client.get("/oai?verb=Identify").await.text);
    let other = client.send(form("text/plain", "verb=Identify")).await;
    assert!(other.text.contains("badVerb"));
    assert_eq!(client.ask("PUT", "/oai").await.status, 405);
}

#[tokio::test]
async fn every_error_of_the_protocol_is_told() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let client = Client::at(&desk, Some("https://api.example.org"));
    let theme = page.theme.item.id;
    let long = format!("verb=Identify&x={}", "x".repeat(5_000));
    for (query, code) in [
        ("", "badVerb"),
        ("verb=Nothing", "badVerb"),
        ("verb=", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=%FF", "badVerb"),
        (long.as_str(), "badVerb"),
        ("verb=Identify&x=1", "badArgument"),
        ("verb=Identify&metadataPrefix=oai_dc", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=GetRecord&identifier=x", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01T00:00:00", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-02-01T00:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-01&until=2026-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"),
        ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
        ("verb=ListIdentifiers&resumptionToken=", "badResumptionToken"),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=GetRecord&identifier=x&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=GetRecord&identifier=x&metadataPrefix=oai_dc", "idDoesNotExist"),
        ("verb=GetRecord&identifier=oai:www.example.org:x&metadataPrefix=oai_dc", "idDoesNotExist"),
        (
            &format!("verb=GetRecord&identifier=oai:www.example.org:{theme}&metadataPrefix=oai_dc"),
            "idDoesNotExist",
        ),
        ("verb=ListMetadataFormats&identifier=x", "idDoesNotExist"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=1999-01-01", "noRecordsMatch"),
        ("verb=ListIdentifiers&metadataPrefix=oai_dc&from=2027-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=a", "noSetHierarchy"),
        ("verb=ListSets", "noSetHierarchy"),
    ] {
        assert_eq!(error(&client, query).await, code, "{query}");
    }
}

#[tokio::test]
async fn a_record_is_dublin_core() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let client = Client::at(&desk, Some("https://api.example.org"));
    let article = article(&desk, &page).await;
    let identifier = format!("oai:www.example.org:{}", article.item.id);
    let address = format!("/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}");
    let root = ask(&client, address.strip_prefix("/oai?").unwrap()).await;
    assert_eq!(root.get("request").attribute("identifier"), Some(identifier.as_str()));
    let record = root.get("GetRecord").get("record");
    assert_eq!(record.get("header").get("identifier").text, identifier);
    let dc = record.get("metadata").get("oai_dc:dc");
    let title = article.item.text("title");
    assert_eq!(dc.get("dc:title").text, title);
    let text = client.get(&address).await.text.replace("><", ">\n<");
    insta::assert_snapshot!("oai_record", stable_text(&text));
}

/// The identifiers of a whole harvest, part by part, with the moments and whether they are gone.
async fn harvest(client: &Client, verb: &str, more: &str) -> Vec<(String, String, bool)> {
    let mut query = format!("verb={verb}&metadataPrefix=oai_dc{more}");
    let mut found = Vec::new();
    for part in 0.. {
        let root = ask(client, &query).await;
        let list = root.get(verb);
        let headers: Vec<&Element> = match verb {
            "ListIdentifiers" => list.all("header"),
            _ => {
                let records = list.all("record");
                for record in &records {
                    // What is gone has no metadata, and everything else has.
                    let gone = record.get("header").attribute("status") == Some("deleted");
                    assert_eq!(gone, !record.has("metadata"));
                }
                records.into_iter().map(|record| record.get("header")).collect()
            }
        };
        assert!(!headers.is_empty() && headers.len() <= 100);
        found.extend(headers.into_iter().map(|header| {
            let gone = header.attribute("status") == Some("deleted");
            (header.get("identifier").text.clone(), header.get("datestamp").text.clone(), gone)
        }));
        let tokens = list.all("resumptionToken");
        match tokens.first().map(|token| token.text.clone()) {
            Some(token) if !token.is_empty() => query = format!("verb={verb}&resumptionToken={token}"),
            // A list of one part has none, the last of several an empty one.
            last => {
                assert_eq!(last.is_some(), part > 0);
                return found;
            }
        }
    }
    unreachable!()
}

#[tokio::test]
async fn a_harvest_has_everything_once() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let user = User::system();
        let client = Client::at(&desk, Some("https://api.example.org"));
        let page = ThePage::new(&desk).await;
        let draft = build::output(&desk, None, "A draft", 2020).await.draft(&desk).await;
        trash(&desk, &user, draft.item.id).await.unwrap();
        build::output(&desk, None, "Another draft", 2020).await.draft(&desk).await;
        let mut outputs = page.outputs.clone();
        for number in 0..205 {
            outputs.push(
                build::output(&desk, None, &format!("Output {number}"), 2020).await.published(&desk).await,
            );
        }
        let all = harvest(&client, "ListRecords", "").await;
        assert_eq!(all.len(), outputs.len());
        assert_eq!(harvest(&client, "ListIdentifiers", "").await, all);
        let mut names: Vec<&String> = all.iter().map(|(name, ..)| name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), outputs.len());

        // A token of one verb is none of the other.
        let first = ask(&client, "verb=ListRecords&metadataPrefix=oai_dc").await;
        let token = &first.get("ListRecords").get("resumptionToken").text;
        assert_eq!(
            error(&client, &format!("verb=ListIdentifiers&resumptionToken={token}")).await,
            "badResumptionToken"
        );

        // Later one is changed, one is withdrawn and one is thrown away.
        desk.clock.advance(TimeDelta::seconds(90));
        change(&desk, &outputs[0], |output| {
            output.set("title", recto::content::Value::Text("Changed".into()));
        })
        .await;
        unpublish(&desk, &user, outputs[1].item.id).await.unwrap();
        trash(&desk, &user, outputs[2].item.id).await.unwrap();
        let since = harvest(&client, "ListRecords", "&from=2026-03-02T09:01:30Z").await;
        let name = |at: usize| format!("oai:www.example.org:{}", outputs[at].item.id);
        let mut wanted: Vec<_> = [(0, false), (1, true), (2, true)]
            .map(|(at, gone)| (name(at), "2026-03-02T09:01:30Z".to_owned(), gone))
            .into();
        wanted.sort();
        let mut told = since.clone();
        told.sort();
        assert_eq!(told, wanted);
        assert_eq!(
            harvest(&client, "ListIdentifiers", "&from=2026-03-02&until=2026-03-02").await.len(),
            outputs.len()
        );
        let before = harvest(&client, "ListIdentifiers", "&until=2026-03-02T09:01:29Z").await;
        assert_eq!(before.len(), outputs.len() - 3);
        assert_eq!(
            error(&client, "verb=ListRecords&metadataPrefix=oai_dc&from=2026-03-02T09:01:31Z").await,
            "noRecordsMatch"
        );
        let gone =
            ask(&client, &format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={}", name(1))).await;
        assert_eq!(gone.get("GetRecord").get("record").get("header").attribute("status"), Some("deleted"));

        // What is published again is there again, and a store that is built anew says the same.
        desk.clock.advance(TimeDelta::seconds(90));
        publish(&desk, &user, outputs[1].item.id, None, &[]).await.unwrap();
        let again = harvest(&client, "ListIdentifiers", "&from=2026-03-02T09:03:00Z").await;
        assert_eq!(again, [(name(1), "2026-03-02T09:03:00Z".to_owned(), false)]);
        let whole = harvest(&client, "ListIdentifiers", "").await;
        desk.desk.rebuild(&|_, _| ()).await.unwrap();
        assert_eq!(harvest(&client, "ListIdentifiers", "").await, whole);
    }
}
