//! Erasing somebody: nothing of them is left in any table, version, log, read store or file, and a backup of before
//! does not bring them back; on both databases.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use recto::app::{Ledger, Parts, backup, erase_account, erase_people, restore};
use recto::config::{Config, Layers};
use recto::content::types::PERSON;
use recto::content::{Id, Value};
use recto::editing::merge::{self, Merge};
use recto::editing::{
    Edit, Erasure, User, delete, erase, look_at_erasure, publish, save, set_outsiders, take_back, trash,
};
use recto::error::Error;
use recto::published::Located;
use recto::store::Stored;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::keep::other;
use crate::people::{author, by};
use crate::support::build::{self, person, theme};
use crate::support::files::{media, png};
use crate::support::{Backend, TestDesk, backends, now};

/// In everything that the record of the person says, and in nothing else.
const CANARY: &str = "qanary";
const ORCID: &str = "0000-0002-1825-0097";
const EMAIL: &str = "leah.qanary@example.org";

fn nothing(_: &'static str, _: u64) {}

fn config(dir: &Path, url: &str) -> Config {
    let flags = vec![("data_dir", dir.display().to_string()), ("database", url.to_owned())];
    Config::load(&Layers { flags, ..Layers::default() }).unwrap()
}

async fn retold(desk: &TestDesk, stored: &Stored, field: &str, text: &str) -> Stored {
    let stored = now(desk, stored).await;
    let item = build::Build { item: stored.item.clone() }.text(field, text).item;
    save(desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap().remove(0)
}

async fn shown(desk: &TestDesk, stored: &Stored) -> Stored {
    publish(desk, &User::system(), stored.item.id, None, &[]).await.unwrap().remove(0)
}

/// Somebody of whom the centre keeps all it can, in many versions, public under two addresses, merged with another
/// record of theirs, with a picture of their own and one that the news show, too.
struct Centre {
    leah: Stored,
    double: Stored,
    portrait: Stored,
    group: Stored,
    paper: Stored,
    project: Stored,
    news: Stored,
}

async fn centre(desk: &TestDesk) -> Centre {
    let portrait =
        media(desk, "qanary.png", png(700, 900)).await.text("alternative_text", "Portrait of Leah Qanary");
    let portrait = portrait.draft(desk).await;
    let group =
        media(desk, "party.png", png(500, 300)).await.text("alternative_text", "A party").draft(desk).await;
    let leah = person(desk, "Leah Qanary", "Tomkins")
        .text("email", EMAIL)
        .text("orcid", ORCID)
        .text("job_title", "Qanary of Trust")
        .text("biography", "<p>Born to be a qanary.</p>")
        .text("credited_as", "Qanary Tomkins, L\nTomkins, Leah Qanary")
        .one("photo", portrait.item.id);
    let leah = leah.published(desk).await;
    for number in 0..60 {
        retold(desk, &leah, "biography", &format!("<p>Qanary version {number} of a long story.</p>")).await;
    }
    // Another picture and another address for a while.
    let mut item = now(desk, &leah).await.item;
    item.set("photo", Value::One(group.item.id));
    item.slug = "the-qanary".to_owned();
    save(desk, &User::system(), &[Edit::of(&now(desk, &leah).await, item)]).await.unwrap();
    shown(desk, &leah).await;
    let mut item = now(desk, &leah).await.item;
    item.set("photo", Value::One(portrait.item.id));
    save(desk, &User::system(), &[Edit::of(&now(desk, &leah).await, item)]).await.unwrap();
    shown(desk, &leah).await;

    let paper =
        by(desk, "Paper", vec![author("Tomkins, L", Some(&leah), true), author("Hall, S", None, false)]);
    let paper = paper.await.published(desk).await;
    retold(desk, &paper, "note", "Changed since").await;
    let theme = theme(desk, 3, "Leadership").published(desk).await;
    let project =
        build::project(desk, &theme, "3.07", "Learning").links("team", &[&leah]).published(desk).await;
    let news =
        build::news(desk, "A party", "2026-03-01").links("people", &[&leah]).one("image", group.item.id);
    let news = news.published(desk).await;
    shown(desk, &group).await;

    let double = person(desk, "L. Qanary", "Tomkins").published(desk).await;
    let keep = (leah.item.id, now(desk, &leah).await.meta.version);
    let merge = Merge { keep, merge: (double.item.id, double.meta.version), take: vec![] };
    merge::merge(desk, &User::system(), &merge).await.unwrap();
    set_outsiders(desk, &User::system(), &["Qanary Tomkins, L".to_owned()], true).await.unwrap();
    let (leah, portrait) = (now(desk, &leah).await, now(desk, &portrait).await);
    Centre { leah, double, portrait, group, paper, project, news }
}

/// All text in all tables of a database but the packed texts of revisions, and those, read.
async fn texts(desk: &TestDesk) -> Vec<String> {
    let (dir, to) = (tempfile::tempdir().unwrap(), "copy.db");
    let file = dir.path().join(to);
    recto::store::save_as_file(&desk.url, &file, &|_| ()).await.unwrap();
    let db = other(&format!("sqlite:{}", file.display())).await;
    let names = "SELECT m.name AS name, group_concat('quote(\"' || c.name || '\")', ' || '','' || ') AS columns \
                 FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c \
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'seaql_migrations' GROUP BY m.name";
    let ask = |sql: &str| Statement::from_string(db.get_database_backend(), sql);
    let mut rows = Vec::new();
    for table in db.query_all_raw(ask(names)).await.unwrap() {
        let name: String = table.try_get("", "name").unwrap();
        let columns: String = table.try_get("", "columns").unwrap();
        for row in db.query_all_raw(ask(&format!("SELECT {columns} AS row FROM \"{name}\""))).await.unwrap() {
            rows.push(format!("{name}: {}", row.try_get::<String>("", "row").unwrap()));
        }
    }
    for row in db.query_all_raw(ask("SELECT item_id, version FROM revision")).await.unwrap() {
        let id: String = row.try_get("", "item_id").unwrap();
        let version: i64 = row.try_get("", "version").unwrap();
        let text = desk.store.revision_text(id.parse().unwrap(), version).await.unwrap().unwrap();
        rows.push(format!("version {version} of {id}: {text}"));
    }
    rows
}

/// Where something of the person is left.
async fn left(desk: &TestDesk) -> Vec<String> {
    let is_left = |text: &str| text.to_lowercase().contains(CANARY) || text.contains(ORCID);
    let mut left: Vec<String> = texts(desk).await.into_iter().filter(|row| is_left(row)).collect();
    let mut dirs = vec![desk.dir.path().to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if is_left(&String::from_utf8_lossy(&std::fs::read(&path).unwrap())) {
                left.push(path.display().to_string());
            }
        }
    }
    left
}

async fn looked(desk: &TestDesk, who: &str) -> Erasure {
    look_at_erasure(desk, &User::system(), who).await.unwrap()
}

async fn parts(desk: &TestDesk) -> (Config, Parts) {
    let config = config(desk.dir.path(), &desk.url);
    let parts = Parts::open_existing(&config, desk.clock.clone()).await.unwrap();
    (config, parts)
}

#[tokio::test]
async fn nothing_is_left_of_somebody_but_the_names_in_credits() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let centre = centre(&desk).await;
        let before = left(&desk).await;
        for place in
            ["publication:", "publication_log:", "audit:", "person:", "outsider:", "version ", "public.db"]
        {
            assert!(before.iter().any(|one| one.contains(place)), "{place}: {before:#?}");
        }
        let erasure = looked(&desk, &EMAIL.to_uppercase()).await;
        let ids = |all: &[Stored]| all.iter().map(|one| one.item.id).collect::<Vec<_>>();
        assert_eq!(ids(&erasure.people), [centre.leah.item.id, centre.double.item.id]);
        assert_eq!(ids(&erasure.pictures), [centre.portrait.item.id]);
        let shown: Vec<Id> = erasure.shown.iter().flat_map(|(one, by)| [one.item.id, by.item.id]).collect();
        assert_eq!(shown, [centre.group.item.id, centre.news.item.id]);
        assert_eq!(erasure.linking, 3);
        for who in ["The-Qanary", &centre.leah.item.id.to_string(), &centre.double.item.id.to_string()] {
            assert_eq!(looked(&desk, who).await.people.len(), 2, "{who}");
        }

        let (config, parts) = parts(&desk).await;
        desk.clock.advance(TimeDelta::hours(1));
        let done = erase_people(&config, &parts, &erasure).await.unwrap();
        assert_eq!((done.erased.people, done.erased.pictures, done.erased.unlinked), (2, 1, 3));
        assert_eq!((done.left, done.copy), (None, None));
        parts.close().await;
        desk.catch_up(&|_, _| ()).await.unwrap();
        assert_eq!(left(&desk).await, Vec::<String>::new());

        // Not even that they were there is told under their addresses.
        for slug in [centre.leah.item.slug.as_str(), "the-qanary", centre.double.item.slug.as_str()] {
            let found = desk.published.reader().locate(&PERSON, slug).await.unwrap();
            assert!(matches!(found, Located::Unknown), "{slug}: {found:?}");
        }
        // The names in credits stay, the links do not, in what editors and what readers see.
        let paper = now(&desk, &centre.paper).await;
        let credits = [author("Tomkins, L", None, true), author("Hall, S", None, false)];
        assert_eq!(paper.item.rows("authors"), credits);
        assert_eq!(paper.item.text("note"), "Changed since");
        let public = desk.published.reader().get(&paper.item.id.to_string()).await.unwrap().unwrap().json;
        assert_eq!(public["authors"][0]["name"], "Tomkins, L");
        assert!(public["authors"][0].get("person").is_none_or(serde_json::Value::is_null), "{public}");
        assert!(public["note"].is_null(), "a draft does not become public by it: {public}");
        assert!(now(&desk, &centre.project).await.item.rows("team").is_empty());
        // The picture that the news show is there, and public.
        let group = desk.published.reader().get(&centre.group.item.id.to_string()).await.unwrap();
        assert!(group.is_some());
        let named: Vec<_> = desk.store.uploads().await.unwrap();
        assert_eq!(named.len(), 1);
        assert!(desk.media.files().has(&named[0]).await.unwrap());
        // No version of anything links to it any more.
        for row in texts(&desk).await.iter().filter(|row| row.starts_with("version ")) {
            assert!(!row.contains(&centre.leah.item.id.to_string()), "{row}");
        }
        // Who did it is noted; what it was is not.
        let audit = desk.store.audit(Some(centre.leah.item.id), 100).await.unwrap();
        assert_eq!((audit[0].verb.as_str(), audit[0].detail.as_str()), ("erase", "person"));
        assert!(audit[1..].iter().all(|line| ["", "erased"].contains(&line.detail.as_str())));
    }
}

#[tokio::test]
async fn what_is_done_again_comes_to_the_same_and_a_stale_form_is_refused() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let centre = centre(&desk).await;
        let before = now(&desk, &centre.paper).await;
        let ids = [centre.leah.item.id, centre.double.item.id];
        erase(&desk, &User::system(), &ids).await.unwrap();
        let rows = texts(&desk).await.len();
        let again = erase(&desk, &User::system(), &ids).await.unwrap();
        assert_eq!((again.people, again.unlinked, again.versions), (0, 0, 0));
        assert!(texts(&desk).await.len() >= rows);

        let refused = look_at_erasure(&desk, &User::system(), EMAIL).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(_)), "{refused:?}");
        // What somebody still has open.
        for seen in [&before, &now(&desk, &centre.paper).await] {
            let mut item = before.item.clone();
            item.set("note", Value::Text("Typed meanwhile".into()));
            let refused = save(&desk, &User::system(), &[Edit::of(seen, item)]).await.unwrap_err();
            assert!(!matches!(refused, Error::Internal(_)), "{refused:?}");
        }
        let mut item = centre.leah.item.clone();
        item.set("job_title", Value::Text("Back".into()));
        let refused = save(&desk, &User::system(), &[Edit::of(&centre.leah, item)]).await.unwrap_err();
        assert!(matches!(refused, Error::NotFound | Error::Conflict(_)), "{refused:?}");
        assert_eq!(now(&desk, &centre.paper).await.item.rows("authors")[0], author("Tomkins, L", None, true));
    }
}

#[tokio::test]
async fn what_was_changed_together_can_still_be_taken_back_without_them() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let centre = centre(&desk).await;
        let merged = desk.store.audit(Some(centre.double.item.id), 50).await.unwrap();
        let merged = merged.iter().find(|line| line.verb == "merge").unwrap().detail.clone();
        // Readers and editors saw the person in it before; taken back, it says what it said but for them.
        let binding = recto::editing::Binding { said: "Hall, S", person: None, outputs: None, publish: true };
        let bound = recto::editing::bind(&desk, &User::system(), &binding).await.unwrap();
        erase(&desk, &User::system(), &[centre.leah.item.id, centre.double.item.id]).await.unwrap();
        take_back(&desk, &User::system(), &bound.batch).await.unwrap();
        let credits = [author("Tomkins, L", None, true), author("Hall, S", None, false)];
        assert_eq!(now(&desk, &centre.paper).await.item.rows("authors"), credits);
        let refused = take_back(&desk, &User::system(), &merged).await.unwrap_err();
        assert!(!matches!(refused, Error::Internal(_)), "{refused:?}");
    }
}

#[tokio::test]
async fn somebody_deleted_before_is_erased_by_their_id() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let leah = person(&desk, "Leah Qanary", "Tomkins").text("email", EMAIL).published(&desk).await;
        trash(&desk, &User::system(), leah.item.id).await.unwrap();
        let trashed = now(&desk, &leah).await;
        delete(&desk, &User::system(), leah.item.id, trashed.meta.version).await.unwrap();
        assert!(!left(&desk).await.is_empty(), "the log knows the address, the audit the name");
        let (config, parts) = parts(&desk).await;
        let erasure = looked(&desk, &leah.item.id.to_string()).await;
        assert!(erasure.people.is_empty() && erasure.deleted == [leah.item.id], "{erasure:?}");
        // As where the first time was ended in between.
        for _ in 0..2 {
            erase_people(&config, &parts, &erasure).await.unwrap();
        }
        let ledger = Ledger::at(&config.data_dir.path().join("erased.jsonl"), &config).unwrap();
        assert_eq!(ledger.lines().len(), 1);
        parts.close().await;
        desk.catch_up(&|_, _| ()).await.unwrap();
        assert_eq!(left(&desk).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_backup_of_before_does_not_bring_them_back() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let centre = centre(&desk).await;
        let (config, parts) = parts(&desk).await;
        let by = User::system();
        let (ada, _) = parts.accounts.add(&by, "ada@example.org", "Ada Qanary", "editor").await.unwrap();
        let (bob, _) = parts.accounts.add(&by, "bob@example.org", "Bob", "editor").await.unwrap();
        let kept = tempfile::tempdir().unwrap();
        let dir = kept.path().join("backup");
        backup(&config, &dir, &desk.clock, &nothing).await.unwrap();
        desk.clock.advance(TimeDelta::hours(1));
        erase_people(&config, &parts, &looked(&desk, EMAIL).await).await.unwrap();
        erase_account(&config, &parts, &ada).await.unwrap();
        assert!(parts.desk.store.account(&ada.id).await.unwrap().is_none());
        parts.close().await;

        let own = config.data_dir.path().join("erased.jsonl");
        let ledger = Ledger::at(&own, &config).unwrap();
        assert_eq!(ledger.lines().len(), 3);
        let dir_there = std::sync::Arc::new(tempfile::tempdir().unwrap());
        let place = dir_there.path().to_owned();
        let other = TestDesk::empty(&backend).await;
        let url = match &backend {
            Backend::Sqlite => format!("sqlite:{}", place.join("recto.db").display()),
            Backend::Postgres(_) => other.url.clone(),
        };
        let settings = self::config(&place, &url);
        // Without its key the list is refused, and nothing is put back.
        assert!(Ledger::at(&own, &settings).is_err());
        std::fs::copy(config.key_file(), settings.key_file()).unwrap();
        let restored = restore(&settings, &dir, Some(&ledger), &desk.clock, &nothing).await.unwrap();
        assert_eq!(restored.erased, 2);
        let there = crate::support::database::open(&url, place.clone(), desk.clock.clone(), None).await;
        let there = TestDesk { desk: there, dir: dir_there, url };
        assert_eq!(left(&there).await, Vec::<String>::new());
        assert_eq!(
            there.store.accounts().await.unwrap().iter().map(|one| &one.id).collect::<Vec<_>>(),
            [&bob.id]
        );
        assert_eq!(
            now(&there, &centre.paper).await.item.rows("authors")[0],
            author("Tomkins, L", None, true)
        );
        // The list lies there, too: nobody is put back there without it.
        let refused = restore(&settings, &dir, None, &desk.clock, &nothing).await.unwrap_err().to_string();
        assert!(refused.contains("--ledger"), "{refused}");
    }
}

#[tokio::test]
async fn an_address_that_others_have_erases_nobody_who_was_not_named() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let office =
            async |given: &str| person(&desk, given, "Office").text("email", EMAIL).draft(&desk).await;
        let (anna, berta, carl) = (office("Anna").await, office("Berta").await, office("Carl").await);
        let (config, parts) = parts(&desk).await;
        assert_eq!(looked(&desk, EMAIL).await.people.len(), 3);
        let erasure = looked(&desk, &anna.item.id.to_string()).await;
        assert_eq!(erasure.people.len(), 1, "named by their id, it is they alone");
        erase_people(&config, &parts, &erasure).await.unwrap();
        retold(&desk, &berta, "email", "berta@example.org").await;
        retold(&desk, &carl, "email", "carl@example.org").await;

        // Named by an address that somebody gets afterwards.
        desk.clock.advance(TimeDelta::hours(1));
        let gone = person(&desk, "Dora", "Director").text("email", "director@example.org").draft(&desk).await;
        erase_people(&config, &parts, &looked(&desk, "director@example.org").await).await.unwrap();
        desk.clock.advance(TimeDelta::hours(1));
        retold(&desk, &berta, "email", "director@example.org").await;
        parts.close().await;
        let kept = tempfile::tempdir().unwrap();
        let dir = kept.path().join("backup");
        backup(&config, &dir, &desk.clock, &nothing).await.unwrap();
        let there = tempfile::tempdir().unwrap();
        let other = TestDesk::empty(&backend).await;
        let url = match &backend {
            Backend::Sqlite => format!("sqlite:{}", there.path().join("recto.db").display()),
            Backend::Postgres(_) => other.url.clone(),
        };
        let settings = self::config(there.path(), &url);
        std::fs::copy(config.key_file(), settings.key_file()).unwrap();
        let ledger = Ledger::at(&config.data_dir.path().join("erased.jsonl"), &settings).unwrap();
        let restored = restore(&settings, &dir, Some(&ledger), &desk.clock, &nothing).await.unwrap();
        assert_eq!(restored.erased, 0);
        let store = recto::store::Store::open(&url, None).await.unwrap();
        assert!(store.item(berta.item.id).await.is_ok() && store.item(carl.item.id).await.is_ok());
        assert!(store.item(gone.item.id).await.is_err());
        store.close().await;
    }
}

#[tokio::test]
async fn readers_see_no_link_that_a_draft_has_dropped() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let leah = person(&desk, "Leah", "Qanary").published(&desk).await;
        let paper =
            by(&desk, "Paper", vec![author("Tomkins, L", Some(&leah), true)]).await.published(&desk).await;
        let mut item = paper.item.clone();
        item.set("authors", Value::Many(vec![author("Hall, S", None, true)]));
        save(&desk, &User::system(), &[Edit::of(&now(&desk, &paper).await, item)]).await.unwrap();
        erase(&desk, &User::system(), &[leah.item.id]).await.unwrap();
        let rows = texts(&desk).await;
        let id = leah.item.id.to_string();
        let naming: Vec<_> = rows
            .iter()
            .filter(|row| {
                row.contains(&id) && !row.starts_with("audit") && !row.contains(&format!(": '{id}'"))
            })
            .collect();
        let naming: Vec<_> =
            naming.into_iter().filter(|row| row.starts_with("version") || row.contains("authors")).collect();
        assert!(naming.is_empty(), "{naming:#?}");
        let now = now(&desk, &paper).await;
        assert_eq!(now.item.rows("authors"), [author("Hall, S", None, true)], "the draft stays the draft");
        assert_ne!(now.meta.published_version, Some(now.meta.version));
    }
}
