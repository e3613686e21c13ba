//! Working rows: an item's values in its typed table and its rows' tables, read and written from
//! the declarations. It must not touch the `item` table.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Iden, Order, Query};
use sea_orm::{ConnectionTrait, QueryResult, Value as Sql};

use crate::content::parsed::Html;
use crate::content::{ContentType, Field, Id, Item, Kind, Row, Value};
use crate::error::{Error, Result};

/// How many ids one statement names at most: SQLite binds 32,766 values, PostgreSQL 65,535.
const CHUNK: usize = 10_000;

fn name(text: &str) -> Alias {
    Alias::new(text)
}

/// The table of a field's rows.
fn rows_table(content_type: &ContentType, field: &Field) -> Alias {
    name(&format!("{}_{}", content_type.name, field.name))
}

/// The fields that are columns of the type's own table.
fn columns(content_type: &ContentType) -> impl Iterator<Item = (usize, &'static Field)> {
    content_type.fields.iter().enumerate().filter(|(_, field)| !matches!(field.kind, Kind::Many { .. }))
}

fn to_sql(field: &Field, value: &Value) -> Sql {
    match (&field.kind, value) {
        (_, Value::Text(text)) => text.to_string().into(),
        (_, Value::Html(html)) => html.as_str().to_owned().into(),
        (_, Value::Integer(number)) => (*number).into(),
        (_, Value::Flag(flag)) => (*flag).into(),
        (_, Value::Date(date)) => (*date).into(),
        (_, Value::Time(time)) => (*time).into(),
        (_, Value::One(id)) => id.to_string().into(),
        (Kind::Integer(..) | Kind::Position | Kind::Year, _) => Sql::BigInt(None),
        (Kind::Flag, _) => false.into(),
        (Kind::Date, _) => Sql::ChronoDate(None),
        (Kind::WallTime, _) => Sql::ChronoDateTime(None),
        _ => Sql::String(None),
    }
}

fn from_sql(field: &Field, row: &QueryResult) -> Result<Value> {
    let column = field.name;
    let value = match field.kind {
        Kind::Integer(..) | Kind::Position | Kind::Year => {
            row.try_get::<Option<i64>>("", column)?.map(Value::Integer)
        }
        Kind::Flag => row.try_get::<Option<bool>>("", column)?.map(Value::Flag),
        Kind::Date => row.try_get::<Option<_>>("", column)?.map(Value::Date),
        Kind::WallTime => row.try_get::<Option<_>>("", column)?.map(Value::Time),
        Kind::One { .. } => {
            row.try_get::<Option<String>>("", column)?.map(|id| id_of(&id)).transpose()?.map(Value::One)
        }
        Kind::Html => row.try_get::<Option<String>>("", column)?.map(|html| Value::Html(Html::stored(html))),
        Kind::Many { .. } => None,
        _ => row.try_get::<Option<String>>("", column)?.map(|text| Value::Text(text.into())),
    };
    Ok(value.unwrap_or_else(|| Value::empty(&field.kind)))
}

/// An id as the database keeps it.
pub(super) fn id_of(text: &str) -> Result<Id> {
    text.parse().map_err(Error::internal)
}

/// The values of these items, by id: one statement for the type's table, one for each kind of row.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    content_type: &'static ContentType,
    ids: &[String],
) -> Result<HashMap<Id, Vec<Value>>> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let mut select = Query::select();
        select.column(name("id")).from(name(content_type.name)).and_where(Expr::col(name("id")).is_in(ids));
        for (_, field) in columns(content_type) {
            select.column(name(field.name));
        }
        for row in db.query_all(&select).await? {
            let values: Result<Vec<Value>> =
                content_type.fields.iter().map(|field| from_sql(field, &row)).collect();
            found.insert(id_of(&row.try_get::<String>("", "id")?)?, values?);
        }
        for (at, field) in content_type.many() {
            let mut select = Query::select();
            select
                .columns([name("owner_id"), name("target_id")])
                .columns(field.columns().iter().map(|column| name(column.name)))
                .from(rows_table(content_type, field))
                .and_where(Expr::col(name("owner_id")).is_in(ids))
                .order_by(name("owner_id"), Order::Asc)
                .order_by(name("place"), Order::Asc);
            for row in db.query_all(&select).await? {
                let owner = id_of(&row.try_get::<String>("", "owner_id")?)?;
                let target = row.try_get::<Option<String>>("", "target_id")?;
                let values: Result<Vec<Value>> =
                    field.columns().iter().map(|column| from_sql(column, &row)).collect();
                let row = Row { target: target.map(|id| id_of(&id)).transpose()?, values: values? };
                if let Some(Value::Many(rows)) = found.get_mut(&owner).and_then(|values| values.get_mut(at)) {
                    rows.push(row);
                }
            }
        }
    }
    Ok(found)
}

/// Writes a new item's values.
pub(super) async fn insert(db: &impl ConnectionTrait, item: &Item) -> Result<()> {
    let mut insert = Query::insert();
    insert.into_table(name(item.content_type.name));
    let mut into = vec![name("id")];
    let mut values: Vec<Expr> = vec![item.id.to_string().into()];
    for (at, field) in columns(item.content_type) {
        if let Some(value) = item.values.get(at) {
            into.push(name(field.name));
            values.push(Expr::val(to_sql(field, value)));
        }
    }
    insert.columns(into).values(values).map_err(Error::internal)?;
    db.execute(&insert).await?;
    for (at, field) in item.content_type.many() {
        if let Some(Value::Many(rows)) = item.values.get(at) {
            insert_rows(db, item, field, rows).await?;
        }
    }
    Ok(())
}

/// Writes what differs from `before`.
pub(super) async fn update(db: &impl ConnectionTrait, before: &Item, item: &Item) -> Result<()> {
    let changed = |at: usize| before.values.get(at) != item.values.get(at);
    let mut update = Query::update();
    update.table(name(item.content_type.name)).and_where(Expr::col(name("id")).eq(item.id.to_string()));
    let mut any = false;
    for (at, field) in columns(item.content_type).filter(|(at, _)| changed(*at)) {
        if let Some(value) = item.values.get(at) {
            update.value(name(field.name), to_sql(field, value));
            any = true;
        }
    }
    if any {
        db.execute(&update).await?;
    }
    for (at, field) in item.content_type.many().filter(|(at, _)| changed(*at)) {
        let mut delete = Query::delete();
        delete
            .from_table(rows_table(item.content_type, field))
            .and_where(Expr::col(name("owner_id")).eq(item.id.to_string()));
        db.execute(&delete).await?;
        if let Some(Value::Many(rows)) = item.values.get(at) {
            insert_rows(db, item, field, rows).await?;
        }
    }
    Ok(())
}

async fn insert_rows(db: &impl ConnectionTrait, item: &Item, field: &Field, rows: &[Row]) -> Result<()> {
    for (chunk, first) in rows.chunks(500).zip((0_i64..).step_by(500)) {
        let mut insert = Query::insert();
        insert.into_table(rows_table(item.content_type, field)).columns(
            [name("owner_id"), name("place"), name("target_id")]
                .into_iter()
                .chain(field.columns().iter().map(|column| name(column.name))),
        );
        for (row, place) in chunk.iter().zip(first..) {
            let target = Sql::String(row.target.map(|id| id.to_string()));
            let mut values: Vec<Expr> = vec![item.id.to_string().into(), place.into(), Expr::val(target)];
            values.extend(
                field
                    .columns()
                    .iter()
                    .zip(&row.values)
                    .map(|(column, value)| Expr::val(to_sql(column, value))),
            );
            insert.values(values).map_err(Error::internal)?;
        }
        db.execute(&insert).await?;
    }
    Ok(())
}

/// The item of the same type that holds this value in this field, other than `except`.
pub(super) async fn holder(
    db: &impl ConnectionTrait,
    content_type: &ContentType,
    field: &Field,
    value: &Value,
    except: Option<Id>,
) -> Result<Option<String>> {
    let mut select = Query::select();
    select
        .column(name("id"))
        .from(name(content_type.name))
        .and_where(Expr::col(name(field.name)).eq(Expr::val(to_sql(field, value))));
    if let Some(except) = except {
        select.and_where(Expr::col(name("id")).ne(except.to_string()));
    }
    Ok(db.query_one(&select).await?.map(|row| row.try_get("", "id")).transpose()?)
}

/// Which items of the type hold one of these texts in a field that must be unique.
pub(super) async fn holders(
    db: &impl ConnectionTrait,
    content_type: &ContentType,
    field: &Field,
    texts: &[String],
) -> Result<HashMap<String, String>> {
    let mut found = HashMap::new();
    for texts in texts.chunks(CHUNK) {
        let mut select = Query::select();
        select
            .columns([name("id"), name(field.name)])
            .from(name(content_type.name))
            .and_where(Expr::col(name(field.name)).is_in(texts));
        for row in db.query_all(&select).await? {
            found.insert(row.try_get("", field.name)?, row.try_get("", "id")?);
        }
    }
    Ok(found)
}

/// The items of type `from` whose `field` links to one of these, each with what it links to.
pub(super) async fn linking_to(
    db: &impl ConnectionTrait,
    from: &ContentType,
    field: &Field,
    to: &[String],
) -> Result<Vec<(String, String)>> {
    let (owner, target, table) = match field.kind {
        Kind::Many { .. } => ("owner_id", "target_id", rows_table(from, field)),
        _ => ("id", field.name, name(from.name)),
    };
    let mut found = Vec::new();
    for to in to.chunks(CHUNK) {
        let mut select = Query::select();
        select
            .expr_as(Expr::col(name(owner)), name("owner_id"))
            .expr_as(Expr::col(name(target)), name("target_id"))
            .from(table.clone())
            .and_where(Expr::col(name(target)).is_in(to));
        for row in db.query_all(&select).await? {
            found.push((row.try_get("", "owner_id")?, row.try_get("", "target_id")?));
        }
    }
    Ok(found)
}

/// The items of type `from` whose `field` links to `to`, with the place that each gives itself.
pub(super) async fn linking(
    db: &impl ConnectionTrait,
    from: &ContentType,
    field: &Field,
    to: &str,
) -> Result<Vec<String>> {
    let mut select = Query::select();
    if let Kind::Many { columns, .. } = field.kind {
        let table = rows_table(from, field);
        select.column(name("owner_id")).from(table).and_where(Expr::col(name("target_id")).eq(to));
        if columns.iter().any(|column| column.name == "position") {
            select.order_by(name("position"), Order::Asc);
        }
        select.order_by(name("owner_id"), Order::Asc);
    } else {
        select
            .expr_as(Expr::col(name("id")), name("owner_id"))
            .from(name(from.name))
            .and_where(Expr::col(name(field.name)).eq(to))
            .order_by(name("id"), Order::Asc);
    }
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| Ok(row.try_get("", "owner_id")?)).collect()
}

/// The columns of a table as the database has them; for the test that holds declarations and
/// tables together.
pub(super) async fn table_columns(db: &impl ConnectionTrait, table: &str) -> Result<Vec<String>> {
    let statement = sea_orm::Statement::from_string(
        db.get_database_backend(),
        match db.get_database_backend() {
            sea_orm::DbBackend::Sqlite => {
                format!("SELECT name FROM pragma_table_info('{}')", name(table).unquoted())
            }
            _ => format!(
                "SELECT column_name::text AS name FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = '{}'",
                name(table).unquoted()
            ),
        },
    );
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok(row.try_get("", "name")?)).collect()
}
