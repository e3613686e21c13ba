//! Looking up what DOIs and ORCID iDs stand for, at Crossref and DataCite. Off unless the settings name
//! them. It must not ask any other host, nor go where an answer leads: no redirect is followed.

use std::collections::HashMap;
use std::io::Read as _;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::import::{Format, Sheet};
use crate::reading::{Reader, Service};

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
/// Where a work's DOI stands among its cells.
const DOI: usize = 5;

/// The services, as the settings name them.
#[derive(Clone, Debug)]
pub struct Metadata {
    agent: ureq::Agent,
    crossref: Option<String>,
    datacite: Option<String>,
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
    /// works of its person. What nobody knows stays as it is; what could not be asked is told. The answers
    /// are read for `who`, as what they import.
    pub async fn complete(&self, sheet: Sheet, reader: &Reader, who: &str) -> Sheet {
        if sheet.format != Format::Identifiers {
            return sheet;
        }
        let cells = |meaning: &str, most: usize| -> Vec<String> {
            let Some(at) = sheet.column(meaning) else { return Vec::new() };
            let cells = sheet.rows.iter().filter_map(|row| row.cells.get(at));
            cells.filter(|cell| !cell.is_empty()).take(most).cloned().collect()
        };
        let (dois, orcids) = (cells("doi", DOIS_MAX), cells("orcid", ORCIDS_MAX));
        let mut asking = Asking { metadata: self, reader, who, began: Instant::now(), failed: Vec::new() };
        let mut known: HashMap<String, Vec<String>> = HashMap::new();
        let mut works: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for service in [Service::Crossref, Service::Datacite] {
            let missing: Vec<&String> = dois.iter().filter(|doi| !known.contains_key(*doi)).collect();
            let parts: Vec<Vec<String>> =
                missing.chunks(PART).map(|part| part.iter().copied().cloned().collect()).collect();
            for part in parts {
                for work in asking.ask(service, &of_dois(service, &part)).await {
                    let doi = work.get(DOI).map(|doi| doi.to_lowercase()).unwrap_or_default();
                    known.entry(doi).or_insert(work);
                }
            }
            for orcid in &orcids {
                let found = asking.ask(service, &of_person(service, orcid)).await;
                works.entry(orcid.clone()).or_default().extend(found);
            }
        }
        let mut failed = asking.failed;
        failed.dedup();
        let mut completed = crate::import::completed(&sheet, &known, &works);
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

    /// The answer at an address, unread; nothing where the service knows of nothing.
    fn get(&self, address: &str) -> Result<Option<Vec<u8>>, String> {
        let asked = self.agent.get(address).header("accept", "application/json").call();
        let mut answer = asked.map_err(|error| match error {
            ureq::Error::Timeout(_) => "no answer in time".to_owned(),
            _ => "it cannot be reached".to_owned(),
        })?;
        let status = answer.status();
        if status.as_u16() == 404 {
            return Ok(None);
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
        Ok(Some(body))
    }
}

/// The question about these DOIs.
fn of_dois(service: Service, dois: &[String]) -> [(&'static str, String); 2] {
    let rows = PART.to_string();
    match service {
        Service::Crossref => {
            let filter: Vec<String> = dois.iter().map(|doi| format!("doi:{doi}")).collect();
            [("filter", filter.join(",")), ("rows", rows)]
        }
        Service::Datacite => [("ids", dois.join(",")), ("page[size]", rows)],
    }
}

/// The question about a person's works.
fn of_person(service: Service, orcid: &str) -> [(&'static str, String); 2] {
    let rows = WORKS_MAX.to_string();
    match service {
        Service::Crossref => [("filter", format!("orcid:{orcid}")), ("rows", rows)],
        Service::Datacite => [
            ("query", format!("creators.nameIdentifiers.nameIdentifier:\"https://orcid.org/{orcid}\"")),
            ("page[size]", rows),
        ],
    }
}

/// Questions that belong together.
struct Asking<'asking> {
    metadata: &'asking Metadata,
    reader: &'asking Reader,
    who: &'asking str,
    began: Instant,
    /// Why there were no answers.
    failed: Vec<String>,
}

impl Asking<'_> {
    /// The works that a service answers with. Notes why there is no answer.
    async fn ask(&mut self, service: Service, query: &[(&str, String)]) -> Vec<Vec<String>> {
        let (base, path, name) = match service {
            Service::Crossref => (&self.metadata.crossref, "works", "Crossref"),
            Service::Datacite => (&self.metadata.datacite, "dois", "DataCite"),
        };
        let Some(base) = base else { return Vec::new() };
        if self.began.elapsed() > ALL {
            self.failed
                .push(format!("{name} takes too long; the rest was not looked up. Try again with fewer."));
            return Vec::new();
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let (metadata, address) = (self.metadata.clone(), format!("{base}/{path}?{query}"));
        let answer = tokio::task::spawn_blocking(move || metadata.get(&address)).await;
        let answer = answer.unwrap_or_else(|_| Err("the question broke off".to_owned()));
        let works = match answer {
            Ok(None) => return Vec::new(),
            Ok(Some(answer)) => match self.reader.works(self.who, service, answer).await {
                Ok(works) => Ok(works),
                Err(Error::Refused(why)) => Err(why),
                Err(_) => Err("its answer cannot be read at the moment".to_owned()),
            },
            Err(why) => Err(why),
        };
        works.unwrap_or_else(|why| {
            tracing::warn!(service = name, %why, "metadata cannot be looked up");
            self.failed.push(format!(
                "{name} could not be asked ({why}). Type what is missing, or try again later."
            ));
            Vec::new()
        })
    }
}
