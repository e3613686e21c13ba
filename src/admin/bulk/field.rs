//! One field of many items: which one, then what it should say, with the control that it has on its form.
//! It must not change anything but create in place, as that control does.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::asked::Asked;
use super::{confirm, nothing, page, path, words};
use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::form::action::{self, Done};
use crate::admin::form::posted::Posted;
use crate::admin::form::{Draft, control, lookup};
use crate::admin::layout::{self, Flash};
use crate::admin::when::When;
use crate::content::{Field, Id, Item, Kind, Problems, Value, text};
use crate::editing::bulk::{Wish, settable};
use crate::editing::permission::allow_type;
use crate::editing::{User, Verb};
use crate::error::{Error, Result};

/// Which field, or what it should say.
pub(super) async fn show(state: &State, user: &User, asked: &Asked) -> Result<Response, Failure> {
    allow_type(user, Verb::Save, asked.content_type)?;
    let chosen = asked.chosen(state).await?;
    if chosen.ids.is_empty() {
        return Ok(nothing(user, asked));
    }
    // Where there is one alone, it is that.
    let mut fields = settable(asked.content_type);
    let only = fields.next().filter(|_| fields.next().is_none());
    match asked.field.or(only) {
        Some(field) => {
            let form = Form { state, user, asked, field, number: chosen.ids.len(), cleared: false };
            let draft = form.empty();
            form.show(StatusCode::OK, &draft, &Problems::default(), &Done::default(), None).await
        }
        None => Ok(which(user, asked, chosen.ids.len())),
    }
}

/// The fields that can be set.
fn which(user: &User, asked: &Asked, number: usize) -> Response {
    let heading = format!("Edit a field of {}", words::things(asked.content_type, number));
    let body = html! {
        (layout::page_head(&html! { (heading) }, &html! {}, &html! {}))
        div.prose {
            p.about { "Which one? Fields that are written rather than chosen, and those that no two may share, are edited one by one." }
            ul.feed {
                @for field in settable(asked.content_type) {
                    li {
                        a href=(asked.with_field(field)) { (field.label) }
                        span {}
                        @if !field.help.is_empty() { small { (field.help) } }
                    }
                }
            }
            div.page-foot { a.button href=(asked.back()) { "Cancel" } }
        }
    };
    page(user, asked.content_type, &asked.list, StatusCode::OK, &heading, &body)
}

/// What a button of the form leads to: what it comes to, or the same form with what was found or chosen.
pub(super) async fn press(
    state: &State,
    user: &User,
    asked: &Asked,
    posted: &Posted,
) -> Result<Response, Failure> {
    let (form, mut draft) = Form::of(state, user, asked, posted).await?;
    if form.number == 0 {
        return Ok(nothing(user, asked));
    }
    let what = posted.get("do").unwrap_or("look");
    if what != "look" {
        return match action::act(state, user, &mut draft, what).await {
            Ok(done) => form.show(StatusCode::OK, &draft, &Problems::default(), &done, None).await,
            Err(error @ (Error::Invalid(_) | Error::Refused(_) | Error::Denied(_))) => {
                let mut problems = Problems::default();
                problems.add(form.field.name, "refused", error.to_string());
                form.complain(&draft, &problems).await
            }
            Err(error) => Err(error.into()),
        };
    }
    let value = match form.value(&draft) {
        Ok(value) => value,
        Err(problems) => return form.complain(&draft, &problems).await,
    };
    match confirm::show(state, user, asked, &Wish::Set(form.field, value)).await {
        Err(Failure(Error::Invalid(problems))) => form.complain(&draft, &problems).await,
        answer => answer,
    }
}

/// The form as it was sent, with something to say.
pub(super) async fn again(
    state: &State,
    user: &User,
    asked: &Asked,
    posted: &Posted,
    flash: Flash,
) -> Result<Response, Failure> {
    let (form, draft) = Form::of(state, user, asked, posted).await?;
    form.show(StatusCode::OK, &draft, &Problems::default(), &Done::default(), Some(flash)).await
}

/// The form of one field.
struct Form<'form> {
    state: &'form State,
    user: &'form User,
    asked: &'form Asked,
    field: &'static Field,
    /// Of how many items.
    number: usize,
    /// Whether the field is to be emptied.
    cleared: bool,
}

impl<'form> Form<'form> {
    /// What was sent.
    async fn of(
        state: &'form State,
        user: &'form User,
        asked: &'form Asked,
        posted: &Posted,
    ) -> Result<(Self, Draft)> {
        allow_type(user, Verb::Save, asked.content_type)?;
        let field = asked.field.ok_or(Error::NotFound)?;
        let number = asked.chosen(state).await?.ids.len();
        let form = Self { state, user, asked, field, number, cleared: posted.get("clear").is_some() };
        let mut draft = form.empty();
        draft.texts.insert(field.name, posted.get(field.name).unwrap_or_default().to_owned());
        if let Some(typed) = posted.get(&format!("{}.find", field.name)) {
            draft.finds.insert(field.name, typed.to_owned());
        }
        Ok((form, draft))
    }

    /// A form in which nothing is chosen.
    fn empty(&self) -> Draft {
        Draft::of(&Item::new(self.asked.content_type, Id::nil()), None)
    }

    /// Whether the field may be left empty: a flag is never, and what publishing needs is not meant to be.
    fn may_be_empty(&self) -> bool {
        !self.field.required && !matches!(self.field.kind, Kind::Flag)
    }

    /// What the field should say, or what is wrong with that.
    fn value(&self, draft: &Draft) -> Result<Value, Problems> {
        let mut problems = Problems::default();
        let value = match text::parse(&self.field.kind, draft.text(self.field.name)) {
            Ok(value) => value,
            Err((message, code)) => {
                problems.add(self.field.name, code, message);
                return Err(problems);
            }
        };
        let clears = self.cleared && self.may_be_empty();
        let wrong = match (value.is_none(), clears) {
            (true, false) if self.may_be_empty() => "Say what it should be, or tick that it is to be empty.",
            (true, false) => "Say what it should be.",
            (false, true) => "Either say what it should be, or tick that it is to be empty.",
            _ => return Ok(value),
        };
        problems.add(self.field.name, "missing", wrong);
        Err(problems)
    }

    async fn complain(&self, draft: &Draft, problems: &Problems) -> Result<Response, Failure> {
        self.show(StatusCode::UNPROCESSABLE_ENTITY, draft, problems, &Done::default(), None).await
    }

    async fn show(
        &self,
        status: StatusCode,
        draft: &Draft,
        problems: &Problems,
        done: &Done,
        flash: Option<Flash>,
    ) -> Result<Response, Failure> {
        let (asked, field) = (self.asked, self.field);
        let when = When::of(self.state).await;
        let context = lookup::context(self.state, self.user, draft, None, problems, done, when).await?;
        let heading = format!("Set ‘{}’ in {}", field.label, words::things(asked.content_type, self.number));
        let body = html! {
            @if let Some(flash) = flash { (flash) }
            (layout::page_head(&html! { (heading) }, &html! {}, &html! {}))
            @if !problems.is_empty() {
                div.error-summary role="alert" tabindex="-1" autofocus {
                    h2 { "Nothing is changed yet: one thing needs attention" }
                    ul { @for problem in &problems.0 { li { a href={ "#f-" (field.name) } { (problem.message) } } } }
                }
            }
            form.prose method="post" action=(path(asked.content_type)) novalidate autocomplete="off" {
                // The first button is what Enter presses.
                button.visually-hidden type="submit" name="do" value="look" tabindex="-1" aria-hidden="true" { "Go on" }
                (asked.carried())
                input type="hidden" name="field" value=(field.name);
                (control(&context, draft, field))
                @if self.may_be_empty() {
                    label.choice {
                        input type="checkbox" name="clear" value="true" checked[self.cleared];
                        span { "Empty it in all of them" }
                    }
                }
                div.page-foot {
                    button.button.button-main type="submit" name="do" value="look" { "Show what will change" }
                    a.button href=(asked.back()) { "Cancel" }
                    span.quiet { "Nothing is changed yet." }
                }
            }
        };
        Ok(page(self.user, asked.content_type, &asked.list, status, &heading, &body))
    }
}
