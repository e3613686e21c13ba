//! What is worth a look: content that is out of date, incomplete, leading nowhere, each with the way to
//! mend it. It must not cost more the more content there is: all of it was counted as it came.

use super::Counts;
use crate::admin::failure::Failure;
use crate::admin::look::{self, LOOK};
use crate::admin::when::When;
use crate::admin::{State, names};
use crate::content::types::THEME;
use crate::content::{by_name, health};
use crate::editing::{User, Verb};
use crate::published::{Document, Found};

/// How many titles stand for the items that are counted.
const NAMED: i64 = 3;

/// Something to look at: what, where it is mended, how many there are, and which the first are.
pub(super) struct Look {
    pub what: String,
    pub path: String,
    pub number: i64,
    pub first: String,
}

/// Everything that is worth a look and that somebody can mend, the most pressing first.
pub(super) async fn looks(
    state: &State,
    user: &User,
    when: &When,
    counts: &Counts,
) -> Result<Vec<Look>, Failure> {
    let mut looks = findings(state, user, when).await?;
    if user.may(Verb::Create, "person") {
        let outsiders = state.desk.store.outsiders().await?;
        looks.push(Look {
            what: "Names without a person".to_owned(),
            path: names::PATH.to_owned(),
            number: state.desk.lists().credited_count(&outsiders).await?,
            first: "Say who they are, once for all outputs.".to_owned(),
        });
    }
    // Where themes stand elsewhere, the site's own pattern says so and needs no page of ours.
    let above = ["/", "/research"].map(str::to_owned);
    let ways = state.desk.published.reader().at_paths(&above).await?;
    let missing: Vec<&str> = [("/", "home"), ("/research", "research")]
        .into_iter()
        .filter(|(path, _)| counts.all(&THEME) > 0 && !ways.iter().any(|way| way.path == *path))
        .map(|(_, slug)| slug)
        .collect();
    looks.push(Look {
        what: "Pages that breadcrumbs begin with, not public".to_owned(),
        path: "/admin/pages".to_owned(),
        number: i64::try_from(missing.len()).unwrap_or(0),
        first: format!("Publish pages with these addresses: {}.", missing.join(", ")),
    });
    looks.retain(|look| look.number > 0);
    Ok(looks)
}

/// What the drafts store has found, in the order of the declarations; links at what is not public last.
async fn findings(state: &State, user: &User, when: &When) -> Result<Vec<Look>, Failure> {
    let lists = state.desk.lists();
    let today = when.today().to_string();
    let place = |one: &Found| {
        let at = health::FINDINGS.iter().position(|finding| finding.name == one.name);
        at.unwrap_or(health::FINDINGS.len())
    };
    let mut found = lists.found(&today).await?;
    // Contributors see to their own projects.
    found.retain(|one| user.may(Verb::Publish, &one.object));
    found.sort_by_key(|one| (place(one), one.object.clone()));
    let first = lists.found_first(&found, &today, NAMED).await?;
    let mut looks = Vec::with_capacity(found.len());
    for (at, one) in found.iter().enumerate() {
        let documents: Vec<&Document> =
            first.iter().filter(|(place, _)| *place == at).map(|(_, document)| document).collect();
        let Some(content_type) = by_name(&one.object) else { continue };
        let Some(what) = look::label(content_type, &one.name) else { continue };
        let list = format!("/admin/{}?{LOOK}={}", content_type.plural, one.name);
        looks.push(Look {
            what,
            path: match (one.number, documents.as_slice()) {
                (1, [only]) => mended(&one.name, only),
                _ => list,
            },
            number: one.number,
            first: named(&documents, one.number),
        });
    }
    Ok(looks)
}

/// Where one item is mended: its form, at the field; or where it is published together with what it
/// links to.
fn mended(name: &str, document: &Document) -> String {
    let own = super::path(document);
    match health::by_name(name) {
        Some(finding) => format!("{own}#f-{}", finding.field),
        None => format!("{own}/publish"),
    }
}

/// The first titles, and how many more there are.
fn named(documents: &[&Document], total: i64) -> String {
    let titles: Vec<&str> = documents.iter().map(|document| document.title.as_str()).collect();
    let more = total - i64::try_from(titles.len()).unwrap_or(0);
    let named = titles.join("; ");
    if more > 0 { format!("{named}; and {more} more") } else { named }
}
