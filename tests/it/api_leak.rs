//! A draft is never visible to the public: not in a list, a relation, a count, a search result, an
//! error, a header.

use std::collections::BTreeMap;

use recto::content::parsed::Upload;
use recto::content::{ContentType, Field, Id, Item, Kind, Row, TYPES, Value, text};
use recto::editing::{Desk, Edit, User, publish, save, trash, unpublish};
use recto::store::Stored;

use crate::api::{Client, ThePage, change};
use crate::support::build::{self, item};
use crate::support::files::keep;
use crate::support::{Backend, TestDesk, backends};

/// A word that nobody else says.
const CANARY: &str = "zanarykoo";

/// A text with the word in it, as a field of this kind may hold it.
fn marked(field: &Field, number: usize) -> Option<Value> {
    let typed = match field.kind {
        Kind::Line(_) | Kind::Lines(_) => format!("{CANARY} {number}"),
        Kind::Html => format!("<p>{CANARY} {number}</p>"),
        Kind::Url => format!("https://{CANARY}.example.org/{number}"),
        Kind::Email => format!("{CANARY}{number}@example.org"),
        Kind::Doi => format!("10.1234/{CANARY}.{number}"),
        Kind::Pattern => format!("/{CANARY}/{{slug}}"),
        _ => return None,
    };
    Some(text::parse(&field.kind, &typed).unwrap())
}

/// Puts the word into everything that can hold it, also into credits and roles.
fn mark(item: &mut Item, number: usize) {
    for field in item.content_type.fields {
        if let Some(value) = marked(field, number) {
            item.set(field.name, value);
        } else if let Kind::Many { columns, .. } = field.kind {
            let mut rows = item.rows(field.name).to_vec();
            for row in &mut rows {
                for (column, value) in columns.iter().zip(&mut row.values) {
                    if let Some(word) = marked(column, number) {
                        *value = word;
                    }
                }
            }
            item.set(field.name, Value::Many(rows));
        }
    }
    item.slug = format!("{CANARY}-{}-{number}", item.content_type.name);
}

/// A draft full of the word.
async fn marked_draft(desk: &Desk, content_type: &'static ContentType, number: usize) -> Stored {
    let mut draft = Item::new(content_type, Id::new(desk.clock.now()));
    mark(&mut draft, number);
    if content_type.name == "media" {
        let words = format!("{CANARY} {number}").into_bytes();
        let file = keep(desk, &format!("{CANARY}.txt"), words).await;
        draft.set("file", Value::Text(file.to_string().into()));
    }
    save(desk, &User::system(), &[Edit::new(draft)]).await.unwrap().remove(0)
}

/// Links everything in an item that can link to these drafts, beside what it links to.
fn link(item: &mut Item, drafts: &[Stored]) {
    for field in item.content_type.fields {
        let Some(draft) =
            field.target().and_then(|to| drafts.iter().find(|draft| draft.item.content_type.name == to))
        else {
            continue;
        };
        match field.kind {
            Kind::One { .. } if item.one(field.name).is_none() => {
                item.set(field.name, Value::One(draft.item.id))
            }
            Kind::Many { columns, .. } => {
                let mut rows = item.rows(field.name).to_vec();
                let values = columns.iter().map(|column| match column.kind {
                    // What is said of somebody who is not public is not public either, but for the
                    // credit of a publication.
                    Kind::Line(_) if field.name == "authors" => Value::Text("Credited, C".into()),
                    Kind::Line(_) => Value::Text(format!("{CANARY} role").into()),
                    Kind::Choice(choices) => Value::Text(choices[0].value.into()),
                    ref kind => Value::empty(kind),
                });
                rows.push(Row { target: Some(draft.item.id), values: values.collect() });
                item.set(field.name, Value::Many(rows));
            }
            _ => {}
        }
    }
}

/// Names these drafts in every text.
fn name(item: &mut Item, drafts: &[Stored]) {
    for field in item.content_type.fields.iter().filter(|field| matches!(field.kind, Kind::Html)) {
        let named = drafts.iter().map(|draft| {
            let id = draft.item.id;
            format!("<p><a href=\"recto:{id}\">Words</a></p><img src=\"recto:{id}\" alt=\"{CANARY}\">")
        });
        let text = format!("{}{}", item.text(field.name), named.collect::<String>());
        item.set(field.name, text::parse(&field.kind, &text).unwrap());
    }
}

/// Every address at which the published and the unpublished could show.
pub fn addresses(items: &[Stored]) -> Vec<String> {
    let mut addresses = vec![
        "/openapi.json".to_owned(),
        "/api/v1/site".to_owned(),
        "/api/v1/search?q=learning&limit=100".to_owned(),
        "/api/v1/search?q=z&limit=100".to_owned(),
        "/api/v1/outputs?x=1&limit=x".to_owned(),
        "/api/v1/events?when=upcoming".to_owned(),
        "/api/v1/events?when=past".to_owned(),
        "/api/v1/outputs?theme=leadership-management-and-organisation".to_owned(),
        "/api/v1/news.atom?limit=100".to_owned(),
        "/api/v1/news.json?limit=100".to_owned(),
        "/api/v1/events.ics".to_owned(),
        "/api/v1/navigation".to_owned(),
        "/api/v1/changes?limit=100".to_owned(),
        "/sitemap.xml".to_owned(),
        "/oai?verb=Identify".to_owned(),
        "/oai?verb=ListRecords&metadataPrefix=oai_dc".to_owned(),
        "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc".to_owned(),
    ];
    let told = [".bib", ".ris", ".csl.json", ".csv", ".bibliography"];
    for suffix in told {
        addresses.push(format!("/api/v1/outputs{suffix}"));
        addresses.push(format!("/api/v1/outputs{suffix}?q=z"));
    }
    for content_type in TYPES {
        let plural = format!("/api/v1/{}", content_type.plural);
        if content_type.single {
            continue;
        }
        addresses.push(format!("{plural}?limit=100"));
        addresses.push(format!("{plural}?limit=1&sort=-updated_at"));
        addresses.push(format!("{plural}?q=z"));
        for field in content_type.fields.iter().filter(|field| field.detail && field.public) {
            addresses.push(format!("{plural}?limit=100&fields={}", field.name));
        }
    }
    for stored in items {
        let content_type = stored.item.content_type;
        if content_type.name == "event" {
            addresses.push(format!("/api/v1/events/{}.ics", stored.item.slug));
        }
        let file = (content_type.name == "media").then(|| stored.item.text("file").parse::<Upload>());
        if let Some(Ok(file)) = file {
            addresses.push(format!("/media/{}", file.path()));
            addresses.push(format!("/media/{}/{}", stored.item.id, file.name()));
        }
        let identifier = format!("oai:www.example.org:{}", stored.item.id);
        addresses.push(format!("/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}"));
        for above in ["", "/research", "/news", "/events", "/outputs", "/people", "/organisations"] {
            addresses.push(format!("/api/v1/pages?path={above}/{}", stored.item.slug));
        }
        for reference in [stored.item.id.to_string(), stored.item.slug.clone()] {
            let one = format!("/api/v1/{}/{reference}", content_type.plural);
            addresses.extend(content_type.inverses.iter().map(|inverse| format!("{one}/{}", inverse.name)));
            let rest = told.map(|suffix| format!("{one}/outputs{suffix}"));
            addresses.extend(rest.into_iter().chain(told.map(|suffix| format!("{one}{suffix}"))));
            addresses.extend(["citation", "head"].map(|what| format!("{one}/{what}")));
            addresses.push(one);
        }
    }
    addresses
}

/// Everything that the public can see: status, headers, body.
pub async fn everything(client: &Client, items: &[Stored]) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    for address in addresses(items) {
        let answer = client.get(&address).await;
        assert!(answer.status < 500);
        seen.insert(address, format!("{} {:?}\n{}", answer.status, answer.headers, answer.text));
    }
    seen
}

#[tokio::test]
async fn what_is_not_published_shows_nowhere() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let page = ThePage::new(&desk).await;
        let user = User::system();
        let client = Client::new(&desk);

        // Drafts of every type, linked from published items of every type.
        let mut drafts = Vec::new();
        for content_type in TYPES.into_iter().filter(|one| !one.single) {
            drafts.push(marked_draft(&desk, content_type, 1).await);
        }
        let both = |item: &mut Item| {
            link(item, &drafts);
            name(item, &drafts);
        };
        let mut published = vec![
            change(&desk, &page.project, both).await,
            change(&desk, &page.outputs[0], both).await,
            change(&desk, &page.people[0], both).await,
        ];
        let linking = [
            build::news(&desk, "News that links", "2026-01-01"),
            build::event(&desk, "Event that links", "2026-04-01T10:00"),
            item(&desk, recto::content::by_name("page").unwrap()).text("title", "Page that links"),
            item(&desk, recto::content::by_name("organisation").unwrap())
                .text("name", "Organisation that links"),
        ];
        for mut linking in linking {
            both(&mut linking.item);
            published.push(linking.published(&desk).await);
        }
        published.extend(page.outputs[1..].iter().chain([&page.theme, &page.people[1]]).cloned());
        let all: Vec<Stored> = published.iter().chain(&drafts).cloned().collect();

        let before = everything(&client, &all).await;
        for (address, answer) in &before {
            assert!(!answer.to_lowercase().contains(CANARY), "{address}: {answer}");
            for draft in &drafts {
                let id = draft.item.id.to_string();
                assert!(address.contains(&id) || !answer.contains(&id), "{address} tells of a draft");
            }
        }
        for draft in &drafts {
            let content_type = draft.item.content_type;
            for reference in [draft.item.id.to_string(), draft.item.slug.clone()] {
                let answer = client.get(&format!("/api/v1/{}/{reference}", content_type.plural)).await;
                let none = client.get(&format!("/api/v1/{}/never-was", content_type.plural)).await;
                assert_eq!((answer.status, &answer.text), (404, &none.text));
                // Nor can a link to it be found by asking for it.
                for listing in TYPES.into_iter().filter(|one| !one.single) {
                    let own = listing
                        .fields
                        .iter()
                        .filter(|field| field.filter && field.target() == Some(content_type.name));
                    let through = listing
                        .through
                        .iter()
                        .filter(|_| content_type.name == "theme")
                        .map(|(name, ..)| *name);
                    for name in own.map(|field| field.name).chain(through) {
                        let answer =
                            client.get(&format!("/api/v1/{}?{name}={reference}", listing.plural)).await;
                        assert_eq!(
                            answer.json()["page"]["total"],
                            0,
                            "{}?{name}={reference}",
                            listing.plural
                        );
                    }
                }
            }
        }

        // Whatever editors do short of publishing changes not one byte of one answer.
        for (number, stored) in (10..).zip(&published) {
            let mut item = stored.item.clone();
            mark(&mut item, number);
            save(&desk, &user, &[Edit::of(stored, item)]).await.unwrap();
        }
        for content_type in TYPES.into_iter().filter(|one| !one.single) {
            let draft = marked_draft(&desk, content_type, 3).await;
            trash(&desk, &user, draft.item.id).await.unwrap();
            marked_draft(&desk, content_type, 4).await;
        }
        let after = everything(&client, &all).await;
        assert_eq!(after, before);
    }
}

#[tokio::test]
async fn what_was_withdrawn_shows_nowhere() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let page = ThePage::new(&desk).await;
        let user = User::system();
        let client = Client::new(&desk);
        let totals = async || {
            let mut totals = Vec::new();
            for content_type in TYPES.into_iter().filter(|one| !one.single) {
                totals.push(
                    client.get(&format!("/api/v1/{}", content_type.plural)).await.json()["page"]["total"]
                        .clone(),
                );
            }
            totals
        };
        let before = totals().await;
        let mut withdrawn = Vec::new();
        for away in [true, false] {
            let number = usize::from(away);
            let theme = build::theme(&desk, 50 + i64::from(away), "T");
            let mut marked = vec![
                theme,
                build::person(&desk, "G", "F"),
                build::news(&desk, "N", "2026-01-01").links("projects", &[&page.project]),
                build::event(&desk, "E", "2026-04-01T10:00").links("projects", &[&page.project]),
                build::output(&desk, Some(&page.project), "O", 2019).await,
                build::project(&desk, &page.theme, &format!("3.9{number}"), "P")
                    .links("team", &[&page.people[0]]),
            ];
            for one in &mut marked {
                mark(&mut one.item, number);
            }
            for one in marked {
                let stored = one.published(&desk).await;
                let answer = client
                    .get(&format!("/api/v1/{}/{}", stored.item.content_type.plural, stored.item.slug))
                    .await;
                assert!(answer.status == 200 && answer.text.contains(CANARY));
                if away {
                    trash(&desk, &user, stored.item.id).await.unwrap();
                } else {
                    unpublish(&desk, &user, stored.item.id).await.unwrap();
                }
                withdrawn.push(stored);
            }
        }
        assert_eq!(totals().await, before);
        let all: Vec<Stored> = withdrawn
            .iter()
            .chain(&page.outputs)
            .chain([&page.project, &page.theme, &page.people[0]])
            .cloned()
            .collect();
        for (address, answer) in everything(&client, &all).await {
            // Who kept a copy is told which one to throw away, by the slugs that they have seen; no more.
            let told = address.starts_with("/api/v1/changes");
            let answer = if told { answer.replace(&format!("{CANARY}-"), "") } else { answer };
            assert!(!answer.to_lowercase().contains(CANARY), "{address}: {answer}");
        }
        for stored in &withdrawn {
            let answer = client
                .get(&format!("/api/v1/{}/{}", stored.item.content_type.plural, stored.item.slug))
                .await;
            assert_eq!(answer.status, 410);
        }
        assert!(client.get(&format!("/api/v1/search?q={CANARY}")).await.all("id").is_empty());
    }
}

#[tokio::test]
async fn what_is_published_is_in_the_next_answer() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let before = client.get("/api/v1/projects/3.07").await;
    let draft = build::output(&desk, Some(&page.project), "Just now", 2026).await.draft(&desk).await;
    assert_eq!(client.get("/api/v1/projects/3.07").await.text, before.text);
    publish(&desk, &User::system(), draft.item.id, None, &[]).await.unwrap();
    assert!(client.get("/api/v1/projects/3.07").await.text.contains("Just now"));
    assert_eq!(client.get("/api/v1/outputs?q=just+now").await.all("title"), ["Just now"]);
}

#[tokio::test]
async fn an_address_that_only_a_draft_had_never_was() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let user = User::system();
        let client = Client::new(&desk);
        for away in [true, false] {
            let number = 1 + i64::from(away);
            let stored = build::theme(&desk, number, &format!("Known {number}")).published(&desk).await;
            let mut item = stored.item.clone();
            item.slug = format!("{CANARY}-{number}");
            save(&desk, &user, &[Edit::of(&stored, item)]).await.unwrap();
            if away {
                trash(&desk, &user, stored.item.id).await.unwrap();
            } else {
                unpublish(&desk, &user, stored.item.id).await.unwrap();
            }
            assert_eq!(client.get(&format!("/api/v1/themes/known-{number}")).await.status, 410);
            assert_eq!(client.get(&format!("/api/v1/themes/{CANARY}-{number}")).await.status, 404);
        }
    }
}

#[tokio::test]
async fn that_something_links_to_a_draft_does_not_show() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let page = ThePage::new(&desk).await;
    let client = Client::new(&desk);
    let mut drafts = Vec::new();
    for content_type in TYPES.into_iter().filter(|one| !one.single) {
        drafts.push(marked_draft(&desk, content_type, 1).await);
    }
    let twin = |number: i64| {
        let of = |name: &str| item(&desk, recto::content::by_name(name).unwrap());
        vec![
            build::theme(&desk, 20 + number, "Twin").text("summary", "Twin"),
            build::project(&desk, &page.theme, &format!("3.2{number}"), "Twin"),
            build::person(&desk, "Twin", "Twin"),
            build::news(&desk, "Twin", "2026-01-01"),
            build::event(&desk, "Twin", "2026-04-01T10:00"),
            of("page").text("title", "Twin"),
            of("organisation").text("name", "Twin"),
        ]
    };
    for (without, mut with) in twin(1).into_iter().zip(twin(2)) {
        link(&mut with.item, &drafts);
        let content_type = with.item.content_type;
        let mut seen = Vec::new();
        for stored in [without.published(&desk).await, with.published(&desk).await] {
            let one = client.get(&format!("/api/v1/{}/{}", content_type.plural, stored.item.id)).await.json();
            let mut one = one["data"].as_object().unwrap().clone();
            for own in ["id", "slug", "path", "breadcrumbs", "code", "number"] {
                one.remove(own);
            }
            seen.push(one);
        }
        assert_eq!(seen[0], seen[1], "{content_type:?}");
    }
}
