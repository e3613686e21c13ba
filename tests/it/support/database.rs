//! A database per test: a migrated template is made once per process and copied.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use chrono::{TimeZone as _, Utc};
use recto::clock::Clock;
use recto::editing::Desk;
use recto::published::Follower;
use recto::store::{Statement, Store};
use sea_orm::{ConnectionTrait as _, Database};
use tokio::sync::OnceCell;

/// Where a test's editorial database lives.
#[derive(Clone, Debug, PartialEq)]
pub enum Backend {
    Sqlite,
    /// The server's address, without database.
    Postgres(String),
}

/// The backends to run a test's body on: SQLite always, PostgreSQL where `RECTO_TEST_POSTGRES`
/// names a server.
pub fn backends() -> Vec<Backend> {
    let mut backends = vec![Backend::Sqlite];
    match std::env::var("RECTO_TEST_POSTGRES") {
        Ok(url) => backends.push(Backend::Postgres(url.trim_end_matches('/').to_owned())),
        Err(_) if std::env::var_os("CI").is_some() => panic!("RECTO_TEST_POSTGRES must name a server in CI"),
        Err(_) => {
            static SAID: std::sync::Once = std::sync::Once::new();
            SAID.call_once(|| eprintln!("SKIPPED: tests on PostgreSQL; set RECTO_TEST_POSTGRES to run them"));
        }
    }
    backends
}

static NUMBER: AtomicU32 = AtomicU32::new(0);
static SQLITE: OnceCell<tempfile::TempDir> = OnceCell::const_new();
static POSTGRES: OnceCell<String> = OnceCell::const_new();

/// A desk over a database of its own.
pub struct TestDesk {
    pub desk: Desk,
    pub dir: Arc<tempfile::TempDir>,
    pub url: String,
}

/// How many statements were sent to an editorial database.
#[derive(Default)]
pub struct Statements(Arc<AtomicU64>);

impl Statements {
    /// So far.
    pub fn sent(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl std::ops::Deref for TestDesk {
    type Target = Desk;
    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl TestDesk {
    /// An empty database with the site and its vocabularies, on a held clock.
    pub async fn new(backend: &Backend) -> Self {
        Self::watched(backend, None).await
    }

    /// A place for a database that is brought there from elsewhere; its own is not to be used.
    pub async fn empty(backend: &Backend) -> Self {
        let made = Self::new(&Backend::Sqlite).await;
        let url = match backend {
            Backend::Sqlite => made.url.clone(),
            Backend::Postgres(server) => {
                let name =
                    format!("recto_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
                let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
                admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
                admin.close().await.unwrap();
                format!("{server}/{name}")
            }
        };
        Self { url, ..made }
    }

    /// The same, its statements counted.
    pub async fn counted(backend: &Backend) -> (Self, Statements) {
        let statements = Statements::default();
        let sent = statements.0.clone();
        let watch: Statement = Arc::new(move |_| {
            sent.fetch_add(1, Ordering::SeqCst);
        });
        (Self::watched(backend, Some(watch)).await, statements)
    }

    /// The same, each statement told to `watch`.
    pub async fn watched(backend: &Backend, watch: Option<Statement>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = match backend {
            Backend::Sqlite => {
                let template = SQLITE
                    .get_or_init(|| async {
                        let dir = tempfile::tempdir().unwrap();
                        let url = format!("sqlite:{}", dir.path().join("template.db").display());
                        Store::open(&url, None).await.unwrap().close().await;
                        dir
                    })
                    .await;
                let file = dir.path().join("recto.db");
                std::fs::copy(template.path().join("template.db"), &file).unwrap();
                format!("sqlite:{}", file.display())
            }
            Backend::Postgres(server) => postgres(server).await,
        };
        let clock = Clock::held(Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap());
        let desk = open(&url, dir.path().to_owned(), clock, watch).await;
        recto::editing::set_up(&desk, "Test centre", "https://www.example.org", "Europe/London")
            .await
            .unwrap();
        Self { desk, dir: Arc::new(dir), url }
    }
}

/// Opens a desk over an existing database, read stores in `dir`.
pub async fn open(url: &str, dir: PathBuf, clock: Clock, watch: Option<Statement>) -> Desk {
    let desk = Desk {
        store: Store::open(url, watch).await.unwrap(),
        published: Follower::open(&dir.join("public.db")).await.unwrap(),
        drafts: Follower::open(&dir.join("drafts.db")).await.unwrap(),
        media: recto::media::Library::open(&dir.join("media"), recto::media::Limits::default()).unwrap(),
        clock,
    };
    desk.catch_up(&|_, _| ()).await.unwrap();
    desk
}

/// A new database copied from a migrated one. The server is a test's own; what is left on it goes
/// with it.
async fn postgres(server: &str) -> String {
    static LOCK: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let process = std::process::id();
    let template = POSTGRES
        .get_or_init(|| async {
            let name = format!("recto_template_{process}");
            let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
            admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
            Store::open(&format!("{server}/{name}"), None).await.unwrap().close().await;
            admin.close().await.unwrap();
            name
        })
        .await;
    let name = format!("recto_test_{process}_{}", NUMBER.fetch_add(1, Ordering::SeqCst));
    // PostgreSQL copies a template only while nobody is connected to it.
    let _guard = LOCK.lock().await;
    let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
    admin.close().await.unwrap();
    format!("{server}/{name}")
}
