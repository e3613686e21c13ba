//! Who may do what. Asked in every load, so that no verb can forget it. Whatever is not allowed
//! here is denied.

use std::collections::HashSet;

use super::Desk;
use crate::content::{ContentType, Id, Item, Row};
use crate::error::{Error, Result};
use crate::store::{Account, Role, Stored, Write};

/// Whoever acts: somebody signed in, or the command line.
#[derive(Clone, Debug)]
pub struct User {
    /// Their account; none for the command line and the set-up.
    pub account: Option<String>,
    /// What others see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// For contributors: the projects assigned to them.
    pub assigned: HashSet<Id>,
}

/// What somebody wants to do with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// See it with its drafts.
    Read,
    /// Make a new one.
    Create,
    /// Change its draft, or its place in a table.
    Save,
    /// Show it to the public.
    Publish,
    /// Take it from the public.
    Unpublish,
    /// Put it into the trash, or take it out.
    Trash,
}

impl User {
    /// Whoever has the machine has everything: the command line and the set-up.
    #[must_use]
    pub fn system() -> Self {
        Self { account: None, name: "Recto".to_owned(), role: Role::Administrator, assigned: HashSet::new() }
    }

    /// Somebody who has signed in.
    #[must_use]
    pub fn of(account: &Account, assigned: HashSet<Id>) -> Self {
        Self { account: Some(account.id.clone()), name: account.name.clone(), role: account.role, assigned }
    }

    /// Whether they may do this with some item of the type; for menus and buttons. What they may
    /// do with one item is decided by [`allow`].
    #[must_use]
    pub fn may(&self, verb: Verb, content_type: &str) -> bool {
        let settings = matches!(content_type, "site" | "term");
        match (self.role, verb) {
            (_, Verb::Read) | (Role::Administrator, _) => true,
            (Role::Editor, _) => !settings,
            // Files are for what they write in their projects.
            (Role::Contributor, Verb::Save | Verb::Create) if content_type == "media" => {
                !self.assigned.is_empty()
            }
            (Role::Contributor, Verb::Save) => {
                matches!(content_type, "project" | "output" | "news" | "event")
            }
            (Role::Contributor, Verb::Create) => matches!(content_type, "output" | "news" | "event"),
            (Role::Contributor | Role::Viewer, _) => false,
        }
    }

    /// Whether they may do this with this item.
    #[must_use]
    pub fn may_with(&self, verb: Verb, stored: &Stored) -> bool {
        let maker = stored.meta.created_by.as_deref();
        self.may(verb, stored.item.content_type.name)
            && (verb == Verb::Read || self.role != Role::Contributor || self.owns(&stored.item, maker))
    }

    /// Whether an item is a project assigned to them, or belongs to one; of media, whether they have
    /// uploaded it: a file stands in many places, and belongs to none.
    fn owns(&self, item: &Item, maker: Option<&str>) -> bool {
        match item.content_type.name {
            "project" => self.assigned.contains(&item.id),
            "media" => self.account.is_some() && self.account.as_deref() == maker,
            "output" | "news" | "event" => item
                .rows("projects")
                .iter()
                .any(|row| row.target.is_some_and(|id| self.assigned.contains(&id))),
            _ => false,
        }
    }
}

/// Lets somebody do something with an item as it is, or says why not.
///
/// # Errors
/// [`Error::Denied`].
pub fn allow(user: &User, verb: Verb, stored: &Stored) -> Result<()> {
    match user.may_with(verb, stored) {
        true => Ok(()),
        false => Err(denied(user, verb, stored.item.content_type.name)),
    }
}

/// Lets somebody make this item, or says why not.
///
/// # Errors
/// [`Error::Denied`].
pub fn allow_new(user: &User, item: &Item) -> Result<()> {
    let object = item.content_type.name;
    let own = user.role != Role::Contributor || user.owns(item, user.account.as_deref());
    match user.may(Verb::Create, object) && own {
        true => Ok(()),
        false => Err(denied(user, Verb::Create, object)),
    }
}

/// Lets somebody do something with items of a type at all, or says why not; with which of them, each item
/// says.
///
/// # Errors
/// [`Error::Denied`].
pub fn allow_type(user: &User, verb: Verb, content_type: &ContentType) -> Result<()> {
    match user.may(verb, content_type.name) {
        true => Ok(()),
        false => Err(denied(user, verb, content_type.name)),
    }
}

/// The same for one item of which no more is known than its id: asked before what was sent about it is read.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`], for those whose right depends on the item.
pub async fn allow_id(
    desk: &Desk,
    user: &User,
    verb: Verb,
    content_type: &'static ContentType,
    id: Id,
) -> Result<()> {
    allow_type(user, verb, content_type)?;
    // Whatever others may do with a type, they may do with each item of it.
    if user.role != Role::Contributor {
        return Ok(());
    }
    let stored = desk.store.items(content_type, &[id]).await?.pop().ok_or(Error::NotFound)?;
    allow(user, verb, &stored)
}

/// Lets somebody see and change accounts, or says who may.
///
/// # Errors
/// [`Error::Denied`].
pub fn allow_accounts(user: &User) -> Result<()> {
    match user.role {
        Role::Administrator => Ok(()),
        _ => Err(Error::Denied("Only administrators can manage accounts. Ask one of them.")),
    }
}

/// Lets somebody see what was removed from the library, and put it back, or says who may.
///
/// # Errors
/// [`Error::Denied`].
pub fn allow_removed(user: &User) -> Result<()> {
    match user.role {
        Role::Administrator => Ok(()),
        _ => Err(Error::Denied(
            "Only administrators can see the files that were removed from the library. Ask one of them.",
        )),
    }
}

/// Lets somebody remove something for good, or says who may.
///
/// # Errors
/// [`Error::Denied`].
pub fn allow_for_good(user: &User) -> Result<()> {
    match user.role {
        Role::Administrator => Ok(()),
        _ => Err(Error::Denied("Only administrators can delete something permanently. Ask one of them.")),
    }
}

/// Why somebody may not do this with an item of this type, and who may.
fn denied(user: &User, verb: Verb, object: &str) -> Error {
    Error::Denied(match (user.role, verb) {
        (Role::Viewer, _) => {
            "Your role is viewer: you can read this, but not change it. Ask an administrator if you need to."
        }
        (_, Verb::Publish | Verb::Unpublish) => {
            "Only editors can publish. Ask one of them to publish this for you."
        }
        (Role::Contributor, Verb::Trash) => {
            "Only editors can move things to the trash, or out of it. Ask one of them."
        }
        (Role::Contributor, Verb::Create) if object == "media" => {
            "You can add files once a project is assigned to you. Ask an administrator, or an editor to add this."
        }
        (Role::Contributor, Verb::Save) if object == "media" => {
            "Somebody else has uploaded this, so you can use it, but not change it. An editor can change it."
        }
        (Role::Contributor, _) => {
            "This is not in a project that is assigned to you, so you can read it, but not change it. An editor can \
             change it; an administrator can assign its project to you."
        }
        _ => "Only administrators can change this; you can read it. Ask one of them.",
    })
}

/// Loads an item for somebody who wants to do this with it.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Denied`].
pub async fn load(tx: &Write, user: &User, verb: Verb, id: Id) -> Result<Stored> {
    let stored = tx.item(id).await?;
    allow(user, verb, &stored)?;
    Ok(stored)
}

/// A contributor may link and unlink only what is theirs: an item must stay with one of their
/// projects, and its rows about projects that are not theirs, places included, as they were.
///
/// # Errors
/// [`Error::Denied`].
pub fn allow_links(user: &User, before: Option<&Item>, after: &Item) -> Result<()> {
    if user.role != Role::Contributor || matches!(after.content_type.name, "project" | "media") {
        return Ok(());
    }
    let foreign = |item: &Item| -> Vec<Row> {
        let rows = item.rows("projects").iter();
        let mut rows: Vec<Row> =
            rows.filter(|row| row.target.is_none_or(|id| !user.assigned.contains(&id))).cloned().collect();
        rows.sort_by_key(|row| row.target);
        rows
    };
    let kept = before.map(foreign).unwrap_or_default();
    if user.owns(after, None) && foreign(after) == kept {
        Ok(())
    } else {
        Err(Error::Denied("You can put this only into projects that are assigned to you."))
    }
}
