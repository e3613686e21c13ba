//! What is worth a look: content that is out of date, incomplete or forgotten in draft. It must not
//! cost more the more content there is.

use super::{Counts, LIVE};
use crate::admin::State;
use crate::admin::failure::Failure;
use crate::admin::library;
use crate::admin::when::When;
use crate::content::TYPES;
use crate::content::types::{MEDIA, OUTPUT, PROJECT, THEME};
use crate::published::{Filter, Order, Scalar, Select};
use crate::store::State as ItemState;

/// How many titles stand for the items that are counted.
const NAMED: i64 = 3;

/// Something to look at: what, where it is found, how many there are, and which the first are.
pub(super) struct Look {
    pub what: String,
    pub path: String,
    pub number: i64,
    pub first: String,
}

/// Everything that is worth a look, the most pressing first.
pub(super) async fn looks(state: &State, when: &When, counts: &Counts) -> Result<Vec<Look>, Failure> {
    let lists = state.desk.lists();
    let live =
        || Filter::Key("_state", LIVE.iter().map(|state| Scalar::Text(state.name().to_owned())).collect());
    let mut looks = Vec::new();

    let yesterday = when.today().pred_opt().unwrap_or_default().to_string();
    let late = Select {
        filters: vec![
            live(),
            Filter::Key("status", vec![Scalar::Text("active".to_owned())]),
            Filter::Range("end", None, Some(Scalar::Text(yesterday))),
        ],
        order: Order::parse(&PROJECT, "end"),
        limit: NAMED,
        ..Select::of(&PROJECT)
    };
    let late = lists.list(&late).await?;
    looks.push(Look {
        what: "Active projects past their end date".to_owned(),
        path: "/admin/projects?status=active&sort=end".to_owned(),
        number: late.total,
        first: first(late.items.iter().map(|project| project.title.as_str()), late.total),
    });

    let dated = Select {
        filters: vec![live(), Filter::Range("year", Some(Scalar::Integer(0)), None)],
        limit: 0,
        ..Select::of(&OUTPUT)
    };
    looks.push(Look {
        what: "Outputs without a year".to_owned(),
        path: "/admin/outputs?sort=year".to_owned(),
        number: counts.all(&OUTPUT) - lists.list(&dated).await?.total,
        first: "They come first in this list.".to_owned(),
    });

    let mut filters = library::without_text();
    filters.push(live());
    let wordless = Select { filters, limit: NAMED, ..Select::of(&MEDIA) };
    let wordless = lists.list(&wordless).await?;
    looks.push(Look {
        what: "Images without alternative text".to_owned(),
        path: library::WITHOUT_TEXT.to_owned(),
        number: wordless.total,
        first: first(wordless.items.iter().map(|image| image.title.as_str()), wordless.total),
    });

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

    for content_type in TYPES.into_iter().filter(|content_type| !content_type.single) {
        looks.push(Look {
            what: format!("{} still in draft", content_type.labels),
            path: format!("/admin/{}?stage=draft", content_type.plural),
            number: counts.of(content_type, ItemState::Draft),
            first: String::new(),
        });
    }
    looks.retain(|look| look.number > 0);
    Ok(looks)
}

/// The first titles, and how many more there are.
fn first<'title>(titles: impl Iterator<Item = &'title str>, total: i64) -> String {
    let titles: Vec<&str> = titles.collect();
    let more = total - i64::try_from(titles.len()).unwrap_or(0);
    let named = titles.join("; ");
    if more > 0 { format!("{named}; and {more} more") } else { named }
}
