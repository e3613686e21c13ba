//! Rich text on its way: what is kept of it, how its links to our own items follow them, and that
//! nothing of a draft shows through one.

use std::collections::{HashMap, HashSet};

use ammonia::Builder;
use axum::http::StatusCode;
use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use recto::content::parsed::Html;
use recto::content::{Value, by_name};
use recto::editing::{Edit, User, preflight, publish, save, trash, unpublish};
use recto::store::Stored;
use serde_json::Value as Json;

use crate::api::{Client, change};
use crate::content::generate;
use crate::support::build::{self, Build, item};
use crate::support::files::{file_of, keep, media, pdf, png};
use crate::support::{Backend, TestApp, TestDesk, backends};

/// Words, and what is hard to spell in HTML.
const WORDS: [&str; 16] = [
    "word",
    "two words",
    " ",
    "  ",
    "\n",
    "é",
    "中",
    "&amp;",
    "&lt;b&gt;",
    "&nbsp;",
    "\"",
    "'",
    "a&nbsp;b",
    "𝒳",
    ". ",
    "–",
];

const LINKS: [&str; 6] = [
    "https://example.org/a?b=1&amp;c=%20",
    "mailto:a@example.org",
    "tel:+441234",
    "/research/x",
    "recto:01890000-0000-7000-8000-000000000001",
    "recto:01890000-0000-7000-8000-000000000002",
];

/// The inside of a line.
fn line() -> BoxedStrategy<String> {
    let leaf = prop_oneof![6 => select(WORDS.to_vec()).prop_map(str::to_owned), 1 => Just("<br>".to_owned())];
    let marked = leaf.prop_recursive(3, 12, 4, |inner| {
        let inside = prop::collection::vec(inner, 1..4).prop_map(|parts| parts.concat());
        prop_oneof![
            (select(vec!["strong", "em", "b", "i", "sub", "sup", "span"]), inside.clone())
                .prop_map(|(name, inside)| format!("<{name}>{inside}</{name}>")),
            (select(LINKS.to_vec()), inside)
                .prop_map(|(to, inside)| format!("<a href=\"{to}\">{inside}</a>")),
        ]
    });
    prop::collection::vec(marked, 0..4).prop_map(|parts| parts.concat()).boxed()
}

/// Markup as editors make it, spelled in many ways.
fn document() -> BoxedStrategy<String> {
    let text = (select(vec!["p", "p", "h2", "h3", "h4", "div"]), line())
        .prop_map(|(name, line)| format!("<{name}>{line}</{name}>"));
    let figure = select(vec!["", "A room", "&quot;A&quot; &amp; b"])
        .prop_map(|alt| format!("<figure><img src=\"{}\" alt=\"{alt}\"></figure>", LINKS[4]));
    let leaf = prop_oneof![8 => text, 1 => figure, 1 => line()];
    let block = leaf.prop_recursive(4, 24, 4, |inner| {
        let inside = prop::collection::vec(inner, 1..4);
        let items = inside.clone().prop_map(|items| {
            items.into_iter().map(|item| format!("<li>{item}</li>")).collect::<String>()
        });
        let span = select(vec!["", " colspan=2", " rowspan=2", " colspan=3 rowspan=3", " rowspan=0"]);
        let cell = (select(vec!["td", "th"]), span, inside.clone());
        let row = prop::collection::vec(cell, 0..4).prop_map(|cells| {
            let cells = cells.into_iter().map(|(name, span, inside)| format!("<{name}{span}>{}</{name}>", inside.concat()));
            format!("<tr>{}</tr>", cells.collect::<String>())
        });
        prop_oneof![
            3 => (select(vec!["<ul>", "<ol>", "<ol start=4>"]), items).prop_map(|(open, items)| {
                format!("{open}{items}</{}>", &open[1..3])
            }),
            1 => inside.prop_map(|inside| format!("<blockquote>{}</blockquote>", inside.concat())),
            1 => prop::collection::vec(row, 1..4).prop_map(|rows| format!("<table><tbody>{}</tbody></table>", rows.concat())),
        ]
    });
    prop::collection::vec(block, 0..5).prop_map(|blocks| blocks.concat()).boxed()
}

/// Letters and digits of a text, all that may not get lost.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A well-known sanitiser that lets through what rich text may hold and nothing else.
fn judge() -> Builder<'static> {
    let tags = "p h2 h3 h4 ul ol li blockquote table tbody tr th td figure img a strong em sub sup br";
    let mut judge = Builder::empty();
    judge
        .tags(tags.split(' ').collect())
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("img", HashSet::from(["src", "alt"])),
            ("th", HashSet::from(["colspan", "rowspan"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "recto"]))
        .link_rel(None);
    judge
}

/// Where references say the same, spellings differ.
fn spelled_out(markup: &str) -> String {
    markup.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">")
}

fn holds(input: &str) -> Result<(), TestCaseError> {
    let once = Html::sanitise(input).unwrap();
    prop_assert_eq!(Html::sanitise(once.as_str()).unwrap(), once.clone());
    // Nothing stands in it that a parser takes for anything else.
    let judged = judge().clean(once.as_str()).to_string();
    prop_assert_eq!(spelled_out(&judged), spelled_out(once.as_str()));
    let pieces: Vec<String> = once.own().map(|id| id.to_string()).collect();
    prop_assert_eq!(pieces.len(), once.as_str().matches("\"recto:").count());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_sanitised_stays_as_it_is(input in prop_oneof![document(), generate::markup(), generate::odd()]) {
        holds(&input)?;
    }

    #[test]
    fn words_are_not_lost(input in document()) {
        let said: String = scraper::Html::parse_fragment(&input).root_element().text().collect();
        prop_assert_eq!(letters(&Html::sanitise(&input).unwrap().plain()), letters(&said));
    }
}

/// The editor reads and writes these unchanged; `admin-assets/test/rich.test.mjs` holds it to them.
#[test]
fn the_editor_is_tested_with_what_the_server_writes() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/rich/canonical.json");
    let mut runner = TestRunner::deterministic();
    let strategy = document();
    let mut written: Vec<String> = (0..300)
        .map(|_| {
            Html::sanitise(&strategy.new_tree(&mut runner).unwrap().current()).unwrap().as_str().to_owned()
        })
        .filter(|markup| !markup.is_empty())
        .collect();
    written.sort();
    written.dedup();
    let text = format!("{}\n", serde_json::to_string_pretty(&written).unwrap());
    if std::fs::read_to_string(file).unwrap_or_default() != text {
        std::fs::write(file, text).unwrap();
        panic!("{file} was not what the server writes. It is now: look at the difference.");
    }
}

fn rich(markup: &str) -> Value {
    Value::Html(Html::sanitise(markup).unwrap())
}

fn to(stored: &Stored, words: &str) -> String {
    format!("<a href=\"recto:{}\">{words}</a>", stored.item.id)
}

fn linking(desk: &TestDesk, text: &str) -> Build {
    let mut news = build::news(desk, "Linking", "2026-01-01");
    news.item.set("body", rich(text));
    news
}

async fn body(client: &Client, stored: &Stored) -> String {
    let answer = client.get(&format!("/api/v1/news/{}", stored.item.id)).await.json();
    answer["data"]["body"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_link_follows_its_item() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let (user, client) = (User::system(), Client::new(&desk));
        let theme = build::theme(&desk, 1, "First").published(&desk).await;
        let project = build::project(&desk, &theme, "1.01", "Target").draft(&desk).await;
        let news =
            linking(&desk, &format!("<p>See {}.</p>", to(&project, "<em>it</em>"))).published(&desk).await;
        let shows = async |path: &str| {
            let id = project.item.id;
            assert_eq!(
                body(&client, &news).await,
                format!(
                    "<p>See <a href=\"{path}\" data-object=\"project\" data-id=\"{id}\"><em>it</em></a>.</p>"
                )
            );
        };
        // Not public: the words alone.
        assert_eq!(body(&client, &news).await, "<p>See <em>it</em>.</p>");
        publish(&desk, &user, project.item.id, None, &[]).await.unwrap();
        shows("/research/first/target").await;
        // A new slug counts once it is published.
        let stored = desk.store.items(project.item.content_type, &[project.item.id]).await.unwrap().remove(0);
        let mut renamed = stored.item.clone();
        renamed.slug = "renamed".to_owned();
        save(&desk, &user, &[Edit::of(&stored, renamed)]).await.unwrap();
        shows("/research/first/target").await;
        publish(&desk, &user, project.item.id, None, &[]).await.unwrap();
        shows("/research/first/renamed").await;
        // So does one of what it lives below.
        change(&desk, &theme, |item| item.slug = "second".to_owned()).await;
        shows("/research/second/renamed").await;
        unpublish(&desk, &user, project.item.id).await.unwrap();
        assert_eq!(body(&client, &news).await, "<p>See <em>it</em>.</p>");
        publish(&desk, &user, project.item.id, None, &[]).await.unwrap();
        shows("/research/second/renamed").await;
        trash(&desk, &user, project.item.id).await.unwrap();
        assert_eq!(body(&client, &news).await, "<p>See <em>it</em>.</p>");
        // What editors have keeps the link.
        let kept = desk.store.items(news.item.content_type, &[news.item.id]).await.unwrap().remove(0);
        assert_eq!(kept.item, news.item);
    }
}

#[tokio::test]
async fn a_link_is_the_same_wherever_the_text_is_told() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let client = Client::at(&desk, Some("https://api.example.org"));
        let theme = build::theme(&desk, 1, "First").published(&desk).await;
        let text = format!("<p>{} and <a href=\"/people\">people</a></p>", to(&theme, "there"));
        let news = linking(&desk, &text).published(&desk).await;
        let id = theme.item.id;
        let own = format!("<a href=\"/research/first\" data-object=\"theme\" data-id=\"{id}\">there</a>");
        let listed = client.get("/api/v1/news?fields=body").await;
        assert_eq!(listed.all("body"), [format!("<p>{own} and <a href=\"/people\">people</a></p>")]);
        // Caches in front are told what it shows.
        assert!(
            listed.header("cache-tag").contains(&format!("theme:{id}")),
            "{}",
            listed.header("cache-tag")
        );
        let one = client.get(&format!("/api/v1/news/{}", news.item.slug)).await;
        assert!(one.header("cache-tag").contains(&format!("theme:{id}")), "{}", one.header("cache-tag"));
        // Before and after the face is prepared.
        desk.desk.published.prepare(100).await.unwrap();
        assert_eq!(
            client.get(&format!("/api/v1/news/{}", news.item.slug)).await.json()["data"],
            one.json()["data"]
        );
        // Readers of feeds are elsewhere.
        for feed in ["/api/v1/news.json", "/api/v1/news.atom"] {
            let told = client.get(feed).await.text.replace("\\\"", "\"").replace("&quot;", "\"");
            assert!(told.contains("\"https://www.example.org/research/first\""), "{told}");
            assert!(told.contains("\"https://www.example.org/people\""), "{told}");
        }
        assert!(client.get("/api/v1/search?q=there").await.all("id").contains(&news.item.id.to_string()));
    }
}

#[tokio::test]
async fn that_a_text_links_to_a_draft_does_not_show() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let client = Client::new(&desk);
        let draft = build::theme(&desk, 1, "Zanarykoo").draft(&desk).await;
        let image = format!("<figure><img src=\"recto:{}\" alt=\"Zanarykoo\"></figure>", draft.item.id);
        let plain = linking(&desk, "<p>Two words.</p>").published(&desk).await;
        let linked =
            linking(&desk, &format!("<p>Two {}.</p>{image}", to(&draft, "words"))).published(&desk).await;
        let mut seen = Vec::new();
        for stored in [plain, linked] {
            let answer = client.get(&format!("/api/v1/news/{}", stored.item.id)).await;
            let shown = format!("{:?} {}", answer.headers, answer.text);
            assert!(!shown.contains("anarykoo") && !shown.contains(&draft.item.id.to_string()), "{shown}");
            let mut one = answer.json()["data"].as_object().unwrap().clone();
            for own in ["id", "slug", "path", "breadcrumbs"] {
                one.remove(own);
            }
            seen.push(Json::Object(one));
        }
        assert_eq!(seen[0], seen[1]);
    }
}

#[tokio::test]
async fn before_publishing_drafts_in_the_text_are_named() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let theme = build::theme(&desk, 1, "Not yet").draft(&desk).await;
        let page = item(&desk, by_name("page").unwrap()).text("title", "Public").published(&desk).await;
        let text = format!("<p>{} {}</p>", to(&theme, "one"), to(&page, "two"));
        let news = linking(&desk, &text).draft(&desk).await;
        let found = preflight(&desk, &User::system(), news.item.id).await.unwrap().candidates;
        let named: Vec<_> = found.iter().map(|one| (one.stored.item.id, one.link)).collect();
        assert_eq!(named, [(theme.item.id, Some("Text"))]);
    }
}

fn shown(stored: &Stored, alt: &str) -> String {
    format!("<figure><img src=\"recto:{}\" alt=\"{alt}\"></figure>", stored.item.id)
}

#[tokio::test]
async fn an_image_in_a_text_follows_the_library() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let (user, client) = (User::system(), Client::new(&desk));
        let bridge = media(&desk, "bridge.png", png(700, 300)).await;
        let bridge = bridge.text("caption", "From the north").text("credit", "A & B").draft(&desk).await;
        let news = linking(&desk, &format!("<p>Look.</p>{}", shown(&bridge, ""))).published(&desk).await;
        let figure = |file: &recto::content::parsed::Upload, alt: &str| {
            let picture = file.picture().unwrap();
            let url = |path: String| format!("/media/{path}");
            let smaller =
                picture.widths.iter().map(|width| format!("{} {width}w, ", url(file.path_at(*width))));
            format!(
                "<p>Look.</p><figure><img src=\"{src}\" alt=\"{alt}\" width=\"{width}\" height=\"{height}\" \
                 srcset=\"{}{src} {width}w\" sizes=\"auto, 100vw\" loading=\"lazy\" data-object=\"media\" \
                 data-id=\"{}\"><figcaption>From the north<br>A &amp; B</figcaption></figure>",
                smaller.collect::<String>(),
                bridge.item.id,
                src = url(file.path()),
                width = picture.width,
                height = picture.height,
            )
        };
        // As a draft it leaves nothing.
        assert_eq!(body(&client, &news).await, "<p>Look.</p>");
        publish(&desk, &user, bridge.item.id, None, &[]).await.unwrap();
        assert_eq!(body(&client, &news).await, figure(&file_of(&bridge.item), "What it shows"));
        // Another file takes its place once that is published.
        let other = keep(&desk, "other.png", png(900, 200)).await;
        let stored = desk.store.items(bridge.item.content_type, &[bridge.item.id]).await.unwrap().remove(0);
        let mut item = stored.item.clone();
        item.set("file", Value::Text(other.to_string().into()));
        save(&desk, &user, &[Edit::of(&stored, item)]).await.unwrap();
        assert_eq!(body(&client, &news).await, figure(&file_of(&bridge.item), "What it shows"));
        publish(&desk, &user, bridge.item.id, None, &[]).await.unwrap();
        assert_eq!(body(&client, &news).await, figure(&other, "What it shows"));
        // What it shows may be said for one place.
        let text = format!("<p>Look.</p>{}", shown(&bridge, "The old one"));
        change(&desk, &news, |item| item.set("body", rich(&text))).await;
        assert_eq!(body(&client, &news).await, figure(&other, "The old one"));
        let answer = client.get(&format!("/api/v1/news/{}", news.item.id)).await;
        assert!(answer.header("cache-tag").contains(&format!("media:{}", bridge.item.id)));
        unpublish(&desk, &user, bridge.item.id).await.unwrap();
        assert_eq!(body(&client, &news).await, "<p>Look.</p>");
    }
}

#[tokio::test]
async fn before_publishing_an_image_in_the_text_must_say_what_it_shows() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let silent =
            media(desk, "silent.png", png(90, 30)).await.text("alternative_text", "").draft(desk).await;
        let news = linking(desk, &shown(&silent, "")).draft(desk).await;
        let mut editor = app.user("editor").await;
        let address = format!("/admin/news/{}/publish", news.item.id);
        let page = editor.get(&address).await;
        let offered = format!("input[name=together][value^='{}:']", silent.item.id);
        assert_eq!(page.attribute(&offered, "disabled").as_deref(), Some(""));
        let said = page.texts(".together small");
        let wanted =
            "Media item, text. Cannot go with it yet: Say what the image shows, or mark it as decorative.";
        assert_eq!(said, [wanted]);
        let describe = format!("/admin/media/{}/describe", silent.item.id);
        editor.post(&describe, &[("words", "A room")]).await;
        let page = editor.get(&address).await;
        assert_eq!(page.attribute(&offered, "checked").as_deref(), Some(""));
        let together = page.attribute(&offered, "value").unwrap();
        // What was ticked goes as it was seen, or nothing does.
        let edited = editor.get(&format!("/admin/media/{}", silent.item.id)).await.form();
        let edited = edited.fill("alternative_text", "A room with a view").press(&mut editor, "save").await;
        assert_eq!(edited.status, StatusCode::SEE_OTHER, "{:?}", edited.texts(".error-summary"));
        for stale in [together, silent.item.id.to_string()] {
            let page =
                editor.post(&address, &[("do", "publish"), ("version", "1"), ("together", &stale)]).await;
            assert_eq!(page.status, StatusCode::CONFLICT);
            assert!(desk.published.reader().get(&news.item.id.to_string()).await.unwrap().is_none());
        }
        let together = editor.get(&address).await.attribute(&offered, "value").unwrap();
        let done =
            editor.post(&address, &[("do", "publish"), ("version", "1"), ("together", &together)]).await;
        assert!(done.location().ends_with("?done=published"), "{}", done.body);
        assert!(body(&Client::new(desk), &news).await.contains("alt=\"A room with a view\""));
    }
}

#[tokio::test]
async fn a_link_leads_to_a_document_of_the_library() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let client = Client::new(desk);
        let paper = media(desk, "Board paper.pdf", pdf("x")).await.draft(desk).await;
        media(desk, "Board room.png", png(90, 30)).await.draft(desk).await;
        let mut editor = app.user("editor").await;
        let found = editor.get("/admin/find?q=board").await.body;
        let found: Json = serde_json::from_str(&found).unwrap();
        let told =
            |name: &str| found.as_array().unwrap().iter().map(|one| one[name].clone()).collect::<Vec<_>>();
        assert_eq!((told("title"), told("label")), (vec!["Board paper.pdf".into()], vec!["Document".into()]));
        assert_eq!(told("id"), [Json::from(paper.item.id.to_string())]);
        let news = linking(desk, &format!("<p>Read {}.</p>", to(&paper, "it"))).published(desk).await;
        assert_eq!(body(&client, &news).await, "<p>Read it.</p>");
        publish(desk, &User::system(), paper.item.id, None, &[]).await.unwrap();
        let (file, id) = (file_of(&paper.item), paper.item.id);
        assert_eq!(
            body(&client, &news).await,
            format!(
                "<p>Read <a href=\"/media/{}\" data-object=\"media\" data-id=\"{id}\" type=\"application/pdf\" \
                 data-size=\"{}\">it</a>.</p>",
                file.path(),
                file.size()
            )
        );
        trash(desk, &User::system(), id).await.unwrap();
        assert_eq!(body(&client, &news).await, "<p>Read it.</p>");
    }
}

#[tokio::test]
async fn images_are_found_for_a_text() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let mut editor = app.user("editor").await;
        let room = media(desk, "Room.png", png(900, 300)).await.text("focal_x", "10").text("focal_y", "90");
        let room = room.published(desk).await;
        desk.clock.advance(TimeDelta::minutes(1));
        let silent = media(desk, "Bare wall.png", png(90, 30)).await.text("alternative_text", "");
        silent.draft(desk).await;
        let gone = media(desk, "Gone room.png", png(91, 30)).await.draft(desk).await;
        trash(desk, &User::system(), gone.item.id).await.unwrap();
        media(desk, "Room plan.pdf", pdf("x")).await.draft(desk).await;
        let mut find = async |query: &str| -> Vec<Json> {
            serde_json::from_str(&editor.get(&format!("/admin/find?{query}")).await.body).unwrap()
        };
        let titles = |found: &[Json]| found.iter().map(|one| one["title"].clone()).collect::<Vec<_>>();
        // The newest first where nothing is typed.
        let all = find("of=images&q=").await;
        assert_eq!(titles(&all), ["Bare wall.png", "Room.png"]);
        assert_eq!(
            (&all[0]["silent"], &all[0]["state"], &all[0]["alternative"]),
            (&true.into(), &"draft".into(), &"".into())
        );
        let found = find("of=images&q=room").await;
        assert_eq!(titles(&found), ["Room.png"]);
        let room_is = &found[0];
        assert_eq!(room_is["id"], room.item.id.to_string());
        assert_eq!((&room_is["silent"], &room_is["state"]), (&false.into(), &"public".into()));
        assert_eq!(
            (&room_is["alternative"], &room_is["crop"]),
            (&"What it shows".into(), &"focal-x1 focal-y9".into())
        );
        assert_eq!(room_is["label"], "Image");
        assert!(room_is["thumbnail"].as_str().unwrap().starts_with("/admin/media-files/"));
        // What it shows is searched, too.
        assert_eq!(titles(&find("of=images&q=shows").await), ["Room.png"]);
        assert!(app.stranger().get("/admin/find?of=images").await.location().starts_with("/admin/sign-in"));
    }
}

#[tokio::test]
async fn an_address_of_the_site_means_what_lives_there() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let desk = &app.desk;
        let theme = build::theme(desk, 1, "First").published(desk).await;
        build::project(desk, &theme, "1.01", "Draft here").draft(desk).await;
        let mut editor = app.user("editor").await;
        let mut find = async |typed: &str| -> Vec<Json> {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", typed).finish();
            let body = editor.get(&format!("/admin/find?{query}")).await.body;
            let found: Vec<Json> = serde_json::from_str(&body).unwrap();
            found.into_iter().map(|one| one["title"].clone()).collect()
        };
        let first = ["Theme 1: First"];
        assert_eq!(find("/research/first").await, first);
        assert_eq!(find("/research/first/?x=1#y").await, first);
        assert_eq!(find("https://www.example.org/research/first").await, first);
        assert_eq!(find("/research/first/draft-here").await, ["1.01 Draft here"]);
        // Its words are nobody's name, and another site is another site.
        for typed in
            ["/first", "https://www.example.org.evil.example/research/first", "https://first.example"]
        {
            assert!(find(typed).await.is_empty(), "{typed}");
        }
        change(desk, &theme, |item| item.slug = "moved".to_owned()).await;
        assert_eq!(find("/research/moved").await, first);
    }
}

#[tokio::test]
async fn many_links_cost_as_many_statements_as_one() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    let mut links = String::new();
    let mut counts = Vec::new();
    for number in 1..=12 {
        let theme = build::theme(&desk, number, &format!("Theme {number}")).published(&desk).await;
        links += &to(&theme, "x ");
        if number == 1 || number == 12 {
            let news = linking(&desk, &format!("<p>{links}</p>")).published(&desk).await;
            let address = format!("/api/v1/news/{}?fields=body&x={number}", news.item.id);
            counts.push(client.statements(address.split("&x").next().unwrap()).await);
        }
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn a_form_shows_the_text_and_what_its_links_are_called() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let theme = build::theme(&app.desk, 1, "Not <yet>").draft(&app.desk).await;
        let nowhere = "01890000-0000-7000-8000-000000000001";
        let text = format!("<h2>On</h2><p>{} <a href=\"recto:{nowhere}\">gone</a></p>", to(&theme, "it"));
        let news = linking(&app.desk, &text).draft(&app.desk).await;
        let mut editor = app.user("editor").await;
        let address = format!("/admin/news/{}", news.item.id);
        let page = editor.get(&address).await;
        assert_eq!(page.form().get("body"), text);
        let items: Json = serde_json::from_str(&page.attribute("#f-body", "data-items").unwrap()).unwrap();
        let told: Vec<_> =
            ["id", "title", "label", "state", "edit"].map(|name| items[0][name].clone()).into();
        let id = theme.item.id.to_string();
        assert_eq!(told, [&id, "Theme 1: Not <yet>", "Theme", "draft", &format!("/admin/themes/{id}")]);
        assert_eq!(items.as_array().unwrap().len(), 1);
        // As it reads, with nothing that could be followed; what was typed wrong is sanitised there too.
        assert_eq!(page.texts("[data-rich-still] h2"), ["On"]);
        assert_eq!(page.texts("[data-rich-still] a:not([href])"), ["it", "gone"]);
        let form = page.form().fill("body", "<p>New<script>alert(1)</script></p>").fill("date", "never");
        let page = form.press(&mut editor, "save").await;
        assert_eq!(page.texts("[data-rich-still] p"), ["New"]);
        assert!(page.texts("main script").is_empty());
        // An image shows itself, with what is to be known of it.
        let room = media(&app.desk, "Room.png", png(90, 30)).await.draft(&app.desk).await;
        let gone = format!("<figure><img src=\"recto:{nowhere}\" alt=\"\"></figure>");
        let text = format!("{}{gone}", shown(&room, ""));
        let other = linking(&app.desk, &text).draft(&app.desk).await;
        let page = editor.get(&format!("/admin/news/{}", other.item.id)).await;
        assert_eq!(page.attribute("[data-rich-still] img", "alt").as_deref(), Some("What it shows"));
        assert_eq!(
            page.texts("[data-rich-still] figcaption"),
            ["Room.png, draft: readers see it once it is published"]
        );
        assert_eq!(
            page.texts("[data-rich-still] figure p"),
            ["An image that is not in the library any more"]
        );
        assert!(page.body.contains("<template><div class=\"drop\" data-upload-into-text"), "{}", page.body);
        // Who may only look gets no control that takes the focus.
        let page = app.user("viewer").await.get(&address).await;
        assert_eq!(page.texts(".rich-still a:not([href])"), ["it", "gone"]);
        assert!(page.attribute(".rich-still", "tabindex").is_none());
        assert!(page.attribute("[data-rich-still]", "class").is_none() && !page.body.contains("<template"));
    }
}

#[tokio::test]
async fn a_text_that_is_too_much_is_kept_in_the_form_and_told() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let news = linking(&app.desk, "<p>As it was.</p>").draft(&app.desk).await;
    let mut editor = app.user("editor").await;
    let address = format!("/admin/news/{}", news.item.id);
    let deep = "<div></x>".repeat(10_000);
    let form = editor.get(&address).await.form().fill("body", &deep);
    let page = form.press(&mut editor, "save").await;
    assert_eq!(page.form().get("body"), deep);
    assert!(page.body.contains("This text is nested too deeply."), "{}", page.body.len());
    assert_eq!(editor.get(&address).await.form().get("body"), "<p>As it was.</p>");
}

#[tokio::test]
async fn a_link_is_found_by_name_or_by_where_it_is_edited() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let theme = build::theme(&app.desk, 1, "Learning to lead").published(&app.desk).await;
        let project = build::project(&app.desk, &theme, "1.01", "Learning by doing").draft(&app.desk).await;
        let gone = build::person(&app.desk, "Learning", "Gone").draft(&app.desk).await;
        trash(&app.desk, &User::system(), gone.item.id).await.unwrap();
        item(&app.desk, by_name("term").unwrap())
            .text("vocabulary", "output_type")
            .text("label", "Learning diary")
            .draft(&app.desk)
            .await;
        let mut editor = app.user("editor").await;
        let mut find = async |typed: &str| {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", typed).finish();
            let page = editor.get(&format!("/admin/find?{query}")).await;
            let found: Json = serde_json::from_str(&page.body).unwrap();
            let found = found.as_array().unwrap().iter();
            let mut found: Vec<String> =
                found.map(|one| format!("{} {}", one["title"], one["state"])).collect();
            found.sort();
            found
        };
        let draft = "\"1.01 Learning by doing\" \"draft\"";
        assert_eq!(find("learning").await, [draft, "\"Theme 1: Learning to lead\" \"public\""]);
        assert_eq!(find("1.01").await, [draft]);
        assert_eq!(find(&format!("http://api.test/admin/projects/{}?x=1", project.item.id)).await, [draft]);
        assert!(find("").await.is_empty() && find("\"*(").await.is_empty());
        let page = app.stranger().get("/admin/find?q=learning").await;
        assert!(!page.body.contains("Learning"), "{}", page.body);
    }
}
