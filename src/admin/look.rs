//! Lists of what is worth a look: exactly the items that a finding is true of. It must not look for
//! anything: the drafts store has.

use super::list::{Asked, Menu};
use super::{State, when::When};
use crate::content::types::MEDIA;
use crate::content::{ContentType, Kind, health};
use crate::error::Result;
use crate::published::{Filter, Found};

/// The parameter of lists that names a finding.
pub(super) const LOOK: &str = "look";

/// From how many items on a list is walked in its order rather than gathered and sorted.
const COMMON: i64 = 500;

/// What nothing names: no finding that is counted, since a library may well hold what is to be used.
const UNUSED: &str = "unused";

/// What editors call this finding in a list of this type; none where there is no such thing.
pub(super) fn label(content_type: &ContentType, name: &str) -> Option<String> {
    if name == health::DEAD_LINK {
        return Some(format!("{} that link to what is not public", content_type.labels));
    }
    if name == UNUSED && *content_type == MEDIA {
        return Some("Media that are not used anywhere".to_owned());
    }
    let found = health::by_name(name).filter(|finding| finding.content_type == content_type);
    found.map(|finding| finding.label.to_owned())
}

/// What a list of this type can be looked through for; nothing where there is no such thing.
pub(super) fn menu(content_type: &ContentType) -> Option<Menu> {
    let own = health::FINDINGS.iter().map(|finding| finding.name);
    let links =
        content_type.fields.iter().any(|field| field.target().is_some() || matches!(field.kind, Kind::Html));
    let linking = links.then_some(health::DEAD_LINK);
    let named = own.chain([UNUSED]).chain(linking);
    let choices: Vec<_> =
        named.filter_map(|name| Some((name.to_owned(), label(content_type, name)?))).collect();
    (!choices.is_empty()).then_some((LOOK, "Look for", choices))
}

/// The finding that a list was asked for.
pub(super) async fn filter(
    state: &State,
    content_type: &ContentType,
    asked: &Asked,
) -> Result<Option<Filter>> {
    let name = asked.get(LOOK);
    if label(content_type, name).is_none() {
        return Ok(None);
    }
    if name == UNUSED {
        return Ok(Some(Filter::Unused));
    }
    let today = When::of(state).await.today().to_string();
    let found = state.desk.lists().found(&today).await?;
    let is_it = |one: &&Found| one.name == name && one.object == content_type.name;
    let common = found.iter().find(is_it).is_some_and(|one| one.number > COMMON);
    Ok(Some(Filter::Found { name: name.to_owned(), today, common }))
}
