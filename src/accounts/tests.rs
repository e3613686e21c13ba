//! The module against a real SQLite file, with cheap hashes and a clock that stands still.

mod manage;
mod sessions;

use std::sync::Arc;

use argon2::Params;
use chrono::{TimeDelta, TimeZone as _, Utc};
use secrecy::ExposeSecret as _;
use tower_sessions::Session;
use tower_sessions::session::Id as SessionId;

use super::*;
use crate::error::Error;

const GOOD: &str = "lantern quarry violet ember";
const OTHER: &str = "walnut cathedral tundra pixel";

struct World {
    accounts: Accounts,
    store: Store,
    clock: Clock,
    dir: tempfile::TempDir,
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn cheap() -> Passwords {
    Passwords::with_params(Params::new(8, 1, 1, None).unwrap())
}

async fn empty() -> World {
    let dir = tempfile::tempdir().unwrap();
    let store =
        Store::open(&format!("sqlite:{}", dir.path().join("recto.db").display()), None).await.unwrap();
    let clock = Clock::held(Utc.with_ymd_and_hms(2026, 11, 22, 9, 0, 0).unwrap());
    World { accounts: Accounts::new(store.clone(), clock.clone(), cheap()), store, clock, dir }
}

/// A world with one administrator, `ada@example.org`.
async fn world() -> (World, Account) {
    let world = empty().await;
    let ada = world.add("Ada@Example.org", "Ada", "administrator").await;
    (world, ada)
}

impl World {
    async fn add(&self, email: &str, name: &str, role: &str) -> Account {
        self.accounts.add_with_password(&User::system(), email, name, role, secret(GOOD)).await.unwrap()
    }

    async fn try_in(&self, email: &str, password: &str, address: Option<&str>) -> SignIn {
        let address = address.map(|address| address.parse().unwrap());
        self.accounts.sign_in(email, secret(password), address).await.unwrap()
    }

    async fn verbs(&self) -> Vec<(String, Option<String>, String)> {
        let log = self.store.audit(None, 50).await.unwrap();
        log.into_iter().map(|entry| (entry.verb, entry.account, entry.detail)).collect()
    }

    /// Signs in as a browser would; gives the session's id.
    async fn session(&self, account: &Account) -> SessionId {
        let session = Session::new(None, self.sessions(), None);
        session::begin(&session, account, &self.clock).await.unwrap();
        session.save().await.unwrap();
        session.id().unwrap()
    }

    fn sessions(&self) -> Arc<Sessions> {
        Arc::new(Sessions::new(self.store.clone(), self.clock.clone()))
    }

    async fn alive(&self, id: SessionId) -> bool {
        let session = Session::new(Some(id), self.sessions(), None);
        session::current(&session, &self.clock).await.unwrap().is_some()
    }
}

fn at<'e>(error: &'e Error, field: &str) -> &'e str {
    match error {
        Error::Invalid(problems) => problems.at(field).map_or("", |problem| problem.code),
        _ => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn only_the_right_password_of_an_active_account_signs_in() {
    let (world, ada) = world().await;
    let SignIn::Welcome(account) = world.try_in(" ADA@example.ORG ", GOOD, None).await else { panic!() };
    assert_eq!(account.signed_in_at, Some(world.clock.now()));
    assert_eq!(world.verbs().await[0], ("sign_in".to_owned(), Some(ada.id.clone()), String::new()));

    assert!(matches!(world.try_in("ada@example.org", "wrong", None).await, SignIn::Wrong));
    assert_eq!(world.verbs().await[0], ("sign_in_failed".to_owned(), None, ada.id.clone()));
    for unknown in ["bob@example.org", "my secret password", "", "\0"] {
        assert!(matches!(world.try_in(unknown, GOOD, None).await, SignIn::Wrong), "{unknown:?}");
        assert_eq!(world.verbs().await[0], ("sign_in_failed".to_owned(), None, String::new()));
    }

    world.add("eve@example.org", "Eve", "editor").await;
    let eve = world.store.account_by_email("eve@example.org").await.unwrap().unwrap();
    world.accounts.update(&User::system(), &eve.id, "Eve", "editor", true, &[]).await.unwrap();
    assert!(matches!(world.try_in("eve@example.org", GOOD, None).await, SignIn::Wrong));
    world.accounts.add(&User::system(), "new@example.org", "New", "viewer").await.unwrap();
    assert!(matches!(world.try_in("new@example.org", "", None).await, SignIn::Wrong));
}

#[tokio::test]
async fn tries_are_counted_by_account() {
    let (world, ada) = world().await;
    for _ in 0..5 {
        assert!(matches!(world.try_in("ada@example.org", "wrong", None).await, SignIn::Wrong));
    }
    let SignIn::Throttled { retry_after_seconds } = world.try_in("ADA@example.org", GOOD, None).await else {
        panic!()
    };
    assert_eq!(retry_after_seconds, 60);
    let refused =
        world.accounts.change_password(&ada.id, secret(GOOD), secret(OTHER), None).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(_)), "{refused:?}");
    assert!(matches!(world.try_in("bob@example.org", GOOD, None).await, SignIn::Wrong), "others are heard");
    world.clock.advance(TimeDelta::seconds(60));
    assert!(matches!(world.try_in("ada@example.org", GOOD, None).await, SignIn::Welcome(_)));
    assert!(matches!(world.try_in("ada@example.org", GOOD, None).await, SignIn::Throttled { .. }));
}

#[tokio::test]
async fn tries_are_counted_by_address() {
    let (world, _) = world().await;
    for number in 0..20 {
        let outcome = world.try_in(&format!("a{number}@example.org"), "wrong", Some("2001:db8::1")).await;
        assert!(matches!(outcome, SignIn::Wrong), "{number}");
    }
    // The same network; the account's own tries are not used up by it.
    for _ in 0..10 {
        let outcome = world.try_in("ada@example.org", GOOD, Some("2001:db8::ffff:2")).await;
        assert!(matches!(outcome, SignIn::Throttled { retry_after_seconds: 10 }), "{outcome:?}");
    }
    assert!(matches!(world.try_in("ada@example.org", GOOD, Some("192.0.2.1")).await, SignIn::Welcome(_)));
    world.clock.advance(TimeDelta::seconds(10));
    assert!(matches!(world.try_in("ada@example.org", GOOD, Some("2001:db8::1")).await, SignIn::Welcome(_)));
}

#[test]
fn the_throttle_forgets() {
    let clock = Clock::held(Utc.with_ymd_and_hms(2026, 11, 22, 9, 0, 0).unwrap());
    let throttle = Throttle::new(clock.clone());
    for number in 0..900 {
        assert!(throttle.refuse(&number.to_string(), None).is_none());
    }
    assert_eq!(throttle.remembered(), 900);
    clock.advance(TimeDelta::hours(1));
    for _ in 0..100 {
        let _ = throttle.refuse("0", None);
    }
    assert_eq!(throttle.remembered(), 1);
}

#[tokio::test]
async fn a_weak_hash_is_made_anew() {
    let (world, ada) = world().await;
    let better = Passwords::with_params(Params::new(16, 2, 1, None).unwrap());
    let accounts = Accounts::new(world.store.clone(), world.clock.clone(), better.clone());
    let hash = |account: Account| account.password_hash.unwrap().expose_secret().to_owned();
    assert!(hash(ada).starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    let SignIn::Welcome(ada) = accounts.sign_in("ada@example.org", secret(GOOD), None).await.unwrap() else {
        panic!()
    };
    let kept = world.store.account(&ada.id).await.unwrap().unwrap();
    assert_eq!(kept.epoch, 0, "nobody is signed out by it");
    let kept = hash(kept);
    assert!(kept.starts_with("$argon2id$v=19$m=16,t=2,p=1$"), "{kept}");
    assert_eq!(better.verify(secret(GOOD), Some(&kept.clone().into())).await.unwrap(), Verdict::Right);
    assert_eq!(better.verify(secret("wrong"), Some(&kept.into())).await.unwrap(), Verdict::Wrong);
    assert_eq!(better.verify(secret(GOOD), None).await.unwrap(), Verdict::Wrong);
    assert!(better.verify(secret(GOOD), Some(&secret("none"))).await.is_err());
    // The real parameters, and the dummy that goes with them, are usable.
    assert_eq!(Passwords::default().verify(secret(GOOD), None).await.unwrap(), Verdict::Wrong);
}

#[test]
fn guessable_passwords_are_refused() {
    let check = |text: &str| {
        let problems =
            password::check(&secret(text), &["ada.lovelace@example.org", "Ada Lovelace", "Centre for Tides"]);
        problems.at("password").map(|problem| problem.code)
    };
    assert_eq!(check("  "), Some("missing"));
    assert_eq!(check("xK9#qT2!vL"), Some("too_short"));
    assert_eq!(check(&"xK9#".repeat(65)), Some("too_long"));
    for weak in ["passwordpassword", "123456789012345", "LovelaceTides", "ada.lovelace@example.org"] {
        assert_eq!(check(weak), Some("too_weak"), "{weak}");
    }
    for good in [GOOD, OTHER, "  grüne Laternen im Steinbruch  "] {
        assert_eq!(check(good), None, "{good}");
    }
}
