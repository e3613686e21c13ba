//! A whole database as a SQLite file, and back into a database of either kind. It must not know what is in the
//! tables: it copies all of those that the schema has.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, IsolationLevel, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _, Value,
};

use super::inspect;
use super::migrate::{connect, copy, migrate};
use crate::error::{Error, Result};

/// How many rows are read at a time.
const ROWS: usize = 500;

/// How many values one statement writes at most (SQLite, SQLITE_MAX_VARIABLE_NUMBER is 32,766).
const VALUES: usize = 20_000;

/// The table that says which steps the schema has had: the copy has had its own.
const STEPS: &str = "seaql_migrations";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Small,
    Flag,
    Moment,
    LocalTime,
    Day,
    Bytes,
}

#[derive(Clone, Debug)]
struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
}

/// Copies the database that `url` names, as it is at one moment and whoever writes meanwhile, into a SQLite file that
/// is not there yet. `told` is told how many rows were copied.
///
/// # Errors
/// Where it cannot be read, or the file not be written.
pub async fn save_as_file(url: &str, to: &Path, told: &(dyn Fn(u64) + Sync)) -> Result<()> {
    if url.starts_with("sqlite:") {
        return copy(url, to).await;
    }
    let target = format!("sqlite:{}", to.display());
    make(to)?;
    migrate(&target, &|_| ()).await?;
    let (source, target) = (connect(url, true).await?, connect(&target, false).await?);
    target.execute_unprepared("PRAGMA foreign_keys = OFF").await?;
    let source_tx =
        source.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?;
    let tables = tables(&source_tx).await?;
    let target_tx = target.begin_with_options(immediate()).await?;
    transfer(&source_tx, &target_tx, &tables, told).await?;
    target_tx.commit().await?;
    target.close().await?;
    Ok(())
}

/// Fills an empty database with what is in such a file. All of it or nothing but the tables.
///
/// # Errors
/// [`Error::Refused`] where there is something in the database already.
pub async fn load_file(from: &Path, url: &str, told: &(dyn Fn(u64) + Sync)) -> Result<()> {
    let source = format!("sqlite:{}", from.display());
    if let Some(file) = url.strip_prefix("sqlite:") {
        return copy(&source, Path::new(file.trim_start_matches("//"))).await;
    }
    if !inspect(url).await?.is_bare() {
        return Err(Error::Refused(
            "There is something in this database already. Make an empty one, and name that.".to_owned(),
        ));
    }
    migrate(url, &|_| ()).await?;
    let (source, target) = (connect(&source, true).await?, connect(url, false).await?);
    let target_tx = target.begin_with_options(immediate()).await?;
    let tables = tables(&target_tx).await?;
    let source_tx = source.begin_with_config(None, None).await?;
    transfer(&source_tx, &target_tx, &in_order(tables, &references(&target_tx).await?)?, told).await?;
    count_on(&target_tx).await?;
    target_tx.commit().await?;
    Ok(())
}

/// A transaction that writes from its beginning: nobody else writes into what is filled.
fn immediate() -> TransactionOptions {
    let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
    TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() }
}

/// Makes an empty file for its owner alone.
fn make(file: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    made.map(drop).map_err(|error| Error::Refused(format!("{} cannot be made: {error}.", file.display())))
}

/// The tables of a PostgreSQL database, which says what each column holds.
async fn tables(db: &DatabaseTransaction) -> Result<Vec<Table>> {
    let sql = "SELECT table_name::text AS table_name, column_name::text AS column_name, data_type::text AS data_type \
               FROM information_schema.columns WHERE table_schema = current_schema() \
               ORDER BY table_name, ordinal_position";
    let mut tables: BTreeMap<String, Vec<(String, Kind)>> = BTreeMap::new();
    for row in db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await? {
        let (table, column, kind): (String, String, String) =
            (row.try_get("", "table_name")?, row.try_get("", "column_name")?, row.try_get("", "data_type")?);
        let kind = match kind.as_str() {
            "text" | "character varying" => Kind::Text,
            "bigint" => Kind::Number,
            "integer" => Kind::Small,
            "boolean" => Kind::Flag,
            "timestamp with time zone" => Kind::Moment,
            "timestamp without time zone" => Kind::LocalTime,
            "date" => Kind::Day,
            "bytea" => Kind::Bytes,
            other => return Err(Error::internal(format!("{table}.{column} is {other}"))),
        };
        if table != STEPS {
            tables.entry(table).or_default().push((column, kind));
        }
    }
    Ok(tables.into_iter().map(|(name, columns)| Table { name, columns }).collect())
}

/// Lets numbers that the database gives go on after those that were copied.
async fn count_on(db: &DatabaseTransaction) -> Result<()> {
    let sql = "SELECT table_name::text AS table_name, column_name::text AS column_name \
               FROM information_schema.columns WHERE table_schema = current_schema() \
               AND (is_identity = 'YES' OR column_default LIKE 'nextval(%')";
    for row in db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await? {
        let (table, column): (String, String) =
            (row.try_get("", "table_name")?, row.try_get("", "column_name")?);
        db.execute_unprepared(&format!(
            "SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), \
             coalesce((SELECT max(\"{column}\") FROM \"{table}\"), 1), \
             EXISTS (SELECT 1 FROM \"{table}\"))"
        ))
        .await?;
    }
    Ok(())
}

/// Which table refers to which, by foreign keys.
async fn references(db: &DatabaseTransaction) -> Result<Vec<(String, String)>> {
    let sql = "SELECT conrelid::regclass::text AS source, confrelid::regclass::text AS target \
               FROM pg_constraint WHERE contype = 'f'";
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "source")?, row.try_get("", "target")?))).collect()
}

/// The tables so that each comes after those that it refers to.
fn in_order(mut left: Vec<Table>, references: &[(String, String)]) -> Result<Vec<Table>> {
    let mut ordered: Vec<Table> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waiting: HashSet<String> = left.iter().map(|table| table.name.clone()).collect();
        let waits = |table: &Table| {
            references
                .iter()
                .any(|(source, target)| *source == table.name && target != source && waiting.contains(target))
        };
        let (later, now): (Vec<_>, Vec<_>) = left.into_iter().partition(waits);
        if now.is_empty() {
            return Err(Error::internal("tables refer to each other in a circle"));
        }
        ordered.extend(now);
        left = later;
    }
    Ok(ordered)
}

/// Copies all rows of all tables.
async fn transfer(
    source: &DatabaseTransaction,
    target: &DatabaseTransaction,
    tables: &[Table],
    told: &(dyn Fn(u64) + Sync),
) -> Result<()> {
    // What the steps of the schema have written: another id, for one.
    for table in tables.iter().rev() {
        target.execute(Query::delete().from_table(Alias::new(&table.name))).await?;
    }
    let mut copied = 0;
    for table in tables {
        let mut pages = Pages::open(source, table).await?;
        loop {
            let rows = pages.next(source, table).await?;
            if rows.is_empty() {
                break;
            }
            write(target, table, &rows).await?;
            copied += rows.len() as u64;
            told(copied);
        }
    }
    Ok(())
}

/// A walk through a table: by a cursor on PostgreSQL, by rowid on SQLite.
enum Pages {
    Cursor(String),
    Rowid(i64),
}

impl Pages {
    async fn open(db: &DatabaseTransaction, table: &Table) -> Result<Self> {
        if db.get_database_backend() == DbBackend::Sqlite {
            return Ok(Self::Rowid(i64::MIN));
        }
        let cursor = format!("pages_of_{}", table.name);
        db.execute_unprepared(&format!("DECLARE \"{cursor}\" CURSOR FOR SELECT * FROM \"{}\"", table.name))
            .await?;
        Ok(Self::Cursor(cursor))
    }

    async fn next(&mut self, db: &DatabaseTransaction, table: &Table) -> Result<Vec<QueryResult>> {
        let sql = match self {
            Self::Cursor(cursor) => format!("FETCH {ROWS} FROM \"{cursor}\""),
            Self::Rowid(last) => format!(
                "SELECT rowid AS rowid_of_page, * FROM \"{}\" WHERE rowid > {last} ORDER BY rowid LIMIT {ROWS}",
                table.name
            ),
        };
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        if let (Self::Rowid(last), Some(row)) = (self, rows.last()) {
            *last = row.try_get("", "rowid_of_page")?;
        }
        Ok(rows)
    }
}

fn value(row: &QueryResult, column: &str, kind: Kind) -> Result<Value> {
    Ok(match kind {
        Kind::Text => row.try_get::<Option<String>>("", column)?.into(),
        Kind::Number => row.try_get::<Option<i64>>("", column)?.into(),
        Kind::Small => row.try_get::<Option<i32>>("", column)?.into(),
        Kind::Flag => row.try_get::<Option<bool>>("", column)?.into(),
        Kind::Moment => row.try_get::<Option<DateTime<Utc>>>("", column)?.into(),
        Kind::LocalTime => row.try_get::<Option<NaiveDateTime>>("", column)?.into(),
        Kind::Day => row.try_get::<Option<NaiveDate>>("", column)?.into(),
        Kind::Bytes => row.try_get::<Option<Vec<u8>>>("", column)?.into(),
    })
}

async fn write(target: &DatabaseTransaction, table: &Table, rows: &[QueryResult]) -> Result<()> {
    let most = (VALUES / table.columns.len().max(1)).max(1);
    for part in rows.chunks(most) {
        let mut insert = Query::insert();
        insert.into_table(Alias::new(&table.name));
        insert.columns(table.columns.iter().map(|(name, _)| Alias::new(name)));
        for row in part {
            let values: Vec<Value> =
                table.columns.iter().map(|(name, kind)| value(row, name, *kind)).collect::<Result<_>>()?;
            insert.values(values.into_iter().map(Expr::value)).map_err(Error::internal)?;
        }
        target.execute(&insert).await?;
    }
    Ok(())
}
