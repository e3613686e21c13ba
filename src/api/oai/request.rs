//! Requests of OAI-PMH: verbs, arguments and what may be wrong with them (§3.6, §4). It must not ask
//! the store.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::token::Token;
use super::{Fault, PREFIX};
use crate::api::query::Query;

/// What is said of what is no query at all.
pub(super) const UNREADABLE: Fault =
    ("badVerb", "Write the arguments percent-encoded, in at most 4096 bytes; one of them is the verb.");

const DATE: Fault = ("badArgument", "Write dates as 2024-01-31 or 2024-01-31T23:59:59Z.");

/// A request that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// What the archive is.
    Identify,
    /// The formats, of one record or all.
    ListMetadataFormats {
        /// The record.
        identifier: Option<String>,
    },
    /// One record.
    GetRecord {
        /// The record.
        identifier: String,
    },
    /// Records, or their headers alone.
    List {
        /// Whether the headers are enough.
        headers: bool,
        /// Which.
        span: Span,
    },
}

/// Which records are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// Not before this second.
    pub(super) from: Option<DateTime<Utc>>,
    /// Not after this second.
    pub(super) until: Option<DateTime<Utc>>,
    /// Where the part before ended.
    pub(super) after: Option<(DateTime<Utc>, String)>,
}

impl Request {
    /// Reads the arguments.
    pub(super) fn read(query: &Query) -> Result<Self, Fault> {
        let mut verbs = query.values("verb");
        let verb = verbs.next().ok_or(("badVerb", "Say a verb, such as verb=Identify."))?;
        if verbs.next().is_some() {
            return Err(("badVerb", "Say one verb."));
        }
        let (required, optional): (&[&str], &[&str]) = match verb {
            "Identify" => (&[], &[]),
            "ListMetadataFormats" => (&[], &["identifier"]),
            "ListSets" => (&[], &["resumptionToken"]),
            "GetRecord" => (&["identifier", "metadataPrefix"], &[]),
            "ListIdentifiers" | "ListRecords" if query.values("resumptionToken").next().is_some() => {
                (&["resumptionToken"], &[])
            }
            "ListIdentifiers" | "ListRecords" => (&["metadataPrefix"], &["from", "until", "set"]),
            _ => return Err(("badVerb", "This is none of the protocol’s verbs.")),
        };
        let known = |name: &&str| *name == "verb" || required.contains(name) || optional.contains(name);
        if !query.names().iter().all(known) {
            return Err((
                "badArgument",
                "This verb does not take one of the arguments, or not beside the others.",
            ));
        }
        if query.names().iter().any(|name| query.values(name).count() > 1) {
            return Err(("badArgument", "Say each argument once."));
        }
        let text = |name| query.values(name).next().map(str::to_owned);
        if required.iter().any(|name| text(name).is_none()) {
            return Err(("badArgument", "This verb needs an argument that is missing."));
        }
        let formatted = text("metadataPrefix").is_none_or(|prefix| prefix == PREFIX);
        match verb {
            "Identify" => Ok(Self::Identify),
            "ListMetadataFormats" => Ok(Self::ListMetadataFormats { identifier: text("identifier") }),
            "ListSets" => Err(("noSetHierarchy", "There are no sets.")),
            _ if !formatted => Err(("cannotDisseminateFormat", "The only metadataPrefix is oai_dc.")),
            "GetRecord" => Ok(Self::GetRecord { identifier: text("identifier").unwrap_or_default() }),
            _ => {
                let headers = verb == "ListIdentifiers";
                let span = match text("resumptionToken") {
                    Some(token) => Token::read(&token, headers)?,
                    None if text("set").is_some() => return Err(("noSetHierarchy", "There are no sets.")),
                    None => span(text("from").as_deref(), text("until").as_deref())?,
                };
                Ok(Self::List { headers, span })
            }
        }
    }
}

/// The arguments as they were given, for the answer to repeat.
pub(super) fn arguments(query: &Query) -> Vec<(String, String)> {
    let given = |name: &&str| Some(((*name).to_owned(), query.values(name).next()?.to_owned()));
    query.names().iter().filter_map(given).collect()
}

/// The same where something is wrong: what is no argument cannot be repeated (§3.2).
pub(super) fn repeated(query: &Query, (code, _): Fault) -> Vec<(String, String)> {
    if matches!(code, "badVerb" | "badArgument") { Vec::new() } else { arguments(query) }
}

fn span(from: Option<&str>, until: Option<&str>) -> Result<Span, Fault> {
    if let (Some(from), Some(until)) = (from, until)
        && from.len() != until.len()
    {
        return Err((
            "badArgument",
            "Write from and until in the same way: both as days or both with a time.",
        ));
    }
    let from = from.map(|typed| moment(typed, NaiveTime::MIN)).transpose()?;
    let last = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(NaiveTime::MIN);
    let until = until.map(|typed| moment(typed, last)).transpose()?;
    if from.zip(until).is_some_and(|(from, until)| from > until) {
        return Err(("badArgument", "The time ends before it begins: from is later than until."));
    }
    Ok(Span { from, until, after: None })
}

/// A day, or a second in UTC (§3.3).
fn moment(typed: &str, of_day: NaiveTime) -> Result<DateTime<Utc>, Fault> {
    let moment = match typed.len() {
        10 => NaiveDate::parse_from_str(typed, "%Y-%m-%d").map(|day| day.and_time(of_day)),
        20 => NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M:%SZ"),
        _ => return Err(DATE),
    };
    moment.map(|moment| moment.and_utc()).map_err(|_| DATE)
}
