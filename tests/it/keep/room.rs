//! Room on the disk that is given back: pages of a new database, a whole file of an older one.

use recto::editing::User;
use recto::editing::publish;
use recto::error::Error;
use recto::store::{Store, compact};
use sea_orm::ConnectionTrait as _;

use super::{long_text, numbers, other, retext};
use crate::support::build::theme;
use crate::support::database::open;
use crate::support::{Backend, TestDesk};

#[tokio::test]
async fn a_new_database_gives_back_what_it_does_not_need() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let db = other(&desk.url).await;
    assert_eq!(numbers(&db, "PRAGMA auto_vacuum").await, [2]);
    assert_eq!(desk.store.give_back().await.unwrap(), 0);
    let blob = "CREATE TABLE much AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \
                SELECT randomblob(4000) FROM n";
    db.execute_unprepared(blob).await.unwrap();
    let pages = numbers(&db, "PRAGMA page_count").await[0];
    db.execute_unprepared("DROP TABLE much").await.unwrap();
    let given = desk.store.give_back().await.unwrap();
    assert!(given > 2_500 * 4_096, "{given}");
    assert_eq!(numbers(&db, "PRAGMA freelist_count").await, [0]);
    assert!(numbers(&db, "PRAGMA page_count").await[0] < pages - 2_500);
}

#[tokio::test]
async fn an_older_file_is_written_anew_while_nobody_has_it_open() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let mut stored = theme(&desk, 1, "One").text("body", &long_text(100)).draft(&desk).await;
    for number in 0..5 {
        stored = retext(&desk, &stored, "body", &format!("{}<p>{number}</p>", long_text(100))).await;
    }
    publish(&desk, &User::system(), stored.item.id, None, &[]).await.unwrap();
    let file = desk.dir.path().join("recto.db");
    let db = other(&desk.url).await;
    db.execute_unprepared("PRAGMA auto_vacuum = NONE").await.unwrap();

    let told = compact(&file).await.unwrap_err();
    assert!(matches!(&told, Error::Refused(why) if why.contains("Stop Recto")), "{told:?}");
    desk.desk.store.clone().close().await;
    // As files of releases before are.
    db.execute_unprepared("VACUUM").await.unwrap();
    assert_eq!(numbers(&db, "PRAGMA auto_vacuum").await, [0]);
    db.close().await.unwrap();

    // What an earlier attempt left is in nobody's way.
    std::fs::write(desk.dir.path().join("recto.db.compact"), "half").unwrap();
    let done = compact(&file).await.unwrap();
    assert_eq!(done.after, std::fs::metadata(&file).unwrap().len());
    assert!(!desk.dir.path().join("recto.db.compact").exists());
    let again = open(&desk.url, desk.dir.path().to_owned(), desk.clock.clone(), None).await;
    assert!(again.store.check().await.unwrap().is_empty());
    assert_eq!(again.store.item(stored.item.id).await.unwrap().item, stored.item);
    let text = again.store.revision_text(stored.item.id, 4).await.unwrap();
    assert!(text.unwrap().contains("<p>2</p>"));
    let db = other(&desk.url).await;
    assert_eq!(numbers(&db, "PRAGMA auto_vacuum").await, [2]);
}

#[tokio::test]
async fn what_is_no_database_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("recto.db");
    assert!(matches!(compact(&file).await.unwrap_err(), Error::Refused(_)));
    std::fs::write(&file, "no database at all, and longer than a header of one would be.".repeat(40))
        .unwrap();
    assert!(compact(&file).await.is_err());
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("no database"));
    assert!(Store::open(&format!("sqlite:{}", file.display()), None).await.is_err());
}
