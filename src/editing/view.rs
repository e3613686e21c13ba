//! Views of lists: keeping one under a name, changing it, taking it away. Whoever may read a list keeps
//! their own; for everybody only editors do. It must not know how a list is asked.

use super::Desk;
use super::permission::{User, Verb};
use crate::content::{ContentType, Id, Kind, Value, text};
use crate::error::{Error, Result};
use crate::store::{Role, View, Write};

/// The most characters of a view's name.
pub const NAME_MAX: usize = 80;
/// The longest query that is kept, in bytes.
pub const QUERY_MAX: usize = 2_000;
/// How many views of one type's list somebody may have.
pub const VIEWS_MAX: u64 = 50;

/// What is to be changed of a view.
#[derive(Clone, Copy, Debug, Default)]
pub struct Change<'view> {
    /// Another name.
    pub name: Option<&'view str>,
    /// Another query.
    pub query: Option<&'view str>,
    /// Whether everybody sees it.
    pub shared: Option<bool>,
}

/// Whether somebody can show views to everybody.
#[must_use]
pub fn may_share(user: &User) -> bool {
    matches!(user.role, Role::Administrator | Role::Editor)
}

/// Whether somebody knows of a view.
#[must_use]
pub fn sees(user: &User, view: &View) -> bool {
    view.shared || user.account.as_deref() == Some(view.account.as_str())
}

/// Whether somebody can take a view away, and change it as far as they [may share](may_share).
#[must_use]
pub fn may_change(user: &User, view: &View) -> bool {
    let own = user.account.as_deref() == Some(view.account.as_str());
    own || (view.shared && user.role == Role::Administrator)
}

/// The views of a type's list that somebody sees, by name.
///
/// # Errors
/// Where the store fails.
pub async fn views(desk: &Desk, user: &User, content_type: &ContentType) -> Result<Vec<View>> {
    match &user.account {
        Some(account) if user.may(Verb::Read, content_type.name) => {
            desk.store.views(content_type, account).await
        }
        _ => Ok(Vec::new()),
    }
}

/// The view of this id.
///
/// # Errors
/// [`Error::NotFound`] where there is none that they know of.
pub async fn view(desk: &Desk, user: &User, id: Id) -> Result<View> {
    desk.store.view(&id.to_string()).await?.filter(|view| sees(user, view)).ok_or(Error::NotFound)
}

/// Keeps a list's query under a name.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Denied`]; [`Error::Refused`] where they have too many.
pub async fn keep(
    desk: &Desk,
    user: &User,
    content_type: &'static ContentType,
    name: &str,
    query: &str,
    shared: bool,
) -> Result<View> {
    let Some(account) = user.account.clone().filter(|_| user.may(Verb::Read, content_type.name)) else {
        return Err(Error::Denied("Views are kept for somebody who has signed in."));
    };
    let at = desk.clock.now();
    let view = View {
        id: Id::new(at).to_string(),
        content_type,
        name: named(name)?,
        query: asked(query)?,
        shared,
        at,
        account,
    };
    allow_sharing(user, &view)?;
    let tx = desk.store.write().await?;
    if tx.count_views(content_type, &view.account).await? >= VIEWS_MAX {
        return Err(Error::Refused(format!(
            "You have {VIEWS_MAX} views of this list, and more cannot be kept. Delete one that you do not need."
        )));
    }
    tx.insert_view(&view).await?;
    note(&tx, user, "keep_view", &view).await?;
    tx.commit().await?;
    Ok(view)
}

/// Changes a view.
///
/// # Errors
/// As [`keep`]; [`Error::NotFound`] where there is none that they know of.
pub async fn change(desk: &Desk, user: &User, id: &str, change: Change<'_>) -> Result<View> {
    let tx = desk.store.write().await?;
    let mut view = load(&tx, user, id).await?;
    if let Some(name) = change.name {
        view.name = named(name)?;
    }
    if let Some(query) = change.query {
        view.query = asked(query)?;
    }
    view.shared = change.shared.unwrap_or(view.shared);
    allow_sharing(user, &view)?;
    view.at = desk.clock.now();
    tx.update_view(&view).await?;
    note(&tx, user, "change_view", &view).await?;
    tx.commit().await?;
    Ok(view)
}

/// Takes a view away, and gives what it was.
///
/// # Errors
/// [`Error::NotFound`] where there is none that they know of; [`Error::Denied`].
pub async fn delete(desk: &Desk, user: &User, id: &str) -> Result<View> {
    let tx = desk.store.write().await?;
    let view = load(&tx, user, id).await?;
    tx.delete_view(&view.id).await?;
    note(&tx, user, "delete_view", &View { at: desk.clock.now(), ..view.clone() }).await?;
    tx.commit().await?;
    Ok(view)
}

/// Loads a view for somebody who wants to change it.
async fn load(tx: &Write, user: &User, id: &str) -> Result<View> {
    let view = tx.view(id).await?.filter(|view| sees(user, view)).ok_or(Error::NotFound)?;
    if may_change(user, &view) {
        return Ok(view);
    }
    Err(Error::Denied("This view is somebody else’s. Save your own beside it, or ask an administrator."))
}

/// What everybody sees, whoever shares it answers for, each time that it is changed.
fn allow_sharing(user: &User, view: &View) -> Result<()> {
    if !view.shared || may_share(user) {
        return Ok(());
    }
    Err(Error::Denied(
        "Only editors can change views for everybody. Keep it for yourself, or ask one of them.",
    ))
}

fn named(name: &str) -> Result<String> {
    match text::parse(&Kind::Line(NAME_MAX), name) {
        Ok(Value::Text(name)) => Ok(name.into()),
        Ok(_) => Err(Error::invalid("name", "missing", "Give the view a name.")),
        Err((message, code)) => Err(Error::invalid("name", code, message)),
    }
}

fn asked(query: &str) -> Result<String> {
    if query.len() <= QUERY_MAX {
        return Ok(query.to_owned());
    }
    Err(Error::Refused("This list is asked for too much to be kept. Search for fewer words.".to_owned()))
}

async fn note(tx: &Write, user: &User, verb: &str, view: &View) -> Result<()> {
    let detail = format!("{} {}", view.content_type.name, view.id);
    tx.audit(view.at, user.account.as_deref(), verb, None, &detail).await
}
