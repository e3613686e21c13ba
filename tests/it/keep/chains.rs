//! Revisions as they lie in the database: chains with a bound, which are read at once and never wrongly.

use recto::content::{Id, snapshot};
use recto::editing::{Retention, User, prune, upgrade};
use recto::error::Error;
use sea_orm::{ConnectionTrait as _, Statement};

use super::{long_text, numbers, other, retext, retitle};
use crate::support::build::theme;
use crate::support::{TestDesk, backends};

/// More than two chains.
const SAVES: usize = 120;

#[tokio::test]
async fn every_version_is_read_back_as_it_was_and_costs_what_is_new_in_it() {
    for backend in backends() {
        let (desk, statements) = TestDesk::counted(&backend).await;
        let mut text = long_text(200);
        let mut stored = theme(&desk, 1, "One").text("body", &text).draft(&desk).await;
        let mut said = vec![snapshot::write(&stored.item).to_string()];
        for number in 0..SAVES {
            text.push_str(&format!("<p>And {number} more.</p>"));
            stored = retext(&desk, &stored, "body", &text).await;
            said.push(snapshot::write(&stored.item).to_string());
        }
        let db = other(&desk.url).await;
        let id = stored.item.id;
        let of = format!("FROM revision WHERE item_id = '{id}'");
        let lengths =
            numbers(&db, &format!("SELECT CAST(length(packed) AS BIGINT) {of} ORDER BY version")).await;
        let plain: usize = said.iter().map(String::len).sum();
        let packed: i64 = lengths.iter().sum();
        assert!(packed * 40 < i64::try_from(plain).unwrap(), "{packed} of {plain}");
        let begins = numbers(&db, &format!("SELECT version {of} AND version = keyframe ORDER BY 1")).await;
        assert_eq!(begins, [1, 51, 101]);

        for (version, said) in (1..).zip(&said) {
            let read = desk.store.revision_text(id, version).await.unwrap();
            assert_eq!(read.as_ref(), Some(said), "version {version}");
        }
        let all: Vec<i64> = (1..=i64::try_from(said.len()).unwrap()).collect();
        let before = statements.sent();
        let items = desk.store.revisions(stored.item.content_type, id, &all).await.unwrap();
        assert_eq!(statements.sent() - before, 1);
        assert_eq!(items.len(), said.len());
        assert_eq!(items[&stored.meta.version], stored.item);
        assert_eq!(desk.store.revision_text(id, 9_999).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_broken_chain_names_itself_and_gives_no_wrong_text() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let mut stored = theme(&desk, 1, "One").text("body", &long_text(50)).draft(&desk).await;
        for number in 0..8_usize {
            stored = retitle(&desk, &stored, &format!("Title {}", "long ".repeat(number))).await;
        }
        let db = other(&desk.url).await;
        let id = stored.item.id;
        db.execute_unprepared(&format!("DELETE FROM revision WHERE item_id = '{id}' AND version = 5"))
            .await
            .unwrap();
        let why = async |version| match desk.store.revision_text(id, version).await {
            Ok(text) => text.map_or("none".to_owned(), |_| "read".to_owned()),
            Err(Error::Internal(cause)) => cause.to_string(),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!((why(4).await.as_str(), why(5).await.as_str()), ("read", "none"));
        for version in 6..=9 {
            let why = why(version).await;
            assert!(why.contains("version 6") && why.contains(&id.to_string()), "{version}: {why}");
        }
        // Without its keyframe, and with one that is damaged.
        db.execute_unprepared(&format!("DELETE FROM revision WHERE item_id = '{id}' AND version = 1"))
            .await
            .unwrap();
        assert!(why(3).await.contains("version 2"), "{}", why(3).await);
        // The next save chains to what the working rows say, which is known to be that text.
        let stored = retitle(&desk, &stored, "Whole").await;
        assert!(why(stored.meta.version).await.contains("version 2"));
    }
}

#[tokio::test]
async fn what_an_earlier_release_kept_as_plain_text_is_read_and_the_next_save_begins_a_chain() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let stored = theme(&desk, 1, "One").text("body", &long_text(50)).draft(&desk).await;
        let (db, id) = (other(&desk.url).await, stored.item.id);
        // Written by a release whose texts have another order.
        let text = r#"{"title":"One","slug":"one","number":1,"unknown":"to this release"}"#;
        db.execute_unprepared(&format!(
            "UPDATE revision SET snapshot = '{text}', packed = NULL, keyframe = NULL, digest = NULL \
             WHERE item_id = '{id}'"
        ))
        .await
        .unwrap();
        assert_eq!(desk.store.revision_text(id, 1).await.unwrap().as_deref(), Some(text));
        let two = retitle(&desk, &stored, "Two").await;
        let three = retitle(&desk, &two, "Three").await;
        for stored in [&two, &three] {
            let read = desk.store.revision_text(id, stored.meta.version).await.unwrap();
            assert_eq!(read, Some(snapshot::write(&stored.item).to_string()));
        }
        let begins = format!("SELECT keyframe FROM revision WHERE item_id = '{id}' AND version > 1");
        assert_eq!(numbers(&db, &begins).await, [2, 2]);
        let items = desk.store.revisions(stored.item.content_type, id, &[1, 3]).await.unwrap();
        assert_eq!((items[&1].text("title"), items[&3].text("title")), ("One", "Three"));
    }
}

#[tokio::test]
async fn every_version_of_0_1_0_that_stays_is_packed_and_reads_back_byte_for_byte() {
    for backend in backends() {
        let desk = crate::upgrade::old(&backend).await;
        let db = other(&desk.url).await;
        let sql = "SELECT item_id, version, snapshot FROM revision ORDER BY item_id, version";
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        let said: Vec<(Id, i64, String)> = rows
            .iter()
            .map(|row| {
                let id: String = row.try_get("", "item_id").unwrap();
                (
                    id.parse().unwrap(),
                    row.try_get("", "version").unwrap(),
                    row.try_get("", "snapshot").unwrap(),
                )
            })
            .collect();
        assert!(said.iter().all(|(.., text)| text.starts_with('{')) && said.len() > 100, "{}", said.len());

        upgrade(&desk, desk.dir.path()).await.unwrap();
        let rule = Retention::of_days(8, 30, 0);
        let done = prune(&desk.store, &desk.clock, &User::system(), &rule, false).await.unwrap();
        assert_eq!(done.broken, []);
        let mut stayed = 0;
        for (id, version, text) in &said {
            if let Some(read) = desk.store.revision_text(*id, *version).await.unwrap() {
                assert_eq!(&read, text, "version {version} of {id}");
                stayed += 1;
            }
        }
        assert_eq!(stayed + done.removed, said.len() as u64);
        let left = "SELECT count(*) FROM revision WHERE packed IS NULL OR snapshot <> ''";
        assert_eq!(numbers(&db, left).await, [0]);
        let chained = "SELECT count(*) FROM revision WHERE keyframe < version";
        assert!(numbers(&db, chained).await[0] > 10);
        assert!(done.saved > 0 && done.rewritten > 0, "{done:?}");
    }
}
