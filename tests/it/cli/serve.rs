//! `recto serve` and `recto demo`: what is said at the start, who answers where, the end.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::{Place, ask, get, has_open, read_answer};
use crate::support::build::theme;
use crate::support::files::{file_of, media};

const ANY: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

#[test]
fn the_first_start_says_where_things_are_and_how_to_begin() {
    let place = Place::new();
    let serving = place.start(&ANY, "/admin/set-up/");
    let host = serving.admin();
    assert_eq!(serving.api(), host);
    let answer = get(&host, "/");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/admin/")));
    assert_eq!(get(&host, "/api/v1/site").status, 200);
    assert_eq!(get(&host, "/admin/sign-in").status, 200);
    let link = serving.line("http://");
    let set_up = get(&host, &link[link.find('/').unwrap()..]);
    assert!(set_up.status == 200 && set_up.body.contains("password"), "{set_up:?}");
    let id = set_up.header("x-request-id").unwrap().to_owned();
    assert_eq!(id.len(), 36);
    let own = ask(&host, "GET /admin/sign-in", "x-request-id: mine\r\n", "").unwrap();
    assert_ne!(own.header("x-request-id"), Some("mine"));
    // The data directory is its owner's alone.
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(place.data()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn secrets_are_in_no_log_however_much_is_logged() {
    let place = Place::new();
    let log = place.data().with_file_name("log");
    let mut serving = place.start_logging(&ANY, "/admin/set-up/", &log);
    let host = serving.admin();
    let link = serving.line("http://").to_owned();
    let path = &link[link.find('/').unwrap()..];
    assert_eq!(get(&host, path).status, 200);
    let typed = "email=a%40example.org&name=Ann&password=wandering-otter-lantern-91";
    let made = ask(&host, &format!("POST {path}"), "", typed).unwrap();
    assert_eq!(made.status, 303, "{made:?}");
    let cookie = made.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let cookie = cookie.split_once('=').unwrap().1.to_owned();
    let tried = "email=a%40example.org&password=wandering-otter-mistyped";
    assert_eq!(ask(&host, "POST /admin/sign-in", "", tried).unwrap().status, 422);
    serving.signal("TERM");
    assert_eq!(serving.end(), Some(0));
    let logged = std::fs::read_to_string(&log).unwrap();
    assert!(logged.contains("/admin/set-up/") && logged.contains("TRACE"), "nothing was logged");
    let token = path.rsplit('/').next().unwrap();
    for secret in [token, &cookie, "wandering-otter", "argon2id"] {
        assert!(secret.len() > 7 && !logged.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn each_side_answers_at_its_own_address() {
    let place = Place::new();
    let args = ["serve", "--listen", "127.0.0.1:0", "--public-listen", "127.0.0.1:0"];
    let serving = place.start(&args, "/admin/set-up/");
    let (admin, api) = (serving.admin(), serving.api());
    assert_ne!(admin, api);
    assert_eq!(get(&admin, "/api/v1/site").status, 404);
    assert_eq!(get(&admin, "/admin/sign-in").status, 200);
    assert_eq!(get(&api, "/admin/sign-in").status, 404);
    let site = get(&api, "/api/v1/site");
    assert!(site.status == 200 && site.body.contains(&format!("http://{api}/api/v1/site")), "{site:?}");
}

#[test]
fn a_taken_address_is_said_before_anything_happens() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for command in ["serve", "demo"] {
        let said = place.run(&[command, "--listen", &address]).refused();
        assert!(
            said.contains(&format!("Something else listens at {address} already"))
                && said.contains("--listen"),
            "{said}"
        );
    }
    assert!(!place.data().exists());
}

#[test]
fn the_end_lets_running_requests_finish() {
    let place = Place::new();
    let mut serving = place.start(&ANY, "/admin/set-up/");
    let mut stream = TcpStream::connect(serving.admin()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let body = "email=ada%40example.org&password=x";
    let head = "POST /admin/sign-in HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded";
    write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{}", body.len(), &body[..10]).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    serving.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(&body.as_bytes()[10..]).unwrap();
    let answer = read_answer(stream).unwrap();
    assert!(matches!(answer.status, 200 | 401 | 422), "{answer:?}");
    assert_eq!(serving.end(), Some(0));
    // Closed as it should be: nothing is left in the log beside the database.
    let wal = std::fs::metadata(place.file("recto.db-wal")).map_or(0, |found| found.len());
    assert_eq!(wal, 0);
}

#[tokio::test]
async fn only_public_opens_the_public_store_alone() {
    let place = Place::new();
    let args = ["serve", "--only", "public", "--listen", "127.0.0.1:0"];
    let said = place.run(&args).refused();
    assert!(said.contains("There is no public store") && said.contains("--wait"), "{said}");
    assert!(!place.data().exists());

    let parts = place.parts().await;
    theme(&parts.desk, 3, "Leadership").published(&parts.desk).await;
    theme(&parts.desk, 4, "Canary").draft(&parts.desk).await;
    let shown = media(&parts.desk, "shown.txt", b"shown".to_vec()).await.published(&parts.desk).await;
    let hidden = media(&parts.desk, "hidden.txt", b"hidden".to_vec()).await.draft(&parts.desk).await;
    parts.close().await;
    let serving = place.start(&args, "API:");
    let api = serving.api();
    let file = get(&api, &format!("/media/{}", file_of(&shown.item).path()));
    assert_eq!((file.status, file.body.as_str()), (200, "shown"));
    assert_eq!(get(&api, &format!("/media/{}", file_of(&hidden.item).path())).status, 404);
    let themes = get(&api, "/api/v1/themes").body;
    assert!(themes.contains("Leadership") && !themes.contains("Canary"), "{themes}");
    for path in ["/admin/", "/admin/sign-in", "/admin/assets/x", "/"] {
        assert_eq!(get(&api, path).status, 404, "{path}");
    }
    assert!(has_open(serving.pid(), &place.file("public.db")));
    for name in ["recto.db", "drafts.db"] {
        assert!(!has_open(serving.pid(), &place.file(name)), "{name}");
    }
    drop(serving);

    // Nor does it need them, or make them.
    for name in ["recto.db", "drafts.db"] {
        std::fs::remove_file(place.file(name)).unwrap();
    }
    let serving = place.start(&args, "API:");
    assert!(get(&serving.api(), "/api/v1/themes").body.contains("Leadership"));
    assert_eq!(get(&serving.api(), "/health/ready").body, "Ready.\n");
    assert!(!place.file("recto.db").exists() && !place.file("drafts.db").exists());
}

#[tokio::test]
async fn only_public_says_that_it_does_not_follow_a_server_that_never_answered() {
    let place = Place::new();
    let parts = place.parts().await;
    theme(&parts.desk, 3, "Leadership").published(&parts.desk).await;
    parts.close().await;
    let args = ["serve", "--only", "public", "--listen", "127.0.0.1:0"];
    let serving = place.start_on("postgres://nobody@127.0.0.1:1/recto", &args, "API:");
    let ready = get(&serving.api(), "/health/ready");
    let behind = "Not ready: what was published cannot be taken over at the moment.\n";
    assert_eq!((ready.status, ready.body.as_str()), (503, behind), "the first time that somebody asks");
    assert!(get(&serving.api(), "/api/v1/themes").body.contains("Leadership"));
}

#[tokio::test]
async fn only_public_waits_and_follows_a_store_that_is_built_anew() {
    let place = Place::new();
    let mut waiting = place
        .command(&["serve", "--only", "public", "--wait", "--listen", "127.0.0.1:0"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert!(waiting.try_wait().unwrap().is_none(), "it does not wait");
    let _ = std::process::Command::new("kill").arg(waiting.id().to_string()).status();
    assert_eq!(waiting.wait().unwrap().code(), Some(0));

    place.parts().await.close().await;
    let serving = place.start(&["serve", "--only", "public", "--listen", "127.0.0.1:0"], "API:");
    assert!(!get(&serving.api(), "/api/v1/themes").body.contains("Leadership"));
    std::fs::remove_file(place.file("public.db")).unwrap();
    let parts = place.parts().await;
    theme(&parts.desk, 3, "Leadership").published(&parts.desk).await;
    for _ in 0..50 {
        if get(&serving.api(), "/api/v1/themes").body.contains("Leadership") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it serves from a file that is gone");
}

#[tokio::test]
async fn what_another_process_publishes_is_seen() {
    let place = Place::new();
    let serving = place.start(&ANY, "/admin/set-up/");
    let parts = place.parts().await;
    theme(&parts.desk, 3, "Leadership").published(&parts.desk).await;
    assert!(get(&serving.api(), "/api/v1/themes").body.contains("Leadership"));
    // As a process on another machine would, with read stores of its own.
    let elsewhere = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", place.file("recto.db").display());
    let desk =
        crate::support::database::open(&url, elsewhere.path().to_owned(), parts.desk.clock.clone(), None)
            .await;
    theme(&desk, 4, "Elsewhere").published(&desk).await;
    for _ in 0..50 {
        if get(&serving.api(), "/api/v1/themes").body.contains("Elsewhere") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never taken over");
}

#[test]
fn the_demo_can_be_signed_in_to_and_a_second_one_keeps_what_is_there() {
    let place = Place::new();
    let args = ["demo", "--listen", "127.0.0.1:0"];
    let mut serving = place.start(&args, "Ctrl-C");
    let password = serving.line("Password:").to_owned();
    for who in ["admin", "editor", "contributor", "viewer"] {
        let body = format!("email={who}%40example.org&password={password}");
        let answer = ask(&serving.admin(), "POST /admin/sign-in", "", &body).unwrap();
        assert_eq!(answer.status, 303, "{who}: {answer:?}");
    }
    assert!(get(&serving.api(), "/api/v1/projects/3.07").body.contains("Organisational learning"));
    serving.signal("INT");
    assert_eq!(serving.end(), Some(0));

    let again = place.start(&args, "Ctrl-C");
    let text = again.text();
    assert!(text.contains("There is content here already") && text.contains("recto user reset"), "{text}");
    assert!(!text.contains("Password:"), "{text}");
    let list = place.run(&["user", "list"]).well();
    assert_eq!(list.lines().count(), 4, "{list}");
}
