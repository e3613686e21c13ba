//! What whoever runs the program relies on: health, metrics, limits, an end that drops no request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::{Place, Serving, ask, get};

const ANY: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];
const APART: [&str; 5] = ["serve", "--listen", "127.0.0.1:0", "--public-listen", "127.0.0.1:0"];

impl Place {
    /// Writes the settings' file.
    fn set(&self, text: &str) {
        std::fs::write(self.data().with_file_name("recto.toml"), text).unwrap();
    }
}

/// Waits until nobody listens any more.
fn closed(host: &str) {
    let patience = Instant::now() + Duration::from_secs(30);
    while TcpStream::connect(host).is_ok() {
        assert!(Instant::now() < patience, "it still listens");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A request whose body is still to come.
fn begun(serving: &Serving) -> (TcpStream, &'static [u8]) {
    let body = b"email=ada%40example.org&password=x";
    let mut stream = TcpStream::connect(serving.admin()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = "POST /admin/sign-in HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded";
    write!(stream, "{head}\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n", body.len()).unwrap();
    // It says so when it has read the head and waits for the rest.
    let mut goes_on = [0; 25];
    stream.read_exact(&mut goes_on).unwrap();
    assert!(goes_on.starts_with(b"HTTP/1.1 100 "), "{}", String::from_utf8_lossy(&goes_on));
    (stream, body)
}

#[test]
fn each_listener_says_how_it_is() {
    let place = Place::new();
    let mut both = place.start(&APART, "/admin/set-up/");
    let (admin, api) = (both.admin(), both.api());
    let alone = place.start(&["serve", "--only", "public", "--listen", "127.0.0.1:0"], "API:");
    for host in [&admin, &api, &alone.api()] {
        let (live, ready) = (get(host, "/health/live"), get(host, "/health/ready"));
        assert_eq!((live.status, live.body.as_str()), (200, "Alive.\n"));
        assert_eq!((ready.status, ready.body.as_str()), (200, "Ready.\n"));
        assert_eq!(ready.header("cache-control"), Some("no-store"));
        assert_eq!(get(host, "/health/").status, 404);
        assert_eq!(get(host, "/metrics").status, 404);
        let version = env!("CARGO_PKG_VERSION");
        assert!(!format!("{}{}", live.head, ready.head).contains(version), "{ready:?}");
    }
    both.signal("TERM");
    assert_eq!(both.end(), Some(0));
    // Who serves the public alone goes on without.
    assert_eq!(get(&alone.api(), "/health/ready").status, 200);
}

/// The figure of this name and these labels.
fn figure(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[test]
fn metrics_tell_what_was_done_and_nothing_that_anybody_typed() {
    let place = Place::new();
    place.set("metrics_listen = \"127.0.0.1:0\"");
    let serving = place.start(&APART, "/admin/set-up/");
    let (admin, api) = (serving.admin(), serving.api());
    let metrics = serving.line("Metrics:").trim_start_matches("http://").to_owned();
    let (host, path) = metrics.split_once('/').unwrap();
    for _ in 0..3 {
        assert_eq!(get(&api, "/api/v1/site").status, 200);
    }
    assert_eq!(get(&api, "/api/v1/projects/typed-by-a-stranger").status, 404);
    assert_eq!(get(&api, "/typed-by-a-stranger?typed-by-a-stranger").status, 404);
    assert_eq!(
        ask(&admin, "POST /admin/sign-in", "", "email=typed-by-a-stranger&password=x").unwrap().status,
        422
    );
    assert_eq!(get(&admin, "/admin/users/typed-by-a-stranger").status, 303);
    let told = get(host, &format!("/{path}"));
    assert_eq!(told.status, 200);
    assert!(told.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    let text = &told.body;
    let label = |side: &str, route: &str| format!("side=\"{side}\",route=\"{route}\"");
    let requests = |side: &str, route: &str, status: &str| {
        figure(text, &format!("recto_http_requests_total{{{},status=\"{status}\"}}", label(side, route)))
    };
    assert_eq!(requests("public", "/api/v1/site", "2xx"), Some(1.0), "{text}");
    assert_eq!(requests("public", "memory", "2xx"), Some(2.0), "{text}");
    assert_eq!(requests("public", "/api/v1/projects/{reference}", "4xx"), Some(1.0), "{text}");
    assert_eq!(requests("public", "none", "4xx"), Some(1.0), "{text}");
    assert_eq!(requests("admin", "/admin/sign-in", "4xx"), Some(1.0), "{text}");
    let seconds = format!("recto_http_request_seconds_count{{{}}}", label("public", "memory"));
    assert_eq!(figure(text, &seconds), Some(2.0), "{text}");
    for (name, value) in [
        ("recto_memory_hits_total", 2.0),
        ("recto_memory_misses_total", 3.0),
        ("recto_rate_limited_total", 0.0),
        ("recto_sign_in_failures_total", 1.0),
        ("recto_store_lag{name=\"public\"}", 0.0),
        ("recto_store_lag{name=\"drafts\"}", 0.0),
    ] {
        assert_eq!(figure(text, name), Some(value), "{name}: {text}");
    }
    for name in [
        "recto_memory_bytes",
        "recto_store_sequence{name=\"public\"}",
        "recto_database_bytes{name=\"recto.db\"}",
        "recto_database_bytes{name=\"public.db\"}",
        "recto_resident_memory_bytes",
        "recto_anonymous_memory_bytes",
        "recto_disk_free_bytes{name=\"data\"}",
        "recto_disk_free_bytes{name=\"media\"}",
        "recto_start_time_seconds",
        concat!("recto_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}"),
    ] {
        assert!(figure(text, name).is_some_and(|value| value > 0.0), "{name}: {text}");
    }
    assert!(figure(text, "recto_connections{name=\"admin\"}").is_some(), "{text}");
    assert!(!text.contains("stranger"), "{text}");
    assert!(text.ends_with("# EOF\n"));
    assert_eq!(get(host, "/api/v1/site").status, 404);
}

#[test]
fn limits_hold_in_the_program_too() {
    let place = Place::new();
    place.set("rate_limit = 60\nrate_burst = 2\nclient_address_header = \"x-forwarded-for\"");
    let serving = place.start(&ANY, "/admin/set-up/");
    let from = |number: u32, address: &str| {
        let told = format!("x-forwarded-for: {address}\r\n");
        ask(&serving.api(), &format!("GET /api/v1/news?limit={number}"), &told, "").unwrap()
    };
    let made = from(1, "192.0.2.1");
    assert_eq!((made.status, made.header("ratelimit-policy")), (200, Some("\"address\";q=2;w=2")));
    // Faster than one in a second, whatever the machine.
    let statuses: Vec<u16> = (2..60).map(|number| from(number, "127.0.0.1, 192.0.2.1").status).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(from(60, "192.0.2.2").status, 200);
    // Who asks without that proxy asks from this machine.
    for number in 61..70 {
        assert_eq!(get(&serving.api(), &format!("/api/v1/news?limit={number}")).status, 200);
    }
}

/// Asks on one connection until it is closed; every answer that begins is whole. Gives how many
/// there were.
fn ask_on(host: &str, first: &mpsc::Sender<()>, number: &AtomicU64) -> u64 {
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut answers = 0;
    loop {
        // Answers from memory and answers that are made.
        let query = number.fetch_add(1, Ordering::Relaxed) % 50;
        let asked = write!(stream, "GET /api/v1/search?q=x{query} HTTP/1.1\r\nhost: a\r\n\r\n");
        let mut line = String::new();
        if asked.is_err() || !matches!(reader.read_line(&mut line), Ok(length) if length > 0) {
            assert_eq!(line, "", "an answer was begun and not finished");
            return answers;
        }
        assert_eq!(line, "HTTP/1.1 200 OK\r\n");
        let (mut length, mut last) = (0, false);
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some(text) = line.strip_prefix("content-length: ") {
                length = text.trim().parse().unwrap();
            }
            last |= line == "connection: close\r\n";
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        assert!(length > 0 && body.ends_with(b"}"));
        answers += 1;
        let _ = first.send(());
        if last {
            assert_eq!(reader.read(&mut [0]).unwrap_or(0), 0, "it said that this is the last answer");
            return answers;
        }
    }
}

#[test]
fn the_end_drops_no_request() {
    let place = Place::new();
    let mut serving = place.start(&ANY, "/admin/set-up/");
    let host = serving.api();
    let number = AtomicU64::default();
    std::thread::scope(|scope| {
        let (first, answered) = mpsc::channel();
        let clients: Vec<_> = (0..8)
            .map(|_| {
                let (host, first, number) = (&host, first.clone(), &number);
                scope.spawn(move || ask_on(host, &first, number))
            })
            .collect();
        for _ in 0..200 {
            answered.recv_timeout(Duration::from_secs(30)).unwrap();
        }
        let (mut slow, body) = begun(&serving);
        serving.signal("TERM");
        for client in clients {
            assert!(client.join().unwrap() > 0);
        }
        closed(&host);
        // What came before the end is waited for.
        slow.write_all(body).unwrap();
        let mut told = String::new();
        slow.read_to_string(&mut told).unwrap();
        assert!(told.starts_with("HTTP/1.1 422 ") && told.ends_with("</html>"), "{told}");
    });
    assert_eq!(serving.end(), Some(0));
}

#[test]
fn whoever_says_it_twice_means_it() {
    for (first, second) in [("TERM", "TERM"), ("INT", "INT")] {
        let place = Place::new();
        let mut serving = place.start(&ANY, "/admin/set-up/");
        let (mut waiting, _) = begun(&serving);
        serving.signal(first);
        closed(&serving.admin());
        serving.signal(second);
        // Where running requests are waited for in vain the end is an orderly one, with code 0.
        assert_eq!(serving.end(), Some(1));
        let mut told = String::new();
        let _ = waiting.read_to_string(&mut told);
        assert_eq!(told, "");
    }
}

#[test]
fn metrics_tell_how_old_the_last_backup_is_once_there_is_one() {
    let place = Place::new();
    place.set("metrics_listen = \"127.0.0.1:0\"");
    let start = || {
        let serving = place.start(&ANY, "/admin/set-up/");
        let metrics = serving.line("Metrics:").trim_start_matches("http://").to_owned();
        (serving, metrics)
    };
    let age = |metrics: &str| {
        let (host, path) = metrics.split_once('/').unwrap();
        figure(&get(host, &format!("/{path}")).body, "recto_backup_age_seconds")
    };
    let (mut serving, metrics) = start();
    assert_eq!(age(&metrics), None);
    place.run(&["backup", &place.data().with_file_name("backup").display().to_string()]).well();
    assert!(age(&metrics).is_some_and(|age| (0.0..3_600.0).contains(&age)));
    serving.kill();
    let (_serving, metrics) = start();
    assert!(age(&metrics).is_some_and(|age| age >= 0.0), "it is known after a restart");
    let note = place.file("last-backup.json");
    let text = std::fs::read_to_string(&note).unwrap();
    let identity = text.split('"').nth(3).unwrap();
    std::fs::write(&note, text.replace(identity, "of-another-database")).unwrap();
    assert_eq!(age(&metrics), None);
    std::fs::write(&note, text).unwrap();
    assert!(age(&metrics).is_some());
    std::fs::remove_file(&note).unwrap();
    assert_eq!(age(&metrics), None);
}

#[test]
fn a_process_takes_as_many_open_files_as_it_may() {
    let may = |serving: &Serving| {
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", serving.pid())).unwrap();
        let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap().to_owned();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap()
    };
    let place = Place::new();
    let log = place.data().with_file_name("log");
    let start = |limit: &str| {
        let mut command = place.limited(limit, &ANY);
        Place::serving(command.stderr(std::fs::File::create(&log).unwrap()), "/admin/set-up/")
    };
    const WARNING: &str = "files open at once";
    let serving = start("-S -n 300");
    assert_eq!(may(&serving), 2 * 512 + 256);
    assert!(!std::fs::read_to_string(&log).unwrap().contains(WARNING));
    drop(serving);
    let serving = start("-n 301");
    assert_eq!(may(&serving), 301);
    let logged = std::fs::read_to_string(&log).unwrap();
    assert!(
        logged.contains("may have 301 files open at once") && logged.contains("LimitNOFILE=1280"),
        "{logged}"
    );
    assert_eq!(get(&serving.api(), "/health/ready").status, 200);
}

#[tokio::test]
async fn a_public_node_does_not_follow_a_database_of_a_newer_release() {
    for backend in crate::support::backends().into_iter().skip(1) {
        let desk = crate::support::TestDesk::new(&backend).await;
        crate::support::build::theme(&desk, 1, "One").published(&desk).await;
        let place = Place::new();
        place.set(&format!("database = \"{}\"", desk.url));
        let args = ["serve", "--only", "public", "--listen", "127.0.0.1:0"];
        let serving = place.start(&args, "API:");
        assert_eq!(get(&serving.api(), "/api/v1/themes/one").status, 200);
        let db = sea_orm::Database::connect(&desk.url).await.unwrap();
        let sql = "INSERT INTO seaql_migrations VALUES ('m9999_later', 0)";
        sea_orm::ConnectionTrait::execute_unprepared(&db, sql).await.unwrap();
        let patience = Instant::now() + Duration::from_secs(30);
        while get(&serving.api(), "/health/ready").status != 503 {
            assert!(Instant::now() < patience, "it follows what it does not know");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        crate::support::build::theme(&desk, 2, "Two").published(&desk).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(get(&serving.api(), "/api/v1/themes/two").status, 404);
        assert_eq!(get(&serving.api(), "/api/v1/themes/one").status, 200, "what it has it goes on telling");
        drop(serving);
        // Nor does one that begins; with nothing to tell it says so and ends.
        let empty = Place::new();
        empty.set(&format!("database = \"{}\"", desk.url));
        let said = empty.run(&args).refused();
        assert!(said.contains("newer release of Recto (it has had m9999_later)"), "{said}");
        let again = place.start(&args, "API:");
        assert_eq!(get(&again.api(), "/api/v1/themes/one").status, 200);
        db.close().await.unwrap();
    }
}

#[tokio::test]
async fn it_is_not_ready_while_the_library_is_not_there() {
    let place = Place::new();
    let parts = place.parts().await;
    crate::support::files::keep(&parts.desk, "room.png", crate::support::files::png(9, 9)).await;
    parts.close().await;
    let (media, away) = (place.file("media"), place.data().with_file_name("away"));
    std::fs::rename(&media, &away).unwrap();
    let serving = place.start(&ANY, "/admin/set-up/");
    let ready = get(&serving.api(), "/health/ready");
    assert_eq!(
        (ready.status, ready.body.as_str()),
        (503, "Not ready: the files of the media library are not there.\n")
    );
    drop(serving);
    std::fs::remove_dir_all(&media).unwrap();
    std::fs::rename(&away, &media).unwrap();
    let serving = place.start(&ANY, "/admin/set-up/");
    assert_eq!(get(&serving.api(), "/health/ready").status, 200);
}
