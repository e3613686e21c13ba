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
use crate::admin::form::outputs::OutputRow;
use crate::admin::form::posted::Posted;
use crate::admin::form::view::BASE_GONE;
use crate::admin::form::{action, decode};
use crate::admin::layout::Flash;
use crate::admin::session::Htmx;
use crate::content::types::OUTPUT;
use crate::content::{ContentType, Id, Problems};
use crate::editing::{self, Edit, User};
use crate::error::{Error, Result};
use crate::store::Stored;

/// How often a save is merged and tried again when others save in between.
const TRIES: usize = 3;

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
                    let clash = left_to_choose(content_type, posted, what);
                    form.show(StatusCode::OK, &draft, Answer { done, clash, ..Answer::default() }).await
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
fn left_to_choose(content_type: &'static ContentType, posted: &Posted, what: &str) -> Merged {
    let names = posted.get("both").unwrap_or_default().split(' ');
    let open = names.filter(|name| what.strip_prefix("theirs:") != Some(name));
    let known = open
        .filter_map(|name| if name == "slug" { Some("slug") } else { Some(content_type.field(name)?.name) });
    Merged { both: known.collect(), base_is_gone: posted.get("base") == Some(BASE_GONE) }
}

/// Shows text that the browser has kept, over what is stored by now: what others have saved since is
/// merged, what both changed is shown side by side. Nothing is saved by that.
async fn restore(state: &State, user: &User, mut draft: Draft) -> Result<Response, Failure> {
    let form = Form::of(state, user, &draft).await?;
    let mut clash = Merged::default();
    if let Some(stored) = &form.stored {
        // The table of a project that is there saves its rows by itself.
        draft.outputs = None;
        if draft.version.is_some_and(|seen| seen != stored.meta.version) {
            let id = draft.id;
            clash = merge_with_theirs(state, &mut draft, &[id]).await?.0;
        }
    }
    let flash = Flash::Warning("What was not saved is here again. Look at it before you go on.".to_owned());
    form.show(StatusCode::OK, &draft, Answer { flash: Some(flash), clash, ..Answer::default() }).await
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
    for _ in 0..TRIES {
        let Err(Error::Conflict(ids)) = &saved else { break };
        (clash, cells) = merge_with_theirs(state, &mut draft, ids).await?;
        if !clash.both.is_empty() || !cells.is_empty() {
            break;
        }
        saved = try_save(state, user, &draft).await;
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
            let answer = Answer { clash, problems: cells, ..Answer::default() };
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
/// the fields and the cells between whose sides somebody has to choose.
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
        let base = merge::base(store, &theirs, draft.version).await?;
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
        let base = merge::base(store, &theirs, row.version).await?;
        let base = base.map(|base| OutputRow::of(&base, 0));
        let now = OutputRow::of(&theirs.item, theirs.meta.version);
        let typed = |column: &str| Some(row.cell(column).to_owned());
        let (laid, both) = merge::merge_row(base.as_ref(), &now, typed);
        for column in both {
            let is = match now.cell(column) {
                "" => "nothing".to_owned(),
                is => format!("‘{is}’"),
            };
            let said = match base {
                Some(_) => {
                    format!("Somebody else changed this to {is} meanwhile. Save again to keep yours.")
                }
                None => format!(
                    "This is {is} by now, and what you began from is no longer kept. Save again to keep yours."
                ),
            };
            problems.add(format!("outputs.{at}.{column}"), "conflict", said);
        }
        *row = laid;
    }
    Ok((merged, problems))
}
