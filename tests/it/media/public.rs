//! What the public sees of the library: published items' files, as they are, and nothing else.

use recto::content::parsed::Upload;
use recto::content::{Value, by_name};
use recto::editing::{Edit, User, preflight, publish, save, trash, unpublish};
use serde_json::json;

use crate::api::{Answer, Client};
use crate::support::build::{self, item};
use crate::support::files::{file_of, gif, jpeg, keep, media, pdf, png};
use crate::support::{Backend, TestDesk, backends};

/// Every address under which a file could be.
fn addresses(id: &str, file: &Upload) -> Vec<String> {
    let mut addresses = vec![format!("/media/{}", file.path()), format!("/media/{id}/{}", file.name())];
    let widths = file.picture().map(|picture| picture.widths.clone()).unwrap_or_default();
    addresses.extend(widths.into_iter().map(|width| format!("/media/{}", file.path_at(width))));
    addresses
}

fn told(answer: &Answer) -> (u16, Vec<u8>, Vec<(String, String)>) {
    let headers = answer.headers.iter();
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    (answer.status, answer.bytes.to_vec(), headers)
}

#[tokio::test]
async fn a_file_is_public_exactly_as_long_as_its_item() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let user = User::system();
        let client = Client::new(&desk);
        let draft = media(&desk, "bridge.png", png(700, 200)).await.draft(&desk).await;
        let (id, file) = (draft.item.id.to_string(), file_of(&draft.item));
        let never =
            |address: &str| address.replace(&file.hash()[..8], "00000000").replace(&id[..8], "00000000");
        let hidden = async || {
            for address in addresses(&id, &file) {
                let (answer, none) = (client.get(&address).await, client.get(&never(&address)).await);
                assert_eq!(answer.status, 404, "{address}");
                assert_eq!(told(&answer), told(&none), "{address} tells of a draft");
                for method in ["HEAD", "POST", "PUT"] {
                    let (answer, none) =
                        (client.ask(method, &address).await, client.ask(method, &never(&address)).await);
                    assert_eq!(told(&answer), told(&none), "{method} {address}");
                }
            }
        };
        let shown = async || {
            for address in addresses(&id, &file) {
                let answer = client.get(&address).await;
                assert!(matches!(answer.status, 200 | 307), "{address}: {}", answer.text);
            }
        };
        let gone = async || {
            for address in addresses(&id, &file) {
                let answer = client.get(&address).await;
                assert_eq!(answer.status, 410, "{address}");
                assert!(!answer.text.contains(file.name()), "{}", answer.text);
            }
        };
        hidden().await;
        publish(&desk, &user, draft.item.id, None, &[]).await.unwrap();
        shown().await;
        unpublish(&desk, &user, draft.item.id).await.unwrap();
        gone().await;
        publish(&desk, &user, draft.item.id, None, &[]).await.unwrap();
        shown().await;
        trash(&desk, &user, draft.item.id).await.unwrap();
        gone().await;
    }
}

#[tokio::test]
async fn files_are_served_as_what_they_are_and_nothing_else() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    for (name, bytes, essence, disposition) in [
        ("a.jpg", jpeg(50, 40), "image/jpeg", "inline; filename=\"a.jpg\""),
        ("b.png", png(50, 40), "image/png", "inline; filename=\"b.png\""),
        ("c.gif", gif(50, 40, 2), "image/gif", "inline; filename=\"c.gif\""),
        ("d.pdf", pdf("d"), "application/pdf", "inline; filename=\"d.pdf\""),
        ("e.csv", b"a,b".to_vec(), "text/csv", "attachment; filename=\"e.csv\""),
        ("f.txt", b"javascript:alert(1)".to_vec(), "text/plain", "attachment; filename=\"f.txt\""),
    ] {
        let stored = media(&desk, name, bytes).await.published(&desk).await;
        let file = file_of(&stored.item);
        let address = format!("/media/{}", file.path());
        let answer = client.get(&address).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.bytes.len() as u64, file.size());
        assert_eq!(answer.header("content-type"), essence);
        assert_eq!(answer.header("content-disposition"), disposition);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(answer.header("content-security-policy").contains("sandbox"), name != "d.pdf");
        assert_eq!(answer.header("cache-control"), "public, max-age=120");
        assert_eq!(answer.header("etag"), format!("\"{}\"", file.hash()));
        assert_eq!(answer.header("accept-ranges"), "bytes");
        assert_eq!(answer.header("cache-tag"), format!("media:{},site", stored.item.id));
        assert_eq!(answer.header("content-length"), file.size().to_string());
        assert_eq!(answer.header("access-control-allow-origin"), "*");

        let head = client.ask("HEAD", &address).await;
        assert_eq!(
            (head.status, head.bytes.len(), head.header("content-length")),
            (200, 0, answer.header("content-length"))
        );
        for seen in
            [answer.header("etag").to_owned(), "*".to_owned(), format!("\"x\", W/{}", answer.header("etag"))]
        {
            let same = client.get_with(&address, "if-none-match", &seen).await;
            assert_eq!((same.status, same.bytes.len()), (304, 0), "{seen}");
        }
        assert_eq!(client.get_with(&address, "if-none-match", "\"other\"").await.status, 200);
        // Neither another name nor a query is another address of the same.
        for other in [
            address.replace(file.name(), "other.svg"),
            address.replace(&format!("/{}", file.name()), &format!("/320/{}", file.name())),
            format!("/media/{}", file.hash()),
            format!("/media/{}/", file.hash()),
            format!("/media/{}/..%2f..%2frecto.db", file.hash()),
            address.replace(file.hash(), &file.hash().to_uppercase()),
        ] {
            assert_eq!(client.get(&other).await.status, 404, "{other}");
        }
        assert_eq!(client.get(&format!("{address}?x=1")).await.status, 400);
        assert_eq!(client.ask("POST", &address).await.status, 405);
    }
}

#[tokio::test]
async fn parts_of_files_can_be_asked_for() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    let stored = media(&desk, "digits.txt", b"0123456789".to_vec()).await.published(&desk).await;
    let file = file_of(&stored.item);
    let address = format!("/media/{}", file.path());
    for (range, status, part, content_range) in [
        ("bytes=2-4", 206, "234", "bytes 2-4/10"),
        ("bytes=7-", 206, "789", "bytes 7-9/10"),
        ("bytes=-2", 206, "89", "bytes 8-9/10"),
        ("bytes=8-100", 206, "89", "bytes 8-9/10"),
        ("bytes=0-9", 200, "0123456789", ""),
        ("bytes=10-", 416, "", "bytes */10"),
        ("bytes=-0", 416, "", "bytes */10"),
        ("bytes=1-2,4-5", 200, "0123456789", ""),
        ("bytes=4-2", 200, "0123456789", ""),
        ("lines=1-2", 200, "0123456789", ""),
    ] {
        let answer = client.get_with(&address, "range", range).await;
        assert_eq!((answer.status, answer.text.as_str()), (status, part), "{range}");
        assert_eq!(answer.header("content-range"), content_range, "{range}");
    }
    let ask = |seen: &str| {
        let request =
            axum::http::Request::get(&address).header("range", "bytes=2-4").header("if-range", seen);
        request.body(axum::body::Body::empty()).unwrap()
    };
    let tag = format!("\"{}\"", file.hash());
    assert_eq!(client.send(ask(&tag)).await.status, 206);
    for other in ["\"other\"", &format!("W/{tag}"), "Mon, 02 Mar 2026 09:00:00 GMT"] {
        assert_eq!(client.send(ask(other)).await.status, 200, "{other}");
    }
}

#[tokio::test]
async fn the_api_tells_all_that_a_site_needs() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    let picture = media(&desk, "bridge.jpg", jpeg(700, 350))
        .await
        .text("caption", "The bridge")
        .text("credit", "A. Nobody")
        .text("licence", "CC BY 4.0")
        .integer("focal_x", 30)
        .integer("focal_y", 70)
        .draft(&desk)
        .await;
    let (id, file) = (picture.item.id.to_string(), file_of(&picture.item));
    let theme = build::theme(&desk, 3, "Leadership").published(&desk).await;
    let project =
        build::project(&desk, &theme, "3.07", "Learning").one("image", picture.item.id).draft(&desk).await;
    // The picture is offered with the project, and without it does not show.
    let offered = preflight(&desk, &User::system(), project.item.id).await.unwrap();
    assert_eq!(
        offered.candidates.iter().map(|one| one.stored.item.id).collect::<Vec<_>>(),
        [picture.item.id]
    );
    publish(&desk, &User::system(), project.item.id, None, &[]).await.unwrap();
    let face = async || client.get("/api/v1/projects/3.07").await.json()["data"].get("image").cloned();
    assert_eq!(face().await, None);
    publish(&desk, &User::system(), project.item.id, None, &[picture.item.id]).await.unwrap();
    let variant = |width: u32, height: u32| json!({ "width": width, "height": height, "url": format!("/media/{}", file.path_at(width)) });
    let image = face().await.unwrap();
    assert_eq!(
        image,
        json!({
            "id": id, "object": "media", "slug": "bridge-jpg", "title": "bridge.jpg", "kind": "image",
            "url": format!("/media/{}", file.path()), "media_type": "image/jpeg", "size": file.size(),
            "width": 700, "height": 350, "variants": [variant(320, 160), variant(640, 320)],
            "alternative_text": "What it shows", "decorative": false, "caption": "The bridge",
            "credit": "A. Nobody", "licence": "CC BY 4.0", "focal_x": 30, "focal_y": 70,
        })
    );
    for address in [&image["url"], &image["variants"][0]["url"]] {
        assert_eq!(client.get(address.as_str().unwrap()).await.header("content-type"), "image/jpeg");
    }
    let one = client.get(&format!("/api/v1/media/{id}")).await.json()["data"].clone();
    assert_eq!(one["sha256"], file.hash());
    assert!(one.get("file").is_none() && one.get("_file").is_none());
    let chosen = client.get("/api/v1/media?fields=title,variants(url)").await.json()["data"][0].clone();
    assert_eq!(chosen["variants"][1], json!({ "url": format!("/media/{}", file.path_at(640)) }));
    // Replaced: the address by number goes on, the old file stays until the new one is published.
    let stable = format!("/media/{id}/{}", file.name());
    let leads = async || client.get(&stable).await.header("location").to_owned();
    assert_eq!(leads().await, format!("/media/{}", file.path()));
    let next = keep(&desk, "newer bridge.jpg", jpeg(800, 300)).await;
    let mut replaced =
        desk.store.items(by_name("media").unwrap(), &[picture.item.id]).await.unwrap().remove(0);
    let mut changed = replaced.item.clone();
    changed.set("file", Value::Text(next.to_string().into()));
    replaced = save(&desk, &User::system(), &[Edit::of(&replaced, changed)]).await.unwrap().remove(0);
    assert_eq!(leads().await, format!("/media/{}", file.path()));
    assert_eq!(client.get(&format!("/media/{}", next.path())).await.status, 404);
    publish(&desk, &User::system(), replaced.item.id, None, &[]).await.unwrap();
    assert_eq!(leads().await, format!("/media/{}", next.path()));
    assert_eq!(client.get(&format!("/media/{}", next.path())).await.status, 200);
    assert_eq!(client.get(&format!("/media/{}", file.path())).await.status, 410);
    let redirect = client.get(&stable).await;
    assert_eq!((redirect.status, redirect.header("cache-control")), (307, "no-cache"));
}

#[tokio::test]
async fn an_image_is_published_only_with_words_for_it() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let publishes = async |build: build::Build| {
        let stored = build.draft(&desk).await;
        publish(&desk, &User::system(), stored.item.id, None, &[]).await.is_ok()
    };
    assert!(!publishes(media(&desk, "a.png", png(9, 9)).await.text("alternative_text", "")).await);
    assert!(publishes(media(&desk, "a.png", png(9, 9)).await).await);
    let decorative =
        media(&desk, "a.png", png(9, 9)).await.text("alternative_text", "").text("decorative", "true");
    assert!(publishes(decorative).await);
    assert!(publishes(media(&desk, "a.pdf", pdf("a")).await.text("alternative_text", "")).await);
    let without = item(&desk, by_name("media").unwrap()).text("title", "No file").text("decorative", "true");
    assert!(!publishes(without).await);
}

#[tokio::test]
async fn files_answer_as_they_are_described() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let client = Client::new(&desk);
    let stored = media(&desk, "bridge.png", png(700, 200)).await.published(&desk).await;
    let file = file_of(&stored.item);
    let document = recto::api::openapi::document();
    let (whole, smaller) = ("/media/{file}/{name}", "/media/{file}/{width}/{name}");
    let (path, path_at) = (format!("/media/{}", file.path()), format!("/media/{}", file.path_at(320)));
    let tag = format!("\"{}\"", file.hash());
    for (described, address, (header, value), status) in [
        (whole, path.clone(), ("accept", "*/*"), 200),
        (whole, path.clone(), ("range", "bytes=0-9"), 206),
        (whole, path.clone(), ("if-none-match", tag.as_str()), 304),
        (whole, format!("/media/{}/x", stored.item.id), ("accept", "*/*"), 307),
        (whole, path.replace("bridge", "other"), ("accept", "*/*"), 404),
        (whole, path.clone(), ("range", "bytes=99999999-"), 416),
        (whole, format!("{path}?x=1"), ("accept", "*/*"), 400),
        (smaller, path_at.clone(), ("accept", "*/*"), 200),
        (smaller, path_at.clone(), ("range", "bytes=-9"), 206),
        (smaller, path_at.clone(), ("range", "bytes=99999999-"), 416),
        (smaller, path_at.replace("/320/", "/321/"), ("accept", "*/*"), 404),
    ] {
        let answer = client.get_with(&address, header, value).await;
        assert_eq!(answer.status, status, "{address} {header}: {value}");
        let mut response = &document["paths"][described]["get"]["responses"][status.to_string()];
        if let Some(shared) = response["$ref"].as_str() {
            response = document.pointer(shared.trim_start_matches('#')).unwrap();
        }
        assert!(response.is_object(), "{described} {status} is not described");
        for name in response["headers"].as_object().into_iter().flatten().map(|(name, _)| name) {
            let there = answer.headers.contains_key(name.to_lowercase());
            assert!(
                there || name.starts_with("RateLimit") || name == "Retry-After",
                "{described} {status}: {name}"
            );
        }
    }
}
