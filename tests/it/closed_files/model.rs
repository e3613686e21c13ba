//! A model of which files are public, held against the product over whatever editors, operators and the clock
//! do in whatever order. It knows what was opened for what, and nothing of how the product keeps that.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use recto::content::{Id, Item, Value, by_name, text};
use recto::editing::bulk::{self, Chosen, Wish};
use recto::editing::{
    self, Edit, Elsewhere, Publish, Sake, User, do_due, preflight, publish_as, save, take_back, trash,
    unpublish, untrash,
};
use recto::import::{Hints, Source, read};
use recto::store::Stored;

use crate::api::Client;
use crate::api_leak::everything;
use crate::support::build;
use crate::support::database::open;
use crate::support::files::{file_of, media, png};
use crate::support::{Backend, TestDesk};

/// Whom a media item may be public for, beside itself.
const ITEMS: [&str; 7] = ["output", "output", "output", "news", "news", "person", "person"];
const MEDIA: usize = 3;

/// Which of the boxes are ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tick {
    None,
    AsOffered,
    All,
}

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Show(Index, Option<Index>),
    Availability(Index, &'static str),
    Publish(Index, Tick, Elsewhere),
    PublishFile(Index),
    ReplaceFile(Index),
    Unpublish(Index),
    Trash(Index),
    Untrash(Index),
    Bulk(usize, &'static str),
    BulkAndBack(usize, &'static str),
    MergeAndBack,
    Import,
    Zone(&'static str),
    Advance(i64),
    Copy,
    PutBack,
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    let wish = || select(vec![0_usize, 1, 2, 3]);
    let plural = || select(vec!["output", "media", "news"]);
    prop_oneof![
        6 => (index(), prop::option::weighted(0.85, index())).prop_map(|(from, to)| Step::Show(from, to)),
        4 => (index(), select(vec!["open", "embargoed", "on_request", "unavailable"]))
            .prop_map(|(at, what)| Step::Availability(at, what)),
        9 => (
            index(),
            select(vec![Tick::None, Tick::AsOffered, Tick::AsOffered, Tick::All]),
            select(vec![Elsewhere::Ask, Elsewhere::Close, Elsewhere::Keep]),
        )
            .prop_map(|(at, tick, elsewhere)| Step::Publish(at, tick, elsewhere)),
        1 => index().prop_map(Step::PublishFile),
        1 => index().prop_map(Step::ReplaceFile),
        3 => index().prop_map(Step::Unpublish),
        2 => index().prop_map(Step::Trash),
        2 => index().prop_map(Step::Untrash),
        2 => (wish(), plural()).prop_map(|(wish, of)| Step::Bulk(wish, of)),
        2 => (wish(), plural()).prop_map(|(wish, of)| Step::BulkAndBack(wish, of)),
        1 => Just(Step::MergeAndBack),
        1 => Just(Step::Import),
        1 => select(vec!["America/New_York", "Asia/Tokyo", "Europe/London"]).prop_map(Step::Zone),
        2 => (1_i64..60).prop_map(Step::Advance),
        1 => Just(Step::Copy),
        1 => Just(Step::PutBack),
    ]
}

/// What the public sees of an item.
#[derive(Clone, Debug)]
struct Seen {
    shows: BTreeSet<Id>,
    availability: String,
    until: Option<NaiveDate>,
}

impl Seen {
    fn of(item: &Item) -> Self {
        let until = match item.content_type.field("embargo_until").map(|_| item.get("embargo_until")) {
            Some(Value::Date(until)) => Some(*until),
            _ => None,
        };
        let availability = item.content_type.field("availability").map(|_| item.text("availability"));
        Self {
            shows: item.links().map(|(_, id)| id).collect(),
            availability: availability.unwrap_or("open").to_owned(),
            until,
        }
    }

    fn is_open(&self, today: NaiveDate) -> bool {
        match self.availability.as_str() {
            "open" => true,
            "embargoed" => self.until.is_some_and(|until| until <= today),
            _ => false,
        }
    }
}

/// What is known of the files, without asking the product.
#[derive(Clone, Debug, Default)]
struct Known {
    public: BTreeMap<Id, Seen>,
    /// For each media item: what it was opened for.
    sakes: BTreeMap<Id, BTreeSet<Id>>,
    zone: String,
}

impl Known {
    fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.zone.parse::<chrono_tz::Tz>().unwrap()).date_naive()
    }

    fn is_open(&self, media: Id, now: DateTime<Utc>) -> bool {
        let today = self.today(now);
        let sakes = self.sakes.get(&media).into_iter().flatten();
        let mut open =
            sakes.map(|sake| *sake == media || self.public.get(sake).is_some_and(|seen| seen.is_open(today)));
        open.any(|open| open)
    }

    /// An item is public as it is now.
    fn show(&mut self, item: &Item) {
        let seen = Seen::of(item);
        for (media, sakes) in &mut self.sakes {
            if !seen.shows.contains(media) {
                sakes.remove(&item.id);
            }
        }
        self.public.insert(item.id, seen);
    }

    fn open(&mut self, media: Id, sake: Id) {
        self.sakes.entry(media).or_default().insert(sake);
    }
}

struct Model {
    desk: TestDesk,
    client: Client,
    items: Vec<Id>,
    media: Vec<Id>,
    known: Known,
    copy: Option<(std::path::PathBuf, Known)>,
    number: usize,
}

impl Model {
    async fn new() -> Self {
        let desk = TestDesk::new(&Backend::Sqlite).await;
        let (mut items, mut files) = (Vec::new(), Vec::new());
        for (at, name) in ITEMS.iter().enumerate() {
            let new = match *name {
                "output" => build::output(&desk, None, &format!("Output {at}"), 2026).await,
                "news" => build::news(&desk, &format!("News {at}"), "2026-01-01"),
                _ => build::person(&desk, "Some", &format!("Body{at}")),
            };
            items.push(new.draft(&desk).await.item.id);
        }
        for at in 0..MEDIA {
            let name = format!("zqfile{at}x.png");
            files.push(
                media(&desk, &name, png(650 + u32::try_from(at).unwrap(), 20))
                    .await
                    .text("title", &format!("zqtitle{at}x"))
                    .draft(&desk)
                    .await
                    .item
                    .id,
            );
        }
        let client = Client::new(&desk);
        let known = Known { zone: "Europe/London".to_owned(), ..Known::default() };
        Self { desk, client, items, media: files, known, copy: None, number: 0 }
    }

    async fn stored(&self, id: Id) -> Stored {
        self.desk.store.item(id).await.unwrap()
    }

    async fn draft(&self, id: Id, change: impl FnOnce(&mut Item)) {
        let stored = self.stored(id).await;
        if stored.meta.trashed_at.is_some() {
            return;
        }
        let mut item = stored.item.clone();
        change(&mut item);
        save(&self.desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap();
    }

    async fn take(&mut self, step: &Step) {
        let user = User::system();
        let now = self.desk.clock.now();
        match step {
            Step::Show(from, to) => {
                let (from, to) = (*from.get(&self.items), to.as_ref().map(|to| *to.get(&self.media)));
                self.draft(from, |item| show(item, to)).await;
            }
            Step::Availability(at, what) => {
                let outputs: Vec<Id> = self.of("output").await;
                let today = self.known.today(now);
                let until = (today + chrono::Days::new(20)).to_string();
                self.draft(*at.get(&outputs), |item| {
                    let parse = |name: &str, typed: &str| {
                        text::parse(&item.content_type.field(name).unwrap().kind, typed).unwrap()
                    };
                    let (availability, until) = (parse("availability", what), parse("embargo_until", &until));
                    item.set("availability", availability);
                    item.set("embargo_until", if *what == "embargoed" { until } else { Value::None });
                })
                .await;
            }
            Step::Publish(at, tick, elsewhere) => self.publish(*at.get(&self.items), *tick, *elsewhere).await,
            Step::PublishFile(at) => {
                let id = *at.get(&self.media);
                let wish = Publish { id, seen: None, together: &[], elsewhere: Elsewhere::Ask };
                if publish_as(&self.desk, &user, wish).await.is_ok() {
                    self.known.open(id, id);
                }
            }
            Step::ReplaceFile(at) => {
                self.number += 1;
                let size = 700 + u32::try_from(self.number).unwrap();
                let file = crate::support::files::keep(
                    &self.desk,
                    &format!("zqnew{}x.png", self.number),
                    png(size, 20),
                )
                .await;
                let kind = by_name("media").unwrap().field("file").unwrap().kind;
                let file = text::parse(&kind, &file.to_string()).unwrap();
                self.draft(*at.get(&self.media), |item| item.set("file", file)).await;
            }
            Step::Unpublish(at) => {
                let id = self.any(*at);
                if unpublish(&self.desk, &user, id).await.is_ok() {
                    self.hide(id);
                }
            }
            Step::Trash(at) => {
                let id = self.any(*at);
                trash(&self.desk, &user, id).await.unwrap();
                self.hide(id);
            }
            Step::Untrash(at) => drop(untrash(&self.desk, &user, self.any(*at)).await),
            Step::Bulk(wish, of) => {
                self.bulk(*wish, of).await;
            }
            Step::BulkAndBack(wish, of) => {
                let before = self.known.clone();
                let batch = self.bulk(*wish, of).await;
                self.check_files("in between").await;
                // Where nothing was done there is nothing to take back.
                if take_back(&self.desk, &user, &batch).await.is_ok() {
                    self.known = before;
                }
            }
            Step::MergeAndBack => self.merge_and_back().await,
            Step::Import => {
                self.number += 1;
                let pasted = format!("Title\tYear\nImported {}\t2020\n", self.number);
                let sheet =
                    read(Source::Clipboard { html: "", text: &pasted }, None, Hints::default()).unwrap();
                let choices = editing::import::Choices::default();
                let preview =
                    editing::import::understand(&self.desk, &user, &sheet, None, &choices).await.unwrap();
                let done = editing::import::take(&self.desk, &user, &preview, &|_, _| ()).await.unwrap();
                take_back(&self.desk, &user, &done.batch).await.unwrap();
            }
            Step::Zone(zone) => {
                let site = self.desk.store.single(by_name("site").unwrap()).await.unwrap().unwrap();
                let kind = by_name("site").unwrap().field("time_zone").unwrap().kind;
                let value = text::parse(&kind, zone).unwrap();
                self.draft(site.item.id, |item| item.set("time_zone", value)).await;
                let wish = Publish { id: site.item.id, seen: None, together: &[], elsewhere: Elsewhere::Ask };
                // What is open by now stays open, wherever a day begins from now on.
                do_due(&self.desk).await.unwrap();
                let today = self.known.today(now);
                for seen in self.known.public.values_mut().filter(|seen| seen.is_open(today)) {
                    "open".clone_into(&mut seen.availability);
                }
                publish_as(&self.desk, &user, wish).await.unwrap();
                (*zone).clone_into(&mut self.known.zone);
                do_due(&self.desk).await.unwrap();
            }
            Step::Advance(days) => {
                self.desk.clock.advance(TimeDelta::days(*days));
                do_due(&self.desk).await.unwrap();
            }
            Step::Copy => {
                self.number += 1;
                let copy = self.desk.dir.path().join(format!("copy{}.db", self.number));
                let db =
                    sea_orm::Database::connect(self.desk.url.replace("sqlite:", "sqlite://")).await.unwrap();
                let sql = format!("VACUUM INTO '{}'", copy.display());
                sea_orm::ConnectionTrait::execute_unprepared(&db, &sql).await.unwrap();
                db.close().await.unwrap();
                self.copy = Some((copy, self.known.clone()));
            }
            Step::PutBack => self.put_back().await,
        }
    }

    /// An item or a file.
    fn any(&self, at: Index) -> Id {
        let all: Vec<Id> = self.items.iter().chain(&self.media).copied().collect();
        *at.get(&all)
    }

    async fn of(&self, name: &str) -> Vec<Id> {
        let mut found = Vec::new();
        for id in self.items.iter().chain(&self.media) {
            if self.stored(*id).await.item.content_type.name == name {
                found.push(*id);
            }
        }
        found
    }

    fn hide(&mut self, id: Id) {
        self.known.public.remove(&id);
        if let Some(sakes) = self.known.sakes.get_mut(&id) {
            sakes.clear();
        }
    }

    /// Publishes as an editor does who looks at the page before.
    async fn publish(&mut self, id: Id, tick: Tick, elsewhere: Elsewhere) {
        let user = User::system();
        let stored = self.stored(id).await;
        let looked = preflight(&self.desk, &user, id).await.unwrap();
        let files = looked.candidates.iter().filter(|one| self.media.contains(&one.stored.item.id));
        let ticked: Vec<(Id, Option<i64>)> = files
            .filter(|one| match tick {
                Tick::None => false,
                Tick::AsOffered => !matches!(one.file, Sake::HeldBack(_)),
                Tick::All => true,
            })
            .map(|one| (one.stored.item.id, Some(one.stored.meta.version)))
            .collect();
        let now = self.desk.clock.now();
        let seen = Seen::of(&stored.item);
        let others: Vec<(Id, Id)> = if seen.is_open(now.date_naive()) {
            Vec::new()
        } else {
            let file = stored.item.one("file");
            let of_file = file.into_iter().flat_map(|file| {
                let sakes = self.known.sakes.get(&file).into_iter().flatten();
                sakes.filter(|sake| **sake != id).map(move |sake| (file, *sake)).collect::<Vec<_>>()
            });
            let today = self.known.today(now);
            let open = |sake: &Id, file: &Id| {
                sake == file || self.known.public.get(sake).is_none_or(|seen| seen.is_open(today))
            };
            of_file.filter(|(file, sake)| open(sake, file)).collect()
        };
        let wish = Publish { id, seen: None, together: &ticked, elsewhere };
        let done = publish_as(&self.desk, &user, wish).await;
        let refused = stored.meta.trashed_at.is_some() || (!others.is_empty() && elsewhere == Elsewhere::Ask);
        assert_eq!(done.is_err(), refused, "{done:?}, {others:?}");
        if refused {
            return;
        }
        if elsewhere == Elsewhere::Close {
            for (file, sake) in others {
                self.known.sakes.entry(file).or_default().remove(&sake);
            }
        }
        for (file, _) in ticked {
            self.known.open(file, id);
        }
        self.known.show(&stored.item);
    }

    /// Does something to all of a type, and says under which number.
    async fn bulk(&mut self, wish: usize, of: &'static str) -> String {
        let user = User::system();
        let wish = [Wish::Publish, Wish::Unpublish, Wish::Trash, Wish::Untrash][wish].clone();
        let content_type = by_name(of).unwrap();
        let ids = self.of(of).await;
        let judged = bulk::look(&self.desk, &user, content_type, &wish, &ids).await.unwrap();
        let happens: Vec<&Stored> =
            judged.iter().filter(|one| one.fate == bulk::Fate::Happens).map(|one| &one.stored).collect();
        let chosen = |stored: &&Stored| Chosen { id: stored.item.id, seen: stored.meta.version };
        let batch = Id::new(self.desk.clock.now());
        let chosen: Vec<Chosen> = happens.iter().map(chosen).collect();
        bulk::act(&self.desk, &user, batch, content_type, &wish, &chosen).await.unwrap();
        for stored in happens {
            let id = stored.item.id;
            match wish {
                Wish::Publish if of == "media" => {
                    assert!(
                        !self.is_kept_back(id).await,
                        "the file of an output that is not open was opened"
                    );
                    self.known.open(id, id);
                }
                Wish::Publish => self.known.show(&stored.item),
                Wish::Unpublish | Wish::Trash => self.hide(id),
                _ => {}
            }
        }
        self.desk.clock.advance(TimeDelta::seconds(1));
        batch.to_string()
    }

    /// Whether a media item is the file of an output that is not open.
    async fn is_kept_back(&self, media: Id) -> bool {
        for id in self.of("output").await {
            let stored = self.stored(id).await;
            let open = Seen::of(&stored.item).is_open(self.desk.clock.now().date_naive());
            if stored.meta.trashed_at.is_none() && stored.item.one("file") == Some(media) && !open {
                return true;
            }
        }
        false
    }

    async fn merge_and_back(&mut self) {
        let people = self.of("person").await;
        let (kept, merged) = (self.stored(people[0]).await, self.stored(people[1]).await);
        let photo = merged.item.one("photo").is_some() && kept.item.one("photo").is_none();
        let wish = editing::merge::Merge {
            keep: (kept.item.id, kept.meta.version),
            merge: (merged.item.id, merged.meta.version),
            take: photo.then(|| "photo".to_owned()).into_iter().collect(),
        };
        let Ok(done) = editing::merge::merge(&self.desk, &User::system(), &wish).await else { return };
        for media in &self.media {
            let open = self.is_served(*media).await;
            assert!(!open || self.known.is_open(*media, self.desk.clock.now()), "a merge opened a file");
        }
        take_back(&self.desk, &User::system(), &done.batch).await.unwrap();
    }

    /// An older copy of the database lies where it was.
    async fn put_back(&mut self) {
        let Some((copy, known)) = self.copy.clone() else { return };
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("recto.db");
        std::fs::copy(copy, &file).unwrap();
        for name in ["public.db", "drafts.db"] {
            let from = self.desk.dir.path().join(name);
            let db = sea_orm::Database::connect(format!("sqlite://{}", from.display())).await.unwrap();
            let sql = format!("VACUUM INTO '{}'", dir.path().join(name).display());
            sea_orm::ConnectionTrait::execute_unprepared(&db, &sql).await.unwrap();
            db.close().await.unwrap();
        }
        let from = self.desk.dir.path().join("media");
        let copied = std::process::Command::new("cp")
            .args(["-r".as_ref(), from.as_os_str(), dir.path().as_os_str()])
            .status();
        assert!(copied.unwrap().success());
        let url = format!("sqlite:{}", file.display());
        let desk = open(&url, dir.path().to_owned(), self.desk.clock.clone(), None).await;
        do_due(&desk).await.unwrap();
        self.desk = TestDesk { desk, dir: std::sync::Arc::new(dir), url };
        self.client = Client::new(&self.desk);
        self.known = known;
        self.copy = None;
    }

    async fn is_served(&self, media: Id) -> bool {
        let stored = self.stored(media).await;
        let by_id = self.client.get(&format!("/media/{media}/{}", file_of(&stored.item).name())).await.status;
        let item = self.client.get(&format!("/api/v1/media/{media}")).await.status;
        assert_eq!(by_id == 307, item == 200);
        item == 200
    }

    /// Each file is public or not, as is known.
    async fn check_files(&self, when: &str) {
        for media in &self.media {
            let open = self.known.is_open(*media, self.desk.clock.now());
            assert_eq!(self.is_served(*media).await, open, "{when}: {media} of {:#?}", self.known);
        }
    }

    /// Nothing that is closed is named anywhere.
    async fn check(&self) {
        self.check_files("at the end").await;
        let mut items = Vec::new();
        for id in self.items.iter().chain(&self.media) {
            items.push(self.stored(*id).await);
        }
        let seen = everything(&self.client, &items).await;
        // As whoever follows the database does some minutes later.
        self.desk.published.scrub().await.unwrap();
        let bytes = std::fs::read(self.desk.dir.path().join("public.db")).unwrap();
        for media in &self.media {
            let stored = self.stored(*media).await;
            // Every file that it ever had.
            let mut secrets: Vec<recto::content::parsed::Upload> = Vec::new();
            for version in 1..=stored.meta.version {
                let item = self
                    .desk
                    .store
                    .revision(stored.item.content_type, *media, version)
                    .await
                    .unwrap()
                    .unwrap();
                if !secrets.contains(&file_of(&item)) {
                    secrets.push(file_of(&item));
                }
            }
            let public = stored.meta.published_version;
            let current = match public {
                Some(version) => {
                    let item =
                        self.desk.store.revision(stored.item.content_type, *media, version).await.unwrap();
                    Some(file_of(&item.unwrap()))
                }
                None => None,
            };
            for file in secrets.into_iter().filter(|file| Some(file) != current.as_ref()) {
                for address in [format!("/media/{}", file.path()), format!("/media/{}", file.path_at(320))] {
                    for (name, value) in [
                        ("accept", "*/*"),
                        ("range", "bytes=0-3"),
                        ("if-none-match", &format!("\"{}\"", file.hash())),
                    ] {
                        let status = self.client.get_with(&address, name, value).await.status;
                        assert!(matches!(status, 404 | 410), "{address}: {status}");
                    }
                    assert!(matches!(self.client.ask("HEAD", &address).await.status, 404 | 410), "{address}");
                }
                for secret in [file.hash(), file.name()] {
                    let leak = seen
                        .iter()
                        .find(|(address, answer)| answer.contains(secret) && !address.contains(secret));
                    assert!(leak.is_none(), "{secret} is closed: {leak:?}");
                    let kept = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                    assert!(!kept, "{secret} is closed, and in the store");
                }
            }
            if public.is_none() {
                let title = stored.item.title();
                let leak = seen.iter().find(|(_, answer)| answer.contains(&title));
                assert!(leak.is_none(), "{title} is closed: {leak:?}");
                assert!(!bytes.windows(title.len()).any(|window| window == title.as_bytes()), "{title}");
            }
        }
    }
}

/// Shows a file in an item, or none.
fn show(item: &mut Item, media: Option<Id>) {
    let value = media.map_or(Value::None, Value::One);
    match item.content_type.name {
        "output" => item.set("file", value),
        "person" => item.set("photo", value),
        _ => {
            // In its text and beside it, in turn.
            let text =
                media.map_or_else(String::new, |id| format!("<p>See <a href=\"recto:{id}\">it</a></p>"));
            let kind = item.content_type.field("body").unwrap().kind;
            let in_text = item.one("image").is_some();
            item.set("body", if in_text { text::parse(&kind, &text).unwrap() } else { Value::None });
            item.set("image", if in_text { Value::None } else { value });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_file_is_public_that_nobody_opened_for_something_that_is_open(
        steps in prop::collection::vec(step(), 10..40)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut model = Model::new().await;
            for (at, step) in steps.iter().enumerate() {
                model.take(step).await;
                model.check_files(&format!("after step {at}, {step:?}")).await;
            }
            model.check().await;
        });
    }
}
