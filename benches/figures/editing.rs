//! The editors' side, over ten thousand outputs: saving, publishing, pages of the admin, a start.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::content::{PROJECTS, build, close, code, open};
use crate::load::ask;
use crate::program::Running;
use crate::show::{mb, median};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use recto::accounts::{Accounts, Passwords};
use recto::api::ApiConfig;
use recto::app::Parts;
use recto::clock::Clock;
use recto::config::{Config, Layers};
use recto::content::{Id, TYPES, Value, by_name};
use recto::editing::{Desk, Edit, User, publish, save};
use secrecy::SecretString;
use tower::ServiceExt as _;

const OUTPUTS: usize = 10_000;
pub async fn measure() {
    println!("{:<50}{:>12}{:>14}{:>12}", "", "median", "at most", "statements");
    let dir = tempfile::tempdir().unwrap();
    let counter = Arc::new(AtomicU64::new(0));
    let desk = open(dir.path(), &counter).await;
    let begun = Instant::now();
    let outputs = build(&desk, OUTPUTS).await;
    // What a running Recto does in the background.
    while desk.published.prepare(1_000).await.unwrap() > 0 {}
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

/// One figure of the editors' side.
pub fn row(what: &str, median: Duration, at_most: &str, statements: Option<u64>) {
    let statements = statements.map_or_else(String::new, |count| count.to_string());
    println!(
        "{what:<50}{:>12}{at_most:>14}{statements:>12}",
        format!("{:.2} ms", median.as_secs_f64() * 1e3)
    );
}

/// What is measured on the open desk.
pub struct Bench {
    pub desk: Desk,
    pub counter: Arc<AtomicU64>,
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
            changed.set("note", Value::Text(format!("Changed {number}").into()));
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

    /// Asks for a page: how long it took, and how many statements.
    pub async fn get(&self, router: &Router, path: &str, cookie: Option<&str>) -> (Duration, u64) {
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
            let path = format!("/api/v1/projects/{}", code(number));
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
pub async fn signed_in(desk: &Desk) -> (Router, String) {
    let passwords = Passwords::with_params(argon2::Params::new(8, 1, 1, None).unwrap());
    let accounts = Accounts::new(desk.store.clone(), desk.clock.clone(), passwords);
    let password = "wandering-otter-lantern-91";
    let role = "administrator";
    // A directory that is measured again has whoever signed in before.
    let email = format!("ada-{}@example.org", desk.clock.now().timestamp_millis());
    let secret = SecretString::from(password);
    accounts.add_with_password(&User::system(), &email, "Ada", role, secret).await.unwrap();
    let settings = recto::admin::Settings::default();
    let router = recto::admin::router(recto::admin::State {
        desk: desk.clone(),
        accounts,
        settings,
        here: recto::admin::Here::default(),
        pool: recto::admin::DecodePool::default(),
    });
    let request = Request::post("/admin/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("email={}&password={password}", email.replace('@', "%40"))))
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
        let running = Running::recto(dir, &[]);
        ask(running.address, "/api/v1/projects/3.07", "").await;
        times.push(begun.elapsed());
        if number == 6 {
            std::thread::sleep(Duration::from_secs(4));
            memory = running.anonymous_memory();
        }
    }
    row("start: the program until its first answer", median(times), "200 ms", None);
    println!("{:<50}{:>12}{:>14}", "anonymous memory, idle", mb(memory), "60 MB");
}

async fn demo() {
    let dir = tempfile::tempdir().unwrap();
    let parts = Parts::open(&config(dir.path()), Clock::system()).await.unwrap();
    let begun = Instant::now();
    recto::cli::demo::load(&parts.desk).await.unwrap();
    row("the demonstration's content loaded", begun.elapsed(), "5,000 ms", None);
    parts.close().await;
}
