//! What the buttons of an item's form do: save, publish, take away, and change the form alone.
//! What somebody else saved meanwhile is merged, or shown. It must not lose what was typed.

use axum::http::StatusCode;
use axum::response::Response;

use super::form_page::{Answer, Form};
use super::{Said, load};
use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::form::Draft;
use crate::admin::form::merge::{self, Merged};
use crate::admin::form::outputs::{COLUMNS, OutputRow};
use crate::admin::form::posted::Posted;
use crate::admin::form::{action, decode};
use crate::admin::layout::Flash;
use crate::admin::session::Htmx;
use crate::content::types::OUTPUT;
use crate::content::{ContentType, Id, Problems};
use crate::editing::{self, Edit, User};
use crate::error::{Error, Result};
use crate::store::Stored;

/// Does what the pressed button says.
pub(super) async fn answer(
    state: &State,
    user: &User,
    content_type: &'static ContentType,
    id: Id,
    posted: &Posted,
    htmx: &Htmx,
) -> Result<Response, Failure> {
    let mut draft = decode::draft(state, user, posted, content_type, id).await?;
    let what = posted.get("do").unwrap_or("save");
    let own = format!("/admin/{}/{id}", content_type.plural);
    let done = match what {
        "save" | "publish" => return save(state, user, draft, what, htmx).await,
        "restore" => return restore(state, user, draft).await,
        "unpublish" => editing::unpublish(&state.desk, user, id).await.map(|_| "unpublished"),
        "trash" => editing::trash(&state.desk, user, id).await.map(|_| "trashed"),
        "untrash" => match editing::untrash(&state.desk, user, id).await {
            // Typed while somebody else moved it to the trash; a locked form sends no address.
            Ok(_) if posted.get("slug").is_some() => return save(state, user, draft, "save", htmx).await,
            done => done.map(|_| "untrashed"),
        },
        _ => {
            let form = Form::of(state, user, &draft).await?;
            return match action::act(state, user, &mut draft, what).await {
                Ok(done) => {
                    let both = both(content_type, posted, what);
                    form.show(StatusCode::OK, &draft, Answer { done, both, ..Answer::default() }).await
                }
                Err(error) => form.complain(&draft, error).await,
            };
        }
    };
    match done {
        Ok(done) => Ok(htmx.redirect(&format!("{own}?done={done}"))),
        Err(error) => {
            let form = Form::of(state, user, &draft).await?;
            let draft = form.saved.clone().filter(|_| posted.get("slug").is_none()).unwrap_or(draft);
            form.complain(&draft, error).await
        }
    }
}

/// The fields between whose sides somebody has still to choose, after this button.
fn both(content_type: &'static ContentType, posted: &Posted, what: &str) -> Vec<&'static str> {
    let names = posted.get("both").unwrap_or_default().split(' ');
    let open = names.filter(|name| what.strip_prefix("theirs:") != Some(name));
    open.filter_map(|name| if name == "slug" { Some("slug") } else { Some(content_type.field(name)?.name) })
        .collect()
}

/// Shows text that the browser has kept, over what is stored by now: what others have saved since is
/// merged, what both changed is shown side by side. Nothing is saved by that.
async fn restore(state: &State, user: &User, mut draft: Draft) -> Result<Response, Failure> {
    let form = Form::of(state, user, &draft).await?;
    let mut both = Vec::new();
    if let Some(stored) = &form.stored {
        // The table of a project that is there saves its rows by itself.
        draft.outputs = None;
        if draft.version.is_some_and(|seen| seen != stored.meta.version) {
            let id = draft.id;
            both = merge_with_theirs(state, &mut draft, &[id]).await?.0.both;
        }
    }
    let flash = Flash::Warning("What was not saved is here again. Look at it before you go on.".to_owned());
    form.show(StatusCode::OK, &draft, Answer { flash: Some(flash), both, ..Answer::default() }).await
}

/// Saves what is on the form. Where somebody else has saved meanwhile, what does not clash is
/// merged and saved at once; what clashes is shown.
async fn save(
    state: &State,
    user: &User,
    mut draft: Draft,
    what: &str,
    htmx: &Htmx,
) -> Result<Response, Failure> {
    let new = draft.version.is_none();
    let mut saved = try_save(state, user, &draft).await;
    let mut clash = Merged::default();
    let mut cells = Problems::default();
    if let Err(Error::Conflict(ids)) = &saved {
        (clash, cells) = merge_with_theirs(state, &mut draft, ids).await?;
        if clash.both.is_empty() && cells.is_empty() {
            saved = try_save(state, user, &draft).await;
        }
    }
    let own = format!("/admin/{}/{}", draft.content_type.plural, draft.id);
    match saved {
        Ok(_) if what == "publish" => Ok(htmx.redirect(&format!("{own}/publish"))),
        Ok(_) if new || !htmx.0 => Ok(htmx.redirect(&format!("{own}?done=saved"))),
        Ok(_) => {
            let (stored, draft) = load(state, user, draft.content_type, draft.id).await?;
            let form = Form { state, user, stored: Some(stored), saved: None };
            let flash = Said { done: Some("saved".to_owned()) }.flash();
            form.show(StatusCode::OK, &draft, Answer { flash, ..Answer::default() }).await
        }
        Err(Error::Conflict(_)) => {
            let form = Form::of(state, user, &draft).await?;
            let answer = Answer { both: clash.both, problems: cells, ..Answer::default() };
            form.show(StatusCode::CONFLICT, &draft, answer).await
        }
        Err(error) => Form::of(state, user, &draft).await?.complain(&draft, error).await,
    }
}

async fn try_save(state: &State, user: &User, draft: &Draft) -> Result<Vec<Stored>> {
    let (item, mut problems) = draft.item();
    let mut edits = vec![Edit { item, seen: draft.version, place: String::new() }];
    if let Some(outputs) = &draft.outputs {
        let (rows, wrong) = outputs.edits(state, draft.id).await?;
        problems.extend(wrong);
        edits.extend(rows);
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    editing::save(&state.desk, user, &edits).await
}

/// Brings what others saved into the form: the item field by field, its table cell by cell. Gives
/// the fields and the cells that both changed.
pub(super) async fn merge_with_theirs(
    state: &State,
    draft: &mut Draft,
    ids: &[Id],
) -> Result<(Merged, Problems)> {
    let mut merged = Merged::default();
    let mut problems = Problems::default();
    let store = &state.desk.store;
    if ids.contains(&draft.id) {
        let theirs = store.items(draft.content_type, &[draft.id]).await?.pop().ok_or(Error::NotFound)?;
        let base = match draft.version {
            Some(seen) => store.revision(draft.content_type, draft.id, seen).await?,
            // A form without version is a new item that was sent twice: the first one stands.
            None => Some(theirs.item.clone()),
        };
        let base = base.map(|base| Draft::of(&base, draft.version));
        let theirs = Draft::of(&theirs.item, Some(theirs.meta.version));
        merged = merge::merge(base.as_ref(), &theirs, draft);
    }
    let Some(outputs) = &mut draft.outputs else { return Ok((merged, problems)) };
    for theirs in store.items(&OUTPUT, ids).await? {
        let id = theirs.item.id;
        for (removed, version) in &mut outputs.removed {
            if *removed == id {
                *version = theirs.meta.version;
            }
        }
        let Some((at, row)) = outputs.rows.iter_mut().enumerate().find(|(_, row)| row.id == id) else {
            continue;
        };
        let base = match row.version {
            Some(seen) => store.revision(&OUTPUT, id, seen).await?.map(|base| OutputRow::of(&base, seen)),
            None => Some(OutputRow::of(&theirs.item, 0)),
        };
        let now = OutputRow::of(&theirs.item, theirs.meta.version);
        for (at_column, ((column, mine), is)) in
            COLUMNS.iter().zip(&mut row.cells).zip(&now.cells).enumerate()
        {
            // Where what was seen is not kept any more, every cell that differs is told.
            let was = base.as_ref().and_then(|base| base.cells.get(at_column));
            if was == Some(mine) {
                mine.clone_from(is);
            } else if was != Some(is) && mine != is {
                let said = if is.is_empty() { "nothing".to_owned() } else { format!("‘{is}’") };
                problems.add(
                    format!("outputs.{at}.{column}"),
                    "conflict",
                    format!("Somebody else changed this to {said} meanwhile. Save again to keep yours."),
                );
            }
        }
        row.version = now.version;
    }
    Ok((merged, problems))
}
