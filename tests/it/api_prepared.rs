//! What is prepared at publish says exactly what is made anew from the documents, whatever was
//! published, moved or withdrawn since, and whatever time has done.

use std::time::Duration;

use chrono::TimeDelta;
use recto::content::{TYPES, Value};
use recto::editing::{User, unpublish};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};

use crate::api::{Client, ThePage, change, page};
use crate::support::build;
use crate::support::{Backend, TestDesk};

/// The public store's file, as only its follower opens it.
async fn open(desk: &TestDesk) -> SqliteConnection {
    let file = SqliteConnectOptions::new().filename(desk.dir.path().join("public.db"));
    file.busy_timeout(Duration::from_secs(5)).connect().await.unwrap()
}

/// How many faces are prepared.
async fn prepared(store: &mut SqliteConnection) -> i64 {
    let sql = "SELECT count(*) FROM document WHERE prepared";
    sqlx::query_scalar(sql).fetch_one(store).await.unwrap()
}

/// Every address that answers with items: all lists, all items, all lists of theirs.
pub async fn addresses(client: &Client) -> Vec<String> {
    let mut addresses = vec!["/api/v1/site".to_owned()];
    for content_type in TYPES.iter().filter(|one| !one.single) {
        let list = format!("/api/v1/{}", content_type.plural);
        for slug in client.get(&format!("{list}?limit=100&fields=slug")).await.all("slug") {
            let one = format!("{list}/{slug}");
            addresses.extend(content_type.inverses.iter().map(|inverse| format!("{one}/{}", inverse.name)));
            addresses.push(one);
        }
        addresses.push(list);
    }
    addresses
}

/// Compares both ways of making each answer, and gives how many there were.
async fn compare(desk: &TestDesk, client: &Client) -> usize {
    let mut store = open(desk).await;
    assert!(prepared(&mut store).await > 20);
    let addresses = addresses(client).await;
    let mut quick = Vec::new();
    for address in &addresses {
        quick.push(client.get(address).await);
    }
    let drop = "UPDATE document SET prepared = 0";
    sqlx::query(drop).execute(&mut store).await.unwrap();
    for (address, quick) in addresses.iter().zip(&quick) {
        let slow = client.get(address).await;
        assert_eq!(slow.text, quick.text, "{address}");
        for header in ["etag", "last-modified", "cache-control", "cache-tag", "link"] {
            assert_eq!(slow.header(header), quick.header(header), "{header} of {address}");
        }
    }
    while desk.published.prepare(7).await.unwrap() > 0 {}
    addresses.len()
}

#[tokio::test]
async fn prepared_answers_are_the_answers() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let made = ThePage::new(&desk).await;
    let client = Client::new(&desk);
    assert!(compare(&desk, &client).await > 40);

    // Another name, which stands in outputs and teams; another slug of a theme, which stands in paths.
    let person =
        change(&desk, &made.people[0], |item| item.set("family_name", Value::Text("Marsh".into()))).await;
    let answer = client.get("/api/v1/projects/3.07").await;
    assert!(answer.text.contains("Leah Marsh") && !answer.text.contains("Leah Tomkins"), "{}", answer.text);
    compare(&desk, &client).await;
    change(&desk, &made.theme, |item| item.slug = "leadership".to_owned()).await;
    let answer = client.get("/api/v1/projects/3.07").await;
    assert!(answer.text.contains("/research/leadership/organisational-learning"), "{}", answer.text);
    compare(&desk, &client).await;

    // What others refer to goes; a page comes in between.
    unpublish(&desk, &User::system(), person.item.id).await.unwrap();
    let answer = client.get("/api/v1/projects/3.07").await;
    assert!(!answer.text.contains("Marsh"), "{}", answer.text);
    page(&desk, "Leadership at work", "leadership", None).await;
    compare(&desk, &client).await;
}

#[tokio::test]
async fn the_end_of_an_embargo_makes_prepared_answers_anew() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let made = ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let until = desk.clock.now().date_naive() + chrono::Days::new(2);
    let embargoed = build::output(&desk, Some(&made.project), "A secret for two days", 2026).await;
    let embargoed = embargoed.text("availability", "embargoed").text("embargo_until", &until.to_string());
    embargoed.published(&desk).await;
    let statements = client.statements("/api/v1/projects/3.07").await;
    assert!(client.get("/api/v1/projects/3.07").await.text.contains("Embargoed until"));
    desk.clock.advance(TimeDelta::days(3));
    recto::editing::do_due(&desk).await.unwrap();
    assert!(!client.get("/api/v1/projects/3.07").await.text.contains("Embargoed until"));
    compare(&desk, &client).await;
    // Prepared anew, it is as cheap as before.
    assert_eq!(client.statements("/api/v1/projects/3.07").await, statements);
}
