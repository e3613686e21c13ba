//! An item's form on its way to a page: with what is wrong, what was done, and where the public
//! finds the item. It must not change the item.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;

use super::load;
use crate::admin::failure::Failure;
use crate::admin::form::action::Done;
use crate::admin::form::merge::Merged;
use crate::admin::form::outputs::{COLUMNS, Outputs};
use crate::admin::form::view::{self, View};
use crate::admin::form::{Draft, Theirs, lookup};
use crate::admin::layout::{Flash, Page};
use crate::admin::{State, when::When};
use crate::content::types::media::FILES;
use crate::content::types::{MEDIA, SITE};
use crate::content::{Item, Problems};
use crate::editing::{User, Verb};
use crate::error::{Error, Result};
use crate::published::{Located, PublicFile};
use crate::store::Stored;

/// What is said with a form.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub flash: Option<Flash>,
    pub problems: Problems,
    pub done: Done,
    /// What of somebody else's has still to be chosen.
    pub clash: Merged,
}

/// A form on its way to a page.
pub(super) struct Form<'form> {
    pub state: &'form State,
    pub user: &'form User,
    pub stored: Option<Stored>,
    /// The form as stored, against which 'not saved yet' is told; none where they are the same.
    pub saved: Option<Draft>,
}

impl<'form> Form<'form> {
    /// The form of what a draft is about.
    pub async fn of(state: &'form State, user: &'form User, draft: &Draft) -> Result<Self> {
        match load(state, user, draft.content_type, draft.id).await {
            Ok((stored, saved)) => Ok(Self { state, user, stored: Some(stored), saved: Some(saved) }),
            Err(Error::NotFound) if draft.version.is_none() => {
                let mut saved = Draft::of(&Item::new(draft.content_type, draft.id), None);
                saved.outputs = draft.outputs.is_some().then(Outputs::default);
                Ok(Self { state, user, stored: None, saved: Some(saved) })
            }
            Err(error) => Err(error),
        }
    }

    /// The form again, with what is wrong.
    pub async fn complain(self, draft: &Draft, error: Error) -> Result<Response, Failure> {
        let (status, answer) = match error {
            Error::Invalid(problems) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                Answer { problems: placed(draft, problems), ..Answer::default() },
            ),
            // Faults of ours and of the machine too: what was typed must not go with them.
            error => {
                let text = error.to_string();
                let status = Failure(error).into_response().status();
                // The browser keeps the form where the answer is not shown in its place.
                let status = if status == StatusCode::NOT_FOUND { StatusCode::CONFLICT } else { status };
                (status, Answer { flash: Some(Flash::Error(text)), ..Answer::default() })
            }
        };
        self.show(status, draft, answer).await
    }

    pub async fn show(self, status: StatusCode, draft: &Draft, answer: Answer) -> Result<Response, Failure> {
        // Rows that did not come with the form are shown as they stand.
        let apart = draft.outputs.is_none();
        let table = self.saved.as_ref().and_then(|saved| saved.outputs.clone()).filter(|_| apart);
        let with_table = table.map(|outputs| Draft { outputs: Some(outputs), ..draft.clone() });
        let draft = with_table.as_ref().unwrap_or(draft);
        let when = When::of(self.state).await;
        let mut context = lookup::context(
            self.state,
            self.user,
            draft,
            self.stored.as_ref(),
            &answer.problems,
            &answer.done,
            when,
        )
        .await?;
        if let (false, Some(stored)) = (answer.clash.both.is_empty(), &self.stored) {
            let saved_by = context.saved_by.clone().unwrap_or_else(|| "Somebody else".to_owned());
            let own = stored.meta.updated_by.is_some() && stored.meta.updated_by == self.user.account;
            context.theirs = Some(Theirs {
                who: if own { "you, in another tab,".to_owned() } else { saved_by },
                when: when.say(stored.meta.updated_at),
                stored: stored.clone(),
                clash: answer.clash.clone(),
            });
        }
        let unsaved = self.saved.as_ref().map(|saved| draft.differing(saved)).unwrap_or_default();
        // Somebody moved it to the trash while it was written: a locked form would not send what was typed.
        if !unsaved.is_empty()
            && self.stored.as_ref().is_some_and(|stored| self.user.may_with(Verb::Save, stored))
        {
            context.locked = None;
        }
        if let (Some(stored), None) = (&self.stored, &context.locked) {
            context.others = self.state.here.with(stored.item.id, self.user, self.state.desk.clock.now());
        }
        let public = match &self.stored {
            Some(stored) if stored.meta.published_version.is_some() => {
                public_addresses(self.state, stored).await?
            }
            _ => None,
        };
        let body = view::page(&View { context: &context, draft, unsaved, flash: answer.flash, public });
        let title = self.stored.as_ref().map_or_else(
            || format!("New {}", draft.content_type.label.to_lowercase()),
            |stored| stored.item.title(),
        );
        let section = format!("/admin/{}", draft.content_type.plural);
        let page = Page { user: self.user, title: &title, section: &section, body };
        Ok((status, html! { (page) }).into_response())
    }
}

/// Where the public has the item, and what the API answers for it.
async fn public_addresses(state: &State, stored: &Stored) -> Result<Option<(String, String)>> {
    let (content_type, id) = (stored.item.content_type, stored.item.id.to_string());
    let public = state.desk.published.reader();
    let base = &state.settings.public_base;
    let api = match content_type.single {
        true => format!("{base}/api/v1/{}", content_type.plural),
        false => format!("{base}/api/v1/{}/{id}", content_type.plural),
    };
    if content_type == &MEDIA {
        // Not by its hash: so the address stays when the file is replaced.
        return Ok(match public.published_file_of(&id).await? {
            PublicFile::Here(file, _) => Some((format!("{base}{FILES}{id}/{}", file.name()), api)),
            PublicFile::Gone | PublicFile::Unknown => None,
        });
    }
    let found = public.get(&id).await?;
    let Some(path) = found.map(|found| found.path).filter(|path| !path.is_empty()) else { return Ok(None) };
    let site = match public.locate(&SITE, "site").await? {
        Located::Here(site) => {
            site.json.get("address").and_then(|address| address.as_str()).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    };
    Ok(Some((format!("{}{path}", site.trim_end_matches('/')), api)))
}

/// Problems of an output's own fields, put where its row has them.
fn placed(draft: &Draft, problems: Problems) -> Problems {
    let mut placed = Problems::default();
    for problem in problems.0 {
        let parts: Vec<&str> = problem.field.splitn(3, '.').collect();
        let field = match parts.as_slice() {
            ["outputs", at, column] if draft.outputs.is_some() => {
                let column = if column.starts_with("authors") { "lead" } else { column };
                let known = COLUMNS.contains(&column);
                format!("outputs.{at}.{}", if known { column } else { "title" })
            }
            _ => problem.field.clone(),
        };
        placed.add(field, problem.code, problem.message);
    }
    placed
}
