//! What a form's small buttons do to it: rows added, moved, removed, items found, chosen, created.
//! The form comes back changed and unsaved. Only creating in place calls a verb.

use super::outputs::{OutputRow, Outputs};
use super::{Draft, DraftRow, links, merge};
use crate::admin::State;
use crate::content::types::PROJECT;
use crate::content::{Field, Id, Kind, by_name};
use crate::editing::{Edit, User, named, save};
use crate::error::{Error, Result};

/// What a button came to.
#[derive(Clone, Debug, Default)]
pub(in crate::admin) struct Done {
    /// The id of the control that should have the focus next.
    pub focus: Option<String>,
    /// The field whose search results are shown, with them.
    pub found: Option<(&'static str, links::Found)>,
}

/// Does what the button `what` (`up:team:0`) says.
///
/// # Errors
/// [`Error::NotFound`] for a button that the form does not have; what creating in place refuses.
pub(in crate::admin) async fn act(state: &State, user: &User, draft: &mut Draft, what: &str) -> Result<Done> {
    let mut parts = what.splitn(3, ':');
    let (verb, name, rest) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next());
    if name == "outputs" && draft.content_type.name == PROJECT.name {
        return match &mut draft.outputs {
            Some(outputs) => act_on_outputs(state, outputs, verb, rest),
            // The grid, which saves apart, has a row for new ones itself.
            None => Ok(Done::default()),
        };
    }
    if verb == "theirs" {
        return theirs(state, draft, name).await;
    }
    let field = draft.content_type.field(name).ok_or(Error::NotFound)?;
    let find_id = format!("f-{name}-find");
    let at = rest.and_then(|at| at.parse::<usize>().ok());
    match (verb, at) {
        ("find", _) => {
            let typed = draft.finds.get(name).cloned().unwrap_or_default();
            let found = links::find(state, user, field, &typed).await?;
            return Ok(Done { focus: Some(find_id), found: Some((field.name, found)) });
        }
        ("add", _) => {
            let id = rest.and_then(|id| id.parse::<Id>().ok()).ok_or(Error::NotFound)?;
            add(state, draft, field, Some(id)).await?;
        }
        ("credit", _) => add(state, draft, field, None).await?,
        ("create", _) => {
            let typed = draft.finds.get(name).cloned().unwrap_or_default();
            let to = field.target().and_then(by_name).ok_or(Error::NotFound)?;
            let item = named(&state.desk.clock, to, Some(field), &typed)?;
            let created = save(&state.desk, user, &[Edit::new(item)]).await?;
            let id = created.first().map(|stored| stored.item.id);
            add(state, draft, field, id).await?;
        }
        ("remove", Some(at)) => {
            match field.kind {
                Kind::One { .. } => draft.texts.insert(field.name, String::new()).is_some(),
                _ => draft.rows.get_mut(field.name).is_some_and(|rows| {
                    let there = at < rows.len();
                    if there {
                        rows.remove(at);
                    }
                    there
                }),
            };
            return Ok(Done { focus: Some(find_id), found: None });
        }
        ("up" | "down", Some(at)) => {
            if let Some(rows) = draft.rows.get_mut(field.name) {
                swap(rows, at, verb);
            }
            return Ok(Done::default());
        }
        _ => return Err(Error::NotFound),
    }
    draft.finds.remove(field.name);
    Ok(Done { focus: Some(find_id), found: None })
}

fn swap<T>(rows: &mut [T], at: usize, verb: &str) {
    let other = if verb == "up" { at.checked_sub(1) } else { Some(at + 1) };
    if let Some(other) = other.filter(|other| *other < rows.len() && at < rows.len()) {
        rows.swap(at, other);
    }
}

/// Adds a row about an item, or about the typed name alone.
async fn add(state: &State, draft: &mut Draft, field: &'static Field, id: Option<Id>) -> Result<()> {
    if let Kind::One { .. } = field.kind {
        draft.texts.insert(field.name, id.map(|id| id.to_string()).unwrap_or_default());
        return Ok(());
    }
    let mut row = DraftRow::new(field, id);
    let named = field.columns().iter().position(|column| column.name == "name");
    if let Some(cell) = named.and_then(|at| row.cells.get_mut(at)) {
        // Credited as a person is cited, until somebody says otherwise.
        let known = match id {
            Some(id) => state.desk.lists().get(&id.to_string()).await?,
            None => None,
        };
        *cell = match known {
            Some(person) => {
                person.json.get("citation_name").and_then(|name| name.as_str()).unwrap_or_default().to_owned()
            }
            None => draft.finds.get(field.name).map(|name| name.trim().to_owned()).unwrap_or_default(),
        };
    }
    let rows = draft.rows.entry(field.name).or_default();
    // Twice the same item says nothing more.
    if id.is_none() || !rows.iter().any(|row| row.target == id) {
        rows.push(row);
    }
    Ok(())
}

fn act_on_outputs(state: &State, outputs: &mut Outputs, verb: &str, rest: Option<&str>) -> Result<Done> {
    let at = rest.and_then(|at| at.parse::<usize>().ok());
    match (verb, at) {
        ("add", _) if outputs.rows.len() < crate::content::validate::ROWS_MAX => {
            let id = Id::new(state.desk.clock.now());
            outputs.rows.push(OutputRow::new(id));
            Ok(Done { focus: Some(format!("outputs-{id}-title")), found: None })
        }
        ("remove", Some(at)) if at < outputs.rows.len() => {
            let row = outputs.rows.remove(at);
            if let Some(version) = row.version {
                outputs.removed.push((row.id, version));
            }
            let next = outputs.rows.get(at).or(outputs.rows.last());
            Ok(Done { focus: next.map(|row| format!("outputs-{}-title", row.id)), found: None })
        }
        ("up" | "down", Some(at)) => {
            swap(&mut outputs.rows, at, verb);
            Ok(Done::default())
        }
        _ => Err(Error::NotFound),
    }
}

/// Takes one field from the item as it is stored by now.
async fn theirs(state: &State, draft: &mut Draft, name: &str) -> Result<Done> {
    let stored =
        state.desk.store.items(draft.content_type, &[draft.id]).await?.pop().ok_or(Error::NotFound)?;
    let current = Draft::of(&stored.item, Some(stored.meta.version));
    let name = match draft.content_type.field(name) {
        Some(field) => field.name,
        None if name == "slug" => "slug",
        None => return Err(Error::NotFound),
    };
    merge::take(&current, draft, name);
    Ok(Done { focus: Some(format!("f-{name}")), found: None })
}
