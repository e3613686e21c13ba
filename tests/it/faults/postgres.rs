//! A server that is away, at the start or in between.

use std::time::Duration;

use axum::http::StatusCode;
use recto::editing::{Edit, User, follow_publications, publish, save};
use recto::error::Error;
use recto::published::Follower;
use recto::store::Store;
use sea_orm::ConnectionTrait as _;

use super::{PATIENCE, app, assert_kept, assert_whole, other, typed};
use crate::cli::{Place, get};
use crate::support::build::theme;
use crate::support::{Backend, TestDesk, backends};

fn servers() -> impl Iterator<Item = (Backend, String)> {
    backends().into_iter().filter_map(|backend| match backend.clone() {
        Backend::Postgres(server) => Some((backend, server)),
        Backend::Sqlite => None,
    })
}

/// Ends every session of this database but the asker's, as a server that restarts does.
async fn end_sessions(server: &str, url: &str) {
    let admin = other(&format!("{server}/postgres")).await;
    let name = url.rsplit('/').next().unwrap();
    let sql = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    admin.execute_unprepared(&sql).await.unwrap();
    admin.close().await.unwrap();
}

async fn allow(server: &str, url: &str, setting: &str) {
    let admin = other(&format!("{server}/postgres")).await;
    let name = url.rsplit('/').next().unwrap();
    admin.execute_unprepared(&format!("ALTER DATABASE {name} {setting}")).await.unwrap();
    admin.close().await.unwrap();
    end_sessions(server, url).await;
}

#[tokio::test]
async fn a_missing_server_is_told_at_the_start() {
    for url in
        ["postgres://nobody:secret-word@127.0.0.1:1/recto", "postgres://nobody@localhost.invalid/recto"]
    {
        let error = Store::open_patient(url, None, PATIENCE).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(!format!("{error:?}").contains("secret-word"));
    }
    for (_, server) in servers() {
        let error = Store::open_patient(&format!("{server}/there_is_none"), None, PATIENCE).await;
        assert!(matches!(error, Err(Error::Unavailable(_))), "{error:?}");
    }
}

#[tokio::test]
async fn sessions_that_the_server_ends_are_replaced() {
    for (backend, server) in servers() {
        let app = app(&backend).await;
        let seen = theme(&app.desk, 1, "One").draft(&app.desk).await;
        let mut editor = app.user("editor").await;
        let form = typed(&mut editor, &seen, "title", "Two").await;
        end_sessions(&server, &app.desk.url).await;
        assert_eq!(form.press(&mut editor, "save").await.status, StatusCode::SEE_OTHER);
        end_sessions(&server, &app.desk.url).await;
        assert_eq!(editor.get(&form.action).await.form().get("title"), "Two");
        assert_whole(&app.desk).await;
    }
}

#[tokio::test]
async fn a_session_that_ends_within_a_save_leaves_nothing_behind() {
    for (backend, server) in servers() {
        let app = app(&backend).await;
        let seen = theme(&app.desk, 1, "One").draft(&app.desk).await;
        let write = app.desk.store.write().await.unwrap();
        let mut item = seen.item.clone();
        item.set("title", recto::content::Value::Text("Half".into()));
        write.update(&seen, &item, app.desk.clock.now(), None).await.unwrap();
        end_sessions(&server, &app.desk.url).await;
        let error = write.commit().await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert_whole(&app.desk).await;
        let saved = save(&app.desk, &User::system(), &[Edit::of(&seen, item)]).await.unwrap();
        assert_eq!(saved[0].meta.version, 2);
        assert_whole(&app.desk).await;
    }
}

#[tokio::test]
async fn while_the_server_is_away_nothing_typed_is_lost_and_the_public_reads_on() {
    for (backend, server) in servers() {
        let app = app(&backend).await;
        let seen = theme(&app.desk, 1, "One").published(&app.desk).await;
        let mut editor = app.user("editor").await;
        let form = typed(&mut editor, &seen, "title", "While away").await;
        allow(&server, &app.desk.url, "ALLOW_CONNECTIONS false").await;
        let page = form.press(&mut editor, "save").await;
        assert_kept(&page, "title", "While away");
        assert!(page.has("form button[type=submit]"));
        assert_eq!(page.attribute("form", "action").unwrap(), form.action);
        assert_eq!(editor.get("/admin/").await.status, StatusCode::SERVICE_UNAVAILABLE);
        let stranger = app.stranger().get("/admin/sign-in").await;
        assert_eq!(stranger.status, StatusCode::SERVICE_UNAVAILABLE, "{}", stranger.body);
        assert_eq!(crate::api::Client::new(&app.desk).get("/api/v1/themes/one").await.status, 200);
        allow(&server, &app.desk.url, "ALLOW_CONNECTIONS true").await;
        // The kept page's own form, sent again.
        let html = page.html();
        let inputs = scraper::Selector::parse("form input[type=hidden]").unwrap();
        let pairs: Vec<(&str, &str)> = html
            .select(&inputs)
            .map(|input| (input.attr("name").unwrap(), input.attr("value").unwrap()))
            .collect();
        let page = editor.post(&form.action, &pairs).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        assert_eq!(editor.get(&form.action).await.form().get("title"), "While away");
        assert_whole(&app.desk).await;
    }
}

#[tokio::test]
async fn a_public_node_starts_while_the_server_is_away_serves_says_so_and_catches_up() {
    for (backend, server) in servers() {
        let desk = TestDesk::new(&backend).await;
        theme(&desk, 1, "Before").published(&desk).await;
        let place = Place::new();
        std::fs::create_dir_all(place.data()).unwrap();
        let node = Follower::open(&place.file("public.db")).await.unwrap();
        follow_publications(&desk.store, &node, &|_| ()).await.unwrap();
        node.close().await;

        allow(&server, &desk.url, "ALLOW_CONNECTIONS false").await;
        let args = ["serve", "--only", "public", "--listen", "127.0.0.1:0"];
        let serving = place.start_on(&desk.url, &args, "API:");
        let ready = || {
            let said = get(&serving.api(), "/health/ready");
            (said.status, said.body)
        };
        let behind = "Not ready: what was published cannot be taken over at the moment.\n";
        assert_eq!(ready(), (503, behind.to_owned()));
        assert!(get(&serving.api(), "/api/v1/themes").body.contains("Before"));

        allow(&server, &desk.url, "ALLOW_CONNECTIONS true").await;
        theme(&desk, 2, "Since").published(&desk).await;
        let caught_up = async {
            while ready().0 != 200 || !get(&serving.api(), "/api/v1/themes").body.contains("Since") {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), caught_up).await.expect("never taken over");
    }
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_told_with_the_form() {
    for (backend, server) in servers() {
        let app = app(&backend).await;
        let seen = theme(&app.desk, 1, "One").draft(&app.desk).await;
        let mut editor = app.user("editor").await;
        let form = typed(&mut editor, &seen, "title", "Read only").await;
        allow(&server, &app.desk.url, "SET default_transaction_read_only = on").await;
        assert_kept(&form.press(&mut editor, "save").await, "title", "Read only");
        let error = publish(&app.desk, &User::system(), seen.item.id, None, &[]).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        allow(&server, &app.desk.url, "RESET default_transaction_read_only").await;
        assert_eq!(form.press(&mut editor, "save").await.status, StatusCode::SEE_OTHER);
        assert_whole(&app.desk).await;
    }
}

#[tokio::test]
async fn a_role_that_may_only_read_publications_is_enough_to_serve_the_public() {
    for (backend, server) in servers() {
        let app = app(&backend).await;
        theme(&app.desk, 1, "One").published(&app.desk).await;
        let db = other(&app.desk.url).await;
        let role = format!("reader_{}", app.desk.url.rsplit('/').next().unwrap());
        db.execute_unprepared(&format!("CREATE ROLE {role} LOGIN")).await.unwrap();
        let (_, address) = server.rsplit_once('@').unwrap_or(("", &server));
        let name = app.desk.url.rsplit('/').next().unwrap();
        let url = format!("postgres://{role}@{address}/{name}");
        let error = Store::open_publications(&url).await.unwrap_err();
        assert!(matches!(&error, Error::Refused(text) if text.contains("GRANT SELECT")), "{error:?}");
        let versions = format!("GRANT SELECT (version) ON seaql_migrations TO {role}");
        db.execute_unprepared(&versions).await.unwrap();
        db.execute_unprepared(&format!("GRANT SELECT ON publication TO {role}")).await.unwrap();
        let error = Store::open_publications(&url).await.unwrap_err();
        assert!(
            matches!(&error, Error::Refused(text) if text.contains("publication, identity")),
            "{error:?}"
        );
        let grant = format!(
            "GRANT SELECT (sequence, nonce, batch) ON publication_log TO {role}; GRANT SELECT ON identity TO {role}"
        );
        db.execute_unprepared(&grant).await.unwrap();
        let store = Store::open_publications(&url).await.unwrap();
        assert!(store.publication_log(None, 0, 1).await.is_err(), "who and why are not the public's");
        // A right that is taken away while it follows is named.
        db.execute_unprepared(&format!("REVOKE ALL ON publication_log FROM {role}; REVOKE SELECT (sequence, nonce, batch) ON publication_log FROM {role}")).await.unwrap();
        let error = store.publications_after(0, 1).await.unwrap_err();
        assert!(
            matches!(&error, Error::Refused(text) if text.contains("GRANT SELECT (sequence")),
            "{error:?}"
        );
        db.execute_unprepared(&grant).await.unwrap();
        assert!(store.publications_after(0, 100).await.unwrap().iter().any(|one| one.slugs == ["one"]));
        assert!(store.write().await.is_err() && store.drafts_after(0, 1).await.is_err());
        // So is a schema that a newer release has brought there, also while it is followed.
        db.execute_unprepared("INSERT INTO seaql_migrations VALUES ('m9999_later', 0)").await.unwrap();
        for error in [store.is_of_this_release().await, Store::open_publications(&url).await.map(drop)] {
            assert!(
                matches!(&error, Err(Error::Refused(text)) if text.contains("newer release of Recto (it has had m9999")),
                "{error:?}"
            );
        }
        db.execute_unprepared("DELETE FROM seaql_migrations WHERE version = 'm9999_later'").await.unwrap();
        store.is_of_this_release().await.unwrap();
        db.execute_unprepared(&format!("REVOKE SELECT (version) ON seaql_migrations FROM {role}"))
            .await
            .unwrap();
        let error = Store::open_publications(&url).await.unwrap_err();
        assert!(
            matches!(&error, Error::Refused(text) if text.contains("(version) ON seaql_migrations")),
            "{error:?}"
        );
        db.execute_unprepared(&versions).await.unwrap();
        // A database of an older release is told, and stays as it is.
        db.execute_unprepared("ALTER TABLE publication RENAME COLUMN slugs TO slug").await.unwrap();
        let error = Store::open_publications(&url).await.unwrap_err();
        assert!(matches!(&error, Error::Refused(text) if text.contains("recto serve")), "{error:?}");
        store.close().await;
        db.execute_unprepared(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await.unwrap();
    }
}

/// What `recto check` says of a database.
fn checked(url: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let check = std::process::Command::new(env!("CARGO_BIN_EXE_recto"))
        .args(["check", "--data-dir"])
        .arg(dir.path())
        .current_dir(dir.path())
        .env("RECTO_DATABASE", url)
        .env_remove("RECTO_TEST_POSTGRES")
        .output()
        .unwrap();
    assert_eq!(check.status.code(), Some(1));
    String::from_utf8(check.stdout).unwrap()
}

#[tokio::test]
async fn check_names_the_way_out_of_what_a_server_does_not_allow() {
    for (backend, server) in servers() {
        let app = app(&backend).await;
        allow(&server, &app.desk.url, "SET default_transaction_read_only = on").await;
        let said = checked(&app.desk.url);
        assert!(
            said.contains("can be read, but not written to")
                && said.contains("default_transaction_read_only"),
            "{said}"
        );
        allow(&server, &app.desk.url, "RESET default_transaction_read_only").await;

        let db = other(&app.desk.url).await;
        let name = app.desk.url.rsplit('/').next().unwrap();
        let role = format!("crowded_{name}");
        db.execute_unprepared(&format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 0")).await.unwrap();
        let (_, address) = server.rsplit_once('@').unwrap_or(("", &server));
        let said = checked(&format!("postgres://{role}@{address}/{name}"));
        assert!(
            said.contains("that it takes more connections (") && said.contains("max_connections"),
            "{said}"
        );
        db.execute_unprepared(&format!("DROP ROLE {role}")).await.unwrap();
    }
}
