//! The set-up, links, and what administrators do.

use super::*;
use crate::content::{Id, Item, Value, types};

#[tokio::test]
async fn the_set_up_link_works_once_and_only_without_accounts() {
    let world = empty().await;
    let accounts = &world.accounts;
    assert!(accounts.set_up_needed().await.unwrap());
    let earlier = accounts.make_set_up_link().await.unwrap();
    let token = accounts.make_set_up_link().await.unwrap();
    assert_eq!(token.expose_secret().len(), 43);
    assert!(accounts.link(&earlier).await.unwrap().is_none());
    assert!(accounts.link(&secret("")).await.unwrap().is_none());
    assert!(matches!(accounts.link(&token).await.unwrap(), Some(LinkFor::SetUp)));

    let refused = accounts.use_set_up_link(&earlier, "a@example.org", "A", secret(GOOD)).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(_)));
    let wrong = accounts.use_set_up_link(&token, "nobody", " ", secret("short")).await.unwrap_err();
    assert_eq!(
        (at(&wrong, "email"), at(&wrong, "name"), at(&wrong, "password")),
        ("malformed", "missing", "too_short")
    );
    let (one, two) = tokio::join!(
        accounts.use_set_up_link(&token, "Ada@Example.org", " Ada  Lovelace ", secret(GOOD)),
        accounts.use_set_up_link(&token, "eve@example.org", "Eve", secret(GOOD)),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let first = one.or(two).unwrap();
    assert_eq!(first.role, Role::Administrator);
    assert!(!accounts.set_up_needed().await.unwrap());
    assert!(matches!(
        accounts.use_set_up_link(&token, "b@example.org", "B", secret(GOOD)).await,
        Err(Error::Refused(_))
    ));
    assert!(matches!(accounts.make_set_up_link().await, Err(Error::Refused(_))));
    assert_eq!(world.store.count_accounts().await.unwrap(), 1);
    assert!(matches!(world.try_in(&first.email, GOOD, None).await, SignIn::Welcome(_)));
}

#[tokio::test]
async fn a_set_up_link_stops_with_the_first_account_or_after_a_day() {
    let world = empty().await;
    let token = world.accounts.make_set_up_link().await.unwrap();
    world.clock.advance(TimeDelta::hours(24));
    assert!(world.accounts.link(&token).await.unwrap().is_none());
    let token = world.accounts.make_set_up_link().await.unwrap();
    world.add("ada@example.org", "Ada", "administrator").await;
    assert!(world.accounts.link(&token).await.unwrap().is_none());
    let refused = world.accounts.use_set_up_link(&token, "eve@example.org", "Eve", secret(GOOD)).await;
    assert!(matches!(refused, Err(Error::Refused(_))));
}

#[tokio::test]
async fn a_reset_link_ends_all_sessions() {
    let (world, ada) = world().await;
    let accounts = &world.accounts;
    let session = world.session(&ada).await;
    let token = accounts.make_reset_link(&User::system(), &ada.id).await.unwrap();
    assert!(
        matches!(accounts.link(&token).await.unwrap(), Some(LinkFor::Account(account)) if account.id == ada.id)
    );
    assert!(world.alive(session).await && accounts.user(&ada.id, 0).await.unwrap().is_some());
    let as_set_up = accounts.use_set_up_link(&token, "eve@example.org", "Eve", secret(GOOD)).await;
    assert!(matches!(as_set_up, Err(Error::Refused(_))));

    let weak = accounts.use_reset_link(&token, secret("ada@example.org")).await.unwrap_err();
    assert_eq!(at(&weak, "password"), "too_weak");
    let after = accounts.use_reset_link(&token, secret(OTHER)).await.unwrap();
    assert_eq!(after.epoch, 1);
    assert!(!world.alive(session).await);
    assert!(accounts.user(&ada.id, 0).await.unwrap().is_none());
    assert!(accounts.user(&ada.id, 1).await.unwrap().is_some());
    assert!(matches!(accounts.use_reset_link(&token, secret(GOOD)).await, Err(Error::Refused(_))));
    assert!(matches!(world.try_in("ada@example.org", GOOD, None).await, SignIn::Wrong));
    assert!(matches!(world.try_in("ada@example.org", OTHER, None).await, SignIn::Welcome(_)));
}

#[tokio::test]
async fn an_added_account_chooses_its_password() {
    let (world, ada) = world().await;
    let by = world.accounts.user(&ada.id, 0).await.unwrap().unwrap();
    let wrong = world.accounts.add(&by, "ADA@example.org", &"x".repeat(121), "king").await.unwrap_err();
    assert_eq!(
        (at(&wrong, "email"), at(&wrong, "name"), at(&wrong, "role")),
        ("taken", "too_long", "not_a_choice")
    );
    let (eve, token) = world.accounts.add(&by, "eve@example.org", "Eve\nAdams", "editor").await.unwrap();
    assert_eq!((eve.name.as_str(), eve.role), ("Eve Adams", Role::Editor));
    assert!(eve.password_hash.is_none());
    world.accounts.use_reset_link(&token, secret(OTHER)).await.unwrap();
    assert!(matches!(world.try_in("eve@example.org", OTHER, None).await, SignIn::Welcome(_)));

    let by = world.accounts.user(&eve.id, 1).await.unwrap().unwrap();
    assert!(matches!(world.accounts.add(&by, "x@example.org", "X", "viewer").await, Err(Error::Denied(_))));
    assert!(matches!(world.accounts.make_reset_link(&by, &ada.id).await, Err(Error::Denied(_))));
    let denied = world.accounts.update(&by, &eve.id, "Eve", "administrator", false, &[]).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let (world, ada) = world().await;
    let by = User::system();
    let accounts = &world.accounts;
    // Invited, but cannot sign in yet: does not count.
    accounts.add(&by, "new@example.org", "New", "administrator").await.unwrap();
    for (role, suspended) in [("editor", false), ("administrator", true)] {
        let refused = accounts.update(&by, &ada.id, "Ada", role, suspended, &[]).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{role} {refused:?}");
    }
    assert_eq!(accounts.update(&by, &ada.id, "Ada L.", "administrator", false, &[]).await.unwrap().epoch, 0);
    let eve = world.add("eve@example.org", "Eve", "administrator").await;
    let ada_session = world.session(&ada).await;
    assert_eq!(accounts.update(&by, &ada.id, "Ada", "editor", false, &[]).await.unwrap().epoch, 1);
    assert!(!world.alive(ada_session).await);
    assert!(accounts.update(&by, &eve.id, "Eve", "viewer", false, &[]).await.is_err());
    assert!(matches!(accounts.update(&by, "nobody", "X", "viewer", false, &[]).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn suspension_keeps_out_at_once() {
    let (world, _) = world().await;
    let by = User::system();
    let eve = world.add("eve@example.org", "Eve", "editor").await;
    let session = world.session(&eve).await;
    let token = world.accounts.make_reset_link(&by, &eve.id).await.unwrap();
    let eve = world.accounts.update(&by, &eve.id, "Eve", "editor", true, &[]).await.unwrap();
    assert!(!world.alive(session).await);
    assert!(world.accounts.user(&eve.id, eve.epoch).await.unwrap().is_none());
    assert!(world.accounts.link(&token).await.unwrap().is_none());
    assert!(matches!(world.accounts.make_reset_link(&by, &eve.id).await, Err(Error::Refused(_))));
    let eve = world.accounts.update(&by, &eve.id, "Eve", "editor", false, &[]).await.unwrap();
    assert!(world.accounts.user(&eve.id, eve.epoch).await.unwrap().is_some());
    assert!(world.accounts.link(&token).await.unwrap().is_none(), "the link does not come back");
}

#[tokio::test]
async fn contributors_come_with_their_projects() {
    let (world, _) = world().await;
    let now = world.clock.now();
    let mut project = Item::new(&types::PROJECT, Id::new(now));
    project.slug = "tides".to_owned();
    project.set("title", Value::Text("Tides".into()));
    let tx = world.store.write().await.unwrap();
    tx.insert(&project, now, None).await.unwrap();
    tx.commit().await.unwrap();

    let eve = world.add("eve@example.org", "Eve", "contributor").await;
    let by = User::system();
    let unknown =
        world.accounts.update(&by, &eve.id, "Eve", "contributor", false, &[Id::new(now)]).await.unwrap_err();
    assert_eq!(at(&unknown, "assigned"), "not_found");
    let twice = [project.id, project.id];
    world.accounts.update(&by, &eve.id, "Eve", "contributor", false, &twice).await.unwrap();
    let user = world.accounts.user(&eve.id, 0).await.unwrap().unwrap();
    assert_eq!(user.assigned, HashSet::from([project.id]));
    world.accounts.update(&by, &eve.id, "Eve", "editor", false, &twice).await.unwrap();
    assert!(world.accounts.user(&eve.id, 1).await.unwrap().unwrap().assigned.is_empty());
}
