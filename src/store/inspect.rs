//! What a database is before it is opened: which migrations it has had. It must not change what it says,
//! nor make one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{ConnectOptions as _, Connection as _};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbErr, Statement, TryGetable,
};
use sea_orm_migration::MigratorTrait as _;

use super::Store;
use super::publication::without_right;
use crate::error::{Error, Result};

/// How long a server is waited for that does not answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The migrations of a database, held against those of this release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// Those it has not had; all of them where it is new.
    pub pending: Vec<String>,
    /// Those it has had that this release does not know: it belongs to a newer one.
    pub unknown: Vec<String>,
    /// Whether it has had none and holds no content's tables: nothing was ever in it.
    pub is_new: bool,
    /// Which database it is, where it has been given an id.
    pub identity: Option<String>,
    /// How many people have an account.
    pub accounts: i64,
    /// How many items there are.
    pub items: i64,
    /// When one of them was last changed, as the database writes it.
    pub newest: Option<String>,
}

impl Inspection {
    /// Whether nobody has made anything in it: it is new, or has its tables and no more, as where a backup was being
    /// put back.
    #[must_use]
    pub const fn is_bare(&self) -> bool {
        self.is_new || self.accounts == 0 && self.items == 0 && self.unknown.is_empty()
    }
}

/// Looks at the database that `url` names without changing it.
///
/// # Errors
/// Where it cannot be reached, or its file is none.
pub async fn inspect(url: &str) -> Result<Inspection> {
    let mut options = match url.strip_prefix("sqlite:") {
        Some(_) => ConnectOptions::new("sqlite::memory:"),
        None => ConnectOptions::new(url),
    };
    options.max_connections(1).acquire_timeout(PATIENCE).sqlx_logging(false);
    if let Some(file) = url.strip_prefix("sqlite:") {
        let file = Path::new(file.trim_start_matches("//")).to_owned();
        roll_back(&file).await?;
        options.map_sqlx_sqlite_opts(move |_| SqliteConnectOptions::new().filename(&file).read_only(true));
    }
    let db = Database::connect(options).await?;
    let had = match had(&db).await {
        Ok(had) => had,
        // A database without that table is new; one that does not answer is an error all the same.
        Err(_) => {
            db.query_one_raw(Statement::from_string(db.get_database_backend(), "SELECT 1")).await?;
            Vec::new()
        }
    };
    // Tables that are not there yet hold nothing.
    let identity: Option<String> = first(&db, "SELECT id AS value FROM identity").await;
    let accounts: Option<i64> = first(&db, "SELECT count(*) AS value FROM account").await;
    let items: Option<i64> = first(&db, "SELECT count(*) AS value FROM item").await;
    let newest: Option<String> = first(&db, "SELECT CAST(max(updated_at) AS TEXT) AS value FROM item").await;
    // What is left is closed with the process.
    let _ = db.close().await;
    let is_new = had.is_empty() && items.is_none();
    let (pending, unknown) = held_against_ours(had);
    Ok(Inspection {
        is_new,
        items: items.unwrap_or(0),
        newest,
        identity,
        accounts: accounts.unwrap_or(0),
        pending,
        unknown,
    })
}

/// Lets SQLite take back what a process had begun to write that was killed: who may only read cannot look past it.
/// That is the case while the file has no write-ahead log yet, or none at the moment.
async fn roll_back(file: &Path) -> Result<()> {
    let mut journal = file.as_os_str().to_owned();
    journal.push("-journal");
    if std::fs::metadata(PathBuf::from(journal)).map_or(true, |found| found.len() == 0) {
        return Ok(());
    }
    let mut db = SqliteConnectOptions::new().filename(file).connect().await?;
    // Looked at by whoever may write, it is done.
    let looked = sea_orm::sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut db).await;
    // What is left is closed with the process.
    let _ = db.close().await;
    looked?;
    Ok(())
}

/// The migrations that a database has had, in their order.
async fn had(db: &DatabaseConnection) -> std::result::Result<Vec<String>, DbErr> {
    let sql = "SELECT version FROM seaql_migrations ORDER BY version";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}

/// Those that are still to come, and those that this release does not know.
fn held_against_ours(had: Vec<String>) -> (Vec<String>, Vec<String>) {
    let known: Vec<String> =
        recto_migrations::Migrator::migrations().iter().map(|one| one.name().to_owned()).collect();
    let pending = known.iter().filter(|one| !had.contains(one)).cloned().collect();
    (pending, had.into_iter().filter(|one| !known.contains(one)).collect())
}

impl Store {
    /// Whether the schema is the one that this release knows. Needs no more than the right to read the names of the
    /// migrations, so that whoever follows the publications can ask, too.
    ///
    /// # Errors
    /// [`Error::Refused`] where it is older or newer, or the names may not be read: says what to do.
    pub async fn is_of_this_release(&self) -> Result<()> {
        let (pending, unknown) = held_against_ours(had(&self.read).await.map_err(without_right)?);
        if !unknown.is_empty() {
            return Err(Error::Refused(format!(
                "The database belongs to a newer release of Recto (it has had {}). Start that release here, too.",
                unknown.join(", ")
            )));
        }
        if !pending.is_empty() {
            return Err(Error::Refused(format!(
                "The database is of an older release: {} is still to be applied. Start ‘recto serve’ of this release on \
                 it first, which brings its schema up to date.",
                pending.join(", ")
            )));
        }
        Ok(())
    }
}

async fn first<T: TryGetable>(db: &DatabaseConnection, sql: &str) -> Option<T> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.ok().flatten()?.try_get("", "value").ok()
}
