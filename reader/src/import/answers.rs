//! Answers of Crossref (REST API, works) and DataCite (REST API, metadata schema 4): what identifiers
//! stand for. It must not ask anybody.

use serde::{Deserialize, Serialize};

use super::json::{self, Items};
use super::{Format, Table, WORK, csl, datacite};

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Crossref: CSL-JSON with names of its own.
    Crossref,
    /// DataCite: JSON:API.
    Datacite,
}

#[derive(Default, Deserialize)]
struct Crossref<'text> {
    #[serde(borrow, default)]
    message: Message<'text>,
}

#[derive(Default, Deserialize)]
struct Message<'text> {
    #[serde(borrow, default)]
    items: Items<'text>,
}

#[derive(Default, Deserialize)]
struct Datacite<'text> {
    #[serde(borrow, default)]
    data: Items<'text>,
}

/// The works of an answer, as rows of [`WORK`].
///
/// # Errors
/// Half a sentence that says why it cannot be read.
pub fn read(service: Service, answer: &str) -> Result<Table, String> {
    let mut table = Table::of(Format::Identifiers, &WORK, answer);
    let other = |_| "its answer is no JSON that can be read".to_owned();
    match service {
        Service::Crossref => {
            let answer: Crossref<'_> = serde_json::from_str(answer).map_err(other)?;
            json::rows(&mut table, &answer.message.items, |item| item.is_object().then(|| csl::cells(item)));
        }
        Service::Datacite => {
            let answer: Datacite<'_> = serde_json::from_str(answer).map_err(other)?;
            json::rows(&mut table, &answer.data, |item| {
                item.get("attributes").map(|work| csl::cells(&datacite::item(work)))
            });
        }
    }
    Ok(table)
}
