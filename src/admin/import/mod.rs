//! Pasting and importing outputs: from what the clipboard or a file holds to a preview, and from there
//! to drafts. The form carries what was read; nothing is kept between two requests. It must not read
//! formats nor match names: `import` and `editing::import` do.

mod asked;
mod batch;
mod matches;
mod page;
mod rows;
mod start;

use axum::extract::{Path, Request, State as FromState};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};

pub(super) use batch::{show as show_batch, stayed, undo as undo_batch};

use self::asked::Asked;
use super::failure::Failure;
use super::form::posted::Posted;
use super::layout::Flash;
use super::session::SignedIn;
use super::{FORM_MAX, State, items};
use crate::content::types::OUTPUT;
use crate::content::{ContentType, Id, validate};
use crate::editing::import::{self, Preview};
use crate::editing::{User, Verb};
use crate::error::{Error, Result};
use crate::import::{Format, Hints, Sheet, Source};
use crate::store::{Role, Stored};

/// Whether the list of a type offers to import.
pub(super) fn is_offered(user: &User, content_type: &ContentType) -> bool {
    content_type.name == OUTPUT.name && user.may(Verb::Create, OUTPUT.name) && user.role != Role::Contributor
}

/// Where outputs go: into a project's table, or nowhere in particular.
struct Place {
    project: Option<Stored>,
}

impl Place {
    async fn of(state: &State, user: &User, project: Option<Id>) -> Result<Self> {
        Ok(Self { project: import::may_import(&state.desk, user, project).await? })
    }

    fn id(&self) -> Option<Id> {
        self.project.as_ref().map(|project| project.item.id)
    }

    /// The address of the import.
    fn path(&self) -> String {
        match self.id() {
            Some(id) => format!("/admin/projects/{id}/outputs/import"),
            None => "/admin/outputs/import".to_owned(),
        }
    }

    /// The way to it.
    fn crumbs(&self) -> Vec<(String, String)> {
        match &self.project {
            Some(project) => vec![
                ("Projects".to_owned(), "/admin/projects".to_owned()),
                (project.item.title(), format!("/admin/projects/{}", project.item.id)),
            ],
            None => vec![("Outputs".to_owned(), "/admin/outputs".to_owned())],
        }
    }

    /// The part of the navigation that it belongs to.
    fn section(&self) -> &'static str {
        if self.project.is_some() { "/admin/projects" } else { "/admin/outputs" }
    }
}

/// `GET /admin/outputs/import`
pub(super) async fn show(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
) -> Result<Response, Failure> {
    let place = Place::of(&state, &user, None).await?;
    Ok(start::page(&user, &place, StatusCode::OK, ("", ""), None))
}

/// `GET /admin/projects/{id}/outputs/import`
pub(super) async fn show_of(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let place = Place::of(&state, &user, Some(items::id(&id)?)).await?;
    Ok(start::page(&user, &place, StatusCode::OK, ("", ""), None))
}

/// `POST /admin/outputs/import`
pub(super) async fn post(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    request: Request,
) -> Result<Response, Failure> {
    let place = Place::of(&state, &user, None).await?;
    answer(&state, &user, &place, request).await
}

/// `POST /admin/projects/{id}/outputs/import`
pub(super) async fn post_of(
    FromState(state): FromState<State>,
    SignedIn(user): SignedIn,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let place = Place::of(&state, &user, Some(items::id(&id)?)).await?;
    answer(&state, &user, &place, request).await
}

async fn answer(state: &State, user: &User, place: &Place, request: Request) -> Result<Response, Failure> {
    let (posted, file) = match asked::read_form(state, request).await {
        Ok(form) => form,
        Err(unreadable) => return Ok(*unreadable),
    };
    if posted.get("sheet").is_none() {
        return begin(state, user, place, &posted, file.as_deref()).await;
    }
    let types = import::type_labels(&state.desk).await?;
    let asked = Asked::read(&posted, Hints { types: &types }).ok_or_else(|| {
        Error::Refused("This form cannot be read. Go back, and paste or choose the file again.".to_owned())
    })?;
    press(state, user, place, asked, posted.get("do").unwrap_or("look")).await
}

/// From what was handed over to its preview.
async fn begin(
    state: &State,
    user: &User,
    place: &Place,
    posted: &Posted,
    file: Option<&[u8]>,
) -> Result<Response, Failure> {
    let (html, text) = (posted.get("html").unwrap_or_default(), posted.get("text").unwrap_or_default());
    let format = posted.get("format").and_then(Format::by_name);
    let source = match file.filter(|file| !file.is_empty()) {
        Some(file) => Source::File(file),
        None => Source::Clipboard { html, text },
    };
    let (status, pasted, why) = match read(state, user, source, format).await {
        Ok(sheet) => {
            let sheet = match &state.settings.metadata {
                Some(metadata) => metadata.complete(sheet, &state.settings.reader, account(user)).await,
                None => sheet,
            };
            return press(state, user, place, Asked::of(sheet), "look").await;
        }
        Err(Error::Refused(why)) => (StatusCode::UNPROCESSABLE_ENTITY, ("", text), why),
        // What was pasted can be sent again as it is.
        Err(Error::Unavailable(why)) => (StatusCode::SERVICE_UNAVAILABLE, (html, text), why.to_owned()),
        Err(other) => return Err(other.into()),
    };
    let mut page = start::page(user, place, status, pasted, Some(Flash::Error(why)));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    Ok(page)
}

/// Who imports: of each account one is read at a time.
fn account(user: &User) -> &str {
    user.account.as_deref().unwrap_or_default()
}

/// What was handed over, if it fits on a page.
async fn read(state: &State, user: &User, source: Source<'_>, format: Option<Format>) -> Result<Sheet> {
    let types = import::type_labels(&state.desk).await?;
    let sheet = state.settings.reader.sheet(account(user), source, format, &types).await?;
    bounded(sheet).map_err(Error::Refused)
}

/// What fits on a page.
fn bounded(sheet: Sheet) -> Result<Sheet, String> {
    let most = validate::ROWS_MAX;
    if sheet.rows.len() > most {
        return Err(format!(
            "These are {} rows, and a page takes {most}. Import them in parts, or on the server with ‘recto import’, \
             which takes any number.",
            sheet.rows.len()
        ));
    }
    if sent_size(&sheet) > FORM_MAX / 4 * 3 {
        return Err(
            "These rows hold more text than a page takes. Import them in parts, or on the server with \
                    ‘recto import’, which takes 20 MB."
                .to_owned(),
        );
    }
    Ok(sheet)
}

/// How long a sheet is, about, when a browser sends it back in a form.
fn sent_size(sheet: &Sheet) -> usize {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'*' | b'-' | b'.' | b'_');
    let size = |text: &String| text.bytes().map(|b| if plain(b) { 1 } else { 3 }).sum::<usize>() + 9;
    let headings = sheet.columns.iter().map(|column| size(&column.heading) + 80);
    let cells = sheet.rows.iter().flat_map(|row| &row.cells).map(size);
    let skipped = sheet.skipped.iter().map(|one| size(&one.place) + size(&one.why) + 60);
    headings.chain(cells).chain(skipped).sum::<usize>() + sheet.rows.len() * 60
}

/// Does what the button says, and shows the preview again unless all of it was taken over.
async fn press(
    state: &State,
    user: &User,
    place: &Place,
    mut asked: Asked,
    what: &str,
) -> Result<Response, Failure> {
    if !matches!(what, "take" | "skip") {
        // They look again: at what is there now.
        asked.choices.seen.clear();
    }
    let mut preview = look(state, user, place, &asked).await?;
    if what == "skip" {
        asked.choices.left_out.extend(preview.rows.iter().filter(|row| row.is_blocked()).map(|row| row.at));
        preview = look(state, user, place, &asked).await?;
    }
    if !matches!(what, "take" | "skip") {
        return Ok(page::page(user, place, StatusCode::OK, &asked, &preview, None));
    }
    if preview.writing() == 0 || preview.problem.is_some() {
        let flash = Flash::Warning("There is nothing to take over.".to_owned());
        return Ok(page::page(user, place, StatusCode::OK, &asked, &preview, Some(flash)));
    }
    let flash = match import::take(&state.desk, user, &preview, &|_, _| ()).await {
        Ok(imported) => {
            return Ok(Redirect::to(&format!("/admin/imports/{}", imported.batch)).into_response());
        }
        Err(Error::Invalid(problems)) => {
            for problem in problems.0 {
                let mut parts = problem.field.splitn(3, '.').skip(1);
                let at = parts.next().and_then(|at| at.parse::<usize>().ok());
                let column = parts.next().and_then(|name| asked.sheet.column(name));
                let Some(row) = preview.rows.iter_mut().find(|row| Some(row.at) == at) else { continue };
                let wrong = import::CellProblem { column, message: problem.message, blocks: true };
                if !row.problems.contains(&wrong)
                    && row.problems.iter().all(|one| one.message != wrong.message)
                {
                    row.problems.push(wrong);
                }
            }
            None
        }
        Err(error @ (Error::Denied(_) | Error::Refused(_) | Error::Unavailable(_))) => {
            Some(error.to_string())
        }
        Err(error) => return Err(error.into()),
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(page::page(user, place, status, &asked, &preview, flash.map(Flash::Error)))
}

async fn look(state: &State, user: &User, place: &Place, asked: &Asked) -> Result<Preview> {
    import::understand(&state.desk, user, &asked.sheet, place.id(), &asked.choices).await
}

/// Shows a preview again that somebody sent after their session had ended. Nothing is taken over.
pub(super) async fn resume(
    state: &State,
    user: &User,
    project: Option<&str>,
    typed: &str,
) -> Result<Response, Failure> {
    let project = project.map(items::id).transpose()?;
    let place = Place::of(state, user, project).await?;
    let said = "You are signed in again. What you sent is here, and not imported yet.";
    let types = import::type_labels(&state.desk).await?;
    let hints = Hints { types: &types };
    let posted = Posted::parse(typed).unwrap_or_default();
    let asked = match Asked::read(&posted, hints) {
        Some(asked) => asked,
        None => {
            let source = Source::Clipboard {
                html: posted.get("html").unwrap_or_default(),
                text: posted.get("text").unwrap_or_default(),
            };
            match read(state, user, source, None).await {
                Ok(sheet) => Asked::of(sheet),
                Err(_) => {
                    let flash = Flash::Warning(
                        "You are signed in again. Paste, or choose the file, once more.".to_owned(),
                    );
                    let text = posted.get("text").unwrap_or_default();
                    return Ok(start::page(user, &place, StatusCode::OK, ("", text), Some(flash)));
                }
            }
        }
    };
    let preview = look(state, user, &place, &asked).await?;
    let flash = Some(Flash::Warning(said.to_owned()));
    Ok(page::page(user, &place, StatusCode::OK, &asked, &preview, flash))
}
