//! An item as JSON, whole and private: what a revision keeps. It must read what any earlier
//! release wrote: unknown names are left aside, missing ones read as 'not given'.

use serde_json::{Map, Value as Json, json};

use super::parsed::{Html, Upload, parse_date, parse_wall_time};
use super::{ContentType, Field, Id, Item, Kind, Row, Value};

/// The item as JSON, fields in the order of their declaration, ungiven ones left out.
#[must_use]
pub fn write(item: &Item) -> Json {
    let mut map = Map::new();
    map.insert("slug".to_owned(), json!(item.slug));
    write_values(&mut map, item.content_type.fields, &item.values);
    Json::Object(map)
}

fn write_values(map: &mut Map<String, Json>, fields: &[Field], values: &[Value]) {
    for (field, value) in fields.iter().zip(values) {
        if !value.is_none() {
            map.insert(field.name.to_owned(), write_value(field, value));
        }
    }
}

fn write_value(field: &Field, value: &Value) -> Json {
    match value {
        Value::Integer(number) => json!(number),
        Value::Flag(flag) => json!(flag),
        Value::Many(rows) => rows
            .iter()
            .map(|row| {
                let mut map = Map::new();
                if let Some(target) = row.target {
                    map.insert("id".to_owned(), json!(target.to_string()));
                }
                write_values(&mut map, field.columns(), &row.values);
                Json::Object(map)
            })
            .collect(),
        other => Json::String(super::text::print(other)),
    }
}

/// Takes the links to items out that are gone for good: a row that may stand without one stays, another goes. What
/// this release does not know stays as it is. Says whether there were any.
pub fn unlink(content_type: &ContentType, json: &mut Json, gone: &[String]) -> bool {
    let is_gone =
        |id: Option<&Json>| id.and_then(Json::as_str).is_some_and(|id| gone.iter().any(|one| one == id));
    let Some(map) = json.as_object_mut() else { return false };
    let mut changed = false;
    for field in content_type.fields {
        match field.kind {
            Kind::One { .. } if is_gone(map.get(field.name)) => {
                map.shift_remove(field.name);
                changed = true;
            }
            Kind::Many { free, .. } => {
                let Some(rows) = map.get_mut(field.name).and_then(Json::as_array_mut) else { continue };
                changed |= rows.iter().any(|row| is_gone(row.get("id")));
                rows.retain(|row| free || !is_gone(row.get("id")));
                for row in
                    rows.iter_mut().filter_map(Json::as_object_mut).filter(|row| is_gone(row.get("id")))
                {
                    row.shift_remove("id");
                }
            }
            _ => {}
        }
    }
    changed
}

/// The item that [`write()`] wrote.
#[must_use]
pub fn read(content_type: &'static ContentType, id: Id, json: &Json) -> Item {
    Item {
        content_type,
        id,
        slug: json.get("slug").and_then(Json::as_str).unwrap_or_default().to_owned(),
        values: read_values(content_type.fields, json),
    }
}

fn read_values(fields: &[Field], json: &Json) -> Vec<Value> {
    fields
        .iter()
        .map(|field| {
            let found = json.get(field.name).and_then(|json| read_value(field, json));
            found.unwrap_or_else(|| Value::empty(&field.kind))
        })
        .collect()
}

fn read_value(field: &Field, json: &Json) -> Option<Value> {
    Some(match field.kind {
        Kind::Integer(..) | Kind::Position | Kind::Year => Value::Integer(json.as_i64()?),
        Kind::Flag => Value::Flag(json.as_bool()?),
        // Sanitised again: a snapshot may be older than the rules.
        Kind::Html => Value::Html(Html::kept(json.as_str()?)),
        Kind::Date => Value::Date(parse_date(json.as_str()?).ok()?),
        Kind::WallTime => Value::Time(parse_wall_time(json.as_str()?).ok()?),
        Kind::One { .. } => Value::One(json.as_str()?.parse().ok()?),
        // Earlier releases kept an address of a file that was elsewhere.
        Kind::File => Value::Text(json.as_str()?.parse::<Upload>().ok()?.to_string().into()),
        Kind::Many { columns, .. } => Value::Many(
            json.as_array()?
                .iter()
                .map(|row| Row {
                    target: row.get("id").and_then(Json::as_str).and_then(|id| id.parse().ok()),
                    values: read_values(columns, row),
                })
                .collect(),
        ),
        _ => Value::Text(json.as_str()?.into()),
    })
}
