//! Feeds, calendars and the sitemap: what they hold, and that they are what they say they are.

use icalendar::parser::{read_calendar, unfold};
use quick_xml::Reader;
use quick_xml::events::Event;
use recto::content::by_name;
use recto::editing::{User, trash, unpublish};
use serde_json::Value as Json;

use crate::api::{Answer, Client, ThePage, change, page, stable};
use crate::support::build::{self, item};
use crate::support::{Backend, TestDesk, backends};

const SITE: &str = "https://www.example.org";

/// An element of a document: where it stands, its attributes, its text.
#[derive(Clone, Debug)]
struct Element {
    path: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }
}

/// Every element of a well-formed document, in the order in which they begin.
fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut found, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}"));
        match &event {
            Event::Start(start) | Event::Empty(start) => {
                let parent = open.last().map_or(String::new(), |at| found[*at].path.clone());
                let name = start.name().as_ref().to_owned();
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let value = quick_xml::escape::unescape(&attribute.value).unwrap().into_owned();
                    (attribute.key.as_ref().to_owned(), value)
                });
                found.push(Element {
                    path: format!("{parent}/{}", name),
                    attributes: attributes.collect(),
                    text: String::new(),
                });
                if matches!(event, Event::Start(_)) {
                    open.push(found.len() - 1);
                }
            }
            Event::End(_) => {
                open.pop().unwrap();
            }
            Event::Text(text) => {
                if let Some(at) = open.last() {
                    found[*at].text += text;
                }
            }
            Event::GeneralRef(name) => {
                let name: &str = name;
                found[*open.last().unwrap()].text +=
                    &quick_xml::escape::unescape(&format!("&{name};")).unwrap();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    found
}

fn texts(elements: &[Element], path: &str) -> Vec<String> {
    elements.iter().filter(|one| one.path == path).map(|one| one.text.clone()).collect()
}

fn link<'a>(elements: &'a [Element], path: &str, rel: &str) -> &'a str {
    let found = elements.iter().find(|one| one.path == path && one.attribute("rel") == rel);
    found.map_or("", |one| one.attribute("href"))
}

/// Ids that are names, so that a snapshot is the same each time.
fn stable_text(text: &str) -> Vec<String> {
    let lines = Json::from(text.replace("><", ">\n<").lines().collect::<Vec<_>>());
    let stable = stable(&lines.to_string());
    stable.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

/// A request twice: the second time nothing is new. And what HEAD says is the same.
async fn is_kept(client: &Client, address: &str, media: &str) -> Answer {
    let answer = client.get(address).await;
    assert_eq!(answer.status, 200, "{address}: {}", answer.text);
    assert_eq!(answer.header("content-type"), media, "{address}");
    let again = client.get_with(address, "if-none-match", answer.header("etag")).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""), "{address}");
    let head = client.ask("HEAD", address).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""), "{address}");
    for header in ["etag", "content-type", "last-modified", "cache-control"] {
        assert_eq!(head.header(header), answer.header(header), "{address}");
    }
    assert_eq!(client.ask("POST", address).await.status, 405);
    answer
}

#[tokio::test]
async fn news_is_an_atom_feed_and_a_json_feed() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let page = ThePage::new(&desk).await;
        build::news(&desk, "A & B <told> \u{1F600}", "2026-02-01")
            .text("body", "<p>See <a href=\"/people/leah-tomkins?a=b&amp;c\">her</a> &amp; <a href=\"https://x.example.org/\">x</a></p>")
            .links("authors", &[&page.people[0]])
            .published(&desk)
            .await;
        let client = Client::at(&desk, Some("https://api.example.org"));
        let atom = is_kept(&client, "/api/v1/news.atom", "application/atom+xml; charset=utf-8").await;
        assert_eq!(atom.header("last-modified"), "Mon, 02 Mar 2026 09:00:00 GMT");
        insta::assert_json_snapshot!("news_atom", stable_text(&atom.text));
        let feed = elements(&atom.text);
        // What RFC 4287 §4.1.1 and §4.1.2 ask for.
        for one in ["id", "title", "updated", "author/name"] {
            assert_eq!(texts(&feed, &format!("/feed/{one}")).len(), 1, "{one}");
        }
        for one in ["id", "title", "updated"] {
            assert_eq!(texts(&feed, &format!("/feed/entry/{one}")).len(), 2, "{one}");
        }
        assert_eq!(link(&feed, "/feed/link", "self"), "https://api.example.org/api/v1/news.atom");
        assert_eq!(texts(&feed, "/feed/entry/title")[0], "A & B <told> \u{1F600}");
        assert_eq!(link(&feed, "/feed/entry/link", "alternate"), format!("{SITE}/news/a-b-told-grinning"));
        let content = &texts(&feed, "/feed/entry/content")[0];
        assert!(content.contains(&format!("href=\"{SITE}/people/leah-tomkins?a=b&amp;c\"")), "{content}");
        for moment in texts(&feed, "/feed/entry/updated").iter().chain(&texts(&feed, "/feed/entry/published"))
        {
            chrono::DateTime::parse_from_rfc3339(moment).unwrap();
        }

        let json = is_kept(&client, "/api/v1/news.json", "application/feed+json").await;
        insta::assert_json_snapshot!("news_json", stable(&json.text));
        let items = json.json()["items"].as_array().unwrap().clone();
        let ids: Vec<String> = items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, texts(&feed, "/feed/entry/id"));
        assert!(
            items.iter().all(|item| item["content_html"].is_string() || item["content_text"].is_string())
        );
    }
}

#[tokio::test]
async fn a_feed_goes_on_and_can_be_a_part_of_the_list() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    for day in 1..=4 {
        build::news(&desk, &format!("News {day}"), &format!("2026-01-0{day}")).published(&desk).await;
    }
    let client = Client::new(&desk);
    let (mut address, mut seen, mut ids) = ("/api/v1/news.atom?limit=2".to_owned(), Vec::new(), Vec::new());
    while !address.is_empty() {
        let feed = elements(&client.get(&address).await.text);
        seen.extend(texts(&feed, "/feed/entry/title"));
        ids.extend(texts(&feed, "/feed/id"));
        assert_eq!(link(&feed, "/feed/link", "first"), "/api/v1/news.atom?limit=2");
        assert_eq!(link(&feed, "/feed/link", "previous").is_empty(), seen.len() == 2);
        address = link(&feed, "/feed/link", "next").to_owned();
    }
    let all = client.get("/api/v1/news?limit=100").await.all("title");
    assert_eq!(seen, all);
    ids.dedup();
    assert_eq!(ids.len(), 1, "parts of one feed have one id");

    for filter in ["projects=3.07", &format!("theme={}", page.theme.item.slug), "people=no-such"] {
        let listed = client.get(&format!("/api/v1/news?{filter}")).await;
        let feed = elements(&client.get(&format!("/api/v1/news.atom?{filter}")).await.text);
        assert_eq!(texts(&feed, "/feed/entry/title"), listed.all("title"), "{filter}");
        assert_ne!(texts(&feed, "/feed/id"), ids, "another feed");
        let json = client.get(&format!("/api/v1/news.json?{filter}")).await.json();
        assert_eq!(json["items"].as_array().unwrap().len(), listed.all("title").len());
        let alternate =
            format!("</api/v1/news.atom?{filter}>; rel=\"alternate\"; type=\"application/atom+xml\"");
        assert!(listed.header("link").contains(&alternate), "{}", listed.header("link"));
    }
    for wrong in ["sort=date", "fields=title", "q=x", "x=1", "limit=0", "cursor=x"] {
        assert_eq!(client.get(&format!("/api/v1/news.atom?{wrong}")).await.status, 400, "{wrong}");
    }
    let events = client.get("/api/v1/events?when=upcoming&limit=1&fields=title").await;
    assert!(events.header("link").contains("</api/v1/events.ics?when=upcoming>; rel=\"alternate\""));
    assert!(!client.get("/api/v1/outputs").await.header("link").contains("alternate"));
}

/// A calendar's lines, and whether it keeps to RFC 5545 §3.1, §3.4, §3.6 and §3.6.1.
fn lines(text: &str) -> Vec<String> {
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "CRLF alone");
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "{line}");
    }
    let unfolded = text.replace("\r\n ", "");
    let lines: Vec<String> = unfolded.lines().map(str::to_owned).collect();
    assert_eq!((lines[0].as_str(), lines.last().unwrap().as_str()), ("BEGIN:VCALENDAR", "END:VCALENDAR"));
    let count = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!((count("VERSION:2.0"), count("PRODID:")), (1, 1));
    let events = count("BEGIN:VEVENT");
    for once in
        ["END:VEVENT", "UID:", "DTSTAMP:", "DTSTART", "SEQUENCE:", "LAST-MODIFIED:", "STATUS:", "URL:"]
    {
        assert_eq!(count(once), events, "{once}");
    }
    assert_eq!(count("METHOD"), 0);
    let parsed = unfold(text);
    let calendar = read_calendar(&parsed).unwrap();
    assert_eq!(calendar.components.len(), events);
    lines
}

fn value<'a>(lines: &'a [String], title: &str, name: &str) -> &'a str {
    let at = lines.iter().position(|line| *line == format!("SUMMARY:{title}")).unwrap();
    let start = lines[..at].iter().rposition(|line| line == "BEGIN:VEVENT").unwrap();
    let end = at + lines[at..].iter().position(|line| line == "END:VEVENT").unwrap();
    lines[start..end].iter().find_map(|line| line.strip_prefix(name)).unwrap_or_default()
}

#[tokio::test]
async fn events_are_a_calendar() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        ThePage::new(&desk).await;
        let long = "Räume; Wege, und \\ was dazwischen liegt: ".repeat(8);
        let online = build::event(&desk, "Online, in summer", "2026-07-01T10:00")
            .text("end", "2026-07-01T11:30")
            .text("summary", long.trim())
            .text("online_link", "https://meet.example.org/a")
            .text("registration_link", "https://register.example.org/a")
            .published(&desk)
            .await;
        build::event(&desk, "Two days", "2026-05-01T09:00")
            .text("end", "2026-05-02T17:00")
            .text("all_day", "true")
            .text("venue", "Hall")
            .text("address", "1 Street\nTown")
            .published(&desk)
            .await;
        let client = Client::at(&desk, Some("https://api.example.org"));
        let answer = is_kept(&client, "/api/v1/events.ics", "text/calendar; charset=utf-8").await;
        let mut shown = stable_text(&answer.text);
        shown.iter_mut().filter(|line| line.starts_with("SEQUENCE:")).for_each(|line| line.truncate(9));
        insta::assert_json_snapshot!("events_ics", shown);
        let calendar = lines(&answer.text);
        let of = |name: &'static str| value(&calendar, "Online\\, in summer", name);
        // London is an hour ahead in summer.
        assert_eq!((of("DTSTART:"), of("DTEND:")), ("20260701T090000Z", "20260701T103000Z"));
        assert_eq!(of("UID:"), online.item.id.to_string());
        assert_eq!(of("URL:"), format!("{SITE}/events/{}", online.item.slug));
        assert_eq!(of("CONFERENCE;VALUE=URI:"), "https://meet.example.org/a");
        assert!(of("DESCRIPTION:").starts_with("Räume\\; Wege\\, und \\\\ was"), "{}", of("DESCRIPTION:"));
        assert!(of("DESCRIPTION:").ends_with("\\n\\nRegister: https://register.example.org/a"));
        let of = |name: &'static str| value(&calendar, "Two days", name);
        assert_eq!((of("DTSTART;VALUE=DATE:"), of("DTEND;VALUE=DATE:")), ("20260501", "20260503"));
        assert_eq!(of("LOCATION:"), "Hall\\, 1 Street\\, Town");

        // Each publication of the event counts on, and nothing else does.
        let sequence =
            |lines: &[String], title: &str| value(lines, title, "SEQUENCE:").parse::<u32>().unwrap();
        let before = sequence(&calendar, "Online\\, in summer");
        let changed = change(&desk, &online, |item| item.slug = "in-summer".to_owned()).await;
        let again = lines(&client.get("/api/v1/events.ics").await.text);
        assert!(sequence(&again, "Online\\, in summer") > before);
        assert_eq!(sequence(&again, "Two days"), sequence(&calendar, "Two days"));
        assert_eq!(value(&again, "Online\\, in summer", "UID:"), online.item.id.to_string());

        let cancelled = change(&desk, &changed, |item| {
            item.set("state", recto::content::Value::Text("cancelled".into()));
        })
        .await;
        let one = is_kept(&client, "/api/v1/events/in-summer.ics", "text/calendar; charset=utf-8").await;
        let one = lines(&one.text);
        assert_eq!(value(&one, "Online\\, in summer", "STATUS:"), "CANCELLED");
        assert_eq!(one.iter().filter(|line| *line == "BEGIN:VEVENT").count(), 1);
        let moved = client.get(&format!("/api/v1/events/{}.ics", online.item.slug)).await;
        assert_eq!(
            (moved.status, moved.header("location")),
            (308, "https://api.example.org/api/v1/events/in-summer.ics")
        );
        unpublish(&desk, &User::system(), cancelled.item.id).await.unwrap();
        assert_eq!(client.get("/api/v1/events/in-summer.ics").await.status, 410);
        assert_eq!(client.get("/api/v1/events/no-such.ics").await.status, 404);
        assert_eq!(client.get("/api/v1/events/in-summer.ics?fields=title").await.status, 400);
        assert!(!client.get("/api/v1/events.ics").await.text.contains("in summer"));

        let upcoming = lines(&client.get("/api/v1/events.ics?when=upcoming").await.text);
        assert_eq!(upcoming.iter().filter(|line| line.starts_with("SUMMARY")).count(), 1);
        for wrong in ["limit=3", "sort=start", "q=x", "fields=title", "when=now"] {
            assert_eq!(client.get(&format!("/api/v1/events.ics?{wrong}")).await.status, 400, "{wrong}");
        }
    }
}

#[tokio::test]
async fn the_sitemap_has_every_path_once() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let found = ThePage::new(&desk).await;
        page(&desk, "About", "about", None).await;
        item(&desk, by_name("page").unwrap()).text("title", "Not yet").draft(&desk).await;
        trash(&desk, &User::system(), found.outputs[0].item.id).await.unwrap();
        let client = Client::new(&desk);
        let answer = is_kept(&client, "/sitemap.xml", "application/xml; charset=utf-8").await;
        insta::assert_json_snapshot!("sitemap", stable_text(&answer.text));
        let map = elements(&answer.text);
        assert_eq!(map[0].attribute("xmlns"), "http://www.sitemaps.org/schemas/sitemap/0.9");
        let mut paths = vec![format!("{SITE}/")];
        for plural in ["themes", "projects", "outputs", "people", "organisations", "news", "events", "pages"]
        {
            let listed = client.get(&format!("/api/v1/{plural}?limit=100")).await.all("path");
            paths.extend(listed.into_iter().filter(|path| path != "/").map(|path| format!("{SITE}{path}")));
        }
        paths.sort();
        assert_eq!(texts(&map, "/urlset/url/loc"), paths);
        assert_eq!(texts(&map, "/urlset/url/lastmod").len(), paths.len());
        assert_eq!(client.get("/sitemap.xml?part=1").await.text, answer.text);
        assert_eq!(client.get("/sitemap.xml?part=2").await.status, 404);
        for wrong in ["part=0", "part=x", "part=1&part=2", "page=1"] {
            assert_eq!(client.get(&format!("/sitemap.xml?{wrong}")).await.status, 400, "{wrong}");
        }
    }
}

#[tokio::test]
async fn feeds_take_no_more_statements_for_more_rows() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let mut counts = Vec::new();
    for more in [1, 20] {
        for number in 0..more {
            let title = format!("{more} {number}");
            let news = build::news(&desk, &title, "2026-01-01").links("authors", &[&page.people[0]]);
            news.published(&desk).await;
            build::event(&desk, &title, "2026-04-01T10:00").published(&desk).await;
        }
        let mut count = Vec::new();
        for address in ["/api/v1/news.atom", "/api/v1/news.json", "/api/v1/events.ics", "/sitemap.xml"] {
            count.push(client.statements(address).await);
        }
        counts.push(count);
    }
    assert_eq!(counts[0], counts[1]);
    assert!(counts[0].iter().all(|count| *count <= 6), "{counts:?}");
}
