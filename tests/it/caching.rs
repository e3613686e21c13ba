//! How long each kind of answer may be kept: what is withdrawn must be gone from caches soon, and no
//! error may stay.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use recto::admin::assets;
use recto::api::{ApiConfig, Rate, router};
use recto::editing::{User, unpublish};

use crate::api::{Answer, Client, ThePage, change};
use crate::support::build;
use crate::support::files::{file_of, jpeg, media};
use crate::support::{Backend, TestApp, TestDesk};

/// What the public is told may be kept for a minute,
const ANSWER: &str = "public, max-age=60";
/// files for two,
const FILE: &str = "public, max-age=120";
/// that something was withdrawn for a minute,
const GONE: &str = "public, max-age=60";
/// and what is there as soon as somebody publishes it, for a moment.
const NOTHING_YET: &str = "public, max-age=5";
const NEVER: &str = "no-store";

/// What must hold of each answer, whatever its kind.
fn check(what: &str, answer: &Answer) {
    let kept = answer.header("cache-control");
    assert!(!kept.is_empty(), "{what} says nothing: a cache may keep it as long as it likes");
    for word in ["stale-", "immutable", "s-maxage"] {
        assert!(!kept.contains(word), "{what}: {kept}");
    }
    assert!(answer.headers.get("expires").is_none(), "{what}");
}

#[tokio::test]
async fn every_kind_of_answer_says_how_long_it_may_be_kept() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    build::event(&desk, "Reading group", "2026-04-01T10:00").published(&desk).await;
    unpublish(&desk, &User::system(), page.outputs[0].item.id).await.unwrap();
    let gone = &page.outputs[0].item.slug;
    let moved = page.outputs[1].item.slug.clone();
    change(&desk, &page.outputs[1], |item| item.slug = "moved-away".to_owned()).await;
    let here = &page.outputs[2].item.slug;
    let picture = media(&desk, "bridge.jpg", jpeg(700, 350)).await.published(&desk).await;
    let (id, file) = (picture.item.id, file_of(&picture.item));
    let (whole, small) = (format!("/media/{}", file.path()), format!("/media/{}", file.path_at(320)));
    let hidden = media(&desk, "draft.jpg", jpeg(60, 50)).await.draft(&desk).await;
    let hidden = format!("/media/{}", file_of(&hidden.item).path());
    let client = Client::new(&desk);
    for (method, address, status, kept) in [
        // What is there.
        ("GET", "/api/v1/site".to_owned(), 200, ANSWER),
        ("GET", "/api/v1/projects".to_owned(), 200, ANSWER),
        ("GET", "/api/v1/projects/3.07".to_owned(), 200, ANSWER),
        ("HEAD", "/api/v1/projects/3.07".to_owned(), 200, ANSWER),
        ("GET", "/api/v1/projects/3.07/outputs".to_owned(), 200, ANSWER),
        ("GET", "/api/v1/projects/3.07/head".to_owned(), 200, ANSWER),
        ("GET", "/api/v1/pages?path=/".to_owned(), 200, ANSWER),
        ("GET", "/api/v1/outputs.bib".to_owned(), 200, ANSWER),
        ("GET", format!("/api/v1/outputs/{here}.ris"), 200, ANSWER),
        ("GET", "/api/v1/search?q=learning".to_owned(), 200, ANSWER),
        ("GET", "/api/v1/navigation".to_owned(), 200, ANSWER),
        // Whoever asks what is new wants it now.
        ("GET", "/api/v1/changes".to_owned(), 200, "public, max-age=0"),
        ("GET", "/sitemap.xml".to_owned(), 200, ANSWER),
        ("GET", "/api/v1/events.ics".to_owned(), 200, ANSWER),
        ("GET", "/api/v1/news.atom".to_owned(), 200, ANSWER),
        ("GET", "/openapi.json".to_owned(), 200, ANSWER),
        ("GET", "/docs".to_owned(), 200, ANSWER),
        ("GET", "/docs.css".to_owned(), 200, ANSWER),
        // Each of these says when it was made.
        ("GET", "/oai?verb=Identify".to_owned(), 200, "no-cache"),
        ("GET", "/oai?verb=Nonsense".to_owned(), 200, "no-cache"),
        // Where it is now.
        ("GET", format!("/api/v1/outputs/{moved}"), 308, ANSWER),
        ("GET", format!("/api/v1/pages?path=/outputs/{moved}"), 308, ANSWER),
        ("GET", format!("/media/{id}/any.jpg"), 307, "no-cache"),
        // Files.
        ("GET", whole.clone(), 200, FILE),
        ("HEAD", whole.clone(), 200, FILE),
        ("GET", small, 200, FILE),
        // Withdrawn.
        ("GET", format!("/api/v1/outputs/{gone}"), 410, GONE),
        ("HEAD", format!("/api/v1/outputs/{gone}"), 410, GONE),
        ("GET", format!("/api/v1/outputs/{gone}.bib"), 410, GONE),
        ("GET", format!("/api/v1/pages?path=/outputs/{gone}"), 410, GONE),
        // Not there, or not yet.
        ("GET", "/api/v1/projects/nothing".to_owned(), 404, NOTHING_YET),
        ("HEAD", "/api/v1/projects/nothing".to_owned(), 404, NOTHING_YET),
        ("GET", "/api/v1/projects/%ff".to_owned(), 404, NOTHING_YET),
        ("GET", "/api/v1/nothing".to_owned(), 404, NOTHING_YET),
        ("GET", "/nowhere".to_owned(), 404, NOTHING_YET),
        ("GET", "/".to_owned(), 404, NOTHING_YET),
        ("POST", "/api/v1/nothing".to_owned(), 404, NOTHING_YET),
        ("GET", "/sitemap.xml?part=9".to_owned(), 404, NOTHING_YET),
        ("GET", "/media/nothing".to_owned(), 404, NOTHING_YET),
        ("GET", "/media/nothing/x.jpg".to_owned(), 404, NOTHING_YET),
        ("GET", hidden.clone(), 404, NOTHING_YET),
        ("HEAD", hidden, 404, NOTHING_YET),
        ("GET", format!("/media/{}", file.path_at(321)), 404, NOTHING_YET),
        // Not to be read as it was asked for, by what is public now.
        ("GET", "/api/v1/projects?nonsense=1".to_owned(), 400, NOTHING_YET),
        ("GET", "/api/v1/changes?since=YWZ0ZXIgOTk5OTk5".to_owned(), 400, NOTHING_YET),
        ("GET", format!("{whole}?x=1"), 400, NOTHING_YET),
        // Not for reading.
        ("POST", "/api/v1/projects".to_owned(), 405, NEVER),
        ("DELETE", "/openapi.json".to_owned(), 405, NEVER),
        ("POST", whole.clone(), 405, NEVER),
    ] {
        let what = format!("{method} {address}");
        let answer = client.ask(method, &address).await;
        assert_eq!((answer.status, answer.header("cache-control")), (status, kept), "{what}");
        check(&what, &answer);
    }
    for (address, name, value, status, kept) in [
        ("/api/v1/projects/3.07", "if-none-match", "*", 304, ANSWER),
        ("/api/v1/projects/nothing", "if-none-match", "*", 404, NOTHING_YET),
        (&whole, "if-none-match", "*", 304, FILE),
        (&whole, "range", "bytes=0-9", 206, FILE),
        (&whole, "range", "bytes=999999-", 416, NEVER),
    ] {
        let what = format!("{address} with {name}");
        let answer = client.get_with(address, name, value).await;
        assert_eq!((answer.status, answer.header("cache-control")), (status, kept), "{what}");
        check(&what, &answer);
    }
}

#[tokio::test]
async fn that_we_cannot_answer_is_kept_by_nobody() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let store = desk.published.reader().clone();
    let one = NonZeroU32::MIN;
    let config = ApiConfig {
        rate: Some(Rate { per_minute: one, burst: one }),
        files: Some(desk.media.files().clone()),
        ..ApiConfig::default()
    };
    let client = Client::over(router(store.clone(), config, desk.clock.clone()), store);
    let ask = async |address: &str| {
        let from = ConnectInfo(SocketAddr::new(IpAddr::from([192, 0, 2, 1]), 4_711));
        client.send(Request::get(address).extension(from).body(Body::empty()).unwrap()).await
    };
    assert_eq!(ask("/api/v1/site").await.status, 200);
    for address in ["/api/v1/projects", "/media/nothing/x.jpg", "/nowhere"] {
        let answer = ask(address).await;
        assert_eq!((answer.status, answer.header("cache-control")), (429, NEVER), "{address}");
        check(address, &answer);
    }
    // The store is away.
    let client = Client::new(&desk);
    desk.published.close().await;
    for address in
        ["/api/v1/projects", "/api/v1/projects/3.07", "/oai?verb=Identify", "/api/v1/changes/stream"]
    {
        let answer = client.get(address).await;
        assert!(answer.status >= 500, "{address}: {}", answer.status);
        assert_eq!(answer.header("cache-control"), NEVER, "{address}");
        check(address, &answer);
    }
}

#[tokio::test]
async fn what_is_kept_is_replaced_by_what_can_be_kept() {
    // A cache that shows what it has while it asks again puts the next answer in its place only where
    // that may be kept.
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let picture = media(&desk, "bridge.jpg", jpeg(60, 50)).await.published(&desk).await;
    let client = Client::new(&desk);
    let output = &page.outputs[0].item;
    let addresses = [
        format!("/api/v1/outputs/{}", output.slug),
        format!("/api/v1/outputs/{}.bib", output.id),
        format!("/api/v1/pages?path=/outputs/{}", output.slug),
        format!("/api/v1/media/{}", picture.item.id),
        format!("/media/{}", file_of(&picture.item).path()),
    ];
    for address in &addresses {
        assert_eq!(client.get(address).await.status, 200, "{address}");
    }
    unpublish(&desk, &User::system(), output.id).await.unwrap();
    unpublish(&desk, &User::system(), picture.item.id).await.unwrap();
    for address in &addresses {
        let answer = client.get(address).await;
        let most = match answer.status {
            410 => 60,
            404 => 5,
            other => panic!("{address}: {other}"),
        };
        let kept = answer.header("cache-control");
        let age: u32 = kept.strip_prefix("public, max-age=").unwrap_or_default().parse().unwrap();
        assert!((1..=most).contains(&age), "{address}: {kept}");
    }
}

#[tokio::test]
async fn of_the_admin_nothing_is_kept_but_what_has_its_hash_in_its_name() {
    let app = TestApp::new(&Backend::Sqlite).await;
    let mut stranger = app.stranger();
    for (address, kept) in [
        (assets::url("admin.css").as_str(), "public, max-age=31536000, immutable"),
        ("/admin/assets/admin.css", NEVER),
        ("/admin/assets/nothing.js", NEVER),
        ("/admin/assets/%ff", NEVER),
        ("/admin", NEVER),
        ("/admin/", NEVER),
        ("/admin/sign-in", NEVER),
        ("/admin/password/nothing", NEVER),
        ("/admin/nothing/at/all", NEVER),
    ] {
        let page = stranger.get(address).await;
        assert_eq!(page.headers["cache-control"], kept, "{address}: {}", page.status);
    }
    let posted = stranger.post(&assets::url("admin.css"), &[]).await;
    assert_eq!((posted.status.as_u16(), &posted.headers["cache-control"]), (405, &NEVER.parse().unwrap()));
}
