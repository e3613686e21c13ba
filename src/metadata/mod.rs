//! Looking up what DOIs and ORCID iDs stand for, at Crossref and DataCite. Off unless the settings name
//! them. It must not ask any other host, nor go where an answer leads: no redirect is followed.

mod datacite;

use std::collections::HashMap;
use std::io::Read as _;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::import::{Format, Sheet};

/// The most DOIs that are looked up at once.
const DOIS_MAX: usize = 200;
/// The most ORCID iDs.
const ORCIDS_MAX: usize = 10;
/// How many DOIs one request names.
const PART: usize = 40;
/// The most works of one person.
const WORKS_MAX: usize = 100;
/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(8);
/// How long all of it may take: less than a request to the admin.
const ALL: Duration = Duration::from_secs(20);
/// The largest answer that is read, in bytes.
const BYTES_MAX: u64 = 8 * 1024 * 1024;

/// The services, as the settings name them.
#[derive(Clone, Debug)]
pub struct Metadata {
    agent: ureq::Agent,
    crossref: Option<String>,
    datacite: Option<String>,
}

/// Which service is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Service {
    Crossref,
    Datacite,
}

impl Metadata {
    /// The services at these addresses, without a slash at the end; `None` where there is none.
    /// They are told the contact, so that they can say when something is wrong.
    #[must_use]
    pub fn new(crossref: Option<&str>, datacite: Option<&str>, contact: Option<&str>) -> Option<Self> {
        if crossref.is_none() && datacite.is_none() {
            return None;
        }
        let version = env!("CARGO_PKG_VERSION");
        let agent = match contact {
            Some(contact) => format!("Recto/{version} (mailto:{contact})"),
            None => format!("Recto/{version}"),
        };
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(ANSWER))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(agent)
            .build();
        Some(Self {
            agent: config.into(),
            crossref: crossref.map(str::to_owned),
            datacite: datacite.map(str::to_owned),
        })
    }

    /// Completes a list of identifiers: each DOI with what is known of it, each ORCID iD replaced by the
    /// works of its person. What nobody knows stays as it is; what could not be asked is told.
    pub async fn complete(&self, sheet: Sheet) -> Sheet {
        if sheet.format != Format::Identifiers {
            return sheet;
        }
        let (own, kept) = (self.clone(), sheet.clone());
        tokio::task::spawn_blocking(move || own.complete_now(sheet)).await.unwrap_or(kept)
    }

    fn complete_now(&self, sheet: Sheet) -> Sheet {
        let began = Instant::now();
        let cells = |meaning: &str, most: usize| -> Vec<String> {
            let Some(at) = sheet.column(meaning) else { return Vec::new() };
            let cells = sheet.rows.iter().filter_map(|row| row.cells.get(at));
            cells.filter(|cell| !cell.is_empty()).take(most).cloned().collect()
        };
        let (dois, orcids) = (cells("doi", DOIS_MAX), cells("orcid", ORCIDS_MAX));
        let mut known: HashMap<String, Json> = HashMap::new();
        let mut works: HashMap<String, Vec<Json>> = HashMap::new();
        let mut failed: Vec<String> = Vec::new();
        for service in [Service::Crossref, Service::Datacite] {
            let missing: Vec<&String> = dois.iter().filter(|doi| !known.contains_key(*doi)).collect();
            for part in missing.chunks(PART) {
                let query = match service {
                    Service::Crossref => {
                        let filter: Vec<String> = part.iter().map(|doi| format!("doi:{doi}")).collect();
                        [("filter", filter.join(",")), ("rows", PART.to_string())]
                    }
                    Service::Datacite => {
                        let ids: Vec<&str> = part.iter().map(|doi| doi.as_str()).collect();
                        [("ids", ids.join(",")), ("page[size]", PART.to_string())]
                    }
                };
                for item in self.ask(service, &query, began, &mut failed) {
                    let doi = item.get("DOI").and_then(Json::as_str).unwrap_or_default().to_lowercase();
                    known.entry(doi).or_insert(item);
                }
            }
            for orcid in &orcids {
                let rows = WORKS_MAX.to_string();
                let query = match service {
                    Service::Crossref => [("filter", format!("orcid:{orcid}")), ("rows", rows)],
                    Service::Datacite => [
                        (
                            "query",
                            format!("creators.nameIdentifiers.nameIdentifier:\"https://orcid.org/{orcid}\""),
                        ),
                        ("page[size]", rows),
                    ],
                };
                let found = self.ask(service, &query, began, &mut failed);
                works.entry(orcid.clone()).or_default().extend(found);
            }
        }
        let mut completed = crate::import::completed(&sheet, &known, &works);
        failed.dedup();
        for why in failed {
            completed.skip("Metadata", why);
        }
        if sheet.rows.len() > dois.len() + orcids.len() {
            completed.skip(
                "Metadata",
                format!("At most {DOIS_MAX} DOIs and {ORCIDS_MAX} ORCID iDs are looked up at once."),
            );
        }
        completed
    }

    /// What a service answers, as items of CSL-JSON. Notes why there is no answer.
    fn ask(
        &self,
        service: Service,
        query: &[(&str, String)],
        began: Instant,
        failed: &mut Vec<String>,
    ) -> Vec<Json> {
        let (base, path, name) = match service {
            Service::Crossref => (&self.crossref, "works", "Crossref"),
            Service::Datacite => (&self.datacite, "dois", "DataCite"),
        };
        let Some(base) = base else { return Vec::new() };
        if began.elapsed() > ALL {
            failed.push(format!("{name} takes too long; the rest was not looked up. Try again with fewer."));
            return Vec::new();
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        match self.get(&format!("{base}/{path}?{query}")) {
            Ok(answer) => match service {
                Service::Crossref => {
                    let items = answer.get("message").and_then(|message| message.get("items"));
                    items.and_then(Json::as_array).cloned().unwrap_or_default()
                }
                Service::Datacite => datacite::items(&answer),
            },
            Err(why) => {
                tracing::warn!(service = name, %why, "metadata cannot be looked up");
                failed.push(format!(
                    "{name} could not be asked ({why}). Type what is missing, or try again later."
                ));
                Vec::new()
            }
        }
    }

    fn get(&self, address: &str) -> Result<Json, String> {
        let asked = self.agent.get(address).header("accept", "application/json").call();
        let mut answer = asked.map_err(|error| match error {
            ureq::Error::Timeout(_) => "no answer in time".to_owned(),
            _ => "it cannot be reached".to_owned(),
        })?;
        let status = answer.status();
        if status.as_u16() == 404 {
            return Ok(Json::Null);
        }
        if !status.is_success() {
            return Err(format!("it answers {}", status.as_u16()));
        }
        let mut body = Vec::new();
        let mut reader = answer.body_mut().as_reader().take(BYTES_MAX + 1);
        reader.read_to_end(&mut body).map_err(|_| "its answer broke off".to_owned())?;
        if u64::try_from(body.len()).unwrap_or(u64::MAX) > BYTES_MAX {
            return Err("its answer is too large".to_owned());
        }
        serde_json::from_slice(&body).map_err(|_| "its answer is no JSON".to_owned())
    }
}
