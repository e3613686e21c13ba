//! Cache tags: whatever a change changes, some tag of it names.

use std::collections::{BTreeMap, BTreeSet};

use recto::content::Value;
use recto::editing::{User, publish, unpublish};

use crate::api::{Client, ThePage, change, page};
use crate::api_prepared::addresses;
use crate::support::build;
use crate::support::{Backend, TestDesk};

/// What each address answers, with its tags.
type Answers = BTreeMap<String, (String, BTreeSet<String>)>;

async fn answers(client: &Client, extra: &[String]) -> Answers {
    let mut answers = Answers::new();
    let others = [
        "navigation",
        "search?q=learning",
        "news.atom",
        "events.ics",
        "outputs.csv",
        "outputs.bibliography",
        "projects/3.07/outputs.bib",
        "projects/3.07/outputs.bibliography",
        "projects/3.07/head",
        "outputs/{output}/head",
        "outputs/{output}/citation",
        "outputs/{output}.ris",
        "outputs?q=learning",
    ];
    let outputs = client.get("/api/v1/outputs?sort=title&limit=1").await;
    let output = outputs.all("slug").first().cloned().unwrap_or_default();
    let others = others
        .map(|rest| format!("/api/v1/{}", rest.replace("{output}", &output)))
        .into_iter()
        .chain(extra.iter().cloned());
    for address in addresses(client).await.into_iter().chain(others) {
        let answer = client.get(&address).await;
        if answer.status == 200 {
            let tags = answer.header("cache-tag").split(',').map(str::to_owned).collect();
            answers.insert(address, (answer.text, tags));
        }
    }
    answers
}

/// What changed is named by what is told of the change; gives how many answers changed.
async fn named(client: &Client, before: &Answers, since: &str, what: &str) -> usize {
    let known: Vec<String> = before.keys().cloned().collect();
    let after = answers(client, &known).await;
    let changes = client.get(&format!("/api/v1/changes?since={since}&limit=100")).await.json();
    let tags: BTreeSet<&str> = changes["data"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["tags"].as_array().unwrap())
        .map(|tag| tag.as_str().unwrap())
        .collect();
    let mut number = 0;
    for (address, (text, kept)) in before {
        if after.get(address).is_some_and(|(now, _)| now == text) {
            continue;
        }
        number += 1;
        assert!(
            kept.iter().any(|tag| tags.contains(tag.as_str())),
            "{what}: {address} keeps {kept:?}, not {tags:?}"
        );
    }
    number
}

#[tokio::test]
async fn whatever_changes_is_named() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let made = ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let user = User::system();
    let about = page(&desk, "About", "about", None).await;
    page(&desk, "Team", "team", Some(&about)).await;
    let draft =
        build::output(&desk, Some(&made.project), "Learning for later", 2025).await.draft(&desk).await;

    let mut person = made.people[0].clone();
    let mut theme = made.theme.clone();
    for step in [
        "a name",
        "a theme's address",
        "an output comes",
        "a page moves",
        "a person goes",
        "a person comes",
        "a project goes",
        "a project comes",
    ] {
        let before = answers(&client, &[]).await;
        let latest =
            client.get("/api/v1/changes?limit=1").await.json()["page"]["latest"].as_str().unwrap().to_owned();
        match step {
            "a name" => {
                person =
                    change(&desk, &person, |item| item.set("family_name", Value::Text("Marsh".into()))).await;
            }
            "a theme's address" => {
                theme = change(&desk, &theme, |item| item.slug = "leadership".to_owned()).await;
            }
            "an output comes" => {
                publish(&desk, &user, draft.item.id, None, &[]).await.unwrap();
            }
            "a page moves" => {
                change(&desk, &about, |item| item.slug = "who-we-are".to_owned()).await;
            }
            "a person goes" => {
                unpublish(&desk, &user, person.item.id).await.unwrap();
            }
            // What links to it shows it now.
            "a person comes" => {
                publish(&desk, &user, person.item.id, None, &[]).await.unwrap();
            }
            "a project goes" => {
                unpublish(&desk, &user, made.project.item.id).await.unwrap();
            }
            _ => {
                publish(&desk, &user, made.project.item.id, None, &[]).await.unwrap();
            }
        }
        let number = named(&client, &before, &latest, step).await;
        assert!(number > 2, "{step}: only {number} answers changed");
    }
}

#[tokio::test]
async fn an_answer_is_not_named_by_what_it_does_not_show() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let made = ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let other = build::person(&desk, "Alex", "Bristow").published(&desk).await;
    let tags = client.get("/api/v1/projects/3.07").await.header("cache-tag").to_owned();
    let named = |what: &str| tags.split(',').any(|tag| tag == what);
    assert!(named(&format!("project:{}", made.project.item.id)), "{tags}");
    assert!(named(&format!("theme:{}", made.theme.item.id)), "{tags}");
    assert!(named(&format!("person:{}", made.people[0].item.id)), "{tags}");
    assert!(!tags.contains(&other.item.id.to_string()), "{tags}");
    assert!(!named("people") && !named("outputs"), "{tags}");
    // What is made of it names the same, and a list the list.
    for (address, lists) in [
        ("projects/3.07/head", &[][..]),
        ("outputs/{output}/head", &[][..]),
        ("outputs/{output}/citation", &[][..]),
        ("projects/3.07/outputs.bibliography", &["outputs"][..]),
        ("outputs.bib", &["outputs"][..]),
    ] {
        let address = format!("/api/v1/{}", address.replace("{output}", &made.outputs[0].item.slug));
        let tags = client.get(&address).await.header("cache-tag").to_owned();
        let types = tags.split(',').filter(|tag| !tag.contains(':') && *tag != "site");
        assert_eq!(types.collect::<Vec<_>>(), lists, "{address}: {tags}");
        assert!(tags.contains(':') && !tags.contains(&other.item.id.to_string()), "{address}: {tags}");
    }
    let tags = client.get("/api/v1/navigation").await.header("cache-tag").to_owned();
    assert_eq!(tags, "events,news,organisations,outputs,pages,people,projects,site,themes");
}
