//! The figures that Recto is held to, measured over ten thousand outputs: `cargo bench`. Prints a
//! table; it must not fail where a figure is missed, since machines differ.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that fails stops"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use recto::accounts::{Accounts, Passwords};
use recto::api::ApiConfig;
use recto::app::{DRAFTS_FILE, PUBLIC_FILE, Parts};
use recto::clock::Clock;
use recto::config::{Config, Layers};
use recto::content::{Id, Item, Row, TYPES, Value, by_name, text};
use recto::editing::{Desk, Edit, GAP, User, publish, save, set_up};
use recto::published::Follower;
use recto::store::{Statement, Store};
use secrecy::SecretString;
use tower::ServiceExt as _;

const OUTPUTS: usize = 10_000;
const PROJECTS: usize = 200;
const THEMES: usize = 8;
const PEOPLE: usize = 300;
/// How many items one save takes while building.
const BATCH: usize = 2_500;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!("{:<46}{:>12}{:>14}{:>12}", "", "median", "at most", "statements");
    runtime.block_on(measure());
}

async fn measure() {
    let dir = tempfile::tempdir().unwrap();
    let counter = Arc::new(AtomicU64::new(0));
    let desk = open(dir.path(), &counter).await;
    let begun = Instant::now();
    let outputs = build(&desk).await;
    // What a running Recto does in the background.
    while desk.published.prepare(desk.clock.now(), 1_000).await.unwrap() > 0 {}
    row("10,000 outputs made and published", begun.elapsed(), "", None);

    let bench = Bench { desk, counter };
    bench.save_and_publish(&outputs).await;
    let admin = signed_in(&bench.desk).await;
    bench.admin_lists(&admin).await;
    bench.project_pages().await;
    let Bench { desk, .. } = bench;
    close(desk).await;

    start(dir.path()).await;
    demo().await;
}

fn row(what: &str, median: Duration, at_most: &str, statements: Option<u64>) {
    let statements = statements.map_or_else(String::new, |count| count.to_string());
    println!(
        "{what:<46}{:>12}{at_most:>14}{statements:>12}",
        format!("{:.2} ms", median.as_secs_f64() * 1e3)
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

async fn open(dir: &Path, counter: &Arc<AtomicU64>) -> Desk {
    let counted = counter.clone();
    let watch: Statement = Arc::new(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let url = format!("sqlite:{}", dir.join("recto.db").display());
    let desk = Desk {
        store: Store::open(&url, Some(watch)).await.unwrap(),
        published: Follower::open(&dir.join(PUBLIC_FILE)).await.unwrap(),
        drafts: Follower::open(&dir.join(DRAFTS_FILE)).await.unwrap(),
        clock: Clock::system(),
    };
    set_up(&desk, "Centre", "https://www.example.org", "Europe/London").await.unwrap();
    desk
}

async fn close(desk: Desk) {
    desk.published.close().await;
    desk.drafts.close().await;
    desk.store.close().await;
}

/// A new item with these fields, as they would be typed.
fn item(desk: &Desk, content_type: &str, fields: &[(&str, &str)]) -> Item {
    let mut item = Item::new(by_name(content_type).unwrap(), Id::new(desk.clock.now()));
    for (name, typed) in fields {
        let kind = item.content_type.field(name).unwrap().kind;
        item.set(name, text::parse(&kind, typed).unwrap());
    }
    item
}

async fn keep(desk: &Desk, items: Vec<Item>) -> Vec<Id> {
    let ids: Vec<Id> = items.iter().map(|item| item.id).collect();
    let user = User::system();
    for batch in items.chunks(BATCH) {
        let edits: Vec<Edit> = batch.iter().cloned().map(Edit::new).collect();
        save(desk, &user, &edits).await.unwrap();
        let ids: Vec<Id> = batch.iter().map(|item| item.id).collect();
        publish(desk, &user, ids[0], None, &ids[1..]).await.unwrap();
    }
    ids
}

async fn build(desk: &Desk) -> Vec<Id> {
    let types = desk.lists().search("Board report", 1).await.unwrap();
    let kind: Id = types[0].id.parse().unwrap();
    let themes = (1..=THEMES).map(|number| {
        item(
            desk,
            "theme",
            &[("number", &number.to_string()), ("title", &format!("Theme about subject {number}"))],
        )
    });
    let themes = keep(desk, themes.collect()).await;
    let people = (0..PEOPLE).map(|number| {
        item(
            desk,
            "person",
            &[("given_names", "Ada"), ("family_name", &format!("Family{number}")), ("standing", "current")],
        )
    });
    let people = keep(desk, people.collect()).await;
    let body = "<p>What is asked, how it is answered, and with whom.</p>".repeat(20);
    let projects = (0..PROJECTS).map(|number| {
        let (theme, within) = (number % THEMES, number / THEMES + 1);
        let code = format!("{}.{within:02}", theme + 1);
        let title = format!("Project {number} on organisational matters");
        let mut project = item(
            desk,
            "project",
            &[("code", &code), ("title", &title), ("status", "active"), ("body", &body)],
        );
        project.set("theme", Value::One(themes[theme]));
        let member = |at: usize| Row {
            target: Some(people[at % PEOPLE]),
            values: vec![Value::Text("Researcher".into())],
        };
        project.set("team", Value::Many(vec![member(number), member(number + 7), member(number + 19)]));
        project
    });
    let projects = keep(desk, projects.collect()).await;
    let outputs = (0..OUTPUTS).map(|number| {
        let year = (1990 + number % 36).to_string();
        let title = format!("Output {number}: a report on learning, leadership and blame");
        let fields =
            [("title", title.as_str()), ("year", &year), ("availability", "on_request"), ("note", "Ask us")];
        let mut output = item(desk, "output", &fields);
        output.set("type", Value::One(kind));
        let author = |at: usize, lead: bool| Row {
            target: Some(people[at % PEOPLE]),
            values: vec![Value::Text(format!("Family{}, A", at % PEOPLE)), Value::Flag(lead)],
        };
        output.set("authors", Value::Many(vec![author(number, true), author(number + 13, false)]));
        let place = GAP * i64::try_from(number / PROJECTS + 1).unwrap();
        let row = Row { target: Some(projects[number % PROJECTS]), values: vec![Value::Integer(place)] };
        output.set("projects", Value::Many(vec![row]));
        output
    });
    keep(desk, outputs.collect()).await
}

/// What is measured on the open desk.
struct Bench {
    desk: Desk,
    counter: Arc<AtomicU64>,
}

impl Bench {
    /// Statements so far, on the editorial database and by readers of both read stores.
    fn statements(&self) -> u64 {
        let readers = self.desk.lists().statements() + self.desk.published.reader().statements();
        self.counter.load(Ordering::Relaxed) + readers
    }

    async fn save_and_publish(&self, outputs: &[Id]) {
        let user = User::system();
        let output = by_name("output").unwrap();
        let (mut saves, mut publications, mut counts) = (Vec::new(), Vec::new(), (0, 0));
        for (number, id) in outputs.iter().step_by(OUTPUTS / 100).enumerate() {
            let stored = self.desk.store.items(output, &[*id]).await.unwrap().remove(0);
            let mut changed = stored.item.clone();
            changed.set("note", Value::Text(format!("Changed {number}")));
            let (before, begun) = (self.statements(), Instant::now());
            save(&self.desk, &user, &[Edit::of(&stored, changed)]).await.unwrap();
            saves.push(begun.elapsed());
            let (between, begun) = (self.statements(), Instant::now());
            publish(&self.desk, &user, *id, None, &[]).await.unwrap();
            publications.push(begun.elapsed());
            counts = (between - before, self.statements() - between);
        }
        row("save an output", median(saves), "15 ms", Some(counts.0));
        row("publish it, read stores included", median(publications), "25 ms", Some(counts.1));
    }

    async fn get(&self, router: &Router, path: &str, cookie: Option<&str>) -> (Duration, u64) {
        let mut request = Request::get(path);
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::empty()).unwrap();
        let (before, begun) = (self.statements(), Instant::now());
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.into_body().collect().await.unwrap();
        (begun.elapsed(), self.statements() - before)
    }

    async fn admin_lists(&self, admin: &(Router, String)) {
        let (router, cookie) = admin;
        let mut paths: Vec<(String, String)> = TYPES
            .into_iter()
            .filter(|content_type| !content_type.single)
            .map(|one| (format!("admin: list of {}", one.plural), format!("/admin/{}", one.plural)))
            .collect();
        paths.push(("admin: outputs, searched".into(), "/admin/outputs?q=leadership+blame".into()));
        paths.push(("admin: outputs, the last page".into(), "/admin/outputs?page=200".into()));
        paths.push(("admin: dashboard".into(), "/admin/".into()));
        for (what, path) in paths {
            let (mut times, mut statements, begun) = (Vec::new(), 0, Instant::now());
            // What is far too slow is known after a few seconds.
            while times.len() < 15 && begun.elapsed() < Duration::from_secs(3) {
                let (time, count) = self.get(router, &path, Some(cookie)).await;
                times.push(time);
                statements = count;
            }
            row(&what, median(times), "30 ms", Some(statements));
        }
    }

    /// Each project once, so that none is answered from memory.
    async fn project_pages(&self) {
        let store = self.desk.published.reader().clone();
        let router = recto::api::router(store, ApiConfig::default(), self.desk.clock.clone());
        let (mut times, mut again, mut statements) = (Vec::new(), Vec::new(), 0);
        for number in 0..PROJECTS {
            let path = format!("/api/v1/projects/{}.{:02}", number % THEMES + 1, number / THEMES + 1);
            let (time, count) = self.get(&router, &path, None).await;
            times.push(time);
            statements = count;
            again.push(self.get(&router, &path, None).await.0);
        }
        row("API: a project's page with 50 outputs, cold", median(times), "1 ms", Some(statements));
        row("API: the same again", median(again), "", None);
    }
}

/// The admin's router, and the cookie of somebody signed in to it.
async fn signed_in(desk: &Desk) -> (Router, String) {
    let passwords = Passwords::with_params(argon2::Params::new(8, 1, 1, None).unwrap());
    let accounts = Accounts::new(desk.store.clone(), desk.clock.clone(), passwords);
    let password = "wandering-otter-lantern-91";
    let role = "administrator";
    let secret = SecretString::from(password);
    accounts.add_with_password(&User::system(), "ada@example.org", "Ada", role, secret).await.unwrap();
    let settings = recto::admin::Settings::default();
    let router = recto::admin::router(recto::admin::State { desk: desk.clone(), accounts, settings });
    let request = Request::post("/admin/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("email=ada%40example.org&password={password}")))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let cookie =
        response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    (router, cookie)
}

fn config(dir: &Path) -> Config {
    let flags = vec![("data_dir", dir.display().to_string())];
    Config::load(&Layers { flags, ..Layers::default() }).unwrap()
}

/// Starting on the filled directory: the library's part, and the program until it has answered.
async fn start(dir: &Path) {
    let mut times = Vec::new();
    for _ in 0..7 {
        let begun = Instant::now();
        let parts = Parts::open(&config(dir), Clock::system()).await.unwrap();
        times.push(begun.elapsed());
        parts.close().await;
    }
    row("start: databases opened", median(times), "200 ms", None);
    let mut times = Vec::new();
    let mut memory = 0;
    for number in 0..7 {
        let begun = Instant::now();
        let mut running = Running::start(dir);
        running.ask("/api/v1/projects/3.07");
        times.push(begun.elapsed());
        if number == 6 {
            std::thread::sleep(Duration::from_secs(4));
            memory = running.anonymous_memory();
        }
    }
    row("start: the program until its first answer", median(times), "200 ms", None);
    println!(
        "{:<46}{:>12}{:>14}",
        "anonymous memory, idle",
        format!("{:.1} MB", memory as f64 / 1e6),
        "60 MB"
    );
}

struct Running {
    child: Child,
    host: String,
}

impl Running {
    fn start(dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_recto"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(dir)
            .stdout(Stdio::piped())
            .env("RECTO_LOG", "warn")
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let api = lines.map_while(Result::ok).find(|line| line.starts_with("API:")).unwrap();
        let host = api.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Self { child, host }
    }

    fn ask(&mut self, path: &str) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\nhost: a\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(" 200 "), "{answer}");
    }

    /// Bytes that belong to the process alone: files mapped into it can be dropped at any time.
    fn anonymous_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or("0 kB");
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) * 1_024
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn demo() {
    let dir = tempfile::tempdir().unwrap();
    let parts = Parts::open(&config(dir.path()), Clock::system()).await.unwrap();
    let begun = Instant::now();
    recto::cli::demo::load(&parts.desk).await.unwrap();
    row("the demonstration's content loaded", begun.elapsed(), "5,000 ms", None);
    parts.close().await;
}
