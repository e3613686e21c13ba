//! Sessions: how they are kept and when they end.

use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::Record;
use tower_sessions::session_store::SessionStore as _;

use super::*;

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let (world, ada) = world().await;
    let accounts = &world.accounts;
    let (mine, theirs) = (world.session(&ada).await, world.session(&ada).await);
    let browser = Session::new(Some(mine), world.sessions(), None);
    let keep = session::id_hash(&browser);

    let wrong = accounts.change_password(&ada.id, secret(OTHER), secret(OTHER), None).await.unwrap_err();
    assert_eq!(at(&wrong, "old_password"), "wrong");
    let weak = accounts.change_password(&ada.id, secret(GOOD), secret("short"), None).await.unwrap_err();
    assert_eq!(at(&weak, "password"), "too_short");
    let after =
        accounts.change_password(&ada.id, secret(GOOD), secret(OTHER), keep.as_deref()).await.unwrap();
    assert!(world.alive(mine).await && !world.alive(theirs).await);
    session::begin(&browser, &after, &world.clock).await.unwrap();
    browser.save().await.unwrap();
    assert!(!world.alive(mine).await, "under a new id");
    let held = session::current(&browser, &world.clock).await.unwrap().unwrap();
    assert!(accounts.user(&held.account, held.epoch).await.unwrap().is_some());

    accounts.sign_out_everywhere(&ada.id).await.unwrap();
    assert!(!world.alive(browser.id().unwrap()).await);
    assert!(accounts.user(&held.account, held.epoch).await.unwrap().is_none());
}

#[tokio::test]
async fn an_ended_session_stays_dead_and_its_id_is_nowhere() {
    let (world, ada) = world().await;
    let id = world.session(&ada).await;
    let slow = Session::new(Some(id), world.sessions(), None);
    slow.insert("notice", "Saved.").await.unwrap();
    slow.save().await.unwrap();

    let row =
        world.store.session(&session::id_hash(&slow).unwrap(), world.clock.now()).await.unwrap().unwrap();
    assert_eq!(row.account.as_deref(), Some(ada.id.as_str()));
    for raw in [id.to_string(), id.0.to_string()] {
        assert!(!format!("{row:?}").contains(&raw));
        for file in std::fs::read_dir(world.dir.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(raw.len()).any(|window| window == raw.as_bytes()));
        }
    }

    Session::new(Some(id), world.sessions(), None).flush().await.unwrap();
    slow.insert("notice", "Later.").await.unwrap();
    slow.save().await.unwrap();
    assert!(!world.alive(id).await);
}

#[tokio::test]
async fn a_taken_session_id_is_not_used_again() {
    let (world, ada) = world().await;
    let id = world.session(&ada).await;
    let sessions = world.sessions();
    let mut record = Record { id, data: Default::default(), expiry_date: OffsetDateTime::UNIX_EPOCH };
    sessions.create(&mut record).await.unwrap();
    assert_ne!(record.id, id);
    assert!(world.alive(id).await);
}

#[tokio::test]
async fn sessions_end_idle_and_for_good() {
    let (world, ada) = world().await;
    let id = world.session(&ada).await;
    world.clock.advance(TimeDelta::hours(12));
    assert!(!world.alive(id).await, "idle");

    let id = world.session(&ada).await;
    let mut hours = 0;
    loop {
        world.clock.advance(TimeDelta::hours(11));
        hours += 11;
        let session = Session::new(Some(id), world.sessions(), None);
        if session::current(&session, &world.clock).await.unwrap().is_none() {
            break;
        }
        assert!(session.is_modified(), "seen");
        session.save().await.unwrap();
    }
    assert_eq!(hours, 11 * 16, "the first visit after seven days");

    let id = world.session(&ada).await;
    world.clock.advance(TimeDelta::minutes(4));
    let session = Session::new(Some(id), world.sessions(), None);
    assert!(session::current(&session, &world.clock).await.unwrap().is_some());
    assert!(!session.is_modified(), "a read does not write each time");

    world.clock.advance(TimeDelta::days(8));
    let hash = session::id_hash(&session).unwrap();
    world.sessions().delete_ended().await.unwrap();
    let long_ago = Utc.with_ymd_and_hms(2020, 1, 1, 0, 0, 0).unwrap();
    assert!(world.store.session(&hash, long_ago).await.unwrap().is_none());
}
