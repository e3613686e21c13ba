//! Data of release 0.1.0 under this release: the log of publications is filled and proven, the files that were
//! wrongly public close, what readers see stays.

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use recto::clock::Clock;
use recto::content::{Id, by_name};
use recto::editing::{CLOSED_FILES, Desk, User, take_back, upgrade};
use recto::published::Follower;
use recto::store::{Reason, Store};
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::Value as Json;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use crate::api::Client;
use crate::support::{Backend, TestDesk, backends};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/0.1.0");

/// The data as 0.1.0 left them, opened by this release and not brought up to date yet.
pub(crate) async fn old(backend: &Backend) -> TestDesk {
    let empty = TestDesk::empty(backend).await;
    let dir = tempfile::tempdir().unwrap();
    let (dir, kept) = (dir.path().to_owned(), std::sync::Arc::new(dir));
    let url = match backend {
        Backend::Sqlite => {
            std::fs::copy(Path::new(DATA).join("recto.db"), dir.join("recto.db")).unwrap();
            std::fs::copy(Path::new(DATA).join("public.db"), dir.join("public.db")).unwrap();
            format!("sqlite:{}", dir.join("recto.db").display())
        }
        Backend::Postgres(_) => {
            let dump = std::fs::read_to_string(Path::new(DATA).join("postgres.sql")).unwrap();
            let db = Database::connect(&empty.url).await.unwrap();
            db.execute_unprepared(&dump).await.unwrap();
            db.close().await.unwrap();
            empty.url.clone()
        }
    };
    let status = std::process::Command::new("cp")
        .args(["-r", &format!("{DATA}/media"), &dir.join("media").display().to_string()])
        .status();
    assert!(status.unwrap().success());
    let clock = Clock::held("2026-11-28T10:00:00Z".parse::<DateTime<Utc>>().unwrap());
    let desk = Desk {
        store: Store::open(&url, None).await.unwrap(),
        published: Follower::open(&dir.join("public.db")).await.unwrap(),
        drafts: Follower::open(&dir.join("drafts.db")).await.unwrap(),
        media: recto::media::Library::open(&dir.join("media"), recto::media::Limits::default()).unwrap(),
        clock,
    };
    TestDesk { desk, dir: kept, url }
}

/// What the table of the data's README says of each file: the item, the file's path, what 0.1.0 answered for
/// it, whether that was wrong.
struct Told {
    item: String,
    path: String,
    file: u16,
    wrong: bool,
}

fn told() -> Vec<Told> {
    let text = std::fs::read_to_string(Path::new(DATA).join("README.md")).unwrap();
    let table = text.lines().skip_while(|line| !line.starts_with("| item | what was done | item’s id"));
    table
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
            let (item, path) = (cells[1].to_owned(), cells[5].to_owned());
            let (file, wrong) = (cells[7].parse().unwrap(), cells[9].contains("wrong"));
            (item != "–").then_some(Told { item, path, file, wrong })
        })
        .collect()
}

/// The media items by the names of their files.
async fn by_file(desk: &Desk) -> HashMap<String, recto::store::Stored> {
    let media = by_name("media").unwrap();
    let ids: Vec<Id> = desk
        .store
        .drafts_after(0, 100_000)
        .await
        .unwrap()
        .into_iter()
        .filter(|one| one.content_type == media)
        .map(|one| one.id)
        .collect();
    let items = desk.store.items(media, &ids).await.unwrap();
    items.into_iter().map(|one| (crate::support::files::file_of(&one.item).name().to_owned(), one)).collect()
}

#[tokio::test]
async fn what_0_1_0_gave_to_everybody_closes_and_the_rest_stays() {
    for backend in backends() {
        let desk = old(&backend).await;
        upgrade(&desk, desk.dir.path()).await.unwrap();
        desk.catch_up(&|_, _| ()).await.unwrap();
        let client = Client::new(&desk);
        let media = by_file(&desk).await;
        let (mut closed, mut stayed) = (0, 0);
        let mut wrong_names = HashSet::new();
        for told in told() {
            let name = told.path.rsplit('/').next().unwrap();
            let now = client.get(&told.path).await.status;
            if told.wrong {
                // Of what an open output gave to the public it is told that it is gone, of the rest nothing.
                assert!(matches!(now, 404 | 410), "{name}: {now}");
                let id = media[name].item.id;
                assert_eq!(client.get(&format!("/api/v1/media/{id}")).await.status, now, "{name}");
                closed += 1;
                wrong_names.insert(name.to_owned());
            } else if told.file == 200 {
                assert_eq!(now, 200, "{name} of {}", told.item);
                stayed += 1;
            } else {
                assert!(matches!(now, 404 | 410), "{name} of {}: {now}", told.item);
            }
            let expected = match name {
                "file-of-open-unpublished.pdf"
                | "file-of-open-trashed.pdf"
                | "file-of-open-file-swapped.pdf" => 410,
                "published-then-unpublished.pdf" => 410,
                name if name.starts_with("file-of-closed-") => 404,
                _ => now,
            };
            assert_eq!(now, expected, "{name}");
        }
        assert!(closed >= 20 && stayed >= 20, "{closed}, {stayed}");
        // Nor does anything name what is closed.
        let listed = client.get("/api/v1/media?limit=100").await.text;
        let bytes = std::fs::read(desk.dir.path().join("public.db")).unwrap();
        for name in &wrong_names {
            let file = crate::support::files::file_of(&media[name].item);
            // Others are called ‘new-’ and the like.
            for secret in [format!("/{name}").as_str(), file.hash()] {
                assert!(!listed.contains(secret), "{secret}");
                assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
            }
        }
        let list = desk.dir.path().join(format!("{CLOSED_FILES}.csv"));
        assert_eq!(std::fs::metadata(&list).unwrap().permissions().mode() & 0o777, 0o600);
        let mut csv = csv::Reader::from_path(&list).unwrap();
        let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
        let listed: HashSet<String> = rows.iter().map(|row| row[1].to_owned()).collect();
        assert!(wrong_names.is_subset(&listed), "{:?}", wrong_names.difference(&listed));
        assert!(rows.iter().all(|row| !row[0].is_empty() && row[3].contains('‘')));
    }
}

#[tokio::test]
async fn the_log_is_filled_with_all_that_was_published_and_ends_where_the_publications_end() {
    for backend in backends() {
        let desk = old(&backend).await;
        let before = publications(&desk.url).await;
        assert!(
            desk.store.publications_after(0, 10).await.unwrap().is_empty(),
            "not judged yet, so not followed"
        );
        upgrade(&desk, desk.dir.path()).await.unwrap();
        let log = desk.store.publication_log(None, 0, 10_000).await.unwrap();
        let last = before.iter().map(|(_, sequence, _)| *sequence).max().unwrap();
        // All of it is known: a line for each number that 0.1.0 gave.
        let numbers: Vec<i64> = log.iter().map(|line| line.sequence).filter(|one| *one <= last).collect();
        assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
        assert!(log.iter().all(|line| line.reason != Reason::Known));
        for (id, sequence, public) in &before {
            let lines: Vec<_> =
                log.iter().filter(|line| line.id.to_string() == *id && line.sequence <= last).collect();
            let end = lines.last().unwrap();
            assert_eq!((end.sequence, end.version.is_some()), (*sequence, *public), "{id}");
        }
        // Each item of the table of lives has as many publications as were told.
        let count =
            |slug: &str| log.iter().filter(|line| line.slug == slug && line.reason != Reason::Shape).count();
        assert_eq!(count("published-twice"), 2);
        assert!(count("unpublished-published-again") >= 2);
        let moment = log.iter().filter(|line| line.slug == "all-in-one-moment").collect::<Vec<_>>();
        assert!(moment.iter().all(|line| line.at == moment[0].at));
        let nonces: HashSet<&str> = log.iter().map(|line| line.nonce.as_str()).collect();
        assert_eq!(nonces.len(), log.len());
        // Once is enough.
        let again = log.len();
        upgrade(&desk, desk.dir.path()).await.unwrap();
        assert_eq!(desk.store.publication_log(None, 0, 10_000).await.unwrap().len(), again);
    }
}

/// What was last published of each item: its id, its number, whether it is public.
async fn publications(url: &str) -> Vec<(String, i64, bool)> {
    let db = Database::connect(url.replace("sqlite:", "sqlite://")).await.unwrap();
    let sql =
        "SELECT item_id, sequence, CASE WHEN document IS NULL THEN 0 ELSE 1 END AS public FROM publication";
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    let public = |row: &sea_orm::QueryResult| {
        row.try_get::<i32>("", "public").map(i64::from).or_else(|_| row.try_get::<i64>("", "public")).unwrap()
            == 1
    };
    let of = |row: &sea_orm::QueryResult| {
        (row.try_get("", "item_id").unwrap(), row.try_get("", "sequence").unwrap(), public(row))
    };
    let found = rows.iter().map(of).collect();
    db.close().await.unwrap();
    found
}

#[tokio::test]
async fn what_the_audit_does_not_tell_is_not_known_and_said_so() {
    let desk = old(&Backend::Sqlite).await;
    let db = Database::connect(desk.url.replace("sqlite:", "sqlite://")).await.unwrap();
    db.execute_unprepared(
        "DELETE FROM audit WHERE seq IN (SELECT seq FROM audit WHERE verb = 'publish' ORDER BY seq LIMIT 40)",
    )
    .await
    .unwrap();
    db.close().await.unwrap();
    let before = publications(&desk.url).await;
    let last = before.iter().map(|(_, sequence, _)| *sequence).max().unwrap();
    upgrade(&desk, desk.dir.path()).await.unwrap();
    let log = desk.store.publication_log(None, 0, 10_000).await.unwrap();
    assert!(log.iter().any(|line| line.reason == Reason::Known));
    for (id, sequence, public) in &before {
        let end = log.iter().rfind(|line| line.id.to_string() == *id && line.sequence <= last).unwrap();
        assert_eq!((end.sequence, end.version.is_some()), (*sequence, *public), "{id}");
    }
}

#[tokio::test]
async fn embargoes_of_0_1_0_end_and_what_was_done_can_still_be_taken_back() {
    for backend in backends() {
        let desk = old(&backend).await;
        upgrade(&desk, desk.dir.path()).await.unwrap();
        desk.catch_up(&|_, _| ()).await.unwrap();
        let client = Client::new(&desk);
        let media = by_file(&desk).await;
        let status = async |name: &str| {
            let file = crate::support::files::file_of(&media[name].item);
            client.get(&format!("/media/{}", file.path())).await.status
        };
        let before = status("file-of-unpublished-in-bulk-one.pdf").await;
        assert_ne!(before, 200);
        let batch = |title: &str| {
            let text = std::fs::read_to_string(Path::new(DATA).join("README.md")).unwrap();
            let line = text.lines().find(|line| line.starts_with(&format!("| {title}"))).unwrap().to_owned();
            line.split('`').nth(1).unwrap().to_owned()
        };
        // The numbers of deeds are those of the SQLite file.
        if backend == Backend::Sqlite {
            for title in [
                "three outputs unpublished in bulk",
                "three outputs trashed in bulk",
                "two people merged; can be undone",
                "two organisations merged",
                "a name bound to a person; can be undone",
            ] {
                let undone = take_back(&desk, &User::system(), &batch(title)).await.unwrap();
                assert!(undone.restored > 0, "{title}: {undone:?}");
            }
            // What an open output gave to the public it gives again; what another kept back it keeps.
            let after = status("file-of-unpublished-in-bulk-one.pdf").await;
            assert_eq!(after, if before == 410 { 200 } else { 404 });
        }
        assert_eq!(status("file-of-closed-embargoed.pdf").await, 404);
        let next = desk.store.next_due().await.unwrap().unwrap();
        assert_eq!(next, "2027-05-31T23:00:00Z".parse::<DateTime<Utc>>().unwrap());
        desk.clock.advance(next - desk.clock.now());
        recto::editing::do_due(&desk).await.unwrap();
        assert_eq!(status("file-of-closed-embargoed.pdf").await, 200);
        assert_ne!(status("file-of-closed-embargoed-file-taken-out.pdf").await, 200);
        assert_ne!(status("file-of-closed-embargoed-unpublished.pdf").await, 200);
    }
}

/// What the site and the outputs say of themselves in a public store, as it was prepared, by id: their types
/// are those that have a rule for each day.
async fn faces(file: &Path) -> HashMap<String, Json> {
    let mut store = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let sql = "SELECT id, whole FROM document JOIN face USING (key) \
               WHERE prepared AND object IN ('site', 'output')";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut store).await.unwrap();
    rows.into_iter().map(|(id, whole)| (id, serde_json::from_str(&whole).unwrap())).collect()
}

/// What 0.1.0 made of documents for each day is in them now, and is the same.
#[tokio::test]
async fn what_each_day_made_of_a_document_is_in_it() {
    let desk = old(&Backend::Sqlite).await;
    upgrade(&desk, desk.dir.path()).await.unwrap();
    desk.catch_up(&|_, _| ()).await.unwrap();
    let copy = desk.dir.path().join("of-0.1.0.db");
    std::fs::copy(Path::new(DATA).join("public.db"), &copy).unwrap();
    let (before, after) = (faces(&copy).await, faces(&desk.dir.path().join("public.db")).await);
    let (mut sites, mut embargoes) = (0, 0);
    assert_eq!(before.len(), after.len());
    for (id, before) in &before {
        let after = &after[id];
        sites += usize::from(after["object"] == "site" && after["path_event"] == "/events/{slug}");
        embargoes += usize::from(after.get("embargo_until").is_some());
        assert_eq!(before.to_string(), after.to_string());
    }
    assert!(sites == 1 && embargoes >= 3, "{sites}, {embargoes}");
    assert_eq!(Client::new(&desk).get("/api/v1/site").await.json()["data"]["path_event"], "/events/{slug}");
}

#[tokio::test]
async fn what_a_process_of_0_1_0_publishes_after_the_upgrade_is_logged_and_opens_nothing() {
    let desk = old(&Backend::Sqlite).await;
    upgrade(&desk, desk.dir.path()).await.unwrap();
    let media = by_file(&desk).await;
    let open = &media["published-nothing-names-it.pdf"];
    let db = Database::connect(desk.url.replace("sqlite:", "sqlite://")).await.unwrap();
    let id = open.item.id;
    db.execute_unprepared(&format!(
        "DELETE FROM media_ground WHERE media_id = '{id}'; \
         UPDATE publication SET sequence = (SELECT max(sequence) + 1 FROM publication) WHERE item_id = '{id}'"
    ))
    .await
    .unwrap();
    db.close().await.unwrap();
    assert!(desk.store.has_unlogged().await.unwrap());
    upgrade(&desk, desk.dir.path()).await.unwrap();
    assert!(!desk.store.has_unlogged().await.unwrap());
    desk.catch_up(&|_, _| ()).await.unwrap();
    let file = crate::support::files::file_of(&open.item);
    let status = Client::new(&desk).get(&format!("/media/{}", file.path())).await.status;
    assert!(matches!(status, 404 | 410), "{status}");
}
