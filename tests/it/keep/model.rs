//! Pruning held against a model, over whatever editors do in whatever order, and with a kill at any moment:
//! what is needed reads back byte for byte, what the rule says goes, and nothing else does.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use recto::content::{Id, Value, by_name, snapshot};
use recto::editing::bulk::{self, Chosen, Wish};
use recto::editing::merge::{self, Merge};
use recto::editing::{
    Edit, Retention, User, autosave, prune, publish, save, take_back, trash, unpublish, untrash,
};
use recto::store::{Role, Stored};
use sea_orm::{ConnectionTrait as _, Statement};

use super::other;
use crate::support::build::{news, person, theme};
use crate::support::files::{media, png};
use crate::support::{Backend, TestDesk, backends};

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Save(usize, usize, bool),
    Publish(Index),
    Unpublish(Index),
    Trash(Index, bool),
    Bulk(&'static str, usize),
    /// A field of the news, by one of the editors.
    Set(usize),
    Merge,
    /// Takes back one of the changes to many items.
    Back(Index),
    /// Minutes.
    Advance(i64),
    Prune,
    /// Pruning that is ended after so many microseconds.
    Killed(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    prop_oneof![
        30 => (select(vec![0_usize, 1, 1, 1, 2, 3, 4]), 0_usize..3, any::<bool>()).prop_map(|(at, by, mark)| Step::Save(at, by, mark)),
        4 => index().prop_map(Step::Publish),
        1 => index().prop_map(Step::Unpublish),
        1 => (index(), any::<bool>()).prop_map(|(at, away)| Step::Trash(at, away)),
        5 => (0_usize..3).prop_map(Step::Set),
        2 => (select(vec!["theme", "news", "person", "media"]), 0_usize..4).prop_map(|(of, wish)| Step::Bulk(of, wish)),
        1 => Just(Step::Merge),
        2 => index().prop_map(Step::Back),
        12 => select(vec![1_i64, 9, 40, 70, 700]).prop_map(Step::Advance),
        3 => (1_i64..60).prop_map(|days| Step::Advance(days * 24 * 60)),
        3 => Just(Step::Prune),
        2 => (0_u64..30_000).prop_map(Step::Killed),
    ]
}

/// What was saved once: its text, when and by whom.
type Said = (String, DateTime<Utc>, Option<String>);

struct Model {
    desk: TestDesk,
    rule: Retention,
    items: Vec<Id>,
    /// Everything that ever was a version.
    said: BTreeMap<(Id, i64), Said>,
    batches: Vec<String>,
    number: usize,
}

/// Who writes: two people and the command line.
fn editors() -> [User; 3] {
    let editor = |name: &str| User {
        account: Some(format!("account-{name}")),
        name: name.to_owned(),
        role: Role::Administrator,
        assigned: HashSet::new(),
    };
    [editor("a"), editor("b"), User::system()]
}

impl Model {
    async fn new(backend: &Backend) -> Self {
        let desk = TestDesk::new(backend).await;
        let file = media(&desk, "one.png", png(40, 20)).await.text("title", "File").draft(&desk).await;
        let items = vec![
            theme(&desk, 1, "Theme").draft(&desk).await.item.id,
            news(&desk, "News", "2026-01-01").one("image", file.item.id).draft(&desk).await.item.id,
            person(&desk, "Leah", "Tomkins").draft(&desk).await.item.id,
            person(&desk, "L.", "Tomkins").draft(&desk).await.item.id,
            file.item.id,
        ];
        let (said, batches) = Default::default();
        let rule = Retention::of_days(8, 90, 0);
        let mut model = Self { desk, rule, items, said, batches, number: 0 };
        model.hear().await;
        model
    }

    async fn stored(&self, id: Id) -> Stored {
        self.desk.store.item(id).await.unwrap()
    }

    /// Takes down the versions that are new.
    async fn hear(&mut self) {
        for id in self.items.clone() {
            let stored = self.stored(id).await;
            for version in 1..=stored.meta.version {
                if self.said.contains_key(&(id, version)) {
                    continue;
                }
                let text = self.desk.store.revision_text(id, version).await.unwrap().unwrap();
                if version == stored.meta.version {
                    assert_eq!(text, snapshot::write(&stored.item).to_string());
                }
                // One verb may write several versions, all at one moment.
                let by = stored.meta.updated_by.clone();
                self.said.insert((id, version), (text, stored.meta.updated_at, by));
            }
        }
    }

    async fn take(&mut self, step: &Step) {
        self.number += 1;
        let system = User::system();
        match step {
            Step::Save(at, by, by_itself) => {
                let stored = self.stored(self.items[*at]).await;
                if stored.meta.trashed_at.is_some() {
                    return;
                }
                let user = &editors()[*by];
                let mut item = stored.item.clone();
                let field = match item.content_type.name {
                    "person" => "job_title",
                    "media" => "caption",
                    _ => "summary",
                };
                let text = format!("{} Number {}.", item.text(field), self.number);
                let from = text.len().saturating_sub(200);
                let text = text.get(from..).unwrap_or(&text).to_owned();
                item.set(field, Value::Text(text.into()));
                let edit = Edit::of(&stored, item);
                if *by_itself {
                    autosave(&self.desk, user, edit).await.unwrap();
                } else {
                    save(&self.desk, user, &[edit]).await.unwrap();
                }
            }
            Step::Publish(at) => {
                let _ = publish(&self.desk, &system, *at.get(&self.items), None, &[]).await;
            }
            Step::Unpublish(at) => {
                let _ = unpublish(&self.desk, &system, *at.get(&self.items)).await;
            }
            Step::Trash(at, true) => drop(trash(&self.desk, &system, *at.get(&self.items)).await.unwrap()),
            Step::Trash(at, false) => {
                let _ = untrash(&self.desk, &system, *at.get(&self.items)).await;
            }
            Step::Bulk(of, wish) => {
                let wish = [Wish::Publish, Wish::Unpublish, Wish::Trash, Wish::Untrash][*wish].clone();
                self.bulk(&system, of, &wish).await;
            }
            Step::Set(by) => {
                let field = by_name("news").unwrap().field("date").unwrap();
                let day = format!("2026-02-{:02}", self.number % 28 + 1);
                let day = recto::content::text::parse(&field.kind, &day).unwrap();
                self.bulk(&editors()[*by], "news", &Wish::Set(field, day)).await;
            }
            Step::Merge => self.merge().await,
            Step::Back(at) => {
                if !self.batches.is_empty() {
                    // Nothing that a change needs was pruned.
                    let batch: &String = at.get(&self.batches);
                    take_back(&self.desk, &system, batch).await.unwrap();
                }
            }
            Step::Advance(minutes) => self.desk.clock.advance(TimeDelta::minutes(*minutes)),
            Step::Prune => {
                let (store, clock) = (&self.desk.store, &self.desk.clock);
                let before = self.kept().await;
                let dry = prune(store, clock, &system, &self.rule, true).await.unwrap();
                assert_eq!(self.kept().await, before, "a dry run removes nothing");
                let done = prune(store, clock, &system, &self.rule, false).await.unwrap();
                assert_eq!((done.removed, done.pinned), (dry.removed, dry.pinned));
                assert!(done.broken.is_empty());
                let (kept, expected) = (self.kept().await, self.expected(&before).await);
                assert_eq!(kept, expected);
                let again = prune(store, clock, &system, &self.rule, false).await.unwrap();
                assert_eq!((again.removed, again.rewritten), (0, 0), "it is done once");
            }
            Step::Killed(micros) => {
                let before = self.kept().await;
                let pruning = prune(&self.desk.store, &self.desk.clock, &system, &self.rule, false);
                let _ = tokio::time::timeout(Duration::from_micros(*micros), pruning).await;
                let (kept, expected) = (self.kept().await, self.expected(&before).await);
                assert!(kept.is_superset(&expected) && kept.is_subset(&before));
            }
        }
        self.hear().await;
        if matches!(step, Step::Prune | Step::Killed(_) | Step::Back(_)) {
            self.check().await;
        }
    }

    async fn of(&self, name: &str) -> Vec<Stored> {
        self.desk.store.items(by_name(name).unwrap(), &self.items).await.unwrap()
    }

    async fn bulk(&mut self, user: &User, of: &str, wish: &Wish) {
        let chosen: Vec<Chosen> = self
            .of(of)
            .await
            .iter()
            .map(|stored| Chosen { id: stored.item.id, seen: stored.meta.version })
            .collect();
        let batch = Id::new(self.desk.clock.now());
        bulk::act(&self.desk, user, batch, by_name(of).unwrap(), wish, &chosen).await.unwrap();
        if !self.desk.store.deeds(&batch.to_string()).await.unwrap().is_empty() {
            self.batches.push(batch.to_string());
        }
    }

    async fn merge(&mut self) {
        let people = self.of("person").await;
        let [keep, merged] = people.as_slice() else { return };
        if people.iter().any(|one| one.meta.trashed_at.is_some()) {
            return;
        }
        let merge = Merge {
            keep: (keep.item.id, keep.meta.version),
            merge: (merged.item.id, merged.meta.version),
            take: Vec::new(),
        };
        if let Ok(done) = merge::merge(&self.desk, &User::system(), &merge).await {
            self.batches.push(done.batch);
        }
    }

    /// The versions that are there.
    async fn kept(&self) -> BTreeSet<(Id, i64)> {
        let db = other(&self.desk.url).await;
        let sql = "SELECT item_id, version FROM revision";
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        let own = |id: &Id| self.items.contains(id);
        let rows = rows.iter().map(|row| {
            (
                row.try_get::<String>("", "item_id").unwrap().parse().unwrap(),
                row.try_get("", "version").unwrap(),
            )
        });
        rows.filter(|(id, _)| own(id)).collect()
    }

    /// What stands somewhere by its number.
    async fn pins(&self) -> BTreeSet<(Id, i64)> {
        let db = other(&self.desk.url).await;
        let sql = "SELECT id, version FROM item UNION SELECT id, published_version FROM item \
                   UNION SELECT item_id, version FROM publication_log \
                   UNION SELECT item_id, before FROM deed UNION SELECT item_id, after FROM deed \
                   UNION SELECT item_id, public FROM deed UNION SELECT media_id, version FROM media_ground";
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        let mut pins: BTreeSet<(Id, i64)> = rows
            .iter()
            .filter_map(|row| {
                let version = row.try_get_by_index::<Option<i64>>(1).unwrap()?;
                Some((row.try_get_by_index::<String>(0).unwrap().parse().unwrap(), version))
            })
            .collect();
        for batch in &self.batches {
            for deed in self.desk.store.deeds(batch).await.unwrap() {
                pins.extend(deed.grounds.iter().map(|(_, version)| (deed.id, *version)));
            }
        }
        pins.extend(self.items.iter().map(|id| (*id, 1)));
        pins
    }

    /// What stays of these by the rule.
    async fn expected(&self, before: &BTreeSet<(Id, i64)>) -> BTreeSet<(Id, i64)> {
        let (now, pins) = (self.desk.clock.now(), self.pins().await);
        let old = |key: &(Id, i64)| now - self.said[key].1 > TimeDelta::days(8);
        let bucket = |key: &(Id, i64)| {
            let (_, at, by) = &self.said[key];
            let local = at.with_timezone(&chrono_tz::Europe::London);
            let hour = (now - *at <= TimeDelta::days(90)).then(|| local.hour());
            (key.0, by.clone(), local.date_naive(), hour)
        };
        before
            .iter()
            .filter(|key| {
                let followed =
                    before.iter().any(|later| later.1 > key.1 && old(later) && bucket(later) == bucket(key));
                !old(key) || !followed || pins.contains(key)
            })
            .copied()
            .collect()
    }

    /// Everything that is there reads back byte for byte, and all that is needed is there.
    async fn check(&self) {
        let kept = self.kept().await;
        for (id, version) in &kept {
            let read = self.desk.store.revision_text(*id, *version).await.unwrap();
            assert_eq!(read.as_ref(), Some(&self.said[&(*id, *version)].0), "{id} {version}");
        }
        for pin in
            self.pins().await.into_iter().filter(|(id, version)| *version > 0 && self.items.contains(id))
        {
            assert!(kept.contains(&pin), "{pin:?} is needed");
        }
        let db = other(&self.desk.url).await;
        let long = "SELECT count(*) FROM revision GROUP BY item_id, keyframe ORDER BY 1 DESC LIMIT 1";
        assert!(super::numbers(&db, long).await[0] <= 50);
    }
}

fn run(backend: &Backend, steps: &[Step]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut model = Model::new(backend).await;
        for step in steps {
            model.take(step).await;
        }
        model.desk.clock.advance(TimeDelta::days(100));
        for step in [Step::Prune, Step::Save(0, 0, false), Step::Prune] {
            model.take(&step).await;
        }
        for batch in model.batches.clone() {
            take_back(&model.desk, &User::system(), &batch).await.unwrap();
        }
        model.hear().await;
        model.check().await;
    });
}

#[test]
fn what_is_needed_reads_back_whatever_was_pruned() {
    let backends = backends();
    let config = ProptestConfig {
        cases: 5,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(steps in prop::collection::vec(step(), 40..100))| {
        for backend in &backends {
            run(backend, &steps);
        }
    });
}
