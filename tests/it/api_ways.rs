//! Finding the way: what lives at a path, and what menus are made of.

use recto::content::{Value, by_name};
use recto::editing::{Desk, User, unpublish};
use recto::published::Follower;
use recto::store::Stored;
use serde_json::Value as Json;

use crate::api::{Client, ThePage, change, page, stable};
use crate::support::build::{self, item};
use crate::support::{Backend, TestDesk, backends};

async fn with_slug(desk: &Desk, stored: &Stored, slug: &str) -> Stored {
    change(desk, stored, |item| item.slug = slug.to_owned()).await
}

fn address(path: &str) -> String {
    format!("/api/v1/pages?path={path}")
}

#[tokio::test]
async fn a_path_answers_with_what_lives_there() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let found = ThePage::new(&desk).await;
        let client = Client::at(&desk, Some("https://api.example.org"));
        let path = "/research/leadership-management-and-organisation/organisational-learning";
        let answer = client.get(&address(path)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json()["data"], client.get("/api/v1/projects/3.07").await.json()["data"]);
        let links = answer.json()["links"].clone();
        assert_eq!(links["canonical"], format!("https://www.example.org{path}"));
        assert!(
            links["self"]
                .as_str()
                .unwrap()
                .starts_with("https://api.example.org/api/v1/pages?path=%2Fresearch%2F")
        );
        let again = client.get_with(&address(path), "if-none-match", answer.header("etag")).await;
        assert_eq!(again.status, 304);
        assert!(!answer.header("last-modified").is_empty());

        // Whatever lives somewhere is found there.
        for plural in ["themes", "projects", "outputs", "people", "organisations", "news", "events", "pages"]
        {
            for item in
                client.get(&format!("/api/v1/{plural}?limit=100")).await.json()["data"].as_array().unwrap()
            {
                let answer = client.get(&address(item["path"].as_str().unwrap())).await.json();
                assert_eq!(answer["data"]["id"], item["id"], "{item}");
            }
        }
        assert_eq!(client.get(&address("/")).await.json()["data"]["title"], "Home");
        let chosen = client.get(&format!("{}&fields=title,theme(title)", address(path))).await.json();
        assert_eq!(chosen["data"].as_object().unwrap().len(), 3);

        for none in ["/no", "/research/x", "/outputs/x", "/research/no-theme/organisational-learning", "/%20"]
        {
            assert_eq!(client.get(&address(none)).await.status, 404, "{none}");
        }
        let wrong = format!("{}&limit=3&sort=title", address(path));
        assert_eq!(client.get(&wrong).await.faults(), ["limit unknown_parameter", "sort unknown_parameter"]);
        for wrong in ["", "research", "//%0A", &format!("/{}", "a".repeat(2_000))] {
            assert_eq!(client.get(&address(wrong)).await.status, 400, "{wrong}");
        }
        assert_eq!(client.get("/api/v1/pages?path=/a&path=/b").await.status, 400);
        assert_eq!(client.get(&format!("{}&fields=colour", address(path))).await.status, 400);
        // The list of pages and those below one are lists.
        assert!(client.get("/api/v1/pages").await.json()["data"].is_array());
        assert_eq!(client.get("/api/v1/pages/home/children?path=/").await.status, 400);
        drop(found);
    }
}

/// Everything that was moved, and where it is now.
async fn moved(client: &Client, paths: &[(String, String)]) {
    for (old, new) in paths {
        let answer = client.get(&format!("{}&fields=title", address(old))).await;
        assert_eq!(answer.status, 308, "{old}: {}", answer.text);
        let json = answer.json();
        assert_eq!(json["data"]["path"], *new, "{old}");
        assert_eq!(json["links"]["canonical"], format!("https://www.example.org{new}"));
        assert_eq!(json["links"]["self"], answer.header("location"));
        let there = client.get(answer.header("location")).await;
        assert_eq!(there.status, 200, "{}", answer.header("location"));
        assert_eq!(there.json()["data"]["id"], json["data"]["id"]);
    }
}

#[tokio::test]
async fn old_paths_lead_to_where_things_live_now() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let found = ThePage::new(&desk).await;
        let theme = with_slug(&desk, &found.theme, "leading").await;
        let other = build::theme(&desk, 4, "Other").published(&desk).await;
        let project = with_slug(&desk, &found.project, "learning").await;
        let project = change(&desk, &project, |item| item.set("theme", Value::One(other.item.id))).await;
        let output = with_slug(&desk, &found.outputs[0], "blame").await;
        let about = page(&desk, "About", "about", None).await;
        let team = page(&desk, "Team", "team", Some(&about)).await;
        let about = with_slug(&desk, &about, "about-us").await;
        let contact = page(&desk, "Contact", "contact", None).await;
        let team = change(&desk, &team, |item| item.set("parent", Value::One(contact.item.id))).await;
        let team = with_slug(&desk, &team, "people-here").await;
        let paths = vec![
            ("/research/leadership-management-and-organisation".to_owned(), "/research/leading".to_owned()),
            // Both names, one of them, and a theme that it has left.
            (
                "/research/leadership-management-and-organisation/organisational-learning".to_owned(),
                "/research/other/learning".to_owned(),
            ),
            ("/research/leading/learning".to_owned(), "/research/other/learning".to_owned()),
            ("/research/other/organisational-learning/".to_owned(), "/research/other/learning".to_owned()),
            (format!("/outputs/{}", found.outputs[0].item.slug), "/outputs/blame".to_owned()),
            ("/about".to_owned(), "/about-us".to_owned()),
            ("/about/team".to_owned(), "/contact/people-here".to_owned()),
            ("/about-us/people-here".to_owned(), "/contact/people-here".to_owned()),
            ("/home".to_owned(), "/".to_owned()),
        ];
        let client = Client::new(&desk);
        moved(&client, &paths).await;

        // A store that was built anew says the same.
        let dir = tempfile::tempdir().unwrap();
        let anew = Follower::open(&dir.path().join("public.db")).await.unwrap();
        anew.apply(&desk.store.publications_after(0, 1_000).await.unwrap()).await.unwrap();
        let store = anew.reader().clone();
        let router = recto::api::router(store, recto::api::ApiConfig::default(), desk.clock.clone());
        let again = Client::over(router, anew.reader().clone());
        moved(&again, &paths).await;
        assert_eq!(
            again.get("/api/v1/changes?limit=100").await.text,
            client.get("/api/v1/changes?limit=100").await.text
        );

        // Another pattern moves everything; the usual one still leads there.
        let patterns = async || {
            let site = client.get("/api/v1/site").await.json();
            ["theme", "project", "news"].map(|name| site["data"][format!("path_{name}")].clone())
        };
        assert_eq!(patterns().await, ["/research/{slug}", "/research/{theme}/{slug}", "/news/{slug}"]);
        let site = desk.store.single(by_name("site").unwrap()).await.unwrap().unwrap();
        change(&desk, &site, |item| {
            item.set("path_project", Value::Text("/work/{code}".into()));
            item.set("path_output", Value::Text("/publications/{slug}".into()));
        })
        .await;
        moved(
            &client,
            &[
                ("/research/other/learning".to_owned(), "/work/3.07".to_owned()),
                ("/outputs/blame".to_owned(), "/publications/blame".to_owned()),
                (format!("/publications/{}", found.outputs[0].item.slug), "/publications/blame".to_owned()),
            ],
        )
        .await;

        // Readers are told those in force.
        assert_eq!(patterns().await, ["/research/{slug}", "/work/{code}", "/news/{slug}"]);
        let some = client.get("/api/v1/site?fields=path_news").await.json();
        assert_eq!(some["data"].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "path_news"]);

        for stored in [&output, &project, &about, &theme, &team] {
            unpublish(&desk, &User::system(), stored.item.id).await.unwrap();
        }
        for path in
            ["/publications/blame", "/outputs/blame", "/about-us", "/research/leading", "/contact/team"]
        {
            assert_eq!(client.get(&address(path)).await.status, 410, "{path}");
        }
    }
}

#[tokio::test]
async fn the_navigation_is_one_request() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let found = ThePage::new(&desk).await;
        build::theme(&desk, 1, "First").published(&desk).await;
        build::theme(&desk, 2, "Draft").draft(&desk).await;
        build::project(&desk, &found.theme, "3.08", "Draft").draft(&desk).await;
        let home = client_page(&desk, "home").await;
        let menu = async |title: &str, position: i64, shown: bool, parent: Option<&Stored>| {
            let mut page =
                item(&desk, by_name("page").unwrap()).text("title", title).integer("position", position);
            page.item.set("in_navigation", Value::Flag(shown));
            if let Some(parent) = parent {
                page = page.one("parent", parent.item.id);
            }
            page.published(&desk).await
        };
        let about = menu("About", 2, true, Some(&home)).await;
        menu("Contact", 1, true, None).await;
        let hidden = menu("Hidden", 3, false, Some(&about)).await;
        menu("Below hidden", 1, true, Some(&hidden)).await;
        menu("History", 9, true, Some(&about)).await;
        // A ring stands at the top rather than nowhere.
        let one = menu("One", 5, true, None).await;
        let two = menu("Two", 6, true, Some(&one)).await;
        change(&desk, &one, |item| item.set("parent", Value::One(two.item.id))).await;
        let client = Client::new(&desk);
        let answer = client.get("/api/v1/navigation").await;
        assert_eq!(answer.status, 200);
        insta::assert_json_snapshot!("navigation", stable(&answer.text));
        let again = client.get_with("/api/v1/navigation", "if-none-match", answer.header("etag")).await;
        assert_eq!(again.status, 304);
        assert_eq!(client.get("/api/v1/navigation?depth=1").await.status, 400);
        let before = client.statements("/api/v1/navigation").await;
        for number in 10..30 {
            menu(&format!("Page {number}"), number, true, Some(&about)).await;
            build::theme(&desk, number, "More").published(&desk).await;
        }
        assert_eq!(client.statements("/api/v1/navigation").await, before);
        assert!(before <= 5, "{before}");
    }
}

async fn client_page(desk: &Desk, slug: &str) -> Stored {
    let client = Client::new(desk);
    let id: Json = client.get(&format!("/api/v1/pages/{slug}")).await.json()["data"]["id"].clone();
    let id = id.as_str().unwrap().parse().unwrap();
    desk.store.items(by_name("page").unwrap(), &[id]).await.unwrap().remove(0)
}

#[tokio::test]
async fn a_path_takes_no_more_statements_for_more_rows() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let found = ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let path = address("/research/leadership-management-and-organisation/organisational-learning");
    let before = client.statements(&path).await;
    for number in 0..20 {
        build::output(&desk, Some(&found.project), &format!("More {number}"), 2020)
            .await
            .published(&desk)
            .await;
    }
    assert_eq!(client.statements(&path).await, before);
}
