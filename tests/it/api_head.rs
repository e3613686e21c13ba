//! What a page says of itself to machines: schema.org, Highwire tags, typed links.

use recto::editing::{Edit, Elsewhere, Publish, User, publish_as, save};
use scraper::{Html, Selector};
use serde_json::{Value as Json, json};

use crate::api::{Answer, Client, ThePage, stable};
use crate::api_exports::article;
use crate::support::build;
use crate::support::files::{keep, pdf};
use crate::support::{Backend, TestDesk};

/// The typed links of an answer: relation, target, type.
fn links(answer: &Answer) -> Vec<(String, String, String)> {
    let header = answer.header("link");
    let links = header.split(", <").map(|link| {
        let (href, rest) = link.trim_start_matches('<').split_once(">; rel=\"").unwrap();
        let (rel, rest) = rest.split_once('"').unwrap();
        let media = rest.strip_prefix("; type=\"").map_or("", |rest| rest.trim_end_matches('"'));
        (rel.to_owned(), href.to_owned(), media.to_owned())
    });
    links.collect()
}

#[tokio::test]
async fn heads_say_what_the_items_are() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let article = article(&desk, &page).await;
    let client = Client::at(&desk, Some("https://api.example.org"));
    let mut all = serde_json::Map::new();
    for address in [
        &format!("outputs/{}", article.item.slug),
        "outputs/empowering-learning",
        "projects/3.07",
        "people/leah-tomkins",
        "organisations/metropolitan-police-service",
        "news/can-a-virtual-reality-courtroom-be-a-useful-learning-tool",
        "events/research-priority-workshop",
    ] {
        let answer = client.get(&format!("/api/v1/{address}/head")).await;
        assert_eq!(answer.status, 200, "{address}: {}", answer.text);
        let data = answer.json()["data"].clone();
        // The HTML says the same as the values.
        let html = Html::parse_document(data["html"].as_str().unwrap());
        let attribute = |element: &scraper::ElementRef<'_>, name: &str| element.attr(name).map(str::to_owned);
        let metas = Selector::parse("head > meta").unwrap();
        let metas: Vec<Json> = html
            .select(&metas)
            .map(|meta| json!({ "name": attribute(&meta, "name"), "content": attribute(&meta, "content") }))
            .collect();
        assert_eq!(Json::from(metas), data["meta"]);
        let told = Selector::parse("head > link").unwrap();
        let told: Vec<_> = html.select(&told).map(|link| attribute(&link, "href")).collect();
        let wanted: Vec<_> = data["links"]
            .as_array()
            .unwrap()
            .iter()
            .map(|link| link["href"].as_str().map(str::to_owned))
            .collect();
        assert_eq!(told, wanted);
        let script = Selector::parse("head > script[type='application/ld+json']").unwrap();
        let script: String = html.select(&script).next().unwrap().text().collect();
        assert_eq!(serde_json::from_str::<Json>(&script).unwrap(), data["json_ld"]);
        all.insert(address.to_owned(), data);
        // The links of the item's own answer are these, but for the page itself.
        let own = client.get(&format!("/api/v1/{address}")).await;
        let own: Vec<_> = links(&own).into_iter().map(|(_, href, _)| Some(href)).collect();
        assert_eq!(own, wanted[1..]);
    }
    insta::assert_json_snapshot!("heads", stable(&Json::Object(all).to_string()));
    assert_eq!(
        client.get("/api/v1/outputs/empowering-learning/head?x=1").await.faults(),
        ["x unknown_parameter"]
    );
    assert_eq!(client.get("/api/v1/pages/research/head").await.status, 404);
    assert_eq!(client.get("/api/v1/outputs/nothing/head").await.status, 404);
}

#[tokio::test]
async fn an_output_points_to_its_record() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let article = article(&desk, &page).await;
    let client = Client::at(&desk, Some("https://api.example.org"));
    let one = format!("/api/v1/outputs/{}", article.item.slug);
    let paper = keep(&desk, "paper.pdf", pdf("paper")).await;
    let found = links(&client.get(&one).await);
    let at = |rest: &str| format!("https://api.example.org/api/v1/outputs/{}{rest}", article.item.id);
    let wanted = [
        ("cite-as", "https://doi.org/10.1080/10439463.2021.1%3C2%3E_3".to_owned(), ""),
        ("type", "https://schema.org/ScholarlyArticle".to_owned(), ""),
        ("author", "https://orcid.org/0000-0002-1825-0097".to_owned(), ""),
        ("describedby", at(".bib"), "application/x-bibtex"),
        ("describedby", at(".ris"), "application/x-research-info-systems"),
        ("describedby", at(".csl.json"), "application/vnd.citationstyles.csl+json"),
        ("item", format!("https://api.example.org/media/{}", paper.path()), ""),
        (
            "collection",
            format!("https://api.example.org/api/v1/projects/{}", page.project.item.id),
            "application/json",
        ),
        ("describedby", at("/head"), "application/json"),
        ("license", "https://creativecommons.org/licenses/by/4.0/".to_owned(), ""),
    ];
    assert_eq!(found, wanted.map(|(rel, href, media)| (rel.to_owned(), href, media.to_owned())));
    // What they lead to is there and is what they say.
    for (_, href, media) in
        found.iter().filter(|(rel, ..)| matches!(rel.as_str(), "describedby" | "collection"))
    {
        let there = client.get(href.strip_prefix("https://api.example.org").unwrap()).await;
        assert_eq!(there.status, 200);
        assert!(there.header("content-type").starts_with(media.as_str()), "{href}");
    }
    // Whether it was prepared or not, an answer has the same links.
    let whole = client.get(&one).await;
    while desk.published.prepare(100).await.unwrap() > 0 {}
    let prepared = client.get(&one).await;
    assert_eq!((whole.text.len(), whole.header("link")), (prepared.text.len(), prepared.header("link")));
    // A file that is not open is not offered.
    let article = desk.store.items(article.item.content_type, &[article.item.id]).await.unwrap().remove(0);
    let mut closed = article.item.clone();
    closed.set("availability", recto::content::Value::Text("on_request".into()));
    let user = User::system();
    let closed = save(&desk, &user, &[Edit::of(&article, closed)]).await.unwrap().remove(0);
    let wish = Publish { id: closed.item.id, seen: None, together: &[], elsewhere: Elsewhere::Close };
    publish_as(&desk, &user, wish).await.unwrap();
    assert!(!links(&client.get(&one).await).iter().any(|(rel, ..)| rel == "item"));
    let head = client.get(&format!("{one}/head")).await.text;
    assert!(!head.contains(&paper.path()) && head.contains("Available on request"));
    for suffix in [".bib", ".ris", ".csl.json"] {
        let answer = client.get(&format!("{one}{suffix}")).await.text;
        assert!(!answer.contains(&paper.path()) && answer.contains("Available on request"), "{answer}");
    }
}

#[tokio::test]
async fn nothing_gets_out_of_the_script() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let title = "</script><!-- <script> --> \"><img src=x onerror=alert(1)> & 'x'";
    let stored = build::output(&desk, None, title, 2020).await.published(&desk).await;
    let data = client.get(&format!("/api/v1/outputs/{}/head", stored.item.id)).await.json()["data"].clone();
    let html = Html::parse_document(data["html"].as_str().unwrap());
    for (selector, number) in [("script", 1), ("img", 0), ("body *", 0), ("meta[name=citation_title]", 1)] {
        assert_eq!(html.select(&Selector::parse(selector).unwrap()).count(), number, "{selector}");
    }
    assert_eq!(data["json_ld"]["name"], title);
    let citation = client.get(&format!("/api/v1/outputs/{}/citation", stored.item.id)).await.json();
    let cited = Html::parse_fragment(citation["data"]["html"].as_str().unwrap());
    assert_eq!(cited.select(&Selector::parse("img, script").unwrap()).count(), 0);
    assert!(citation["data"]["text"].as_str().unwrap().contains(title));
}
