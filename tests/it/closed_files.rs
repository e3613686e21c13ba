//! Which files of the library the public may have: those that somebody opened, as long as what they were
//! opened for is open. Nothing else that editors do, and nothing that happens by itself, opens one.

mod model;
mod undo;

use chrono::TimeDelta;
use recto::content::{Id, Value, by_name};
use recto::editing::bulk::{self, Chosen, Fate, Wish};
use recto::editing::{
    Edit, Elsewhere, Publish, Sake, User, do_due, preflight, publish, publish_as, save, take_back, trash,
    unpublish, untrash,
};
use recto::error::Error;
use recto::store::{Reason, Stored};

use crate::api::Client;
use crate::support::build::{self, item};
use crate::support::files::{file_of, media, pdf};
use crate::support::{TestDesk, backends};

/// An output with a file of its own, as drafts.
async fn output_with_file(desk: &TestDesk, title: &str, availability: &str) -> (Stored, Stored) {
    let file = media(desk, &format!("{title}.pdf"), pdf(title)).await.draft(desk).await;
    let mut output = build::output(desk, None, title, 2026)
        .await
        .text("availability", availability)
        .one("file", file.item.id);
    if availability == "embargoed" {
        output = output.text("embargo_until", "2026-06-01");
    }
    (output.draft(desk).await, file)
}

async fn together(desk: &TestDesk, stored: &Stored, files: &[Id]) {
    publish(desk, &User::system(), stored.item.id, None, files).await.unwrap();
}

async fn newest(desk: &TestDesk, stored: &Stored) -> Stored {
    desk.store.item(stored.item.id).await.unwrap()
}

async fn change(desk: &TestDesk, stored: &Stored, change: impl FnOnce(&mut recto::content::Item)) -> Stored {
    let stored = newest(desk, stored).await;
    let mut item = stored.item.clone();
    change(&mut item);
    save(desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap().remove(0)
}

/// The status of a file by its hash, which is that by its item's id but for the redirect, and that of the
/// media item itself.
async fn status(client: &Client, media: &Stored) -> u16 {
    let file = file_of(&media.item);
    let id = media.item.id;
    let own = client.get(&format!("/media/{}", file.path())).await.status;
    let by_id = client.get(&format!("/media/{id}/{}", file.name())).await.status;
    let item = client.get(&format!("/api/v1/media/{id}")).await.status;
    let head = client.ask("HEAD", &format!("/media/{}", file.path())).await.status;
    assert_eq!(by_id, if own == 200 { 307 } else { own }, "{}", media.item.title());
    assert_eq!((item, head), (own, own), "{}", media.item.title());
    let listed = client.get("/api/v1/media?limit=100").await.text;
    for word in [media.item.title(), file.hash().to_owned(), id.to_string()] {
        assert_eq!(listed.contains(&word), own == 200, "{word}");
    }
    own
}

#[tokio::test]
async fn the_file_of_what_is_not_open_stays_closed_whatever_becomes_of_it() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let client = Client::new(&desk);
        let user = User::system();
        for availability in ["embargoed", "on_request", "unavailable"] {
            for what in ["unpublish", "trash", "take out", "swap", "link", "open in the draft"] {
                let (output, file) =
                    output_with_file(&desk, &format!("{availability} {what}"), availability).await;
                together(&desk, &output, &[file.item.id]).await;
                assert_eq!(status(&client, &file).await, 404, "{availability}");
                let mut other = None;
                match what {
                    "unpublish" => drop(unpublish(&desk, &user, output.item.id).await.unwrap()),
                    "trash" => drop(trash(&desk, &user, output.item.id).await.unwrap()),
                    "take out" => {
                        change(&desk, &output, |item| item.set("file", Value::None)).await;
                        together(&desk, &output, &[]).await;
                    }
                    "swap" => {
                        let new = media(&desk, "new.pdf", pdf(&format!("new {availability}"))).await;
                        let new = new.draft(&desk).await;
                        change(&desk, &output, |item| item.set("file", Value::One(new.item.id))).await;
                        together(&desk, &output, &[new.item.id]).await;
                        other = Some(new);
                    }
                    "link" => {
                        let text = format!("<p><a href=\"recto:{}\">it</a></p>", file.item.id);
                        let news = build::news(&desk, "News", "2026-03-01").text("body", &text);
                        let news = news.draft(&desk).await;
                        let offered = preflight(&desk, &user, news.item.id).await.unwrap().candidates;
                        assert!(
                            matches!(&offered[0].file, Sake::HeldBack(title) if *title == output.item.title())
                        );
                        together(&desk, &news, &[]).await;
                        let shown = client.get(&format!("/api/v1/news/{}", news.item.id)).await;
                        assert!(!shown.text.contains(file_of(&file.item).hash()), "{}", shown.text);
                        assert!(shown.text.contains("<p>it</p>"), "{}", shown.text);
                    }
                    _ => drop(change(&desk, &output, |item| item.set("availability", open())).await),
                }
                assert_eq!(status(&client, &file).await, 404, "{availability}, {what}");
                if let Some(other) = other {
                    assert_eq!(status(&client, &other).await, 404, "{availability}, the new file");
                }
            }
        }
    }
}

fn open() -> Value {
    recto::content::text::parse(&by_name("output").unwrap().field("availability").unwrap().kind, "open")
        .unwrap()
}

#[tokio::test]
async fn what_was_open_and_is_withdrawn_is_gone_and_comes_back_with_it() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let client = Client::new(&desk);
        let user = User::system();
        let (output, file) = output_with_file(&desk, "Open", "open").await;
        together(&desk, &output, &[]).await;
        assert_eq!(status(&client, &file).await, 404, "an output opens no file that nobody has ticked");
        together(&desk, &output, &[file.item.id]).await;
        assert_eq!(status(&client, &file).await, 200);
        let gone = async |what: &str| {
            assert_eq!(status(&client, &file).await, 410, "{what}");
            let hash = file_of(&file.item).hash().to_owned();
            let told = client.get(&format!("/media/{}", file_of(&file.item).path())).await;
            let slug = client.get(&format!("/api/v1/media/{}", file.item.slug)).await;
            assert_eq!(slug.status, 410);
            for answer in
                [told, slug, client.get("/api/v1/changes").await, client.get("/api/v1/search?q=Open").await]
            {
                for secret in [hash.as_str(), "Open.pdf"] {
                    assert!(!answer.text.contains(secret), "{what}: {}", answer.text);
                }
            }
        };
        unpublish(&desk, &user, output.item.id).await.unwrap();
        gone("unpublished").await;
        together(&desk, &output, &[]).await;
        assert_eq!(status(&client, &file).await, 200, "it was opened for this output");
        trash(&desk, &user, output.item.id).await.unwrap();
        gone("trashed").await;
        untrash(&desk, &user, output.item.id).await.unwrap();
        gone("a draft").await;
        together(&desk, &output, &[]).await;
        change(&desk, &output, |item| item.set("file", Value::None)).await;
        assert_eq!(status(&client, &file).await, 200, "a draft changes nothing");
        together(&desk, &output, &[]).await;
        gone("taken out").await;
        change(&desk, &output, |item| item.set("file", Value::One(file.item.id))).await;
        together(&desk, &output, &[]).await;
        gone("put back without being ticked").await;
        // By itself it is public whatever becomes of the output.
        together(&desk, &file, &[]).await;
        unpublish(&desk, &user, output.item.id).await.unwrap();
        assert_eq!(status(&client, &file).await, 200);
        unpublish(&desk, &user, file.item.id).await.unwrap();
        gone("unpublished itself").await;
    }
}

#[tokio::test]
async fn an_embargo_ends_by_itself_in_the_sites_zone_and_once() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let client = Client::new(&desk);
        let (output, file) = output_with_file(&desk, "Embargoed", "embargoed").await;
        together(&desk, &output, &[file.item.id]).await;
        let own = format!("/api/v1/outputs/{}", output.item.id);
        let shown = client.get(&own).await.json();
        assert_eq!(shown["data"]["availability"], "embargoed");
        let bytes = std::fs::read(desk.dir.path().join("public.db")).unwrap();
        let hash = file_of(&file.item).hash().to_owned();
        assert!(!bytes.windows(hash.len()).any(|window| window == hash.as_bytes()));
        // Midnight in London is an hour before midnight in Greenwich.
        let ends: chrono::DateTime<chrono::Utc> = "2026-05-31T23:00:00Z".parse().unwrap();
        desk.clock.advance(ends - desk.clock.now() - TimeDelta::seconds(1));
        assert_eq!(do_due(&desk).await.unwrap(), Some(ends));
        assert_eq!(status(&client, &file).await, 404);
        let before = client.get("/api/v1/changes").await.json()["page"]["latest"].clone();
        desk.clock.advance(TimeDelta::seconds(1));
        assert_eq!(do_due(&desk).await.unwrap(), None);
        assert_eq!(do_due(&desk).await.unwrap(), None);
        assert_eq!(status(&client, &file).await, 200);
        let shown = client.get(&own).await.json();
        assert_eq!(shown["data"]["availability"], "open");
        assert_eq!(shown["data"]["updated_at"], "2026-05-31T23:00:00.000Z");
        assert_eq!(shown["data"]["file"]["id"], file.item.id.to_string());
        let served = client.get(&format!("/media/{}", file_of(&file.item).path())).await;
        assert_eq!(served.header("cache-tag"), format!("media:{},site", file.item.id));
        let news = client.get(&format!("/api/v1/changes?since={}", before.as_str().unwrap())).await.json();
        let ids: Vec<_> = news["data"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        assert_eq!(ids, [output.item.id.to_string(), file.item.id.to_string()]);
        let log = desk.store.publication_log(Some(output.item.id), 0, 10).await.unwrap();
        let reasons: Vec<_> = log.iter().map(|line| (line.reason, line.version, line.by.is_some())).collect();
        assert_eq!(reasons, [(Reason::Publish, Some(1), false), (Reason::Embargo, Some(1), false)]);
        assert_eq!(newest(&desk, &output).await.meta.published_version, Some(1));
    }
}

#[tokio::test]
async fn whoever_decides_otherwise_before_an_embargo_ends_is_heeded() {
    let desk = TestDesk::new(&crate::support::Backend::Sqlite).await;
    let client = Client::new(&desk);
    let user = User::system();
    let mut files = Vec::new();
    for what in ["unpublished", "trashed", "later", "on request", "draft"] {
        let (output, file) = output_with_file(&desk, what, "embargoed").await;
        together(&desk, &output, &[file.item.id]).await;
        match what {
            "unpublished" => drop(unpublish(&desk, &user, output.item.id).await.unwrap()),
            "trashed" => drop(trash(&desk, &user, output.item.id).await.unwrap()),
            "later" => {
                let until = recto::content::Kind::Date;
                let later = recto::content::text::parse(&until, "2027-01-01").unwrap();
                change(&desk, &output, |item| item.set("embargo_until", later)).await;
                together(&desk, &output, &[]).await;
            }
            "on request" => {
                let kind = by_name("output").unwrap().field("availability").unwrap().kind;
                let closed = recto::content::text::parse(&kind, "on_request").unwrap();
                change(&desk, &output, |item| item.set("availability", closed)).await;
                together(&desk, &output, &[]).await;
            }
            // What is only a draft does not count: the public was told of June.
            _ => drop(change(&desk, &output, |item| item.set("embargo_until", Value::None)).await),
        }
        files.push((what, file));
    }
    desk.clock.advance(TimeDelta::days(120));
    do_due(&desk).await.unwrap();
    for (what, file) in files {
        assert_eq!(status(&client, &file).await, if what == "draft" { 200 } else { 404 }, "{what}");
    }
}

#[tokio::test]
async fn embargoes_move_with_the_sites_zone() {
    let desk = TestDesk::new(&crate::support::Backend::Sqlite).await;
    let (output, file) = output_with_file(&desk, "Moved", "embargoed").await;
    together(&desk, &output, &[file.item.id]).await;
    let site = desk.store.single(by_name("site").unwrap()).await.unwrap().unwrap();
    for (zone, ends) in [
        ("America/New_York", "2026-06-01T04:00:00Z"),
        ("Asia/Tokyo", "2026-05-31T15:00:00Z"),
        ("Europe/London", "2026-05-31T23:00:00Z"),
    ] {
        let kind = by_name("site").unwrap().field("time_zone").unwrap().kind;
        let zone = recto::content::text::parse(&kind, zone).unwrap();
        change(&desk, &site, |item| item.set("time_zone", zone)).await;
        together(&desk, &site, &[]).await;
        assert_eq!(desk.store.next_due().await.unwrap(), Some(ends.parse().unwrap()));
    }
}

#[tokio::test]
async fn closing_a_file_that_is_public_elsewhere_is_asked() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let client = Client::new(&desk);
        let user = User::system();
        let (output, file) = output_with_file(&desk, "Asked", "on_request").await;
        let news =
            build::news(&desk, "It is out", "2026-03-01").one("image", file.item.id).draft(&desk).await;
        together(&desk, &news, &[file.item.id]).await;
        assert_eq!(status(&client, &file).await, 200);
        let asked = preflight(&desk, &user, output.item.id).await.unwrap().elsewhere;
        assert_eq!(asked[0].words(), "the news item ‘It is out’ shows it");
        let wish = |elsewhere| Publish { id: output.item.id, seen: None, together: &[], elsewhere };
        let refused = publish_as(&desk, &user, wish(Elsewhere::Ask)).await.unwrap_err();
        assert!(matches!(&refused, Error::Refused(why) if why.contains("It is out")), "{refused}");
        assert_eq!(newest(&desk, &output).await.meta.published_version, None, "nothing was published");
        let output_type = by_name("output").unwrap();
        let judged = bulk::look(&desk, &user, output_type, &Wish::Publish, &[output.item.id]).await.unwrap();
        assert!(
            matches!(&judged[0].fate, Fate::Stays(why) if why.contains("It is out")),
            "{:?}",
            judged[0].fate
        );
        publish_as(&desk, &user, wish(Elsewhere::Keep)).await.unwrap();
        assert_eq!(status(&client, &file).await, 200);
        publish_as(&desk, &user, wish(Elsewhere::Close)).await.unwrap();
        assert_eq!(status(&client, &file).await, 410);
        let shown = client.get(&format!("/api/v1/news/{}", news.item.id)).await;
        assert_eq!(shown.status, 200);
        assert!(!shown.text.contains("\"image\""), "{}", shown.text);
    }
}

#[tokio::test]
async fn many_at_once_open_no_file_that_is_kept_back_and_taking_back_gives_files_back() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let client = Client::new(&desk);
        let user = User::system();
        let (closed, kept_back) = output_with_file(&desk, "Closed", "unavailable").await;
        let (open, file) = output_with_file(&desk, "Open", "open").await;
        together(&desk, &closed, &[kept_back.item.id]).await;
        together(&desk, &open, &[file.item.id]).await;
        let alone = media(&desk, "alone.pdf", pdf("alone")).await.draft(&desk).await;
        let (media_type, output_type) = (by_name("media").unwrap(), by_name("output").unwrap());
        let act = async |content_type, wish: Wish, items: &[&Stored]| {
            let batch = Id::new(desk.clock.now());
            let mut chosen = Vec::new();
            for one in items {
                chosen.push(Chosen { id: one.item.id, seen: newest(&desk, one).await.meta.version });
            }
            bulk::act(&desk, &user, batch, content_type, &wish, &chosen).await.unwrap();
            desk.clock.advance(TimeDelta::seconds(1));
            batch.to_string()
        };
        let told = async || {
            (status(&client, &kept_back).await, status(&client, &file).await, status(&client, &alone).await)
        };
        assert_eq!(told().await, (404, 200, 404));
        let batch = act(media_type, Wish::Publish, &[&kept_back, &alone]).await;
        assert_eq!(told().await, (404, 200, 200));
        take_back(&desk, &user, &batch).await.unwrap();
        assert_eq!(told().await, (404, 200, 410));
        for wish in [Wish::Unpublish, Wish::Trash] {
            let batch = act(output_type, wish.clone(), &[&open, &closed]).await;
            assert_eq!(told().await, (404, 410, 410), "{wish:?}");
            take_back(&desk, &user, &batch).await.unwrap();
            assert_eq!(told().await, (404, 200, 410), "{wish:?}");
            let batch = act(media_type, wish.clone(), &[&file, &kept_back]).await;
            assert_eq!(told().await, (404, 410, 410), "{wish:?}");
            take_back(&desk, &user, &batch).await.unwrap();
            assert_eq!(told().await, (404, 200, 410), "{wish:?}");
        }
    }
}

#[tokio::test]
async fn a_photo_goes_with_the_person_who_is_kept_and_comes_back() {
    let desk = TestDesk::new(&crate::support::Backend::Sqlite).await;
    let client = Client::new(&desk);
    let user = User::system();
    let photo = media(&desk, "photo.pdf", pdf("photo")).await.draft(&desk).await;
    let kept = build::person(&desk, "Leah", "Tomkins").published(&desk).await;
    let merged = build::person(&desk, "L", "Tomkins").one("photo", photo.item.id).draft(&desk).await;
    together(&desk, &merged, &[photo.item.id]).await;
    let wish = recto::editing::merge::Merge {
        keep: (kept.item.id, 1),
        merge: (merged.item.id, 1),
        take: vec!["photo".to_owned()],
    };
    let done = recto::editing::merge::merge(&desk, &user, &wish).await.unwrap();
    assert_eq!(status(&client, &photo).await, 200);
    let shown = client.get(&format!("/api/v1/people/{}", kept.item.id)).await.json();
    assert_eq!(shown["data"]["photo"]["id"], photo.item.id.to_string());
    unpublish(&desk, &user, kept.item.id).await.unwrap();
    assert_eq!(status(&client, &photo).await, 410);
    together(&desk, &kept, &[]).await;
    take_back(&desk, &user, &done.batch).await.unwrap();
    assert_eq!(status(&client, &photo).await, 200, "for the sake of whom it was before");
    unpublish(&desk, &user, merged.item.id).await.unwrap();
    assert_eq!(status(&client, &photo).await, 410);
}

#[tokio::test]
async fn what_is_due_and_fails_waits_and_keeps_nothing_else_from_being_done() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let client = Client::new(&desk);
        let (output, file) = output_with_file(&desk, "Next", "embargoed").await;
        together(&desk, &output, &[file.item.id]).await;
        let tx = desk.store.write().await.unwrap();
        tx.set_due("of another release", "x", desk.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        desk.clock.advance(TimeDelta::days(120));
        let next = do_due(&desk).await.unwrap().unwrap();
        assert_eq!(status(&client, &file).await, 200);
        assert_eq!(next - desk.clock.now(), TimeDelta::seconds(30));
        let left = desk.store.all_due(10).await.unwrap();
        assert_eq!((left.len(), left[0].attempts), (1, 1));
        desk.clock.advance(TimeDelta::seconds(30));
        let next = do_due(&desk).await.unwrap().unwrap();
        assert_eq!(next - desk.clock.now(), TimeDelta::seconds(60), "each time longer");
        // A clock that is set back does nothing twice.
        desk.clock.advance(TimeDelta::days(-300));
        do_due(&desk).await.unwrap();
        assert_eq!(desk.store.publication_log(Some(output.item.id), 0, 10).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn nodes_that_look_at_once_do_what_is_due_once() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let mut outputs = Vec::new();
        for number in 0..6 {
            let (output, file) = output_with_file(&desk, &format!("Number {number}"), "embargoed").await;
            together(&desk, &output, &[file.item.id]).await;
            outputs.push(output);
        }
        let dir = tempfile::tempdir().unwrap();
        let other =
            crate::support::database::open(&desk.url, dir.path().to_owned(), desk.clock.clone(), None).await;
        desk.clock.advance(TimeDelta::days(120));
        let (one, two, three) = tokio::join!(do_due(&desk), do_due(&other), do_due(&desk));
        assert_eq!((one.unwrap(), two.unwrap(), three.unwrap()), (None, None, None));
        for output in outputs {
            let log = desk.store.publication_log(Some(output.item.id), 0, 10).await.unwrap();
            assert_eq!(log.len(), 2, "{log:?}");
        }
    }
}

#[tokio::test]
async fn each_number_has_one_line_in_the_log_and_the_last_ones_are_what_is_published() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let user = User::system();
        let (output, file) = output_with_file(&desk, "Logged", "open").await;
        together(&desk, &output, &[file.item.id]).await;
        unpublish(&desk, &user, output.item.id).await.unwrap();
        let theme = item(&desk, by_name("theme").unwrap()).integer("number", 3).text("title", "Leadership");
        let theme = theme.published(&desk).await;
        trash(&desk, &user, theme.item.id).await.unwrap();
        let log = desk.store.publication_log(None, 0, 1_000).await.unwrap();
        let numbers: Vec<i64> = log.iter().map(|line| line.sequence).collect();
        assert_eq!(numbers, (1..=desk.store.newest().await.unwrap().0).collect::<Vec<_>>());
        let mut nonces: Vec<&str> = log.iter().map(|line| line.nonce.as_str()).collect();
        nonces.sort_unstable();
        nonces.dedup();
        assert_eq!(nonces.len(), log.len());
        for change in desk.store.publications_after(0, 1_000).await.unwrap() {
            let line = log.iter().find(|line| line.sequence == change.sequence).unwrap();
            assert_eq!((line.id, line.version.is_some()), (change.id, change.document.is_some()));
            assert!(!log.iter().any(|later| later.id == line.id && later.sequence > line.sequence));
        }
        let told =
            |id: Id| log.iter().filter(|line| line.id == id).map(|line| line.reason).collect::<Vec<_>>();
        assert_eq!(told(output.item.id), [Reason::Publish, Reason::Unpublish]);
        assert_eq!(told(file.item.id), [Reason::File, Reason::File]);
        assert_eq!(told(theme.item.id), [Reason::Publish, Reason::Trash]);
        let of_one = |line: &&recto::store::Logged| line.id == output.item.id || line.id == file.item.id;
        let batches: Vec<&str> = log.iter().filter(of_one).map(|line| line.batch.as_str()).collect();
        assert_eq!(batches[0], batches[1]);
        assert_eq!(batches[2], batches[3]);
        assert_ne!(batches[0], batches[2]);
    }
}
