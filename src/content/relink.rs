//! Links moved from one item to another, or taken out, in what links. It must not know why.

use super::parsed::Html;
use super::{Id, Item, Kind, Row, Value};

/// The same item with everything that links to `from` linking to `to`. Rows that come to be about one
/// item become one: what only the other says is kept.
#[must_use]
pub fn relink(item: &Item, from: Id, to: Id) -> Item {
    let mut item = item.clone();
    for value in &mut item.values {
        relink_value(value, from, to);
    }
    item
}

/// The same item without links in its fields to items that are gone for good: a row that may stand without one
/// stays, another goes. Of links in texts the words stay, and lead nowhere.
#[must_use]
pub fn unlink(item: &Item, gone: &[Id]) -> Item {
    let mut item = item.clone();
    for (field, value) in item.content_type.fields.iter().zip(&mut item.values) {
        match value {
            Value::One(id) if gone.contains(id) => *value = Value::None,
            Value::Many(rows) => {
                let free = matches!(field.kind, Kind::Many { free: true, .. });
                rows.retain(|row| free || row.target.is_none_or(|id| !gone.contains(&id)));
                for row in rows.iter_mut().filter(|row| row.target.is_some_and(|id| gone.contains(&id))) {
                    row.target = None;
                }
            }
            _ => {}
        }
    }
    item
}

fn relink_value(value: &mut Value, from: Id, to: Id) {
    match value {
        Value::One(id) if *id == from => *id = to,
        // Texts name items by their ids, which stand for nothing else.
        Value::Html(html) if html.as_str().contains(&from.to_string()) => {
            *html = Html::stored(html.as_str().replace(&from.to_string(), &to.to_string()));
        }
        Value::Many(rows) => relink_rows(rows, from, to),
        _ => {}
    }
}

fn relink_rows(rows: &mut Vec<Row>, from: Id, to: Id) {
    let moved = rows.iter().any(|row| row.target == Some(from));
    for row in rows.iter_mut() {
        row.values.iter_mut().for_each(|value| relink_value(value, from, to));
    }
    if !moved {
        return;
    }
    // The row that is about the other item already says what counts.
    let main = rows.iter().position(|row| row.target == Some(to));
    let main = main.or_else(|| rows.iter().position(|row| row.target == Some(from)));
    let Some(main) = main else { return };
    let mut others = Vec::new();
    let mut at = 0;
    rows.retain(|row| {
        let other = at != main && (row.target == Some(from) || row.target == Some(to));
        if other {
            others.push(row.clone());
        }
        at += 1;
        !other
    });
    let Some(row) = rows.iter_mut().find(|row| row.target == Some(to) || row.target == Some(from)) else {
        return;
    };
    row.target = Some(to);
    for other in others {
        for (value, more) in row.values.iter_mut().zip(other.values) {
            if value.is_none() || *value == Value::Flag(false) {
                *value = more;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::snapshot;
    use crate::content::types::{OUTPUT, PROJECT};

    fn ids() -> [Id; 3] {
        [1, 2, 3].map(|number| format!("00000000-0000-7000-8000-00000000000{number}").parse().unwrap())
    }

    fn team(rows: &[(Id, &str)]) -> Item {
        let mut item = Item::new(&PROJECT, Id::nil());
        let row = |(id, role): &(Id, &str)| Row {
            target: Some(*id),
            values: vec![if role.is_empty() { Value::None } else { Value::Text((*role).into()) }],
        };
        item.set("team", Value::Many(rows.iter().map(row).collect()));
        item
    }

    #[test]
    fn rows_about_one_item_become_one_and_lose_nothing() {
        let [from, to, other] = ids();
        let moved = relink(&team(&[(from, "Lead"), (other, ""), (to, "")]), from, to);
        assert_eq!(moved, team(&[(other, ""), (to, "Lead")]));
        let kept = relink(&team(&[(from, "Lead"), (to, "Researcher")]), from, to);
        assert_eq!(kept, team(&[(to, "Researcher")]), "what the kept one’s own row says counts");
        assert_eq!(relink(&team(&[(from, "A"), (other, "B")]), from, to), team(&[(to, "A"), (other, "B")]));
        assert_eq!(relink(&team(&[(other, "B")]), from, to), team(&[(other, "B")]));
    }

    #[test]
    fn a_lead_stays_the_lead_and_texts_follow() {
        let [from, to, _] = ids();
        let author = |id, name: &str, lead| Row {
            target: Some(id),
            values: vec![Value::Text(name.into()), Value::Flag(lead)],
        };
        let mut output = Item::new(&OUTPUT, Id::nil());
        let twice = vec![author(to, "Tomkins, L", false), author(from, "Tomkins, Leah", true)];
        output.set("authors", Value::Many(twice));
        assert_eq!(relink(&output, from, to).rows("authors"), [author(to, "Tomkins, L", true)]);
        let mut project = Item::new(&PROJECT, Id::nil());
        project.set("body", Value::Html(Html::stored(format!("<p><a href=\"/{from}\">x</a></p>"))));
        assert_eq!(relink(&project, from, to).text("body"), format!("<p><a href=\"/{to}\">x</a></p>"));
    }

    #[test]
    fn what_is_gone_is_linked_no_more_in_the_item_and_in_what_is_kept_of_it() {
        let [gone, other, _] = ids();
        let author =
            |target, name: &str| Row { target, values: vec![Value::Text(name.into()), Value::Flag(false)] };
        let mut output = Item::new(&OUTPUT, Id::nil());
        output.set(
            "authors",
            Value::Many(vec![author(Some(gone), "Tomkins, L"), author(Some(other), "Hall, S")]),
        );
        output.set("file", Value::One(gone));
        let mut kept = snapshot::write(&output);
        let unlinked = unlink(&output, &[gone]);
        assert_eq!(unlinked.rows("authors"), [author(None, "Tomkins, L"), author(Some(other), "Hall, S")]);
        assert!(unlinked.get("file").is_none());
        assert!(snapshot::unlink(&OUTPUT, &mut kept, &[gone.to_string()]));
        assert_eq!(snapshot::write(&unlinked), kept);
        assert!(!snapshot::unlink(&OUTPUT, &mut kept, &[gone.to_string()]), "nothing is left to take out");
        let project = unlink(&team(&[(gone, "Lead"), (other, "")]), &[gone]);
        assert_eq!(project, team(&[(other, "")]), "somebody in a team is somebody");
    }
}
