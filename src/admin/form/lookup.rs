//! What a form's view needs to know beside the form: what its links are called, what its short
//! lists offer, who saved last. A constant number of statements, whatever the form holds.

use std::collections::HashMap;

use super::action::Done;
use super::controls::Context;
use super::{Draft, is_short_list, links};
use crate::admin::State;
use crate::admin::when::When;
use crate::content::types::{MEDIA, TERM};
use crate::content::{Kind, Problems, by_name};
use crate::editing::reach::reach;
use crate::editing::{User, Verb, permission};
use crate::error::Result;
use crate::published::{Filter, Scalar, Select};
use crate::store::{self, Stored};

/// The most entries that a short list offers.
const SHORT: i64 = 500;

/// How many of those that link to an item by one field are named.
const USES: i64 = 5;

/// Looks everything up.
pub(in crate::admin) async fn context<'form>(
    state: &'form State,
    user: &'form User,
    draft: &Draft,
    stored: Option<&'form Stored>,
    problems: &'form Problems,
    done: &'form Done,
    when: When,
) -> Result<Context<'form>> {
    let saved_by = match stored.and_then(|stored| stored.meta.updated_by.as_deref()) {
        Some(account) => state.desk.store.account(account).await?.map(|account| account.name),
        None => None,
    };
    let uses = match stored.map(|stored| &stored.item).filter(|item| !item.content_type.single) {
        Some(item) => state.desk.lists().uses(item.content_type, &item.id.to_string(), USES).await?,
        None => Vec::new(),
    };
    let reach = match stored.filter(|stored| stored.item.content_type == &MEDIA) {
        Some(media) => reach(&state.desk, media).await?,
        None => Vec::new(),
    };
    Ok(Context {
        uses,
        reach,
        limits: state.desk.media.limits(),
        user,
        when,
        stored,
        saved_by,
        titles: state.desk.lists().titles(&draft.named()).await?,
        options: options(state, draft).await?,
        problems,
        done,
        theirs: None,
        others: Vec::new(),
        locked: stored.and_then(|stored| why_locked(user, stored)),
    })
}

/// Why somebody can look at an item and not change it, with what to do about it.
fn why_locked(user: &User, stored: &Stored) -> Option<String> {
    if let Err(denied) = permission::allow(user, Verb::Save, stored) {
        return Some(denied.to_string());
    }
    let trashed = stored.state() == store::State::Trashed;
    trashed.then(|| {
        if user.may_with(Verb::Trash, stored) {
            "This is in the trash. Take it out before you change it.".to_owned()
        } else {
            "This is in the trash. Ask an editor to take it out before you change it.".to_owned()
        }
    })
}

/// What the form's short lists offer; those of the outputs table under `outputs.type`.
async fn options(state: &State, draft: &Draft) -> Result<HashMap<&'static str, Vec<(String, String)>>> {
    let mut options = HashMap::new();
    for field in draft.content_type.fields.iter().filter(|field| is_short_list(&field.kind)) {
        if let Kind::One { to, vocabulary } = field.kind {
            options.insert(field.name, list(state, to, vocabulary).await?);
        }
    }
    if draft.outputs.is_some() {
        options.insert("outputs.type", list(state, TERM.name, Some("output_type")).await?);
    }
    Ok(options)
}

/// The entries of a short list, by id and label.
pub(in crate::admin) async fn list(
    state: &State,
    to: &str,
    vocabulary: Option<&str>,
) -> Result<Vec<(String, String)>> {
    let Some(to) = by_name(to) else { return Ok(Vec::new()) };
    let mut select = Select::of(to);
    select.limit = SHORT;
    select.filters = vec![links::not_trashed()];
    if let Some(vocabulary) = vocabulary {
        select.filters.push(Filter::Key("vocabulary", vec![Scalar::Text(vocabulary.to_owned())]));
    }
    let found = state.desk.lists().list(&select).await?.items;
    Ok(found.into_iter().map(|document| (document.id, document.title)).collect())
}
