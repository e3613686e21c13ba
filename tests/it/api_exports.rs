//! Outputs in the formats of reference managers: what is written, and that others read it back.

use chrono::TimeDelta;
use recto::content::document::Change;
use recto::content::{Row, Value, by_name};
use recto::editing::{Desk, User, unpublish};
use recto::store::Stored;

use crate::api::{Client, ThePage, change, stable};
use crate::support::build::{self, item};
use crate::support::files::{file_of, media, pdf};
use crate::support::{Backend, TestDesk};

/// A credit by name alone.
pub fn credit(name: &str, lead: bool) -> Row {
    Row { target: None, values: vec![Value::Text(name.into()), Value::Flag(lead)] }
}

/// An article with everything that an output can have.
pub async fn article(desk: &Desk, page: &ThePage) -> Stored {
    let types = desk.lists().search("Academic paper", 1).await.unwrap();
    let leah = change(desk, &page.people[0], |person| {
        person.set(
            "orcid",
            recto::content::text::parse(&recto::content::Kind::Orcid, "0000-0002-1825-0097").unwrap(),
        );
    })
    .await;
    let file = media(desk, "paper.pdf", pdf("paper")).await.published(desk).await;
    let lead = Row {
        target: Some(leah.item.id),
        values: vec![Value::Text("Tomkins, LA".into()), Value::Flag(true)],
    };
    item(desk, by_name("output").unwrap())
        .text("title", "R&D at 100%: how the FBI, {the} <b>Met</b> and de Gaulle's 5$ _policy_ \\ learn")
        .one("type", types[0].id.parse().unwrap())
        .rows(
            "authors",
            vec![lead, credit("Müller-Lüdenscheidt, Jörg", false), credit("Home Office and Co", false)],
        )
        .integer("year", 2021)
        .text("availability", "open")
        .text("container", "Policing & Society")
        .text("publisher", "Routledge")
        .text("volume", "31")
        .text("issue", "2")
        .text("pages", "110–128")
        .text("issn", "1043-9463")
        .text("doi", "10.1080/10439463.2021.1<2>_3")
        .text("link", "https://example.org/a_b?c=%7Bd%7D&e=1")
        .text("licence", "CC BY 4.0")
        .text("abstract", "How police services learn.\n\nIn two parts.")
        .one("file", file.item.id)
        .links("projects", &[&page.project])
        .published(desk)
        .await
}

async fn set_up() -> (TestDesk, ThePage, Client) {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    article(&desk, &page).await;
    let client = Client::at(&desk, Some("https://api.example.org"));
    (desk, page, client)
}

const ARTICLE: &str = "/api/v1/outputs/r-d-at-100-how-the-fbi-the-b-met-b-and-de-gaulles-5-policy-learn";

#[tokio::test]
async fn each_format_has_what_the_output_has() {
    let (_desk, _page, client) = set_up().await;
    let report = "/api/v1/outputs/empowering-learning";
    for (format, media) in [
        ("bib", "application/x-bibtex; charset=utf-8"),
        ("ris", "application/x-research-info-systems; charset=utf-8"),
        ("csl.json", "application/vnd.citationstyles.csl+json"),
    ] {
        let mut both = String::new();
        for address in [ARTICLE, report] {
            let answer = client.get(&format!("{address}.{format}")).await;
            assert_eq!(answer.status, 200, "{address}: {}", answer.text);
            assert_eq!(answer.header("content-type"), media);
            let name = address.rsplit('/').next().unwrap();
            assert_eq!(
                answer.header("content-disposition"),
                format!("attachment; filename=\"{name}.{format}\"")
            );
            assert!(answer.header("link").starts_with("<https://www.example.org/outputs/"));
            let again =
                client.get_with(&format!("{address}.{format}"), "if-none-match", answer.header("etag")).await;
            assert_eq!((again.status, again.text.as_str()), (304, ""));
            both += &answer.text;
        }
        insta::assert_snapshot!(format!("export_{format}"), both.replace('\r', "␍"));
    }
    let table = client.get("/api/v1/outputs.csv?sort=title").await;
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8; header=present");
    let rows =
        csv::Reader::from_reader(table.text.as_bytes()).records().map(Result::unwrap).collect::<Vec<_>>();
    assert_eq!(rows.len(), 7);
    insta::assert_snapshot!("export_csv", stable_text(&table.text.replace('\r', "␍")));
}

/// Ids are random.
pub fn stable_text(text: &str) -> String {
    stable(&serde_json::to_string(&[text]).unwrap())[0].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn lists_are_told_whole() {
    let (desk, page, client) = set_up().await;
    for number in 0..30 {
        build::output(&desk, None, &format!("Further {number}"), 2001).await.published(&desk).await;
    }
    let keys = |text: &str| text.matches("\n@").count() + usize::from(text.starts_with('@'));
    for (address, number) in [
        ("outputs.bib", 37),
        ("outputs.bib?year[gte]=2019", 7),
        ("outputs.bib?type=board-report&type=academic-paper&year[gte]=2002", 5),
        ("outputs.bib?q=blame", 3),
        ("outputs.bib?year=1999", 0),
        ("projects/3.07/outputs.bib", 7),
        ("projects/3.07/outputs.bib?authors=leah-tomkins", 6),
        ("people/leah-tomkins/outputs.bib", 6),
    ] {
        let answer = client.get(&format!("/api/v1/{address}")).await;
        assert_eq!(answer.status, 200, "{address}: {}", answer.text);
        assert_eq!(keys(&answer.text), number, "{address}");
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"outputs.bib\"");
        let same = |suffix: &str| address.replace(".bib", suffix);
        let ris = client.get(&format!("/api/v1/{}", same(".ris"))).await;
        assert_eq!(ris.text.matches("\r\nER  - \r\n").count(), number, "{address}");
        let csl = client.get(&format!("/api/v1/{}", same(".csl.json"))).await.json();
        assert_eq!(csl.as_array().unwrap().len(), number, "{address}");
        let csv = client.get(&format!("/api/v1/{}", same(".csv"))).await;
        assert_eq!(csv::Reader::from_reader(csv.text.as_bytes()).records().count(), number, "{address}");
    }
    // Every name that a list takes, and no other.
    let faults =
        client.get("/api/v1/outputs.bib?limit=5&cursor=x&fields=title&style=apa&year=x").await.faults();
    assert_eq!(
        faults[..4],
        [
            "limit unknown_parameter",
            "cursor unknown_parameter",
            "fields unknown_parameter",
            "style unknown_parameter"
        ]
    );
    assert_eq!(
        client.get("/api/v1/outputs/empowering-learning.bib?x=1").await.faults(),
        ["x unknown_parameter"]
    );
    assert_eq!(client.get("/api/v1/outputs/empowering-learning.csv").await.status, 404);
    assert_eq!(client.get("/api/v1/projects.bib").await.status, 404);
    assert_eq!(client.get("/api/v1/projects/9.99/outputs.bib").await.status, 404);
    assert_eq!(client.ask("POST", "/api/v1/outputs.bib").await.status, 405);
    let head = client.ask("HEAD", "/api/v1/outputs.bib").await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));

    // Addresses that changed, and what is gone.
    change(&desk, &page.outputs[4], |output| output.slug = "powerful-learning".to_owned()).await;
    let moved = client.get("/api/v1/outputs/empowering-learning.bib").await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (308, "https://api.example.org/api/v1/outputs/powerful-learning.bib")
    );
    let leah = &page.people[0].item;
    let leah = desk.store.items(leah.content_type, &[leah.id]).await.unwrap().remove(0);
    change(&desk, &leah, |person| person.slug = "l-tomkins".to_owned()).await;
    let moved = client.get("/api/v1/people/leah-tomkins/outputs.bibliography?style=mla").await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (308, "https://api.example.org/api/v1/people/l-tomkins/outputs.bibliography?style=mla")
    );
    unpublish(&desk, &User::system(), page.outputs[4].item.id).await.unwrap();
    for suffix in [".bib", ".ris", ".csl.json", "/citation"] {
        let gone = client.get(&format!("/api/v1/outputs/powerful-learning{suffix}")).await;
        assert_eq!(gone.status, 410, "{suffix}");
    }
}

#[tokio::test]
async fn citations_are_ready_to_print() {
    let (_desk, _page, client) = set_up().await;
    let refused = client.get(&format!("{ARTICLE}/citation?style=comic&locale=xx&x=1")).await;
    assert_eq!(refused.faults(), ["x unknown_parameter", "style not_a_choice", "locale not_a_choice"]);
    let error = &refused.json()["errors"][1];
    let styles: Vec<&str> =
        error["allowed"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let mut told = String::new();
    for style in &styles {
        let list = client.get(&format!("/api/v1/outputs.bibliography?style={style}&sort=-title")).await;
        assert_eq!(list.status, 200, "{}", list.text);
        let list = list.json();
        assert_eq!(list["page"]["total"], 7);
        for entry in list["data"].as_array().unwrap() {
            told += &format!("{style}: {}\n", entry["html"].as_str().unwrap());
            let address =
                format!("/api/v1/outputs/{}/citation?style={style}", entry["slug"].as_str().unwrap());
            assert_eq!(client.get(&address).await.json()["data"], *entry);
            let html = scraper::Html::parse_fragment(entry["html"].as_str().unwrap());
            let text: String = html.root_element().text().collect();
            assert_eq!(text, entry["text"].as_str().unwrap());
            for element in html.root_element().descendent_elements().skip(1) {
                assert!(
                    ["i", "b", "sup", "sub", "a"].contains(&element.value().name()),
                    "{style}: {}",
                    element.html()
                );
            }
        }
    }
    for locale in ["en-US", "cy-GB", "de-DE", "es-ES", "fr-FR", "it-IT", "nl-NL"] {
        let one = client.get(&format!("{ARTICLE}/citation?locale={locale}")).await.json();
        told += &format!("apa, {locale}: {}\n", one["data"]["text"].as_str().unwrap());
    }
    insta::assert_snapshot!("citations", told);
    let first = client.get("/api/v1/outputs.bibliography?limit=4").await.json();
    let next = first["links"]["next"].as_str().unwrap();
    assert!(
        next.starts_with("https://api.example.org/api/v1/outputs.bibliography?limit=4&cursor="),
        "{next}"
    );
    let rest = client.get(next.strip_prefix("https://api.example.org").unwrap()).await.json();
    assert_eq!(rest["data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn an_embargo_lifts_in_every_format() {
    let (desk, _page, client) = set_up().await;
    let output = build::output(&desk, None, "Under embargo", 2026).await;
    let file = media(&desk, "secret.pdf", pdf("secret")).await.draft(&desk).await;
    let output = output
        .text("availability", "embargoed")
        .text("embargo_until", "2026-03-04")
        .one("file", file.item.id)
        .draft(&desk)
        .await;
    let user = recto::editing::User::system();
    recto::editing::publish(&desk, &user, output.item.id, None, &[file.item.id]).await.unwrap();
    let one = "/api/v1/outputs/under-embargo";
    let id = client.get(one).await.json()["data"]["id"].as_str().unwrap().to_owned();
    let told = [
        format!("{one}.bib"),
        format!("{one}.ris"),
        format!("{one}.csl.json"),
        "/api/v1/outputs.csv?q=embargo".to_owned(),
        "/api/v1/outputs.bib?availability=embargoed".to_owned(),
        format!("{one}/head"),
        format!("/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:www.example.org:{id}"),
    ];
    for address in &told {
        let answer = client.get(address).await;
        assert!(answer.text.contains("Embargoed until 4 March 2026"), "{address}: {}", answer.text);
        assert!(!answer.text.contains("secret.pdf"), "{address}: {}", answer.text);
    }
    desk.clock.advance(TimeDelta::hours(39));
    recto::editing::do_due(&desk).await.unwrap();
    for address in &told {
        let answer = client.get(address).await.text;
        assert!(!answer.contains("Embargoed"), "{address}: {answer}");
    }
    let there = format!("L1  - https://api.example.org/media/{}", file_of(&file.item).path());
    assert!(client.get(&told[1]).await.text.contains(&there));
}

#[tokio::test]
async fn a_list_that_is_too_long_is_refused_and_one_that_is_not_is_whole() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let last = desk.published.sequence().await.unwrap();
    let content_type = by_name("output").unwrap();
    let change = |number: i64| {
        let id = recto::content::Id::new(desk.clock.now());
        let slug = format!("output-{number}");
        let year = if number == 0 { 1999 } else { 2000 };
        let document = serde_json::json!({
            "id": id.to_string(), "object": "output", "slug": slug, "_title": slug, "title": slug, "year": year,
            "availability": "open", "authors": [{ "name": "Tomkins, L", "lead": true }],
            "published_at": "2026-03-02T09:00:00.000Z", "updated_at": "2026-03-02T09:00:00.000Z",
        });
        let (sequence, at) = (last + 1 + number, desk.clock.now());
        Change {
            sequence,
            nonce: number.to_string(),
            id,
            content_type,
            document: Some(document),
            slugs: vec![slug],
            gone: Vec::new(),
            successor: None,
            at,
        }
    };
    let changes: Vec<Change> = (0..10_001).map(change).collect();
    desk.published.apply(&changes).await.unwrap();
    let client = Client::new(&desk);
    for suffix in ["bib", "ris", "csl.json", "csv"] {
        let refused = client.get(&format!("/api/v1/outputs.{suffix}")).await;
        assert_eq!(refused.faults(), [" too_many"]);
        assert!(refused.json()["errors"][0]["detail"].as_str().unwrap().contains("year[gte]"));
    }
    let whole = client.get("/api/v1/outputs.csv?year[gte]=2000").await;
    let rows: Vec<_> =
        csv::Reader::from_reader(whole.text.as_bytes()).records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 10_000);
    let mut ids: Vec<&str> = rows.iter().map(|row| &row[0]).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10_000);
}
