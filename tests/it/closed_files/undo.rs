//! What is taken back opens no file that somebody has closed since, nor one that is kept back by now.

use chrono::TimeDelta;
use recto::content::{ContentType, Id, Value, by_name};
use recto::editing::bulk::{self, Chosen, Wish};
use recto::editing::merge::{self, Merge};
use recto::editing::{User, take_back, trash, unpublish, untrash};
use recto::store::Stored;

use super::{change, newest, open, output_with_file, status, together};
use crate::api::Client;
use crate::support::build;
use crate::support::files::{file_of, keep, media, pdf, png};
use crate::support::{TestDesk, backends};

/// Does something to some items at once, a second after the last, and gives its number.
async fn act(desk: &TestDesk, of: &'static str, wish: Wish, items: &[&Stored]) -> String {
    desk.clock.advance(TimeDelta::seconds(1));
    let content_type: &'static ContentType = by_name(of).unwrap();
    let batch = Id::new(desk.clock.now());
    let mut chosen = Vec::new();
    for one in items {
        chosen.push(Chosen { id: one.item.id, seen: newest(desk, one).await.meta.version });
    }
    bulk::act(desk, &User::system(), batch, content_type, &wish, &chosen).await.unwrap();
    desk.clock.advance(TimeDelta::seconds(1));
    batch.to_string()
}

/// Takes it back, and gives how many items stayed as they are.
async fn back(desk: &TestDesk, batch: &str) -> usize {
    desk.clock.advance(TimeDelta::seconds(1));
    take_back(desk, &User::system(), batch).await.unwrap().stayed.len()
}

#[tokio::test]
async fn what_was_withdrawn_again_stays_so_and_nothing_is_taken_back_twice() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let client = Client::new(&desk);
        let (output, file) = output_with_file(&desk, "Report", "open").await;
        together(&desk, &output, &[file.item.id]).await;
        let first = act(&desk, "output", Wish::Unpublish, &[&output]).await;
        together(&desk, &output, &[]).await;
        assert_eq!(status(&client, &file).await, 200);
        desk.clock.advance(TimeDelta::seconds(1));
        unpublish(&desk, &User::system(), output.item.id).await.unwrap();
        assert_eq!((back(&desk, &first).await, status(&client, &file).await), (1, 410));

        together(&desk, &output, &[]).await;
        let second = act(&desk, "output", Wish::Unpublish, &[&output]).await;
        assert_eq!((back(&desk, &second).await, status(&client, &file).await), (0, 200));
        let third = act(&desk, "output", Wish::Unpublish, &[&output]).await;
        for used in [&first, &second] {
            assert_eq!((back(&desk, used).await, status(&client, &file).await), (1, 410));
        }
        assert_eq!((back(&desk, &third).await, status(&client, &file).await), (0, 200));

        let alone = media(&desk, "alone.pdf", pdf("alone")).await.published(&desk).await;
        let first = act(&desk, "media", Wish::Unpublish, &[&alone]).await;
        together(&desk, &alone, &[]).await;
        desk.clock.advance(TimeDelta::seconds(1));
        unpublish(&desk, &User::system(), alone.item.id).await.unwrap();
        assert_eq!((back(&desk, &first).await, status(&client, &alone).await), (1, 410));
    }
}

#[tokio::test]
async fn a_file_that_is_kept_back_or_not_ticked_since_stays_closed() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let client = Client::new(&desk);
        for kept_back in [true, false] {
            let (title, name) = (format!("Seen {kept_back}"), format!("{kept_back}.png"));
            let picture = media(&desk, &name, png(60 + u32::from(kept_back), 20)).await.draft(&desk).await;
            let news =
                build::news(&desk, &title, "2026-03-01").one("image", picture.item.id).draft(&desk).await;
            together(&desk, &news, &[picture.item.id]).await;
            assert_eq!(status(&client, &picture).await, 200);
            let batch = act(&desk, "media", Wish::Unpublish, &[&picture]).await;
            if kept_back {
                let output = build::output(&desk, None, "Kept back", 2026)
                    .await
                    .text("availability", "on_request")
                    .one("file", picture.item.id)
                    .draft(&desk)
                    .await;
                together(&desk, &output, &[]).await;
            } else {
                change(&desk, &news, |item| item.set("summary", Value::Text("Anew".into()))).await;
                together(&desk, &news, &[]).await;
            }
            back(&desk, &batch).await;
            assert_eq!(status(&client, &picture).await, 410, "{kept_back}");
        }
    }
}

#[tokio::test]
async fn a_file_that_was_published_with_others_is_again_the_one_it_was() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let client = Client::new(&desk);
        let before = media(&desk, "before.pdf", pdf("before")).await.published(&desk).await;
        let file = keep(&desk, "after.pdf", pdf("after")).await;
        let after =
            change(&desk, &before, |item| item.set("file", Value::Text(file.to_string().as_str().into())))
                .await;
        let batch = act(&desk, "media", Wish::Publish, &[&after]).await;
        let path = |stored: &Stored| format!("/media/{}", file_of(&stored.item).path());
        assert_eq!(client.get(&path(&after)).await.status, 200);
        assert_eq!(back(&desk, &batch).await, 0);
        assert_eq!(client.get(&path(&before)).await.status, 200);
        assert!(matches!(client.get(&path(&after)).await.status, 404 | 410));
    }
}

#[tokio::test]
async fn a_merge_opens_no_photo_of_somebody_who_was_withdrawn_and_brings_nobody_back_from_the_trash() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let (client, user) = (Client::new(&desk), User::system());
        for public in [false, true] {
            let number = u32::from(public);
            let photo =
                media(&desk, &format!("p{number}.png"), png(50 + number, 20)).await.draft(&desk).await;
            let merged = build::person(&desk, "L", &format!("Tomkins{number}"))
                .one("photo", photo.item.id)
                .draft(&desk)
                .await;
            let kept = build::person(&desk, "Leah", &format!("Tomkins{number}")).published(&desk).await;
            together(&desk, &merged, &[photo.item.id]).await;
            if !public {
                unpublish(&desk, &user, merged.item.id).await.unwrap();
            }
            desk.clock.advance(TimeDelta::seconds(1));
            let version = async |stored: &Stored| (stored.item.id, newest(&desk, stored).await.meta.version);
            let wish = Merge {
                keep: version(&kept).await,
                merge: version(&merged).await,
                take: vec!["photo".to_owned()],
            };
            let done = merge::merge(&desk, &user, &wish).await.unwrap();
            assert_eq!(status(&client, &photo).await, if public { 200 } else { 410 });
            if public {
                for turn in [true, false] {
                    desk.clock.advance(TimeDelta::seconds(1));
                    if turn {
                        untrash(&desk, &user, merged.item.id).await.unwrap();
                    } else {
                        trash(&desk, &user, merged.item.id).await.unwrap();
                    }
                }
                assert!(back(&desk, &done.batch).await > 0);
                assert!(newest(&desk, &merged).await.meta.trashed_at.is_some());
                assert_eq!(client.get(&format!("/api/v1/people/{}", merged.item.id)).await.status, 308);
            }
        }
    }
}

#[tokio::test]
async fn the_same_bytes_in_another_item_are_kept_back_too() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let (output, file) = output_with_file(&desk, "Report", "on_request").await;
        together(&desk, &output, &[file.item.id]).await;
        let twin = media(&desk, "twin.pdf", pdf("Report")).await.draft(&desk).await;
        assert_eq!(file_of(&twin.item).hash(), file_of(&file.item).hash());
        let text = format!("<p><a href=\"recto:{}\">it</a></p>", twin.item.id);
        let news = build::news(&desk, "News", "2026-03-01").text("body", &text).draft(&desk).await;
        let offered =
            recto::editing::preflight(&desk, &User::system(), news.item.id).await.unwrap().candidates;
        assert!(
            matches!(&offered[0].file, recto::editing::Sake::HeldBack(title) if *title == output.item.title())
        );
        change(&desk, &output, |item| item.set("availability", open())).await;
    }
}
