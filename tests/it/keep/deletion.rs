//! Deleting for good, out of the trash: what is gone, what stays, what is in the way, and who may.

use axum::http::StatusCode;
use chrono::TimeDelta;
use recto::content::types::{OUTPUT, PROJECT};
use recto::content::{Id, Value};
use recto::editing::bulk::{self, Chosen, Wish};
use recto::editing::merge::{self, Merge};
use recto::editing::{
    Desk, Edit, Retention, User, delete, look_at_deletion, prune, publish, save, take_back, trash,
};
use recto::error::Error;
use recto::store::{Role, Stored};

use super::{numbers, other, retitle};
use crate::api::Client;
use crate::support::build::{self, person, project, theme};
use crate::support::database::open;
use crate::support::files::{file_of, media, png};
use crate::support::{TestApp, TestDesk, backends, now};

async fn deleted(desk: &Desk, stored: &Stored) -> Result<Stored, Error> {
    let seen = now(desk, stored).await.meta.version;
    delete(desk, &User::system(), stored.item.id, seen).await
}

/// Why it is refused.
async fn why(desk: &Desk, stored: &Stored) -> String {
    let shown = look_at_deletion(desk, &User::system(), stored.item.id).await.unwrap().needed;
    match deleted(desk, stored).await {
        Err(Error::Refused(why)) => {
            assert!(shown.iter().all(|need| why.contains(&need.words())), "{why}");
            why
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_deleted_is_gone_everywhere_and_stays_gone() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let mut stored = theme(&desk, 7, "Leadership").text("summary", "Secret words").published(&desk).await;
        for title in ["One", "Two"] {
            stored = retitle(&desk, &stored, title).await;
        }
        let id = stored.item.id;
        let told = deleted(&desk, &stored).await.unwrap_err();
        assert!(matches!(&told, Error::Refused(why) if why.contains("trash")), "{told:?}");
        trash(&desk, &User::system(), id).await.unwrap();
        let stale = delete(&desk, &User::system(), id, 1).await.unwrap_err();
        assert!(matches!(stale, Error::Conflict(_)));
        let looked = look_at_deletion(&desk, &User::system(), id).await.unwrap();
        assert_eq!((looked.versions, looked.needed.len()), (3, 0));
        let changed = desk.store.newest().await.unwrap().1;
        deleted(&desk, &stored).await.unwrap();

        assert_eq!(desk.store.newest().await.unwrap().1, changed + 1, "followers hear of it");
        assert!(matches!(desk.store.item(id).await, Err(Error::NotFound)));
        assert!(matches!(delete(&desk, &User::system(), id, 3).await, Err(Error::NotFound)));
        assert!(desk.lists().get(&id.to_string()).await.unwrap().is_none());
        assert_eq!(desk.store.revision_text(id, 1).await.unwrap(), None);
        let db = other(&desk.url).await;
        for table in ["revision WHERE item_id", "theme WHERE id", "media_ground WHERE media_id"] {
            assert_eq!(numbers(&db, &format!("SELECT count(*) FROM {table} = '{id}'")).await, [0], "{table}");
        }
        let line = desk.store.audit(Some(id), 1).await.unwrap().remove(0);
        assert_eq!((line.verb.as_str(), line.detail.as_str()), ("delete", "theme ‘Theme 7: Two’"));
        assert_eq!(Client::new(&desk).get("/api/v1/themes/leadership").await.status, 410);

        // Its number and its address are free, and stores that are built anew do not know it.
        assert_eq!(theme(&desk, 7, "Leadership").draft(&desk).await.item.slug, "leadership");
        let dir = tempfile::tempdir().unwrap();
        let anew = open(&desk.url, dir.path().to_owned(), desk.clock.clone(), None).await;
        assert!(anew.lists().get(&id.to_string()).await.unwrap().is_none());
        assert_eq!(Client::new(&anew).get("/api/v1/themes/leadership").await.status, 410);
        assert_eq!(anew.drafts.sequence().await.unwrap(), desk.drafts.sequence().await.unwrap());
        desk.clock.advance(TimeDelta::days(200));
        let rule = Retention::of_days(8, 90, 0);
        assert!(
            prune(&desk.store, &desk.clock, &User::system(), &rule, false).await.unwrap().broken.is_empty()
        );
    }
}

#[tokio::test]
async fn what_links_to_it_is_named_drafts_trash_and_public_alike() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let (old, new) =
            (theme(&desk, 1, "Old").published(&desk).await, theme(&desk, 2, "New").draft(&desk).await);
        let linking = project(&desk, &old, "1.1", "Linking").published(&desk).await;
        trash(&desk, &User::system(), old.item.id).await.unwrap();
        let told = why(&desk, &old).await;
        assert!(told.contains("1.01 Linking") && told.contains("links to it"), "{told}");

        // The draft says something else by now, the public has not seen that.
        let mut item = linking.item.clone();
        item.set("theme", Value::One(new.item.id));
        save(&desk, &User::system(), &[Edit::of(&linking, item)]).await.unwrap();
        let told = why(&desk, &old).await;
        assert!(told.contains("Readers still see") && told.contains("1.01 Linking"), "{told}");
        publish(&desk, &User::system(), linking.item.id, None, &[]).await.unwrap();
        deleted(&desk, &old).await.unwrap();

        // What lies in the trash links too.
        trash(&desk, &User::system(), new.item.id).await.unwrap();
        trash(&desk, &User::system(), linking.item.id).await.unwrap();
        assert!(why(&desk, &new).await.contains("1.01 Linking"));
        deleted(&desk, &linking).await.unwrap();
        deleted(&desk, &new).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_change_needs_to_be_undone_stays() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let system = User::system();
        let keep = person(&desk, "Leah", "Tomkins").draft(&desk).await;
        let twin = person(&desk, "L.", "Tomkins").draft(&desk).await;
        let merge = Merge { keep: (keep.item.id, 1), merge: (twin.item.id, 1), take: Vec::new() };
        let merged = merge::merge(&desk, &system, &merge).await.unwrap();
        assert!(why(&desk, &twin).await.contains("merge"));
        take_back(&desk, &system, &merged.batch).await.unwrap();
        trash(&desk, &system, twin.item.id).await.unwrap();
        desk.clock.advance(TimeDelta::minutes(1));
        trash(&desk, &system, twin.item.id).await.unwrap();
        deleted(&desk, &twin).await.unwrap();

        // A field that was set in many.
        let (old, new) =
            (theme(&desk, 1, "Old").draft(&desk).await, theme(&desk, 2, "New").draft(&desk).await);
        let linking = project(&desk, &old, "1.1", "Linking").draft(&desk).await;
        let other = project(&desk, &old, "1.2", "Other").draft(&desk).await;
        let batch = Id::new(desk.clock.now());
        let wish = Wish::Set(PROJECT.field("theme").unwrap(), Value::One(new.item.id));
        let chosen = [&linking, &other].map(|one| Chosen { id: one.item.id, seen: 1 });
        bulk::act(&desk, &system, batch, &PROJECT, &wish, &chosen).await.unwrap();
        trash(&desk, &system, old.item.id).await.unwrap();
        assert!(why(&desk, &old).await.contains("Several items that linked to it"));
        let looked = look_at_deletion(&desk, &system, old.item.id).await.unwrap();
        assert_eq!(looked.needed[0].batch(), Some(batch.to_string().as_str()));

        // What was done to it with others is undone for the others.
        let outputs =
            [build::output(&desk, None, "One", 2020).await, build::output(&desk, None, "Two", 2020).await];
        let [one, two] = outputs;
        let (one, two) = (one.draft(&desk).await, two.draft(&desk).await);
        let batch = Id::new(desk.clock.now() + TimeDelta::seconds(1));
        let chosen = [&one, &two].map(|one| Chosen { id: one.item.id, seen: 1 });
        bulk::act(&desk, &system, batch, &OUTPUT, &Wish::Trash, &chosen).await.unwrap();
        deleted(&desk, &one).await.unwrap();
        assert_eq!(take_back(&desk, &system, &batch.to_string()).await.unwrap().restored, 1);
        assert!(now(&desk, &two).await.meta.trashed_at.is_none());
    }
}

#[tokio::test]
async fn an_administrator_is_shown_what_goes_and_nobody_else_may() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let stored = theme(&app.desk, 1, "Away").published(&app.desk).await;
        let path = format!("/admin/themes/{}", stored.item.id);
        let mut administrator = app.user("administrator").await;
        let page = administrator.get(&format!("{path}/delete")).await;
        assert!(page.body.contains("Move it there first"), "{}", page.body);
        trash(&app.desk, &User::system(), stored.item.id).await.unwrap();
        assert!(administrator.get(&path).await.body.contains("Delete permanently…"));
        let page = administrator.get(&format!("{path}/delete")).await;
        assert!(
            page.body.contains("Its only version.") && page.body.contains("cannot be undone"),
            "{}",
            page.body
        );

        let mut editor = app.user("editor").await;
        assert!(!editor.get(&path).await.body.contains("Delete permanently"));
        assert_eq!(editor.get(&format!("{path}/delete")).await.status, StatusCode::FORBIDDEN);
        let denied = User { role: Role::Editor, ..User::system() };
        assert!(matches!(delete(&app.desk, &denied, stored.item.id, 1).await, Err(Error::Denied(_))));

        let page = page.form_of("form.steps").press(&mut administrator, "delete").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let list = administrator.get(page.location()).await;
        assert!(list.body.contains("Deleted permanently."), "{}", list.body);
        assert_eq!(administrator.get(&path).await.status, StatusCode::NOT_FOUND);
        let form = [("version", "1")];
        assert_eq!(administrator.post(&format!("{path}/delete"), &form).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_file_of_a_deleted_media_item_has_no_name_unless_another_item_has_it() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let one = media(&desk, "room.png", png(90, 40)).await.draft(&desk).await;
        let twin = media(&desk, "again.png", png(90, 40)).await.draft(&desk).await;
        let hash = file_of(&one.item).hash().to_owned();
        for (item, known) in [(&one, true), (&twin, false)] {
            trash(&desk, &User::system(), item.item.id).await.unwrap();
            deleted(&desk, item).await.unwrap();
            assert_eq!(desk.store.upload(&hash).await.unwrap().is_some(), known);
        }
    }
}
