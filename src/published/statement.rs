//! The SQL of lists. Names come from declarations; everything that was typed is bound.

use sqlx::{QueryBuilder, Sqlite};

use super::select::{Cursor, Filter, Order, Scalar, Select};
use super::sync::field;
use super::{schema, search};
use crate::content::Inverse;

/// What a document is made of.
pub(super) const COLUMNS: &str = "document.id, document.object, document.slug, document.path, document.title, \
     (SELECT json FROM source WHERE source.key = document.key) AS json";

fn bind(query: &mut QueryBuilder<Sqlite>, scalar: &Scalar) {
    match scalar {
        Scalar::Integer(number) => query.push_bind(*number),
        Scalar::Text(text) => query.push_bind(text.clone()),
    };
}

fn bind_all<'scalar>(query: &mut QueryBuilder<Sqlite>, scalars: impl Iterator<Item = &'scalar Scalar>) {
    query.push(" IN (");
    for (at, scalar) in scalars.enumerate() {
        if at > 0 {
            query.push(", ");
        }
        bind(query, scalar);
    }
    query.push(")");
}

fn bind_texts(query: &mut QueryBuilder<Sqlite>, texts: &[String]) {
    let scalars: Vec<Scalar> = texts.iter().cloned().map(Scalar::Text).collect();
    bind_all(query, scalars.iter());
}

/// `FROM … WHERE …` of a list, without its cursor. `None` where nothing can match.
fn from(select: &Select, query: &mut QueryBuilder<Sqlite>) -> Option<()> {
    let object = select.content_type.name;
    // What nobody knows, nothing links to.
    let linked = |filter: &Filter| match filter {
        Filter::Link(_, ids) | Filter::Through { ids, .. } => !ids.is_empty(),
        _ => true,
    };
    if !select.filters.iter().all(linked) {
        return None;
    }
    let words = match &select.search {
        Some(typed) => Some(search::expression(typed)?),
        None => None,
    };
    query.push(match words {
        // The words know all that is asked.
        Some(_) if select.is_words_alone() => " FROM words",
        // CROSS JOIN keeps this order (SQLite, Query Planner §9): the words first. The other way
        // round SQLite would search them once for each document.
        Some(_) => " FROM words CROSS JOIN document ON document.key = words.rowid",
        None => " FROM document",
    });
    for filter in &select.filters {
        if let Filter::Of(name, id) = filter {
            let name = field(object, name);
            query.push(format!(
                " JOIN link ON link.source = document.key AND link.field = '{name}' AND link.target = "
            ));
            query.push_bind(id.clone());
        }
    }
    match words {
        Some(words) => {
            let [first, last] = schema::key_range(select.content_type);
            query.push(" WHERE words MATCH ").push_bind(words);
            query.push(format!(" AND words.rowid BETWEEN {first} AND {last}"));
        }
        // Spelled out, not bound: only so does SQLite see that the type's own indexes fit.
        None => {
            query.push(format!(" WHERE document.object = '{object}'"));
        }
    }
    for filter in &select.filters {
        query.push(" AND ");
        condition(filter, object, query);
    }
    Some(())
}

/// A condition that stands between ANDs.
fn condition(filter: &Filter, object: &str, query: &mut QueryBuilder<Sqlite>) {
    match filter {
        Filter::Key(name, any) => {
            // Most of a list is in the wanted states: the plus sign keeps SQLite from looking them up
            // and sorting them all, where an index has the list in its order.
            if *name == "_state" {
                query.push("+");
            }
            query.push(schema::key(name));
            bind_all(query, any.iter());
        }
        Filter::Range(name, from, to) => {
            query.push("1");
            for (bound, compare) in [(from, ">="), (to, "<=")] {
                if let Some(bound) = bound {
                    query.push(format!(" AND {} {compare} ", schema::key(name)));
                    bind(query, bound);
                }
            }
        }
        Filter::Link(name, ids) => {
            query.push("document.key IN (SELECT source FROM link WHERE target");
            bind_texts(query, ids);
            query.push(format!(" AND field = '{}')", field(object, name)));
        }
        Filter::Called(names) => {
            let names = serde_json::Value::from(names.clone()).to_string();
            query.push("document.key IN (SELECT source FROM name WHERE part = 'called' AND name IN (SELECT value FROM json_each(");
            query.push_bind(names).push(")))");
        }
        Filter::Found { name, today, common } => {
            // Compared as a value, it stays a look-up of each row of the list.
            let [before, after] = match common {
                true => ["(SELECT 1 FROM finding WHERE finding.key = document.key AND", ") = 1"],
                false => ["document.key IN (SELECT finding.key FROM finding WHERE", ")"],
            };
            query.push(before).push(" finding.name = ").push_bind(name.clone());
            query.push(format!(" AND finding.object = '{object}' AND finding.since <= "));
            query.push_bind(today.clone()).push(after);
        }
        Filter::Unused => {
            query.push(
                "NOT EXISTS (SELECT 1 FROM link CROSS JOIN document naming ON naming.key = link.source \
                 WHERE link.target = document.id AND naming.state <> 'trashed')",
            );
        }
        // The join has seen to it.
        Filter::Of(..) => drop(query.push("1")),
        Filter::Through { field: name, next, next_field, ids } => {
            query.push(format!(
                "document.key IN (SELECT near.source FROM link far JOIN document middle \
                 ON middle.key = far.source JOIN link near ON near.target = middle.id \
                 AND near.field = '{}' WHERE far.field = '{}' AND far.target",
                field(object, name),
                field(next, next_field)
            ));
            bind_texts(query, ids);
            query.push(")");
        }
    }
}

/// The statement for one part of a list; one row more than the limit tells that there is more, and
/// each row tells how many the whole list has, `counted` or not at all, and the number that the store
/// has reached.
pub(super) fn rows(select: &Select, counted: bool) -> Option<QueryBuilder<Sqlite>> {
    let mut query = QueryBuilder::new(format!("SELECT {COLUMNS}, place.sort AS sort, "));
    if push_snippet(select, &mut query) {
        query.push(" AS snippet, ");
    }
    push_state(select, counted, &mut query)?;
    query.push(" FROM ");
    push_places(select, &mut query)?;
    query.push(" ORDER BY ").push(ordered(select));
    Some(query)
}

/// The same list as it was prepared, in one row: a row for each item would cost more than finding it.
///
/// `items` is a JSON array with an array for each item: its id, the value that it was sorted by, the
/// text around the words that were found, the tags of what it shows, and what lists show of
/// it; the last is `null` where it is not right. `least` is the first key of the other
/// list, if one is given.
pub(super) fn listed(select: &Select, counted: bool, least: Option<&Select>) -> Option<QueryBuilder<Sqlite>> {
    let mut query = QueryBuilder::new("SELECT ");
    push_state(select, counted, &mut query)?;
    if let Some(least) = least {
        query.push(", (");
        push_least(least, &mut query)?;
        query.push(") AS least");
    }
    query.push(
        ", (SELECT '[' || group_concat('[' || json_quote(document.id) || ',' || json_quote(place.sort) \
         || ',' || json_quote(",
    );
    if !push_snippet(select, &mut query) {
        query.push("NULL");
    }
    query.push(
        ") || ',' || json_quote(face.tags) || ',' \
         || CASE WHEN document.prepared THEN coalesce(face.listed, 'null') ELSE 'null' END || ']', ',' ORDER BY ",
    );
    query.push(ordered(select)).push(") || ']' FROM ");
    push_places(select, &mut query)?;
    query.push(" LEFT JOIN face ON face.key = document.key) AS items");
    Some(query)
}

/// The statement for the first key of a list, of what it is sorted by.
pub(super) fn least(select: &Select) -> Option<QueryBuilder<Sqlite>> {
    let mut query = QueryBuilder::new("");
    push_least(select, &mut query)?;
    Some(query)
}

fn push_least(select: &Select, query: &mut QueryBuilder<Sqlite>) -> Option<()> {
    let key = select.order?.expression();
    query.push(format!("SELECT {key}"));
    from(select, query)?;
    query.push(format!(" ORDER BY {key} LIMIT 1"));
    Some(())
}

/// What is said of a list beside its items.
fn push_state(select: &Select, counted: bool, query: &mut QueryBuilder<Sqlite>) -> Option<()> {
    query.push("(SELECT value FROM mark WHERE name = 'sequence') AS sequence, (");
    if counted {
        push_count(select, query)?;
    } else {
        query.push("NULL");
    }
    query.push(") AS total");
    Some(())
}

/// The text around the words that are searched for, if it is wanted.
fn push_snippet(select: &Select, query: &mut QueryBuilder<Sqlite>) -> bool {
    let words = select.search.as_deref().filter(|_| select.snippets).and_then(search::expression);
    let Some(words) = words else { return false };
    let [before, after] = search::snippet();
    query.push(before).push_bind(words).push(after);
    true
}

/// A table of the part's items, `place`, beside their documents. Which items is found on an index
/// alone where it can be, and only theirs are read.
fn push_places(select: &Select, query: &mut QueryBuilder<Sqlite>) -> Option<()> {
    let key = if select.search.is_some() { "words.rowid" } else { "document.key" };
    query.push("(");
    let near = select.near.filter(|_| select.search.is_some() && select.order.is_none());
    if near.is_some() {
        query.push("SELECT at, sort, rank FROM (");
    }
    query.push(format!("SELECT {key} AS at, "));
    match select.order {
        Some(order) => {
            let (down, direction) = direction(select, order);
            query.push(format!("{} AS sort, NULL AS rank", order.expression()));
            from(select, query)?;
            if let Some(cursor) = &select.cursor {
                beyond(cursor, &order.expression(), down, query);
            }
            // SQLite does not see that an expression which is null for all rows puts none before another.
            let alike = down && select.cursor.as_ref().is_some_and(|cursor| cursor.key.is_none());
            // Nor that one which a filter has fixed does not: it would sort all that the filter lets by.
            let fixed = select.filters.iter().any(
                |filter| matches!(filter, Filter::Key(name, any) if *name == order.key && any.len() == 1),
            );
            let first =
                if alike || fixed { String::new() } else { format!("{} {direction}, ", order.expression()) };
            query.push(format!(" ORDER BY {first}document.id {direction}"));
        }
        None if select.search.is_some() => {
            query.push(format!("NULL AS sort, {} AS rank", search::RANK));
            from(select, query)?;
            if let Some(near) = near {
                query.push(format!(" ORDER BY words.rowid DESC LIMIT {near})"));
            }
            query.push(" ORDER BY rank, at");
        }
        None => {
            query.push("NULL AS sort, NULL AS rank");
            from(select, query)?;
            query.push(" ORDER BY document.id");
        }
    }
    // Not bound: SQLite plans by the numbers that it is given here, and so would prepare the statement
    // anew whenever one is bound.
    query.push(format!(" LIMIT {} OFFSET {}", select.limit.saturating_add(1), select.offset));
    query.push(") place CROSS JOIN document ON document.key = place.at");
    Some(())
}

/// The order of those places.
fn ordered(select: &Select) -> String {
    match select.order {
        Some(order) => {
            let (_, direction) = direction(select, order);
            format!("place.sort {direction}, document.id {direction}")
        }
        None if select.search.is_some() => "place.rank, place.at".to_owned(),
        None => "document.id".to_owned(),
    }
}

/// Whether the part is read from large to small, and that in SQL.
fn direction(select: &Select, order: Order) -> (bool, &'static str) {
    let before = select.cursor.as_ref().is_some_and(|cursor| cursor.before);
    if order.descending == before { (false, "ASC") } else { (true, "DESC") }
}

/// The condition that rows lie beyond a cursor, `down` where the list goes from large to small.
fn beyond(cursor: &Cursor, key: &str, down: bool, query: &mut QueryBuilder<Sqlite>) {
    let compare = if down { "<" } else { ">" };
    match &cursor.key {
        Some(scalar) => {
            query.push(format!(" AND (({key}, document.id) {compare} ("));
            bind(query, scalar);
            query.push(", ").push_bind(cursor.id.clone()).push(")");
            // NULL sorts first and compares with nothing.
            query.push(if down { format!(" OR {key} IS NULL)") } else { ")".to_owned() });
        }
        None => {
            query.push(format!(" AND (({key} IS NULL AND document.id {compare} "));
            query.push_bind(cursor.id.clone());
            query.push(if down { "))".to_owned() } else { format!(") OR {key} IS NOT NULL)") });
        }
    }
}

/// The statement that counts the whole list.
pub(super) fn count(select: &Select) -> Option<QueryBuilder<Sqlite>> {
    let mut query = QueryBuilder::new("");
    push_count(select, &mut query)?;
    Some(query)
}

/// What is not chosen from, or by its state alone, was counted when it came.
fn push_count(select: &Select, query: &mut QueryBuilder<Sqlite>) -> Option<()> {
    let states = match (&select.search, select.filters.as_slice()) {
        (None, []) => None,
        (None, [Filter::Key("_state", states)]) => Some(states),
        // Nothing is looked for in the trash, which is all that lists leave out.
        (None, [Filter::Key("_state", states), Filter::Found { name, today, .. }]) if states.len() == 3 => {
            let object = select.content_type.name;
            query.push("SELECT coalesce(sum(number), 0) FROM found WHERE name = ").push_bind(name.clone());
            query.push(format!(" AND object = '{object}' AND since <= ")).push_bind(today.clone());
            return Some(());
        }
        _ => {
            query.push("SELECT count(*)");
            return from(select, query);
        }
    };
    let object = select.content_type.name;
    query.push(format!("SELECT coalesce(sum(number), 0) FROM tally WHERE object = '{object}'"));
    if let Some(states) = states {
        query.push(" AND state");
        bind_all(query, states.iter());
    }
    Some(())
}

/// The statement for the items that link to one item.
pub(super) fn inverse(inverse: &Inverse, to: &str) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(format!(
        "SELECT {COLUMNS}, link.position AS sort FROM link JOIN document ON document.key = link.source \
         WHERE link.field = '{}' AND link.target = ",
        field(inverse.from, inverse.field)
    ));
    query.push_bind(to.to_owned());
    let order = Order::of(inverse).unwrap_or(Order::PLACE);
    let direction = if order.descending { "DESC" } else { "ASC" };
    query.push(format!(" ORDER BY {} {direction}, document.id {direction}", order.expression()));
    query.push(format!(" LIMIT {}", inverse.limit));
    query
}
