//! The verbs on both databases: what is kept, what is refused, what the public sees.

use recto::content::{TYPES, Value, text};
use recto::editing::{Edit, User, publish, reorder, save, trash, unpublish, untrash};
use recto::error::Error;
use recto::published::Located;
use recto::store::{Publish, Reason, State};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use crate::support::build::{self, theme};
use crate::support::{TestDesk, backends};

#[tokio::test]
async fn declarations_and_tables_hold_together() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let write = desk.store.write().await.unwrap();
        for content_type in TYPES {
            let mut tables = write.columns(content_type).await.unwrap().into_iter();
            let mut wanted: Vec<&str> = vec!["id"];
            wanted.extend(
                content_type
                    .fields
                    .iter()
                    .filter(|field| field.columns().is_empty() && !is_many(field))
                    .map(|field| field.name),
            );
            assert_eq!(tables.next().unwrap(), wanted, "{}", content_type.name);
            for (_, field) in content_type.many() {
                let mut wanted = vec!["owner_id", "place", "target_id"];
                wanted.extend(field.columns().iter().map(|column| column.name));
                assert_eq!(tables.next().unwrap(), wanted, "{}.{}", content_type.name, field.name);
            }
        }
    }
}

fn is_many(field: &recto::content::Field) -> bool {
    matches!(field.kind, recto::content::Kind::Many { .. })
}

#[tokio::test]
async fn what_is_saved_is_read_back_unchanged() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let theme = theme(&desk, 3, "Leadership").draft(&desk).await;
        let person = build::person(&desk, "Leah", "Tomkins").draft(&desk).await;
        let project = build::project(&desk, &theme, "3.7", "Organisational learning")
            .text("start", "2019-01-01")
            .text("body", "<p>Text with <strong>weight</strong></p>")
            .links("team", &[&person])
            .draft(&desk)
            .await;
        let event =
            build::event(&desk, "Meeting", "2023-12-07T10:30").text("all_day", "true").draft(&desk).await;
        for stored in [&theme, &person, &project, &event] {
            let read = desk.store.items(stored.item.content_type, &[stored.item.id]).await.unwrap();
            assert_eq!(read, std::slice::from_ref(stored));
            let version = stored.meta.version;
            let revision =
                desk.store.revision(stored.item.content_type, stored.item.id, version).await.unwrap();
            assert_eq!(revision.as_ref(), Some(&stored.item));
        }
        assert_eq!(project.item.text("code"), "3.07");
        assert_eq!(project.item.slug, "organisational-learning");
        assert_eq!(project.state(), State::Draft);
    }
}

#[tokio::test]
async fn a_stale_save_is_a_conflict_and_an_unchanged_row_is_none() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let user = User::system();
        let seen = theme(&desk, 1, "One").draft(&desk).await;
        let mut mine = seen.item.clone();
        mine.set("title", Value::Text("Mine".into()));
        let mut theirs = seen.item.clone();
        theirs.set("title", Value::Text("Theirs".into()));
        save(&desk, &user, &[Edit::of(&seen, theirs)]).await.unwrap();
        let error = save(&desk, &user, &[Edit::of(&seen, mine)]).await.unwrap_err();
        assert!(matches!(error, Error::Conflict(ids) if ids == [seen.item.id]));
        let unchanged = save(&desk, &user, &[Edit::of(&seen, seen.item.clone())]).await.unwrap();
        assert_eq!(unchanged[0].item.text("title"), "Theirs");
        assert_eq!(unchanged[0].meta.version, 2);
    }
}

#[tokio::test]
async fn of_many_saves_at_once_one_wins() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let seen = theme(&desk, 1, "One").draft(&desk).await;
        let saves = (0..20).map(|number| {
            let (desk, seen) = (desk.desk.clone(), seen.clone());
            tokio::spawn(async move {
                let mut item = seen.item.clone();
                item.set("title", Value::Text(format!("Title {number}").into()));
                save(&desk, &User::system(), &[Edit::of(&seen, item)]).await
            })
        });
        let mut won = 0;
        for outcome in saves.collect::<Vec<_>>() {
            match outcome.await.unwrap() {
                Ok(_) => won += 1,
                Err(Error::Conflict(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn what_must_be_unique_names_its_holder() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let first = theme(&desk, 3, "Leadership").draft(&desk).await;
        let second = theme(&desk, 3, "Another").item;
        let error = save(&desk, &User::system(), &[Edit::new(second)]).await.unwrap_err();
        let Error::Invalid(problems) = error else { panic!("{error:?}") };
        assert!(problems.at("number").unwrap().message.contains("Theme 3: Leadership"));
        trash(&desk, &User::system(), first.item.id).await.unwrap();
        let error =
            save(&desk, &User::system(), &[Edit::new(theme(&desk, 3, "Another").item)]).await.unwrap_err();
        assert!(error.to_string().contains("in the trash"), "{error}");
    }
}

#[tokio::test]
async fn the_public_sees_what_was_published_and_nothing_else() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let user = User::system();
        let stored = theme(&desk, 3, "Leadership").published(&desk).await;
        let id = stored.item.id;
        let public = desk.published.reader();
        let shown = public.get(&id.to_string()).await.unwrap().unwrap();
        assert_eq!(shown.json["title"], "Leadership");
        assert_eq!(shown.path, "/research/leadership");

        let mut item = stored.item.clone();
        item.set("title", Value::Text("Canary".into()));
        item.slug = "canary".into();
        let changed = save(&desk, &user, &[Edit::of(&stored, item)]).await.unwrap().remove(0);
        assert_eq!(changed.state(), State::Changed);
        assert_eq!(public.get(&id.to_string()).await.unwrap().unwrap().json["title"], "Leadership");

        publish(&desk, &user, id, Some(changed.meta.version), &[]).await.unwrap();
        let theme_type = stored.item.content_type;
        assert!(matches!(public.locate(theme_type, "canary").await.unwrap(), Located::Here(_)));
        assert!(matches!(public.locate(theme_type, "leadership").await.unwrap(), Located::Moved(_)));

        unpublish(&desk, &user, id).await.unwrap();
        assert!(matches!(public.locate(theme_type, "canary").await.unwrap(), Located::Gone));
        assert!(public.search("canary", 5).await.unwrap().is_empty());
        trash(&desk, &user, id).await.unwrap();
        untrash(&desk, &user, id).await.unwrap();
        assert!(matches!(public.locate(theme_type, "canary").await.unwrap(), Located::Gone));
        publish(&desk, &user, id, None, &[]).await.unwrap();
        assert!(matches!(public.locate(theme_type, "canary").await.unwrap(), Located::Here(_)));
    }
}

#[tokio::test]
async fn publishing_what_is_incomplete_is_refused_whole() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let whole = theme(&desk, 1, "Whole").draft(&desk).await;
        let lacking = build::item(&desk, recto::content::by_name("theme").unwrap())
            .integer("number", 2)
            .draft(&desk)
            .await;
        let error =
            publish(&desk, &User::system(), whole.item.id, None, &[lacking.item.id]).await.unwrap_err();
        let Error::Invalid(problems) = error else { panic!("{error:?}") };
        assert!(problems.at(&format!("{}.title", lacking.item.id)).is_some());
        assert!(desk.published.reader().get(&whole.item.id.to_string()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn reordering_saves_only_what_moves() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let theme = theme(&desk, 3, "Leadership").draft(&desk).await;
        let project = build::project(&desk, &theme, "3.07", "Learning").draft(&desk).await;
        let mut ids = Vec::new();
        for (number, title) in [(1, "One"), (2, "Two"), (3, "Three")] {
            let output = build::output(&desk, Some(&project), title, 2019).await;
            ids.push(output.draft(&desk).await.item.id);
            assert_eq!(ids.len(), number);
        }
        reorder(&desk, &User::system(), project.item.id, &ids).await.unwrap();
        let moved =
            reorder(&desk, &User::system(), project.item.id, &[ids[2], ids[0], ids[1]]).await.unwrap();
        assert_eq!(moved.len(), 1);
        let outputs = recto::content::by_name("output").unwrap();
        let field = outputs.field("projects").unwrap();
        let order = desk.store.linking(outputs, field, project.item.id).await.unwrap();
        let titles: Vec<&str> = order.iter().map(|output| output.item.text("title")).collect();
        assert_eq!(titles, ["Three", "One", "Two"]);
    }
}

#[tokio::test]
async fn a_read_store_that_is_missing_or_damaged_is_built_anew() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let stored = theme(&desk, 3, "Leadership").published(&desk).await;
        desk.published.close().await;
        desk.drafts.close().await;
        let file = desk.dir.path().join("public.db");
        for damage in ["missing", "garbage", "empty"] {
            match damage {
                "missing" => std::fs::remove_file(&file).unwrap(),
                "garbage" => std::fs::write(&file, "no database at all ".repeat(1_000)).unwrap(),
                _ => std::fs::write(&file, "").unwrap(),
            }
            let again = crate::support::database::open(
                &desk.url,
                desk.dir.path().to_owned(),
                desk.clock.clone(),
                None,
            )
            .await;
            let shown = again.published.reader().get(&stored.item.id.to_string()).await.unwrap();
            assert_eq!(shown.unwrap().json["title"], "Leadership", "{damage}");
            again.published.close().await;
            again.drafts.close().await;
            again.store.close().await;
        }
    }
}

#[tokio::test]
async fn a_read_store_that_is_damaged_while_it_is_read_is_built_anew() {
    let desk = TestDesk::new(&crate::support::Backend::Sqlite).await;
    let stored = theme(&desk, 3, "Leadership").published(&desk).await;
    let file = desk.dir.path().join("public.db");
    let mut checkpoint = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut checkpoint).await.unwrap();
    assert!(!desk.published.mend().await.unwrap(), "it is whole");
    // All pages but the first, in place: the file stays open.
    let garbage = vec![0xa5_u8; usize::try_from(std::fs::metadata(&file).unwrap().len()).unwrap() - 4_096];
    std::os::unix::fs::FileExt::write_all_at(
        &std::fs::OpenOptions::new().write(true).open(&file).unwrap(),
        &garbage,
        4_096,
    )
    .unwrap();
    let reader = desk.published.reader().clone();
    assert!(desk.published.mend().await.unwrap(), "it is damaged");
    assert!(reader.get(&stored.item.id.to_string()).await.unwrap().is_none(), "it is empty");
    desk.catch_up(&|_, _| ()).await.unwrap();
    let shown = reader.get(&stored.item.id.to_string()).await.unwrap();
    assert_eq!(shown.unwrap().json["title"], "Leadership");
    assert!(!desk.published.is_suspect());
}

#[tokio::test]
async fn what_was_committed_but_not_followed_is_caught_up() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let stored = theme(&desk, 3, "Leadership").draft(&desk).await;
        // As if the process had been killed between the commit and the read stores.
        let tx = desk.store.write().await.unwrap();
        let mut meta = stored.meta.clone();
        meta.published_version = Some(1);
        let now = desk.clock.now();
        let document = recto::content::document::public(&stored.item, now, now, now.date_naive());
        let publish = Publish {
            item: &stored.item,
            document: Some((&document, 1)),
            successor: None,
            reason: Reason::Publish,
            at: now,
            by: None,
        };
        tx.publish(&publish).await.unwrap();
        tx.set_meta(&stored, meta).await.unwrap();
        tx.commit().await.unwrap();
        assert!(desk.published.reader().get(&stored.item.id.to_string()).await.unwrap().is_none());
        // The next verb brings over what was left behind, without a restart.
        theme(&desk, 4, "Next").published(&desk).await;
        assert!(desk.published.reader().get(&stored.item.id.to_string()).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn sizes_have_bounds() {
    let desk = TestDesk::new(&crate::support::Backend::Sqlite).await;
    let theme_type = recto::content::by_name("theme").unwrap();
    let long = "x".repeat(10_000_000);
    for field in theme_type.fields {
        assert!(text::parse(&field.kind, &long).is_err(), "{}", field.name);
    }
    let many = vec![Edit::new(theme(&desk, 1, "x").item); 4_000];
    assert!(matches!(save(&desk, &User::system(), &many).await, Err(Error::Refused(_))));
}
