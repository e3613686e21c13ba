//! Whatever editors do, in whatever order: the public sees of each item what was last published of
//! it and nothing else, and work on drafts changes no byte of any answer.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{Index, select};
use recto::content::{ContentType, Field, Id, Item, Kind, Row, TYPES, Value, by_name, text};
use recto::editing::{Edit, User, publish, reorder, save, trash, unpublish, untrash};
use recto::store::Stored;

use crate::api::Client;
use crate::api_leak::everything;
use crate::support::build::{self, Build};
use crate::support::{Backend, TestDesk};

const MADE: [&str; 6] = ["theme", "person", "project", "output", "news", "event"];

/// What an editor does next; the items are taken from those that there are.
#[derive(Clone, Debug)]
enum Step {
    Create(&'static str),
    Save(Index),
    Link(Index, Index),
    Unlink(Index),
    Reorder(Index, bool),
    Publish(Index),
    Unpublish(Index),
    Trash(Index),
    Untrash(Index),
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    prop_oneof![
        3 => select(MADE.to_vec()).prop_map(Step::Create),
        3 => index().prop_map(Step::Save),
        4 => (index(), index()).prop_map(|(from, to)| Step::Link(from, to)),
        1 => index().prop_map(Step::Unlink),
        1 => (index(), any::<bool>()).prop_map(|(project, turn)| Step::Reorder(project, turn)),
        5 => index().prop_map(Step::Publish),
        1 => index().prop_map(Step::Unpublish),
        1 => index().prop_map(Step::Trash),
        1 => index().prop_map(Step::Untrash),
    ]
}

/// What is known of the items, without asking the product.
struct Model {
    desk: TestDesk,
    client: Client,
    items: Vec<(&'static ContentType, Id)>,
    /// What was last published and not withdrawn since.
    public: BTreeMap<Id, Item>,
    /// Every slug that was ever public: what is told of changes names addresses that are gone.
    known: BTreeSet<String>,
    /// How many words there are; each save says a new one.
    words: usize,
    /// How many items of each type were public before.
    before: BTreeMap<&'static str, usize>,
}

fn word(number: usize) -> String {
    format!("zq{number}x")
}

/// `links` is what a text keeps beside the word.
fn marked(field: &Field, word: &str, links: &str) -> Option<Value> {
    let typed = match field.kind {
        Kind::Line(_) | Kind::Lines(_) => word.to_owned(),
        Kind::Html => format!("<p>{word}</p>{links}"),
        Kind::Url => format!("https://{word}.example.org/"),
        Kind::Email => format!("{word}@example.org"),
        Kind::Doi => format!("10.1234/{word}"),
        _ => return None,
    };
    Some(text::parse(&field.kind, &typed).unwrap())
}

/// The links of a text.
fn named(item: &Item, field: &Field) -> String {
    let links = item.links().filter(|(name, _)| *name == field.name && matches!(field.kind, Kind::Html));
    links.map(|(_, id)| format!("<p><a href=\"recto:{id}\">there</a></p>")).collect()
}

/// Puts a word into everything that can hold it.
fn mark(item: &mut Item, word: &str) {
    for field in item.content_type.fields {
        if let Some(value) = marked(field, word, &named(item, field)) {
            item.set(field.name, value);
        } else if let Kind::Many { columns, .. } = field.kind {
            let mut rows = item.rows(field.name).to_vec();
            for row in &mut rows {
                for (column, value) in columns.iter().zip(&mut row.values) {
                    if let Some(said) = marked(column, word, "") {
                        *value = said;
                    }
                }
            }
            item.set(field.name, Value::Many(rows));
        }
    }
    word.clone_into(&mut item.slug);
}

impl Model {
    async fn new() -> Self {
        let desk = TestDesk::new(&Backend::Sqlite).await;
        let client = Client::new(&desk);
        let mut model = Self {
            client,
            desk,
            items: Vec::new(),
            public: BTreeMap::new(),
            known: BTreeSet::new(),
            words: 0,
            before: BTreeMap::new(),
        };
        for content_type in TYPES.into_iter().filter(|one| !one.single) {
            let total = model.total(&format!("/api/v1/{}", content_type.plural)).await;
            model.before.insert(content_type.name, total);
        }
        for name in ["theme", "project"] {
            model.create(name).await;
        }
        model
    }

    async fn total(&self, address: &str) -> usize {
        let answer = self.client.get(address).await;
        assert_eq!(answer.status, 200, "{address}: {}", answer.text);
        usize::try_from(answer.json()["page"]["total"].as_u64().unwrap()).unwrap()
    }

    fn next_word(&mut self) -> String {
        self.words += 1;
        word(self.words)
    }

    fn first(&self, name: &str) -> Option<Id> {
        self.items.iter().find(|(content_type, _)| content_type.name == name).map(|(_, id)| *id)
    }

    async fn stored(&self, at: Index) -> Stored {
        let (content_type, id) = *at.get(&self.items);
        self.desk.store.items(content_type, &[id]).await.unwrap().remove(0)
    }

    async fn create(&mut self, name: &str) {
        let desk = self.desk.desk.clone();
        let number = i64::try_from(self.words).unwrap() + 1;
        let kind = by_name(name).unwrap();
        let new: Build = match name {
            "theme" => build::item(&desk, kind).integer("number", number),
            "project" => build::item(&desk, kind)
                .text("code", &format!("1.{number}"))
                .text("status", "active")
                .one("theme", self.first("theme").unwrap()),
            "output" => build::output(&desk, None, "", 2020).await,
            "news" => build::news(&desk, "", "2026-01-01"),
            "event" => build::event(&desk, "", "2026-04-01T10:00"),
            _ => build::person(&desk, "", ""),
        };
        let mut item = new.item;
        mark(&mut item, &self.next_word());
        let saved = save(&desk, &User::system(), &[Edit::new(item)]).await.unwrap().remove(0);
        self.items.push((saved.item.content_type, saved.item.id));
    }

    /// Saves what an item becomes, under a new word.
    async fn save(&mut self, stored: Stored, change: impl FnOnce(&mut Item)) {
        if stored.meta.trashed_at.is_some() {
            return;
        }
        let mut item = stored.item.clone();
        change(&mut item);
        mark(&mut item, &self.next_word());
        save(&self.desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap();
    }

    /// Whether the public may see a change.
    async fn take(&mut self, step: &Step) -> bool {
        let user = User::system();
        match step {
            Step::Create(name) => self.create(name).await,
            Step::Save(at) => {
                let stored = self.stored(*at).await;
                self.save(stored, |_| ()).await;
            }
            Step::Link(from, to) => {
                let (stored, to) = (self.stored(*from).await, self.stored(*to).await.item);
                let kind = to.content_type.name;
                let fields: Vec<&Field> = stored
                    .item
                    .content_type
                    .fields
                    .iter()
                    .filter(|one| one.target() == Some(kind) || matches!(one.kind, Kind::Html))
                    .collect();
                if stored.item.id == to.id || fields.is_empty() {
                    return false;
                }
                self.save(stored, |item| fields.iter().for_each(|field| link(item, field, to.id))).await;
            }
            Step::Unlink(at) => {
                let stored = self.stored(*at).await;
                self.save(stored, |item| {
                    for field in item.content_type.fields {
                        if matches!(field.kind, Kind::Many { free: false, .. }) {
                            item.set(field.name, Value::Many(Vec::new()));
                        }
                    }
                })
                .await;
            }
            Step::Reorder(at, turn) => {
                let project = self.stored(*at).await.item;
                if project.content_type.name != "project" {
                    return false;
                }
                let of = |(content_type, id): &(&'static ContentType, Id)| {
                    (content_type.name == "output").then_some(*id)
                };
                let mut order: Vec<Id> = self.items.iter().filter_map(of).collect();
                if *turn {
                    order.reverse();
                }
                reorder(&self.desk, &user, project.id, &order).await.unwrap();
            }
            Step::Publish(at) => {
                let stored = self.stored(*at).await;
                if stored.meta.trashed_at.is_none() {
                    publish(&self.desk, &user, stored.item.id, None, &[]).await.unwrap();
                    self.known.insert(stored.item.slug.clone());
                    self.public.insert(stored.item.id, stored.item);
                    return true;
                }
            }
            Step::Unpublish(at) => {
                let id = self.stored(*at).await.item.id;
                let public = self.public.remove(&id).is_some();
                assert_eq!(unpublish(&self.desk, &user, id).await.is_ok(), public);
                return public;
            }
            Step::Trash(at) => {
                let id = self.stored(*at).await.item.id;
                trash(&self.desk, &user, id).await.unwrap();
                return self.public.remove(&id).is_some();
            }
            Step::Untrash(at) => {
                let stored = self.stored(*at).await;
                let trashed = stored.meta.trashed_at.is_some();
                assert_eq!(untrash(&self.desk, &user, stored.item.id).await.is_ok(), trashed);
            }
        }
        false
    }

    /// Everything that the public can see, under every address that anything ever had.
    async fn seen(&self) -> BTreeMap<String, String> {
        let mut items = Vec::new();
        for (content_type, id) in &self.items {
            items.extend(self.desk.store.items(content_type, &[*id]).await.unwrap());
        }
        let mut seen = everything(&self.client, &items).await;
        for number in 1..=self.words {
            for content_type in TYPES.into_iter().filter(|one| MADE.contains(&one.name)) {
                let address = format!("/api/v1/{}/{}", content_type.plural, word(number));
                let answer = self.client.get(&address).await;
                seen.insert(address, format!("{} {:?}\n{}", answer.status, answer.headers, answer.text));
            }
        }
        seen
    }

    async fn check(&self) {
        let said: BTreeSet<&str> = self.public.values().map(|item| item.slug.as_str()).collect();
        let seen = self.seen().await;
        for number in 1..=self.words {
            let word = word(number);
            if !said.contains(word.as_str()) {
                let gone =
                    |address: &str| address.starts_with("/api/v1/changes") && self.known.contains(&word);
                let leak = seen.iter().find(|(address, answer)| answer.contains(&word) && !gone(address));
                assert!(leak.is_none(), "{word} is not public: {leak:?}");
                assert_eq!(self.total_found(&word).await, 0, "{word}");
            } else {
                assert!(self.total_found(&word).await > 0, "{word}");
            }
        }
        for (content_type, before) in &self.before {
            let of = |item: &&Item| item.content_type.name == *content_type;
            let plural = by_name(content_type).unwrap().plural;
            let public = self.public.values().filter(of).count();
            assert_eq!(self.total(&format!("/api/v1/{plural}")).await, before + public, "{plural}");
        }
        for item in self.public.values() {
            for inverse in item.content_type.inverses {
                let links = |from: &&Item| {
                    from.content_type.name == inverse.from
                        && from.links().any(|(field, to)| field == inverse.field && to == item.id)
                };
                let address = format!("/api/v1/{}/{}/{}", item.content_type.plural, item.id, inverse.name);
                let linking = self.public.values().filter(links).count();
                assert_eq!(self.total(&address).await, linking, "{address}");
            }
        }
    }

    async fn total_found(&self, word: &str) -> usize {
        self.client.get(&format!("/api/v1/search?q={word}")).await.all("id").len()
    }
}

fn link(item: &mut Item, field: &Field, to: Id) {
    match field.kind {
        Kind::One { .. } => item.set(field.name, Value::One(to)),
        Kind::Html => {
            let text = format!("{}<p><a href=\"recto:{to}\">there</a></p>", item.text(field.name));
            item.set(field.name, text::parse(&field.kind, &text).unwrap());
        }
        Kind::Many { columns, .. } => {
            let mut rows = item.rows(field.name).to_vec();
            if rows.iter().any(|row| row.target == Some(to)) {
                return;
            }
            let values = columns.iter().map(|column| match column.kind {
                Kind::Line(_) => Value::Text("to be marked".into()),
                Kind::Choice(choices) => Value::Text(choices[0].value.into()),
                ref kind => Value::empty(kind),
            });
            rows.push(Row { target: Some(to), values: values.collect() });
            item.set(field.name, Value::Many(rows));
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_public_sees_what_was_published_and_nothing_else(
        steps in prop::collection::vec(step(), 12..36)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut model = Model::new().await;
            // What stood before a run of work on drafts, and at the same addresses after it.
            let mut before = model.seen().await;
            for step in &steps {
                let visible = model.take(step).await;
                if visible {
                    before = model.seen().await;
                }
            }
            let after = model.seen().await;
            for (address, answer) in &before {
                assert_eq!(after.get(address).unwrap_or(answer), answer, "{address}");
            }
            model.check().await;
        });
    }
}
